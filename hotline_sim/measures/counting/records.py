"""What counting is given, what it notes and what it adds to: as tuples of arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hotline_sim.compiled import (
    ABANDONED,
    ANSWERED,
    DUE_AFTER_END,
    Records,
    int64,
    plain,
    record,
)
from hotline_sim.definitions import WITHIN
from hotline_sim.domain import (
    LOG_DTYPES,
    NEVER_ASKED,
    Bools,
    ContactLog,
    Floats,
    Ints,
    Outcome,
)

# Kinds of contacts: bits that all have, and then those of the answered, or the outcome.
FIRST_TRY, AFTER_FAILURE, WAITED = int64(1), int64(2), int64(4)
ASKED, SATISFIED, RATED = int64(8), int64(16), int64(32)
UNANSWERED, BY_OUTCOME = int64(64), int64(8)
KINDS = 64 + 8 * len(Outcome)

ANSWERED_WITHIN, ABANDONED_WITHIN, OF_DIALLING = range(len(WITHIN))  # columns

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

    answered = kind < UNANSWERED
    outcome = np.where(answered, ANSWERED, (kind - UNANSWERED) // BY_OUTCOME)
    adds = np.zeros(KINDS, sums)
    for ending in Outcome:
        if ending != DUE_AFTER_END:  # which is counted by birth
            adds[ending.name.lower()] = outcome == ending
    adds["offered"] = offered = ~np.isin(outcome, NEVER_ASKED)
    adds["redials"] = offered & has(AFTER_FAILURE)
    abandoned = outcome == ABANDONED
    adds["waited"] = waited = has(WAITED)
    adds["abandoned_after_waiting"] = abandoned & waited
    adds["left_at_once"] = abandoned & ~waited
    adds["asked"] = answered & has(ASKED)
    adds["satisfied"] = satisfied = answered & has(SATISFIED)
    adds["ratings"] = rated = answered & has(RATED)
    adds["satisfied_ratings"] = satisfied & rated
    adds["cases"] = offered & has(FIRST_TRY)
    adds["cases_answered"] = adds["first_tries_answered"] = answered & has(FIRST_TRY)
    adds["cases_satisfied"] = satisfied & has(FIRST_TRY)
    return adds
