"""What first contacts bring, worked out for all cases of a span of days together.

It is what :mod:`hotline_sim.demand.compiled` works out contact by contact, when an engine asks.
Together it takes a third of the time: a processor inverts a law for several numbers at once,
and need not wait for one before it begins the next. Most contacts are first ones.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotline_sim.compiled import NOBODY, Records, at, by_reference, entered, inlined, record
from hotline_sim.demand.arithmetic import MIDDLE, normal_quantile_near, normal_quantile_of_one
from hotline_sim.demand.compiled import uniforms_of
from hotline_sim.demand.curves import gamma_at
from hotline_sim.demand.laws import (
    EXPONENTIAL,
    GAMMA,
    LOGNORMAL,
    WEIBULL,
    exponential_s,
    lognormal_s,
    on_ticks,
    time_s,
    weibull_s,
)
from hotline_sim.demand.words import BLOCK_WORDS, Word
from hotline_sim.domain import DAY_S

if TYPE_CHECKING:
    from hotline_sim.demand.tables import Tables
    from hotline_sim.domain import Floats, Ints

BROUGHT = record(
    talk_s="f8",
    wrap_up_s="f8",
    patience_s="f8",
    greeting_s="f8",
    next="f8",  # the numbers between 0 and 1 of Word.NEXT, …
    mood="f8",
    rating="f8",
)
_TOGETHER = 512  # cases: what is known of them stays in the nearest cache
_TALK, _MOOD = int(Word.TALK) // BLOCK_WORDS, int(Word.MOOD) // BLOCK_WORDS
_GREETING = int(Word.GREETING) // BLOCK_WORDS


class Born(NamedTuple):
    """Whose first contacts they are: columns of :class:`hotline_sim.domain.Cases`."""

    arrival_s: Floats
    channel: Ints
    place: Ints


class _Some(NamedTuple):
    """Cases of one channel: which they are, and columns of numbers that become times."""

    which: Ints
    talk: Floats
    wrap_up: Floats
    patience: Floats
    greeting: Floats
    normal: Floats  # quantiles


def brought_by(tables: Tables, born: Born) -> Records:
    """Return what the first contacts of cases bring, ``(n_cases,)``.

    *tables* are in the form of ``arrays_of``.
    """
    brought = np.empty(len(born.arrival_s), BROUGHT)
    some = _Some(np.empty(_TOGETHER, np.int64), *np.empty((len(_Some._fields) - 1, _TOGETHER)))
    _works_out(tables, born, brought, some)
    return brought


@entered
def _works_out(tables: Tables, born: Born, brought: Records, some: _Some) -> None:
    """Work out what cases bring, some of a channel at a time."""
    tables, born, some = by_reference(tables), by_reference(born), by_reference(some)
    for begin in range(0, len(born.channel), _TOGETHER):
        end = min(begin + _TOGETHER, len(born.channel))
        for number in range(len(tables.channels)):
            n = 0
            for i in range(begin, end):
                some.which[at(n)] = i
                n += born.channel[i] == number
            if n > 0:
                _draws(tables, number, born, brought, some, n)
                _inverts(tables, number, brought, some, n)


@inlined
def _draws(tables: Tables, number: int, born: Born, brought: Records, some: _Some, n: int) -> None:
    """Note the numbers of cases of a channel."""
    has_greeting = tables.channels[at(number)].greeting != NOBODY
    for j in range(n):
        i = at(some.which[j])
        day, place = int(born.arrival_s[i] / DAY_S), born.place[i]
        one, two, three, four = uniforms_of(tables, number, place, 1, day, _TALK)
        some.talk[j], some.wrap_up[j], some.patience[j] = one, two, three
        brought[i].next = four
        if tables.asks_opinions:
            mood, rating, _, _ = uniforms_of(tables, number, place, 1, day, _MOOD)
            brought[i].mood, brought[i].rating = mood, rating
        if has_greeting:
            _, lasts, _, _ = uniforms_of(tables, number, place, 1, day, _GREETING)
            some.greeting[j] = lasts


@inlined
def _inverts(tables: Tables, number: int, brought: Records, some: _Some, n: int) -> None:
    """Turn numbers into times, each by its law of the channel."""
    channel = tables.channels[at(number)]
    _turns_into_times(tables, channel.talk, some.talk, math.nan, some.normal, n)
    _turns_into_times(tables, channel.wrap_up, some.wrap_up, 0.0, some.normal, n)
    _turns_into_times(tables, channel.patience, some.patience, math.inf, some.normal, n)
    _turns_into_times(tables, channel.greeting, some.greeting, 0.0, some.normal, n)
    for j in range(n):
        one = brought[at(some.which[j])]
        one.talk_s = some.talk[j]
        one.wrap_up_s = some.wrap_up[j]
        one.patience_s = some.patience[j]
        one.greeting_s = some.greeting[j]


@inlined
def _turns_into_times(
    tables: Any, number: int, column: Floats, without: float, normal: Floats, n: int
) -> None:
    """Invert a law for the first *n* of a column; where there is none, all are *without*.

    The laws that people use have loops of their own, for a loop in which nothing has to be
    decided is done for eight numbers at once.
    """
    if number == NOBODY:
        column[:n] = without
        return
    law = tables.laws[at(number)]
    scale_s, exponent, begin = law.scale_s, law.exponent, law.begin
    if law.kind in (LOGNORMAL, GAMMA):
        _finds_normal_quantiles(column, normal, n)
    if law.kind == LOGNORMAL:
        for j in range(n):
            column[j] = on_ticks(lognormal_s(scale_s, exponent, normal[j]))
    elif law.kind == GAMMA:
        for j in range(n):
            column[j] = on_ticks(scale_s * gamma_at(tables.knots, begin, normal[j]))
    elif law.kind == WEIBULL:
        for j in range(n):
            column[j] = on_ticks(weibull_s(scale_s, exponent, column[j]))
    elif law.kind == EXPONENTIAL:
        for j in range(n):
            column[j] = on_ticks(exponential_s(scale_s, column[j]))
    else:
        for j in range(n):
            column[j] = time_s(law, tables.knots, column[j])


@inlined
def _finds_normal_quantiles(column: Floats, normal: Floats, n: int) -> None:
    """Find the quantiles as if all lay near the middle, and again those that do not."""
    for j in range(n):
        normal[j] = normal_quantile_near(column[j] - 0.5)
    for j in range(n):
        if abs(column[j] - 0.5) > MIDDLE:
            normal[j] = normal_quantile_of_one(column[j])
