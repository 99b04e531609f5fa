"""Counting by whole columns, with NumPy: the definition of what a tally holds.

:mod:`hotline_sim.measures.compiled` counts the same, contact by contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import with_threshold
from hotline_sim.domain import (
    DAY_S,
    FAILURES,
    HALF_HOUR_S,
    HALF_HOURS,
    NEVER_ASKED,
    NOBODY,
    Bools,
    ContactLog,
    Floats,
    Ints,
    Outcome,
    Spans,
)
from hotline_sim.measures.opinions import Opinions
from hotline_sim.measures.queue import Queue
from hotline_sim.measures.tally import BINS_PER_DOUBLING, QUEUE, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.measures.counting_rules import CountingRules
    from hotline_sim.scenario import Scenario

_SMALL = 2**15  # NumPy sorts 16-bit numbers by counting
_IS_FAILURE = np.isin(np.arange(len(Outcome) + 1), FAILURES)  # the last is NOBODY
_NEVER_ASKED = np.isin(np.arange(len(Outcome)), NEVER_ASKED)


@dataclass(frozen=True, eq=False)
class _Settled:
    """Contacts settled, and what those answered think, ``(n_contacts,)`` each.

    Two waits are told apart: that of the answered, from dialling, and that for a human, of
    whoever asked for one, from the request.
    """

    log: ContactLog
    satisfied: Bools
    rated: Bools
    until_s: float  # who still waits, waits until then

    @cached_property
    def request_s(self) -> Floats:
        """When each asked for a human; those who never did, or had no line, as they arrived."""
        asked_s = self.log.request_s
        request_s: Floats = np.where(np.isnan(asked_s), self.log.arrival_s, asked_s)
        return request_s

    @cached_property
    def never_asked(self) -> Bools:
        """Who never asked for a human."""
        never: Bools = _NEVER_ASKED[self.log.outcome]
        return never

    @cached_property
    def queued_until_s(self) -> Floats:
        """When each was no longer in the queue; a chat that left silently is, until it is found."""
        log = self.log
        ended_s = np.where(log.outcome == Outcome.OPEN, self.until_s, log.end_s)
        ended_s = np.where(np.isnan(log.start_s), ended_s, log.start_s)
        never = (log.outcome == Outcome.BLOCKED) | self.never_asked
        until_s: Floats = np.where(never, self.request_s, ended_s)
        return until_s

    @cached_property
    def sought_s(self) -> Floats:
        """How long each waited for a human; 0 for those who never did."""
        until_s = np.where(self.abandoned, self.log.end_s, self.queued_until_s)
        sought_s: Floats = until_s - self.request_s
        return sought_s

    @cached_property
    def abandoned(self) -> Bools:
        """Who left."""
        abandoned: Bools = self.log.outcome == Outcome.ABANDONED
        return abandoned

    @cached_property
    def answered(self) -> Bools:
        """Who was answered."""
        answered: Bools = self.log.outcome == Outcome.ANSWERED
        return answered

    @cached_property
    def wait_s(self) -> Floats:
        """How long each waited from dialling until an agent came; nan for who did not get one."""
        return self.log.start_s - self.log.arrival_s

    def where(self, keep: Bools) -> _Settled:
        """Return the contacts picked by a mask."""
        if keep.all():  # as on nearly all days: no copies then
            return self
        log = self.log.where(keep)
        return _Settled(log, self.satisfied[keep], self.rated[keep], self.until_s)


class Vectorised:
    """Adds the contacts of a log to a tally, column by column."""

    def __init__(self, scenario: Scenario, counting_rules: CountingRules) -> None:
        self._tally = Tally.empty(scenario)
        self._by = counting_rules
        self._opinions = Opinions(scenario)
        self._queue = Queue()
        # keeps one seat's times off the next's
        self._ahead_s = 2.0 * counting_rules.until_s + 10 * DAY_S

    @property
    def tally(self) -> Tally:
        """The sums so far."""
        return self._tally

    def add_contacts(
        self, log: ContactLog, in_hand: Spans, midnight_s: float, *, closing: bool
    ) -> Spans:
        """Count contacts; return what agents had in hand, that of earlier days before the rest."""
        settled = _Settled(log, *self._opinions.of(log), self._by.until_s)
        self._add_cases(settled.where(self._is_counted(log.born_s)))
        self._add_arrivals(settled.where(self._is_counted(log.arrival_s)))
        self._add_queue(settled, midnight_s, closing=closing)
        return in_hand.and_then(self._add_handled(log))

    def _is_counted(self, at_s: Floats) -> Bools:
        counted: Bools = (at_s >= self._by.from_s) & (at_s < self._by.until_s)
        return counted

    def _add_arrivals(self, settled: _Settled) -> None:
        log, tally, channels = settled.log, self._tally, len(self._by.inbound)
        if not len(log):
            return
        half_hour = ((log.arrival_s - self._by.from_s) / HALF_HOUR_S).astype(np.int64)
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
                tally.calls[rolling, column] += cube[:, :, self._by.calls].sum(axis=2).ravel()
        self._add_answered(settled, half_hour // HALF_HOURS)
        self._add_orders(log)
        self._add_waits(settled)

    def _add_orders(self, log: ContactLog) -> None:
        if not self._by.has_orders:
            return
        opened = log.department != NOBODY
        department, taken_s = log.department[opened], log.order_s[opened]
        on_time = taken_s <= self._by.order_deadline_s[department]
        departments = self._tally.orders.shape[1]
        sums = [np.bincount(department, w, departments) for w in (None, on_time, taken_s)]
        self._tally.orders += np.stack(sums)

    def _add_answered(self, settled: _Settled, day: Ints) -> None:
        counted = settled.answered & self._by.inbound[settled.log.channel]
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
            if outcome != Outcome.DUE_AFTER_END:  # which is counted by birth
                yield outcome.name.lower(), by_outcome[:, outcome]
        yield "offered", by_outcome[:, ~_NEVER_ASKED].sum(axis=1)
        counted = {
            "waited": settled.sought_s > 0.0,
            "abandoned_after_waiting": settled.abandoned & (settled.sought_s > 0.0),
            "left_at_once": settled.abandoned & (settled.sought_s == 0.0),
            "redials": ~settled.never_asked
            & self._by.inbound[log.channel]
            & _IS_FAILURE[log.after],
        }
        if self._by.has_deadlines:
            due_s = log.arrival_s + self._by.deadline_s[log.channel]
            with np.errstate(invalid="ignore"):  # nan: no deadline, or no end yet
                due = ~settled.never_asked & (due_s <= self._by.until_s)
                counted["due"] = due
                counted["in_time"] = due & answered & (log.end_s <= due_s)
        if self._by.has_orders:
            with np.errstate(invalid="ignore"):  # nan: no order
                counted["work_orders"] = ~np.isnan(log.order_s)
                counted["orders_on_time"] = log.order_s <= self._by.order_deadline_s[log.department]
        if self._opinions.are_asked:
            asked = self._opinions.are_asked_of(log)
            counted["asked"] = asked
            counted["satisfied"] = asked & settled.satisfied
            counted["ratings"] = asked & settled.rated
            counted["satisfied_ratings"] = counted["ratings"] & settled.satisfied
        for within_s in self._by.thresholds_s.tolist():
            soon = settled.sought_s <= within_s
            for name, who in (
                ("answered_within", answered & soon),
                ("abandoned_within", settled.abandoned & soon),
                ("answered_within_of_dialling", answered & (settled.wait_s <= within_s)),
            ):
                counted[with_threshold(name, within_s)] = who
        for name, who in counted.items():
            yield name, np.bincount(cell[who], minlength=cells)
        for name, who, waited_s in (
            ("wait_s", answered, settled.wait_s),
            ("waited_s", True, settled.sought_s),
            ("abandoned_wait_s", settled.abandoned, settled.sought_s),
        ):
            yield name, np.bincount(cell, np.where(who, waited_s, 0.0), cells)

    def _add_waits(self, settled: _Settled) -> None:
        table = self._tally.waits
        bins = np.log2(1.0 + settled.wait_s[settled.answered]) * BINS_PER_DOUBLING
        cell = settled.log.channel[settled.answered] * table.shape[1] + bins.astype(np.int64)
        table += np.bincount(cell, minlength=table.size).reshape(table.shape)

    def _add_queue(self, settled: _Settled, midnight_s: float, *, closing: bool) -> None:
        """Add the time spent in the queue, half-hour by half-hour, and find the longest queue."""
        from_s = np.maximum(settled.request_s, self._by.from_s)
        never_found = settled.abandoned & closing
        until_s = np.where(never_found, self._by.until_s, settled.queued_until_s)
        until_s = np.minimum(until_s, self._by.until_s)
        waited = until_s > from_s
        channel, from_s, until_s = settled.log.channel[waited], from_s[waited], until_s[waited]
        self._add_queue_time(channel, from_s - self._by.from_s, until_s - self._by.from_s)
        of_calls = np.isin(channel, self._by.calls)
        self._queue.add(from_s[of_calls], until_s[of_calls], midnight_s)
        self._tally.queue_max = self._queue.longest

    def _add_queue_time(self, channel: Ints, from_s: Floats, until_s: Floats) -> None:
        """Add times in the queue to the half-hours they lie in; times are since counting began.

        Each adds what is left of its first half-hour, what has passed of its last, and the
        half-hours between; where both are one, that is one half-hour too many.
        """
        if not len(channel):
            return
        channels, first_day = len(self._by.inbound), int(from_s.min() // DAY_S)
        days = int(until_s.max() // DAY_S) + 1 - first_day
        from_s, until_s = from_s - first_day * DAY_S, until_s - first_day * DAY_S
        first, last = (from_s // HALF_HOUR_S).astype(int), (until_s // HALF_HOUR_S).astype(int)
        time_s, between = np.zeros((2, days * HALF_HOURS + 1, channels))
        np.add.at(time_s, (first, channel), (first + 1) * HALF_HOUR_S - from_s)
        np.add.at(time_s, (last, channel), until_s - last * HALF_HOUR_S)
        np.add.at(between, (first + 1, channel), HALF_HOUR_S)
        np.add.at(between, (last, channel), -HALF_HOUR_S)
        time_s += np.cumsum(between, axis=0)
        cube = time_s[:-1].reshape(days, HALF_HOURS, channels)[: self._by.days - first_day]
        self._tally.by_day[QUEUE][first_day : first_day + days] += cube.sum(axis=1)
        self._tally.by_half_hour[QUEUE] += cube.sum(axis=0)

    def _add_cases(self, settled: _Settled) -> None:
        """Count cases by the day they began; those that never asked for a human are none."""
        log, inbound = settled.log, self._by.inbound[settled.log.channel]
        asked = inbound | (log.failed > 0)  # else only the menu has served the case so far
        never_answered = log.answered_before == 0
        answered = asked & settled.answered & never_answered
        first_try = inbound & ~settled.never_asked & (log.failed == 0) & never_answered
        day = ((log.born_s - self._by.from_s) / DAY_S).astype(np.int64)
        cell = day * len(self._by.inbound) + log.channel
        for name, counts in {
            "cases": first_try,
            "cases_answered": answered,
            "first_tries_answered": first_try & answered,
            "cases_satisfied": answered & settled.satisfied,
            "due_after_end": log.outcome == Outcome.DUE_AFTER_END,
        }.items():
            sums = np.bincount(cell[counts], minlength=self._by.days * len(self._by.inbound))
            self._tally.by_day[name] += sums.reshape(self._by.days, -1)

    def _add_handled(self, log: ContactLog) -> Spans:
        """Add the time spent on contacts, and return who spent it when."""
        handled = log.seat != NOBODY
        hands = Spans(log.seat[handled], log.start_s[handled], log.done_s[handled])
        spent_s = (hands.until_s - hands.from_s) * self._is_counted(hands.from_s)
        channels = len(self._tally.handled_s)
        self._tally.handled_s += np.bincount(log.channel[handled], spent_s, channels)
        return hands

    def add_busy(self, hands: Spans, stints: Spans, until_s: float) -> None:
        """Add the time agents were busy while on duty: the union of what each had in hand."""
        order = _by_seat(hands.seat, hands.from_s)
        seat, start_s, done_s = hands.where(order)
        seat_s: Floats = np.multiply(seat, self._ahead_s)
        begin_s: Floats = seat_s + np.maximum(start_s, self._by.from_s)
        end_s: Floats = seat_s + np.minimum(done_s, until_s)
        begin_s[1:] = np.maximum(begin_s[1:], np.maximum.accumulate(end_s)[:-1])
        end_s = np.maximum(end_s, begin_s)
        busy_s = self._duty_until(end_s, stints) - self._duty_until(begin_s, stints)
        team = self._by.team_of_seat[seat]
        self._tally.busy_s += np.bincount(team, busy_s, len(self._tally.busy_s))

    def _duty_until(self, seat_and_time_s: Floats, stints: Spans) -> Floats:
        """Return the time on duty before *seat × ahead + time*, of that seat and lower ones."""
        seat_s = stints.seat * self._ahead_s
        on_s, off_s = seat_s + stints.from_s, seat_s + stints.until_s
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
