"""SimPy events with a place among the events of their instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy
from simpy.events import NORMAL, EventPriority

if TYPE_CHECKING:
    from collections.abc import Callable

# Everything at one instant happens in this order, in both engines. SimPy sorts the events
# of an instant by priority (its own URGENT, 0, stops a day's run before all of them).
ENDS = NORMAL  # 1: agents become free
GOES_OFF = EventPriority(2)
COMES_ON = EventPriority(3)
ARRIVES = EventPriority(4)  # the arrivals of an instant are then taken in the order of cases
MEET = EventPriority(5)  # waiting contacts and free agents
GIVES_UP = EventPriority(6)


class Moment(simpy.Event):
    """Something that happens after a delay, at its rank: *then* is called with the moment.

    ``about`` is what it is about: a contact, an agent.
    """

    def __init__(
        self,
        env: simpy.Environment,
        delay_s: float,
        rank: EventPriority,
        then: Callable[[Any], None],
        about: Any = None,
    ) -> None:
        self.env = env
        self.callbacks = [then]
        self._ok = True
        self._value = about
        self.about = about
        env.schedule(self, rank, delay_s)
