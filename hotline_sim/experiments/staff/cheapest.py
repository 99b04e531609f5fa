"""The cheapest roster that meets the targets by fitted responses, and the best for less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.experiments.staff.assembly import plan_of
from hotline_sim.experiments.staff.obstacles import check_reach
from hotline_sim.experiments.staff.program import floor_need
from hotline_sim.experiments.staff.records import StaffError
from hotline_sim.experiments.staff.serving import ServingProgram

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.program import Solution
    from hotline_sim.experiments.staff.records import Objective, Plan
    from hotline_sim.experiments.staff.serving import Ask
    from hotline_sim.scenario import ShiftRules

_FINER = 0.1  # of the gap, where what is spared is a share of all who ask
_SOONER = 0.5  # of the time, for a roster that is tried, not bound by


@dataclass(frozen=True)
class Solver:
    """What is to be least, and how long and how near the solver works."""

    objective: Objective
    time_limit_s: float
    gap: float


def cheapest(need: Need, rules: ShiftRules, asks: Sequence[Ask], solver: Solver) -> Plan:
    """Return the cheapest roster that brings what is asked, by the responses.

    Raises
    ------
    StaffError
        If the rules allow none, or none was found in time.
    """
    program = _program(need, rules, asks, solver.objective)
    solution = program.cheapest(time_limit_s=solver.time_limit_s, gap=solver.gap)
    if solution.infeasible:
        raise StaffError("staffing.never_enough")
    _check_in_time(solution, solver)
    return plan_of(program, solution, solver.objective)


@dataclass(frozen=True, eq=False)
class Less:
    """The best roster of a lower cost; whether the responses rule out that one so cheap will do."""

    plan: Plan
    is_ruled_out: bool


def best_within(
    need: Need, rules: ShiftRules, asks: Sequence[Ask], solver: Solver, *, budget: float
) -> Less | None:
    """Return the roster of at most so large a cost that brings the most, by the responses.

    Where several things are asked it is the one that is least spared. None: the rules allow no
    roster so cheap.
    """
    program = _program(need, rules, asks, solver.objective)
    gap, limit_s = solver.gap * _FINER, solver.time_limit_s * _SOONER
    solution = program.best(budget, time_limit_s=limit_s, gap=gap)
    if solution.infeasible:
        return None
    _check_in_time(solution, solver)
    plan = plan_of(program, replace(solution, bound=0.0), solver.objective)
    return Less(plan, is_ruled_out=solution.bound < 1.0)


def _program(
    need: Need, rules: ShiftRules, asks: Sequence[Ask], objective: Objective
) -> ServingProgram:
    """Return the program of what the rules want whatever is served: their fewest, and time."""
    least = float(min(rules.fewest, 1))  # floor_need makes it the fewest
    open_ = replace(need, agents=np.where(need.agents > 0.0, least, 0.0))
    check_reach(rules, floor_need(open_, rules))
    return ServingProgram(open_, rules, asks, objective)


def _check_in_time(solution: Solution, solver: Solver) -> None:
    if solution.columns is None:
        raise StaffError("staff.no_roster_in_time", seconds=f"{solver.time_limit_s:g}")
