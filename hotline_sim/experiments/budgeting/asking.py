"""What does a budget buy, in-house and contracted? The frontier from money to connect rate."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution, Task
from hotline_sim.experiments.bands import DEFAULT_DRAWS, asked_set, rows_of
from hotline_sim.experiments.budgeting.least import HALVINGS, Curve, LeastBudget, search
from hotline_sim.experiments.budgeting.results import BudgetPoint, BudgetResult, Parity, is_size
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.parameters import ParameterSet, parameters_of
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    check_replications,
    opened,
    play_measures,
    warn_if_unchecked,
)
from hotline_sim.experiments.sweeping import DEFAULT_MEASURE, check_measure
from hotline_sim.experiments.targets import Target, target_of
from hotline_sim.money import EMPLOYMENTS, EmploymentName, budget_links, with_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hotline_sim.experiments.bands import Asked
    from hotline_sim.scenario import Scenario

DEFAULT_POINTS = 6
FEWEST_POINTS, MOST_POINTS = 2, 100


def budget(
    scenario: Scenario | str | Path,
    *,
    from_cny: float,
    to_cny: float,
    points: int = DEFAULT_POINTS,
    draws: int | None = None,
    over: Asked = None,
    employments: Sequence[EmploymentName] = EMPLOYMENTS,
    measure: str | None = None,
    targets: Sequence[Target | str] = (),
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> BudgetResult:
    """Simulate what budgets buy, in-house and contracted, on the same people.

    At each budget all teams work under one employment and the roster keeps its shape; see
    :func:`hotline_sim.money.with_budget`. The roster's own seats and persons are therefore
    not moved when the assumed numbers are drawn from their ranges.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file; it states the terms of
        the employments.
    from_cny, to_cny
        The smallest and the largest budget a year, in yuan; they may be one.
    points
        How many budgets, evenly apart, both ends among them.
    draws, over
        Over which values of the assumed numbers each budget is played, one replication each,
        as in :func:`run`; by default 16 draws of all of them from their ranges.
    employments
        Under which employments.
    measure
        What to look at: by default what the first target is of, else the connect rate.
    targets
        What shall be met, ``"connect_rate>=0.95"``: the least budget for each is found between
        the budgets asked about, for the means over replications and in each draw.
    overrides
        Further keys to set, as in :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution
        As in :func:`run`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or lacks a link between money and seats.
    ValueError
        If an argument is out of its range.
    """
    aims = [target_of(one) if isinstance(one, str) else one for one in targets]
    measure = measure or (aims[0].measure if aims else DEFAULT_MEASURE)
    check_replications(replications, seed)
    check_measure(measure)
    budgets_cny = _budgets(from_cny, to_cny, points)
    base = opened(scenario, overrides)
    warn_if_unchecked(base)
    first_s = base.thresholds_s[0]
    measure = spelled_for(measure, first_s)
    aims = [Target(spelled_for(one.measure, first_s), one.at_least, one.value) for one in aims]
    chosen = tuple(name for name in EMPLOYMENTS if name in employments)
    parity = _parity(base, budgets_cny[0]) if chosen == EMPLOYMENTS else None
    drawn = _asked_set(base, over, draws, seed)
    models = [drawn.scenario(i) for i in range(len(drawn))] if drawn else []
    player = _Player(base, models, replications, seed, engine, execution or Execution(jobs=jobs))
    player.execution.plan(
        len(chosen) * (len(budgets_cny) + HALVINGS * len(aims)) * (replications + len(models))
    )
    frontier = player.frontier(chosen, budgets_cny)
    for name in (measure, *(one.measure for one in aims)):
        check_measure(name, frontier[chosen[0]][0].replications[0])
    header = Header.of(
        [base],
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={
            "from_cny": from_cny,
            "to_cny": to_cny,
            "points": points,
            "employments": chosen,
        },
        parameters=drawn,
    )
    return BudgetResult(
        header,
        budgets_cny=budgets_cny,
        frontier=frontier,
        drawn=tuple(rows_of(drawn)),
        parity=parity,
        parities=tuple(_parity(model, budgets_cny[0]) for model in models) if parity else (),
        measure=measure,
        least=tuple(player.least(aims, frontier)),
    )


@dataclass(frozen=True)
class _Player:
    """Plays budgets: the scenario so many times, and each of its draws once, on the same people."""

    base: Scenario
    models: Sequence[Scenario]
    replications: int
    seed: int
    engine: EngineName
    execution: Execution

    def frontier(
        self, employments: Sequence[EmploymentName], budgets_cny: Sequence[float]
    ) -> dict[EmploymentName, tuple[BudgetPoint, ...]]:
        """Return what every budget buys under each employment."""
        places = [(name, amount) for name in employments for amount in budgets_cny]
        tasks: list[Task] = []
        for name, amount in places:
            tasks += self._own(name, amount)
            tasks += [self._drawn(name, amount, i) for i in range(len(self.models))]
        played = play_measures(tasks, self.execution)
        each = self.replications + len(self.models)
        found: dict[EmploymentName, tuple[BudgetPoint, ...]] = dict.fromkeys(employments, ())
        for number, (name, amount) in enumerate(places):
            here = played[number * each : (number + 1) * each]
            own, drawn = tuple(here[: self.replications]), tuple(here[self.replications :])
            links = budget_links(self.base, name, amount)
            found[name] += (BudgetPoint(amount, links, own, drawn),)
        return found

    def least(
        self,
        targets: Sequence[Target],
        frontier: Mapping[EmploymentName, Sequence[BudgetPoint]],
    ) -> Iterable[LeastBudget]:
        """Return the least budgets that meet targets, under each employment."""
        curves = []
        for target, (name, points) in itertools.product(targets, frontier.items()):
            curves.append(
                Curve(
                    target,
                    name,
                    None,
                    {one.budget_cny: _values(one.replications, target) for one in points},
                )
            )
            curves += [
                Curve(
                    target,
                    name,
                    i,
                    {one.budget_cny: _values(one.draws[i : i + 1], target) for one in points},
                )
                for i in range(len(self.models))
            ]
        return search(curves, self._played)

    def _played(self, asked: Sequence[tuple[Curve, float]]) -> list[tuple[float, ...]]:
        """Return the values of curves at budgets, a tuple a curve."""
        tasks = [
            self._own(curve.employment, amount)
            if curve.draw is None
            else [self._drawn(curve.employment, amount, curve.draw)]
            for curve, amount in asked
        ]
        played = iter(play_measures([one for some in tasks for one in some], self.execution))
        return [
            _values([next(played) for _ in some], curve.target)
            for (curve, _), some in zip(asked, tasks, strict=True)
        ]

    def _own(self, employment: EmploymentName, amount: float) -> list[Task]:
        own = with_budget(self.base, employment, amount)
        return [self._task(own, i) for i in range(self.replications)]

    def _drawn(self, employment: EmploymentName, amount: float, number: int) -> Task:
        return self._task(with_budget(self.models[number], employment, amount), number)

    def _task(self, scenario: Scenario, number: int) -> Task:
        return Task(scenario, self.seed, number, self.engine, self.execution.contacts)


def _values(played: Sequence[Mapping[str, float]], target: Target) -> tuple[float, ...]:
    return tuple(one[target.measure] for one in played)


def _budgets(from_cny: float, to_cny: float, points: int) -> tuple[float, ...]:
    """Return budgets evenly apart."""
    if not 0 < from_cny <= to_cny < math.inf:
        raise ArgumentError(
            f"from {from_cny:g} to {to_cny:g} yuan: from an amount above 0 to a larger"
        )
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        raise ArgumentError(f"points = {points}: {FEWEST_POINTS} to {MOST_POINTS}")
    return tuple(np.linspace(from_cny, to_cny, points if from_cny < to_cny else 1).tolist())


def _asked_set(base: Scenario, over: Asked, draws: int | None, seed: int) -> ParameterSet | None:
    """Return the set over which every budget is played; None if no assumed number moves."""
    if over is None and not any(not is_size(one.key) for one in parameters_of(base)):
        return None
    if draws is None and not isinstance(over, ParameterSet):
        draws = DEFAULT_DRAWS
    return asked_set([base], over, draws, seed, stays=is_size)


def _parity(scenario: Scenario, budget_cny: float) -> Parity:
    in_house, outsourced = (budget_links(scenario, name, budget_cny) for name in EMPLOYMENTS)
    return Parity.of(in_house, outsourced)
