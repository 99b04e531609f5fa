"""Parameters: which numbers move, how they are drawn, what may be only together, and the file."""

import json
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline_sim import load
from hotline_sim.domain import ArgumentError, Origin, Provenance
from hotline_sim.experiments import Parameter, ParameterSet, drawn_set, parameters_of
from hotline_sim.experiments.parameters import OtherBaseNotice, files, values_at
from hotline_sim.experiments.parameters.shapes import mixed, sharper
from hotline_sim.scenario import ScenarioError, catalogue, values_of

LINES = "channels.phone.lines"
REDIAL = "channels.phone.next.redial.probability"
SEATS = "teams.day.seats"
HOURS = "demand.hour_weights"


@pytest.fixture(scope="module")
def city():
    return load("nanning-after")


@pytest.fixture(scope="module")
def pair(city):
    return load("nanning-before"), city


def keys_of(scenario, over=None):
    return [one.key for one in parameters_of(scenario, over)]


def told(action, *arguments, **named):
    with pytest.raises(ScenarioError) as caught:
        action(*arguments, **named)
    assert all(fault.text("zh") != fault.text("en") for fault in caught.value.faults)
    return str(caught.value).splitlines()


# -------------------------------------------------------------------------- which numbers move
def test_assumed_numbers_with_a_range_move_and_no_others(city):
    found = {one.key: one for one in parameters_of(city)}
    for key, value in values_of(city).items():
        origin = city.provenance[key]
        chosen = origin.kind in (Origin.ASSUMED, Origin.FITTED) and not origin.formula
        moves = chosen and origin.range and not isinstance(value, list)
        if not key.startswith("horizon."):
            assert (key in found) == bool(moves), key
    lines = found[LINES]
    assert (lines.low, lines.high, lines.whole, lines.value) == (60, 240, True, 120)
    assert not found[REDIAL].whole


def test_the_days_that_are_simulated_move_only_when_they_are_named(city):
    assert not [key for key in keys_of(city) if key.startswith("horizon")]
    assert "horizon.warm_up_days" in keys_of(city, ["horizon.*"])


def test_a_number_of_a_further_kind_of_origin_moves_if_it_has_a_range(city):
    fitted = Provenance(Origin.FITTED, "dahe-2024", "so that the rate comes out", (1e7, 2e7))
    key = "employment.outsourced.award_cny"
    provenance = {**city.provenance, key: fitted}
    assert key not in keys_of(city)
    assert key in keys_of(city.model_copy(update={"provenance": provenance}))


def test_what_the_user_sets_stays_as_it_is_set(city):
    set_by_user = city.with_values({LINES: 90})
    assert LINES not in keys_of(set_by_user)
    assert drawn_set(set_by_user, 3, 1).scenario(0).channels["phone"].lines == 90
    assert LINES in keys_of(set_by_user.with_values({f"{LINES}.range": [80, 100]}))


def test_a_derived_number_moves_when_it_is_named_but_not_by_a_pattern(city):
    award = "employment.outsourced.award_over_budget"
    assert city.provenance[award].kind is Origin.DERIVED
    assert award not in keys_of(city, ["employment.outsourced.*"])
    assert keys_of(city, [award]) == [award]


def test_patterns_keys_and_ends_of_ones_own_may_be_mixed_and_the_last_counts(city):
    found = parameters_of(city, ["channels.phone.*", (LINES, 80, 90)])
    lines = next(one for one in found if one.key == LINES)
    assert (lines.low, lines.high, lines.value) == (80, 90, None)  # 120 is not between them
    assert all(one.key.startswith("channels.phone.") for one in found)
    assert keys_of(city, LINES) == [LINES]


