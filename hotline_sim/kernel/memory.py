"""What the compiled engine keeps from day to day.

At the end of a day today's calls are gone. Of them are kept, once, the contacts still under
way and all that may follow from them; a kept call that can no longer come about gives its
place to another. So memory grows with what is under way, not with the days.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.compiled import ANSWERED, NOBODY, OPEN, Record, at, inlined
from hotline_sim.domain import N_ENDINGS
from hotline_sim.kernel.state import EMPTY, KEPT, LEFT_SILENTLY, State

if TYPE_CHECKING:
    import numpy.typing as npt

    Column = npt.NDArray[Any]

# Places for contacts -----------------------------------------------------------------------


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


# Calls: today's, and what is kept of earlier days' -------------------------------------------


@inlined
def of_call(today: Column, kept: Column, row: int) -> Any:
    """Return what a call says: a column of today's calls, and the same of those kept."""
    return today[at(row)] if row < KEPT else kept[at(row - KEPT)]


@inlined
def follower(state: State, row: int, ending: int) -> int:
    """Return the row of the call that follows one that ends so, or NOBODY."""
    following: int
    if row < KEPT:
        way = state.today.ways[at(ending)]
        following = NOBODY if way == NOBODY else state.today.followers[at(row), at(way)]
    else:
        following = state.calls[at(row - KEPT)].next_contact[ending]
    return following


@inlined
def delay_s(state: State, row: int, ending: int) -> float:
    """Return how long after such an end it does, if any call does."""
    after_s: float
    if row < KEPT:
        after_s = state.today.delays_s[at(row), at(state.today.ways[at(ending)])]
    else:
        after_s = state.calls[at(row - KEPT)].delay_s[ending]
    return after_s


@inlined
def channel_of(state: State, row: int) -> int:
    """Return the channel of a call."""
    found: int = of_call(state.today.channel, state.calls["channel"], row)
    return found


@inlined
def tells(state: State, row: int, outcome: int, number: int) -> None:
    """Write into an entry of the log what only that needs to know of a call."""
    today, log, entry = state.today, state.log, at(number)
    answered = outcome == ANSWERED
    if row < KEPT:
        log.order_s[entry] = today.order_s[at(row)] if answered else math.nan
        log.department[entry] = today.department[at(row)] if answered else NOBODY
        log.mood[entry] = today.mood[at(row)]
        log.rating[entry] = today.rating[at(row)]
    else:
        call = state.calls[at(row - KEPT)]
        log.order_s[entry] = call.order_s if answered else math.nan
        log.department[entry] = call.department if answered else NOBODY
        log.mood[entry] = call.mood
        log.rating[entry] = call.rating


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
    call.channel = today.channel[row]
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
def forgets(state: State, row: int, outcome: int) -> None:
    """Give away the place of a kept call that has ended, and of all that cannot follow now."""
    clock = state.clock[0]
    place = row - KEPT
    heir = state.calls[place].next_contact[outcome] if outcome != OPEN else NOBODY
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
