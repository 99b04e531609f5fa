"""A change split over groups of keys: worlds with known parts, sums, mixes, what is told."""

import itertools
import json
import math
from statistics import fmean
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conftest import SMALLEST
from hypothesis import given
from hypothesis import strategies as st
from test_keys import TOWN
from worlds import FASTEST

import hotline_sim
from hotline_sim import execution, reports
from hotline_sim.cli import main
from hotline_sim.execution import MeasureTable
from hotline_sim.experiments import (
    AttributionResult,
    ParameterSet,
    apart,
    drawn_set,
    groups_from,
)
from hotline_sim.experiments.attribution import GROUPS, MOST_GROUPS, asking
from hotline_sim.experiments.attribution.groups import OTHER, grouped
from hotline_sim.experiments.attribution.shapley import shapley
from hotline_sim.messages import LANGUAGES
from hotline_sim.scenario import ScenarioError, catalogue, load
from hotline_sim.scenario.mixing import Pair

SEATS, CASES = "teams.desk.shifts.0.seats", "channels.phone.cases_per_day"
TALK, PATIENCE = "channels.phone.talk.mean_s", "channels.phone.patience.mean_s"
REDIAL = "channels.phone.next.redial.probability"
BRIEF: dict[str, Any] = {"engine": FASTEST, "jobs": 1, "replications": 2, "draws": 0}
CHANGED = {SEATS: 4, CASES: 300, TALK: 200, PATIENCE: 240}
CONTRACT = """
[employment.outsourced]
price = "seat_month"
price_cny = 6000
cost_per_person_month_cny = 5000
productive_hours_per_person_year = 1400
answering_share = 0.5
"""
SECOND = """\
format = 1
extends = "first-day"
title = "more callers"
[channels.phone]
cases_per_day = 300
"""
OWN = {"agents": ["teams.*"], "people": [CASES, "*.patience.*"]}


@pytest.fixture(scope="module")
def day():
    return load("first-day")


@pytest.fixture(scope="module")
def pair(day):
    return day, day.with_values(CHANGED)


@pytest.fixture(scope="module")
def found(pair):
    """Two days that differ in four groups, with three draws."""
    return hotline_sim.attribute(*pair, **{**BRIEF, "draws": 3})


def attributed(worth, pair, monkeypatch, **how):
    """Return an attribution in whose worlds a measure is a function of the scenario."""

    def play(points, replications, **_):
        values = [[[worth(world, r)] for r in range(replications)] for world in points]
        return MeasureTable(("answered",), np.array(values, float))

    monkeypatch.setattr(asking, "play", play)
    return hotline_sim.attribute(*pair, measures=["answered"], **{**BRIEF, **how})


def number_of(world):
    """Return the numbers of a first day that a made-up worth is made of."""
    phone, (shift,) = world.channels["phone"], world.teams["desk"].shifts
    return shift.seats, phone.cases_per_day, phone.talk.mean_s, phone.patience.mean_s


# Shapley values ----------------------------------------------------------------------------------


def over_all_orders(worth):
    """Return Shapley values by going through every order of the players."""
    n = len(worth).bit_length() - 1
    added: list[list[float]] = [[] for _ in range(n)]
    for order in itertools.permutations(range(n)):
        coalition = 0
        for player in order:
            added[player].append(worth[coalition | 1 << player] - worth[coalition])
            coalition |= 1 << player
    return [fmean(one) for one in added]


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(st.floats(-1e6, 1e6), min_size=2**n, max_size=2**n)
    )
)
def test_a_shapley_value_is_the_mean_over_all_orders(worth):
    assert shapley(worth) == pytest.approx(over_all_orders(worth), abs=1e-6)


@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=16))
def test_values_sum_to_the_worth_of_all_less_that_of_none(worth):
    assert math.fsum(shapley(worth)) == pytest.approx(worth[-1] - worth[0], abs=1e-9)


@given(st.lists(st.floats(-1e9, 1e9), min_size=8, max_size=8))
def test_who_adds_nothing_gets_exactly_nothing_and_twins_get_the_same(half):
    idle = [half[s & 7] for s in range(16)]  # the fourth player
    assert shapley(idle)[3] == 0.0
    twins = [half[s.bit_count()] for s in range(16)]
    assert len(set(shapley(twins))) == 1


