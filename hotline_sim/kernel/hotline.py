"""The hotline at work, compiled: what callers do and what agents do, and nothing else.

It is ``hotline_sim.model.hotline`` rule by rule, by the same names and in the same order:
who changes one changes the other. What SimPy schedules is here looked for, in the order of
one instant, by :func:`plays_moments`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.compiled import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CONTAINED,
    NOBODY,
    OPEN,
    UNREACHED,
    Record,
    at,
    by_reference,
    entered,
    inlined,
)
from hotline_sim.domain import DAY_S, TICKS_PER_S
from hotline_sim.kernel import room
from hotline_sim.kernel.memory import (
    channel_of,
    delay_s,
    follower,
    forget_contact,
    forgets,
    keeps,
    new_contact,
    of_call,
    tells,
)
from hotline_sim.kernel.moments import add, goes_first, soonest_s, take
from hotline_sim.kernel.people import (
    agent_for_newcomer,
    has_line,
    hold_line_until,
    is_free,
    is_not_free,
    join,
    leave,
    next_for_somebody,
    next_help_s,
    pass_help,
)
from hotline_sim.kernel.state import (
    CALLS,
    COMING,
    CONTACTS,
    ENOUGH,
    ENTRIES,
    FIRST,
    KEPT,
    LATER,
    LEFT_SILENTLY,
    NOWHERE,
    WAITING,
    State,
)

if TYPE_CHECKING:
    from hotline_sim.domain import Calls, ContactLog, Duty, Rules

_NEVER = math.inf
_NAN = math.nan


class Hotline:
    """A hotline at work, from day to day, as :class:`hotline_sim.model.Hotline` is.

    Parameters
    ----------
    rules
        The scenario's channels and teams.
    """

    def __init__(self, rules: Rules) -> None:
        self._state = room.new_state(rules)

    def run_day(self, day: int, calls: Calls, duty: Duty) -> ContactLog:
        """Play a day from midnight to midnight, and return the contacts settled in it.

        Days are played in order. What happens at the instant of the later midnight
        belongs to the next day.
        """
        self._state = room.with_day(room.today_of(calls, duty), self._state)
        while (lacking := plays_day(self._state, (day + 1) * DAY_S)) != ENOUGH:
            self._state = room.with_more(lacking, self._state)
        return self._log()

    def close(self) -> ContactLog:
        """Return the contacts that are still waiting; call it once, after the last day."""
        self._state = room.with_entries_for_all(self._state)
        closes(self._state)
        return self._log()

    def _log(self) -> ContactLog:
        """Return what was written down since the last time."""
        log = room.log_of(self._state)
        self._state = room.without_day(self._state)
        return log


@entered
def plays_day(state: State, until_s: float) -> int:
    """Play a day until its midnight, and return what there is no room for, if anything.

    Called again when there is more room, it goes on where it was. Everything happens in its
    order: see ``moments``.
    """
    state = by_reference(state)
    clock = state.clock[0]
    most_entries = len(state.ends)  # more than the agents can hold
    if clock.until_s < until_s:
        _begins_day(state, until_s)
    while True:
        if clock.empty_contacts < 2:  # an arrival, and the contact that follows it
            return CONTACTS
        if clock.written + most_entries > len(state.log.case):
            return ENTRIES
        ends_s, goes_off_s = soonest_s(state.ends), soonest_s(state.goes_off)
        comes_on_s = clock.next_stint_s
        arrives_s = min(clock.next_case_s, soonest_s(state.coming))
        meets_s = clock.now_s if clock.meeting_due else next_help_s(state)
        gives_up_s = soonest_s(state.gives_up)
        now_s = min(ends_s, goes_off_s, comes_on_s, arrives_s, meets_s, gives_up_s)
        if now_s >= until_s:
            return ENOUGH if keeps(state) else CALLS
        clock.now_s = now_s
        if ends_s == now_s:
            _is_done(state, take(state.ends, state.nowhere, FIRST))
        elif goes_off_s == now_s:
            _goes_off(state, take(state.goes_off, state.nowhere, FIRST))
        elif comes_on_s == now_s:
            _comes_on(state)
        elif arrives_s == now_s:
            _arrivals(state, meets_s > now_s)
        elif meets_s == now_s:
            _meet(state)
        else:
            _gives_up(state, take(state.gives_up, state.places, FIRST))


@inlined
def _begins_day(state: State, until_s: float) -> None:
    """Expect the first to arrive and to come on, and who of earlier days is due on the day."""
    clock = state.clock[0]
    clock.until_s = until_s
    clock.next_case = clock.next_stint = 0
    _expects_next_case(state)
    _expects_next_stint(state)
    for who in range(len(state.contacts)):
        if state.contacts[at(who)].stage == LATER:
            _expects(state, who)


@entered
def closes(state: State) -> None:
    """Write down the contacts that are still waiting."""
    state = by_reference(state)
    for number in range(len(state.queues)):
        who = state.queues[number].first
        while who != NOBODY:
            contact = state.contacts[at(who)]
            outcome, end_s, leads_to = OPEN, _NAN, NOBODY
            if contact.stage == LEFT_SILENTLY:
                outcome, end_s, leads_to = ABANDONED, contact.end_s, contact.leads_to
            _writes_down(state, contact, outcome, end_s, leads_to)
            who = contact.behind


# The caller's story ------------------------------------------------------------------------


@inlined
def _expects_next_case(state: State) -> None:
    """Let today's next case be on its way."""
    clock, at_s = state.clock[0], state.today.first_arrival_s
    clock.next_case_s = at_s[clock.next_case] if clock.next_case < len(at_s) else _NEVER


