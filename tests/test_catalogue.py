"""The shipped scenarios: every number has an origin, and none claims more than is known.

The numbers below were copied from the documents themselves (see scenarios/sources.toml), not
from the scenarios. A scenario that publishes another number, or derives one, adds it here.
"""

import datetime as dt
import tomllib
from fractions import Fraction
from functools import cache

import pytest

from hotline_sim import money, scenario
from hotline_sim.domain import Origin
from hotline_sim.scenario import values_of

NAMES = tuple(scenario.catalogue())
loaded = cache(scenario.load)

# ---- what is printed, by source: numbers and nothing else
NANNING_BEFORE = {
    "published.answered": 136_034,
    "published.connect_rate_monthly_mean": 0.30,  # about
    "published.participation_rate": 0.01,  # under
    "published.satisfaction_rate": 0.78,  # about
}
NANNING_AFTER = {
    "published.answered": 406_174,
    "published.connect_rate_monthly_mean": 0.9007,
    "published.participation_rate": 0.5434,
    "published.satisfaction_rate": 0.9768,
    "satisfaction.participation": 0.5434,
    "employment.outsourced.budget_cny": 12_012_200,
    "employment.outsourced.award_cny": 11_998_000,
    "printed.answered_growth_times": 2.38,  # wrong, but printed
    "printed.commendations": 369,
}
PRINTED = {
    "dahe-2024": {
        *NANNING_BEFORE.values(),
        *NANNING_AFTER.values(),
        *(9_600_000, 14_000_000, 13_959_663, 16_730_000, 16_693_615.85),  # Liaocheng
        *(15_890_000, 15_869_550, 16_665_264),
        *(466_602_900, 51_940_000, 3_420_000, 24),  # Guangzhou, Dongguan, Meizhou, Hefei's lines
    },
    "nanning-2026": {47, 0.7},
    "hefei-2018": {40, 41, 100, 0.96, 0.76},
    "qhd-2024": {302_000, 382_000, 553_000, 685_000, 0.70, 0.99, 26},
    "liaocheng-daily": {184, 218, 0.98, 71},
    "gz-2023": {36_497_900, 22_601_900},
    "gz-xinhua": {1000, 92, 6},
    "gbt-33358": {15, 0.95, 180, 86_400},
    "changsha-tender-2019": {2, 0.20, 0.95},
    "hangzhou-2020": {0.9484, 0.8894},
}

# ---- what is derived: the sum again, from printed numbers and the assumptions of the catalogue
REDIAL, REPEAT = Fraction("0.45"), Fraction("0.10")


def people(answered, connect_rate):
    """Return the cases behind so many answered calls: attempts less redials less repeats."""
    attempts = answered / connect_rate
    return float(attempts * (1 - REDIAL * (1 - connect_rate) - REPEAT * connect_rate))


LIAOCHENG = {  # award over budget, 2021 to 2024
    Fraction("13959663"): 14_000_000,
    Fraction("16693615.85"): 16_730_000,
    Fraction("15869550"): 15_890_000,
    Fraction("16665264"): 16_730_000,
}
AWARD_OVER_BUDGET = float(sum(award / budget for award, budget in LIAOCHENG.items()) / 4)

DERIVED = {  # the number and how coarsely it is rounded
    **{
        (name, "employment.outsourced.award_over_budget"): (AWARD_OVER_BUDGET, 0.001)
        for name in ("nanning-base", "nanning-before", "nanning-after", "province")
    },
    ("nanning-before", "channels.phone.cases_per_year"): (people(136_034, Fraction("0.30")), 1000),
    ("nanning-after", "channels.phone.cases_per_year"): (people(406_174, Fraction("0.9007")), 1000),
}


def numbers(name, *kinds):
    """Yield key, value and origin of a scenario's numbers."""
    values = values_of(loaded(name))
    for key, origin in loaded(name).provenance.items():
        if not kinds or origin.kind in kinds:
            yield key, values[key], origin


def bare_numbers(node, path=()):
    """Yield the keys of numbers that a file writes without an origin."""
    if isinstance(node, dict) and "value" not in node:
        for key, below in node.items():
            yield from bare_numbers(below, (*path, key))
    elif isinstance(node, list):
        for i, below in enumerate(node):
            yield from bare_numbers(below, (*path, i))
    elif isinstance(node, (int, float)) and path != ("format",):
        yield path


def twelve_months(start):
    return (start.replace(year=start.year + 1) - start).days


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_shipped_file_says_where_it_comes_from(name):
    text = scenario.catalogue()[name].read_text(encoding="utf-8")
    assert list(bare_numbers(tomllib.loads(text))) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_assumed_number_has_a_reason_and_a_range(name):
    for key, _, origin in numbers(name, Origin.ASSUMED):
        assert origin.note, key
        assert origin.range is not None, key
        low, high = origin.range
        assert low < high, key