def test_the_one_right_glove_of_three_is_worth_two_thirds():
    worth = [float(s & 1 and s & 6 != 0) for s in range(8)]  # player 0 has the right glove
    assert shapley(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


# Worlds whose parts are known --------------------------------------------------------------------


def test_in_a_sum_each_group_has_its_own_change(pair, monkeypatch):
    found = attributed(lambda world, r: sum(number_of(world)) + 1000 * r, pair, monkeypatch)
    parts = {name: part.estimate for name, part in found.rows("answered").items()}
    expected = {"staff": 1, "demand": 40, "handling": -40, "behaviour": 60, "change": 61}
    assert {name: one.mean for name, one in parts.items()} == pytest.approx(expected, abs=1e-9)
    # What all worlds of a replication share goes out: the parts are paired.
    assert all(one.half_width < 1e-9 for one in parts.values())


def test_in_a_product_the_parts_are_those_of_the_formula(day, monkeypatch):
    second = day.with_values({SEATS: 5, CASES: 300})
    found = attributed(
        lambda world, _: number_of(world)[0] * number_of(world)[1], (day, second), monkeypatch
    )
    staff, demand = (found.part("answered", name) for name in ("staff", "demand"))
    assert staff.estimate.mean == pytest.approx((5 - 3) * (260 + 300) / 2)
    assert demand.estimate.mean == pytest.approx((300 - 260) * (3 + 5) / 2)
    assert (staff.alone, staff.last) == (2 * 260, 2 * 300)
    assert (staff.least, staff.most) == (2 * 260, 2 * 300)


def test_what_a_contract_costs_is_split_between_price_and_seats(smallest, write_scenario):
    text = smallest.replace('"in_house"', '"outsourced"') + CONTRACT
    first = load(write_scenario(text))
    second = first.with_values({SEATS: 6, "employment.outsourced.price_cny": 9000})
    found = hotline_sim.attribute(first, second, measures=["cost_cny"], **BRIEF)
    each = found.side("cost_cny", second=False).mean / (3 * 6000)
    assert each > 0
    parts = {name: part.estimate.mean for name, part in found.rows("cost_cny").items()}
    expected = {
        "staff": 3 * each * (6000 + 9000) / 2,
        "money": 3000 * each * (3 + 6) / 2,
        "change": each * (6 * 9000 - 3 * 6000),
    }
    assert parts == pytest.approx(expected)
    assert found.unmoved == ()


# What holds of every attribution -----------------------------------------------------------------


def test_parts_sum_to_the_change_in_every_measure_and_every_draw(found):
    for measure in found.measures:
        *parts, change = found.rows(measure).values()
        assert sum(one.estimate.mean for one in parts) == pytest.approx(
            change.estimate.mean, abs=1e-9
        )
        sums = np.sum([one.draws for one in parts], axis=0)
        assert sums == pytest.approx(change.draws, abs=1e-9)
        by_replication = np.sum([one.estimate.replications for one in parts], axis=0)
        assert by_replication == pytest.approx(change.estimate.replications, abs=1e-9)


def test_the_ends_are_the_two_scenarios_as_a_run_plays_them(pair, found):
    plain = [hotline_sim.run(one, replications=2, engine=FASTEST, jobs=1).measures for one in pair]
    for measure in found.measures:
        for second, one in enumerate(plain):
            side = found.side(measure, second=bool(second))
            assert side.replications == one[measure].replications


def test_all_taken_from_nanning_after_is_nanning_after():
    pair = [
        load(name, overrides=["horizon.days=2", "horizon.warm_up_days=0"])
        for name in ("nanning-before", "nanning-after")
    ]
    found = hotline_sim.attribute(*pair, **BRIEF)
    assert found.unmoved  # the award is as in the first, and no measure shows it
    for second, one in enumerate(pair):
        plain = hotline_sim.run(one, replications=2, engine=FASTEST, jobs=1).measures
        for measure in found.measures:
            side = found.side(measure, second=bool(second))
            assert side.replications == plain[measure].replications
    assert [one.name for one in found.groups] == [
        *("staff", "demand", "handling", "measurement", "horizon")
    ]
    assert found.idle == ("behaviour",)


def test_how_opinions_are_asked_for_has_no_part_in_who_gets_through():
    first = load("nanning-after", overrides=["horizon.days=2", "horizon.warm_up_days=0"])
    second = first.with_values({"satisfaction.participation": 0.2, "teams.day.seats": 12})
    found = hotline_sim.attribute(first, second, **BRIEF)
    assert set(found.part("answered", "measurement").estimate.replications) == {0.0}
    assert found.part("satisfaction_rate", "measurement").estimate.mean != 0.0


def test_scenarios_that_do_not_differ_have_no_parts(day):
    found = hotline_sim.attribute(day, day, **{**BRIEF, "draws": 2})
    assert found.groups == ()
    for measure in found.measures:
        assert list(found.rows(measure)) == ["change"]
        assert found.change(measure).estimate.mean == 0.0
        assert found.change(measure).draws == (0.0, 0.0)
    for lang in LANGUAGES:
        assert len(reports.blocks(found, lang)) > len(found.measures)


def test_every_world_is_played_once_however_often_it_comes(pair, monkeypatch):
    asked = []
    play = execution.play

    def counted(points, *rest, **how):
        asked.append(len(points))
        return play(points, *rest, **how)

    monkeypatch.setattr(asking, "play", counted)
    second = pair[0].with_values({SEATS: 4})
    drawn = drawn_set(apart([pair[0], second]), 2, seed=1, over=["*.patience.*"]).where([0, 0, 1])
    found = hotline_sim.attribute(pair[0], second, **{**BRIEF, "draws": None}, over=drawn)
    assert asked == [2 * (1 + 2)]
    assert np.array_equal(found.members[0], found.members[1])
    assert not np.array_equal(found.members[0], found.members[2])


def test_what_is_said_as_it_would_be_anyway_is_no_difference(day):
    second = day.with_values({"teams.desk.shrinkage": 0.0, "demand.busyness.day_cv": 0.0})
    assert Pair(day, second).differences == ()
    assert Pair(second, day).differences == ()


def test_what_is_in_the_store_is_not_played_again(pair, tmp_path, monkeypatch):
    how = {**BRIEF, "engine": "auto", "draws": 2}
    kept = execution.Execution(jobs=1, store=execution.Store(tmp_path))
    first = hotline_sim.attribute(*pair, measures=["answered"], execution=kept, **how)
    monkeypatch.setattr("hotline_sim.execution.tasks.replicate", None)
    assert hotline_sim.attribute(*pair, measures=["answered"], execution=kept, **how) == first


def test_draws_are_those_of_the_set_in_both_scenarios(pair, found):
    drawn = found.header.parameters
    again = hotline_sim.attribute(*pair, **{**BRIEF, "draws": None}, over=drawn)
    assert again == found
    assert found.members.shape == (3, 16, 2, len(found.measures))
    row = drawn.scenario(1, 1)
    plain = hotline_sim.run(row, replications=2, engine=FASTEST, jobs=1).measures
    number = found.measures.index("answered")
    assert tuple(found.members[1, -1, :, number]) == plain["answered"].replications


# Mixed worlds ------------------------------------------------------------------------------------


def test_people_in_a_mix_are_those_found_for_one_of_the_two():
    first = load("nanning-before")
    second = load("nanning-after").with_values({REDIAL: 0.7})
    mixed = Pair(first, second)
    behaviour = [one for one in mixed.differences if one.key == REDIAL]
    volumes = [one for one in mixed.differences if one.key.endswith(".cases_per_day")]
    people = [one.channels["phone"].people_per_day for one in (first, second)]
    assert mixed.mixed(behaviour).channels["phone"].cases_per_day == people[0]
    assert mixed.mixed(volumes).channels["phone"].cases_per_day == people[1]


def some_pairs():
    names = [name for name in catalogue() if name not in ("hotline-base", "province")]
    return [
        *itertools.pairwise(names),
        ("first-day", "nanning-after"),
        ("nanning-after", "storm-week"),
    ]


@pytest.mark.parametrize("names", some_pairs(), ids=" to ".join)
def test_all_of_the_second_is_the_second_and_nothing_of_it_the_first(names):
    a, b = map(load, names)
    mixed = Pair(a, b)
    for taken, one in (((), a), (mixed.differences, b)):
        assert Pair(mixed.mixed(taken), one).differences == ()
    assert mixed.differences


@pytest.mark.parametrize("name", [*catalogue(), None])
def test_every_key_is_in_a_group(name, write_scenario):
    town = load(write_scenario(TOWN, "town.toml"))
    other = town if name is None else load(name)
    for a, b in ((load("first-day"), other), (other, load(write_scenario(SMALLEST)))):
        assert grouped(Pair(a, b).differences, GROUPS)[OTHER] == ()


def test_a_team_a_channel_and_a_row_are_taken_whole(write_scenario):
    pair = Pair(load(write_scenario(TOWN, "town.toml")), load(write_scenario(SMALLEST)))
    by_group = grouped(pair.differences, GROUPS)
    keys = {name: {one.key for one in some} for name, some in by_group.items()}
    assert "channels.wechat." in keys["demand"]
    assert "channels.phone.next.abandoned-phone." in keys["behaviour"]
    assert all(not key.startswith("channels.wechat.t") for some in keys.values() for key in some)


def test_the_order_in_which_teams_are_served_is_a_difference_of_staff():
    first = load("nanning-after")
    tree = first.to_dict()
    tree["teams"] = dict(reversed(tree["teams"].items()))
    second = hotline_sim.Scenario.from_dict(tree)
    pair = Pair(first, second)
    assert [(one.key, one.is_order) for one in pair.differences] == [("teams", True)]
    assert [one.key for one in grouped(pair.differences, GROUPS)["staff"]] == ["teams"]
    assert list(pair.mixed(pair.differences).teams) == list(second.teams)


def test_groups_that_make_no_scenario_apart_are_one_and_it_is_said():
    found = hotline_sim.attribute("missed-calls", "missed-calls-called-back", **BRIEF)
    assert [one.names for one in found.groups] == [("staff", "demand", "behaviour")]
    (group,) = found.groups
    assert (
        set(group.because) <= {"channels.callback", *group.keys, "teams.desk.serves.1"}
        or group.because
    )
    said = " ".join(reports.attribution_sentences(found, "en"))
    assert "staff + demand + behaviour: these cannot be told apart" in said
    change = found.change("answered").estimate.mean
    assert found.part("answered", group.name).estimate.mean == pytest.approx(change)


@pytest.mark.parametrize("has_terms", [True, False])
def test_a_team_that_goes_to_a_contractor_takes_the_terms_along(
    smallest, write_scenario, has_terms
):
    own = CONTRACT.replace("price_cny = 6000\n", "").replace('price = "seat_month"\n', "")
    own = own.replace("answering_share = 0.5\n", "")  # of a contract that nobody works under
    in_house = """
[employment.in_house]
pay_cny_per_person_year = 70000
social_insurance_share = 0.3
overhead_share = 0.1
productive_hours_per_person_year = 1400
staff_share = 0.8
answering_share = 0.5
"""
    fewer = smallest.replace("seats = 3", "seats = 1")
    first = load(write_scenario(fewer + in_house + (own if has_terms else "")))
    text = smallest.replace('"in_house"', '"outsourced"')
    second = load(write_scenario(text + in_house + CONTRACT))
    found = hotline_sim.attribute(first, second, measures=["answered"], **BRIEF)
    assert [one.names for one in found.groups] == [("staff", "money") if has_terms else ("staff",)]
    assert found.change("answered").estimate.mean > 0


def test_groups_are_joined_no_further_than_need_be():
    second = load("missed-calls-called-back").with_values({TALK: 100})
    groups = {
        "rows": ["channels.*.next.*"],
        "talk": ["channels.phone.talk.*"],
        "channel": ["channels.callback"],
        "serves": ["teams.*"],
    }
    found = hotline_sim.attribute("missed-calls", second, groups=groups, **BRIEF)
    assert sorted(map(sorted, (one.names for one in found.groups))) == [
        ["channel", "rows", "serves"],
        ["talk"],
    ]


def test_a_result_that_lacks_a_world_is_none(found, tmp_path):
    tree = found.to_dict()
    del tree["coalitions"][1]
    path = tmp_path / "result.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(hotline_sim.ResultError):
        hotline_sim.open_result(path)


# Groups of one's own -----------------------------------------------------------------------------


def test_keys_in_no_group_are_named_and_have_the_rest(pair, tmp_path):
    found = hotline_sim.attribute(*pair, groups=OWN, **BRIEF)
    assert [one.name for one in found.groups] == ["agents", "people", "other"]
    assert found.ungrouped == (TALK,)
    for lang in LANGUAGES:
        assert TALK in " ".join(reports.attribution_sentences(found, lang))
        assert any("agents" in row[0] for row in reports.attribution_tables(found, lang)[0].rows)
    assert found.header.arguments["groups"] == OWN
    path = tmp_path / "result.json"
    path.write_text(found.to_json(), encoding="utf-8")
    assert hotline_sim.open_result(path) == found


def test_the_longest_pattern_decides(pair):
    by_group = grouped(Pair(*pair).differences, {"all": ["*"], "phone": ["channels.phone.*"]})
    assert [one.key for one in by_group["all"]] == [SEATS]
    assert len(by_group["phone"]) == 3


def test_a_volume_goes_by_any_of_its_names():
    pair = Pair(load("nanning-before"), load("nanning-after"))
    groups = {"calls": ["channels.phone.answered_per_year"]}
    (one,) = grouped(pair.differences, groups)["calls"]
    assert one.shown == CASES


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("staff = 3", "groups.toml: staff = 3: "),
        ("staff = []", "groups.toml: staff = […]: "),
        ("staff = ['teams.*', 4]", "groups.toml: staff.1 = 4: "),
        ("", "groups.toml: "),
        ("staff = ", "groups.toml: "),
        ("staff = ['teams.desk.seat']", 'groups.toml: staff.0 = "teams.desk.seat": '),
    ],
)
def test_faults_of_a_file_of_groups_are_told_by_their_place(tmp_path, monkeypatch, text, told):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    asked = [
        "attribute",
        "first-day",
        "first-day",
        "--set",
        f"{SEATS}=2",
        "--groups",
        "groups.toml",
    ]
    for lang in LANGUAGES:
        ended = CliRunner().invoke(main, [*asked, "--lang", lang])
        assert ended.exit_code == 2
        assert ended.stderr.startswith(told)
        assert ended.stderr.count("\n") == 1


