"""What is to happen when: heaps of events, and the order within one instant.

A heap's first element holds the number of events in ``who``; they follow, the soonest
first, each before the four below it. Behind them is nothing but NEVER, so the soonest may
always be looked at, and an event need not have all four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.compiled import Record, at, inlined
from hotline_sim.kernel.state import NEVER

if TYPE_CHECKING:
    from hotline_sim.domain import Ints
    from hotline_sim.kernel.state import Heap

# Everything at one instant happens in this order, in both engines:
# ENDS, GOES_OFF, COMES_ON, ARRIVES (or asks, after the greeting; in the order of cases), MEET,
# GIVES_UP.
# hotline_sim.kernel.hotline.plays_day looks for them one after the other.


@inlined
def soonest_s(heap: Heap) -> float:
    """Return the instant of the first event, inf if there is none."""
    at_s: float = heap[1].at_s
    return at_s


@inlined
def add(heap: Heap, places: Ints | None, at_s: float, tie: int, who: int) -> None:
    """Put an event in; at the same instant the lower *tie* goes first.

    *places* tells where in the heap each one's event is; None where nobody is looked up.
    """
    heap[0].who += 1
    _put(heap, places, _rise(heap, places, heap[0].who, at_s, tie), at_s, tie, who)


@inlined
def take(heap: Heap, places: Ints | None, place: int) -> int:
    """Take an event out, FIRST being the soonest, and return whose it was.

    The hole goes down to a leaf, and the last event up from there: it seldom goes far.
    """
    who: int = heap[at(place)].who
    count = heap[0].who
    heap[0].who = count - 1
    at_s, tie, last = heap[at(count)].at_s, heap[at(count)].tie, heap[at(count)].who
    heap[at(count)].at_s, heap[at(count)].tie = NEVER
    if place < count:
        below = 4 * place - 2
        while below < count:
            soonest = _sooner(
                heap, _sooner(heap, below, below + 1), _sooner(heap, below + 2, below + 3)
            )
            event = heap[at(soonest)]
            _put(heap, places, place, event.at_s, event.tie, event.who)
            place = soonest
            below = 4 * place - 2
        _put(heap, places, _rise(heap, places, place, at_s, tie), at_s, tie, last)
    return who


@inlined
def _sooner(heap: Heap, one: int, other: int) -> int:
    event = heap[at(other)]
    return other if goes_first(event.at_s, event.tie, heap[at(one)]) else one


@inlined
def goes_first(at_s: float, tie: int, than: Record) -> bool:
    """Tell which of two events is the earlier one."""
    first: bool = (at_s < than.at_s) | ((at_s == than.at_s) & (tie < than.tie))
    return first  # without a branch: the answer is hard to foresee


@inlined
def _put(heap: Heap, places: Ints | None, place: int, at_s: float, tie: int, who: int) -> None:
    event = heap[at(place)]
    event.at_s = at_s
    event.tie = tie
    event.who = who
    if places is not None:  # which is settled when the function is compiled
        places[at(who)] = place


@inlined
def _rise(heap: Heap, places: Ints | None, place: int, at_s: float, tie: int) -> int:
    """Move events down until one that goes first is above the place, and return the place."""
    above = (place + 2) >> 2
    while above > 0 and goes_first(at_s, tie, heap[at(above)]):
        event = heap[at(above)]
        _put(heap, places, place, event.at_s, event.tie, event.who)
        place = above
        above = (place + 2) >> 2
    return place
