"""Rosters written as a curve: the seats of every hour or half-hour, by people who stay on."""

from collections.abc import Mapping

import numpy as np
import pytest
from duties import duty_of, hours, pauses, seats_on_duty, team
from hypothesis import given
from hypothesis import strategies as st
from mistakes import brief, error_of

from hotline_sim import Scenario, load, money, run
from hotline_sim.domain import HALF_HOURS, HOUR_S
from hotline_sim.execution import Task, play_days
from hotline_sim.scenario import rules
from hotline_sim.scenario.starter import starter
from hotline_sim.staffing import Staffing, expected_duty
from hotline_sim.streams import Streams

# Seats of the hours 0 to 23: a night, a morning that rises, noon, an evening.
CURVE = [2] * 7 + [4, 8, 12, 12, 10, 6, 7, 10, 10, 9, 7, 5, 5, 4, 4, 3, 2]
OFFICE = [0] * 8 + [5] * 10 + [0] * 6
CURVES = st.sampled_from([24, 48]).flatmap(
    lambda n: st.lists(st.integers(0, 80).map(lambda tenths: tenths / 10), min_size=n, max_size=n)
)


def by_curve(seats, more="", name="desk"):
    written = (
        seats
        if isinstance(seats, list)
        else "{ " + ", ".join(f'"{days}" = {curve}' for days, curve in seats.items()) + " }"
    )
    return team(name=name, more=f"seats = {written}\n{more}").replace("shifts = []\n", "")


