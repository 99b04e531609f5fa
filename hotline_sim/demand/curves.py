"""Quantile curves: for laws whose distribution cannot be solved for the time.

A curve gives the time of a law at scale 1 over a variable in which it is smooth. Between
evenly spaced knots it is the polynomial of degree 5 that has the right value, slope and
curvature at both. All is computed with ``hotline_sim.demand.arithmetic``, so that every
machine has the same curve.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotline_sim.demand.arithmetic import Real, choose, exp, log, normal_quantile, root, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Floats, Ints

COEFFICIENTS = 6  # of one piece of a curve, the constant first
_HEAD = 4  # numbers before the pieces of a hyperexponential curve
_CURVES_KEPT = 64
_NEWTON_STEPS = 6  # more than the rounding leaves to do

# Gamma: over the normal quantile, in which its tails are straight or parabolic.
_KNOTS_PER_UNIT = 32.0
_END = 8.25  # the uniforms closest to 0 and 1 are at ∓8.21
_NORMAL_END = 12.0  # what lies beyond is 1e-17 of what lies beyond _END
_PANELS = 2048
_NEGLIGIBLE = -60.0  # the logarithm of a density beyond which nothing matters
_LOWEST, _HIGHEST = -1500.0, 20.0  # where that is, at the least and at the most
_HALVINGS = 60
_VANISHING_LOG = -460.0  # times below e**-460 of the scale are 0
# Gauss's rule of ten points (Abramowitz and Stegun 1964, table 25.4): node, weight.
_GAUSS = (
    (0.1488743389816312, 0.2955242247147529),
    (0.4333953941292472, 0.2692667193099963),
    (0.6794095682990244, 0.2190863625159820),
    (0.8650633666889845, 0.1494513491505806),
    (0.9739065285171717, 0.0666713443086881),
)

# Hyperexponential.
_PIECES = 512
_BEND_STEPS = 20  # of Newton's, from below the bend
_LAST_LOG = 37.0  # minus the logarithm of the share that is left; the uniforms end at 36.7


def read_curve(knots: Floats, begin: int, t: Real) -> Real:
    """Return the times of the curve that begins at some place, *t* knots from its start."""
    i = whole(t)
    s = t - i
    at = begin + COEFFICIENTS * i
    square = s * s
    low = (knots[at] + knots[at + 1] * s) + (knots[at + 2] + knots[at + 3] * s) * square
    x: Real = low + (knots[at + 4] + knots[at + 5] * s) * (square * square)
    return x


def _pieces(x: Floats, x1: Floats, x2: Floats) -> Floats:
    """Return the pieces between knots, from the value and two derivatives at each, flat."""
    c0, c1, c2 = x[:-1], x1[:-1], 0.5 * x2[:-1]
    value = x[1:] - c0 - c1 - c2  # still missing at the right end
    slope = x1[1:] - c1 - 2.0 * c2
    curvature = x2[1:] - 2.0 * c2
    c3 = 10.0 * value - 4.0 * slope + 0.5 * curvature
    c4 = -15.0 * value + 7.0 * slope - curvature
    c5 = 6.0 * value - 3.0 * slope + 0.5 * curvature
    return np.stack((c0, c1, c2, c3, c4, c5), axis=1).ravel()


def gamma_quantile(knots: Floats, begin: int, u: Real) -> Real:
    """Return the quantiles of the gamma law whose curve begins at some place."""
    return gamma_at(knots, begin, normal_quantile(u))


def gamma_at(knots: Floats, begin: int, z: Real) -> Real:
    """Return the quantiles of that gamma law where the normal's are known."""
    return read_curve(knots, begin, (z + _END) * _KNOTS_PER_UNIT)


@lru_cache(_CURVES_KEPT)
def gamma_curve(shape: float) -> Floats:
    """Return the curve of the gamma law at scale 1, ``(n,)``.

    It is found along y, the logarithm of the time, where the density has no pole.
    """
    middle = log(shape)

    def density(y: Real) -> Real:
        d = y - middle
        return exp(shape * (d - (exp(d) - 1.0)))  # up to a factor

    y, mass = _log_quantiles(density, middle)
    z = np.arange(-_END * _KNOTS_PER_UNIT, _END * _KNOTS_PER_UNIT + 1.0) / _KNOTS_PER_UNIT
    y1 = exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi) * (mass / density(y))
    y2 = -y1 * (z + shape * (1.0 - exp(y - middle)) * y1)
    x = choose(y < _VANISHING_LOG, 0.0, exp(y))
    curve = _pieces(x, x * y1 / _KNOTS_PER_UNIT, x * (y2 + y1 * y1) / _KNOTS_PER_UNIT**2)
    curve.flags.writeable = False  # it is shared
    return curve


def _log_quantiles(density: Callable[..., Any], middle: float) -> tuple[Floats, float]:
    """Return the y below which a law's share is the normal's at each knot, and its mass.

    Each half is found from its own end, so that small shares are as exact as large ones.
    """
    low = _negligible_from(density, middle, _LOWEST)
    high = _negligible_from(density, middle, _HIGHEST)
    edges = low + (high - low) * (np.arange(_PANELS + 1.0) / _PANELS)
    masses = _integrals(density, edges[:-1], edges[1:])
    total = float(np.cumsum(masses)[-1])  # added up in order, which NumPy's sum does not
    targets = _normal_shares() * total
    lower = _where_masses_are(targets, density, edges, masses)
    upper = _where_masses_are(targets, lambda y: density(-y), -edges[::-1], masses[::-1])
    return np.concatenate((lower, -upper[-2::-1])), total


def _negligible_from(density: Callable[[float], float], middle: float, reach: float) -> float:
    """Return a y on one side of the middle beyond which a density is negligible."""
    near, far = middle, middle + reach
    least = exp(_NEGLIGIBLE)
    for _ in range(_HALVINGS):
        between = 0.5 * (near + far)
        near, far = (between, far) if density(between) > least else (near, between)
    return far


