"""Hold two cities against their connect rates: ``python -m verification.cities qinhuangdao``.

The other is ``hefei``. Patience, redials, handle times and transitions stay at the values used
for Nanning; nothing of them is tuned here. Each city leaves one thing unprinted without which it
cannot be played: Qinhuangdao its seats, Hefei its volume. This program finds the value that
brings the simulated connect rate nearest to the published one, and then prints what else is
published, and whether it could have failed to fit. The scenarios hold the values found.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hotline_sim import Scenario, load
from hotline_sim.experiments import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hotline_sim.experiments import RunResult

_HOURS_A_YEAR = 1400  # of a person, as in the scenarios' contracts
_LEAST_AT_NIGHT = 2
_QINHUANGDAO = {  # the connect rate to meet: published, or on the line between 2021 and 2024
    "qinhuangdao-2021": None,
    "qinhuangdao-2022": 0.80,
    "qinhuangdao-2023": 0.90,
    "qinhuangdao-2024": None,
}
_VOLUME_STEP = 10_000
_MOST_SEATS, _MOST_STEPS = 100, 200


def with_seats(name: str, day: int, evening: int, night: int, *more: str) -> Scenario:
    """Return a scenario with a roster of a fixed shape, and perhaps other changes."""
    seats = (
        f"teams.day.shifts.0.seats={day}",
        f"teams.day.shifts.1.seats={evening}",
        f"teams.night.shifts.0.seats={night}",
    )
    return load(name, overrides=[*seats, *more])


def nearest(play: Callable[[int], float], target: float, most: int) -> int:
    """Return the whole number from 1 to *most* whose value is nearest to the target.

    The value must go up, or down, with the number; chance may blur it by less than a step.
    """
    known: dict[int, float] = {}

    def value(number: int) -> float:
        if number not in known:
            known[number] = play(number)
        return known[number]

    low, high = 1, most
    rising = value(high) > value(low)
    while high - low > 1:
        middle = (low + high) // 2
        if (value(middle) < target) == rising:
            low = middle
        else:
            high = middle
    return min((low, high), key=lambda number: abs(value(number) - target))


def is_exceeded(scenario: Scenario) -> bool:
    """Tell whether the published connect rate is printed as "over" what it is."""
    origin = scenario.provenance.get("published.connect_rate")
    return origin is not None and origin.range == (scenario.published["connect_rate"], 1.0)


def roster_of(agents: float, scenario: Scenario) -> tuple[int, int, int]:
    """Return day, evening and night seats that take up the hours of so many agents.

    Hours a day = agents × 1,400 / 365; seats are scheduled so that, less shrinkage, they fill
    10 h of the day, half of that for 5 h of the evening, a sixth for 9 h of the night.
    """
    scheduled_h = agents * _HOURS_A_YEAR / 365 / (1.0 - scenario.teams["day"].shrinkage)
    return roster(round(scheduled_h / (10 + 5 / 2 + 9 / 6)))


def roster(day: int) -> tuple[int, int, int]:
    """Return day, evening and night seats: an evening half, a night of a sixth, never one alone."""
    return day, round(day / 2), max(round(day / 6), _LEAST_AT_NIGHT)


def persons(result: RunResult) -> float:
    """Return the persons whose productive hours a run's duty takes up, over a year."""
    hours = sum(team["duty_hours"].mean for team in result.by_team.values())
    return hours * 365 / result.scenario.horizon.days / _HOURS_A_YEAR