def test_a_number_that_the_file_leaves_out_moves_when_it_is_given_ends(city):
    key = "channels.phone.self_service_share"
    drawn = drawn_set(city, 4, 1, over=[(key, 0, 0.42)])
    shares = [drawn.scenario(i).channels["phone"].self_service_share for i in range(4)]
    assert sorted(shares) == pytest.approx(np.array([1, 3, 5, 7]) / 8 * 0.42, abs=0.42 / 8)


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("channels.phone.linez", "linez: is no number of nanning-after; did you mean channels."),
        (("channels.phone.linez", 1, 2), "did you mean channels.phone.lines?"),
        (("channels.phon.lines", 1, 2), "did you mean channels.phone.lines?"),
        ("nanning-before:channels.phone.lines", "is no number of nanning-after"),
        ("chanels.*", "chanels.*: no assumed number with a range has such a key"),
        ("employment.outsourced.award_cny", "has no range: give the lowest and the highest value"),
        ((LINES, -4, 90), f"over: {LINES} = -4: must be at least 0"),
        ((REDIAL, 0.5, 1.5), f"over: {REDIAL} = 1.5: must be at most 1"),
        (HOURS, "is a list of 24 numbers"),
        (f"{HOURS}.24", "is no number of nanning-after"),
        (f"{HOURS}:mix", "needs the other shape"),
        ((f"{HOURS}:mix", 0, 1), "needs the other shape"),
        ((f"{HOURS}:peak", -1, 1), f"over: {HOURS}:peak = -1: must be at least 0"),
        (f"{LINES}:peak", "is not a shape; these are: hour_weights, weekday_factors"),
        (Parameter(f"{HOURS}:mix", 0, 1, shape=(1.0, 2.0)), "must have 24 entries"),
        (Parameter(f"{HOURS}:mix", 0, 2, shape=(1.0,) * 24), "must be at most 1"),
    ],
)
def test_what_is_wrong_with_what_is_named_is_told_in_one_line(city, entry, line):
    lines = told(parameters_of, city, [entry])
    assert len(lines) == 1
    assert line in lines[0]


def test_an_end_that_a_number_may_only_come_near_is_none_of_the_faults(city):
    key = "channels.phone.wrap_up.mean_s"  # above 0
    assert keys_of(city, [(key, 0, 60)]) == [key]
    drawn = drawn_set(city, 50, 1, over=[(key, 0, 60)])
    assert drawn.scenario(int(drawn.values[:, 0].argmin())).channels["phone"].wrap_up.mean() > 0
    assert "must be more than 0" in told(parameters_of, city, [(key, -1, 60)])[0]


def test_all_that_is_wrong_with_what_is_named_is_told_at_once(city):
    assert len(told(parameters_of, city, ["a.b", LINES, (LINES, -1, 2)])) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda city: parameters_of(city, [3]),  # type: ignore[list-item]
        lambda city: parameters_of(city, (LINES, 1, 2)),  # a list of one is meant
        lambda city: parameters_of([city, city]),
        lambda city: parameters_of([]),
        lambda city: parameters_of(city, [(LINES, 90, 80)]),
        lambda city: parameters_of(city, [(LINES, 80.5, 90)]),
        lambda city: drawn_set(city, 0, 1),
        lambda city: drawn_set(city, 1, -1),
        lambda city: drawn_set(city, 1, 1, law="normal"),  # type: ignore[arg-type]
        lambda city: drawn_set(city, 1, 1).scenario(1),
        lambda city: drawn_set(city, 1, 1).scenario(-1),
        lambda city: drawn_set(city, 1, 1).scenario(0, "nanning-before"),
        lambda _: Parameter(LINES, 1, float("nan")),
        lambda _: Parameter(LINES, 1, 2, shape=(1.0,)),
        lambda _: Parameter(f"{HOURS}:mix", 0, 1),
        lambda _: Parameter(f"{HOURS}:mix", 0, 1, shape=(0.0,) * 24),
    ],
)
def test_arguments_that_may_not_be_are_refused(city, wrong):
    with pytest.raises(ArgumentError):
        wrong(city)


# ------------------------------------------------------------------------------- two scenarios
def test_what_two_scenarios_say_alike_is_one_parameter_and_the_rest_is_each_ones_own(pair):
    keys = keys_of(pair)
    assert LINES in keys
    assert {f"nanning-before:{SEATS}", f"nanning-after:{SEATS}"} <= set(keys)
    assert SEATS not in keys
    assert "nanning-before:satisfaction.participation" in keys  # published in the other
    assert "nanning-after:satisfaction.participation" not in keys


def test_a_shared_value_goes_to_both_and_an_own_one_to_its_scenario(pair):
    drawn = drawn_set(pair, 5, 7, over=[LINES, SEATS])
    for i in range(5):
        before, after = drawn.scenario(i), drawn.scenario(i, "nanning-after")
        row = drawn.row(i)
        assert before.channels["phone"].lines == after.channels["phone"].lines == row[LINES]
        for one in (before, after):
            assert one.teams["day"].seats == row[f"{one.name}:{SEATS}"]


