"""Fees, KPI clauses and the way from money to seats and back, each worked out by hand.

The desk: three seats from 8 to 20 h every day, a quarter of the time empty: 36 seat-hours a day,
13,140 a year, of which 9,855 on duty.
"""

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mistakes import brief, error_of, lines_of

from hotline_sim import load, messages, money, reports, run, scenario
from hotline_sim.domain import DAY_S, HOUR_S, Origin
from hotline_sim.measures import Counter
from hotline_sim.money import Links, Roster, affordable, needed
from hotline_sim.scenario import ScenarioError
from hotline_sim.scenario.schema import InHouse, Outsourced
from hotline_sim.scenario.starter import starter
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

HOURS = "productive_hours_per_person_year = 1500"
IN_HOUSE = f"""
[employment.in_house]
pay_cny_per_person_year = 60_000
social_insurance_share = 0.3
overhead_share = 0.2
{HOURS}
staff_share = 0.8
answering_share = 0.5
"""
OUTSOURCED = f"""
[employment.outsourced]
cost_per_person_month_cny = 5000
{HOURS}
answering_share = 0.5
award_over_budget = 0.9
"""
CLAUSE = """
[[employment.outsourced.kpi]]
measure = "{measure}"
window = "{window}"
target = {target}
share_per_point = 0.01
cap = {cap}
"""
YEAR_HOURS = 9855  # on duty
PERSONS = YEAR_HOURS / (1500 * 0.5)


@pytest.fixture(scope="module")
def desk(load_text, smallest):
    """Return the desk for four days around the end of January 2024, with further text."""

    def desk(more="", *overrides, employment="outsourced", start="2024-01-30", days=4):
        text = smallest.replace("2024-03-04", start).replace("days = 1", f"days = {days}")
        text = text.replace('"in_house"', f'"{employment}"') + "shrinkage = 0.25\n"
        return load_text(text + more, *overrides)

    return desk


def priced(price, *more):
    return OUTSOURCED + "\n".join([f'price = "{price}"', *more, ""])


def tally_of(one, offered=(), answered=(), **sums):
    """Return a tally of so many calls on each day, all at noon and by the first team."""
    tally = Counter(one).tally
    for name, by_day in {"offered": offered, "answered": answered, **sums}.items():
        tally.by_day[name][: len(by_day), 0] = by_day
    for column, by_day in enumerate((offered, answered)):
        for day, calls in enumerate(by_day):
            tally.calls[day * 48 + 24, column] = calls
    tally.answered_by_team[: len(answered), 0] = answered
    return tally


def costs(one, *args, **sums):
    return money.cost_measures(one, tally_of(one, *args, **sums))


# What a person costs ----------------------------------------------------------------------


def test_a_person_costs_pay_and_what_comes_on_top_or_twelve_months(desk):
    one = desk(IN_HOUSE + OUTSOURCED, employment="in_house")
    assert money.person_year_cny(one.employment.in_house) == pytest.approx(90_000)
    assert money.person_year_cny(one.employment.outsourced) == 60_000
    assert money.person_hour_cny(one.employment.outsourced) == 40


@pytest.mark.parametrize(("name", "rest"), [("in_house", 90_000), ("outsourced", 60_000)])
def test_newcomers_cost_hiring_and_training(desk, name, rest):
    turnover = ("turnover_per_year=0.2", "hiring_cny=1000", "training_cny=2500")
    changes = [f"employment.{name}.{key}" for key in turnover]
    one = desk(IN_HOUSE + OUTSOURCED, *changes, employment="in_house")
    assert money.person_year_cny(getattr(one.employment, name)) == pytest.approx(rest + 700)


# Fees -------------------------------------------------------------------------------------
FOUR_DAYS_IN_MONTHS = 2 / 31 + 2 / 29


