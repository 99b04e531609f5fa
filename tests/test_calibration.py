"""Calibration: the parameters that give published figures, each member simulated."""

import json
import math
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import plots, reports
from hotline_sim.cli import main
from hotline_sim.execution import Execution
from hotline_sim.experiments import ParameterSet
from hotline_sim.experiments.calibration import choosing, figures, sampling, surfaces
from hotline_sim.messages import RefusalError, text
from hotline_sim.scenario import ScenarioError, load, parameter_sets

CITY = """\
format = 1
title = { en = "small", zh = "小城" }

[horizon]
start = 2024-03-04
days = 14

[channels.phone]
kind = "voice"
cases_per_day = { value = 300, range = [150, 600] }
talk = { law = "exponential", mean_s = { value = 240, range = [200, 300] } }
patience = { law = "exponential", mean_s = { value = 180, range = [90, 400] } }
lines = { value = 60, range = [50, 100] }

[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
probability = { value = 0.4, range = [0.1, 0.8] }
delay = { law = "exponential", mean_s = 900 }

[teams.desk]
employment = "in_house"
serves = ["phone"]
shifts = [{ seats = { value = 2, range = [1, 3] }, from = "00:00", to = "24:00" }]

[published]
"""
RANGED = 'kind = "assumed", note = "n", range'
VOLUME, SEATS = "channels.phone.cases_per_day", "teams.desk.shifts.0.seats"
LINES = "channels.phone.lines"
MOVED = (VOLUME, SEATS, LINES)
BRIEF: dict[str, Any] = {
    "shared": (),
    "members": 40,
    "replications": 10,
    "engine": "compiled",
    "jobs": 1,
}


@pytest.fixture(scope="module")
def city(load_text):
    """Return the small city with some published figures."""

    def made(*published, **values):
        written = CITY.replace("range", RANGED) + "\n".join(published)
        return load_text(written, *(f"{key}={value}" for key, value in values.items()))

    return made


@pytest.fixture(scope="module")
def small(city):
    """Return a city whose figures are the mean of years of known parameters."""
    truth = city().with_values({VOLUME: 320.0, SEATS: 1.9})
    years = hotline_sim.run(truth, replications=30, seed=9, engine="compiled", jobs=1)
    told = {name: years.measures[name].mean for name in ("answered", "connect_rate")}
    return city(f"answered = {told['answered']:.0f}", f"connect_rate = {told['connect_rate']:.3f}")


@pytest.fixture(scope="module")
def found(small):
    return hotline_sim.calibrate(small, over=MOVED, **BRIEF)


