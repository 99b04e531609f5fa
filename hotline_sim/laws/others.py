"""The laws without a scale: times that were observed, and patience without end."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from pydantic import Field
from typing_extensions import override

from hotline_sim.laws.base import Floats, LawOfTime


class Empirical(LawOfTime):
    """Observed times, the quantiles between them filled in by straight lines."""

    law: Literal["empirical"] = "empirical"
    points_s: Annotated[
        tuple[Annotated[float, Field(ge=0, le=1e9)], ...], Field(min_length=2, max_length=100_000)
    ]

    def _points(self) -> tuple[Floats, Floats]:
        """Return the times in order, and the share at each: the last of those that are equal."""
        times_s = np.sort(np.array(self.points_s, float))
        shares = np.linspace(0.0, 1.0, len(times_s))
        return times_s, shares

    @override
    def mean(self) -> float:
        times_s, _ = self._points()
        return float((times_s[1:] + times_s[:-1]).mean() / 2.0)

    @override
    def survival(self, time_s: Floats) -> Floats:
        times_s, shares = self._points()
        asked_s = np.asarray(time_s, float)
        last = np.searchsorted(times_s, asked_s, side="right") - 1
        i = np.clip(last, 0, len(times_s) - 2)
        width_s = times_s[i + 1] - times_s[i]
        with np.errstate(divide="ignore", invalid="ignore"):  # of no width: it is not between
            part = np.where(width_s > 0.0, (asked_s - times_s[i]) / width_s, 1.0)
        gone = shares[i] + np.clip(part, 0.0, 1.0) * (shares[i + 1] - shares[i])
        return np.where(last < 0, 1.0, 1.0 - gone)

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        times_s, shares = self._points()
        asked_s = np.asarray(time_s, float)
        left = 1.0 - shares
        pieces_s = np.diff(times_s) * (left[1:] + left[:-1]) / 2.0
        before_s = times_s[0] + np.concatenate([[0.0], np.cumsum(pieces_s)])
        i = np.clip(np.searchsorted(times_s, asked_s, side="right") - 1, 0, len(times_s) - 1)
        beyond_s = np.clip(asked_s - times_s[i], 0.0, None)
        inside = before_s[i] + beyond_s * (left[i] + self.survival(asked_s)) / 2.0
        known_s = np.where(i == len(left) - 1, before_s[-1], inside)
        return np.where(asked_s < times_s[0], asked_s, known_s)

    @override
    def density(self, time_s: Floats) -> Floats:
        times_s, shares = self._points()
        last = np.searchsorted(times_s, time_s, side="right") - 1
        i = np.clip(last, 0, len(times_s) - 2)
        is_inside = (last >= 0) & (last < len(times_s) - 1)
        with np.errstate(divide="ignore"):  # of no width: it is not between
            heights = (shares[i + 1] - shares[i]) / (times_s[i + 1] - times_s[i])
        return np.where(is_inside, heights, 0.0)

    @override
    def quantile_s(self, share: Floats) -> Floats:
        times_s, shares = self._points()
        return np.asarray(np.interp(share, shares, times_s), float)


class Never(LawOfTime):
    """Patience without end."""

    law: Literal["never"] = "never"

    @override
    def mean(self) -> float:
        return math.inf

    @override
    def survival(self, time_s: Floats) -> Floats:
        return np.ones_like(time_s)

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        return np.array(time_s, float)

    @override
    def density(self, time_s: Floats) -> Floats:
        return np.zeros_like(time_s)

    @override
    def quantile_s(self, share: Floats) -> Floats:
        return np.full_like(share, math.inf)
