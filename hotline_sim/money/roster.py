"""How many seats and hours a scenario's roster has in a year, and the same roster scaled."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hotline_sim.domain import DAY_S, HOUR_S, ArgumentError
from hotline_sim.scenario import calendar
from hotline_sim.scenario.rosters import ALL_DAY, WEEK_DAYS, shift_seats, span_s
from hotline_sim.scenario.volumes import YEAR_DAYS
from hotline_sim.staffing import expected_duty

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Hours, Team

EmploymentName = Literal["in_house", "outsourced"]
EMPLOYMENTS: tuple[EmploymentName, ...] = ("in_house", "outsourced")


@dataclass(frozen=True)
class Roster:
    """A roster's size over the 365 days from the horizon's start, however long the horizon is.

    ``rostered_hours`` are those paid for, ``filled_hours`` those expected on duty,
    ``peak_seats`` the most seats at one time.
    """

    peak_seats: float
    rostered_hours: float
    filled_hours: float


def teams_under(scenario: Scenario, employment: EmploymentName) -> list[int]:
    """Return the numbers of the teams that work under an employment."""
    teams = scenario.teams.values()
    return [i for i, team in enumerate(teams) if team.employment == employment]


def roster_of(scenario: Scenario, employment: EmploymentName) -> Roster:
    """Return the size of the roster of the teams that work under an employment.

    Of the rostered hours as many are expected on duty as
    :func:`hotline_sim.staffing.expected_duty` says. A roster that follows demand counts with
    all its seats while it is open, where the most at one time are looked for.
    """
    names = list(scenario.teams)
    rostered = filled = 0.0
    changes: list[tuple[float, float]] = []  # (instant, seats that come or go)
    for number in teams_under(scenario, employment):
        team = scenario.teams[names[number]]
        expected = expected_duty(scenario, names[number])
        hours = 0.0
        for shift, seats in _hours_of(team):
            on_s, off_s = span_s(shift)
            days = list(_days_of(scenario, shift.days))
            hours += len(days) * seats * (off_s - on_s) / HOUR_S
            changes += [(day * DAY_S + on_s, seats) for day in days]
            changes += [(day * DAY_S + off_s, -seats) for day in days]
        if team.roster == "demand":
            hours = expected.rostered_hours_per_week / WEEK_DAYS * YEAR_DAYS
        rostered += hours
        filled += hours * expected.filled_share if hours else 0.0
    changes.sort()  # within an instant those who go before those who come
    at_once = itertools.accumulate(change for _, change in changes)
    return Roster(max(at_once, default=0.0), rostered, filled)


def _hours_of(team: Team) -> list[tuple[Hours, float]]:
    """Return when a team's seats are open, and how many."""
    if team.roster == "demand":
        return [(team.open or ALL_DAY, max(team.seats or 0.0, team.fewest or 0.0))]
    return list(zip(team.shifts, shift_seats(team), strict=True))


def _days_of(scenario: Scenario, days: str) -> Iterable[int]:
    """Return the days of the year from the horizon's start on which a shift is worked."""
    start, demand = scenario.horizon.start, scenario.demand
    for day in range(YEAR_DAYS):
        if calendar.falls_on(days, start + dt.timedelta(days=day), demand):
            yield day


def scale_for(seat_hours: float, roster: Roster) -> float:
    """Return the factor on a roster's seats at which it is on duty for so many hours a year.

    Raises
    ------
    ValueError
        If nobody is on duty: there is no shape to keep.
    """
    _check_shape(roster)
    return seat_hours / roster.filled_hours


def scale_for_seats(seats: float, roster: Roster) -> float:
    """Return the factor on a roster's seats at which so many are its most at one time.

    Raises
    ------
    ValueError
        If nobody is on duty: there is no shape to keep.
    """
    _check_shape(roster)
    return seats / roster.peak_seats


def _check_shape(roster: Roster) -> None:
    if not roster.filled_hours > 0:
        raise ArgumentError("seats: none is ever filled, so the roster has no shape to scale")


def scaled(team: Team, factor: float) -> Team:
    """Return a team with its seats multiplied, the roster's shape kept."""
    if team.seats is not None:
        least = None if team.fewest is None else team.fewest * factor
        return team.model_copy(update={"seats": team.seats * factor, "fewest": least})
    shifts = tuple(
        shift.model_copy(update={"seats": shift.seats * factor}) for shift in team.shifts
    )
    return team.model_copy(update={"shifts": shifts})


def largest_seats(team: Team) -> float:
    """Return the most seats of one shift, or of a roster that follows demand."""
    return max((seats for _, seats in _hours_of(team)), default=0.0)


def seats_by_key(name: str, team: Team) -> dict[str, float]:
    """Return how many seats a team has, by the scenario's keys that say so."""
    if team.seats is None:
        shifts = enumerate(team.shifts)
        return {f"teams.{name}.shifts.{i}.seats": shift.seats for i, shift in shifts}
    found = {"seats": team.seats, "fewest": team.fewest}
    return {f"teams.{name}.{key}": seats for key, seats in found.items() if seats is not None}
