"""Logarithms, powers and normal quantiles that are the same double wherever they are computed.

NumPy, Python and compilers each have their own ``exp`` and ``log``, which differ in the last
place. These are made of ``+ - * /``, the square root and the bits of the exponent, which
IEEE 754 rounds in one way only. So a float, an array and compiled code get the same numbers,
as long as nobody fuses a multiplication with an addition.

Every function takes a float or an array of floats. ``hotline_sim.demand.compiled_laws`` gives
compiled code its own form of those that tell the two apart.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import numpy as np

from hotline_sim.domain import Floats, Ints

Real = TypeVar("Real", float, Floats)
Coefficients = tuple[float, ...]  # the constant term first

FRACTION_BITS = 52  # of a double
EXPONENT_BIAS = 1023  # of a double
ROOT_BITS = 0x3FE6A09E667F3BCD  # the bits of the root of one half
_ROOT = 0.7071067811865476  # of one half

# ln 2 as two numbers: the first has 33 bits, so its product with an exponent is exact.
_LN_2_HIGH, _LN_2_LOW = 0.6931471804855391, 7.440617110012397e-11
_LN_2_INVERSE = 1.4426950408889634
_LEAST_EXPONENT, _MOST_EXPONENT = -707.0, 709.0  # beyond them a double is not normal
_ROUNDER = 1.5 * 2.0**52  # added and taken away again, it leaves a whole number, half to even

# The logarithm's odd series in s is 2s + s·z·L(z) with z = s², and the exponential is
# 1 + r + r²·E(r). L and E go through the Chebyshev nodes of the spans needed; their errors
# are 5e-18 and 2e-17 of the result.
_LOG = (
    0.666666666666667,
    0.39999999999899505,
    0.28571428625975487,
    0.2222221113479508,
    0.18182889125261723,
    0.15331721600556042,
    0.14616449685043406,
)
_EXP = (
    0.5000000000000001,
    0.16666666666666669,
    0.04166666666662399,
    0.008333333333330051,
    0.0013888888917281794,
    0.00019841269863105968,
    2.480152119021773e-05,
    2.7557268378684192e-06,
    2.7620138719733994e-07,
    2.5100424157005067e-08,
)

# PPND16 of Wichura (1988), "Algorithm AS 241: the percentage points of the normal
# distribution", Applied Statistics 37(3), 477-484: three quotients of polynomials.
_MIDDLE_ABOVE = (
    3.3871328727963666080,
    1.3314166789178437745e2,
    1.9715909503065514427e3,
    1.3731693765509461125e4,
    4.5921953931549871457e4,
    6.7265770927008700853e4,
    3.3430575583588128105e4,
    2.5090809287301226727e3,
)
_MIDDLE_BELOW = (
    1.0,
    4.2313330701600911252e1,
    6.8718700749205790830e2,
    5.3941960214247511077e3,
    2.1213794301586595867e4,
    3.9307895800092710610e4,
    2.8729085735721942674e4,
    5.2264952788528545610e3,
)
_TAIL_ABOVE = (
    1.42343711074968357734,
    4.63033784615654529590,
    5.76949722146069140550,
    3.64784832476320460504,
    1.27045825245236838258,
    2.41780725177450611770e-1,
    2.27238449892691845833e-2,
    7.74545014278341407640e-4,
)
_TAIL_BELOW = (
    1.0,
    2.05319162663775882187,
    1.67638483018380384940,
    6.89767334985100004550e-1,
    1.48103976427480074590e-1,
    1.51986665636164571966e-2,
    5.47593808499534494600e-4,
    1.05075007164441684324e-9,
)
_FAR_TAIL_ABOVE = (
    6.65790464350110377720,
    5.46378491116411436990,
    1.78482653991729133580,
    2.96560571828504891230e-1,
    2.65321895265761230930e-2,
    1.24266094738807843860e-3,
    2.71155556874348757815e-5,
    2.01033439929228813265e-7,
)
_FAR_TAIL_BELOW = (
    1.0,
    5.99832206555887937690e-1,
    1.36929880922735805310e-1,
    1.48753612908506148525e-2,
    7.86869131145613259100e-4,
    1.84631831751005468180e-5,
    1.42151175831644588870e-7,
    2.04426310338993978564e-15,
)
MIDDLE = 0.425  # how far from one half the first quotient goes
_FAR = 5.0  # where the second ends, in sqrt(-log(tail))

# Stirling's series for log Γ: with these terms, good to 2e-17 from 16 on.
_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_STIRLING_FROM = 16.0
_HALF_LOG_2_PI = 0.9189385332046728


def log(x: Real) -> Real:
    """Return the natural logarithm of normal positive numbers."""
    k, m = parts(x)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    half_square = 0.5 * f * f
    # log m = f - (f²/2 - s·(f²/2 + z·L(z))): what is rounded is small beside f
    rest = half_square - (s * (half_square + z * _sixth(_LOG, z)) + k * _LN_2_LOW)
    return k * _LN_2_HIGH - (rest - f)


def exp(x: Real) -> Real:
    """Return e to some power; below -707 and above 709, that of these bounds."""
    x = choose(x < _LEAST_EXPONENT, _LEAST_EXPONENT, x)
    x = choose(x > _MOST_EXPONENT, _MOST_EXPONENT, x)
    k = rounded(x * _LN_2_INVERSE)
    r = (x - k * _LN_2_HIGH) - k * _LN_2_LOW
    return scaled(1.0 + (r + _ninth_times_square(_EXP, r)), k)


def power(x: Real, y: float) -> Real:
    """Return a power of normal positive numbers; see :func:`exp` for its bounds."""
    return exp(y * log(x))


def rounded(x: Real) -> Real:
    """Return the nearest whole numbers, half to even, of numbers within ±2**51."""
    return (x + _ROUNDER) - _ROUNDER


def root(x: Real) -> Real:
    """Return the square root."""
    return np.sqrt(x) if isinstance(x, np.ndarray) else math.sqrt(x)


def normal_quantile(u: Real) -> Real:
    """Return the standard normal's quantiles at numbers between 0 and 1.

    By algorithm AS 241 (Wichura 1988); the error is about 1e-16 of the result.
    """
    if isinstance(u, np.ndarray):
        return _normal_quantiles(u)
    return normal_quantile_of_one(u)


def normal_quantile_of_one(u: float) -> float:
    """Return the standard normal's quantile at one number; what compiled code computes."""
    q = u - 0.5
    if abs(q) <= MIDDLE:
        return normal_quantile_near(q)
    r = math.sqrt(-log(min(u, 1.0 - u)))
    z = _tail(r) if r <= _FAR else _far_tail(r)
    return -z if q < 0.0 else z


