"""From the numbers of a solved program to a plan: duties with their breaks, and persons' weeks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOURS, Ints
from hotline_sim.experiments.staff.program import HOURS_BESIDE_PERSONS
from hotline_sim.experiments.staff.records import Duty, Plan, Tour
from hotline_sim.experiments.staff.tours import PER_HOUR
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hotline_sim.experiments.staff.program import Solution, WeekProgram
    from hotline_sim.experiments.staff.records import Objective, Status
    from hotline_sim.experiments.staff.tours import Band, Shift

_Breaks = tuple[tuple[int, int], ...]
_DAYS = range(WEEK_DAYS)
_ROUNDING = 1e-6  # of the solver's bound


def plan_of(program: WeekProgram, solution: Solution, objective: Objective) -> Plan:
    """Return the plan of a solution that has columns."""
    assert solution.columns is not None, "the caller looked"
    duties = tuple(_duties(program, solution.columns))
    tours = tuple(_tours(program, solution.columns))
    persons = sum(tour.persons for tour in tours)
    hours = sum(tour.persons * tour.paid_hours for tour in tours)
    cost = hours if objective == "paid_hours" else float(persons)
    bound = min(cost, bound_of(program.bands, solution.bound, objective))
    status: Status = "optimal" if bound >= cost else "gap" if solution.is_optimal else "time_limit"
    return Plan(
        coverage=coverage_of(duties),
        on_shift=coverage_of(duties, with_breaks=False),
        duties=duties,
        tours=tours,
        objective=objective,
        cost=cost,
        bound=bound,
        seconds=solution.seconds,
        status=status,
    )


def bound_of(bands: Iterable[Band], found: float, objective: Objective) -> float:
    """Return the solver's bound in the objective's own measure, rounded up as far as it goes.

    Hours come in multiples of what one tour has, persons whole.
    """
    hours = [band.length * len(band.patterns[0]) / PER_HOUR for band in bands]
    if objective == "persons":
        return float(math.ceil(found / (1.0 + HOURS_BESIDE_PERSONS * max(hours)) - _ROUNDING))
    step = math.gcd(*(round(one * PER_HOUR) for one in hours)) / PER_HOUR
    return step * math.ceil(found / step - _ROUNDING)


def coverage_of(duties: Iterable[Duty], *, with_breaks: bool = True) -> Ints:
    """Return the agents that duties have on the floor, or on shift, ``(7, 48)``, every week."""
    coverage = np.zeros(WEEK_DAYS * HALF_HOURS, np.int64)
    for duty in duties:
        for day in duty.days:
            begin = day * HALF_HOURS + duty.start
            coverage[np.arange(begin, begin + duty.length) % coverage.size] += duty.agents
            for at, length in duty.breaks if with_breaks else ():
                off = np.arange(begin + at, begin + at + length) % coverage.size
                coverage[off] -= duty.agents
    return coverage.reshape(WEEK_DAYS, HALF_HOURS)


def _duties(program: WeekProgram, columns: Ints) -> Iterator[Duty]:
    """Yield who has which shift with which breaks, days of as many agents together."""
    for shift, pauses in program.breaks.items():
        agents = program.agents(shift, columns).tolist()
        by_day = [
            _breaks_of_day(shift, [columns[one[day]] for one in pauses], many)
            for day, many in enumerate(agents)
        ]
        for breaks in sorted({breaks for day in by_day for breaks in day}):
            counts = [day.get(breaks, 0) for day in by_day]
            for days, agents in _layers(counts):
                yield Duty(agents, days, shift.start, shift.length, breaks)


def _breaks_of_day(shift: Shift, begins: list[Ints], agents: int) -> dict[_Breaks, int]:
    """Return how many agents of a shift have which breaks on a day, from how many begin when.

    Who has the first break early has the next one early too.
    """
    times = []
    for pause, many in zip(shift.pauses, begins, strict=True):
        each = np.repeat(pause.begins, _dropped(many, agents)).tolist()
        times.append([(begin, pause.length) for begin in each])
    found: dict[_Breaks, int] = {}
    for breaks in zip(*times, strict=True) if times else [()] * agents:
        found[breaks] = found.get(breaks, 0) + 1
    return found


def _dropped(many: Ints, agents: int) -> Ints:
    """Return numbers of breaks that are as many as agents, the most frequent ones dropped."""
    left = many.copy()
    while left.sum() > agents:
        left[left.argmax()] -= 1
    return left


def _layers(counts: list[int]) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield numbers by day as days on which so many more are there, so that few seats do."""
    before = 0
    for level in sorted(set(counts) - {0}):
        yield tuple(day for day in _DAYS if counts[day] >= level), level - before
        before = level


def _tours(program: WeekProgram, columns: Ints) -> Iterator[Tour]:
    """Yield the persons' weeks, those that are alike together."""
    for number, band in enumerate(program.bands):
        persons = [
            pattern
            for pattern, many in zip(band.patterns, columns[program.tours[number]], strict=True)
            for _ in range(many)
        ]
        weeks: dict[tuple[int | None, ...], int] = {}
        for week in _weeks(program, number, columns, persons):
            weeks[week] = weeks.get(week, 0) + 1
        for starts, many in weeks.items():
            yield Tour(many, starts, band.length, band.part_time)


def _weeks(
    program: WeekProgram, number: int, columns: Ints, persons: list[tuple[int, ...]]
) -> Iterator[tuple[int | None, ...]]:
    """Yield each person's starts by day: who comes first in the list begins earliest."""
    band = program.bands[number]
    starts: list[Iterator[int]] = []
    for day in _DAYS:
        shifts = [program.shifts[number, i][day] for i in range(len(band.shifts))]
        counts = [columns[one].sum() for one in shifts]
        starts.append(iter(np.repeat([one.start for one in band.shifts], counts).tolist()))
    for worked in persons:
        yield tuple(next(starts[day]) if day in worked else None for day in _DAYS)
