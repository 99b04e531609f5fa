"""Laws of time: inverted as they are defined, and the same double everywhere."""

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import special, stats

from hotline_sim import laws
from hotline_sim.demand import laws as demand_laws
from hotline_sim.demand.laws import (
    TimeLaw,
    law_records,
    quantile_s,
    table_law,
    time_laws,
    time_s,
)
from hotline_sim.domain import LONGEST_S, TICKS_PER_S
from hotline_sim.laws import Patience
from hotline_sim.streams import Streams

N = 200_000
LN_2 = np.log(2.0)
LEAST = 2.0**-53  # the least uniform number; 1 - LEAST is the greatest
TENTH_OF_A_TICK_S = 0.1 / TICKS_PER_S


def law_of(**keys):
    return TypeAdapter(Patience).validate_python(keys)


def uniforms(n=N, seed=1):
    return (Streams(seed, 0).at(0, "law").integers(0, 2**52, n) + 0.5) / 2.0**52


def times(law, u):
    (found,), knots = time_laws([law])
    return time_s(found, knots, u)


def quantiles(law, u):
    (found,), knots = time_laws([law])
    return quantile_s(found, knots, u)


def drawn(law, n=N):
    return times(law, uniforms(n))


def dense(end):
    """Uniform numbers all over, and close to 0 and, as far as *end*, to 1; ascending."""
    small = 10.0 ** np.linspace(np.log10(LEAST), -1.0, 2001)
    near = 1.0 - 10.0 ** np.linspace(np.log10(end), -1.0, 2001)
    u = np.concatenate((np.linspace(0.0, 1.0, 20_001)[1:-1], uniforms(20_000), small, near))
    return np.sort(np.clip((np.floor(u * 2.0**52) + 0.5) / 2.0**52, LEAST, 1.0 - LEAST))