def halves(curve):
    return np.repeat(np.array(curve, float), HALF_HOURS // len(curve))


# ------------------------------------------------------------------- the seats of the curve
@given(CURVES, st.integers(0, 9).map(lambda tenths: tenths / 10), st.integers(1, 40))
def test_every_half_hour_has_the_seats_of_the_curve_on_average(staffed, curve, shrinkage, weeks):
    scenario = staffed(by_curve(curve, f"shrinkage = {shrinkage}"))
    days = 7 * weeks
    duty = duty_of(scenario, 0, days)
    on_duty = seats_on_duty(duty, 0, days).reshape(days, HALF_HOURS)
    present = halves(curve) * (1 - shrinkage)
    assert np.all(on_duty >= np.floor(present + 1e-6) - (present % 1 > 1 - 1e-6))
    assert np.all(on_duty <= np.ceil(present - 1e-6))
    assert np.abs(on_duty.sum(0) - days * present).max() < 1 + 3  # of every half-hour of the day
    assert duty.paid_s == pytest.approx([days * sum(halves(curve)) * HOUR_S / 2])


@given(CURVES, st.integers(0, 30))
def test_nobody_is_on_duty_twice_and_people_come_and_go_no_more_than_need_be(staffed, curve, day):
    duty = duty_of(staffed(by_curve(curve)), day)
    order = np.lexsort((duty.on_s, duty.seat))
    seat, on_s, off_s = duty.seat[order], duty.on_s[order], duty.off_s[order]
    same = seat[1:] == seat[:-1]
    assert np.all(off_s[:-1][same] < on_s[1:][same])  # else one stint would have been two
    on_duty = np.concatenate([[0], seats_on_duty(duty, day, day + 1), [0]])
    assert len(duty) == np.maximum(np.diff(on_duty), 0).sum()  # each rise brings so many, once


def test_who_is_on_duty_stays_and_the_last_seats_go_off(staffed):
    shape = [0] * 8 + [1, 2, 3, 3, 2, 3, 1] + [0] * 9
    assert hours(duty_of(staffed(by_curve(shape)), 0)) == [
        (0, 8, 15),
        (1, 9, 14),
        (2, 10, 12),
        (2, 13, 14),
    ]


def test_a_seat_round_the_clock_is_one_seat_that_midnight_does_not_double(staffed):
    duty = duty_of(staffed(by_curve([2] * 24)), 0, 3)
    assert set(duty.seat.tolist()) == {0, 1}
    assert np.all(seats_on_duty(duty, 0, 3) == 2)


def test_half_hours_may_have_their_own_seats(staffed):
    shape = [0] * 16 + [1, 2] + [0] * 30
    assert hours(duty_of(staffed(by_curve(shape)), 0)) == [(0, 8, 9), (1, 8.5, 9)]


# --------------------------------------------------------------------------------- by days
def test_each_day_follows_the_curve_of_its_days(staffed):
    weekend = [0] * 10 + [2] * 4 + [0] * 10
    scenario = staffed(by_curve({"mon-fri": OFFICE, "sun": weekend}))
    on_duty = seats_on_duty(duty_of(scenario, 0, 7), 0, 7).reshape(7, HALF_HOURS)
    for day in range(5):
        np.testing.assert_array_equal(on_duty[day], halves(OFFICE))
    assert not on_duty[5].any()
    np.testing.assert_array_equal(on_duty[6], halves(weekend))
    assert len(rules(scenario).team_of_seat) == 5


def test_workdays_and_restdays_follow_the_calendar_on_the_same_seats(staffed):
    scenario = staffed(
        by_curve({"workdays": [3] * 24, "restdays": [1] * 24}),
        "demand.holidays=[2024-03-06]",
        "demand.make_up_workdays=[2024-03-10]",
    )
    on_duty = seats_on_duty(duty_of(scenario, 0, 7), 0, 7).reshape(7, HALF_HOURS)
    assert on_duty[:, 0].tolist() == [3, 3, 1, 3, 3, 1, 3]
    assert len(rules(scenario).team_of_seat) == 3
    paid = [duty_of(scenario, day).paid_s[0] / HOUR_S for day in range(7)]
    assert paid == [72, 72, 24, 72, 72, 24, 72]


# --------------------------------------------------------------- like a shift, where it is one
ALIKE = [
    "",
    "shrinkage = 0.4",
    "absence_share = 0.2",
    "speed = 1.3",
]
PEOPLE = """
[employment.in_house]
pay_cny_per_person_year = 60_000
social_insurance_share = 0.3
overhead_share = 0.2
productive_hours_per_person_year = 1400
turnover_per_year = 3
hiring_days = 40
training_days = 20
novice_factor = 1.5
learning_days = 60
spread = 0.2
answering_share = 0.5
staff_share = 0.8
"""
BUSY = "channels.phone.cases_per_day=600"
LONG_TALK = 'channels.phone.talk={ law = "exponential", mean_s = 200 }'


@pytest.mark.parametrize("more", ALIKE)
@pytest.mark.parametrize("terms", ["", PEOPLE], ids=["nobody in particular", "people"])
@pytest.mark.parametrize("engine", ["compiled", "simpy"])
def test_a_curve_that_is_one_shift_is_that_shift_call_by_call(staffed, more, terms, engine):
    logs = []
    for desk in (by_curve(OFFICE, more), team((5, "08:00", "18:00"), more=more)):
        scenario = staffed(desk + terms, BUSY, LONG_TALK, "horizon.days=3")
        logs.append([log for _, log, _ in play_days(Task(scenario, 3, 0, engine))])
    for one, other in zip(*logs, strict=True):
        assert len(one) > 100
        for column in ("start_s", "end_s", "seat", "outcome"):
            np.testing.assert_array_equal(getattr(one, column), getattr(other, column))


def test_both_engines_tell_the_same_of_a_curve(staffed):
    desk = by_curve({"workdays": CURVE, "restdays": OFFICE}, "shrinkage = 0.3\nabsence_share = 0.1")
    scenario = staffed(desk + PEOPLE, BUSY, LONG_TALK, "horizon.days=7")
    logs = [
        [log for _, log, _ in play_days(Task(scenario, 3, 0, e))] for e in ("compiled", "simpy")
    ]
    for one, other in zip(*logs, strict=True):
        for column in ("case", "start_s", "end_s", "seat", "outcome"):
            np.testing.assert_array_equal(getattr(one, column), getattr(other, column))


# ------------------------------------------------------------------- breaks, in turn
LUNCH = '{ minutes = 30, from = "11:30", to = "14:00" }'


def test_who_is_there_all_through_the_window_has_a_break_in_turn(staffed):
    shape = [0] * 8 + [6] * 4 + [5] * 6 + [0] * 6
    duty = duty_of(staffed(by_curve(shape, f"breaks = [{LUNCH}]")), 0)
    assert [pauses(duty, seat) for seat in range(6)] == [
        *([(11.5 + turn / 2, 12 + turn / 2)] for turn in range(5)),
        [],  # goes home at noon
    ]
    assert duty.paid_s == [sum(shape) * HOUR_S]


def test_several_breaks_part_a_day_whatever_their_order(staffed):
    tea = '{ minutes = 15, from = "16:00", to = "17:00" }'
    for order in ((LUNCH, tea), (tea, LUNCH)):
        duty = duty_of(staffed(by_curve(OFFICE, f"breaks = [{', '.join(order)}]")), 0)
        assert pauses(duty, 0) == [(11.5, 12), (16, 16.25)]
        assert pauses(duty, 4) == [(13.5, 14), (16.75, 17)]


@given(CURVES, st.integers(1, 149), st.integers(0, 300))
def test_breaks_and_planned_absence_take_the_time_expected(staffed, curve, minutes, start):
    lunch = f'breaks = [{{ minutes = {minutes}, from = "11:15", to = "13:45" }}]'
    scenario = staffed(by_curve(curve, f"shrinkage = 0.2\n{lunch}"))
    days = 350
    duty = duty_of(scenario, start, start + days)
    through = halves(curve)[22:28].min()  # all half-hours that the window meets
    expected_h = 0.8 * (halves(curve).sum() / 2 - minutes / 60 * through)
    on_duty_h = (duty.off_s - duty.on_s).sum() / HOUR_S
    assert on_duty_h == pytest.approx(days * expected_h, rel=0.01, abs=24 * 4)
    found = expected_duty(scenario, "desk")
    if sum(curve):
        assert found.filled_share * sum(halves(curve)) / 2 == pytest.approx(expected_h)
    assert found.rostered_hours_per_week == pytest.approx(7 * sum(halves(curve)) / 2)


# ---------------------------------------------------------------------- absence and people
def test_absence_takes_its_share_of_the_seats_of_a_curve(staffed):
    duty = duty_of(staffed(by_curve(CURVE, "absence_share = 0.25")), 0, 350)
    filled = (duty.off_s - duty.on_s).sum() / HOUR_S / (350 * sum(CURVE))
    # 12 seats with weights of at most 24 h of 164 each day: sd of the mean below 0.007
    assert filled == pytest.approx(0.75, abs=4 * 0.007)


def test_people_who_leave_learn_and_differ_fill_a_curve_as_expected(staffed):
    scenario = staffed(by_curve(CURVE, "shrinkage = 0.3") + PEOPLE)
    expected = expected_duty(scenario, "desk")
    shares = []
    for replication in range(20):
        duty = Staffing(scenario, Streams(5, replication)).duty(0, 365)
        shares.append((duty.off_s - duty.on_s).sum() / HOUR_S / (365 * sum(CURVE)))
    error = np.std(shares, ddof=1) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - expected.filled_share) < 4 * error
    assert expected.places == np.ceil(0.7 * sum(CURVE) * 365 / 1400)


