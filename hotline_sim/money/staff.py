"""A scenario's staff, team by team and in all: seats, hours, persons and what they cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from hotline_sim.money.chain import known_links
from hotline_sim.money.roster import size_of
from hotline_sim.money.terms import person_year_cny, persons_behind
from hotline_sim.scenario.rosters import WEEK_DAYS
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
