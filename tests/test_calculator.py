"""``hotline-sim erlang``: units, targets, tables, curves, files; one line for a mistake."""

import csv
import dataclasses
import html
import io
import json

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.lines import Line2D

import hotline_sim
from hotline_sim import erlang, experiments, plots, reports
from hotline_sim.cli import main
from hotline_sim.erlang import Exponential, Fixed, Lognormal, Never, Queue, Weibull
from hotline_sim.experiments import Period, Target, TargetError, calculate, goal_of, target_of

CALLS = ("--calls-per-hour", "120", "--aht", "240")
QUEUE = Queue(calls_per_hour=120.0, handle_mean_s=240.0, patience=Exponential(mean_s=350.0))


def asked(*arguments, lang="en"):
    return CliRunner().invoke(main, ["erlang", *arguments, "--lang", lang])


def tree(*arguments):
    done = asked(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


# Targets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("connect_rate:0.95", Target("connect_rate", True, 0.95)),
        ("connect_rate：95％", Target("connect_rate", True, 0.95)),
        ("connect_rate>=95%", Target("connect_rate", True, 0.95)),
        ("abandonment_rate:5%", Target("abandonment_rate", False, 0.05)),
        ("asa_s:30", Target("asa_s", False, 30.0)),
        ("occupancy:0.85", Target("occupancy", False, 0.85)),
        ("occupancy >= .6", Target("occupancy", True, 0.6)),
        ("service_level( 20 s )≥80 %", Target("service_level(20)", True, 0.8)),
        ("connect_rate>=1", Target("connect_rate", True, 1.0)),
        ("connect_rate>=.9@1/day", Target("connect_rate", True, 0.9, 1.0, Period.DAY)),
        (
            "connect_rate_24h_min：95％ @ 90% / 月",
            Target("connect_rate_24h_min", True, 0.95, 0.9, Period.MONTH),
        ),
        (
            "service_level(20)>=80%@0.9/天",
            Target("service_level(20)", True, 0.8, 0.9, Period.DAY),
        ),
    ],
)
def test_a_target_needs_no_quotes_and_takes_percent(written, target):
    assert target_of(written) == target
    assert target_of(str(target)) == target


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("connect_rate:95", "write 0.95 or 95%"),
        ("connect_rate>=1.5", "write 0.015 or 1.5%"),
        ("connect_rate>=950", "no rate is above 1"),
        ("connect_rate>=120%", "no rate is above 1"),
        ("connect_rate=0.9", "must look like"),
        ("connect_rate>=-0.9", "must look like"),
        ("conect_rate>=0.9", "conect_rate is no measure"),
        ("asa_s<=30%", "asa_s is no share"),
        ("asa_s(20)<=30", "asa_s takes no limit"),
        ("connect_rate>=0.9@90/month", "write 0.9 or 90%"),
        ("connect_rate>=0.9@110%/month", "no rate is above 1"),
        ("connect_rate>=0.9@0/month", "a share above 0"),
        ("connect_rate>=0.9@0.9/week", "@week is no part of the horizon"),
        ("connect_rate>=0.9@0.9", "must look like"),
        ("satisfaction_rate>=0.9@0.9/day", "they have offered, answered"),
    ],
)
def test_a_target_that_is_none_is_refused_in_one_line_with_what_is_meant(written, wanted):
    with pytest.raises(TargetError, match=r"^target ") as refused:
        target_of(written)
    assert wanted in str(refused.value)
    assert written in refused.value.text("zh")
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("satisfaction_rate>=0.9", "the formulas do not give this measure"),
        ("connect_rate<=0.9", "moves the other way"),
        ("occupancy>=0.6", "moves the other way"),
        ("connect_rate>=1", "no number of agents reaches it"),
        ("asa_s<=0", "no number of agents reaches it"),
    ],
)
def test_a_target_no_formula_answers_is_refused(written, wanted):
    with pytest.raises(TargetError, match=wanted):
        goal_of(target_of(written), 15.0)


# What is calculated -----------------------------------------------------------------------


