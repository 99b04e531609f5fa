"""The shipped scenarios: every number has an origin, and none claims more than is known.

Published and derived numbers are held against facts.py, which was written from the documents.
"""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

import facts
import pytest

from hotline_sim import experiments, messages, money, scenario
from hotline_sim.domain import Origin, Role
from hotline_sim.scenario import rosters, values_of
from hotline_sim.scenario.checked import digest_of_numbers
from hotline_sim.scenario.formulas import is_formula
from hotline_sim.scenario.people_from_volumes import volumes_found

NAMES = tuple(scenario.catalogue())
loaded = cache(scenario.load)
MISSED = ("missed-calls", "missed-calls-called-back")
TEXTBOOK = ("first-day", "one-team", "work-orders", *MISSED)  # no city's, not on hotline-base
ON_THE_BASE = [name for name in NAMES if name not in TEXTBOOK]


def numbers(name, *kinds):
    """Yield key, value and origin of a scenario's numbers."""
    values = values_of(loaded(name))
    for key, origin in loaded(name).provenance.items():
        if not kinds or origin.kind in kinds:
            yield key, values[key], origin


def range_of(name, key):
    """Return the lowest and the highest that a number of a scenario may be."""
    found = loaded(name).provenance[key].range
    assert found is not None, f"{name}: {key}"
    return found


def contract_of(name):
    """Return what a scenario says of its contractor, the sums in yuan among it."""
    found = values_of(loaded(name))
    prefix = "employment.outsourced."
    return {key.removeprefix(prefix): found[key] for key in found if key.startswith(prefix)}


def bare_numbers(node, path=()):
    """Yield the keys of numbers that a file writes without an origin."""
    if isinstance(node, dict) and "value" not in node:
        for key, below in node.items():
            yield from bare_numbers(below, (*path, key))
    elif isinstance(node, list):
        for i, below in enumerate(node):
            yield from bare_numbers(below, (*path, i))
    elif (isinstance(node, (int, float)) and path != ("format",)) or is_formula(node):
        yield path


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_shipped_file_says_where_it_comes_from(name):
    text = scenario.catalogue()[name].read_text(encoding="utf-8")
    assert list(bare_numbers(tomllib.loads(text))) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_assumed_or_fitted_number_has_a_reason_and_a_range_that_holds_it(name):
    chosen = list(numbers(name, Origin.ASSUMED, Origin.FITTED))
    assert chosen
    for key, value, origin in chosen:
        assert origin.note, key
        assert origin.range is not None, key
        low, high = origin.range
        assert low < high, key
        each = value if isinstance(value, list) else [value]
        assert all(low <= one <= high for one in each), key


@pytest.mark.parametrize("name", ON_THE_BASE)
def test_a_published_or_derived_number_cites_a_source_that_exists(name):
    known = list(numbers(name, Origin.PUBLISHED, Origin.DERIVED))
    assert known
    for key, _, origin in known:
        if origin.formula:
            continue  # which is the sum, and the numbers in it cite theirs
        assert origin.source in scenario.sources(), key
        assert origin.note or origin.kind is Origin.PUBLISHED, key


@pytest.mark.parametrize("name", NAMES)
def test_published_numbers_are_those_of_the_documents(name):
    found = {key: (value, origin.source) for key, value, origin in numbers(name, Origin.PUBLISHED)}
    assert found == facts.PUBLISHED[name]


@pytest.mark.parametrize("name", NAMES)
def test_derived_numbers_are_the_sums_they_claim_to_be(name):
    found = {key: value for key, value, _ in numbers(name, Origin.DERIVED)}
    sums = facts.DERIVED.get(name, {})
    assert found.keys() == sums.keys()
    for key, (exact, rounded_to) in sums.items():
        assert abs(found[key] - exact) <= rounded_to / 2, key


def test_a_checked_scenario_is_listed_with_the_digest_of_its_numbers():
    digests = {name: digest_of_numbers(loaded(name)) for name in facts.PUBLISHED}
    listed = scenario.catalogue()["first-day"].with_name("checked.toml").read_text("utf-8")
    assert tomllib.loads(listed) == digests
    assert {name: loaded(name).checked for name in NAMES} == dict.fromkeys(NAMES, True)


