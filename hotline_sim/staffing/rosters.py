"""Which seats a roster has filled on some days, from when to when, before anybody fails to come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOUR_S, HALF_HOURS, Bools, Floats, Ints, on_grid
from hotline_sim.scenario import calendar
from hotline_sim.scenario.rosters import (
    ALL_DAY,
    WEEK_DAYS,
    clock_s,
    in_week,
    part_of,
    seats_numbered,
    shift_seats,
    span_s,
)
from hotline_sim.scenario.schema import Inbound
from hotline_sim.scenario.volumes import day_shape, mean_cases_per_day
from hotline_sim.staffing.rounding import rounding_up, whole_seats

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Break, Scenario, Shift, Team

_MINUTE_S = 60.0


@dataclass(frozen=True, eq=False)
class Plan:
    """The stints of a roster that begin on some days, ``(n_stints,)``, by day and then by seat.

    ``day`` is the place of a stint's day among those asked for. The seats filled are numbered
    from 0. Times are those of the horizon. ``filled`` and ``paid_s`` are ``(days,)``: how many
    seats, and the time of all, the share of planned absence included.
    """

    day: Ints
    seat: Ints
    on_s: Floats
    off_s: Floats
    filled: Ints
    paid_s: Floats


@dataclass(frozen=True)
class Week:
    """A roster's seat-time in a week without holidays, and the most seats each weekday fills."""

    rostered_s: float
    planned_s: float  # without planned absence and breaks
    most_filled: tuple[int, ...]  # (7,), Monday first


class Roster(Protocol):
    """The seats of a shift, or of a team whose seats follow demand."""

    seats: int  # numbered: the most it can fill
    ends_s: float  # the latest end of duty, in seconds since the day's midnight

    def filled(self, days: Ints) -> Ints:
        """Return how many seats are filled on each of some days of the horizon, ``(days,)``."""
        ...

    def plan(self, days: Ints) -> Plan:
        """Return the stints of the duty that begins on some days of the horizon."""
        ...

    def week(self) -> Week:
        """Return the seat-time of a week."""
        ...


def rosters_of(scenario: Scenario, team: Team) -> list[Roster]:
    """Return a team's rosters, in the order in which its seats are numbered."""
    if team.roster == "demand":
        return [DemandRoster(scenario, team)]
    seats = shift_seats(team)
    pairs = zip(team.shifts, seats, strict=True)
    return [ShiftRoster(scenario, shift, some, team.shrinkage) for shift, some in pairs]


class _DutyDays:
    """The days of the horizon on which a shift, or a team, works."""

    def __init__(self, scenario: Scenario, days: str) -> None:
        self._scenario = scenario
        self._days = days
        self._first_weekday = scenario.first_day.weekday()
        self.weekdays = in_week(days)
        self._is_in_week = np.isin(np.arange(WEEK_DAYS), self.weekdays)

    def weekday(self, days: Ints) -> Ints:
        """Return the weekday of each day, ``(days,)``, Monday 0."""
        return (self._first_weekday + days) % WEEK_DAYS

    def are_worked(self, days: Ints) -> Bools:
        """Tell which days are worked, ``(days,)``."""
        if self._days not in calendar.BY_CALENDAR:
            return self._is_in_week[self.weekday(days)]
        demand = self._scenario.demand
        dates = [calendar.date_of(self._scenario, day) for day in days.tolist()]
        return np.array([calendar.falls_on(self._days, date, demand) for date in dates], bool)


class ShiftRoster:
    """The seats of one shift; of them the share ``shrinkage`` is empty by plan."""

    def __init__(self, scenario: Scenario, shift: Shift, seats: float, shrinkage: float) -> None:
        self._days = _DutyDays(scenario, shift.days)
        on_s, self.ends_s = span_s(shift)
        self.seats = math.ceil(seats)
        self._present = part_of(seats, 1.0 - shrinkage)
        self._rostered_s = seats * (self.ends_s - on_s)
        breaks_s = sum(one.minutes for one in shift.breaks) * _MINUTE_S
        self._planned_s = self._present * (self.ends_s - on_s - breaks_s)
        self._seat, self._on_s, self._off_s = _stints(
            math.ceil(self._present), on_s, self.ends_s, shift.breaks
        )

    def filled(self, days: Ints) -> Ints:
        """Return how many seats are filled on each of some days of the horizon, ``(days,)``."""
        return whole_seats(self._present, days) * self._days.are_worked(days)

    def plan(self, days: Ints) -> Plan:
        """Return the stints of the shift that begin on some days of the horizon."""
        are_worked = self._days.are_worked(days)
        filled = whole_seats(self._present, days) * are_worked
        counts = self._seat.searchsorted(filled)  # a day has the first so many of all stints
        day = np.arange(len(days)).repeat(counts)
        stint = np.arange(len(day)) - (counts.cumsum() - counts)[day]
        midnight_s = days[day] * DAY_S
        return Plan(
            day=day,
            seat=self._seat[stint],
            on_s=midnight_s + self._on_s[stint],
            off_s=midnight_s + self._off_s[stint],
            filled=filled,
            paid_s=np.where(are_worked, self._rostered_s, 0.0),
        )

    def week(self) -> Week:
        """Return the seat-time of a week."""
        weekdays = self._days.weekdays
        most = [math.ceil(self._present) * (day in weekdays) for day in range(WEEK_DAYS)]
        times = len(weekdays)
        return Week(times * self._rostered_s, times * self._planned_s, tuple(most))