def _normal_shares() -> Floats:
    """Return the normal's shares below the knots up to 0, ``(n,)``."""
    edges = np.arange(-_NORMAL_END * _KNOTS_PER_UNIT, 1.0) / _KNOTS_PER_UNIT
    masses = _integrals(lambda z: exp(-0.5 * z * z), edges[:-1], edges[1:])
    below = np.cumsum(masses) / math.sqrt(2.0 * math.pi)
    return below[-int(_END * _KNOTS_PER_UNIT) - 1 :]


def _where_masses_are(
    targets: Floats, density: Callable[[Floats], Floats], edges: Floats, masses: Floats
) -> Floats:
    """Return the y below which these masses of a density lie, ``(n,)``.

    The logarithm of a mass bends but gently, so Newton's method is applied to that.
    """
    below = np.concatenate(([0.0], np.cumsum(masses)))
    i: Ints = np.searchsorted(below, targets, side="right") - 1
    lower, upper, known = edges[i], edges[i + 1], below[i]
    y = lower + (upper - lower) * log(targets / known) / log(below[i + 1] / known)
    for _ in range(_NEWTON_STEPS):
        mass = known + _integrals(density, lower, y)
        y = np.clip(y - log(mass / targets) * mass / density(y), lower, upper)
    return y


def _integrals(density: Callable[[Floats], Floats], lower: Floats, upper: Floats) -> Floats:
    """Return a density's masses between bounds, ``(n,)``."""
    middle, half = 0.5 * (lower + upper), 0.5 * (upper - lower)
    total = np.zeros(len(lower))
    for node, weight in _GAUSS:
        total += weight * (density(middle - half * node) + density(middle + half * node))
    return half * total


def hyperexponential_quantile(knots: Floats, begin: int, u: Real) -> Real:
    """Return the quantiles of the hyperexponential law whose curve begins at some place.

    Over the logarithm of the share left, the time bends sharply where the slow branch takes
    over: within 1/800 of a unit if cv is 20. The inverse hyperbolic sine spreads the bend.
    """
    e = -log((1.0 - u) * knots[begin])
    y = e * knots[begin + 1]
    size = log(abs(y) + root(y * y + 1.0))
    t = (choose(y < 0.0, -size, size) - knots[begin + 2]) * knots[begin + 3]
    x = read_curve(knots, begin + _HEAD, t)
    times: Real = choose(x < 0.0, 0.0, x)  # close to 0 it is rounded to either side
    return times


class Mixture(NamedTuple):
    """Two exponentials: each one's share, and its rate at scale 1."""

    slow_share: float
    slow_rate: float
    fast_share: float
    fast_rate: float

    def survival(self, x: Real) -> tuple[Real, Real, Real]:
        """Return the logarithm of the share left, the hazard, and the density's decline."""
        slowly = self.slow_share * exp(-x * self.slow_rate)
        fastly = self.fast_share * exp(-x * self.fast_rate)
        left = slowly + fastly
        slower, faster = slowly * self.slow_rate, fastly * self.fast_rate
        decline = (slower * self.slow_rate + faster * self.fast_rate) / (slower + faster)
        return log(left), (slower + faster) / left, decline

    def times(self, e: Floats) -> Floats:
        """Return where the share left is exp(-e), ``(n,)``.

        It starts from a bound and, as the hazard falls, Newton's method never goes past.
        """
        slow = (e + log(self.slow_share)) / self.slow_rate
        x = np.maximum(slow, (e + log(self.fast_share)) / self.fast_rate)
        for _ in range(_BEND_STEPS):
            log_left, hazard, _ = self.survival(x)
            x = x + (e + log_left) / hazard
        return x


@lru_cache(_CURVES_KEPT)
def hyperexponential_curve(cv: float) -> Floats:
    """Return the curve of the hyperexponential law of mean 1, ``(n,)``.

    Before the pieces it has one over the share left at the bend, one over the width of the
    bend, where the knots begin, and how many a unit has.
    """
    law = _balanced(cv)
    densities = law.fast_share * law.fast_rate / (law.slow_share * law.slow_rate)
    bend = log(densities) / (law.fast_rate - law.slow_rate)  # where those of the two are equal
    log_left, hazard, _ = law.survival(bend)
    width = hazard / law.fast_rate
    begin, end = -_asinh(-log_left / width), _asinh((_LAST_LOG + log_left) / width)
    spacing = (end - begin) / (_PIECES - 1)
    begin -= spacing  # the first piece is before time 0, lest rounding leave the curve
    t = begin + spacing * np.arange(_PIECES + 1.0)
    sinh, cosh = 0.5 * (exp(t) - exp(-t)), 0.5 * (exp(t) + exp(-t))
    x = law.times(width * sinh - log_left)
    _, hazards, decline = law.survival(x)
    x1 = width * cosh / hazards
    x2 = width * sinh / hazards + x1 * x1 * (decline - hazards)
    head = (exp(-log_left), 1.0 / width, begin, 1.0 / spacing)
    curve = np.concatenate((head, _pieces(x, x1 * spacing, x2 * (spacing * spacing))))
    curve.flags.writeable = False  # it is shared
    return curve


def _balanced(cv: float) -> Mixture:
    """Return two exponentials of balanced means (Whitt 1982): each carries half of the mean."""
    square = cv * cv
    share = (1.0 - math.sqrt((square - 1.0) / (square + 1.0))) / 2.0
    return Mixture(share, 2.0 * share, 1.0 - share, 2.0 * (1.0 - share))


def _asinh(x: float) -> float:
    return log(x + math.sqrt(x * x + 1.0))