class Balanced:
    """The hyperexponential of balanced means (Whitt 1982), as it is defined."""

    def __init__(self, mean, cv):
        share = (1 + np.sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
        self.shares = np.array([share, 1 - share])
        self.rates = 2 * self.shares / mean

    def cdf(self, x):
        return -np.expm1(-np.multiply.outer(x, self.rates)) @ self.shares

    def sf(self, x):
        return np.exp(-np.multiply.outer(x, self.rates)) @ self.shares

    def ppf(self, u):
        low, high = np.zeros(len(u)), np.full(len(u), 45.0 / self.rates.min())
        for _ in range(120):
            middle = (low + high) / 2
            above = np.where(u < 0.5, self.cdf(middle) > u, self.sf(middle) < 1.0 - u)
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return low

    def mean(self):
        return np.sum(self.shares / self.rates)

    def std(self):
        return np.sqrt(np.sum(2 * self.shares / self.rates**2) - self.mean() ** 2)


CONTINUOUS: list[tuple[dict[str, Any], Any]] = [  # the law, and scipy's
    ({"law": "exponential", "mean_s": 180}, stats.expon(scale=180)),
    ({"law": "exponential", "median_s": 180}, stats.expon(scale=180 / LN_2)),
    (
        {"law": "lognormal", "mean_s": 200, "sigma_log": 0.9},
        stats.lognorm(0.9, scale=200 * np.exp(-(0.9**2) / 2)),
    ),
    ({"law": "lognormal", "median_s": 900, "sigma_log": 1.2}, stats.lognorm(1.2, scale=900)),
    (
        {"law": "weibull", "mean_s": 350, "shape": 0.75},
        stats.weibull_min(0.75, scale=350 / stats.weibull_min(0.75).mean()),
    ),
    (
        {"law": "weibull", "median_s": 350, "shape": 2},
        stats.weibull_min(2, scale=350 / stats.weibull_min(2).median()),
    ),
    ({"law": "gamma", "mean_s": 60, "shape": 3}, stats.gamma(3, scale=20)),
    (
        {"law": "gamma", "median_s": 60, "shape": 0.5},
        stats.gamma(0.5, scale=60 / stats.gamma(0.5).median()),
    ),
    ({"law": "hyperexponential", "mean_s": 300, "cv": 2}, Balanced(300, 2)),
    ({"law": "uniform", "mean_s": 100, "half_width_s": 40}, stats.uniform(60, 80)),
    ({"law": "uniform", "median_s": 100, "half_width_s": 100}, stats.uniform(0, 200)),
]


def named(keys):
    return "-".join(map(str, keys.values()))


continuous = pytest.mark.parametrize(
    ("keys", "exact"), CONTINUOUS, ids=[named(keys) for keys, _ in CONTINUOUS]
)


@continuous
def test_a_law_is_drawn_with_its_distribution(keys, exact):
    assert stats.kstest(drawn(law_of(**keys)), exact.cdf).pvalue > 1e-4


@continuous
def test_a_law_has_the_mean_or_the_median_it_is_given(keys, exact):
    law = law_of(**keys)
    if "mean_s" in keys:
        assert law.mean() == pytest.approx(keys["mean_s"], rel=1e-13)
    else:
        assert quantiles(law, 0.5) == pytest.approx(keys["median_s"], rel=1e-13)
    assert law.mean() == pytest.approx(exact.mean(), rel=1e-9)
    assert abs(drawn(law).mean() - exact.mean()) < 4 * exact.std() / np.sqrt(N)


CLOSED_FORMS = [
    *CONTINUOUS[:6],  # up to the Weibull laws
    *CONTINUOUS[9:],  # uniform
    ({"law": "lognormal", "median_s": 3, "sigma_log": 5}, stats.lognorm(5, scale=3)),
    ({"law": "lognormal", "median_s": 3, "sigma_log": 0}, stats.uniform(3, 0)),
    (
        {"law": "weibull", "median_s": 100, "shape": 50},
        stats.weibull_min(50, scale=100 / LN_2**0.02),
    ),
    (
        {"law": "weibull", "median_s": 1e-3, "shape": 0.1},
        stats.weibull_min(0.1, scale=1e-3 / LN_2**10),
    ),
]


@pytest.mark.parametrize(
    ("keys", "exact"), CLOSED_FORMS, ids=[named(keys) for keys, _ in CLOSED_FORMS]
)
def test_a_law_with_a_formula_has_its_quantiles_to_the_last_places(keys, exact):
    u = dense(LEAST)
    expected = exact.ppf(u) if keys.get("sigma_log") != 0 else np.full(len(u), 3.0)
    np.testing.assert_allclose(quantiles(law_of(**keys), u), expected, 2e-13)


@pytest.mark.parametrize("shape", [0.05, 0.07, 0.2, 0.5, 1, 1.5, 3, 20, 300, 1000])
def test_gamma_quantiles_are_right_to_a_tenth_of_a_tick(shape):
    u = dense(1e-9)
    exact = np.where(u < 0.5, special.gammaincinv(shape, u), special.gammainccinv(shape, 1.0 - u))
    found = quantiles(law_of(law="gamma", mean_s=5000, shape=shape), u)
    np.testing.assert_allclose(found, exact * 5000 / shape, 1e-10, TENTH_OF_A_TICK_S)


@pytest.mark.parametrize("cv", [1 + 1e-15, 1.001, 1.1, 2, 5, 11, 20])
def test_hyperexponential_quantiles_are_right_to_a_tenth_of_a_tick(cv):
    u = dense(1e-9)
    found = quantiles(law_of(law="hyperexponential", mean_s=5000, cv=cv), u)
    np.testing.assert_allclose(found, Balanced(5000, cv).ppf(u), 1e-10, TENTH_OF_A_TICK_S)


@pytest.mark.parametrize("cv", [1.1, 2, 5])
def test_a_hyperexponential_has_the_cv_it_is_given(cv):
    law = law_of(law="hyperexponential", mean_s=300, cv=cv)
    blocks = drawn(law).reshape(200, -1)
    squares = (blocks**2).mean(1)  # E[X²] = mean² (1 + cv²)
    error = squares.std(ddof=1) / np.sqrt(len(squares))
    assert abs(squares.mean() - 300**2 * (1 + cv**2)) < 4 * error


def test_observed_times_are_drawn_between_the_points_and_as_often_in_each_gap():
    law = law_of(law="empirical", points_s=(60, 10, 20, 200))  # in any order
    points_s, shares = (10, 20, 60, 200), (0, 1 / 3, 2 / 3, 1)
    u = dense(LEAST)
    np.testing.assert_allclose(quantiles(law, u), np.interp(u, shares, points_s), 1e-14)
    assert stats.kstest(drawn(law), lambda x: np.interp(x, points_s, shares)).pvalue > 1e-4
    assert law.mean() == pytest.approx((15 + 40 + 130) / 3)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 1025, 4096, 99_999, 100_000])
