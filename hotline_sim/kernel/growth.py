"""The possible contacts of a stretch of days, compiled: the trees of hotline_sim.demand.growth.

They are those of :class:`hotline_sim.demand.growth.Growth`, contact by contact: who changes
one changes the other. There all contacts of one try and channel grow at once, over all days;
here a day grows after the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.domain import N_ENDINGS
from hotline_sim.kernel.compiled import at, entered, inlined
from hotline_sim.kernel.growth_room import Room
from hotline_sim.kernel.growth_state import (
    CONTACTS,
    ENOUGH,
    PLACES,
    TIMES,
    UNIFORMS,
    Numbers,
    Trees,
)
from hotline_sim.kernel.references import by_reference
from hotline_sim.kernel.state import NOBODY, Record, int64

if TYPE_CHECKING:
    from hotline_sim.demand.numbers import DayNumbers
    from hotline_sim.demand.transitions import Row
    from hotline_sim.demand.tree import Grown
    from hotline_sim.domain import Ints

_FIRST_TRY = int64(1)


class Growth:
    """Grows the possible contacts of first contacts.

    It is :class:`hotline_sim.demand.growth.Growth`, with the same parameters.
    """

    def __init__(
        self, names: tuple[str, ...], table: tuple[tuple[Row, ...], ...], max_contacts: int
    ) -> None:
        self._room = Room(names, table, max_contacts)

    def grow(self, first: Ints, numbers: DayNumbers) -> Grown:
        """Return all possible contacts; *first*: how many first ones, ``(days, channels)``."""
        self._room.prepare(first, numbers)
        while (lacking := grows(self._room.trees)) != ENOUGH:
            self._room.enlarge(lacking, numbers)
        return self._room.grown()


@entered
def grows(trees: Trees) -> int:
    """Grow the days that have not grown, and return what there is too little of, if anything.

    Called again when there is more, it goes on with the day where it was.
    """
    trees = by_reference(trees)
    clock = trees.clock[0]
    while clock.day < len(trees.first):
        cases = clock.cases
        lacking = _grows_day(trees)
        if lacking != ENOUGH:
            clock.cases = cases
            return lacking
        clock.day += 1
    return ENOUGH


@inlined
def _grows_day(trees: Trees) -> int:
    """Think up a day's contacts, try by try, and give them their places among all."""
    clock = trees.clock[0]
    lacking = _begins(trees)
    for k in range(1, clock.max_contacts + 1):
        if lacking == ENOUGH:
            lacking = _next_level(trees, k, k == clock.max_contacts)
    if lacking == ENOUGH:
        lacking = _finds_places(trees)
    return lacking


@inlined
def _begins(trees: Trees) -> int:
    """Think up the day's first contacts."""
    clock = trees.clock[0]
    clock.contacts = 0
    clock.level = clock.born = clock.last_born = NOBODY
    for number in range(len(trees.rows)):
        _begins_day(trees.times, number, clock.day)
    for number in range(len(trees.channels)):
        _begins_day(trees.uniforms, number, clock.day)
        channel = trees.channels[at(number)]
        channel.contacts = 0
        channel.born = channel.last_born = NOBODY
        first = trees.first[at(clock.day), at(number)]
        if clock.contacts + first > len(trees.contacts):
            return CONTACTS
        for _ in range(first):
            _add(trees, number, _FIRST_TRY, clock.cases)
            clock.cases += 1
        _turns_to_born(channel)
    return ENOUGH


@inlined
def _next_level(trees: Trees, k: int, last: bool) -> int:
    """Think up the contacts that may follow those of the k-th try."""
    clock = trees.clock[0]
    for number in range(len(trees.channels)):
        channel = trees.channels[at(number)]
        if channel.level != NOBODY and (channel.opens if last else channel.rows < channel.rows_end):
            lacking = _follow(trees, number, k, last)
            if lacking != ENOUGH:
                return lacking
    if not last and not _urged_go_on(trees, k):
        return CONTACTS
    for number in range(len(trees.channels)):
        channel = trees.channels[at(number)]
        _turns_to_born(channel)
    _turns_to_born(clock)
    return ENOUGH


