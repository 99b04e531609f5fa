"""Which of the numbers that were drawn go with what came out, and how closely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats

FEWEST_TO_NAME = 30  # draws: with fewer, chance names one number too often
_ERROR = 0.05


@dataclass(frozen=True, eq=False)
class Driver:
    """An assumed number that moves what came out.

    ``correlation`` is Spearman's, over the draws.
    """

    key: str
    correlation: float


def drivers_of(drawn: Sequence[Mapping[str, float]], found: Sequence[float]) -> list[Driver]:
    """Return the numbers that move what was found, the strongest first.

    Only those whose correlation is there with a probability of error of 5 % for all numbers
    together (Bonferroni), and only from 30 draws on. Draws in which nothing was found (nan) are
    left out.

    Parameters
    ----------
    drawn
        The values of the numbers in each draw, by key.
    found
        What came out in each.
    """
    outcomes = np.array(found, float)
    known = ~np.isnan(outcomes)
    drivers = []
    for key in drawn[0] if drawn else ():
        values = np.array([one[key] for one in drawn], float)
        correlation, error = _rank_correlation(values[known], outcomes[known])
        if error * len(drawn[0]) <= _ERROR:
            drivers.append(Driver(key, correlation))
    return sorted(drivers, key=lambda one: -abs(one.correlation))


def _rank_correlation(a: Floats, b: Floats) -> tuple[float, float]:
    """Return Spearman's correlation and its p-value; 0 and 1 where one of the two is constant."""
    if len(a) < FEWEST_TO_NAME or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0, 1.0
    from scipy.stats import spearmanr  # takes a second to load

    found = spearmanr(a, b)
    return float(found.statistic), float(found.pvalue)
