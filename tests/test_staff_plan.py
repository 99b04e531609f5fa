"""Plans of shifts: cheapest of all, within the rules, and on duty in the scenario as planned."""

from dataclasses import replace
from itertools import combinations_with_replacement, count, product

import numpy as np
import pytest
from duties import duty_of, seats_on_duty
from hypothesis import given, settings
from hypothesis import strategies as st

import hotline_sim
from hotline_sim.experiments.staff import Cut, Need, StaffError, floor_of, less_help, plan_roster
from hotline_sim.experiments.staff.assembly import bound_of
from hotline_sim.experiments.staff.tours import bands_of

CITY = hotline_sim.load("first-day").with_values({"horizon.days": 28})
DAY = [0] * 16 + [2, 3, 4, 5, 5, 4, 3, 3, 3, 4, 4, 3, 2, 2, 1, 1] + [0] * 16  # 08:00 to 16:00
DAYS = range(7)
STARTS = ["00:00", "08:00", "09:00", "16:00", "22:00"]
NIGHT = [2] * 10 + [0] * 34 + [2] * 4


def need_of(agents):
    """Return a need of agents alone, ``(7, 48)``."""
    return Need.of_agents(np.array(agents, float))


def rules_of(**rules):
    """Return rules as a file's table of them."""
    return CITY.with_values({f"rules.{key}": value for key, value in rules.items()}).rules


def test_a_plan_fills_the_need_and_costs_what_its_persons_are_paid():
    plan = plan_roster(need_of([DAY] * 7), rules_of(starts=STARTS, most_off_share=0.4), gap=0.0)
    assert (plan.coverage >= [DAY] * 7).all()
    assert plan.cost == plan.bound == plan.paid_hours == plan.on_shift.sum() / 2
    assert plan.status == "optimal"


def least_persons(need, rules):
    """Return the fewest persons of any roster, by trying all of so many tours and breaks."""
    tours = [(band.shifts[0], days) for band in bands_of(rules) for days in band.patterns]
    rosters = (some for n in count() for some in combinations_with_replacement(tours, n))
    fill = (
        len(chosen)
        for chosen in rosters
        if all(is_filled(need[day], [one for one, days in chosen if day in days]) for day in DAYS)
    )
    return next(fill)


def is_filled(need, shifts):
    """Tell whether some choice of breaks fills a day; no shift passes midnight."""
    for begins in product(*[one.pauses[0].begins if one.pauses else (None,) for one in shifts]):
        floor = np.zeros(48)
        for shift, at in zip(shifts, begins, strict=True):
            floor[shift.start : shift.start + shift.length] += 1
            if at is not None:
                floor[shift.start + at : shift.start + at + shift.pauses[0].length] -= 1
        if (floor >= need).all():
            return True
    return False


@settings(max_examples=12, deadline=None)
@given(
    peak=st.lists(st.integers(0, 2), min_size=4, max_size=4),
    days=st.sets(st.integers(0, 6), min_size=1, max_size=3),
    has_break=st.booleans(),
    objective=st.sampled_from(["paid_hours", "persons"]),
)
def test_a_plan_is_the_cheapest_of_all_that_can_be_tried(peak, days, has_break, objective):
    meal = {"minutes": 30, "from_hours": 0.5, "to_hours": 1.5}
    rules = rules_of(
        starts=["08:00", "09:00"],
        shift_hours=[2],
        breaks=[meal] if has_break else [],
        days_off_per_week=5,
    )
    need = np.zeros((7, 48))
    need[sorted(days), 16:22] = [peak[0], peak[0], peak[1], peak[2], peak[3], peak[3]]
    plan = plan_roster(need_of(need), rules, objective=objective, gap=0.0)
    least = least_persons(need, rules)
    assert (plan.persons, plan.paid_hours) == (least, 4.0 * least)
    assert plan.bound == plan.cost


def test_no_roster_is_below_the_bound_of_a_plan_that_is_not_the_cheapest():
    need = need_of(np.maximum([DAY] * 7, [NIGHT] * 7))
    rules = rules_of(starts=STARTS, shift_hours=[6, 8])
    best, loose = (plan_roster(need, rules, gap=gap) for gap in (0.0, 0.9))
    assert loose.bound <= best.bound == best.cost < loose.cost
    assert loose.status == "gap"
    assert loose.gap == pytest.approx(1.0 - loose.bound / loose.cost)


@pytest.mark.parametrize(
    ("objective", "found", "bound"),
    [
        ("paid_hours", 1171.0, 1180.0),
        ("paid_hours", 1180.0000001, 1180.0),
        ("paid_hours", 1180.1, 1190.0),
        ("persons", 35.01, 35.0),  # of 35 persons who have 40 hours each
        ("persons", 35.1, 36.0),
    ],
)
def test_a_bound_is_rounded_up_to_what_whole_tours_can_cost(objective, found, bound):
    bands = bands_of(rules_of(starts=STARTS, shift_hours=[6, 8]))
    assert bound_of(bands, found, objective) == bound


