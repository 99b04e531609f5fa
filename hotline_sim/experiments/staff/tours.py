"""The shifts and weeks of work that rules allow, from which a plan chooses.

Times are half-hours: of the day for a beginning, of the shift for what lies within it. A tour is
a person's week: which days are worked, and the shift of each. Shifts that a person may work in
one week form a band; with one start all week a band is one shift.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, HOUR_S
from hotline_sim.scenario.rosters import WEEK_DAYS, clock_s

if TYPE_CHECKING:
    from hotline_sim.scenario import ShiftRules
    from hotline_sim.scenario.schema import ShiftBreak

PER_HOUR = round(HOUR_S / HALF_HOUR_S)
_MINUTES = HALF_HOUR_S / 60.0


@dataclass(frozen=True)
class Pause:
    """A break within a shift: how long, and where in the shift it may begin."""

    length: int
    begins: tuple[int, ...]


@dataclass(frozen=True)
class Shift:
    """A shift that rules allow: when it begins, how long it is, which breaks it has."""

    start: int
    length: int
    pauses: tuple[Pause, ...]
    part_time: bool = False

    @property
    def work(self) -> int:
        """Return how long an agent works in it, breaks taken out."""
        return self.length - sum(pause.length for pause in self.pauses)


@dataclass(frozen=True)
class Band:
    """Shifts among which a person's days of one week may vary, and which days are worked.

    All are of one length. ``patterns`` are sets of weekdays, Monday 0.
    """

    shifts: tuple[Shift, ...]
    patterns: tuple[tuple[int, ...], ...]

    @property
    def length(self) -> int:
        """Return how long each of its shifts is."""
        return self.shifts[0].length

    @property
    def part_time(self) -> bool:
        """Return whether it is part-time work."""
        return self.shifts[0].part_time


def bands_of(rules: ShiftRules) -> list[Band]:
    """Return all bands that rules allow; none if they leave no week of work."""
    found = []
    for hours, part_time in _lengths(rules):
        length = half_hours(hours)
        # what rest leaves between the starts of a day and of the next
        room = HALF_HOURS - length - math.ceil(rules.rest_hours * PER_HOUR)
        if room < 0:
            continue
        apart = min(half_hours(rules.start_varies_hours), room)
        pauses = _pauses(rules, length)
        shifts = [Shift(start, length, pauses, part_time) for start in _starts(rules)]
        shifts = [shift for shift in shifts if _days_on(rules, shift) > 0]
        for together in _within(shifts, apart):
            days = min(_days_on(rules, shift) for shift in together)
            found.append(Band(together, _patterns(rules, days)))
    return found


def half_hours(hours: float) -> int:
    """Return hours as half-hours, which the scenario's checks found whole."""
    return round(hours * PER_HOUR)


def is_night(rules: ShiftRules, shift: Shift) -> bool:
    """Tell whether a shift reaches into the night."""
    first = round(clock_s(rules.night_from) / HALF_HOUR_S)
    night = (round(clock_s(rules.night_to) / HALF_HOUR_S) - first) % HALF_HOURS
    after = (shift.start - first) % HALF_HOURS
    return after < night or after + shift.length > HALF_HOURS


def _lengths(rules: ShiftRules) -> list[tuple[float, bool]]:
    """Return the lengths of shifts in hours, and whether they are part-time."""
    lengths = [(hours, False) for hours in rules.shift_hours]
    if rules.part_time_share > 0.0:
        lengths += [(h, True) for h in rules.part_time_hours if h not in rules.shift_hours]
    return lengths


def _starts(rules: ShiftRules) -> list[int]:
    if rules.starts is None:
        return list(range(0, HALF_HOURS, PER_HOUR))
    return sorted({round(clock_s(clock) / HALF_HOUR_S) % HALF_HOURS for clock in rules.starts})


def _pauses(rules: ShiftRules, length: int) -> tuple[Pause, ...]:
    """Return the breaks of a shift of some length, the first first."""
    pauses = [_pause(rules, one, length) for one in rules.breaks if length > one.over_hours * 2]
    return tuple(sorted(pauses, key=lambda pause: pause.begins))


def _pause(rules: ShiftRules, one: ShiftBreak, length: int) -> Pause:
    minutes = round(one.minutes / _MINUTES)
    first, last = half_hours(one.from_hours), min(half_hours(one.to_hours), length) - minutes
    begins = list(range(first, last + 1))
    if rules.break_batches is not None:
        step = max(minutes, (last - first) // max(rules.break_batches - 1, 1))
        begins = begins[::step][: rules.break_batches]
    return Pause(minutes, tuple(begins))


def _days_on(rules: ShiftRules, shift: Shift) -> int:
    """Return on how many days of a week a person works such a shift."""
    days = WEEK_DAYS - rules.days_off_per_week
    if shift.work > 0:
        days = min(days, math.floor(rules.most_hours_per_week * PER_HOUR / shift.work))
    return min(days, rules.most_nights_per_week) if is_night(rules, shift) else days


def _within(shifts: list[Shift], apart: int) -> list[tuple[Shift, ...]]:
    """Return the largest sets of shifts that begin no further apart, each by its first."""
    found: list[tuple[Shift, ...]] = []
    for first in shifts:
        band = tuple(one for one in shifts if 0 <= one.start - first.start <= apart)
        if not found or not set(band) <= set(found[-1]):
            found.append(band)
    return found


def _patterns(rules: ShiftRules, days: int) -> tuple[tuple[int, ...], ...]:
    """Return the sets of so many weekdays that leave the days off they should."""
    all_sets = combinations(range(WEEK_DAYS), days)
    if not rules.days_off_together:
        return tuple(all_sets)
    return tuple(one for one in all_sets if _longest_off(one) >= rules.days_off_per_week)


def _longest_off(worked: tuple[int, ...]) -> int:
    """Return the most days off in a row, the week being followed by one like it."""
    if not worked:
        return WEEK_DAYS
    following = [*worked[1:], worked[0] + WEEK_DAYS]
    return max(after - day - 1 for day, after in zip(worked, following, strict=True))
