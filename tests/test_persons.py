"""Teams given in persons: from persons to seats, and back, and what a scenario's staff comes to.

By hand: 12 persons × 1,500 productive hours × half of them on these channels are 9,000 hours on
duty a year.
"""

import numpy as np
import pytest
from duties import duty_of, seats_on_duty
from hypothesis import given
from hypothesis import strategies as st
from mistakes import brief, error_of

from hotline_sim import budget, load, messages, money, reports, run
from hotline_sim.domain import HALF_HOURS
from hotline_sim.experiments import drawn_set
from hotline_sim.reports import pages
from hotline_sim.scenario import rules

TERMS = """
[employment.in_house]
pay_cny_per_person_year = 60_000
social_insurance_share = 0.3
overhead_share = 0.2
productive_hours_per_person_year = 1500
staff_share = 0.8
answering_share = 0.5
[employment.outsourced]
cost_per_person_month_cny = 5000
productive_hours_per_person_year = 1500
answering_share = 0.5
award_over_budget = 0.9
staff_share = 0.8
"""
ROUND_THE_CLOCK = 'shifts = [{ seats = 1, from = "00:00", to = "24:00" }]\n'
OFFICE_AND_EVENING = """
shifts = [
    { seats = 4, from = "08:00", to = "18:00", days = "workdays" },
    { seats = 2, from = "18:00", to = "23:00" },
]
"""
CURVE = f"seats = {[0] * 8 + [4] * 10 + [1] * 6}\n"
BY_DAYS = f"seats = {{ workdays = {[0] * 8 + [4] * 10 + [1] * 6}, restdays = {[1] * 24} }}\n"
DEMAND = 'roster = "demand"\nopen = { from = "08:00", to = "20:00" }\n'
HILL = "[demand]\nhour_weights = " + str([1] * 8 + [3, 5, 6, 5, 3, 3, 5, 5, 4, 3, 2, 2] + [1] * 4)
SHAPES = [ROUND_THE_CLOCK, OFFICE_AND_EVENING, CURVE, BY_DAYS, DEMAND]


@pytest.fixture(scope="module")
def staff(load_text, smallest):
    """Return a scenario whose one team is written so, and further text."""

    def load_(desk, more="", *overrides, employment="in_house"):
        head = smallest.partition("[teams.desk]")[0].replace("days = 1", "days = 28")
        team = f'[teams.desk]\nemployment = "{employment}"\nserves = ["phone"]\n{desk}\n'
        return load_text("\n".join([head, HILL, team, TERMS, more]), *overrides)

    return load_


def size(scenario, employment="in_house"):
    return money.roster_of(scenario, employment)


# From persons to seats --------------------------------------------------------------------


def test_persons_are_as_many_seats_as_their_hours_fill_by_hand(staff):
    one = staff(ROUND_THE_CLOCK + "persons = 12")
    assert size(one).filled_hours == pytest.approx(9000)
    assert size(one).peak_seats == pytest.approx(9000 / 8760)


def test_planned_absence_absence_and_turnover_make_more_of_the_roster(staff):
    more = "persons = 12\nshrinkage = 0.25\nabsence_share = 0.2"
    keys = ("turnover_per_year=0.5", "hiring_days=73", "training_days=73")
    one = staff(ROUND_THE_CLOCK + more, "", *(f"employment.in_house.{key}" for key in keys))
    there = np.exp(-0.5 * 73 / 365) / (1 + 0.5 * 73 / 365)
    assert size(one).filled_hours == pytest.approx(9000)
    assert size(one).rostered_hours == pytest.approx(9000 / (0.75 * 0.8 * there))


def test_breaks_make_more_of_the_roster(staff):
    shift = '{ seats = 1, from = "08:00", to = "18:00", breaks = [LUNCH] }'
    lunch = '{ minutes = 60, from = "11:30", to = "14:00" }'
    one = staff(f"shifts = [{shift.replace('LUNCH', lunch)}]\npersons = 12")
    assert size(one).peak_seats == pytest.approx(9000 / (9 * 365))
    one = staff(f"seats = {[0] * 8 + [1] * 10 + [0] * 6}\nbreaks = [{lunch}]\npersons = 12")
    assert size(one).peak_seats == pytest.approx(9000 / (9 * 365))


