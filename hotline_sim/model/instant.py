"""The order of one instant: SimPy events with a rank among those of their time.

SimPy processes the events of one instant by priority, and those of one priority in the order
in which they were scheduled. Its own have two: a process begins, and a run stops at midnight,
before all else (URGENT, 0); timeouts end, and events that were triggered are processed, at
NORMAL, 1. The ranks below go on from there.
"""

from __future__ import annotations

import simpy
from simpy.events import NORMAL, EventPriority

# Everything at one instant happens in this order, in both engines.
ENDS = NORMAL  # of talk and of handling: what ``env.timeout`` gives
GOES_OFF = 2
COMES_ON = 3
ARRIVES = 4  # and who has heard the greeting asks; its place: the number of the case
MEET = 2**62  # waiting contacts and free agents; past the last case
GIVES_UP = 2**62 + 1  # its place: the number of the wait, so who waits longer leaves first


class OrderedTimeout(simpy.Event):
    """A timeout with a rank among the events of its instant, and a place within its rank."""

    def __init__(self, env: simpy.Environment, delay_s: float, rank: int, place: int = 0) -> None:
        self.env = env  # as SimPy's own Timeout is made, which has no rank
        self.callbacks = []
        self._value = None
        self._ok = True
        env.schedule(self, EventPriority(rank + place), delay_s)


def is_over(env: simpy.Environment) -> bool:
    """Tell whether nothing more is to happen at this instant."""
    return env.peek() > env.now
