"""The fewest agents that meet goals, interval by interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.queues import Queue, queue_measures
from hotline_sim.laws import Exponential, LawOfTime, Never

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline_sim.erlang.records import HotlineMeasures

Ints = npt.NDArray[np.int64]

# What one more agent makes larger, and what smaller.
RISING = ("connect_rate", "case_connect_rate", "service_level", "service_level_answered")
FALLING = (
    "abandonment_rate",
    "blocked_share",
    "redial_share",
    "wait_share",
    "wait_over_share",
    "occupancy",
    "asa_s",
    "wait_mean_s",
    "waiting_mean",
)
_ABOVE_1 = ("asa_s", "wait_mean_s", "waiting_mean")  # no shares
WITHIN = ("service_level", "service_level_answered", "wait_over_share")


@dataclass(frozen=True, slots=True)
class Goal:
    """A measure of `HotlineMeasures` to be at least so much, or at most if agents lower it.

    Attributes
    ----------
    measure : str
        One of ``RISING`` or ``FALLING``.
    value : float
        For shares between 0 and 1, neither included; else seconds or contacts, more than 0.
    within_s : float, optional
        The limit of ``service_level`` and its like; wanted for those, and for no other.

    Raises
    ------
    ValueError
        If there is no such measure, or no number of agents brings it to the value.
    """

    measure: str
    value: float
    within_s: float | None = None

    def __post_init__(self) -> None:
        if self.measure not in RISING + FALLING:
            known = ", ".join(RISING + FALLING)
            raise ValueError(f"measure = {self.measure}: one of {known}")
        most = math.inf if self.measure in _ABOVE_1 else 1.0
        if not 0.0 < self.value < most:
            raise ValueError(f"{self.measure} = {self.value}: must be above 0 and below {most:g}")
        if (self.within_s is None) == (self.measure in WITHIN):
            needs = "is wanted" if self.within_s is None else "means nothing"
            raise ValueError(f"within_s = {self.within_s}: {needs} with {self.measure}")

    def met_by(self, found: HotlineMeasures) -> bool:
        """Return whether measures, of the goal's own ``within_s``, are as wanted."""
        value = self.value_in(found)
        return value >= self.value if self.measure in RISING else value <= self.value

    def value_in(self, found: HotlineMeasures) -> float:
        """Return what the goal's measure is."""
        return float(getattr(found, self.measure))


def agents_needed(
    *,
    calls_per_hour: npt.ArrayLike,
    handle_mean_s: npt.ArrayLike,
    goals: Sequence[Goal | Sequence[Goal]],
    patience: LawOfTime | Sequence[LawOfTime] | npt.ArrayLike = math.inf,
    redial_probability: npt.ArrayLike = 0.0,
    like: Queue | None = None,
) -> Ints:
    """Return the fewest agents of each interval that meet all goals, each taken for long.

    Parameters
    ----------
    calls_per_hour, handle_mean_s, redial_probability : float or array
        As in `Queue`; numbers and arrays are broadcast against each other. Intervals without
        calls need 0 agents.
    goals : sequence
        What is to be met in every interval; or for each interval, along the last axis, a
        sequence of its own.
    patience : LawOfTime, sequence of them, or float or array
        A number is the mean in seconds of exponential patience, inf: nobody gives up.
    like : Queue, optional
        Where ``lines``, ``may_wait``, ``concurrency`` and ``slowdown`` are taken from.

    Returns
    -------
    array of int64
        Of the shape the arguments have together.

    Raises
    ------
    ValueError
        If an argument is out of range, or with the lines there are no number is enough.
    """
    columns = np.broadcast_arrays(
        np.asarray(calls_per_hour, np.float64),
        np.asarray(handle_mean_s, np.float64),
        _laws(patience),
        np.asarray(redial_probability, np.float64),
        _goals(goals),
    )
    fewest: dict[Any, int] = {}
    spare = 1.0  # of the interval before, in roots of its load
    needed = np.zeros(columns[0].shape, np.int64)
    for place in np.ndindex(needed.shape):
        row: Any = tuple(column[place] for column in columns)
        if row not in fewest:
            queue = _queue(*row[:4], like=like)
            fewest[row] = 0 if queue is None else _fewest_agents(queue, row[4], spare)
            if queue is not None:
                load = queue.least_agents
                spare = (fewest[row] - load) / math.sqrt(load)
        needed[place] = fewest[row]
    return needed


