"""Rosters tried by simulation, on the same people every time."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.execution import Task, play_all
from hotline_sim.experiments.periods import Holding, holding, verdict_of
from hotline_sim.experiments.staff.rostering import floor_values
from hotline_sim.experiments.targets import Verdict
from hotline_sim.measures import HeadlineChannels
from hotline_sim.scenario.schema import Chat, Voice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.execution import EngineName, Execution, Replication
    from hotline_sim.experiments.staff.records import Plan
    from hotline_sim.experiments.targets import Target
    from hotline_sim.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Trial:
    """What a roster, or so many agents on the floor, brought in some replications.

    ``coverage`` is ``(7, 48)``; ``plan`` is None where no shifts stand behind it.
    """

    coverage: Floats
    plan: Plan | None
    seed: int
    played: tuple[Replication, ...]
    holdings: tuple[Holding, ...]

    @property
    def is_met(self) -> bool:
        """Whether every target's whole interval is met."""
        return all(one.verdict is Verdict.MET for one in self.holdings)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict on all targets together: not met if one is not."""
        return verdict_of(self.holdings)


@dataclass(frozen=True, eq=False)
class Stage:
    """What is played: a scenario whose team gets the rosters, while others are emptied."""

    scenario: Scenario
    team: str
    emptied: tuple[str, ...]
    targets: tuple[Target, ...]
    seed: int
    engine: EngineName
    execution: Execution
    values: Mapping[str, Any] = field(default_factory=dict)  # set besides

    @property
    def patience_s(self) -> float:
        """Return the mean patience of callers; of other contacts where there are no calls."""
        channels = list(self.scenario.channels.values())
        calls = [channels[number] for number in HeadlineChannels.of(self.scenario).calls]
        known = [one.patience.mean() for one in calls if isinstance(one, Voice | Chat)]
        return float(max(known, default=math.inf))

    def of_plan(self, plan: Plan) -> dict[str, Any]:
        """Return the changes that put a roster into the scenario."""
        values = plan.values(self.scenario, self.team, emptied=self.emptied)
        return {**self.values, **values}

    def of_floor(self, coverage: Floats) -> dict[str, Any]:
        """Return the changes that put so many agents on the floor, whatever their shifts."""
        values = floor_values(coverage, self.scenario, self.team, emptied=self.emptied)
        return {**self.values, **values}

    def play(self, plans: Sequence[Plan], replications: int) -> list[Trial]:
        """Play rosters, all together, and return what each brought."""
        points = [(plan.coverage.astype(float), plan, self.of_plan(plan)) for plan in plans]
        return self._played(points, range(replications))

    def play_floors(self, floors: Sequence[Floats], replications: int) -> list[Trial]:
        """Play numbers of agents on the floor, all together."""
        points = [(floor, None, self.of_floor(floor)) for floor in floors]
        return self._played(points, range(replications))

    def more(self, trial: Trial, replications: int) -> Trial:
        """Return a trial with so many replications in all."""
        assert trial.plan is not None, "only rosters are proven"
        numbers = range(len(trial.played), replications)
        ((further),) = self._played(
            [(trial.coverage, trial.plan, self.of_plan(trial.plan))], numbers
        )
        played = (*trial.played, *further.played)
        return replace(trial, played=played, holdings=self._holdings(played))

    def _played(
        self, points: Sequence[tuple[Floats, Plan | None, Mapping[str, Any]]], numbers: range
    ) -> list[Trial]:
        tasks = [
            Task(self.scenario, self.seed, i, self.engine, values=values)
            for _, _, values in points
            for i in numbers
        ]
        played = play_all(tasks, self.execution)
        found = []
        for at, (coverage, plan, _) in enumerate(points):
            own = tuple(played[at * len(numbers) : (at + 1) * len(numbers)])
            found.append(Trial(coverage, plan, self.seed, own, self._holdings(own)))
        return found

    def _holdings(self, played: Sequence[Replication]) -> tuple[Holding, ...]:
        return tuple(holding(target, self.scenario, played) for target in self.targets)


def key_of(plan: Plan) -> bytes:
    """Return what rosters with the same agents on the floor have in common."""
    return np.asarray(plan.coverage, np.int64).tobytes()
