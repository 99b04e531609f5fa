"""An emulator: a polynomial that stands for the simulation where playing would take too long.

Polynomials of low degree in the parameters, as orthogonal (Legendre) terms, are taken in by
forward regression, always the one that explains most of what is left; how many is chosen by
cross-validation, and so is the scale: that of the values, their logarithms or log-odds. What
it is worth is told by points that it was not made from (Sacks, Welch, Mitchell and Wynn 1989
name the task; the regression is that of polynomial chaos, Blatman and Sudret 2011).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hotline_sim.domain import ArgumentError, Floats, Ints
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FEWEST_POINTS = 20
DEGREES = (1, 2, 3)
_FOLDS = 5
_HELD_OUT = 5  # one point of so many
_CROSSED = 24  # columns among which products are looked for, if there are more
_MOST_TERMS = 150
_POINTS_A_TERM = 3  # at least
_IN_VAIN = 12  # terms after which no better number of them is looked for
_NEGLIGIBLE = 1e-20  # of the squares: what rounding leaves
_SAME = 1e-10  # of a term's squares: it is a sum of others


class Scale(NamedTuple):
    """A scale on which values are regressed: there, back, and the slope of the way back.

    The slope is a function of the value, not of its place on the scale.
    """

    there: Callable[[Floats], Floats]
    back: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


def _odds(share: Floats) -> Floats:
    return np.log(share / (1.0 - share))


def _share(odds: Floats) -> Floats:
    return 0.5 * (1.0 + np.tanh(0.5 * odds))


SCALES = {
    "plain": Scale(lambda y: y, lambda z: z, np.ones_like),
    "log": Scale(np.log, np.exp, lambda y: y),
    "logit": Scale(_odds, _share, lambda y: y * (1.0 - y)),
}


@dataclass(frozen=True, eq=False)
class Emulator:
    """What a measure is about to be at points that were not played.

    Attributes
    ----------
    low, high
        ``(p,)``: the ends of the points it was made from; beyond them it knows nothing.
    terms
        ``(t, p)``: the degree of each parameter in each term; the first is the constant.
    coefficients
        ``(t,)``.
    scale
        One of :data:`SCALES`.
    r2, rmse
        Of points held out while terms and scale were chosen, on the scale of the values: the
        share of their variance that is explained (below 0: worse than their mean), and the
        root of the mean squared error.
    points
        How many it was made from, those included.
    """

    low: Floats
    high: Floats
    terms: Ints
    coefficients: Floats
    scale: str
    r2: float
    rmse: float
    points: int
    _spread: float  # of one value around the polynomial, on the scale of the regression
    _inverse: Floats  # (t, t) of the terms' squares and products, summed over the points

    @classmethod
    def fit(
        cls, points: Floats, values: Floats, *, seed: int, degree: int = 2, scale: str | None = None
    ) -> Emulator:
        """Return the emulator of values ``(n,)`` at points ``(n, p)``.

        Parameters
        ----------
        points
            In the unit cube, or on any scale on which the values bend little.
        seed
            Of the choice of points held out, and of the parts of cross-validation.
        degree
            The highest of a term: 1, 2 or 3. No term has more than two parameters.
        scale
            One of :data:`SCALES`; None: the best of those that the values allow.

        Raises
        ------
        ValueError
            If there are too few points, or a number is not finite, or not on the scale.
        """
        allowed = _checked(points, values, degree, scale)
        order = Streams(seed, 0).at(0, "emulator/held out").permutation(len(values))
        low, high = points.min(axis=0), points.max(axis=0)
        unit, values = _unit(points, low, high)[order], values[order]
        test, train = np.s_[: len(order) // _HELD_OUT], np.s_[len(order) // _HELD_OUT :]
        terms = _candidates(unit[train], values[train], degree)
        columns = _columns(unit, terms)
        found = {name: _chosen(columns[train], values[train], SCALES[name]) for name in allowed}
        name = min(allowed, key=lambda one: found[one].error)
        size, on = found[name].size, SCALES[name]
        told = _predicted(columns[train], values[train], columns[test], on, size)
        r2, rmse = _worth(values[test], told)
        keep = _forward(columns, on.there(values), size)
        x = np.column_stack([np.ones(len(values)), columns[:, keep]])
        fitted = np.linalg.lstsq(x, on.there(values), rcond=None)[0]
        return cls(
            low=low,
            high=high,
            terms=np.vstack([np.zeros((1, points.shape[1]), dtype=np.int64), terms[keep]]),
            coefficients=np.asarray(fitted, dtype=np.float64),
            scale=name,
            r2=r2,
            rmse=rmse,
            points=len(values),
            _spread=_spread(columns, values, on, size),
            _inverse=np.linalg.pinv(x.T @ x),
        )

    @property
    def spread(self) -> float:
        """How far one value lies from the polynomial, on its scale: a standard deviation."""
        return self._spread

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the mean and the standard deviation ``(n,)`` of the values at points ``(n, p)``.

        The deviation is of what the simulation would give: how far values lie from the
        polynomial when it has not seen them, and how well its terms are known there.
        """
        x = _columns(_unit(points, self.low, self.high), self.terms)
        on = SCALES[self.scale]
        mean = on.back(x @ self.coefficients)
        leverage = np.sum((x @ self._inverse) * x, axis=1)
        return mean, on.slope(mean) * self._spread * np.sqrt(1.0 + leverage)