def _goals(goals: Sequence[Goal | Sequence[Goal]]) -> npt.NDArray[np.object_]:
    """Return the goals of all intervals as one tuple, or a tuple for each."""
    if not goals or not all(goals):
        raise ValueError(f"goals = {goals}: at least one is wanted")
    if all(isinstance(one, Goal) for one in goals):
        together = np.empty((), object)
        together[()] = tuple(goals)
        return together
    each = np.empty(len(goals), object)
    each[:] = [(one,) if isinstance(one, Goal) else tuple(one) for one in goals]
    return each


def _laws(patience: object) -> npt.NDArray[np.object_]:
    """Return laws of patience, those given as means among them."""
    laws = np.asarray(patience, object)
    made = np.empty(laws.shape, object)
    for place in np.ndindex(laws.shape):
        one: Any = laws[place]
        if not isinstance(one, LawOfTime):
            one = Never() if one == math.inf else Exponential(mean_s=float(one))
        made[place] = one
    return made


def _queue(
    calls_per_hour: float,
    handle_mean_s: float,
    patience: LawOfTime,
    redial_probability: float,
    *,
    like: Queue | None,
) -> Queue | None:
    """Return an interval's queue; None if nobody calls."""
    if calls_per_hour == 0.0:
        return None
    return replace(
        like or Queue(calls_per_hour=1.0, handle_mean_s=1.0),
        calls_per_hour=float(calls_per_hour),
        handle_mean_s=float(handle_mean_s),
        patience=patience,
        redial_probability=float(redial_probability),
    )


def fewest_agents(*, queue: Queue, goals: Sequence[Goal]) -> int:
    """Return the fewest agents with whom a queue meets all goals.

    Every measure a goal may name moves one way with the agents.

    Raises
    ------
    ValueError
        If no number of agents is enough, for there are too few lines.
    """
    return _fewest_agents(queue, goals, 1.0)


def _fewest_agents(queue: Queue, goals: Sequence[Goal], spare: float) -> int:
    """Look for the fewest agents, first *spare* roots of the load above it."""
    if queue.lines is not None:
        _check_reachable(queue, goals, queue.lines)
    load = queue.least_agents
    begin = math.ceil(load + spare * math.sqrt(load))
    return _fewest(lambda agents: _met(queue, goals, agents), max(1, begin))


def _check_reachable(queue: Queue, goals: Sequence[Goal], lines: int) -> None:
    """Refuse goals that are missed even with an agent at every line; idle ones help but one."""
    for goal in goals:
        found = queue_measures(queue=queue, agents=lines, within_s=_within(goal))
        if goal.measure != "occupancy" and not goal.met_by(found):
            raise ValueError(
                f"lines = {lines}: with an agent at every line {goal.measure} is "
                f"{goal.value_in(found):.6g}, and more agents cannot mend that"
            )


def _fewest(met: Callable[[int], bool], begin: int) -> int:
    """Return the least number that meets, by doubling steps from *begin*, then by halving."""
    fails, meets, step = 0, begin, 1  # with 0 nobody is answered
    if met(begin):
        while meets > 1:
            fewer = max(1, meets - step)
            if not met(fewer):
                fails = fewer
                break
            meets, step = fewer, 2 * step
    else:
        fails = begin
        while not met(meets := fails + step):
            fails, step = meets, 2 * step
    while meets - fails > 1:
        middle = (fails + meets) // 2
        fails, meets = (fails, middle) if met(middle) else (middle, meets)
    return meets


def _met(queue: Queue, goals: Sequence[Goal], agents: int) -> bool:
    if queue.fails_never and agents <= queue.least_agents:
        return False  # the queue would grow for ever
    for within_s in dict.fromkeys(map(_within, goals)):
        found = queue_measures(queue=queue, agents=agents, within_s=within_s)
        if not all(goal.met_by(found) for goal in goals if _within(goal) == within_s):
            return False
    return True


def _within(goal: Goal) -> float:
    return 0.0 if goal.within_s is None else goal.within_s
