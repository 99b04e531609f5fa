"""Experiments: intervals, seeds, precision, pairs, published figures; and what is public."""

import json
import math
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from worlds import ENGINES

import hotline_sim
from hotline_sim import experiments
from hotline_sim.execution import Execution, Task, play_all, replicate, tasks
from hotline_sim.experiments import running
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.findings import findings_of
from hotline_sim.experiments.people_from_figures import attempts, people_of, satisfaction_bounds
from hotline_sim.experiments.results import AgainstPublished
from hotline_sim.scenario import load
from hotline_sim.streams import Streams

FIRST_DAY = load("first-day")
FOUR_SEATS = load("first-day", overrides=["teams.desk.shifts.0.seats=4"])
SHORT_NANNING = ["horizon.days=2", "horizon.warm_up_days=1"]
SHAPES = ("measures", "by_channel", "by_team", "by_department", "by_day", "by_half_hour", "waits")


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def ran(engine):
    """Run a scenario here, on one engine."""

    def run(scenario=FIRST_DAY, **arguments):
        return hotline_sim.run(
            scenario, engine=engine, **{"jobs": 1, "replications": 5} | arguments
        )

    return run


def assert_equal(some, others):
    """Check that replications are equal to the last bit."""
    for one, other in zip(some, others, strict=True):
        for shape in SHAPES:
            np.testing.assert_equal(getattr(one, shape), getattr(other, shape))


# Estimates --------------------------------------------------------------------------------

values = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30)


@given(values)
def test_an_interval_is_student_s(drawn):
    found = estimate(drawn)
    spread = np.std(drawn, ddof=1) / math.sqrt(len(drawn))
    low, high = np.mean(drawn) + stats.t(len(drawn) - 1).ppf([0.025, 0.975]) * spread
    near: dict[str, Any] = {"rel": 1e-9, "abs": 1e-6}
    assert found.mean == pytest.approx(np.mean(drawn), **near)
    assert (found.low, found.high) == pytest.approx((low, high), **near)
    assert found.replications == tuple(drawn)


@given(values)
def test_the_prediction_interval_is_that_of_a_normal_sample(drawn):
    n = len(drawn)
    wider = stats.t(n - 1).ppf(0.975) * np.std(drawn, ddof=1) * math.sqrt(1.0 + 1.0 / n)
    low, high = estimate(drawn).prediction_interval()
    assert high - low == pytest.approx(2.0 * wider, rel=1e-9, abs=1e-6)
    assert low + high == pytest.approx(2.0 * np.mean(drawn), rel=1e-9, abs=1e-6)


def test_the_prediction_interval_holds_nineteen_of_twenty_further_values():
    rng = np.random.Generator(np.random.Philox(7))
    inside = []
    for sample in rng.lognormal(3.0, 0.05, (4000, 6)):
        low, high = estimate(sample[:5]).prediction_interval()
        inside.append(low <= sample[5] <= high)
    assert abs(np.mean(inside) - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 4000)


def test_what_did_not_happen_in_a_replication_is_left_out_of_the_mean():
    found = estimate([1.0, math.nan, 3.0])
    assert (found.mean, found.half_width) == (2.0, estimate([1.0, 3.0]).half_width)
    assert found.prediction_interval() == estimate([1.0, 3.0]).prediction_interval()
    np.testing.assert_equal(found.replications, (1.0, math.nan, 3.0))


@pytest.mark.parametrize(
    ("measure", "values", "bounds"),
    [
        ("connect_rate", (0.98, 1.0), (0.0, 1.0)),
        ("connect_rate", (0.0, 0.02), (0.0, 1.0)),
        ("answered", (0.0, 3.0), (0.0, math.inf)),
        ("cost_cny", (0.0, 3.0), (0.0, math.inf)),
    ],
)
def test_an_interval_ends_where_the_measure_does(measure, values, bounds):
    found, free = estimate_of(measure, values), estimate(values)
    assert free.low < bounds[0] or free.high > bounds[1]
    assert (found.low, found.high) == (max(free.low, bounds[0]), min(free.high, bounds[1]))
    assert (found.mean, found.half_width) == (free.mean, free.half_width)  # it is the whole one
    low, high = free.prediction_interval()
    assert found.prediction_interval() == (max(low, bounds[0]), min(high, bounds[1]))