def test_a_file_of_groups_is_read_as_it_is_written(tmp_path):
    path = tmp_path / "groups.toml"
    path.write_text('staff = ["teams.*"]\n"来电" = ["channels.*", "demand.*"]\n', encoding="utf-8")
    assert groups_from(path) == {"staff": ("teams.*",), "来电": ("channels.*", "demand.*")}
    with pytest.raises(ScenarioError, match="no such file"):
        groups_from(tmp_path / "other.toml")


def test_more_groups_than_can_be_played_are_refused(pair):
    second = pair[1].with_values({
        "teams.desk.absence_share": 0.1, "teams.desk.shrinkage": 0.1, "teams.desk.speed": 1.1,
        "demand.max_contacts": 4, REDIAL: 0.4,
    })  # fmt: skip
    keys = [one.shown for one in Pair(pair[0], second).differences]
    assert len(keys) == MOST_GROUPS + 1
    groups = {f"g{i}": [key] for i, key in enumerate(keys)}
    with pytest.raises(ValueError, match="more than 8 groups"):
        hotline_sim.attribute(pair[0], second, groups=groups, **BRIEF)


# What is asked, and what is refused --------------------------------------------------------------


def test_the_usual_measures_are_those_that_the_scenarios_have(found):
    assert found.measures == ("connect_rate", "answered", "cases_answered", "case_connect_rate")


