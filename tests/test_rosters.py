"""Rosters: scaled to a peak, following demand, with breaks; before anybody fails to come."""

import math

import numpy as np
import pytest
from duties import duty_of, hours, pauses, seats_on_duty, team
from hypothesis import given
from hypothesis import strategies as st
from strategies import scenarios

from hotline_sim.domain import DAY_S, HALF_HOURS, HOUR_S, TICKS_PER_S
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing, expected_duty
from hotline_sim.streams import Streams

WEEK_HALVES = 7 * HALF_HOURS
# A weekday's shape with one top; hours 0 to 23.
HILL = [1, 1, 1, 1, 2, 3, 5, 8, 12, 17, 20, 20, 18, 18, 17, 16, 14, 11, 8, 6, 5, 3, 2, 1]
WEEKDAYS = [1.2, 1.12, 1.08, 1.06, 1.04, 0.78, 0.5]
DEMAND = f"[demand]\nhour_weights = {HILL}\nweekday_factors = {WEEKDAYS}\n"


def by_demand(seats, more="", name="desk"):
    return team(name=name, more=f'roster = "demand"\nseats = {seats}\n{more}')


# ----------------------------------------------------------------------- scaled to a peak
@pytest.mark.parametrize(
    "shifts",
    [
        [(2, "08:00", "18:00"), (1, "12:00", "20:00"), (1, "22:00", "06:00")],
        [(2, "22:00", "06:00", "sun"), (1, "00:00", "08:00", "mon"), (2, "09:00", "17:00")],
        [(3, "08:00", "18:00", "workdays"), (2, "08:00", "18:00", "restdays")],
        [(1.5, "08:00", "12:00"), (1.5, "12:00", "16:00"), (3, "16:00", "20:00")],
    ],
    ids=["of an afternoon", "past the end of the week", "by the calendar", "shifts that meet"],
)
@pytest.mark.parametrize("times", [1, 2, 4])
def test_seats_of_a_team_scale_its_shifts_so_that_the_peak_of_the_week_is_they(
    staffed, shifts, times
):
    peak = 3 * times
    scaled = duty_of(staffed(team(*shifts, more=f"seats = {peak}")), 0, 28)
    plain = duty_of(staffed(team(*((s * times, *rest) for s, *rest in shifts))), 0, 28)
    on_duty = seats_on_duty(scaled, 7, 27)  # the first night's seats came before the horizon
    assert on_duty.max() == peak
    np.testing.assert_array_equal(on_duty, seats_on_duty(plain, 7, 27))


def test_a_scaled_roster_is_paid_numbered_and_rounded_as_what_it_comes_to(staffed):
    scenario = staffed(team((4, "08:00", "18:00"), (2, "18:00", "22:00"), more="seats = 5"))
    assert len(rules(scenario).team_of_seat) == 5 + 3
    duty = duty_of(scenario, 0, 14)
    assert duty.paid_s == pytest.approx([14 * (5 * 10 + 2.5 * 4) * HOUR_S])
    assert sorted(np.bincount(duty.seat, minlength=8).tolist()) == [7, *[14] * 7]


# -------------------------------------------------------------------------- following demand
def expected_curve(peak, fewest=0.0, shape=HILL):
    """Return the seats of each half-hour of the week, worked out by hand."""
    week = np.concatenate([factor * np.repeat(shape, 2) for factor in WEEKDAYS])
    return np.maximum(peak * week / week.max(), fewest)


@given(
    st.lists(st.integers(0, 20), min_size=24, max_size=24).filter(any),
    st.integers(1, 200).map(lambda tenths: tenths / 10),
    st.integers(2, 57),
)
def test_a_roster_by_demand_has_the_seats_of_the_curve_on_average(staffed, shape, peak, weeks):
    scenario = staffed(by_demand(peak), DEMAND, f"demand.hour_weights={shape}")
    days = 7 * weeks
    duty = duty_of(scenario, 0, days)
    on_duty = seats_on_duty(duty, 0, days).reshape(weeks, WEEK_HALVES)
    curve = expected_curve(peak, shape=shape)
    assert np.all(on_duty >= np.floor(curve + 1e-6) - (curve % 1 > 1 - 1e-6))
    assert np.all(on_duty <= np.ceil(curve - 1e-6))
    assert np.abs(on_duty.sum(0) - weeks * curve).max() < 3  # of every half-hour of the week
    assert on_duty.max() == np.ceil(curve - 1e-6).max() or weeks < 10
    assert duty.paid_s == pytest.approx([weeks * curve.sum() * HOUR_S / 2])


