"""Hold a published before and after against the simulation, and say what the figures tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.findings import findings_of
from hotline_sim.experiments.people import people_rows
from hotline_sim.experiments.results import CompareResult, RunResult, to_json, without_nan
from hotline_sim.experiments.running import DEFAULT_REPLICATIONS, DEFAULT_SEED, compare, opened

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.findings import Finding
    from hotline_sim.experiments.people import PeopleRow
    from hotline_sim.scenario import Scenario

PAIRS = {"nanning": ("nanning-before", "nanning-after")}


@dataclass(frozen=True, eq=False)
class ReproduceResult:
    """Both years, their paired difference, and the findings."""

    name: str
    comparison: CompareResult
    findings: tuple[Finding, ...]
    people: tuple[PeopleRow, ...]

    @property
    def before(self) -> RunResult:
        """Return the year before."""
        return self.comparison.a

    @property
    def after(self) -> RunResult:
        """Return the year after."""
        return self.comparison.b

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        plain: dict[str, Any] = without_nan(
            {
                "pair": self.name,
                "results_version": hotline_sim.RESULTS_VERSION,
                "before": self.before.to_dict(),
                "after": self.after.to_dict(),
                "difference": {
                    name: one.to_dict() for name, one in self.comparison.difference.items()
                },
                "findings": [finding.to_dict() for finding in self.findings],
                "people": [row.to_dict() for row in self.people],
            }
        )
        return plain

    def to_json(self) -> str:
        """Return the result as JSON."""
        return to_json(self.to_dict())


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
    return ReproduceResult(
        name=name or f"{first.name}-to-{second.name}",
        comparison=compared,
        findings=findings_of(compared),
        people=people_rows(first, second),
    )


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
