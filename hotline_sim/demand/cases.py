"""Draw the cases that begin on a day, or on a span of days."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.intensity import Intensity, arrivals_s
from hotline_sim.domain import DAY_S, Cases, Floats, Ints
from hotline_sim.scenario.schema import Inbound

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import AnyChannel, Scenario
    from hotline_sim.streams import Streams


class Demand:
    """The cases (诉求) of a scenario's horizon, one day at a time, in order.

    Its only state is the number of the next case.
    """

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._streams = streams
        self._intensity = Intensity(scenario, streams)
        self._channels = tuple(scenario.channels.items())
        self._next_case = 0

    def draw(self, day: int, until: int | None = None) -> Cases:
        """Return the cases of a day, or of the days before *until*; in order, each day once.

        A span of days holds what its days would hold if drawn one by one, one after another.
        """
        days = 1 if until is None else until - day
        midnights_s = DAY_S * np.arange(day, day + days + 1, dtype=float)
        found = [self._arrivals_s(day, days, name, one) for name, one in self._channels]
        places = [_places(arrival_s, midnights_s) for arrival_s in found]
        arrival_s = np.concatenate(found)
        channel = np.repeat(np.arange(len(found)), [len(one) for one in found])
        first = self._next_case
        self._next_case += len(arrival_s)
        if sum(len(one) > 0 for one in found) <= 1:
            return Cases(first, arrival_s, channel, np.concatenate(places))
        order = np.argsort(arrival_s, kind="stable")
        return Cases(first, arrival_s[order], channel[order], np.concatenate(places)[order])

    def _arrivals_s(self, day: int, days: int, name: str, channel: AnyChannel) -> Floats:
        """Return the instants at which cases arrive on a channel, ascending."""
        if not isinstance(channel, Inbound):
            return np.zeros(0)
        expected = self._intensity.expected(day, days, name, channel)
        purpose = f"{name}/arrivals"
        generators = (self._streams.at(one, purpose) for one in range(day, day + days))
        return day * DAY_S + arrivals_s(expected, generators)


def _places(arrival_s: Floats, midnights_s: Floats) -> Ints:
    """Return the place of each arrival among those of its day, ``(n,)``."""
    bounds = np.searchsorted(arrival_s, midnights_s)
    return np.concatenate([np.arange(end - begin) for begin, end in pairwise(bounds.tolist())])
