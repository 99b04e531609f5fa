"""Results that open again: equal to what was written, whole, and the same when played again."""

import base64
import codecs
import csv
import html
import io
import json
import math
import re
import subprocess
import sys
import warnings
import xml.etree.ElementTree
from dataclasses import fields, replace
from typing import Any

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_gbk import words_of
from worlds import ENGINES

import hotline_sim
from hotline_sim import experiments, messages, plots, reports
from hotline_sim.cli import main, screen
from hotline_sim.execution import Execution, Replication, Store
from hotline_sim.experiments import opening
from hotline_sim.reports.workbook import workbook
from hotline_sim.scenario import Scenario, load

SHORT = ["horizon.days=2", "horizon.warm_up_days=0"]
ASSUMED = '{{ value = {}, kind = "assumed", note = "n", range = [{}, {}] }}'
TERMS = (
    "employment.in_house={ pay_cny_per_person_year = 70000, social_insurance_share = 0.3, "
    "overhead_share = 0.1, productive_hours_per_person_year = 1400, staff_share = 0.8, "
    f"answering_share = {ASSUMED.format(0.5, 0.1, 1.0)} }}",
    "employment.outsourced={ award_cny = 900000, cost_per_person_month_cny = 5000, "
    "productive_hours_per_person_year = 1400, award_over_budget = 0.99, staff_share = 0.8, "
    f"answering_share = {ASSUMED.format(0.5, 0.1, 1.0)} }}",
)
SEATS = "teams.desk.shifts.0.seats"
WEEK = ["horizon.days=7", "channels.phone.cases_per_day=30"]
SHIFTS = ['rules.starts=["08:00","12:00"]', "rules.days_off_per_week=0", "rules.breaks=[]"]
BRIEF: dict[str, Any] = {"replications": 2, "engine": "simpy", "jobs": 1}
TALK = {"law": "lognormal", "mean_s": 200, "sigma_log": 0.9}
ASKED = {
    "run": lambda: hotline_sim.run("nanning-after", standard="gbt-33358", **BRIEF),
    "run once": lambda: hotline_sim.run("first-day", **{**BRIEF, "replications": 1}),
    "precise": lambda: hotline_sim.run(
        "first-day", precision=("connect_rate", 0.02), engine="simpy", jobs=1
    ),
    "changed": lambda: hotline_sim.run(
        load("first-day").with_values({"channels.phone.talk": TALK, "horizon.days": 3}), **BRIEF
    ),
    "compare": lambda: hotline_sim.compare(
        "first-day", load("first-day", overrides=SHORT), **BRIEF
    ),
    "reproduce": lambda: hotline_sim.reproduce(overrides=SHORT, **BRIEF),
    "sweep": lambda: hotline_sim.sweep(
        "first-day", {SEATS: [2, 3], "channels.phone.talk": [TALK]}, target="asa_s<=30", **BRIEF
    ),
    "budget": lambda: hotline_sim.budget(
        "first-day",
        from_cny=4e5,
        to_cny=2e6,
        points=2,
        draws=3,
        measure="asa_s",
        targets=["connect_rate:50%", "asa_s:1"],
        roster="best",
        overrides=TERMS,
        **BRIEF,
    ),
    "staff": lambda: hotline_sim.staff(
        load("first-day", overrides=[*WEEK, *SHIFTS, *TERMS]),
        ["connect_rate>=0.6", "connect_rate_24h_min>=0.5@0.5/day"],
        draws=2,
        tries=1,
        **BRIEF,
    ),
    "calibrate": lambda: hotline_sim.calibrate(
        load("first-day", overrides=["published.connect_rate=0.8"]),
        shared=(),
        over=["channels.phone.patience.mean_s", SEATS],
        members=20,
        **{**BRIEF, "replications": 5},
    ),
    "run over draws": lambda: hotline_sim.run("first-day", over=["channels.*"], draws=3, **BRIEF),
    "compare over draws": lambda: hotline_sim.compare(
        "first-day", load("first-day").with_values({SEATS: 2}), draws=3, **BRIEF
    ),
    "reproduce over draws": lambda: hotline_sim.reproduce(overrides=SHORT, draws=2, **BRIEF),
    "sweep over draws": lambda: hotline_sim.sweep("first-day", {SEATS: [2, 3]}, draws=3, **BRIEF),
    "attribute": lambda: hotline_sim.attribute(
        "first-day",
        load("first-day").with_values({SEATS: 2, "demand.max_contacts": 3}),
        draws=0,
        **BRIEF,
    ),
    "attribute over draws": lambda: hotline_sim.attribute(
        "first-day",
        load("first-day").with_values({SEATS: 2}),
        groups={"people": ["teams.*"], "rest": ["channels.*"]},
        over=["channels.*"],
        draws=2,
        **BRIEF,
    ),
    "sensitivity": lambda: hotline_sim.sensitivity(
        "first-day", points=8, trajectories=2, factors=2, measures=["asa_s"], **BRIEF
    ),
    "sensitivity over a set": lambda: hotline_sim.sensitivity(
        "first-day",
        over=experiments.drawn_set(load("first-day"), 4, 1, over=["channels.*"]),
        points=8,
        trajectories=2,
        factors=2,
        emulate=True,
        **BRIEF,
    ),
    "budget of one employment": lambda: hotline_sim.budget(
        "first-day",
        from_cny=1e6,
        to_cny=1e6,
        draws=2,
        employments=["in_house"],
        overrides=TERMS[:1],
        **BRIEF,
    ),
}
_KEPT: dict[str, experiments.Result] = {}


