"""From the values of replications to a mean and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAIL = 0.975  # of each side: 95 % between
FEWEST = 2  # replications; one has no interval


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its 95 % interval (Student's t).

    Replications in which the measure is nan are left out; where fewer than two remain, all
    is nan.
    """

    mean: float
    low: float
    high: float
    replications: tuple[float, ...]

    @property
    def half_width(self) -> float:
        """Half the length of the interval."""
        return (self.high - self.low) / 2.0

    def span_of_one(self) -> tuple[float, float]:
        """Return where one further replication falls with probability 95 %.

        Mean ± t × s × sqrt(1 + 1/n): the prediction interval of a normal sample.
        """
        n = sum(not math.isnan(value) for value in self.replications)
        wider = self.half_width * math.sqrt(n + 1.0)
        return self.mean - wider, self.mean + wider

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate as plain values."""
        return {
            "mean": self.mean,
            "low": self.low,
            "high": self.high,
            "replications": list(self.replications),
        }


def estimate(values: Iterable[float]) -> Estimate:
    """Return the mean of the values that are not nan, with its 95 % interval."""
    every = tuple(float(value) for value in values)
    known = [value for value in every if not math.isnan(value)]
    n = len(known)
    if n < FEWEST:
        return Estimate(math.nan, math.nan, math.nan, every)
    mean = math.fsum(known) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in known) / (n - 1))
    half = _student_t(n - 1) * deviation / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half, every)


@cache
def _student_t(freedom: int) -> float:
    from scipy.special import stdtrit  # a tenth of the time that scipy.stats takes to load

    return float(stdtrit(freedom, _TAIL))