@pytest.mark.parametrize("name", ON_THE_BASE)  # textbook cases redial as they like, or not at all
def test_the_sums_use_the_catalogues_own_redials_and_repeats(name):
    voice = {key: table for key, table in loaded(name).channels.items() if table.kind == "voice"}
    assert "phone" in voice
    for key, table in voice.items():
        shares = {row.after: row.probability for row in table.next if row.to == key}
        redial, repeat = float(facts.REDIAL), float(facts.REPEAT)
        assert shares == {"abandoned": redial, "blocked": redial, "answered": repeat}, key


def test_an_award_that_is_not_printed_is_assumed_from_the_budget_as_those_that_are():
    printed = [(budget, award) for budget, award in facts.TENDERS.values() if award is not None] + [
        (12_012_200, 11_998_000)
    ]
    ratios = [award / budget for budget, award in printed]
    assert len(ratios) == 5
    for name in ("liaocheng-2020", "guangzhou-2023-2025", "dongguan-2024", "meizhou-2024"):
        contract = contract_of(name)
        assert contract["award_cny"] == pytest.approx(0.997 * contract["budget_cny"], abs=0.01)
        low, high = range_of(name, "employment.outsourced.award_cny")
        assert low <= min(ratios) * contract["budget_cny"]
        assert high >= max(ratios) * contract["budget_cny"]


def test_liaochengs_contracts_follow_each_other_from_the_first_tender_on():
    starts = [loaded(f"liaocheng-{year}").horizon.start for year in facts.TENDERS]
    assert starts[0] >= dt.date(2020, 7, 1)  # the first tender is of July 2020
    for before, after, year in zip(starts, starts[1:], facts.TENDERS, strict=False):
        assert 0 <= (after - before).days - loaded(f"liaocheng-{year}").horizon.days <= 1


def test_a_tendered_service_begins_after_its_notice():
    assert loaded("dongguan-2024").horizon.start > dt.date(2024, 8, 1)
    assert loaded("meizhou-2024").horizon.start > dt.date(2024, 5, 1)


def test_cities_named_as_buying_the_service_are_outsourced():
    buying = ("liaocheng", "guangzhou", "dongguan", "meizhou", "qinhuangdao")
    for name in NAMES:
        if name.startswith(buying):
            assert {team.employment for team in loaded(name).teams.values()} == {"outsourced"}, name


def test_callbacks_are_all_that_the_second_line_of_missed_calls_has_more():
    without, called_back = map(loaded, MISSED)
    both, more = values_of(without), values_of(called_back)
    added = {key for key in more if key not in both}
    assert {key: more[key] for key in both} == both
    assert added
    assert all("callback" in key for key in added)


def test_calling_back_serves_more_people_at_a_lower_connect_rate():
    compared = experiments.compare(*MISSED, replications=6, engine="compiled", jobs=1)
    difference = compared.difference
    assert difference["case_connect_rate"].low > 0.05
    assert difference["connect_rate"].high < -0.03
    assert difference["occupancy"].low > 0.05
    assert compared.b.by_channel["callback"]["answered"].low > 1000


def test_patience_may_lie_between_180_and_1000_seconds():
    for name in NAMES:
        if name not in ("first-day", "one-team"):
            origin = loaded(name).provenance["channels.phone.patience.mean_s"]
            assert origin.range == (180, 1000), name


def test_the_24_lines_have_the_same_seats_and_people_apart_and_merged():
    apart, merged = loaded("hefei-24-lines-apart"), loaded("hefei-24-lines-merged")
    assert apart.channels == merged.channels
    assert len([name for name in apart.channels if name.startswith("line_")]) == 24

    def seat_hours(one):
        return {
            (shift.from_, shift.to): sum(
                other.seats
                for team in one.teams.values()
                for other in team.shifts
                if (other.from_, other.to) == (shift.from_, shift.to)
            )
            for team in one.teams.values()
            for shift in team.shifts
        }

    assert seat_hours(apart) == seat_hours(merged)