def test_intervals_of_differences_may_be_below_zero():
    assert estimate([-0.5, -0.49, -0.51]).high < 0


@pytest.mark.parametrize("few", [[], [1.0], [math.nan, 1.0], [math.nan, math.nan]])
@pytest.mark.parametrize("within", [(-math.inf, math.inf), (0.0, 1.0)])
def test_fewer_than_two_values_have_no_interval_and_none_at_all_no_mean(few, within):
    found = estimate(few, within)
    np.testing.assert_equal(found.mean, 1.0 if 1.0 in few else math.nan)
    assert all(
        map(math.isnan, (found.low, found.high, found.half_width, *found.prediction_interval()))
    )


# Running ----------------------------------------------------------------------------------


def test_a_run_says_what_it_was(ran, engine):
    result = ran(seed=9)
    assert (result.seed, result.version) == (9, hotline_sim.__version__)
    assert result.engine == engine
    assert result.scenario is FIRST_DAY
    assert len(result.replications) == 5


def test_the_same_seed_gives_the_same_run_and_another_seed_another(ran):
    once, again, other = ran(), ran(), ran(seed=54321)
    assert_equal(once.replications, again.replications)
    waits = [one.measures["asa_s"] for one in (*once.replications, *other.replications)]
    assert len(set(waits)) == len(waits)


def test_more_replications_begin_with_the_same(ran):
    assert_equal(ran(replications=7).replications[:4], ran(replications=4).replications)


def test_two_workers_give_what_one_gives_in_the_same_order(engine, monkeypatch):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)  # a pool though there is little work
    asked = [Task(FIRST_DAY, 1, i, engine) for i in range(4)]
    ended = []
    execution = Execution(jobs=2, progress=lambda done, of, _: ended.append((done, of)))
    assert_equal(play_all(asked, execution), [replicate(task) for task in asked])
    assert ended == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_tasks_in_any_order_give_the_same_replications(engine):
    asked = [Task(s, 1, i, engine) for s in (FIRST_DAY, FOUR_SEATS) for i in range(3)]
    backwards = play_all(asked[::-1], Execution(jobs=1))
    assert_equal(backwards[::-1], play_all(asked, Execution(jobs=1)))


def test_a_name_a_path_and_a_scenario_are_the_same(ran, write_scenario, load_text):
    assert_equal(ran("first-day").replications, ran(FIRST_DAY).replications)
    assert_equal(ran(write_scenario()).replications, ran(load_text()).replications)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"replications": 0}, "replications = 0"),
        ({"replications": 10_001}, "replications = 10001"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**32}, "seed = 4294967296"),
        ({"precision": ("connect_rat", 0.1)}, "connect_rat, 0.1"),
        ({"precision": ("connect_rate", 0.0)}, "connect_rate, 0.0"),
        ({"precision": ("connect_rate", -1.0)}, "connect_rate, -1.0"),
        ({"precision": ("connect_rate", math.nan)}, "connect_rate, nan"),
    ],
)
def test_arguments_out_of_range_are_refused_by_name_and_value(arguments, said):
    with pytest.raises(ValueError, match=said):
        hotline_sim.run(FIRST_DAY, jobs=1, **arguments)


# Precision --------------------------------------------------------------------------------


def test_precision_goes_on_until_it_is_reached_and_not_much_further(ran):
    result = ran(precision=("connect_rate", 0.01))
    reached = result.measures["connect_rate"]
    assert reached.half_width <= 0.01
    n, deviation = len(reached.replications), np.std(reached.replications, ddof=1)
    assert n > 5
    fewest = (stats.t(n - 1).ppf(0.975) * deviation / 0.01) ** 2
    assert n <= 4 * fewest
    assert_equal(result.replications, ran(replications=n).replications)


