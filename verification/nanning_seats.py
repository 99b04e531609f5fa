"""Find what is fitted in Nanning's two years: ``python -m verification.nanning_seats``.

Nanning never published how many agents were on duty. All else in the two scenarios being as it is,
this program finds the size of the day team's roster (its shape and the night are kept) at which
the simulated connect rate is the published one, by bisection (Brent's) on the same people for every
size, and then the base satisfaction at which raters are as satisfied as published. It prints both
with what chance leaves of them, and the hours on duty that the seats come to, from which
nanning-after has its ``answering_share``. With other assumptions (patience, redials, talk) other
values would be found: they are fitted, and the figures that they were fitted to prove nothing.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scipy.optimize import brentq

from hotline_sim import Scenario, load, money
from hotline_sim.experiments import run
from hotline_sim.scenario import values_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.experiments import Estimate, RunResult

YEARS = ("nanning-before", "nanning-after")
_RATE, _SATISFIED = "connect_rate_monthly_mean", "satisfaction_rate"
_SEATS, _BASE = "teams.day.seats", "teams.day.base_satisfaction"
_FEWEST, _MOST = 0.5, 2.0  # times the seats that the file has
_NEAR = 0.02  # seats
_NEAR_SHARE = 0.05  # of the interval that chance leaves: few rate, in steps


@dataclass(frozen=True)
class Found:
    """A value, and between which values chance leaves it (95 %, of the mean of replications)."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def size_of(play: Callable[[float], Estimate], about: float, target: float) -> Found:
    """Return the size at which an estimate, which rises with it, has the target as its mean.

    Raises
    ------
    ValueError
        If it lies not between half and twice the size that is given.
    """
    ends = _FEWEST * about, _MOST * about
    size = brentq(lambda seats: play(seats).mean - target, *ends, xtol=_NEAR)
    at, more = play(size), play(1.05 * size)
    half = (at.high - at.low) / 2 * 0.05 * size / (more.mean - at.mean)
    return Found(size, size - half, size + half)


def base_of(play: Callable[[float], Estimate], base: float, target: float) -> Found:
    """Return the base satisfaction at which an estimate of a share has the target as its mean.

    A step in log-odds is nearly right, as satisfaction is logistic in its base.
    """
    found = play(base)
    while abs(found.mean - target) > _NEAR_SHARE * (found.high - found.low):
        base = _share(_log_odds(base) + _log_odds(target) - _log_odds(found.mean))
        found = play(base)
    ends = (
        _share(_log_odds(base) + _log_odds(target) - _log_odds(end))
        for end in (found.high, found.low)
    )
    return Found(base, *ends)


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _share(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


def seats_of(year: Scenario, play: Callable[[Scenario], RunResult]) -> Found:
    """Return the seats at which the simulated connect rate of a year is the published one."""
    values: dict[str, float] = values_of(year)

    def with_seats(seats: float) -> Estimate:
        return play(year.with_values({_SEATS: seats})).measures[_RATE]

    return size_of(with_seats, values[_SEATS], year.published[_RATE])


def print_seats(year: Scenario, play: Callable[[Scenario], RunResult]) -> None:
    """Print the seats found for a year as it was changed, and what the answered waited then."""
    seats = seats_of(year, play)
    measures = play(year.with_values({_SEATS: seats.value})).measures
    wait = measures["asa_s"]
    print(f"{year.name}: seats at the peak {seats}")
    print(f"  connect rate {measures[_RATE].mean:.2%}, waits {wait.low:.1f} to {wait.high:.1f} s")


def print_year(year: Scenario, play: Callable[[Scenario], RunResult]) -> None:
    """Print what is found for a year, and its published figures beside what it comes to."""
    values: dict[str, float] = values_of(year)
    seats = seats_of(year, play)

    def with_base(base: float) -> Estimate:
        changed = year.with_values({_SEATS: seats.value, _BASE: base})
        return play(changed).measures[_SATISFIED]

    base = base_of(with_base, values[_BASE], year.published[_SATISFIED])
    found = year.with_values({_SEATS: seats.value, _BASE: base.value})
    hours = money.whole_staff_of(found).on_duty_hours_per_week * 365 / 7
    print(f"{year.name}: seats at the peak {seats}, base satisfaction {base}")
    print(f"  hours on duty a year: {hours:,.0f}")
    for measure, row in play(found).published.items():
        print(
            f"  {measure:26} published {row.value:,.4f}, simulated {row.simulated:,.4f}"
            f" (single years {row.low:,.4f} to {row.high:,.4f})"
        )


def main() -> None:
    """Print what is found for each year."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--year", choices=YEARS, help="this one alone")
    parser.add_argument("--set", action="append", default=[], help="KEY=VALUE: the seats alone")
    parser.add_argument("--replications", type=int, default=10)
    parser.add_argument("--seed", type=int, default=12345)
    asked = parser.parse_args()

    def play(scenario: Scenario) -> RunResult:
        return run(
            scenario, replications=asked.replications, seed=asked.seed, engine="compiled", jobs=1
        )

    for name in [asked.year] if asked.year else YEARS:
        year = load(name, overrides=asked.set)
        (print_seats if asked.set else print_year)(year, play)


if __name__ == "__main__":
    main()
