"""How many seats and hours a scenario's roster has in a year, and the same roster scaled."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hotline_sim.domain import DAY_S, HOUR_S
from hotline_sim.scenario import calendar
from hotline_sim.staffing import span_s

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Team

EmploymentName = Literal["in_house", "outsourced"]
EMPLOYMENTS: tuple[EmploymentName, ...] = ("in_house", "outsourced")
YEAR_DAYS = 365  # as for cases_per_year


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


def filled_share(team: Team) -> float:
    """Return the share of a team's rostered time in which its seats are expected to be filled."""
    return 1.0 - team.shrinkage


def roster_of(scenario: Scenario, employment: EmploymentName) -> Roster:
    """Return the size of the roster of the teams that work under an employment."""
    teams = list(scenario.teams.values())
    rostered = filled = 0.0
    changes: list[tuple[float, float]] = []  # (instant, seats that come or go)
    for number in teams_under(scenario, employment):
        for shift in teams[number].shifts:
            on_s, off_s = span_s(shift.from_, shift.to)
            days = list(_days_of(scenario, shift.days))
            hours = len(days) * shift.seats * (off_s - on_s) / HOUR_S
            rostered += hours
            filled += hours * filled_share(teams[number])
            changes += [(day * DAY_S + on_s, shift.seats) for day in days]
            changes += [(day * DAY_S + off_s, -shift.seats) for day in days]
    changes.sort()  # within an instant those who go before those who come
    seats = itertools.accumulate(change for _, change in changes)
    return Roster(max(seats, default=0.0), rostered, filled)


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
        raise ValueError("seats: none is ever filled, so the roster has no shape to scale")


def scaled(team: Team, factor: float) -> Team:
    """Return a team with its seats multiplied, the roster's shape kept."""
    shifts = tuple(
        shift.model_copy(update={"seats": shift.seats * factor}) for shift in team.shifts
    )
    return team.model_copy(update={"shifts": shifts})
