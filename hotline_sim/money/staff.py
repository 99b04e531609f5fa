"""A scenario's staff, team by team and in all: seats, hours, persons and what they cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from hotline_sim.money.chain import known_links
from hotline_sim.money.links import SLACK
from hotline_sim.money.roster import EMPLOYMENTS, EmploymentName, roster_of, size_of
from hotline_sim.money.terms import award_for, award_needed, person_year_cny, persons_behind
from hotline_sim.scenario.rosters import WEEK_DAYS
from hotline_sim.scenario.schema import Outsourced
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import AnyTerms, Team


@dataclass(frozen=True)
class Staff:
    """What a roster comes to; hours are those of a week, on the average of a year.

    ``peak_seats`` are the most on the roster at one time. None means that the scenario does not
    state a link: ``persons`` need productive hours and ``answering_share``, ``award_cny`` and
    ``budget_cny`` (what the staff needs a year, not what the file states) every link to money.
    Who has no seats is 0 persons.
    """

    peak_seats: float
    rostered_hours_per_week: float
    on_duty_hours_per_week: float
    persons: float | None
    staff_cny: float | None
    award_cny: float | None = None
    budget_cny: float | None = None

    def to_dict(self) -> dict[str, float | None]:
        """Return the numbers as plain values."""
        return asdict(self)


def staff_of(scenario: Scenario) -> dict[str, Staff]:
    """Return what each team's roster comes to, by the team's name, without award and budget."""
    return {name: _together(scenario, [team]) for name, team in scenario.teams.items()}


def whole_staff_of(scenario: Scenario) -> Staff:
    """Return what all teams' rosters come to together, and what they need a year."""
    teams = scenario.teams.values()
    at_work = {team.employment for team in teams if size_of(scenario, [team]).filled_hours > 0}
    links = known_links(scenario)
    whole = _together(scenario, teams)
    if not at_work <= links.keys():
        return whole
    return replace(
        whole,
        award_cny=sum(one.award_cny for one in links.values()),
        budget_cny=sum(one.budget_cny for one in links.values()),
    )


@dataclass(frozen=True)
class Overdrawn:
    """Staff under one employment that costs more a year than the file says is paid for it."""

    employment: EmploymentName
    persons: float
    staff_cny: float
    paid_cny: float


def overdrawn_of(scenario: Scenario) -> list[Overdrawn]:
    """Return the employments whose staff costs more than is paid for it.

    Paid is the award or the budget that the file states, or what it pays for the roster's
    seats or persons; where it pays by the call, the budget.
    """
    found = []
    for name in EMPLOYMENTS:
        terms: AnyTerms | None = getattr(scenario.employment, name)
        teams = [team for team in scenario.teams.values() if team.employment == name]
        paid_cny = None if terms is None else _paid_cny(scenario, name, terms)
        whole = _together(scenario, teams) if teams else None
        if whole is None or paid_cny is None or whole.persons is None or whole.staff_cny is None:
            continue
        if whole.staff_cny > paid_cny * (1.0 + SLACK):
            found.append(Overdrawn(name, whole.persons, whole.staff_cny, paid_cny))
    return found


def _paid_cny(scenario: Scenario, name: EmploymentName, terms: AnyTerms) -> float | None:
    """Return what is paid a year; None: the file does not say."""
    if isinstance(terms, Outsourced) and terms.price in ("seat_month", "person_month"):
        roster = roster_of(scenario, name)
        known = terms.answering_share is not None and terms.price_cny is not None
        return award_needed(roster.filled_hours, roster.peak_seats, terms) if known else None
    if isinstance(terms, Outsourced) and terms.price == "award" and terms.award_cny is not None:
        return terms.award_cny
    if terms.budget_cny is None:
        return None
    if isinstance(terms, Outsourced) and terms.award_over_budget is None:
        return terms.budget_cny
    return award_for(terms.budget_cny, terms)


def _together(scenario: Scenario, teams: Collection[Team]) -> Staff:
    """Return what some teams' rosters come to together."""
    size = size_of(scenario, teams)
    persons, costs = zip(*(_persons_and_cost(scenario, team) for team in teams), strict=True)
    weeks = YEAR_DAYS / WEEK_DAYS
    return Staff(
        peak_seats=size.peak_seats,
        rostered_hours_per_week=size.rostered_hours / weeks,
        on_duty_hours_per_week=size.filled_hours / weeks,
        persons=_sum(persons),
        staff_cny=_sum(costs),
    )


def _persons_and_cost(scenario: Scenario, team: Team) -> tuple[float | None, float | None]:
    """Return the persons behind a team's roster and what they cost a year; None: not stated."""
    hours = size_of(scenario, [team]).filled_hours
    terms: AnyTerms | None = getattr(scenario.employment, str(team.employment), None)
    if not hours:
        return 0.0, 0.0
    if terms is None or terms.answering_share is None:
        return None, None
    persons = persons_behind(hours, terms)
    return persons, persons * person_year_cny(terms)


def _sum(numbers: Iterable[float | None]) -> float | None:
    """Return a sum, None if a part of it is not known."""
    known = list(numbers)
    return None if None in known else sum(number for number in known if number is not None)
