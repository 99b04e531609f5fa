"""How long it takes to find what a week needs, and the cheapest shifts for it."""

from __future__ import annotations

import time
from typing import Any

from hotline_sim import load
from hotline_sim.erlang import Goal
from hotline_sim.experiments.staff import needs_of, plan_roster

_CITY, _TOWN = "nanning-after", "first-day"
_GOALS = (Goal("connect_rate", 0.95),)
_RULES: dict[str, dict[str, Any]] = {  # a plan is asked for under each
    "8 h from every hour": {},
    "the same, no two days off together": {"rules.days_off_together": False},
    "starts that vary by 2 h": {"rules.start_varies_hours": 2},
    "breaks in two batches": {"rules.break_batches": 2},
    "6 h or 8 h": {"rules.shift_hours": [6, 8]},
}
_TIME_LIMIT_S = 30.0


def print_shifts(*, quick: bool) -> None:
    """Time the need of a week, and its plan under several rules; tell how near each is to best."""
    name = _TOWN if quick else _CITY
    city = load(name)
    needs_of(load(_TOWN), goals=_GOALS)  # whatever is loaded at first
    begin = time.process_time()
    need = needs_of(city, goals=_GOALS)
    spent_s = time.process_time() - begin
    print(f"\nthe need of a week of {name}, {need.agents.max():.0f} agents at most: ", end="")
    print(f"{spent_s:.1f} s of the processor; shifts for it")
    for rules, values in list(_RULES.items())[: 1 if quick else None]:
        begin = time.process_time()
        plan = plan_roster(need, city.with_values(values).rules, time_limit_s=_TIME_LIMIT_S)
        spent_s = time.process_time() - begin
        print(f"  {rules:<36}{plan.persons:>4} persons {plan.paid_hours:>7,.0f} h  ", end="")
        print(f"{100.0 * plan.gap:4.1f} % above the bound  {plan.seconds:5.1f} s, ", end="")
        print(f"{spent_s:5.1f} s of the processor")
