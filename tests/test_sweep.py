"""A sweep: the grid, the same people at every point, targets, files and figures."""

import csv
import io
import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

import hotline_sim
from hotline_sim import reports
from hotline_sim.cli import layout, main
from hotline_sim.execution import Execution, replicate, tasks
from hotline_sim.experiments import Estimate, Target, Verdict, sweep, target_of
from hotline_sim.reports import Table
from hotline_sim.scenario import ScenarioError

SEATS, REDIALS = "teams.desk.shifts.0.seats", "channels.phone.next.0.probability"
BRIEF = ["--replications", "3", "--jobs", "1"]


@pytest.fixture(scope="module")
def curve():
    return sweep("first-day", {SEATS: [2, 3, 4]}, replications=4, jobs=1)


@pytest.fixture(scope="module")
def grid():
    return sweep("first-day", {SEATS: [2, 4], REDIALS: [0.0, 0.5, 0.9]}, replications=3, jobs=1)


def hotline(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], env={"LC_ALL": "C.UTF-8"})


def test_each_point_is_the_run_of_the_scenario_with_that_key_set(curve):
    for value, point in zip(("2", "3", "4"), curve.points, strict=True):
        alone = hotline_sim.run(
            hotline_sim.load("first-day", overrides=[f"{SEATS}={value}"]), replications=4, jobs=1
        )
        assert point.at == {SEATS: value}
        assert {k: v.mean for k, v in point.measures.items()} == pytest.approx(
            {k: v.mean for k, v in alone.measures.items()}, nan_ok=True
        )


def test_a_scenario_changed_in_memory_is_swept_as_it_stands(curve):
    changed = hotline_sim.load("first-day").with_values({REDIALS: 0.2})
    swept = sweep(changed, {SEATS: [3]}, replications=4, jobs=1)
    alone = hotline_sim.run(changed.with_values({SEATS: 3}), replications=4, jobs=1)
    assert swept.scenario == changed
    assert swept.points[0].measures["connect_rate"] == alone.measures["connect_rate"]
    assert swept.points[0].measures["connect_rate"] != curve.points[1].measures["connect_rate"]


def test_laws_and_lists_are_swept_in_memory():
    laws = [{"law": "fixed", "mean_s": mean_s} for mean_s in (60, 600)]
    swept = sweep("first-day", {"channels.phone.talk": laws}, replications=2, jobs=1)
    short, long = (point.measures["connect_rate"].mean for point in swept.points)
    assert short > long
    assert "'mean_s': 600" in swept.points[1].at["channels.phone.talk"]


def test_points_run_through_every_combination_the_last_key_fastest(grid):
    wanted = itertools.product(("2", "4"), ("0.0", "0.5", "0.9"))
    assert [tuple(point.at.values()) for point in grid.points] == list(wanted)


def test_the_step_is_the_paired_difference_from_the_point_before(curve):
    before, here = ([one["connect_rate"] for one in curve.points[i].replications] for i in (0, 1))
    step = curve.step("connect_rate", 1)
    assert step.replications == tuple(b - a for a, b in zip(before, here, strict=True))
    assert step.low > 0  # a third agent helps, here
    assert math.isnan(curve.step("connect_rate", 0).mean)


def test_a_row_of_the_grid_begins_without_a_step(grid):
    known = [not math.isnan(grid.step("connect_rate", i).mean) for i in range(len(grid.points))]
    assert known == [False, True, True, False, True, True]


def test_the_same_people_call_at_every_point(curve):
    cases = [[one["cases"] for one in point.replications] for point in curve.points]
    assert cases[0] == cases[1] == cases[2]
    assert len(set(cases[0])) > 1


def test_progress_is_told_of_all_points(curve):
    told = []
    execution = Execution(jobs=1, progress=lambda done, of, _: told.append((done, of)))
    again = sweep("first-day", {SEATS: [2, 3, 4]}, replications=4, execution=execution)
    assert again.to_json() == curve.to_json()
    assert told == [(i + 1, 12) for i in range(12)]