def test_a_precision_that_is_there_from_the_start_takes_five_replications(ran):
    assert len(ran(precision=("connect_rate", 0.5)).replications) == 5


@pytest.mark.parametrize("width", [1e-9, 1e-300])
def test_an_impossible_precision_is_refused_before_it_is_tried(engine, monkeypatch, width):
    played = []

    def noted(asked, execution):
        played.extend(asked)
        return play_all(asked, execution)

    monkeypatch.setattr(running, "play_all", noted)
    with pytest.raises(ValueError, match=f"connect_rate, {width}"):
        hotline_sim.run(FIRST_DAY, precision=("connect_rate", width), engine=engine, jobs=1)
    assert len(played) < 100


def test_precision_of_a_measure_that_never_happens_is_refused(ran):
    with pytest.raises(ValueError, match="within_deadline_rate"):
        ran(precision=("within_deadline_rate", 0.1))
    with pytest.raises(ValueError, match="cost_cny"):
        ran(precision=("cost_cny", 0.1))


# Comparing --------------------------------------------------------------------------------


def compared(a, b, engine, **arguments):
    return hotline_sim.compare(a, b, engine=engine, jobs=1, **{"replications": 8} | arguments)


def test_a_scenario_differs_from_itself_by_exactly_nothing(engine):
    found = compared(FIRST_DAY, FIRST_DAY, engine).difference
    assert found["connect_rate"] == Estimate(0.0, 0.0, 0.0, (0.0,) * 8, 0.0)
    known = [one for one in found.values() if not math.isnan(one.mean)]
    assert len(known) > 20
    assert {(one.low, one.high) for one in known} == {(0.0, 0.0)}


def test_a_difference_is_that_of_replications_that_met_the_same_people(engine):
    result = compared(FIRST_DAY, FOUR_SEATS, engine)
    assert result.difference["cases"].replications == (0.0,) * 8
    pairs = zip(result.a.replications, result.b.replications, strict=True)
    by_hand = [b.measures["connect_rate"] - a.measures["connect_rate"] for a, b in pairs]
    assert result.difference["connect_rate"] == estimate(by_hand)
    alone = hotline_sim.run(FOUR_SEATS, replications=8, engine=engine, jobs=1)
    assert_equal(result.b.replications, alone.replications)


def test_one_more_seat_helps_and_pairs_tell_it_more_narrowly_than_two_runs(engine):
    result = compared(FIRST_DAY, FOUR_SEATS, engine, replications=20)
    paired = result.difference["connect_rate"]
    assert paired.low > 0.0
    a, b = result.a.measures["connect_rate"], result.b.measures["connect_rate"]
    unpaired = math.hypot(a.half_width, b.half_width)
    assert paired.half_width < unpaired


def test_a_measure_that_one_of_two_lacks_has_no_difference(engine):
    priced = load(
        "first-day",
        overrides=[
            "teams.desk.employment=outsourced",
            *(f"employment.outsourced.{key}={value}" for key, value in CONTRACT),
        ],
    )
    result = compared(FIRST_DAY, priced, engine, replications=2)
    assert "cost_cny" in result.b.measures
    assert "cost_cny" not in result.difference


CONTRACT = (
    ("award_cny", 365000),
    ("cost_per_person_month_cny", 5000),
    ("productive_hours_per_person_year", 1400),
)

# Published figures ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value_range", "simulated", "verdict", "covered"),
    [
        ((0.50, 0.50), 0.55, "met", True),  # near = 0.05, far = 0.10
        ((0.50, 0.50), 0.56, "not_decided", None),
        ((0.50, 0.50), 0.40, "not_decided", None),
        ((0.50, 0.50), 0.39, "not_met", False),
        ((0.28, 0.32), 0.36, "met", True),  # the figure was rounded
        ((0.28, 0.32), 0.30, "met", True),
        ((0.28, 0.32), 0.43, "not_met", False),
        ((0.28, 0.32), math.nan, "nothing", None),
    ],
)
def test_a_figure_is_met_if_single_years_surely_reach_what_it_may_have_been(
    value_range, simulated, verdict, covered
):
    least, most = value_range
    reach = (math.nan, math.nan) if math.isnan(simulated) else (0.05 + 1e-9, 0.10 + 1e-9)
    spans = (simulated - 0.07, simulated + 0.07)
    row = AgainstPublished((least + most) / 2, least, most, simulated, *spans, *reach)
    assert (row.verdict, row.covered) == (verdict, covered)
    told = row.to_dict()
    assert (told["verdict"], told["covered"]) == (verdict, covered)
    assert replace(row, is_comparable=False).verdict == "nothing"


