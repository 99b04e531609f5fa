"""Contacts' numbers, compiled: Philox for one contact, and the tables as arrays of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.compiled import at, inlined, jitable, plain, product, record
from hotline_sim.demand import compiled_laws  # noqa: F401  (so that time_s is known)
from hotline_sim.demand import tables as definition
from hotline_sim.demand.laws import law_records
from hotline_sim.demand.words import DISCARDED, EXPONENT, HALF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.compiled import Records
    from hotline_sim.demand.tables import Tables

CHANNEL = record(
    talk="i8",
    wrap_up="i8",
    patience="i8",
    greeting="i8",
    self_service_share="f8",
    leaves_in_greeting_share="f8",
    leaves_at_once_share="f8",
    silent_share="f8",
    reach_probability="f8",
)
ROW = record(to="i8", delay="i8", entry="i8", department="i8", deadline_s="f8", urging="i8")

# Of Philox 4×64 (Salmon, Moraes, Dror and Shaw 2011): the multipliers, and what the key grows by.
_MULTIPLIER_0, _MULTIPLIER_2 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_GROWTH_0, _GROWTH_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ROUNDS = 10
_DISCARDED = np.uint64(DISCARDED)

for _function in (
    definition.time_of,
    definition.talk_s_of,
    definition.wrap_up_s_of,
    definition.patience_s_of,
    definition.greeting_s_of,
    definition.row_after,
):
    jitable(_function)


def arrays_of(tables: Tables) -> Tables:
    """Return tables in the one form for which functions are compiled."""
    arrays: dict[str, Any] = {
        "keys": np.array(tables.keys, np.uint64).reshape(-1, 2),
        "channels": _records(CHANNEL, tables.channels),
        "rows": _records(ROW, tables.rows),
        "first_rows": np.array(tables.first_rows, np.int64),
        "upto": np.array(tables.upto, float),
        "laws": law_records(tables.laws),
        "knots": plain(tables.knots, np.dtype(float)),
    }
    return tables._replace(**arrays)


def _records(dtype: np.dtype[np.void], rows: Iterable[tuple[Any, ...]]) -> Records:
    return np.array(list(map(tuple, rows)), dtype)


@inlined
def words(
    key_0: np.uint64,
    key_1: np.uint64,
    counter_0: np.uint64,
    counter_1: np.uint64,
    counter_2: np.uint64,
    counter_3: np.uint64,
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return the block of Philox at a counter: four words of 64 bits.

    It is what NumPy's generator gives first if its counter is one less.
    """
    for _ in range(_ROUNDS):
        upper_0, lower_0 = product(_MULTIPLIER_0, counter_0)
        upper_2, lower_2 = product(_MULTIPLIER_2, counter_2)
        counter_0, counter_1 = upper_2 ^ counter_1 ^ key_0, lower_2
        counter_2, counter_3 = upper_0 ^ counter_3 ^ key_1, lower_0
        key_0 += _GROWTH_0
        key_1 += _GROWTH_1
    return counter_0, counter_1, counter_2, counter_3


@inlined
def uniforms_of(
    tables: Any, born_on: int, place: int, k: int, day: int, block: int
) -> tuple[float, float, float, float]:
    """Return a block of the numbers of a case's k-th contact, each between 0 and 1.

    The case was born on channel *born_on*, at *place* among the arrivals of *day* there.
    """
    one, two, three, four = words(
        tables.keys[at(born_on), 0],
        tables.keys[at(born_on), 1],
        np.uint64(place + 1),
        np.uint64(block),
        np.uint64(k),
        np.uint64(day),
    )
    return _uniform(one), _uniform(two), _uniform(three), _uniform(four)


@inlined
def _uniform(word: np.uint64) -> float:
    """Return a number between 0 and 1, neither of them, of 52 bits of a word and a half."""
    return (np.int64(word >> _DISCARDED) + HALF) * EXPONENT
