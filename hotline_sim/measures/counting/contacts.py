"""Counting contacts by their kind, by the day and half-hour of their arrival, and by case."""

from __future__ import annotations

import math

from hotline_sim.compiled import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    DUE_AFTER_END,
    NOBODY,
    Record,
    at,
    by_reference,
    entered,
    inlined,
)
from hotline_sim.domain import DAY_S, HALF_HOUR_S, HALF_HOURS, Floats, Ints
from hotline_sim.measures.counting.records import (
    ABANDONED_WITHIN,
    AFTER_FAILURE,
    ANSWERED_WITHIN,
    ASKED,
    BY_OUTCOME,
    FIRST_TRY,
    OF_DIALLING,
    RATED,
    SATISFIED,
    UNANSWERED,
    WAITED,
    Columns,
    CountingRules,
    Notes,
    Sums,
)
from hotline_sim.measures.counting.times import has_asked, notes_hands, queued_until_s, request_s

_MINUTE_S = 60.0


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
    return notes_hands(log, by, sums, notes, held)


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
        left_s = log.end_s[i] if outcome == ABANDONED else queued_until_s(log, by, i)
        notes.sought_s[i] = sought_s = left_s - request_s(log, i)
        both = FIRST_TRY * is_first | AFTER_FAILURE * after_failure | WAITED * (sought_s > 0.0)
        if_answered = (
            ASKED * asked
            | SATISFIED * (asked & satisfied)
            | RATED * (asked & (log.rating[i] < share))
        )
        if_not = UNANSWERED + BY_OUTCOME * outcome
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
        if kind & WAITED:
            _counts_wait(log, by, sums, notes, i)
        if by.calls[channel]:
            sums.calls[at(half_hour), 0] += has_asked(log.outcome[i])
            sums.calls[at(half_hour), 1] += answered
        if answered:
            wait_s = log.start_s[i] - log.arrival_s[i]
            sums.by_day[at(day), channel].wait_s += wait_s
            sums.by_half_hour[at(time), channel].wait_s += wait_s
            for place in range(len(by.thresholds_s)):
                if wait_s <= by.thresholds_s[place]:
                    sums.within_by_day[at(day), channel, place, OF_DIALLING] += 1.0
                    sums.within_by_half_hour[at(time), channel, place, OF_DIALLING] += 1.0
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
    column = ABANDONED_WITHIN if abandoned else ANSWERED_WITHIN
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
                    if kind & WAITED:
                        continue
                    answered = kind < UNANSWERED
                    if answered or (kind - UNANSWERED) // BY_OUTCOME == ABANDONED:
                        column = ANSWERED_WITHIN if answered else ABANDONED_WITHIN
                        for threshold in range(within.shape[2]):
                            within[place, channel, threshold, column] += count


@inlined
def _counts_cases(log: Columns, by: CountingRules, sums: Sums, notes: Notes) -> None:
    """Count cases by the day they began, by contacts that are not first tries but tell of them."""
    for i in range(len(log.channel)):
        is_due = log.outcome[i] == DUE_AFTER_END
        if not is_due and (notes.kind[i] & FIRST_TRY or log.answered_before[i] != 0):
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
        first_try = inbound & has_asked(log.outcome[i]) & (failed == 0)
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
        if notes.half_hour[i] != NOBODY and due_s <= by.until_s and has_asked(log.outcome[i]):
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
