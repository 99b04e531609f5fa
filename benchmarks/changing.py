"""How long it takes to change a scenario in memory: a copy with many keys changed, and checked."""

from __future__ import annotations

import itertools
import time

from hotline_sim import load
from hotline_sim.experiments import drawn_set

COPIES, QUICK_COPIES = 5000, 50
EVERY = "*"  # key: those of the horizon too
MS_PER_S = 1e3


def print_changes(name: str, *, seed: int, quick: bool) -> None:
    """Time copies with every assumed number somewhere in its range, and loading the file."""
    scenario = load(name)
    drawn = drawn_set(scenario, QUICK_COPIES, seed, over=EVERY)
    values = [drawn.row(i) for i in range(QUICK_COPIES)]
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
        f"\n{copies:,} copies of {name} with {len(drawn.keys)} keys changed: {spent_s:.1f} s",
        end="",
    )
    print(f", of the processor {cpu_s:.1f} s, {each_s * MS_PER_S:.2f} ms each; ", end="")
    print(f"to load the file takes {load_s / each_s:.0f} times as long")