# ------------------------------------------------- why not one shift an hour: a change of crew
def test_an_hourly_change_of_crew_has_more_agents_at_work_than_the_curve(staffed):
    hourly = [(CURVE[hour], f"{hour:02}:00", f"{hour + 1:02}:00") for hour in range(24)]
    more = ["channels.phone.cases_per_day=2500", LONG_TALK, "horizon.days=14"]
    at_work = {}
    for name, desk in {"curve": by_curve(CURVE), "hourly": team(*hourly)}.items():
        scenario = staffed(desk, *more)
        duty = duty_of(scenario, 0, 14)
        assert np.array_equal(
            seats_on_duty(duty, 0, 14).reshape(14, HALF_HOURS), np.tile(halves(CURVE), (14, 1))
        )
        log = [one for _, one, _ in play_days(Task(scenario, 3, 0, "compiled"))]
        at_work[name] = sum(np.nansum(one.end_s - one.start_s) for one in log) / HOUR_S
    # Whoever is at work as the hour ends finishes beside the one who relieves them: with talk
    # of 200 s that is up to 200 s of 3,600 more of each seat that was busy.
    assert 1.02 < at_work["hourly"] / at_work["curve"] < 1 + 200 / 3600


# -------------------------------------------------------------------------- money and files
def test_a_curve_is_paid_and_scaled_by_a_budget_like_any_roster(load_text, smallest):
    curve = {"workdays": CURVE, "restdays": [3] * 24}
    text = smallest.partition("[teams.desk]")[0] + by_curve(curve, "shrinkage = 0.25") + PEOPLE
    one = load_text(text)
    size = money.roster_of(one, "in_house")
    workdays = 52 * 5 + 1  # the 365 days from Monday, 4 March 2024, end on a Monday
    hours_a_year = workdays * sum(CURVE) + (365 - workdays) * 72
    assert size.peak_seats == 12
    assert size.rostered_hours == pytest.approx(hours_a_year)
    assert size.filled_hours == pytest.approx(
        hours_a_year * expected_duty(one, "desk").filled_share
    )
    bought = money.with_budget(one, "in_house", 2 * money.links_of(one, "in_house").budget_cny)
    bought_curve = bought.teams["desk"].curve
    assert isinstance(bought_curve, Mapping)
    assert bought_curve["workdays"] == pytest.approx([2 * seats for seats in CURVE])
    assert money.roster_of(bought, "in_house").peak_seats == pytest.approx(24)
    assert run(bought, replications=2, jobs=1).measures["cost_cny"].mean > 0


