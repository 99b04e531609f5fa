"""Who comes: absence at random, places that fall vacant, newcomers in training and learning."""

import math
from collections import Counter

import numpy as np
import pytest
from duties import duty_of, team

from hotline_sim.demand import Demand
from hotline_sim.domain import DAY_S, HOUR_S
from hotline_sim.staffing import expected_duty
from hotline_sim.streams import Streams

DAY_SHIFT = (20, "08:00", "18:00")


def terms(employment="in_house", hours=1400, **more):
    """Return an employment's text."""
    lines = "".join(f"{key} = {value}\n" for key, value in more.items())
    money = "pay_cny_per_person_year = 66000\nsocial_insurance_share = 0.3\noverhead_share = 0.1\n"
    if employment == "outsourced":
        money = "award_cny = 1e6\ncost_per_person_month_cny = 5200\n"
    money += "staff_share = 0.8\nanswering_share = 0.5\n"
    return f"[employment.{employment}]\nproductive_hours_per_person_year = {hours}\n{money}{lines}"


COMING_AND_GOING = {
    "turnover_per_year": 1.5,
    "hiring_days": 60,
    "notice_days": 20,
    "training_days": 28,
    "novice_factor": 1.4,
    "learning_days": 90,
}


def within_errors(values, exact):
    """Check that the mean of independent values is within 4 standard errors of the exact one."""
    values = np.array(values)
    assert abs(values.mean() - exact) < 4 * values.std(ddof=1) / math.sqrt(len(values))


def stint_hours(duty):
    return ((duty.off_s - duty.on_s) / HOUR_S).sum()


def same_duty(one, other):
    for column in ("seat", "on_s", "off_s", "speed", "paid_s"):
        np.testing.assert_array_equal(getattr(one, column), getattr(other, column))


