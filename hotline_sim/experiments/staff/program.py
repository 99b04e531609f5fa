"""The integer program of a week of shifts: its columns, its rows, its solution.

Columns are tours (band × days worked), the shifts on each day of a band whose starts vary, and the
breaks of each shift on each day by when they begin. Of a band with one start the shifts of a day
are the tours with that day, and have no columns: with columns for them HiGHS cuts little off, and
stays 8 % above its bound where without them it comes within 2 %. Breaks in batches, which have many
rows a shift, are sooner found with them. Breaks are columns of their own,
as in Aykin 1996, Optimal shift scheduling with multiple break windows, Management Science 42(4):
a column for every shift with every place of its breaks would be the product of the two. Tours
are days worked in a band of starts, as in Jacobs and Brusco 1996, Overlapping start-time bands in
implicit tour scheduling, Management Science 42(9). Agents who may take each other's place are
counted, not named, so nothing is symmetric.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import HALF_HOURS, Bools, Floats, Ints
from hotline_sim.experiments.staff.quiet import quiet
from hotline_sim.experiments.staff.tours import PER_HOUR, bands_of
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.records import Cut, Objective
    from hotline_sim.experiments.staff.tours import Band, Shift
    from hotline_sim.scenario import ShiftRules

SLOTS = WEEK_DAYS * HALF_HOURS
_INFEASIBLE = 2  # SciPy's word for it
_LEAST_S = 5.0  # to find breaks in for shifts that are found
_WHOLE = 1e-6  # how far from whole a solver's number may be
_ROUNDING = 1e-9  # a need of 3.0000000001 is one of 3
HOURS_BESIDE_PERSONS = 1e-5  # of two rosters of as many persons the one of fewer hours


@dataclass
class _Program:
    """Columns and rows as they are put down, before they are a matrix."""

    cost: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def columns(self, many: int, *, whole: bool, cost: float = 0.0) -> Ints:
        """Put down so many columns and return their numbers."""
        first = len(self.cost)
        self.cost += [cost] * many
        self.whole += [int(whole)] * many
        return np.arange(first, first + many)

    def row(
        self,
        terms: Iterable[tuple[Ints | Sequence[int], float]],
        *,
        low: float = -np.inf,
        high: float = np.inf,
    ) -> None:
        """Put down one row: columns with the factor that they have in it."""
        number = len(self.low)
        self.entries += [(number, int(j), factor) for columns, factor in terms for j in columns]
        self.low.append(low)
        self.high.append(high)


@dataclass(frozen=True, eq=False)
class Solution:
    """What the solver found: the whole number of every column, None if it found none.

    ``bound`` is what no roster can cost less than; ``infeasible`` says that there is none.
    """

    columns: Ints | None
    bound: float
    seconds: float
    infeasible: bool
    is_optimal: bool


class WeekProgram:
    """The program of one team's week, from bands of shifts and what the floor needs.

    ``tours[b]`` are the columns of a band, one a pattern; ``shifts[b, i][day]`` those that are
    its i-th shift on a day, together; ``breaks[shift][k]`` those of a shift's k-th break,
    ``(7, begins)``.
    """

    def __init__(self, bands: Sequence[Band], rules: ShiftRules, objective: Objective) -> None:
        self._program = _Program()
        self.bands, self.rules = bands, rules
        self.tours: list[Ints] = []
        self.shifts: dict[tuple[int, int], list[Ints]] = {}
        self.breaks: dict[Shift, list[Ints]] = {}
        self._of_shift: dict[Shift, list[Ints]] = {}
        for number, band in enumerate(bands):
            self._put_band(number, band, objective)
        for shift, columns in self._of_shift.items():
            self._put_breaks(shift, columns)
        self._on, self._off = self._by_slot()
        self._put_limits()

    def _put_band(self, number: int, band: Band, objective: Objective) -> None:
        days = len(band.patterns[0])
        hours = band.length / PER_HOUR * days
        cost = hours if objective == "paid_hours" else 1.0 + HOURS_BESIDE_PERSONS * hours
        tours = self._program.columns(len(band.patterns), whole=True, cost=cost)
        self.tours.append(tours)
        with_day = [
            np.array([t for t, one in zip(tours, band.patterns, strict=True) if day in one], int)
            for day in range(WEEK_DAYS)
        ]
        own = [with_day] if self._is_counted(band) else self._by_day(band, with_day)
        for i, (shift, columns) in enumerate(zip(band.shifts, own, strict=True)):
            self.shifts[number, i] = columns
            before = self._of_shift.get(shift, [np.zeros(0, int)] * WEEK_DAYS)
            together = zip(before, columns, strict=True)
            self._of_shift[shift] = [np.concatenate(both) for both in together]

    def _is_counted(self, band: Band) -> bool:
        """Tell whether the shifts of a band are tours, without columns of their own."""
        return len(band.shifts) == 1 and self.rules.break_batches is None

    def _by_day(self, band: Band, with_day: Sequence[Ints]) -> list[list[Ints]]:
        """Put down the shifts of each day of a band, as many as tours have that day."""
        varies = len(band.shifts) > 1
        own = [self._program.columns(WEEK_DAYS, whole=varies) for _ in band.shifts]
        for day, worked in enumerate(with_day):
            shifts = [columns[day] for columns in own]
            self._program.row([(shifts, 1.0), (worked, -1.0)], low=0.0, high=0.0)
        return [list(columns.reshape(WEEK_DAYS, 1)) for columns in own]

    def _put_breaks(self, shift: Shift, on: Sequence[Ints]) -> None:
        """Put down the breaks of a shift, which ``on[day]`` are on each day."""
        self.breaks[shift] = []
        for pause in shift.pauses:
            many = len(pause.begins)
            columns = self._program.columns(WEEK_DAYS * many, whole=True)
            columns = columns.reshape(WEEK_DAYS, many)
            self.breaks[shift].append(columns)
            for day in range(WEEK_DAYS):
                on_day = [(on[day], -1.0)]
                # more breaks than agents would do, and are dropped; so numbers may be rounded up
                self._program.row([(columns[day], 1.0), *on_day], low=0.0)
                if self.rules.break_batches is not None:
                    for batch in columns[day]:  # the groups differ by one at most
                        term = ([batch], float(many))
                        self._program.row([term, *on_day], low=1.0 - many, high=many - 1.0)

    def _by_slot(self) -> tuple[list[list[int]], list[list[int]]]:
        """Return the columns that have an agent on shift in each slot, and those on break."""
        on: list[list[int]] = [[] for _ in range(SLOTS)]
        off: list[list[int]] = [[] for _ in range(SLOTS)]
        for shift, columns_of in self._of_shift.items():
            for day in range(WEEK_DAYS):
                begin = day * HALF_HOURS + shift.start
                for slot in range(begin, begin + shift.length):
                    on[slot % SLOTS] += columns_of[day].tolist()
                for pause, columns in zip(shift.pauses, self.breaks[shift], strict=True):
                    for at, column in zip(pause.begins, columns[day].tolist(), strict=True):
                        for slot in range(begin + at, begin + at + pause.length):
                            off[slot % SLOTS].append(column)
        return on, off

    def _put_limits(self) -> None:
        """Put down the rules that are about all on duty at once, and about all persons."""
        rules, program = self.rules, self._program
        for on, off in zip(self._on, self._off, strict=True):
            if rules.most_seats is not None and on:
                program.row([(on, 1.0)], high=float(rules.most_seats))
            if rules.most_off_share is not None and off:
                share = rules.most_off_share  # rounded up, or who is alone could never go
                program.row([(off, 1.0), (on, -share)], high=1.0 - share + _WHOLE)
        if rules.part_time_share > 0.0:
            of_part = [columns for columns, one in self._tours() if one.part_time]
            if of_part:
                everybody = np.concatenate([columns for columns, _ in self._tours()])
                share = rules.part_time_share
                program.row([(np.concatenate(of_part), 1.0), (everybody, -share)], high=_WHOLE)

    def _tours(self) -> Iterable[tuple[Ints, Band]]:
        return zip(self.tours, self.bands, strict=True)

    def agents(self, shift: Shift, columns: Ints) -> Ints:
        """Return how many agents a solution has on a shift on each day, ``(7,)``."""
        return np.array([columns[one].sum() for one in self._of_shift[shift]])

    def cover(self, weights: Floats, at_least: float) -> None:
        """Ask for ``sum(weights * coverage) >= at_least``; weights are ``(7, 48)``."""
        terms: list[tuple[Sequence[int], float]] = []
        for slot in np.flatnonzero(weights).tolist():
            weight = float(weights.flat[slot])
            terms += [(self._on[slot], weight), (self._off[slot], -weight)]
        self._program.row(terms, low=at_least)

    def solve(self, *, time_limit_s: float, gap: float) -> Solution:
        """Solve by branch and bound (HiGHS in SciPy) until within the gap, or out of time.

        Where every break is one half-hour and only the floor limits who is off, breaks are found
        afterwards: with the shifts given they are a flow from shifts to half-hours, which is whole
        by itself (a cut may still say otherwise, then all is solved together).
        """
        begun_s = time.perf_counter()
        every = np.array(self._program.whole)
        breaks = self._break_columns()
        if len(breaks) and self._breaks_flow():
            first = every.copy()
            first[breaks] = 0
            found = self._solved(first, time_limit_s=time_limit_s, gap=gap)
            if found.columns is None:
                return found
            fixed = np.ones(len(every), bool)
            fixed[breaks] = False
            left_s = max(_LEAST_S, time_limit_s - found.seconds)
            settled = self._solved(every, found.columns, fixed, time_limit_s=left_s, gap=1.0)
            if settled.columns is not None:
                seconds = time.perf_counter() - begun_s
                return replace(found, columns=settled.columns, seconds=seconds)
            time_limit_s = left_s
        return self._solved(every, time_limit_s=time_limit_s, gap=gap)

    def _breaks_flow(self) -> bool:
        rules = self.rules
        one_each = all(p.length == 1 for shift in self.breaks for p in shift.pauses)
        return one_each and rules.break_batches is None and rules.most_off_share is None

    def _break_columns(self) -> Ints:
        columns = [c.ravel() for several in self.breaks.values() for c in several]
        return np.concatenate([np.zeros(0, np.int64), *columns])

    def _solved(
        self,
        whole: Ints,
        columns: Ints | None = None,
        fixed: Bools | None = None,
        *,
        time_limit_s: float,
        gap: float,
    ) -> Solution:
        """Solve once, with some columns *fixed* at what they are in *columns*."""
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        program = self._program
        row, column, factor = np.array(program.entries).reshape(-1, 3).T
        shape = (len(program.low), len(program.cost))
        matrix = coo_array((factor, (row.astype(int), column.astype(int))), shape=shape).tocsr()
        low, high = np.zeros(shape[1]), np.full(shape[1], np.inf)
        if columns is not None and fixed is not None:
            low[fixed] = high[fixed] = columns[fixed]
        begun_s = time.perf_counter()
        with quiet():
            found: Any = milp(
                np.array(program.cost),
                constraints=LinearConstraint(matrix, program.low, program.high),
                integrality=whole,
                bounds=Bounds(low, high),
                options={"time_limit": time_limit_s, "mip_rel_gap": gap},
            )
        return Solution(
            columns=None if found.x is None else np.rint(found.x).astype(np.int64),
            bound=0.0 if found.mip_dual_bound is None else float(found.mip_dual_bound),
            seconds=time.perf_counter() - begun_s,
            infeasible=found.status == _INFEASIBLE,
            is_optimal=found.status == 0,
        )


def program_of(
    need: Need, rules: ShiftRules, cuts: Iterable[Cut], objective: Objective
) -> WeekProgram:
    """Return the program of a need under some rules, and of what must be filled besides."""
    program = WeekProgram(bands_of(rules), rules, objective)
    wanted = floor_need(need, rules)
    for slot in np.flatnonzero(wanted).tolist():
        weights = np.zeros((WEEK_DAYS, HALF_HOURS))
        weights.flat[slot] = 1.0
        program.cover(weights, float(wanted.flat[slot]))
    for cut in (*need.cuts, *cuts):
        program.cover(cut.weights, cut.at_least)
    return program


def floor_need(need: Need, rules: ShiftRules) -> Ints:
    """Return whole agents for every half-hour, ``(7, 48)``, at least the rules' fewest."""
    whole = np.ceil(need.agents - _ROUNDING).astype(np.int64)
    wanted: Ints = np.where(whole > 0, np.maximum(whole, rules.fewest), 0)
    return wanted