@pytest.mark.parametrize(
    ("more", "cost"),
    [
        (priced("award", "award_cny = 730_000"), 730_000 * 4 / 365),
        (priced("award", "budget_cny = 730_000"), 0.9 * 730_000 * 4 / 365),
        (priced("award", "award_cny = 730_000", "budget_cny = 9e6"), 730_000 * 4 / 365),
        (priced("seat_month", "price_cny = 9000"), 3 / 0.5 * 9000 * FOUR_DAYS_IN_MONTHS),
        (priced("person_month", "price_cny = 7000"), PERSONS * 7000 * FOUR_DAYS_IN_MONTHS),
        (priced("answered", "price_cny = 12"), (10 + 20 + 30 + 5) * 12),
    ],
)
def test_each_price_pays_for_its_own_units_on_the_days_counted(desk, more, cost):
    one = desk(more)
    found = costs(one, [20, 30, 40, 50], [10, 20, 30, 5])
    assert found["cost_cny"] == pytest.approx(cost)
    assert found["cost_per_answered_cny"] == pytest.approx(cost / 65)
    assert "kpi_deduction_cny" not in found


@pytest.mark.parametrize("days", [365, 31])
def test_whole_months_are_paid_whole(desk, days):
    one = desk(priced("seat_month", "price_cny = 9000"), start="2025-01-01", days=days)
    months = 12 if days == 365 else 1
    assert costs(one)["cost_cny"] == pytest.approx(months * 6 * 9000)


def test_the_days_of_the_warm_up_are_not_paid(desk):
    more = priced("seat_month", "price_cny = 9000")
    paid = costs(desk(more, "horizon.warm_up_days=7"))
    assert paid == pytest.approx(costs(desk(more)), nan_ok=True)


@pytest.mark.parametrize(
    ("price", "full"),
    [
        ("seat_month", 6 * 9000 * FOUR_DAYS_IN_MONTHS),
        ("person_month", PERSONS * 9000 * FOUR_DAYS_IN_MONTHS),
        ("answered", 65 * 9000),
    ],
)
def test_a_budget_is_the_most_that_is_paid(desk, price, full):
    for ceiling in (full / 2, full * 2):
        budget = f"budget_cny = {ceiling * 365 / 4}"
        one = desk(priced(price, "price_cny = 9000", budget))
        assert costs(one, [65], [65])["cost_cny"] == pytest.approx(min(ceiling, full))


def test_the_citys_own_line_costs_its_persons_or_the_budget_stated(desk):
    one = desk(IN_HOUSE, employment="in_house")
    assert costs(one)["cost_cny"] == pytest.approx(PERSONS * 90_000 / 0.8 * 4 / 365)
    one = desk(IN_HOUSE + "budget_cny = 730_000\n", employment="in_house")
    assert costs(one)["cost_cny"] == pytest.approx(730_000 * 4 / 365)


NIGHT = """
[teams.night]
employment = "in_house"
serves = ["phone"]
shifts = [{ seats = 1, from = "20:00", to = "08:00" }]
"""


def test_both_employments_are_paid_each_for_its_own_teams(desk):
    own = desk(IN_HOUSE + NIGHT, employment="outsourced")
    contract = desk(priced("answered", "price_cny = 12") + NIGHT)
    both = desk(IN_HOUSE + priced("answered", "price_cny = 12") + NIGHT)
    tally = tally_of(both, [30], [20])
    tally.answered_by_team[0] = (15, 5)
    found = [money.cost_measures(one, tally)["cost_cny"] for one in (own, contract, both)]
    assert found[0] == pytest.approx(12 * 365 / 750 * 90_000 / 0.8 * 4 / 365)
    assert found[1] == 15 * 12
    assert found[2] == pytest.approx(found[0] + found[1])


def test_answered_contacts_are_counted_for_the_team_that_took_them(desk):
    result = run(desk(priced("answered", "price_cny = 12") + NIGHT), replications=2, jobs=1)
    answered, cost = result.measures["answered"], result.measures["cost_cny"]
    assert 0 < cost.mean < 12 * answered.mean
    night_too = desk(priced("answered", "price_cny = 12") + NIGHT.replace("in_house", "outsourced"))
    result = run(night_too, replications=2, jobs=1)
    assert result.measures["cost_cny"].mean == 12 * result.measures["answered"].mean


def test_terms_under_which_nobody_works_cost_nothing(desk):
    assert costs(desk(IN_HOUSE)) == {}
    assert costs(desk(priced("award"), employment="in_house")) == {}


def test_answering_is_paid_at_the_price_of_a_productive_hour(desk):
    one = desk(IN_HOUSE, employment="in_house")
    tally = tally_of(one, [10], [10])
    tally.handled_s[:] = 3600.0
    tally.duty_s[:] = YEAR_HOURS * 4 / 365 * HOUR_S
    share = money.cost_measures(one, tally)["answering_cost_share"]
    assert share == pytest.approx(0.8 * 0.5)  # of the budget to agents, of their time to the phone


