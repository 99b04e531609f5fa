"""SimPy events with a place among the events of their instant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy
from simpy.events import NORMAL, EventPriority

# Everything at one instant happens in this order, in both engines. SimPy sorts the events
# of an instant by priority (its own URGENT, 0, stops a day's run before all of them).
ENDS = NORMAL  # 1: agents become free
GOES_OFF = EventPriority(2)
COMES_ON = EventPriority(3)
ARRIVES = EventPriority(4)  # plus the number of the case: arrivals go in the order of cases
MEET = EventPriority(2**62)  # waiting contacts and free agents; past the last case
GIVES_UP = EventPriority(2**62 + 1)

# What SimPy calls when a moment has come. It only reads the list, so moments of a kind
# share one.
Then = list[Callable[[Any], None]]


class Moment(simpy.Event):
    """Something that happens after a delay, at its rank, to whom or what it is *about*.

    ``model.people`` has two kinds of event that are not made for one moment: contacts and
    agents. Their next moment is set by giving them ``callbacks`` and scheduling them again
    once the last has passed; making an event takes longer than all that happens in it.
    """

    def __init__(
        self,
        env: simpy.Environment,
        delay_s: float,
        rank: EventPriority,
        then: Then,
        about: Any = None,
    ) -> None:
        self.env = env
        self.callbacks = then
        self.about = about
        self._ok = True
        self._value = None
        env.schedule(self, rank, delay_s)
