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
    DUE_AFTER_END,
    LEFT,
    NOBODY,
    UNREACHED,
    Record,
    at,
    by_reference,
    called,
    entered,
    inlined,
)
from hotline_sim.demand.tables import row_after, time_of
from hotline_sim.demand.words import Word
from hotline_sim.domain import DAY_S, joined
from hotline_sim.kernel import buffers
from hotline_sim.kernel.contacts import (
    forget_contact,
    greeting_s,
    handling,
    is_contained,
    is_reached,
    leads_to_after,
    leaves_silently,
    new_contact,
    opinion,
    patience_s,
    row_of,
    scaled_s,
    uniform_of,
    writes_down,
)
from hotline_sim.kernel.endings import closes, comes_again, expects, is_over, is_settled
from hotline_sim.kernel.events import add, goes_first, soonest_s, take
from hotline_sim.kernel.queues import (
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
    COMING,
    CONTACTS,
    ENOUGH,
    ENTRIES,
    FIRST,
    GREETED,
    LATER,
    LEAVING,
    LEFT_SILENTLY,
    NOWHERE,
    WAITING,
    State,
)

if TYPE_CHECKING:
    from hotline_sim.demand import Tables
    from hotline_sim.domain import Cases, ContactLog, Duty, Rules

_ORDER, _ENTRY = int(Word.ORDER), int(Word.ENTRY)
_NEVER = math.inf
_NAN = math.nan


class Hotline:
    """A hotline at work, from day to day, as :class:`hotline_sim.model.Hotline` is.

    Parameters
    ----------
    rules
        The scenario's channels and teams.
    tables
        What contacts bring and what follows them.
    """

    def __init__(self, rules: Rules, tables: Tables) -> None:
        self._state = buffers.new_state(rules, tables)

    def run_day(self, day: int, cases: Cases, duty: Duty) -> ContactLog:
        """Play on until *day* has ended, and return the contacts settled meanwhile.

        *cases* and *duty* are those of the day, or of all days since the last one played.
        Days are played in order. What happens at the instant of the later midnight
        belongs to the next day.
        """
        self._state = buffers.with_day(cases, duty, self._state)
        while (lacking := plays_day(self._state, (day + 1) * DAY_S)) != ENOUGH:
            self._state = buffers.with_more(lacking, self._state)
        return self._log()

    def close(self) -> ContactLog:
        """Return who is still waiting, and what is still to come, by case.

        Call it once, after the last day.
        """
        self._state = buffers.with_entries_for_all(self._state)
        closes(self._state)
        log = self._log()
        to_come = log.outcome == DUE_AFTER_END
        return joined([log.where(~to_come), log.where(to_come).in_order()])

    def _log(self) -> ContactLog:
        """Return what was written down since the last time."""
        log = buffers.log_of(self._state)
        self._state = buffers.without_day(self._state)
        return log


@entered
def plays_day(state: State, until_s: float) -> int:
    """Play a day until its midnight, and return what there is no room for, if anything.

    Called again when there is more room, it goes on where it was. Everything happens in its
    order: see ``events``.
    """
    state = by_reference(state)
    clock = state.clock[0]
    most_entries = len(state.ends)  # more than the agents can hold
    if clock.until_s < until_s:
        _begins_day(state, until_s)
    while True:
        if clock.empty_contacts == 0:  # for an arrival, or who follows a silent leaver
            return CONTACTS
        if clock.written + most_entries > len(state.log.case):
            return ENTRIES
        ends_s, goes_off_s = soonest_s(state.ends), soonest_s(state.goes_off)
        comes_on_s = clock.next_stint_s
        arrives_s = _arrives_next_s(state)
        meets_s = clock.now_s if clock.meeting_due else next_help_s(state)
        gives_up_s = soonest_s(state.gives_up)
        now_s = min(ends_s, goes_off_s, comes_on_s, arrives_s, meets_s, gives_up_s)
        if now_s >= until_s:
            return ENOUGH
        clock.now_s = now_s
        if ends_s == now_s:
            _is_done(state, take(state.ends, None, FIRST))
        elif goes_off_s == now_s:
            _goes_off(state, take(state.goes_off, None, FIRST))
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
            expects(state, who)


