"""The measures of money: what is paid, for an answered call, and for answering."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.domain import HOUR_S
from hotline_sim.measures import HeadlineChannels, ratio
from hotline_sim.money.fees import fee_of
from hotline_sim.money.kpi import deduction_cny
from hotline_sim.money.roster import EMPLOYMENTS, teams_under
from hotline_sim.money.terms import person_hour_cny
from hotline_sim.scenario.schema import Outsourced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.measures import Tally
    from hotline_sim.money.roster import EmploymentName
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import AnyTerms


def cost_measures(scenario: Scenario, tally: Tally) -> dict[str, float]:
    """Return the measures of money of one replication, in yuan.

    They speak of the employments whose terms the scenario states and under which a team
    works; of none, there is none. ``cost_cny`` is what is paid for the days counted: the fees
    less ``kpi_deduction_cny``, which is there if the contract has clauses.
    ``cost_per_answered_cny`` divides it by answered calls. ``answering_cost_share`` is the
    agents' time on duty, in the share in which agents handled calls, at the price of a
    person's productive hour, over the cost: the rest pays for other channels, work orders,
    management, premises, margin or slack.
    """
    calls = list(HeadlineChannels.of(scenario).calls)
    calls_share = ratio(float(tally.handled_s[calls].sum()), float(tally.handled_s.sum()))
    employed = list(_employed(scenario))
    if not employed:
        return {}
    cost_cny = answering_cny = 0.0
    deducted_cny: dict[str, float] = {}
    for name, terms in employed:
        fee = fee_of(scenario, name, terms, tally)
        cost_cny += fee.cny()
        hours = float(tally.duty_s[teams_under(scenario, name)].sum()) / HOUR_S * calls_share
        answering_cny += hours * person_hour_cny(terms)
        if isinstance(terms, Outsourced) and terms.kpi:
            lost_cny = deduction_cny(scenario, tally, fee=fee, clauses=terms.kpi)
            deducted_cny["kpi_deduction_cny"] = lost_cny
            cost_cny -= lost_cny
    answered = float(tally.by_day["answered"][:, calls].sum())
    return {
        "cost_cny": cost_cny,
        "cost_per_answered_cny": ratio(cost_cny, answered),
        **deducted_cny,
        "answering_cost_share": ratio(answering_cny, cost_cny),
    }


def _employed(scenario: Scenario) -> Iterator[tuple[EmploymentName, AnyTerms]]:
    """Yield the employments whose terms are stated and under which a team works."""
    for name in EMPLOYMENTS:
        terms: AnyTerms | None = getattr(scenario.employment, name)
        if terms is not None and teams_under(scenario, name):
            yield name, terms