@pytest.mark.parametrize("shrinkage", [0.0, 0.3])
@pytest.mark.parametrize(
    "rules", [{}, {"start_varies_hours": 2, "breaks": [], "shift_hours": [6, 9]}]
)
def test_the_duty_of_a_planned_scenario_is_the_plan(shrinkage, rules):
    need = np.maximum([DAY] * 7, [NIGHT] * 7)
    plan = plan_roster(need_of(need), rules_of(starts=STARTS, **rules), gap=0.05)
    city = CITY.with_values({"teams.desk.shrinkage": shrinkage})
    planned = city.with_values(plan.values(city, "desk"))
    on_duty = seats_on_duty(duty_of(planned, 0, 28), 7, 28)
    assert (on_duty.reshape(3, 7, 48) == plan.coverage).all()


def test_persons_of_a_plan_work_the_shifts_it_has_on_duty():
    rules = rules_of(starts=STARTS, start_varies_hours=3, days_off_together=False)
    plan = plan_roster(need_of([DAY, NIGHT] * 3 + [DAY]), rules, gap=0.05)
    on_shift = np.zeros(336, int)
    for tour in plan.tours:
        for day, start in enumerate(tour.starts):
            if start is not None:
                at = day * 48 + start + np.arange(tour.length)
                on_shift[at % 336] += tour.persons
    assert (on_shift.reshape(7, 48) == plan.on_shift).all()


def test_a_cut_is_filled():
    weights = np.zeros((7, 48))
    weights[2, 20:24] = 0.5
    rules = rules_of(starts=STARTS)
    plan = plan_roster(need_of([DAY] * 7), rules, cuts=[Cut(weights, 14.0)])
    without = plan_roster(need_of([DAY] * 7), rules)
    assert (weights * plan.coverage).sum() >= 14.0 > (weights * without.coverage).sum()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"starts": ["08:00"]}, "Mon 00:00 needs agents and no shift is there: starts = ['08:00']"),
        ({"most_nights_per_week": 0}, "no shift is there: most_nights_per_week = 0"),
        ({"rest_hours": 20}, "no shift is there: rest_hours = 20"),
        ({"most_seats": 4}, "Mon 09:30 needs 5 agents: most_seats = 4 is in the way"),
        ({"most_off_share": 0.1}, "keeps all the rules: most_off_share = 0.1 is in the way"),
        ({"break_batches": 1}, "no roster keeps all the rules: break_batches = 1 is in the way"),
    ],
)
def test_the_rule_that_is_in_the_way_is_told(rules, told):
    need = np.maximum([DAY] * 7, [NIGHT] * 7)
    rules = {"starts": ["00:00", "08:00", "16:00"], **rules}
    with pytest.raises(StaffError) as caught:
        plan_roster(need_of(need), rules_of(**rules))
    assert told in str(caught.value)
    assert "\n" not in caught.value.text("zh")


@pytest.mark.parametrize("name", ["nanning-after", "work-orders", "first-day"])
def test_the_floor_of_a_roster_is_that_of_its_duty(name):
    """On the average of weeks, for fractions of seats come and go; breaks taken in turn."""
    changes = {"horizon.days": 140, "horizon.warm_up_days": 0, "demand.calendar": "none"}
    city = hotline_sim.load(name).with_values(changes)
    if name == "first-day":
        meal = {"minutes": 60, "from": "11:00", "to": "14:00"}
        city = city.with_values({"teams.desk.shifts.0.breaks": [meal]})
    for employment in ("in_house", "outsourced"):
        if getattr(city.employment, employment) is not None:
            city = city.with_values({f"employment.{employment}.turnover_per_year": 0})
    on_duty = seats_on_duty(duty_of(city, 0, 140), 7, 140).reshape(19, 7, 48).mean(axis=0)
    floor = sum(floor_of(city, team) for team in city.teams)
    floor = np.roll(floor, -city.horizon.start.weekday(), axis=0)
    assert on_duty == pytest.approx(floor, abs=0.35)
    assert on_duty.sum() == pytest.approx(floor.sum(), rel=6e-3)


def test_helpers_take_their_share_of_the_need_and_of_the_cuts():
    town = CITY.with_values(
        {
            "teams.back": {"employment": "in_house", "serves": ["phone"]},
            "teams.back.shifts": [{"seats": 2, "from": "09:00", "to": "12:00"}],
            "rules.helpers": [{"team": "back", "share": 0.5}],
        }
    )
    cut = Cut(np.ones((7, 48)), 300.0)
    need = less_help(replace(need_of([DAY] * 7), cuts=(cut,)), town, "desk")
    helped = np.array(DAY, float)
    helped[18:24] -= 1.0
    assert (need.agents == helped).all()
    assert need.cuts[0].at_least == 300.0 - 7 * 6
    assert less_help(need, town, "back") is need
