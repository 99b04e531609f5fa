"""Laws of time: drawn as they are defined, none negative, all on the grid of 1/1024 s."""

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from hotline_sim.demand import draw_s, mean_s
from hotline_sim.domain import LONGEST_S, TICKS_PER_S
from hotline_sim.scenario.laws import Patience
from hotline_sim.streams import Streams

N = 200_000
LN_2 = np.log(2.0)


def law_of(**keys):
    return TypeAdapter(Patience).validate_python(keys)


def drawn(law, n=N, seed=1):
    return draw_s(law, Streams(seed, 0).at(0, "law"), n)


class Balanced:
    """The hyperexponential of balanced means (Whitt 1982), as it is defined."""

    def __init__(self, mean, cv):
        share = (1 + np.sqrt((cv**2 - 1) / (cv**2 + 1))) / 2
        self.shares = np.array([share, 1 - share])
        self.rates = 2 * self.shares / mean

    def cdf(self, x):
        return 1 - np.exp(-np.outer(x, self.rates)) @ self.shares

    def mean(self):
        return np.sum(self.shares / self.rates)

    def std(self):
        return np.sqrt(np.sum(2 * self.shares / self.rates**2) - self.mean() ** 2)


CONTINUOUS = [
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
continuous = pytest.mark.parametrize(
    ("keys", "exact"), CONTINUOUS, ids=["-".join(map(str, keys.values())) for keys, _ in CONTINUOUS]
)


@continuous
def test_a_law_is_drawn_with_its_distribution(keys, exact):
    assert stats.kstest(drawn(law_of(**keys)), exact.cdf).pvalue > 1e-4


@continuous
def test_a_law_has_the_mean_or_the_median_it_is_given(keys, exact):
    law, times_s = law_of(**keys), drawn(law_of(**keys))
    if "mean_s" in keys:
        assert mean_s(law) == pytest.approx(keys["mean_s"])
    else:
        below = np.mean(times_s < keys["median_s"])
        assert abs(below - 0.5) < 4 * 0.5 / np.sqrt(N)
    assert mean_s(law) == pytest.approx(exact.mean())
    assert abs(times_s.mean() - exact.mean()) < 4 * exact.std() / np.sqrt(N)


@pytest.mark.parametrize("cv", [1.1, 2, 5])
def test_a_hyperexponential_has_the_cv_it_is_given(cv):
    law = law_of(law="hyperexponential", mean_s=300, cv=cv)
    blocks = drawn(law).reshape(200, -1)
    squares = (blocks**2).mean(1)  # E[X²] = mean² (1 + cv²)
    error = squares.std(ddof=1) / np.sqrt(len(squares))
    assert abs(squares.mean() - 300**2 * (1 + cv**2)) < 4 * error


def test_a_hyperexponential_may_be_given_by_its_median():
    times_s = drawn(law_of(law="hyperexponential", median_s=300, cv=3))
    assert abs(np.mean(times_s < 300) - 0.5) < 4 * 0.5 / np.sqrt(N)
    assert times_s.std() / times_s.mean() == pytest.approx(3, rel=0.05)


def test_observed_times_are_drawn_between_the_points_and_as_often_in_each_gap():
    law = law_of(law="empirical", points_s=(60, 10, 20, 200))  # in any order
    times_s = drawn(law)
    points_s, shares = (10, 20, 60, 200), (0, 1 / 3, 2 / 3, 1)
    assert stats.kstest(times_s, lambda x: np.interp(x, points_s, shares)).pvalue > 1e-4
    assert mean_s(law) == pytest.approx((15 + 40 + 130) / 3)
    assert abs(times_s.mean() - mean_s(law)) < 4 * times_s.std() / np.sqrt(N)


def test_two_observed_times_that_are_equal_are_always_drawn():
    assert set(drawn(law_of(law="empirical", points_s=(45, 45)), 100)) == {45.0}


@pytest.mark.parametrize("keys", [{"mean_s": 90}, {"median_s": 90}])
def test_a_fixed_time_is_always_the_same(keys):
    law = law_of(law="fixed", **keys)
    assert set(drawn(law, 1000)) == {90.0}
    assert mean_s(law) == 90


def test_patience_without_end_never_ends():
    assert np.all(np.isposinf(drawn(law_of(law="never"), 1000)))


EVERY_LAW = [keys for keys, _ in CONTINUOUS] + [
    {"law": "lognormal", "mean_s": 0.01, "sigma_log": 5},
    {"law": "lognormal", "mean_s": 1e9, "sigma_log": 5},
    {"law": "weibull", "median_s": 1e9, "shape": 0.1},
    {"law": "gamma", "median_s": 1e-6, "shape": 0.05},
    {"law": "gamma", "mean_s": 1e9, "shape": 1000},
    {"law": "hyperexponential", "median_s": 1e9, "cv": 20},
    {"law": "fixed", "mean_s": 1e-9},
    {"law": "uniform", "mean_s": 1e-3, "half_width_s": 1e-3},
    {"law": "empirical", "points_s": (0, 1e9, 3.3)},
]


@pytest.mark.parametrize("keys", EVERY_LAW, ids=lambda keys: "-".join(map(str, keys.values())))
def test_times_are_never_negative_and_lie_on_the_grid_in_any_extreme(keys):
    law = law_of(**keys)
    times_s = drawn(law, 20_000)
    assert times_s.shape == (20_000,)
    assert np.all((times_s >= 0) & (times_s <= LONGEST_S))
    np.testing.assert_array_equal(times_s * TICKS_PER_S % 1.0, 0.0)
    assert np.isfinite(mean_s(law))


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
    short = drawn(law_of(**keys, **{size: 100}), 1000)
    long = drawn(law_of(**keys, **{size: 300}), 1000)
    np.testing.assert_allclose(long, 3 * short, atol=2 / TICKS_PER_S)


@continuous
def test_more_times_begin_with_the_same_ones(keys, exact):
    np.testing.assert_array_equal(drawn(law_of(**keys), 100), drawn(law_of(**keys), 1000)[:100])
