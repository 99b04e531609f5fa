"""What contacts bring and lead to, read from the tables by the numbers' definition alone.

Neither engine's way to the numbers is used here: they come straight from NumPy's Philox.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from hotline_sim.demand import Tables
from hotline_sim.demand.tables import Row, patience_s_of, talk_s_of, time_of, wrap_up_s_of
from hotline_sim.demand.words import BLOCK_WORDS, BLOCKS, Word
from hotline_sim.domain import N_ENDINGS, NOBODY, Outcome, scaled_s


@lru_cache(256)
def uniforms(key, day, k, place, n=1):
    """Return the numbers of the k-th contacts of cases born at neighbouring places, ``(n, 16)``.

    As the definition has it: straight from NumPy's generator, each word by its place.
    """
    blocks = [
        np.random.Philox(key=np.array(key, np.uint64), counter=[place, block, k, day])
        .random_raw(BLOCK_WORDS * n)
        .reshape(n, BLOCK_WORDS)
        for block in range(BLOCKS)
    ]
    found = ((np.concatenate(blocks, axis=1) >> np.uint64(12)) + 0.5) * 2.0**-52
    found.flags.writeable = False  # it is kept
    return found


def numbers_of(a_world, log):
    """Return the numbers of a log's contacts, ``(n_contacts, 16)``."""
    born = [
        (tuple(a_world.tables.keys[channel]), day, place)
        for day, cases in enumerate(a_world.cases)
        for channel, place in zip(cases.channel.tolist(), cases.place.tolist(), strict=True)
    ]
    whose = zip(log.case.tolist(), log.k.tolist(), strict=True)
    found = [uniforms(*born[case][:2], k, born[case][2])[0] for case, k in whose]
    return np.array(found).reshape(len(log), BLOCKS * BLOCK_WORDS)


class Brought(NamedTuple):
    """What a contact brought, and what its ending led to, as the tables have it."""

    talk_s: float
    wrap_up_s: float  # with the writing of an order
    patience_s: float
    contained: bool
    silent: bool
    reached: bool
    greeting_s: float  # as long as it is heard
    left: bool  # hangs up in it
    to: int  # channel; NOBODY: the case ended
    delay_s: float
    order_s: float
    department: int


def brought(a_world, log):
    """Return what each contact of a log brought, read from the tables by its own numbers."""
    found = []
    chased: dict[int, tuple[Row, float]] = {}  # the row and rest of each case's chased order
    columns = (log.case.tolist(), log.channel.tolist(), log.k.tolist(), log.outcome.tolist())
    for case, channel, k, outcome, u in zip(*columns, numbers_of(a_world, log), strict=True):
        read = Read(a_world.tables, channel, k, u)
        brings = read.what_it_brings()
        if outcome in (Outcome.OPEN, Outcome.DUE_AFTER_END):
            found.append(Brought(*brings, NOBODY, math.nan, math.nan, NOBODY))
            continue
        followed, entry_s, chases = read.what_follows(outcome, chased.pop(case, None))
        if chases is not None:
            chased[case] = chases
        if k == a_world.tables.max_contacts:
            followed = (NOBODY, *followed[1:])
        found.append(Brought(brings[0], brings[1] + entry_s, *brings[2:], *followed))
    return found


class Read(NamedTuple):
    """Reads the tables for one contact."""

    tables: Tables
    channel: int
    k: int
    u: np.ndarray

    def what_it_brings(self) -> tuple[float, float, float, bool, bool, bool, float, bool]:
        tables, channel, u = self.tables, self.channel, self.u
        shares = tables.channels[channel]
        at_once = u[Word.LEAVES_AT_ONCE] < shares.leaves_at_once_share
        return (
            talk_s_of(tables, channel, u[Word.TALK]),
            wrap_up_s_of(tables, channel, u[Word.WRAP_UP]),
            0.0 if at_once else patience_s_of(tables, channel, u[Word.PATIENCE]),
            u[Word.SELF_SERVICE] < shares.self_service_share,
            u[Word.SILENT] < shares.silent_share,
            u[Word.REACHED] < shares.reach_probability,
            *self._greeting(),
        )

    def _greeting(self):
        """Return how long the greeting is heard, and whether the caller then hangs up."""
        law = self.tables.channels[self.channel].greeting
        lasts_s = 0.0 if law == NOBODY else time_of(self.tables, law, self.u[Word.GREETING])
        share = self.tables.channels[self.channel].leaves_in_greeting_share
        left = bool(lasts_s > 0.0 and self.u[Word.LEAVES_IN_GREETING] < share)
        return scaled_s(lasts_s, self.u[Word.LEAVES_WHEN]) if left else lasts_s, left

    def what_follows(self, outcome, chased):
        """Return (channel, delay, order, department), the order's entry, and who is chased."""
        tables, u = self.tables, self.u
        if chased is not None:
            row, rest_s = chased
            return (row.to, rest_s, math.nan, NOBODY), 0.0, None
        row = self._row(outcome)
        if row is None:
            return (NOBODY, math.nan, math.nan, NOBODY), 0.0, None
        if row.department == NOBODY:
            delay_s = time_of(tables, row.delay, u[Word.DELAY])
            return (row.to, delay_s, math.nan, NOBODY), 0.0, None
        order_s = time_of(tables, row.delay, u[Word.ORDER])
        entry_s = 0.0 if row.entry == NOBODY else time_of(tables, row.entry, u[Word.ENTRY])
        order = order_s, row.department
        if row.urging == NOBODY or order_s <= row.deadline_s:
            return (row.to, order_s, *order), entry_s, None
        chases = row, order_s - row.deadline_s
        return (row.urging, row.deadline_s, *order), entry_s, chases

    def _row(self, outcome):
        tables = self.tables
        begin, end = tables.first_rows[self.channel * N_ENDINGS + outcome :][:2]
        column = np.array(tables.upto).reshape(-1, tables.tries)[begin:end]
        which = np.searchsorted(
            column[:, min(self.k, tables.tries) - 1], self.u[Word.NEXT], "right"
        )
        return tables.rows[begin + which] if begin + which < end else None


def columns(found, *names):
    """Return columns of what contacts brought, ``(n_contacts,)`` each."""
    kinds = {"contained": bool, "silent": bool, "reached": bool, "left": bool}
    return [np.array([getattr(one, n) for one in found], kinds.get(n, float)) for n in names]
