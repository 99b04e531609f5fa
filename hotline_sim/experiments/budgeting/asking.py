"""What does a budget buy, in-house and contracted? The frontier from money to connect rate."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.definitions import spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution, Task
from hotline_sim.experiments.bands import DEFAULT_DRAWS, asked_set, rows_of
from hotline_sim.experiments.budgeting.layout import layout
from hotline_sim.experiments.budgeting.least import HALVINGS, ROSTERS, Curve, LeastBudget, search
from hotline_sim.experiments.budgeting.results import BudgetPoint, BudgetResult, Parity, is_size
from hotline_sim.experiments.estimates import estimate
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
from hotline_sim.experiments.targets import Target, TargetError, target_of
from hotline_sim.money import EMPLOYMENTS, EmploymentName, budget_links, with_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from hotline_sim.experiments.bands import Asked
    from hotline_sim.experiments.budgeting.least import RosterName
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
    roster: RosterName = "scaled",
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
    roster
        "scaled": the scenario's roster in its shape; "best": besides, at each budget, the same
        hours on duty laid out by weekday and half-hour so that most calls are connected, where
        that is more than in today's shape; see
        :func:`hotline_sim.experiments.budgeting.layout.layout`. It is laid out for the numbers
        as they stand, and kept in the draws.
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
    for one in aims:
        if one.period is not None:
            raise TargetError("say.target_whole", found=one, command="budget")
    measure = measure or (aims[0].measure if aims else DEFAULT_MEASURE)
    check_replications(replications, seed)
    check_measure(measure)
    budgets_cny = _budgets(from_cny, to_cny, points)
    base = opened(scenario, overrides)
    warn_if_unchecked(base)
    first_s = base.thresholds_s[0]
    measure = spelled_for(measure, first_s)
    aims = [replace(one, measure=spelled_for(one.measure, first_s)) for one in aims]
    chosen = tuple(name for name in EMPLOYMENTS if name in employments)
    parity = _parity(base, budgets_cny[0]) if chosen == EMPLOYMENTS else None
    drawn = _asked_set(base, over, draws, seed)
    models = [drawn.scenario(i) for i in range(len(drawn))] if drawn else []
    player = _Player(base, models, replications, seed, engine, execution or Execution(jobs=jobs))
    player.execution.plan(
        len(chosen)
        * (1 + ROSTERS.index(roster))
        * (len(budgets_cny) + HALVINGS * len(aims))
        * (replications + len(models))
    )
    frontier = player.frontier(chosen, budgets_cny)
    best = player.best(frontier) if roster == "best" else {}
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
            "roster": roster,
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
        least=tuple(player.least(aims, {"scaled": frontier, "best": best})),
        best=best,
    )


@dataclass(frozen=True)
class _Player:
    """Plays budgets: the scenario so many times, and each of its draws once, on the same people.

    ``layouts`` are the changes that lay the roster out anew, of the points at which that
    connects more.
    """

    base: Scenario
    models: Sequence[Scenario]
    replications: int
    seed: int
    engine: EngineName
    execution: Execution
    layouts: dict[tuple[EmploymentName, float], dict[str, Any]] = field(default_factory=dict)

    def frontier(
        self, employments: Sequence[EmploymentName], budgets_cny: Sequence[float]
    ) -> dict[EmploymentName, tuple[BudgetPoint, ...]]:
        """Return what every budget buys under each employment, today's roster scaled."""
        places = [
            (name, amount, dict[str, Any]()) for name in employments for amount in budgets_cny
        ]
        points = iter(self._points(places))
        return {name: tuple(next(points) for _ in budgets_cny) for name in employments}

    def best(
        self, frontier: Mapping[EmploymentName, Sequence[BudgetPoint]]
    ) -> dict[EmploymentName, tuple[BudgetPoint, ...]]:
        """Return the frontier of the best rosters: laid out anew where that connects more."""
        found = {name: list(points) for name, points in frontier.items()}
        places, numbers = [], []
        for name, points in frontier.items():
            for number, point in enumerate(points):
                scaled = with_budget(self.base, name, point.budget_cny)
                if laid := layout(scaled, name, _mean(point)):
                    places.append((name, point.budget_cny, laid))
                    numbers.append(number)
        for place, number, point in zip(places, numbers, self._points(places), strict=True):
            name, amount, laid = place
            if _mean(point) > _mean(frontier[name][number]):
                found[name][number] = point
                self.layouts[name, amount] = laid
        return {name: tuple(points) for name, points in found.items()}

    def _points(
        self, places: Sequence[tuple[EmploymentName, float, Mapping[str, Any]]]
    ) -> list[BudgetPoint]:
        """Return points, the roster changed as is said of each."""
        tasks: list[Task] = []
        for name, amount, laid in places:
            tasks += self._own(name, amount, laid)
            tasks += [self._drawn(name, amount, laid, i) for i in range(len(self.models))]
        played = play_measures(tasks, self.execution)
        each, found = self.replications + len(self.models), []
        for number, (name, amount, laid) in enumerate(places):
            here = played[number * each : (number + 1) * each]
            own, drawn = tuple(here[: self.replications]), tuple(here[self.replications :])
            links = budget_links(_laid_out(self.base, laid), name, amount)
            seats = _seats(laid, links.scale) if laid else None
            found.append(BudgetPoint(amount, links, own, drawn, seats))
        return found

    def least(
        self,
        targets: Sequence[Target],
        frontiers: Mapping[RosterName, Mapping[EmploymentName, Sequence[BudgetPoint]]],
    ) -> Iterable[LeastBudget]:
        """Return the least budgets that meet targets, under each employment and roster."""
        curves = []
        for target, roster in itertools.product(targets, frontiers):
            for name, points in frontiers[roster].items():
                for draw in (None, *range(len(self.models))):
                    known = {
                        one.budget_cny: _values(
                            one.replications if draw is None else [one.draws[draw]], target
                        )
                        for one in points
                    }
                    curves.append(Curve(target, name, draw, roster, known))
        return search(curves, self._played)

    def _played(self, asked: Sequence[tuple[Curve, float]]) -> list[tuple[float, ...]]:
        """Return the values of curves at budgets, a tuple a curve."""
        tasks = []
        for curve, amount in asked:
            name, laid = curve.employment, self._near(curve, amount)
            if curve.draw is None:
                tasks.append(self._own(name, amount, laid))
            else:
                tasks.append([self._drawn(name, amount, laid, curve.draw)])
        played = iter(play_measures([one for some in tasks for one in some], self.execution))
        return [
            _values([next(played) for _ in some], curve.target)
            for (curve, _), some in zip(asked, tasks, strict=True)
        ]

    def _near(self, curve: Curve, amount: float) -> Mapping[str, Any]:
        """Return the layout of the next larger budget of the frontier."""
        if curve.roster == "scaled":
            return {}
        larger = [
            budget_cny
            for name, budget_cny in self.layouts
            if name == curve.employment and budget_cny >= amount
        ]
        return self.layouts[curve.employment, min(larger)] if larger else {}

    def _own(
        self, employment: EmploymentName, amount: float, laid: Mapping[str, Any]
    ) -> list[Task]:
        own = with_budget(_laid_out(self.base, laid), employment, amount)
        return [self._task(own, i) for i in range(self.replications)]

    def _drawn(
        self, employment: EmploymentName, amount: float, laid: Mapping[str, Any], number: int
    ) -> Task:
        model = _laid_out(self.models[number], laid)
        return self._task(with_budget(model, employment, amount), number)

    def _task(self, scenario: Scenario, number: int) -> Task:
        return Task(scenario, self.seed, number, self.engine, self.execution.contacts)


def _laid_out(scenario: Scenario, laid: Mapping[str, Any]) -> Scenario:
    return scenario.with_values(laid) if laid else scenario


def _mean(point: BudgetPoint) -> float:
    """Return the connect rate; nan: nobody called."""
    return estimate([one.get("connect_rate", math.nan) for one in point.replications]).mean


def _seats(laid: Mapping[str, Any], scale: float) -> tuple[tuple[float, ...], ...]:
    """Return the seats of a layout by weekday and half-hour, so many times as large."""
    (curve,) = (value for key, value in laid.items() if key.endswith(".curve") and value)
    return tuple(tuple(scale * seats for seats in day) for day in curve.values())


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
