"""Counting contacts, compiled: what ``hotline_sim.measures.vectorised`` does, contact by contact.

Who changes one changes the other: the same sums, by the same operations in the same order.
Times lie on a grid, so sums of them are exact in whichever order they are added.

What a contact adds to most sums follows from its outcome and a few answers of yes or no: its
kind. Contacts are counted by kind, and in the end each kind is added to the sums it belongs
to; adding every contact to every sum took a third longer.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hotline_sim.compiled import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CONTAINED,
    DUE_AFTER_END,
    LEFT,
    NOBODY,
    OPEN,
    Record,
    Records,
    at,
    by_reference,
    entered,
    inlined,
    int64,
    plain,
    record,
)
from hotline_sim.definitions import WITHIN
from hotline_sim.domain import (
    DAY_S,
    HALF_HOUR_S,
    HALF_HOURS,
    LOG_DTYPES,
    NEVER_ASKED,
    Bools,
    ContactLog,
    Floats,
    Ints,
    Outcome,
    Spans,
)

if TYPE_CHECKING:
    from hotline_sim.measures.queue import Peaks

_MINUTE_S = 60.0

# Kinds of contacts: bits that all have, and then those of the answered, or the outcome.
_FIRST_TRY, _AFTER_FAILURE, _WAITED = int64(1), int64(2), int64(4)
_ASKED, _SATISFIED, _RATED = int64(8), int64(16), int64(32)
_UNANSWERED, _BY_OUTCOME = int64(64), int64(8)
KINDS = 64 + 8 * len(Outcome)

_ANSWERED_WITHIN, _ABANDONED_WITHIN, _OF_DIALLING = range(len(WITHIN))  # columns

SEAT = record(
    until_s="f8",  # when it had nothing in hand any more
    stint="i8",  # the first that has not ended
)


class Columns(NamedTuple):
    """The columns of a :class:`~hotline_sim.domain.ContactLog` that are counted."""

    channel: Ints
    outcome: Ints
    team: Ints
    seat: Ints
    after: Ints
    failed: Ints
    answered_before: Ints
    department: Ints
    born_s: Floats
    arrival_s: Floats
    request_s: Floats
    start_s: Floats
    end_s: Floats
    done_s: Floats
    order_s: Floats
    mood: Floats
    rating: Floats


class CountingRules(NamedTuple):
    """What ``hotline_sim.measures.counting_rules`` holds contacts against, and what satisfies."""

    from_s: float
    until_s: float
    thresholds_s: Floats
    bins_per_doubling: int
    calls: Bools  # by channel
    inbound: Bools
    deadline_s: Floats
    has_deadlines: bool
    order_deadline_s: Floats
    has_orders: bool
    are_asked: bool
    base: Floats  # by team
    per_minute_waited: float
    per_failed_contact: float
    settled_at_once: float
    order_late: float
    participation: float
    response_ratio: float
    adds: Floats  # (KINDS, names)


class Sums(NamedTuple):
    """A :class:`~hotline_sim.measures.Tally`; its sums by name are records here."""

    by_day: Records  # (days, channels)
    by_half_hour: Records  # (48, channels)
    calls: Floats
    answered_by_team: Floats
    waits: Ints
    handled_s: Floats
    orders: Floats
    # those at thresholds: answered, abandoned, and answered since dialling
    within_by_day: Floats  # (days, channels, thresholds, 3)
    within_by_half_hour: Floats  # (48, channels, thresholds, 3)
    # what is to be added to the first two: contacts by kind, and the sums as rows of numbers
    kinds_by_day: Ints  # (days, channels, KINDS)
    kinds_by_half_hour: Ints
    rows_by_day: Floats  # (days, channels, names)
    rows_by_half_hour: Floats


class Notes(NamedTuple):
    """What is noted of each contact, and of those that agents had in hand."""

    against: Floats  # the odds against satisfaction; as a logarithm, until NumPy has seen them
    waited: Floats  # 1 + the wait of the answered; then the doublings in it
    half_hour: Ints  # of its arrival, since counting began; NOBODY: not counted
    kind: Ints
    satisfied: Bools
    sought_s: Floats  # the wait for a human
    queued_from_s: Floats  # of those who waited, one behind the other
    queued_until_s: Floats
    hand_seat: Ints
    hand_from_s: Floats
    hand_until_s: Floats


class Buffers(NamedTuple):
    """What is used while busy time is added: the orders of time, seats, and chains of stints."""

    hands_in_order: Ints
    stints_in_order: Ints
    seats: Records
    behind: Ints  # each stint: the next of its seat
    team_of_seat: Ints
    busy_s: Floats  # by team: what is added to


def columns_of(log: ContactLog) -> Columns:
    """Return the columns of a log, each in the one form that counting is compiled for."""
    return Columns(*(plain(getattr(log, name), LOG_DTYPES[name]) for name in Columns._fields))


def adds_of_kinds(sums: np.dtype[np.void]) -> Records:
    """Return what a contact of each kind adds to the sums, ``(KINDS,)``.

    That of a first try includes what it adds by birth: it arrives when its case is born.
    """
    kind = np.arange(KINDS)

    def has(bit: int) -> Bools:
        return (kind & bit) > 0

    answered = kind < _UNANSWERED
    outcome = np.where(answered, ANSWERED, (kind - _UNANSWERED) // _BY_OUTCOME)
    adds = np.zeros(KINDS, sums)
    for ending in Outcome:
        if ending != DUE_AFTER_END:  # which is counted by birth
            adds[ending.name.lower()] = outcome == ending
    adds["offered"] = offered = ~np.isin(outcome, NEVER_ASKED)
    adds["redials"] = offered & has(_AFTER_FAILURE)
    abandoned = outcome == ABANDONED
    adds["waited"] = waited = has(_WAITED)
    adds["abandoned_after_waiting"] = abandoned & waited
    adds["left_at_once"] = abandoned & ~waited
    adds["asked"] = answered & has(_ASKED)
    adds["satisfied"] = satisfied = answered & has(_SATISFIED)
    adds["ratings"] = rated = answered & has(_RATED)
    adds["satisfied_ratings"] = satisfied & rated
    adds["cases"] = offered & has(_FIRST_TRY)
    adds["cases_answered"] = adds["first_tries_answered"] = answered & has(_FIRST_TRY)
    adds["cases_satisfied"] = satisfied & has(_FIRST_TRY)
    return adds


@entered
def weighs(log: Columns, by: CountingRules, notes: Notes) -> None:
    """Note the odds against satisfaction, and the waits.

    Their exponential and logarithm are left to NumPy: it is quicker at whole columns, and
    another function might give another last place.
    """
    for i in range(len(log.channel)):
        wait_s = log.start_s[i] - log.arrival_s[i]
        notes.waited[i] = 1.0 + wait_s if log.outcome[i] == ANSWERED else 1.0
        notes.against[i] = 0.0
        if by.are_asked and log.team[i] != NOBODY:
            late = by.has_orders and log.order_s[i] > by.order_deadline_s[log.department[i]]
            notes.against[i] = -(
                by.base[at(log.team[i])]
                - by.per_minute_waited * wait_s / _MINUTE_S
                - by.per_failed_contact * log.failed[i]
                + by.settled_at_once * math.isnan(log.order_s[i])
                - by.order_late * late
            )


@entered
def counts(log: Columns, by: CountingRules, sums: Sums, notes: Notes, held: int) -> int:
    """Count contacts; note behind the *held* what agents had in hand, and return how many."""
    log, by, sums, notes = (
        by_reference(log),
        by_reference(by),
        by_reference(sums),
        by_reference(notes),
    )
    _notes_kinds(log, by, notes)
    _counts_kinds(log, by, sums, notes)
    _counts_cases(log, by, sums, notes)
    if by.has_deadlines:
        _counts_messages_due(log, by, sums, notes)
    if by.has_orders:
        _counts_orders(log, by, sums, notes)
    return _notes_hands(log, by, sums, notes, held)


@inlined
def _has_asked(outcome: int) -> bool:
    """Tell whether a contact that ended so asked for a human."""
    return (outcome != CONTAINED) & (outcome != LEFT) & (outcome != DUE_AFTER_END)


@inlined
def _request_s(log: Columns, i: int) -> float:
    """Return when a contact asked for a human; who never did, or had no line, as it arrived."""
    asked_s: float = log.request_s[i]
    return log.arrival_s[i] if math.isnan(asked_s) else asked_s


@inlined
def _queued_until_s(log: Columns, by: CountingRules, i: int) -> float:
    """Return when a contact was no longer in the queue; a silent chat is, until it is found."""
    outcome = log.outcome[i]
    until_s: float = log.start_s[i]
    if (outcome == BLOCKED) | (not _has_asked(outcome)):
        until_s = _request_s(log, i)
    elif math.isnan(until_s):
        until_s = by.until_s if outcome == OPEN else log.end_s[i]
    return until_s


@inlined
def _notes_kinds(log: Columns, by: CountingRules, notes: Notes) -> None:
    """Note of each contact when it arrived, its kind, and whether it satisfied."""
    for i in range(len(log.channel)):
        arrival_s, outcome, after = log.arrival_s[i], log.outcome[i], log.after[i]
        half_hour = int((arrival_s - by.from_s) / HALF_HOUR_S)
        counted = (by.from_s <= arrival_s) & (arrival_s < by.until_s)
        notes.half_hour[i] = half_hour if counted else NOBODY
        served = by.are_asked & (log.team[i] != NOBODY)
        satisfied = served & (log.mood[i] < 1.0 / (1.0 + notes.against[i]))
        notes.satisfied[i] = satisfied
        share = by.participation if satisfied else by.response_ratio * by.participation
        inbound, never_answered = by.inbound[at(log.channel[i])], log.answered_before[i] == 0
        is_first = inbound & never_answered & (log.failed[i] == 0) & (log.born_s[i] == arrival_s)
        after_failure = inbound & ((after == ABANDONED) | (after == BLOCKED))
        asked = by.are_asked & (inbound | never_answered)
        left_s = log.end_s[i] if outcome == ABANDONED else _queued_until_s(log, by, i)
        notes.sought_s[i] = sought_s = left_s - _request_s(log, i)
        both = _FIRST_TRY * is_first | _AFTER_FAILURE * after_failure | _WAITED * (sought_s > 0.0)
        if_answered = (
            _ASKED * asked
            | _SATISFIED * (asked & satisfied)
            | _RATED * (asked & (log.rating[i] < share))
        )
        if_not = _UNANSWERED + _BY_OUTCOME * outcome
        notes.kind[i] = both + (if_answered if outcome == ANSWERED else if_not)


@inlined
def _counts_kinds(log: Columns, by: CountingRules, sums: Sums, notes: Notes) -> None:
    """Count contacts by the day and half-hour of their arrival."""
    for i in range(len(log.channel)):
        half_hour = notes.half_hour[i]
        if half_hour == NOBODY:
            continue
        channel, kind = at(log.channel[i]), at(notes.kind[i])
        day = half_hour // HALF_HOURS
        time = half_hour - day * HALF_HOURS
        sums.kinds_by_day[at(day), channel, kind] += 1
        sums.kinds_by_half_hour[at(time), channel, kind] += 1
        answered = log.outcome[i] == ANSWERED
        if kind & _WAITED:
            _counts_wait(log, by, sums, notes, i)
        if by.calls[channel]:
            sums.calls[at(half_hour), 0] += _has_asked(log.outcome[i])
            sums.calls[at(half_hour), 1] += answered
        if answered:
            wait_s = log.start_s[i] - log.arrival_s[i]
            sums.by_day[at(day), channel].wait_s += wait_s
            sums.by_half_hour[at(time), channel].wait_s += wait_s
            for place in range(len(by.thresholds_s)):
                if wait_s <= by.thresholds_s[place]:
                    sums.within_by_day[at(day), channel, place, _OF_DIALLING] += 1.0
                    sums.within_by_half_hour[at(time), channel, place, _OF_DIALLING] += 1.0
            sums.waits[channel, at(int(notes.waited[i] * by.bins_per_doubling))] += 1
            if by.inbound[channel]:
                sums.answered_by_team[at(day), at(log.team[i])] += 1.0


@entered
def spreads(by: CountingRules, sums: Sums) -> None:
    """Add what was counted by kind to the sums, once for all that was counted before."""
    _spreads(sums.kinds_by_day, sums.rows_by_day, sums.within_by_day, by.adds)
    _spreads(sums.kinds_by_half_hour, sums.rows_by_half_hour, sums.within_by_half_hour, by.adds)


@inlined
def _counts_wait(log: Columns, by: CountingRules, sums: Sums, notes: Notes, i: int) -> None:
    """Count a wait for a human; those of no time are within every threshold, as their kind says."""
    half_hour, channel, sought_s = notes.half_hour[i], at(log.channel[i]), notes.sought_s[i]
    day = at(half_hour // HALF_HOURS)
    time = at(half_hour - day * HALF_HOURS)
    sums.by_day[day, channel].waited_s += sought_s
    sums.by_half_hour[time, channel].waited_s += sought_s
    abandoned = log.outcome[i] == ABANDONED
    if abandoned:
        sums.by_day[day, channel].abandoned_wait_s += sought_s
        sums.by_half_hour[time, channel].abandoned_wait_s += sought_s
    elif log.outcome[i] != ANSWERED:
        return
    column = _ABANDONED_WITHIN if abandoned else _ANSWERED_WITHIN
    for place in range(len(by.thresholds_s)):
        if sought_s <= by.thresholds_s[place]:
            sums.within_by_day[day, channel, place, column] += 1.0
            sums.within_by_half_hour[time, channel, place, column] += 1.0


@inlined
def _spreads(kinds: Ints, rows: Floats, within: Floats, adds: Floats) -> None:
    """Add contacts by kind to the sums they belong to, and forget them."""
    for place in range(kinds.shape[0]):
        for channel in range(kinds.shape[1]):
            for kind in range(kinds.shape[2]):
                count = kinds[place, channel, kind]
                if count > 0:
                    kinds[place, channel, kind] = 0
                    for name in range(adds.shape[1]):
                        rows[place, channel, name] += count * adds[kind, name]
                    if kind & _WAITED:
                        continue
                    answered = kind < _UNANSWERED
                    if answered or (kind - _UNANSWERED) // _BY_OUTCOME == ABANDONED:
                        column = _ANSWERED_WITHIN if answered else _ABANDONED_WITHIN
                        for threshold in range(within.shape[2]):
                            within[place, channel, threshold, column] += count


@inlined
def _counts_cases(log: Columns, by: CountingRules, sums: Sums, notes: Notes) -> None:
    """Count cases by the day they began, by contacts that are not first tries but tell of them."""
    for i in range(len(log.channel)):
        is_due = log.outcome[i] == DUE_AFTER_END
        if not is_due and (notes.kind[i] & _FIRST_TRY or log.answered_before[i] != 0):
            continue
        born_s = log.born_s[i]
        if not by.from_s <= born_s < by.until_s:
            continue
        day = at(int((born_s - by.from_s) / DAY_S))
        here = sums.by_day[day, at(log.channel[i])]
        if is_due:
            here.due_after_end += 1.0
            continue
        inbound, failed = by.inbound[at(log.channel[i])], log.failed[i]
        first_try = inbound & _has_asked(log.outcome[i]) & (failed == 0)
        answered = (log.outcome[i] == ANSWERED) & (inbound | (failed > 0))
        here.cases += first_try
        here.cases_answered += answered
        here.first_tries_answered += first_try & answered
        here.cases_satisfied += answered & notes.satisfied[i]


@inlined
def _counts_messages_due(log: Columns, by: CountingRules, sums: Sums, notes: Notes) -> None:
    """Count messages whose deadline lies within the horizon, and those answered by it."""
    for i in range(len(log.channel)):
        due_s = log.arrival_s[i] + by.deadline_s[at(log.channel[i])]  # nan: no deadline
        if notes.half_hour[i] != NOBODY and due_s <= by.until_s and _has_asked(log.outcome[i]):
            in_time = (log.outcome[i] == ANSWERED) & (log.end_s[i] <= due_s)
            day, half_hour = _places(log, sums, notes, i)
            day.due += 1.0
            day.in_time += in_time
            half_hour.due += 1.0
            half_hour.in_time += in_time


@inlined
def _counts_orders(log: Columns, by: CountingRules, sums: Sums, notes: Notes) -> None:
    """Count work orders, and those closed by their deadline."""
    for i in range(len(log.channel)):
        order_s, department = log.order_s[i], log.department[i]
        if notes.half_hour[i] == NOBODY:
            continue
        on_time = order_s <= by.order_deadline_s[department]
        if not math.isnan(order_s):
            day, half_hour = _places(log, sums, notes, i)
            day.work_orders += 1.0
            day.orders_on_time += on_time
            half_hour.work_orders += 1.0
            half_hour.orders_on_time += on_time
        if department != NOBODY:
            sums.orders[0, department] += 1.0
            sums.orders[1, department] += on_time
            sums.orders[2, department] += order_s


@inlined
def _places(log: Columns, sums: Sums, notes: Notes, i: int) -> tuple[Record, Record]:
    """Return the sums of the day and of the half-hour of a contact's arrival."""
    day = notes.half_hour[i] // HALF_HOURS
    channel = at(log.channel[i])
    time = at(notes.half_hour[i] - day * HALF_HOURS)
    return sums.by_day[at(day), channel], sums.by_half_hour[time, channel]


