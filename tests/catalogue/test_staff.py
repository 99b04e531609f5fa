"""Persons, seats and money of the shipped scenarios, held against all that is printed of them.

What a scenario's staff comes to (``money.whole_staff_of``) must be equal to what is printed, or at
most or at least that, or the file must say that it does not agree. The figures are those of
facts.py, written from the documents.
"""

import tomllib
from functools import cache

import facts
import pytest

from hotline_sim import money, scenario
from hotline_sim.domain import KNOWN
from hotline_sim.experiments import run
from hotline_sim.scenario.roles import roles_of

loaded = cache(scenario.load)
CLOSE = 1e-6  # relative: seats on a roster are kept to 9 digits
ROUNDED = 1e-3  # relative: a formula may round the hours that it names

NANNING, DONGGUAN, MEIZHOU = (
    facts.PUBLISHED[name] for name in ("nanning-after", "dongguan-2024", "meizhou-2024")
)
GUANGZHOU = facts.PUBLISHED["guangzhou-2023-2025"]
BUDGET, AWARD = "employment.outsourced.budget_cny", "employment.outsourced.award_cny"
A_DAYS_SEATS = facts.PUBLISHED["liaocheng-one-day"]["printed.seats"][0]


def hefei(state):
    found = facts.PUBLISHED[f"hefei-2018-{state}"]
    return {
        "persons": ("equal", found["printed.agents"][0]),
        "peak_seats": ("at most", found["printed.seats"][0]),
    }


def liaocheng(budget, award):
    return {"award_cny": ("at most", award or budget), "peak_seats": ("at most", A_DAYS_SEATS)}


# Which number of the staff must compare how with what is printed of it.
PRINTED = {
    "nanning-after": {
        "award_cny": ("at most", NANNING[AWARD][0]),
        "peak_seats": ("at most", NANNING["printed.seats_late"][0]),
    },
    **{f"hefei-2018-{state}": hefei(state) for state in ("before", "merged", "hired")},
    "hefei-2018-base": {"peak_seats": ("at most", 40)},
    "guangzhou-2023-2025": {
        "persons": ("at least", GUANGZHOU["printed.agents"][0]),
        "budget_cny": ("at most", GUANGZHOU["printed.budget_three_years_cny"][0] / 3),
    },
    "dongguan-2024": {"budget_cny": ("at most", DONGGUAN[BUDGET][0])},
    "meizhou-2024": {"budget_cny": ("at most", MEIZHOU[BUDGET][0])},
    **{f"liaocheng-{year}": liaocheng(*tender) for year, tender in facts.TENDERS.items()},
    "liaocheng-one-day": {
        "peak_seats": ("equal", A_DAYS_SEATS),
        "award_cny": ("not at most", max(budget for budget, _ in facts.TENDERS.values())),
    },
}
# What a file says of a figure that does not agree, in its `unknown`.
SAID = {"liaocheng-one-day": ("does not agree with the money", "与经费不符")}


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, row in PRINTED.items() for number in row]
)
def test_a_scenarios_staff_agrees_with_what_is_printed_or_its_file_says_that_not(name, number):
    how, printed = PRINTED[name][number]
    found = getattr(money.whole_staff_of(loaded(name)), number)
    if how == "equal":
        assert found == pytest.approx(printed, rel=CLOSE)
    elif how == "at most":
        assert found <= printed * (1 + ROUNDED)
    elif how == "at least":
        assert found >= printed * (1 - CLOSE)
    else:
        assert found > printed * (1 + ROUNDED)
        unknown = loaded(name).unknown
        english, chinese = SAID[name]
        assert english in unknown.en
        assert chinese in unknown.zh


def test_every_scenario_of_which_persons_seats_or_money_are_printed_is_held_against_them():
    ends = (".agents", ".seats", ".seats_late", ".award_cny", ".budget_cny")
    for name in scenario.catalogue():
        known = {key for key, one in loaded(name).provenance.items() if one.kind in KNOWN}
        if any(key.endswith(ends) for key in known if not key.startswith("teams.")):
            assert name in PRINTED, name


@pytest.mark.parametrize("year", facts.TENDERS)
def test_liaochengs_persons_are_those_whom_the_award_pays(year):
    budget, award = facts.TENDERS[year]
    paid = award or budget * 0.997
    staff = money.whole_staff_of(loaded(f"liaocheng-{year}"))
    assert staff.persons is not None
    assert staff.award_cny == pytest.approx(paid, rel=CLOSE)
    assert staff.persons == pytest.approx(paid * 0.75 / 62_400, rel=CLOSE)
    more = scenario.load(f"liaocheng-{year}", overrides=[f"{AWARD}={2 * paid}"])
    assert money.whole_staff_of(more).persons == pytest.approx(2 * staff.persons, rel=CLOSE)