def test_a_key_with_ends_of_its_own_is_one_number_in_both(pair):
    assert keys_of(pair, [SEATS, (SEATS, 5, 30)]) == [SEATS]
    own = keys_of(pair, [LINES, (f"nanning-after:{LINES}", 80, 90)])
    assert sorted(own) == [f"nanning-after:{LINES}", f"nanning-before:{LINES}"]


def test_a_pattern_for_one_scenario_moves_nothing_of_the_other(pair):
    drawn = drawn_set(pair, 3, 1, over=["nanning-after:channels.phone.*"])
    assert all(key.startswith("nanning-after:") for key in drawn.keys)
    assert drawn.scenario(1, 0).digest() == pair[0].digest()
    assert drawn.scenario(1, 1).digest() != pair[1].digest()


def test_a_number_that_one_scenario_lacks_cannot_be_shared(pair):
    extra = pair[0].with_values({"channels.phone.leaves_at_once_share": 0.1})
    key = "channels.phone.leaves_at_once_share"
    bare = [(f"{extra.name}:{key}", 0.0, 0.2)]
    assert keys_of((extra, pair[1]), bare) == [f"{extra.name}:{key}"]
    assert told(parameters_of, (extra, pair[1]), [key])[0].endswith(
        "has no range: give the lowest and the highest value with it"
    )


# ------------------------------------------------------------------------------------- drawing
@pytest.mark.parametrize("law", ["median", "uniform"])
def test_each_part_of_a_range_is_met_once(city, law):
    count = 20
    drawn = drawn_set(city, count, 3, over=["channels.phone.talk.*", "demand.*"], law=law)
    for one, values in zip(drawn.parameters, drawn.values.T, strict=True):
        middle = (one.low + one.high) / 2
        if law == "median":
            assert one.value is not None
            middle = one.value
        assert one.low <= values.min() <= values.max() <= one.high
        if not one.whole:
            shares = np.interp(np.sort(values), (one.low, middle, one.high), (0.0, 0.5, 1.0))
            assert np.floor(count * shares).tolist() == list(range(count)), one.key


def test_whole_numbers_are_drawn_whole_up_to_their_ends(city):
    drawn = drawn_set(city, 40, 3, over=["channels.wechat.concurrency"])
    assert set(drawn.values[:, 0].tolist()) == {1.0, 2.0, 3.0}
    assert {type(drawn.row(i)["channels.wechat.concurrency"]) for i in range(40)} == {int}
    assert {drawn.scenario(i).channels["wechat"].concurrency for i in range(40)} == {1, 2, 3}


def test_a_whole_number_stays_one_and_another_moves_in_whole_steps_when_that_is_said(city):
    lines, seats = Parameter(LINES, 80, 90), Parameter(SEATS, 10, 13, whole=True)
    drawn = drawn_set(city, 30, 1, over=[lines, seats])
    assert [one.whole for one in drawn.parameters] == [True, True]
    assert set(drawn.values[:, 1].tolist()) == {10.0, 11.0, 12.0, 13.0}
    assert {type(drawn.scenario(i).channels["phone"].lines) for i in range(30)} == {int}


def test_naming_further_numbers_moves_no_draw_of_the_others(city):
    alone = drawn_set(city, 9, 5, over=[LINES])
    beside = drawn_set(city, 9, 5, over=["demand.*", LINES])
    assert beside.values[:, beside.keys.index(LINES)].tolist() == alone.values[:, 0].tolist()


def test_two_numbers_of_the_same_range_are_drawn_apart(city):
    drawn = drawn_set(city, 200, 5, over=["channels.*.talk.sigma_log"])
    correlation = np.corrcoef(drawn.values.T)
    assert np.abs(correlation - np.eye(len(drawn.keys))).max() < 4 / np.sqrt(200)


