"""What a planner asks of a measure: at least so much, or at most."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hotline_sim.definitions import PUBLISHABLE, Measure, Unit, is_one_of, measure_of
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from hotline_sim.experiments.estimates import Estimate

_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_MEASURE = r"([a-z0-9_]+)(?:\(\s*(\d+(?:\.\d+)?)\s*s?\s*\))?"
_FORM = re.compile(rf"\s*{_MEASURE}\s*(>=|<=|≥|≤|:|：)\s*({_NUMBER})\s*([%％]?)\s*")
_MOST_PERCENT = 100.0
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


class TargetError(RefusalError):
    """A target is not one that can be asked for."""


class Verdict(StrEnum):
    """What an interval says of a target."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_DECIDED = "not_decided"  # the interval holds the target
    NOTHING = "nothing"  # no such channel, or nobody asked


@dataclass(frozen=True)
class Target:
    """A measure, whether it shall be at least or at most, and how much."""

    measure: str
    at_least: bool
    value: float

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
        return f"{self.measure}{'>=' if self.at_least else '<='}{self.value:g}"


def target_of(written: str) -> Target:
    """Return a target as it is written.

    ``connect_rate>=0.95``, ``asa_s<=30``, ``service_level(20)>=80%``; a colon means whichever
    of the two is better and needs no quotes in a shell: ``connect_rate:95%``, ``asa_s:30``.

    Raises
    ------
    TargetError
        If it is not of that form, the measure is none, or the value is none of a rate.
    """
    match = _FORM.fullmatch(written)
    if match is None:
        raise TargetError("say.target_form", found=written)
    name, limit_s, sense, number, percent = match.groups()
    if not is_one_of(name, PUBLISHABLE):
        raise TargetError("say.target_no_measure", found=written, measure=name)
    spelled = name if limit_s is None else f"{name}({limit_s})"
    if not is_one_of(spelled, PUBLISHABLE):
        raise TargetError("say.target_no_limit", found=written, measure=name)
    measure = measure_of(spelled)
    value = float(number) / 100.0 if percent else float(number)
    if percent and measure.unit is not Unit.SHARE:
        raise TargetError("say.target_no_share", found=written, measure=name)
    if measure.unit is Unit.SHARE and value > 1.0:
        refusal = "say.target_above_1" if percent or value > _MOST_PERCENT else "say.target_share"
        meant, shown = f"{value / 100.0:g}", f"{value:g}%"
        raise TargetError(refusal, found=written, meant=meant, percent=shown)
    at_least = sense in (">=", "≥") or (sense in (":", "：") and not _is_best_small(measure))
    return Target(measure.spelled, at_least, value)


def _is_best_small(measure: Measure) -> bool:
    small = measure.less_is_better or measure.unit in (Unit.SECONDS, Unit.YUAN)
    return small or measure.name in _BEST_SMALL
