"""Plans of whole weeks, too large to try everything: they fill the need, within 3 % of a bound.

The floor is counted from the persons' weeks; beside the solver's bound stands one that is worked
out here, apart from the package: the week in fractions of persons, every start, length and choice
of days off a column, breaks spread over where they may begin.
"""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_array

import hotline_sim
from hotline_sim.experiments.staff import Need, less_help, plan_roster

TOWN = hotline_sim.load("first-day").with_values({"horizon.days": 28})
HOURS = [2, 1, 1, 1, 1, 2, 3, 6, 10, 13, 14, 13, 9, 9, 12, 13, 12, 10, 7, 6, 5, 4, 3, 2]
WEEK = [1.1, 1.0, 1.0, 0.95, 0.95, 0.7, 0.65]
NEED = np.ceil(np.outer(WEEK, np.interp(np.arange(48) / 2.0, np.arange(24), HOURS)))
HALF_HOURS = [f"{h:02d}:{m:02d}" for h in (6, 7, 8, 9, 10, 14, 15, 22) for m in (0, 30)]
MEAL = {"minutes": 60, "from_hours": 3, "to_hours": 5.5, "over_hours": 6}
BACK = {
    "teams.back": {"employment": "in_house", "serves": ["phone"]},
    "teams.back.shifts": [{"seats": 4, "from": "09:00", "to": "18:00"}],
}
CASES: dict[str, tuple[dict[str, Any], int]] = {  # rules, and how many times the need
    "from some half-hours": ({"starts": HALF_HOURS}, 1),
    "of two lengths": ({"shift_hours": [6, 8]}, 1),
    "with meals of an hour": ({"breaks": [MEAL]}, 3),
    "with part-time work": ({"part_time_share": 0.5}, 3),
    "with help of another team": ({"helpers": [{"team": "back", "share": 0.5}]}, 1),
}
LIMIT_S = 120.0  # it ends within the gap, in a few seconds
FRACTIONS_BELOW = 1.05  # whole weeks cost more than fractions do, most where there are two lengths


def least_hours(need, rules):
    """Return the paid hours of the cheapest week in fractions that fills a need, ``(7, 48)``."""
    columns: list[float] = []
    entries: list[tuple[int, int, int]] = []
    low: list[float] = [*need.ravel()]
    starts = range(0, 48, 2) if rules.starts is None else map(half_hour, rules.starts)
    for start in starts:
        for hours in lengths_of(rules):
            meal = rules.breaks[0] if hours > rules.breaks[0].over_hours else None
            of_days = []
            for days in weeks_of(rules):
                of_days.append((len(columns), days))
                columns.append(hours * len(days))
                for day in days:
                    entries += [(s, len(columns) - 1, 1) for s in slots(day, start, 2 * hours)]
            for day in range(7) if meal else ():
                off = round(meal.minutes / 30)
                first, last = 2 * meal.from_hours, min(2 * meal.to_hours, 2 * hours) - off
                row = len(low)
                low.append(0.0)
                entries += [(row, j, -1) for j, days in of_days if day in days]
                for at in range(round(first), round(last) + 1):
                    entries += [(s, len(columns), -1) for s in slots(day, start + at, off)]
                    entries.append((row, len(columns), 1))
                    columns.append(0.0)
    rows, cols, factors = np.array(entries).T
    matrix = coo_array((factors, (rows, cols)), shape=(len(low), len(columns))).tocsr()
    return milp(np.array(columns), constraints=LinearConstraint(matrix, low)).fun


def lengths_of(rules):
    return [*rules.shift_hours, *(rules.part_time_hours if rules.part_time_share else [])]


def half_hour(clock):
    hours, minutes = clock.split(":")
    return 2 * int(hours) + int(minutes) // 30


def slots(day, start, length):
    return [(48 * day + start + k) % 336 for k in range(round(length))]


def breaks_of(plan):
    return sum(
        duty.agents * len(duty.days) * length for duty in plan.duties for _, length in duty.breaks
    )


def weeks_of(rules):
    off = [(a, (a + 1) % 7) for a in range(7)] if rules.days_off_together else None
    pairs = off or combinations(range(7), 2)
    return [[day for day in range(7) if day not in pair] for pair in pairs]


def floor_of_weeks(plan):
    """Return who is on the floor, ``(7, 48)``: persons' weeks, less the breaks of the duties."""
    floor = np.zeros(336, int)
    for tour in plan.tours:
        for day, start in enumerate(tour.starts):
            if start is not None:
                floor[slots(day, start, tour.length)] += tour.persons
    for duty in plan.duties:
        for day in duty.days:
            for at, length in duty.breaks:
                floor[slots(day, duty.start + at, length)] -= duty.agents
    return floor.reshape(7, 48)


@pytest.mark.parametrize("name", CASES)
def test_a_week_fills_its_need_and_costs_at_most_three_percent_more_than_its_bound(name):
    rules, times = CASES[name]
    town = TOWN.with_values({**BACK, **{f"rules.{key}": one for key, one in rules.items()}})
    need = less_help(Need.of_agents(times * NEED), town, "desk")
    plan = plan_roster(need, town.rules, gap=0.03, time_limit_s=LIMIT_S)
    floor = floor_of_weeks(plan)
    assert (floor >= need.agents).all()
    assert (plan.coverage == floor).all()
    assert plan.paid_hours == plan.cost == (floor.sum() + breaks_of(plan)) / 2.0
    assert plan.gap <= 0.03
    assert plan.gap == pytest.approx(1.0 - plan.bound / plan.cost)
    least = least_hours(need.agents, town.rules)
    assert least <= plan.bound <= plan.cost
    step = math.gcd(*(round(5 * hours) for hours in lengths_of(town.rules)))
    assert plan.cost <= FRACTIONS_BELOW * step * math.ceil(least / step - 1e-6)
