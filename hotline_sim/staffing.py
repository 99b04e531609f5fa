"""Which seats are filled when, and how fast: the duty table (在岗), one day at a time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, Duty
from hotline_sim.scenario import calendar

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Scenario, Team

_MINUTE_S = 60.0
_HOUR_MINUTES = 60
_WEEK_DAYS = 7
_STEP = 3  # any from 1 to 6; 3 keeps neighbouring days from lacking the same seat


def duty_of(scenario: Scenario, day: int) -> Duty:
    """Return the stints that begin on a day of the horizon.

    Seats are numbered as in :func:`hotline_sim.scenario.rules`. Of a shift's seats the share
    ``shrinkage`` is empty; where that leaves a fraction of a seat, it is filled on that
    fraction of the days, and of the Mondays, Tuesdays, …: no hours are lost over the weeks.
    """
    date = calendar.date_of(scenario, day)
    stints: list[tuple[int, float, float, float]] = []
    paid_s = np.zeros(len(scenario.teams))
    first_seat = 0
    for number, team in enumerate(scenario.teams.values()):
        for shift in team.shifts:
            if calendar.falls_on(shift.days, date, scenario.demand):
                on_s, off_s = span_s(shift.from_, shift.to)
                paid_s[number] += shift.seats * (off_s - on_s)
                stints += [
                    (first_seat + i, day * DAY_S + on_s, day * DAY_S + off_s, team.speed)
                    for i in range(_filled(shift.seats, team, day))
                ]
            first_seat += math.ceil(shift.seats)
    stints.sort(key=lambda stint: (stint[1], stint[0]))
    seat, on, off, speed = zip(*stints, strict=True) if stints else ((), (), (), ())
    return Duty(
        seat=np.array(seat, np.int64),
        on_s=np.array(on, float),
        off_s=np.array(off, float),
        speed=np.array(speed, float),
        paid_s=paid_s,
    )


def duty_between(scenario: Scenario, first: int, until: int) -> Duty:
    """Return the stints that begin on the days from *first* to before *until*."""
    days = [duty_of(scenario, day) for day in range(first, until)]
    return Duty(
        seat=np.concatenate([duty.seat for duty in days]),
        on_s=np.concatenate([duty.on_s for duty in days]),
        off_s=np.concatenate([duty.off_s for duty in days]),
        speed=np.concatenate([duty.speed for duty in days]),
        paid_s=np.sum([duty.paid_s for duty in days], axis=0),
    )


def _filled(seats: float, team: Team, day: int) -> int:
    """Return how many of a shift's seats are filled on a day: whole, right on average.

    Each weekday counts its own weeks. Their phases are sevenths, so in any number of weeks
    the seven together are right to one seat (Hermite's identity).
    """
    present = round(seats * (1.0 - team.shrinkage), 9)  # 10 × 0.7 is 7, not 6.999…
    week = day // _WEEK_DAYS
    phase = day * _STEP % _WEEK_DAYS / _WEEK_DAYS
    return math.floor((week + 1) * present + phase) - math.floor(week * present + phase)


def span_s(begin: str, end: str) -> tuple[float, float]:
    """Return a shift's beginning and end in seconds of its day; past midnight is past 24 h."""
    on_s, off_s = _clock_s(begin), _clock_s(end)
    return on_s, off_s if off_s > on_s else off_s + DAY_S


def _clock_s(clock: str) -> float:
    hours, minutes = clock.split(":")
    return (int(hours) * _HOUR_MINUTES + int(minutes)) * _MINUTE_S