# ------------------------------------------------------------------------- random absence
def test_each_seat_of_each_shift_is_absent_with_its_share_on_its_own(staffed):
    shifts = (DAY_SHIFT, (10, "18:00", "23:00"))
    duty = duty_of(staffed(team(*shifts, more="absence_share = 0.15")), 0, 400)
    there = np.zeros((400, 30), bool)
    there[(duty.on_s // DAY_S).astype(int), duty.seat] = True
    within_errors(1 - there.ravel(), 0.15)
    for axis in (0, 1):  # as scattered as if all were tossed alone
        sizes = there.shape[axis]
        scatter = there.sum(axis).var(ddof=1) / (sizes * 0.15 * 0.85)
        assert abs(scatter - 1) < 4 * math.sqrt(2 / (there.shape[1 - axis] - 1))
    days, next_days = there[:-1].ravel(), there[1:].ravel()
    assert abs(np.corrcoef(days, next_days)[0, 1]) < 4 / math.sqrt(len(days))


def test_absence_is_kept_apart_from_planned_absence_and_is_paid(staffed):
    scenario = staffed(team(DAY_SHIFT, more="shrinkage = 0.3\nabsence_share = 0.1"))
    duties = [duty_of(scenario, 0, 14, replication=r) for r in range(100)]
    assert set(np.concatenate([duty.seat for duty in duties])) == set(range(14))
    within_errors([stint_hours(duty) for duty in duties], 14 * 14 * 10 * 0.9)
    assert {duty.paid_s[0] for duty in duties} == {14 * 200 * HOUR_S}
    assert expected_duty(scenario, "desk").filled_share == pytest.approx(0.7 * 0.9)


def test_who_is_absent_is_absent_from_every_stint_of_the_day(staffed):
    pause = 'breaks = [{ minutes = 30, from = "12:00", to = "13:00" }]'
    text = team(DAY_SHIFT, more="absence_share = 0.5").replace("days =", f"{pause}, days =")
    seats = Counter(duty_of(staffed(text), 0).seat.tolist())
    assert 0 < len(seats) < 20
    assert set(seats.values()) == {2}


def test_more_absence_or_another_seat_or_team_leaves_the_others_as_they_were(staffed):
    late = (10, "18:00", "23:00")
    less = staffed(team(DAY_SHIFT, late, more="absence_share = 0.1"))
    more = staffed(team(DAY_SHIFT, late, more="absence_share = 0.3"))
    here, there = (set(duty_of(one, 3).seat.tolist()) for one in (less, more))
    assert there < here
    bigger = duty_of(staffed(team((21, *DAY_SHIFT[1:]), late, more="absence_share = 0.1")), 3)
    moved = {seat - (seat > 20) for seat in bigger.seat.tolist() if seat != 20}
    assert moved == here
    both = staffed(
        team(DAY_SHIFT, late, more="absence_share = 0.1"),
        team((4, "08:00", "12:00"), name="more", more="absence_share = 0.1"),
    )
    duty = duty_of(both, 3)
    assert set(duty.seat[duty.seat < 30].tolist()) == here


# -------------------------------------------------------------------------------- turnover
def test_terms_without_turnover_or_spread_change_nothing(staffed):
    text = team(DAY_SHIFT, (7, "20:00", "08:00"), more="shrinkage = 0.3\nabsence_share = 0.1")
    plain, with_terms = staffed(text), staffed(text, terms(hiring_days=40, training_days=28))
    other = staffed(text, terms("outsourced", **COMING_AND_GOING))
    for day in (0, 1, 300):
        same_duty(duty_of(plain, day), duty_of(with_terms, day))
        same_duty(duty_of(plain, day), duty_of(other, day))


@pytest.mark.parametrize("day", [0, 30, 399])
def test_vacancies_and_training_empty_the_share_of_seats_that_the_formula_says(staffed, day):
    scenario = staffed(team(DAY_SHIFT), terms(**COMING_AND_GOING))
    rate = 1.5 / 365
    share = math.exp(-rate * 28) / (1 + rate * 40)
    duties = [duty_of(scenario, day, replication=r) for r in range(400)]
    within_errors([len(duty) / 20 for duty in duties], share)
    within_errors([duty.paid_s[0] / (200 * HOUR_S) for duty in duties], 1 / (1 + rate * 40))
    assert expected_duty(scenario, "desk").filled_share == pytest.approx(share)


@pytest.mark.parametrize("day", [0, 399])
def test_newcomers_are_slower_by_what_the_formula_says(staffed, day):
    scenario = staffed(team(DAY_SHIFT, more="speed = 1.1"), terms(**COMING_AND_GOING, spread=0.2))
    learnt = 1.5 / 365 * 90
    factor = 1.1 * (1 + 0.4 * (1 - (1 - math.exp(-learnt)) / learnt))
    speeds = [duty_of(scenario, day, replication=r).speed for r in range(400)]
    within_errors(np.concatenate(speeds), factor)
    assert expected_duty(scenario, "desk").handle_time_factor == pytest.approx(factor)


def one_place(scenario, days, replication):
    """Return the speed of a team's only agent on each day; nan: nobody on duty."""
    duty = duty_of(scenario, 0, days, replication=replication)
    speed = np.full(days, np.nan)
    speed[(duty.on_s // DAY_S).astype(int)] = duty.speed
    return speed


ONE = team((1, "08:00", "08:06"))


def test_a_leaver_is_missed_until_the_next_is_found_and_trained(staffed):
    scenario = staffed(ONE, terms(**COMING_AND_GOING | {"turnover_per_year": 0.5}))
    gaps = []
    for replication in range(40):
        gone = np.isnan(one_place(scenario, 400, replication)).astype(int)
        begin, end = np.flatnonzero(np.diff(gone) == 1), np.flatnonzero(np.diff(gone) == -1)
        gaps += [e - b for b in begin for e in end[end > b][:1]]
    assert len(gaps) > 10
    whole = [gap for gap in gaps if gap <= 69]
    assert set(whole) <= {67, 68, 69}  # 60 - 20 days vacant, 28 in training
    assert len(whole) > len(gaps) / 2  # the others left while in training


def test_a_newcomer_learns_in_a_straight_line_and_then_is_as_fast_as_others(staffed):
    scenario = staffed(ONE, terms(**COMING_AND_GOING))
    for replication in range(10):
        speed = one_place(scenario, 400, replication)
        steps = np.diff(speed)
        learning = (speed[:-1] > 1) & (steps > -1)
        assert np.nanmax(speed) <= 1.4
        assert np.nanmin(speed) == 1
        last = learning & (speed[1:] == 1)  # the day on which all is learnt
        assert steps[learning & ~last] == pytest.approx(-0.4 / 90)
        first = np.flatnonzero(np.isnan(speed[:-1]) & ~np.isnan(speed[1:])) + 1
        assert np.all(speed[first] > 1.4 - 0.4 / 90 - 1e-9)


def test_the_team_begins_with_old_hands_and_newcomers_by_the_stationary_law(staffed):
    scenario = staffed(team(DAY_SHIFT), terms(**COMING_AND_GOING))
    speeds = np.concatenate([duty_of(scenario, 0, replication=r).speed for r in range(300)])
    within_errors(speeds > 1, 1 - math.exp(-1.5 / 365 * 90))


# ----------------------------------------------------------------------- places and their turns
def agents(scenario, days):
    """Return the agent, told by the speed, and the hours of every stint of some days."""
    duty = duty_of(scenario, 0, days)
    return duty.on_s // DAY_S, duty.speed, (duty.off_s - duty.on_s) / HOUR_S


@pytest.mark.parametrize(
    ("shifts", "hours", "places"),
    [
        ([(5, "08:00", "18:00")], 1400, 14),  # 18,250 hours / 1,400
        ([(5, "08:00", "18:00")], 8000, 5),
        ([(2, "08:00", "16:00"), (2, "16:00", "20:00")], 1095, 8),
        ([(4, "08:00", "18:00", "mon-fri"), (7, "10:00", "14:00", "sat")], 8784, 7),
        ([(3, "20:00", "08:00")], 1400, 10),
    ],
)
def test_everybody_works_about_as_much_and_nobody_twice_a_day(staffed, shifts, hours, places):
    scenario = staffed(team(*shifts), terms(hours=hours, spread=0.2))
    assert expected_duty(scenario, "desk").places == places
    day, agent, worked = agents(scenario, 364)
    names, numbers = np.unique(agent, return_inverse=True)
    assert len(names) == places
    assert len(set(zip(day, agent, strict=True))) == len(day)
    per_agent = np.bincount(numbers, worked)
    assert np.ptp(per_agent) < 0.05 * per_agent.mean() or np.ptp(np.bincount(numbers)) <= 1
    assert np.ptp(np.bincount(numbers)) <= 1


def test_turns_are_the_same_in_a_span_of_days_as_on_each_of_its_days(staffed):
    some = staffed(  # more seats on some days than on others
        team((2.5, "08:00", "16:00", "mon-fri"), (3.3, "16:00", "20:00"), (2, "20:00", "08:00")),
        terms(**COMING_AND_GOING, spread=0.2),
    )
    span, by_day = duty_of(some, 10, 40), [duty_of(some, day) for day in range(10, 40)]
    for column in ("seat", "on_s", "off_s", "speed"):
        parts = [getattr(one, column) for one in by_day]
        np.testing.assert_array_equal(np.concatenate(parts), getattr(span, column))


def test_short_shifts_and_long_ones_fall_to_all(staffed):
    scenario = staffed(
        team((2, "08:00", "16:00"), (2, "16:00", "20:00")), terms(hours=1095, spread=0.2)
    )
    _, agent, worked = agents(scenario, 364)
    for one in np.unique(agent):
        assert (worked[agent == one] == 8).mean() == pytest.approx(0.5, abs=0.1)


def test_planned_absence_leaves_fewer_hours_to_fill_with_people(staffed):
    whole, most = (
        expected_duty(staffed(team(DAY_SHIFT, more=more), terms()), "desk").places
        for more in ("", "shrinkage = 0.3")
    )
    assert (whole, most) == (53, 37)  # 73,000 and 51,100 hours / 1,400


def test_agents_are_spread_around_the_usual_speed(staffed):
    scenario = staffed(team(DAY_SHIFT), terms(spread=0.2))
    speeds = np.concatenate([duty_of(scenario, 0, replication=r).speed for r in range(100)])
    within_errors(speeds, 1.0)
    within_errors((np.log(speeds) + 0.02) ** 2, 0.04)


# ---------------------------------------------------------------- the same people as before
def test_turnover_moves_nobody_who_calls_and_nobody_who_is_absent(staffed):
    text = team(DAY_SHIFT, more="absence_share = 0.2")
    without = staffed(text, "channels.phone.cases_per_day=50")
    turning = staffed(
        text, terms(**COMING_AND_GOING, spread=0.2), "channels.phone.cases_per_day=50"
    )
    cases, others = (Demand(one, Streams(1, 0)).draw(0) for one in (without, turning))
    np.testing.assert_array_equal(cases.arrival_s, others.arrival_s)
    assert set(duty_of(turning, 9).seat.tolist()) < set(duty_of(without, 9).seat.tolist())


def test_longer_stays_are_the_same_stays_stretched(staffed):
    slow, fast = (
        staffed(team(DAY_SHIFT), terms(turnover_per_year=rate, hiring_days=30)) for rate in (0.5, 1)
    )
    for replication in range(20):
        here, there = (set(duty_of(one, 0, replication=replication).seat) for one in (slow, fast))
        assert here >= there


def test_teams_alike_are_not_absent_together_nor_of_the_same_people(staffed):
    more = "absence_share = 0.5"
    scenario = staffed(
        team(DAY_SHIFT, more=more), team(DAY_SHIFT, name="others", more=more), terms(spread=0.2)
    )
    duty = duty_of(scenario, 0)
    here, there = duty.seat[duty.seat < 20], duty.seat[duty.seat >= 20] - 20
    assert set(here) != set(there)
    assert not set(duty.speed[duty.seat < 20]) & set(duty.speed[duty.seat >= 20])


def test_another_team_moves_no_other_teams_people(staffed):
    text = team(DAY_SHIFT, more="absence_share = 0.1")
    more = team((3, "08:00", "12:00"), name="more", more="absence_share = 0.1")
    people = terms(**COMING_AND_GOING, spread=0.2)
    alone, together = staffed(text, people), staffed(text, more, people)
    for day in (0, 250):
        one, two = duty_of(alone, day), duty_of(together, day)
        for column in ("seat", "on_s", "off_s", "speed"):
            kept = getattr(two, column)[two.seat < 20]
            np.testing.assert_array_equal(getattr(one, column), kept)


def test_duty_is_as_expected_when_everything_comes_together(staffed):
    pause = 'breaks = [{ minutes = 45, from = "12:00", to = "14:00" }]'
    text = team(
        (9.5, "08:00", "18:00", "mon-fri"),
        (6.25, "09:00", "17:00", "sat"),
        (3, "20:00", "08:00"),
        more="seats = 11.4\nshrinkage = 0.25\nabsence_share = 0.06\nspeed = 0.9",
    ).replace("days =", f"{pause}, days =", 1)
    scenario = staffed(text, terms(**COMING_AND_GOING, spread=0.2))
    expected = expected_duty(scenario, "desk")
    shares, factors = [], []
    for replication in range(60):
        duty = duty_of(scenario, 28, 28 + 8 * 7, replication=replication)
        length_s = duty.off_s - duty.on_s
        shares.append(length_s.sum() / HOUR_S / (8 * expected.rostered_hours_per_week))
        factors.append(np.average(duty.speed, weights=length_s))
    within_errors(shares, expected.filled_share)
    within_errors(factors, expected.handle_time_factor)


def test_a_team_without_a_roster_has_no_share_to_expect(staffed):
    scenario = staffed(team(), terms(**COMING_AND_GOING))
    assert math.isnan(expected_duty(scenario, "desk").filled_share)
    assert expected_duty(scenario, "desk").places == 0
    assert len(duty_of(scenario, 0)) == 0
