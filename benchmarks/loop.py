"""Time the compiled engine's loop against the same loop in C (``loop.c``).

Both are given the same arrays of calls and duty, a stretch of days at a time as a run plays
them, or day by day, and carry over what is under way. Timed is, for both, the way from those
arrays to the filled columns of the log: making room, reading the calls, the events, keeping
what goes on after midnight, writing the rows. Not timed: drawing, and the records of calls
and log that Python makes around it. The two logs must be equal before anything is timed.
"""

from __future__ import annotations

import ctypes
import gc
import os
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.work import REPLICATION
from hotline_sim import scenario as scenarios
from hotline_sim.demand import Demand
from hotline_sim.domain import DAY_S, NOBODY, ContactLog, joined
from hotline_sim.execution import Task
from hotline_sim.execution.replication import _stretches
from hotline_sim.kernel import hotline, room
from hotline_sim.kernel.state import ENOUGH
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from hotline_sim.domain import Floats, Ints, Rules
    from hotline_sim.kernel.state import Today
    from hotline_sim.scenario import Scenario

OURS, IN_C = "hotline_sim.kernel", "C"
COMPILERS = ("cc", "gcc", "clang")
# Fused operations would round other than the engine does.
FLAGS = ("-std=c11", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC")
US_PER_S = 1e6


@dataclass(frozen=True)
class Stretches:
    """The rules, and for each stretch the day after its last and what it brings."""

    rules: Rules
    days: list[tuple[int, Today]]


Player = Callable[[Stretches], Iterator[tuple[float, ContactLog]]]  # seconds and log, one by one


def print_loops(scenario: Scenario, *, seed: int, rounds: int) -> None:
    """Print how long both loops take; one line where there is no C compiler.

    Raises
    ------
    AssertionError
        If the two logs differ in any row.
    """
    with tempfile.TemporaryDirectory() as folder:
        library = built(Path(folder))
        if isinstance(library, str):
            print(f"\nthe loop in C is left out: {library}")
            return
        days = scenario.total_days
        stretches = list(_stretches(Task(scenario, seed, REPLICATION, "compiled")))
        for title, spans in (
            ("in stretches as a run plays them", stretches),
            ("day by day", [(day, day + 1) for day in range(days)]),
        ):
            work = _drawn(scenario, spans, seed)
            _race(f"{days} days, {title}", work, {IN_C: in_c(library), OURS: compiled}, rounds)


def log_of(player: Player, work: Stretches) -> ContactLog:
    """Return the whole log of a player, by case and contact."""
    return joined([log for _, log in player(work)]).in_order()


def _race(title: str, work: Stretches, players: dict[str, Player], rounds: int) -> None:
    """Hold the logs against each other, then let the players take turns."""
    logs = {name: log_of(play, work) for name, play in players.items()}
    for column in (field.name for field in fields(ContactLog)):
        one, other = getattr(logs[IN_C], column), getattr(logs[OURS], column)
        np.testing.assert_array_equal(one, other, column, strict=True)
    contacts = len(logs.pop(IN_C))
    del logs
    spent_s: dict[str, list[float]] = {name: [] for name in players}
    for _ in range(rounds):
        for name, play in players.items():
            gc.collect()
            spent_s[name].append(sum(each_s for each_s, _ in play(work)))
    print(f"\nthe loop alone, {title}: {contacts:,} contacts, logs equal, {rounds} turns each")
    for name, each_s in spent_s.items():
        print(f"{name:20}{statistics.median(each_s) / contacts * US_PER_S:8.3f} µs/contact", end="")
        ratios = [a / b for a, b in zip(each_s, spent_s[IN_C], strict=True)]
        span = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"    {span} times as long as C" if name != IN_C else "")


def _drawn(scenario: Scenario, spans: list[tuple[int, int]], seed: int) -> Stretches:
    streams = Streams(seed, REPLICATION)
    demand, staffing = Demand(scenario, streams), Staffing(scenario, streams)
    days = [
        (until, room.today_of(demand.draw(first, until), staffing.duty(first, until)))
        for first, until in spans
    ]
    return Stretches(scenarios.rules(scenario), days)


# The compiled engine's loop -----------------------------------------------------------------


def compiled(work: Stretches) -> Iterator[tuple[float, ContactLog]]:
    """Do what ``hotline_sim.kernel.Hotline`` does, with a clock around its compiled parts."""
    state = room.new_state(work.rules)
    for until, today in work.days:
        begun = time.perf_counter()
        state = room.with_day(today, state)
        while (lacking := hotline.plays_day(state, until * DAY_S)) != ENOUGH:
            state = room.with_more(lacking, state)
        log = room.log_of(state)
        state = room.without_day(state)
        yield time.perf_counter() - begun, log
    begun = time.perf_counter()
    state = room.with_entries_for_all(state)
    hotline.closes(state)
    log = room.log_of(state)
    yield time.perf_counter() - begun, log


# The loop in C ------------------------------------------------------------------------------

