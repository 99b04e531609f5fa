"""Make the arrays in which trees grow, and fill them with random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.demand.laws import sampler
from hotline_sim.demand.transitions import endings_of
from hotline_sim.demand.tree import Grown
from hotline_sim.domain import NOBODY, Floats, Ints, on_grid, ways_of
from hotline_sim.kernel import growth_state as s

if TYPE_CHECKING:
    from hotline_sim.compiled import Records
    from hotline_sim.demand.laws import Sampler
    from hotline_sim.demand.numbers import DayNumbers
    from hotline_sim.demand.transitions import Row
    from hotline_sim.kernel.growth_state import Numbers, Trees

_FEW = 64  # places and numbers to begin with: they are doubled whenever they do not suffice
_SPARE = 1.1  # times what the last stretch took
_FIRST_GUESS = 2.0  # contacts of a case, and uniform numbers, before any stretch has grown


class _Supply:
    """Random numbers for a stretch of days, by channel or row of the transition table.

    How many are drawn follows from what the last stretch took; the numbers themselves do not.
    """

    def __init__(
        self, purposes: tuple[str, ...], laws: tuple[Sampler | None, ...], share: float
    ) -> None:
        self._purposes = purposes
        self._laws = laws  # None: uniform numbers
        self._shares = np.full(len(purposes), share)  # of a day's first contacts, to begin with
        self._drawn = [np.zeros(0) for _ in purposes]
        self._counts = np.zeros((len(purposes), 0), np.int64)

    def begin(self, cases: Ints, numbers: DayNumbers) -> Numbers:
        """Draw for days of so many cases, ``(days,)``."""
        self._counts = np.zeros((len(self._purposes), len(cases)), np.int64)
        for i in range(len(self._purposes)):
            self._draw(i, np.ceil(self._shares[i] * cases), numbers)
        return self._laid_out()

    def double(self, i: int, numbers: DayNumbers) -> Numbers:
        """Draw twice as many for one purpose."""
        self._draw(i, 2 * self._counts[i] + _FEW, numbers)
        return self._laid_out()

    def take_stock(self, cases: Ints, supplied: Numbers) -> None:
        """Remember how much was taken of a supply."""
        taken = supplied.next - supplied.begins[:, :-1]
        self._shares = _SPARE * (taken / np.maximum(cases, 1)).max(axis=1, initial=0.0)

    def _draw(self, i: int, counts: Floats | Ints, numbers: DayNumbers) -> None:
        self._counts[i] = counts
        self._drawn[i] = numbers.all_of(self._purposes[i], self._counts[i], self._laws[i])

    def _laid_out(self) -> Numbers:
        """Return the numbers of all one behind the other."""
        n, days = self._counts.shape
        ends = np.cumsum(self._counts).reshape(n, days)
        begins = np.concatenate([(ends - self._counts)[:, :1], ends], axis=1)
        drawn = np.concatenate([np.zeros(0), *self._drawn])
        return s.Numbers(drawn=drawn, begins=begins, next=begins[:, :-1].copy())


class Room:
    """The arrays in which trees grow, from stretch to stretch."""

    def __init__(
        self, names: tuple[str, ...], table: tuple[tuple[Row, ...], ...], max_contacts: int
    ) -> None:
        self._rows = tuple(row for rows in table for row in rows)
        none = (None,) * len(names)
        self._uniforms = _Supply(tuple(f"{name}/next" for name in names), none, _FIRST_GUESS)
        self._times = _Supply(
            tuple(f"{row.name}/order" for row in self._rows),
            tuple(sampler(row.delay) for row in self._rows),
            0.0,  # how many cases open orders differs from row to row: wait and see
        )
        nothing = s.Numbers(np.zeros(0), np.zeros((0, 1), np.int64), np.zeros((0, 0), np.int64))
        self._endings = endings_of(table)
        clock = np.zeros(1, s.CLOCK)
        clock["max_contacts"] = max_contacts
        self.trees = s.Trees(
            clock=clock,
            channels=_channels(table),
            rows=_row_records(self._rows, ways_of(self._endings)),
            bounds=_bounds(self._rows),
            children=np.full(len(names) + 1, NOBODY),
            uniforms=nothing,
            times=nothing,
            first=np.zeros((0, len(names)), np.int64),
            counts=np.zeros((0, len(names)), np.int64),
            **self._places(0),
        )
        self._contacts_per_case = _FIRST_GUESS

    def prepare(self, first: Ints, numbers: DayNumbers) -> None:
        """Make ready for the trees of a stretch of days."""
        cases = first.sum(axis=1)
        self.trees = self.trees._replace(
            first=np.ascontiguousarray(first),
            counts=np.zeros(first.shape, np.int64),
            uniforms=self._uniforms.begin(cases, numbers),
            times=self._times.begin(cases, numbers),
            **self._places(int(cases.sum() * self._contacts_per_case) + _FEW),
        )
        for name in ("day", "before", "cases"):
            self.trees.clock[name] = 0
        self.trees.rows["along_before"] = 0

    def enlarge(self, lacking: int, numbers: DayNumbers) -> None:
        """Make twice as much of what was lacking."""
        trees, number = self.trees, int(self.trees.clock["lacking"][0])
        if lacking == s.CONTACTS:
            self.trees = self._with_places(2 * len(trees.case) + _FEW)
        elif lacking == s.UNIFORMS:
            self.trees = trees._replace(uniforms=self._uniforms.double(number, numbers))
        else:
            self.trees = trees._replace(times=self._times.double(number, numbers))

    def grown(self) -> Grown:
        """Return the trees, once all have grown."""
        trees = self.trees
        cases = trees.first.sum(axis=1)
        self._uniforms.take_stock(cases, trees.uniforms)
        self._times.take_stock(cases, trees.times)
        n = int(trees.clock["before"][0])
        self._contacts_per_case = _SPARE * n / max(int(cases.sum()), 1)
        return Grown(
            counts=trees.counts,
            channel=trees.channel[:n],
            case=trees.case[:n],
            k=trees.k[:n],
            order_s=trees.order_s[:n],
            department=trees.department[:n],
            followers=trees.followers[:n],
            delays_s=trees.delays_s[:n],
            chosen=tuple(
                who[:count] for who, count in zip(trees.along, trees.rows["along"], strict=True)
            ),
        )

    def _with_places(self, n: int) -> Trees:
        """Return the trees of the days that have grown, with more room for those that will."""
        trees, longer = self.trees, self._places(n)
        for name, column in longer.items():
            if name == "along":
                most = trees.rows["along_before"].max(initial=0)
                column[:, :most] = trees.along[:, :most]
            else:
                before = trees.clock["before"][0]
                column[:before] = getattr(trees, name)[:before]
        return trees._replace(**longer)

    def _places(self, n: int) -> dict[str, Any]:
        """Return room for so many contacts, and nothing in it yet."""
        m = len(self._endings)
        return {
            "channel": np.empty(n, np.int64),
            "case": np.empty(n, np.int64),
            "k": np.empty(n, np.int64),
            "department": np.empty(n, np.int64),
            "order_s": np.empty(n),
            "followers": np.empty((n, m), np.int64),
            "delays_s": np.empty((n, m)),
            "along": np.empty((len(self._rows), n), np.int64),
            "notes": np.empty(n, s.NOTE),
        }


def _channels(table: tuple[tuple[Row, ...], ...]) -> Records:
    channels = np.zeros(len(table), s.CHANNEL)
    ends = np.cumsum([len(rows) for rows in table])
    channels["rows"] = ends - [len(rows) for rows in table]
    channels["rows_end"] = ends
    channels["opens"] = [any(row.deadline_s is not None for row in rows) for rows in table]
    return channels


def _row_records(rows: tuple[Row, ...], ways: Ints) -> Records:
    records = np.zeros(len(rows), s.ROW)
    for record, row in zip(records, rows, strict=True):
        record["way"] = ways[row.ending]
        for name in ("to", "urging", "department"):
            record[name] = getattr(row, name)
        if row.deadline_s is not None:
            record["opens"] = True
            record["deadline_s"] = row.deadline_s
            record["due_s"] = on_grid(np.array([row.deadline_s]))[0]
    return records


def _bounds(rows: tuple[Row, ...]) -> Floats:
    """Return the bounds of rows by try, ``(n_rows, tries, 2)``, the last from there on."""
    tries = max((len(row.bounds) for row in rows), default=1)
    table = [[*row.bounds, *row.bounds[-1:] * (tries - len(row.bounds))] for row in rows]
    return np.array(table, float).reshape(len(rows), tries, 2)