def test_an_interrupted_sweep_goes_on_and_a_larger_one_takes_it_in(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_SIM_STORE", str(tmp_path / "store"))
    arguments = ["sweep", "first-day", "--replications", "4", "--jobs", "1", "--json"]
    whole = hotline(*arguments, "--over", f"{SEATS}=2:4:1")
    kept = sorted((tmp_path / "store").iterdir())
    assert len(kept) == 12
    kept[5].unlink()
    played = []

    def told(task):
        played.append(task)
        return replicate(task)

    monkeypatch.setattr(tasks, "replicate", told)
    again = hotline(*arguments, "--over", f"{SEATS}=2:4:1")
    assert json.loads(again.stdout) == json.loads(whole.stdout)
    assert len(played) == 1
    hotline(*arguments, "--over", f"{SEATS}=2:5:1")
    assert len(played) == 1 + 4


@pytest.mark.parametrize(
    ("over", "wanted"),
    [
        ("4:8:2", ["4", "6", "8"]),
        ("4:9:2", ["4", "6", "8"]),
        ("0.1:0.3:0.1", ["0.1", "0.2", "0.3"]),
        ("3:1:-1", ["3", "2", "1"]),
        ("5:5:1", ["5"]),
        ("2, 3", ["2", "3"]),
    ],
)
def test_values_are_written_as_a_span_or_a_list(over, wanted):
    from hotline_sim.cli.options import grid_of

    assert grid_of((f"a.b={over}",), "en") == {"a.b": wanted}


def test_a_measure_and_a_target_may_name_a_threshold():
    over = ("--over", f"{SEATS}=4,5", "--set", "service.within_s=[15,20]")
    aim = ("--measure", "service_level(15)", "--target", "service_level(20)>=0.5")
    done = hotline("sweep", "first-day", *over, *aim, *BRIEF)
    assert done.exit_code == 0
    assert " 15 s" in done.stdout
    assert "service_level(20)>=0.5 is met at:" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--over", "teams.desk"], "--over teams.desk: must look like"),
        (["--over", f"{SEATS}=4:8"], "must look like"),
        (["--over", f"{SEATS}=8:4:2"], "must look like"),
        (["--over", f"{SEATS}=4:8:0"], "must look like"),
        (["--over", f"{SEATS}=a:b:c"], "must look like"),
        (["--over", f"{SEATS}=1,,2"], "must look like"),
        (["--over", f"{SEATS}=1", "--over", f"{SEATS}=2"], f"--over {SEATS}: is given twice"),
        (["--over", f"{SEATS}=1:2000:1"], "2000 points, at most 1000"),
        (["--over", f"{SEATS}=-1"], f"--over: {SEATS} = -1: must be at least 0"),
        (["--over", "teams.desk.shift=1"], "--over: teams.desk.shift"),
        (
            ["--over", f"{SEATS}=1", "--target", "connect_rate=0.9"],
            "must look like connect_rate>=0.95",
        ),
        (["--over", f"{SEATS}=1", "--target", "connect_rat>=0.9"], "connect_rat is no measure"),
        (["--over", f"{SEATS}=1", "--measure", "conect_rate"], "measure = conect_rate: one of"),
        (["--over", f"{SEATS}=1", "--measure", "cost_cny"], "measure = cost_cny: one of"),
        (["--over", f"{SEATS}=1", "--measure", "service_level(20)"], "service_level(20): one of"),
    ],
)
def test_a_mistake_gets_one_line(arguments, line):
    done = hotline("sweep", "first-day", *arguments, *BRIEF)
    assert done.exit_code == 2
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def span(low, high):
    return Estimate((low + high) / 2, low, high, (low, high), (high - low) / 2)


@pytest.mark.parametrize(
    ("written", "low", "high", "verdict"),
    [
        ("connect_rate>=0.9", 0.9, 0.92, Verdict.MET),
        ("connect_rate>=0.9", 0.89, 0.92, Verdict.NOT_DECIDED),
        ("connect_rate>=0.9", 0.8, 0.89, Verdict.NOT_MET),
        ("asa_s<=30", 20, 30, Verdict.MET),
        ("asa_s <= 30", 29, 31, Verdict.NOT_DECIDED),
        ("asa_s<=3e1", 30.5, 31, Verdict.NOT_MET),
        ("asa_s<=30", math.nan, math.nan, Verdict.NOTHING),
    ],
)
def test_a_target_is_met_missed_or_open(written, low, high, verdict):
    assert target_of(written).verdict(span(low, high)) is verdict


def test_a_target_is_written_as_it_is_read():
    assert str(target_of("connect_rate>=0.95")) == "connect_rate>=0.95"
    assert target_of("asa_s<=30") == Target("asa_s", False, 30.0)


def test_the_table_says_which_points_meet_the_target(curve):
    found = [point.measures["connect_rate"] for point in curve.points]
    aim = Target("connect_rate", True, found[1].low)
    table = reports.sweep_table(curve, "en", measure="connect_rate", target=aim)
    assert [row[-1] for row in table.rows] == ["not met", "met", "met"]
    sentence = reports.reached_sentence(curve, aim, "en")
    assert f"{SEATS} = 3" in sentence
    assert f"{SEATS} = 2" not in sentence
    nowhere = Target("connect_rate", True, 1.1)
    assert "nowhere" in reports.reached_sentence(curve, nowhere, "en")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_tables_fit_80_columns_and_break_no_number(grid, lang):
    aim = target_of("connect_rate>=0.9")
    found = replace(grid, target=aim, measure="connect_rate")
    for table in (block for block in reports.blocks(found, lang) if isinstance(block, Table)):
        lines = [line for line, _ in layout.tabled(table, 80, rule="-")]
        assert max(map(cell_len, lines)) <= 80
        text = "\n".join(lines)
        assert all(row[i] in text for row in table.rows for i in table.numeric)


def test_what_else_a_point_brings_stands_beside_its_keys(grid):
    table = reports.sweep_beside(grid, "en", measure="connect_rate")
    assert table.heads[:2] == (SEATS, REDIALS)
    at = table.heads.index("occupancy")
    means = [f"{100 * point.measures['occupancy'].mean:.2f} %" for point in grid.points]
    assert [row[at] for row in table.rows] == means


