"""The possible contacts of a stretch of days, while they are thought up and when they are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hotline_sim.domain import NOBODY, Floats, Ints, ways_of

_SMALL = 2**15  # NumPy sorts 16-bit numbers by counting
_NONE = np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Grown:
    """The possible contacts of a stretch of days, ``(n,)`` each, and what may follow what.

    They come by day, then in the order in which they were thought up: the first contacts,
    channel by channel, and try by try what may follow them. In that order a day's streams
    number the contacts of a channel.
    """

    counts: Ints  # (days, channels): how many there are
    channel: Ints
    case: Ints  # the place of the case's arrival, the arrivals in the order of these rows
    k: Ints  # which contact of its case: 1, 2, …
    order_s: Floats  # how long its work order takes; nan: it opens none
    department: Ints  # whose order that is; NOBODY: nobody's
    followers: Ints  # (n, m): who follows after each of the endings
    delays_s: Floats  # (n, m): along orders and urgings; all others have yet to be drawn
    chosen: tuple[Ints, ...]  # by row of the transition table: who goes along it, ascending

    def along(self, row: int) -> tuple[Ints, Ints]:
        """Return who goes along a row of the transition table, and how many a day, ``(days,)``."""
        midnights = np.concatenate([[0], np.cumsum(self.counts.sum(axis=1))])
        return self.chosen[row], np.diff(np.searchsorted(self.chosen[row], midnights))


@dataclass
class Tree:
    """Rows are given out in blocks of one try; links come with the children."""

    rows: int  # of the transition table
    size: int = 0
    day: Ints = field(default_factory=lambda: np.zeros(1024, np.int64))  # of each row; longer
    _channels: list[Ints] = field(default_factory=list)
    _blocks: list[tuple[int, Ints | None, int]] = field(default_factory=list)
    _links: list[tuple[int, Ints, Ints]] = field(default_factory=list)
    _delays: list[tuple[int, Ints, Floats]] = field(default_factory=list)
    _chosen: list[tuple[int, Ints]] = field(default_factory=list)
    _orders: list[tuple[Ints, Floats, int]] = field(default_factory=list)

    def add_first(self, channel: int, day: Ints) -> Ints:
        """Return the rows of first contacts, one for each entry of *day*."""
        return self._add(np.full(len(day), channel), 1, None, day)

    def add(self, channel: Ints, k: int, parents: Ints) -> Ints:
        """Return the rows of the k-th contacts, on these channels, of the cases of *parents*."""
        return self._add(channel, k, parents, self.day[parents])

    def _add(self, channel: Ints, k: int, parents: Ints | None, day: Ints) -> Ints:
        rows = np.arange(self.size, self.size + len(day))
        self.size += len(day)
        if self.size > len(self.day):
            longer = np.zeros(2 * self.size, np.int64)
            longer[: len(self.day)] = self.day
            self.day = longer
        self.day[rows] = day
        self._channels.append(channel)
        self._blocks.append((k, parents, len(rows)))
        return rows

    def link(self, ending: int, parents: Ints, children: Ints) -> None:
        """Let *children* follow *parents* (row by row) that end so."""
        self._links.append((ending, parents, children))

    def delay(self, ending: int, parents: Ints, delay_s: Floats) -> None:
        """Set how long after its end a contact is followed."""
        self._delays.append((ending, parents, delay_s))

    def choose(self, row: int, rows: Ints) -> None:
        """Let *rows* go along a row of the transition table."""
        self._chosen.append((row, rows))

    def order(self, rows: Ints, order_s: Floats, department: int) -> None:
        """Let *rows*, if answered, open a department's work orders."""
        self._orders.append((rows, order_s, department))

    def grown(self, shape: tuple[int, ...], endings: Ints) -> Grown:
        """Return the contacts in their order, and who follows after each of the endings.

        *shape* is ``(days, channels)``.
        """
        days, channels = shape
        n, day = self.size, self.day[: self.size]
        small = np.int16 if days < _SMALL else np.int64
        order = np.argsort(day.astype(small), kind="stable")
        channel = np.concatenate([_NONE, *self._channels])
        place = np.empty(n + 1, np.int64)
        place[order], place[NOBODY] = np.arange(n), NOBODY
        followers, delays_s = np.full((n, len(endings)), NOBODY), np.zeros((n, len(endings)))
        ways = ways_of(endings)
        for ending, parents, children in self._links:
            followers[place[parents], ways[ending]] = place[children]
        for ending, parents, spent_s in self._delays:
            delays_s[place[parents], ways[ending]] = spent_s
        order_s, department = np.full(n, np.nan), np.full(n, NOBODY)
        for rows, taken_s, whose in self._orders:
            order_s[place[rows]] = taken_s
            department[place[rows]] = whose
        chosen: list[list[Ints]] = [[] for _ in range(self.rows)]
        for number, rows in self._chosen:
            chosen[number].append(place[rows])
        return Grown(
            counts=np.bincount(day * channels + channel, minlength=days * channels).reshape(shape),
            channel=channel[order],
            case=self._cases(place)[order],
            k=self._tries()[order],
            order_s=order_s,
            department=department,
            followers=followers,
            delays_s=delays_s,
            chosen=tuple(np.sort(np.concatenate([_NONE, *rows])) for rows in chosen),
        )

    def _tries(self) -> Ints:
        """Return which contact of its case each row is, ``(n,)``."""
        sizes = [size for _, _, size in self._blocks]
        return np.repeat(np.array([k for k, _, _ in self._blocks], np.int64), sizes)

    def _cases(self, place: Ints) -> Ints:
        """Return which case each row is of, ``(n,)``, given where each will be."""
        case = np.empty(self.size, np.int64)
        end = sum(size for _, parents, size in self._blocks if parents is None)
        case[np.argsort(place[:end])] = np.arange(end)
        begin = 0
        for _, parents, size in self._blocks:
            if parents is not None:
                case[begin : begin + size] = case[parents]
            begin += size
        return case