@inlined
def _urged_go_on(trees: Trees, k: int) -> bool:
    """Let those who chased a late order go on along the order's row, whatever their ending."""
    who = trees.clock[0].level
    while who != NOBODY:
        if _is_full(trees):
            return False
        urged = trees.contacts[at(who)]
        if urged.to != NOBODY:
            child = _add(trees, int(urged.to), k + 1, int(urged.case))
            for ending in range(N_ENDINGS):
                urged.next_contact[at(ending)] = child
        who = urged.behind
    return True


@inlined
def _follow(trees: Trees, number: int, k: int, last: bool) -> int:
    """Think up what may follow the contacts of a channel: first those who chase late orders."""
    clock, channel = trees.clock[0], trees.channels[at(number)]
    who = channel.level
    while who != NOBODY:
        if _is_spent(trees.uniforms, number, clock.day):
            clock.lacking = number
            return UNIFORMS
        trees.contacts[at(who)].uniform = _next_of(trees.uniforms, number, clock.day)
        who = trees.contacts[at(who)].behind
    for row in range(channel.rows, channel.rows_end):
        if trees.rows[at(row)].opens:
            lacking = _open_orders(trees, channel.level, row, k, last)
            if lacking != ENOUGH:
                return lacking
    who = NOBODY if last else channel.level
    while who != NOBODY:
        if _is_full(trees):
            return CONTACTS
        _goes_on(trees, channel, who, k)
        who = trees.contacts[at(who)].behind
    return ENOUGH


@inlined
def _goes_on(trees: Trees, channel: Record, who: int, k: int) -> None:
    """Think up who follows a contact: on each channel one, whatever the ending."""
    contact = trees.contacts[at(who)]
    is_followed = False
    for number in range(channel.rows, channel.rows_end):
        row = trees.rows[at(number)]
        if row.opens:
            goes = contact.chosen[at(row.ending)] == number
            goes &= contact.next_contact[at(row.ending)] == NOBODY  # else an urging comes first
        else:
            goes = _is_chosen(trees, number, contact, k)
            if goes:
                contact.chosen[at(row.ending)] = number
        if goes and row.to != NOBODY:
            child = trees.children[row.to]
            if child == NOBODY:
                child = trees.children[row.to] = _add(trees, row.to, k + 1, int(contact.case))
            contact.next_contact[at(row.ending)] = child
            is_followed = True
    if is_followed:
        for number in range(channel.rows, channel.rows_end):
            trees.children[trees.rows[at(number)].to] = NOBODY


@inlined
def _is_chosen(trees: Trees, number: int, contact: Record, k: int) -> bool:
    """Tell whether a contact's number is within the bounds of a row at the k-th try."""
    bounds = trees.bounds[at(number), at(min(k, trees.bounds.shape[1]) - 1)]
    return bool(bounds[0] <= contact.uniform < bounds[1])


@inlined
def _open_orders(trees: Trees, who: int, number: int, k: int, last: bool) -> int:
    """Let contacts of a level open the orders of a row; late ones are chased."""
    clock, row = trees.clock[0], trees.rows[at(number)]
    while who != NOBODY:
        contact = trees.contacts[at(who)]
        if _is_chosen(trees, number, contact, k):
            if _is_spent(trees.times, number, clock.day):
                clock.lacking = number
                return TIMES
            if _is_full(trees):
                return CONTACTS
            order_s = _next_of(trees.times, number, clock.day)
            contact.chosen[at(row.ending)] = number
            contact.order_s = order_s
            contact.department = row.department
            if not last and _is_chased(row, order_s):
                contact.next_contact[at(row.ending)] = _urges(trees, row, k, contact)
        who = contact.behind
    return ENOUGH


@inlined
def _is_chased(row: Record, order_s: float) -> bool:
    """Tell whether an order is late, and lateness is chased."""
    return bool(row.urging != NOBODY and order_s > row.deadline_s)


@inlined
def _urges(trees: Trees, row: Record, k: int, contact: Record) -> int:
    """Think up the contact that chases a late order."""
    clock = trees.clock[0]
    who: int = _new(trees, row.urging, k + 1, int(contact.case))
    urged = trees.contacts[at(who)]
    urged.to = row.to
    urged.rest_s = contact.order_s - row.due_s
    _append(trees, clock, who)
    return who