@pytest.fixture(params=ASKED)
def asked(request):
    """Return a result of every kind; each is played once for all tests."""
    name = request.param
    if name not in _KEPT:
        changes = SHORT if name == "run" else []
        _KEPT[name] = _short_run(changes) if changes else ASKED[name]()
    return _KEPT[name]


def _short_run(changes):
    scenario = load("nanning-after", overrides=changes)
    return hotline_sim.run(scenario, standard="gbt-33358", **BRIEF)


@pytest.fixture
def written(asked, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(asked.to_json(), encoding="utf-8")
    return path


def hotline(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": "en_US.UTF-8"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# In Python --------------------------------------------------------------------------------


@pytest.fixture
def speaking():
    """Let a test set the language, and forget it afterwards."""
    yield hotline_sim.set_language
    hotline_sim.set_language(None)


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_notebook_shows_the_first_table_of_any_result_in_the_language_set(asked, lang, speaking):
    speaking(lang)
    shown = asked._repr_html_()
    assert shown == hotline_sim.html_of(asked, lang=lang)
    page = reports.blocks(asked, lang)
    table = next(one for one in page if isinstance(one, reports.Table) and one.rows)
    texts = [html.unescape(one) for one in re.findall(r">([^<>]+)<", shown)]
    assert {table.title, *filter(None, table.heads)} <= set(texts)
    assert {cell for row in table.rows[:20] for cell in row if cell} <= set(texts)
    assert len(shown) < 20_000
    assert xml.etree.ElementTree.fromstring(f"<div>{shown}</div>") is not None


def test_what_a_scenario_says_stays_text_in_a_notebook(load_text):
    named = load_text().with_values({"title": {"en": "<script>x</script>", "zh": "<b>"}})
    shown = hotline_sim.run(named, **BRIEF)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_every_estimate_of_a_result_has_its_replications_in_a_tidy_frame(asked):
    frame = asked.replications_frame()
    assert list(frame.columns[-3:]) == ["measure", "replication", "value"]
    keys = [*frame.columns[:-3], "measure", "replication"]
    assert not frame.duplicated(keys).any()
    if isinstance(asked, (experiments.SensitivityResult, experiments.CalibrationResult)):
        return  # points and members, not replications: a row each in to_frame
    assert len(frame) > 0
    written = len(re.findall(r'"replications": \[[^\]]', json.dumps(asked.found())))
    assert len(frame.drop_duplicates([*frame.columns[:-2]])) == written


def test_a_frame_of_replications_holds_the_values_of_the_result():
    result = hotline_sim.run("first-day", **BRIEF)
    frame = result.replications_frame()
    of_calls = frame[(frame["where"] == "measures") & (frame["measure"] == "asa_s")]
    assert tuple(of_calls["value"]) == result.measures["asa_s"].replications
    by_channel = frame[(frame["where"] == "by_channel.phone") & (frame["measure"] == "offered")]
    assert tuple(by_channel["value"]) == result.by_channel["phone"]["offered"].replications
    swept = hotline_sim.sweep("first-day", {SEATS: [2, 3]}, **BRIEF)
    frame = swept.replications_frame()
    for point in swept.points:
        is_there = (frame[SEATS] == point.at[SEATS]) & (frame["measure"] == "connect_rate")
        assert tuple(frame[is_there]["value"]) == point.measures["connect_rate"].replications


def test_the_language_that_is_set_goes_before_the_locales_and_behind_what_is_given(
    monkeypatch, speaking
):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    result = hotline_sim.run("first-day", **BRIEF)
    in_english = plots.figure_of(result, "day", lang="en").get_label()
    in_chinese = plots.figure_of(result, "day", lang="zh").get_label()
    assert plots.figure_of(result, "day").get_label() == in_english != in_chinese
    speaking("zh")
    assert plots.figure_of(result, "day").get_label() == in_chinese
    assert plots.figure_of(result, "day", lang="en").get_label() == in_english
    speaking(None)
    assert plots.figure_of(result, "day").get_label() == in_english
    with pytest.raises(messages.RefusalError, match="no language"):
        speaking("fr")


# Opening ----------------------------------------------------------------------------------


def parts(result):
    """Yield every replication a result was made from, as a dict of plain or nested values."""
    if isinstance(result, experiments.RunResult):
        yield from (*result.replications, *result.draws)
    elif isinstance(result, (experiments.CompareResult, experiments.ReproduceResult)):
        for played in (*result.played, *result.draws):
            yield from played
    elif isinstance(result, experiments.SweepResult):
        for point in result.points:
            yield from (*point.replications, *point.draws)
    elif isinstance(result, experiments.AttributionResult):
        yield {"values": result.values, "members": result.members}
    elif isinstance(result, experiments.SensitivityResult):
        yield from result.replications
        for sample in (result.screened, result.varied, result.all_varied):
            yield {"shares": sample.shares, "values": sample.values}
        yield {"ends": result.ends}
    elif isinstance(result, experiments.StaffResult):
        for roster in (result.best, result.cheaper):
            yield from () if roster is None else roster.proven.replications
        yield from result.draws
    elif isinstance(result, experiments.CalibrationResult):
        for row in zip(result.runs.values.tolist(), *result.runs.found, strict=True):
            yield dict(enumerate(map(np.asarray, row)))
    else:
        for points in result.frontier.values():
            for point in points:
                yield from (*point.replications, *point.draws)
        yield from result.drawn


def test_what_is_opened_was_made_from_the_same_replications(asked, written):
    opened = hotline_sim.open_result(written)
    assert type(opened) is type(asked)
    some, others = list(parts(asked)), list(parts(opened))
    assert len(some) == len(others) > 0
    for one, other in zip(some, others, strict=True):
        if isinstance(one, Replication):
            for field in fields(Replication):
                np.testing.assert_equal(getattr(other, field.name), getattr(one, field.name))
        else:
            np.testing.assert_equal(other, dict(one))


def test_what_is_opened_is_equal_and_is_written_alike(asked, written):
    opened = hotline_sim.open_result(written)
    assert opened == asked
    assert hash(opened) == hash(asked)
    assert opened.to_json() == written.read_text(encoding="utf-8")
    assert opened != replace(asked, header=replace(asked.header, seed=1))


def test_the_header_holds_the_scenarios_with_their_numbers_and_origins(asked, written):
    header, opened = asked.header, hotline_sim.open_result(written).header
    for one, other in zip(header.scenarios, opened.scenarios, strict=True):
        assert other == one
        assert list(other.provenance.items()) == list(one.provenance.items())
        assert other.digest() == one.digest()
    told = json.loads(written.read_text(encoding="utf-8"))["header"]
    assert told["version"] == hotline_sim.__version__
    assert told["results_version"] == hotline_sim.RESULTS_VERSION
    assert (told["engine"], told["seed"]) == ("simpy", 12345)
    assert [Scenario.from_dict(one).name for one in told["scenarios"]] == [
        one.name for one in header.scenarios
    ]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_page_the_tables_and_the_frame_of_what_is_opened_are_the_same(asked, written, lang):
    pytest.importorskip("pandas")
    opened = hotline_sim.open_result(written)
    pages = [
        [
            block.name if isinstance(block, reports.Picture) else block
            for block in reports.blocks(one, lang)
        ]
        for one in (asked, opened)
    ]
    assert pages[0] == pages[1]
    assert reports.csv_files(opened) == reports.csv_files(asked)
    assert opened.to_frame().equals(asked.to_frame())
    assert len(opened.to_frame()) > 5


@pytest.mark.parametrize(
    "asked",
    ["changed", "budget", "staff", "calibrate", "sweep", "attribute", "sensitivity"],
    indirect=True,
)
def test_a_workbook_has_every_number_of_every_file_of_a_result(asked):
    book = openpyxl.load_workbook(io.BytesIO(workbook([asked], "zh")), read_only=True)
    held = {
        round(value, 9)
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if isinstance(value, (int, float))
    }
    for name, written in reports.csv_files(asked).items():
        rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1:]
        cells = {cell for row in rows for cell in row if re.fullmatch(r"-?\d+\.\d+", cell)}
        assert not name.endswith(".csv") or {round(float(one), 9) for one in cells} <= held


def test_the_figures_of_what_is_opened_are_the_same_to_the_last_byte(asked, written, tmp_path):
    drawn = []
    for number, result in enumerate((asked, hotline_sim.open_result(written))):
        folder = tmp_path / str(number)
        folder.mkdir()
        pictures = [b for b in reports.blocks(result, "zh") if isinstance(b, reports.Picture)]
        for picture in {pictures[0], pictures[-1]}:
            plots.save(picture.draw(), folder / picture.name)
        drawn.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert drawn[0] == drawn[1]
    assert drawn[0]


def test_what_the_user_set_is_listed_as_changed():
    scenario = load("first-day", overrides=[f"{SEATS}=2"]).with_values({"horizon.days": 2})
    header = hotline_sim.run(scenario, **BRIEF).header
    assert header.changed == [{SEATS: 2, "horizon.days": 2}]
    assert header.to_dict()["changed"] == header.changed
    assert hotline_sim.run("first-day", **BRIEF).header.changed == [{}]


# The command line ---------------------------------------------------------------------------


def test_the_command_is_kept_without_what_changes_no_number(tmp_path):
    asked = ["run", "first-day", "--replications", "2", "--set", "horizon.days = 2", "--seed", "7"]
    out = ["--jobs", "1", "--out", tmp_path, "--json", "--lang", "zh"]
    hotline(*asked, *out)
    opened = hotline_sim.open_result(tmp_path / "result.json")
    told = "hotline-sim run first-day --replications 2 --seed 7 --set 'horizon.days = 2'"
    assert sorted(opened.header.command.split()) == sorted(told.split())
    assert opened.header.changed == [{"horizon.days": 2}]


def test_what_is_printed_as_json_opens_like_what_is_written(tmp_path):
    command = ("sweep", "first-day", "--over", f"{SEATS}=2:3:1", "--replications", "2")
    printed = hotline(*command, "--jobs", "1", "--out", tmp_path, "--json").stdout
    (tmp_path / "printed.json").write_text(printed, encoding="utf-8")
    names = ("printed.json", "result.json")
    printed, written = (hotline_sim.open_result(tmp_path / name) for name in names)
    assert printed == written
    assert printed.header.command is not None
    assert f"--over {SEATS}=2:3:1" in printed.header.command


# What cannot be opened ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def tree():
    result = hotline_sim.run("first-day", **BRIEF).asked_by("hotline-sim run first-day")
    return json.loads(result.to_json())


def without(tree, *path):
    copy = json.loads(json.dumps(tree))
    node = copy
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return copy


def put(tree, value, *path):
    copy = json.loads(json.dumps(tree))
    node = copy
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return copy


BAD = {
    "no file": (lambda _: None, "cannot be read: No such file"),
    "empty": (lambda _: "", "is not JSON: Expecting value"),
    "cut off": (lambda tree: json.dumps(tree)[:-9], "is not JSON"),
    "not UTF-8": (lambda _: b"\xff\xfe\x00{", "is not JSON"),
    "too deep": (lambda _: "[" * 100_000, "is not JSON"),
    "a list": (lambda _: [1], "is no result that can be opened"),
    "no header": (lambda tree: without(tree, "header"), "is no result that can be opened"),
    "no kind": (lambda tree: without(tree, "kind"), "is no result that can be opened"),
    "other kind": (lambda tree: put(tree, "runn", "kind"), "kind = runn: must be one of .*run, "),
    "kind a list": (lambda tree: put(tree, [], "kind"), r"kind = \[\]: must be one of .*run, "),
    "no seed": (lambda tree: without(tree, "header", "seed"), "seed: is missing"),
    "no sums": (lambda tree: without(tree, "sums"), "sums: is missing"),
    "no measures": (lambda tree: without(tree, "measures"), "measures: is missing"),
    "a word for a seed": (lambda tree: put(tree, "7", "header", "seed"), "is damaged: seed"),
    "true for a seed": (lambda tree: put(tree, True, "header", "seed"), "is damaged: seed"),
    "none played": (lambda tree: put(tree, 0, "header", "replications"), "is damaged"),
    "more than there are": (lambda tree: put(tree, 3, "header", "replications"), "is damaged"),
    "no scenario": (lambda tree: put(tree, [], "header", "scenarios"), "is damaged"),
    "sums cut off": (lambda tree: put(tree, tree["sums"][:400], "sums"), "is damaged"),
    "sums a number": (lambda tree: put(tree, 7, "sums"), "is damaged"),
    "another kind's": (lambda tree: put(tree, "sweep", "kind"), "over: is missing"),
    "a bad scenario": (
        lambda tree: put(tree, -1, "header", "scenarios", 0, "horizon", "days"),
        "horizon.days = -1: must be at least 1",
    ),
}


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(("make", "line"), BAD.values(), ids=BAD)
def test_a_bad_file_gets_one_line(tree, tmp_path, make, line, lang):
    path, content = tmp_path / "result.json", make(tree)
    if content is not None:
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(hotline_sim.ResultError, match=line):
        hotline_sim.open_result(path)
    done = hotline("rerun", path, "--lang", lang)
    assert done.exit_code == 2
    assert done.stdout == ""
    (told,) = done.stderr.splitlines()
    assert told.startswith(str(path))
    if lang == "zh":
        assert any("\u4e00" <= letter <= "\u9fff" for letter in told)


def paths(node, path=()):
    """Return the paths of everything in a tree."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, below in pairs if isinstance(node, (dict, list)) else ():
        yield (*path, key)
        if isinstance(below, (dict, list)):
            yield from paths(below, (*path, key))


junk: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just([]) | st.just({})
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_a_file_with_one_thing_wrong_is_opened_or_refused_in_one_line(tree, tmp_path, data):
    path = data.draw(st.sampled_from(list(paths(tree))))
    value = data.draw(st.just("taken out") | junk)
    wrong = without(tree, *path) if value == "taken out" else put(tree, value, *path)
    file = tmp_path / "result.json"
    file.write_text(json.dumps(wrong), encoding="utf-8")
    try:
        opening._read(file)
    except hotline_sim.ResultError as error:
        for lang in messages.LANGUAGES:
            lines = error.text(lang).splitlines()
            assert lines
            assert all(line.startswith(f"{file}: ") for line in lines)


def test_a_result_of_another_results_version_is_opened_and_said(tree, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(put(tree, 1, "header", "results_version")), encoding="utf-8")
    with pytest.warns(experiments.OtherVersionNotice, match="results version 1") as told:
        opened = hotline_sim.open_result(path)
    assert opened.header.results_version == 1
    assert len(told) == 1
    line = told[0].message.text("zh")
    assert line.startswith(str(path))
    assert f"结果版本{hotline_sim.RESULTS_VERSION}" in line


def test_the_command_tells_of_warnings_in_the_language_asked_for(tree, tmp_path, capsys):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(put(tree, 1, "header", "results_version")), encoding="utf-8")
    with screen.faults_shown("zh"):
        warnings.simplefilter("always")
        hotline_sim.open_result(path)
    (line,) = capsys.readouterr().err.splitlines()
    assert "结果版本1" in line


# Playing again ------------------------------------------------------------------------------


def test_played_again_the_numbers_are_the_same(asked, written):
    again = hotline_sim.rerun(written, jobs=1)
    assert again.differing == ()
    assert again.is_same
    assert again.is_same_version
    assert again.result.found() == asked.found()
    assert hotline_sim.rerun(asked, jobs=1).is_same


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_played_again_by_the_other_engine_the_numbers_are_the_same(asked, engine):
    again = hotline_sim.rerun(asked, engine=engine, jobs=1)
    assert (again.original.engine, again.result.engine) == ("simpy", engine)
    assert again.differing == ()


@pytest.fixture
def first_day(tree, tmp_path):
    path = tmp_path / "result.json"
    path.write_text(json.dumps(tree), encoding="utf-8")
    return path


def turned(path, *key, value):
    tree = put(json.loads(path.read_text(encoding="utf-8")), value, *key)
    path.write_text(json.dumps(tree), encoding="utf-8")


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_command_says_that_all_is_the_same_and_ends_with_0(first_day, lang):
    done = hotline("rerun", first_day, "--jobs", "1", "--lang", lang)
    assert done.exit_code == 0
    assert messages.text("say.same_again", lang) in done.stdout
    assert messages.text("say.run", lang).split("{")[0] in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(
    ("key", "told"),
    [
        (("measures", "answered", "replications", 1), "measures.answered"),
        (("measures", "answered", "mean"), "measures.answered"),
        (("by_channel", "phone", "connect_rate", "low"), "by_channel.phone.connect_rate"),
    ],
)
def test_the_command_names_what_is_not_the_same_and_ends_with_1(first_day, lang, key, told):
    turned(first_day, *key, value=0.123)
    done = hotline("rerun", first_day, "--jobs", "1", "--lang", lang)
    assert done.exit_code == 1
    assert messages.text("table.differing", lang, count=1, shown=1) in done.stdout
    assert told in done.stdout
    assert messages.text("say.same_again", lang) not in done.stdout


def test_sums_that_are_not_the_same_are_named(first_day):
    opened = hotline_sim.open_result(first_day)
    assert isinstance(opened, experiments.RunResult)
    one, *others = opened.replications
    offered = one.by_day["offered"].copy()
    offered[0, 0] += 1
    changed = replace(one, by_day={**one.by_day, "offered": offered})
    again = hotline_sim.rerun(replace(opened, replications=(changed, *others)), jobs=1)
    (found,) = again.differing
    assert found.key == "sums.by_day/offered"
    assert isinstance(found.now, float)
    assert found.was == found.now + 1


def test_another_scenario_in_the_header_gives_other_numbers(first_day):
    turned(first_day, "header", "scenarios", 0, "teams", "desk", "shifts", 0, "seats", value=1)
    again = hotline_sim.rerun(first_day, jobs=1)
    assert not again.is_same
    assert "measures.connect_rate" in {one.key for one in again.differing}
    assert not any(isinstance(one.was, dict) for one in again.differing)


def test_a_worked_out_number_may_differ_in_its_last_digits_but_no_played_one(first_day):
    tree = json.loads(first_day.read_text(encoding="utf-8"))
    low = tree["measures"]["answered"]["low"]
    turned(first_day, "measures", "answered", "low", value=math.nextafter(low, 1e9))
    assert hotline_sim.rerun(first_day, jobs=1).is_same
    (played, _) = tree["measures"]["asa_s"]["replications"]
    near = math.nextafter(played, 1e9)
    turned(first_day, "measures", "asa_s", "replications", 0, value=near)
    assert [one.key for one in hotline_sim.rerun(first_day, jobs=1).differing] == ["measures.asa_s"]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize(("key", "value"), [("version", "0.0.9"), ("results_version", 1)])
def test_another_version_is_said(first_day, lang, key, value):
    assert "0.0.9" not in hotline("rerun", first_day, "--jobs", "1").stdout
    turned(first_day, "header", key, value=value)
    done = hotline("rerun", first_day, "--jobs", "1", "--lang", lang)
    told = {"version": hotline_sim.__version__, "results_version": hotline_sim.RESULTS_VERSION}
    sentence = messages.text(
        "result.versions",
        lang,
        this_version=hotline_sim.__version__,
        this_results_version=hotline_sim.RESULTS_VERSION,
        **{**told, key: value},
    )
    assert sentence in done.stdout.replace("\n", " ")
    assert done.exit_code == 0


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_another_engine_is_said(first_day, engine):
    done = hotline("rerun", first_day, "--jobs", "1", "--engine", engine)
    assert messages.text("say.other_engine", "en", was="simpy", now=engine) in done.stdout
    assert done.exit_code == 0


def test_json_holds_what_differs_and_out_the_new_result(first_day, tmp_path):
    same = json.loads(hotline("rerun", first_day, "--jobs", "1", "--json").stdout)
    assert same["same"] is True
    assert same["differing"] == []
    assert same["command"] == "hotline-sim run first-day"
    turned(first_day, "measures", "answered", "mean", value=7)
    out = tmp_path / "again"
    done = hotline("rerun", first_day, "--jobs", "1", "--json", "--out", out)
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [one["key"] for one in told["differing"]] == ["measures.answered"]
    assert told["differing"][0]["was"] == 7
    assert told["was"] == told["now"]
    again = hotline_sim.open_result(out / "result.json")
    assert isinstance(again, experiments.RunResult)
    assert told["differing"][0]["now"] == again.measures["answered"].mean
    assert (out / "day.png").exists()


def test_nothing_is_read_from_a_store(first_day, tmp_path, monkeypatch):
    def fail(*_arguments):
        raise AssertionError("read")

    monkeypatch.setattr(Store, "load", fail)
    execution = Execution(jobs=1, store=Store(tmp_path / "store"))
    assert hotline_sim.rerun(first_day, engine="auto", execution=execution).is_same
    assert not list(tmp_path.glob("store/**/*.*"))


# One description of what is shown -------------------------------------------------------------


def test_every_kind_of_result_has_an_entry_in_each_table():
    kinds = {
        one.kind
        for one in vars(experiments).values()
        if isinstance(one, type)
        and issubclass(one, experiments.Result)
        and one.__abstractmethods__ == frozenset()
    }
    assert kinds == set(experiments.Result.kinds) == set(reports.SHOWN) == set(plots.FIGURES)
    assert kinds <= set(main.commands)
    assert all(
        f"report.kind.{kind}" in messages.names(lang)
        for kind in kinds
        for lang in messages.LANGUAGES
    )


def figure_of(picture):
    """Return the name of the figure that a picture draws."""
    return picture.draw.args[1]


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_page_can_be_printed_on_a_gbk_console_and_has_its_languages_units(asked, lang):
    page = "\n".join(word for block in reports.blocks(asked, lang) for word in words_of(block))
    assert page.encode("gbk").decode("gbk") == page
    english_units = re.findall(r"\d (?:%|pt|s)(?![A-Za-z])", page)
    assert not english_units if lang == "zh" else "%" not in page or english_units


def test_csv_files_in_chinese_have_words_for_machine_names_and_the_same_numbers(asked):
    plain, told = reports.csv_files(asked), reports.csv_files(asked, heads="zh")
    assert plain.keys() == told.keys()
    for name, content in told.items():
        if not name.endswith(".csv"):
            assert content == plain[name]
            continue
        assert content.startswith(codecs.BOM_UTF8)  # by which Excel knows its letters
        pages = [io.StringIO(one.decode("utf-8-sig")) for one in (plain[name], content)]
        (heads, *rows), (words, *same) = map(csv.reader, pages)
        for head, word in zip(heads, words, strict=True):
            assert re.search("[\u4e00-\u9fff]", word) or ("." in head and word == head), head
        assert "connect_rate" not in {cell for row in same for cell in row}
        for row, again in zip(rows, same, strict=True):
            for cell, other in zip(row, again, strict=True):
                assert other == cell or not re.fullmatch(r"-?[\d.]+(e[+-]\d+)?", cell)


def test_every_figure_that_can_be_drawn_is_shown_by_some_result():
    for name in ASKED:
        if name not in _KEPT:
            _KEPT[name] = _short_run(SHORT) if name == "run" else ASKED[name]()
    shown: dict[str, set[str]] = {}
    for result in _KEPT.values():
        blocks = reports.blocks(result, "en")
        pictures = [block for block in blocks if isinstance(block, reports.Picture)]
        names = {figure_of(picture) for picture in pictures}
        shown[result.kind] = shown.get(result.kind, set()) | names
    assert shown == {kind: set(found) for kind, found in plots.FIGURES.items()}


def test_pages_are_described_without_loading_matplotlib():
    code = (
        "import sys, hotline_sim; from hotline_sim import reports;"
        "found = hotline_sim.run('first-day', replications=2, engine='simpy', jobs=1);"
        "assert any(isinstance(b, reports.Picture) for b in reports.blocks(found, 'en'));"
        "sys.exit('matplotlib' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_terminal_leaves_pictures_out_and_prints_all_else(capsys):
    result = hotline_sim.run("first-day", **BRIEF)
    blocks = reports.blocks(result, "en")
    screen.show(*blocks)
    with_pictures = capsys.readouterr().out
    screen.show(*(block for block in blocks if not isinstance(block, reports.Picture)))
    assert capsys.readouterr().out == with_pictures
    assert "\n\n\n" not in with_pictures


def test_sums_are_read_without_the_package_as_the_page_says(tree):
    with np.load(io.BytesIO(base64.b64decode(tree["sums"]))) as kept:
        shapes = {name: kept[name].shape for name in kept.files}
        answered = kept["by_day/answered"].sum(axis=(1, 2)).tolist()
    assert answered == tree["measures"]["answered"]["replications"]
    assert shapes["by_day/answered"] == (2, 1, 1)
    assert shapes["by_half_hour/offered"] == (2, 48, 1)
    assert shapes["waits"][:2] == (2, 1)