# KPI clauses ------------------------------------------------------------------------------
AWARD = priced("award", "award_cny = 365_000")  # 1,000 a day


def kept(desk, *clauses, **horizon):
    """Return the desk under clauses (measure, window, target, cap)."""
    text = "".join(
        CLAUSE.format(measure=measure, window=window, target=target, cap=cap)
        for measure, window, target, cap in clauses
    )
    return desk(AWARD + text, **horizon)


def test_a_month_loses_a_share_of_its_own_fee_per_point(desk):
    one = kept(desk, ("connect_rate", "month", 0.9, 1))
    found = costs(one, [60, 40, 100, 100], [50, 30, 95, 95])  # 80 % in January, 95 in February
    assert found["kpi_deduction_cny"] == pytest.approx(2000 * 0.01 * 10)
    assert found["cost_cny"] == pytest.approx(4000 - 200)
    assert found["cost_per_answered_cny"] == pytest.approx(3800 / 270)


def test_a_clause_takes_no_more_than_its_cap(desk):
    one = kept(desk, ("connect_rate", "month", 0.9, 0.05))
    found = costs(one, [100, 0, 100, 0], [80, 0, 88, 0])  # 10 points below, and 2
    assert found["kpi_deduction_cny"] == pytest.approx(2000 * 0.05 + 2000 * 0.02)


def test_a_quarter_is_one_window_whatever_its_months(desk):
    one = kept(desk, ("connect_rate", "quarter", 0.9, 1))
    found = costs(one, [100, 0, 100, 0], [80, 0, 90, 0])  # 85 % of both months together
    assert found["kpi_deduction_cny"] == pytest.approx(4000 * 0.05)


def test_quarters_are_those_of_the_calendar_cut_by_the_horizon(desk):
    one = kept(desk, ("connect_rate", "quarter", 0.9, 1), start="2024-03-31")
    found = costs(one, [100, 100, 0, 0], [80, 90, 0, 0])  # one day of March, three of April
    assert found["kpi_deduction_cny"] == pytest.approx(1000 * 0.1)


def test_the_same_month_of_two_years_is_two_windows(desk):
    one = kept(desk, ("connect_rate", "month", 0.9, 1), start="2024-01-31", days=367)
    days = np.zeros(367)
    days[0] = days[-1] = 100  # 31 January 2024 and 31 January 2025
    answered = days * 0.9
    answered[0] = 70
    assert costs(one, days, answered)["kpi_deduction_cny"] == pytest.approx(1000 * 0.2)


def test_a_window_with_nothing_to_measure_takes_nothing(desk):
    one = kept(desk, ("connect_rate", "month", 0.9, 1))
    assert costs(one, [10, 0, 0, 0], [9, 0, 0, 0])["kpi_deduction_cny"] == 0
    assert costs(one)["kpi_deduction_cny"] == 0


def test_the_worst_24_hours_of_each_month_cut_the_months_fee(desk):
    one = kept(desk, ("connect_rate", "day_24h", 0.9, 1))
    # January: 90 % and 70 %; February 100 % and 89 %
    found = costs(one, [10, 10, 10, 100], [9, 7, 10, 89])
    assert found["kpi_deduction_cny"] == pytest.approx(2000 * 0.2 + 2000 * 0.01)


def test_24_hours_across_midnight_belong_to_the_month_in_which_they_begin(desk):
    one = kept(desk, ("connect_rate", "day_24h", 0.9, 1))
    tally = tally_of(one)
    tally.calls[[47, 95, 96, 150], 0] = 10  # before midnight on 30 and 31 January, then after it
    tally.calls[[47, 95, 96, 150], 1] = (10, 9, 6, 10)
    found = money.cost_measures(one, tally)
    # January's worst: from after 23:30 on the 31st on, 6 of 10, begins on the 1st; with 9 of 10
    # the half-hour before, 15 of 20 begin in January.
    assert found["kpi_deduction_cny"] == pytest.approx(2000 * 0.15 + 2000 * 0.30)


