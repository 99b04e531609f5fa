"""Experiments over what is assumed: each member one replication, the band beside that of chance."""

import csv
import io
import itertools
import json
import math
import warnings
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import load, messages, reports
from hotline_sim.cli import main
from hotline_sim.domain import KNOWN, ArgumentError
from hotline_sim.execution import Execution, Store, play, tasks
from hotline_sim.experiments import (
    OtherBaseNotice,
    Parameter,
    ParameterSet,
    drawn_set,
    left_out,
    parameters_of,
)
from hotline_sim.messages import RefusalError
from hotline_sim.scenario import ScenarioError, values_of

BRIEF: dict[str, Any] = {"replications": 2, "engine": "simpy", "jobs": 1}
SHORT = {"horizon.days": 2, "horizon.warm_up_days": 0}
SEATS = "teams.desk.shifts.0.seats"
TALK = "channels.phone.talk.mean_s"
PATIENCE = "channels.phone.patience.mean_s"
REDIAL = "channels.phone.next.redial.probability"
RATE = "connect_rate"


@pytest.fixture(scope="module")
def day():
    return load("first-day")


@pytest.fixture(scope="module")
def ran(day):
    return hotline_sim.run(day, draws=5, **BRIEF)


@pytest.fixture(scope="module")
def cities():
    return [load(name).with_values(SHORT) for name in ("nanning-before", "nanning-after")]