@entered
def adds_queued(log: Columns, by: CountingRules, sums: Sums, notes: Notes, closing: bool) -> int:
    """Add the time spent in the queue; note who was in that of calls, and return how many.

    At the close those who left are chats that nobody found: they are in it to the end.
    """
    log, by, sums, notes = (
        by_reference(log),
        by_reference(by),
        by_reference(sums),
        by_reference(notes),
    )
    queued = 0
    for i in range(len(log.channel)):
        if not notes.kind[i] & _WAITED and log.outcome[i] != ABANDONED:
            continue
        from_s = max(_request_s(log, i), by.from_s)
        until_s = by.until_s
        if not (closing and log.outcome[i] == ABANDONED):
            until_s = min(_queued_until_s(log, by, i), until_s)
        if not from_s < until_s:
            continue
        channel = at(log.channel[i])
        if by.calls[channel]:
            notes.queued_from_s[queued] = from_s
            notes.queued_until_s[queued] = until_s
            queued += 1
        half_hour = int((from_s - by.from_s) / HALF_HOUR_S)
        while from_s < until_s:
            edge_s = by.from_s + (half_hour + 1) * HALF_HOUR_S
            spent_s = min(edge_s, until_s) - from_s
            day = half_hour // HALF_HOURS
            sums.by_day[at(day), channel].queue_s += spent_s
            sums.by_half_hour[at(half_hour - day * HALF_HOURS), channel].queue_s += spent_s
            from_s = edge_s
            half_hour += 1
    return queued


