"""What employment costs: from a budget to seats on duty and back, fees, KPI clauses."""

from hotline_sim.money.chain import (
    budget_links,
    known_links,
    links_of,
    with_budget,
    with_employment,
)
from hotline_sim.money.costs import cost_measures
from hotline_sim.money.links import Links, affordable, needed
from hotline_sim.money.roster import EMPLOYMENTS, EmploymentName, Roster, roster_of, scale_for
from hotline_sim.money.staff import Overdrawn, Staff, overdrawn_of, staff_of, whole_staff_of
from hotline_sim.money.terms import (
    award_for,
    award_of,
    budget_for,
    person_hour_cny,
    person_year_cny,
    persons_for,
    seat_hours_for,
)

__all__ = [
    "EMPLOYMENTS",
    "EmploymentName",
    "Links",
    "Overdrawn",
    "Roster",
    "Staff",
    "affordable",
    "award_for",
    "award_of",
    "budget_for",
    "budget_links",
    "cost_measures",
    "known_links",
    "links_of",
    "needed",
    "overdrawn_of",
    "person_hour_cny",
    "person_year_cny",
    "persons_for",
    "roster_of",
    "scale_for",
    "seat_hours_for",
    "staff_of",
    "whole_staff_of",
    "with_budget",
    "with_employment",
]
