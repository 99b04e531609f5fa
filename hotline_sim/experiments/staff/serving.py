"""The program of a week with curves in it: what agents on the floor bring, half-hour by half-hour.

It is solved in two steps. First who works when, breaks being shared out in fractions, which is a
small program; then, those weeks kept, whole breaks where they leave the most served. The bound is
that of the first step, whose rosters are more than there are.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, HOUR_S, Bools, Floats
from hotline_sim.experiments.staff.program import (
    SLOTS,
    Solution,
    WeekProgram,
    floor_need,
)
from hotline_sim.experiments.staff.quiet import quiet
from hotline_sim.experiments.staff.tours import bands_of
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Ints
    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.records import Objective
    from hotline_sim.experiments.staff.responses import Response
    from hotline_sim.scenario import ShiftRules

_INFEASIBLE, _OPTIMAL = 2, 0  # SciPy's words
_FOR_BREAKS = 0.25  # of the time, for the second step
_MORE_TIME, _WIDE_GAP = 4.0, 0.03  # where no roster was found in time
_ALMOST = 1e-9


@dataclass(frozen=True, eq=False)
class Ask:
    """What a roster shall bring: so large a share served, or so many hours on the floor a week.

    ``by_day`` asks it of each weekday.
    """

    response: Response | None  # None: hours
    level: float
    by_day: bool = False


class ServingProgram(WeekProgram):
    """The program of a week that also asks for what responses say.

    ``spare`` is the column of how much more is brought than asked, as a share of all, plus 1.
    """

    def __init__(
        self, need: Need, rules: ShiftRules, asks: Sequence[Ask], objective: Objective
    ) -> None:
        super().__init__(bands_of(rules), rules, objective)
        self._most: dict[int, float] = {}
        wanted = floor_need(need, rules)
        for slot in np.flatnonzero(wanted).tolist():
            weights = np.zeros((WEEK_DAYS, HALF_HOURS))
            weights.flat[slot] = 1.0
            self.cover(weights, float(wanted.flat[slot]))
        for cut in need.cuts:
            self.cover(cut.weights, cut.at_least)
        self._priced = [([j], cost) for j, cost in enumerate(self._program.cost) if cost > 0.0]
        (self.spare,) = self._program.columns(1, whole=False).tolist()
        for ask in asks:
            self._put(ask)

    def _put(self, ask: Ask) -> None:
        terms = [self._terms_of(ask.response, slot) for slot in range(SLOTS)]
        if ask.response is None:
            self._ask(terms, range(SLOTS), ask.level, 1.0)
            return
        asked = ask.response.asked.ravel()
        days = np.repeat(np.arange(WEEK_DAYS), HALF_HOURS)
        parts: list[Bools] = [days >= 0]
        if ask.by_day:
            parts = [days == day for day in range(WEEK_DAYS)]
        for part in parts:
            if asked[part].sum() > 0.0:
                whole = float(asked[part].sum())
                self._ask(terms, np.flatnonzero(part).tolist(), whole, ask.level)

    def _ask(
        self,
        terms: Sequence[list[tuple[int, float]]],
        slots: Sequence[int] | range,
        whole: float,
        share: float,
    ) -> None:
        """Ask some half-hours for a share of a whole, and for more as the spare is more than 1."""
        row = [([column], factor) for slot in slots for column, factor in terms[slot]]
        self._program.row([*row, ([self.spare], -whole)], low=(share - 1.0) * whole)

    def _terms_of(self, response: Response | None, slot: int) -> list[tuple[int, float]]:
        """Put down the columns of a half-hour's curve; return them with what each brings."""
        if response is None:
            widths, slopes = [np.inf], [HALF_HOUR_S / HOUR_S]
        else:
            curve = response.curve(*divmod(slot, HALF_HOURS))
            widths, slopes = curve[0].tolist(), curve[1].tolist()
        if not widths:
            return []
        columns = self._program.columns(len(widths), whole=False).tolist()
        self._most |= dict(zip(columns, widths, strict=True))
        on, off = self._on[slot], self._off[slot]
        self._program.row([(columns, 1.0), (on, -1.0), (off, 1.0)], high=0.0)
        return list(zip(columns, slopes, strict=True))

    def cheapest(self, *, time_limit_s: float, gap: float) -> Solution:
        """Return the cheapest weeks that bring what is asked."""
        return self._solved(np.array(self._program.cost), 1.0, time_limit_s, gap)

    def best(self, budget: float, *, time_limit_s: float, gap: float) -> Solution:
        """Return the weeks of at most so large a cost that bring the most.

        The bound is of the spare: below 1, no weeks so cheap bring what is asked.
        """
        self._program.row(self._priced, high=budget + _ALMOST)
        return self._solved(self._to_spare, 0.0, time_limit_s, gap)

    @property
    def _to_spare(self) -> Floats:
        """Return costs that make the spare as large as can be."""
        costs = np.zeros(len(self._program.cost))
        costs[self.spare] = -1.0
        return costs

    def _solved(self, costs: Floats, least: float, time_limit_s: float, gap: float) -> Solution:
        """Solve in two steps, what is spared being at least so much in the first."""
        begun_s = time.perf_counter()
        low, high = self._bounds()
        low[self.spare] = least
        whole = np.array(self._program.whole)
        weeks_only = whole.copy()
        for columns in self._of_breaks():
            weeks_only[columns] = 0
        first = self._milp(costs, weeks_only, low, high, time_limit_s, gap)
        if first.x is None and first.status != _INFEASIBLE:  # any roster is better than none
            more_s, wide = _MORE_TIME * time_limit_s, max(gap, _WIDE_GAP)
            first = self._milp(costs, weeks_only, low, high, more_s, wide)
        if first.x is None:
            seconds = time.perf_counter() - begun_s
            return Solution(None, 0.0, seconds, first.status == _INFEASIBLE, is_optimal=False)
        low[self.spare] = 0.0
        for columns in self._of_weeks():
            low[columns] = high[columns] = np.rint(first.x[columns])
        second = self._milp(self._to_spare, whole, low, high, time_limit_s * _FOR_BREAKS, gap)
        bound = -np.inf if first.mip_dual_bound is None else float(first.mip_dual_bound)
        return Solution(
            columns=None if second.x is None else np.rint(second.x).astype(np.int64),
            bound=bound if costs[self.spare] == 0.0 else -bound,
            seconds=time.perf_counter() - begun_s,
            infeasible=second.status == _INFEASIBLE,
            is_optimal=first.status == _OPTIMAL,
        )

    def _bounds(self) -> tuple[Floats, Floats]:
        low = np.zeros(len(self._program.cost))
        high = np.full(len(low), np.inf)
        high[list(self._most)] = list(self._most.values())
        return low, high

    def _of_breaks(self) -> list[Ints]:
        return [columns.ravel() for several in self.breaks.values() for columns in several]

    def _of_weeks(self) -> list[Ints]:
        return [*self.tours, *self.shifts.values()]

    def _milp(
        self, costs: Floats, whole: Ints, low: Floats, high: Floats, limit_s: float, gap: float
    ) -> Any:
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import coo_array

        program = self._program
        row, column, factor = np.array(program.entries).reshape(-1, 3).T
        shape = (len(program.low), len(program.cost))
        matrix = coo_array((factor, (row.astype(int), column.astype(int))), shape=shape).tocsr()
        with quiet():
            return milp(
                costs,
                constraints=LinearConstraint(matrix, program.low, program.high),
                integrality=whole,
                bounds=Bounds(low, high),
                options={"time_limit": limit_s, "mip_rel_gap": gap},
            )
