"""What is paid under an employment, day by day, before KPI clauses."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.money.roster import EmploymentName, roster_of, teams_under
from hotline_sim.money.terms import MONTHS, award_needed, award_of
from hotline_sim.scenario.schema import AnyTerms, InHouse
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from hotline_sim.domain import Bools, Floats
    from hotline_sim.measures import Tally
    from hotline_sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Fee:
    """So many yuan for every *per* units; ``units`` is ``(days,)``, counted days only."""

    units: Floats
    unit_cny: float
    per: float = 1.0

    def cny(self, days: Bools | None = None) -> float:
        """Return what is paid for all days, or for those in a mask ``(days,)``."""
        units = self.units if days is None else self.units[days]
        return self.unit_cny * float(units.sum()) / self.per


def fee_of(scenario: Scenario, employment: EmploymentName, terms: AnyTerms, tally: Tally) -> Fee:
    """Return what is paid under an employment.

    In-house the year's budget, outsourced the award; where neither is stated, what the roster
    needs. Paid by the unit, so much for each seat or person a month or each inbound
    contact that the contractor's teams answer, up to the budget. A year has 365 days, a month
    as many as the calendar gives it.
    """
    years = np.ones(scenario.horizon.days)
    if isinstance(terms, InHouse):
        stated = terms.budget_cny is not None
    else:
        budget = None not in (terms.budget_cny, terms.award_over_budget)
        stated = terms.award_cny is not None or budget
    if isinstance(terms, InHouse) or terms.price == "award":
        year_cny = award_of(terms) if stated else _needed_cny(scenario, employment, terms)
        return Fee(years, year_cny, YEAR_DAYS)
    if terms.price == "answered":
        assert terms.price_cny is not None, "the loader asks for it"
        answered = tally.answered_by_team[:, teams_under(scenario, employment)].sum(axis=1)
        fee = Fee(answered, terms.price_cny)
    else:
        month_cny = _needed_cny(scenario, employment, terms) / MONTHS
        fee = Fee(_months(scenario), month_cny)
    ceiling_cny = (terms.budget_cny or np.inf) * scenario.horizon.days / YEAR_DAYS
    cut = min(1.0, ceiling_cny / fee.cny()) if fee.cny() > 0 else 1.0
    return Fee(fee.units, fee.unit_cny * cut)


def _needed_cny(scenario: Scenario, employment: EmploymentName, terms: AnyTerms) -> float:
    """Return what the roster costs a year."""
    roster = roster_of(scenario, employment)
    return award_needed(roster.filled_hours, roster.peak_seats, terms)


def _months(scenario: Scenario) -> Floats:
    """Return which share of its month each counted day is, ``(days,)``."""
    start = scenario.horizon.start
    dates = [start + dt.timedelta(days=i) for i in range(scenario.horizon.days)]
    return 1.0 / np.array([calendar.monthrange(date.year, date.month)[1] for date in dates])
