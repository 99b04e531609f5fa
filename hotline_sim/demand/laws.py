"""Invert the laws of time a scenario names: one number between 0 and 1 gives one time.

A law is laid out in numbers (:class:`TimeLaw`), so that Python, NumPy and compiled code read
the same and compute the same double; ``hotline_sim.demand.compiled_laws`` compiles what is
here. Times increase with the number, so who is patient under one law is so under another,
and another mean stretches every person's time instead of drawing other people.

Numbers between 0 and 1 are odd multiples of 2**-53: neither 0 nor 1, and 1 - u is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hotline_sim import laws
from hotline_sim.demand.arithmetic import (
    Real,
    choose,
    exp,
    gamma,
    log,
    normal_quantile,
    power,
    rounded,
    whole,
)
from hotline_sim.demand.curves import (
    gamma_curve,
    gamma_quantile,
    hyperexponential_curve,
    hyperexponential_quantile,
)
from hotline_sim.domain import LONGEST_S, TICKS_PER_S, Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

# The kinds of laws. None is 0, lest a record that nobody filled in pass for a law.
(
    NEVER,
    FIXED,
    UNIFORM,
    EXPONENTIAL,
    WEIBULL,
    LOGNORMAL,
    GAMMA,
    HYPEREXPONENTIAL,
    EMPIRICAL,
    TABLE,
) = _KINDS = range(1, 11)

_TICK_S = 1.0 / TICKS_PER_S


class TimeLaw(NamedTuple):
    """One law in numbers; its knots are a part of an array that all laws share."""

    kind: int
    scale_s: float = 0.0  # what a time at scale 1 is multiplied by; uniform: the width
    exponent: float = 0.0  # lognormal: of e**z, sigma_log; Weibull: one over its shape
    least_s: float = 0.0  # uniform
    begin: int = 0  # of its knots
    end: int = 0  # before here


# A TimeLaw as a record, by the same names.
_FIELDS = {
    "kind": "i8",
    "scale_s": "f8",
    "exponent": "f8",
    "least_s": "f8",
    "begin": "i8",
    "end": "i8",
}
LAW = np.dtype((np.record, np.dtype(list(_FIELDS.items()), align=True)))


@dataclass(frozen=True, slots=True)
class QuantileTable:
    """A law given by its quantiles, with straight lines between them; see :func:`table_law`."""

    shares: tuple[float, ...]
    times_s: tuple[float, ...]

    def mean(self) -> float:
        """Return the mean in seconds."""
        widths, times = np.diff(self.shares), np.array(self.times_s)
        return float((widths * (times[1:] + times[:-1])).sum() / 2.0)


AnyLaw = laws.Law | laws.Never | QuantileTable


def table_law(shares: Sequence[float], times_s: Sequence[float]) -> QuantileTable:
    """Return the law whose quantile is ``times_s[i]`` at ``shares[i]``, to the last bit.

    Between shares the quantile is a straight line; before the first and after the last it is
    level. A share that stands twice makes a step, whose upper end holds from there on.

    Raises
    ------
    ValueError
        If the shares do not rise from 0 to 1 at most, or the times fall, are negative or
        endless, or there are not as many.
    """
    u, y = tuple(map(float, shares)), tuple(map(float, times_s))
    if not u or len(u) != len(y):
        raise ValueError(f"{len(u)} shares, {len(y)} times: must be as many, and one at least")
    if not all(low <= high for low, high in pairwise((0.0, *u, 1.0))):
        raise ValueError(f"shares = {u}: must rise, from 0 to 1 at most")
    if not all(low <= high for low, high in pairwise((0.0, *y))) or y[-1] == math.inf:
        raise ValueError(f"times_s = {y}: must rise, and be neither negative nor endless")
    return QuantileTable((0.0, *u, 1.0), (y[0], *y, y[-1]))


def time_laws(given: Sequence[AnyLaw]) -> tuple[tuple[TimeLaw, ...], Floats]:
    """Return laws in numbers, and the knots they share, ``(n_knots,)``."""
    arrays: dict[AnyLaw, Floats] = {}  # the same law needs its knots but once
    for law in given:
        arrays.setdefault(law, _knots(law))
    ends = np.cumsum([len(knots) for knots in arrays.values()], dtype=np.int64).tolist()
    end_of = dict(zip(arrays, ends, strict=True))
    found = [
        _numbers(law)._replace(begin=end_of[law] - len(arrays[law]), end=end_of[law])
        for law in given
    ]
    return tuple(found), np.concatenate([np.zeros(0), *arrays.values()])


def law_records(laws_in_numbers: Sequence[TimeLaw]) -> npt.NDArray[np.record]:
    """Return laws as records for compiled code, ``(n_laws,)``.

    Raises
    ------
    ValueError
        If one of them is of no kind there is.
    """
    for law in laws_in_numbers:
        if law.kind not in _KINDS:
            raise ValueError(f"{law!r}: no law is of this kind")
    return np.array([tuple(law) for law in laws_in_numbers], LAW)


def time_s(law: TimeLaw, knots: Floats, u: Real) -> Real:
    """Return the times at numbers between 0 and 1, on the grid; inf for ``never``.

    What is longer than LONGEST_S is cut. Shapes: *u* is a float or ``(n,)``, and so are they.

    Raises
    ------
    ValueError
        If there is no law of that kind.
    """
    if law.kind == NEVER:
        return math.inf + u
    return on_ticks(quantile_s(law, knots, u))


def on_ticks(seconds: Real) -> Real:
    """Return times on the grid; what is longer than LONGEST_S is cut."""
    cut: Real = choose(seconds > LONGEST_S, LONGEST_S, seconds)
    return rounded(cut * TICKS_PER_S) * _TICK_S


def quantile_s(law: TimeLaw, knots: Floats, u: Real) -> Real:
    """Return the times at numbers between 0 and 1, before they are put on the grid.

    Raises
    ------
    ValueError
        If there is no law of that kind.
    """
    kind = law.kind
    if kind == LOGNORMAL:
        return lognormal_s(law.scale_s, law.exponent, normal_quantile(u))
    if kind == EXPONENTIAL:
        return exponential_s(law.scale_s, u)
    if kind == WEIBULL:
        return weibull_s(law.scale_s, law.exponent, u)
    if kind == GAMMA:
        return law.scale_s * gamma_quantile(knots, law.begin, u)
    if kind == HYPEREXPONENTIAL:
        return law.scale_s * hyperexponential_quantile(knots, law.begin, u)
    if kind == EMPIRICAL:
        return _between_points(knots, law.begin, law.end, u)
    if kind == TABLE:
        return _between_shares(knots, law.begin, law.end, u)
    if kind == UNIFORM:
        return law.least_s + law.scale_s * u
    if kind == FIXED:
        return law.scale_s + 0.0 * u
    if kind == NEVER:
        return math.inf + u
    raise ValueError("no law is of this kind")


def lognormal_s(scale_s: float, sigma_log: float, z: Real) -> Real:
    """Return a lognormal law's quantiles where the standard normal's are *z*."""
    return scale_s * exp(sigma_log * z)


def exponential_s(scale_s: float, u: Real) -> Real:
    """Return an exponential law's quantiles."""
    return scale_s * -log(1.0 - u)