def test_the_last_of_many_observed_times_is_almost_reached(n):
    law = law_of(law="empirical", points_s=tuple(range(n)))
    last = quantiles(law, 1.0 - LEAST)
    assert np.nextafter(n - 1.0, 0.0) - (n - 1) * LEAST <= last <= n - 1.0
    assert quantiles(law, np.array([1.0 - LEAST])) == last


def test_two_observed_times_that_are_equal_are_always_drawn():
    assert set(drawn(law_of(law="empirical", points_s=(45, 45)), 100)) == {45.0}


@pytest.mark.parametrize("keys", [{"mean_s": 90}, {"median_s": 90}])
def test_a_fixed_time_is_always_the_same(keys):
    law = law_of(law="fixed", **keys)
    assert set(drawn(law, 1000)) == {90.0}
    assert law.mean() == 90


def test_patience_without_end_never_ends():
    assert np.all(np.isposinf(drawn(law_of(law="never"), 1000)))
    assert times(law_of(law="never"), 0.3) == np.inf


def test_a_table_has_exactly_its_times_and_straight_lines_between():
    u = np.sort(uniforms(200))
    y = np.sort(uniforms(200, seed=2)) * 1e5 / 3
    law = table_law(u.tolist(), y.tolist())
    np.testing.assert_array_equal(quantiles(law, u), y)
    assert [quantiles(law, one) for one in u.tolist()] == y.tolist()
    between = dense(LEAST)
    np.testing.assert_allclose(quantiles(law, between), np.interp(between, u, y), 1e-12)
    assert law.mean() == pytest.approx(
        np.trapezoid(y, u) + u[0] * y[0] + (1 - u[-1]) * y[-1], rel=1e-12
    )


def test_a_share_that_stands_twice_makes_a_step():
    law = table_law([0.25, 0.25, 0.5, 0.5], [1.0, 7.0, 7.0, 30.0])
    u = np.array([LEAST, 0.25 - LEAST, 0.25, 0.4, 0.5 - LEAST, 0.5, 1.0 - LEAST])
    assert times(law, u).tolist() == [1.0, 1.0, 7.0, 7.0, 7.0, 30.0, 30.0]
    assert [times(law, one) for one in u.tolist()] == times(law, u).tolist()
    assert law.mean() == 0.25 * 1 + 0.25 * 7 + 0.5 * 30


@pytest.mark.parametrize(
    ("shares", "times_s", "message"),
    [
        ([], [], "0 shares"),
        ([0.5], [1.0, 2.0], "1 shares, 2 times"),
        ([0.5, 0.4], [1.0, 2.0], "must rise, from 0 to 1"),
        ([0.5, 1.1], [1.0, 2.0], "must rise, from 0 to 1"),
        ([np.nan], [1.0], "must rise, from 0 to 1"),
        ([0.5, 0.6], [2.0, 1.0], "must rise, and be"),
        ([0.5], [-1.0], "must rise, and be"),
        ([0.5], [np.inf], "must rise, and be"),
    ],
)
def test_a_table_that_is_no_law_is_refused(shares, times_s, message):
    with pytest.raises(ValueError, match=message):
        table_law(shares, times_s)