def test_rows_are_the_formulas_and_the_fewest_agents_are_among_them():
    targets = [target_of("connect_rate>=0.95"), target_of("service_level(20)>=0.8")]
    result = calculate(QUEUE, targets=targets)
    assert result.within_s == 20.0
    rows = {row.agents: row.measures for row in result.rows}
    assert result.agents_needed in rows
    meet = [n for n, m in rows.items() if m.connect_rate >= 0.95 and m.service_level >= 0.8]
    assert min(meet) == result.agents_needed
    for number, found in rows.items():
        assert found == erlang.queue_measures(queue=QUEUE, agents=number, within_s=20.0)


def test_rows_that_nobody_named_lead_from_a_swamped_queue_to_an_easy_one():
    found = [row.measures.connect_rate for row in calculate(QUEUE).rows]
    assert found == sorted(found)
    assert found[0] < 0.8 < 0.97 < found[-1]


def test_too_few_agents_for_calls_that_never_give_up_have_no_measures():
    patient = Queue(calls_per_hour=120.0, handle_mean_s=240.0, patience=Never())
    rows = calculate(patient, agents=[7, 8, 9]).rows
    assert [row.measures is None for row in rows] == [True, True, False]


def test_a_target_beyond_what_the_lines_carry_says_so():
    few = Queue(
        calls_per_hour=120.0, handle_mean_s=240.0, patience=Exponential(mean_s=350.0), lines=9
    )
    with pytest.raises(TargetError, match=r"every one of the 9 lines it is 0\.826"):
        calculate(few, targets=[target_of("connect_rate>=0.95")])


# The command ------------------------------------------------------------------------------


def test_units_are_understood():
    plain = tree(
        "--calls-per-hour", "12000", "--aht", "240", "--patience", "360", "--agents", "800"
    )
    for calls, aht, patience in (
        ("1.2万", "4min", "6min"),
        ("12,000", "4分钟", "0.1h"),
        ("12k", "240秒", "360s"),
    ):
        written = ("--calls-per-hour", calls, "--aht", aht, "--patience", patience)
        assert tree(*written, "--agents", "800") == plain
    share = tree(*CALLS, "--patience", "350", "--redial", "0.45", "--agents", "9")
    assert tree(*CALLS, "--patience", "350", "--redial", "45%", "--agents", "9") == share


def test_json_holds_the_queue_the_targets_and_every_row():
    found = tree(
        *CALLS,
        *("--patience", "350", "--patience-law", "weibull", "--shape", "0.75"),
        *("--redial", "0.45", "--agents", "9:11", "--target", "connect_rate:95%"),
    )
    queue = Queue(
        calls_per_hour=120.0,
        handle_mean_s=240.0,
        patience=Weibull(mean_s=350.0, shape=0.75),
        redial_probability=0.45,
    )
    assert found["queue"]["patience"] == {"law": "weibull", "mean_s": 350.0, "shape": 0.75}
    assert [row["agents"] for row in found["rows"]] == [9, 10, 11]
    exact = erlang.queue_measures(queue=queue, agents=10, within_s=15.0)
    assert found["rows"][1]["measures"]["connect_rate"] == exact.connect_rate
    goals = [erlang.Goal("connect_rate", 0.95)]
    assert found["agents_needed"] == erlang.fewest_agents(queue=queue, goals=goals)
    assert found["targets"] == ["connect_rate>=0.95"]


IMPATIENT = Exponential(mean_s=350.0)


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (["--no-waiting"], {"may_wait": False}),
        (["--lines", "12", "--patience", "350"], {"lines": 12, "patience": IMPATIENT}),
        (
            ["--patience", "350", "--concurrency", "3", "--slowdown", "30%"],
            {"patience": IMPATIENT, "concurrency": 3, "slowdown": 0.3},
        ),
        (
            ["--patience", "350", "--patience-law", "lognormal", "--shape", "0.9"],
            {"patience": Lognormal(mean_s=350.0, sigma_log=0.9)},
        ),
        (["--patience", "60", "--patience-law", "fixed"], {"patience": Fixed(mean_s=60.0)}),
    ],
)
def test_every_kind_of_queue_can_be_asked_for(options, more):
    (row,) = tree(*CALLS, *options, "--agents", "8")["rows"]
    queue = Queue(calls_per_hour=120.0, handle_mean_s=240.0, **more)
    exact = erlang.queue_measures(queue=queue, agents=8, within_s=15.0)
    assert row["measures"] == dataclasses.asdict(exact)


