"""Integrals over panels that are halved until they fit, jumps and cusps included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = npt.NDArray[np.float64]

# Clenshaw and Curtis's rule on 17 points. The ends of a panel are among them, so a jump
# between two panels' inner points cannot pass unseen.
_DEGREE = 16
_POINTS: Floats = -np.cos(np.pi * np.arange(_DEGREE + 1) / _DEGREE)
_PRIMITIVE: Floats = chebyshev.chebint(
    np.linalg.inv(chebyshev.chebvander(_POINTS, _DEGREE)), lbnd=-1
)
_WEIGHTS: Floats = _PRIMITIVE.sum(axis=0)  # every Chebyshev polynomial is 1 at 1

_MOST_HALVINGS = 60  # by then a panel is as narrow as floats allow
_MOST_PANELS = 20_000  # only noise asks for more


def finer(f: Callable[[Floats], Floats], edges: Floats, relative: float) -> Floats:
    """Return `edges` with panels halved until the integrals of `f` no longer move.

    Parameters
    ----------
    f : callable
        From points ``(n, 17)`` to integrands ``(m, n, 17)``.
    edges : (k,) array
        Ascending.
    relative : float
        A panel is fine when halving it moves no integral by more than this share of its
        total, or by 1e-15 of the total of the first integrand, which rounding does.
    """
    starts, ends, leaves = edges[:-1], edges[1:], [edges]
    whole = _panels(f, starts, ends)
    settled = np.zeros(len(whole))
    for _ in range(_MOST_HALVINGS):
        middles = 0.5 * (starts + ends)
        leaves.append(middles)
        starts, ends = np.concatenate([starts, middles]), np.concatenate([middles, ends])
        halves = _panels(f, starts, ends)
        both = halves[:, : len(middles)] + halves[:, len(middles) :]
        total = np.abs(settled + both.sum(axis=1))
        rough = np.any(
            np.abs(both - whole) > (relative * total + 1e-15 * total[0])[:, None], axis=0
        )
        if not rough.any() or len(starts) > _MOST_PANELS:
            break
        settled = settled + both[:, ~rough].sum(axis=1)
        again = np.concatenate([rough, rough])
        starts, ends, whole = starts[again], ends[again], halves[:, again]
    return np.unique(np.concatenate(leaves))


def integrate(f: Callable[[Floats], Floats], edges: Floats) -> Floats:
    """Return the integrals ``(m,)`` of `f` over all panels."""
    integrals: Floats = _panels(f, edges[:-1], edges[1:]).sum(axis=1)
    return integrals


def primitive(f: Callable[[Floats], Floats], edges: Floats) -> Callable[[Floats], Floats]:
    """Return the integral of one integrand from the first edge, as a function."""
    half = 0.5 * np.diff(edges)
    within = half * (_PRIMITIVE @ f(_points(edges[:-1], edges[1:]))[0].T)
    before = np.concatenate([[0.0], np.cumsum(within.sum(axis=0))])[:-1]

    def from_first_edge(x: Floats) -> Floats:
        panel = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, len(half) - 1)
        place = (x - edges[panel]) / half[panel] - 1.0
        part: Floats = chebyshev.chebval(place, within[:, panel], tensor=False)
        return before[panel] + part

    return from_first_edge


def _points(starts: Floats, ends: Floats) -> Floats:
    middles, halves = 0.5 * (starts + ends), 0.5 * (ends - starts)
    points: Floats = middles[:, None] + halves[:, None] * _POINTS
    return points


def _panels(f: Callable[[Floats], Floats], starts: Floats, ends: Floats) -> Floats:
    """Return the integral over each panel, ``(m, n)``."""
    integrals: Floats = (f(_points(starts, ends)) @ _WEIGHTS) * (0.5 * (ends - starts))
    return integrals