def test_the_seed_decides_and_nothing_else(city):
    first, second, other = (drawn_set(city, 6, seed).values for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_drawn_numbers_are_assumed_and_not_the_users_and_keep_their_range(city):
    drawn = drawn_set(city, 2, 1)
    one = drawn.scenario(1)
    origin = one.provenance[LINES]
    assert (origin.kind, origin.set_by_user) == (Origin.ASSUMED, False)
    assert origin.range == city.provenance[LINES].range
    assert one.channels["phone"].lines == drawn.row(1)[LINES]
    assert one.digest() == city.with_values(drawn.changes(1)).digest()


@pytest.mark.parametrize("name", catalogue())
def test_every_draw_of_a_shipped_scenario_makes_one(name):
    drawn = drawn_set(load(name), 25, 11)
    for i in range(len(drawn)):
        drawn.scenario(i)


# ------------------------------------------------------------- what numbers may be only together
def ranged(value, low, high):
    return {"value": value, "kind": "assumed", "range": [low, high]}


def with_rows(*rows):
    """Return a scenario whose phone leads on after hanging up by rows of these probabilities."""
    tables = [
        {
            "name": f"row{i}",
            "after": "abandoned",
            "to": "phone",
            "delay": {"law": "fixed", "mean_s": 60},
            ("by_try" if isinstance(row, list) else "probability"): row,
        }
        for i, row in enumerate(rows)
    ]
    return load("first-day").with_values({"channels.phone.next": tables})


def probability(i):
    return f"channels.phone.next.row{i}.probability"


def test_rows_with_all_of_the_range_break_a_stick():
    base = with_rows(ranged(0.2, 0, 1), ranged(0.2, 0, 1), ranged(0.2, 0, 1))
    parameters = parameters_of(base, "channels.phone.next.*")
    shares = np.random.Generator(np.random.SFC64(1)).random((200, 3))
    found = values_at((base,), parameters, shares, "uniform")
    left = 1.0 - np.cumsum(np.column_stack([np.zeros(200), found[:, :2]]), axis=1)
    assert found == pytest.approx(shares * left)


def test_rows_whose_ranges_fit_together_are_drawn_each_by_itself():
    base = with_rows(ranged(0.2, 0.1, 0.5), ranged(0.2, 0.0, 0.4))
    parameters = parameters_of(base, "channels.phone.next.*")
    shares = np.random.Generator(np.random.SFC64(1)).random((200, 2))
    found = values_at((base,), parameters, shares, "uniform")
    for i, one in enumerate(parameters):
        assert np.array_equal(found[:, i], one.at(shares[:, i], "uniform"))


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3), min_size=1, max_size=5), st.integers(0, 99))
def test_probabilities_stay_in_their_ranges_and_sum_to_at_most_1(rows, seed):
    rows = [sorted(row) for row in rows]
    total = max(1.0, sum(value for _, value, _ in rows) * (1 + 1e-12))
    rows = [(low / total, value / total, high) for low, value, high in rows]
    base = with_rows(*(ranged(value, low, high) for low, value, high in rows))
    parameters = parameters_of(
        base, [(probability(i), row[0], row[2]) for i, row in enumerate(rows)]
    )
    drawn = drawn_set(base, 8, seed, over=parameters)
    for column, (low, _, high) in zip(drawn.values.T, rows, strict=True):
        assert low <= column.min() <= column.max() <= high
    assert drawn.values.sum(axis=1).max() <= 1 + 1e-12
    for i in range(8):
        drawn.scenario(i)


def test_the_first_row_keeps_its_range_where_the_others_lowest_leave_room():
    base = with_rows(ranged(0.4, 0.2, 0.8), ranged(0.3, 0.2, 0.9))
    first, second = drawn_set(base, 4000, 1).values.T[-2:]
    assert np.quantile(first, [0, 0.5, 1]) == pytest.approx([0.2, 0.4, 0.8], abs=0.001)
    assert second.max() > 0.75  # 0.8 is left at most
    assert (first + second).max() <= 1 + 1e-12


def test_rows_by_try_take_their_part_of_what_is_left_at_each_try():
    base = with_rows(ranged(0.1, 0, 1), [0.5, 0.3], ranged(0.2, 0, 1))
    tries = [f"channels.phone.next.row1.by_try.{k}" for k in (0, 1)]
    over = [(probability(0), 0, 1), (tries[1], 0, 1), (probability(2), 0, 1)]
    drawn = drawn_set(base, 500, 1, over=over, law="uniform")
    first, second_try, last = drawn.values.T
    assert first.max() == pytest.approx(0.5, abs=0.002)  # 0.5 stands fast at the first try
    assert (first + 0.5 + last).max() <= 1 + 1e-12
    assert (first + second_try + last).max() <= 1 + 1e-12
    assert second_try.max() > 0.8
    for i in range(5):
        row = drawn.scenario(i).channels["phone"].next[1]
        assert row.by_try == (0.5, second_try[i])


