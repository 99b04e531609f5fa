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
    from collections.abc import Mapping, Sequence

    from hotline_sim.execution import Replication
    from hotline_sim.scenario import Scenario


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


def held_against(
    standard: Standard,
    scenario: Scenario,
    measures: Mapping[str, Estimate],
    replications: Sequence[Replication],
) -> dict[str, AgainstStandard]:
    """Return each demand of a standard beside what a run of a scenario gave, by measure."""
    found = {}
    for name, at_least in standard.at_least.items():
        one = _simulated(name, scenario, measures, replications)
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


def _simulated(
    name: str,
    scenario: Scenario,
    measures: Mapping[str, Estimate],
    replications: Sequence[Replication],
) -> Estimate:
    """Return a measure; what is said of calls is nan where no channel is a telephone."""
    spelled = spelled_for(name, scenario.thresholds_s[0])
    if spelled not in measures:
        return estimate_of(name, [_of_the_standard(scenario, one)[name] for one in replications])
    if not HeadlineChannels.of(scenario).voice:
        return estimate([math.nan for _ in replications])
    return measures[spelled]


def _of_the_standard(scenario: Scenario, played: Replication) -> dict[str, float]:
    offered = {name: found["offered"] for name, found in played.by_channel.items()}
    return standard_measures(scenario, offered, played.waits)
