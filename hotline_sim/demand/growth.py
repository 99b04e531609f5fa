"""A stretch of days' possible contacts, growing from try to try.

The tree grows try by try: one uniform number per contact chooses, for each way the contact
may end, the row of the transition table that would follow, and only contacts that some
ending leads to are thought up at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.laws import sampler
from hotline_sim.demand.transitions import endings_of
from hotline_sim.demand.tree import Grown, Tree
from hotline_sim.domain import N_ENDINGS, NOBODY, Floats, Ints, on_grid

if TYPE_CHECKING:
    from hotline_sim.demand.numbers import DayNumbers
    from hotline_sim.demand.transitions import Row


@dataclass(frozen=True)
class _Urged:
    """Contacts that chase late orders: whatever their ending, the order's row goes on."""

    rows: Ints
    to: int
    rest_s: Floats  # from the deadline to the closing of the order


@dataclass
class _Level:
    """The contacts of one try: rows by channel, and those that chase late orders."""

    rows: dict[int, list[Ints]]
    urged: list[_Urged]

    def add(self, channel: int, rows: Ints) -> None:
        self.rows.setdefault(channel, []).append(rows)

    def __bool__(self) -> bool:
        return bool(self.rows or self.urged)


def closing(table: tuple[tuple[Row, ...], ...]) -> tuple[tuple[Row, ...], ...]:
    """Return the rows of a case's last contact: its work order, and nothing further."""
    return tuple(
        tuple(replace(row, to=NOBODY, urging=NOBODY) for row in rows if row.deadline_s is not None)
        for rows in table
    )


class Growth:
    """Grows the possible contacts of first contacts, by NumPy, all of one try at once.

    Parameters
    ----------
    names, table
        The channels, and their rows of the transition table.
    max_contacts
        Of a case.
    """

    def __init__(
        self, names: tuple[str, ...], table: tuple[tuple[Row, ...], ...], max_contacts: int
    ) -> None:
        self._names = names
        self._table = table
        self._closing = closing(table)
        self._max_contacts = max_contacts

    def grow(self, first: Ints, numbers: DayNumbers) -> Grown:
        """Return all possible contacts; *first*: how many first ones, ``(days, channels)``."""
        days = np.arange(len(first))
        growing = _Growing(self._names, Tree(sum(map(len, self._table))), numbers)
        level = _Level({}, [])
        for channel, counts in enumerate(first.T):
            if counts.any():
                level.add(channel, growing.tree.add_first(channel, np.repeat(days, counts)))
        for k in range(1, self._max_contacts):
            level = growing.next_level(level, k, self._table)
        growing.next_level(_Level(level.rows, []), self._max_contacts, self._closing)
        return growing.tree.grown(first.shape, endings_of(self._table))


@dataclass(frozen=True)
class _Growing:
    """One tree, growing."""

    names: tuple[str, ...]
    tree: Tree
    numbers: DayNumbers

    def next_level(self, level: _Level, k: int, table: tuple[tuple[Row, ...], ...]) -> _Level:
        """Return the contacts that may follow those of the k-th try."""
        born = _Level({}, [])
        for channel, blocks in sorted(level.rows.items()):  # a day's order, whatever the stretch
            if table[channel]:
                rows = np.concatenate(blocks) if len(blocks) > 1 else blocks[0]
                self._follow(channel, table[channel], rows, k, born)
        for urged in level.urged:
            if urged.to != NOBODY:
                to = np.full(len(urged.rows), urged.to)
                children = self.tree.add(to, k + 1, urged.rows)
                for ending in range(N_ENDINGS):
                    self.tree.link(ending, urged.rows, children)
                    self.tree.delay(ending, urged.rows, urged.rest_s)
                born.add(urged.to, children)
        return born

    def _follow(
        self, channel: int, table: tuple[Row, ...], rows: Ints, k: int, born: _Level
    ) -> None:
        purpose = f"{self.names[channel]}/next"
        uniform = self.numbers.next_of(purpose, self.tree.day[rows])
        goes_on: list[tuple[Row, Ints]] = []  # with the places of those who would
        for row in table:
            chosen = row.chosen_by(uniform, k)
            self.tree.choose(row.number, rows[chosen])
            if row.deadline_s is not None:
                chosen = self._open_orders(row, rows, chosen, k, born)
            if row.to != NOBODY and len(chosen):
                goes_on.append((row, chosen))
        if goes_on:
            self._go_on(rows, goes_on, k, born)

    def _go_on(self, rows: Ints, goes_on: list[tuple[Row, Ints]], k: int, born: _Level) -> None:
        """Think up who follows contacts, one after the other: on each channel one, row by row."""
        sizes = [len(chosen) for _, chosen in goes_on]
        parent = rows[np.concatenate([chosen for _, chosen in goes_on])]
        to = np.repeat([row.to for row, _ in goes_on], sizes)
        same = parent * len(self.names) + to
        _, first, child = np.unique(same, return_index=True, return_inverse=True)
        order = np.lexsort((first, parent[first]))
        channel, new = to[first][order], np.empty(len(first), np.int64)
        new[order] = self.tree.add(channel, k + 1, parent[first][order])
        ends = np.cumsum(sizes)[:-1]
        for (row, _), children, parents in zip(
            goes_on, np.split(new[child], ends), np.split(parent, ends), strict=True
        ):
            self.tree.link(row.ending, parents, children)
        for one in np.unique(channel).tolist():
            born.add(one, new[order][channel == one])

    def _open_orders(self, row: Row, rows: Ints, chosen: Ints, k: int, born: _Level) -> Ints:
        """Draw the orders of a row; return who goes on along it without being urged first."""
        deadline_s = row.deadline_s or 0.0
        who = rows[chosen]
        day = self.tree.day[who]
        order_s = self.numbers.next_of(f"{row.name}/order", day, sampler(row.delay))
        self.tree.order(who, order_s, row.department)
        self.tree.delay(row.ending, who, order_s)
        late = order_s > deadline_s
        if row.urging == NOBODY or not late.any():
            return chosen
        due_s = on_grid(np.full(int(late.sum()), deadline_s))
        urged = self.tree.add(np.full(late.sum(), row.urging), k + 1, who[late])
        self.tree.link(row.ending, who[late], urged)
        self.tree.delay(row.ending, who[late], due_s)
        born.urged.append(_Urged(urged, row.to, order_s[late] - due_s))
        return chosen[~late]