def hotline(*arguments, lang="en"):
    words = [*map(str, arguments), "--lang", lang]
    result = CliRunner().invoke(main, words, env={"LC_ALL": "C.UTF-8"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def played_as(scenario, number):
    """Return the measures of one replication of a scenario."""
    found = hotline_sim.run(scenario, replications=number + 1, engine="simpy", jobs=1)
    return found.replications[number].measures


# Members ----------------------------------------------------------------------------------


def test_each_member_of_a_run_is_one_replication_of_its_scenario(day, ran):
    drawn = drawn_set(day, 5, 12345)
    assert [ran.header.parameters.row(i) for i in range(5)] == [drawn.row(i) for i in range(5)]
    assert len(ran.draws) == 5
    for i in (0, 3):
        np.testing.assert_equal(dict(ran.draws[i]), played_as(drawn.scenario(i), i))


def test_what_is_assumed_changes_nothing_of_the_replications_themselves(day, ran):
    alone = hotline_sim.run(day, **BRIEF)
    np.testing.assert_equal(
        [one.measures for one in alone.replications], [one.measures for one in ran.replications]
    )
    assert alone.draws == ()
    assert all(map(math.isnan, alone.span(RATE)))
    assert "range" not in alone.found()["measures"][RATE]
    assert "left_out" not in alone.found()


def test_the_range_is_the_middle_nine_tenths_of_the_members(ran):
    values = [one[RATE] for one in ran.draws]
    assert ran.span(RATE) == pytest.approx(np.quantile(values, (0.05, 0.95)))
    told = ran.found()["measures"][RATE]
    assert told["range"] == pytest.approx(list(ran.span(RATE)))
    assert told["draws"] == values
    assert len(set(values)) > 3
    assert ran.found()["drawn"][2] == ran.header.parameters.row(2)


def test_only_the_numbers_that_are_named_move(day):
    found = hotline_sim.run(day, over=[TALK, (PATIENCE, 100, 120)], **BRIEF)
    assert found.header.parameters.keys == (TALK, PATIENCE)
    assert len(found.draws) == 16
    patience = found.header.parameters.values[:, 1]
    assert 100 <= patience.min() < patience.max() <= 120


def test_a_set_is_played_row_by_row(day):
    given = ParameterSet(
        (day,),
        (Parameter(SEATS, 1, 8, whole=True),),
        np.array([[1.0], [8.0]]),
        np.ones(2),
        "my survey",
    )
    found = hotline_sim.run(day, over=given, **BRIEF)
    assert found.header.parameters.origin == "my survey"
    few, many = (played_as(given.scenario(i), i)[RATE] for i in range(2))
    assert [one[RATE] for one in found.draws] == [few, many]
    assert few < many


def test_the_difference_of_a_comparison_is_paired_member_by_member(cities):
    found = hotline_sim.compare(*cities, draws=3, over=["channels.*"], **BRIEF)
    rows = found.header.parameters
    shared = [key for key in rows.keys if ":" not in key]
    assert shared
    for i in range(2):
        a, b = (rows.scenario(i, number) for number in range(2))
        assert all(values_of(a)[key] == values_of(b)[key] for key in shared)
        wanted = played_as(b, i)[RATE] - played_as(a, i)[RATE]
        assert found.differences[i][RATE] == wanted
    told = found.found()["difference"][RATE]
    assert told["range"] == pytest.approx(list(found.span(RATE)))


def test_scenarios_of_one_name_are_compared_and_what_is_set_stays(day):
    other = day.with_values({SEATS: 2})
    found = hotline_sim.compare(day, other, draws=3, **BRIEF)
    keys = found.header.parameters.keys
    assert f"first-day:{SEATS}" in keys
    assert not [key for key in keys if key.startswith("first-day-2:")]
    assert TALK in keys
    assert found.b.header.parameters.bases == (other,)
    assert SEATS in found.a.header.parameters.keys
    assert found.b.found()["left_out"]["set_by_user"] == [SEATS]


def test_both_years_of_a_reproduction_are_played_over_a_set(cities):
    found = hotline_sim.reproduce(*cities, draws=2, **BRIEF)
    told = found.found()
    assert told["difference"][RATE]["range"] == pytest.approx(list(found.comparison.span(RATE)))
    assert told["before"]["measures"][RATE]["range"] == pytest.approx(list(found.before.span(RATE)))
    (table,) = (b for b in reports.blocks(found, "en") if getattr(b, "heads", [""])[0] == "measure")
    assert "90 % of draws" in table.heads
    assert {len(row) for row in table.rows} == {1, len(table.heads)}


# A sweep ----------------------------------------------------------------------------------


def test_at_every_point_the_members_have_the_same_values_and_meet_the_same_people(day):
    found = hotline_sim.sweep(day, {SEATS: [2, 4]}, draws=3, **BRIEF)
    rows = found.header.parameters
    assert SEATS not in rows.keys
    assert TALK in rows.keys
    for seats, point in zip((2, 4), found.points, strict=True):
        model = rows.scenario(2).with_values({SEATS: seats})
        np.testing.assert_equal(dict(point.draws[2]), played_as(model, 2))
    steps = [b[RATE] - a[RATE] for a, b in zip(*(p.draws for p in found.points), strict=True)]
    assert found.step_span(RATE, 1) == pytest.approx(np.quantile(steps, (0.05, 0.95)))
    assert all(map(math.isnan, found.step_span(RATE, 0)))
    assert found.found()["left_out"]["swept"] == [SEATS]


def test_a_swept_law_or_a_form_that_replaces_another_takes_its_numbers_with_it(day):
    law = {"law": "fixed", "mean_s": 200}
    found = hotline_sim.sweep(day, {"channels.phone.talk": [law]}, draws=2, **BRIEF)
    assert not [key for key in found.header.parameters.keys if "talk" in key]
    assert "channels.phone.cases_per_day" in found.header.parameters.keys
    a_year = {"channels.phone.cases_per_year": [70_000, 80_000]}
    found = hotline_sim.sweep(day, a_year, draws=2, **BRIEF)
    assert "channels.phone.cases_per_day" not in found.header.parameters.keys
    model = found.header.parameters.scenario(1).with_values({k: v[1] for k, v in a_year.items()})
    np.testing.assert_equal(dict(found.points[1].draws[1]), played_as(model, 1))
    assert found.found()["left_out"]["swept"] == ["channels.phone.cases_per_day"]


def test_what_is_drawn_is_possible_at_every_point_of_the_grid(day):
    row = {"name": "later", "after": "abandoned", "to": "phone", "probability": 0.1}
    delay = {"law": "fixed", "mean_s": 60}
    first = {**row, "name": "redial"}
    two = day.with_values({"channels.phone.next": [{**r, "delay": delay} for r in (first, row)]})
    over = [("channels.phone.next.later.probability", 0.0, 1.0)]
    found = hotline_sim.sweep(two, {REDIAL: [0.1, 0.7]}, parameters=over, draws=6, **BRIEF)
    values = found.header.parameters.values
    assert values.max() <= 0.3 + 1e-12
    assert values.max() > 0.2


def test_the_curve_has_a_light_band_over_the_draws(day):
    plt = pytest.importorskip("matplotlib.pyplot")
    from hotline_sim import plots

    found = hotline_sim.sweep(day, {SEATS: [2, 4]}, draws=3, **BRIEF)
    ax = plots.sweep_curve(found, plt.figure().add_subplot(), measure=RATE, lang="zh")
    (band,) = (one for one in ax.collections if one.get_label() == "_range")
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    spans = [point.span(RATE) for point in found.points]
    assert heights.min() == pytest.approx(min(low for low, _ in spans))
    assert heights.max() == pytest.approx(max(high for _, high in spans))
    plt.close("all")


# Sets of other scenarios ------------------------------------------------------------------


def test_a_set_of_another_scenario_is_said_and_played(cities):
    given = drawn_set(cities[1], 2, 1, over=["channels.phone.patience.*"])
    with pytest.warns(OtherBaseNotice, match="not over nanning-before"):
        found = hotline_sim.run(cities[0], over=given, **BRIEF)
    assert found.header.parameters.bases == (cities[0],)
    np.testing.assert_array_equal(found.header.parameters.values, given.values)


def test_a_set_whose_keys_are_missing_is_refused(day, cities):
    given = drawn_set(cities[1], 2, 1, over=["channels.wechat.*"])
    with pytest.raises(ScenarioError, match="is no number of first-day"):
        hotline_sim.run(day, over=given, **BRIEF)


def test_what_the_user_has_set_stays_in_a_set_of_another_state(day):
    given = drawn_set(day, 3, 1)
    changed = day.with_values({SEATS: 7})
    with pytest.warns(OtherBaseNotice, match="another state of first-day"):
        found = given.laid_over(changed)
    assert SEATS not in found.keys
    assert set(given.keys) - set(found.keys) == {SEATS}
    assert found.scenario(1).teams["desk"].shifts[0].seats == 7
    named = drawn_set(changed, 3, 1, over=[(SEATS, 1, 8)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert named.laid_over(changed).keys == (SEATS,)


def test_a_shared_number_that_is_set_in_one_scenario_moves_in_the_other(day):
    other = day.model_copy(update={"name": "other"})
    given = drawn_set([day, other], 3, 1)
    assert SEATS in given.keys
    changed = other.with_values({SEATS: 7})
    with pytest.warns(OtherBaseNotice):
        found = given.laid_over([day, changed])
    assert SEATS not in found.keys
    assert found.row(2)[f"first-day:{SEATS}"] == given.row(2)[SEATS]
    assert found.scenario(2, 1).teams["desk"].shifts[0].seats == 7
    assert found.scenario(2, 1).channels == given.scenario(2, 1).channels


def test_a_list_that_is_set_stays_too(day):
    entry = ("demand.hour_weights.12", 5, 9)
    given = drawn_set(day, 2, 1, over=["demand.hour_weights:peak", entry, TALK])
    with pytest.warns(OtherBaseNotice):
        found = given.laid_over(day.with_values({"demand.hour_weights": [1.0] * 24}))
    assert found.keys == (TALK,)


# Weights ----------------------------------------------------------------------------------


def test_a_row_stands_as_often_as_its_weight_says(day):
    values = np.arange(100.0, 140.0)[:, None]
    weights = np.where(np.arange(40) < 20, 3.0, 1.0)
    weights[5] = 0.0
    given = ParameterSet((day,), (Parameter(PATIENCE, 30, 600),), values, weights, "w")
    found = given.evened()
    assert len(found) == 40
    assert np.ptp(found.weights) == 0
    counts = np.bincount(found.values[:, 0].astype(int) - 100, minlength=40)
    expected = 40 * weights / weights.sum()
    assert np.abs(counts - expected).max() < 1.0
    assert counts[5] == 0
    even = drawn_set(day, 8, 1)
    assert even.evened() is even
    assert even.evened(99) is even
    np.testing.assert_array_equal(even.evened(4).values, even.values[1::2])


# What does not move -----------------------------------------------------------------------


def test_every_number_moves_or_is_named_or_follows_others(cities):
    city = cities[1].with_values({"channels.phone.lines": 90})
    found = left_out(drawn_set(city, 2, 1, over=["channels.phone.*"]))
    named = list(itertools.chain(*found.values()))
    moved = {one.key for one in parameters_of(city, ["channels.phone.*"])}
    assert len(set(named)) == len(named)
    assert not moved & set(named)
    for key, origin in city.provenance.items():
        if key.startswith(("horizon.", "published.")) or origin.formula or key in moved:
            assert key not in named
        else:
            assert key in named
    assert found["set_by_user"] == ["channels.phone.lines"]
    lists = {"demand.hour_weights", "demand.weekday_factors", "teams.day.curve"}
    assert set(found["lists"]) == lists
    assert all(city.provenance[key].kind in KNOWN for key in found["known"])
    assert "without_range" not in found
    bare = load("first-day").with_values({TALK: 200, f"{SEATS}.range": [1, 9]})
    assert left_out(drawn_set(bare, 2, 1, over=[SEATS]))["set_by_user"] == [TALK]
    assert "channels.wechat.talk.mean_s" in found["not_asked"]


def test_a_list_that_is_moved_by_its_shape_is_not_named(day):
    found = left_out(drawn_set(day, 2, 1, over=["demand.hour_weights:peak"]))
    assert "lists" not in found
    assert TALK in found["not_asked"]


def test_seats_are_named_as_what_the_budget_gives(cities):
    found = hotline_sim.budget(
        cities[1], from_cny=8e6, to_cny=8e6, draws=2, employments=["outsourced"], **BRIEF
    )
    sizes = found.found()["left_out"]["sizes"]
    assert sizes
    assert all(key.endswith("seats") for key in sizes)
    (sentence,) = (b for b in reports.blocks(found, "en") if str(b).startswith("Not moved"))
    assert "seats and persons, which the budget gives (teams." in str(sentence)


def test_a_budget_is_played_over_a_set_without_its_seats(cities):
    given = drawn_set(cities[1], 2, 1, over=["teams.day.*", "channels.phone.patience.*"])
    assert [key for key in given.keys if key.endswith("seats")]
    asked = {"from_cny": 8e6, "to_cny": 8e6, "employments": ["outsourced"], **BRIEF}
    found = hotline_sim.budget(cities[1], over=given, **asked)
    assert len(found.drawn) == 2
    assert not [key for key in found.drawn[0] if key.endswith("seats")]
    key = "channels.phone.patience.mean_s"
    assert found.drawn[1][key] == given.row(1)[key]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_what_a_part_of_the_numbers_decides_is_not_said_of_all(cities, lang):
    asked = {"from_cny": 8e6, "to_cny": 8e6, **BRIEF}
    few = drawn_set(cities[1], 2, 1, over=[("channels.phone.lines", 100, 120)])
    found = hotline_sim.budget(cities[1], over=few, **asked)
    assert found.decided(RATE, 0) == "outsourced"
    said = reports.budget_sentences(found, lang, measure=RATE)
    every, part = (messages.text(f"finding.{k}", lang) for k in ("decided", "decided_moved"))
    ends = [one.rpartition("}")[2] for one in (every, part)]
    assert ends[0] != ends[1]
    assert any(one.endswith(ends[1]) for one in said)
    assert not any(one.endswith(ends[0]) for one in said if not one.endswith(ends[1]))


# Results ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("header", "parameters"), [1]),
        (("header", "parameters", "weights"), [1.0]),
        (("header", "parameters", "weights"), 7),
        (("header", "parameters", "values"), [["x"]]),
        (("header", "parameters", "parameters", 0, "key"), "channels.fax.lines"),
        (("header", "parameters", "parameters", 0, "low"), None),
        (("measures", RATE, "draws"), [0.5]),
        (("measures", RATE, "draws"), None),
    ],
)
def test_a_result_with_a_damaged_set_is_refused(ran, tmp_path, path, value):
    tree = json.loads(ran.to_json())
    node = tree
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    (tmp_path / "result.json").write_text(json.dumps(tree), encoding="utf-8")
    with pytest.raises(hotline_sim.ResultError, match=r"result\.json: "):
        hotline_sim.open_result(tmp_path / "result.json")


# How members are played -------------------------------------------------------------------


def test_each_point_of_a_table_may_have_replications_of_its_own(day):
    how: dict[str, Any] = {
        "seed": 1,
        "engine": "simpy",
        "keep": [RATE],
        "execution": Execution(jobs=1),
    }
    every = play([day], 4, **how).of(RATE)
    found = play([day, day], [range(1, 2), range(3, 4)], **how).of(RATE)
    np.testing.assert_array_equal(found[:, 0], every[0, [1, 3]])
    for wrong in ([range(1)], [range(1), range(2)]):
        with pytest.raises(ArgumentError, match="a range for each of 2 points"):
            play([day, day], wrong, **how)


def test_members_that_were_played_before_are_taken_from_the_store(day, tmp_path, monkeypatch):
    execution = Execution(jobs=1, store=Store(tmp_path))
    asked: dict[str, Any] = {"replications": 1, "execution": execution}
    first = hotline_sim.run(day, draws=3, **asked)
    monkeypatch.setattr(tasks, "replicate", lambda task: pytest.fail(f"played {task}"))
    assert hotline_sim.run(day, draws=3, **asked) == first
    alone = hotline_sim.run(day, over=first.header.parameters, **asked)
    assert alone == first


# Commands ---------------------------------------------------------------------------------

COMMAND = ("first-day", "--replications", 2, "--jobs", 1, "--engine", "simpy")


@pytest.mark.parametrize(
    ("lang", "head", "moved", "stays"),
    [
        ("en", "90 % of draws", "Range: the middle 90 % of 3 replications", "Not moved: lists ("),
        ("zh", "90%抽样", "范围：3 次模拟居中的90%", "以下数字保持不变：成列的数字（"),
    ],
)
def test_a_run_over_draws_shows_its_range_and_names_what_stays(lang, head, moved, stays):
    page = hotline("run", *COMMAND, "--draws", 3, lang=lang).stdout
    assert head in page
    assert moved in page
    assert stays in page
    assert head not in hotline("run", *COMMAND, lang=lang).stdout


def test_the_files_hold_the_ranges_and_the_result_is_played_again(day, tmp_path):
    drawn_set(day, 2, 7, over=[TALK]).save(tmp_path / "set.json")
    out = tmp_path / "out"
    done = hotline("run", *COMMAND, "--parameters", tmp_path / "set.json", "--out", out, "--json")
    told = json.loads(done.stdout)
    rows = list(csv.DictReader(io.StringIO((out / "measures.csv").read_text("utf-8-sig"))))
    found = {row["measure"]: row for row in rows if not row["group"]}
    low, high = (float(found[RATE][end]) for end in ("range_low", "range_high"))
    assert [low, high] == pytest.approx(told["measures"][RATE]["range"])
    assert {row["range_low"] for row in rows if row["group"]} == {""}
    assert told["header"]["parameters"]["origin"] == "drawn from its range, seed 7"
    assert f"--parameters {tmp_path / 'set.json'}" in told["header"]["command"]
    (tmp_path / "set.json").unlink()
    assert hotline("rerun", out / "result.json", "--jobs", 1).exit_code == 0
    told["measures"][RATE]["draws"][1] += 1e-9
    (tmp_path / "turned.json").write_text(json.dumps(told), encoding="utf-8")
    assert hotline("rerun", tmp_path / "turned.json", "--jobs", 1).exit_code == 1


@pytest.mark.parametrize("command", ["compare", "reproduce", "sweep"])
def test_other_commands_take_a_set_from_a_file(day, tmp_path, command):
    path, other = tmp_path / "set.json", tmp_path / "first-day.toml"
    drawn_set(day, 4, 7, over=[TALK]).save(path)
    other.write_text('format = 1\nextends = "first-day"\n', encoding="utf-8")
    words = {
        "compare": ("compare", *COMMAND, other),
        "reproduce": ("reproduce", *COMMAND, other),
        "sweep": ("sweep", *COMMAND, "--over", f"{SEATS}=2,3"),
    }[command]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OtherBaseNotice)
        done = hotline(*words, "--parameters", path, "--draws", 2, "--json")
    told = json.loads(done.stdout)
    assert len(told["header"]["parameters"]["values"]) == 2
    assert [one["key"] for one in told["header"]["parameters"]["parameters"]] == [TALK]
    measures = told["points"][1]["measures"] if command == "sweep" else told["difference"]
    assert len(measures[RATE]["draws"]) == 2


def test_a_set_over_another_scenario_is_said_in_the_language_asked_for(day, tmp_path):
    drawn_set(day, 2, 7, over=[TALK]).save(tmp_path / "set.json")
    words = ("run", *COMMAND, "--set", f"{TALK}=200", "--parameters", tmp_path / "set.json")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        done = hotline(*words, lang="zh")
    assert "这组参数得出之后 first-day 已有改动" in done.stderr
    assert "（按各自范围抽样，随机种子7）" in "".join(done.stdout.split())
    assert f"您所设定的数字（{TALK}）" in done.stdout


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [
        ("--draws", 1),
        ("--draws", 1001),
        ("--parameters", "no-such-file.json"),
        ("--draws", 3, *itertools.chain(*(("--set", f"{k}={v}") for k, v in {
            "channels.phone.cases_per_day": 260, PATIENCE: 180, TALK: 240, REDIAL: 0.5,
            SEATS: 3, "channels.phone.next.redial.delay.mean_s": 600,
        }.items()))),
    ],
)  # fmt: skip
def test_a_mistake_gets_one_line(words, lang):
    done = hotline("run", *COMMAND, *words, lang=lang)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_where_nothing_can_be_drawn_a_budget_has_no_range_and_a_run_refuses(day):
    keys = {one.key: one.value for one in parameters_of(day)}
    known = day.with_values(keys)
    with pytest.raises(RefusalError, match="no assumed number with a range"):
        hotline_sim.run(known, draws=3, **BRIEF)
    terms = (
        "employment.outsourced={ award_cny = 900000, cost_per_person_month_cny = 5000, "
        "productive_hours_per_person_year = 1400, award_over_budget = 0.99, staff_share = 0.8, "
        "answering_share = 0.5 }"
    )
    asked = {"from_cny": 1e6, "to_cny": 1e6, "employments": ["outsourced"], **BRIEF}
    found = hotline_sim.budget(known, overrides=[terms], **asked)
    assert found.drawn == ()
    assert not [b for b in reports.blocks(found, "en") if str(b).startswith("Range")]