def test_a_row_that_stands_fast_leaves_the_others_the_rest():
    base = with_rows(0.7, ranged(0.1, 0, 1))
    assert drawn_set(base, 100, 1, over=[probability(1)], law="uniform").values.max() <= 0.3
    lines = told(drawn_set, base, 3, 1, over=[(probability(1), 0.4, 1)])
    assert lines == [
        "over: channels.phone.next: even the lowest values of the ranges are together more than "
        "is possible"
    ]


def test_a_shared_probability_leaves_room_in_both_scenarios():
    roomy, tight = with_rows(0.1, ranged(0.05, 0, 1)), with_rows(0.8, ranged(0.05, 0, 1))
    both = (roomy, tight.model_copy(update={"name": "tight"}))
    drawn = drawn_set(both, 50, 1, over=[(probability(1), 0, 1)])
    assert drawn.keys == (probability(1),)
    assert 0.15 < drawn.values.max() <= 0.2
    assert [drawn.scenario(i, "tight").name for i in range(50)] == ["tight"] * 50


def test_no_uniform_law_reaches_below_0(city):
    table = "channels.phone.next.repeat.delay"
    drawn = drawn_set(city, 300, 1, over=[f"{table}.half_width_s", f"{table}.mean_s"])
    half, mean = drawn.values.T
    assert (half <= mean).all()
    assert city.provenance[f"{table}.mean_s"].range == (86_400, 432_000)
    assert mean.max() > 430_000
    assert half.max() > 350_000


def test_a_roster_has_no_fewer_seats_at_its_peak_than_at_least():
    team = "teams.desk"
    seats, fewest = f"{team}.seats", f"{team}.fewest"
    by_demand = {f"{team}.roster": "demand", seats: 4, fewest: 1, f"{team}.shifts": []}
    base = load("first-day").with_values(by_demand)
    moved = (fewest, 0, 5), Parameter(seats, 2, 5, whole=True)
    drawn = drawn_set(base, 1000, 1, over=moved, law="uniform")
    assert (drawn.values[:, 0] <= drawn.values[:, 1]).all()
    assert (drawn.values[:, 1] % 1 == 0).all()
    assert drawn.values[:, 0].max() > 4.5
    for i in range(100):
        drawn.scenario(i)


def test_caps_of_clauses_leave_something_to_pay(city):
    clause = {"measure": "connect_rate", "target": 0.9, "share_per_point": 0.01}
    clauses = [{**clause, "window": window, "cap": 0.3} for window in ("month", "quarter")]
    base = city.with_values({"employment.outsourced.kpi": clauses})
    caps = [f"employment.outsourced.kpi.{i}.cap" for i in (0, 1)]
    drawn = drawn_set(base, 100, 1, over=[(cap, 0, 1) for cap in caps])
    assert 0.99 < drawn.values.sum(axis=1).max() <= 1 + 1e-12
    for i in range(100):
        drawn.scenario(i)


# -------------------------------------------------------------------------------------- shapes
SHAPE_VALUES = st.lists(st.floats(0, 50), min_size=7, max_size=7).filter(lambda s: sum(s) > 1e-3)


@given(SHAPE_VALUES, st.floats(0, 3))
def test_a_sharper_shape_has_the_same_mean_and_no_negative_entries(shape, factor):
    found = sharper(shape, factor)
    assert sum(found) == pytest.approx(sum(shape))
    assert min(found) >= 0
    order = np.argsort(shape, kind="stable")
    assert (np.diff(np.array(found)[order]) >= -1e-9).all()  # the busiest stays the busiest


@given(SHAPE_VALUES)
def test_a_shape_is_flat_at_0_and_itself_at_1_and_spreads_in_proportion_between(shape):
    mean = np.mean(shape)
    assert sharper(shape, 0.0) == pytest.approx([mean] * 7)
    assert sharper(shape, 1.0) == pytest.approx(shape)
    assert np.subtract(sharper(shape, 0.5), mean) == pytest.approx(np.subtract(shape, mean) / 2)


