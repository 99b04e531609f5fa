"""How long it takes to staff a hotline round the clock: search, proof, both employments."""

from __future__ import annotations

import resource
import time

from hotline_sim import load
from hotline_sim.execution import Execution
from hotline_sim.experiments.staff import staff

SCENARIO, TARGET = "nanning-after", "connect_rate>=0.95"
QUICK_DAYS = 28


def print_staffing(*, seed: int, quick: bool) -> None:
    """Time the least staff of a year of Nanning, nothing taken from a store."""
    scenario = load(SCENARIO, overrides=[f"horizon.days={QUICK_DAYS}"] if quick else [])
    begin, begin_cpu = time.perf_counter(), _processor_s()
    found = staff(scenario, [TARGET], seed=seed, quick=quick, execution=Execution())
    spent_s, cpu_s = time.perf_counter() - begin, _processor_s() - begin_cpu
    plan, proven = found.plan, found.best.proven
    print(
        f"\nstaff {SCENARIO}, {TARGET}, {scenario.horizon.days} days: {plan.persons} persons, "
        f"{proven.verdict}, {plan.gap:.1%} above the bound of its cuts; "
        f"{len(found.tried)} rosters tried, {spent_s:.0f} s, here of the processor {cpu_s:.0f} s"
    )


def _processor_s() -> float:
    """Return the processor time of this process; workers, which live on, are not in it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
