"""Adding the time that contacts spent in the queue, and agents on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.compiled import (
    ABANDONED,
    BLOCKED,
    CONTAINED,
    DUE_AFTER_END,
    LEFT,
    NOBODY,
    OPEN,
    at,
    by_reference,
    entered,
    inlined,
)
from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, Floats, Spans
from hotline_sim.measures.counting.records import (
    WAITED,
    Buffers,
    Columns,
    CountingRules,
    Notes,
    Sums,
)

if TYPE_CHECKING:
    from hotline_sim.measures.queue import Peaks


@inlined
def has_asked(outcome: int) -> bool:
    """Tell whether a contact that ended so asked for a human."""
    return (outcome != CONTAINED) & (outcome != LEFT) & (outcome != DUE_AFTER_END)


@inlined
def request_s(log: Columns, i: int) -> float:
    """Return when a contact asked for a human; who never did, or had no line, as it arrived."""
    asked_s: float = log.request_s[i]
    return log.arrival_s[i] if math.isnan(asked_s) else asked_s


@inlined
def queued_until_s(log: Columns, by: CountingRules, i: int) -> float:
    """Return when a contact was no longer in the queue; a silent chat is, until it is found."""
    outcome = log.outcome[i]
    until_s: float = log.start_s[i]
    if (outcome == BLOCKED) | (not has_asked(outcome)):
        until_s = request_s(log, i)
    elif math.isnan(until_s):
        until_s = by.until_s if outcome == OPEN else log.end_s[i]
    return until_s


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
        if not notes.kind[i] & WAITED and log.outcome[i] != ABANDONED:
            continue
        from_s = max(request_s(log, i), by.from_s)
        until_s = by.until_s
        if not (closing and log.outcome[i] == ABANDONED):
            until_s = min(queued_until_s(log, by, i), until_s)
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
def notes_hands(log: Columns, by: CountingRules, sums: Sums, notes: Notes, held: int) -> int:
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
