"""A contact's random numbers are a function of whose it is, however they are asked for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline_sim.demand.laws import time_laws
from hotline_sim.demand.numbers import Case, Numbers, uniforms
from hotline_sim.demand.tables import ChannelTable, Tables
from hotline_sim.demand.words import BLOCK_WORDS, BLOCKS, Word
from hotline_sim.domain import DAY_S, NOBODY, Cases
from hotline_sim.laws import Exponential, Fixed

KEYS = ((11, 22), (2**63, 2**64 - 1))
PLAIN = ChannelTable(
    talk=0,
    wrap_up=NOBODY,
    patience=NOBODY,
    greeting=NOBODY,
    self_service_share=0.0,
    leaves_in_greeting_share=0.0,
    leaves_at_once_share=0.0,
    silent_share=0.0,
    reach_probability=1.0,
)


def tables(*channels, laws):
    in_numbers, knots = time_laws(laws)
    return Tables(
        keys=KEYS,
        channels=channels,
        rows=(),
        first_rows=(0,) * 11,
        upto=(),
        tries=1,
        laws=in_numbers,
        knots=knots,
        max_contacts=9,
        asks_opinions=False,
    )


MINUTE, HOUR = Fixed(law="fixed", mean_s=60), Exponential(law="exponential", mean_s=3600)
TABLES = tables(
    PLAIN._replace(wrap_up=1, patience=1), PLAIN, laws=(HOUR, MINUTE)
)  # on the second channel nobody wraps up, and nobody leaves


def by_hand(key, *, place, k, day):
    """Return the numbers as the counter is documented, one generator for each block."""
    whole = np.array(key, np.uint64)  # NumPy would make a tuple of large numbers floats
    words = [
        word
        for block in range(BLOCKS)
        for word in np.random.Philox(key=whole, counter=[place, block, k, day])
        .random_raw(BLOCK_WORDS)
        .tolist()
    ]
    return [((word >> 12) + 0.5) / 2**52 for word in words[: len(Word)]]


def cases_of(days, *, first=0):
    """Return cases by day, for each the channel of one after another."""
    born = [(day, channel) for day, channels in sorted(days.items()) for channel in channels]
    arrival_s = [day * DAY_S + 60.0 * i for i, (day, _) in enumerate(born)]
    place = [born[:i].count(one) for i, one in enumerate(born)]
    channel = [channel for _, channel in born]
    return Cases(first, np.array(arrival_s), np.array(channel, int), np.array(place, int))


def each(cases):
    """Return the cases one by one."""
    columns = (cases.arrival_s.tolist(), cases.channel.tolist(), cases.place.tolist())
    return [Case(cases.first + i, *one) for i, one in enumerate(zip(*columns, strict=True))]


def numbers_of(case, k):
    return by_hand(KEYS[case.channel], place=case.place, k=k, day=int(case.born_s // DAY_S))


# Made together --------------------------------------------------------------------------------

words = st.integers(0, 2**64 - 1)


@given(
    key=st.tuples(words, words),
    first=st.integers(0, 2**62),
    n=st.integers(1, 9),
    k=st.integers(1, 2**40),
    day=st.integers(0, 40_000),
)
def test_numbers_made_together_are_those_of_each_counter(key, first, n, k, day):
    at_s, channel = np.full(n, (day + 0.5) * DAY_S), np.zeros(n, int)
    together = uniforms([key], Cases(0, at_s, channel, first + np.arange(n)), k)
    assert together.tolist() == [by_hand(key, place=first + i, k=k, day=day) for i in range(n)]


channels_by_day = st.dictionaries(
    st.integers(0, 5), st.lists(st.integers(0, 1), max_size=6), max_size=4
)


@given(channels_by_day, st.integers(1, 5))
def test_cases_of_a_span_get_the_numbers_of_their_own_day_and_channel(days, k):
    cases = cases_of(days)
    expected = [numbers_of(case, k) for case in each(cases)]
    assert uniforms(KEYS, cases, k).tolist() == expected


def test_neighbouring_places_need_not_be_there():
    alone = Cases(0, np.array([5.0, 6.0]), np.array([1, 1]), np.array([40, 7]))
    expected = [by_hand(KEYS[1], place=place, k=3, day=0) for place in (40, 7)]
    assert uniforms(KEYS, alone, 3).tolist() == expected


def test_numbers_lie_between_0_and_1_whatever_the_word():
    cases = cases_of({0: [0] * 500})
    u = uniforms(KEYS, cases, 1)
    assert u.shape == (500, len(Word))
    assert u.min() > 0.0
    assert u.max() < 1.0
    assert u.mean() == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / u.size))


# Asked for one by one -------------------------------------------------------------------------


EARLIER = cases_of({0: [0, 1, 0], 2: [1, 1]})
LATER = cases_of({7: [0, 0, 1]}, first=len(EARLIER))
somebody = st.sampled_from([*each(EARLIER), *each(LATER)])


@given(
    begun=st.sampled_from([[], [EARLIER], [EARLIER, LATER]]),
    asked=st.lists(st.tuples(somebody, st.integers(2, 5)), max_size=12),
)
def test_a_contact_brings_the_same_whenever_and_however_often_it_is_asked(begun, asked):
    numbers = Numbers(TABLES)
    for cases in begun:
        numbers.first(cases)
    for case, k in asked:
        u, *_ = numbers.later(case, k, channel=0)
        assert u == numbers_of(case, k)


def test_first_contacts_bring_the_same_as_by_hand():
    cases = cases_of({0: [0, 1, 0], 3: [1]})
    u, talk_s, wrap_up_s, patience_s = Numbers(TABLES).first(cases)
    assert u == [numbers_of(case, 1) for case in each(cases)]
    exact_s = [-3600 * math.log1p(-row[Word.TALK]) for row in u]
    assert talk_s == pytest.approx(exact_s, abs=1 / 1024)
    assert wrap_up_s == [60.0, 0.0, 60.0, 0.0]
    assert patience_s == [60.0, math.inf, 60.0, math.inf]


def test_later_contacts_bring_times_by_the_laws_of_the_channel_they_come_on():
    numbers, case = Numbers(TABLES), Case(number=0, born_s=0.0, channel=1, place=4)
    u, talk_s, wrap_up_s, patience_s = numbers.later(case, 2, channel=0)
    assert u == numbers_of(case, 2)
    assert talk_s == pytest.approx(-3600 * math.log1p(-u[Word.TALK]), abs=1 / 1024)
    assert (wrap_up_s, patience_s) == (60.0, 60.0)
    assert numbers.later(case, 2, channel=1)[2:] == (0.0, math.inf)