EXTREMES: list[dict[str, Any]] = [
    {"law": "lognormal", "mean_s": 0.01, "sigma_log": 5},
    {"law": "lognormal", "mean_s": 1e9, "sigma_log": 5},
    {"law": "weibull", "median_s": 1e9, "shape": 0.1},
    {"law": "weibull", "mean_s": 100, "shape": 50},
    {"law": "gamma", "median_s": 1e-6, "shape": 0.05},
    {"law": "gamma", "mean_s": 1e9, "shape": 1000},
    {"law": "hyperexponential", "median_s": 1e9, "cv": 20},
    {"law": "fixed", "mean_s": 1e-9},
    {"law": "uniform", "mean_s": 1e-3, "half_width_s": 1e-3},
    {"law": "empirical", "points_s": (0, 1e9, 3.3)},
]
EVERY_LAW = [law_of(**keys) for keys, _ in CONTINUOUS] + [law_of(**keys) for keys in EXTREMES]
EVERY_LAW += [
    law_of(law="never"),
    law_of(law="empirical", points_s=tuple(np.linspace(0.0, 30.0, 999) ** 2)),
    table_law(np.linspace(0.01, 0.97, 77).tolist(), (np.linspace(0.3, 30.0, 77) ** 2).tolist()),
    table_law([0.25, 0.25, 0.5, 0.5], [1.0, 7.0, 7.0, 30.0]),
]
every_law = pytest.mark.parametrize(
    "number", range(len(EVERY_LAW)), ids=[type(law).__name__ for law in EVERY_LAW]
)


@every_law
def test_times_are_never_negative_and_lie_on_the_grid_in_any_extreme(number):
    times_s = times(EVERY_LAW[number], dense(LEAST))
    if number == len(CONTINUOUS) + len(EXTREMES):
        return  # patience without end is on no grid
    assert np.all((times_s >= 0) & (times_s <= LONGEST_S))
    np.testing.assert_array_equal(times_s * TICKS_PER_S % 1.0, 0.0)
    assert np.isfinite(EVERY_LAW[number].mean())


@every_law
def test_a_time_on_the_grid_is_the_nearest(number):
    u = dense(LEAST)
    exact_s = np.minimum(quantiles(EVERY_LAW[number], u), LONGEST_S)
    expected = np.rint(exact_s * TICKS_PER_S) / TICKS_PER_S
    if EVERY_LAW[number].__class__.__name__ == "Never":
        expected = np.full(len(u), np.inf)
    np.testing.assert_array_equal(times(EVERY_LAW[number], u), expected)


@every_law
def test_who_is_more_patient_under_one_law_is_so_under_every_other(number):
    u = np.sort(np.concatenate((dense(LEAST), uniforms(N))))
    times_s = times(EVERY_LAW[number], u)
    assert np.all(times_s[1:] >= times_s[:-1])


def test_every_law_is_of_its_own_kind():
    found, _ = time_laws(EVERY_LAW)
    kinds = {(type(law).__name__, numbers.kind) for law, numbers in zip(EVERY_LAW, found)}
    assert sorted(kind for _, kind in kinds) == list(range(1, 11))


class Triangular(laws.Scaled):
    """A law of the schema for which nobody has written a branch."""

    law: str = "triangular"


Triangular.__abstractmethods__ = frozenset()  # what else a law knows is not asked for here


def triangular(size) -> Any:
    made: Any = Triangular  # no type checker lets it be made
    return made(**{size: 60.0})


@pytest.mark.parametrize("size", ["mean_s", "median_s"])
def test_a_law_without_a_branch_of_its_own_is_refused_when_tables_are_made(size):
    law = triangular(size)
    with pytest.raises(ValueError, match="triangular"):
        time_laws([law])


@pytest.mark.parametrize("kind", [0, 11, -1])
def test_no_record_is_made_of_a_law_of_no_known_kind(kind):
    assert len(law_records(time_laws(EVERY_LAW)[0])) == len(EVERY_LAW)
    with pytest.raises(ValueError, match="no law is of this kind"):
        law_records([TimeLaw(1), TimeLaw(kind)])


