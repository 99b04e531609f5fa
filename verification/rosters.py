"""What rosters of the same paid hours do to nanning-after: ``python -m verification.rosters``.

Each roster pays 218 seat-hours a day: a day shift of 16 seats that begins at 08:00, after the
calls have risen, with 8 in the evening and 2 at night; seats in proportion to the cases expected;
a curve that is ahead of the morning's rise by an hour; and the same curve as a crew for every
hour. Printed are the connect rate of calls, which share of all lost calls falls between 07:00 and
09:00, how many people come on in a day, and how many hours a day agents finish calls after their
duty's end, beside those who relieve them and unpaid.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim import Scenario, load, money
from hotline_sim.domain import DAY_S, HOUR_S, Outcome, joined
from hotline_sim.execution import Task, play_days

if TYPE_CHECKING:
    from hotline_sim.domain import ContactLog, Duty

_PAID_HOURS = 218.0  # a day, as of the shifts below
_NIGHT_HOURS = 16.0
_RISE = (7, 9)
_AHEAD = [14.6, 18.1, 18.2, 18.3, 15.6, 10.7, 11.5, 15.4, 15.8, 15.1, 12.6, 9.3, 8, 7.3, 6.5, 5]
_OPEN = 7  # the first hour of these
_LOST = (Outcome.ABANDONED, Outcome.BLOCKED)


def rosters() -> dict[str, Scenario]:
    """Return nanning-after with each of the rosters."""
    plain = load("nanning-after")
    curve = [0.0] * _OPEN + [float(seats) for seats in _AHEAD] + [0.0]
    day_hours = _PAID_HOURS - _NIGHT_HOURS
    by_demand = {"roster": "demand", "open": {"from": "07:00", "to": "23:00"}, "fewest": 2.0}
    scale = {"seats": 20.0}
    for _ in range(30):  # its hours are not quite proportional to its peak
        found = _with(plain, {**by_demand, **scale}, until="07:00")
        paid = money.roster_of(found, "outsourced").rostered_hours / 365 - _NIGHT_HOURS
        scale["seats"] *= day_hours / paid
    return {
        "shifts from 08:00": _with(plain, {"shifts": _late()}, until="08:00"),
        "by demand, 07:00 to 23:00": found,
        "a curve an hour ahead": _with(plain, {"curve": curve}, until="07:00"),
        "the same by hourly crews": _with(plain, {"shifts": _hourly(curve)}, until="07:00"),
    }


def _late() -> list[dict[str, Any]]:
    return [
        {"seats": 16.0, "from": "08:00", "to": "18:00"},
        {"seats": 8.0, "from": "18:00", "to": "23:00"},
    ]


def _hourly(curve: list[float]) -> list[dict[str, Any]]:
    return [
        {"seats": seats, "from": f"{hour:02}:00", "to": f"{hour + 1:02}:00"}
        for hour, seats in enumerate(curve)
        if seats
    ]


def _with(plain: Scenario, day: dict[str, Any], *, until: str) -> Scenario:
    """Return the scenario with another day team's roster, and the night until its beginning."""
    own: tuple[str, ...] = ("seats", "persons", "posts", "persons_per_post")
    own += ("curve", "breaks", "roster", "open", "fewest")
    bare: dict[str, Any] = {**dict.fromkeys(own), "shifts": []}
    night = {**bare, "shifts": [{"seats": 2.0, "from": "23:00", "to": until}]}
    keys = {f"teams.day.{key}": value for key, value in {**bare, **day}.items()}
    return plain.with_values(keys | {f"teams.night.{key}": night[key] for key in night})


def found_of(scenario: Scenario, seed: int, replication: int) -> dict[str, float]:
    """Return what one replication says of a roster."""
    played = list(play_days(Task(scenario, seed, replication, "compiled")))
    log, duties = joined([one for _, one, _ in played]), [one for _, _, one in played]
    first_s = scenario.horizon.warm_up_days * DAY_S
    kinds = np.array([channel.kind == "voice" for channel in scenario.channels.values()])
    calls = kinds[log.channel] & (log.arrival_s >= first_s)
    hour = log.arrival_s % DAY_S // HOUR_S
    lost = calls & np.isin(log.outcome, _LOST)
    early = (hour >= _RISE[0]) & (hour < _RISE[1])
    return {
        "connect": float((calls & (log.outcome == Outcome.ANSWERED)).sum() / calls.sum()),
        "early": float((lost & early).sum() / lost.sum()),
        "lost": float(lost.sum()),
        "come": sum(map(len, duties)) / scenario.total_days,
        "past": _past_duty_s(log, duties) / HOUR_S / scenario.total_days,
    }


def _past_duty_s(log: ContactLog, duties: list[Duty]) -> float:
    """Return the time for which contacts were finished after the duty of their agents."""
    columns = ("seat", "on_s", "off_s")
    seat, on_s, off_s = (np.concatenate([getattr(one, x) for one in duties]) for x in columns)
    order = np.lexsort((on_s, seat))
    seat, on_s, off_s = seat[order], on_s[order], off_s[order]
    goes = np.append((seat[1:] != seat[:-1]) | (on_s[1:] != off_s[:-1]), True)
    span = off_s.max() + DAY_S  # so that seats lie one after another in time
    ends = (seat * span + off_s)[goes]
    taken = (log.seat >= 0) & ~np.isnan(log.done_s)
    place = log.seat[taken] * span
    end = ends[np.searchsorted(ends, place + log.start_s[taken], "right")]
    return float((place + log.done_s[taken] - end).clip(0).sum())


def main() -> None:
    """Print a line for each roster."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--replications", type=int, default=4)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()
    print("roster: paid hours a day, connect rate, calls lost a year, share of them 07:00-09:00,")
    print("        people coming on a day, hours a day worked past the end of duty")
    for name, scenario in rosters().items():
        each = [found_of(scenario, asked.seed, i) for i in range(asked.replications)]
        mean = {key: float(np.mean([one[key] for one in each])) for key in each[0]}
        paid = money.roster_of(scenario, "outsourced").rostered_hours / 365
        print(
            f"  {name:26} {paid:6.1f} {mean['connect']:7.2%} {mean['lost']:8,.0f} "
            f"{mean['early']:6.1%} {mean['come']:6.1f} {mean['past']:6.2f}"
        )


if __name__ == "__main__":
    main()
