"""The agents that a table of calls by interval needs, without a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, HOUR_S, ArgumentError, Floats
from hotline_sim.erlang import Queue
from hotline_sim.experiments.staff.capacity import MEASURES, Capacity
from hotline_sim.experiments.staff.flows import later
from hotline_sim.experiments.staff.kernels import held_in
from hotline_sim.experiments.staff.needs import Need
from hotline_sim.laws import Exponential, LawOfTime, Never
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline_sim.erlang import Goal
    from hotline_sim.experiments.staff.volumes import Volumes

_MINUTE_S = 60.0
_HALF_HOUR = round(HALF_HOUR_S / _MINUTE_S)  # in minutes


def needs_of_volumes(
    volumes: Volumes,
    *,
    handle_mean_s: float,
    goals: Sequence[Goal],
    patience: LawOfTime | None = None,
    redial_probability: float = 0.0,
    within_s: float = 15.0,
) -> Need:
    """Return what the floor needs so that goals are met in every interval of a table.

    As `needs_of`, but who fails is taken to call again in the interval in which he failed. Of
    two quarter-hours the half-hour has the need, and the measures, of the busier one.

    Parameters
    ----------
    volumes : Volumes
        Calls by interval; where redials are added, first calls.
    handle_mean_s : float
        Mean of talk and wrap-up, which are taken as exponential together.
    goals : sequence of Goal
        All to be met.
    patience : LawOfTime, optional
        Without it nobody gives up.
    redial_probability : float
        Chance that a failed call is followed by another.
    within_s : float
        The limit of the service level, where no goal names another.

    Raises
    ------
    ValueError
        If there are no goals, a number is out of its range, or no number of agents is enough.
    """
    if not goals:
        raise ArgumentError("goals: at least one is wanted")
    within_s = next((one.within_s for one in goals if one.within_s is not None), within_s)
    queue = Queue(
        calls_per_hour=1.0,
        handle_mean_s=handle_mean_s,
        patience=patience or Never(),
        redial_probability=redial_probability,
    )
    calls, minutes = _at_most_half_hours(volumes)
    held = held_in(Exponential(mean_s=handle_mean_s), 1.0, calls.size, minutes * _MINUTE_S)
    load = np.where(calls.ravel() > 0.0, later(calls.ravel(), held), 0.0)
    rates = load / handle_mean_s * HOUR_S
    capacity = Capacity(queue, goals, within_s)
    agents = capacity.fewest(rates)
    found = capacity.measures(agents, rates)
    failed = np.where(agents > 0, 1.0 - found["connect_rate"], 0.0)
    offered = calls.ravel() / (1.0 - redial_probability * failed)
    busier = _busier(load)
    by_week = {name: busier(found[name]) for name in MEASURES}
    return Need(
        agents=busier(agents.astype(np.float64)),
        offered=offered.reshape(WEEK_DAYS, HALF_HOURS, -1).sum(axis=2),
        load=busier(load),
        can_wait_hours=np.zeros(WEEK_DAYS),
        cuts=(),
        goals=tuple(goals),
        within_s=within_s,
        **by_week,
    )


def _at_most_half_hours(volumes: Volumes) -> tuple[Floats, int]:
    """Return calls by half-hour, or by the shorter intervals they are given for, and how long."""
    if volumes.minutes <= _HALF_HOUR:
        return volumes.calls, volumes.minutes
    parts = volumes.minutes // _HALF_HOUR
    return np.repeat(volumes.calls, parts, axis=1) / parts, _HALF_HOUR


def _busier(load: Floats) -> Callable[[Floats], Floats]:
    """Return what takes of every half-hour the value of its interval of most load, ``(7, 48)``."""
    parts = load.reshape(WEEK_DAYS, HALF_HOURS, -1)
    most = parts.argmax(axis=2)[:, :, None]
    return lambda values: np.take_along_axis(values.reshape(parts.shape), most, axis=2)[:, :, 0]