@entered
def finds_peaks(
    begin_s: Floats, end_s: Floats, peaks: Peaks, found: Peaks, midnight_s: float
) -> int:
    """Find the peaks of ``hotline_sim.measures.queue``, and return how many.

    Goes back in time: before each instant so many had begun and so many ended.
    """
    count, most, begun, ended = 0, 0, len(begin_s), len(end_s)
    while ended > 0:
        until_s = min(end_s[ended - 1], midnight_s)
        while ended > 0 and end_s[ended - 1] >= until_s:
            ended -= 1
        while begun > 0 and begin_s[begun - 1] >= until_s:
            begun -= 1
        if begun - ended > most:
            most = begun - ended
            found.until_s[count] = until_s
            found.waiting[count] = most
            count += 1
    for i in range(len(peaks.until_s)):
        until_s = peaks.until_s[i]
        while begun > 0 and begin_s[begun - 1] >= until_s:
            begun -= 1
        if peaks.waiting[i] + begun > most:
            most = peaks.waiting[i] + begun
            found.until_s[count] = until_s
            found.waiting[count] = most
            count += 1
    return count


@inlined
def _notes_hands(log: Columns, by: CountingRules, sums: Sums, notes: Notes, held: int) -> int:
    """Note what agents had in hand, and add the time they spent on it."""
    for i in range(len(log.channel)):
        if log.seat[i] != NOBODY:
            start_s, done_s = log.start_s[i], log.done_s[i]
            if (by.from_s <= start_s) & (start_s < by.until_s):
                sums.handled_s[at(log.channel[i])] += done_s - start_s
            notes.hand_seat[held] = log.seat[i]
            notes.hand_from_s[held] = start_s
            notes.hand_until_s[held] = done_s
            held += 1
    return held