def _normal_quantiles(u: Floats) -> Floats:
    q = u - 0.5
    z = normal_quantile_near(q)
    (tails,) = np.nonzero(np.abs(q) > MIDDLE)
    if not tails.size:
        return z
    r: Floats = np.sqrt(-log(np.minimum(u[tails], 1.0 - u[tails])))
    far = r > _FAR
    values = _tail(r)
    values[far] = _far_tail(r[far])
    z[tails] = np.where(q[tails] < 0.0, -values, values)
    return z


def normal_quantile_near(q: Real) -> Real:
    """Return the standard normal's quantile at 1/2 + q, for a q within ±MIDDLE."""
    r = 0.180625 - q * q  # 0.425² - q²
    return q * (_seventh(_MIDDLE_ABOVE, r) / _seventh(_MIDDLE_BELOW, r))


def _tail(r: Real) -> Real:
    r = r - 1.6
    return _seventh(_TAIL_ABOVE, r) / _seventh(_TAIL_BELOW, r)


def _far_tail(r: Real) -> Real:
    r = r - _FAR
    return _seventh(_FAR_TAIL_ABOVE, r) / _seventh(_FAR_TAIL_BELOW, r)


def gamma(x: float) -> float:
    """Return Γ at a number between 0 and 100, to about 2e-14."""
    below = 1.0
    while x < _STIRLING_FROM:
        below *= x
        x += 1.0
    inverse, series = 1.0 / x, 0.0
    for term in reversed(_STIRLING):
        series = term + series * inverse * inverse
    return exp((x - 0.5) * log(x) - x + _HALF_LOG_2_PI + series * inverse) / below


# Polynomials in Estrin's order, whose steps wait less for one another than Horner's.


def _sixth(c: Coefficients, x: Real) -> Real:
    c0, c1, c2, c3, c4, c5, c6 = c
    square = x * x
    low = (c0 + c1 * x) + (c2 + c3 * x) * square
    return low + ((c4 + c5 * x) + c6 * square) * (square * square)


def _seventh(c: Coefficients, x: Real) -> Real:
    c0, c1, c2, c3, c4, c5, c6, c7 = c
    square = x * x
    low = (c0 + c1 * x) + (c2 + c3 * x) * square
    return low + ((c4 + c5 * x) + (c6 + c7 * x) * square) * (square * square)


def _ninth_times_square(c: Coefficients, x: Real) -> Real:
    c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 = c
    square = x * x
    fourth = square * square
    low = (c0 + c1 * x) + (c2 + c3 * x) * square
    high = ((c4 + c5 * x) + (c6 + c7 * x) * square) + (c8 + c9 * x) * fourth
    return square * low + (square * fourth) * high


# What is written one way for a float and another for an array; compiled code has a third form.


def parts(x: Real) -> tuple[Real, Real]:
    """Return k and m with x = 2**k · m, where m is between the root of 1/2 and that of 2."""
    if isinstance(x, np.ndarray):
        bits: Ints = x.view(np.int64)
        exponents = (bits - ROOT_BITS) >> FRACTION_BITS
        return exponents.astype(np.float64), (bits - (exponents << FRACTION_BITS)).view(np.float64)
    m, k = math.frexp(x)
    return (k - 1.0, 2.0 * m) if m < _ROOT else (float(k), m)


def scaled(x: Real, k: Real) -> Real:
    """Return x · 2**k, for a whole k that keeps it normal."""
    if isinstance(x, np.ndarray):
        bits: Ints = (k.astype(np.int64) + EXPONENT_BIAS) << FRACTION_BITS
        return x * bits.view(np.float64)
    return math.ldexp(x, int(k))


def choose(condition: Any, yes: Any, no: Any) -> Any:
    """Return the one where a condition holds and the other elsewhere."""
    if isinstance(condition, np.ndarray):
        return np.where(condition, yes, no)
    return yes if condition else no


def whole(x: float | Floats) -> Any:
    """Return numbers that are not negative without their fractions."""
    return x.astype(np.int64) if isinstance(x, np.ndarray) else int(x)