@pytest.mark.parametrize("name", ON_THE_BASE)
def test_no_city_is_tuned_by_itself(name):
    """Behaviour and handle times are Nanning's but where another figure is printed."""
    base, city = loaded("hotline-base"), loaded(name)
    printed = {"liaocheng": {"talk"}}.get(name.partition("-")[0], set())
    for key, table in base.channels.items():
        for part in ("talk", "wrap_up", "patience", "next"):
            if part not in printed:
                assert getattr(city.channels[key], part, None) == getattr(table, part, None), key
    assert city.demand.model_copy(update={"surges": ()}) == base.demand
    assert city.departments == base.departments


def test_the_two_nanning_years_are_those_before_and_after_july_2020():
    before, after = loaded("nanning-before"), loaded("nanning-after")
    assert before.horizon.start == dt.date(2019, 7, 1)
    assert after.horizon.start == dt.date(2020, 7, 1)
    assert list(before.channels) == list(after.channels)


def person_months_cny(name):
    """Return what a person costs a month in-house and outsourced, as lowest, assumed, highest."""
    values = values_of(loaded(name))
    own, contract = "employment.in_house", "employment.outsourced.cost_per_person_month_cny"
    pay = f"{own}.pay_cny_per_person_year"
    on_top = 1 + values[f"{own}.social_insurance_share"] + values[f"{own}.overhead_share"]
    (low, high), (least, most) = range_of(name, pay), range_of(name, contract)
    pays = (low, values[pay], high)
    return [pay * on_top / 12 for pay in pays], [least, values[contract], most]


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


def test_nannings_award_pays_for_the_seats_that_were_fitted_and_the_persons_behind_them():
    """12,012,200 yuan arranged, 11,998,000 awarded; how many persons is not printed."""
    after = loaded("nanning-after")
    whole = money.whole_staff_of(after)
    assert whole.award_cny == pytest.approx(11_998_000, rel=0.005)
    assert whole.budget_cny == pytest.approx(12_012_200, rel=0.005)
    assert whole.persons == pytest.approx(11_998_000 * 0.75 / (12 * 5200), rel=0.005)
    links = money.budget_links(after, "outsourced", 12_012_200)
    assert links.scale == pytest.approx(1.0, abs=0.01)
    # Answering, on all channels, against the phone alone: 15 to 20 % of the contract.
    hours_cny = links.answering_hours * 5200 * 12 / 1400
    assert 0.15 < hours_cny / 11_998_000 < 0.25


def test_nannings_printed_seats_are_of_later_years_and_beside_those_on_duty():
    """60-odd, then over 200, since 2021: more than are filled at once here, fewer than persons."""
    for name in ("nanning-before", "nanning-after"):
        peak = money.whole_staff_of(loaded(name)).peak_seats
        assert peak < loaded("nanning-after").printed["seats_early"], name
        assert loaded(name).teams["day"].seats == peak, name
    origin = loaded("nanning-after").provenance["teams.day.seats"]
    assert "60-odd, then over 200 seats are printed (nanning-2026)" in origin.note


@pytest.mark.parametrize("employment", ["in_house", "outsourced"])
def test_what_is_left_at_nanning_stands_in_its_own_file_and_follows_what_it_is_left_of(employment):
    key = f"employment.{employment}.answering_share"
    base, before = loaded("hotline-base"), loaded("nanning-before")
    assert base.provenance[key].range == (0.1, 1.0)
    assert values_of(before)[key] == values_of(base)[key] != values_of(loaded("nanning-after"))[key]
    after = loaded("nanning-after")
    dearer = after.with_values({"employment.outsourced.cost_per_person_month_cny": 6000})
    assert money.whole_staff_of(dearer).award_cny == pytest.approx(
        money.whole_staff_of(after).award_cny
    )


