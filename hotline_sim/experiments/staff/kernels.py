"""Where a time that begins within one half-hour ends, and how much of it each one holds.

The beginning is taken to be anywhere within its half-hour, all instants alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, Floats

if TYPE_CHECKING:
    from hotline_sim.laws import LawOfTime

_STEPS = 40  # within a half-hour, of the integrals
_PIECES = 400_000  # half-hours of a delay that are looked at: past any work order
_LEFT = 1e-9  # of a law: so little is put where the last of it ends


def ends_in(law: LawOfTime, weeks_slots: int) -> Floats:
    """Return the chance that a time ends so many half-hours on, folded into a week, ``(slots,)``.

    With ``M(x)`` the mean of the time or ``x``, whichever is shorter, ``x - M(x)`` is the integral
    of the distribution function, and the chance its second difference.
    """
    pieces = _reach(law)
    at_s = HALF_HOUR_S * np.arange(pieces + 1, dtype=np.float64)
    ended = (at_s - law.mean_up_to_s(at_s)) / HALF_HOUR_S
    chances = np.diff(np.diff(ended, prepend=0.0), append=1.0)
    return _folded(chances, weeks_slots)


def held_in(law: LawOfTime, longer: float, weeks_slots: int) -> Floats:
    """Return the part of a time that lies in each half-hour, in half-hours, ``(slots,)``.

    The time is the law's times *longer*. Summed it is the mean. With contacts that begin at a
    rate of one a half-hour it is the mean number in hand (M/G/infinity; Eick, Massey and Whitt
    1993, The physics of the Mt/G/infinity queue, Operations Research 41(4)).
    """
    pieces = min(_reach(law) * max(1, round(longer)) + 1, _PIECES)
    at_s = np.linspace(0.0, pieces * HALF_HOUR_S, pieces * _STEPS + 1)
    mean_up_to = longer * law.mean_up_to_s(at_s / longer) / HALF_HOUR_S
    area = np.concatenate([[0.0], np.cumsum((mean_up_to[1:] + mean_up_to[:-1]) / 2.0)]) / _STEPS
    whole = area[::_STEPS]
    held = np.diff(np.diff(whole, prepend=0.0))
    return _folded(held, weeks_slots)


def _reach(law: LawOfTime) -> int:
    """Return in how many half-hours nearly all of a law lies."""
    pieces = 1
    while pieces < _PIECES and law.survival(np.array([pieces * HALF_HOUR_S]))[0] > _LEFT:
        pieces *= 2
    return pieces


def _folded(by_slot: Floats, weeks_slots: int) -> Floats:
    """Return values of all time as those of a week that is like all others."""
    whole = np.zeros(-(-len(by_slot) // weeks_slots) * weeks_slots)
    whole[: len(by_slot)] = by_slot
    folded: Floats = whole.reshape(-1, weeks_slots).sum(axis=0)
    return folded