@given(SHAPE_VALUES, SHAPE_VALUES, st.floats(0, 1))
def test_a_mixture_of_shapes_has_the_mean_of_the_first_and_ends_at_either(shape, other, share):
    assert sum(mixed(shape, other, share)) == pytest.approx(sum(shape))
    assert mixed(shape, other, 0.0) == pytest.approx(shape)
    ends = np.multiply(mixed(shape, other, 1.0), sum(other))
    assert ends == pytest.approx(np.multiply(other, sum(shape)), abs=1e-9)


def test_a_shape_moves_when_it_is_named_and_stays_in_its_range(city):
    drawn = drawn_set(city, 50, 1, over=["demand.weekday_factors:peak"])
    factors = np.array([drawn.scenario(i).demand.weekday_factors for i in range(50)])
    low, high = city.provenance["demand.weekday_factors"].range
    assert low - 1e-9 <= factors.min() <= factors.max() <= high + 1e-9
    assert np.ptp(factors, axis=1).min() < 0.1 < 0.8 < np.ptp(factors, axis=1).max()
    assert drawn.scenario(0).provenance["demand.weekday_factors"].range == (low, high)


def test_entries_are_set_then_mixed_then_made_sharper(city):
    other = (*[0.0] * 12, *[1.0] * 12)
    over = (
        (f"{HOURS}:peak", 0.5, 0.5),
        Parameter(f"{HOURS}:mix", 0.25, 0.25, shape=other),
        (f"{HOURS}.3", 1.5, 1.5),
    )
    entries = list(city.demand.hour_weights)
    entries[3] = 1.5
    wanted = sharper(mixed(entries, other, 0.25), 0.5)
    found = drawn_set(city, 1, 1, over=over).scenario(0).demand.hour_weights
    assert found == pytest.approx(wanted)


# ------------------------------------------------------------------------------------ the file
def is_equal(one, other):
    return (
        [base.digest() for base in one.bases] == [base.digest() for base in other.bases]
        and one.parameters == other.parameters
        and np.array_equal(one.values, other.values)
        and np.array_equal(one.weights, other.weights)
        and one.origin == other.origin
    )


@given(
    st.lists(
        st.sampled_from(
            [
                LINES,
                "channels.*.talk.*",
                "nanning-after:teams.*",
                SEATS,
                f"{HOURS}:peak",
                (f"nanning-before:{LINES}", 1, 7),
                Parameter("demand.weekday_factors:mix", 0, 0.5, shape=(1.0, 2, 3, 4, 5, 6, 0.1)),
            ]
        ),
        max_size=4,
    ),
    st.lists(st.floats(0, 1e300), min_size=1, max_size=6).filter(any),
    st.text(max_size=20),
)
def test_what_is_saved_loads_to_an_equal_set(tmp_path_factory, pair, over, weights, origin):
    drawn = drawn_set(pair, len(weights), 5, over=over)
    one = ParameterSet(pair, drawn.parameters, drawn.values, np.array(weights), origin)
    path = tmp_path_factory.mktemp("set") / "set.json"
    one.save(path)
    assert is_equal(ParameterSet.load(path, pair), one)
    assert is_equal(ParameterSet.load(path), one)
    assert [child.name for child in path.parent.iterdir()] == ["set.json"]


@pytest.fixture
def saved(city, tmp_path):
    path = tmp_path / "set.json"
    drawn_set(city, 3, 1, over=["channels.phone.*"]).save(path)
    return path


def test_pandas_reads_the_file_and_the_frame_is_the_same(city, saved):
    pd = pytest.importorskip("pandas")
    read = pd.read_json(saved, orient="table", precise_float=True)
    frame = ParameterSet.load(saved, city).to_frame()
    pd.testing.assert_frame_equal(read, frame)
    assert frame[LINES].dtype.kind == "i"


def test_the_file_holds_the_digest_of_each_base(city, saved):
    header = json.loads(saved.read_text(encoding="utf-8"))["hotline_sim"]
    assert header["bases"] == [{"name": "nanning-after", "digest": city.digest()}]


def test_an_equal_base_is_no_other(city, saved):
    same = city.with_values({LINES: city.channels["phone"].lines})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ParameterSet.load(saved, same).bases == (same,)


