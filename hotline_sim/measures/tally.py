"""Sums over contacts, kept day by day: all that measures are made of.

A tally holds no contacts, so it is as large after a year as its numbers by day and by
half-hour, and a worker can send it home.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import (
    DAY_S,
    FAILURES,
    HALF_HOURS,
    NOBODY,
    Bools,
    ContactLog,
    Duty,
    Floats,
    Ints,
    Outcome,
)
from hotline_sim.measures.opinions import Opinions, order_deadlines_s
from hotline_sim.measures.scope import Scope
from hotline_sim.scenario import rules
from hotline_sim.scenario.schema import Message, Outbound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.scenario import Scenario

HALF_HOUR_S = DAY_S / HALF_HOURS
SERVICE_S = 15.0  # GB/T 33358-2016: answer within 15 s
BINS_PER_DOUBLING = 64  # of 1 + wait: percentiles are right to about 1 %
_SMALL = 2**15  # NumPy sorts 16-bit numbers by counting
_IS_FAILURE = np.isin(np.arange(len(Outcome) + 1), FAILURES)  # the last is NOBODY
_WAIT_BINS = 40 * BINS_PER_DOUBLING  # up to 2**40 s, the longest time there is

# Sums by the day and half-hour of a contact's arrival, channel by channel.
BY_ARRIVAL = (
    "offered",
    "answered",
    "abandoned",
    "blocked",
    "contained",
    "unreached",
    "open",
    "within_service_s",
    "wait_s",
    "redials",
    "due",
    "in_time",
    "work_orders",
    "orders_on_time",
    "asked",  # answered contacts that may be rated
    "satisfied",
    "ratings",
    "satisfied_ratings",
)
# Sums by the day on which a case began, counted on the channel of the contact concerned.
BY_BIRTH = ("cases", "cases_answered", "first_tries_answered", "cases_satisfied")


@dataclass(eq=False)
class Tally:
    """The sums of one replication, counted days only.

    ``by_day[f]`` and ``by_half_hour[f]`` are ``(days, channels)`` and ``(48, channels)`` for
    each name ``f``; ``calls`` is ``(days * 48, 2)``: offered and answered in each half-hour
    on the channels of ``Scope.calls``; ``answered_by_team`` is ``(days, teams)``: inbound
    contacts answered, by the day of their arrival; ``waits`` is ``(channels, bins)``, the
    answered by the logarithm of their wait; ``busy_s``, ``duty_s`` and ``paid_s`` are ``(teams,)``,
    ``handled_s`` is ``(channels,)``: agents' time by channel; ``orders`` is
    ``(3, departments)``: work orders, those on time, and seconds they took together.
    """

    by_day: dict[str, Floats]
    by_half_hour: dict[str, Floats]
    calls: Floats
    answered_by_team: Floats
    waits: Ints
    busy_s: Floats
    duty_s: Floats
    paid_s: Floats
    handled_s: Floats
    orders: Floats


@dataclass(frozen=True, eq=False)
class _Settled:
    """Contacts settled, and what those answered think, ``(n_contacts,)`` each."""

    log: ContactLog
    satisfied: Bools
    rated: Bools

    @cached_property
    def answered(self) -> Bools:
        """Who was answered."""
        answered: Bools = self.log.outcome == Outcome.ANSWERED
        return answered

    @cached_property
    def wait_s(self) -> Floats:
        """How long each waited for an agent; nan for those who did not get one."""
        return self.log.start_s - self.log.arrival_s

    def where(self, keep: Bools) -> _Settled:
        """Return the contacts picked by a mask."""
        if keep.all():  # as on nearly all days: no copies then
            return self
        return _Settled(self.log.where(keep), self.satisfied[keep], self.rated[keep])


class Counter:
    """Adds contacts and duty to a tally, a day or several at a time, in order."""

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        channels, teams = len(scenario.channels), len(scenario.teams)
        tables = list(scenario.channels.values())
        self._days = horizon.days
        self._from_s = horizon.warm_up_days * DAY_S
        self._until_s = self._from_s + horizon.days * DAY_S
        self._ahead_s = 2.0 * self._until_s + 10 * DAY_S  # keeps one seat's times off the next's
        self._opinions = Opinions(scenario)
        self._calls = np.array(Scope.of(scenario).calls, np.int64)
        self._inbound = np.array([not isinstance(table, Outbound) for table in tables])
        deadlines = [table.deadline_s if isinstance(table, Message) else None for table in tables]
        self._deadline_s = np.array([np.nan if d is None else d for d in deadlines])
        self._has_deadlines = any(deadlines)
        self._order_deadline_s = order_deadlines_s(scenario)
        self._has_orders = bool(scenario.departments)
        self._team_of_seat = np.array(rules(scenario).team_of_seat, np.int64)
        self._stints: list[Duty] = []  # those on which contacts yet to be counted may be in hand
        # over the last midnight: seat, from, until
        self._in_hand: tuple[Ints, Floats, Floats] = (np.zeros(0, np.int64), *np.zeros((2, 0)))
        self._today_s = 0.0
        self._tally = Tally(
            by_day={f: np.zeros((horizon.days, channels)) for f in BY_ARRIVAL + BY_BIRTH},
            by_half_hour={f: np.zeros((HALF_HOURS, channels)) for f in BY_ARRIVAL},
            calls=np.zeros((horizon.days * HALF_HOURS, 2)),
            answered_by_team=np.zeros((horizon.days, teams)),
            waits=np.zeros((channels, _WAIT_BINS), np.int64),
            busy_s=np.zeros(teams),
            duty_s=np.zeros(teams),
            paid_s=np.zeros(teams),
            handled_s=np.zeros(channels),
            orders=np.zeros((3, len(scenario.departments))),
        )

    @property
    def tally(self) -> Tally:
        """The sums so far."""
        return self._tally

    def add_duty(self, days: range | int, duty: Duty) -> None:
        """Count the duty that begins on a day or a stretch of days, before their contacts."""
        days = range(days, days + 1) if isinstance(days, int) else days
        on_s = np.maximum(duty.on_s, self._from_s)
        off_s = np.minimum(duty.off_s, self._until_s)
        team = self._team_of_seat[duty.seat]
        teams = len(self._tally.duty_s)
        self._tally.duty_s += np.bincount(team, np.maximum(off_s - on_s, 0.0), teams)
        if self._from_s <= days.start * DAY_S < self._until_s:
            self._tally.paid_s += duty.paid_s
        self._stints.append(duty)
        self._today_s = (days.stop - 1) * DAY_S

    def add_contacts(self, log: ContactLog) -> None:
        """Count contacts settled on one day or several, in the order of days."""
        self._add_busy(log)
        self._stints = [d for d in self._stints if len(d) and d.off_s.max() >= self._today_s]
        settled = _Settled(log, *self._opinions.of(log))
        self._add_cases(settled.where(self._is_counted(log.born_s)))
        self._add_arrivals(settled.where(self._is_counted(log.arrival_s)))

    def _is_counted(self, at_s: Floats) -> Bools:
        counted: Bools = (at_s >= self._from_s) & (at_s < self._until_s)
        return counted

    def _add_arrivals(self, settled: _Settled) -> None:
        log, tally, channels = settled.log, self._tally, len(self._inbound)
        if not len(log):
            return
        half_hour = ((log.arrival_s - self._from_s) / HALF_HOUR_S).astype(np.int64)
        first_day = int(half_hour.min()) // HALF_HOURS
        days = int(half_hour.max()) // HALF_HOURS - first_day + 1
        cell = (half_hour - first_day * HALF_HOURS) * channels + log.channel
        span = slice(first_day, first_day + days)
        for name, sums in self._sums(settled, cell, days * HALF_HOURS * channels):
            cube = sums.reshape(days, HALF_HOURS, channels)
            tally.by_day[name][span] += cube.sum(axis=1)
            tally.by_half_hour[name] += cube.sum(axis=0)
            if name in ("offered", "answered"):
                rolling = slice(first_day * HALF_HOURS, (first_day + days) * HALF_HOURS)
                column = ("offered", "answered").index(name)
                tally.calls[rolling, column] += cube[:, :, self._calls].sum(axis=2).ravel()
        self._add_answered(settled, half_hour // HALF_HOURS)
        self._add_orders(log)
        self._add_waits(settled)

    def _add_orders(self, log: ContactLog) -> None:
        if not self._has_orders:
            return
        opened = log.department != NOBODY
        department, taken_s = log.department[opened], log.order_s[opened]
        on_time = taken_s <= self._order_deadline_s[department]
        departments = self._tally.orders.shape[1]
        sums = [np.bincount(department, w, departments) for w in (None, on_time, taken_s)]
        self._tally.orders += np.stack(sums)

    def _add_answered(self, settled: _Settled, day: Ints) -> None:
        counted = settled.answered & self._inbound[settled.log.channel]
        table = self._tally.answered_by_team
        cell = (day * table.shape[1] + settled.log.team)[counted]
        table += np.bincount(cell, minlength=table.size).reshape(table.shape)

    def _sums(
        self, settled: _Settled, cell: Ints, cells: int
    ) -> Iterator[tuple[str, Floats | Ints]]:
        """Yield each sum of BY_ARRIVAL that is not nothing by itself, by cell, ``(cells,)``."""
        log, answered = settled.log, settled.answered
        ends = np.bincount(cell * len(Outcome) + log.outcome, minlength=cells * len(Outcome))
        by_outcome = ends.reshape(cells, len(Outcome))
        for outcome in Outcome:
            yield outcome.name.lower(), by_outcome[:, outcome]
        yield "offered", by_outcome.sum(axis=1) - by_outcome[:, Outcome.CONTAINED]
        counted = {
            "within_service_s": answered & (settled.wait_s <= SERVICE_S),
            "redials": (log.outcome != Outcome.CONTAINED)
            & self._inbound[log.channel]
            & _IS_FAILURE[log.after],
        }
        if self._has_deadlines:
            due_s = log.arrival_s + self._deadline_s[log.channel]
            with np.errstate(invalid="ignore"):  # nan: no deadline, or no end yet
                due = (log.outcome != Outcome.CONTAINED) & (due_s <= self._until_s)
                counted["due"] = due
                counted["in_time"] = due & answered & (log.end_s <= due_s)
        if self._has_orders:
            with np.errstate(invalid="ignore"):  # nan: no order
                counted["work_orders"] = ~np.isnan(log.order_s)
                counted["orders_on_time"] = log.order_s <= self._order_deadline_s[log.department]
        if self._opinions.are_asked:
            asked = answered & (self._inbound[log.channel] | (log.answered_before == 0))
            counted["asked"] = asked
            counted["satisfied"] = asked & settled.satisfied
            counted["ratings"] = asked & settled.rated
            counted["satisfied_ratings"] = counted["ratings"] & settled.satisfied
        for name, who in counted.items():
            yield name, np.bincount(cell[who], minlength=cells)
        yield "wait_s", np.bincount(cell, np.where(answered, settled.wait_s, 0.0), cells)

    def _add_waits(self, settled: _Settled) -> None:
        bins = np.log2(1.0 + settled.wait_s[settled.answered]) * BINS_PER_DOUBLING
        cell = settled.log.channel[settled.answered] * _WAIT_BINS + bins.astype(np.int64)
        sums = np.bincount(cell, minlength=self._tally.waits.size)
        self._tally.waits += sums.reshape(self._tally.waits.shape)

    def _add_cases(self, settled: _Settled) -> None:
        """Count cases by the day they began; those that never asked for a human are none."""
        log, inbound = settled.log, self._inbound[settled.log.channel]
        asked = inbound | (log.failed > 0)  # else only the menu has served the case so far
        never_answered = log.answered_before == 0
        answered = asked & settled.answered & never_answered
        first_try = (
            inbound & (log.outcome != Outcome.CONTAINED) & (log.failed == 0) & never_answered
        )
        day = ((log.born_s - self._from_s) / DAY_S).astype(np.int64)
        cell = day * len(self._inbound) + log.channel
        for name, counts in {
            "cases": first_try,
            "cases_answered": answered,
            "first_tries_answered": first_try & answered,
            "cases_satisfied": answered & settled.satisfied,
        }.items():
            sums = np.bincount(cell[counts], minlength=self._days * len(self._inbound))
            self._tally.by_day[name] += sums.reshape(self._days, -1)

    def _add_busy(self, log: ContactLog) -> None:
        """Add the time agents were busy while on duty: the union of what each had in hand.

        What is in hand at midnight is kept for the next time, when the next day's duty is known.
        """
        handled = log.seat != NOBODY
        seat, channel = log.seat[handled], log.channel[handled]
        start_s, done_s = log.start_s[handled], log.done_s[handled]
        counted = (start_s >= self._from_s) & (start_s < self._until_s)
        spent_s = (done_s - start_s) * counted
        self._tally.handled_s += np.bincount(channel, spent_s, len(self._inbound))
        seat = np.concatenate([self._in_hand[0], seat])
        start_s = np.concatenate([self._in_hand[1], start_s])
        done_s = np.concatenate([self._in_hand[2], done_s])
        midnight_s = self._today_s + DAY_S
        over = done_s > midnight_s
        self._in_hand = (seat[over], np.full(int(over.sum()), midnight_s), done_s[over])
        order = _by_seat(seat, start_s)
        seat, start_s, done_s = seat[order], start_s[order], done_s[order]
        seat_s = seat * self._ahead_s
        begin_s = seat_s + np.maximum(start_s, self._from_s)
        end_s = seat_s + np.minimum(done_s, min(midnight_s, self._until_s))
        begin_s[1:] = np.maximum(begin_s[1:], np.maximum.accumulate(end_s)[:-1])
        end_s = np.maximum(end_s, begin_s)
        busy_s = self._duty_until(end_s) - self._duty_until(begin_s)
        team = self._team_of_seat[seat]
        self._tally.busy_s += np.bincount(team, busy_s, len(self._tally.busy_s))

    def _duty_until(self, seat_and_time_s: Floats) -> Floats:
        """Return the time on duty before *seat × ahead + time*, of that seat and lower ones."""
        if not self._stints:
            return np.zeros_like(seat_and_time_s)
        seat_s = np.concatenate([duty.seat for duty in self._stints]) * self._ahead_s
        on_s = seat_s + np.concatenate([duty.on_s for duty in self._stints])
        off_s = seat_s + np.concatenate([duty.off_s for duty in self._stints])
        order = np.argsort(on_s)
        length_s = np.concatenate([[0.0], (off_s - on_s)[order]])  # no duty before the first
        on_s = np.concatenate([[-np.inf], on_s[order]])
        found = np.searchsorted(on_s, seat_and_time_s, side="right") - 1
        into_s = np.minimum(seat_and_time_s - on_s[found], length_s[found])
        time_s: Floats = (np.cumsum(length_s) - length_s)[found] + into_s
        return time_s


def _by_seat(seat: Ints, start_s: Floats) -> Ints:
    """Return the order by seat, then by time, of contacts nearly in the order of time, ``(n,)``."""
    by_time = np.argsort(start_s, kind="stable")  # quick on what is nearly in order
    small = seat.astype(np.int16 if seat.max(initial=0) < _SMALL else np.int64)
    order: Ints = by_time[np.argsort(small[by_time], kind="stable")]  # small ones by counting
    return order
