"""Play every case on both engines, and say by how many standard errors each is off."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import Execution, Task, play_all
from hotline_sim.experiments.plain import to_json
from hotline_sim.experiments.validation import ciw_side
from hotline_sim.experiments.validation.cases import Case, every_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.execution import Replication
    from hotline_sim.execution.tasks import Progress

MOST_ERRORS = 4.0  # standard errors; a right answer is further off once in ten thousand
ENGINES = ("simpy", "compiled")
CIW = "ciw"
REPLICATIONS, DAYS = 60, 4
QUICK = (24, 1)  # replications and days
_FEWEST = 2
_CIW_FEWER = 4  # it takes some ten times as long
_DAYS_ALONE = 3  # a case of one day needs more replications, as it has no more days


@dataclass(frozen=True)
class Check:
    """One measure of one case: simulated against exact."""

    case: str
    measure: str
    engine: str
    exact: float
    simulated: float
    standard_error: float

    @property
    def difference(self) -> float:
        """Return simulated less exact."""
        return self.simulated - self.exact

    @property
    def errors_off(self) -> float:
        """Return the difference in standard errors, with its sign."""
        if self.difference == 0.0:
            return 0.0
        if self.standard_error == 0.0:
            return math.copysign(math.inf, self.difference)
        return self.difference / self.standard_error

    @property
    def agrees(self) -> bool:
        """Tell whether chance explains the difference."""
        return abs(self.errors_off) < MOST_ERRORS  # not so if nan


@dataclass(frozen=True)
class ValidationResult:
    """All checks, case by case; the engines one after the other."""

    version: str
    seed: int
    replications: int
    days: int
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Tell whether every check agrees."""
        return all(check.agrees for check in self.checks)

    @property
    def engines(self) -> tuple[str, ...]:
        """Return who simulated."""
        return tuple(dict.fromkeys(check.engine for check in self.checks))

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        checks = [
            asdict(check)
            | {
                "difference": check.difference,
                "errors_off": check.errors_off if math.isfinite(check.errors_off) else None,
                "agrees": check.agrees,
            }
            for check in self.checks
        ]
        return {
            "experiment": "validate",
            "version": self.version,
            "results_version": hotline_sim.RESULTS_VERSION,
            "seed": self.seed,
            "replications": self.replications,
            "days": self.days,
            "passed": self.passed,
            "checks": checks,
        }

    def _repr_html_(self) -> str:
        """Return what a notebook shows of it."""
        return hotline_sim.html_of(self)

    def to_json(self) -> str:
        """Return the result as JSON."""
        return to_json(self.to_dict())


def validate(
    cases: Sequence[Case] | None = None,
    *,
    replications: int = REPLICATIONS,
    days: int = DAYS,
    seed: int,
    engines: Sequence[str] = ENGINES,
    jobs: int = -1,
    progress: Progress | None = None,
) -> ValidationResult:
    """Simulate cases that have an exact answer, and hold each measure against it.

    Everything is played anew: no kept replication is read. The engines play the same seeds, so
    right ones give the same numbers to the last bit.

    Parameters
    ----------
    cases : sequence of Case, optional
        All there are, if not given.
    replications, days : int
        Of each case on each engine; each after a day of warm-up.
    engines : sequence of str
        Of ``simpy``, ``compiled`` and ``ciw``; the last plays what it can, where it is installed.

    Raises
    ------
    ValueError
        If there are too few replications to have a standard error.
    """
    if replications < _FEWEST or days < 1:
        raise ArgumentError(f"replications = {replications}, days = {days}: at least 2, and 1")
    asked = every_case() if cases is None else tuple(cases)
    own = [engine for engine in engines if engine != CIW]
    plans = [_plan(case, engine, replications, days, seed) for case in asked for engine in own]
    total, done, checks = sum(map(len, plans)), 0, []
    for case in asked:
        found: dict[str, list[dict[str, float]]] = {}
        for engine in own:
            tasks = plans.pop(0)
            watched = None if progress is None else _from(progress, done, total)
            played = play_all(tasks, Execution(jobs=jobs, fresh=True, progress=watched))
            done += len(tasks)
            found[engine] = [_values(one, case) for one in played]
        if CIW in engines and ciw_side.can_play(case):
            fewer = max(_FEWEST, replications // _CIW_FEWER)
            found[CIW] = ciw_side.played(case, replications=fewer, days=days, seed=seed)
        for measure, exact in case.exact.items():
            for engine, values in found.items():
                each = [one[measure] for one in values if measure in one]
                if each:
                    checks.append(_check(case.name, measure, engine, exact, each))
    return ValidationResult(hotline_sim.__version__, seed, replications, days, tuple(checks))


def _plan(case: Case, engine: str, replications: int, days: int, seed: int) -> list[Task]:
    scenario = case.scenario
    if case.one_day:
        replications *= max(days, _DAYS_ALONE)
    else:
        scenario = scenario.with_values({"horizon.days": days})
    task = Task(scenario, seed, 0, engine)  # type: ignore[arg-type]
    return [replace(task, replication=i) for i in range(replications)]


def _from(progress: Progress, before: int, total: int) -> Progress:
    return lambda done, _of, one: progress(before + done, total, one)


def _values(one: Replication, case: Case) -> dict[str, float]:
    """Return a replication's values of the case's measures."""
    values = {}
    for name in case.exact:
        channel, _, measure = name.rpartition(".")
        found = one.by_channel[channel] if channel else one.measures
        if measure == "blocked_share":
            values[name] = found["blocked"] / found["offered"]
        else:
            values[name] = found[measure]
    return values


def _check(case: str, measure: str, engine: str, exact: float, each: list[float]) -> Check:
    n = len(each)
    mean = math.fsum(each) / n
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in each) / (n - 1))
    return Check(case, measure, engine, exact, mean, deviation / math.sqrt(n))