def weibull_s(scale_s: float, exponent: float, u: Real) -> Real:
    """Return a Weibull law's quantiles; *exponent* is one over its shape."""
    return scale_s * power(-log(1.0 - u), exponent)


def _between_points(knots: Floats, begin: int, end: int, u: Real) -> Real:
    """Return the quantiles of points whose shares are evenly spaced."""
    t = u * (end - begin - 1)  # not even rounded does it reach the last
    i = whole(t)
    y = knots[begin + i]
    x: Real = y + (t - i) * (knots[begin + i + 1] - y)
    return x


def _between_shares(knots: Floats, begin: int, end: int, u: Real) -> Real:
    """Return the quantiles of a table: its shares, and after them its times."""
    n = (end - begin) // 2
    i = last_not_above(knots, begin, begin + n, u)
    y = knots[i + n]
    x: Real = y + (u - knots[i]) / (knots[i + 1] - knots[i]) * (knots[i + n + 1] - y)
    return x


def last_not_above(knots: Floats, begin: int, end: int, u: float | Floats) -> Any:
    """Return the places of the last knots, of a rising part of them, that are not above *u*."""
    if isinstance(u, np.ndarray):
        return begin - 1 + np.searchsorted(knots[begin:end], u, side="right")
    return last_not_above_one(knots, begin, end, u)


