"""Counting contact by contact, compiled: the same tally as the definition's, sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.compiled import Records, record
from hotline_sim.definitions import WITHIN
from hotline_sim.domain import HALF_HOURS, ContactLog, Floats, Spans
from hotline_sim.measures import counting
from hotline_sim.measures.opinions import Opinions
from hotline_sim.measures.queue import Peaks, Queue
from hotline_sim.measures.tally import (
    BINS_PER_DOUBLING,
    BY_ARRIVAL,
    BY_BIRTH,
    QUEUE,
    Tally,
    sums_within,
)

if TYPE_CHECKING:
    from hotline_sim.measures.counting_rules import CountingRules
    from hotline_sim.scenario import Scenario

_NAMES = (*BY_ARRIVAL, QUEUE, *BY_BIRTH)
_SUMS = record(**dict.fromkeys(_NAMES, "f8"))


class Compiled:
    """Adds the contacts of a log to a tally, as :class:`Vectorised` does."""

    def __init__(self, scenario: Scenario, counting_rules: CountingRules) -> None:
        channels = len(scenario.channels)
        days = (scenario.horizon.days, HALF_HOURS)
        by_day, by_half_hour = (np.zeros((n, channels), _SUMS) for n in days)
        within = [np.zeros((n, channels, len(scenario.thresholds_s), len(WITHIN))) for n in days]
        self._tally = replace(
            Tally.empty(scenario),
            by_day={name: np.asarray(by_day[name]) for name in _NAMES}
            | _of_thresholds(scenario, within[0]),
            by_half_hour={name: np.asarray(by_half_hour[name]) for name in (*BY_ARRIVAL, QUEUE)}
            | _of_thresholds(scenario, within[1]),
        )
        self._sums = counting.Sums(
            by_day=by_day,
            by_half_hour=by_half_hour,
            calls=self._tally.calls,
            answered_by_team=self._tally.answered_by_team,
            waits=self._tally.waits,
            handled_s=self._tally.handled_s,
            orders=self._tally.orders,
            within_by_day=within[0],
            within_by_half_hour=within[1],
            kinds_by_day=np.zeros((*by_day.shape, counting.KINDS), np.int64),
            kinds_by_half_hour=np.zeros((*by_half_hour.shape, counting.KINDS), np.int64),
            rows_by_day=_rows(by_day),
            rows_by_half_hour=_rows(by_half_hour),
        )
        self._by = _compiled_for(counting_rules, Opinions(scenario))
        self._team_of_seat = counting_rules.team_of_seat
        self._queue = Queue(_peaks_of)
        self._notes = _notes(0)

    @property
    def tally(self) -> Tally:
        """The sums so far; what was counted by kind is added to them when they are asked for."""
        counting.spreads(self._by, self._sums)
        return self._tally

    def add_contacts(
        self, log: ContactLog, in_hand: Spans, midnight_s: float, *, closing: bool
    ) -> Spans:
        """Count contacts; return what agents had in hand, that of earlier days before the rest."""
        n, held = len(log), len(in_hand.seat)
        if len(self._notes.kind) < n + held:
            self._notes = _notes(2 * (n + held))
        columns, notes = counting.columns_of(log), self._notes
        counting.weighs(columns, self._by, notes)
        against, waited = notes.against[:n], notes.waited[:n]
        if self._by.are_asked:
            with np.errstate(over="ignore"):  # after hours of waiting: exp is inf, 1 / inf is 0
                np.exp(against, out=against)
        np.log2(waited, out=waited)
        hands = Spans(notes.hand_seat, notes.hand_from_s, notes.hand_until_s)
        for column, earlier in zip(hands, in_hand, strict=True):
            column[:held] = earlier
        held = counting.counts(columns, self._by, self._sums, notes, held)
        queued = counting.adds_queued(columns, self._by, self._sums, notes, closing)
        self._queue.add(notes.queued_from_s[:queued], notes.queued_until_s[:queued], midnight_s)
        self._tally.queue_max = self._queue.longest
        return hands.where(slice(held))

    def add_busy(self, hands: Spans, stints: Spans, until_s: float) -> None:
        """Add the time agents were busy while on duty: the union of what each had in hand."""
        buffers = counting.Buffers(
            hands_in_order=np.argsort(hands.from_s, kind="stable"),  # quick: they nearly are
            stints_in_order=np.argsort(stints.from_s, kind="stable"),
            seats=np.zeros(len(self._team_of_seat), counting.SEAT),
            behind=np.empty(len(stints.seat), np.int64),
            team_of_seat=self._team_of_seat,
            busy_s=self._tally.busy_s,
        )
        counting.adds_busy(hands, stints, buffers, self._by.from_s, until_s)


def _rows(sums: Records) -> Floats:
    """Return sums as rows of numbers: the same memory, not a copy."""
    return sums.view((np.float64, len(_NAMES)))


def _of_thresholds(scenario: Scenario, sums: Floats) -> dict[str, Floats]:
    """Return the sums at each threshold by name, of ``(n, channels, thresholds, kinds)``."""
    each = sums.reshape(*sums.shape[:2], -1)
    return {name: each[:, :, i] for i, name in enumerate(sums_within(scenario))}


def _peaks_of(begin_s: Floats, end_s: Floats, peaks: Peaks, midnight_s: float) -> Peaks:
    """Return what ``queue.peaks_of`` does."""
    most = len(end_s) + len(peaks.until_s)
    found = Peaks(np.empty(most), np.empty(most, np.int64))
    count = counting.finds_peaks(begin_s, end_s, peaks, found, midnight_s)
    return Peaks(found.until_s[:count], found.waiting[:count])


def _notes(n: int) -> counting.Notes:
    """Return buffers for notes of so many contacts."""
    return counting.Notes(
        against=np.empty(n),
        waited=np.empty(n),
        half_hour=np.empty(n, np.int64),
        kind=np.empty(n, np.int64),
        satisfied=np.empty(n, bool),
        sought_s=np.empty(n),
        queued_from_s=np.empty(n),
        queued_until_s=np.empty(n),
        hand_seat=np.empty(n, np.int64),
        hand_from_s=np.empty(n),
        hand_until_s=np.empty(n),
    )


def _compiled_for(counting_rules: CountingRules, opinions: Opinions) -> counting.CountingRules:
    """Return a counting_rules in the form that counting is compiled for."""
    channels = np.arange(len(counting_rules.inbound))
    table = opinions.table
    return counting.CountingRules(
        from_s=counting_rules.from_s,
        until_s=counting_rules.until_s,
        thresholds_s=counting_rules.thresholds_s,
        bins_per_doubling=BINS_PER_DOUBLING,
        calls=np.isin(channels, counting_rules.calls),
        inbound=counting_rules.inbound,
        deadline_s=counting_rules.deadline_s,
        has_deadlines=counting_rules.has_deadlines,
        order_deadline_s=counting_rules.order_deadline_s,
        has_orders=counting_rules.has_orders,
        are_asked=table is not None,
        base=opinions.base,
        per_minute_waited=table.per_minute_waited if table else 0.0,
        per_failed_contact=table.per_failed_contact if table else 0.0,
        settled_at_once=table.settled_at_once if table else 0.0,
        order_late=table.order_late if table else 0.0,
        participation=table.participation if table else 0.0,
        response_ratio=table.response_ratio if table else 0.0,
        adds=_rows(counting.adds_of_kinds(_SUMS)),
    )
