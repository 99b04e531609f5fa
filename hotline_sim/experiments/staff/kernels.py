"""Where a time that begins within one half-hour ends, and how much of it each one holds.

The beginning is taken to be anywhere within its half-hour, all instants alike. A week is like all
others, so what passes its end is at its beginning.
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


def ends_in(law: LawOfTime, slots: int) -> Floats:
    """Return the chance that a time ends so many half-hours on, round the week, ``(slots,)``.

    With ``M(x)`` the mean of the time or ``x``, whichever is shorter, ``x - M(x)`` is the integral
    of the distribution function, and the chance its second difference.
    """
    pieces = _reach(law, HALF_HOUR_S)
    at_s = HALF_HOUR_S * np.arange(pieces + 1, dtype=np.float64)
    ended = (at_s - law.mean_up_to_s(at_s)) / HALF_HOUR_S
    chances = np.diff(np.diff(ended, prepend=0.0), append=1.0).clip(0.0)  # but for rounding
    return _folded(chances, slots)


def held_in(law: LawOfTime, longer: float, slots: int, slot_s: float = HALF_HOUR_S) -> Floats:
    """Return the part of a time that lies in each half-hour, in half-hours, ``(slots,)``.

    The time is the law's times *longer*; another slot may take the half-hour's place. The sum is
    the mean. With contacts that begin at a
    rate of one a half-hour it is the mean number in hand (M/G/infinity; Eick, Massey and Whitt
    1993, The physics of the Mt/G/infinity queue, Operations Research 41(4)).
    """
    pieces = _reach(law, slot_s / longer)
    at_s = np.linspace(0.0, pieces * slot_s, pieces * _STEPS + 1)
    mean_up_to = longer * law.mean_up_to_s(at_s / longer) / slot_s
    area = np.concatenate([[0.0], np.cumsum((mean_up_to[1:] + mean_up_to[:-1]) / 2.0)]) / _STEPS
    whole = area[::_STEPS]
    held = np.diff(np.diff(whole, prepend=0.0))
    return _folded(held, slots)


def _reach(law: LawOfTime, slot_s: float) -> int:
    """Return in how many slots nearly all of a law lies, the one after them included."""
    pieces = 2
    while pieces < _PIECES and law.survival(np.array([(pieces - 1) * slot_s]))[0] > _LEFT:
        pieces *= 2
    return pieces


def _folded(by_slot: Floats, slots: int) -> Floats:
    """Return values of all time as those of a week that is like all others."""
    whole = np.zeros(-(-len(by_slot) // slots) * slots)
    whole[: len(by_slot)] = by_slot
    folded: Floats = whole.reshape(-1, slots).sum(axis=0)
    return folded
