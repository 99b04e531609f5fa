"""What an attribution finds: a change, and the part of each group of keys in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.experiments.attribution.groups import GROUPS, OTHER
from hotline_sim.experiments.attribution.shapley import shapley, steps
from hotline_sim.experiments.bands import RANGE, left_out, middle
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.plain import number_of, without_nan
from hotline_sim.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas

    from hotline_sim.domain import Floats
    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.messages import Lang

TOTAL = "change"  # in tables, beside the groups
ENDS = ("alone", "last", "least", "most")  # what a group adds in one order or another


@dataclass(frozen=True)
class Group:
    """Keys whose part is told: those of one group, or of several that go only together.

    ``keys`` are those in which the scenarios differ; ``because`` names what did not fit where
    the groups were taken apart.
    """

    names: tuple[str, ...]
    keys: tuple[str, ...]
    because: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The names, with + between them."""
        return "+".join(self.names)


@dataclass(frozen=True)
class Part:
    """A part of a change, or the whole of it.

    ``estimate`` is of the scenarios as they stand, over replications: chance. ``draws`` are the
    means over the same replications of each member of the set: what is assumed. In the orders
    of taking the groups over from the second scenario, one after the other, the group adds
    ``alone`` as the first, ``last`` as the last, and between ``least`` and ``most`` in any (of
    the mean, the scenarios as they stand).
    """

    estimate: Estimate
    draws: tuple[float, ...]
    alone: float
    last: float
    least: float
    most: float

    @property
    def span(self) -> tuple[float, float]:
        """Between which values the middle 90 % of the members lie; nan without members."""
        return middle(self.draws)

    def to_dict(self) -> dict[str, Any]:
        """Return the part as plain values."""
        ends = {name: getattr(self, name) for name in ENDS}
        ranged = {"range": self.span, "draws": list(self.draws)} if self.draws else {}
        return {**self.estimate.to_dict(), **ranged, **ends}