def test_the_roster_keeps_the_shape_of_its_shifts_or_its_curve(staff):
    # The 365 days from 4 March 2024, a Monday, have 261 Mondays to Fridays.
    one = staff(OFFICE_AND_EVENING + "persons = 12")
    assert size(one).peak_seats == pytest.approx(4 * 9000 / (4 * 10 * 261 + 2 * 5 * 365))
    one = staff(CURVE + "persons = 12")
    assert size(one).peak_seats == pytest.approx(4 * 9000 / (46 * 365))
    duty = duty_of(one, 0, 280)
    on_duty = seats_on_duty(duty, 0, 280).reshape(280, HALF_HOURS).mean(0)
    assert on_duty[16:36] == pytest.approx(4 * 9000 / (46 * 365), abs=0.01)
    assert on_duty[36:] == pytest.approx(9000 / (46 * 365), abs=0.01)


def test_a_roster_by_demand_finds_its_peak_from_the_persons(staff):
    weights = [3, 5, 6, 5, 3, 3, 5, 5, 4, 3, 2, 2]
    one = staff(DEMAND + "persons = 12")
    assert size(one).peak_seats == pytest.approx(6 * 9000 / (sum(weights) * 365))
    one = staff(DEMAND + "persons = 12\nfewest = 2")
    peak = size(one).peak_seats
    assert sum(max(peak * w / 6, 2) for w in weights) * 365 == pytest.approx(9000)
    assert size(one).filled_hours == pytest.approx(9000)


def test_persons_too_few_for_the_fewest_seats_are_spread_evenly(staff):
    one = staff(DEMAND + "persons = 12\nfewest = 8")
    assert size(one).peak_seats == pytest.approx(9000 / (12 * 365))
    assert size(one).filled_hours == pytest.approx(9000)


@given(
    st.sampled_from(SHAPES),
    st.integers(5, 5000).map(lambda tenths: tenths / 10),
    st.sampled_from(["", "shrinkage = 0.3\n", "absence_share = 0.1\n"]),
    st.sampled_from(["in_house", "outsourced"]),
)
def test_persons_to_seats_and_back_are_the_same_persons(staff, shape, persons, more, employment):
    one = staff(f"{shape}{more}persons = {persons}", employment=employment)
    assert money.links_of(one, employment).persons == pytest.approx(persons, rel=1e-6)
    bought = money.budget_links(one, employment, money.links_of(one, employment).budget_cny)
    assert bought.scale == pytest.approx(1)
    assert bought.persons == pytest.approx(persons, rel=1e-6)


def test_seats_found_from_persons_play_as_those_seats_written_down(staff):
    one = staff(OFFICE_AND_EVENING + "persons = 12\nshrinkage = 0.3")
    seats = money.roster_of(one, "in_house").peak_seats
    other = staff(OFFICE_AND_EVENING + f"seats = {seats}\nshrinkage = 0.3")
    assert rules(one).team_of_seat == rules(other).team_of_seat
    for column in ("seat", "on_s", "off_s"):
        mine, its = (getattr(duty_of(s, 0, 28), column) for s in (one, other))
        np.testing.assert_array_equal(mine, its)
    assert duty_of(one, 0, 28).paid_s == pytest.approx(duty_of(other, 0, 28).paid_s)


def test_posts_are_so_many_persons_each(staff):
    one = staff(CURVE + "posts = 6\npersons_per_post = 2.0")
    assert size(one) == size(staff(CURVE + "persons = 12"))


def test_each_team_has_its_own_persons(staff):
    night = '[teams.night]\nemployment = "in_house"\nserves = ["phone"]\npersons = 3\n'
    one = staff(CURVE + "persons = 12", night + ROUND_THE_CLOCK)
    assert money.links_of(one, "in_house").persons == pytest.approx(15)
    assert size(one).filled_hours == pytest.approx(15 * 750)


# Persons as a number like others ----------------------------------------------------------


def test_persons_may_be_set_drawn_and_bought(staff):
    ranged = 'persons = { value = 12, kind = "assumed", note = "n", range = [8, 20] }'
    one = staff(CURVE + ranged)
    more = one.with_values({"teams.desk.persons": 24})
    assert size(more).peak_seats == pytest.approx(2 * size(one).peak_seats)
    drawn = drawn_set(one, 8, seed=1, over=["teams.desk.persons"])
    persons = [drawn.row(i)["teams.desk.persons"] for i in range(8)]
    assert len(set(persons)) == 8
    hours = [size(drawn.scenario(i)).filled_hours for i in range(8)]
    assert hours == pytest.approx([750 * one for one in persons])


