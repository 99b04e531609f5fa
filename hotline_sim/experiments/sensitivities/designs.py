"""Which points of the unit cube are played: trajectories for screening, samples for indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import ArgumentError, Floats

if TYPE_CHECKING:
    from hotline_sim.streams import Streams

_LEVELS = (0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0)
_STEP = 2.0 / 3.0  # half of the levels lie below it from any that can go up


def trajectories(count: int, p: int, streams: Streams) -> Floats:
    """Return walks through the unit cube, ``(count, p + 1, p)``, that move each share once.

    Of Morris (1991), at four levels, with steps of two thirds. Each parameter begins equally
    often at every level, so far as *count* can be divided by four, and the order is random.
    """
    stream = streams.at(0, "sensitivity/trajectories")
    levels = np.resize(_LEVELS, count)
    start = np.column_stack([stream.permutation(levels) for _ in range(p)])
    end = np.where(start < 0.5, start + _STEP, start - _STEP)
    when = np.column_stack([stream.permutation(p) for _ in range(count)]).T  # (count, p)
    moved = np.arange(p + 1)[None, :, None] > when[:, None, :]
    return np.where(moved, end[:, None, :], start[:, None, :])


def two_samples(n: int, k: int, streams: Streams) -> tuple[Floats, Floats]:
    """Return two samples of the unit cube, each ``(n, k)``, for the design of Saltelli (2010).

    They are the two halves of a Sobol' sequence in twice as many dimensions, moved by one
    random shift (Cranley and Patterson 1976); *n* is a power of 2.
    """
    if n < 1 or n & (n - 1):
        raise ArgumentError(f"n = {n}: a power of 2")
    from scipy.stats import qmc  # takes long to load

    points = qmc.Sobol(2 * k, scramble=False).random_base2(n.bit_length() - 1)
    shift = streams.at(0, "sensitivity/samples").random(2 * k)
    both = np.mod(points + shift, 1.0)
    return both[:, :k], both[:, k:]


def crossed(a: Floats, b: Floats) -> Floats:
    """Return all points of Saltelli's design, ``(n * (k + 2), k)``.

    First *a*, then *b*, then for each parameter *a* with that column of *b*.
    """
    found = [a, b]
    for i in range(a.shape[1]):
        one = a.copy()
        one[:, i] = b[:, i]
        found.append(one)
    return np.vstack(found)
