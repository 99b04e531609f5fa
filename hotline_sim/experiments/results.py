"""What experiments return: frozen records, every estimate with its interval."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

import hotline_sim
from hotline_sim.domain import ADDED_UP, KNOWN, Role
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.standards import AgainstStandard, held_against
from hotline_sim.money import known_links
from hotline_sim.scenario import roles_of, values_of

if TYPE_CHECKING:
    import pandas

    from hotline_sim.execution import Replication
    from hotline_sim.scenario import Scenario, Standard


@dataclass(frozen=True)
class AgainstPublished:
    """A printed figure beside what the simulation gives.

    ``low`` to ``high`` is where 95 % of single years would fall, for a printed figure is one
    year; ``covered`` tells whether that span meets the printed value, or the range it was
    rounded from where the scenario states one. What a period adds up to is not comparable if
    another number of days was simulated. ``role`` tells whether a number of the scenario was
    chosen from the figure; if so, that it is met proves nothing.
    """

    value: float
    value_low: float
    value_high: float
    simulated: float
    low: float
    high: float
    is_comparable: bool = True
    role: Role = Role.PREDICTED

    @property
    def covered(self) -> bool | None:
        """Whether the simulation is compatible with the figure; None: they cannot be compared.

        Without a span, of one replication or of what was not simulated, nothing can be said.
        """
        if not self.is_comparable or math.isnan(self.low):
            return None
        return self.low <= self.value_high and self.high >= self.value_low

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {
            "value": self.value,
            "value_range": [self.value_low, self.value_high],
            "simulated": self.simulated,
            "low": self.low,
            "high": self.high,
            "covered": self.covered,
            "role": self.role.value,
        }


@dataclass(frozen=True, eq=False)
class RunResult:
    """A scenario's measures over its replications.

    ``measures``, ``by_channel`` and ``by_team`` hold an :class:`Estimate` per name;
    ``replications`` are the sums they were made from, for figures and tables; ``standard`` what
    a standard demands, if the run is held against one.
    """

    scenario: Scenario
    version: str
    engine: str
    seed: int
    replications: tuple[Replication, ...]
    standard: Standard | None = None

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        return _estimates([played.measures for played in self.replications])

    @property
    def by_channel(self) -> dict[str, dict[str, Estimate]]:
        """Return the measures of each channel."""
        return {
            name: _estimates([played.by_channel[name] for played in self.replications])
            for name in self.scenario.channels
        }

    @property
    def by_team(self) -> dict[str, dict[str, Estimate]]:
        """Return the measures of each team."""
        return {
            name: _estimates([played.by_team[name] for played in self.replications])
            for name in self.scenario.teams
        }

    @property
    def by_department(self) -> dict[str, dict[str, Estimate]]:
        """Return the measures of each department's work orders."""
        return {
            name: _estimates([played.by_department[name] for played in self.replications])
            for name in self.scenario.departments
        }

    @property
    def published(self) -> dict[str, AgainstPublished]:
        """Return the scenario's published figures beside the simulated ones."""
        found = {}
        measures, roles = self.measures, roles_of(self.scenario)
        for name, value in self.scenario.published.items():
            origin = self.scenario.provenance.get(f"published.{name}")
            low, high = (origin.range if origin else None) or (value, value)
            simulated = measures.get(name, estimate_of(name, [math.nan]))
            comparable = name not in ADDED_UP or self.scenario.has_its_days
            found[name] = AgainstPublished(
                value,
                low,
                high,
                simulated.mean,
                *simulated.prediction_interval(),
                is_comparable=comparable,
                role=roles[name],
            )
        return found

    @property
    def against_standard(self) -> dict[str, AgainstStandard]:
        """Return the demands of the standard beside the simulation, if there is one."""
        return held_against(self, self.standard) if self.standard else {}

    @property
    def assumptions(self) -> list[dict[str, Any]]:
        """Return the assumed and the fitted numbers: key, value, range, source and reason."""
        values = values_of(self.scenario)
        return [
            {"key": key, "value": values[key], **origin.to_dict()}
            for key, origin in self.scenario.provenance.items()
            if origin.kind not in KNOWN
        ]

    def to_frame(self) -> pandas.DataFrame:
        """Return the headline measures as a table: measure, mean, low, high (needs pandas)."""
        return _frame(self.measures)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values; nan (nothing to measure) as None."""
        title, unknown = self.scenario.title, self.scenario.unknown
        plain: dict[str, Any] = without_nan(
            {
                "scenario": self.scenario.name,
                "title": title.model_dump(),
                "unknown": unknown.model_dump() if unknown else None,
                "digest": self.scenario.digest(),
                "checked": self.scenario.checked,
                "version": self.version,
                "results_version": hotline_sim.RESULTS_VERSION,
                "engine": self.engine,
                "seed": self.seed,
                "replications": len(self.replications),
                "measures": _dicts(self.measures),
                "by_channel": {name: _dicts(found) for name, found in self.by_channel.items()},
                "by_team": {
                    name: {"employment": self.scenario.teams[name].employment, **_dicts(found)}
                    for name, found in self.by_team.items()
                },
                "links": {
                    name: links.to_dict() for name, links in known_links(self.scenario).items()
                },
                "by_department": {
                    name: _dicts(found) for name, found in self.by_department.items()
                },
                "published": {name: row.to_dict() for name, row in self.published.items()},
                "standard": self._standard(),
                "assumptions": self.assumptions,
            }
        )
        return plain

    def _standard(self) -> dict[str, Any] | None:
        if self.standard is None:
            return None
        held = {name: row.to_dict() for name, row in self.against_standard.items()}
        title = self.standard.title.model_dump()
        return {"name": self.standard.name, "title": title, "measures": held}

    def to_json(self) -> str:
        """Return the result as JSON."""
        return to_json(self.to_dict())


@dataclass(frozen=True, eq=False)
class CompareResult:
    """Two scenarios played with the same seeds, and the paired difference b − a."""

    a: RunResult
    b: RunResult

    @property
    def difference(self) -> dict[str, Estimate]:
        """Return the differences of the measures both scenarios have, by name."""
        pairs = list(zip(self.a.replications, self.b.replications, strict=True))
        names = [n for n in pairs[0][0].measures if n in pairs[0][1].measures]
        return {
            name: estimate([b.measures[name] - a.measures[name] for a, b in pairs])
            for name in names
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return the differences as a table: measure, mean, low, high (needs pandas)."""
        return _frame(self.difference)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "difference": without_nan(_dicts(self.difference)),
        }

    def to_json(self) -> str:
        """Return the comparison as JSON."""
        return to_json(self.to_dict())


def _estimates(rows: list[dict[str, float]]) -> dict[str, Estimate]:
    return {name: estimate_of(name, [row[name] for row in rows]) for name in rows[0]}


def _frame(estimates: dict[str, Estimate]) -> pandas.DataFrame:
    import pandas as pd  # an extra: hotline-sim[frames]

    rows = [(name, one.mean, one.low, one.high) for name, one in estimates.items()]
    return pd.DataFrame(rows, columns=["measure", "mean", "low", "high"]).set_index("measure")


def _dicts(estimates: dict[str, Estimate]) -> dict[str, Any]:
    return {name: one.to_dict() for name, one in estimates.items()}


def without_nan(node: Any) -> Any:
    """Return a tree with None for nan and plain numbers for NumPy's."""
    if isinstance(node, dict):
        return {key: without_nan(below) for key, below in node.items()}
    if isinstance(node, (list, tuple)):
        return [without_nan(below) for below in node]
    if isinstance(node, (np.floating, float)):
        return None if math.isnan(node) else float(node)
    return int(node) if isinstance(node, np.integer) else node


def to_json(tree: Any) -> str:
    """Return a tree as JSON that every reader takes: no NaN, Chinese as it is."""
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False)
