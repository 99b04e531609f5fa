"""A team's roster as its file gives it: hours from clock times, and seats, which are numbered."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, HOUR_S, Floats
from hotline_sim.scenario import calendar
from hotline_sim.scenario.schema import Demand, Hours

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Team

WEEK_DAYS = 7
ALL_DAY = Hours.model_validate({"from": "00:00", "to": "24:00"})
_WEEK_S = WEEK_DAYS * DAY_S
_MINUTE_S = 60.0
_DIGITS = 9  # 10 × 0.7 is 7, not 6.999…
_MONDAY = dt.date(2024, 1, 1)  # any: without a calendar one week is as another


def clock_s(clock: str) -> float:
    """Return a time of day such as ``"08:30"`` in seconds since midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * HOUR_S + int(minutes) * _MINUTE_S


def span_s(hours: Hours) -> tuple[float, float]:
    """Return beginning and end in seconds of the day; past midnight is past 24 h."""
    on_s, off_s = clock_s(hours.from_), clock_s(hours.to)
    return on_s, off_s if off_s > on_s else off_s + DAY_S


def in_week(days: str) -> list[int]:
    """Return the weekdays, Monday 0, that ``days`` includes in a week without holidays."""
    week = [_MONDAY + dt.timedelta(days=day) for day in range(WEEK_DAYS)]
    return [date.weekday() for date in week if calendar.falls_on(days, date, Demand())]


def part_of(seats: float, share: float) -> float:
    """Return a share of some seats, rid of what binary fractions add to it."""
    return round(seats * share, _DIGITS)


def shift_seats(team: Team) -> tuple[float, ...]:
    """Return the seats of each shift; with ``team.seats``, scaled so that these are the peak."""
    if team.seats is None:
        return tuple(shift.seats for shift in team.shifts)
    scale = team.seats / most_at_once(team)
    return tuple(part_of(shift.seats, scale) for shift in team.shifts)


def most_at_once(team: Team) -> float:
    """Return the most seats that the shifts as written have at once in a week without holidays."""
    stints = [
        (day * DAY_S + on_s, off_s - on_s, shift.seats)
        for shift in team.shifts
        for on_s, off_s in [span_s(shift)]
        for day in in_week(shift.days)
    ]
    on_s, length_s, seats = np.array(stints, float).reshape(-1, 3).T
    since_s: Floats = (on_s[:, None] - on_s) % _WEEK_S  # most are there when some come on
    return float(((since_s < length_s) @ seats).max(initial=0.0))


def seats_numbered(team: Team) -> tuple[int, ...]:
    """Return how many seats are numbered for each shift, or for the roster by demand."""
    if team.roster == "demand":
        return (math.ceil(max(team.seats or 0.0, team.fewest or 0.0)),)
    return tuple(math.ceil(seats) for seats in shift_seats(team))
