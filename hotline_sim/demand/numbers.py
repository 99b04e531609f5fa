"""Random numbers for the contacts of several days at once, each day's from its own streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.streams import Streams

    Draw = Callable[[np.random.Generator, int], Floats]

_SPARE = 1.25  # drawn ahead of what was asked, so that later tries need no new drawing
_FEWEST = 16


class DayNumbers:
    """The numbers of a stretch of days.

    Within a day the numbers of a purpose are given out in the order in which they are asked
    for, so a day gets the same whether it is drawn alone or in a stretch.
    """

    def __init__(self, streams: Streams, first_day: int, days: int) -> None:
        self._streams = streams
        self._first_day = first_day
        self._days = days
        self._ahead: dict[str, Floats] = {}  # (days, numbers drawn)
        self._given: dict[str, Ints] = {}  # (days,)

    def next_of(self, purpose: str, day: Ints, draw: Draw) -> Floats:
        """Return the next numbers of a purpose for contacts of these days, ``(n,)``."""
        order, counts = self._by_day(day)
        given = self._given.get(purpose, np.zeros(self._days, np.int64))
        most = int((given + counts).max()) if len(day) else 0
        ahead = self._ahead.get(purpose)
        if ahead is None or ahead.shape[1] < most:
            most = int(most * (_SPARE if ahead is None else 2.0)) + _FEWEST
            ahead = self._ahead[purpose] = np.array(
                [draw(self._at(i, purpose), most) for i in range(self._days)]
            )
        begins = np.cumsum(counts) - counts
        sorted_day = day if order is None else day[order]
        place = np.arange(len(day)) - begins[sorted_day] + given[sorted_day]
        self._given[purpose] = given + counts
        return _unsorted(ahead[sorted_day, place], order)

    def all_of(self, purpose: str, day: Ints, draw: Draw) -> Floats:
        """Return the numbers of a purpose for all contacts that ever need one, ``(n,)``."""
        order, counts = self._by_day(day)
        drawn = [draw(self._at(i, purpose), n) for i, n in enumerate(counts.tolist()) if n]
        return _unsorted(np.concatenate(drawn) if drawn else np.zeros(0), order)

    def _at(self, i: int, purpose: str) -> np.random.Generator:
        return self._streams.at(self._first_day + i, purpose)

    def _by_day(self, day: Ints) -> tuple[Ints | None, Ints]:
        """Return the order that puts rows by day (None: they are), and each day's number."""
        counts = np.bincount(day, minlength=self._days)
        if self._days == 1 or not np.any(day[1:] < day[:-1]):
            return None, counts
        return np.argsort(day, kind="stable"), counts


def _unsorted(values: Floats, order: Ints | None) -> Floats:
    if order is None:
        return values
    back = np.empty_like(values)
    back[order] = values
    return back
