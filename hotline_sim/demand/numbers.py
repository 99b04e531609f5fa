"""Random numbers for the contacts of several days at once, each day's from its own streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.streams import Streams

    Draw = Callable[[np.random.Generator, int], Floats]

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
        by_day = self.by_day(day)
        given = self._given.get(purpose, np.zeros(self._days, np.int64))
        most = int((given + by_day.counts).max())
        ahead = self._ahead.get(purpose)
        if ahead is None or ahead.shape[1] < most:
            most = _SPARE * most + _FEWEST
            ahead = self._ahead[purpose] = np.array(
                [draw(self._at(i, purpose), most) for i in range(self._days)]
            )
        self._given[purpose] = given + by_day.counts
        begins = np.cumsum(by_day.counts) - by_day.counts
        ordered = day if by_day.order is None else day[by_day.order]
        place = np.arange(len(day)) + (given - begins)[ordered]
        return by_day.put_back(ahead[ordered, place])

    def all_of(self, purpose: str, by_day: ByDay, draw: Draw) -> Floats:
        """Return the numbers of a purpose for all contacts that ever need one, ``(n,)``."""
        counts = enumerate(by_day.counts.tolist())
        drawn = [draw(self._at(i, purpose), n) for i, n in counts if n]
        return by_day.put_back(np.concatenate(drawn) if drawn else np.zeros(0))

    def by_day(self, day: Ints) -> ByDay:
        """Return the order in which contacts of these days are given their numbers."""
        counts = np.bincount(day, minlength=self._days)
        if self._days == 1 or not np.any(day[1:] < day[:-1]):
            return ByDay(None, counts)
        small = day.astype(np.int16)  # NumPy sorts those by counting
        return ByDay(np.argsort(small, kind="stable"), counts)

    def _at(self, i: int, purpose: str) -> np.random.Generator:
        return self._streams.at(self._first_day + i, purpose)


@dataclass(frozen=True, eq=False)
class ByDay:
    """The order that puts contacts by day (None: they are), and how many each day has."""

    order: Ints | None
    counts: Ints

    def put_back(self, values: Floats) -> Floats:
        """Return values that stand by day in the order of the contacts."""
        if self.order is None:
            return values
        back = np.empty_like(values)
        back[self.order] = values
        return back
