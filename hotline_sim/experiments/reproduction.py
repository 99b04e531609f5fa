"""Hold a published before and after against the simulation, and say what the figures tell.

Every number of the findings is computed: from the published figures that the two scenarios
state, or from the runs. None is written here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim import scenario as scenarios
from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.results import CompareResult, RunResult, to_json, without_nan
from hotline_sim.experiments.running import DEFAULT_REPLICATIONS, DEFAULT_SEED, compare
from hotline_sim.money import award_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.estimates import Estimate
    from hotline_sim.scenario import Scenario

PAIRS = {"nanning": ("nanning-before", "nanning-after")}
REDIAL_PROBABILITIES = (0.0, 0.3, 0.5, 0.7, 0.9)  # from nobody tries again to nearly all do


@dataclass(frozen=True)
class Finding:
    """One thing the figures say, or do not say.

    ``name`` is a sentence of the catalogue under ``finding``, ``values`` fill it; ``simulated``
    holds the estimates it quotes.
    """

    name: str
    values: dict[str, float]
    simulated: dict[str, Estimate]

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain values."""
        simulated = {name: one.to_dict() for name, one in self.simulated.items()}
        return {"name": self.name, "values": self.values, "simulated": simulated}


@dataclass(frozen=True)
class PeopleRow:
    """People behind the published calls, if a failed try is redialled with some probability."""

    redial_probability: float
    people_before: float
    people_after: float
    served_before: float
    served_after: float

    @property
    def growth(self) -> float:
        """How many times as many people called after as before."""
        return self.people_after / self.people_before

    def to_dict(self) -> dict[str, float]:
        """Return the row as plain values."""
        return {**self.__dict__, "growth": self.growth}


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
    pair: str = "nanning",
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
    pair
        A key of ``PAIRS``.
    overrides
        Changes to both scenarios, as for :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution
        As for :func:`hotline_sim.run`.

    Raises
    ------
    ValueError
        If there is no such pair, or an argument is out of its range.
    ScenarioError
        If an override does not fit.
    """
    if pair not in PAIRS:
        raise ArgumentError(f"pair = {pair}: one of {', '.join(PAIRS)}")
    changes = list(overrides)
    before, after = (scenarios.load(name, overrides=changes) for name in PAIRS[pair])
    compared = compare(
        before,
        after,
        replications=replications,
        seed=seed,
        engine=engine,
        jobs=jobs,
        execution=execution,
    )
    return ReproduceResult(
        name=pair,
        comparison=compared,
        findings=findings_of(compared),
        people=tuple(people_of(before, after, r) for r in REDIAL_PROBABILITIES),
    )


def attempts(scenario: Scenario) -> float:
    """Return the contacts behind the published figures: answered / connect rate."""
    return scenario.published["answered"] / scenario.published["connect_rate_monthly_mean"]


def people_of(before: Scenario, after: Scenario, redial_probability: float) -> PeopleRow:
    """Return how many people called, if failed tries are redialled with that probability.

    People = attempts × (1 − r (1 − c)), with c the published connect rate: of every attempt
    the share 1 − c fails, and the share r of those is made again by the same person.
    """
    counts = []
    for scenario in (before, after):
        failed = 1.0 - scenario.published["connect_rate_monthly_mean"]
        counts.append(attempts(scenario) * (1.0 - redial_probability * failed))
    return PeopleRow(
        redial_probability,
        people_before=counts[0],
        people_after=counts[1],
        served_before=before.published["answered"] / counts[0],
        served_after=after.published["answered"] / counts[1],
    )


def satisfaction_bounds(scenario: Scenario) -> tuple[float, float]:
    """Return the least and largest share of satisfied among all answered calls.

    If the silent were all dissatisfied: participation × satisfaction; if all were satisfied:
    1 − participation × (1 − satisfaction) (Manski's bounds for missing data, 1989).
    """
    rated = scenario.published["participation_rate"]
    satisfied = scenario.published["satisfaction_rate"]
    return rated * satisfied, 1.0 - rated * (1.0 - satisfied)


def findings_of(compared: CompareResult) -> tuple[Finding, ...]:
    """Return what two years' published figures and their simulation say."""
    before, after = compared.a, compared.b
    return (
        _growth(before.scenario, after.scenario),
        _attempts(before, after),
        _people(before, after),
        _satisfaction(before, after),
        _cost(after),
        _answering(after),
        _windows(before, after),
    )


def _growth(before: Scenario, after: Scenario) -> Finding:
    times = after.published["answered"] / before.published["answered"]
    printed = after.printed["answered_growth_times"]
    values = {"printed": printed, "times": times, "rise": times - 1.0}
    return Finding("growth", values, {})


def _attempts(before: RunResult, after: RunResult) -> Finding:
    origin = before.scenario.provenance["published.connect_rate_monthly_mean"]
    rate = before.scenario.published["connect_rate_monthly_mean"]
    low, high = origin.range or (rate, rate)
    answered = before.scenario.published["answered"]
    values = {
        "before": attempts(before.scenario),
        "after": attempts(after.scenario),
        "rate_low": low,
        "rate_high": high,
        "fewest": answered / high,
        "most": answered / low,
    }
    return Finding("attempts", values, _both("offered", before, after))


def _people(before: RunResult, after: RunResult) -> Finding:
    rows = [people_of(before.scenario, after.scenario, r) for r in REDIAL_PROBABILITIES]
    values = {"least_growth": rows[0].growth, "most_growth": rows[-1].growth}
    simulated = _both("cases", before, after) | _both("case_connect_rate", before, after)
    return Finding("people", values, simulated)


def _satisfaction(before: RunResult, after: RunResult) -> Finding:
    values = {}
    for when, result in (("before", before), ("after", after)):
        published = result.scenario.published
        low, high = satisfaction_bounds(result.scenario)
        values[f"raters_{when}"] = published["answered"] * published["participation_rate"]
        values[f"low_{when}"], values[f"high_{when}"] = low, high
    names = ("satisfaction_rate", "satisfaction_of_answered", "satisfaction_of_cases")
    simulated = {k: v for name in names for k, v in _both(name, before, after).items()}
    return Finding("satisfaction", values, simulated)


def _cost(after: RunResult) -> Finding:
    contract = after.scenario.employment.outsourced
    published = after.scenario.published
    assert contract is not None, "the year after is a contract's"
    award_cny = award_of(contract)
    values = {"per_answered": award_cny / published["answered"]}
    if contract.budget_cny is not None:
        values["award_over_budget"] = award_cny / contract.budget_cny
    return Finding("cost", values, _one("cost_per_answered_cny", after))


def _answering(after: RunResult) -> Finding:
    contract = after.scenario.employment.outsourced
    assert contract is not None, "the year after is a contract's"
    duty_hours = sum(team["duty_hours"].mean for team in after.by_team.values())
    values = {
        "person_month": contract.cost_per_person_month_cny,
        "productive_hours": contract.productive_hours_per_person_year,
        "agents_on_duty": duty_hours / (24.0 * after.scenario.horizon.days),
    }
    return Finding("answering", values, _one("answering_cost_share", after))


def _windows(before: RunResult, after: RunResult) -> Finding:
    keys = {"days_before": before.scenario.horizon.days, "days_after": after.scenario.horizon.days}
    return Finding("windows", {name: float(days) for name, days in keys.items()}, {})


def _one(name: str, result: RunResult) -> dict[str, Estimate]:
    return {name: result.measures[name]}


def _both(name: str, before: RunResult, after: RunResult) -> dict[str, Estimate]:
    return {f"{name}_before": before.measures[name], f"{name}_after": after.measures[name]}
