"""Contacts as the compiled engine has them: their places, their numbers, what follows them.

A contact's numbers are worked out when they are asked for (:mod:`hotline_sim.demand`), most of
those of today's first contacts beforehand; what follows it is what
``hotline_sim.model.following`` says, rule by rule.
"""

from __future__ import annotations

import math

from hotline_sim.compiled import NOBODY, Record, at, called, inlined
from hotline_sim.demand.compiled import uniforms_of
from hotline_sim.demand.tables import (
    greeting_s_of,
    patience_s_of,
    row_after,
    talk_s_of,
    time_of,
    wrap_up_s_of,
)
from hotline_sim.demand.words import BLOCK_WORDS, Word
from hotline_sim.domain import TICKS_PER_S
from hotline_sim.kernel.state import EMPTY, State

_PATIENCE, _NEXT, _DELAY = int(Word.PATIENCE), int(Word.NEXT), int(Word.DELAY)
_SELF_SERVICE, _LEAVES_AT_ONCE = int(Word.SELF_SERVICE), int(Word.LEAVES_AT_ONCE)
_SILENT, _REACHED = int(Word.SILENT), int(Word.REACHED)
_TALK, _MOOD = int(Word.TALK), int(Word.MOOD)
_GREETING = int(Word.GREETING)  # what else is asked of the greeting shares its block

# Places for contacts ------------------------------------------------------------------------


@inlined
def new_contact(state: State) -> int:
    """Return an empty place for a contact."""
    clock = state.clock[0]
    who: int = clock.empty_contact
    clock.empty_contact = state.contacts[at(who)].behind
    clock.empty_contacts -= 1
    return who


@inlined
def forget_contact(state: State, who: int) -> None:
    """Empty a contact's place."""
    clock = state.clock[0]
    contact = state.contacts[at(who)]
    contact.stage = EMPTY
    contact.behind = clock.empty_contact
    clock.empty_contact = who
    clock.empty_contacts += 1


# Their numbers -------------------------------------------------------------------------------


@inlined
def uniforms(state: State, contact: Record, block: int) -> tuple[float, float, float, float]:
    """Return a block of a contact's numbers between 0 and 1."""
    return uniforms_of(state.tables, contact.born_on, contact.place, contact.k, contact.day, block)


