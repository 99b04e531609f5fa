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
    LEFT_SILENTLY,
    NOBODY,
    OPEN,
    Record,
    State,
    Today,
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
def reads(state: State, today: Today) -> None:
    """Read a day's calls and stints: row by row, each row in one piece."""
    clock = state.clock[0]
    clock.cases, clock.next_case = len(today.first_contact), 0
    clock.stints, clock.next_stint = len(today.seat), 0
    for i in range(clock.cases):
        case = state.cases[i]
        case.row = today.first_contact[i]
        case.at_s = today.first_arrival_s[i]
        case.case = today.case[case.row]
    for i in range(clock.stints):
        stint = state.stints[i]
        stint.seat = today.seat[i]
        stint.on_s = today.on_s[i]
        stint.off_s = today.off_s[i]
        stint.speed = today.speed[i]
    state.cases[clock.cases].at_s = math.inf
    state.stints[clock.stints].on_s = math.inf
    for row in range(len(today.case)):
        call = state.calls[row]
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
        call.day = clock.today
        call.leads_on = False
        for ending in range(N_ENDINGS):
            call.next_contact[ending] = NOBODY
        for j in range(len(today.endings)):
            ending = today.endings[j]
            following = today.followers[row, j]
            call.next_contact[ending] = following
            call.delay_s[ending] = today.delays_s[row, j]
            call.leads_on |= following != NOBODY


@inlined
def keeps(state: State) -> bool:
    """Keep today's calls that may still come about; False if there is no room for all.

    Called again when there is more room, it goes on where it was.
    """
    clock = state.clock[0]
    for who in range(len(state.contacts)):
        contact = state.contacts[who]
        if contact.stage != EMPTY and contact.row < clock.today_end:
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
        if NOBODY < following < clock.today_end:
            _replace(call, following, _keeps_call(state, following, True))


@inlined
def _keeps_call(state: State, row: int, leads_on: bool) -> int:
    """Copy one of today's calls, and return where to; its followers have yet to be kept.

    A silent leaver's case has gone on already: that call leads to nothing more.
    """
    clock = state.clock[0]
    kept: int = clock.empty_call
    call = state.calls[kept]
    clock.empty_call = call.link
    clock.empty_calls -= 1
    state.calls[kept] = state.calls[row]
    if call.leads_on and leads_on:
        call.link = clock.unfollowed
        clock.unfollowed = kept
    elif call.leads_on:
        call.leads_on = False
        for ending in range(N_ENDINGS):
            call.next_contact[ending] = NOBODY
    return kept


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
    heir = state.calls[row].next_contact[outcome] if outcome != OPEN else NOBODY
    state.calls[row].link = NOBODY
    while row != NOBODY:
        call = state.calls[row]
        rest = call.link
        for ending in range(N_ENDINGS):
            following = call.next_contact[ending]
            if following != NOBODY and following != heir:
                _replace(call, following, NOBODY)
                state.calls[following].link = rest
                rest = following
        call.link = clock.empty_call
        clock.empty_call = row
        clock.empty_calls += 1
        row = rest


# What is written down ----------------------------------------------------------------------


@entered
def writes(state: State, whole: Ints, times: Floats) -> None:
    """Fill the columns of a log of what was written, and forget what has ended.

    They come in the order of :class:`~hotline_sim.domain.ContactLog`, whole numbers and
    times apart; the rows day by day of their calls, the day first written down first.
    """
    n = state.clock[0].written
    _finds_days(state, whole[0])
    for i in range(n):
        entry = state.entries[i]
        call = state.calls[entry.row]
        at = state.per_day[entry.day]
        state.per_day[entry.day] = at + 1
        answered = entry.outcome == ANSWERED
        whole[0, at] = call.case
        whole[1, at] = call.channel
        whole[2, at] = call.k
        whole[3, at] = entry.outcome
        whole[4, at] = entry.team
        whole[5, at] = entry.seat
        whole[6, at] = entry.next
        whole[7, at] = entry.after
        whole[8, at] = entry.failed
        whole[9, at] = entry.answered_before
        whole[10, at] = call.department if answered else NOBODY
        times[0, at] = call.born_s
        times[1, at] = entry.arrival_s
        times[2, at] = entry.start_s
        times[3, at] = entry.end_s
        times[4, at] = entry.done_s
        times[5, at] = call.order_s if answered else math.nan
        times[6, at] = call.mood
        times[7, at] = call.rating
    for i in range(n):
        entry = state.entries[i]
        state.per_day[entry.day] = 0
        if entry.row >= state.clock[0].today_end:
            _forgets(state, entry.row, entry.outcome)
    state.clock[0].written = 0
    state.clock[0].today += 1


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