@pytest.mark.parametrize(("span", "within"), [((0.8, 0.9), True), ((0.91, 0.95), False)])
def test_a_figure_is_in_the_band_if_the_band_meets_what_it_may_have_been(span, within):
    row = AgainstPublished(0.9, 0.9, 0.9, 0.85, 0.8, 0.9, 0.01, 0.02)
    band = replace(row, range_low=span[0], range_high=span[1])
    assert row.in_band is None
    assert (band.in_band, replace(band, is_comparable=False).in_band) == (within, None)


def verdicts_of(figure, replications, trials=400):
    """Return the verdicts on a figure that lies so many deviations off the mean, in many trials."""
    values = Streams(7, replications).at(0, "verdicts").standard_normal((trials, replications))
    rows = []
    for one in values.tolist():
        found = estimate(one)
        rows.append(AgainstPublished(figure, figure, figure, found.mean, 0, 0, *found.reach()))
    return Counter(str(row.verdict) for row in rows)


@pytest.mark.parametrize("replications", [2, 3, 5, 10, 40, 200])
def test_no_number_of_replications_turns_a_verdict_into_its_opposite(replications):
    # within single years (1.96), well without, and at their very end, where none is right
    assert verdicts_of(1.5, replications)["not_met"] <= 0.025 * 400
    assert verdicts_of(2.5, replications)["met"] <= 0.025 * 400
    ends = verdicts_of(1.96, replications)
    assert ends["not_decided"] >= 0.91 * 400
    if replications == 200:
        assert verdicts_of(1.5, replications)["met"] > 0.95 * 400
        assert verdicts_of(2.5, replications)["not_met"] > 0.95 * 400


def test_published_figures_stand_beside_single_years(ran):
    printed = (
        "published.connect_rate={ value = 0.85, kind = 'published', source = 'dahe-2024',"
        " range = [0.80, 0.90] }",
        "published.cases=260",
        "published.satisfaction_rate=0.9",
    )
    result = ran(load("first-day", overrides=printed))
    rate, cases = result.published["connect_rate"], result.published["cases"]
    assert (rate.value, rate.value_low, rate.value_high) == (0.85, 0.80, 0.90)
    assert rate.simulated == result.measures["connect_rate"].mean
    assert (rate.low, rate.high) == result.measures["connect_rate"].prediction_interval()
    assert (cases.value_low, cases.value_high) == (260, 260)
    assert math.isnan(result.published["satisfaction_rate"].simulated)  # it is not switched on
    assert result.published["satisfaction_rate"].covered is None


# JSON -------------------------------------------------------------------------------------


def strict(text):
    """Return what a strict reader makes of JSON: NaN and infinities are refused."""

    def refuse(constant):
        raise AssertionError(constant)

    return json.loads(text, parse_constant=refuse)


def test_a_run_s_json_has_the_promised_keys_and_no_nan(ran):
    scenario = load("first-day", overrides=["published.connect_rate=0.85", "published.asa_s=9"])
    plain = strict(ran(scenario).to_json())
    promised = ("scenario", "version", "engine", "seed", "replications", "measures")
    assert plain.keys() >= {*promised, "by_channel", "published", "assumptions"}
    assert plain["results_version"] == hotline_sim.RESULTS_VERSION
    assert plain["scenario"] == "first-day"
    assert plain["replications"] == 5
    for found in (plain["measures"], plain["by_channel"]["phone"]):
        assert all(row.keys() == {"mean", "low", "high", "replications"} for row in found.values())
    assert plain["measures"]["within_deadline_rate"]["mean"] is None
    assert plain["measures"]["within_deadline_rate"]["replications"] == [None] * 5
    shown = {"value", "simulated", "low", "high", "covered"}
    assert all(row.keys() >= shown for row in plain["published"].values())
    assert plain["published"].keys() == {"connect_rate", "asa_s"}
    assert {row["key"] for row in plain["assumptions"]} >= {"published.asa_s", "horizon.days"}


