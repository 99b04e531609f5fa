"""The exact formulas asked as a planner asks: so many agents, or so much to be reached."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.definitions import SERVICE_S, measure_of
from hotline_sim.erlang import Goal, HotlineMeasures, Queue, fewest_agents, queue_measures
from hotline_sim.experiments.plain import to_json
from hotline_sim.experiments.targets import Target, TargetError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ROWS = 1000
_RISING = ("connect_rate", "case_connect_rate", "service_level", "service_level_answered")
_FALLING = ("abandonment_rate", "redial_share", "occupancy", "asa_s")
_OF_A_LIMIT = ("service_level", "service_level_answered")
_ROWS = 12  # of a table nobody gave the agents of, about
_BESIDE = 3  # rows on either side of what a target takes


@dataclass(frozen=True)
class Row:
    """A number of agents, and the queue's measures; None: it would grow for ever."""

    agents: int
    measures: HotlineMeasures | None


@dataclass(frozen=True)
class ErlangResult:
    """One queue by exact formulas, for several numbers of agents.

    ``agents_needed`` is the least number with which all ``targets`` are met, None if none was
    asked for; it is among the ``rows``, unless other agents were asked for.
    """

    queue: Queue
    within_s: float
    targets: tuple[Target, ...]
    agents_needed: int | None
    rows: tuple[Row, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Return the measures that say something of this queue, in the order of a table."""
        can_block = self.queue.lines is not None or not self.queue.may_wait
        redials = self.queue.redial_probability > 0.0
        return (
            *("occupancy", "connect_rate", "service_level"),
            *(("asa_s", "abandonment_rate") if self.queue.may_wait else ()),
            *(("blocked_share",) if can_block else ()),
            *(("case_connect_rate", "redial_share", "offered_per_hour") if redials else ()),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values."""
        queue = asdict(self.queue) | {"patience": self.queue.patience.model_dump(exclude_none=True)}
        return {
            "experiment": "erlang",
            "version": hotline_sim.__version__,
            "queue": queue,
            "within_s": self.within_s,
            "targets": [str(target) for target in self.targets],
            "agents_needed": self.agents_needed,
            "rows": [
                {"agents": row.agents, "measures": row.measures and asdict(row.measures)}
                for row in self.rows
            ],
        }

    def _repr_html_(self) -> str:
        """Return what a notebook shows of it."""
        return hotline_sim.html_of(self)

    def to_json(self) -> str:
        """Return the result as JSON."""
        return to_json(self.to_dict())

    def to_csv(self) -> bytes:
        """Return a line for each number of agents: the table's measures, empty where none are."""
        content = io.StringIO()
        writer = csv.writer(content, lineterminator="\n")
        writer.writerow(("agents", *self.names))
        for row in self.rows:
            found = ["" if row.measures is None else getattr(row.measures, n) for n in self.names]
            writer.writerow((row.agents, *found))
        return content.getvalue().encode()


def goal_of(target: Target, within_s: float) -> Goal:
    """Return the goal for the formulas; a limit the target does not name is *within_s*.

    Raises
    ------
    TargetError
        If the formulas do not give the measure, or more agents lead away from the target.
    """
    if target.period is not None:
        raise TargetError("say.target_whole", found=target, command="erlang")
    asked = measure_of(target.measure)
    name, limit_s = asked.name, asked.within_s
    if name not in _RISING + _FALLING:
        known = ", ".join(_RISING + _FALLING)
        raise TargetError("say.target_unanswerable", found=target, known=known)
    if target.at_least != (name in _RISING):
        raise TargetError("say.target_wrong_way", found=target, measure=name)
    most = math.inf if name == "asa_s" else 1.0
    if not 0.0 < target.value < most:
        raise TargetError("say.target_never", found=target)
    limited = name in _OF_A_LIMIT
    return Goal(name, target.value, (within_s if limit_s is None else limit_s) if limited else None)


def calculate(
    queue: Queue,
    *,
    agents: Sequence[int] = (),
    targets: Sequence[Target] = (),
    within_s: float | None = None,
) -> ErlangResult:
    """Return a queue's exact measures for numbers of agents, and the agents that targets take.

    Parameters
    ----------
    queue : Queue
        What is offered, and how it is served.
    agents : sequence of int
        The rows wanted; without any, those around what the targets take, or from a queue that
        is swamped to one that hardly waits.
    targets : sequence of Target
        All to be met together.
    within_s : float, optional
        The limit of ``service_level``, also of a target that names no other; without it that
        of the first target that has one, or the 15 s of GB/T 33358.

    Raises
    ------
    TargetError
        If a target is not one that the formulas can be asked for.
    ValueError
        If a number is out of its range, or no number of agents is enough.
    """
    if within_s is None:
        limits = [measure_of(target.measure).within_s for target in targets]
        within_s = next((limit for limit in limits if limit is not None), SERVICE_S)
    goals = [goal_of(target, within_s) for target in targets]
    if queue.lines is not None:
        for target, goal in zip(targets, goals, strict=True):
            _check_lines(queue, queue.lines, target, goal)
    needed = fewest_agents(queue=queue, goals=goals) if goals else None
    return ErlangResult(
        queue=queue,
        within_s=within_s,
        targets=tuple(targets),
        agents_needed=needed,
        rows=tuple(
            Row(number, _measures(queue, number, within_s))
            for number in (agents or _numbers(queue, needed))
        ),
    )


def _check_lines(queue: Queue, lines: int, target: Target, goal: Goal) -> None:
    """Refuse a target that is missed even with an agent at every line."""
    found = queue_measures(queue=queue, agents=lines, within_s=goal.within_s or 0.0)
    if goal.measure != "occupancy" and not goal.met_by(found):
        best = f"{goal.value_in(found):.4g}"
        raise TargetError("say.target_lines", found=target, lines=lines, best=best)


def _numbers(queue: Queue, needed: int | None) -> list[int]:
    if needed is not None:
        return list(range(max(1, needed - _BESIDE), needed + _BESIDE + 1))
    load = queue.least_agents
    low = max(1, math.floor(load - math.sqrt(load)))
    high = math.ceil(load + 2.0 * math.sqrt(load)) + 1
    return list(range(low, high + 1, max(1, (high - low) // _ROWS)))


def _measures(queue: Queue, agents: int, within_s: float) -> HotlineMeasures | None:
    if queue.fails_never and agents <= queue.least_agents:
        return None
    return queue_measures(queue=queue, agents=agents, within_s=within_s)
