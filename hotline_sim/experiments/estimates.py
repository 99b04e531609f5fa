"""From the values of replications to a mean and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import measure_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAIL = 0.975  # of each side: 95 % between
ANYTHING = (-math.inf, math.inf)
_FEWEST = 2  # values that an interval can be made of


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its 95 % interval (Student's t).

    Replications in which the measure is nan are left out; where one remains, the mean is its
    value and the interval is nan; where none does, all is nan. ``low`` and ``high`` are *within*
    what the measure can be: a few replications give intervals so wide that they would reach
    beyond. ``half_width`` is that of the whole interval.
    """

    mean: float
    low: float
    high: float
    replications: tuple[float, ...]
    half_width: float
    within: tuple[float, float] = ANYTHING

    def prediction_interval(self) -> tuple[float, float]:
        """Return where one further replication falls with probability 95 %.

        Mean ± t × s × sqrt(1 + 1/n): the prediction interval of a normal sample.
        """
        n = sum(not math.isnan(value) for value in self.replications)
        return _around(self.mean, self.half_width * math.sqrt(n + 1.0), self.within)

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate as plain values."""
        return {
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "replications": list(self.replications),
        }


def estimate_of(measure: str, values: Iterable[float]) -> Estimate:
    """Return the mean of a measure's values that are not nan, with its 95 % interval.

    The interval is within what the measure can be: none below 0, no share above 1.
    """
    return estimate(values, measure_of(measure).bounds)


def estimate(values: Iterable[float], within: tuple[float, float] = ANYTHING) -> Estimate:
    """Return the mean of the values that are not nan, with its 95 % interval *within* bounds."""
    every = tuple(float(value) for value in values)
    known = [value for value in every if not math.isnan(value)]
    n = len(known)
    mean = math.fsum(known) / n if known else math.nan
    if n < _FEWEST:
        return Estimate(mean, math.nan, math.nan, every, math.nan, within)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (n - 1))
    half = _student_t(n - 1) * deviation / math.sqrt(n)
    return Estimate(mean, *_around(mean, half, within), every, half, within)


def _around(mean: float, half: float, within: tuple[float, float]) -> tuple[float, float]:
    """Return an interval around a mean, without what the bounds leave out."""
    if math.isnan(half):  # max and min would take the bounds for the interval
        return math.nan, math.nan
    return max(mean - half, within[0]), min(mean + half, within[1])


@cache
def _student_t(freedom: int) -> float:
    from scipy.special import stdtrit  # a tenth of the time that scipy.stats takes to load

    return float(stdtrit(freedom, _TAIL))