def _stints(
    seats: int, on_s: float, off_s: float, breaks: tuple[Break, ...]
) -> tuple[Ints, Floats, Floats]:
    """Return the stints of every seat of a shift, by seat, ``(n_stints,)`` each.

    The seats' breaks begin evenly spread over the window, the first seat's at its beginning,
    the last's as late as the window allows.
    """
    turn = np.arange(seats) / max(seats - 1, 1)
    on, off = [np.full(seats, on_s)], []
    for one in sorted(breaks, key=lambda one: _since(one.from_, on_s)):
        first_s, length_s = _since(one.from_, on_s), one.minutes * _MINUTE_S
        room_s = (_since(one.to, on_s) or DAY_S) - first_s - length_s
        begin_s = on_grid(on_s + first_s + room_s * turn)
        off.append(begin_s)
        on.append(on_grid(begin_s + length_s))
    off.append(np.full(seats, off_s))
    begins_s, ends_s = np.stack(on, axis=1).ravel(), np.stack(off, axis=1).ravel()
    some = begins_s < ends_s  # none before a break with which the shift begins
    return np.repeat(np.arange(seats), len(on))[some], begins_s[some], ends_s[some]


def _since(clock: str, on_s: float) -> float:
    """Return how long after a shift's beginning a time of day comes."""
    return (clock_s(clock) - on_s) % DAY_S


class DemandRoster:
    """Seats in proportion to the cases that a week's half-hours bring to a team's channels.

    The busiest half-hour while the team is open has ``seats``, none has less than ``fewest``;
    planned absence takes its share of all. A seat is filled as long as the curve stays above its
    number.
    """

    def __init__(self, scenario: Scenario, team: Team) -> None:
        hours = team.open or ALL_DAY
        self._days = _DutyDays(scenario, hours.days)
        (self.seats,) = seats_numbered(team)
        self._on_s, self.ends_s = span_s(hours)
        first = math.floor(self._on_s / HALF_HOUR_S)
        edges = np.arange(first, math.ceil(self.ends_s / HALF_HOUR_S) + 1) * HALF_HOUR_S
        self._edges_s: Floats = np.clip(edges, self._on_s, self.ends_s)
        cases = _cases_of_week(scenario, team)
        weekday, half_hour = np.ogrid[:WEEK_DAYS, first : first + len(edges) - 1]
        open_cases = cases[(weekday * HALF_HOURS + half_hour) % len(cases)]
        peak = team.seats or 0.0
        busiest = open_cases[self._days.weekdays].max() or 1.0
        curve = np.minimum(peak * open_cases / busiest, peak)  # a rest day may be a busy weekday
        self._rostered = np.maximum(curve, team.fewest or 0.0)
        self._present: Floats = np.vectorize(part_of)(self._rostered, 1.0 - team.shrinkage)
        lengths_s = np.diff(self._edges_s)
        self._rostered_s = (self._rostered * lengths_s).sum(1)
        self._planned_s = (self._present * lengths_s).sum(1)

    def filled(self, days: Ints) -> Ints:
        """Return how many seats are filled on each of some days of the horizon, ``(days,)``."""
        return self._at_once(days, self._present.max(axis=1, keepdims=True))[:, 0]

    def plan(self, days: Ints) -> Plan:
        """Return the stints of the duty that begins on some days of the horizon."""
        at_once = self._at_once(days, self._present)
        filled = at_once.max(axis=1)
        most = filled.max(initial=0)
        there = np.zeros((len(days), most, at_once.shape[1] + 2), np.int8)
        there[:, :, 1:-1] = at_once[:, None, :] > np.arange(most)[:, None]
        change = np.diff(there, axis=2)
        day, seat, first = np.nonzero(change == 1)
        *_, last = np.nonzero(change == -1)
        midnight_s = days[day] * DAY_S
        return Plan(
            day=day,
            seat=seat,
            on_s=midnight_s + self._edges_s[first],
            off_s=midnight_s + self._edges_s[last],
            filled=filled,
            paid_s=self._rostered_s[self._days.weekday(days)] * self._days.are_worked(days),
        )

    def week(self) -> Week:
        """Return the seat-time of a week."""
        open_days = self._days.weekdays
        most = [
            math.ceil(self._present[day].max()) * (day in open_days) for day in range(WEEK_DAYS)
        ]
        rostered_s, planned_s = self._rostered_s, self._planned_s
        return Week(
            float(rostered_s[open_days].sum()), float(planned_s[open_days].sum()), tuple(most)
        )

    def _at_once(self, days: Ints, present: Floats) -> Ints:
        """Return the whole seats filled on some days, ``(days, n)``, of a week's, ``(7, n)``."""
        seats = present[self._days.weekday(days)] + rounding_up(days)[:, None]
        whole: Ints = np.floor(seats).astype(np.int64)
        return whole * self._days.are_worked(days)[:, None]


def _cases_of_week(scenario: Scenario, team: Team) -> Floats:
    """Return how many cases each half-hour of the week brings to a team, ``(336,)``, to scale."""
    cases = np.zeros((WEEK_DAYS, HALF_HOURS))
    weekdays = np.array(scenario.demand.weekday_factors)
    for entry in team.serves:
        channel = scenario.channels[entry if isinstance(entry, str) else entry.channel]
        if isinstance(channel, Inbound):
            shape = day_shape(channel.hour_weights or scenario.demand.hour_weights)
            cases += mean_cases_per_day(channel) * weekdays[:, None] * shape
    return cases.ravel()
