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

    def reach(self) -> tuple[float, float]:
        """Return how far from the mean 95 % of single replications reach: surely, and at most.

        Of a normal sample the number of standard deviations by which a value lies off the true
        mean has an interval by the noncentral t distribution. Closer than the first distance a
        value lies within 1.96 of them, farther than the second it does not, each with 97.5 %
        confidence; between the two so few replications cannot tell, and with more of them
        both come to 1.96. nan without an interval.
        """
        n = sum(not math.isnan(value) for value in self.replications)
        if math.isnan(self.half_width):
            return math.nan, math.nan
        deviation = self.half_width * math.sqrt(n) / _student_t(n - 1)
        near, far = _tolerance(n)
        return near * deviation, far * deviation

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


@cache
def _tolerance(n: int) -> tuple[float, float]:
    """Return between how many deviations of a sample 1.96 true ones lie, of *n* values."""
    from scipy.special import nctdtrit, ndtri

    off = float(ndtri(_TAIL)) * math.sqrt(n)
    near, far = (float(nctdtrit(n - 1, off, tail)) for tail in (1.0 - _TAIL, _TAIL))
    return near / math.sqrt(n), far / math.sqrt(n)
