"""Random numbers for the contacts of several days at once, each day's from its own streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from hotline_sim.domain import Bools, Floats

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Ints
    from hotline_sim.streams import Streams

    Draw = Callable[[np.random.Generator, int], Floats]

Array = TypeVar("Array", Floats, Bools)
_SPARE = 2  # times what was asked is drawn ahead, for the tries that follow
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
        order, counts = self._order(day)
        given = self._given.get(purpose, np.zeros(self._days, np.int64))
        most = int((given + counts).max())
        ahead = self._ahead.get(purpose)
        if ahead is None or ahead.shape[1] < most:
            most = _SPARE * most + _FEWEST
            ahead = self.all_of(purpose, np.full(self._days, most), draw).reshape(-1, most)
            self._ahead[purpose] = ahead
        self._given[purpose] = given + counts
        begins = np.cumsum(counts) - counts
        before = np.arange(self._days) * ahead.shape[1] + given - begins
        numbers: Floats = ahead.ravel()[np.repeat(before, counts) + np.arange(len(day))]
        if order is None:
            return numbers
        back = np.empty_like(numbers)
        back[order] = numbers
        return back

    def all_of(
        self, purpose: str, counts: Ints, draw: Callable[[np.random.Generator, int], Array]
    ) -> Array:
        """Return the first numbers of a purpose on each day, so many, ``(counts.sum(),)``."""
        drawn = [draw(self._at(day, purpose), n) for day, n in enumerate(counts.tolist()) if n]
        return np.concatenate(drawn) if drawn else draw(self._at(0, purpose), 0)

    def _order(self, day: Ints) -> tuple[Ints | None, Ints]:
        """Return what puts contacts of these days in order (None: they are), and each's count."""
        counts = np.bincount(day, minlength=self._days)
        if self._days == 1 or not np.any(day[1:] < day[:-1]):
            return None, counts
        small = day.astype(np.int16)  # NumPy sorts those by counting
        return np.argsort(small, kind="stable"), counts

    def _at(self, i: int, purpose: str) -> np.random.Generator:
        return self._streams.at(self._first_day + i, purpose)
