"""The possible contacts of a stretch of days, compiled: the trees of hotline_sim.demand.growth.

They are those of :class:`hotline_sim.demand.growth.Growth`, contact by contact: who changes
one changes the other. There all contacts of one try and channel grow at once, over all days;
here a day grows after the other.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.compiled import NOBODY, Record, at, by_reference, entered, inlined, int64
from hotline_sim.kernel.growth_room import Room
from hotline_sim.kernel.growth_state import CONTACTS, ENOUGH, TIMES, UNIFORMS, Numbers, Trees

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

    Called again when there is more, it begins the day anew.
    """
    trees = by_reference(trees)
    clock = trees.clock[0]
    while clock.day < len(trees.first):
        lacking = _grows_day(trees)
        if lacking != ENOUGH:
            return lacking
        clock.day += 1
    return ENOUGH


@inlined
def _grows_day(trees: Trees) -> int:
    """Think up a day's contacts, try by try."""
    clock = trees.clock[0]
    lacking = _begins(trees)
    for k in range(1, clock.max_contacts + 1):
        if lacking == ENOUGH:
            lacking = _next_level(trees, k, k == clock.max_contacts)
    if lacking == ENOUGH:
        _ends(trees)
    return lacking


@inlined
def _begins(trees: Trees) -> int:
    """Think up the day's first contacts."""
    clock = trees.clock[0]
    clock.contacts = clock.before
    clock.level = clock.born = clock.last_born = NOBODY
    case = clock.cases
    for number in range(len(trees.rows)):
        _begins_day(trees.times, number, clock.day)
        trees.rows[at(number)].along = trees.rows[at(number)].along_before
    for number in range(len(trees.channels)):
        _begins_day(trees.uniforms, number, clock.day)
        channel = trees.channels[at(number)]
        channel.born = channel.last_born = NOBODY
        trees.counts[at(clock.day), at(number)] = 0
        first = trees.first[at(clock.day), at(number)]
        if clock.contacts + first > len(trees.case):
            return CONTACTS
        for _ in range(first):
            _add(trees, number, _FIRST_TRY, case)
            case += 1
        _turns_to_born(channel)
    return ENOUGH


@inlined
def _ends(trees: Trees) -> None:
    """Let what was thought up of the day stand."""
    clock = trees.clock[0]
    clock.before = clock.contacts
    for number in range(len(trees.channels)):
        clock.cases += trees.first[at(clock.day), at(number)]
    for number in range(len(trees.rows)):
        trees.rows[at(number)].along_before = trees.rows[at(number)].along


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
        urged = _note(trees, who)
        if urged.to != NOBODY:
            child = _add(trees, int(urged.to), k + 1, trees.case[at(who)])
            for way in range(trees.followers.shape[1]):
                trees.followers[at(who), at(way)] = child
                trees.delays_s[at(who), at(way)] = urged.rest_s
        who = urged.behind
    return True


@inlined
def _follow(trees: Trees, number: int, k: int, last: bool) -> int:
    """Think up what may follow the contacts of a channel: first those who chase late orders."""
    channel = trees.channels[at(number)]
    who = channel.level
    while who != NOBODY and channel.opens:  # else they draw when it is their turn to go on
        if not _draws(trees, number, who):
            return UNIFORMS
        who = _note(trees, who).behind
    for row in range(channel.rows, channel.rows_end):
        if trees.rows[at(row)].opens:
            lacking = _open_orders(trees, channel.level, row, k, last)
            if lacking != ENOUGH:
                return lacking
    who = NOBODY if last else channel.level
    while who != NOBODY:
        if not channel.opens and not _draws(trees, number, who):
            return UNIFORMS
        if _is_full(trees):
            return CONTACTS
        _goes_on(trees, channel, who, k)
        who = _note(trees, who).behind
    return ENOUGH


