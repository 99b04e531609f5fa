"""What every result carries: enough to say where it comes from, and to play it again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import hotline_sim
from hotline_sim.execution import engine_of
from hotline_sim.experiments.parameters import ParameterSet, apart, from_plain, to_plain
from hotline_sim.experiments.plain import to_json, without_nan
from hotline_sim.experiments.tidy import HEADS, replication_rows
from hotline_sim.scenario import Scenario, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas

    from hotline_sim.execution import EngineName, Execution

_KINDS: dict[str, type | tuple[type, ...]] = {
    "engine": str,
    "seed": int,
    "replications": int,
    "version": str,
    "results_version": int,
    "command": (str, type(None)),
}


@dataclass(frozen=True, eq=False)
class Header:
    """Where a result comes from.

    ``scenarios`` are those that were asked about, with all their numbers and origins;
    ``arguments`` what else the experiment was asked, as plain values; ``replications`` how
    many of each scenario; ``command`` the command line that asks the same, if a command asked.
    ``parameters`` are the ways in which what is assumed could be, over the scenarios (of which
    a second one of the same name has a name of its own there), if it was played over them.
    """

    scenarios: tuple[Scenario, ...]
    arguments: Mapping[str, Any]
    engine: str
    seed: int
    replications: int
    version: str
    results_version: int
    command: str | None = None
    parameters: ParameterSet | None = None

    @classmethod
    def of(
        cls,
        scenarios: Iterable[Scenario],
        *,
        engine: EngineName,
        seed: int,
        replications: int,
        arguments: Mapping[str, Any],
        parameters: ParameterSet | None = None,
    ) -> Self:
        """Return the header of a result of this version of the package."""
        return cls(
            scenarios=tuple(scenarios),
            arguments=without_nan(dict(arguments)),
            engine=engine_of(engine)[0],
            seed=seed,
            replications=replications,
            version=hotline_sim.__version__,
            results_version=hotline_sim.RESULTS_VERSION,
            parameters=parameters,
        )

    @property
    def draws(self) -> int:
        """Return over how many values of the parameters each scenario was played besides."""
        return 0 if self.parameters is None else len(self.parameters)

    @property
    def changed(self) -> list[dict[str, Any]]:
        """Return the numbers that the user set in place of a file's, of each scenario by key."""
        return [_set_by_user(scenario) for scenario in self.scenarios]

    def to_dict(self) -> dict[str, Any]:
        """Return the header as plain values.

        ``order`` is that in which each scenario lists its numbers, and in which they are drawn.
        """
        return {
            **{name: getattr(self, name) for name in _KINDS},
            "arguments": dict(self.arguments),
            "changed": self.changed,
            "scenarios": [scenario.to_dict() for scenario in self.scenarios],
            "order": [list(scenario.provenance) for scenario in self.scenarios],
            "parameters": None if self.parameters is None else to_plain(self.parameters),
        }

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Self:
        """Return the header of a dict such as :meth:`to_dict` returns.

        Raises
        ------
        ScenarioError
            If one of its scenarios is none.
        KeyError, TypeError, ValueError
            If it is no header.
        """
        for name, kind in _KINDS.items():
            if not isinstance(tree[name], kind) or isinstance(tree[name], bool):
                raise TypeError(name)
        if tree["replications"] < 1 or not 0 < len(tree["scenarios"]) == len(tree["order"]):
            raise ValueError("replications, scenarios, order")
        scenarios = tuple(map(_in_order, tree["scenarios"], tree["order"]))
        drawn = tree.get("parameters")
        return cls(
            scenarios=scenarios,
            arguments=dict(tree["arguments"]),
            parameters=None if drawn is None else from_plain(drawn, apart(scenarios)),
            **{name: tree[name] for name in _KINDS},
        )