def last_not_above_one(knots: Floats, begin: int, end: int, u: float) -> int:
    """Return the place of the last knot that is not above *u*; what compiled code computes."""
    while end - begin > 1:
        middle = (begin + end) // 2
        if knots[middle] <= u:
            begin = middle
        else:
            end = middle
    return begin


def _numbers(law: AnyLaw) -> TimeLaw:
    """Return a law in numbers, all but the place of its knots."""
    match law:
        case laws.Never():
            return TimeLaw(NEVER)
        case laws.Fixed():
            return TimeLaw(FIXED, law.size_s())
        case laws.Uniform():
            return TimeLaw(UNIFORM, 2.0 * law.half_width_s, least_s=law.size_s() - law.half_width_s)
        case laws.Exponential():
            return TimeLaw(EXPONENTIAL, _scale_s(law))
        case laws.Weibull():
            return TimeLaw(WEIBULL, _scale_s(law), 1.0 / law.shape)
        case laws.Lognormal():
            return TimeLaw(LOGNORMAL, _scale_s(law), float(law.sigma_log))
        case laws.Gamma():
            return TimeLaw(GAMMA, _scale_s(law))
        case laws.Hyperexponential():
            return TimeLaw(HYPEREXPONENTIAL, _scale_s(law))
        case laws.Empirical():
            return TimeLaw(EMPIRICAL)
        case QuantileTable():
            return TimeLaw(TABLE)
    raise ValueError(f"{law!r}: is no law of time")


def _knots(law: AnyLaw) -> Floats:
    """Return the knots of a law, ``(n,)``; none for most."""
    match law:
        case laws.Gamma():
            return gamma_curve(float(law.shape))
        case laws.Hyperexponential():
            return hyperexponential_curve(float(law.cv))
        case laws.Empirical():
            return np.sort(np.array(law.points_s, float))
        case QuantileTable():
            return np.array(law.shares + law.times_s)
    return np.zeros(0)


def _scale_s(law: laws.Scaled) -> float:
    """Return what a time at scale 1 is multiplied by."""
    unit = _unit_median(law) if law.mean_s is None else _unit_mean(law)
    return law.size_s() / unit


def _unit_mean(law: laws.Scaled) -> float:
    match law:
        case laws.Weibull():
            return gamma(1.0 + 1.0 / law.shape)
        case laws.Gamma():
            return float(law.shape)
        case laws.Lognormal():
            return exp(law.sigma_log * law.sigma_log / 2.0)
        case laws.Exponential() | laws.Hyperexponential():
            return 1.0
    raise ValueError(f"{law!r}: nobody has said what its mean is at scale 1")


def _unit_median(law: laws.Scaled) -> float:
    match law:
        case laws.Weibull():
            return power(-log(0.5), 1.0 / law.shape)
        case laws.Lognormal():
            return 1.0
        case laws.Gamma():
            return float(gamma_quantile(gamma_curve(float(law.shape)), 0, 0.5))
        case laws.Hyperexponential():
            return float(hyperexponential_quantile(hyperexponential_curve(float(law.cv)), 0, 0.5))
        case laws.Exponential():
            return -log(0.5)
    raise ValueError(f"{law!r}: nobody has said what its median is at scale 1")