@entered
def adds_busy(hands: Spans, stints: Spans, buffers: Buffers, from_s: float, until_s: float) -> None:
    """Add the time seats had something in hand while filled, each on its walk through time."""
    seats, behind = buffers.seats, buffers.behind
    for i in range(len(seats)):
        seats[i].until_s = from_s
        seats[i].stint = NOBODY
    for i in range(len(behind) - 1, -1, -1):
        stint = buffers.stints_in_order[i]
        seat = seats[at(stints.seat[at(stint)])]
        behind[at(stint)] = seat.stint
        seat.stint = stint
    for i in range(len(buffers.hands_in_order)):
        hand = at(buffers.hands_in_order[i])
        seat = seats[at(hands.seat[hand])]
        begin_s, end_s = max(hands.from_s[hand], seat.until_s), min(hands.until_s[hand], until_s)
        if end_s <= begin_s:
            continue
        seat.until_s = end_s
        while seat.stint != NOBODY and stints.until_s[at(seat.stint)] <= begin_s:
            seat.stint = behind[at(seat.stint)]
        stint = seat.stint
        while stint != NOBODY and stints.from_s[at(stint)] < end_s:
            on_s = max(stints.from_s[at(stint)], begin_s)
            off_s = min(stints.until_s[at(stint)], end_s)
            buffers.busy_s[at(buffers.team_of_seat[at(hands.seat[hand])])] += off_s - on_s
            stint = behind[at(stint)]
