"""How fast agents finish contacts, by the number of contacts in hand.

Below full occupation no patience plays a part: whatever happens in the queue, the states with
a free slot keep their odds among themselves. They are the states of a birth-death chain, so
every formula here needs of them only their weight relative to the state in which all slots
are taken and nobody waits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.records import check_positive, check_whole

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Serving:
    """Agents, each with so many slots, and the mean time a contact takes one who has no other.

    With ``i`` contacts in hand each takes ``1 + slowdown * (i - 1)`` times as long, and
    contacts are spread over the agents as evenly as they go (Tezcan & Zhang 2014, Routing and
    staffing in customer service chat systems, Operations Research 62(4), where the rate of an
    agent also depends on how many are in hand). One slot each is the agent of a telephone.
    """

    handle_mean_s: float
    agents: int
    concurrency: int = 1
    slowdown: float = 0.0

    def __post_init__(self) -> None:
        check_positive(handle_mean_s=self.handle_mean_s)
        check_whole(agents=self.agents, concurrency=self.concurrency)
        check_slowdown(self.slowdown)

    @property
    def slots(self) -> int:
        """Return how many contacts are in hand at most."""
        return self.agents * self.concurrency

    @property
    def full_per_s(self) -> float:
        """Return how many contacts a second end when every slot is taken."""
        return self.slots / (self.handle_mean_s * (1.0 + self.slowdown * (self.concurrency - 1)))

    @property
    def fewest_erlangs(self) -> float:
        """Return the work that would fill every slot, in handle times of a lone contact."""
        return self.full_per_s * self.handle_mean_s

    def per_handle_time(self) -> Floats:
        """Return how many contacts end in one handle time with 1, 2, ... in hand, ``(slots,)``."""
        in_hand = np.arange(1, self.slots + 1, dtype=np.float64)
        if self.concurrency == 1:
            return in_hand
        fewer = np.floor(in_hand / self.agents)  # as many as each agent has at least
        have_more = in_hand - fewer * self.agents
        have_fewer = self.agents - have_more
        pace: Floats = have_more * (fewer + 1.0) / self._longer(fewer + 1.0)
        pace += have_fewer * fewer / self._longer(np.maximum(fewer, 1.0))
        return pace

    def _longer(self, in_hand: Floats) -> Floats:
        longer: Floats = 1.0 + self.slowdown * (in_hand - 1.0)
        return longer

    def log_idle(self, load: float) -> float:
        """Return the log weight of all states with a free slot, relative to the first without.

        Parameters
        ----------
        load : float
            Contacts that arrive in one handle time. With one slot an agent the exponential
            is ``1 / B - 1`` with B Erlang's loss formula.
        """
        return log_sum(self._downward(load))

    def busy_if_idle(self, load: float) -> float:
        """Return the mean number of agents with a contact in hand while some slot is free."""
        downward = self._downward(load)
        weight = np.exp(downward - downward.max())
        busy = np.minimum(np.arange(self.slots - 1, -1, -1), self.agents)
        return float(weight @ busy / weight.sum())

    def _downward(self, load: float) -> Floats:
        """Return the log weights with ``slots - 1``, ``slots - 2``, ..., 0 in hand."""
        weights: Floats = np.cumsum(np.log(self.per_handle_time()[::-1] / load))
        return weights


def check_slowdown(slowdown: float) -> None:
    """Refuse a slowdown that is negative, infinite or nan."""
    if not (math.isfinite(slowdown) and slowdown >= 0.0):
        raise ValueError(f"slowdown = {slowdown}: must be finite and at least 0")


def log_sum(logs: Floats) -> float:
    """Return the log of the sum of exponentials."""
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).sum()))