@inlined
def _expects(state: State, who: int) -> None:
    """Let a further contact of a case be on its way, or wait for its day.

    A case has one at a time.
    """
    contact = state.contacts[at(who)]
    if contact.arrival_s < state.clock[0].until_s:
        contact.stage = COMING
        add(state.coming, state.places, contact.arrival_s, contact.case, who)
    else:
        contact.stage = LATER


@inlined
def _arrivals(state: State, no_meeting: bool) -> None:
    """Let the next of those due at this instant arrive, in the order of cases."""
    clock, today = state.clock[0], state.today
    is_new = clock.next_case_s == clock.now_s
    if is_new:
        row = today.first_contact[at(clock.next_case)]
        case = today.case[at(row)]
        is_new = goes_first(clock.now_s, case, state.coming[1])
    if is_new:
        who = new_contact(state)
        contact = state.contacts[at(who)]
        contact.row = row
        contact.case = case
        contact.k = 1
        contact.born_s = contact.arrival_s = clock.now_s
        contact.after = NOBODY
        contact.failed = 0
        contact.answered_before = 0
        clock.next_case += 1
        _expects_next_case(state)
    else:
        who = take(state.coming, state.places, FIRST)
    arrives_s = min(clock.next_case_s, soonest_s(state.coming))
    _arrives(state, who, no_meeting and arrives_s > clock.now_s)


@inlined
def _arrives(state: State, who: int, is_last: bool) -> None:
    """Ask for a human, unless the menu serves the matter or no line is free.

    A free agent answers at once if nothing else happens before contacts and agents meet.
    """
    contact = state.contacts[at(who)]
    contact.channel = channel_of(state, contact.row)
    queue = state.queues[at(contact.channel)]
    is_contained = of_call(state.today.contained, state.calls["contained"], contact.row)
    if is_contained or not has_line(state, queue):
        _is_settled(state, who, CONTAINED if is_contained else BLOCKED)
        return
    seat = agent_for_newcomer(state, queue) if is_last else NOBODY
    if seat == NOBODY:
        _looks_for_an_agent(state, queue, who)
    else:
        _handles(state, seat, who)


