"""What the compiled engine writes down, and what it keeps from day to day.

At the end of a day today's calls are gone. Of them are kept, once, the contacts still under
way and all that may follow from them; a kept call that can no longer come about gives its
place to another. So memory grows with what is under way, not with the days.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.domain import N_ENDINGS
from hotline_sim.kernel.compiled import entered, inlined
from hotline_sim.kernel.state import (
    ANSWERED,
    EMPTY,
    KEPT,
    LEFT_SILENTLY,
    NOBODY,
    OPEN,
    Record,
    State,
)

if TYPE_CHECKING:
    from hotline_sim.domain import Floats, Ints

# Places for contacts -----------------------------------------------------------------------


@inlined
def new_contact(state: State) -> int:
    """Return an empty place for a contact."""
    clock = state.clock[0]
    who: int = clock.empty_contact
    clock.empty_contact = state.contacts[who].behind
    clock.empty_contacts -= 1
    return who


@inlined
def forget_contact(state: State, who: int) -> None:
    """Empty a contact's place."""
    clock = state.clock[0]
    contact = state.contacts[who]
    contact.stage = EMPTY
    contact.behind = clock.empty_contact
    clock.empty_contact = who
    clock.empty_contacts += 1


# Calls: today's, and what is kept of earlier days' -------------------------------------------


@inlined
def reads(state: State, contact: Record) -> None:
    """Read what the call of a contact says, now that it has come about."""
    row, today = contact.row, state.today
    if row < KEPT:
        contact.channel = today.channel[row]
        contact.talk_s = today.talk_s[row]
        contact.wrap_up_s = today.wrap_up_s[row]
        contact.patience_s = today.patience_s[row]
        contact.contained = today.contained[row]
        contact.silent = today.silent[row]
        contact.reached = today.reached[row]
    else:
        call = state.calls[row - KEPT]
        contact.channel = call.channel
        contact.talk_s = call.talk_s
        contact.wrap_up_s = call.wrap_up_s
        contact.patience_s = call.patience_s
        contact.contained = call.contained
        contact.silent = call.silent
        contact.reached = call.reached


@inlined
def follower(state: State, row: int, ending: int) -> int:
    """Return the row of the call that follows one that ends so, or NOBODY."""
    following: int
    if row < KEPT:
        way = state.today.ways[ending]
        following = NOBODY if way == NOBODY else state.today.followers[row, way]
    else:
        following = state.calls[row - KEPT].next_contact[ending]
    return following


@inlined
def delay_s(state: State, row: int, ending: int) -> float:
    """Return how long after such an end it does, if any call does."""
    after_s: float
    if row < KEPT:
        after_s = state.today.delays_s[row, state.today.ways[ending]]
    else:
        after_s = state.calls[row - KEPT].delay_s[ending]
    return after_s


@inlined
def channel_of(state: State, row: int) -> int:
    """Return the channel of a call."""
    channel: int = state.today.channel[row] if row < KEPT else state.calls[row - KEPT].channel
    return channel


@inlined
def keeps(state: State) -> bool:
    """Keep today's calls that may still come about; False if there is no room for all.

    Called again when there is more room, it goes on where it was.
    """
    clock = state.clock[0]
    for who in range(len(state.contacts)):
        contact = state.contacts[who]
        if contact.stage != EMPTY and contact.row < KEPT:
            if clock.empty_calls == 0:
                return False
            contact.row = _keeps_call(state, contact.row, contact.stage != LEFT_SILENTLY)
    while clock.unfollowed != NOBODY:
        if clock.empty_calls < N_ENDINGS:
            return False
        _keeps_followers(state)
    return True


@inlined
def _keeps_followers(state: State) -> None:
    """Keep the calls that may follow the one kept last."""
    clock = state.clock[0]
    call = state.calls[clock.unfollowed]
    clock.unfollowed = call.link
    for ending in range(N_ENDINGS):
        following = call.next_contact[ending]
        if NOBODY < following < KEPT:
            _replace(call, following, _keeps_call(state, following, True))


@inlined
def _keeps_call(state: State, row: int, leads_on: bool) -> int:
    """Copy one of today's calls, and return its new row; its followers have yet to be kept.

    A silent leaver's case has gone on already: that call leads to nothing more.
    """
    clock, today = state.clock[0], state.today
    kept: int = clock.empty_call
    call = state.calls[kept]
    clock.empty_call = call.link
    clock.empty_calls -= 1
    call.case = today.case[row]
    call.born_s = today.born_s[row]
    call.channel = today.channel[row]
    call.k = today.k[row]
    call.talk_s = today.talk_s[row]
    call.wrap_up_s = today.wrap_up_s[row]
    call.patience_s = today.patience_s[row]
    call.contained = today.contained[row]
    call.silent = today.silent[row]
    call.reached = today.reached[row]
    call.order_s = today.order_s[row]
    call.department = today.department[row]
    call.mood = today.mood[row]
    call.rating = today.rating[row]
    is_followed = False
    for ending in range(N_ENDINGS):
        following = follower(state, row, ending) if leads_on else NOBODY
        call.next_contact[ending] = following
        if following != NOBODY:
            call.delay_s[ending] = delay_s(state, row, ending)
            is_followed = True
    if is_followed:
        call.link = clock.unfollowed
        clock.unfollowed = kept
    return KEPT + kept