@inlined
def _draws(trees: Trees, number: int, who: int) -> bool:
    """Give a contact of a channel its number, if there is one."""
    clock = trees.clock[0]
    if _is_spent(trees.uniforms, number, clock.day):
        clock.lacking = number
        return False
    _note(trees, who).uniform = _next_of(trees.uniforms, number, clock.day)
    return True


@inlined
def _goes_on(trees: Trees, channel: Record, who: int, k: int) -> None:
    """Think up who follows a contact: on each channel one, whatever the ending."""
    uniform = _note(trees, who).uniform
    is_followed = False
    for number in range(channel.rows, channel.rows_end):
        if not _is_chosen(trees, number, uniform, k):
            continue
        row = trees.rows[at(number)]
        if not row.opens:
            _chooses(trees, row, number, who)
        is_urged = trees.followers[at(who), at(row.way)] != NOBODY  # which comes first
        if row.to != NOBODY and not is_urged:
            if trees.children[row.to] == NOBODY:
                trees.children[row.to] = _add(trees, row.to, k + 1, trees.case[at(who)])
            trees.followers[at(who), at(row.way)] = trees.children[row.to]
            is_followed = True
    if is_followed:
        for number in range(channel.rows, channel.rows_end):
            trees.children[trees.rows[at(number)].to] = NOBODY


@inlined
def _is_chosen(trees: Trees, number: int, uniform: float, k: int) -> bool:
    """Tell whether a contact's number is within the bounds of a row at the k-th try."""
    bounds = trees.bounds[at(number), at(min(k, trees.bounds.shape[1]) - 1)]
    return bool(bounds[0] <= uniform < bounds[1])


@inlined
def _chooses(trees: Trees, row: Record, number: int, who: int) -> None:
    """Let a contact go along a row."""
    trees.along[at(number), at(row.along)] = who
    row.along += 1


@inlined
def _open_orders(trees: Trees, who: int, number: int, k: int, last: bool) -> int:
    """Let contacts of a level open the orders of a row; late ones are chased."""
    clock, row = trees.clock[0], trees.rows[at(number)]
    while who != NOBODY:
        note = _note(trees, who)
        if _is_chosen(trees, number, note.uniform, k):
            if _is_spent(trees.times, number, clock.day):
                clock.lacking = number
                return TIMES
            if _is_full(trees):
                return CONTACTS
            order_s = _next_of(trees.times, number, clock.day)
            _chooses(trees, row, number, who)
            trees.order_s[at(who)] = order_s
            trees.department[at(who)] = row.department
            trees.delays_s[at(who), at(row.way)] = order_s
            if not last and row.urging != NOBODY and order_s > row.deadline_s:
                trees.delays_s[at(who), at(row.way)] = row.due_s
                trees.followers[at(who), at(row.way)] = _urges(trees, row, k, who)
        who = note.behind
    return ENOUGH


@inlined
def _urges(trees: Trees, row: Record, k: int, late: int) -> int:
    """Think up the contact that chases a late order."""
    who: int = _new(trees, row.urging, k + 1, trees.case[at(late)])
    urged = _note(trees, who)
    urged.to = row.to
    urged.rest_s = trees.order_s[at(late)] - row.due_s
    _append(trees, trees.clock[0], who)
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
        _note(trees, chain.last_born).behind = who
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
    trees.counts[at(clock.day), at(channel)] += 1
    trees.channel[at(who)] = channel
    trees.case[at(who)] = case
    trees.k[at(who)] = k
    trees.department[at(who)] = NOBODY
    trees.order_s[at(who)] = math.nan
    for way in range(trees.followers.shape[1]):
        trees.followers[at(who), at(way)] = NOBODY
        trees.delays_s[at(who), at(way)] = 0.0
    _note(trees, who).behind = NOBODY
    return who


@inlined
def _note(trees: Trees, who: int) -> Record:
    """Return what is noted of a contact of the day."""
    return trees.notes[at(who - trees.clock[0].before)]


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
    return bool(trees.clock[0].contacts + len(trees.channels) > len(trees.case))