def test_another_base_is_said_and_its_keys_are_set(pair, saved):
    with pytest.warns(
        OtherBaseNotice, match="made over nanning-after, not over nanning-before"
    ) as w:
        found = ParameterSet.load(saved, pair[0])
    assert "nanning-before" in w[0].message.text("zh")
    assert found.scenario(2).name == "nanning-before"
    assert found.scenario(2).channels["phone"].lines == found.row(2)[LINES]


def test_a_base_that_has_changed_since_is_said(city, saved):
    changed = city.with_values({"channels.wechat.concurrency": 3})
    with pytest.warns(OtherBaseNotice, match="another state of nanning-after") as said:
        found = ParameterSet.load(saved, changed)
    assert said[0].message.text("zh") != said[0].message.text("en")
    assert found.scenario(0).channels["wechat"].concurrency == 3


def test_keys_that_another_base_lacks_are_named_and_left_out(saved):
    day = load("first-day")
    with pytest.warns(OtherBaseNotice, match="numbers it does not have") as said:
        found = ParameterSet.load(saved, day)
    missing = set(ParameterSet.load(saved).keys) - set(found.keys)
    assert set(said[0].message.left_out["lacking"]) == missing
    assert "channels.phone.talk.sigma_log" in missing  # its law has none
    assert "channels.phone.patience.mean_s" in found.keys
    assert "该情景没有的数字" in said[0].message.text("zh")
    assert (
        found.scenario(1).channels["phone"].patience.mean_s != day.channels["phone"].patience.mean_s
    )


def test_keys_that_the_set_was_made_over_and_that_are_gone_are_an_error(saved):
    tables = json.loads(saved.read_text(encoding="utf-8"))
    for place in (tables["hotline_sim"]["parameters"][0], tables["schema"]["fields"][1]):
        place["key" if "key" in place else "name"] = "channels.phone.linez"
    saved.write_text(json.dumps(tables), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"phone.linez: is no number of nanning-after"):
        ParameterSet.load(saved)


def test_in_another_city_what_it_prints_stays_and_what_is_of_one_scenario_is_left_out(pair):
    talk = "channels.phone.talk.mean_s"
    drawn = drawn_set(pair, 3, 1, over=[talk, LINES, SEATS])
    city = load("liaocheng-2023")
    with pytest.warns(OtherBaseNotice) as said:
        found = drawn.laid_over(city)
    assert found.keys == (LINES,)
    names = tuple(f"{one.name}:{SEATS}" for one in pair)
    assert said[0].message.left_out == {"printed": (talk,), "alone": names}
    assert found.scenario(2).channels["phone"].talk.mean_s == 218.0
    assert found.scenario(2).channels["phone"].lines == drawn.row(2)[LINES]


def test_one_scenario_of_a_pair_takes_the_shared_keys_and_its_own(pair, tmp_path):
    path = tmp_path / "pair.json"
    drawn = drawn_set(pair, 4, 1, over=[LINES, SEATS])
    drawn.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone = ParameterSet.load(path, pair[1])
    assert alone.keys == (LINES, f"nanning-after:{SEATS}")
    assert alone.scenario(3).digest() == drawn.scenario(3, 1).digest()
    with pytest.warns(OtherBaseNotice, match="not over mine"):
        mine = ParameterSet.load(path, pair[1].model_copy(update={"name": "mine"}))
    assert mine.keys == (LINES,)


def test_saving_replaces_a_file_and_a_mark_at_its_head_does_no_harm(city, saved):
    other = drawn_set(city, 2, 9, over=[LINES])
    other.save(saved)
    saved.write_bytes(b"\xef\xbb\xbf" + saved.read_bytes())
    assert is_equal(ParameterSet.load(saved), other)


def spoilt(change):
    def spoil(text):
        tables = json.loads(text)
        change(tables)
        return json.dumps(tables)

    return spoil


def put(value, *path):
    def change(tables):
        for part in path[:-1]:
            tables = tables[part]
        tables[path[-1]] = value

    return spoilt(change)