@pytest.mark.parametrize(
    "desk", [CURVE + "persons = 12", CURVE + "posts = 6\npersons_per_post = 2"]
)
@pytest.mark.parametrize("employment", ["in_house", "outsourced"])
def test_a_budget_buys_persons_for_a_team_that_is_given_in_persons(staff, desk, employment):
    one = staff(desk)
    cny = 2 * money.links_of(money.with_employment(one, employment), employment).budget_cny
    bought = money.with_budget(one, employment, cny)
    team = bought.teams["desk"]
    assert (team.persons or 2 * (team.posts or 0)) == pytest.approx(24)
    assert money.links_of(bought, employment).budget_cny == pytest.approx(cny)
    assert seats_on_duty(duty_of(bought, 0, 7), 0, 7).sum() / 2 == pytest.approx(
        7 * 24 * 750 / 365, rel=0.02
    )


def test_the_frontier_of_a_team_in_persons_does_not_draw_them(staff):
    ranged = 'persons = { value = 12, kind = "assumed", note = "n", range = [1, 99] }'
    talk = 'channels.phone.talk.mean_s={ value = 240, kind = "assumed", range = [200, 300] }'
    one = staff(CURVE + ranged, "", "horizon.days=2", talk)
    found = budget(one, from_cny=1e6, to_cny=1e6, draws=2, replications=2, jobs=1)
    assert {key for draw in found.drawn for key in draw} == {"channels.phone.talk.mean_s"}


# What is refused --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("desk", "terms", "told"),
    [
        (ROUND_THE_CLOCK + "persons = 3\nseats = 2", TERMS, ["teams.desk.persons size_twice"]),
        (
            DEMAND + "persons = 3\nposts = 2\npersons_per_post = 2",
            TERMS,
            ["teams.desk.posts size_twice"],
        ),
        ("persons = 3", TERMS, ["teams.desk.persons nothing_to_scale"]),
        (f"seats = {[0] * 24}\npersons = 3", TERMS, ["teams.desk.persons nothing_to_scale"]),
        (CURVE + "persons = 0", TERMS, ["teams.desk.persons more_than"]),
        (CURVE + "posts = 3", TERMS, ["teams.desk.persons_per_post missing"]),
        (CURVE + "persons_per_post = 2", TERMS, ["teams.desk.persons_per_post no_posts"]),
        (CURVE + "persons = 3", "", ["employment.in_house persons_need_terms"]),
        (
            CURVE + "persons = 3",
            "[employment.in_house]\npay_cny_per_person_year = 1\nbudget_cny = 9\n"
            "social_insurance_share = 0\noverhead_share = 0\n"
            "productive_hours_per_person_year = 9\n",
            ["employment.in_house.answering_share persons_need_link"],
        ),
        (
            CURVE + "persons = 3",
            "[employment.in_house]\npay_cny_per_person_year = 1\nbudget_cny = 9\n"
            "social_insurance_share = 0\noverhead_share = 0\n",
            [
                "employment.in_house.productive_hours_per_person_year missing",
                "employment.in_house.answering_share persons_need_link",
            ],
        ),
    ],
)
def test_persons_that_cannot_be_seats_are_refused_with_each_missing_link(
    write_scenario, smallest, desk, terms, told
):
    head = smallest.partition("[teams.desk]")[0]
    team = f'[teams.desk]\nemployment = "in_house"\nserves = ["phone"]\n{desk}\n'
    faults = error_of(write_scenario(head + team + terms)).faults
    assert [brief(fault) for fault in faults] == told


def test_another_size_replaces_that_of_the_file_it_extends(write_scenario):
    text = (
        f'format = 1\nextends = "first-day"\n{TERMS}[teams.desk]\nposts = 3\npersons_per_post = 2\n'
    )
    base = write_scenario(text, name="base.toml")

    def over(more):
        text = f'format = 1\nextends = "{base.name}"\n[teams.desk]\n{more}\n'
        team = load(write_scenario(text, name="above.toml")).teams["desk"]
        return team.seats, team.persons, team.posts, team.persons_per_post

    assert over("") == (None, None, 3, 2)
    assert over("persons = 9") == (None, 9, None, None)
    assert over("seats = 4") == (4, None, None, None)
    assert over("posts = 5") == (None, None, 5, 2)


def test_a_scenario_in_persons_runs_in_both_engines_alike(staff):
    one = staff(CURVE + "persons = 40\nshrinkage = 0.3", "", "horizon.days=3")
    found = [run(one, replications=2, jobs=1, engine=engine) for engine in ("compiled", "simpy")]
    for name in ("answered", "abandoned", "cost_cny", "occupancy"):
        assert found[0].measures[name].replications == found[1].measures[name].replications
    assert found[0].measures["answered"].mean > 0
    assert found[0].measures["cost_cny"].mean == pytest.approx(40 * 90_000 / 0.8 * 3 / 365)
    duty_hours = found[0].by_team["desk"]["duty_hours"].mean
    assert duty_hours == pytest.approx(40 * 750 / 365 * 3, rel=0.05)


