"""What Nanning's change consists of, whatever else is assumed.

    python -m verification.nanning_parts

The split of the change from 30 % to 90 % hangs on seats and base satisfaction that were fitted
with all else as the two files assume it. Here all else is drawn from its ranges, for both years
alike where they share it, and in each draw the day teams' seats are fitted anew to both connect
rates, and their base satisfaction to both printed satisfactions. The change is attributed over
what was found, which ``--save`` keeps as a set of parameters. A draw in which nothing was found is
told, as nan, and left out.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim import Execution, Scenario, attribute, load, reports
from hotline_sim.cli import screen
from hotline_sim.execution import play, shared_store
from hotline_sim.experiments import Parameter, ParameterSet, drawn_set, parameters_of
from hotline_sim.scenario import values_of

if TYPE_CHECKING:
    from collections.abc import Callable

YEARS = ("nanning-before", "nanning-after")
RATE, SATISFIED = "connect_rate_monthly_mean", "satisfaction_rate"
SEATS, BASE = "teams.day.seats", "teams.day.base_satisfaction"
_FITTED = (SEATS, BASE, "satisfaction.participation")  # the last is what is printed
_MOST_STEPS = 8
_LONGEST_STEP = 1.0  # in the logarithm of the seats, and in log-odds
_LEAST_SLOPE = 0.2
_SPANS = ((SEATS, (0.5, 100.0)), (BASE, (0.02, 0.999)))  # of what is fitted


def fitted(year: Scenario, execution: Execution, seed: int) -> dict[str, float]:
    """Return the seats and the base satisfaction with the published rates; nan: none found.

    By secants in log-odds, over the logarithm of the seats and the log-odds of the base, on the
    same people every time.
    """
    values: dict[str, float] = values_of(year)
    found = dict.fromkeys(_FITS, math.nan)
    for key, fit in _FITS.items():
        aim = _log_odds(year.published[fit.measure])

        def off(at: float, key: str = key, fit: Fit = fit, aim: float = aim) -> float:
            known = {name: value for name, value in found.items() if not math.isnan(value)}
            point = year.with_values({**known, key: fit.value(at)})
            table = play(
                [point], 1, seed=seed, engine="auto", keep=[fit.measure], execution=execution
            )
            return _log_odds(table.values.item()) - aim

        found[key] = fit.value(_root(off, fit.place(values[key]), fit))
        if math.isnan(found[key]):
            break
    return found


def _root(off: Callable[[float], float], at: float, fit: Fit) -> float:
    """Return where a rising function is near 0, by secants; nan if it takes too many."""
    slope, before = fit.slope, (math.nan, math.nan)
    for _ in range(_MOST_STEPS):
        here = off(at)
        if abs(here) < fit.near:
            return at
        if at != before[0] and not math.isnan(before[0]):
            slope = max((here - before[1]) / (at - before[0]), _LEAST_SLOPE)
        before = at, here
        at -= min(max(here / slope, -_LONGEST_STEP), _LONGEST_STEP)
    return math.nan


def _log_odds(share: float) -> float:
    within = min(max(share, 1e-4), 1.0 - 1e-4)
    return math.log(within / (1.0 - within))


def _share(log_odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-log_odds))


@dataclass(frozen=True)
class Fit:
    """What a number is fitted to, and where it stands on a scale on which that is nearly linear.

    ``slope`` is how steeply the log-odds of the measure rise at first, ``near`` how near to the
    printed ones is near enough.
    """

    measure: str
    place: Callable[[float], float]
    value: Callable[[float], float]
    slope: float
    near: float


# In the order in which they are fitted: the first does not hang on the second.
_FITS = {
    SEATS: Fit(RATE, math.log, math.exp, slope=3.0, near=0.03),
    BASE: Fit(SATISFIED, _log_odds, _share, slope=1.0, near=0.05),
}


def refitted_set(draws: int, days: int, seed: int, execution: Execution) -> ParameterSet:
    """Return draws of all that is assumed and not fitted, with what is fitted to them."""
    pair = [load(name, overrides=[f"horizon.days={days}"]) for name in YEARS]
    over = [one for one in parameters_of(pair) if not one.key.endswith(_FITTED)]
    drawn = drawn_set(pair, draws, seed, over=over)
    rows = []
    for i in range(draws):
        row = [fitted(drawn.scenario(i, year), execution, seed) for year in range(len(pair))]
        told = ", ".join(f"{one[SEATS]:.2f} seats, base {one[BASE]:.3f}" for one in row)
        print(f"draw {i + 1}: {told}", flush=True)
        rows.append([number for one in row for number in one.values()])
    found = np.array(rows)
    low, high = np.array([span for _ in YEARS for _, span in _SPANS]).T
    kept = ((found >= low) & (found <= high)).all(axis=1)  # nan is outside
    if not kept.any():
        raise SystemExit(
            "In no draw was anything found: more days have more calls, and more ratings."
        )
    names = [(f"{year}:{key}", span) for year in YEARS for key, span in _SPANS]
    extra = tuple(Parameter(key, low, high) for key, (low, high) in names)
    values = np.hstack([drawn.values, found])[kept]
    origin = f"drawn from the ranges with seed {seed}, seats and base satisfaction fitted anew"
    parameters = (*drawn.parameters, *extra)
    return ParameterSet(drawn.bases, parameters, values, np.ones(len(values)), origin)


def main() -> None:
    """Fit, attribute, and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--draws", type=int, default=40)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--replications", type=int, default=3)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--jobs", type=int, default=-1)
    parser.add_argument("--save", metavar="FILE", help="keep the set of parameters")
    asked = parser.parse_args()
    execution = Execution(jobs=asked.jobs, store=shared_store())
    found = refitted_set(asked.draws, asked.days, asked.seed, execution)
    if asked.save:
        found.save(asked.save)
        print(f"wrote {len(found)} rows: {asked.save}", flush=True)
    result = attribute(
        *found.bases,
        over=found,
        draws=None,
        replications=asked.replications,
        seed=asked.seed,
        execution=execution,
    )
    screen.show(*reports.blocks(result, "en"))


if __name__ == "__main__":
    main()
