"""A table of measures over many points: the one way in for whoever plays thousands of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.definitions import PUBLISHABLE, is_one_of, spelled_for
from hotline_sim.domain import ArgumentError, Floats
from hotline_sim.execution.task import Task
from hotline_sim.execution.tasks import as_ended
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.execution.engines import EngineName
    from hotline_sim.execution.replication import Numbers
    from hotline_sim.execution.tasks import Execution
    from hotline_sim.scenario import Scenario

_GROUPS = {"channels": "by_channel", "teams": "by_team", "departments": "by_department"}


@dataclass(frozen=True, eq=False)
class MeasureTable:
    """Measures of every replication at every point.

    ``values`` is float64 of shape (points, replications, measures), not to be written to; nan
    where there is nothing to measure.
    """

    measures: tuple[str, ...]
    values: Floats

    def of(self, measure: str) -> Floats:
        """Return one measure, (points, replications)."""
        return self.values[:, :, self.measures.index(measure)]


def play(
    points: Sequence[Scenario | tuple[Scenario, Mapping[str, Any]]],
    replications: int | range | Sequence[range],
    *,
    seed: int,
    engine: EngineName,
    keep: Sequence[str],
    execution: Execution,
) -> MeasureTable:
    """Play every point so many times and return a table of the measures asked for.

    Asked again for more points, or for more replications, with an execution that has a store,
    it plays only what was not played before.

    Parameters
    ----------
    points
        Scenarios, or pairs of a scenario and the values to set in it, as
        :meth:`Scenario.with_values` takes them; these are set by the worker that plays them.
    replications
        How many, from 0 on; or which, such as ``range(10, 20)``; or which of each point, a
        range a point, all equally long.
    seed, engine
        As of a :class:`Task`.
    keep
        Names of measures, ``"connect_rate"``; of one channel, team or department
        ``"channels.phone.connect_rate"``.
    execution
        How they are played. Contacts are not written out.

    Raises
    ------
    RefusalError
        If there is no measure of a name.
    ValueError
        If the points are not as many as their ranges of replications, or these not equally
        long.
    ScenarioError
        If a point's values are not ones that its scenario may take.
    """
    each = _numbers(replications, len(points))
    count = len(each[0]) if each else 0
    names = tuple(keep)
    _check(names, points)
    values = np.full((len(points), count, len(names)), math.nan)
    tasks = [
        _task(point, seed, number, engine)
        for point, numbers in zip(points, each, strict=True)
        for number in numbers
    ]
    for i, found in as_ended(tasks, execution, whole=False):
        point, row = divmod(i, count)
        first_s = _scenario_of(points[point]).thresholds_s[0]
        values[point, row] = [_measure(found, name, first_s) for name in names]
    values.flags.writeable = False
    return MeasureTable(names, values)


def _numbers(replications: int | range | Sequence[range], points: int) -> list[range]:
    """Return which replications of each point are wanted."""
    if isinstance(replications, int):
        return [range(replications)] * points
    if isinstance(replications, range):
        return [replications] * points
    if len(replications) != points or len(set(map(len, replications))) > 1:
        raise ArgumentError(f"replications: a range for each of {points} points, equally long")
    return list(replications)


def _task(
    point: Scenario | tuple[Scenario, Mapping[str, Any]], seed: int, number: int, engine: EngineName
) -> Task:
    if isinstance(point, tuple):
        return Task(point[0], seed, number, engine, values=point[1])
    return Task(point, seed, number, engine)


def _check(
    names: Sequence[str], points: Sequence[Scenario | tuple[Scenario, Mapping[str, Any]]]
) -> None:
    """See that every name is that of a measure, or of something in one of the scenarios."""
    scenarios = map(_scenario_of, points)
    apart = {id(scenario): scenario for scenario in scenarios}.values()
    for name in names:
        group, _, rest = name.partition(".")
        whose = rest.rpartition(".")[0]
        known = group in _GROUPS and any(whose in getattr(one, group) for one in apart)
        if not is_one_of(name, PUBLISHABLE) and not known:
            raise RefusalError("say.no_measure", measure=name, known=", ".join(PUBLISHABLE))


def _scenario_of(point: Scenario | tuple[Scenario, Mapping[str, Any]]) -> Scenario:
    return point[0] if isinstance(point, tuple) else point


def _measure(found: Numbers, name: str, first_s: float) -> float:
    """Return a measure by its name; nan if the scenario says nothing of it.

    *first_s* is the first threshold of the point's scenario, without the values set in it.
    """
    if is_one_of(name, PUBLISHABLE):
        return found.measures.get(spelled_for(name, first_s), math.nan)
    group, _, rest = name.partition(".")
    if group not in _GROUPS:
        return math.nan
    whose, _, measure = rest.rpartition(".")
    groups: Mapping[str, Mapping[str, float]] = getattr(found, _GROUPS[group])
    if whose not in groups:  # of another point's scenario
        return math.nan
    if measure not in groups[whose]:
        raise RefusalError("say.no_measure", measure=name, known=", ".join(groups[whose]))
    return groups[whose][measure]
