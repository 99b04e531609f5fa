"""What a planner asks of a measure: at least so much, or at most."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from hotline_sim.definitions import (
    PUBLISHABLE,
    Channels,
    Measure,
    Scope,
    Unit,
    is_one_of,
    measure_of,
    of_scope,
)
from hotline_sim.messages import RefusalError
from hotline_sim.scenario.written import Kind, number_as

if TYPE_CHECKING:
    from hotline_sim.experiments.estimates import Estimate

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_MEASURE = r"([a-z0-9_]+)(?:\(\s*(\d+(?:\.\d+)?)\s*s?\s*\))?"
_IN = rf"(?:@\s*({_NUMBER})\s*([%％]?)\s*/\s*([^\s/]+)\s*)?"
_FORM = re.compile(rf"\s*{_MEASURE}\s*(>=|<=|≥|≤|:|：)\s*({_NUMBER})\s*([^\s@]*)\s*{_IN}")
_MOST_PERCENT = 100.0
_PERCENT = ("%", "％")
_KINDS: dict[Unit, Kind] = {
    Unit.SECONDS: "seconds",
    Unit.HOURS: "hours",
    Unit.YUAN: "cny",
    Unit.COUNT: "count",
    Unit.MEAN: "count",
}
# Of these, too, a bare colon asks for at most so much.
_BEST_SMALL = (
    "occupancy",
    "abandoned",
    "left_at_once",
    "blocked",
    "open",
    "queue_mean",
    "queue_max",
)


# What days and months have of their own: one sum over another, and the worst 24 hours in them.
OF_PERIODS = (
    *(one.name for one in of_scope(Scope.INTERVAL) if one.channels is Channels.CALLS),
    "connect_rate_24h_min",
)


class TargetError(RefusalError):
    """A target is not one that can be asked for."""


class Period(StrEnum):
    """A part of the horizon that can meet a target of its own."""

    DAY = "day"
    MONTH = "month"  # of the calendar; the first and the last may be cut short


_PERIODS = {
    **dict.fromkeys(("day", "days", "日", "天"), Period.DAY),
    **dict.fromkeys(("month", "months", "月"), Period.MONTH),
}


class Verdict(StrEnum):
    """What an interval says of a target."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_DECIDED = "not_decided"  # the interval holds the target
    NOTHING = "nothing"  # no such channel, or nobody asked


@dataclass(frozen=True)
class Target:
    """A measure, whether it shall be at least or at most, and how much.

    With a ``period`` the share of the days or months that meet it shall be at least ``share``.
    """

    measure: str
    at_least: bool
    value: float
    share: float | None = None
    period: Period | None = None

    def met_by(self, value: float) -> bool:
        """Tell whether one value meets it; nan does not."""
        return value >= self.value if self.at_least else value <= self.value

    def verdict(self, found: Estimate) -> Verdict:
        """Tell whether the mean's whole interval meets the target, or misses it, or neither."""
        if math.isnan(found.mean):
            return Verdict.NOTHING
        nearest, farthest = (found.high, found.low) if self.at_least else (-found.low, -found.high)
        value = self.value if self.at_least else -self.value
        if farthest >= value:
            return Verdict.MET
        return Verdict.NOT_MET if nearest < value else Verdict.NOT_DECIDED

    def __str__(self) -> str:
        plain = f"{self.measure}{'>=' if self.at_least else '<='}{self.value:g}"
        return plain if self.period is None else f"{plain}@{self.share:g}/{self.period}"


def target_of(written: str) -> Target:
    """Return a target as it is written.

    ``connect_rate>=0.95``, ``asa_s<=30``, ``service_level(20)>=80%``; a colon means whichever
    of the two is better and needs no quotes in a shell: ``connect_rate:95%``, ``asa_s:30``.
    ``connect_rate_24h_min>=0.95@0.9/month`` asks it of 90 % of the months; ``/day`` of the days.

    Raises
    ------
    TargetError
        If it is not of that form, the measure is none, the value is none of a rate, or days
        and months have no such measure.
    """
    match = _FORM.fullmatch(written)
    if match is None:
        raise TargetError("say.target_form", found=written)
    name, limit_s, sense, number, unit, *within = match.groups()
    if not is_one_of(name, PUBLISHABLE):
        raise TargetError("say.target_no_measure", found=written, measure=name)
    spelled = name if limit_s is None else f"{name}({limit_s})"
    if not is_one_of(spelled, PUBLISHABLE):
        raise TargetError("say.target_no_limit", found=written, measure=name)
    measure = measure_of(spelled)
    value = _value_of(measure, written, number, unit)
    at_least = sense in (">=", "≥") or (sense in (":", "：") and not _is_best_small(measure))
    asked = Target(measure.spelled, at_least, value)
    return asked if within[0] is None else _in_periods(asked, written, *within)


def _value_of(measure: Measure, written: str, number: str, unit: str) -> float:
    """Return what a measure shall reach: a share, or a number in the measure's unit."""
    if measure.unit is Unit.SHARE and unit in ("", *_PERCENT):
        return _share_of(written, number, unit)
    if unit in _PERCENT:
        raise TargetError("say.target_no_share", found=written, measure=measure.name)
    kind = _KINDS.get(measure.unit)
    value = None if kind is None else number_as(kind, f"{number}{unit}")
    if value is None:
        raise TargetError("say.target_form", found=written)
    return value


def _share_of(written: str, number: str, percent: str) -> float:
    """Return a share from 0 to 1; of what is above, say what was meant."""
    value = float(number) / 100.0 if percent else float(number)
    if value > 1.0:
        refusal = "say.target_above_1" if percent or value > _MOST_PERCENT else "say.target_share"
        meant, shown = f"{value / 100.0:g}", f"{value:g}%"
        raise TargetError(refusal, found=written, meant=meant, percent=shown)
    return value


def _in_periods(asked: Target, written: str, number: str, percent: str, period: str) -> Target:
    """Return a target that a share of the days or months shall meet."""
    if period not in _PERIODS:
        raise TargetError("say.target_period", found=written, period=period)
    measure = measure_of(asked.measure)
    if measure.name not in OF_PERIODS:
        known = ", ".join(OF_PERIODS)
        raise TargetError("say.target_of_periods", found=written, known=known)
    share = _share_of(written, number, percent)
    if share == 0.0:
        raise TargetError("say.target_no_periods", found=written)
    return replace(asked, share=share, period=_PERIODS[period])


def _is_best_small(measure: Measure) -> bool:
    small = measure.less_is_better or measure.unit in (Unit.SECONDS, Unit.YUAN)
    return small or measure.name in _BEST_SMALL