@pytest.mark.parametrize("name", NAMES)
def test_a_published_or_derived_number_cites_a_source_that_exists(name):
    for key, _, origin in numbers(name, Origin.PUBLISHED, Origin.DERIVED):
        assert origin.source in scenario.sources(), key
        assert origin.note or origin.kind is Origin.PUBLISHED, key


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_published_that_was_not_printed(name):
    for key, value, origin in numbers(name, Origin.PUBLISHED):
        if key == "horizon.days":  # printed as from one month to another
            assert value == twelve_months(loaded(name).horizon.start)
        else:
            assert value in PRINTED[origin.source], f"{key} = {value}"


@pytest.mark.parametrize(
    ("name", "printed"), [("nanning-before", NANNING_BEFORE), ("nanning-after", NANNING_AFTER)]
)
def test_nannings_published_figures_are_those_printed_for_its_year(name, printed):
    published = {
        key: value
        for key, value, origin in numbers(name, Origin.PUBLISHED)
        if origin.source == "dahe-2024" and key != "horizon.days"
    }
    assert published.items() <= printed.items()
    assert {"answered", "connect_rate_monthly_mean"} <= set(loaded(name).published)


def test_every_derived_number_is_the_sum_it_claims_to_be():
    derived = {
        (name, key): value for name in NAMES for key, value, _ in numbers(name, Origin.DERIVED)
    }
    assert set(derived) == set(DERIVED)
    for place, value in derived.items():
        exact, rounded_to = DERIVED[place]
        assert abs(value - exact) <= rounded_to / 2, place


def test_the_sums_use_the_catalogues_own_redials_and_repeats():
    for name in ("nanning-before", "nanning-after"):
        shares = {
            row.after: row.probability
            for row in loaded(name).channels["phone"].next
            if row.to == "phone"
        }
        assert shares == {
            "abandoned": float(REDIAL),
            "blocked": float(REDIAL),
            "answered": float(REPEAT),
        }


def test_the_two_nanning_years_are_those_before_and_after_july_2020():
    before, after = loaded("nanning-before"), loaded("nanning-after")
    assert before.horizon.start == dt.date(2019, 7, 1)
    assert after.horizon.start == dt.date(2020, 7, 1)
    assert list(before.channels) == list(after.channels)


def person_months_cny(name):
    """Return what a person costs a month in-house and outsourced, as lowest, assumed, highest."""
    values, origins = values_of(loaded(name)), loaded(name).provenance
    own, contract = "employment.in_house", "employment.outsourced.cost_per_person_month_cny"
    pay = f"{own}.pay_cny_per_person_year"
    on_top = 1 + values[f"{own}.social_insurance_share"] + values[f"{own}.overhead_share"]
    pays = (origins[pay].range[0], values[pay], origins[pay].range[1])
    costs = (origins[contract].range[0], values[contract], origins[contract].range[1])
    return [pay * on_top / 12 for pay in pays], list(costs)


def test_a_person_month_of_nanning_costs_what_is_assumed_of_either_employment():
    in_house, outsourced = person_months_cny("nanning-base")
    assert in_house[0] == pytest.approx(5000, rel=0.01)
    assert 5000 < in_house[1] < 12_000
    assert in_house[2] == pytest.approx(12_000, rel=0.01)
    assert outsourced == [4500, 5200, 7000]


@pytest.mark.parametrize("employment", ["in_house", "outsourced"])
def test_nannings_productive_hours_and_turnover_are_those_assumed(employment):
    terms = getattr(loaded("nanning-base").employment, employment)
    origin = loaded("nanning-base").provenance
    hours = f"employment.{employment}.productive_hours_per_person_year"
    assert terms.productive_hours_per_person_year == 1400
    assert origin[hours].range == (1250, 1500)
    assert terms.kpi == () if employment == "outsourced" else terms.budget_cny is None
    turnover = origin[f"employment.{employment}.turnover_per_year"].range
    if employment == "outsourced":
        assert (terms.turnover_per_year, turnover) == (0.35, (0.20, 0.50))


def test_nannings_budget_buys_the_seats_that_were_simulated():
    links = money.budget_links(loaded("nanning-after"), "outsourced", 12_012_200)
    assert links.scale == pytest.approx(1.0, abs=0.02)
    # Answering, on all channels, against the phone alone: 15 to 20 % of the contract.
    hours_cny = links.answering_hours * 5200 * 12 / 1400
    assert 0.15 < hours_cny / links.award_cny < 0.25


def test_no_shipped_scenario_has_a_clause_that_nobody_published():
    for name in NAMES:
        contract = loaded(name).employment.outsourced
        assert contract is None or contract.kpi == (), name


def test_every_source_has_a_title_and_a_publisher():
    for source, entry in scenario.sources().items():
        assert entry["title"].strip(), source
        assert entry["publisher"].strip(), source


def test_the_catalogue_is_in_alphabetical_order_and_holds_no_sources():
    assert list(NAMES) == sorted(NAMES)
    assert "sources" not in NAMES
    assert {"first-day", "nanning-after", "nanning-base", "nanning-before"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_loads_under_its_name_as_by_its_path(name):
    assert loaded(name).name == name
    path = scenario.catalogue()[name]
    assert scenario.load(path).digest() == scenario.load(str(path)).digest()
    assert scenario.load(path).digest() == loaded(name).digest()
