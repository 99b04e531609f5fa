"""Find the seats of nanning-before and nanning-after: ``python -m verification.nanning_seats``.

Nanning never published how many agents were on duty. Everything else in the two scenarios
being as it is, this program tries rosters of a fixed shape (a day shift, an evening shift,
the least possible night shift), and prints for each the connect rate and the calls answered
beside the published ones. The scenarios hold the roster whose connect rate, averaged over
replications, is nearest to the published one. With other assumptions (patience, redials,
talk) another roster would be nearest: the seats are an assumption, not a finding.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from hotline_sim import Scenario, load
from hotline_sim.experiments import run

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROSTERS = {
    "nanning-before": [(day, evening) for day in range(2, 6) for evening in range(3)],
    "nanning-after": [(day, day // 2) for day in range(12, 21)],
}


def candidates(name: str) -> Iterator[tuple[tuple[int, int], Scenario]]:
    """Return the rosters to try, as (day seats, evening seats) and scenario."""
    for day, evening in _ROSTERS[name]:
        seats = (f"teams.day.shifts.0.seats={day}", f"teams.day.shifts.1.seats={evening}")
        yield (day, evening), load(name, overrides=seats)


def main() -> None:
    """Try the rosters and print a table for each year."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--replications", type=int, default=3)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()
    for name in _ROSTERS:
        print(f"{name}: day, evening, connect rate (mean of months), calls answered")
        away: dict[tuple[int, int], float] = {}
        for roster, scenario in candidates(name):
            found = run(scenario, replications=asked.replications, seed=asked.seed).measures
            rate = found["connect_rate_monthly_mean"].mean
            answered = found["answered"].mean
            published = scenario.published
            away[roster] = abs(rate - published["connect_rate_monthly_mean"])
            more = answered / published["answered"] - 1.0
            print(f"  {roster[0]:3} {roster[1]:3}  {rate:7.2%}  {answered:9,.0f} ({more:+.1%})")
        nearest = min(away, key=away.__getitem__)
        print(f"  nearest: day {nearest[0]}, evening {nearest[1]}\n")


if __name__ == "__main__":
    main()