def test_the_last_days_24_hours_end_with_the_horizon(desk):
    one = kept(desk, ("connect_rate", "day_24h", 0.9, 1), days=1)
    tally = tally_of(one, [10], [8])
    assert money.cost_measures(one, tally)["kpi_deduction_cny"] == pytest.approx(1000 * 0.1)


OPINIONS = """
[satisfaction]
per_minute_waited = 0
per_failed_contact = 0
settled_at_once = 0
order_late = 0
participation = 0.5
[channels.app]
kind = "message"
cases_per_day = 1
deadline_s = 3600
talk = { law = "fixed", mean_s = 60 }
[teams.mail]
employment = "outsourced"
serves = ["app"]
base_satisfaction = 0.9
"""


@pytest.mark.parametrize(
    ("measure", "part", "whole"),
    [
        ("connect_rate", "answered", "offered"),
        ("service_level", "answered_within(15)", "offered"),
        ("service_level_answered", "answered_within(15)", "answered"),
        ("within_deadline_rate", "in_time", "due"),
        ("participation_rate", "ratings", "asked"),
        ("satisfaction_rate", "satisfied_ratings", "ratings"),
    ],
)
def test_a_clause_holds_its_own_measure_against_its_target(desk, measure, part, whole):
    clause = CLAUSE.format(measure=measure, window="month", target=0.95, cap=1)
    one = desk("base_satisfaction = 0.9\n" + OPINIONS + AWARD + clause)
    tally = tally_of(one, **{part: [45, 45, 99, 99], whole: [50, 50, 100, 100]})
    found = money.cost_measures(one, tally)
    assert found["kpi_deduction_cny"] == pytest.approx(2000 * 0.05)


def test_clauses_add_up(desk):
    clauses = [("connect_rate", "month", 0.9, 0.5), ("connect_rate", "quarter", 0.9, 0.5)]
    found = costs(kept(desk, *clauses), [100, 0, 100, 0], [80, 0, 90, 0])
    assert found["kpi_deduction_cny"] == pytest.approx(200 + 200)


def test_clauses_cut_what_is_paid_up_to_the_budget(desk):
    clause = CLAUSE.format(measure="connect_rate", window="month", target=0.9, cap=1)
    budget = f"budget_cny = {1000 * 365 / 4}"  # half of what the answered would cost
    one = desk(priced("answered", "price_cny = 20", budget) + clause)
    found = costs(one, [100, 0, 30, 0], [70, 0, 30, 0])
    assert found["kpi_deduction_cny"] == pytest.approx(700 * 0.2)
    assert found["cost_cny"] == pytest.approx(1000 - 140)


# A roster's size --------------------------------------------------------------------------


def test_a_roster_is_that_of_a_year_however_long_the_horizon(desk):
    for days in (1, 4, 400):
        found = money.roster_of(desk(days=days), "outsourced")
        assert found == Roster(peak_seats=3, rostered_hours=13_140, filled_hours=YEAR_HOURS)


SHIFTS = """
[teams.more]
employment = "outsourced"
serves = ["phone"]
shifts = [
    { seats = 2, from = "20:00", to = "09:30" },
    { seats = 4.5, from = "20:00", to = "21:00", days = "sun" },
]
"""


def test_the_peak_counts_shifts_that_overlap_and_those_past_midnight(desk):
    found = money.roster_of(desk(SHIFTS), "outsourced")
    assert found.peak_seats == pytest.approx(6.5)  # on a Sunday evening; else 5 from 8:00
    assert found.rostered_hours == pytest.approx(13_140 + 2 * 13.5 * 365 + 4.5 * 52)
    without = desk(SHIFTS.replace("4.5", "0"))
    assert money.roster_of(without, "outsourced").peak_seats == pytest.approx(5)
    assert money.roster_of(without, "in_house") == Roster(0.0, 0.0, 0.0)


def test_who_comes_as_another_goes_takes_the_same_seat(desk):
    relief = SHIFTS.replace("09:30", "08:00").replace("4.5", "0")
    assert money.roster_of(desk(relief), "outsourced").peak_seats == 3


# From money to seats ----------------------------------------------------------------------

DESK = Roster(peak_seats=3, rostered_hours=13_140, filled_hours=YEAR_HOURS)