@inlined
def _add(trees: Trees, number: int, k: int, case: int) -> int:
    """Add a contact to those of the try that is being thought up."""
    who: int = _new(trees, number, k, case)
    _append(trees, trees.channels[at(number)], who)
    return who


@inlined
def _append(trees: Trees, chain: Record, who: int) -> None:
    """Put a contact behind those of the try that is being thought up."""
    if chain.last_born == NOBODY:
        chain.born = who
    else:
        trees.contacts[at(chain.last_born)].behind = who
    chain.last_born = who


@inlined
def _turns_to_born(chain: Record) -> None:
    """Let the try that was thought up be the one that grows."""
    chain.level = chain.born
    chain.born = chain.last_born = NOBODY


@inlined
def _new(trees: Trees, channel: int, k: int, case: int) -> int:
    clock = trees.clock[0]
    who: int = clock.contacts
    clock.contacts += 1
    contact = trees.contacts[at(who)]
    contact.channel = channel
    contact.number = trees.channels[at(channel)].contacts
    trees.channels[at(channel)].contacts += 1
    contact.k = k
    contact.case = case
    contact.behind = NOBODY
    contact.rest_s = 0.0
    contact.department = NOBODY
    for ending in range(N_ENDINGS):
        contact.next_contact[at(ending)] = NOBODY
        contact.chosen[at(ending)] = NOBODY
    return who


@inlined
def _begins_day(numbers: Numbers, number: int, day: int) -> None:
    numbers.next[at(number), at(day)] = numbers.begins[at(number), at(day)]


@inlined
def _is_spent(numbers: Numbers, number: int, day: int) -> bool:
    return bool(numbers.next[at(number), at(day)] == numbers.begins[at(number), at(day + 1)])


@inlined
def _next_of(numbers: Numbers, number: int, day: int) -> float:
    """Give out the next number of a channel or row, on a day that has one."""
    place = numbers.next[at(number), at(day)]
    numbers.next[at(number), at(day)] = place + 1
    given: float = numbers.drawn[at(place)]
    return given


@inlined
def _is_full(trees: Trees) -> bool:
    """Tell whether there may be no room for what one contact leads to."""
    return bool(trees.clock[0].contacts + len(trees.channels) > len(trees.contacts))


@inlined
def _finds_places(trees: Trees) -> int:
    """Write the day's contacts down by channel, as they were thought up."""
    clock = trees.clock[0]
    if clock.placed + clock.contacts > len(trees.case):
        return PLACES
    for number in range(len(trees.channels)):
        channel = trees.channels[at(number)]
        trees.counts[at(clock.day), at(number)] = channel.contacts
        channel.begins = clock.placed
        clock.placed += channel.contacts
    for who in range(clock.contacts):
        _writes_down(trees, trees.contacts[at(who)])
    return ENOUGH


@inlined
def _writes_down(trees: Trees, contact: Record) -> None:
    place = at(_place(trees, contact))
    trees.case[place] = contact.case
    trees.k[place] = contact.k
    trees.department[place] = contact.department
    trees.order_s[place] = contact.order_s if contact.department != NOBODY else math.nan
    for i in range(len(trees.endings)):
        ending = trees.endings[at(i)]
        following = contact.next_contact[at(ending)]
        if following != NOBODY:
            following = _place(trees, trees.contacts[at(following)])
        trees.followers[place, at(i)] = following
        trees.delays_s[place, at(i)] = _delay_s(trees, contact, ending)
        trees.chosen[at(i), place] = contact.chosen[at(ending)]


@inlined
def _delay_s(trees: Trees, contact: Record, ending: int) -> float:
    """Return how long an order or its chasing takes; 0 for what has yet to be drawn."""
    chosen = contact.chosen[at(ending)]
    if chosen == NOBODY or not trees.rows[at(chosen)].opens:
        return float(contact.rest_s) if contact.next_contact[at(ending)] != NOBODY else 0.0
    row = trees.rows[at(chosen)]
    if contact.k < trees.clock[0].max_contacts and _is_chased(row, contact.order_s):
        return float(row.due_s)
    return float(contact.order_s)


@inlined
def _place(trees: Trees, contact: Record) -> int:
    """Return the place of a contact of the day among all contacts."""
    place: int = trees.channels[at(contact.channel)].begins + contact.number
    return place
