"""Which seats a roster has filled on some days, from when to when, before anybody fails to come."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hotline_sim.domain import DAY_S, Bools, Floats, Ints, on_grid
from hotline_sim.scenario import calendar
from hotline_sim.scenario.rosters import (
    WEEK_DAYS,
    clock_s,
    in_week,
    is_curve,
    part_of,
    roster_of,
    seats_numbered,
)
from hotline_sim.staffing.rounding import rounding_up, whole_seats

if TYPE_CHECKING:
    from hotline_sim.scenario.rosters import Stretch
    from hotline_sim.scenario.schema import Break, Scenario, Team

_MINUTE_S = 60.0
_BY_THEMSELVES = 1_000_000  # batches: more than there are seats


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
    """The seats of a shift, or of a team whose seats go by a curve."""

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
    if team.roster == "demand" or is_curve(team):
        return [CurveRoster(scenario, team)]
    return [ShiftRoster(scenario, one, team.shrinkage) for one in roster_of(scenario, team)]


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

    def __init__(self, scenario: Scenario, shift: Stretch, shrinkage: float) -> None:
        self._days = _DutyDays(scenario, shift.days)
        on_s, self.ends_s = shift.edges_s.tolist()
        seats = float(shift.seats[0, 0])
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

    Breaks begin evenly spread over the window, the first batch's at its beginning, the last's
    as late as the window allows.
    """
    all_seats = np.full(seats, seats)
    on, off = [np.full(seats, on_s)], []
    for one in sorted(breaks, key=lambda one: _since(one.from_, on_s)):
        first_s, length_s = _since(one.from_, on_s), one.minutes * _MINUTE_S
        room_s = (_since(one.to, on_s) or DAY_S) - first_s - length_s
        place, last = _turns(one, np.arange(seats), all_seats)
        begin_s = on_grid(on_s + first_s + room_s * (place / last))
        off.append(begin_s)
        on.append(on_grid(begin_s + length_s))
    off.append(np.full(seats, off_s))
    begins_s, ends_s = np.stack(on, axis=1).ravel(), np.stack(off, axis=1).ravel()
    some = begins_s < ends_s  # none before a break with which the shift begins
    return np.repeat(np.arange(seats), len(on))[some], begins_s[some], ends_s[some]


def _turns(one: Break, seat: Ints, of: Ints) -> tuple[Ints, Ints]:
    """Return the turn of each seat at a break, from 0, and the last turn of all.

    Seats are numbered from 0, and *of* so many there take the break.
    """
    batches = np.minimum(_batches(one), of).clip(1)
    return seat * batches // of.clip(1), (batches - 1).clip(1)