@pytest.mark.parametrize("name", facts.NANNING_ANSWERED_A_YEAR)
def test_nannings_people_are_the_printed_attempts_less_redials_repeats_and_who_wrote_before(name):
    answered, rate = facts.NANNING_ANSWERED_A_YEAR[name]
    wechat = loaded(name).channels["wechat"]
    assert wechat.cases_per_year == pytest.approx(float(answered) * 0.09 / 0.85)
    unanswered = 1 - values_of(loaded(name))["channels.wechat.connect_rate"]
    rang_instead = float(answered) * 0.09 / 0.85 * unanswered * 0.3
    people = volumes_found(loaded(name))["phone"].cases
    assert people == pytest.approx(facts.people(answered, rate) - rang_instead, rel=1e-6)


@pytest.mark.parametrize("delay_s", [86_400, 432_000])
def test_a_matter_comes_again_from_at_once_to_twice_the_mean_delay(delay_s):
    row = "channels.phone.next.repeat.delay"
    moved = values_of(loaded("nanning-after").with_values({f"{row}.mean_s": delay_s}))
    assert moved[f"{row}.half_width_s"] == delay_s


AHEAD = ("nanning-before", "nanning-after", "storm-week", "busy-chat-day", "province")


@pytest.mark.parametrize("name", AHEAD)
def test_when_the_morning_rises_more_seats_stand_ready_per_call_than_at_its_height(name):
    seats = {7.5: 0.0, 10.5: 0.0}  # by hour of day
    for team in loaded(name).teams.values():
        for part in rosters.roster_of(loaded(name), team):
            for hour in seats:
                there = (part.edges_s[:-1] <= hour * 3600) & (hour * 3600 < part.edges_s[1:])
                seats[hour] += float(part.seats[0, there].sum())
    weights = values_of(loaded(name))["demand.hour_weights"]
    assert seats[7.5] / weights[7] > 1.5 * seats[10.5] / weights[10]


def test_every_printed_figure_of_nanning_was_fitted_and_none_is_predicted():
    for name in facts.NANNING_ANSWERED_A_YEAR:
        roles = scenario.roles_of(loaded(name))
        assert set(roles.values()) == {Role.FITTED}, name


def test_nannings_fitted_numbers_bring_out_what_they_were_fitted_to():
    for name in facts.NANNING_ANSWERED_A_YEAR:
        played = experiments.run(name, replications=4, engine="compiled", jobs=1)
        verdicts = [str(row.verdict) for row in played.published.values()]
        assert set(verdicts) <= {"met", "not_decided"}, name
        assert verdicts.count("met") > len(verdicts) / 2, name


def test_no_shipped_scenario_has_a_clause_that_nobody_published():
    for name in NAMES:
        contract = loaded(name).employment.outsourced
        assert contract is None or contract.kpi == (), name


def test_every_source_says_what_it_is_by_whom_of_when_and_where_it_is_found():
    for source, entry in scenario.sources().items():
        assert entry.keys() - {"note"} == {"title", "publisher", "date", "where"}, source
        for key in ("title", "publisher", "where"):
            assert messages.said(entry[key], "en").strip(), (source, key)
        assert messages.said(entry["date"], "en").strip(), source


def cited():
    """Return the sources that numbers, their notes, cities and standards name."""
    known = set(scenario.sources())
    found = {source for city in scenario.cities().values() for source in city.sources}
    for name in NAMES:
        for origin in loaded(name).provenance.values():
            found |= {origin.source} - {""}
            found |= {source for source in known if source in origin.note}
    demands = tomllib.loads(
        scenario.catalogue()["first-day"].with_name("standards.toml").read_text("utf-8")
    )
    for demand in demands.values():
        found |= {number["source"] for number in demand["at_least"].values()}
    return found


def test_every_source_that_is_cited_is_listed_and_every_one_listed_is_cited():
    assert cited() == set(scenario.sources())


