"""What a contract costs, and what share of it answering explains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.measures import Scope, ratio

if TYPE_CHECKING:
    from hotline_sim.measures import Tally
    from hotline_sim.scenario import Scenario

_YEAR_DAYS = 365
_MONTHS = 12
_HOUR_S = 3600.0


def cost_measures(scenario: Scenario, tally: Tally) -> dict[str, float]:
    """Return the measures of money of one replication, in yuan; none without a contract.

    ``cost_cny`` is the award for the days counted (an award is for a year);
    ``cost_per_answered_cny`` divides it by answered calls; ``answering_cost_share`` is the
    agents' time on duty, in the share in which they handled calls, at the price of an
    agent's productive hour, over the cost: the rest pays for other channels, work orders,
    management, premises, margin or slack.
    """
    contract = scenario.employment.outsourced
    if contract is None:
        return {}
    calls = list(Scope.of(scenario).calls)
    cost_cny = contract.award_cny * scenario.horizon.days / _YEAR_DAYS
    answered = float(tally.by_day["answered"][:, calls].sum())
    calls_share = ratio(float(tally.handled_s[calls].sum()), float(tally.handled_s.sum()))
    hours = float(tally.duty_s.sum()) / _HOUR_S * calls_share
    hour_cny = (
        contract.cost_per_person_month_cny * _MONTHS / contract.productive_hours_per_person_year
    )
    return {
        "cost_cny": cost_cny,
        "cost_per_answered_cny": ratio(cost_cny, answered),
        "answering_cost_share": ratio(hours * hour_cny, cost_cny),
    }
