"""The emulator: what it finds, what it says of itself, what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.emulator import Emulator
from hotline_sim.streams import Streams

SEED = 3


def rng(seed):
    return Streams(seed, 0).at(0, "tests/emulator")


def points(n, p, seed=1):
    return rng(seed).random((n, p))


def quadratic(x):
    return 4.0 - 3.0 * x[:, 0] + 2.0 * x[:, 1] ** 2 + 5.0 * x[:, 2] * x[:, 3] - x[:, 4] * x[:, 0]


def steep(x):
    """Return a share that saturates at both ends: log-odds that are a plane."""
    return 1.0 / (1.0 + np.exp(-(6.0 * x[:, 0] - 5.0 * x[:, 1] + 1.0)))


def test_a_quadratic_is_recovered_exactly():
    x, other = points(80, 6), points(40, 6, seed=2)
    found = Emulator.fit(x, quadratic(x), seed=SEED, scale="plain")
    mean, sd = found.predict(other)
    np.testing.assert_allclose(mean, quadratic(other), atol=1e-10)
    assert found.r2 == pytest.approx(1.0, abs=1e-12)
    assert max(found.rmse, sd.max()) < 1e-10


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-9, 9), min_size=10, max_size=10), st.floats(1e-3, 1e3))
def test_any_quadratic_in_three_numbers_is_recovered_on_any_scale_of_theirs(numbers, size):
    def value(x):
        a, b, c = x.T / size
        terms = (1 + 0 * a, a, b, c, a * a, b * b, c * c, a * b, a * c, b * c)
        return sum(k * one for k, one in zip(numbers, terms, strict=True))

    x, other = size * points(60, 3), size * points(30, 3, seed=2)
    mean, _ = Emulator.fit(x, value(x), seed=SEED, scale="plain").predict(other)
    np.testing.assert_allclose(mean, value(other), atol=1e-8)


def test_a_share_that_saturates_is_regressed_on_its_log_odds():
    x, other = points(120, 4), points(200, 4, seed=2)
    found = Emulator.fit(x, steep(x), seed=SEED)
    assert found.scale == "logit"
    assert Emulator.fit(x, steep(x) / (1.0 - steep(x)), seed=SEED).scale == "log"
    mean, _ = found.predict(other)
    np.testing.assert_allclose(mean, steep(other), atol=1e-10)
    assert Emulator.fit(x, steep(x), seed=SEED, scale="plain").r2 < 0.999


def test_noise_is_not_mistaken_for_something_known():
    x = points(200, 8)
    found = Emulator.fit(x, rng(5).normal(size=200), seed=SEED)
    assert found.r2 < 0.1
    assert found.rmse == pytest.approx(1.0, abs=0.25)
    assert len(found.terms) < 8


def test_what_is_held_out_is_what_fresh_points_say():
    """The stated error is that of points which were never seen."""
    x, fresh = points(400, 10), points(4000, 10, seed=2)
    noise = rng(6)
    values = quadratic(x) + np.sin(9.0 * x[:, 5]) + noise.normal(0.0, 0.2, len(x))
    found = Emulator.fit(x, values, seed=SEED, scale="plain")
    true = quadratic(fresh) + np.sin(9.0 * fresh[:, 5]) + noise.normal(0.0, 0.2, len(fresh))
    mean, sd = found.predict(fresh)
    rmse = float(np.sqrt(np.mean((true - mean) ** 2)))
    assert found.rmse == pytest.approx(rmse, rel=0.25)
    assert found.r2 == pytest.approx(1.0 - rmse**2 / true.var(), abs=0.1)
    assert 0.9 < np.mean(np.abs(true - mean) < 1.96 * sd) < 0.99


def test_only_what_moves_the_values_is_in_the_terms():
    x = points(150, 40)
    found = Emulator.fit(x, 1.0 + x[:, 7] + 3.0 * x[:, 7] * x[:, 31], seed=SEED, scale="plain")
    assert set(np.flatnonzero(found.terms.any(axis=0)).tolist()) == {7, 31}


def test_cubes_are_found_where_they_are_asked_for():
    x, other = points(120, 3), points(50, 3, seed=2)

    def value(x):
        return x[:, 0] ** 3 - x[:, 1] ** 2 * x[:, 2]

    cubic = Emulator.fit(x, value(x), seed=SEED, degree=3, scale="plain")
    np.testing.assert_allclose(cubic.predict(other)[0], value(other), atol=1e-9)
    assert Emulator.fit(x, value(x), seed=SEED, scale="plain").rmse > 1e-3


def test_values_that_do_not_move_and_columns_that_do_not_are_no_trouble():
    x = points(50, 3)
    x[:, 1] = 0.5
    mean, sd = Emulator.fit(x, np.full(50, 0.25), seed=SEED).predict(x)
    np.testing.assert_allclose(mean, 0.25)
    assert sd.max() < 1e-12
    np.testing.assert_allclose(Emulator.fit(x, x[:, 0], seed=SEED).predict(x)[0], x[:, 0])


def test_the_same_seed_holds_out_the_same_points():
    x = points(100, 5)
    values = quadratic(x) + rng(7).normal(size=100)
    one, two, other = (Emulator.fit(x, values, seed=seed) for seed in (SEED, SEED, SEED + 1))
    assert (one.r2, one.rmse) == (two.r2, two.rmse) != (other.r2, other.rmse)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"points": points(19, 2), "values": np.ones(19)}, "at least 20"),
        ({"values": np.ones(29)}, r"\(n, p\) and \(n,\)"),
        ({"values": np.append(np.ones(29), np.nan)}, "finite"),
        ({"degree": 4}, "degree = 4: one of 1, 2, 3"),
        ({"scale": "root"}, "scale = root: one of plain, log, logit"),
        ({"scale": "logit"}, "scale = logit: values from 0.0 to 1.0"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, line):
    asked = {"points": points(30, 2), "values": np.linspace(0.0, 1.0, 30), "seed": SEED, **change}
    with pytest.raises(ArgumentError, match=line):
        Emulator.fit(**asked)