def test_a_comparison_s_json_has_both_runs_and_the_difference(engine):
    result = compared(FIRST_DAY, FOUR_SEATS, engine, replications=2)
    plain = strict(result.to_json())
    assert plain.keys() == {"kind", "a", "b", "difference", "header"}
    assert plain["a"] == strict(json.dumps(result.a.found()))
    assert plain["difference"]["connect_rate"].keys() == {"mean", "low", "high", "replications"}
    assert plain["difference"]["within_deadline_rate"]["low"] is None


def test_frames_hold_the_means_and_intervals(engine):
    pytest.importorskip("pandas")
    result = compared(FIRST_DAY, FOUR_SEATS, engine, replications=3)
    for frame, found in (
        (result.a.to_frame(), result.a.measures),
        (result.to_frame(), result.difference),
    ):
        assert list(frame.columns) == ["mean", "low", "high"]
        assert frame.index.tolist() == list(found)
        assert frame.loc["connect_rate"].tolist() == [
            getattr(found["connect_rate"], column) for column in frame.columns
        ]


# Nanning: what the published figures say (FACTS, section 2) ---------------------------------

BEFORE, AFTER = load("nanning-before"), load("nanning-after")


@pytest.mark.parametrize(
    ("redialled", "before", "after", "growth", "served_before", "served_after"),
    [
        (0.0, 453_447, 450_954, 0.99, 30.0, 90.1),
        (0.3, 358_223, 437_520, 1.22, 38.0, 92.8),
        (0.5, 294_740, 428_564, 1.45, 46.2, 94.8),
        (0.7, 231_258, 419_608, 1.81, 58.8, 96.8),
        (0.9, 167_775, 410_652, 2.45, 81.1, 98.9),
    ],
)
def test_the_people_behind_nanning_s_calls_are_those_of_the_table(
    redialled, before, after, growth, served_before, served_after
):
    row = people_of(BEFORE, AFTER, redialled)
    assert [round(row.people_before), round(row.people_after)] == [before, after]
    assert round(row.growth, 2) == growth
    shares = [round(100 * row.served_before, 1), round(100 * row.served_after, 1)]
    assert shares == [served_before, served_after]


def test_attempts_hardly_changed_in_nanning():
    assert [round(attempts(BEFORE)), round(attempts(AFTER))] == [453_447, 450_954]


def test_nanning_s_satisfaction_lies_within_wide_bounds():
    rates = ("participation_rate", "satisfaction_rate")
    pairs = [[year.published[name] for name in rates] for year in (BEFORE, AFTER)]
    found = [[round(100 * x, 1) for x in satisfaction_bounds(*pair)] for pair in pairs]
    assert found == [[0.8, 99.8], [53.1, 98.7]]


@pytest.fixture(scope="module")
def nanning():
    return hotline_sim.reproduce(
        "nanning", overrides=SHORT_NANNING, replications=2, engine="simpy", jobs=1
    )