@pytest.mark.parametrize("size", ["mean_s", "median_s"])
def test_the_size_of_a_law_without_a_branch_is_not_taken_for_an_exponential_s(size):
    for unit in (demand_laws._unit_mean, demand_laws._unit_median):
        with pytest.raises(ValueError, match="triangular"):
            unit(triangular(size))


@pytest.mark.parametrize("u", [0.5, np.array([0.5])], ids=["one", "many"])
@pytest.mark.parametrize("kind", [0, 11, -1])
def test_a_law_of_no_known_kind_is_refused(kind, u):
    for invert in (time_s, quantile_s):
        with pytest.raises(ValueError, match="no law is of this kind"):
            invert(TimeLaw(kind), np.zeros(0), u)


def test_laws_share_their_knots_and_read_no_others():
    found, knots = time_laws(EVERY_LAW + EVERY_LAW[::-1])
    assert found[: len(EVERY_LAW)] == found[: len(EVERY_LAW) - 1 : -1]
    assert max(law.end for law in found) == len(knots) == len(time_laws(EVERY_LAW)[1])
    u = dense(LEAST)
    for law, numbers in zip(EVERY_LAW, found):
        np.testing.assert_array_equal(quantile_s(numbers, knots, u), quantiles(law, u))
        alone = np.full(len(knots), np.nan)
        alone[numbers.begin : numbers.end] = knots[numbers.begin : numbers.end]
        np.testing.assert_array_equal(quantile_s(numbers, alone, u), quantiles(law, u))


@every_law
def test_a_float_and_an_array_get_the_same_double(number):
    u = np.concatenate((uniforms(10_000), dense(LEAST)[::7]))
    (law,), knots = time_laws([EVERY_LAW[number]])
    for invert in (quantile_s, time_s):
        one_by_one = np.array([invert(law, knots, one) for one in u.tolist()])
        np.testing.assert_array_equal(
            one_by_one.view(np.int64), invert(law, knots, u).view(np.int64)
        )


@pytest.fixture(scope="module")
def compiled():
    numba = pytest.importorskip("numba")
    import hotline_sim.demand.compiled_laws  # noqa: F401

    def looping(invert):
        @numba.njit(_nrt=False)  # so that it could make no array
        def fill(laws, number, knots, u, out):
            for i in range(len(u)):
                out[i] = invert(laws[number], knots, u[i])

        return fill

    return {invert: looping(invert) for invert in (quantile_s, time_s)}


@every_law
def test_an_array_and_compiled_code_get_the_same_double(number, compiled):
    u = np.concatenate((uniforms(1_000_000), dense(LEAST)))
    found, knots = time_laws(EVERY_LAW)
    records, out = law_records(found), np.empty(len(u))
    for invert, fill in compiled.items():
        fill(records, number, knots, u, out)
        array = invert(found[number], knots, u)
        np.testing.assert_array_equal(out.view(np.int64), array.view(np.int64))


def test_compiled_code_refuses_a_law_of_no_known_kind(compiled):
    records = law_records([TimeLaw(1)])
    records["kind"] = 0
    for fill in compiled.values():
        with pytest.raises(ValueError, match="no law is of this kind"):
            fill(records, 0, np.zeros(0), np.array([0.5]), np.zeros(1))


def test_a_record_has_the_fields_of_a_law():
    found, _ = time_laws(EVERY_LAW)
    records = law_records(found)
    assert records.dtype.names == TimeLaw._fields
    assert [TimeLaw(*record.tolist()) for record in records] == list(found)
    u = uniforms(100)
    knots = time_laws(EVERY_LAW)[1]
    for record, numbers in zip(records, found):
        np.testing.assert_array_equal(time_s(record, knots, u), time_s(numbers, knots, u))


