"""A week of shifts that fills a need: the cheapest that the rules allow, by integer programming."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.experiments.staff.assembly import plan_of
from hotline_sim.experiments.staff.obstacles import check_reach, obstacle
from hotline_sim.experiments.staff.program import floor_need, program_of
from hotline_sim.experiments.staff.records import StaffError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.records import Cut, Objective, Plan
    from hotline_sim.scenario import ShiftRules

DEFAULT_TIME_LIMIT_S = 30.0
DEFAULT_GAP = 0.005


def plan_roster(
    need: Need,
    rules: ShiftRules,
    *,
    cuts: Sequence[Cut] = (),
    objective: Objective = "paid_hours",
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    gap: float = DEFAULT_GAP,
) -> Plan:
    """Return the cheapest roster found that fills a need in every half-hour of every week.

    Parameters
    ----------
    need : Need
        What the floor needs by weekday and half-hour, and over longer times.
    rules : ShiftRules
        What shifts and weeks there may be.
    cuts : sequence of Cut, optional
        What the coverage must fill besides, found by simulation for example.
    objective : str
        ``paid_hours`` or ``persons``: what shall be least.
    time_limit_s, gap : float
        When to stop: out of time, or sure that no roster is cheaper by more than that share.

    Raises
    ------
    StaffError
        If no roster is within the rules, telling which is in the way, or none was found in time.
    """
    check_reach(rules, floor_need(need, rules))
    program = program_of(need, rules, cuts, objective)
    solution = program.solve(time_limit_s=time_limit_s, gap=gap)
    if solution.infeasible:
        raise obstacle(need, rules, cuts)
    if solution.columns is None:
        raise StaffError("staff.no_roster_in_time", seconds=f"{time_limit_s:g}")
    return plan_of(program, solution, objective)
