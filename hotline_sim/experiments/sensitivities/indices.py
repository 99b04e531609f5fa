"""Elementary effects and Sobol' indices, with intervals, from values at designed points."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hotline_sim.experiments.estimates import estimate

if TYPE_CHECKING:
    from hotline_sim.domain import Floats, Ints
    from hotline_sim.streams import Streams

RESAMPLES = 500
_TAILS = (0.025, 0.975)


class Interval(NamedTuple):
    """A number, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Effect(NamedTuple):
    """What a parameter does to a measure as it goes over its range, the others anywhere.

    ``size`` is the mean of the changes' absolute values (mu*, Campolongo et al. 2007), ``mean``
    that of the changes (mu), ``spread`` their standard deviation (sigma): large where what the
    parameter does depends on the others, or bends.
    """

    size: Interval
    mean: float
    spread: float


class Index(NamedTuple):
    """The share of a measure's variance that a parameter explains: alone, and in all."""

    first: Interval
    total: Interval


def elementary_effects(shares: Floats, values: Floats) -> Floats:
    """Return the changes ``(r, p, m)`` for each parameter going from 0 to 1.

    Parameters
    ----------
    shares, values
        ``(r, p + 1, p)`` from :func:`trajectories`, and ``(r, p + 1, m)``.
    """
    steps = np.diff(shares, axis=1)  # (r, p, p): of each step, which share moved and how far
    which = np.abs(steps).argmax(axis=2)
    changes = np.diff(values, axis=1) / np.take_along_axis(steps, which[..., None], axis=2)
    found = np.empty_like(changes)
    np.put_along_axis(found, which[..., None], changes, axis=1)
    return found


def effects(changes: Floats, streams: Streams) -> list[Effect]:
    """Return the effect of each parameter on one measure from its changes ``(r, p)``.

    The interval is a bootstrap's over trajectories; those with nothing to measure are left out.
    """
    known = changes[np.isfinite(changes).all(axis=1)]
    if not len(known):
        nothing = Interval(math.nan, math.nan, math.nan)
        return [Effect(nothing, math.nan, math.nan)] * changes.shape[1]
    picks = _picks(len(known), streams)
    sizes = np.abs(known)
    low, high = np.quantile(sizes[picks].mean(axis=1), _TAILS, axis=0)
    spread = known.std(axis=0, ddof=1) if len(known) > 1 else np.full(known.shape[1], math.nan)
    each = zip(sizes.mean(axis=0), low, high, known.mean(axis=0), spread, strict=True)
    return [Effect(Interval(*map(float, one[:3])), *map(float, one[3:])) for one in each]


def indices(values: Floats, k: int, streams: Streams) -> list[Index]:
    """Return the indices of each parameter from values ``(n * (k + 2),)`` at a crossed design.

    First-order indices by the estimator of Saltelli et al. (2010), total ones by that of Jansen
    (1999), as ``scipy.stats.sobol_indices`` has them; intervals by a bootstrap over the design's
    rows. nan if the measure has no value somewhere, or never moves.
    """
    parts = values.reshape(k + 2, -1)
    if not np.isfinite(parts).all() or np.ptp(parts) == 0.0:
        nothing = Interval(math.nan, math.nan, math.nan)
        return [Index(nothing, nothing)] * k
    again = [_estimated(parts[:, rows]) for rows in _picks(parts.shape[1], streams)]
    return _with_ends(_estimated(parts), *np.quantile(again, _TAILS, axis=0))


def jackknife_indices(values: Floats, k: int) -> list[Index]:
    """Return the indices of what emulators say, ``(1 + g, n * (k + 2))``, at a crossed design.

    The first row is the emulator's, each other that of one made without a g-th of the points:
    the intervals are the jackknife's, by as much as the indices change.
    """
    if not np.isfinite(values).all() or np.ptp(values[0]) == 0.0:
        nothing = Interval(math.nan, math.nan, math.nan)
        return [Index(nothing, nothing)] * k
    found, *others = (_estimated(row.reshape(k + 2, -1)) for row in values)
    groups = len(others)
    halves = np.empty_like(found)
    for place in np.ndindex(found.shape):
        pseudo = [float(groups * found[place] - (groups - 1) * one[place]) for one in others]
        halves[place] = estimate(pseudo).half_width
    return _with_ends(found, found - halves, found + halves)


def _with_ends(found: Floats, low: Floats, high: Floats) -> list[Index]:
    """Return indices of their values and ends, each ``(2, k)``: first, total."""
    first, total = np.stack([found, low, high], axis=-1).tolist()
    return [Index(Interval(*a), Interval(*b)) for a, b in zip(first, total, strict=True)]


def _estimated(parts: Floats) -> Floats:
    """Return first and total indices, ``(2, k)``, of the values of A, B and each A with B."""
    from scipy.stats import sobol_indices  # takes long to load

    k = len(parts) - 2
    outputs = 2 if k == 1 else 1  # of one output of one parameter it makes a number it cannot take
    a, b, each = (
        np.repeat(part, outputs, axis=-2) for part in (parts[:1], parts[1:2], parts[2:, None, :])
    )
    found = sobol_indices(func={"f_A": a, "f_B": b, "f_AB": each}, n=parts.shape[1])
    return np.stack([np.ravel(found.first_order)[:k], np.ravel(found.total_order)[:k]])


def correlation(one: Floats, other: Floats, streams: Streams) -> Interval:
    """Return the square of the correlation of two samples ``(n,)``, with a bootstrap's interval."""
    if not np.isfinite(one + other).all() or 0.0 in (np.ptp(one), np.ptp(other)):
        return Interval(math.nan, math.nan, math.nan)
    picks = _picks(len(one), streams)
    again = [_squared(one[rows], other[rows]) for rows in picks]
    low, high = np.nanquantile(again, _TAILS)
    return Interval(_squared(one, other), float(low), float(high))


def _squared(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    below = float((a @ a) * (b @ b))
    return float(a @ b) ** 2 / below if below > 0.0 else math.nan


def _picks(n: int, streams: Streams) -> Ints:
    """Return which rows each resample of a bootstrap takes, ``(RESAMPLES, n)``."""
    return streams.at(0, f"sensitivity/bootstrap/{n}").integers(0, n, size=(RESAMPLES, n))
