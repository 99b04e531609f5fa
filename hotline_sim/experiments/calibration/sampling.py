"""Points of the unit cube that lie in a region told by a score, or as thick as a density says.

The region is reached level by level, as rare events are (subset simulation, Au and Beck 2001);
points move by differential evolution, each half of them along differences of the other
(DE-MC, ter Braak 2006), which follows regions that are thin in some directions.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Floats

    Score = Callable[[Floats], Floats]  # of points (n, p): the lower the better, (n,)
    Density = Callable[[Floats], Floats]  # its logarithm; -inf: outside

_KEPT = 0.3  # of the points, from each level to the next
_MOVES = 8  # of every point at each level
_MOST_LEVELS = 60
_STALLED = 1e-3  # relative: so little lower is no progress
_STALLS = 3  # levels without progress before it is given up
_JUMPS = 0.1  # share of moves by a whole difference: from one part of the region to another
_STEP = 2.38  # over sqrt(2 d): the best for a normal density (ter Braak)
_SHAKE = 1e-4  # so that no point is stuck on a line


class Sample(NamedTuple):
    """Points ``(n, p)``, their scores ``(n,)``, and the level below which all of them lie."""

    points: Floats
    scores: Floats
    level: float


def below(
    score: Score, cut: float, shape: tuple[int, int], generator: np.random.Generator
) -> Sample:
    """Return points, uniform over where the score is at most *cut*.

    If no such points are found the level is higher, and the points are the best there are.
    """
    n, _ = shape
    points = generator.random(shape)
    scores = score(points)
    level, stalls = math.inf, 0
    for _ in range(_MOST_LEVELS):
        last, level = level, max(cut, float(np.quantile(scores, _KEPT)))
        inside = np.flatnonzero(scores <= level)
        picked = inside[generator.integers(len(inside), size=n)]
        points, scores = points[picked], scores[picked]

        def within(u: Floats, level: float = level) -> tuple[Floats, Floats]:
            found = score(u)
            return np.where(found <= level, 0.0, -np.inf), found

        for _ in range(_MOVES):
            points, _, scores = _moved(within, points, np.zeros(n), scores, generator)
        if level <= cut:
            break
        stalls = stalls + 1 if last - level <= _STALLED * abs(level) else 0
        if stalls >= _STALLS:
            break
    return Sample(points, scores, level)


def spread(density: Density, start: Floats, moves: int, generator: np.random.Generator) -> Floats:
    """Return points as thick as a density says, moved so often from where they start."""
    points = start

    def both(u: Floats) -> tuple[Floats, Floats]:
        found = density(u)
        return found, found

    values = density(points)
    for _ in range(moves):
        points, values, _ = _moved(both, points, values, values, generator)
    return points


def _moved(
    at: Callable[[Floats], tuple[Floats, Floats]],
    points: Floats,
    values: Floats,
    scores: Floats,
    generator: np.random.Generator,
) -> tuple[Floats, Floats, Floats]:
    """Return the points after one move of each, with log densities and scores."""
    points, values, scores = points.copy(), values.copy(), scores.copy()
    order = generator.permutation(len(points))
    halves = order[: len(order) // 2], order[len(order) // 2 :]
    for moving, others in (halves, halves[::-1]):
        tried = _proposed(points[moving], points[others], generator)
        found, told = at(tried)
        with np.errstate(invalid="ignore"):  # both outside
            gain = found - values[moving]
        taken = np.log(generator.random(len(moving))) < np.where(np.isnan(gain), 0.0, gain)
        rows = moving[taken]
        points[rows], values[rows], scores[rows] = tried[taken], found[taken], told[taken]
    return points, values, scores


def _proposed(own: Floats, others: Floats, generator: np.random.Generator) -> Floats:
    """Return where points may go: along differences of others, in some of their coordinates."""
    n, p = own.shape
    a = generator.integers(len(others), size=n)
    b = (a + generator.integers(1, len(others), size=n)) % len(others)
    some = generator.random((n, p)) < generator.choice([0.2, 0.5, 1.0], size=(n, 1))
    some[np.arange(n), generator.integers(p, size=n)] = True
    step = _STEP / np.sqrt(2.0 * some.sum(axis=1)) * generator.uniform(0.3, 1.0, size=n)
    step = np.where(generator.random(n) < _JUMPS, 1.0, step)
    tried = own + some * (step[:, None] * (others[a] - others[b]))
    tried += some * generator.normal(scale=_SHAKE, size=(n, p))
    folded: Floats = np.abs(np.mod(tried, 2.0))
    return 1.0 - np.abs(1.0 - folded)  # reflected at the ends
