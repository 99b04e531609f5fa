"""A stretch of days' possible contacts, growing from try to try.

The tree grows try by try: one uniform number per contact chooses, for each way the contact
may end, the row of the transition table that would follow, and only contacts that some
ending leads to are thought up at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.laws import unrounded_s
from hotline_sim.domain import N_ENDINGS, NOBODY, Floats, Ints, on_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.demand.numbers import DayNumbers
    from hotline_sim.demand.transitions import Row
    from hotline_sim.demand.tree import Tree


@dataclass(frozen=True)
class _Urged:
    """Contacts that chase late orders: whatever their ending, the order's row goes on."""

    rows: Ints
    to: int
    rest_s: Floats  # from the deadline to the closing of the order


@dataclass
class Level:
    """The contacts of one try: rows by channel, and those that chase late orders."""

    rows: dict[int, list[Ints]]
    urged: list[_Urged]

    def add(self, channel: int, rows: Ints) -> None:
        """Add contacts of a channel."""
        self.rows.setdefault(channel, []).append(rows)

    def __bool__(self) -> bool:
        return bool(self.rows or self.urged)


class Growth:
    """The growing of one tree."""

    def __init__(
        self,
        tree: Tree,
        names: tuple[str, ...],
        table: tuple[tuple[Row, ...], ...],
        numbers: DayNumbers,
    ) -> None:
        self._tree = tree
        self._names = names
        self._table = table
        self._closing = tuple(  # of a case's last contact: its work order, and nothing further
            tuple(replace(row, to=NOBODY, urging=NOBODY) for row in rows if row.deadline_s)
            for rows in table
        )
        self._numbers = numbers
        self._undelayed: dict[str, tuple[Row, list[Ints]]] = {}

    def next_level(self, level: Level, k: int, *, last: bool) -> Level:
        """Return the contacts that may follow those of the k-th try: none after the last."""
        born = Level({}, [])
        table = self._closing if last else self._table
        for channel, blocks in sorted(level.rows.items()):  # a day's order, whatever the stretch
            if table[channel]:
                rows = np.concatenate(blocks) if len(blocks) > 1 else blocks[0]
                self._follow(channel, table[channel], rows, k, born)
        if last:
            return born
        for urged in level.urged:
            if urged.to != NOBODY:
                children = self._tree.add(urged.to, k + 1, urged.rows)
                for ending in range(N_ENDINGS):
                    self._tree.link(ending, urged.rows, children)
                    self._tree.delay(ending, urged.rows, urged.rest_s)
                born.add(urged.to, children)
        return born

    def _follow(
        self, channel: int, table: tuple[Row, ...], rows: Ints, k: int, born: Level
    ) -> None:
        uniform = self._numbers.next_of(
            f"{self._names[channel]}/next", self._tree.day[rows], _uniforms
        )
        wanted: dict[int, list[tuple[int, Ints]]] = {}  # to: (ending, places of who would go)
        for row in table:
            chosen = row.chosen_by(uniform, k)
            if row.deadline_s is not None:
                chosen = self._open_orders(row, rows, chosen, k, born)
            elif len(chosen):
                self._undelayed.setdefault(row.name, (row, []))[1].append(rows[chosen])
            if row.to != NOBODY and len(chosen):
                wanted.setdefault(row.to, []).append((row.ending, chosen))
        for to, endings in wanted.items():
            goes = np.zeros(len(rows), bool)
            for _, who in endings:
                goes[who] = True
            parents = np.flatnonzero(goes)
            new = self._tree.add(to, k + 1, rows[parents])
            children = np.empty(len(rows), np.int64)
            children[parents] = new
            for ending, who in endings:
                self._tree.link(ending, rows[who], children[who])
            born.add(to, new)

    def _open_orders(self, row: Row, rows: Ints, chosen: Ints, k: int, born: Level) -> Ints:
        """Draw the orders of a row; return who goes on along it without being urged first."""
        deadline_s = row.deadline_s or 0.0
        who = rows[chosen]
        drawn_s = self._numbers.next_of(f"{row.name}/order", self._tree.day[who], _times(row))
        order_s = on_grid(drawn_s)
        self._tree.order(row.name, who, order_s, row.department)
        self._tree.delay(row.ending, who, order_s)
        late = order_s > deadline_s
        if row.urging == NOBODY or not late.any():
            return chosen
        due_s = on_grid(np.full(int(late.sum()), deadline_s))
        urged = self._tree.add(row.urging, k + 1, who[late])
        self._tree.link(row.ending, who[late], urged)
        self._tree.delay(row.ending, who[late], due_s)
        born.urged.append(_Urged(urged, row.to, order_s[late] - due_s))
        return chosen[~late]

    def draw_delays(self) -> None:
        """Draw the delays of the rows that were chosen, each row from its own stream."""
        for row, blocks in self._undelayed.values():
            rows, counts = self._numbers.by_day(np.concatenate(blocks), self._tree.day)
            drawn_s = self._numbers.all_of(f"{row.name}/delay", counts, _times(row))
            self._tree.delay(row.ending, rows, on_grid(drawn_s))


def _uniforms(rng: np.random.Generator, n: int) -> Floats:
    return rng.random(n)


def _times(row: Row) -> Callable[[np.random.Generator, int], Floats]:
    return lambda rng, n: unrounded_s(row.delay, rng, n)
