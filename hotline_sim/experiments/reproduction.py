"""Hold a published before and after against the simulation, and say what the figures tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.findings import findings_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.people import people_rows
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.results import CompareResult, RunResult, frame_of, played_from
from hotline_sim.experiments.running import DEFAULT_REPLICATIONS, DEFAULT_SEED, compare, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas

    from hotline_sim.execution import EngineName, Execution, Replication
    from hotline_sim.experiments.findings import Finding
    from hotline_sim.experiments.people import PeopleRow
    from hotline_sim.scenario import Scenario

PAIRS = {"nanning": ("nanning-before", "nanning-after")}


@dataclass(frozen=True, eq=False)
class ReproduceResult(Result):
    """Both years, their paired difference, and the findings.

    ``name`` is that of the pair; ``played`` holds the replications of each year.
    """

    kind = "reproduce"

    name: str
    played: tuple[tuple[Replication, ...], tuple[Replication, ...]]

    @property
    def comparison(self) -> CompareResult:
        """Return the comparison of the two years."""
        return CompareResult(self.header, self.played)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what the figures say, and do not say."""
        return findings_of(self.comparison)

    @property
    def people(self) -> tuple[PeopleRow, ...]:
        """Return how many people stand behind the published calls, by redial probability."""
        return people_rows(*self.header.scenarios)

    @property
    def before(self) -> RunResult:
        """Return the year before."""
        return self.comparison.a

    @property
    def after(self) -> RunResult:
        """Return the year after."""
        return self.comparison.b

    def to_frame(self) -> pandas.DataFrame:
        """Return before, after and difference of each measure, one below the other (needs pandas).

        Columns: year, measure, mean, low, high.
        """
        compared = self.comparison
        parts = {"before": compared.a.measures, "after": compared.b.measures}
        return frame_of({**parts, "difference": compared.difference}, "year")

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the reproduction of its header and what :meth:`found` returns."""
        return cls(header, tree["pair"], played_from(tree["before"], tree["after"], header))

    def again(self, *, engine: EngineName, execution: Execution) -> ReproduceResult:
        """Return the result of the same question, every replication of it played again."""
        compared = self.comparison.again(engine=engine, execution=execution)
        header = replace(compared.header, arguments=self.header.arguments)
        return ReproduceResult(header, self.name, compared.played)

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        difference = self.comparison.difference
        plain: dict[str, Any] = without_nan(
            {
                "pair": self.name,
                "results_version": self.header.results_version,
                "before": self.before.found(),
                "after": self.after.found(),
                "difference": {name: one.to_dict() for name, one in difference.items()},
                "findings": [finding.to_dict() for finding in self.findings],
                "people": [row.to_dict() for row in self.people],
            }
        )
        return plain


def reproduce(
    before: Scenario | str | Path = "nanning",
    after: Scenario | str | Path | None = None,
    *,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> ReproduceResult:
    """Simulate a published before and after, and compute what the figures say.

    Parameters
    ----------
    before, after
        Two scenarios, names or paths; or, alone, a key of ``PAIRS``.
    overrides
        Changes to both scenarios, as for :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution
        As for :func:`hotline_sim.run`.

    Raises
    ------
    ValueError
        If one name is given that is no pair, or an argument is out of its range.
    ScenarioError
        If a scenario cannot be read, or an override does not fit.
    """
    name, pair = pair_of(before, after)
    changes = list(overrides)
    first, second = (opened(one, changes) for one in pair)
    compared = compare(
        first,
        second,
        replications=replications,
        seed=seed,
        engine=engine,
        jobs=jobs,
        execution=execution,
    )
    name = name or f"{first.name}-to-{second.name}"
    header = replace(compared.header, arguments={"pair": name})
    return ReproduceResult(header, name, compared.played)


def pair_of(
    before: Scenario | str | Path, after: Scenario | str | Path | None
) -> tuple[str, tuple[Scenario | str | Path, Scenario | str | Path]]:
    """Return the name of a pair, "" if it is none of ``PAIRS``, and its two scenarios.

    Raises
    ------
    ValueError
        If only one is given and it is no pair's name.
    """
    if after is not None:
        return "", (before, after)
    if isinstance(before, str) and before in PAIRS:
        return before, PAIRS[before]
    named = getattr(before, "name", before)
    raise ArgumentError(f"pair = {named}: one of {', '.join(PAIRS)}, or two scenarios")
