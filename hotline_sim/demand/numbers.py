"""Random numbers for the contacts of several days at once, each day's from its own streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.laws import uniforms

if TYPE_CHECKING:
    from hotline_sim.demand.laws import Sampler
    from hotline_sim.domain import Floats, Ints
    from hotline_sim.streams import Streams
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

    def next_of(self, purpose: str, day: Ints, law: Sampler | None = None) -> Floats:
        """Return the next times of a law, or uniforms, for contacts of these days, ``(n,)``."""
        order, counts = self._order(day)
        given = self._given.get(purpose, np.zeros(self._days, np.int64))
        most = int((given + counts).max())
        ahead = self._ahead.get(purpose)
        if ahead is None or ahead.shape[1] < most:
            most = _SPARE * most + _FEWEST
            drawn = self.all_of(purpose, np.full(self._days, most), law)
            ahead = self._ahead[purpose] = drawn.reshape(-1, most)
        self._given[purpose] = given + counts
        begins = np.cumsum(counts) - counts
        before = np.arange(self._days) * ahead.shape[1] + given - begins
        numbers: Floats = ahead.ravel()[np.repeat(before, counts) + np.arange(len(day))]
        if order is None:
            return numbers
        back = np.empty_like(numbers)
        back[order] = numbers
        return back

    def all_of(self, purpose: str, counts: Ints, law: Sampler | None = None) -> Floats:
        """Return the first times of a law, or uniform numbers, on each day, so many, ``(n,)``."""
        fill = uniforms if law is None else law.fill
        drawn, begin = np.empty(counts.sum()), 0
        for day, count in enumerate(counts.tolist()):
            if count:
                fill(self._at(day, purpose), drawn[begin : begin + count])
                begin += count
        return drawn if law is None else law.on_grid(drawn)

    def _order(self, day: Ints) -> tuple[Ints | None, Ints]:
        """Return what puts contacts of these days in order (None: they are), and each's count."""
        counts = np.bincount(day, minlength=self._days)
        if self._days == 1 or not np.any(day[1:] < day[:-1]):
            return None, counts
        small = day.astype(np.int16)  # NumPy sorts those by counting
        return np.argsort(small, kind="stable"), counts

    def _at(self, i: int, purpose: str) -> np.random.Generator:
        return self._streams.at(self._first_day + i, purpose)