# What the staff comes to ------------------------------------------------------------------
NIGHT = """
[teams.night]
title = { en = "night team", zh = "夜班" }
employment = "outsourced"
serves = ["phone"]
shifts = [{ seats = 2, from = "20:00", to = "08:00" }]
shrinkage = 0.25
"""


def test_a_staff_comes_to_seats_hours_persons_and_cost_by_hand(staff):
    one = staff(CURVE + "persons = 12", NIGHT)
    each, whole = money.staff_of(one), money.whole_staff_of(one)
    day, night = each["desk"], each["night"]
    night_persons = 0.75 * 2 * 12 * 365 / 750
    day_cny, night_cny = 12 * 90_000, night_persons * 60_000
    assert day.persons == pytest.approx(12)
    assert day.staff_cny == pytest.approx(day_cny)
    assert day.on_duty_hours_per_week == pytest.approx(9000 / 365 * 7)
    assert night.rostered_hours_per_week == pytest.approx(2 * 12 * 7)
    assert night.persons == pytest.approx(night_persons)
    assert night.staff_cny == pytest.approx(night_cny)
    assert whole.persons == pytest.approx(12 + night_persons)
    assert whole.staff_cny == pytest.approx(day_cny + night_cny)
    assert whole.budget_cny == pytest.approx(day_cny / 0.8 + night_cny / 0.8 / 0.9)
    assert whole.award_cny == pytest.approx(day_cny / 0.8 + night_cny / 0.8)
    evening = 9000 / (46 * 365)  # a quarter of the day's seats, beside the night's from 20 h on
    assert whole.peak_seats == pytest.approx(max(4 * evening, evening + 2))


def test_where_a_link_is_not_stated_the_staff_has_no_persons_and_no_money(load_text, smallest):
    one = load_text(smallest)
    assert money.staff_of(one)["desk"].persons is None
    whole = money.whole_staff_of(one)
    assert (whole.peak_seats, whole.persons, whole.staff_cny, whole.budget_cny) == (
        3,
        None,
        None,
        None,
    )
    nobody = money.whole_staff_of(load_text(smallest, "teams.desk.shifts.0.seats=0"))
    assert (nobody.peak_seats, nobody.persons, nobody.staff_cny) == (0, 0, 0)


def test_the_whole_staff_needs_what_the_links_of_its_employments_need(staff):
    one = staff(OFFICE_AND_EVENING, NIGHT)
    links = money.known_links(one)
    whole = money.whole_staff_of(one)
    assert whole.budget_cny == pytest.approx(sum(link.budget_cny for link in links.values()))
    assert whole.persons == pytest.approx(sum(link.persons for link in links.values()))


def test_the_way_from_persons_to_seats_is_shown_in_either_language(staff):
    one = staff(CURVE + "posts = 6\npersons_per_post = 2", NIGHT)
    en, zh = (reports.staff_table(one, lang) for lang in messages.LANGUAGES)
    peak = 4 * 9000 / (46 * 365)
    assert en.rows[0] == (
        "desk",
        "6 posts of 2",
        "12.0",
        "1,500",
        "0.500",
        f"{9000 / 365 * 7:,.0f}",
        f"{9000 / 365 * 7:,.0f}",
        f"{peak:.1f}",
        "1,080,000",
    )
    assert [row[2:] for row in en.rows] == [row[2:] for row in zh.rows]
    assert [row[0] for row in en.rows] == ["desk", "night team", "all teams"]
    assert zh.rows[0][1] == "6个岗位，每岗2人"
    assert all(a != b for a, b in zip(en.heads, zh.heads, strict=True))


@pytest.mark.parametrize(("lang", "title"), [("en", "The staff: "), ("zh", "人员配置：")])
def test_show_prints_the_staff_and_so_does_run_of_a_team_in_persons(staff, lang, title):
    in_persons, in_seats = staff(CURVE + "persons = 12"), staff(OFFICE_AND_EVENING)

    def titles(page):
        return [block.title for block in page if isinstance(block, reports.Table)]

    for one, has in ((in_persons, True), (in_seats, False)):
        assert any(head.startswith(title) for head in titles(pages.scenario_blocks(one, lang)))
        result = run(one.with_values({"horizon.days": 1}), replications=2, jobs=1)
        assert any(head.startswith(title) for head in titles(pages.run_blocks(result, lang))) == has
    bare = staff("shifts = []")
    assert not any(head.startswith(title) for head in titles(pages.scenario_blocks(bare, lang)))