def test_the_csv_and_the_json_hold_every_point(grid):
    rows = list(
        csv.DictReader(io.StringIO(reports.sweep_tables(grid)["sweep.csv"].decode("utf-8-sig")))
    )
    rates = [row for row in rows if row["measure"] == "connect_rate"]
    told = [float(row["mean"]) for row in rates]
    plain = json.loads(grid.to_json())
    assert told == pytest.approx([p["measures"]["connect_rate"]["mean"] for p in plain["points"]])
    assert [row[REDIALS] for row in rates] == [p["at"][REDIALS] for p in plain["points"]]
    assert plain["over"] == {SEATS: ["2", "4"], REDIALS: ["0.0", "0.5", "0.9"]}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_curve_shows_each_value_its_band_and_the_target(curve, lang):
    aim = Target("connect_rate", True, 0.9)
    figure = reports.figures(replace(curve, target=aim), lang)["sweep"]
    (ax,) = figure.axes
    (line,) = [one for one in ax.lines if one.get_label() == "_sweep"]
    means = [point.measures["connect_rate"].mean for point in curve.points]
    assert line.get_xydata().tolist() == [[x, y] for x, y in zip((2, 3, 4), means, strict=True)]
    (band,) = ax.collections
    heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
    assert heights.min() == min(p.measures["connect_rate"].low for p in curve.points)
    assert heights.max() == max(p.measures["connect_rate"].high for p in curve.points)
    assert any(set(np.asarray(one.get_ydata())) == {0.9} for one in ax.lines)


def test_the_published_figure_is_a_line():
    found = sweep(
        "nanning-after",
        {"channels.phone.lines": [60, 120]},
        overrides=["horizon.days=1"],
        replications=2,
        jobs=1,
    )
    assert found.published("connect_rate") == 0.9007
    assert found.published("asa_s") is None
    figure = reports.figures(found, "en")["sweep"]
    heights = [set(np.asarray(one.get_ydata())) for one in figure.axes[0].lines]
    assert {0.9007} in heights


def test_the_heat_map_has_a_cell_a_pair(grid):
    figure = reports.figures(grid, "en")["sweep"]
    (ax,) = figure.axes
    (image,) = ax.images
    means = [point.measures["connect_rate"].mean for point in grid.points]
    assert image.get_array().ravel().tolist() == pytest.approx(means)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["2", "4"]


def test_the_map_marks_and_fences_off_the_cells_that_meet_the_target(grid):
    means = [point.measures["connect_rate"].mean for point in grid.points]
    aim = Target("connect_rate", True, sum(sorted(means)[2:4]) / 2)
    (ax,) = reports.figures(replace(grid, target=aim, measure="connect_rate"), "en")["sweep"].axes
    marked = {
        name: {
            (round(y), round(x))
            for line in ax.lines
            if line.get_label() == f"_{name}"
            for x, y in line.get_xydata().tolist()
        }
        for name in ("met", "not_decided")
    }
    verdicts = [aim.verdict(point.measures["connect_rate"]) for point in grid.points]
    cells = list(itertools.product(range(2), range(3)))
    for name, drawn in marked.items():
        assert drawn == {cell for cell, one in zip(cells, verdicts, strict=True) if one == name}
    met = marked["met"]
    assert 0 < len(met) < len(cells)
    beside = [
        (one, other)
        for one, other in itertools.combinations(cells, 2)
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1
    ]
    (fence,) = [each for each in ax.collections if each.get_label() == "_fence"]
    middles = {
        tuple(np.mean(np.asarray(path.vertices), axis=0)[::-1].tolist())
        for path in fence.get_paths()
    }
    assert middles == {
        ((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
        for one, other in beside
        if (one in met) != (other in met)
    }


def test_points_of_a_curve_that_do_not_surely_meet_the_target_are_hollow(curve):
    rates = [point.measures["connect_rate"] for point in curve.points]
    aim = Target("connect_rate", True, rates[1].low)
    (ax,) = reports.figures(replace(curve, target=aim), "zh")["sweep"].axes
    (hollow,) = [one for one in ax.lines if one.get_label() == "_misses"]
    assert hollow.get_xydata().tolist() == [[2, rates[0].mean]]


def test_over_three_keys_there_is_a_table_and_no_figure(tmp_path):
    over = ["--over", f"{SEATS}=2,3", "--over", f"{REDIALS}=0.3", "--over", "horizon.days=1"]
    done = hotline("sweep", "first-day", *over, *BRIEF, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert {p.name for p in tmp_path.iterdir()} == {
        "hotline-sim-manifest.json",
        "result.json",
        "sweep.csv",
    }


def test_words_may_be_swept(tmp_path):
    over = "demand.calendar=none,china"
    done = hotline("sweep", "first-day", "--over", over, *BRIEF, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert (tmp_path / "sweep.png").exists()


def test_a_grid_needs_points():
    with pytest.raises(ValueError, match="0 points"):
        sweep("first-day", {})
    with pytest.raises(ValueError, match="0 points"):
        sweep("first-day", {SEATS: []})
    with pytest.raises(ScenarioError, match="no such key"):
        sweep("first-day", {"teams.desk.seets": [1]})
