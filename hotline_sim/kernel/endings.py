"""How contacts end and come again, compiled: part of ``hotline_sim.model.hotline``'s story."""

from __future__ import annotations

import math

from hotline_sim.compiled import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    DUE_AFTER_END,
    NOBODY,
    OPEN,
    at,
    by_reference,
    called,
    entered,
    inlined,
)
from hotline_sim.kernel.contacts import forget_contact, leads_to_after, row_of, writes_down
from hotline_sim.kernel.events import add
from hotline_sim.kernel.state import COMING, EMPTY, LATER, LEFT_SILENTLY, WAITING, State

_NAN = math.nan


@inlined
def expects(state: State, who: int) -> None:
    """Let a further contact of a case be on its way, or wait for its day.

    A case has one at a time.
    """
    contact = state.contacts[at(who)]
    if contact.arrival_s < state.clock[0].until_s:
        contact.stage = COMING
        add(state.coming, None, contact.arrival_s, contact.case, who)
    else:
        contact.stage = LATER


@called
def is_settled(state: State, who: int, outcome: int) -> None:
    """End here and now without an agent, and perhaps try again."""
    now_s, contact = state.clock[0].now_s, state.contacts[at(who)]
    row = row_of(state, contact, outcome)
    is_over(state, who, outcome, now_s, row, _NAN)


@inlined
def is_over(state: State, who: int, outcome: int, end_s: float, row: int, order_s: float) -> int:
    """Write down how a contact ended, let its case go on or end; return the log's entry."""
    contact = state.contacts[at(who)]
    leads_to, delay_s, pending, rest_s = leads_to_after(state, contact, row, order_s)
    entry = writes_down(state, contact, outcome, end_s, leads_to)
    if leads_to == NOBODY:
        forget_contact(state, who)
    else:
        contact.channel, contact.pending, contact.rest_s = leads_to, pending, rest_s
        comes_again(state, who, outcome, end_s + delay_s)
    return entry


@inlined
def comes_again(state: State, who: int, outcome: int, arrival_s: float) -> None:
    """Let the contact that ended so become the next one of its case, and be on its way."""
    contact = state.contacts[at(who)]
    contact.k += 1
    contact.arrival_s = arrival_s
    contact.request_s = _NAN
    contact.after = outcome
    contact.failed += (outcome == ABANDONED) | (outcome == BLOCKED)
    contact.answered_before += outcome == ANSWERED
    expects(state, who)


@entered
def closes(state: State) -> None:
    """Write down the contacts that are still waiting, and those still to come."""
    state = by_reference(state)
    for number in range(len(state.queues)):
        who = state.queues[number].first
        while who != NOBODY:
            contact = state.contacts[at(who)]
            outcome, end_s, leads_to = OPEN, _NAN, NOBODY
            if contact.stage == LEFT_SILENTLY:
                outcome, end_s, leads_to = ABANDONED, contact.end_s, contact.leads_to
            writes_down(state, contact, outcome, end_s, leads_to)
            who = contact.behind
    for who in range(len(state.contacts)):
        contact = state.contacts[at(who)]
        if contact.stage != EMPTY and contact.stage < WAITING:
            writes_down(state, contact, DUE_AFTER_END, _NAN, NOBODY)
