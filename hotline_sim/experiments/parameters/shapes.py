"""The shape of a day, a week or a year, moved as a whole; its mean stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def sharper(shape: Sequence[float], factor: float) -> list[float]:
    """Return a shape with its distances from the mean multiplied, and the same mean.

    What falls below 0 is 0.
    """
    mean = sum(shape) / len(shape)
    found = [max(mean + factor * (one - mean), 0.0) for one in shape]
    return _with_sum(found, sum(shape))


def mixed(shape: Sequence[float], other: Sequence[float], share: float) -> list[float]:
    """Return a shape of which a share is another shape, of the same mean."""
    other = _with_sum(other, sum(shape))
    return [(1.0 - share) * one + share * two for one, two in zip(shape, other, strict=True)]


def _with_sum(shape: Sequence[float], total: float) -> list[float]:
    own = sum(shape)
    return [one * (total / own) for one in shape] if own else list(shape)
