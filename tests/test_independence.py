"""Contacts' numbers are independent: of each other, whatever part of their identity differs.

Each pair of neighbours in identity (k and k + 1, one case and the next, …) gives pairs of
numbers; these are held against independence by four tests at p = 1e-6 each.
"""

from typing import Any

import numpy as np
import pytest
from scipy import stats
from test_demand_laws import CONTINUOUS, law_of, named

from hotline_sim.demand import numbers
from hotline_sim.demand.laws import time_laws, time_s
from hotline_sim.demand.words import Word
from hotline_sim.domain import DAY_S, Cases
from hotline_sim.streams import contact_key

N = 100_000
P = 1e-6
CELLS = 32  # a side of the square that pairs are counted in
# Other than seed 1, replication 0, channel phone, day 3, place 5 and on, k 2.
OTHER: dict[str, dict[str, Any]] = {
    "k": {"k": 3},
    "a later k": {"k": 18},
    "case": {"first": 6},
    "day": {"day": 4},
    "a day far away": {"day": 368},
    "replication": {"replication": 1},
    "seed": {"seed": 2},
    "channel": {"channel": "phone2"},
    "k for day": {"k": 3, "day": 2},
    "case for k": {"first": 4, "k": 3},
}


def drawn(*, seed=1, replication=0, channel="phone", day=3, first=5, k=2, n=N):
    """Return the numbers of n cases born one after the other, ``(n, words)``."""
    place = np.arange(first, first + n)
    cases = Cases(0, np.full(n, day * DAY_S), np.zeros(n, np.int64), place)
    return numbers.uniforms([contact_key(seed, replication, channel)], cases, k)


def suspicions(one, other):
    """Return the tests of independence that pairs of uniform numbers fail."""
    pairs = stats.pearsonr(one, other).pvalue, stats.spearmanr(one, other).pvalue
    counts, _, _ = np.histogram2d(one, other, CELLS, [[0, 1], [0, 1]])
    sums = (one + other) % 1.0  # uniform as well
    found = {
        "correlation": pairs[0],
        "correlation of ranks": pairs[1],
        "squares": stats.chisquare(counts.ravel()).pvalue,
        "sums": stats.kstest(sums, "uniform").pvalue,
    }
    same = np.mean(one == other)
    return [name for name, p in found.items() if p < P] + ["the same"] * int(same > 0)


def neighbours():
    """Yield each way in which two contacts differ, with the words of both, ``(N, words)``."""
    here = drawn()
    for name, differing in OTHER.items():
        yield name, here, drawn(**differing)


def found_suspicious():
    """Return all that is suspicious of neighbouring contacts, word by word."""
    return [
        (name, word.name, what)
        for name, one, other in neighbours()
        for word in (Word.TALK, Word.NEXT, Word.REACHED)
        for what in suspicions(one[:, word], other[:, word])
    ]


def test_numbers_of_neighbours_are_independent():
    assert found_suspicious() == []


def test_words_of_one_contact_are_independent():
    u = drawn()
    for one in Word:
        for other in range(one):
            assert suspicions(u[:, one], u[:, other]) == []


@pytest.mark.parametrize("word", Word)
def test_each_word_is_uniform(word):
    u = drawn()[:, word]
    assert stats.kstest(u, "uniform").pvalue > P
    assert 0.0 < u.min() < u.max() < 1.0


def test_numbers_of_a_case_from_k_to_k_are_a_random_sequence():
    """Gaps between numbers below a tenth, along k, are geometric (Knuth's gap test)."""
    along = np.concatenate([drawn(k=k, n=400)[:, Word.NEXT] for k in range(1, 101)])
    by_case = along.reshape(100, 400).T.ravel()  # the numbers of a case one after the other
    for sequence in (along, by_case):
        gaps = np.diff(np.flatnonzero(sequence < 0.1))
        counts = np.bincount(np.minimum(gaps, 40), minlength=41)[1:]
        shares = 0.1 * 0.9 ** np.arange(40)
        shares[-1] = 0.9**39
        assert stats.chisquare(counts, shares * counts.sum()).pvalue > P


def test_as_many_contacts_share_a_cell_as_should_by_chance():
    """Collisions of (talk, patience, next) in 2**24 cells: as in throwing balls into urns."""
    u = np.concatenate([drawn(day=day, k=k, n=2000) for day in range(10) for k in range(1, 11)])
    cells = (u[:, [Word.TALK, Word.PATIENCE, Word.NEXT]] * 2**8).astype(np.int64)
    cell = cells @ [2**16, 2**8, 1]
    n, urns = len(cell), 2**24
    collisions = n - len(np.unique(cell))
    expected = n - urns * (1 - (1 - 1 / urns) ** n)
    assert abs(collisions - expected) < 5 * np.sqrt(expected)


@pytest.mark.parametrize(("keys", "exact"), CONTINUOUS, ids=[named(keys) for keys, _ in CONTINUOUS])
def test_times_of_any_law_have_its_distribution_and_are_independent_from_day_to_day(keys, exact):
    (law,), knots = time_laws([law_of(**keys)])
    here, there = (time_s(law, knots, drawn(day=day)[:, Word.TALK]) for day in (3, 4))
    for times_s in (here, there):
        assert stats.kstest(times_s, exact.cdf).pvalue > P
    assert stats.spearmanr(here, there).pvalue > P


# A test of the tests ----------------------------------------------------------------------

COUNTERS = {
    "k is forgotten": lambda place, block, k, day: (place, block, 0, day),
    "the day is forgotten": lambda place, block, k, day: (place, block, k, 0),
    "the place is forgotten": lambda place, block, k, day: (0, block, k, day),
    "k and day are added": lambda place, block, k, day: (place, block, k + day, 0),
    "k goes on in the place": lambda place, block, k, day: (place + k, block, 0, day),
}


@pytest.mark.parametrize("mistake", COUNTERS)
def test_a_mistake_in_the_counter_is_found(monkeypatch, mistake):
    words = numbers._Philox.words
    monkeypatch.setattr(
        numbers._Philox,
        "words",
        lambda self, key, counter, n: words(self, key, COUNTERS[mistake](*counter), n),
    )
    assert found_suspicious()


def test_a_key_without_the_seed_is_found(monkeypatch):
    monkeypatch.setitem(
        globals(), "contact_key", lambda seed, replication, channel: (replication, 7)
    )
    assert {name for name, *_ in found_suspicious()} == {"seed", "channel"}
