"""Whole seats from fractions, so that no hours are lost over the weeks."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from hotline_sim.domain import Floats, Ints

_STEP = 3  # any from 1 to 6; 3 keeps neighbouring days from lacking the same seat
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0  # its multiples fill 0 to 1 most evenly


def whole_seats(seats: float, days: Ints) -> Ints:
    """Return how many of a fraction of seats are filled on each day: whole, right on average.

    Each weekday counts its own weeks. Their phases are sevenths, so in any number of weeks
    the seven together are right to one seat (Hermite's identity).
    """
    week, phase = days // WEEK_DAYS, _phase(days)
    until: Ints = np.floor((week + 1) * seats + phase).astype(np.int64)
    return until - np.floor(week * seats + phase).astype(np.int64)


def rounding_up(days: Ints) -> Floats:
    """Return the part of a seat, 0 to 1, from which a day's curve of seats is rounded up.

    A curve ``seats + rounding_up(days)``, rounded down, keeps its shape, which rounding each
    half-hour by itself would not. The seven days of a week are sevenths apart, so a level that
    all have is right to one seat; each weekday moves through the weeks by the golden section,
    so every half-hour of the week is soon right.
    """
    return (_phase(days) + days // WEEK_DAYS * _GOLDEN) % 1.0


def _phase(days: Ints) -> Floats:
    return days * _STEP % WEEK_DAYS / WEEK_DAYS