@pytest.mark.parametrize(
    ("finding", "value", "digits", "said"),
    [
        ("growth", "printed", 2, 2.38),
        ("growth", "times", 3, 2.986),
        ("growth", "rise", 3, 1.986),
        ("attempts", "before", 0, 453_447),
        ("attempts", "after", 0, 450_954),
        ("attempts", "fewest_before", 0, 425_106),
        ("attempts", "most_before", 0, 485_836),
        ("people", "growth_first", 2, 0.99),
        ("people", "growth_last", 2, 2.45),
        ("satisfaction", "raters_before", 0, 1_360),
        ("satisfaction", "raters_after", 0, 220_715),
        ("satisfaction", "low_before", 3, 0.008),
        ("satisfaction", "high_before", 3, 0.998),
        ("satisfaction", "low_after", 3, 0.531),
        ("satisfaction", "high_after", 3, 0.987),
        ("cost", "per_answered", 2, 29.54),
        ("cost", "award_over_budget", 4, 0.9988),
        ("answering", "productive_hours", 0, 1400),
    ],
)
def test_nanning_s_findings_are_those_of_the_published_figures(
    nanning, finding, value, digits, said
):
    (found,) = (one for one in nanning.findings if one.name == finding)
    assert round(found.values[value], digits) == said


def test_findings_quote_what_was_simulated(nanning):
    quoted = {one.name: one.simulated for one in nanning.findings}
    years = {"before": nanning.before, "after": nanning.after}
    assert set(quoted) == {
        *("growth", "attempts", "people", "satisfaction", "cost", "answering", "windows")
    }
    for found in quoted.values():
        for name, one in found.items():
            measure, _, year = name.rpartition("_")
            result = years.get(year, nanning.after)
            np.testing.assert_equal(one, result.measures[measure if year in years else name])
    (agents,) = (f.values["agents_on_duty"] for f in nanning.findings if f.name == "answering")
    duty_hours = sum(team["duty_hours"].mean for team in nanning.after.by_team.values())
    assert agents == pytest.approx(duty_hours / 48.0)


def test_findings_follow_from_the_comparison_alone(nanning):
    assert [one.values for one in findings_of(nanning.comparison)] == [
        one.values for one in nanning.findings
    ]


def test_a_reproduction_s_json_is_strict(nanning):
    plain = strict(nanning.to_json())
    parts = {"pair", "before", "after", "difference", "findings", "people"}
    assert plain.keys() == {*parts, "results_version", "kind", "header"}
    assert [row["redial_probability"] for row in plain["people"]] == [0.0, 0.3, 0.5, 0.7, 0.9]


def test_only_known_cases_are_reproduced():
    with pytest.raises(ValueError, match="one of nanning"):
        hotline_sim.reproduce("atlantis")


# What is public ---------------------------------------------------------------------------


def test_public_names_are_exactly_those_listed():
    listed = [
        "AttributionResult",
        "BudgetResult",
        "CalibrationResult",
        "CompareResult",
        "ContactLog",
        "DayReplay",
        "Estimate",
        "Execution",
        "Header",
        "RESULTS_VERSION",
        "ReproduceResult",
        "Rerun",
        "Result",
        "ResultError",
        "RunResult",
        "Scenario",
        "ScenarioError",
        "SensitivityResult",
        "StaffResult",
        "Store",
        "SweepResult",
        "Task",
        "__version__",
        "attribute",
        "budget",
        "calibrate",
        "compare",
        "contacts",
        "contacts_frame",
        "day_of",
        "html_of",
        "load",
        "open_result",
        "reproduce",
        "rerun",
        "run",
        "sensitivity",
        "set_language",
        "staff",
        "sweep",
        "write_animation",
        "write_report",
        "write_workbook",
    ]
    assert sorted(hotline_sim.__all__) == listed == dir(hotline_sim)
    assert hotline_sim._HOMES.keys() == set(listed) - {"__version__", "RESULTS_VERSION"}
    for name in listed:
        assert getattr(hotline_sim, name) is not None
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = hotline_sim.nothing_of_the_kind
    assert all(hasattr(experiments, name) for name in experiments.__all__)


@pytest.mark.parametrize(
    "code",
    [
        "import hotline_sim",
        "import hotline_sim; hotline_sim.load('nanning-after')",
        "from hotline_sim import load, measures; measures.Counter(load('first-day'))",
    ],
)
def test_importing_the_package_loads_no_engine_and_no_figures(code):
    asked = f"{code}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", asked], capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"simpy", "matplotlib", "numba", "scipy", "pandas", "joblib", "rich"}
    assert "hotline_sim" in loaded