def _worth(values: Floats, told: Floats) -> tuple[float, float]:
    """Return which share of the values' variance is explained, and the mean error."""
    squares, total = (
        float(np.sum((values - told) ** 2)),
        float(np.sum((values - values.mean()) ** 2)),
    )
    r2 = 1.0 - squares / total if total > 0 else float(squares == 0)
    return r2, math.sqrt(squares / len(values))


def _checked(points: Floats, values: Floats, degree: int, scale: str | None) -> list[str]:
    """Return the scales that may be tried, once it is seen that there is something to fit."""
    if points.ndim != 2 or values.shape != (len(points),) or len(points) < FEWEST_POINTS:
        shapes = f"points {points.shape}, values {values.shape}"
        raise ArgumentError(f"{shapes}: (n, p) and (n,), at least {FEWEST_POINTS}")
    if not (np.isfinite(points).all() and np.isfinite(values).all()):
        raise ArgumentError("points and values: finite")
    if degree not in DEGREES:
        raise ArgumentError(f"degree = {degree}: one of {', '.join(map(str, DEGREES))}")
    if scale is not None and scale not in SCALES:
        raise ArgumentError(f"scale = {scale}: one of {', '.join(SCALES)}")
    able = {"plain": True, "log": bool((values > 0).all())}
    able["logit"] = able["log"] and bool((values < 1).all())
    if scale is not None and not able[scale]:
        raise ArgumentError(f"scale = {scale}: values from {values.min()} to {values.max()}")
    return [scale] if scale else [name for name in SCALES if able[name]]


def _unit(points: Floats, low: Floats, high: Floats) -> Floats:
    """Return points with each column from -1 to 1; one that does not move is 0."""
    half = np.where(high > low, (high - low) / 2.0, 1.0)
    return (points - (low + high) / 2.0) / half


def _columns(unit: Floats, terms: Ints) -> Floats:
    """Return the terms ``(n, t)`` at points: products of Legendre polynomials."""
    powers = (
        np.ones_like(unit),
        unit,
        1.5 * unit**2 - 0.5,
        2.5 * unit**3 - 1.5 * unit,
    )
    found = np.ones((len(unit), len(terms)))
    for t, term in enumerate(terms):
        for column in np.flatnonzero(term):
            found[:, t] *= powers[term[column]][:, column]
    return found


def _candidates(unit: Floats, values: Floats, degree: int) -> Ints:
    """Return the degrees ``(t, p)`` of the terms to choose from, the constant left out.

    Products are looked for among the columns whose own terms go with the values most.
    """
    p = unit.shape[1]
    own = [{i: k} for i in range(p) for k in range(1, degree + 1)]
    alone = _columns(unit, _degrees(own, p))
    centred = alone - alone.mean(axis=0)
    squares = np.sum(centred**2, axis=0)
    gain = (centred.T @ (values - values.mean())) ** 2 / np.where(squares > 0, squares, np.inf)
    strongest = np.argsort(-gain.reshape(p, degree).sum(axis=1), kind="stable")[:_CROSSED]
    crossed = [
        {int(i): a, int(j): b}
        for i, j in itertools.combinations(np.sort(strongest), 2)
        for a, b in itertools.product(range(1, degree), repeat=2)
        if a + b <= degree
    ]
    return _degrees([*own, *crossed], p)