def test_another_way_to_write_a_roster_replaces_that_of_the_file_it_extends(write_scenario):
    base = write_scenario(
        f'format = 1\nextends = "first-day"\n[teams.desk]\nshifts = []\nseats = {CURVE}\n'
        f"breaks = [{LUNCH}]\n",
        name="base.toml",
    )

    def over(more):
        text = f'format = 1\nextends = "{base.name}"\n[teams.desk]\n{more}\n'
        return load(write_scenario(text, name="above.toml")).teams["desk"]

    assert over("").curve == tuple(CURVE)
    shifts = over('shifts = [{ seats = 3, from = "08:00", to = "18:00" }]')
    assert (shifts.curve, shifts.breaks, len(shifts.shifts)) == (None, (), 1)
    demand = over('roster = "demand"\nseats = 4\nfewest = 1')
    assert (demand.seats, demand.curve, demand.breaks, demand.shifts) == (4, None, (), ())
    assert over(f"seats = {OFFICE}").curve == tuple(OFFICE)
    scaled = over("seats = 18")
    assert (scaled.curve, scaled.seats) == (tuple(CURVE), 18)


def test_one_number_of_seats_scales_a_curve_to_its_peak_wherever_it_is_set(staffed):
    one = staffed(by_curve(CURVE))
    peak = "teams.desk.seats"
    for scaled in (one.with_values({peak: 18}), staffed(by_curve(CURVE), f"{peak}=18")):
        on_duty = seats_on_duty(duty_of(scaled, 0, 2), 0, 2).reshape(2, HALF_HOURS)
        assert on_duty.max() == 18
        assert np.abs(on_duty - 1.5 * halves(CURVE)).max() < 1
    back = one.with_values({peak: 18}).with_values({peak: OFFICE})
    assert (back.teams["desk"].curve, back.teams["desk"].seats) == (tuple(OFFICE), None)
    hour = one.with_values({f"{peak}.8": 5})
    assert hour.teams["desk"].curve == (*CURVE[:8], 5, *CURVE[9:])


def test_a_curve_is_written_under_its_own_key_and_read_again(staffed, write_scenario):
    one = staffed(by_curve({"workdays": CURVE, "restdays": OFFICE}, f"breaks = [{LUNCH}]"))
    assert "curve" in one.to_toml()
    again = load(write_scenario(one.to_toml(), name=f"{one.name}.toml"))
    assert again.digest() == one.digest()
    assert Scenario.from_dict(one.to_dict()).teams == one.teams
    desk = one.to_dict()["teams"]["desk"]
    short = {**desk, "seats": desk["curve"]}
    del short["curve"]
    assert one.with_values({"teams.desk": short}).digest() == one.digest()
    assert one.with_values({"teams": {"desk": short}}).digest() == one.digest()


