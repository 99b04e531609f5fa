"""How long it takes to change a scenario in memory: a copy with many keys changed, and checked."""

from __future__ import annotations

import itertools
import time

from hotline_sim import load
from hotline_sim.experiments.ranges import draws_of

COPIES, QUICK_COPIES = 5000, 50
MS_PER_S = 1e3


def print_changes(name: str, *, seed: int, quick: bool) -> None:
    """Time copies with every number that has a range somewhere in it, and loading the file."""
    scenario = load(name)
    values = [one.values for one in draws_of(scenario, count=QUICK_COPIES, seed=seed)]
    copies = QUICK_COPIES if quick else COPIES
    begin, begin_cpu = time.perf_counter(), time.process_time()
    for some in itertools.islice(itertools.cycle(values), copies):
        scenario.with_values(some)
    spent_s, cpu_s = time.perf_counter() - begin, time.process_time() - begin_cpu
    begin_cpu = time.process_time()
    load(name)
    load_s = time.process_time() - begin_cpu
    each_s = cpu_s / copies
    print(
        f"\n{copies:,} copies of {name} with {len(values[0])} keys changed: {spent_s:.1f} s", end=""
    )
    print(f", of the processor {cpu_s:.1f} s, {each_s * MS_PER_S:.2f} ms each; ", end="")
    print(f"to load the file takes {load_s / each_s:.0f} times as long")