@dataclass(frozen=True, eq=False)
class Result(ABC):
    """What an experiment returns: its header, and what was found.

    A written result says which ``kind`` it is, so that it can be opened again. Results are
    equal that are written alike.
    """

    kind: ClassVar[str]
    kinds: ClassVar[dict[str, type[Result]]] = {}  # of every kind, its class

    header: Header

    def __init_subclass__(cls) -> None:
        """Note the kind of result, so that one can be opened."""
        Result.kinds[cls.kind] = cls

    @property
    def scenario(self) -> Scenario:
        """Return the scenario that was asked about, the first if there are several."""
        return self.header.scenarios[0]

    @property
    def version(self) -> str:
        """Return the version of the package that made the result."""
        return self.header.version

    @property
    def engine(self) -> str:
        """Return the engine that played it."""
        return self.header.engine

    @property
    def seed(self) -> int:
        """Return the seed it was played with."""
        return self.header.seed

    @abstractmethod
    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values; nan (nothing to measure) as None."""

    @classmethod
    @abstractmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the result of its header and what :meth:`found` returns."""

    @abstractmethod
    def to_frame(self) -> pandas.DataFrame:
        """Return the estimates as a table (needs pandas)."""

    def replications_frame(self) -> pandas.DataFrame:
        """Return every replication of every estimate, one row each (needs pandas).

        Columns: where in the result (``by_channel.phone``), what a point or budget is called by,
        measure, replication from 0, value; nan where there was nothing to measure.
        """
        import pandas as pd  # an extra: hotline-sim[frames]

        rows = list(replication_rows(self.found()))
        keys = dict.fromkeys(key for row in rows for key in row if key not in HEADS)
        found = pd.DataFrame(rows, columns=[HEADS[0], *keys, *HEADS[1:]])
        return found.astype({"value": float})

    def _repr_html_(self) -> str:
        """Return what a notebook shows of the result: the answer and the first table."""
        return hotline_sim.html_of(self)

    @abstractmethod
    def again(self, *, engine: EngineName, execution: Execution) -> Self:
        """Return the result of the same question, every replication of it played again."""

    def asked_by(self, command: str) -> Self:
        """Return the same result, with the command line that asked for it."""
        return replace(self, header=replace(self.header, command=command))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values, whole; nan (nothing to measure) as None."""
        return {"kind": self.kind, **self.found(), "header": self.header.to_dict()}

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Self:
        """Return the result of a dict such as :meth:`to_dict` returns."""
        return cls.of_found(tree, Header.from_dict(tree["header"]))

    def to_json(self) -> str:
        """Return the result as JSON; :func:`hotline_sim.open_result` opens it again."""
        return to_json(self.to_dict())

    def about(self) -> dict[str, Any]:
        """Return what the JSON of every result about one scenario begins with."""
        title, unknown = self.scenario.title, self.scenario.unknown
        return {
            "scenario": self.scenario.name,
            "title": title.model_dump(),
            "unknown": unknown.model_dump() if unknown else None,
            "digest": self.scenario.digest(),
            "checked": self.scenario.checked,
            "version": self.version,
            "results_version": self.header.results_version,
            "engine": self.engine,
            "seed": self.seed,
            "replications": self.header.replications,
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Result):
            return NotImplemented
        return self.kind == other.kind and self.to_dict() == other.to_dict()

    def __hash__(self) -> int:
        return hash((self.kind, self.seed, self.header.replications))


def _in_order(tables: Mapping[str, Any], keys: Iterable[str]) -> Scenario:
    """Return the scenario of plain values, its numbers listed in the order of *keys*."""
    scenario = Scenario.from_dict(tables)
    found = scenario.provenance
    listed = {key: found[key] for key in keys if key in found}
    return scenario.model_copy(update={"provenance": {**listed, **found}})


def _set_by_user(scenario: Scenario) -> dict[str, Any]:
    values, origins = values_of(scenario), scenario.provenance.items()
    return {key: values[key] for key, origin in origins if origin.set_by_user}
