"""A team's roster as its file gives it: the hours of its duty, and the seats, which are numbered.

A roster is written as shifts, as a curve of seats, or follows demand; its size is that of the
file, or is found from the peak (``seats``) or the persons that the file gives.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOUR_S, HALF_HOURS, HOUR_S, Bools, Floats, Ints
from hotline_sim.scenario import calendar
from hotline_sim.scenario.persons import filled_share, hours_given
from hotline_sim.scenario.schema import Demand, Hours, Inbound
from hotline_sim.scenario.volumes import YEAR_DAYS, day_shape, mean_cases_per_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hotline_sim.scenario.schema import Break, Scenario, Team

WEEK_DAYS = 7
ALL_DAY = Hours.model_validate({"from": "00:00", "to": "24:00"})
EVERY_DAY = "mon-sun"
_WEEK_S = WEEK_DAYS * DAY_S
_MINUTE_S = 60.0
_DIGITS = 9  # 10 × 0.7 is 7, not 6.999…
_MONDAY = dt.date(2024, 1, 1)  # any: without a calendar one week is as another


@dataclass(frozen=True, eq=False)
class Stretch:
    """Seats on the roster through the duty that begins on some days, planned absence included.

    ``edges_s``, ``(n + 1,)``, are seconds since the midnight of the day on which duty begins,
    ``seats``, ``(7, n)``, those between them, by that day's weekday, Monday 0.
    """

    days: str
    edges_s: Floats
    seats: Floats
    breaks: tuple[Break, ...] = ()

    @property
    def rostered_s(self) -> Floats:
        """The seat-time of one day of each weekday, ``(7,)``."""
        seat_s: Floats = (self.seats * np.diff(self.edges_s)).sum(1)
        return seat_s

    @property
    def week_s(self) -> float:
        """The seat-time of a week without holidays."""
        return float(self.rostered_s[in_week(self.days)].sum())

    @property
    def week_on_duty_s(self) -> float:
        """The same without breaks."""
        on_duty_s = self.rostered_s
        for one in self.breaks:
            taking: Floats = self.seats[:, self.within(one)].min(axis=1)  # there all through it
            on_duty_s = on_duty_s - one.minutes * _MINUTE_S * taking
        return float(on_duty_s[in_week(self.days)].sum())

    def window_s(self, one: Break) -> tuple[float, float]:
        """Return when a break's window begins and ends, in seconds like the edges."""
        begin_s = self.edges_s[0] + (clock_s(one.from_) - self.edges_s[0]) % DAY_S
        return begin_s, begin_s + ((clock_s(one.to) - clock_s(one.from_)) % DAY_S or DAY_S)

    def within(self, one: Break) -> Bools:
        """Tell which of the times between the edges meet a break's window, ``(n,)``."""
        begin_s, end_s = self.window_s(one)
        return (self.edges_s[1:] > begin_s) & (self.edges_s[:-1] < end_s)


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


def is_curve(team: Team) -> bool:
    """Tell whether a team's roster is written as a curve of seats."""
    return team.curve is not None


def _curves_of(team: Team) -> dict[str, tuple[float, ...]]:
    """Return the curves of seats that a team's file writes, by the days they are of."""
    if isinstance(team.curve, Mapping):
        return dict(team.curve)
    return {} if team.curve is None else {EVERY_DAY: team.curve}


def roster_of(scenario: Scenario, team: Team) -> list[Stretch]:
    """Return a team's roster, of the size that the file gives it.

    Raises
    ------
    ValueError
        If the team is given in persons and a link to its seats is missing.
    """
    hours = hours_given(scenario, team)
    if team.roster == "demand":
        return [_by_demand(scenario, team, hours)]
    written = _as_written(team)
    if hours is not None:
        per_year = rostered_hours(scenario, written) * filled_share(scenario, team, written)
        return _scaled(written, hours / per_year if per_year > 0.0 else 0.0)
    if team.seats is not None:
        return _scaled(written, team.seats / most_at_once(written))
    return written


def _as_written(team: Team) -> list[Stretch]:
    """Return the shifts, or the curve, with the seats that stand there."""
    if curves := _curves_of(team):
        edges_s = np.arange(HALF_HOURS + 1, dtype=np.float64) * HALF_HOUR_S
        return [
            Stretch(days, edges_s, _every_weekday(_by_half_hour(curve)), team.breaks)
            for days, curve in curves.items()
        ]
    return [
        Stretch(one.days, np.array(span_s(one)), _every_weekday([one.seats]), one.breaks)
        for one in team.shifts
    ]


