"""M/M/n+G: exponential handle times, patience of any law, after Zeltyn and Mandelbaum.

The offered wait, what a caller of endless patience would wait, is 0 with a certain
probability and else has a density proportional to ``exp(phi(x))``, where

    phi(x) = arrive * mean of min(patience, x) - finish * x

with ``finish`` the rate of all agents together. ``phi`` is concave, so the density has one
peak; it is integrated relative to that peak. ``phi`` itself reaches thousands at 5,000
agents and is never exponentiated alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.erlang.markov import occupancy
from hotline_sim.erlang.patience import Floats, Tabulated, checked_survival
from hotline_sim.erlang.quadrature import finer, integrate
from hotline_sim.erlang.records import QueueMeasures, check_positive, check_whole, check_within
from hotline_sim.erlang.serving import Serving
from hotline_sim.laws import LawOfTime

if TYPE_CHECKING:
    from collections.abc import Callable

    Survival = Callable[[Floats], Floats]

# Waits where the density is below exp(-80) = 1e-35 of its highest are left out.
_NEGLIGIBLE = 80.0

# Who is still waiting after 1e18 s, more than the age of the universe, never gives up.
_FOR_EVER_S = 1e18


def mmn_g(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    agents: int,
    patience: LawOfTime | Survival,
    within_s: float,
) -> QueueMeasures:
    """Return the measures of a queue whose patience has any law (M/M/n+G).

    Baccelli & Hebuterne 1981, On queues with impatient customers; Zeltyn & Mandelbaum
    2005, Call centers with impatient customers, Queueing Systems 51, 361-402. Lines are
    unlimited.

    Parameters
    ----------
    calls_per_hour, handle_mean_s : float
        Contacts offered, and the mean time one keeps an agent busy.
    agents : int
        Agents on duty.
    patience : LawOfTime or callable
        A law of ``hotline_sim.laws``, `Weibull` and the like, or a survival function:
        it takes waits in seconds, ``(k,)``, and returns the share whose patience is
        longer, ``(k,)``, never rising. It may jump, begin below 1 (the rest leave at once
        on hearing a queue; ``wait_share`` counts them) and end above 0 (the rest never
        give up). An ``abandonment_rate`` below 1e-14 is then rounding.
    within_s : float
        The limit of ``service_level`` and ``wait_over_share``.

    Raises
    ------
    ValueError
        If an argument is out of range, `patience` is no survival function, or more
        contacts never give up than the agents can take.
    """
    check_positive(calls_per_hour=calls_per_hour, handle_mean_s=handle_mean_s)
    check_whole(agents=agents)
    check_within(within_s)
    serving = Serving(handle_mean_s, agents)
    return of_offered_wait(calls_per_hour, serving, patience, within_s)


def of_offered_wait(
    calls_per_hour: float, serving: Serving, patience: LawOfTime | Survival, within_s: float
) -> QueueMeasures:
    """Return the measures by the density of the wait offered to an arriving contact."""
    arrive = calls_per_hour / 3600.0
    wait = _offered_wait(arrive, serving.full_per_s, patience, within_s)
    inside_scale, inside = wait.moments(0.0, within_s)
    beyond_scale, beyond = wait.moments(within_s, math.inf)
    scale = max(inside_scale, beyond_scale)
    inside = inside * math.exp(inside_scale - scale)
    beyond = beyond * math.exp(beyond_scale - scale)
    mass, answered, abandoned, answered_wait_s, waited_s = (inside + beyond).tolist()

    load = arrive * serving.handle_mean_s
    # Zeltyn & Mandelbaum's epsilon: the states with an idle agent, relative to the last.
    log_epsilon = serving.log_idle(load) + math.log(arrive / serving.full_per_s)
    log_odds = math.log(arrive) + scale + math.log(mass) - log_epsilon
    wait_share = math.exp(-np.logaddexp(0.0, -log_odds))
    idle_share = math.exp(-np.logaddexp(0.0, log_odds))
    each = wait_share / mass
    connect_rate = idle_share + each * answered
    return QueueMeasures(
        connect_rate=connect_rate,
        abandonment_rate=each * abandoned,
        blocked_share=0.0,
        wait_share=wait_share,
        wait_mean_s=each * waited_s,
        asa_s=each * answered_wait_s / connect_rate,
        service_level=idle_share + each * float(inside[1]),
        wait_over_share=each * float(beyond[0]) * wait.survival_at(within_s),
        waiting_mean=arrive * each * waited_s,
        occupancy=occupancy(serving, load, wait_share, connect_rate),
    )


def log_wait_odds(
    arrive: float, serving: Serving, patience: LawOfTime | Survival, relative: float
) -> float:
    """Return the log odds that no slot is free against that one is, to a *relative* error."""
    wait = _offered_wait(arrive, serving.full_per_s, patience, 0.0)
    scale, mass = wait.mass(relative)
    log_epsilon = serving.log_idle(arrive * serving.handle_mean_s)
    log_epsilon += math.log(arrive / serving.full_per_s)
    return math.log(arrive) + scale + math.log(mass) - log_epsilon


@dataclass(frozen=True, slots=True)
class _OfferedWait:
    """The density of the offered wait above 0, in logarithms, up to a constant."""

    arrive: float
    finish: float
    law: LawOfTime | Tabulated
    reach_s: float  # the density is negligible beyond

    def phi(self, wait_s: Floats) -> Floats:
        return self.arrive * self.law.mean_up_to_s(wait_s) - self.finish * wait_s

    def survival_at(self, wait_s: float) -> float:
        return float(self.law.survival(np.array([wait_s]))[0])

    def moments(self, low_s: float, high_s: float) -> tuple[float, Floats]:
        """Integrate ``exp(phi)`` times five factors; return a log scale and ``(5,)``.

        The factors at ``x``: 1, the share still there, the share gone, ``x`` times the
        share still there, the mean of min(patience, x).
        """
        high_s = min(high_s, self.reach_s)
        if not low_s < high_s:
            return -math.inf, np.zeros(5)
        top, edges = self._panels(low_s, high_s)

        def weighted(wait_s: Floats) -> Floats:
            survival = self.law.survival(wait_s)
            factors = [
                np.ones_like(wait_s),
                survival,
                self.law.given_up(wait_s),
                wait_s * survival,
                self.law.mean_up_to_s(wait_s),
            ]
            return np.stack(factors) * np.exp(self.phi(wait_s) - top)

        return top, integrate(weighted, finer(weighted, edges, relative=1e-12))

    def mass(self, relative: float) -> tuple[float, float]:
        """Integrate ``exp(phi)`` alone; return a log scale and the integral."""
        top, edges = self._panels(0.0, self.reach_s)

        def weight(wait_s: Floats) -> Floats:
            return np.exp(self.phi(wait_s) - top)[None]

        return top, float(integrate(weight, finer(weight, edges, relative))[0])

    def _panels(self, low_s: float, high_s: float) -> tuple[float, Floats]:
        """Return the log of the density's peak, and edges to begin with.

        The peak is an edge, so however narrow it is, its panels see it and are halved.
        """
        peak_s = _last(lambda x: self.arrive * self.survival_at(x) > self.finish, low_s, high_s)
        top = float(self.phi(np.array([peak_s]))[0])
        return top, np.unique([*np.linspace(low_s, peak_s, 9), *np.linspace(peak_s, high_s, 9)])


def _last(holds: Callable[[float], bool], low: float, high: float) -> float:
    """Return the last point at which `holds`, which never turns true again; `low` if none."""
    if not holds(low):
        return low
    for _ in range(80):  # more than the bits of a float
        middle = 0.5 * (low + high)
        if holds(middle):
            low = middle
        else:
            high = middle
    return low


def _offered_wait(
    arrive: float, finish: float, patience: LawOfTime | Survival, within_s: float
) -> _OfferedWait:
    if callable(patience):
        survival = checked_survival(patience)
        reach_s = _reach_s(arrive, finish, survival, within_s)
        return _OfferedWait(arrive, finish, Tabulated(survival, reach_s), reach_s)
    if not isinstance(patience, LawOfTime):
        raise ValueError(f"patience = {patience}: a law or a survival function is wanted")
    reach_s = _reach_s(arrive, finish, patience.survival, within_s)
    return _OfferedWait(arrive, finish, patience, reach_s)


def _reach_s(arrive: float, finish: float, survival: Survival, within_s: float) -> float:
    """Return a wait past which the density is negligible, even to its part past `within_s`.

    Survival never rises, so over each step ``phi`` grows at most by the slope at its
    beginning.
    """

    def slope(wait_s: float) -> float:
        return arrive * float(survival(np.array([wait_s]))[0]) - finish

    reach_s = 0.0
    for from_s in (0.0, within_s):
        wait_s, step_s = from_s, 1.0 / finish
        growth = 0.0
        while growth > -_NEGLIGIBLE:
            growth += slope(wait_s) * step_s
            wait_s += step_s
            step_s *= 2.0
            if wait_s > _FOR_EVER_S:
                raise ValueError(
                    f"patience = {survival(np.array([wait_s]))[0]:g} after {wait_s:g} s: "
                    f"less than {finish / arrive:.6g} is wanted, or the queue grows for ever"
                )
        reach_s = max(reach_s, wait_s)
    return reach_s
