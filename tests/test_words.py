"""The compiled way to contacts' numbers against NumPy's: the same words, the same numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import HAS_COMPILED

from hotline_sim import load
from hotline_sim.demand import numbers, tables_of
from hotline_sim.demand.words import BLOCK_WORDS, BLOCKS, Word
from hotline_sim.domain import DAY_S, Cases

if not HAS_COMPILED:
    pytest.skip("no compiled engine here", allow_module_level=True)

import numba

from hotline_sim.demand import compiled

words = st.integers(0, 2**64 - 1)


@numba.njit
def block(key_0, key_1, counter_0, counter_1, counter_2, counter_3):
    return compiled.words(key_0, key_1, counter_0, counter_1, counter_2, counter_3)


@numba.njit
def contact(tables, born_on, place, k, day, number):
    return compiled.uniforms_of(tables, born_on, place, k, day, number)


@given(st.lists(words, min_size=2, max_size=2), st.lists(words, min_size=4, max_size=4))
def test_philox_gives_the_words_of_numpys(key, counter):
    key, counter = np.array(key, np.uint64), np.array(counter, np.uint64)
    theirs = np.random.Philox(key=key, counter=counter).random_raw(BLOCK_WORDS)
    number = (
        sum(word << (64 * i) for i, word in enumerate(counter.tolist())) + 1
    )  # it adds one first
    there = [(number >> (64 * i)) % 2**64 for i in range(4)]
    ours = block(*(np.uint64(word) for word in (*key.tolist(), *there)))
    assert list(ours) == theirs.tolist()


@given(st.integers(0, 4), st.integers(0, 2**31 - 1), st.integers(1, 100), st.integers(0, 40_000))
def test_a_contact_has_the_same_numbers_either_way(born_on, place, k, day):
    tables = tables_of(load("nanning-after"), 7, 3)
    cases = Cases(0, np.array([day * DAY_S]), np.array([born_on]), np.array([place]))
    ((*theirs,),) = numbers.uniforms(tables.keys, cases, k).tolist()
    arrays = compiled.arrays_of(tables)
    ours = [u for b in range(BLOCKS) for u in contact(arrays, born_on, place, k, day, b)]
    assert ours[: len(Word)] == theirs


def test_the_words_of_a_contact_have_their_places_for_ever():
    """A word that moved would move everybody's numbers: the list is only appended to."""
    names = "talk wrap_up patience next mood rating order delay entry self_service leaves_at_once"
    names += " silent reached greeting leaves_in_greeting leaves_when"
    assert [word.name.lower() for word in Word] == names.split()
    assert [word.value for word in Word] == list(range(len(Word)))
