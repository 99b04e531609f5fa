"""The possible contacts of a stretch of days, while they are thought up: rows, links, delays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from hotline_sim.domain import N_ENDINGS, NOBODY, Floats, Ints

_Value = TypeVar("_Value", np.float64, np.int64)


@dataclass
class Tree:
    """Rows are given out in blocks of one channel and one try; links come with the children."""

    size: int = 0
    day: Ints = field(default_factory=lambda: np.zeros(1024, np.int64))  # of each row; longer
    _blocks: list[tuple[int, int, Ints | None, Ints]] = field(default_factory=list)
    _links: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    _delays: list[tuple[int, Ints, Floats]] = field(default_factory=list)
    _orders: list[tuple[str, Ints, Floats, int]] = field(default_factory=list)

    def add_first(self, channel: int, day: Ints) -> Ints:
        """Return the rows of first contacts, one for each entry of *day*."""
        return self._add(channel, 1, None, day)

    def add(self, channel: int, k: int, parents: Ints) -> Ints:
        """Return the rows of the k-th contacts of the cases of *parents*."""
        return self._add(channel, k, parents, self.day[parents])

    def _add(self, channel: int, k: int, parents: Ints | None, day: Ints) -> Ints:
        rows = np.arange(self.size, self.size + len(day))
        self.size += len(day)
        if self.size > len(self.day):
            longer = np.zeros(2 * self.size, np.int64)
            longer[: len(self.day)] = self.day
            self.day = longer
        self.day[rows] = day
        self._blocks.append((channel, k, parents, rows))
        return rows

    def link(self, ending: int, parents: Ints, children: Ints) -> None:
        """Let *children* follow *parents* (row by row) that end so."""
        self._links.append((ending, parents, children))

    def delay(self, ending: int, parents: Ints, delay_s: Floats) -> None:
        """Set how long after its end a contact is followed."""
        self._delays.append((ending, parents, delay_s))

    def order(self, name: str, rows: Ints, order_s: Floats, department: int) -> None:
        """Let *rows*, if answered, open a department's work orders, by the row *name*."""
        self._orders.append((name, rows, order_s, department))

    def ordered_by(self, name: str) -> Ints:
        """Return the rows that may open a work order by the transition row *name*."""
        found = [rows for by, rows, _, _ in self._orders if by == name]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def rows_of(self, channel: int) -> Ints:
        """Return the rows on a channel, first contacts first."""
        found = [rows for number, _, _, rows in self._blocks if number == channel]
        return np.concatenate(found) if found else np.zeros(0, np.int64)

    def channels(self) -> Ints:
        """Return each row's channel, ``(n,)``."""
        return self._spread([channel for channel, _, _, _ in self._blocks])

    def tries(self) -> Ints:
        """Return which contact of its case each row is, ``(n,)``."""
        return self._spread([k for _, k, _, _ in self._blocks])

    def _spread(self, values: list[int]) -> Ints:
        sizes = [len(rows) for _, _, _, rows in self._blocks]
        return np.repeat(np.array(values, np.int64), sizes)

    def inherited(self, first: npt.NDArray[_Value]) -> npt.NDArray[_Value]:
        """Give every row its case's value, from one value per first contact, ``(n,)``."""
        values = np.empty(self.size, first.dtype)
        values[: len(first)] = first
        for _, _, parents, rows in self._blocks:
            if parents is not None and len(rows):
                values[rows[0] : rows[-1] + 1] = values[parents]
        return values

    def transitions(self) -> tuple[Ints, Floats]:
        """Return ``next_contact`` and ``delay_s``, both ``(N_ENDINGS, n)``."""
        following = np.full((N_ENDINGS, self.size), NOBODY)
        delay_s = np.zeros((N_ENDINGS, self.size))
        for ending, parents, children in self._links:
            following[ending, parents] = children
        for ending, parents, spent_s in self._delays:
            delay_s[ending, parents] = spent_s
        return following, delay_s

    def orders(self) -> tuple[Floats, Ints]:
        """Return how long each row's work order takes and whose it is; nan and NOBODY: none."""
        order_s, whose = np.full(self.size, np.nan), np.full(self.size, NOBODY)
        for _, rows, taken_s, department in self._orders:
            order_s[rows] = taken_s
            whose[rows] = department
        return order_s, whose
