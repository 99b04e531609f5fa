"""Sensitivity: known indices through the whole of it, what moves nothing, commands and files."""

import csv
import io
import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import experiments, messages, plots, reports
from hotline_sim.cli import main
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import Execution, Outlook, Store
from hotline_sim.experiments import Parameter, drawn_set
from hotline_sim.experiments.sensitivities import LEAST_R2, plays_of, sensitivity
from hotline_sim.experiments.sensitivities.asking import _lasting
from hotline_sim.experiments.sensitivities.designs import crossed, trajectories, two_samples
from hotline_sim.experiments.sensitivities.indices import effects, elementary_effects
from hotline_sim.experiments.sensitivities.space import Player, Space
from hotline_sim.messages import RefusalError
from hotline_sim.scenario import ScenarioError, load, values_of
from hotline_sim.streams import Streams

TALK, CASES = "channels.phone.talk.mean_s", "channels.phone.cases_per_day"
PATIENCE, REDIAL = "channels.phone.patience.mean_s", "channels.phone.next.redial.probability"
FOUR = (TALK, CASES, PATIENCE, REDIAL)
BRIEF: dict[str, Any] = {
    "points": 16,
    "trajectories": 4,
    "factors": 3,
    "replications": 2,
    "jobs": 1,
}
SHORT = ("--points", "16", "--trajectories", "4", "--factors", "2", "--replications", "2")
# Of Ishigami and Homma's function with a = 7, b = 0.1, by its formulas.
FIRST = (0.3139, 0.4424, 0.0, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437, 0.0)


def ishigami(shares):
    """Return Ishigami and Homma's function of the first three shares; the fourth does nothing."""
    x = np.pi * (2.0 * shares - 1.0)
    a, b, c = x[:, 0], x[:, 1], x[:, 2]
    return np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def made_of(*functions):
    """Return a way of playing in which measures are functions of the shares alone."""

    def play(_player, shares, replications=1):
        values = np.stack([function(shares) for function in functions], axis=-1)
        return np.repeat(values[:, None, :], replications, axis=1)

    return play


@pytest.fixture
def asked_of(monkeypatch):
    """Return what asks for the sensitivity of made functions of four shares."""

    def ask(*functions, **asked):
        monkeypatch.setattr(Player, "play", made_of(*functions))
        names = ("connect_rate", "asa_s")[: len(functions)]
        how: dict[str, Any] = {**BRIEF, "over": FOUR, "factors": 4, "measures": names, **asked}
        return sensitivity("first-day", **how)

    return ask


# Designs ------------------------------------------------------------------------------------


def test_a_trajectory_moves_every_share_once_and_by_two_thirds():
    found = trajectories(8, 5, Streams(3, 0))
    steps = np.diff(found, axis=1)
    assert found.shape == (8, 6, 5)
    assert ((steps != 0.0).sum(axis=2) == 1).all()
    assert ((steps != 0.0).sum(axis=1) == 1).all()
    np.testing.assert_allclose(np.abs(steps).sum(axis=1), 2.0 / 3.0)
    levels = np.round(3.0 * found[:, 0, :]).astype(int)
    assert all((np.bincount(column, minlength=4) == 2).all() for column in levels.T)
    assert len({tuple(np.abs(one).argmax(axis=1)) for one in steps}) > 1  # in different orders


def test_the_crossed_design_changes_one_column_at_a_time():
    a, b = two_samples(16, 3, Streams(3, 0))
    found = crossed(a, b).reshape(5, 16, 3)
    np.testing.assert_array_equal(found[:2], [a, b])
    for i in range(3):
        own = np.arange(3) == i
        np.testing.assert_array_equal(found[2 + i], np.where(own, b, a))
    assert 0.0 <= found.min() < found.max() < 1.0
    for column in np.hstack([a, b]).T:  # one point in each sixteenth, as a Sobol' sequence has it
        gaps = np.diff(np.sort(column))
        np.testing.assert_allclose(gaps, 1.0 / 16.0, atol=1e-12)