@inlined
def _replace(call: Record, following: int, by: int) -> None:
    """Let another row follow, whatever the endings that lead to it."""
    for ending in range(N_ENDINGS):
        if call.next_contact[ending] == following:
            call.next_contact[ending] = by


@inlined
def _forgets(state: State, row: int, outcome: int) -> None:
    """Give away the place of a kept call that has ended, and of all that cannot follow now."""
    clock = state.clock[0]
    heir = NOBODY if outcome == OPEN else follower(state, row, outcome)
    place = row - KEPT
    state.calls[place].link = NOBODY
    while place != NOBODY:
        call = state.calls[place]
        rest = call.link
        for ending in range(N_ENDINGS):
            following = call.next_contact[ending]
            if following != NOBODY and following != heir:
                _replace(call, following, NOBODY)
                state.calls[following - KEPT].link = rest
                rest = following - KEPT
        call.link = clock.empty_call
        clock.empty_call = place
        clock.empty_calls += 1
        place = rest


# What is written down ----------------------------------------------------------------------


@entered
def writes(state: State, whole: Ints, times: Floats) -> None:
    """Fill the columns of a log of what was written, and forget what has ended.

    They come in the order of :class:`~hotline_sim.domain.ContactLog`, whole numbers and
    times apart; the rows day by day of their calls, the day first written down first.
    """
    clock = state.clock[0]
    _finds_days(state, whole[0])
    _writes_what_came_about(state, whole, times)
    _writes_what_was_drawn(state, whole, times)
    for i in range(clock.written):
        entry = state.entries[i]
        state.per_day[entry.day] = 0
        if entry.row >= KEPT:
            _forgets(state, entry.row, entry.outcome)
    clock.written = 0
    clock.today += 1


@inlined
def _writes_what_came_about(state: State, whole: Ints, times: Floats) -> None:
    """Put the entries where they belong, and the rows of their calls in place of the cases."""
    for i in range(state.clock[0].written):
        entry = state.entries[i]
        at = state.per_day[entry.day]
        state.per_day[entry.day] = at + 1
        whole[0, at] = entry.row
        whole[3, at] = entry.outcome
        whole[4, at] = NOBODY if entry.seat == NOBODY else state.agents[entry.seat].team
        whole[5, at] = entry.seat
        whole[6, at] = entry.next
        whole[7, at] = entry.after
        whole[8, at] = entry.failed
        whole[9, at] = entry.answered_before
        times[1, at] = entry.arrival_s
        times[2, at] = entry.start_s
        times[3, at] = entry.end_s
        times[4, at] = entry.done_s


@inlined
def _writes_what_was_drawn(state: State, whole: Ints, times: Floats) -> None:
    """Add what only the log needs to know of the calls: row after row of it."""
    today = state.today
    for at in range(state.clock[0].written):
        row = whole[0, at]
        answered = whole[3, at] == ANSWERED
        if row < KEPT:
            whole[0, at] = today.case[row]
            whole[1, at] = today.channel[row]
            whole[2, at] = today.k[row]
            whole[10, at] = today.department[row] if answered else NOBODY
            times[0, at] = today.born_s[row]
            times[5, at] = today.order_s[row] if answered else math.nan
            times[6, at] = today.mood[row]
            times[7, at] = today.rating[row]
        else:
            call = state.calls[row - KEPT]
            whole[0, at] = call.case
            whole[1, at] = call.channel
            whole[2, at] = call.k
            whole[10, at] = call.department if answered else NOBODY
            times[0, at] = call.born_s
            times[5, at] = call.order_s if answered else math.nan
            times[6, at] = call.mood
            times[7, at] = call.rating


@inlined
def _finds_days(state: State, days: Ints) -> None:
    """Turn *per_day* into where each day's rows begin; *days* is used for it."""
    found = 0
    for i in range(state.clock[0].written):
        day = state.entries[i].day
        if state.per_day[day] == 0:
            days[found] = day
            found += 1
        state.per_day[day] += 1
    begin = 0
    for i in range(found):
        count = state.per_day[days[i]]
        state.per_day[days[i]] = begin
        begin += count
