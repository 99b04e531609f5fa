"""What a planner asks of a measure: at least so much, or at most."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from hotline_sim.definitions import PUBLISHABLE, is_one_of
from hotline_sim.domain import ArgumentError

if TYPE_CHECKING:
    from hotline_sim.experiments.estimates import Estimate

_FORM = re.compile(r"\s*([a-z0-9_]+(?:\([0-9.]+\))?)\s*(>=|<=)\s*([0-9.eE+-]+)\s*")


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
    """Return a target as it is written: ``connect_rate>=0.95``, ``asa_s<=30``.

    Raises
    ------
    ValueError
        If it is not of that form, or the measure is none.
    """
    match = _FORM.fullmatch(written)
    try:
        measure, sense, number = match.groups() if match else ("", "", "")
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentError(f"target {written}: must look like connect_rate>=0.95 or asa_s<=30")
    if not is_one_of(measure, PUBLISHABLE):
        raise ArgumentError(f"target {written}: {measure} is no measure")
    return Target(measure, sense == ">=", value)
