"""Measure the engines against the textbook ways, and print a table.

    python -m benchmarks             # three to five minutes
    python -m benchmarks --quick     # a smoke test: the numbers mean nothing
    python -m benchmarks --calibrate # also Nanning's pair: ten minutes more on two cores

Run from the top folder, in an environment with the ``test`` extra (it brings Ciw). All
competitors get the same cases and the same duty table, drawn beforehand, and the textbook
ways their calls as well; timed is all the rest, up to the log in arrays (for Ciw: its
records). They take turns, A B C A B C …, so that a slow spell of the machine hits all of
them, and a ratio is taken within its turn.
First each runs once untimed, for whatever is compiled or cached, and to see what it finds.
Nothing is asserted about time.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from importlib import import_module, util
from typing import Any

import numpy as np

from benchmarks import (
    attributing,
    budgets,
    calibrating,
    changing,
    path,
    sensitivities,
    shifts,
    staffing,
    textbook_simpy,
)
from benchmarks.work import REPLICATION, Calls, Result, Work, drawn, phone_part
from hotline_sim import load, model
from hotline_sim.domain import ContactLog, Duty, Outcome, joined
from hotline_sim.execution.replication import keep_freed_memory

Log = ContactLog | textbook_simpy.TextbookLog | list[Any]  # a list: the records of Ciw
Competitor = Callable[[Work], Log]
OURS, COMPILED, TEXTBOOK, CIW = "hotline_sim.model", "hotline_sim.kernel", "textbook SimPy", "Ciw"
US_PER_S = 1e6


def main() -> None:
    """Run the comparisons."""
    asked = _arguments()
    keep_freed_memory()  # as a run does; it serves all competitors
    print(f"phone part of {asked.scenario}, seed {asked.seed}")
    ours = {TEXTBOOK: _textbook, OURS: _engine(model.Hotline)} | _compiled()
    scenario = phone_part(asked.scenario, days=asked.days, redials=True)
    _compare(
        f"{asked.days} days, with redials", drawn(scenario, seed=asked.seed), ours, asked.rounds
    )
    if util.find_spec("ciw") is None:
        print("\nCiw is not installed: pip install ciw")
    else:
        scenario = phone_part(asked.scenario, days=asked.ciw_days, redials=False)
        work = drawn(scenario, seed=asked.seed)
        _compare(f"{asked.ciw_days} days, no redials", work, {CIW: _ciw} | ours, asked.ciw_rounds)
    _whole_path(asked)
    changing.print_changes(asked.scenario, seed=asked.seed, quick=asked.quick)
    attributing.print_attribution(days=asked.days, seed=asked.seed, quick=asked.quick)
    budgets.print_budget(asked.scenario, seed=asked.seed, quick=asked.quick)
    sensitivities.print_sensitivity(asked.scenario, seed=asked.seed, quick=asked.quick)
    shifts.print_shifts(quick=asked.quick)
    staffing.print_staffing(seed=asked.seed, quick=asked.quick)
    if asked.calibrate or asked.quick:
        calibrating.print_calibration("nanning", seed=asked.seed, quick=asked.quick)


def _whole_path(asked: argparse.Namespace) -> None:
    """Time the compiled engine with its inputs and its measures, and against the textbook."""
    days, rounds = (4, 1) if asked.quick else (365, 9)
    scenario = phone_part(asked.scenario, days=days, redials=True)
    path.print_parts(f"phone part, {days} days", scenario, rounds)
    begun = time.perf_counter()
    work = drawn(scenario, seed=asked.seed)
    inputs_s = time.perf_counter() - begun
    textbook_s: list[float] = []
    whole_s: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(rounds):
        for keep, spent_s in whole_s.items():
            gc.collect()
            spent_s.append(sum(path.timed(scenario, REPLICATION, keep=keep)[1]))
        textbook_s.append(_seconds(_textbook, work))
    with_inputs_s = [each_s + inputs_s for each_s in textbook_s]
    print(
        f"  textbook SimPy: {statistics.median(textbook_s):.1f} s; "
        f"with its inputs {statistics.median(with_inputs_s):.1f} s"
    )
    for keep, spent_s in whole_s.items():
        what = "the year's log kept" if keep else "the log counted and let go"
        print(f"  {what}: {statistics.median(spent_s):.2f} s; the textbook takes ", end="")
        print(f"{_ratio(textbook_s, spent_s)} times as long, ", end="")
        print(f"with its inputs {_ratio(with_inputs_s, spent_s)} times")
    full = load(asked.scenario, overrides=[f"horizon.days={days}", "horizon.warm_up_days=0"])
    path.print_parts(f"{asked.scenario}, {days} days", full, rounds)
    path.print_growth(scenario, [0.1, 0.4, 4.0, 40.0], 2e3 if asked.quick else 4e5)
    path.print_memory(asked.scenario, [2, 4] if asked.quick else [30, 365, 730])
    path.print_memory("province", [1] if asked.quick else [7, 30])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__.split("\n")[0]
    )
    parser.add_argument(
        "--scenario", default="nanning-after", help="a scenario with a phone channel"
    )
    parser.add_argument("--days", type=int, default=90, help="against textbook SimPy")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each competitor")
    parser.add_argument("--ciw-days", type=int, default=20, help="against Ciw")
    parser.add_argument("--ciw-rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="two days, one turn: a smoke test")
    parser.add_argument("--calibrate", action="store_true", help="Nanning's pair as well")
    asked = parser.parse_args()
    if asked.quick:
        asked.days = asked.ciw_days = 2
        asked.rounds = asked.ciw_rounds = 1
    return asked


# The competitors ------------------------------------------------------------------------


def _engine(hotline: type[model.Hotline]) -> Competitor:
    def run(work: Work) -> Log:
        engine = hotline(work.rules, work.tables)
        logs = [engine.run_day(day, cases, duty) for day, (cases, duty) in enumerate(work.days)]
        return joined([*logs, engine.close()])

    return run


def _compiled() -> dict[str, Competitor]:
    """Return the compiled engine, if this checkout has one."""
    if util.find_spec(COMPILED) is None:
        return {}
    return {COMPILED: _engine(import_module(COMPILED).Hotline)}


def _textbook(work: Work) -> Log:
    return textbook_simpy.simulate(_with_calls(work))


def _ciw(work: Work) -> list[Any]:
    from benchmarks import textbook_ciw  # an extra that need not be there

    return textbook_ciw.simulate(_with_calls(work))


def _with_calls(work: Work) -> list[tuple[Calls, Duty]]:
    return [(calls, duty) for calls, (_, duty) in zip(work.calls, work.days, strict=True)]


def _result(log: Log) -> Result:
    if isinstance(log, list):
        kinds = [record.record_type for record in log]
        return Result(len(kinds), kinds.count("service"))
    outcome = log.outcome
    settled = ~np.isin(outcome, (Outcome.OPEN, Outcome.DUE_AFTER_END))
    return Result(int(settled.sum()), int(np.sum(outcome == Outcome.ANSWERED)))


# The race -------------------------------------------------------------------------------


def _compare(title: str, work: Work, competitors: dict[str, Competitor], rounds: int) -> None:
    found = {name: _result(run(work)) for name, run in competitors.items()}
    spent_s: dict[str, list[float]] = {name: [] for name in competitors}
    for _ in range(rounds):
        for name, run in competitors.items():
            spent_s[name].append(_seconds(run, work))
    print(f"\n{title}, {rounds} turns each: median (min to max)")
    print(f"{'':20}{'contacts':>10}{'connected':>11}{'µs/contact':>12}", end="")
    baselines = [name for name in (TEXTBOOK, CIW) if name in competitors]
    print("".join(f"{'times as fast as ' + name:>34}" for name in baselines))
    for name, result in found.items():
        each_us = statistics.median(spent_s[name]) / result.contacts * US_PER_S
        print(f"{name:20}{result.contacts:10,}{result.connect_rate:11.1%}{each_us:12.2f}", end="")
        print("".join(f"{_ratio(spent_s[base], spent_s[name]):>34}" for base in baselines))


def _seconds(run: Competitor, work: Work) -> float:
    gc.collect()
    begin = time.perf_counter()
    run(work)
    return time.perf_counter() - begin


def _ratio(slow_s: list[float], fast_s: list[float]) -> str:
    ratios = [slow / fast for slow, fast in zip(slow_s, fast_s, strict=True)]
    return f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})"


if __name__ == "__main__":
    main()
