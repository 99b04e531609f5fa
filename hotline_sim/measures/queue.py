"""The longest queue, from waits that come day by day, without keeping them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Floats, Ints


class Peaks(NamedTuple):
    """Instants, and how many waited just before, ``(n,)`` each, the latest first.

    Those that may yet be the most: who is found to have waited from some time until after all
    of them adds to those behind that time. So one counts as long as none after it has as many,
    and there are never more of them than waited at one time.
    """

    until_s: Floats
    waiting: Ints


def peaks_of(begin_s: Floats, end_s: Floats, peaks: Peaks, midnight_s: float) -> Peaks:
    """Return the peaks up to *midnight_s* from waits that ended since the latest midnight.

    ``begin_s`` and ``end_s`` are in ascending order each, ``(n,)``; *peaks* are those up to the
    latest midnight, to which waits that began before it add. The most wait just before one
    wait ends.
    """
    new_s = np.unique(np.minimum(end_s, midnight_s))[::-1]
    new = np.searchsorted(begin_s, new_s) - np.searchsorted(end_s, new_s)
    old = peaks.waiting + np.searchsorted(begin_s, peaks.until_s)
    until_s, waiting = np.concatenate([new_s, peaks.until_s]), np.concatenate([new, old])
    later = np.maximum.accumulate(np.concatenate([[0], waiting]))[:-1]
    most = np.flatnonzero(waiting > later)
    return Peaks(until_s[most], waiting[most])


class Queue:
    """The most contacts that wait at one time; who waits from *a* to *b* does in [a, b).

    A wait of no time makes no queue.
    """

    def __init__(self, find: Callable[[Floats, Floats, Peaks, float], Peaks] = peaks_of) -> None:
        self._find = find
        self._peaks = Peaks(np.zeros(0), np.zeros(0, np.int64))
        self._from_s = self._until_s = np.zeros(0)  # of waits, what lies after the latest midnight

    @property
    def longest(self) -> int:
        """The most so far."""
        return int(self._peaks.waiting[-1]) if len(self._peaks.waiting) else 0

    def add(self, from_s: Floats, until_s: Floats, midnight_s: float) -> None:
        """Add waits that ended since the latest midnight; *midnight_s* is the next.

        Both arrays are ``(n,)``. What of a wait lies after *midnight_s* is kept for the next time.
        """
        from_s = np.concatenate([self._from_s, from_s])
        until_s = np.concatenate([self._until_s, until_s])
        begun, left = from_s < midnight_s, until_s > midnight_s
        begin_s, end_s = (
            np.sort(one[begun], kind="stable") for one in (from_s, until_s)
        )  # nearly are
        self._peaks = self._find(begin_s, end_s, self._peaks, midnight_s)
        self._from_s, self._until_s = np.maximum(from_s[left], midnight_s), until_s[left]
