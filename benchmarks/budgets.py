"""What a frontier costs: years played, the processor's time for each, and for laying one out."""

from __future__ import annotations

import time
from typing import Any

from hotline_sim import budget, load
from hotline_sim.execution import Execution
from hotline_sim.experiments import DEFAULT_DRAWS, DEFAULT_POINTS, DEFAULT_REPLICATIONS
from hotline_sim.experiments.budgeting.layout import layout
from hotline_sim.experiments.budgeting.least import HALVINGS
from hotline_sim.money import EMPLOYMENTS, with_budget

_CORES = 2
_MINUTE_S = 60.0
_CNY = 11e6
_MEASURED = (2, 2)  # points and draws


def print_budget(name: str, *, seed: int, quick: bool) -> None:
    """Time a small frontier, and say what the default one takes, with a target and best rosters."""
    scenario = load(name, overrides=["horizon.days=2"] if quick else [])
    points, draws = _MEASURED
    how: dict[str, Any] = {"points": points, "draws": draws, "replications": 2, "seed": seed}
    budget(scenario, from_cny=2e6, to_cny=20e6, execution=Execution(jobs=1), **how)  # compiles
    begin = time.process_time()
    budget(scenario, from_cny=4e6, to_cny=18e6, execution=Execution(jobs=1), **how)
    each_s = (time.process_time() - begin) / (len(EMPLOYMENTS) * points * (2 + draws))
    begin = time.process_time()
    layout(with_budget(scenario, "outsourced", _CNY), "outsourced", 1.0)
    layout_s = time.process_time() - begin
    runs = len(EMPLOYMENTS) * (DEFAULT_REPLICATIONS + DEFAULT_DRAWS)
    for what, count in (
        ("", runs * DEFAULT_POINTS),
        (", a target", runs * (DEFAULT_POINTS + HALVINGS)),
        (", a target, best rosters", 2 * runs * (DEFAULT_POINTS + HALVINGS)),
    ):
        minutes = count * each_s / _CORES / _MINUTE_S
        print(f"\nbudget of {name}{what}: {count} runs of {scenario.horizon.days} days, ", end="")
        print(f"{each_s:.2f} s each: {minutes:.1f} min on {_CORES} idle cores", end="")
    print(f"; laying out one roster: {layout_s:.2f} s")
