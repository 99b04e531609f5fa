"""The search for the least staff: plan, simulate, learn, plan again; then for less.

Up: the cheapest roster by the responses is simulated; while a target is missed, the responses are
fitted to what was seen and more is asked. Down: of all rosters that are cheaper the best by the
responses is simulated, which is the next cheaper one to be shown to miss; when it meets the
targets it is the one to beat. A roster is judged by its interval over replications, never by one
day: one more agent helps on average, and may lose a call on a given day.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.experiments.staff.aims import Aim
from hotline_sim.experiments.staff.cheapest import Less, Solver, best_within, cheapest
from hotline_sim.experiments.staff.records import StaffError
from hotline_sim.experiments.staff.responses import Response, Seen
from hotline_sim.experiments.staff.serving import Ask
from hotline_sim.experiments.staff.trials import key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.records import Plan
    from hotline_sim.experiments.staff.trials import Stage, Trial
    from hotline_sim.scenario import ShiftRules

PROFILE = (0.7, 0.85, 1.0, 1.25)  # times the need: floors that are simulated first
FEW = 3  # replications of each
_MOST_UP = 10  # rosters until one meets the targets
_CHEAPER_HOURS, _CHEAPER_PERSONS = 0.25, 0.5  # than the one found: less than any step


@dataclass(frozen=True)
class Effort:
    """How hard is searched: replications of a trial, and rosters tried for less in a row."""

    replications: int
    tries: int


@dataclass
class Search:
    """A search under way: what was learnt so far."""

    stage: Stage
    need: Need
    rules: ShiftRules
    solver: Solver
    effort: Effort
    aims: list[Aim]
    responses: dict[str, Response] = field(default_factory=dict)
    tried: dict[bytes, Trial] = field(default_factory=dict)

    def learn_floors(self) -> None:
        """Simulate the need, more and less of it, and learn how targets follow who is served."""
        floors = [np.ceil(self.need.agents * times) for times in PROFILE]
        few = min(FEW, self.effort.replications)
        trials = self.stage.play_floors(floors, few)
        self.responses = {
            aim.served: Response.by_formula(self.need, self.stage.patience_s, aim.within_s)
            for aim in self.aims
            if aim.served is not None
        }
        for trial in trials:
            self._note(trial)
        nearest = min(trials, key=lambda one: abs(self._spare(one)))
        self._fit(nearest)

    def _spare(self, trial: Trial) -> float:
        found = [
            aim.tried(trial, self.stage.scenario, self.effort.replications).points[-1].spare
            for aim in self.aims
        ]
        return min(found)

    def _note(self, trial: Trial) -> None:
        scenario, many = self.stage.scenario, self.effort.replications
        self.aims = [aim.tried(trial, scenario, many) for aim in self.aims]

    def _fit(self, trial: Trial) -> None:
        for name, response in self.responses.items():
            seen = Seen.of(self.stage.scenario, trial.played, name)
            self.responses[name] = response.fitted(trial.coverage, seen)

    def _asks(self) -> list[Ask]:
        return [
            Ask(None if aim.served is None else self.responses[aim.served], aim.level(), aim.by_day)
            for aim in self.aims
        ]

    def up(self) -> Trial:
        """Return the first roster that meets the targets, each tried one asking for more.

        Raises
        ------
        StaffError
            If none does, or the rules allow none.
        """
        for _ in range(_MOST_UP):
            plan = cheapest(self.need, self.rules, self._asks(), self.solver)
            if key_of(plan) in self.tried and not self.tried[key_of(plan)].is_met:
                raise StaffError("staffing.never_enough")  # it is the most that there is
            trial = self._try([plan])[0]
            if trial.is_met:
                return trial
        raise StaffError("staffing.not_found", rosters=len(self.tried))

    def _try(self, plans: Sequence[Plan]) -> list[Trial]:
        """Simulate rosters, all together, and learn; those tried before are as they were."""
        new = [plan for plan in plans if key_of(plan) not in self.tried]
        for plan, trial in zip(new, self.stage.play(new, self.effort.replications), strict=True):
            self.tried[key_of(plan)] = trial
            self._note(trial)
            self._fit(trial)
        return [self.tried[key_of(plan)] for plan in plans]

    def down(self, best: Trial) -> tuple[Trial, Trial | None]:
        """Return the cheapest roster that meets the targets, and the best that is cheaper still.

        Where the responses rule out that a cheaper one will do, the bound of the roster is its
        cost. None: no roster is cheaper under the rules, or none was found in time.
        """
        cheaper: Trial | None = None
        left = self.effort.tries
        while left > 0:
            less = self._best_below(best)
            if less is None:
                break
            if less.is_ruled_out:
                best = _bounded(best)
            seen = key_of(less.plan) in self.tried
            (trial,) = self._try([less.plan])
            if trial.is_met and not seen:
                best, cheaper, left = trial, None, self.effort.tries
                continue
            if cheaper is None or self._spare(trial) > self._spare(cheaper):
                cheaper = trial
            left = 0 if seen else left - 1
        return best, cheaper

    def _best_below(self, best: Trial) -> Less | None:
        step = _CHEAPER_HOURS if self.solver.objective == "paid_hours" else _CHEAPER_PERSONS
        budget = plan_of(best).cost - step
        try:
            return best_within(self.need, self.rules, self._asks(), self.solver, budget=budget)
        except StaffError:  # out of time: the one found stands
            return None

    def missed(self, trial: Trial) -> None:
        """Learn that a roster that was met misses the targets when it is proven."""
        self._note(trial)
        self._fit(trial)
        if trial.plan is not None:
            self.tried[key_of(trial.plan)] = trial


def plan_of(trial: Trial) -> Plan:
    """Return the roster of a trial that is of one."""
    assert trial.plan is not None, "rosters are compared and proven, floors only learnt from"
    return trial.plan


def _bounded(trial: Trial) -> Trial:
    """Return a trial whose roster is known to be the cheapest under the cuts."""
    plan = plan_of(trial)
    return replace(trial, plan=replace(plan, bound=plan.cost, status="optimal"))


def searcher(stage: Stage, need: Need, rules: ShiftRules, solver: Solver, effort: Effort) -> Search:
    """Return a search at its beginning."""
    aims = [Aim.of(target, stage.scenario) for target in stage.targets]
    return Search(stage, need, rules, replace(solver), effort, aims)