def qinhuangdao(play: Callable[[Scenario], RunResult]) -> Iterable[str]:
    """Yield the lines on Qinhuangdao."""
    yield "Qinhuangdao: the seats are not printed; day, evening and night"
    first = 0
    for name, assumed in _QINHUANGDAO.items():
        published = load(name).published
        target = published.get("connect_rate", assumed)
        if target is None:
            raise ValueError(f"{name}: neither a published nor an assumed connect rate")

        def rate(day: int, name: str = name) -> float:
            made = with_seats(name, *roster(day))
            return play(made).measures["connect_rate"].mean

        day = nearest(rate, target, _MOST_SEATS)
        if is_exceeded(load(name)) and rate(day) < target:
            day += 1
        first = first or day
        best = play(with_seats(name, *roster(day)))
        answered = best.measures["answered"].mean
        kind = "published" if "connect_rate" in published else "assumed"
        yield (
            f"  {name[-4:]}  seats {roster(day)}"
            f"  connect rate {best.measures['connect_rate'].mean:7.2%} ({kind} {target:.0%})"
            f"  answered {answered:9,.0f} (published {published['answered']:,.0f},"
            f" {answered / published['answered'] - 1:+.1%})  {persons(best):5.1f} persons"
        )
    kept = play(with_seats("qinhuangdao-2024", *roster(first)))
    yield (
        f"  the seats of 2021 under the calls of 2024: connect rate"
        f" {kept.measures['connect_rate'].mean:.2%}, answered {kept.measures['answered'].mean:,.0f}"
    )
    yield "  Neither can fail to fit: seats were chosen for the rates, people for the calls."


def hefei(play: Callable[[Scenario], RunResult]) -> Iterable[str]:
    """Yield the lines on Hefei in 2018."""
    yield "Hefei 2018: the volume is not printed; people a year on the phone, per state"
    volumes = {}
    for name in ("hefei-2018-before", "hefei-2018-merged"):
        scenario = load(name)
        agents, target = scenario.printed["agents"], scenario.published["connect_rate"]
        seats = roster_of(agents, scenario)

        def rate(step: int, name: str = name, seats: tuple[int, int, int] = seats) -> float:
            return connect_rate(play, name, seats, step * _VOLUME_STEP)

        volumes[name] = nearest(rate, target, _MOST_STEPS) * _VOLUME_STEP
        found = connect_rate(play, name, seats, volumes[name])
        yield (
            f"  {name:18} {agents:4.0f} agents, seats {seats}: {volumes[name]:,} people give"
            f" {found:.2%} (published {target:.0%})"
        )
    before, merged = volumes.values()
    yield f"  so the provincial line would have brought {merged / before - 1:+.0%} people"
    hired = load("hefei-2018-hired")
    agents, target = hired.printed["agents"], load("hefei-2018-before").published["connect_rate"]
    seats = roster_of(agents, hired)
    found = connect_rate(play, hired.name, seats, merged)
    fits = "fits in" if seats[0] <= hired.printed["seats"] else "does not fit in"
    yield (
        f"  {hired.name:18} {agents:4.0f} agents, seats {seats}: {merged:,} people give"
        f" {found:.2%} (nothing published); {seats[0]} by day {fits} the"
        f" {hired.printed['seats']:.0f} printed seats"
    )

    def restored(agents: int) -> float:
        return connect_rate(play, hired.name, roster_of(agents, hired), merged)

    enough = nearest(restored, target, int(agents))
    yield f"  {target:.0%} again would take about {enough} agents, at the merged volume"
    yield "  No rate can fail to fit: the volumes were chosen for them. The seats can exceed 40."


def connect_rate(
    play: Callable[[Scenario], RunResult], name: str, seats: tuple[int, int, int], volume: int
) -> float:
    """Return the mean connect rate of a scenario under a roster and a volume of the phone."""
    made = with_seats(name, *seats, f"channels.phone.cases_per_year={volume}")
    return play(made).measures["connect_rate"].mean


def main() -> None:
    """Print both cities."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    cities = {"qinhuangdao": qinhuangdao, "hefei": hefei}
    parser.add_argument("city", choices=cities)
    parser.add_argument("--replications", type=int, default=12)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()

    def play(scenario: Scenario) -> RunResult:
        return run(scenario, replications=asked.replications, seed=asked.seed, jobs=1)

    for line in cities[asked.city](play):
        print(line, flush=True)


if __name__ == "__main__":
    main()