# The caller's story ------------------------------------------------------------------------


@inlined
def _expects_next_case(state: State) -> None:
    """Let today's next case be on its way."""
    clock, at_s = state.clock[0], state.today.arrival_s
    clock.next_case_s = at_s[clock.next_case] if clock.next_case < len(at_s) else _NEVER


@inlined
def _arrives_next_s(state: State) -> float:
    """Return when next somebody arrives, or asks after the greeting."""
    others_s: float = min(soonest_s(state.coming), soonest_s(state.greeted))
    arrives_s: float = min(state.clock[0].next_case_s, others_s)
    return arrives_s


@inlined
def _arrivals(state: State, no_meeting: bool) -> None:
    """Let the next of those due at this instant arrive, in the order of cases."""
    clock, coming, greeted = state.clock[0], state.coming, state.greeted
    case = clock.first_case + clock.next_case
    has_heard = goes_first(greeted[1].at_s, greeted[1].tie, coming[1])
    other = greeted[1] if has_heard else coming[1]
    if clock.next_case_s == clock.now_s and goes_first(clock.now_s, case, other):
        who = _begins(state, case)
    elif has_heard:
        who = take(greeted, None, FIRST)
    else:
        who = take(coming, None, FIRST)
    is_last = no_meeting and _arrives_next_s(state) > clock.now_s
    stage = state.contacts[at(who)].stage
    if stage in (GREETED, LEAVING):
        _has_heard_the_greeting(state, who, is_last)
    else:
        _arrives(state, who, is_last)


@inlined
def _begins(state: State, case: int) -> int:
    """Return the first contact of the next case."""
    clock, today = state.clock[0], state.today
    who = new_contact(state)
    contact = state.contacts[at(who)]
    number = at(clock.next_case)
    contact.arrival_s = contact.born_s = clock.now_s
    contact.case = case
    contact.request_s = _NAN
    contact.stage = COMING
    contact.channel = contact.born_on = today.channel[number]
    contact.day = int(clock.now_s / DAY_S)
    contact.place = today.place[number]
    contact.k = 1
    contact.failed = contact.answered_before = 0
    contact.after = contact.pending = NOBODY
    clock.next_case += 1
    _expects_next_case(state)
    return who


@inlined
def _arrives(state: State, who: int, is_last: bool) -> None:
    """Hold a line until the greeting is over, or hang up in it; without one ask at once."""
    contact = state.contacts[at(who)]
    queue = state.queues[at(contact.channel)]
    lasts_s, leaves = greeting_s(state, contact)
    if lasts_s == 0.0 and not leaves:
        _asks(state, who, is_last)
    elif not has_line(state, queue):
        is_settled(state, who, BLOCKED)
    else:
        queue.greeted += 1
        contact.stage = LEAVING if leaves else GREETED
        add(state.greeted, None, state.clock[0].now_s + lasts_s, contact.case, who)


@inlined
def _has_heard_the_greeting(state: State, who: int, is_last: bool) -> None:
    """Hang up, or ask for a human."""
    contact = state.contacts[at(who)]
    state.queues[at(contact.channel)].greeted -= 1
    if contact.stage == LEAVING:
        is_settled(state, who, LEFT)
    else:
        _asks(state, who, is_last)


@called
def _asks(state: State, who: int, is_last: bool) -> None:
    """Ask for a human, unless the menu serves the matter or no line is free.

    Who has been greeted has a line. A free agent answers at once if nothing else happens
    before contacts and agents meet.
    """
    contact = state.contacts[at(who)]
    queue = state.queues[at(contact.channel)]
    if is_contained(state, contact):
        is_settled(state, who, CONTAINED)
        return
    if not has_line(state, queue):
        is_settled(state, who, BLOCKED)
        return
    contact.request_s = state.clock[0].now_s
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
    waits_s = patience_s(state, state.contacts[at(who)])
    if waits_s < _NEVER:
        clock.waited += 1
        add(state.gives_up, state.places, clock.now_s + waits_s, clock.waited, who)


