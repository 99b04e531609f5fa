"""Find what two cities leave unprinted: ``python -m verification.cities qinhuangdao``.

The other is ``hefei``. Patience, redials, handle times and transitions stay at the values used
for Nanning; nothing of them is tuned here. Each city leaves one thing unprinted without which it
cannot be played: Qinhuangdao its seats, Hefei its volume. This program finds the value that
brings the simulated connect rate nearest to the published one, and then prints what else is
published, and whether it could have failed to fit. The scenarios hold the values found.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hotline_sim import Scenario, load, money
from hotline_sim.experiments import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hotline_sim.experiments import RunResult

_QINHUANGDAO = ("qinhuangdao-2021", "qinhuangdao-2022", "qinhuangdao-2023", "qinhuangdao-2024")
_SEAT_STEP = 0.1
_LEAST_AT_NIGHT, _DAY_TO_NIGHT = 2.0, 6.0
_MOST_SEATS_STEPS = 1000  # 100 seats
_VOLUME_STEP = 5_000
_MOST_STEPS = 400
_HEFEI_SHARES = (0.5, 1.0)  # the ends of the range of its answering_share


def with_seats(name: str, day: float) -> Scenario:
    """Return a scenario with so many seats at its busiest, by night a sixth, never one alone."""
    seats = (f"teams.day.seats={day:.1f}", f"teams.night.seats={night_of(day):.1f}")
    return load(name, overrides=seats)


def night_of(day: float) -> float:
    """Return the seats by night beside so many by day."""
    return max(day / _DAY_TO_NIGHT, _LEAST_AT_NIGHT)


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


def persons(scenario: Scenario) -> float:
    """Return the persons behind a scenario's roster."""
    found = money.whole_staff_of(scenario).persons
    if found is None:
        raise ValueError(f"{scenario.name}: states no answering_share")
    return found


def interval(result: RunResult) -> str:
    """Return the connect rate with its 95 % interval."""
    rate = result.measures["connect_rate"]
    return f"{rate.mean:.2%} ({rate.low:.2%} to {rate.high:.2%})"


def stated_rate(scenario: Scenario) -> float:
    """Return the connect rate by which the people on the phone are found."""
    rate: float | None = getattr(scenario.channels["phone"], "connect_rate", None)
    if rate is None:
        raise ValueError(f"{scenario.name}: states no connect rate of the phone")
    return rate


def qinhuangdao(play: Callable[[Scenario], RunResult]) -> Iterable[str]:
    """Yield the lines on Qinhuangdao."""
    yield "Qinhuangdao: seats are not printed; those at the busiest by day, and by night"
    first = None
    for name in _QINHUANGDAO:
        stated = load(name)
        target = stated_rate(stated)

        def rate(steps: int, name: str = name) -> float:
            return play(with_seats(name, steps * _SEAT_STEP)).measures["connect_rate"].mean

        steps = nearest(rate, target, _MOST_SEATS_STEPS)
        if is_exceeded(stated) and rate(steps) < target:
            steps += 1
        day = steps * _SEAT_STEP
        first = first or day
        best = play(with_seats(name, day))
        answered, published = best.measures["answered"].mean, stated.published["answered"]
        kind = "fitted, printed" if "connect_rate" in stated.published else "assumed"
        yield (
            f"  {name[-4:]}  seats {day:.1f}, {night_of(day):.1f}"
            f"  connect rate {interval(best)} ({kind} {target:.0%})"
            f"  answered {answered:9,.0f} (fitted, printed {published:,.0f},"
            f" {answered / published - 1:+.1%})  {persons(best.scenario):5.1f} persons"
        )
    kept = play(with_seats("qinhuangdao-2024", first or 0.0))
    yield (
        f"  the seats of 2021 under the people of 2024: connect rate {interval(kept)},"
        f" answered {kept.measures['answered'].mean:,.0f}"
    )
    yield "  Neither can fail to fit: seats were chosen for the rates, people for the calls."


def hefei(play: Callable[[Scenario], RunResult]) -> Iterable[str]:
    """Yield the lines on Hefei in 2018."""
    stated = load("hefei-2018-base").employment.outsourced
    assert stated is not None, "the base says so"
    assumed = stated.answering_share
    assert assumed is not None, "the base says so"
    yield "Hefei 2018: the volume is not printed; people a year on the phone, per state"
    for share in (assumed, *_HEFEI_SHARES):
        yield f"  if agents spend {share:.0%} of their hours on these channels"
        yield from hefei_at(share, play)
    yield "  No printed rate can fail to fit: the volumes were chosen for them. The seats can."


def hefei_at(share: float, play: Callable[[Scenario], RunResult]) -> Iterable[str]:
    """Yield the lines on Hefei for one answering_share."""
    volumes = {}
    for name in ("hefei-2018-before", "hefei-2018-merged"):
        target = load(name).published["connect_rate"]

        def rate(steps: int, name: str = name) -> float:
            made = with_volume(name, share, steps * _VOLUME_STEP)
            return play(made).measures["connect_rate"].mean

        volumes[name] = nearest(rate, target, _MOST_STEPS) * _VOLUME_STEP
        found = play(with_volume(name, share, volumes[name]))
        yield _of_hefei(found, f"fitted, printed {target:.0%}")
    before, merged = volumes.values()
    yield f"    so the provincial line would have brought {merged / before - 1:+.0%} people"
    hired = play(with_volume("hefei-2018-hired", share, merged))
    yield _of_hefei(hired, "predicted, nothing printed")


def _of_hefei(found: RunResult, kind: str) -> str:
    scenario = found.scenario
    staff = money.whole_staff_of(scenario)
    people = getattr(scenario.channels["phone"], "cases_per_year", None)
    return (
        f"    {scenario.name:18} {staff.persons:4.0f} persons, {staff.peak_seats:.1f} seats at the"
        f" busiest (printed {scenario.printed['seats']:.0f}): {people:,.0f} people give"
        f" {interval(found)} ({kind})"
    )


def with_volume(name: str, share: float, people: int) -> Scenario:
    """Return a scenario with a share of time spent answering, and so many people on the phone."""
    changes = (
        f"employment.outsourced.answering_share={share}",
        f"channels.phone.cases_per_year={people}",
    )
    return load(name, overrides=changes)


def main() -> None:
    """Print both cities."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    cities = {"qinhuangdao": qinhuangdao, "hefei": hefei}
    parser.add_argument("city", choices=cities)
    parser.add_argument("--replications", type=int, default=4)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()

    def play(scenario: Scenario) -> RunResult:
        return run(
            scenario, replications=asked.replications, seed=asked.seed, jobs=1, engine="compiled"
        )

    for line in cities[asked.city](play):
        print(line, flush=True)


if __name__ == "__main__":
    main()