@inlined
def _looks_for_an_agent(state: State, queue: Record, who: int) -> None:
    """Join the line: whoever is free takes the contact at the end of the instant.

    Only if nobody does will it be asked when it gives up: most contacts never come to that.
    """
    clock = state.clock[0]
    join(state, queue, who)
    clock.meeting_due = True
    state.newcomers[clock.newcomers] = who
    clock.newcomers += 1


@inlined
def _waits(state: State, who: int) -> None:
    """Have patience, some longer than others."""
    clock = state.clock[0]
    today, calls, row = state.today, state.calls, state.contacts[at(who)].row
    waits_s = of_call(today.patience_s, calls["patience_s"], row)
    if waits_s < _NEVER:
        clock.waited += 1
        add(state.gives_up, state.places, clock.now_s + waits_s, clock.waited, who)


@inlined
def _gives_up(state: State, who: int) -> None:
    """Leave, patience having run out; a chat may do so without a word."""
    now_s, contact = state.clock[0].now_s, state.contacts[at(who)]
    queue = state.queues[at(contact.channel)]
    queue.waiting -= 1
    if of_call(state.today.silent, state.calls["silent"], contact.row):
        contact.stage = LEFT_SILENTLY
        contact.end_s = now_s
        contact.leads_to = _goes_on(state, contact, ABANDONED, now_s)
    else:
        leave(state, queue, who)
        _is_settled(state, who, ABANDONED)


@inlined
def _is_settled(state: State, who: int, outcome: int) -> None:
    """End here and now without an agent, and perhaps try again."""
    now_s, contact = state.clock[0].now_s, state.contacts[at(who)]
    leads_to = _goes_on(state, contact, outcome, now_s)
    _writes_down(state, contact, outcome, now_s, leads_to)
    forget_contact(state, who)


@inlined
def _goes_on(state: State, contact: Record, outcome: int, end_s: float) -> int:
    """Follow the transition table: another contact after a delay, or the case ends.

    Return the channel it leads to.
    """
    row = contact.row
    following = follower(state, row, outcome)
    if following == NOBODY:
        return NOBODY
    who = new_contact(state)
    heir = state.contacts[at(who)]
    heir.row = following
    heir.case = contact.case
    heir.k = contact.k + 1
    heir.born_s = contact.born_s
    heir.arrival_s = end_s + delay_s(state, row, outcome)
    heir.after = outcome
    heir.failed = contact.failed + ((outcome == ABANDONED) | (outcome == BLOCKED))
    heir.answered_before = contact.answered_before + (outcome == ANSWERED)
    _expects(state, who)
    return channel_of(state, following)


# The agent's story -------------------------------------------------------------------------


@inlined
def _expects_next_stint(state: State) -> None:
    """Expect the agent who comes on next."""
    clock, on_s = state.clock[0], state.today.on_s
    clock.next_stint_s = on_s[clock.next_stint] if clock.next_stint < len(on_s) else _NEVER


@inlined
def _comes_on(state: State) -> None:
    """Begin a stint of duty."""
    clock, today = state.clock[0], state.today
    stint = clock.next_stint
    seat = today.seat[stint]
    agent = state.agents[at(seat)]
    is_not_free(state, seat)
    agent.speed = today.speed[stint]
    agent.on_duty = True
    agent.since_s = clock.now_s
    is_free(state, seat)
    add(state.goes_off, state.nowhere, today.off_s[stint], seat, seat)
    clock.next_stint += 1
    _expects_next_stint(state)
    clock.meeting_due |= clock.in_line > 0


@inlined
def _goes_off(state: State, seat: int) -> None:
    """End a stint; what is in hand is finished first, but nothing more is taken."""
    is_not_free(state, seat)
    state.agents[at(seat)].on_duty = False


@inlined
def _meet(state: State) -> None:
    """Bring waiting contacts and free agents together, team by team in the file's order."""
    clock = state.clock[0]
    clock.meeting_due = False
    pass_help(state)
    for team in range(len(state.teams)):
        _serves_all_it_can(state, team)
    for i in range(clock.newcomers):
        who = state.newcomers[i]
        if state.contacts[at(who)].stage == WAITING:
            _waits(state, who)
    clock.newcomers = 0


