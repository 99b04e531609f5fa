"""The random numbers of contacts, for readers of Python; compiled code has its own way to them.

A contact's numbers are a function of whose it is: the channel and day its case was born on,
the case's place among the arrivals there, and which contact of the case it is. Philox, keyed
by seed, replication and channel of birth, turns the counter (place, block, k, day) into a
block of four words; :mod:`hotline_sim.demand.words` says which word decides what. So they are
the same whenever, wherever and however often they are asked for.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from hotline_sim.demand.laws import time_s
from hotline_sim.demand.tables import patience_s_of, talk_s_of, wrap_up_s_of
from hotline_sim.demand.words import BLOCK_WORDS, BLOCKS, DISCARDED, EXPONENT, HALF, Word
from hotline_sim.domain import DAY_S, NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hotline_sim.demand.tables import Tables
    from hotline_sim.domain import Cases, Floats, Ints

_FIRST, _SECOND = 1, 2  # contacts of a case: their numbers are made for all cases of a span


class Case(NamedTuple):
    """A case (诉求): its number through the horizon, and where and when it was born."""

    number: int
    born_s: float
    channel: int
    place: int  # among the arrivals of its day on its channel


class Numbers:
    """What contacts bring, in a replication of a scenario.

    :meth:`first` takes the cases that begin; :meth:`later` may then be asked for whatever
    contact of theirs or of earlier cases. The second contacts of the cases begun last are made
    together, on the channel of the first as most redials are: that takes a small part of the
    time of making them one by one.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._philox = _Philox()
        self._begin = 0  # the first case begun last
        self._seconds: Floats = np.empty((0, len(Word)))
        self._seconds_s: Floats = np.empty((0, 3))  # talk, wrap-up, patience

    def first(
        self, cases: Cases
    ) -> tuple[list[list[float]], list[float], list[float], list[float]]:
        """Return the numbers of the first contacts of cases, and the seconds they make there.

        Numbers are by :class:`hotline_sim.demand.words.Word`, seconds those of talk, of wrap-up
        and of patience.
        """
        self._begin = cases.first
        self._seconds = uniforms(self._tables.keys, cases, _SECOND)
        self._seconds_s = _times_s(self._tables, cases.channel, self._seconds).T
        u = uniforms(self._tables.keys, cases, _FIRST)
        talk_s, wrap_up_s, patience_s = _times_s(self._tables, cases.channel, u).tolist()
        return u.tolist(), talk_s, wrap_up_s, patience_s

    def later(self, case: Case, k: int, channel: int) -> tuple[list[float], float, float, float]:
        """Return what the k-th contact of a case brings to a channel, k from 2 on."""
        place = case.number - self._begin
        if k == _SECOND and 0 <= place < len(self._seconds):
            u: list[float] = self._seconds[place].tolist()
            if channel == case.channel:
                talk_s, wrap_up_s, patience_s = self._seconds_s[place].tolist()
                return u, talk_s, wrap_up_s, patience_s
        else:
            u = self._singly(case, k)
        return (
            u,
            talk_s_of(self._tables, channel, u[Word.TALK]),
            wrap_up_s_of(self._tables, channel, u[Word.WRAP_UP]),
            patience_s_of(self._tables, channel, u[Word.PATIENCE]),
        )

    def _singly(self, case: Case, k: int) -> list[float]:
        key, day = self._tables.keys[case.channel], int(case.born_s // DAY_S)
        blocks = [self._philox.words(key, (case.place, b, k, day), 1) for b in range(BLOCKS)]
        words: list[int] = [word for block in blocks for word in block.tolist()]
        return [((word >> DISCARDED) + HALF) * EXPONENT for word in words[: len(Word)]]


def uniforms(keys: Sequence[Sequence[int]], cases: Cases, k: int) -> Floats:
    """Return the numbers between 0 and 1 of the k-th contacts of cases, ``(n_cases, n_words)``.

    *keys* are those of :class:`hotline_sim.demand.Tables`, by channel of birth.
    """
    philox = _Philox()
    words = np.empty((len(cases), BLOCKS, BLOCK_WORDS), np.uint64)
    for day, channel, which in _born_together(cases):
        place = cases.place[which]
        first = int(place.min())
        n = int(place.max()) - first + 1
        for block in range(BLOCKS):
            drawn = philox.words(keys[channel], (first, block, k, day), n)
            words[which, block] = drawn.reshape(n, BLOCK_WORDS)[place - first]
    return _uniform(words.reshape(len(cases), BLOCKS * BLOCK_WORDS)[:, : len(Word)])


class _Philox:
    """NumPy's Philox 4x64-10, moved from counter to counter (making one anew takes longer)."""

    def __init__(self) -> None:
        self._bits = np.random.Philox(0)
        self._state = self._bits.state

    def words(
        self, key: Sequence[int], counter: tuple[int, int, int, int], n: int
    ) -> npt.NDArray[np.uint64]:
        """Return the words of *n* neighbouring places' blocks, ``(n * BLOCK_WORDS,)``.

        As for ``np.random.Philox(key=key, counter=counter)``, which adds one to the counter
        before it begins.
        """
        self._state["state"]["key"][:] = key
        self._state["state"]["counter"][:] = counter
        self._bits.state = self._state
        return self._bits.random_raw(n * BLOCK_WORDS)


def _uniform(words: npt.NDArray[np.uint64]) -> Floats:
    uniform: Floats = ((words >> np.uint64(DISCARDED)).astype(float) + HALF) * EXPONENT
    return uniform


def _born_together(cases: Cases) -> Iterator[tuple[int, int, Ints]]:
    """Return day and channel of birth, and which of the cases were born there."""
    days = cases.arrival_s // DAY_S
    begins = np.flatnonzero(np.diff(days, prepend=-1.0))
    for begin, end in pairwise([*begins.tolist(), len(days)]):
        channels = cases.channel[begin:end]
        for channel in np.unique(channels).tolist():
            yield int(days[begin]), channel, begin + np.flatnonzero(channels == channel)


def _times_s(tables: Tables, channels: Ints, u: Floats) -> Floats:
    """Return talk, wrap-up and patience of contacts on channels, ``(3, n)``."""
    times_s = np.empty((3, len(u)))
    for channel in np.unique(channels).tolist():
        table, which = tables.channels[channel], np.flatnonzero(channels == channel)
        laws = ((table.talk, np.nan), (table.wrap_up, 0.0), (table.patience, np.inf))
        for word, (law, without) in enumerate(laws):  # they are the first three words
            if law == NOBODY:
                times_s[word, which] = without
            else:
                times_s[word, which] = time_s(tables.laws[law], tables.knots, u[which, word])
    return times_s