def test_measures_that_are_none_or_not_there_are_refused(pair):
    with pytest.raises(ValueError, match="conect_rate"):
        hotline_sim.attribute(*pair, measures=["conect_rate"], **BRIEF)
    with pytest.raises(ValueError, match="nothing to measure"):
        hotline_sim.attribute(*pair, measures=["satisfaction_rate"], **BRIEF)


def test_without_ranges_nothing_is_drawn(write_scenario):
    first = load(write_scenario())
    found = hotline_sim.attribute(first, first.with_values({SEATS: 4}), **{**BRIEF, "draws": 40})
    assert found.header.parameters is None
    assert found.part("answered", "staff").draws == ()
    assert all(math.isnan(end) for end in found.part("answered", "staff").span)


def test_a_key_that_differs_in_draws_alone_is_shown_with_its_value(day):
    second = day.with_values({SEATS: 4}).model_copy(update={"name": "second"})
    over = [("second:" + PATIENCE, 100, 300)]
    found = hotline_sim.attribute(day, second, over=over, **{**BRIEF, "draws": 2})
    assert [one.name for one in found.groups] == ["staff", "behaviour"]
    rows = reports.keys_table(found, "en").rows
    assert (SEATS, "3", "4") in rows
    assert (PATIENCE, "180", "180") in rows
    assert found.part("answered", "behaviour").estimate.mean == 0.0
    assert any(found.part("answered", "behaviour").draws)