def hotline(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": "en_US.UTF-8"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def said(result, lang):
    """Return the sentences of a page."""
    return "\n".join(one for one in reports.blocks(result, lang) if isinstance(one, str))


# What is found ------------------------------------------------------------------------------


def test_the_figures_narrow_what_they_depend_on_around_the_truth(found):
    volume, seats, _ = found.narrowing
    assert volume.left < 0.4
    assert seats.left < 0.8
    assert volume.low < 320 < volume.high
    assert seats.low < 1.9 < seats.high
    assert not volume.is_free


def test_what_the_figures_do_not_depend_on_is_free(found):
    lines = found.narrowing[2]
    assert lines.is_free
    assert lines.left > 0.7
    assert LINES in said(found, "en")


def test_all_members_were_simulated_and_their_expected_figures_lie_within_the_limits(found):
    assert len(found.parameters) == found.is_member.sum() == 40
    for column, surface in zip(found.expected.T, found.surfaces, strict=True):
        low, high = surface.limits
        assert low <= column.min() <= column.max() <= high
    played = [tuple(row) for row in found.runs.values.tolist()]
    assert all(tuple(row) in played for row in found.parameters.values.tolist())


def test_the_means_of_ten_fresh_years_lie_within_the_limits(found):
    members = found.parameters
    points = [(members.bases[0], members.changes(i)) for i in range(0, 40, 2)]
    names = [surface.figure.measure for surface in found.surfaces]
    fresh = range(100, 110)
    table = hotline_sim.execution.play(
        points, fresh, seed=77, engine="compiled", keep=names, execution=Execution(jobs=1)
    )
    means = table.values.mean(axis=1)
    lows, highs = zip(*(surface.limits for surface in found.surfaces), strict=True)
    inside = ((means >= lows) & (means <= highs)).all(axis=1)
    assert inside.mean() >= 0.85


def test_the_chance_of_a_year_is_that_of_replications(found):
    truth = found.parameters.scenario(0)
    years = hotline_sim.run(truth, replications=60, seed=5, engine="compiled", jobs=1)
    for surface in found.surfaces:
        deviation = np.std(years.measures[surface.figure.measure].replications, ddof=1)
        assert 0.4 < surface.year_sd / deviation < 2.0


def test_the_set_is_saved_and_played_over(found, tmp_path):
    path = tmp_path / "parameters.json"
    path.write_bytes(reports.csv_files(found)["parameters.json"])
    opened = ParameterSet.load(path, found.parameters.bases)
    assert opened.values.tolist() == found.parameters.values.tolist()
    assert "seed 12345" in opened.origin
    played = hotline_sim.run(found.scenario, over=opened, draws=5, replications=2, jobs=1)
    low, high = played.span("connect_rate")
    assert low < found.scenario.published["connect_rate"] < high


def test_a_tighter_figure_narrows_more(city):
    left = []
    for span in ("[0.70, 0.90]", "[0.795, 0.805]"):
        printed = f"connect_rate = {{ value = 0.8, {RANGED.replace('range', '')} range = {span} }}"
        result = hotline_sim.calibrate(city(printed), over=[SEATS], **BRIEF)
        left.append(result.narrowing[0].left)
    assert left[1] < left[0]


def test_a_figure_worth_asking_for_would_tell_of_what_is_not_known(found):
    assert found.further
    gains = [one.gain for one in found.further]
    assert gains == sorted(gains, reverse=True)
    known = {surface.figure.measure for surface in found.surfaces}
    assert known.isdisjoint(one.measure for one in found.further)
    assert all(0.0 <= one.narrowed <= 1.0 for one in found.further)


# Figures that cannot be ----------------------------------------------------------------------


def test_figures_that_contradict_each_other_are_named(city):
    printed = ("answered = 3000", "connect_rate = 0.95", "occupancy = 0.8")
    result = hotline_sim.calibrate(city(*printed), over=MOVED, **BRIEF)
    assert result.parameters is None
    named = {one.measure for one in result.quarrelling}
    assert {"connect_rate", "occupancy"} <= named
    assert said(result, "en").startswith("No parameters in these ranges")
    assert "quarrel" in said(result, "en")
    assert not any(isinstance(one, reports.Picture) for one in reports.blocks(result, "en"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_figure_that_can_be_met_is_met_where_a_day_is_all_chance(seed):
    day = load("first-day", overrides=["published.connect_rate=0.8"])
    moved = ["channels.phone.patience.mean_s", SEATS]  # part of an agent is there, or not
    asked = {**BRIEF, "members": 5, "replications": 5, "over": moved}
    found = hotline_sim.calibrate(day, **asked, seed=seed)
    assert found.is_member.any()
    assert found.quarrelling == ()


def test_a_figure_out_of_reach_by_itself_is_named_alone(city):
    result = hotline_sim.calibrate(city("answered = 30000", "connect_rate = 0.8"), **BRIEF)
    assert [one.measure for one in result.quarrelling] == ["answered"]
    assert text("calibration.out_of_reach", "zh", figures="").split("：")[0] in said(result, "zh")


# What is published, and how coarsely ---------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("connect_rate = 0.9", 0.895, 0.905),
        ("connect_rate = 0.9007", 0.90065, 0.90075),
        (f"connect_rate = {{ value = 0.9, {RANGED} = [0.88, 0.92] }}", 0.88, 0.92),
        ("answered = 4321", 4320.5, 4321.5),
        ("asa_s = 20.5", 20.45, 20.55),
    ],
)
def test_a_figure_may_lie_where_its_print_leaves_it(city, printed, low, high):
    (figure,) = figures.figures_of([city(printed)])
    assert [figure.low, figure.high] == pytest.approx([low, high])


def test_what_adds_up_is_left_out_over_other_days(city):
    scenario = city("answered = 4000", "connect_rate = 0.8")
    shorter = scenario.with_values({"horizon.days": 7})
    assert [one.measure for one in figures.figures_of([shorter])] == ["connect_rate"]
    with pytest.raises(RefusalError, match="nothing is published"):
        figures.figures_of([city()])


# What moves ----------------------------------------------------------------------------------


def test_nanning_shares_behaviour_and_has_its_own_seats_and_volumes():
    pair = [load(name) for name in ("nanning-before", "nanning-after")]
    keys = [one.key for one in choosing.chosen_parameters(pair, [choosing.BEHAVIOUR], [])]
    for shared in ("patience.mean_s", "patience.shape", "talk.mean_s", "next.redial.probability"):
        assert f"channels.phone.{shared}" in keys
    assert "demand.hour_weights:peak" in keys
    for base in pair:
        for own in ("teams.day.seats", "channels.phone.answered_per_year"):
            assert f"{base.name}:{own}" in keys
    assert not any("wechat" in key for key in keys)


def test_people_follow_when_redials_move():
    after = load("nanning-after")
    fewer, more = (
        after.with_values({"channels.phone.next.redial.probability": one}) for one in (0.7, 0.3)
    )
    people = [one.channels["phone"].people_per_day or 0.0 for one in (fewer, more)]
    assert people[1] > people[0] * 1.02


def test_what_moves_besides_is_named_and_a_wrong_key_is_told(city):
    base = [city("connect_rate = 0.8")]
    chosen = choosing.chosen_parameters(base, ["channels.phone.patience.*"], [(VOLUME, 200, 400)])
    assert [one.key for one in chosen] == ["channels.phone.patience.mean_s", VOLUME]
    assert (chosen[1].low, chosen[1].high) == (200, 400)
    with pytest.raises(ScenarioError, match=r"channels\.phone\.lines"):
        choosing.chosen_parameters(base, [], ["channels.phone.linez"])


# Where to play, and what is expected there ---------------------------------------------------


def test_points_are_uniform_over_a_region_that_chance_would_hardly_meet():
    def score(points):
        return np.max(np.abs(points - 0.3), axis=1)

    stream = np.random.Generator(np.random.PCG64(1))
    sample = sampling.below(score, 0.01, (400, 6), stream)  # a share of 6e-11 of the cube
    assert sample.level == 0.01
    assert sample.scores.max() <= 0.01
    places = (sample.points - 0.29) / 0.02
    assert np.abs(places.mean(axis=0) - 0.5).max() < 0.09
    assert np.abs(places.std(axis=0) - math.sqrt(1 / 12)).max() < 0.05


def test_a_region_that_is_not_there_is_given_up_near_its_best():
    stream = np.random.Generator(np.random.PCG64(2))
    sample = sampling.below(lambda u: 1.0 + np.abs(u[:, 0] - 0.5), 0.5, (200, 2), stream)
    assert 1.0 <= sample.level < 1.05


def test_points_are_as_thick_as_their_density():
    stream = np.random.Generator(np.random.PCG64(3))
    start = stream.random((600, 3))
    turn = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]) * 0.05**2
    inverse = np.linalg.inv(turn)

    def density(points):
        away = points - 0.5
        return -0.5 * np.einsum("ni,ij,nj->n", away, inverse, away)

    points = sampling.spread(density, start, 150, stream)
    assert np.abs(points.mean(axis=0) - 0.5).max() < 0.01
    np.testing.assert_allclose(np.cov(points.T), turn, atol=0.2 * 0.05**2)