@inlined
def _serves_all_it_can(state: State, team: int) -> None:
    while state.clock[0].in_line > 0 and state.teams[team].free > 0:
        number, seat = next_for_somebody(state, team)
        if number == NOBODY:
            break
        _takes(state, seat, number)


@inlined
def _takes(state: State, seat: int, number: int) -> None:
    """Take the oldest contact of a channel."""
    queue = state.queues[at(number)]
    who = queue.first
    leave(state, queue, who)
    if state.contacts[at(who)].stage == WAITING:
        queue.waiting -= 1
        if state.places[at(who)] != NOWHERE:
            take(state.gives_up, state.places, state.places[at(who)])
    _handles(state, seat, who)


@inlined
def _handles(state: State, seat: int, who: int) -> None:
    """Handle a contact: talk, then wrap up. Its end is known from here on."""
    now_s = state.clock[0].now_s
    agent, contact = state.agents[at(seat)], state.contacts[at(who)]
    today, calls, row = state.today, state.calls, contact.row
    number = contact.channel
    queue = state.queues[at(number)]
    outcome, leads_to = ANSWERED, NOBODY
    if contact.stage == LEFT_SILENTLY:
        outcome, leads_to, end_s = ABANDONED, contact.leads_to, contact.end_s
        done_s = now_s + queue.silent_handle_s
    elif not of_call(today.reached, calls["reached"], row):
        outcome = UNREACHED
        end_s = done_s = now_s + queue.unreached_handle_s
    else:
        pace = agent.speed * (1.0 + queue.slowdown * agent.held)
        end_s = now_s + _stretched_s(of_call(today.talk_s, calls["talk_s"], row), pace)
        done_s = end_s + _stretched_s(of_call(today.wrap_up_s, calls["wrap_up_s"], row), pace)
        hold_line_until(state, number, end_s)
    is_not_free(state, seat)
    agent.held += 1
    agent.chats = queue.is_chat
    agent.since_s = now_s
    is_free(state, seat)
    add(state.ends, state.nowhere, done_s, seat, seat)
    if contact.stage != LEFT_SILENTLY:
        leads_to = _goes_on(state, contact, outcome, end_s)
    entry = at(_writes_down(state, contact, outcome, end_s, leads_to))
    log = state.log
    log.start_s[entry] = now_s
    log.done_s[entry] = done_s
    log.seat[entry] = seat
    log.team[entry] = agent.team
    forget_contact(state, who)


@inlined
def _is_done(state: State, seat: int) -> None:
    """Put a contact away, and be free for another if still on duty."""
    clock, agent = state.clock[0], state.agents[at(seat)]
    is_not_free(state, seat)
    agent.held -= 1
    agent.since_s = clock.now_s
    if agent.on_duty:
        is_free(state, seat)
        clock.meeting_due |= clock.in_line > 0


@inlined
def _stretched_s(duration_s: float, pace: float) -> float:
    """Do what :func:`hotline_sim.domain.stretched_s` does, at once where nothing changes."""
    if pace == 1.0:
        return duration_s
    return math.floor(duration_s * pace * TICKS_PER_S + 0.5) / TICKS_PER_S


# What is written down ----------------------------------------------------------------------


@inlined
def _writes_down(state: State, contact: Record, outcome: int, end_s: float, leads_to: int) -> int:
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
    log.start_s[entry] = _NAN
    log.end_s[entry] = end_s
    log.done_s[entry] = _NAN
    log.outcome[entry] = outcome
    log.team[entry] = NOBODY
    log.seat[entry] = NOBODY
    log.next[entry] = leads_to
    log.after[entry] = contact.after
    log.failed[entry] = contact.failed
    log.answered_before[entry] = contact.answered_before
    tells(state, contact.row, outcome, number)
    if contact.row >= KEPT:
        forgets(state, contact.row, outcome)
    return number