@inlined
def _gives_up(state: State, who: int) -> None:
    """Leave, patience having run out; a chat may do so without a word."""
    now_s, contact = state.clock[0].now_s, state.contacts[at(who)]
    queue = state.queues[at(contact.channel)]
    queue.waiting -= 1
    if leaves_silently(state, contact):
        contact.stage = LEFT_SILENTLY
        contact.end_s = now_s
        row = row_of(state, contact, ABANDONED)
        leads_to, delay_s, pending, rest_s = leads_to_after(state, contact, row, _NAN)
        contact.leads_to = leads_to
        if leads_to != NOBODY:
            heir = new_contact(state)
            state.contacts[at(heir)] = contact
            again = state.contacts[at(heir)]
            again.channel, again.pending, again.rest_s = leads_to, pending, rest_s
            comes_again(state, heir, ABANDONED, now_s + delay_s)
    else:
        leave(state, queue, who)
        is_settled(state, who, ABANDONED)


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
    add(state.goes_off, None, today.off_s[stint], seat, seat)
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


@called
def _handles(state: State, seat: int, who: int) -> None:
    """Handle a contact: talk, then wrap up. Its end is known from here on."""
    now_s, contact = state.clock[0].now_s, state.contacts[at(who)]
    queue = state.queues[at(contact.channel)]
    if contact.stage == LEFT_SILENTLY:
        done_s = now_s + queue.silent_handle_s
        entry = writes_down(state, contact, ABANDONED, contact.end_s, contact.leads_to)
        _is_busy(state, seat, queue, entry, done_s)
        forget_contact(state, who)
    elif not is_reached(state, contact):
        done_s = now_s + queue.unreached_handle_s
        row = row_of(state, contact, UNREACHED)
        entry = is_over(state, who, UNREACHED, done_s, row, _NAN)
        _is_busy(state, seat, queue, entry, done_s)
    else:
        _answers(state, seat, who, queue)


@inlined
def _answers(state: State, seat: int, who: int, queue: Record) -> None:
    """Talk with a citizen, perhaps open a work order, and wrap up."""
    now_s, tables = state.clock[0].now_s, state.tables
    agent, contact = state.agents[at(seat)], state.contacts[at(who)]
    number = contact.channel
    talk_s, wrap_up_s, following = handling(state, contact)
    row, order_s, department = NOBODY, _NAN, NOBODY
    if contact.pending == NOBODY:
        row = row_after(tables, number, ANSWERED, contact.k, following)
    if row != NOBODY and tables.rows[at(row)].department != NOBODY:
        opened = tables.rows[at(row)]
        department = opened.department
        order_s = time_of(tables, opened.delay, uniform_of(state, contact, _ORDER))
        if opened.entry != NOBODY:
            wrap_up_s += time_of(tables, opened.entry, uniform_of(state, contact, _ENTRY))
    pace = agent.speed * (1.0 + queue.slowdown * agent.held)
    end_s = now_s + scaled_s(talk_s, pace)
    done_s = end_s + scaled_s(wrap_up_s, pace)
    hold_line_until(state, number, end_s)
    mood, rating = _NAN, _NAN
    if tables.asks_opinions:
        mood, rating = opinion(state, contact)
    entry = is_over(state, who, ANSWERED, end_s, row, order_s)
    log = state.log
    log.order_s[entry] = order_s
    log.department[entry] = department
    log.mood[entry] = mood
    log.rating[entry] = rating
    _is_busy(state, seat, queue, entry, done_s)


@inlined
def _is_busy(state: State, seat: int, queue: Record, entry: int, done_s: float) -> None:
    """Have a contact in hand until it is done, and write down who has it."""
    now_s, agent, log = state.clock[0].now_s, state.agents[at(seat)], state.log
    log.start_s[at(entry)] = now_s
    log.done_s[at(entry)] = done_s
    log.seat[at(entry)] = seat
    log.team[at(entry)] = agent.team
    is_not_free(state, seat)
    agent.held += 1
    agent.chats = queue.is_chat
    agent.since_s = now_s
    is_free(state, seat)
    add(state.ends, None, done_s, seat, seat)


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
