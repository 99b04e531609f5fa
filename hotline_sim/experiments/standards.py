"""Hold a run against what a standard demands."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import spelled_for
from hotline_sim.domain import Provenance
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.targets import Verdict
from hotline_sim.measures import HeadlineChannels, standard_measures
from hotline_sim.scenario import Standard

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.experiments.results import RunResult


@dataclass(frozen=True)
class AgainstStandard:
    """A demand beside what the simulation gives.

    ``low`` to ``high`` is where 95 % of single years (or whatever period was simulated) would
    fall, for a standard is kept or broken in each. The demand is met if all of it reaches the
    target, not met if none of it does.
    """

    at_least: float
    origin: Provenance
    simulated: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Whether the demand is met."""
        if math.isnan(self.simulated):
            return Verdict.NOTHING
        if self.low >= self.at_least:
            return Verdict.MET
        return Verdict.NOT_MET if self.high < self.at_least else Verdict.NOT_DECIDED

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {
            "at_least": self.at_least,
            "origin": self.origin.to_dict(),
            "simulated": self.simulated,
            "low": self.low,
            "high": self.high,
            "verdict": self.verdict.value,
        }


def held_against(result: RunResult, standard: Standard) -> dict[str, AgainstStandard]:
    """Return each demand of a standard beside the run, by measure."""
    found = {}
    for name, at_least in standard.at_least.items():
        one = _simulated(result, name)
        low, high = one.prediction_interval()
        origin = standard.provenance[name]
        found[name] = AgainstStandard(at_least, origin, one.mean, low, high)
    return found


def standard_from(tree: Mapping[str, Any] | None) -> Standard | None:
    """Return the standard that a written run was held against; None: none."""
    if tree is None:
        return None
    demands = tree["measures"]
    return Standard(
        name=tree["name"],
        title=tree["title"],
        at_least={name: demand["at_least"] for name, demand in demands.items()},
        provenance={name: Provenance.from_dict(one["origin"]) for name, one in demands.items()},
    )


def _simulated(result: RunResult, name: str) -> Estimate:
    """Return a measure; what is said of calls is nan where no channel is a telephone."""
    spelled = spelled_for(name, result.scenario.thresholds_s[0])
    if spelled not in result.measures:
        shares = (_of_the_standard(result, i)[name] for i in range(len(result.replications)))
        return estimate_of(name, shares)
    if not HeadlineChannels.of(result.scenario).voice:
        return estimate([math.nan for _ in result.replications])
    return result.measures[spelled]


def _of_the_standard(result: RunResult, replication: int) -> dict[str, float]:
    played = result.replications[replication]
    offered = {name: found["offered"] for name, found in played.by_channel.items()}
    return standard_measures(result.scenario, offered, played.waits)