@pytest.mark.parametrize(
    ("name", "more", "award", "persons", "scale"),
    [
        ("in_house", "", 900_000, 8, 8 * 750 / YEAR_HOURS),
        ("outsourced", priced("award", "staff_share = 0.8"), 810_000, 10.8, 8100 / YEAR_HOURS),
        (
            "outsourced",
            priced("answered", "price_cny = 12", "staff_share = 0.8"),
            810_000,
            10.8,
            8100 / YEAR_HOURS,
        ),
        (
            "outsourced",
            priced("person_month", "price_cny = 6750"),
            810_000,
            10,
            7500 / YEAR_HOURS,
        ),
        (
            "outsourced",  # 7.5 seats, half of their time here: 3.75 for 3
            priced("seat_month", "price_cny = 9000"),
            810_000,
            1.25 * YEAR_HOURS / 750,
            1.25,
        ),
    ],
    ids=["in_house", "award", "answered", "person_month", "seat_month"],
)
def test_a_budget_leads_to_persons_and_seats_link_by_link(desk, name, more, award, persons, scale):
    one = desk(IN_HOUSE + more, employment="in_house")
    links = money.budget_links(one, name, 900_000)
    person_cny = {"in_house": 90_000, "outsourced": 60_000}[name]
    assert links.to_dict() == pytest.approx(
        {
            "budget_cny": 900_000,
            "award_cny": award,
            "staff_cny": persons * person_cny,
            "persons": persons,
            "productive_hours": persons * 1500,
            "answering_hours": persons * 750,
            "rostered_hours": 13_140 * scale,
            "scale": scale,
            "peak_seats": 3 * scale,
        }
    )


_share = st.floats(0.05, 1.0)
_cny = st.floats(100.0, 1e6)
_people = {
    "productive_hours_per_person_year": st.floats(100.0, 3000.0),
    "turnover_per_year": st.floats(0.0, 3.0),
    "hiring_cny": st.floats(0.0, 1e5),
    "training_cny": st.floats(0.0, 1e5),
    "staff_share": _share,
    "answering_share": _share,
}
_in_house = st.builds(
    InHouse,
    pay_cny_per_person_year=_cny,
    social_insurance_share=st.floats(0.0, 1.0),
    overhead_share=st.floats(0.0, 1.0),
    **_people,
)
_outsourced = st.builds(
    Outsourced,
    price=st.sampled_from(["award", "seat_month", "person_month", "answered"]),
    price_cny=_cny,
    award_over_budget=_share,
    cost_per_person_month_cny=_cny,
    **_people,
)
_rosters = st.builds(
    lambda peak, hours, filled: Roster(peak, peak * hours, peak * hours * filled),
    st.floats(0.1, 5000.0),
    st.floats(1.0, 8760.0),
    _share,
)


@given(st.floats(1.0, 1e9), _in_house | _outsourced, _rosters)
def test_money_to_seats_and_seats_to_money_invert_each_other(budget_cny, terms, roster):
    bought = affordable(budget_cny, terms, roster)
    back = needed(bought.scale, terms, roster)
    for link in fields(Links):
        ours, theirs = getattr(back, link.name), getattr(bought, link.name)
        assert ours == pytest.approx(theirs, rel=1e-9), link.name


@given(st.floats(1.0, 1e9), st.floats(1.01, 10.0), _in_house | _outsourced, _rosters)
def test_so_many_times_the_money_buys_so_many_times_the_seats(budget_cny, times, terms, roster):
    once = affordable(budget_cny, terms, roster)
    more = affordable(times * budget_cny, terms, roster)
    assert more.peak_seats == pytest.approx(times * once.peak_seats)


def test_the_steps_between_money_and_seats_are_functions_of_their_own(desk):
    one = desk(priced("award", "staff_share = 0.8"), employment="in_house")
    terms = one.employment.outsourced
    persons = money.persons_for(900_000, terms)
    hours = money.seat_hours_for(persons, terms)
    scale = money.scale_for(hours, DESK)
    assert (persons, hours) == pytest.approx((10.8, 8100))
    assert scale == pytest.approx(8100 / YEAR_HOURS)
    assert money.budget_for(scale * YEAR_HOURS, scale * 3, terms) == pytest.approx(900_000)


def test_by_the_seat_a_budget_buys_no_persons(desk):
    terms = desk(priced("seat_month", "price_cny = 9000")).employment.outsourced
    with pytest.raises(ValueError, match="seats, not persons"):
        money.persons_for(1e6, terms)