def _by_half_hour(curve: Sequence[float]) -> Floats:
    return np.repeat(np.array(curve, float), HALF_HOURS // len(curve))


def _every_weekday(seats: Floats | list[float]) -> Floats:
    return np.tile(np.array(seats, float), (WEEK_DAYS, 1))


def _scaled(roster: list[Stretch], factor: float) -> list[Stretch]:
    times = np.vectorize(part_of, otypes=[float])
    return [replace(one, seats=times(one.seats, factor)) for one in roster]


def _by_demand(scenario: Scenario, team: Team, hours: float | None) -> Stretch:
    """Return seats in proportion to the cases that the week brings while the team is open.

    The busiest half-hour has the peak, none has less than ``fewest``. Where *hours* on duty are
    given the peak is found from them; too few for ``fewest`` in every half-hour, they are spread
    evenly.
    """
    open_ = team.open or ALL_DAY
    on_s, off_s = span_s(open_)
    first = math.floor(on_s / HALF_HOUR_S)
    edges_s = np.arange(first, math.ceil(off_s / HALF_HOUR_S) + 1) * HALF_HOUR_S
    edges_s = np.clip(edges_s, on_s, off_s)
    cases = _cases_of_week(scenario, team)
    weekday, half_hour = np.ogrid[:WEEK_DAYS, first : first + len(edges_s) - 1]
    open_cases = cases[(weekday * HALF_HOURS + half_hour) % len(cases)]
    busiest = open_cases[in_week(open_.days)].max() or 1.0
    peak = 1.0 if team.seats is None else team.seats
    # a rest day may be a busy weekday, and then has no more than the peak
    unit = Stretch(open_.days, edges_s, np.minimum(peak * open_cases / busiest, peak))
    fewest = team.fewest or 0.0
    if hours is not None:
        level = unit if unit.seats.any() else replace(unit, seats=np.ones_like(unit.seats))
        unit, fewest = _filling(scenario, team, level, hours)
    return replace(unit, seats=np.maximum(unit.seats, fewest))


def _filling(scenario: Scenario, team: Team, unit: Stretch, hours: float) -> tuple[Stretch, float]:
    """Return a roster by demand of peak 1 scaled to hours on duty a year, and its fewest seats.

    Hours grow with the peak in straight lines, one for every number of half-hours above the
    fewest seats, and are the largest of them all; so the peak is the smallest that one gives.
    """
    hours /= filled_share(scenario, team, [unit])
    days = days_of_year(scenario, unit.days)
    weight = (days[:, None] * np.diff(unit.edges_s) / HOUR_S).ravel()
    fewest = min(team.fewest or 0.0, hours / weight.sum())
    order = np.argsort(-unit.seats.ravel(), kind="stable")
    above = (weight * unit.seats.ravel())[order].cumsum()
    below = weight.sum() - weight[order].cumsum()
    peaks = (hours - fewest * below)[above > 0.0] / above[above > 0.0]
    (scaled,) = _scaled([unit], float(peaks.min()))
    return scaled, fewest


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


def rostered_hours(scenario: Scenario, roster: Iterable[Stretch]) -> float:
    """Return the seat-hours of a roster over the 365 days from the horizon's start."""
    return sum(float(one.rostered_s @ days_of_year(scenario, one.days)) / HOUR_S for one in roster)


def days_of_year(scenario: Scenario, days: str) -> Ints:
    """Return how many of the 365 days from the start are worked, of each weekday, ``(7,)``."""
    weekdays = [scenario.horizon.start.weekday() + day for day in worked_days(scenario, days)]
    return np.bincount(np.array(weekdays, np.int64) % WEEK_DAYS, minlength=WEEK_DAYS)


def worked_days(scenario: Scenario, days: str) -> list[int]:
    """Return which of the 365 days from the horizon's start ``days`` includes."""
    start, demand = scenario.horizon.start, scenario.demand
    dates = [start + dt.timedelta(days=day) for day in range(YEAR_DAYS)]
    return [day for day, date in enumerate(dates) if calendar.falls_on(days, date, demand)]


def most_at_once(roster: Iterable[Stretch]) -> float:
    """Return the most seats that a roster has at once in a week without holidays."""
    stints = [
        (day * DAY_S + on_s, off_s - on_s, seats)
        for one in roster
        for day in in_week(one.days)
        for on_s, off_s, seats in zip(one.edges_s, one.edges_s[1:], one.seats[day], strict=False)
    ]
    on_s, length_s, seats = np.array(stints, float).reshape(-1, 3).T
    since_s: Floats = on_s[:, None] - on_s  # most are there when some come on
    since_s[since_s < 0.0] += _WEEK_S  # sooner than the remainder
    return float(((since_s < length_s) @ seats).max(initial=0.0))


def seats_numbered(scenario: Scenario, team: Team) -> tuple[int, ...]:
    """Return how many seats are numbered for each shift, or for the one curve."""
    most = [math.ceil(one.seats.max()) for one in roster_of(scenario, team)]
    shifts = team.roster == "shifts" and not is_curve(team)
    return tuple(most) if shifts else (max(most),)