def _batches(one: Break) -> int:
    """Return in how many groups a break is taken: as many as it fits into its window, or as said.

    Where it fits once, everybody would go together: there each seat goes by itself.
    """
    window_s = (clock_s(one.to) - clock_s(one.from_)) % DAY_S or DAY_S
    fits = int(window_s // (one.minutes * _MINUTE_S))
    return one.batches or (fits if fits > 1 else _BY_THEMSELVES)


def _since(clock: str, on_s: float) -> float:
    """Return how long after a shift's beginning a time of day comes."""
    return (clock_s(clock) - on_s) % DAY_S


class CurveRoster:
    """Seats that go by a curve through the day: written down, or in proportion to the cases.

    Planned absence takes its share of all. A seat is filled as long as the curve stays above its
    number: as it rises people come on, as it falls the last seats go off, and who is on duty
    stays. Several curves are those of different days.
    """

    def __init__(self, scenario: Scenario, team: Team) -> None:
        self._curves = [
            _Curve.of(scenario, one, team.shrinkage) for one in roster_of(scenario, team)
        ]
        (self.seats,) = seats_numbered(scenario, team)
        self._edges_s = self._curves[0].stretch.edges_s
        self.ends_s = float(self._edges_s[-1])

    def filled(self, days: Ints) -> Ints:
        """Return how many seats are filled on each of some days of the horizon, ``(days,)``."""
        most: Ints = self._at_once(days).max(axis=1)
        return most

    def plan(self, days: Ints) -> Plan:
        """Return the stints of the duty that begins on some days of the horizon."""
        at_once = self._at_once(days)
        filled = at_once.max(axis=1)
        most = filled.max(initial=0)
        there = np.zeros((len(days), most, at_once.shape[1] + 2), np.int8)
        there[:, :, 1:-1] = at_once[:, None, :] > np.arange(most)[:, None]
        change = np.diff(there, axis=2)
        day, seat, first = np.nonzero(change == 1)
        *_, last = np.nonzero(change == -1)
        stints = (day, seat, self._edges_s[first], self._edges_s[last])
        for curve in self._curves:
            stints = curve.parted_by_breaks(stints, at_once, curve.days.are_worked(days))
        day, seat, on_s, off_s = stints
        midnight_s = days[day] * DAY_S
        return Plan(
            day=day,
            seat=seat,
            on_s=midnight_s + on_s,
            off_s=midnight_s + off_s,
            filled=filled,
            paid_s=np.sum([curve.paid_s(days) for curve in self._curves], axis=0),
        )

    def week(self) -> Week:
        """Return the seat-time of a week."""
        most = np.sum([curve.most_filled() for curve in self._curves], axis=0)
        return Week(
            sum(curve.stretch.week_s for curve in self._curves),
            sum(curve.planned_s() for curve in self._curves),
            tuple(most.tolist()),
        )

    def _at_once(self, days: Ints) -> Ints:
        """Return the whole seats filled on some days, ``(days, n)``."""
        at_once: Ints = np.sum([curve.at_once(days) for curve in self._curves], axis=0)
        return at_once


_Stints = tuple[Ints, Ints, Floats, Floats]  # day, seat, on and off in seconds of the day


@dataclass(frozen=True, eq=False)
class _Curve:
    """The seats of certain days; ``present``, ``(7, n)``, are those without planned absence."""

    stretch: Stretch
    days: _DutyDays
    present: Floats

    @classmethod
    def of(cls, scenario: Scenario, stretch: Stretch, shrinkage: float) -> _Curve:
        present = np.vectorize(part_of, otypes=[float])(stretch.seats, 1.0 - shrinkage)
        return cls(stretch, _DutyDays(scenario, stretch.days), present)

    def at_once(self, days: Ints) -> Ints:
        """Return the whole seats filled on some days, ``(days, n)``."""
        seats = self.present[self.days.weekday(days)] + rounding_up(days)[:, None]
        whole: Ints = np.floor(seats).astype(np.int64)
        return whole * self.days.are_worked(days)[:, None]

    def paid_s(self, days: Ints) -> Floats:
        """Return the seat-time of each of some days, ``(days,)``."""
        paid_s: Floats = self.stretch.rostered_s[self.days.weekday(days)]
        return paid_s * self.days.are_worked(days)

    def planned_s(self) -> float:
        """Return the seat-time of a week without planned absence and breaks."""
        return replace(self.stretch, seats=self.present).week_on_duty_s

    def most_filled(self) -> Ints:
        """Return the most seats that each weekday fills, ``(7,)``."""
        most = np.ceil(self.present.max(axis=1)).astype(np.int64)
        return np.where(np.isin(np.arange(WEEK_DAYS), self.days.weekdays), most, 0)

    def parted_by_breaks(self, stints: _Stints, at_once: Ints, are_worked: Bools) -> _Stints:
        """Return stints, breaks taken out of those that last all through a break's window.

        Those who are there take it in turn, evenly spread over the window, as in a shift.
        """
        for one in sorted(self.stretch.breaks, key=self.stretch.window_s):
            begin_s, end_s = self.stretch.window_s(one)
            length_s = one.minutes * _MINUTE_S
            day, seat, on_s, off_s = stints
            takes = are_worked[day] & (on_s <= begin_s) & (off_s >= end_s)
            taking = at_once[:, self.stretch.within(one)].min(axis=1)[day]
            place, last = _turns(one, seat, taking)
            pause_s = on_grid(begin_s + (end_s - begin_s - length_s) * place / last)
            back_s = on_grid(pause_s + length_s)
            stints = _joined(
                (day, seat, on_s, np.where(takes, pause_s, off_s)),
                (day[takes], seat[takes], back_s[takes], off_s[takes]),
            )
        return stints


def _joined(*parts: _Stints) -> _Stints:
    """Return stints together, by day, seat and time, without those of no length."""
    day, seat, on_s, off_s = map(np.concatenate, zip(*parts, strict=True))
    order = np.lexsort((on_s, seat, day))
    order = order[(on_s < off_s)[order]]
    return day[order], seat[order], on_s[order], off_s[order]
