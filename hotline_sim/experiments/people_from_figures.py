"""People behind published calls: arithmetic on the printed figures of a scenario alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario

REDIAL_PROBABILITIES = (0.0, 0.3, 0.5, 0.7, 0.9)  # from nobody tries again to nearly all do
_CONNECT_RATES = ("connect_rate_monthly_mean", "connect_rate")


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


@dataclass(frozen=True)
class Printed:
    """A printed number, and the range it may lie in: itself where nothing is said of one."""

    value: float
    low: float
    high: float


def printed_of(scenario: Scenario, name: str) -> Printed:
    """Return a published figure with the range that the scenario states of it."""
    value = scenario.published[name]
    origin = scenario.provenance.get(f"published.{name}")
    low, high = (origin.range if origin else None) or (value, value)
    return Printed(value, low, high)


def is_usable(scenario: Scenario, name: str) -> bool:
    """Tell whether a figure is published, and cannot be zero, so that one can divide by it."""
    return name in scenario.published and printed_of(scenario, name).low > 0.0


def connect_rate_name(scenario: Scenario) -> str:
    """Return which connect rate is published: of the whole, or the mean of months; or ""."""
    return next((name for name in _CONNECT_RATES if name in scenario.published), "")


def attempts(scenario: Scenario) -> float:
    """Return the contacts behind the published figures: answered / connect rate."""
    return scenario.published["answered"] / scenario.published[connect_rate_name(scenario)]


def people_of(before: Scenario, after: Scenario, redial_probability: float) -> PeopleRow:
    """Return how many people called, if failed tries are redialled with that probability.

    People = attempts × (1 − r (1 − c)), with c the published connect rate: of every attempt
    the share 1 − c fails, and the share r of those is made again by the same person.
    """
    counts = []
    for scenario in (before, after):
        failed = 1.0 - scenario.published[connect_rate_name(scenario)]
        counts.append(attempts(scenario) * (1.0 - redial_probability * failed))
    return PeopleRow(
        redial_probability,
        people_before=counts[0],
        people_after=counts[1],
        served_before=before.published["answered"] / counts[0],
        served_after=after.published["answered"] / counts[1],
    )


def people_rows(before: Scenario, after: Scenario) -> tuple[PeopleRow, ...]:
    """Return the rows for the redial probabilities chosen; none if a figure is not printed."""
    for scenario in (before, after):
        if not all(is_usable(scenario, one) for one in ("answered", connect_rate_name(scenario))):
            return ()
    return tuple(people_of(before, after, r) for r in REDIAL_PROBABILITIES)


def satisfaction_bounds(rated: float, satisfied: float) -> tuple[float, float]:
    """Return the least and largest share of satisfied among all answered calls.

    *rated* is the share of calls that were rated, *satisfied* the share of those that were
    satisfied. If the silent were all dissatisfied: rated × satisfied; if all were satisfied:
    1 − rated × (1 − satisfied) (Manski's bounds for missing data, 1989).
    """
    return rated * satisfied, 1.0 - rated * (1.0 - satisfied)