# A scenario that a budget pays for --------------------------------------------------------

NAMES = ("in_house", "outsourced")
CITY = IN_HOUSE + priced("award", "award_cny = 730_000", "staff_share = 0.8") + NIGHT


@pytest.mark.parametrize("name", NAMES)
def test_all_teams_work_under_the_employment_asked_for_their_shape_kept(desk, name):
    one = desk(CITY)
    made = money.with_budget(one, name, 2e6)
    links = money.budget_links(one, name, 2e6)
    assert {team.employment for team in made.teams.values()} == {name}
    seats = [shift.seats for team in made.teams.values() for shift in team.shifts]
    assert seats == pytest.approx([3 * links.scale, links.scale])
    assert money.roster_of(made, name).filled_hours == pytest.approx(links.answering_hours)
    assert money.links_of(made, name).budget_cny == pytest.approx(2e6)
    assert money.roster_of(one, name) != money.roster_of(made, name)  # the first is as it was


@pytest.mark.parametrize("name", NAMES)
def test_the_hours_bought_are_on_duty(desk, name):
    made = money.with_budget(desk(CITY, days=365), name, 2e6)
    duty = Staffing(made, Streams(1, 0)).duty(0, 365)
    hours = float((duty.off_s - duty.on_s).sum()) / HOUR_S
    assert hours == pytest.approx(money.budget_links(desk(CITY), name, 2e6).answering_hours, abs=24)
    assert duty.off_s.max() > 364 * DAY_S


@pytest.mark.parametrize("name", NAMES)
def test_what_a_budget_pays_for_costs_it(desk, name):
    made = money.with_budget(desk(CITY, days=365, start="2025-01-01"), name, 2e6)
    spent = 2e6 if name == "in_house" else 0.9 * 2e6
    assert costs(made)["cost_cny"] == pytest.approx(spent)
    assert made.provenance["teams.desk.shifts.0.seats"].kind is Origin.ASSUMED
    assert "2,000,000" in made.provenance[f"employment.{name}.budget_cny"].note


def test_seats_bought_by_the_month_cost_what_they_were_bought_for(desk):
    one = desk(priced("seat_month", "price_cny = 9000"), days=365, start="2025-01-01")
    assert costs(money.with_budget(one, "outsourced", 2e6))["cost_cny"] == pytest.approx(0.9 * 2e6)


def test_a_scenario_made_for_a_budget_runs_and_more_money_answers_more(desk):
    poor, rich = (money.with_budget(desk(CITY), "outsourced", cny) for cny in (3e5, 3e6))
    rates = [run(one, replications=2, jobs=1).measures["connect_rate"] for one in (poor, rich)]
    assert rates[0].high < rates[1].low


@pytest.mark.parametrize(
    ("more", "name", "lacking"),
    [
        ("", "in_house", ["in_house"]),
        (
            IN_HOUSE.replace("staff_share = 0.8\n", "budget_cny = 1e6\n"),
            "in_house",
            ["staff_share"],
        ),
        (AWARD.replace("answering_share = 0.5\n", ""), "outsourced", ["staff_", "answering_"]),
        (
            priced("seat_month", "price_cny = 9").replace("award_over_budget = 0.9\n", ""),
            "outsourced",
            ["award_over_budget"],
        ),
    ],
)
def test_a_link_that_is_missing_is_asked_for(desk, more, name, lacking):
    with pytest.raises(ScenarioError) as caught:
        money.with_budget(desk(more), name, 1e6)
    assert len(caught.value.faults) == len(lacking)
    for fault, key in zip(caught.value.faults, lacking):
        assert f"employment.{name}" in fault.key
        assert key in fault.key
        for lang in messages.LANGUAGES:
            assert "\n" not in fault.text(lang)


@pytest.mark.parametrize("budget", [0, -1, math.inf, math.nan])
def test_a_budget_is_an_amount_above_0(desk, budget):
    with pytest.raises(ValueError, match="budget_cny = "):
        money.with_budget(desk(CITY), "in_house", budget)


def test_a_budget_past_all_seats_is_refused(desk):
    with pytest.raises(ValueError, match="more than 100000 seats"):
        money.with_budget(desk(CITY), "in_house", 1e12)


