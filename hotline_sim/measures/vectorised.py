"""Counting by whole columns, with NumPy: the definition of what a tally holds.

:mod:`hotline_sim.measures.compiled` counts the same, contact by contact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import (
    DAY_S,
    FAILURES,
    HALF_HOUR_S,
    HALF_HOURS,
    NOBODY,
    Bools,
    ContactLog,
    Floats,
    Ints,
    Outcome,
    Spans,
)
from hotline_sim.measures.opinions import Opinions
from hotline_sim.measures.tally import BINS_PER_DOUBLING, SERVICE_S, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.measures.counting_rules import CountingRules
    from hotline_sim.scenario import Scenario

_SMALL = 2**15  # NumPy sorts 16-bit numbers by counting
_IS_FAILURE = np.isin(np.arange(len(Outcome) + 1), FAILURES)  # the last is NOBODY


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


class Vectorised:
    """Adds the contacts of a log to a tally, column by column."""

    def __init__(self, scenario: Scenario, counting_rules: CountingRules) -> None:
        self.tally = Tally.empty(scenario)
        self._by = counting_rules
        self._opinions = Opinions(scenario)
        # keeps one seat's times off the next's
        self._ahead_s = 2.0 * counting_rules.until_s + 10 * DAY_S

    def add_contacts(self, log: ContactLog, in_hand: Spans) -> Spans:
        """Count contacts; return what agents had in hand, that of earlier days before the rest."""
        settled = _Settled(log, *self._opinions.of(log))
        self._add_cases(settled.where(self._is_counted(log.born_s)))
        self._add_arrivals(settled.where(self._is_counted(log.arrival_s)))
        return in_hand.and_then(self._add_handled(log))

    def _is_counted(self, at_s: Floats) -> Bools:
        counted: Bools = (at_s >= self._by.from_s) & (at_s < self._by.until_s)
        return counted

    def _add_arrivals(self, settled: _Settled) -> None:
        log, tally, channels = settled.log, self.tally, len(self._by.inbound)
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
        departments = self.tally.orders.shape[1]
        sums = [np.bincount(department, w, departments) for w in (None, on_time, taken_s)]
        self.tally.orders += np.stack(sums)

    def _add_answered(self, settled: _Settled, day: Ints) -> None:
        counted = settled.answered & self._by.inbound[settled.log.channel]
        table = self.tally.answered_by_team
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
            & self._by.inbound[log.channel]
            & _IS_FAILURE[log.after],
        }
        if self._by.has_deadlines:
            due_s = log.arrival_s + self._by.deadline_s[log.channel]
            with np.errstate(invalid="ignore"):  # nan: no deadline, or no end yet
                due = (log.outcome != Outcome.CONTAINED) & (due_s <= self._by.until_s)
                counted["due"] = due
                counted["in_time"] = due & answered & (log.end_s <= due_s)
        if self._by.has_orders:
            with np.errstate(invalid="ignore"):  # nan: no order
                counted["work_orders"] = ~np.isnan(log.order_s)
                counted["orders_on_time"] = log.order_s <= self._by.order_deadline_s[log.department]
        if self._opinions.are_asked:
            asked = answered & (self._by.inbound[log.channel] | (log.answered_before == 0))
            counted["asked"] = asked
            counted["satisfied"] = asked & settled.satisfied
            counted["ratings"] = asked & settled.rated
            counted["satisfied_ratings"] = counted["ratings"] & settled.satisfied
        for name, who in counted.items():
            yield name, np.bincount(cell[who], minlength=cells)
        yield "wait_s", np.bincount(cell, np.where(answered, settled.wait_s, 0.0), cells)

    def _add_waits(self, settled: _Settled) -> None:
        table = self.tally.waits
        bins = np.log2(1.0 + settled.wait_s[settled.answered]) * BINS_PER_DOUBLING
        cell = settled.log.channel[settled.answered] * table.shape[1] + bins.astype(np.int64)
        table += np.bincount(cell, minlength=table.size).reshape(table.shape)

    def _add_cases(self, settled: _Settled) -> None:
        """Count cases by the day they began; those that never asked for a human are none."""
        log, inbound = settled.log, self._by.inbound[settled.log.channel]
        asked = inbound | (log.failed > 0)  # else only the menu has served the case so far
        never_answered = log.answered_before == 0
        answered = asked & settled.answered & never_answered
        first_try = (
            inbound & (log.outcome != Outcome.CONTAINED) & (log.failed == 0) & never_answered
        )
        day = ((log.born_s - self._by.from_s) / DAY_S).astype(np.int64)
        cell = day * len(self._by.inbound) + log.channel
        for name, counts in {
            "cases": first_try,
            "cases_answered": answered,
            "first_tries_answered": first_try & answered,
            "cases_satisfied": answered & settled.satisfied,
        }.items():
            sums = np.bincount(cell[counts], minlength=self._by.days * len(self._by.inbound))
            self.tally.by_day[name] += sums.reshape(self._by.days, -1)

    def _add_handled(self, log: ContactLog) -> Spans:
        """Add the time spent on contacts, and return who spent it when."""
        handled = log.seat != NOBODY
        hands = Spans(log.seat[handled], log.start_s[handled], log.done_s[handled])
        spent_s = (hands.until_s - hands.from_s) * self._is_counted(hands.from_s)
        channels = len(self.tally.handled_s)
        self.tally.handled_s += np.bincount(log.channel[handled], spent_s, channels)
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
        self.tally.busy_s += np.bincount(team, busy_s, len(self.tally.busy_s))

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