@pytest.mark.parametrize(
    "keys",
    [
        {"law": "exponential"},
        {"law": "lognormal", "sigma_log": 0.9},
        {"law": "weibull", "shape": 0.75},
        {"law": "gamma", "shape": 0.5},
        {"law": "hyperexponential", "cv": 2},
        {"law": "fixed"},
    ],
    ids=lambda keys: keys["law"],
)
@pytest.mark.parametrize("size", ["mean_s", "median_s"])
def test_another_mean_stretches_every_persons_time(keys, size):
    u = dense(LEAST)
    short = quantiles(law_of(**keys, **{size: 100}), u)
    long = quantiles(law_of(**keys, **{size: 300}), u)
    np.testing.assert_allclose(long, 3 * short, 1e-15)


# What every machine must find; print ``found`` of the test below to write them anew.
EVERYWHERE = {
    "law=exponential mean_s=180": [
        "0x1.70d30eb1d356bp-3",
        "0x1.00ce535ee6084p+6",
        "0x1.49dd5a95e1dd4p+7",
        "0x1.9e771eff6ffa4p+9",
        "0x1.d24602ea0b0cbp+11",
    ],
    "law=exponential median_s=180": [
        "0x1.0a0cf3f3ccdb6p-2",
        "0x1.727e209139fe3p+6",
        "0x1.dbe4e4aa61bafp+7",
        "0x1.2af9392a986ebp+10",
        "0x1.505860579efbbp+12",
    ],
    "law=lognormal mean_s=200 sigma_log=0.9": [
        "0x1.0880330192932p+3",
        "0x1.4cd6226abec03p+6",
        "0x1.4f1db68e10777p+7",
        "0x1.0ea0235a4b3f7p+10",
        "0x1.cc916b2da3897p+14",
    ],
    "law=lognormal median_s=900 sigma_log=1.2": [
        "0x1.6115639e36446p+4",
        "0x1.dfad75329a9dbp+8",
        "0x1.30f0c99c7e5c9p+10",
        "0x1.caa51947d7ca6p+13",
        "0x1.2588f867ea96ep+20",
    ],
    "law=weibull mean_s=350 shape=0.75": [
        "0x1.e1f1e5facfe49p-6",
        "0x1.296ce1e233b7cp+6",
        "0x1.059de3029e135p+8",
        "0x1.1987cce139965p+11",
        "0x1.0572b49b4d44dp+14",
    ],
    "law=weibull median_s=350 shape=2": [
        "0x1.a983993205c5ep+3",
        "0x1.f622e3f6aa8cap+7",
        "0x1.9269b7d92124cp+8",
        "0x1.c3130a8863be5p+9",
        "0x1.de6fc6ed5b41cp+10",
    ],
    "law=gamma mean_s=60 shape=3": [
        "0x1.e7c3f44e87066p+1",
        "0x1.323441abc8589p+5",
        "0x1.f0dc4eae171c8p+5",
        "0x1.503ce57b05ce6p+7",
        "0x1.0ab90dbd329fbp+9",
    ],
    "law=gamma median_s=60 shape=0.5": [
        "0x1.b275f4340f7b9p-13",
        "0x1.394d975755970p+4",
        "0x1.75acc4c60f2afp+6",
        "0x1.b586df55cdff5p+9",
        "0x1.33aa6da180a93p+12",
    ],
    "law=hyperexponential mean_s=300 cv=2": [
        "0x1.8035cc8aba360p-3",
        "0x1.10973d1e3b8d8p+6",
        "0x1.6cb2d29d2c83dp+7",
        "0x1.92f88d2043b47p+11",
        "0x1.81906c544b6d9p+14",
    ],
}


def test_every_machine_finds_the_same_double():
    found = {}
    for keys, _ in CONTINUOUS[:9]:
        u = np.array([1e-3 + LEAST, 0.3, 0.6, 0.99, 1.0 - 1e-9])
        found[" ".join(f"{key}={value}" for key, value in keys.items())] = [
            q.hex() for q in quantiles(law_of(**keys), u).tolist()
        ]
    assert found == EVERYWHERE