@dataclass(frozen=True, eq=False)
class AttributionResult(Result):
    """The change of measures between two scenarios, and what part of it each group of keys has.

    Attributes
    ----------
    groups
        Those in which the scenarios differ; what differs and is in no group is in the last,
        ``other``.
    idle
        Names of groups in which nothing differs: their part is 0.
    unmoved
        Keys that are about money alone, where no measure is.
    measures
        Their names.
    values
        ``(coalitions, replications, measures)`` of the scenarios as they stand: coalition *s*
        takes group *i* from the second scenario if bit *i* of *s* is set.
    members
        ``(members, coalitions, replications, measures)``, of each row of the set.
    """

    kind = "attribute"

    groups: tuple[Group, ...]
    idle: tuple[str, ...]
    unmoved: tuple[str, ...]
    measures: tuple[str, ...]
    values: Floats = field(repr=False)
    members: Floats = field(repr=False)

    @property
    def ungrouped(self) -> tuple[str, ...]:
        """Return the keys that differ and are in no group."""
        return tuple(key for one in self.groups if OTHER in one.names for key in one.keys)

    def title_of(self, group: str, lang: Lang) -> str:
        """Return what a group, or the whole change, is called; the user's own by their names."""
        if group == TOTAL:
            return text("attribute.change", lang)
        own = self.header.arguments["groups"] or {}
        return " + ".join(
            text(f"attribute.group.{name}", lang)
            if name not in own and name in (*GROUPS, OTHER)
            else name
            for name in group.split("+")
        )

    def side(self, measure: str, *, second: bool) -> Estimate:
        """Return a measure of the first or of the second scenario."""
        values = self._of(measure)[-1 if second else 0]
        return estimate_of(measure, values.tolist())

    def change(self, measure: str) -> Part:
        """Return the whole change of a measure, second less first."""
        values = self._of(measure)
        number = self.measures.index(measure)
        differences = estimate((values[-1] - values[0]).tolist())
        drawn = self.members[..., number]
        draws = _means(drawn[:, -1] - drawn[:, 0])
        return Part(differences, draws, *[differences.mean] * len(ENDS))

    def part(self, measure: str, group: str) -> Part:
        """Return the part of a group, by its name, in the change of a measure."""
        number = [one.name for one in self.groups].index(group)
        return self._parts[measure][number]

    @cached_property
    def _parts(self) -> dict[str, list[Part]]:
        return {name: self._parts_of(name) for name in self.measures}

    def _parts_of(self, measure: str) -> list[Part]:
        values = self._of(measure)
        each = np.array([shapley(one) for one in values.T.tolist()])  # (replications, groups)
        drawn = self.members[..., self.measures.index(measure)]
        count = len(self.groups)
        by_member = np.array(
            [[shapley(one) for one in member.T.tolist()] for member in drawn]
        ).reshape(len(drawn), self.header.replications, count)
        means = [float(np.mean(row)) for row in values]
        found = []
        for number in range(count):
            added = steps(means, number)
            ends = (added[0], added[-1], min(added), max(added))
            draws = _means(by_member[:, :, number])
            found.append(Part(estimate(each[:, number].tolist()), draws, *ends))
        return found

    def _of(self, measure: str) -> Floats:
        """Return a measure of the scenarios as they stand, (coalitions, replications)."""
        values: Floats = self.values[:, :, self.measures.index(measure)]
        return values

    def rows(self, measure: str) -> dict[str, Part]:
        """Return the parts of a measure's change by group, the whole change last."""
        parts = dict(zip((one.name for one in self.groups), self._parts[measure], strict=True))
        return {**parts, TOTAL: self.change(measure)}

    def to_frame(self) -> pandas.DataFrame:
        """Return one row a measure and group, and the change (needs pandas).

        Columns: measure, group, mean, low, high, range_low, range_high (over a set), and what
        the group adds alone, as the last, at least and at most.
        """
        import pandas as pd  # an extra: hotline-sim[frames]

        rows = [
            {
                "measure": measure,
                "group": name,
                **{end: getattr(part.estimate, end) for end in ("mean", "low", "high")},
                **(dict(zip(RANGE, part.span, strict=True)) if part.draws else {}),
                **{end: getattr(part, end) for end in ENDS},
            }
            for measure in self.measures
            for name, part in self.rows(measure).items()
        ]
        return pd.DataFrame(rows)

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        a, b = self.header.scenarios
        plain: dict[str, Any] = without_nan(
            {
                "a": {"scenario": a.name, "title": a.title.model_dump(), "digest": a.digest()},
                "b": {"scenario": b.name, "title": b.title.model_dump(), "digest": b.digest()},
                "groups": [
                    {"name": one.name, "names": one.names, "keys": one.keys, "because": one.because}
                    for one in self.groups
                ],
                "idle": self.idle,
                "unmoved": self.unmoved,
                "measures": {name: self._measure(name) for name in self.measures},
                "coalitions": [self._coalition(s) for s in range(len(self.values))],
                **self._about_members(),
            }
        )
        return plain

    def _measure(self, name: str) -> dict[str, Any]:
        return {
            "a": self.side(name, second=False).to_dict(),
            "b": self.side(name, second=True).to_dict(),
            "parts": {group: part.to_dict() for group, part in self.rows(name).items()},
        }

    def _coalition(self, number: int) -> dict[str, Any]:
        """Return the values of one mixed world."""
        return {
            "from_b": [one.name for i, one in enumerate(self.groups) if number >> i & 1],
            "measures": {
                name: {
                    "replications": self.values[number, :, i].tolist(),
                    "draws": self.members[:, number, :, i].tolist(),
                }
                for i, name in enumerate(self.measures)
            },
        }

    def _about_members(self) -> dict[str, Any]:
        drawn = self.header.parameters
        if drawn is None:
            return {}
        sides = zip(("a", "b"), range(len(drawn.bases)), strict=True)
        return {
            "draws": len(drawn),
            "drawn": [drawn.row(i) for i in range(len(drawn))],
            "left_out": {side: left_out(drawn.of(number)) for side, number in sides},
        }

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the attribution of its header and what :meth:`found` returns."""
        measures = tuple(tree["measures"])
        coalitions = [[one["measures"][name] for name in measures] for one in tree["coalitions"]]
        shape = (len(coalitions), len(measures), header.replications)
        values = _array([[one["replications"] for one in row] for row in coalitions], shape)
        drawn = (len(coalitions), len(measures), header.draws, header.replications)
        members = _array([[one["draws"] for one in row] for row in coalitions], drawn)
        groups = [
            Group(tuple(one["names"]), tuple(one["keys"]), tuple(one["because"]))
            for one in tree["groups"]
        ]
        if len(coalitions) != 1 << len(groups):
            raise ValueError("coalitions")
        return cls(
            header,
            groups=tuple(groups),
            idle=tuple(tree["idle"]),
            unmoved=tuple(tree["unmoved"]),
            measures=measures,
            values=np.ascontiguousarray(values.transpose(0, 2, 1)),
            members=np.ascontiguousarray(members.transpose(2, 0, 3, 1)),
        )

    def again(self, *, engine: EngineName, execution: Execution) -> AttributionResult:
        """Return the result of the same question, every replication of it played again."""
        from hotline_sim.experiments.attribution.asking import attribute  # which makes such results

        return attribute(
            *self.header.scenarios,
            measures=self.measures,
            groups=self.header.arguments["groups"],
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
            over=self.header.parameters,
            draws=None if self.header.parameters else 0,
        )


def _means(values: Floats) -> tuple[float, ...]:
    """Return the mean of each row, (members, replications)."""
    return tuple(float(np.mean(row)) for row in values)


def _array(node: Any, shape: tuple[int, ...]) -> Floats:
    """Return nested lists of plain numbers as an array of a shape."""

    def numbers(part: Any) -> Any:
        return list(map(numbers, part)) if isinstance(part, list) else number_of(part)

    return np.array(numbers(node), dtype=float).reshape(shape)
