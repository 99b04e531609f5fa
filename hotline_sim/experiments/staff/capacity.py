"""How much a number of agents can take: the largest rate of calls with which goals are met."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.erlang import Queue, queue_measures
from hotline_sim.erlang.staffing import RISING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.erlang import Goal

MEASURES = ("connect_rate", "service_level", "asa_s", "occupancy")
_POINTS = 6  # of measures by rate, between what one agent fewer can take and what these can
_FINE = 1e-6  # of a rate
_SWAMPED = 3.0  # times as many calls as the agents could finish: no goal is met
_OVER = -1.0  # how far below its goal what cannot be computed counts as


class Capacity:
    """Rates of calls by agents, each worked out once; the formulas are those of ``erlang``.

    *queue* says all but the rate. ``within_s`` is the limit of the service level.
    """

    def __init__(self, queue: Queue, goals: Sequence[Goal], within_s: float) -> None:
        self._queue, self._goals, self._within_s = queue, tuple(goals), within_s
        self._largest: dict[int, float] = {0: 0.0}
        self._curves: dict[int, tuple[Floats, Floats]] = {}

    def largest_rate(self, agents: int) -> float:
        """Return the most calls an hour with which so many agents meet the goals."""
        if agents not in self._largest:
            from scipy.optimize import brentq

            finish = 3600.0 * agents / self._lone_s
            high = _SWAMPED * finish
            if self._spare(agents, high) >= 0.0:  # goals that are hardly any
                self._largest[agents] = high
            else:
                low = _FINE * finish
                met = self._spare(agents, low) >= 0.0
                found = brentq(lambda r: self._spare(agents, r), low, high, rtol=_FINE, xtol=_FINE)
                self._largest[agents] = float(found) if met else 0.0
        return self._largest[agents]

    @property
    def _lone_s(self) -> float:
        """Return the agents' time that a contact takes where all their slots are taken."""
        queue = replace(self._queue, calls_per_hour=3600.0)
        return queue.least_agents

    def _spare(self, agents: int, rate: float) -> float:
        """Return by how much the goal that is nearest to be missed is met."""
        queue = replace(self._queue, calls_per_hour=rate)
        if queue.fails_never and agents <= queue.least_agents:
            return _OVER
        spare = math.inf
        for goal in self._goals:
            found = queue_measures(queue=queue, agents=agents, within_s=goal.within_s or 0.0)
            above = goal.value_in(found) - goal.value
            spare = min(spare, above if goal.measure in RISING else -above)
        return spare

    def fewest(self, rates: Floats) -> Ints:
        """Return the fewest agents that take each rate, ``(n,)``; none where nobody calls."""
        agents = np.zeros(len(rates), np.int64)
        guess = 1
        for place, rate in enumerate(rates.tolist()):
            if rate <= 0.0:
                continue
            guess = max(guess, math.ceil(rate * self._lone_s / 3600.0 / 2.0))
            while self.largest_rate(guess) < rate:
                guess += 1
            while guess > 1 and self.largest_rate(guess - 1) >= rate:
                guess -= 1
            agents[place] = guess
        return agents

    def measures(self, agents: Ints, rates: Floats) -> dict[str, Floats]:
        """Return what the fewest agents bring, ``(n,)`` each; nobody is answered by none.

        Read from straight lines between points of each number of agents.
        """
        found = np.zeros((len(MEASURES), len(rates)))
        for many in np.unique(agents[agents > 0]).tolist():
            at, values = self._curve(many)
            places = np.flatnonzero(agents == many)
            for number in range(len(MEASURES)):
                found[number, places] = np.interp(rates[places], at, values[number])
        return dict(zip(MEASURES, found, strict=True))

    def _curve(self, agents: int) -> tuple[Floats, Floats]:
        """Return rates that a number of agents is the fewest for, and the measures at them."""
        if agents not in self._curves:
            low, high = self.largest_rate(agents - 1), self.largest_rate(agents)
            rates = np.linspace(max(low, 1e-3 * high), high, _POINTS)
            values = []
            for rate in rates.tolist():
                queue = replace(self._queue, calls_per_hour=rate)
                found = queue_measures(queue=queue, agents=agents, within_s=self._within_s)
                values.append([getattr(found, name) for name in MEASURES])
            self._curves[agents] = rates, np.array(values).T
        return self._curves[agents]
