"""The program of a week with curves in it: what agents on the floor bring, half-hour by half-hour.

It is solved in steps. In fractions first, which takes a second and gives the bound. Then in whole
persons, breaks being shared out in fractions: among the weeks that the fractions have, rounded
up, and only where those are not near the bound among all (relax and fix). Last, those weeks kept,
whole breaks where they leave the most served.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from typing_extensions import override

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
    from hotline_sim.experiments.staff.tours import Band
    from hotline_sim.scenario import ShiftRules

_INFEASIBLE, _OPTIMAL = 2, 0  # SciPy's words
_FOR_BREAKS, _GAP_OF_BREAKS = 0.25, 1e-4  # of the time, for the second step; of all who ask
_BELOW_MOST = 1e-4  # of all who ask: the last ones may take agents without end
_HALVES = 2  # of an hour, or of what else is counted
_ALMOST, _FAINT = 1e-9, 1e-6  # of a cost; of a person
_FEW_TOURS = 60  # columns: the best of them is soon found
# How much less than the relaxation brings for the money is asked of whole weeks, in turn.
_LESS = (0.001, 0.003, 0.008, 0.02, 0.05, 0.1, 0.2)


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

    @override
    def _is_counted(self, band: Band) -> bool:
        return False  # the curves' rows grow long, and fractions take longer than cuts spare

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
        """Return the cheapest weeks that bring what is asked, and what none can cost less than.

        Where the rules allow none, those that bring the most.
        """
        begun_s = time.perf_counter()
        costs = np.array(self._program.cost)
        asked, loose = 1.0, self._relaxed(costs, least=1.0)
        if loose.x is None:
            most = self._relaxed(self._to_spare, least=0.0)
            if most.x is None:
                return self._nothing(most, begun_s)
            asked = -float(most.fun) - _BELOW_MOST
            loose = self._relaxed(costs, least=asked)
        weeks = self._cheapest_near(loose, asked, time_limit_s, gap)
        least = max(float(loose.fun) * (1.0 + gap), float(loose.fun) + self._step - _ALMOST)
        near = weeks.x is not None and weeks.fun <= least
        bound, sure = float(loose.fun), near
        if not near:  # the weeks that the relaxation has are not enough
            low, high = self._bounds()
            low[self.spare] = asked
            every = self._milp(costs, self._weeks_only, low, high, time_limit_s, gap)
            bound = max(bound, _or_nothing(every.mip_dual_bound))
            sure = every.status == _OPTIMAL
            if weeks.x is None or (every.x is not None and every.fun < weeks.fun):
                weeks = every
        return self._with_breaks(weeks, bound, begun_s, time_limit_s, is_optimal=sure)

    def best(self, budget: float, *, time_limit_s: float, gap: float) -> Solution:
        """Return weeks of at most so large a cost that bring the most, or nearly.

        The bound is of the spare: below 1, no weeks so cheap bring what is asked. Where the best
        are not found in time, the cheapest are sought that bring a little less than the
        relaxation says can be brought for the money, and less again until their cost is
        within it.
        """
        begun_s = time.perf_counter()
        self._program.row(self._priced, high=budget + _ALMOST)
        loose = self._relaxed(self._to_spare, least=0.0)
        if loose.x is None:
            return self._nothing(loose, begun_s)
        most = -float(loose.fun)
        if sum(map(len, self.tours)) <= _FEW_TOURS:
            low, high = self._bounds()
            weeks = self._milp(self._to_spare, self._weeks_only, low, high, time_limit_s, gap)
            most = min(most, -_or_nothing(weeks.mip_dual_bound))
        else:
            weeks = self._best_near(loose, time_limit_s, gap)
            for less in _LESS if weeks.x is None else ():
                weeks = self._cheapest_near(loose, most - less, time_limit_s, gap)
                if weeks.x is not None:
                    break
        return self._with_breaks(weeks, most, begun_s, time_limit_s, is_optimal=False)

    @property
    def _step(self) -> float:
        """Return by how much one cost is at least from the next: hours come in whole tours."""
        each = [cost for _, cost in self._priced]
        halves = [round(_HALVES * cost) for cost in each]
        whole = all(abs(_HALVES * c - h) < _ALMOST for c, h in zip(each, halves, strict=True))
        return math.gcd(*halves) / _HALVES if whole else min(each)

    def _relaxed(self, costs: Floats, *, least: float) -> Any:
        """Return the solution in fractions, with so much spared at least."""
        low, high = self._bounds()
        low[self.spare] = least
        return self._milp(costs, np.zeros_like(self._weeks_only), low, high, np.inf, 0.0)

    def _cheapest_near(self, loose: Any, least: float, time_limit_s: float, gap: float) -> Any:
        """Return the cheapest weeks among those of a solution in fractions, rounded up."""
        low, high = self._bounds_near(loose)
        low[self.spare] = least
        costs = np.array(self._program.cost)
        return self._milp(costs, self._weeks_only, low, high, time_limit_s, gap)

    def _best_near(self, loose: Any, time_limit_s: float, gap: float) -> Any:
        """Return the weeks among them that bring the most."""
        low, high = self._bounds_near(loose)
        return self._milp(self._to_spare, self._weeks_only, low, high, time_limit_s, gap)

    def _bounds_near(self, loose: Any) -> tuple[Floats, Floats]:
        low, high = self._bounds()
        for columns in self.tours:
            high[columns] = np.ceil(loose.x[columns] - _FAINT)
        return low, high

    def _with_breaks(
        self, weeks: Any, bound: float, begun_s: float, time_limit_s: float, *, is_optimal: bool
    ) -> Solution:
        """Return weeks with whole breaks where they leave the most served."""
        if weeks.x is None:
            return self._nothing(weeks, begun_s)
        low, high = self._bounds()
        for columns in (*self.tours, *(c for one in self.shifts.values() for c in one)):
            low[columns] = high[columns] = np.rint(weeks.x[columns])
        whole, limit_s = np.array(self._program.whole), time_limit_s * _FOR_BREAKS
        found = self._milp(self._to_spare, whole, low, high, limit_s, _GAP_OF_BREAKS)
        return Solution(
            columns=None if found.x is None else np.rint(found.x).astype(np.int64),
            bound=bound,
            seconds=time.perf_counter() - begun_s,
            infeasible=found.status == _INFEASIBLE,
            is_optimal=is_optimal,
        )

    @staticmethod
    def _nothing(found: Any, begun_s: float) -> Solution:
        seconds = time.perf_counter() - begun_s
        return Solution(None, 0.0, seconds, found.status == _INFEASIBLE, is_optimal=False)

    @property
    def _weeks_only(self) -> Ints:
        """Return which columns are whole in the first step: weeks, but no breaks."""
        whole = np.array(self._program.whole)
        for several in self.breaks.values():
            for columns in several:
                whole[columns.ravel()] = 0
        return whole

    @property
    def _to_spare(self) -> Floats:
        """Return costs that make the spare as large as can be."""
        costs = np.zeros(len(self._program.cost))
        costs[self.spare] = -1.0
        return costs

    def _bounds(self) -> tuple[Floats, Floats]:
        low = np.zeros(len(self._program.cost))
        high = np.full(len(low), np.inf)
        high[list(self._most)] = list(self._most.values())
        return low, high

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


def _or_nothing(bound: float | None) -> float:
    return -np.inf if bound is None else float(bound)