AND_SO_SHORT = "teams.desk.curve at_least_entries"  # an entry that is none does not count
FAULTS = [
    (f"seats = {[1] * 30}", ["teams.desk.curve curve_length"]),
    ("seats = [1, 2]", ["teams.desk.curve at_least_entries"]),
    (f"seats = {[-1] + [1] * 23}", ["teams.desk.curve.0 at_least", AND_SO_SHORT]),
    (f'seats = {{ "mon-fri" = {CURVE}, fri = {CURVE} }}', ["teams.desk.curve curve_days"]),
    (f"seats = {{ workdays = {CURVE}, sat = {CURVE} }}", ["teams.desk.curve curve_days"]),
    (f"seats = {{ weekdays = {CURVE} }}", ["teams.desk.curve.weekdays days → workdays"]),
    (f"seats = {{ workdays = {[1] * 25} }}", ["teams.desk.curve.workdays curve_length"]),
    (
        f'curve = {CURVE}\nseats = 4\nroster = "demand"',
        ["teams.desk.curve no_curve_by_demand"],
    ),
    (f"curve = {CURVE}\nseats = {CURVE}", ["teams.desk.seats number"]),
    (f"curve = {[0] * 24}\nseats = 4", ["teams.desk.seats nothing_to_scale"]),
    (f"seats = {CURVE}\nfewest = 1", ["teams.desk.fewest roster_by_demand_only"]),
    (
        f'seats = {CURVE}\nshifts = [{{ seats = 1, from = "08:00", to = "09:00" }}]',
        ["teams.desk.shifts no_shifts_with_curve"],
    ),
    (f"breaks = [{LUNCH}]", ["teams.desk.breaks breaks_of_curve"]),
    (
        f'seats = {CURVE}\nbreaks = [{{ minutes = 30, from = "23:00", to = "01:00" }}]',
        ["teams.desk.breaks.0 break_outside"],
    ),
    (f"seats = {CURVE}\nbreaks = [{LUNCH}, {LUNCH}]", ["teams.desk.breaks.1 breaks_overlap"]),
]


@pytest.mark.parametrize(("more", "told"), FAULTS, ids=[told[0] for _, told in FAULTS])
def test_a_curve_that_cannot_be_is_refused_with_the_reason(write_scenario, smallest, more, told):
    head = smallest.partition("[teams.desk]")[0]
    desk = f'[teams.desk]\nemployment = "in_house"\nserves = ["phone"]\n{more}\n'
    faults = error_of(write_scenario(head + desk)).faults
    assert [brief(fault) for fault in faults] == told


# ------------------------------------------------------------------- the rosters that we ship
def lost_early(result):
    """Return which shares of calls are lost of those between 7 and 9 h, and of all."""
    sums = [one.by_half_hour for one in result.replications]
    calls = list(result.scenario.channels).index("phone")
    lost, offered = (
        sum(one[name][:, calls] for one in sums for name in names)
        for names in (("abandoned", "blocked"), ("offered",))
    )
    return lost[14:18].sum() / offered[14:18].sum(), lost.sum() / offered.sum()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_starters_staff_is_there_before_the_morning_rises(write_scenario, lang):
    one = load(write_scenario(starter("Guilin", lang)))
    early, all_day = lost_early(run(one, replications=4, jobs=1))
    assert early < all_day / 2
    paid = money.roster_of(one, "in_house").rostered_hours / 365
    assert paid == pytest.approx(74)  # 66 by day, 8 at night


def test_a_city_that_says_no_roster_has_that_of_hotline_base(write_scenario):
    city = (
        'format = 1\nextends = "hotline-base"\n[channels.phone]\ncases_per_year = 390_000\n'
        "[channels.wechat]\ncases_per_year = 43_000\n[channels.app]\ncases_per_year = 28_700\n"
    )
    one = load(write_scenario(city), overrides=["horizon.days=28"])
    early, all_day = lost_early(run(one, replications=4, jobs=1))
    assert early < all_day
    in_persons = load(write_scenario(city + "[teams.day]\npersons = 200\n", name="other.toml"))
    assert money.staff_of(in_persons)["day"].persons == pytest.approx(200)
    shifts = '[[teams.day.shifts]]\nseats = 9\nfrom = "08:00"\nto = "18:00"\n'
    own = load(write_scenario(city + shifts, name="own.toml")).teams["day"]
    assert (own.curve, len(own.shifts)) == (None, 1)