@inlined
def uniform_of(state: State, contact: Record, word: int) -> float:
    """Return one of a contact's numbers between 0 and 1."""
    one, two, three, four = uniforms(state, contact, word // BLOCK_WORDS)
    place = word % BLOCK_WORDS
    return one if place == 0 else two if place == 1 else three if place == 2 else four


@inlined
def is_new(state: State, contact: Record) -> bool:
    """Tell whether a contact is the first of one of today's cases."""
    return bool((contact.k == 1) & (contact.case >= state.clock[0].first_case))


@inlined
def brought(state: State, contact: Record) -> Record:
    """Return what a new contact brings, as it was worked out before the day."""
    return state.today.brought[at(contact.case - state.clock[0].first_case)]


@inlined
def handling(state: State, contact: Record) -> tuple[float, float, float]:
    """Return a contact's talk and wrap-up, and the number that says what follows it."""
    if is_new(state, contact):
        known = brought(state, contact)
        return known.talk_s, known.wrap_up_s, known.next
    talk, wrap_up, _, following = uniforms(state, contact, _TALK // BLOCK_WORDS)
    talk_s = talk_s_of(state.tables, contact.channel, talk)
    return talk_s, wrap_up_s_of(state.tables, contact.channel, wrap_up), following


@inlined
def opinion(state: State, contact: Record) -> tuple[float, float]:
    """Return the numbers that decide whether a contact satisfied, and whether it is rated."""
    if is_new(state, contact):
        return brought(state, contact).mood, brought(state, contact).rating
    mood, rating, _, _ = uniforms(state, contact, _MOOD // BLOCK_WORDS)
    return mood, rating


@inlined
def scaled_s(duration_s: float, pace: float) -> float:
    """Do what :func:`hotline_sim.domain.scaled_s` does, at once where nothing changes."""
    if pace == 1.0:
        return duration_s
    return math.floor(duration_s * pace * TICKS_PER_S + 0.5) / TICKS_PER_S


@inlined
def greeting_s(state: State, contact: Record) -> tuple[float, bool]:
    """Return how long a contact hears the greeting, and whether it then hangs up.

    That is 0 on a channel without one.
    """
    channel = state.tables.channels[at(contact.channel)]
    if channel.greeting == NOBODY:
        return 0.0, False
    if is_new(state, contact) and channel.leaves_in_greeting_share == 0.0:
        return brought(state, contact).greeting_s, False
    _, lasts, leaves, when = uniforms(state, contact, _GREETING // BLOCK_WORDS)
    lasts_s = greeting_s_of(state.tables, contact.channel, lasts)
    if lasts_s > 0.0 and leaves < channel.leaves_in_greeting_share:
        return scaled_s(lasts_s, when), True
    return lasts_s, False


@inlined
def is_contained(state: State, contact: Record) -> bool:
    """Tell whether the menu or bot serves the matter."""
    share = state.tables.channels[at(contact.channel)].self_service_share
    return bool(share > 0.0 and uniform_of(state, contact, _SELF_SERVICE) < share)


@inlined
def patience_s(state: State, contact: Record) -> float:
    """Return after what wait a contact leaves: some at once, on hearing of a queue."""
    channel = state.tables.channels[at(contact.channel)]
    share = channel.leaves_at_once_share
    if share > 0.0 and uniform_of(state, contact, _LEAVES_AT_ONCE) < share:
        return 0.0
    if is_new(state, contact):
        known_s: float = brought(state, contact).patience_s
        return known_s
    if channel.patience == NOBODY:
        return math.inf
    return patience_s_of(state.tables, contact.channel, uniform_of(state, contact, _PATIENCE))


@inlined
def leaves_silently(state: State, contact: Record) -> bool:
    """Tell whether a contact, if it leaves, does so without a word."""
    share = state.tables.channels[at(contact.channel)].silent_share
    return bool(share > 0.0 and uniform_of(state, contact, _SILENT) < share)


@inlined
def is_reached(state: State, contact: Record) -> bool:
    """Tell whether a citizen takes the centre's call; who called is there."""
    share = state.tables.channels[at(contact.channel)].reach_probability
    return bool(share >= 1.0 or uniform_of(state, contact, _REACHED) < share)


# What follows them ---------------------------------------------------------------------------


@inlined
def row_of(state: State, contact: Record, outcome: int) -> int:
    """Return the row of the transition table; NOBODY: the case ends, or chases an order."""
    if contact.pending != NOBODY:
        return NOBODY
    if is_new(state, contact):
        uniform = brought(state, contact).next
    else:
        uniform = uniform_of(state, contact, _NEXT)
    return row_after(state.tables, contact.channel, outcome, contact.k, uniform)


@called
def leads_to_after(
    state: State, contact: Record, row: int, order_s: float
) -> tuple[int, float, int, float]:
    """Return the channel of the contact that follows, after what delay, and its pending order.

    That is the row and what remains of the order, if the contact that follows chases it.
    """
    tables, rows = state.tables, state.tables.rows
    to, delay_s, pending, rest_s = NOBODY, 0.0, NOBODY, 0.0
    if contact.k >= tables.max_contacts:
        return to, delay_s, pending, rest_s
    if contact.pending != NOBODY:
        to, delay_s = rows[at(contact.pending)].to, contact.rest_s
    elif row != NOBODY:
        followed = rows[at(row)]
        to, delay_s = followed.to, order_s
        if followed.department == NOBODY:
            delay_s = time_of(tables, followed.delay, uniform_of(state, contact, _DELAY))
        elif order_s > followed.deadline_s and followed.urging != NOBODY:
            to, delay_s = followed.urging, followed.deadline_s
            pending, rest_s = row, order_s - delay_s
    return to, delay_s, pending, rest_s


# What is written down ----------------------------------------------------------------------


@inlined
def writes_down(state: State, contact: Record, outcome: int, end_s: float, leads_to: int) -> int:
    """Return the place in the log of a contact that is settled, without an agent so far."""
    clock, log = state.clock[0], state.log
    number: int = clock.written
    clock.written += 1
    entry = at(number)
    log.case[entry] = contact.case
    log.channel[entry] = contact.channel
    log.k[entry] = contact.k
    log.born_s[entry] = contact.born_s
    log.arrival_s[entry] = contact.arrival_s
    log.request_s[entry] = contact.request_s
    log.start_s[entry] = math.nan
    log.end_s[entry] = end_s
    log.done_s[entry] = math.nan
    log.outcome[entry] = outcome
    log.team[entry] = NOBODY
    log.seat[entry] = NOBODY
    log.next[entry] = leads_to
    log.after[entry] = contact.after
    log.failed[entry] = contact.failed
    log.answered_before[entry] = contact.answered_before
    log.order_s[entry] = math.nan
    log.department[entry] = NOBODY
    log.mood[entry] = math.nan
    log.rating[entry] = math.nan
    return number
