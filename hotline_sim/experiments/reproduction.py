"""Hold a published before and after against the simulation, and say what the figures tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.bands import with_range
from hotline_sim.experiments.findings import findings_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.people_from_figures import people_rows
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.results import (
    CompareResult,
    RunResult,
    draws_from,
    frame_of,
    played_from,
)
from hotline_sim.experiments.running import DEFAULT_REPLICATIONS, DEFAULT_SEED, compare, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas

    from hotline_sim.execution import EngineName, Execution, Replication
    from hotline_sim.experiments.bands import Asked, Draws
    from hotline_sim.experiments.findings import Finding
    from hotline_sim.experiments.people_from_figures import PeopleRow
    from hotline_sim.scenario import Scenario

PAIRS = {"nanning": ("nanning-before", "nanning-after")}


@dataclass(frozen=True, eq=False)
class ReproduceResult(Result):
    """Both years, their paired difference, and the findings.

    ``name`` is that of the pair; ``played`` and ``draws`` are those of the comparison of the
    two years.
    """

    kind = "reproduce"

    name: str
    played: tuple[tuple[Replication, ...], tuple[Replication, ...]]
    draws: tuple[Draws, Draws] = ((), ())

    @property
    def comparison(self) -> CompareResult:
        """Return the comparison of the two years."""
        return CompareResult(self.header, self.played, self.draws)

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

        Columns: year, measure, mean, low, high; played over a set of parameters also range_low
        and range_high.
        """
        compared = self.comparison
        parts = {"before": compared.a.measures, "after": compared.b.measures}
        draws = dict(zip(parts, self.draws, strict=True))
        return frame_of(
            {**parts, "difference": compared.difference},
            "year",
            {**draws, "difference": compared.differences},
        )

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the reproduction of its header and what :meth:`found` returns."""
        sides = tree["before"], tree["after"]
        draws = draws_from(*sides, header)
        return cls(header, tree["pair"], played_from(*sides, header), draws)

    def again(self, *, engine: EngineName, execution: Execution) -> ReproduceResult:
        """Return the result of the same question, every replication of it played again."""
        compared = self.comparison.again(engine=engine, execution=execution)
        header = replace(compared.header, arguments=self.header.arguments)
        return ReproduceResult(header, self.name, compared.played, compared.draws)

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        compared = self.comparison
        plain: dict[str, Any] = without_nan(
            {
                "pair": self.name,
                "results_version": self.header.results_version,
                "before": self.before.found(),
                "after": self.after.found(),
                "difference": with_range(compared.difference, compared.differences),
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
    over: Asked = None,
    draws: int | None = None,
) -> ReproduceResult:
    """Simulate a published before and after, and compute what the figures say.

    Parameters
    ----------
    before, after
        Two scenarios, names or paths; or, alone, a key of ``PAIRS``.
    overrides
        Changes to both scenarios, as for :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution, over, draws
        As for :func:`hotline_sim.compare`.

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
        over=over,
        draws=draws,
    )
    name = name or f"{first.name}-to-{second.name}"
    header = replace(compared.header, arguments={"pair": name})
    return ReproduceResult(header, name, compared.played, compared.draws)


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