@pytest.mark.parametrize(("lang", "words"), [("en", "agents are needed"), ("zh", "名话务员")])
def test_the_answer_is_a_sentence_in_either_language(lang, words):
    done = asked(*CALLS, "--patience", "350", "--target", "connect_rate:95%", lang=lang)
    assert done.exit_code == 0
    assert words in done.stdout
    assert "10 *" in done.stdout


def test_files_and_curves_are_written(tmp_path):
    folder = tmp_path / "out"
    arguments = ("--patience", "350", "--agents", "8:12", "--out", str(folder))
    assert asked(*CALLS, *arguments).exit_code == 0
    names = {path.name for path in folder.iterdir()} - {"hotline-sim-manifest.json"}
    assert names == {"result.json", "erlang.csv", "erlang.png", "erlang.svg"}
    table = list(csv.DictReader(io.StringIO((folder / "erlang.csv").read_text())))
    exact = erlang.queue_measures(queue=QUEUE, agents=10, within_s=15.0)
    assert table[2]["agents"] == "10"
    assert float(table[2]["connect_rate"]) == exact.connect_rate


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_curves_are_the_rows_and_mark_the_agents_needed(lang):
    result = calculate(QUEUE, targets=[target_of("connect_rate>=0.95")])
    (ax,) = plots.erlang_figures(result, lang=lang)["erlang"].axes
    lines = [(list(np.asarray(x)), list(np.asarray(y))) for x, y in map(Line2D.get_data, ax.lines)]
    drawn = [y for x, y in lines if len(x) == len(result.rows)]
    assert drawn[0] == [row.measures.connect_rate for row in result.rows]
    assert any(set(x) == {result.agents_needed} for x, _ in lines)
    assert any(set(y) == {0.95} for _, y in lines)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--calls-per-hour", "0", "--aht", "240"], "--calls-per-hour 0: must be a number above 0"),
        (["--calls-per-hour", "9", "--aht", "4 moons"], "--aht 4 moons: must be a time"),
        ([*CALLS, "--redial", "45"], "--redial 45: a share is from 0 to 1; write 0.45 or 45%"),
        ([*CALLS, "--redial", "145%"], "--redial 145%: must be a share"),
        ([*CALLS, "--redial", "1"], "calls never end"),
        ([*CALLS, "--agents", "9:5"], "--agents 9:5: must be"),
        ([*CALLS, "--agents", "0"], "--agents 0: must be"),
        ([*CALLS, "--agents", "1:5000"], "5000 rows, at most 1000"),
        ([*CALLS, "--target", "connect_rate:95"], "write 0.95 or 95%"),
        ([*CALLS, "--patience-law", "weibull"], "weibull: needs --shape"),
        ([*CALLS, "--patience-law", "fixed"], "--patience-law: needs --patience"),
        ([*CALLS, "--patience", "9", "--shape", "2"], "--shape: means nothing"),
        ([*CALLS, "--patience", "1e10"], "--patience 1e10: must be a time"),
        (
            [*CALLS, "--patience", "9", "--patience-law", "weibull", "--shape", "0"],
            "--shape 0: must lie in 0.1 … 50",
        ),
        (
            [*CALLS, "--patience", "9", "--patience-law", "fixed", "--lines", "9"],
            "--lines: with this --patience-law there is no formula",
        ),
        ([*CALLS, "--lines", "9", "--no-waiting"], "--lines: goes neither with"),
    ],
)
def test_a_mistake_gets_one_line(arguments, line):
    done = asked(*arguments)
    assert done.exit_code == 2
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""
    chinese = asked(*arguments, lang="zh")
    assert chinese.exit_code == 2
    assert chinese.stderr != done.stderr


def test_the_names_of_the_experiments_are_listed():
    assert {"calculate", "goal_of", "ErlangResult", "TargetError"} <= set(experiments.__all__)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_notebook_shows_the_table_in_the_language_set(lang):
    found = calculate(QUEUE, agents=[7, 8, 9])
    hotline_sim.set_language(lang)
    try:
        shown = found._repr_html_()
    finally:
        hotline_sim.set_language(None)
    table = reports.erlang_table(found, lang)
    assert shown.count("<tr>") == 1 + len(table.rows)
    assert all(f">{html.escape(cell)}<" in shown for row in table.rows for cell in row if cell)