def test_without_seats_there_is_no_shape_to_scale(desk):
    for price in (("award", "staff_share = 0.8", "award_cny = 1"), ("seat_month", "price_cny = 9")):
        one = desk(priced(*price), "teams.desk.shifts.0.seats=0")
        with pytest.raises(ValueError, match="no shape"):
            money.with_budget(one, "outsourced", 1e6)


# What is shown of it ----------------------------------------------------------------------


def test_a_run_shows_what_its_roster_needs_in_either_language(desk):
    one = desk(IN_HOUSE + priced("answered", "price_cny = 12", "staff_share = 0.8") + NIGHT)
    tables = [reports.links_table(one, lang) for lang in messages.LANGUAGES]
    assert tables[0].heads[1:] == ("in-house", "outsourced")
    assert tables[0].rows[1][1:] == ("4,380", "13,140")  # rostered: of the night, of the desk
    assert tables[0].rows[4][1:] == ("5.8", "13.1")  # persons
    assert tables[0].rows[-1][1:] == ("657,000", f"{PERSONS * 60_000 / 0.8 / 0.9:,.0f}")
    assert [row[1:] for row in tables[0].rows] == [row[1:] for row in tables[1].rows]
    assert all(a[0] != b[0] for a, b in zip(tables[0].rows, tables[1].rows))


def test_where_a_link_is_not_stated_nothing_is_shown_of_it(desk):
    one = desk(IN_HOUSE + AWARD + NIGHT)  # the contract lacks its staff_share
    assert set(money.known_links(one)) == {"in_house"}
    unstaffed = desk(IN_HOUSE + AWARD + NIGHT, "teams.night.shifts.0.seats=0")
    assert money.known_links(unstaffed) == {}
    assert reports.links_table(unstaffed, "en").rows == ()


def test_the_result_of_a_run_holds_the_links(desk):
    result = run(desk(IN_HOUSE, employment="in_house"), replications=2, jobs=1)
    assert result.to_dict()["links"]["in_house"]["persons"] == pytest.approx(PERSONS)


def test_a_contract_without_a_printed_award_costs_what_its_roster_needs(desk):
    one = desk(priced("award", "staff_share = 0.5"), employment="outsourced", days=365)
    needed = money.links_of(one, "outsourced").award_cny if _budgeted(one) else None
    cost = costs(one)["cost_cny"]
    hours = money.roster_of(one, "outsourced").filled_hours
    terms = one.employment.outsourced
    persons = hours / terms.productive_hours_per_person_year / terms.answering_share
    assert cost == pytest.approx(persons * money.person_year_cny(terms) / 0.5)
    assert needed is None or cost == pytest.approx(needed)


def _budgeted(one):
    return one.employment.outsourced.award_over_budget is not None


# What is refused --------------------------------------------------------------------------


def faulty(desk, more, employment="outsourced"):
    """Return what is told of a desk, as the fault and its key."""
    with pytest.raises(ScenarioError) as caught:
        desk(more, employment=employment)
    for lang in messages.LANGUAGES:
        assert len(caught.value.text(lang).splitlines()) == len(caught.value.faults)
    return [brief(fault).removeprefix("employment.") for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (priced("award"), ["outsourced award_or_budget"]),
        (priced("award", "budget_cny = 0"), ["outsourced.budget_cny more_than"]),
        (
            priced("award", "award_cny = 1", "price_cny = 9"),
            ["outsourced.price_cny not_with_price"],
        ),
        (priced("seat_month"), ["outsourced.price_cny missing"]),
        (
            priced("seat_month", "price_cny = 9").replace("answering_share = 0.5\n", ""),
            ["outsourced.answering_share missing"],
        ),
        (
            priced("person_month", "price_cny = 9", "award_cny = 1", "staff_share = 0.5"),
            ["outsourced.award_cny not_with_price", "outsourced.staff_share not_with_price"],
        ),
        (
            priced("answered", "price_cny = 9", "award_cny = 1"),
            ["outsourced.award_cny not_with_price"],
        ),
        (priced("answered", "price_cny = -9"), ["outsourced.price_cny more_than"]),
        (priced("answerd", "price_cny = 9"), ["outsourced.price one_of → answered"]),
        (AWARD + "award_over_bugdet = 1\n", ["outsourced.award_over_bugdet no_such_key"]),
        (
            AWARD + CLAUSE.format(measure="service_level", window="day_24h", target=0.9, cap=1),
            ["outsourced.kpi.0.measure kpi_24h"],
        ),
        (
            AWARD + CLAUSE.format(measure="satisfaction_rate", window="month", target=0.9, cap=1),
            ["outsourced.kpi.0.measure satisfaction_off"],
        ),
        (
            AWARD + CLAUSE.format(measure="within_deadline_rate", window="month", target=1, cap=1),
            ["outsourced.kpi.0.measure no_deadline"],
        ),
        (
            AWARD + CLAUSE.format(measure="connect_rat", window="week", target=95, cap=1.5),
            [
                "outsourced.kpi.0.window one_of",
                "outsourced.kpi.0.target at_most",
                "outsourced.kpi.0.cap at_most",
                "outsourced.kpi.0.measure no_such_rate → connect_rate",
                "outsourced.kpi caps_past_1",
            ],
        ),
        (
            AWARD + 2 * CLAUSE.format(measure="connect_rate", window="month", target=1, cap=0.6),
            ["outsourced.kpi caps_past_1"],
        ),
        (AWARD + "kpi = 3\n", ["outsourced.kpi list"]),
    ],
)
def test_terms_that_cannot_be_are_refused_a_line_each(desk, more, told):
    found = faulty(desk, more)
    assert [line.partition(" → ")[0] for line in found] == [t.partition(" → ")[0] for t in told]
    assert all(line in found for line in told if "→" in line)


