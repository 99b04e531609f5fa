"""Where contacts wait and which agent is free: hotline_sim.model.queues, compiled.

Free agents stand in line like contacts: those of a team who hold as many contacts as each
other, the one longest in that state first, ties by seat.
"""

from __future__ import annotations

import math

from hotline_sim.compiled import NOBODY, Record, at, inlined
from hotline_sim.kernel.events import add, soonest_s, take
from hotline_sim.kernel.state import FIRST, NOWHERE, WAITING, State

# A queue's story ---------------------------------------------------------------------------


@inlined
def join(state: State, queue: Record, who: int) -> None:
    """Put a contact at the end."""
    contact = state.contacts[at(who)]
    contact.stage = WAITING
    state.places[at(who)] = NOWHERE
    state.clock[0].in_line += 1
    queue.waiting += 1
    contact.before = queue.last
    contact.behind = NOBODY
    if queue.last == NOBODY:
        queue.first = who
        queue.first_s = contact.request_s
    else:
        state.contacts[at(queue.last)].behind = who
    queue.last = who
    for i in range(queue.helps, queue.helps_end):
        if state.helps[i].next == NOBODY:
            state.helps[i].next = who


@inlined
def leave(state: State, queue: Record, who: int) -> None:
    """Take a contact out of the line."""
    contact = state.contacts[at(who)]
    state.clock[0].in_line -= 1
    if contact.before == NOBODY:
        queue.first = contact.behind
        queue.first_s = math.inf
        if contact.behind != NOBODY:
            queue.first_s = state.contacts[at(contact.behind)].request_s
    else:
        state.contacts[at(contact.before)].behind = contact.behind
    if contact.behind == NOBODY:
        queue.last = contact.before
    else:
        state.contacts[at(contact.behind)].before = contact.before
    for i in range(queue.helps, queue.helps_end):
        if state.helps[i].next == who:
            state.helps[i].next = contact.behind


@inlined
def has_line(state: State, queue: Record) -> bool:
    """Tell whether a caller finds a free line."""
    if not queue.is_limited:
        return True
    _free_lines(state)
    return bool(queue.greeted + queue.talking + queue.waiting < queue.lines)


@inlined
def hold_line_until(state: State, number: int, end_s: float) -> None:
    """Keep a line for a talk."""
    queue = state.queues[at(number)]
    if queue.is_limited:
        _free_lines(state)
        queue.talking += 1
        add(state.talks, None, end_s, number, number)


@inlined
def _free_lines(state: State) -> None:
    """Count off the talks that have ended."""
    while soonest_s(state.talks) <= state.clock[0].now_s:
        state.queues[take(state.talks, None, FIRST)].talking -= 1


@inlined
def agent_for_newcomer(state: State, queue: Record) -> int:
    """Return the agent who would take a contact that asks now; NOBODY if it must wait."""
    if queue.first == NOBODY:
        for i in range(queue.teams, queue.teams_end):
            team = state.at_once[i]
            if state.teams[team].free > 0:
                seat = free_agent(state, team, queue)
                if seat != NOBODY:
                    return seat
    return NOBODY


@inlined
def next_help_s(state: State) -> float:
    """Return when next a contact will have waited so long that a further team may help."""
    soonest = math.inf
    for i in range(len(state.helps)):
        help_ = state.helps[i]
        if help_.next != NOBODY:
            soonest = min(soonest, state.contacts[help_.next].request_s + help_.after_s)
    return soonest


@inlined
def pass_help(state: State) -> None:
    """Look to the next contacts in line once these have waited so long."""
    now_s = state.clock[0].now_s
    for i in range(len(state.helps)):
        help_ = state.helps[i]
        while (
            help_.next != NOBODY and state.contacts[help_.next].request_s + help_.after_s <= now_s
        ):
            help_.next = state.contacts[help_.next].behind


# A team's story ----------------------------------------------------------------------------


@inlined
def _may_take_more(state: State, agent: Record) -> bool:
    """Tell whether an agent stands in line for contacts."""
    return bool(
        agent.on_duty and (agent.held == 0 or (agent.chats and agent.held < state.free.shape[1]))
    )


@inlined
def is_free(state: State, seat: int) -> None:
    """Put an agent where new contacts look for one; *since_s* must be now."""
    agents = state.agents
    agent = agents[at(seat)]
    if not _may_take_more(state, agent):
        return
    line = state.free[at(agent.team), at(agent.held)]
    before, behind = line.last, NOBODY
    while before > seat and agents[at(before)].since_s == agent.since_s:
        behind = before
        before = agents[at(before)].before
    agent.before = before
    agent.behind = behind
    if before == NOBODY:
        line.first = seat
    else:
        agents[at(before)].behind = seat
    if behind == NOBODY:
        line.last = seat
    else:
        agents[at(behind)].before = seat
    state.teams[agent.team].free += 1


@inlined
def is_not_free(state: State, seat: int) -> None:
    """Take an agent out of there, before anything about the agent changes."""
    agents = state.agents
    agent = agents[at(seat)]
    if not _may_take_more(state, agent):
        return
    line = state.free[at(agent.team), at(agent.held)]
    if agent.before == NOBODY:
        line.first = agent.behind
    else:
        agents[at(agent.before)].behind = agent.behind
    if agent.behind == NOBODY:
        line.last = agent.before
    else:
        agents[at(agent.behind)].before = agent.before
    state.teams[agent.team].free -= 1


@inlined
def free_agent(state: State, team: int, queue: Record) -> int:
    """Return the agent who would take a contact of a channel: the one longest idle.

    For a chat, failing an idle agent, the one with the fewest chats and room for more.
    """
    held = 0
    seat: int = state.free[at(team), at(held)].first
    while seat == NOBODY and queue.is_chat and held + 1 < queue.concurrency:
        held += 1
        seat = state.free[at(team), at(held)].first
    return seat


@inlined
def next_for_somebody(state: State, team: int) -> tuple[int, int]:
    """Return the channel whose oldest contact goes next, and the agent who takes it.

    The first channel in the order of ``serves`` that has one; but contacts past their
    channel's ``promote_after_s`` go before all others, the one that asked first first, and
    those of one instant in the order of ``serves``.
    """
    now_s, promoted_s = state.clock[0].now_s, math.inf
    first, first_seat = NOBODY, NOBODY
    for i in range(state.teams[team].serves, state.teams[team].serves_end):
        number, after_s = state.serves[i].queue, state.serves[i].after_s
        queue = state.queues[at(number)]
        if now_s < queue.first_s + after_s:
            continue
        seat = free_agent(state, team, queue)
        if seat == NOBODY:
            continue
        if not state.teams[team].promotes:
            return number, seat
        is_promoted = now_s >= queue.first_s + queue.promote_after_s
        if is_promoted and queue.first_s < promoted_s:
            first, first_seat, promoted_s = number, seat, queue.first_s
        elif first == NOBODY:
            first, first_seat = number, seat
    return first, first_seat
