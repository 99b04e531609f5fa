"""How many seats and hours a scenario's roster has in a year, and the same roster scaled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hotline_sim.domain import DAY_S, ArgumentError
from hotline_sim.scenario import rosters
from hotline_sim.scenario.persons import filled_share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.domain import Floats
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.rosters import Stretch
    from hotline_sim.scenario.schema import Team

_DIGITS = 9  # sums of fractions of seats, rid of what binary fractions add to them
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
    :func:`hotline_sim.staffing.expected_duty` says.
    """
    teams = list(scenario.teams.values())
    return size_of(scenario, [teams[number] for number in teams_under(scenario, employment)])


def size_of(scenario: Scenario, teams: Iterable[Team]) -> Roster:
    """Return the size of the rosters of some teams together."""
    rostered = filled = 0.0
    changes = [(np.zeros(0), np.zeros(0))]
    for team in teams:
        roster = rosters.roster_of(scenario, team)
        hours = rosters.rostered_hours(scenario, roster)
        rostered += hours
        filled += hours * filled_share(scenario, team, roster) if hours else 0.0
        changes += [_changes(scenario, one) for one in roster]
    at_s, seats = map(np.concatenate, zip(*changes, strict=True))
    _, instant = np.unique(at_s, return_inverse=True)
    at_once = np.bincount(instant, seats).cumsum()  # who goes and who comes then, together
    return Roster(round(float(at_once.max(initial=0.0)), _DIGITS), rostered, filled)


def _changes(scenario: Scenario, one: Stretch) -> tuple[Floats, Floats]:
    """Return when in the year from the horizon's start how many seats come, or go (below 0)."""
    days = np.array(rosters.worked_days(scenario, one.days), np.int64)
    weekdays = (scenario.horizon.start.weekday() + days) % rosters.WEEK_DAYS
    change = np.diff(one.seats, axis=1, prepend=0.0, append=0.0)
    return (days[:, None] * DAY_S + one.edges_s).ravel(), change[weekdays].ravel()


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
    """Return a team with its seats, or its persons, multiplied, the roster's shape kept."""
    update: dict[str, Any] = {
        key: _times(getattr(team, key), factor) for key in _sizes(team) if key != "shifts"
    }
    if "shifts" in _sizes(team):
        update["shifts"] = tuple(
            shift.model_copy(update={"seats": shift.seats * factor}) for shift in team.shifts
        )
    return team.model_copy(update=update)


def _sizes(team: Team) -> tuple[str, ...]:
    """Return the keys that say how large a team is."""
    least = () if team.fewest is None else ("fewest",)
    for key in ("persons", "posts", "seats"):
        if getattr(team, key) is not None:
            return (key, *least)
    return ("shifts",) if team.curve is None else ("curve",)


def _times(size: Any, factor: float) -> Any:
    """Return a size multiplied: one number, a curve, or the curves of different days."""
    if isinstance(size, Mapping):
        return {days: _times(curve, factor) for days, curve in size.items()}
    if isinstance(size, tuple):
        return tuple(seats * factor for seats in size)
    return size * factor


def largest_seats(scenario: Scenario) -> float:
    """Return the most seats of one shift, or of a curve."""
    return max(
        (
            float(one.seats.max())
            for team in scenario.teams.values()
            for one in rosters.roster_of(scenario, team)
        ),
        default=0.0,
    )


def sizes_by_key(name: str, team: Team) -> dict[str, float]:
    """Return how large a team is, by the scenario's keys that say so."""
    if _sizes(team) == ("shifts",):
        shifts = enumerate(team.shifts)
        return {f"teams.{name}.shifts.{i}.seats": shift.seats for i, shift in shifts}
    found: dict[str, Any] = {}
    for key in _sizes(team):
        size = getattr(team, key)
        if isinstance(size, Mapping):
            found |= {f"teams.{name}.{key}.{days}": curve for days, curve in size.items()}
        else:
            found[f"teams.{name}.{key}"] = size
    return found
