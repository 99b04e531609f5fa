"""The duty table: each shift's seats are filled on its days and hours, and no hours are lost."""

import datetime as dt
import math

import numpy as np
import pytest
from duties import duty_of, hours, team
from hypothesis import given
from hypothesis import strategies as st

from hotline_sim.domain import DAY_S, HOUR_S
from hotline_sim.scenario import rules

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def filled(scenario, days):
    """Return how many seats are filled on each day."""
    return np.array([len(duty_of(scenario, day)) for day in days])


# --------------------------------------------------------------------------------- hours
@pytest.mark.parametrize(
    ("begin", "end", "on", "off"),
    [
        ("08:00", "18:00", 8, 18),
        ("08:30", "17:45", 8.5, 17.75),
        ("20:00", "08:00", 20, 32),  # past midnight
        ("23:59", "00:01", 23 + 59 / 60, 24 + 1 / 60),
        ("18:00", "00:00", 18, 24),
        ("18:00", "24:00", 18, 24),
        ("00:00", "24:00", 0, 24),
        ("00:00", "06:00", 0, 6),
    ],
)
def test_a_shift_begins_and_ends_at_its_hours_every_day(staffed, begin, end, on, off):
    scenario = staffed(team((2, begin, end)))
    for day in (0, 1, 17):
        duty = duty_of(scenario, day)
        assert duty.seat.tolist() == [0, 1]
        assert duty.on_s == pytest.approx(np.full(2, (24 * day + on) * HOUR_S))
        assert duty.off_s == pytest.approx(np.full(2, (24 * day + off) * HOUR_S))
        assert duty.paid_s == pytest.approx([2 * (off - on) * HOUR_S])


@pytest.mark.parametrize("shift", [(3, "00:00", "24:00"), (3, "20:00", "19:59")])
def test_the_stints_of_a_seat_do_not_overlap_through_the_days(staffed, shift):
    scenario = staffed(team(shift, (2, "08:00", "12:00")))
    off_s = dict.fromkeys(range(5), 0.0)
    for day in range(10):
        duty = duty_of(scenario, day)
        for seat, on, off in zip(duty.seat.tolist(), duty.on_s, duty.off_s, strict=True):
            assert off_s[seat] <= on < off
            off_s[seat] = off


def test_stints_are_in_the_order_of_their_beginning_then_of_their_seats(staffed):
    scenario = staffed(
        team((2, "12:00", "13:00"), (2, "08:00", "20:00")),
        team((2, "08:00", "09:00"), (1, "00:00", "01:00"), name="more"),
    )
    stints = [(on, seat) for seat, on, _ in hours(duty_of(scenario, 0))]
    assert stints == sorted(stints)
    assert [seat for _, seat in stints] == [6, 2, 3, 4, 5, 0, 1]


# ---------------------------------------------------------------------------------- days
@pytest.mark.parametrize(
    ("days", "worked"),
    [
        ("mon-sun", "mon tue wed thu fri sat sun"),
        ("mon-fri", "mon tue wed thu fri"),
        ("sat,sun", "sat sun"),
        ("fri-mon", "fri sat sun mon"),
        ("wed", "wed"),
        ("sun-sun", "sun"),
        ("mon,wed-fri", "mon wed thu fri"),
        ("sat-sun,tue", "sat sun tue"),
        ("workdays", "mon tue wed thu fri"),
        ("restdays", "sat sun"),
    ],
)
def test_a_shift_is_filled_on_its_weekdays_only(staffed, days, worked):
    scenario = staffed(team((1, "08:00", "09:00", days)))
    for day in range(14):  # the horizon begins on a Monday
        duty = duty_of(scenario, day)
        assert len(duty) == (WEEK[day % 7] in worked.split()), WEEK[day % 7]
        assert duty.paid_s == [HOUR_S * len(duty)]


# The State Council's plan for 2020: 1 to 8 October off, 27 September and 10 October worked.
def test_workdays_and_restdays_follow_the_official_calendar(staffed):
    scenario = staffed(
        team((1, "08:00", "09:00", "workdays"), (1, "10:00", "11:00", "restdays")),
        '[demand]\ncalendar = "china"',
        "horizon.start=2020-09-21",
    )
    off = {dt.date(2020, 9, 26), *(dt.date(2020, 10, day) for day in range(1, 9))}
    off.add(dt.date(2020, 10, 11))
    for day in range(21):  # to Sunday, 11 October
        date = dt.date(2020, 9, 21) + dt.timedelta(days=day)
        (stint,) = hours(duty_of(scenario, day))
        assert stint[0] == (date in off), date


def test_listed_holidays_are_restdays_and_listed_make_up_days_workdays(staffed):
    scenario = staffed(
        team((1, "08:00", "09:00", "workdays")),
        "demand.holidays=[2024-03-06]",
        "demand.make_up_workdays=[2024-03-10]",
    )
    assert filled(scenario, range(7)).tolist() == [1, 1, 0, 1, 1, 0, 1]


def test_weekdays_are_those_of_the_date_also_during_the_warm_up(staffed):
    scenario = staffed(team((1, "08:00", "09:00", "mon")), "horizon.warm_up_days=3")
    assert filled(scenario, range(11)).tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1]


