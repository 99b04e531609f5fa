"""Logarithms, powers and normal quantiles: as exact as any, and the same double everywhere."""

import math

import numpy as np
import pytest
from scipy import special

from hotline_sim.demand import arithmetic

N = 100_000
PLACE = 2.0**-53  # half of the last place of 1
WIDE = np.longdouble  # 11 bits more than a double, or on some machines none

numbers = np.random.Generator(np.random.PCG64(7))


def greatest_error(found, exact):
    return float(np.max(np.abs((found.astype(WIDE) - exact) / exact)))


@pytest.mark.parametrize(("low", "high"), [(-700.0, 700.0), (-37.0, 4.0), (-0.5, 0.5)])
def test_logarithms_are_off_by_less_than_a_place(low, high):
    x = np.exp(numbers.uniform(low, high, N))
    assert greatest_error(arithmetic.log(x), np.log(x.astype(WIDE))) < 2 * PLACE


def test_the_logarithm_of_a_number_next_to_one_keeps_all_its_places():
    x = 1.0 - PLACE * np.arange(1.0, 1000.0)
    assert greatest_error(arithmetic.log(x), np.log1p((x - 1.0).astype(WIDE))) < 2 * PLACE
    assert arithmetic.log(1.0) == 0.0


@pytest.mark.parametrize("reach", [707.0, 37.0, 0.4])
def test_exponentials_are_off_by_less_than_a_place(reach):
    x = numbers.uniform(-reach, reach, N)
    assert greatest_error(arithmetic.exp(x), np.exp(x.astype(WIDE))) < 2 * PLACE


def test_exponentials_stop_before_they_leave_the_normal_doubles():
    x = np.array([-np.inf, -1e5, -707.5, 709.5, 1e5, np.inf])
    found = arithmetic.exp(x)
    assert np.all((found > np.finfo(float).tiny) & np.isfinite(found))
    assert found.tolist() == [arithmetic.exp(one) for one in x.tolist()]


@pytest.mark.parametrize("exponent", [0.02, 1 / 3, 1.0, 10.0])
def test_powers_lose_no_more_than_the_logarithm_does(exponent):
    x = np.exp(numbers.uniform(-36.0, 4.0, N))
    exact = x.astype(WIDE) ** WIDE(exponent)
    assert greatest_error(arithmetic.power(x, exponent), exact) < (2 + 40 * exponent) * 2 * PLACE


def test_normal_quantiles_are_those_of_scipy():
    tails = 10.0 ** numbers.uniform(-16.0, -0.4, N)
    for u in (
        numbers.random(N),
        tails,
        np.array([2.0**-53, 0.075, 0.0749999999, 1.4e-11, 1.3e-11]),
    ):
        np.testing.assert_allclose(arithmetic.normal_quantile(u), special.ndtri(u), 3e-15, 1e-16)


def test_normal_quantiles_are_as_far_below_as_above():
    u = (numbers.integers(0, 2**52, N).astype(np.float64) + 0.5) / 2.0**52
    np.testing.assert_array_equal(
        arithmetic.normal_quantile(1.0 - u), -arithmetic.normal_quantile(u)
    )


def test_gamma_is_that_of_scipy():
    x = np.linspace(0.05, 50.0, 500)
    found = [arithmetic.gamma(one) for one in x.tolist()]
    np.testing.assert_allclose(found, special.gamma(x), 5e-14)


FUNCTIONS = {
    "log": (arithmetic.log, np.exp(numbers.uniform(-700.0, 700.0, N))),
    "exp": (arithmetic.exp, numbers.uniform(-800.0, 800.0, N)),
    "normal_quantile": (arithmetic.normal_quantile, 10.0 ** numbers.uniform(-16.0, -0.001, N)),
    "root": (arithmetic.root, numbers.uniform(0.0, 800.0, N)),
    "rounded": (arithmetic.rounded, numbers.uniform(-800.0, 800.0, N)),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_float_an_array_and_compiled_code_get_the_same_double(name):
    function, x = FUNCTIONS[name]
    bits = function(x).view(np.int64)
    one_by_one = np.array([function(one) for one in x[:20_000].tolist()])
    np.testing.assert_array_equal(one_by_one.view(np.int64), bits[:20_000])
    numba = pytest.importorskip("numba")
    import hotline_sim.demand.compiled_laws  # noqa: F401

    @numba.njit(_nrt=False)
    def fill(numbers, out):
        for i in range(len(numbers)):
            out[i] = function(numbers[i])

    out = np.empty(N)
    fill(x, out)
    np.testing.assert_array_equal(out.view(np.int64), bits)


def test_an_exponent_and_its_fraction_make_the_number_again():
    x = np.array([1e-300, 0.5, math.sqrt(0.5), np.nextafter(math.sqrt(0.5), 0), 1.0, 1.4142, 3e300])
    k, m = arithmetic.parts(x)
    assert np.all((m >= math.sqrt(0.5)) & (m < math.sqrt(2.0)))
    np.testing.assert_array_equal(np.ldexp(m, k.astype(int)), x)
    assert [arithmetic.parts(one) for one in x.tolist()] == list(zip(k.tolist(), m.tolist()))