_WHOLE = (
    "case",
    "channel",
    "k",
    "outcome",
    "team",
    "seat",
    "next",
    "after",
    "failed",
    "answered_before",
    "department",
)
_TIMES = ("born_s", "arrival_s", "start_s", "end_s", "done_s", "order_s", "mood", "rating")


class _Struct(ctypes.Structure):
    """A struct of loop.c; columns are passed by their address."""

    def __init__(self, of: Today, **counts: int) -> None:
        names = [name for name, _ in self._fields_ if name not in counts]
        super().__init__(**counts, **{name: getattr(of, name).ctypes.data for name in names})


class _Calls(_Struct):
    _fields_ = (
        ("rows", ctypes.c_int64),
        ("ways", ctypes.c_int64),
        ("case", ctypes.c_void_p),
        ("channel", ctypes.c_void_p),
        ("talk_s", ctypes.c_void_p),
        ("wrap_up_s", ctypes.c_void_p),
        ("patience_s", ctypes.c_void_p),
        ("contained", ctypes.c_void_p),
        ("order_s", ctypes.c_void_p),
        ("department", ctypes.c_void_p),
        ("mood", ctypes.c_void_p),
        ("rating", ctypes.c_void_p),
        ("endings", ctypes.c_void_p),
        ("followers", ctypes.c_void_p),
        ("delays_s", ctypes.c_void_p),
    )


class _Day(_Struct):
    _fields_ = (
        ("cases", ctypes.c_int64),
        ("first_contact", ctypes.c_void_p),
        ("first_arrival_s", ctypes.c_void_p),
        ("stints", ctypes.c_int64),
        ("seat", ctypes.c_void_p),
        ("on_s", ctypes.c_void_p),
        ("off_s", ctypes.c_void_p),
        ("speed", ctypes.c_void_p),
    )


class _Log(ctypes.Structure):
    _fields_ = (
        ("rows", ctypes.c_int64),
        ("written", ctypes.c_int64),
        ("whole", ctypes.c_void_p),
        ("times", ctypes.c_void_p),
    )


def built(folder: Path) -> ctypes.CDLL | str:
    """Return the compiled loop, or why there is none."""
    found = next(([name] for name in COMPILERS if shutil.which(name)), [])
    compiler = shlex.split(os.environ.get("CC", "")) or found
    if not compiler:
        return f"no C compiler found ({', '.join(COMPILERS)}; CC names another)"
    source, target = Path(__file__).with_name("loop.c"), folder / "loop.so"
    command = [*compiler, *FLAGS, "-o", str(target), str(source), "-lm"]
    try:
        made = subprocess.run(command, check=False, capture_output=True, text=True)
    except OSError as error:
        return f"{compiler[0]}: {error.strerror}"
    if made.returncode != 0:
        said = [line for line in made.stderr.splitlines() if "error" in line]
        return said[0] if said else f"{compiler[0]} failed"
    return ctypes.CDLL(str(target))


def in_c(library: ctypes.CDLL) -> Player:
    """Return the player that calls the loop in C."""
    number, address = ctypes.c_int64, ctypes.c_void_p
    for name, result, arguments in (
        ("open_hotline", address, [address, number, number, number]),
        ("most_settled", number, [address, number]),
        ("play", number, [address, address, address, address, ctypes.c_double]),
        ("play_out", number, [address, address]),
        ("close_hotline", None, [address]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return partial(_plays_in_c, library)


def _plays_in_c(library: ctypes.CDLL, work: Stretches) -> Iterator[tuple[float, ContactLog]]:
    rules, (channel,) = work.rules, work.rules.channels
    team_of_seat = np.array(rules.team_of_seat, np.int64)
    lines = NOBODY if channel.lines is None else channel.lines
    called = library.open_hotline(
        team_of_seat.ctypes.data, len(team_of_seat), len(rules.serves), lines
    )
    try:
        for until, today in work.days:
            calls = _Calls(today, rows=len(today.case), ways=len(today.endings))
            day = _Day(today, cases=len(today.first_contact), stints=len(today.seat))
            begun = time.perf_counter()
            log, whole, times = _empty_log(library.most_settled(called, len(today.case)))
            written = library.play(called, *map(ctypes.byref, (calls, day, log)), until * DAY_S)
            yield time.perf_counter() - begun, _cut(whole, times, written)
        begun = time.perf_counter()
        log, whole, times = _empty_log(library.most_settled(called, 0))
        written = library.play_out(called, ctypes.byref(log))
        yield time.perf_counter() - begun, _cut(whole, times, written)
    finally:
        library.close_hotline(called)


def _empty_log(rows: int) -> tuple[_Log, Ints, Floats]:
    """Return empty columns of so many rows, and where they are."""
    whole, times = np.empty((len(_WHOLE), rows), np.int64), np.empty((len(_TIMES), rows))
    return _Log(rows, 0, whole.ctypes.data, times.ctypes.data), whole, times


def _cut(whole: Ints, times: Floats, written: int) -> ContactLog:
    columns = [*zip(_WHOLE, whole, strict=True), *zip(_TIMES, times, strict=True)]
    return ContactLog(**{name: column[:written] for name, column in columns})