def _degrees(terms: list[dict[int, int]], p: int) -> Ints:
    found = np.zeros((len(terms), p), dtype=np.int64)
    for t, term in enumerate(terms):
        for column, power in term.items():
            found[t, column] = power
    return found


# Forward regression -------------------------------------------------------------------------


class _Step(NamedTuple):
    """A term that was taken in, and what is then left of held-out values to explain."""

    term: int
    left: Floats


def _steps(
    columns: Floats, values: Floats, held_out: tuple[Floats, Floats], most: int
) -> Iterator[_Step]:
    """Yield the terms in the order in which they explain most; first none (-1), the constant.

    What has been explained is taken off the columns (modified Gram-Schmidt), here and, by the
    same factors, at the points held out.
    """
    other, left_other = held_out[0] - columns.mean(axis=0), held_out[1] - values.mean()
    x, left = columns - columns.mean(axis=0), values - values.mean()
    squares = np.sum(x**2, axis=0)
    first, total = squares.copy(), float(left @ left)
    yield _Step(-1, left_other)
    for _ in range(most):
        able = squares > _SAME * np.maximum(first, 1.0)
        if not able.any() or float(left @ left) <= _NEGLIGIBLE * total:
            return
        gain = np.where(able, (x.T @ left) ** 2 / np.where(able, squares, 1.0), -1.0)
        t = int(np.argmax(gain))
        one, its = x[:, t].copy(), other[:, t].copy()
        slope, factors = (one @ left) / squares[t], (one @ x) / squares[t]
        left, left_other = left - slope * one, left_other - slope * its
        x -= np.outer(one, factors)
        other -= np.outer(its, factors)
        squares = np.sum(x**2, axis=0)
        squares[t] = 0.0
        yield _Step(t, left_other)


class _Choice(NamedTuple):
    """How many terms, and the sum of the squared errors that cross-validation gives them."""

    size: int
    error: float


def _most(n: int, terms: int) -> int:
    return min(terms, n // _POINTS_A_TERM, _MOST_TERMS)


def _parts(n: int) -> list[Ints]:
    return [np.arange(part, n, _FOLDS) for part in range(_FOLDS)]


def _left(columns: Floats, values: Floats, test: Ints, most: int) -> Iterator[Floats]:
    """Yield what is left of some values when the others explain them, by how many terms."""
    train = np.delete(np.arange(len(values)), test)
    held_out = columns[test], values[test]
    return (step.left for step in _steps(columns[train], values[train], held_out, most))


def _chosen(columns: Floats, values: Floats, on: Scale) -> _Choice:
    """Return how many terms do best on parts that they were not chosen by."""
    n, z = len(values), on.there(values)
    most = _most(n - n // _FOLDS - 1, columns.shape[1])
    parts = _parts(n)
    ways = [_left(columns, z, test, most) for test in parts]
    left = [next(way) for way in ways]
    best = _Choice(0, math.inf)
    for size in range(most + 1):
        errors = (
            values[test] - on.back(z[test] - one) for test, one in zip(parts, left, strict=True)
        )
        squares = sum(float(error @ error) for error in errors)
        if squares < best.error:
            best = _Choice(size, squares)
        if size - best.size >= _IN_VAIN:
            break
        left = [next(way, one) for way, one in zip(ways, left, strict=True)]  # or nothing is left
    return best


def _spread(columns: Floats, values: Floats, on: Scale, size: int) -> float:
    """Return how far values lie from a polynomial of so many terms that has not seen them."""
    z = on.there(values)
    left = [list(_left(columns, z, test, size))[-1] for test in _parts(len(z))]
    return float(np.sqrt(np.mean(np.concatenate(left) ** 2)))


def _predicted(columns: Floats, values: Floats, at: Floats, on: Scale, size: int) -> Floats:
    """Return what so many terms, chosen by some points, say at others."""
    nothing = np.zeros(len(at))  # minus what is said of it is left of it
    left = [step.left for step in _steps(columns, on.there(values), (at, nothing), size)]
    return on.back(-left[-1])


def _forward(columns: Floats, values: Floats, size: int) -> list[int]:
    """Return so many terms in the order in which they were taken in."""
    nowhere = columns[:0], values[:0]
    return [step.term for step in _steps(columns, values, nowhere, size) if step.term >= 0]