def test_what_a_replication_adds_is_taken_off(city):
    stream = np.random.Generator(np.random.PCG64(4))
    at = stream.random((200, 2))
    numbers = np.arange(200) % 10
    adds = stream.normal(0.0, 5.0, 10)
    truth = 100.0 + 30.0 * at[:, 0] - 20.0 * at[:, 1] ** 2
    values = truth + adds[numbers] + stream.normal(0.0, 0.5, 200)
    (figure,) = figures.figures_of([city("asa_s = 100")])
    years = surfaces.Years(at, numbers, values)
    surface = surfaces.surface_of(figure, np.arange(2), years, 10, chance=0.5, seed=1)
    shift = adds.mean()  # that of all replications together cannot be told
    error = surface.expected(years) - truth - shift
    assert error.std() < 0.6 < 5.0 < np.std(values - truth)
    assert surface.year_sd == pytest.approx(math.hypot(adds.std(), 0.5), rel=0.25)


# The command ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def file(city, tmp_path_factory):
    path = tmp_path_factory.mktemp("city") / "small.toml"
    printed = "answered = 3700\nconnect_rate = 0.86\n"
    path.write_text(CITY.replace("range", RANGED) + printed, encoding="utf-8")
    return path


ASKED = ("--over", VOLUME, "--over", f"{SEATS}=1.5:3", "--shared", LINES, "--members", "12")