# The command -------------------------------------------------------------------------------------


def hotline(*arguments):
    asked = [*map(str, arguments), "--jobs", "1", "--engine", FASTEST]
    return CliRunner().invoke(main, asked, env={"LANG": "en_US.UTF-8"})


def test_the_command_asks_with_three_seeds_and_forty_draws(tmp_path, monkeypatch):
    seen = {}

    def attribute(*pair, **how):
        seen.update(how)
        raise SystemExit(0)

    monkeypatch.setattr("hotline_sim.experiments.attribute", attribute)
    hotline("attribute", "first-day", "first-day", "--measure", "answered", "--measure", "asa_s")
    assert (seen["replications"], seen["draws"], seen["over"]) == (3, 40, None)
    assert seen["measures"] == ("answered", "asa_s")
    hotline("attribute", "first-day", "first-day", "--draws", "5", "--over", "*.patience.*")
    assert (seen["draws"], seen["over"]) == (5, ("*.patience.*",))
    hotline("attribute", "first-day", "first-day", "--quick")
    assert (seen["replications"], seen["draws"]) == (2, 8)


def test_the_command_writes_and_plays_again_what_it_was_asked(tmp_path):
    second = tmp_path / "second.toml"
    second.write_text(SECOND, encoding="utf-8")
    drawn = drawn_set([load("first-day"), load(second)], 2, seed=1, over=["*.patience.*"])
    drawn.save(tmp_path / "set.json")
    out = tmp_path / "out"
    brief = ("--replications", "2", "--out", out, "--parameters", tmp_path / "set.json")
    ended = hotline("attribute", "first-day", second, *brief, "--json")
    assert ended.exit_code == 0, ended.output
    names = {path.name for path in out.iterdir()}
    assert {
        "result.json",
        "attribution.csv",
        "groups.csv",
        "attribute.png",
        "attribute.svg",
    } <= names
    opened = hotline_sim.open_result(out / "result.json")
    assert isinstance(opened, AttributionResult)
    assert opened.header.draws == 2
    assert isinstance(opened.header.parameters, ParameterSet)
    assert json.loads(ended.stdout)["measures"]["answered"]["parts"]["demand"]["mean"] > 0
    lines = (out / "attribution.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + len(opened.measures) * 2
    assert hotline("rerun", out / "result.json").exit_code == 0
    for idle in (["--over", "*.talk.*"], ["--contacts"]):
        refused = hotline("attribute", "first-day", second, *brief, *idle)
        assert refused.exit_code == 2
        assert refused.stderr.startswith(idle[0])
        assert refused.stderr.count("\n") == 1


def test_rules_for_shifts_are_no_difference():
    a = load("first-day")
    b = a.with_values({"rules.shift_hours": [6]})
    assert Pair(a, b).differences == ()