def test_elementary_effects_of_a_plane_are_its_slopes():
    shares = trajectories(6, 4, Streams(3, 0))
    slopes = np.array([3.0, -2.0, 0.0, 0.5])
    changes = elementary_effects(shares, (shares @ slopes)[..., None])[..., 0]
    np.testing.assert_allclose(changes, np.tile(slopes, (6, 1)), atol=1e-12)
    found = effects(changes, Streams(3, 0))
    np.testing.assert_allclose([one.size.value for one in found], np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose([one.mean for one in found], slopes, atol=1e-12)
    assert max(one.spread for one in found) < 1e-12


def test_an_effect_that_changes_its_sign_has_a_size_though_its_mean_is_nothing():
    shares = trajectories(8, 2, Streams(3, 0))
    values = np.abs(shares[..., 0] - 0.5)[..., None] + 0.0 * shares[..., :1]
    signed = (shares[..., 0] - 0.5) * (shares[..., 1] - 0.5)
    changes = elementary_effects(shares, signed[..., None])[..., 0]
    one = effects(changes, Streams(3, 0))[0]
    assert abs(one.mean) < one.size.value == pytest.approx(np.abs(changes[:, 0]).mean())
    assert one.spread > 0.0
    assert elementary_effects(shares, values).shape == (8, 2, 1)


# Indices ------------------------------------------------------------------------------------


def test_known_indices_come_out_of_the_whole_of_it(asked_of):
    result = asked_of(ishigami, points=1024)
    assert set(result.keys) == set(FOUR)
    found = dict(zip(result.keys, result.indices["connect_rate"], strict=True))
    for key, first, total in zip(FOUR, FIRST, TOTAL, strict=True):
        for interval, true in ((found[key].first, first), (found[key].total, total)):
            assert interval.value == pytest.approx(true, abs=0.05)
            assert interval.low - 1e-9 <= true <= interval.high + 1e-4, key


def test_the_index_of_a_number_alone_is_the_whole(asked_of):
    result = asked_of(lambda x: np.exp(3.0 * x[:, 2]), factors=1, points=64)
    (found,) = result.indices["connect_rate"]
    assert found.first.value == pytest.approx(1.0, abs=0.1)
    assert found.total.low < 1.0 < found.total.high


def test_the_interval_narrows_with_the_points(asked_of):
    widths = []
    for points in (64, 1024):
        result = asked_of(ishigami, points=points)
        first = result.indices["connect_rate"][result.keys.index(TALK)].first
        widths.append(first.high - first.low)
    assert widths[1] < 0.4 * widths[0]


def test_what_does_nothing_has_no_index_and_comes_last(asked_of):
    result = asked_of(ishigami, points=64)
    place = result.keys.index(REDIAL)
    found = result.indices["connect_rate"][place]
    assert found.total.low <= 0.0 <= found.total.high < 1e-12
    assert result.order("connect_rate")[-1] == place
    assert result.chosen[-1] == FOUR.index(REDIAL)  # last in the screening, too
    assert result.effects["connect_rate"][FOUR.index(REDIAL)].size.value == 0.0


def test_screening_finds_the_one_that_acts(asked_of):
    result = asked_of(lambda x: np.exp(3.0 * x[:, 2]), factors=1)
    assert result.keys == (PATIENCE,)
    sizes = [one.size.value for one in result.effects["connect_rate"]]
    assert sizes[2] > 1.0
    assert [*sizes[:2], sizes[3]] == [0.0, 0.0, 0.0]
    assert result.explained("connect_rate").value == pytest.approx(1.0)


def test_each_measure_has_its_own_among_the_chosen(asked_of):
    result = asked_of(lambda x: 1e-4 * x[:, 0], lambda x: 900.0 * x[:, 3], factors=2)
    assert set(result.keys) == {TALK, REDIAL}
    for name, key in (("connect_rate", TALK), ("asa_s", REDIAL)):
        assert result.keys[result.order(name)[0]] == key
        (best,) = result.first_to_measure(name)
        assert result.keys[best] == key


def test_the_firsts_of_all_measures_go_before_the_seconds_of_any(asked_of):
    """The fourth moves one measure hardly at all, but nothing else moves it."""
    result = asked_of(
        lambda x: 9.0 * x[:, 0] + 8.0 * x[:, 1] + 7.0 * x[:, 2],
        lambda x: 1e-3 * x[:, 3],
        factors=3,
    )
    assert result.keys == (TALK, REDIAL, CASES)


def test_what_is_left_out_shows_in_what_is_explained(asked_of):
    """Two numbers act alike; with one of them the half of the variance is explained."""
    result = asked_of(lambda x: x[:, 0] + x[:, 1], factors=1, points=128)
    assert result.explained("connect_rate").low < 0.5 < result.explained("connect_rate").high


def test_rivals_are_named_where_intervals_overlap(asked_of):
    result = asked_of(lambda x: x[:, 0] + 1.02 * x[:, 1] + 0.01 * x[:, 2], points=64)
    found = [result.keys[i] for i in result.first_to_measure("connect_rate")]
    assert set(found) == {TALK, CASES}
    said = reports.blocks(result, "en")[0].sentences[0]
    assert TALK in said
    assert CASES in said
    assert "overlap" in said


def test_a_measure_that_never_moves_has_no_indices(asked_of):
    result = asked_of(lambda x: 0.0 * x[:, 0] + 0.5)
    assert all(np.isnan(one.first.value) for one in result.indices["connect_rate"])
    assert result.first_to_measure("connect_rate") == []
    for lang in messages.LANGUAGES:
        assert reports.blocks(result, lang)
        assert plots.figure_of(result, "indices", lang=lang)


# By an emulator -----------------------------------------------------------------------------


def smooth(shares):
    """Return a plane in the first share and a product of the next two."""
    a, b, c = (2.0 * shares[:, i] - 1.0 for i in range(3))
    return 0.5 + 0.2 * a + 0.1 * b * c


def test_an_emulator_gives_the_exact_indices_of_what_it_can_say(asked_of):
    """Variances of the terms: 0.04/3, and 0.01/9, so 12/13 is the first number's."""
    result = asked_of(smooth, points=64, emulate=True)
    assert len(result.varied.shares) == 256
    assert result.emulators["connect_rate"].r2 > 0.999
    found = dict(zip(result.keys, result.indices["connect_rate"], strict=True))
    assert found[TALK].first.value == pytest.approx(12.0 / 13.0, abs=0.01)
    assert found[CASES].first.value == pytest.approx(0.0, abs=0.01)
    assert found[CASES].total.value == pytest.approx(1.0 / 13.0, abs=0.01)
    assert found[REDIAL].total.high < 1e-6


def test_the_indices_of_a_poor_emulator_are_not_shown(asked_of):
    result = asked_of(lambda x: np.sin(60.0 * x[:, 0]) * np.cos(50.0 * x[:, 1]), emulate=True)
    assert result.emulators["connect_rate"].r2 < LEAST_R2
    assert all(np.isnan(one.total.value) for one in result.indices["connect_rate"])
    page = " ".join(str(block) for block in reports.blocks(result, "en"))
    assert "no indices" in page
    assert "explains only R^2" in page
    assert "–" in {row[-1] for row in reports.blocks(result, "en")[1].rows}


# What is varied, and how --------------------------------------------------------------------


def test_the_centre_is_what_is_stated_and_the_ends_are_those_of_the_ranges():
    result = sensitivity("first-day", over=(TALK, PATIENCE), **BRIEF)
    assert result.replications == tuple(
        {name: one[name] for name in result.measures}
        for one in (
            r.measures for r in hotline_sim.run("first-day", replications=2, jobs=1).replications
        )
    )
    ends = dict(zip(result.keys, result.swings("asa_s"), strict=True))
    stated = {one.key: one for one in result.parameters}
    for key in (TALK, PATIENCE):
        assert (ends[key].low, ends[key].high) == (stated[key].low, stated[key].high)
    lowest = load("first-day").with_values({TALK: stated[TALK].low + 1e-7})
    played = hotline_sim.compare("first-day", lowest, replications=2, jobs=1)
    assert ends[TALK].at_low.mean == pytest.approx(played.difference["asa_s"].mean, abs=0.05)


def test_an_end_that_must_not_be_reached_is_gone_near_to():
    """A mean wrap-up of 0 s is none, but its range may begin there."""
    base = load("first-day")
    result = sensitivity(base, over=[(TALK, 0.0, 400.0)], measures=["asa_s"], **BRIEF)
    assert result.swings("asa_s")[0].low == 0.0
    assert 0.0 < Space.of(base, [(TALK, 0.0, 400.0)], 1).values(np.zeros((1, 1)))[0, 0] < 1e-5


def test_more_points_and_more_trajectories_play_only_what_is_new(tmp_path):
    """What one analysis has played another finds in the store; the numbers are the same."""
    counts = []

    def count(*_):
        counts.append(1)

    store = Store(tmp_path, limit_bytes=10**8)
    how: dict[str, Any] = {**BRIEF, "over": (TALK, CASES)}
    del how["jobs"]
    first = sensitivity("first-day", **how, execution=Execution(jobs=1, store=store))
    again = sensitivity(
        "first-day", **how, execution=Execution(jobs=1, store=store, progress=count)
    )
    assert first == again
    sizes = {name: BRIEF[name] for name in ("points", "trajectories", "factors", "replications")}
    assert first.plays == plays_of(2, emulate=False, **sizes)
    assert first.plays == len(counts)
    kept = {path for path in tmp_path.rglob("*") if path.is_file()}
    sensitivity("first-day", **how, execution=Execution(jobs=1, store=store))
    assert kept == {path for path in tmp_path.rglob("*") if path.is_file()}


def test_a_set_is_gone_through_as_its_rows_are():
    drawn = drawn_set(load("first-day"), 9, 5, over=[(TALK, 200.0, 260.0), CASES])
    rows = {
        one.key: np.sort(column)
        for one, column in zip(drawn.parameters, drawn.values.T, strict=True)
    }
    space = Space.of(load("first-day"), drawn, 1)
    ends = space.values(np.array([[0.0, 0.0], [0.5, 0.5], [1.0, 1.0]]))
    for column, one in enumerate(space.parameters):
        np.testing.assert_allclose(ends[:, column], rows[one.key][[0, 4, 8]], rtol=1e-6)
    result = sensitivity("first-day", over=drawn, measures=["asa_s"], **BRIEF)
    assert result.header.parameters.keys == drawn.keys
    opened = type(result).from_dict(json.loads(result.to_json()))
    assert opened == result
    page = " ".join(str(block) for block in reports.blocks(opened, "en"))
    assert messages.text("sensitivity.of_set", "en") in page


def test_a_number_that_a_set_never_moves_is_left_out():
    drawn = drawn_set(load("first-day"), 5, 5, over=[(TALK, 200.0, 200.0), CASES])
    assert [one.key for one in Space.of(load("first-day"), drawn, 1).parameters] == [CASES]


def test_probabilities_that_compete_are_shares_of_what_is_left():
    """Every point of the cube is a scenario, though the ranges of both rows sum past 1."""
    rows = [
        {"after": "abandoned", "name": name, "to": "phone", "probability": 0.4}
        | {"delay": {"law": "exponential", "mean_s": 600}}
        for name in ("soon", "later")
    ]
    base = load("first-day").with_values({"channels.phone.next": rows})
    keys = [f"channels.phone.next.{name}.probability" for name in ("soon", "later")]
    over = [(key, 0.0, 0.9) for key in keys]
    space = Space.of(base, over, 1)
    values = space.values(np.array([[1.0, 1.0], [1.0, 0.5], [0.0, 1.0]]))
    np.testing.assert_allclose(values.sum(axis=1) <= 1.0 + 1e-9, True)
    assert values[2, 1] == pytest.approx(0.9, abs=1e-6)
    assert sensitivity(base, over=over, measures=["connect_rate"], **BRIEF).plays > 0


def test_the_days_of_a_play_are_the_scenarios_own_but_at_most_a_quarter():
    year = load("nanning-after")
    brief = {**BRIEF, "points": 8, "trajectories": 2, "factors": 1, "replications": 1}
    over, measures = ["channels.phone.lines"], ["connect_rate"]
    how: dict[str, Any] = {**brief, "over": over, "measures": measures}
    set_days = year.with_values({"horizon.days": 2, "horizon.warm_up_days": 0})
    assert sensitivity(set_days, **how).scenario.horizon.days == 2
    assert sensitivity(set_days, days=1, **how).scenario.horizon.days == 1
    assert _lasting(year, None).horizon.days == 91
    assert _lasting(year.with_values({"horizon.days": 200}), None).horizon.days == 200


# What is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "error", "line"),
    [
        ({"points": 100}, RefusalError, "points = 100: a power of 2"),
        ({"points": 4}, RefusalError, "from 8 to 16384"),
        ({"trajectories": 1}, ArgumentError, "trajectories = 1: 2 to 1000"),
        ({"factors": 0}, ArgumentError, "factors = 0: at least 1"),
        ({"measures": ["conect_rate"]}, ArgumentError, "conect_rate"),
        ({"measures": ["satisfaction_rate"]}, RefusalError, "nothing to measure"),
        ({"over": "channels.fax.*"}, ScenarioError, "channels.fax"),
        ({"over": [(TALK, 5.0, 5.0)]}, RefusalError, "first-day"),
        ({"replications": 0}, ArgumentError, "replications = 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, error, line):
    with pytest.raises(error, match=line):
        sensitivity("first-day", **{**BRIEF, **asked})


def test_a_scenario_without_ranges_is_refused_in_a_line():
    base = load("first-day")
    keys = [one.key for one in experiments.parameters_of(base)]
    values = {key: value for key, value in values_of(base).items() if key in keys}
    fixed = base.with_values(values)  # what the user has set has no range
    with pytest.raises(RefusalError, match="first-day"):
        sensitivity(fixed, **BRIEF)
    sets = [word for key, value in values.items() for word in ("--set", f"{key}={value}")]
    for lang in messages.LANGUAGES:
        done = hotline("sensitivity", "first-day", *sets, "--lang", lang)
        assert done.exit_code == 2
        assert done.stderr.count("\n") == 1


# The command --------------------------------------------------------------------------------


def hotline(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": "en_US.UTF-8"})


def test_the_command_shows_writes_and_opens_again(tmp_path):
    asked = ["sensitivity", "first-day", *SHORT, "--over", TALK, "--over", f"{CASES}=100:300"]
    asked += ["--measure", "asa_s", "--measure", "service_level", "--jobs", "1"]
    done = hotline(*asked, "--out", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    tree = json.loads(done.stdout)
    opened = hotline_sim.open_result(tmp_path / "result.json")
    assert isinstance(opened, experiments.SensitivityResult)
    assert tree["chosen"] == list(opened.keys)
    assert opened.measures == ("asa_s", "service_level")
    assert opened.header.command.startswith("hotline-sim sensitivity first-day")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "sensitivity.csv").read_text("utf-8-sig"))))
    assert len(rows) == 4
    assert {row["key"] for row in rows} == {TALK, CASES}
    assert float(rows[0]["total"]) == pytest.approx(
        tree["indices"]["asa_s"][rows[0]["key"]]["total"]["value"], rel=1e-8
    )
    points = list(csv.DictReader(io.StringIO((tmp_path / "points.csv").read_text("utf-8-sig"))))
    assert len(points) == 16 * 4
    assert all(100.0 <= float(point[CASES]) <= 300.0 for point in points)
    for name in ("tornado.png", "tornado.svg", "indices.png", "indices.svg"):
        assert (tmp_path / name).stat().st_size > 5000


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_page_says_what_to_measure_first(lang):
    done = hotline(
        *("sensitivity", "first-day", *SHORT, "--quick", "--jobs", "1", "--lang", lang),
        *("--measure", "connect_rate", "--emulate"),
    )
    assert done.exit_code == 0, done.output
    for name in ("first", "screened", "chance"):
        words = messages.text(f"sensitivity.{name}", lang).partition("{")[0]
        assert words in done.stdout
    assert messages.text("sensitivity.of_ranges", lang)[:20] in "".join(done.stdout.split("\n"))


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--draws", "5"), "--points says how finely"),
        (("--over", "=1:2"), "KEY=LOW:HIGH"),
        (("--over", f"{TALK}=1"), "KEY=LOW:HIGH"),
        (("--over", f"{TALK}=a:b"), "KEY=LOW:HIGH"),
        (("--points", "100"), "a power of 2"),
        (("--over", TALK, "--parameters", "set.json"), "one of them"),
    ],
)
def test_a_mistake_gets_one_line(arguments, line):
    done = hotline("sensitivity", "first-day", *arguments)
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert line in done.stderr


def test_how_many_plays_there_will_be_is_known_from_the_first_on():
    known: list[int | None] = []
    outlook = Outlook(lambda _: None)
    how = Execution(jobs=1, outlook=outlook, progress=lambda *_: known.append(outlook.planned))
    brief = {name: value for name, value in BRIEF.items() if name != "jobs"}
    sensitivity("first-day", over=(TALK, CASES), execution=how, **brief)
    assert set(known) == {len(known)}


def test_numbers_of_a_parameter_given_whole_stay_whole():
    one = Parameter("channels.phone.lines", 5.0, 9.0, whole=True)
    base = load("nanning-after")
    values = Space.of(base, [one], 1).values(np.linspace(0.0, 1.0, 7)[:, None])
    np.testing.assert_array_equal(values, np.rint(values))
    assert set(values.ravel()) == {5.0, 6.0, 7.0, 8.0, 9.0}