def test_the_command_writes_the_set_its_tables_and_figures(file, tmp_path):
    how = ("--replications", "10", "--engine", "compiled", "--jobs", "1", "--out", tmp_path)
    done = hotline("calibrate", file, *ASKED, *how, "--json")
    assert done.exit_code == 0, done.stderr
    tree = json.loads(done.stdout)
    assert tree["kind"] == "calibrate"
    assert len(tree["set"]) == tree["members"] == 12
    names = {path.name for path in tmp_path.iterdir()}
    assert {"parameters.json", "members.csv", "narrowing.csv", "figures.csv"} <= names
    assert {f"{stem}.{end}" for stem in ("pairs", "narrowing") for end in ("png", "svg")} <= names
    taken = ("--parameters", tmp_path / "parameters.json", "--draws", "3", "--replications", "1")
    run = hotline("run", file, *taken, "--jobs", "1", "--json")
    assert run.exit_code == 0, run.stderr
    assert len(json.loads(run.stdout)["drawn"]) == 3
    opened = hotline_sim.open_result(tmp_path / "result.json")
    for lang in ("en", "zh"):
        for picture in plots.FIGURES["calibrate"]:
            assert plots.figure_of(opened, picture, lang=lang)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--draws", "5"), "--draws: calibrate looks for a set"),
        (("--over", f"{SEATS}=2"), "KEY, a pattern of keys, or KEY=LOW:HIGH"),
        (("--over", "channels.phone.linez"), "channels.phone.lines"),
        (("--members", "0"), "--members"),
        (("--replications", "3"), "replications = 3: at least 5"),
    ],
)
def test_a_mistake_gets_one_line(file, given, told):
    done = hotline("calibrate", file, *given)
    assert done.exit_code == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_members_and_waves_depend_on_nothing_but_the_question(small):
    asked = {**BRIEF, "members": 5, "over": [VOLUME]}
    some, other = (hotline_sim.calibrate(small, **asked) for _ in range(2))
    assert some == other
    assert hotline_sim.calibrate(small, **asked, seed=1) != some


# The set that is shipped ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    """Return Nanning's set over both years as they are now; a warning is an error."""
    pair = [load(name) for name in ("nanning-before", "nanning-after")]
    return ParameterSet.load("nanning", pair)


def test_the_shipped_set_is_of_the_scenarios_as_they_are(shipped):
    assert parameter_sets().keys() == {"nanning"}
    assert len(shipped) >= 500
    chosen = choosing.chosen_parameters(shipped.bases, [choosing.BEHAVIOUR], [])
    assert shipped.keys == tuple(one.key for one in chosen)
    assert f"results version {hotline_sim.RESULTS_VERSION}" in shipped.origin
    assert "hotline-sim calibrate nanning" in shipped.origin


def test_members_of_the_shipped_set_give_the_published_figures(shipped):
    rows, years = (0, 250), range(700, 704)
    for number, base in enumerate(shipped.bases):
        told = figures.figures_of([base])
        points = [(base, shipped.changes(i, number)) for i in rows]
        table = hotline_sim.execution.play(
            points,
            years,
            seed=3,
            engine="compiled",
            keep=[one.measure for one in told],
            execution=Execution(jobs=1),
        )
        for one in told:
            found = table.of(one.measure)
            around = 3.0 * math.sqrt(float(found.var(axis=1, ddof=1).mean()))
            assert one.low - around < found.mean(axis=1).min()
            assert found.mean(axis=1).max() < one.high + around


def test_a_set_is_taken_by_name(shipped):
    played = hotline("run", "first-day", "--parameters", "nanningg", "--draws", "2")
    assert played.exit_code == 2
    assert "nanningg" in played.stderr
    how = ("--draws", "2", "--replications", "2", "--jobs", "1", "--engine", "compiled")
    done = hotline("run", "nanning-after", "--parameters", "nanning", *how)
    assert done.exit_code == 0, done.stderr
