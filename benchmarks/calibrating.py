"""How long it takes to find parameters that give a pair's published figures."""

from __future__ import annotations

import time

from hotline_sim import calibrate, load
from hotline_sim.experiments import DEFAULT_MEMBERS, PAIRS

QUICK_DAYS, QUICK_MEMBERS = 7, 5


def print_calibration(pair: str, *, seed: int, quick: bool) -> None:
    """Time the calibration of both years of a pair, nothing of it kept; quickly, of a week."""
    days = [f"horizon.days={QUICK_DAYS}"] if quick else []
    scenarios = [load(name, overrides=days) for name in PAIRS[pair]]
    members = QUICK_MEMBERS if quick else DEFAULT_MEMBERS
    begin = time.perf_counter()
    found = calibrate(scenarios, members=members, seed=seed, jobs=-1)
    spent_s = time.perf_counter() - begin
    print(
        f"\ncalibration of {pair}: {int(found.is_member.sum())} members of {found.drawn} points "
        f"drawn, {len(found.runs)} played, a year of each scenario: {spent_s:.0f} s"
    )