def test_the_citys_own_terms_need_shares_or_a_budget(desk):
    bare = IN_HOUSE.replace("staff_share = 0.8\nanswering_share = 0.5\n", "")
    told = ["in_house.staff_share missing", "in_house.answering_share missing"]
    assert faulty(desk, bare, employment="in_house") == told
    desk(bare + "budget_cny = 1e6\n", employment="in_house")
    desk(bare)  # nobody works under them


def test_a_contract_nobody_works_under_needs_no_award(desk):
    desk(priced("award"), employment="in_house")


def test_the_line_says_place_found_and_wanted(write_scenario, smallest):
    text = smallest.replace("in_house", "outsourced") + priced("seat_month", "price_cny = 9")
    path = write_scenario(text + "staff_share = 0.5\n")
    assert lines_of(path) == [
        'employment.outsourced.staff_share: has no effect when price is "seat_month"'
    ]
    (fault,) = error_of(path).faults
    assert fault.text("zh").endswith('price 为 "seat_month" 时不起作用')


# Files ------------------------------------------------------------------------------------


def test_a_file_that_names_a_price_replaces_the_contract_it_extends(write_scenario):
    contract = """
    [employment.outsourced]
    price = "seat_month"
    price_cny = 9000
    answering_share = 1
    cost_per_person_month_cny = 5000
    productive_hours_per_person_year = 1500
    """
    one = load(write_scenario('format = 1\nextends = "nanning-after"\n' + contract))
    assert one.employment.outsourced.award_cny is None
    assert one.employment.outsourced.staff_share is None
    assert one.employment.in_house == load("nanning-after").employment.in_house


def test_a_file_that_names_no_price_changes_the_contract_it_extends(write_scenario):
    contract = "[employment.outsourced]\nanswering_share = 0.4\n"
    one = load(write_scenario('format = 1\nextends = "nanning-after"\n' + contract))
    there = load("nanning-after").employment.outsourced
    assert one.employment.outsourced == there.model_copy(update={"answering_share": 0.4})


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("employment", NAMES)
def test_the_starters_example_of_terms_works_when_uncommented(write_scenario, lang, employment):
    text = starter("Guilin", lang).replace(
        'employment = "in_house"', f'employment = "{employment}"'
    )
    head, mark, terms = text.partition("# [employment.in_house]")
    terms, published, tail = terms.partition("# [published]")
    lines = (mark + terms).splitlines()
    terms = "\n".join(line.removeprefix("# ").removeprefix("#") for line in lines)
    path = write_scenario(f"{head}{terms}\n{published}{tail}")
    one = scenario.load(path, overrides=["horizon.days=2", "horizon.warm_up_days=0"])
    found = run(one, replications=2, jobs=1).measures
    assert found["cost_cny"].mean > 0
    assert ("kpi_deduction_cny" in found) == (employment == "outsourced")
    assert money.with_budget(one, employment, 1e6).teams != one.teams