# What the documents print of each city, in words that its row in `list --cities` must hold.
PRINTED_WORDS = {
    "china": ("7×24", "110, 119, 120", "122", "demands, questions and suggestions"),
    "nanning": ("369 commendations", "60-odd to over 200", "47 lines", "unweighted", "term not"),
    "liaocheng": ("quality checks", "statistics", "suggestions", "small and medium", "each year"),
    "guangzhou": ("budget (预算金额)", "coordination", "督办", "archiving", "December 2022"),
    "dongguan": ("budget (预算金额)", "tender notice of August 2024"),
    "meizhou": ("budget (预算金额)", "tender of May 2024", "without its term"),
    "hefei": ("pay by appraisal of performance", "96 %", "76 %"),
    "qinhuangdao": ("buying the service", "since when not printed"),
    "yulin": ("buying the service",),
}
PRINTED_CHINESE = {
    "china": ("7×24小时", "110、119、120、122", "诉求、咨询、建议", "漏接电话"),
    "nanning": ("表扬369件", "60余个", "200余个", "47条"),
    "liaocheng": ("质检", "统计", "征集建议", "中小企业", "每年重新招标"),
    "guangzhou": ("预算金额", "协调", "督办", "归档"),
    "dongguan": ("预算金额", "招标公告"),
    "meizhou": ("预算金额", "招标"),
    "hefei": ("绩效考核",),
    "qinhuangdao": ("购买服务",),
}


@pytest.mark.parametrize("city", PRINTED_WORDS)
def test_what_no_number_depends_on_is_in_the_table_of_cities_in_both_languages(city):
    printed = scenario.cities()[city].printed
    for words, row in ((PRINTED_WORDS, printed.en), (PRINTED_CHINESE, printed.zh)):
        for word in words.get(city, ()):
            assert word in row


def test_yulin_is_the_one_in_shaanxi():
    assert scenario.cities()["yulin"].title.zh == "陕西榆林"


MADE_UP = {"busy-chat-day", "province", "storm-week", *TEXTBOOK}


def test_every_scenario_is_a_citys_or_a_base_or_made_up():
    of_cities = [name for city in scenario.cities().values() for name in city.scenarios]
    bases = {name for name in NAMES if name.endswith("-base")}
    assert len(of_cities) == len(set(of_cities))
    assert {*of_cities} | bases | MADE_UP == set(NAMES)
    for key, city in scenario.cities().items():
        assert all(name.startswith(f"{key}-") for name in city.scenarios)
        assert all(source in scenario.sources() for source in city.sources)
        assert city.assumed is not None or city.scenarios == ()


@pytest.mark.parametrize("name", ON_THE_BASE)
def test_a_city_whose_volume_or_seats_are_not_printed_says_what_is_not_known(name):
    known = {key for key, _, _ in numbers(name, Origin.PUBLISHED, Origin.DERIVED)}
    volume = {key for key in known if key.endswith("cases_per_year")}
    seats = {key for key in known if key.endswith(".seats") and key.startswith("teams.")}
    assert (volume and seats) or loaded(name).unknown is not None


def test_the_table_of_cities_in_docs_is_that_of_the_command():
    rows = []
    for city in scenario.cities().values():
        names = ", ".join(f"`{name}`" for name in city.scenarios) or "none"
        assumed = city.assumed.en if city.assumed else messages.text("table.no_figures", "en")
        printed = f"{city.printed.en} ({', '.join(f'`{source}`' for source in city.sources)})"
        rows.append(f"| {city.title.en} ({city.title.zh}) | {names} | {printed} | {assumed} |")
    page = (Path(__file__).parents[2] / "docs" / "cities.md").read_text("utf-8")
    first_table, _, _ = page[page.index("| city |") :].partition("\n\n")
    assert first_table.splitlines()[2:] == rows


def test_the_catalogue_is_in_alphabetical_order_and_holds_no_sources():
    assert list(NAMES) == sorted(NAMES)
    assert not {"sources", "checked", "cities", "standards"} & set(NAMES)
    assert {"first-day", "nanning-after", "nanning-base", "nanning-before"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_loads_under_its_name_as_by_its_path(name):
    assert loaded(name).name == name
    path = scenario.catalogue()[name]
    assert scenario.load(path).digest() == scenario.load(str(path)).digest()
    assert scenario.load(path).digest() == loaded(name).digest()
