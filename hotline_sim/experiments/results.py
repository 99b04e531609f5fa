"""What experiments return: frozen records, every estimate with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from hotline_sim.definitions import measure_of, spelled_for
from hotline_sim.domain import KNOWN, Role
from hotline_sim.experiments.bands import RANGE, about_draws, draws_of, span_of, with_range
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.standards import AgainstStandard, held_against, standard_from
from hotline_sim.experiments.sums import replications_of, sums_text
from hotline_sim.experiments.targets import Verdict
from hotline_sim.measures import inbound_channels, ratio
from hotline_sim.money import known_links
from hotline_sim.scenario import roles_of, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas

    from hotline_sim.execution import EngineName, Execution, Replication
    from hotline_sim.experiments.bands import Draws
    from hotline_sim.scenario import Scenario, Standard


@dataclass(frozen=True)
class AgainstPublished:
    """A printed figure beside what the simulation gives.

    ``low`` to ``high`` is where 95 % of single years would fall, for a printed figure is one
    year. The ``verdict`` tells whether such years reach the printed value, or the range it was
    rounded from where the scenario states one: it is met if that is no farther from the mean
    than ``near``, which 95 % of years surely reach, not met if it is farther than ``far``, which
    they surely do not; between the two more replications are needed (:meth:`Estimate.reach`).
    What a period adds up to is not comparable if another number of days was simulated. ``role``
    tells whether a number of the scenario was chosen from the figure; if so, that it is met
    proves nothing. ``range_low`` to ``range_high`` is the band of what is assumed, nan if it was
    not asked for.
    """

    value: float
    value_low: float
    value_high: float
    simulated: float
    low: float
    high: float
    near: float
    far: float
    is_comparable: bool = True
    role: Role = Role.PREDICTED
    range_low: float = math.nan
    range_high: float = math.nan

    @property
    def in_band(self) -> bool | None:
        """Whether the band of what is assumed meets the figure; None: they cannot be compared."""
        if not self.is_comparable or math.isnan(self.range_low):
            return None
        return self.range_low <= self.value_high and self.range_high >= self.value_low

    @property
    def verdict(self) -> Verdict:
        """Whether the simulation is compatible with the figure.

        Without a span, of one replication or of what was not simulated, nothing can be said.
        """
        if not self.is_comparable or math.isnan(self.far):
            return Verdict.NOTHING
        off = max(self.value_low - self.simulated, self.simulated - self.value_high, 0.0)
        if off <= self.near:
            return Verdict.MET
        return Verdict.NOT_MET if off > self.far else Verdict.NOT_DECIDED

    @property
    def covered(self) -> bool | None:
        """Whether the figure is met; None: that is not decided, or they cannot be compared."""
        return {Verdict.MET: True, Verdict.NOT_MET: False}.get(self.verdict)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {
            "value": self.value,
            "value_range": [self.value_low, self.value_high],
            "simulated": self.simulated,
            "low": self.low,
            "high": self.high,
            "covered": self.covered,
            "verdict": self.verdict.value,
            "role": self.role.value,
            **self._band(),
        }

    def _band(self) -> dict[str, Any]:
        if math.isnan(self.range_low):
            return {}
        return {"range": [self.range_low, self.range_high], "in_band": self.in_band}


@dataclass(frozen=True, eq=False)
class RunResult(Result):
    """A scenario's measures over its replications.

    ``measures``, ``by_channel`` and ``by_team`` hold an :class:`Estimate` per name;
    ``replications`` are the sums they were made from, for figures and tables; ``standard`` what
    a standard demands, if the run is held against one; ``draws`` the measures of one replication
    for each row of ``header.parameters``, if it was played over a set of them.
    """

    kind = "run"

    replications: tuple[Replication, ...]
    standard: Standard | None = None
    draws: Draws = ()

    def span(self, measure: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws lie; nan without draws."""
        return span_of(self.draws, measure)

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        return _estimates([played.measures for played in self.replications])

    @property
    def inbound(self) -> dict[str, Estimate]:
        """Return the contacts of all channels on which people come: asked, answered, the rate.

        The sums of ``by_channel`` over all but outbound ones, by the names ``offered``,
        ``answered`` and ``connect_rate``.
        """
        names = inbound_channels(self.scenario)
        rows = [
            {key: sum(one.by_channel[n][key] for n in names) for key in ("offered", "answered")}
            for one in self.replications
        ]
        rates = [{"connect_rate": ratio(row["answered"], row["offered"])} for row in rows]
        return _estimates([row | rate for row, rate in zip(rows, rates, strict=True)])

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
        known = self.draws[0] if self.draws else {}
        for name, value in self.scenario.published.items():
            origin = self.scenario.provenance.get(f"published.{name}")
            low, high = (origin.range if origin else None) or (value, value)
            found_as = spelled_for(name, self.scenario.thresholds_s[0])
            simulated = measures.get(found_as, estimate_of(name, [math.nan]))
            comparable = not measure_of(name).adds_up or self.scenario.has_its_days
            found[name] = AgainstPublished(
                value,
                low,
                high,
                simulated.mean,
                *simulated.prediction_interval(),
                *simulated.reach(),
                is_comparable=comparable,
                role=roles[name],
                **(dict(zip(RANGE, self.span(found_as), strict=True)) if found_as in known else {}),
            )
        return found

    @property
    def against_standard(self) -> dict[str, AgainstStandard]:
        """Return the demands of the standard beside the simulation, if there is one."""
        if self.standard is None:
            return {}
        return held_against(self.standard, self.scenario, self.measures, self.replications)

    @property
    def assumptions(self) -> list[dict[str, Any]]:
        """Return the assumed and the fitted numbers, as :func:`assumptions_of`."""
        return assumptions_of(self.scenario)

    def to_frame(self) -> pandas.DataFrame:
        """Return the headline measures as a table: measure, mean, low, high (needs pandas).

        Played over a set of parameters also range_low and range_high.
        """
        return _frame(self.measures, self.draws)

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the result of its header and what :meth:`found` returns."""
        replications = replications_of(tree, header.replications)
        draws = draws_of(tree["measures"], header.draws)
        return cls(header, replications, standard_from(tree["standard"]), draws)

    def again(self, *, engine: EngineName, execution: Execution) -> RunResult:
        """Return the result of the same question, every replication of it played again."""
        from hotline_sim.experiments.running import run  # which makes such results

        return run(
            self.scenario,
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
            standard=self.standard,
            over=self.header.parameters,
        )

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        links = known_links(self.scenario).items()
        teams = self.scenario.teams
        plain: dict[str, Any] = without_nan(
            {
                **self.about(),
                "measures": with_range(self.measures, self.draws),
                "by_channel": {name: _dicts(found) for name, found in self.by_channel.items()},
                "by_team": {
                    name: {"employment": teams[name].employment, **_dicts(found)}
                    for name, found in self.by_team.items()
                },
                "links": {name: one.to_dict() for name, one in links},
                "by_department": {
                    name: _dicts(found) for name, found in self.by_department.items()
                },
                "published": {name: row.to_dict() for name, row in self.published.items()},
                "standard": self._standard(),
                "assumptions": self.assumptions,
                "sums": sums_text(self.replications),
                **about_draws(self.header.parameters),
            }
        )
        return plain

    def _standard(self) -> dict[str, Any] | None:
        if self.standard is None:
            return None
        held = {name: row.to_dict() for name, row in self.against_standard.items()}
        title = self.standard.title.model_dump()
        return {"name": self.standard.name, "title": title, "measures": held}


def assumptions_of(scenario: Scenario) -> list[dict[str, Any]]:
    """Return the assumed and the fitted numbers: key, value, range, source and reason."""
    values = values_of(scenario)
    return [
        {"key": key, "value": values[key], **origin.to_dict()}
        for key, origin in scenario.provenance.items()
        if origin.kind not in KNOWN
    ]


@dataclass(frozen=True, eq=False)
class CompareResult(Result):
    """Two scenarios played with the same seeds, and the paired difference b − a.

    ``played`` holds the replications of each, ``draws`` the measures of one replication of each
    for every row of ``header.parameters``, if they were played over a set of them.
    """

    kind = "compare"

    played: tuple[tuple[Replication, ...], tuple[Replication, ...]]
    draws: tuple[Draws, Draws] = ((), ())

    @classmethod
    def of(cls, a: RunResult, b: RunResult) -> Self:
        """Return the comparison of two runs with the same seed, neither of them over a set."""
        header = replace(a.header, scenarios=(a.scenario, b.scenario), arguments={})
        return cls(header, (a.replications, b.replications))

    @property
    def a(self) -> RunResult:
        """Return the run of the first scenario."""
        return self._side(0)

    @property
    def b(self) -> RunResult:
        """Return the run of the second scenario."""
        return self._side(1)

    def _side(self, number: int) -> RunResult:
        scenario, drawn = self.header.scenarios[number], self.header.parameters
        alone = None if drawn is None else drawn.of(number, scenario)
        own = replace(self.header, scenarios=(scenario,), parameters=alone)
        return RunResult(own, self.played[number], draws=self.draws[number])

    @property
    def difference(self) -> dict[str, Estimate]:
        """Return the differences of the measures both scenarios have, by name.

        A measure at each scenario's own first threshold is left out if these are not the same.
        """
        pairs = list(zip(*self.played, strict=True))
        first_s, other_s = (one.scenario.thresholds_s[0] for one in (self.a, self.b))
        names = [
            name
            for name in pairs[0][0].measures
            if name in pairs[0][1].measures
            and (first_s == other_s or not measure_of(name).is_at_the_first)
        ]
        return {
            name: estimate([b.measures[name] - a.measures[name] for a, b in pairs])
            for name in names
        }

    @property
    def differences(self) -> Draws:
        """Return the paired differences of each draw, by measure."""
        names = [n for n in self.played[0][0].measures if n in self.played[1][0].measures]
        pairs = zip(*self.draws, strict=True)
        return tuple({name: b[name] - a[name] for name in names} for a, b in pairs)

    def span(self, measure: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws have the difference."""
        return span_of(self.differences, measure)

    def to_frame(self) -> pandas.DataFrame:
        """Return the differences as a table: measure, mean, low, high (needs pandas).

        Played over a set of parameters also range_low and range_high.
        """
        return _frame(self.difference, self.differences)

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the comparison of its header and what :meth:`found` returns."""
        sides = tree["a"], tree["b"]
        return cls(header, played_from(*sides, header), draws_from(*sides, header))

    def again(self, *, engine: EngineName, execution: Execution) -> CompareResult:
        """Return the result of the same question, every replication of it played again."""
        from hotline_sim.experiments.running import compare  # which makes such results

        return compare(
            *self.header.scenarios,
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
            over=self.header.parameters,
        )

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        return {
            "a": self.a.found(),
            "b": self.b.found(),
            "difference": without_nan(with_range(self.difference, self.differences)),
        }


def played_from(
    a: Mapping[str, Any], b: Mapping[str, Any], header: Header
) -> tuple[tuple[Replication, ...], tuple[Replication, ...]]:
    """Return the replications of two runs that were written as plain values."""
    _first, _second = header.scenarios  # no more, no fewer
    return replications_of(a, header.replications), replications_of(b, header.replications)


def draws_from(a: Mapping[str, Any], b: Mapping[str, Any], header: Header) -> tuple[Draws, Draws]:
    """Return the draws of two runs that were written as plain values."""
    return draws_of(a["measures"], header.draws), draws_of(b["measures"], header.draws)


def _estimates(rows: list[dict[str, float]]) -> dict[str, Estimate]:
    return {name: estimate_of(name, [row[name] for row in rows]) for name in rows[0]}


def _frame(estimates: dict[str, Estimate], draws: Draws) -> pandas.DataFrame:
    found = frame_of({"": estimates}, "part", {"": draws})
    return found.drop(columns="part").set_index("measure")


def frame_of(
    parts: Mapping[str, Mapping[str, Estimate]], head: str, draws: Mapping[str, Draws]
) -> pandas.DataFrame:
    """Return estimates as a table: the part, under *head*, measure, mean, low, high.

    With draws also range_low and range_high.
    """
    import pandas as pd  # an extra: hotline-sim[frames]

    rows = [
        (part, name, one.mean, one.low, one.high, *span_of(draws[part], name))
        for part, estimates in parts.items()
        for name, one in estimates.items()
    ]
    heads = [head, "measure", "mean", "low", "high", *RANGE]
    found = pd.DataFrame(rows, columns=heads)
    return found if any(draws.values()) else found.drop(columns=list(RANGE))


def _dicts(estimates: dict[str, Estimate]) -> dict[str, Any]:
    return {name: one.to_dict() for name, one in estimates.items()}
