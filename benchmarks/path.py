"""Time the whole path from scenario to measures, its parts, and how it grows."""

from __future__ import annotations

import gc
import multiprocessing
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

from hotline_sim import measures
from hotline_sim import scenario as scenarios
from hotline_sim.demand import Demand, cases_per_day, tables_of
from hotline_sim.domain import joined
from hotline_sim.execution import Task, engine_of
from hotline_sim.execution.replication import _BATCH_CONTACTS, _spans, keep_freed_memory
from hotline_sim.scenario.schema import Inbound
from hotline_sim.scenario.volumes import mean_cases_per_day
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from hotline_sim.scenario import Scenario

PARTS = ("inputs", "engine", "measures")
KIB_PER_MIB = 1024.0


def timed(scenario: Scenario, replication: int, *, keep: bool = False) -> tuple[int, list[float]]:
    """Return a replication's contacts, and the seconds each part took.

    To *keep* is to have all contacts' log in the end, a piece for each span of days.
    """
    begun = time.perf_counter()
    keep_freed_memory()
    streams = Streams(1, replication)
    demand = Demand(scenario, streams)
    staffing = Staffing(scenario, streams)
    tables = tables_of(scenario, 1, replication)
    hotline = engine_of("compiled")[1](scenarios.rules(scenario), tables)
    counter, batch, kept, contacts = measures.Counter(scenario, compiled=True), [], [], 0
    spent = [time.perf_counter() - begun, 0.0, 0.0]
    for first, until in _spans(Task(scenario, 1, replication, "compiled")):
        marks = [time.perf_counter()]
        duty, cases = staffing.duty(first, until), demand.draw(first, until)
        marks.append(time.perf_counter())
        batch.append(hotline.run_day(until - 1, cases, duty))
        marks.append(time.perf_counter())
        contacts += len(batch[-1])
        kept += batch[-1:] if keep else []
        counter.add_duty(range(first, until), duty)
        if sum(map(len, batch)) >= _BATCH_CONTACTS:
            counter.add_contacts(joined(batch))
            batch = []
        marks.append(time.perf_counter())
        spent = [s + b - a for s, a, b in zip(spent, marks, marks[1:], strict=False)]
    begun = time.perf_counter()
    counter.add_contacts(joined(batch))
    counter.add_left(hotline.close())
    measures.measures_of(scenario, counter.tally)
    spent[2] += time.perf_counter() - begun
    return contacts, spent


def print_parts(title: str, scenario: Scenario, rounds: int) -> None:
    """Print where the time of a whole replication goes."""
    timed(scenario, 0)
    runs = []
    for i in range(rounds):
        gc.collect()
        runs.append(timed(scenario, i + 1))
    totals = [sum(spent) for _, spent in runs]
    print(f"\n{title}: whole path, one core, {rounds} replications, median (min to max)")
    contacts = statistics.median(count for count, _ in runs)
    print(f"  {contacts:,.0f} contacts", end="")
    for i, part in enumerate(PARTS):
        print(f", {part} {statistics.median(spent[i] for _, spent in runs):.2f} s", end="")
    print(f"; {statistics.median(totals):.2f} s ({min(totals):.2f} to {max(totals):.2f})")


def grown(scenario: Scenario, factor: float, days: int) -> Scenario:
    """Return a scenario with so many times the cases and the seats."""
    channels = {
        name: table.model_copy(update={"people_per_day": mean_cases_per_day(table) * factor})
        if isinstance(table, Inbound)
        else table
        for name, table in scenario.channels.items()
    }
    teams = {}
    for name, team in scenario.teams.items():
        shifts = tuple(
            shift.model_copy(update={"seats": max(1, round(shift.seats * factor))})
            for shift in team.shifts
        )
        curve = team.curve
        more = {
            "shifts": shifts,
            "seats": None if team.seats is None else team.seats * factor,
            "curve": tuple(n * factor for n in curve) if isinstance(curve, tuple) else curve,
        }
        teams[name] = team.model_copy(update=more)
    horizon = scenario.horizon.model_copy(update={"days": days, "warm_up_days": 0})
    return scenario.model_copy(update={"channels": channels, "teams": teams, "horizon": horizon})


def print_growth(scenario: Scenario, millions: list[float], contacts: float) -> None:
    """Print the time per contact at several sizes, agents scaled along."""
    print("\ncost per contact, agents scaled along (whole path)")
    first = None
    for size in millions:
        factor = size * 1e6 / (cases_per_day(scenario) * 365)
        days = max(2, min(365, round(contacts / (size * 1e6 / 365))))
        model = grown(scenario, factor, days)
        timed(model, 0)
        count, spent = timed(model, 1)
        each_us = sum(spent) / count * 1e6
        first = first or each_us
        times = each_us / first
        print(f"  {size:6.1f} million cases a year: {each_us:6.2f} µs ({times:.2f} times)")


def _own_peak_mib() -> float:
    """Return this process's peak memory; getrusage would count what its parent had."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return float(line.split()[1]) / KIB_PER_MIB
    return float("nan")


def _peak_mib(name: str, days: int, pipe: Connection) -> None:
    scenario = scenarios.load(name, overrides=[f"horizon.days={days}", "horizon.warm_up_days=0"])
    begun = time.perf_counter()
    count, _ = timed(scenario, 0)
    spent_s = time.perf_counter() - begun
    pipe.send((count, spent_s, _own_peak_mib()))


def print_memory(name: str, spans: list[int]) -> None:
    """Print the peak memory of a process that simulates so many days."""
    print(f"\npeak memory of {name}, a process each")
    for days in spans:
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_peak_mib, args=(name, days, sender))
        process.start()
        sender.close()  # so that a dead process ends the waiting
        count, spent_s, peak = receiver.recv()
        process.join()
        print(f"  {days:4} days: {count:12,} contacts, {spent_s:7.1f} s, {peak:6.0f} MiB")