def test_guangzhous_agents_cost_less_than_a_tier_1_city_is_otherwise_assumed_to_pay():
    city = loaded("guangzhou-2023-2025")
    cost = city.employment.outsourced.cost_per_person_month_cny
    assert cost == pytest.approx(155_534_300 * 0.997 * 0.75 / 12 / 1000)
    key = "employment.outsourced.cost_per_person_month_cny"
    note = city.provenance[key].note
    dearer = scenario.load(city.name, overrides=[f"{key}=11000"])
    budget_cny = money.whole_staff_of(dearer).budget_cny
    assert budget_cny is not None
    assert budget_cny > 155_534_300
    paid = 155_534_300 * 0.997 * 0.75 / 12 / 11_000
    assert f"11,000 otherwise assumed of a tier 1 city would pay {paid:.0f}" in note
    assert "does not agree with over 1,000" in note


def own_files(city):
    return [
        tomllib.loads(path.read_text("utf-8"))
        for name, path in scenario.catalogue().items()
        if name.startswith(f"{city}-")
    ]


@pytest.mark.parametrize(
    "city", ["dongguan", "guangzhou", "hefei", "liaocheng", "meizhou", "qinhuangdao"]
)
def test_the_share_of_time_that_answers_is_each_citys_own(city):
    shares = [
        terms["answering_share"]
        for file in own_files(city)
        for terms in file.get("employment", {}).values()
        if "answering_share" in terms
    ]
    assert shares
    for share in shares:
        low, high = share["range"]
        assert low <= share["value"] <= high
    for name in scenario.cities()[city].scenarios:
        found = loaded(name).employment.outsourced.answering_share
        assert found in [share["value"] for share in shares]


# The people behind the calls -----------------------------------------------------------------


def people_a_year(name):
    per_day = loaded(name).channels["phone"].people_per_day
    assert per_day is not None
    return per_day * 365


def by_hand(contacts, connect_rate, chats):
    """Return people: contacts less redials, repeats, and those who wrote first and then ring."""
    c = float(connect_rate)
    again = float(facts.REDIAL) * (1 - c) + float(facts.REPEAT) * c
    return contacts * (1 - again) - 0.3 * (1 - c) * chats


@pytest.mark.parametrize(("year", "rate"), [(2021, 0.70), (2022, 0.80), (2023, 0.90), (2024, 0.99)])
def test_qinhuangdaos_people_are_those_behind_its_answered_calls(year, rate):
    name = f"qinhuangdao-{year}"
    days = 366 if year == 2024 else 365
    answered = facts.ANSWERED[year] * 365 / days
    expected = by_hand(answered / rate, rate, chats=answered * 0.09 / 0.85)
    assert people_a_year(name) == pytest.approx(expected, rel=1e-4)
    fewer = scenario.load(name, overrides=["teams.day.seats=3"])
    assert fewer.channels["phone"].people_per_day == loaded(name).channels["phone"].people_per_day


def test_liaochengs_volume_is_one_days_calls_for_a_year():
    offered = float(facts.OFFERED_THAT_DAY) * 365
    expected = by_hand(offered, 0.98, chats=offered * 0.98 * 0.09 / 0.85)
    for name in ("liaocheng-base", "liaocheng-2024", "liaocheng-one-day"):
        assert people_a_year(name) == pytest.approx(expected, rel=1e-4)


def test_the_volume_where_a_budget_is_all_that_is_printed_is_nannings_by_the_money():
    answered, budget = NANNING["published.answered"][0], NANNING[BUDGET][0]
    for name, printed in (("dongguan-2024", DONGGUAN), ("meizhou-2024", MEIZHOU)):
        expected = answered * printed[BUDGET][0] / budget
        assert loaded(name).channels["phone"].answered_per_year == pytest.approx(expected)


def test_the_calls_after_hefeis_merger_are_the_same_with_41_agents_and_with_100():
    merged, hired = loaded("hefei-2018-merged"), loaded("hefei-2018-hired")
    assert merged.channels == hired.channels


# What a row beside the simulated one can prove -------------------------------------------------


def test_no_published_figure_of_these_cities_is_said_to_be_predicted():
    fitted, assumed = "fitted", "assumed_from"
    expected = {
        "hefei-2018-before": {"connect_rate": fitted},
        "hefei-2018-merged": {"connect_rate": fitted},
        "hefei-2018-hired": {},
        "qinhuangdao-2021": {"answered": fitted, "connect_rate": fitted},
        "qinhuangdao-2022": {"answered": fitted},
        "qinhuangdao-2023": {"answered": fitted},
        "qinhuangdao-2024": {"answered": fitted, "connect_rate": fitted},
        "liaocheng-one-day": {"connect_rate": assumed},
    }
    for name, roles in expected.items():
        assert {key: role.value for key, role in roles_of(loaded(name)).items()} == roles, name


@pytest.mark.parametrize("name", ["hefei-2018-before", "hefei-2018-merged"])
def test_hefeis_fitted_volume_gives_the_printed_connect_rate(name):
    found = run(name, replications=8, seed=12345, engine="compiled", jobs=1)
    rate = found.measures["connect_rate"]
    assert rate.mean == pytest.approx(loaded(name).published["connect_rate"], abs=0.01)