def dropped(*path):
    def change(tables):
        for part in path[:-1]:
            tables = tables[part]
        del tables[path[-1]]

    return spoilt(change)


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda _: "", "is no file of parameters"),
        (lambda text: text[: len(text) // 2], "is no file of parameters"),
        (lambda _: "[" * 100_000, "is no file of parameters"),
        (lambda _: "[]", "is no file of parameters"),
        (lambda _: "null", "is no file of parameters"),
        (put("else", "hotline_sim", "kind"), "is no file of parameters"),
        (put(3, "hotline_sim", "bases"), "is no file of parameters"),
        (dropped("hotline_sim", "parameters", 0, "low"), "is no file of parameters"),
        (put("1", "hotline_sim", "parameters", 0, "low"), "is no file of parameters"),
        (put(1e9, "hotline_sim", "parameters", 0, "low"), "lowest, highest"),
        (put(2, "hotline_sim", "format"), "is of format 2, this version reads format 1"),
        (dropped("hotline_sim", "parameters", 0), "not the weight and the parameters"),
        (put([], "data"), "has no rows"),
        (put({}, "data"), "has no rows"),
        (put([1.0], "data", 1), "data[1]: must be a row of"),
        (put("x", "data", 1, 2), "data[1]: must be a row of"),
        (put(True, "data", 1, 2), "data[1]: must be a row of"),
        (put(-1.0, "data", 2, 0), "weight[2] = -1.0: must be at least 0"),
        (put(float("nan"), "data", 2, 0), "weight[2] = nan: must be at least 0"),
        (put(300, "data", 1, 1), f"{LINES}[1] = 300.0: must lie in its own range, 60.0 to 240.0"),
        (put(float("nan"), "data", 1, 1), f"{LINES}[1] = nan: must lie in its own range"),
        (put(80.5, "data", 1, 1), f"{LINES}[1] = 80.5: must be a whole number"),
        (put("nowhere", "hotline_sim", "bases", 0, "name"), "no such scenario"),
    ],
)
def test_a_spoilt_file_is_refused_in_one_line(saved, spoil, line):
    saved.write_text(spoil(saved.read_text(encoding="utf-8")), encoding="utf-8")
    lines = told(ParameterSet.load, saved)
    assert len(lines) == 1
    assert line in lines[0]
    assert str(saved) in lines[0] or "nowhere" in lines[0]


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert told(ParameterSet.load, tmp_path / "none.json") == [
        f"{tmp_path / 'none.json'}: no such file"
    ]
    assert told(ParameterSet.load, tmp_path)[0].startswith(f"{tmp_path}: cannot be read")


def test_a_file_past_all_measure_is_not_read(saved, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", saved.stat().st_size - 1)
    assert told(ParameterSet.load, saved)[0].endswith(f"is larger than {files.MOST_BYTES} bytes")
    monkeypatch.setattr(files, "MOST_BYTES", saved.stat().st_size)
    assert len(ParameterSet.load(saved)) == 3


def test_weights_that_are_all_nothing_are_refused(city):
    drawn = drawn_set(city, 2, 1, over=[LINES])
    for weights in ([0.0, 0.0], [1.0], []):
        with pytest.raises(ScenarioError):
            ParameterSet(drawn.bases, drawn.parameters, drawn.values, np.array(weights), "ours")


def test_a_key_that_stands_twice_for_a_scenario_is_refused(city):
    twice = (Parameter(LINES, 60, 240, True), Parameter(f"{city.name}:{LINES}", 60, 240, True))
    lines = told(ParameterSet, (city,), twice, np.full((1, 2), 90.0), np.ones(1), "ours")
    assert lines == [f"parameters: {city.name}:{LINES}: stands twice"]


def test_a_set_cannot_be_changed_by_who_has_it_or_made_it(city):
    drawn = drawn_set(city, 2, 1, over=[LINES])
    values = drawn.values.copy()
    one = ParameterSet(drawn.bases, drawn.parameters, values, drawn.weights, "ours")
    values[0, 0] = 61
    assert np.array_equal(one.values, drawn.values)
    with pytest.raises(ValueError, match="read-only"):
        one.values[0, 0] = 61


def test_rows_are_picked_with_their_weights(city):
    drawn = drawn_set(city, 4, 1, over=[LINES])
    one = ParameterSet(drawn.bases, drawn.parameters, drawn.values, np.arange(1.0, 5.0), "ours")
    for keep in ([1, 3], np.array([False, True, False, True])):
        picked = one.where(keep)
        assert picked.weights.tolist() == [2.0, 4.0]
        assert picked.row(1) == one.row(3)
    assert len(one.where([2])) == 1