@given(st.integers(1, 400).map(lambda tenths: tenths / 10), st.integers(0, 40))
def test_a_level_roster_by_demand_loses_no_hours_in_any_week(staffed, peak, week):
    duty = duty_of(staffed(by_demand(peak)), 7 * week, 7 * week + 7)
    assert abs(len(duty) - 7 * peak) < 1 + 1e-6


def test_a_seat_by_demand_is_filled_without_a_pause_while_the_curve_is_above_it(staffed):
    duty = duty_of(staffed(by_demand(9.3), DEMAND), 0, 28)
    seat_days = duty.seat + 1000 * (duty.on_s // DAY_S)
    assert len(np.unique(seat_days)) == len(duty)  # the shape has one top: one stint a day
    for day in range(28):
        today = duty.on_s // DAY_S == day
        lengths = (duty.off_s - duty.on_s)[today][np.argsort(duty.seat[today])]
        assert np.all(np.diff(lengths) <= 0)  # higher seats, shorter stints


def test_a_curve_with_two_tops_parts_the_stints_of_the_upper_seats_only(staffed):
    shape = [0] * 8 + [4, 4, 4, 2, 2, 2, 4, 4, 4] + [0] * 7
    duty = duty_of(staffed(by_demand(4), f"demand.hour_weights={shape}"), 0)
    assert hours(duty) == [
        *((seat, 8, 17) for seat in (0, 1)),
        *((seat, 8, 11) for seat in (2, 3)),
        *((seat, 14, 17) for seat in (2, 3)),
    ]


def test_a_roster_by_demand_never_falls_below_its_fewest_seats(staffed):
    scenario = staffed(by_demand(8, "fewest = 2"), DEMAND)
    on_duty = seats_on_duty(duty_of(scenario, 0, 28), 0, 28)
    assert on_duty.min() == 2
    assert on_duty.max() == 8
    curve = expected_curve(8, fewest=2)
    assert np.abs(on_duty.reshape(4, WEEK_HALVES).sum(0) - 4 * curve).max() < 3


def test_a_roster_by_demand_is_open_at_its_hours_and_peaks_within_them(staffed):
    scenario = staffed(
        by_demand(6, 'open = { from = "18:15", to = "02:30", days = "mon-fri" }\nfewest = 1'),
        DEMAND,
    )
    duty = duty_of(scenario, 0, 28)
    begin, end = duty.on_s / HOUR_S % 24, duty.off_s / HOUR_S % 24
    assert begin.min() == 18.25
    assert np.all((end > 18.25) | (end <= 2.5))
    assert 2.5 in end
    on_duty = seats_on_duty(duty, 0, 28).reshape(4, 7, HALF_HOURS)
    assert on_duty.max() == 6
    assert np.all(on_duty[:, :, 5:36] == 0)
    assert np.all(on_duty[1:, 0, :5] == 0)  # no duty began on the Sunday
    assert np.all(on_duty[:, 1:6, :5] >= 1)  # Tuesday to Saturday, from the evening before
    assert np.all(on_duty[:, 5:, 36:] == 0)
    paid_s = [duty_of(scenario, day).paid_s[0] for day in range(7)]
    assert min(paid_s[:5]) > 0
    assert paid_s[5:] == [0, 0]


def test_after_midnight_a_roster_by_demand_follows_the_next_weekday(staffed):
    scenario = staffed(by_demand(40, 'open = { from = "22:00", to = "06:00" }'), DEMAND)
    on_duty = seats_on_duty(duty_of(scenario, 0, 14), 7, 14)
    half_hour = np.arange(WEEK_HALVES) % HALF_HOURS
    is_open = (half_hour >= 44) | (half_hour < 12)
    curve = expected_curve(1)
    assert np.abs(on_duty - 40 * curve / curve[is_open].max())[is_open].max() < 1
    assert not on_duty[~is_open].any()


def messages(name, per_day, shape):
    return (
        f'[channels.{name}]\nkind = "message"\ncases_per_day = {per_day}\n'
        f'talk = {{ law = "fixed", mean_s = 1 }}\nhour_weights = {shape}\n'
    )


def test_a_roster_by_demand_follows_the_channels_its_team_serves(staffed):
    morning, evening = [0] * 8 + [1] * 4 + [0] * 12, [0] * 18 + [1] * 4 + [0] * 2
    scenario = staffed(
        messages("app", 3, morning),
        messages("mail", 1, evening),
        team(name="all", more='roster = "demand"\nseats = 6').replace(
            '["phone"]', '["app", { channel = "mail", after_s = 60 }]'
        ),
        team((1, "08:00", "09:00")),
    )
    on_duty = seats_on_duty(duty_of(scenario, 0), 0, 1)
    assert on_duty[16:24].tolist() == [6 + 1] * 2 + [6] * 6
    assert on_duty[36:44].tolist() == [2] * 8  # a third as many cases
    assert on_duty.sum() == 6 * 8 + 2 * 8 + 2


def test_planned_absence_takes_its_share_of_a_roster_by_demand(staffed):
    duty = duty_of(staffed(by_demand(9, "shrinkage = 0.3"), DEMAND), 0, 350)
    curve = expected_curve(9)
    assert (duty.off_s - duty.on_s).sum() == pytest.approx(
        50 * 0.7 * curve.sum() * HOUR_S / 2, rel=0.002
    )
    assert duty.paid_s == pytest.approx([50 * curve.sum() * HOUR_S / 2])


# ------------------------------------------------------------------------- taking breaks
def with_breaks(seats, begin, end, *breaks):
    tables = ", ".join(
        f'{{ minutes = {m}, from = "{b}", to = "{e}"{"".join(more)} }}' for m, b, e, *more in breaks
    )
    shift = f'{{ seats = {seats}, from = "{begin}", to = "{end}", breaks = [{tables}] }}'
    return team().replace("shifts = []", f"shifts = [{shift}]")


def test_breaks_are_taken_in_turn_evenly_over_their_window(staffed):
    duty = duty_of(staffed(with_breaks(5, "08:00", "18:00", (30, "11:30", "14:00"))), 0)
    assert [pauses(duty, seat) for seat in range(5)] == [
        [(11.5 + turn / 2, 12 + turn / 2)] for turn in range(5)
    ]
    assert duty.paid_s == [5 * 10 * HOUR_S]


@pytest.mark.parametrize(
    ("seats", "batches", "hours_of"),
    [
        (6, 2, [12, 12, 12, 12.5, 12.5, 12.5]),
        (5, 2, [12, 12, 12, 12.5, 12.5]),
        (2, 3, [12, 12.5]),
        (4, 1, [12, 12, 12, 12]),
        (1, 2, [12]),
        (5, 9, [12, 12.125, 12.25, 12.375, 12.5]),
        (6, None, [12, 12, 12, 12.5, 12.5, 12.5]),
    ],
)
@pytest.mark.parametrize("is_curve", [False, True], ids=["shift", "curve"])
def test_seats_of_a_batch_go_to_their_break_together(staffed, seats, batches, hours_of, is_curve):
    more = "" if batches is None else f", batches = {batches}"
    pause = (30, "12:00", "13:00", more)
    if is_curve:
        table = f'[{{ minutes = 30, from = "12:00", to = "13:00"{more} }}]'
        curve = [0.0] * 8 + [float(seats)] * 10 + [0.0] * 6
        duty = duty_of(staffed(team(more=f"curve = {curve}\nbreaks = {table}")), 0)
    else:
        duty = duty_of(staffed(with_breaks(seats, "08:00", "18:00", pause)), 0)
    found = [pauses(duty, seat) for seat in range(seats)]
    assert found == [[(begin, begin + 0.5)] for begin in hours_of]


@given(st.integers(2, 40), st.integers(1, 59))
def test_seats_go_to_a_break_in_as_many_batches_as_fit_or_else_by_themselves(
    staffed, seats, minutes
):
    duty = duty_of(staffed(with_breaks(seats, "08:00", "18:00", (minutes, "12:00", "13:00"))), 0)
    gaps = [pause for seat in range(seats) for pause in pauses(duty, seat)]
    assert len(gaps) == seats
    assert all(12 <= begin < end <= 13 for begin, end in gaps)
    assert [(end - begin) * 60 for begin, end in gaps] == pytest.approx([minutes] * seats, abs=1e-3)
    at_once = max(sum(b <= begin < e for b, e in gaps) for begin, _ in gaps)
    if 2 * minutes <= 60:
        assert at_once == math.ceil(seats / (60 // minutes))
    else:
        assert len(set(gaps)) == seats


def test_a_break_after_midnight_parts_a_stint_between_two_days(staffed):
    scenario = staffed(
        with_breaks(2, "20:00", "08:00", (60, "02:00", "04:00"), (15, "22:00", "22:15"))
    )
    assert hours(duty_of(scenario, 0)) == [
        (0, 20, 22),
        (1, 20, 22),
        (0, 22.25, 26),
        (1, 22.25, 27),
    ]
    later = hours(duty_of(scenario, 1))
    assert later[:2] == [(0, 27, 32), (1, 28, 32)]
    assert [stint for day in range(5) for stint in hours(duty_of(scenario, day))] == hours(
        duty_of(scenario, 0, 5)
    )


def test_a_shift_may_begin_or_end_with_a_break(staffed):
    duty = duty_of(staffed(with_breaks(1, "08:00", "12:00", (60, "08:00", "09:00"))), 0)
    assert hours(duty) == [(0, 9, 12)]
    duty = duty_of(staffed(with_breaks(1, "00:00", "24:00", (60, "23:00", "24:00"))), 0)
    assert hours(duty) == [(0, 0, 23)]


def test_breaks_take_hours_of_duty_as_expected(staffed):
    scenario = staffed(
        with_breaks(4, "08:00", "18:00", (30, "11:30", "14:00"), (15, "16:00", "17:00"))
    )
    duty = duty_of(scenario, 0, 7)
    expected = expected_duty(scenario, "desk")
    assert expected.filled_share == pytest.approx(9.25 / 10)
    assert (duty.off_s - duty.on_s).sum() / duty.paid_s.sum() == pytest.approx(9.25 / 10)
    assert expected.rostered_hours_per_week == 7 * 40


# ------------------------------------------------------------------------------------ any roster
@given(scenarios(days=st.just(9)))
def test_stints_of_a_seat_never_overlap_and_lie_on_the_grid_whatever_the_roster(scenario):
    days = scenario.total_days
    staffing = Staffing(scenario, Streams(3, 0))
    duty = staffing.duty(0, days)
    order = np.lexsort((duty.on_s, duty.seat))
    seat, on_s, off_s = duty.seat[order], duty.on_s[order], duty.off_s[order]
    assert np.all(on_s < off_s)
    assert np.all(off_s[:-1][seat[1:] == seat[:-1]] <= on_s[1:][seat[1:] == seat[:-1]])
    assert np.all((seat >= 0) & (seat < len(rules(scenario).team_of_seat)))
    assert np.all(np.concatenate([on_s, off_s]) * TICKS_PER_S % 1 == 0)
    assert np.all(duty.speed > 0)
    assert np.all(np.diff(duty.on_s) >= 0)
    alone = Staffing(scenario, Streams(3, 0))
    by_day = [alone.duty(day) for day in reversed(range(days))][::-1]
    for column in ("seat", "on_s", "off_s", "speed"):
        parts = [getattr(one, column) for one in by_day]
        np.testing.assert_array_equal(np.concatenate(parts), getattr(duty, column))
    np.testing.assert_allclose(sum(one.paid_s for one in by_day), duty.paid_s)
    for day, one in enumerate(by_day):
        assert np.all(one.on_s // DAY_S == day)