# ----------------------------------------------------------------------- shrinkage and pay
@given(st.integers(0, 400), st.integers(0, 100), st.integers(1, 30))
def test_fractions_lose_no_hours_over_the_weeks_nor_on_any_weekday(staffed, tenths, percent, weeks):
    seats, shrinkage = tenths / 10, min(percent / 100, 0.99)
    scenario = staffed(team((seats, "08:00", "18:00"), more=f"shrinkage = {shrinkage}"))
    per_day = filled(scenario, range(7 * weeks)).reshape(weeks, 7)
    present = seats * (1 - shrinkage)
    assert np.all(per_day >= math.floor(present + 1e-9))
    assert np.all(per_day <= math.ceil(present - 1e-9))
    assert abs(per_day.sum() - 7 * weeks * present) < 1 + 1e-6
    assert np.all(np.abs(per_day.sum(0) - weeks * present) < 1 + 1e-6)


def test_a_share_of_sevenths_is_not_always_missing_on_the_same_weekday(staffed):
    shift = team((1, "08:00", "18:00", "sat"), more=f"shrinkage = {2 / 7}")
    on_saturdays = filled(staffed(shift), range(5, 7 * 49, 7))
    assert abs(on_saturdays.mean() - 5 / 7) < 1 / 49 + 1e-9


def test_shrinkage_takes_hours_of_duty_but_not_of_pay(staffed):
    scenario = staffed(team((10, "08:00", "18:00"), more="shrinkage = 0.3"))
    for day in range(10):
        duty = duty_of(scenario, day)
        assert len(duty) == 7
        assert duty.paid_s == [10 * 10 * HOUR_S]


def test_half_a_seat_is_one_on_half_of_the_days_and_paid_as_half(staffed):
    scenario = staffed(team((4.5, "08:00", "18:00")))
    assert sorted(filled(scenario, range(14)).tolist()) == [4] * 7 + [5] * 7
    assert duty_of(scenario, 3).paid_s == [4.5 * 10 * HOUR_S]


def test_each_team_is_paid_for_its_own_shifts(staffed):
    scenario = staffed(
        team((2, "08:00", "18:00"), (1, "20:00", "08:00"), more="shrinkage = 0.5"),
        team((4, "08:00", "09:00", "sat"), name="helpers"),
        team(name="nobody"),
    )
    assert (duty_of(scenario, 0).paid_s / HOUR_S).tolist() == [32, 0, 0]
    assert (duty_of(scenario, 5).paid_s / HOUR_S).tolist() == [32, 4, 0]


def test_without_seats_nobody_is_on_duty(staffed):
    duty = duty_of(staffed(team((0, "08:00", "18:00")), team(name="empty")), 0)
    assert len(duty) == 0
    assert duty.seat.dtype == np.int64
    assert duty.on_s.dtype == duty.off_s.dtype == duty.speed.dtype == np.float64
    assert duty.paid_s.tolist() == [0, 0]


# ------------------------------------------------------------------------ seats and speeds
def test_seats_are_numbered_as_the_engines_number_them(staffed):
    scenario = staffed(
        team((3, "08:00", "18:00"), (2, "18:00", "23:00", "sat"), more="speed = 1.4"),
        team((0, "08:00", "09:00"), (4, "23:00", "08:00"), name="night", more="speed = 0.9"),
    )
    team_of_seat = rules(scenario).team_of_seat
    assert team_of_seat == (0, 0, 0, 0, 0, 1, 1, 1, 1)
    begins = [8, 8, 8, 18, 18, 23, 23, 23, 23]
    for day, seats in ((0, {0, 1, 2, 5, 6, 7, 8}), (5, set(range(9)))):
        duty = duty_of(scenario, day)
        assert set(duty.seat.tolist()) == seats
        assert len(duty) == len(seats)
        for seat, on, _ in hours(duty):
            assert on - 24 * day == begins[seat]
        speeds = dict(zip(duty.seat.tolist(), duty.speed, strict=True))
        assert all(speed == (1.4, 0.9)[team_of_seat[seat]] for seat, speed in speeds.items())


def test_a_shift_keeps_its_seats_though_others_have_the_day_off(staffed):
    scenario = staffed(team((2, "08:00", "12:00", "sun"), (1, "12:00", "13:00")))
    assert [seat for seat, _, _ in hours(duty_of(scenario, 0))] == [2]
    assert [seat for seat, _, _ in hours(duty_of(scenario, 6))] == [0, 1, 2]


def test_duty_begins_on_its_own_day_and_is_the_same_whenever_asked(staffed):
    scenario = staffed(team((3, "23:00", "07:00"), more="shrinkage = 0.4"))
    for day in (5, 2, 5):
        duty = duty_of(scenario, day)
        assert np.all((day * DAY_S <= duty.on_s) & (duty.on_s < (day + 1) * DAY_S))
        np.testing.assert_array_equal(duty.seat, duty_of(scenario, day).seat)


def test_a_fraction_of_a_seat_is_a_seat_of_its_own_filled_on_that_fraction_of_days(staffed):
    scenario = staffed(team((2.4, "08:00", "20:00"), (1.5, "12:00", "18:00")))
    days = range(140)
    stints = [stint for day in days for stint in hours(duty_of(scenario, day))]
    by_seat = [[on for seat, on, _ in stints if seat == number] for number in range(5)]
    assert len(rules(scenario).team_of_seat) == 5
    assert [len(on) for on in by_seat] == pytest.approx(
        [140, 140, 0.4 * 140, 140, 0.5 * 140], abs=1
    )
    assert {on % 24 for on in by_seat[2]} == {8}
    assert {on % 24 for on in by_seat[3]} == {12}
