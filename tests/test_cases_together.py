"""What first contacts bring is the same double, worked out for many cases together or alone."""

import numpy as np
import pytest
from reading import uniforms
from test_demand_laws import EVERY_LAW, every_law
from test_numbers import KEYS, PLAIN, tables

from hotline_sim.demand.laws import time_s
from hotline_sim.demand.words import Word
from hotline_sim.domain import DAY_S
from hotline_sim.streams import Streams

compiled = pytest.importorskip("hotline_sim.demand.compiled_cases")
arrays_of = pytest.importorskip("hotline_sim.demand.compiled").arrays_of

DAYS, EACH = 3, 4000  # days, and cases of each on either channel


def born():
    """Return cases on two channels in no order: what they bring depends on none."""
    day, place = np.divmod(np.arange(DAYS * EACH), EACH)
    shuffled = Streams(1, 0).at(0, "order").permutation(2 * len(day))
    return compiled.Born(
        arrival_s=(np.tile(day, 2) * DAY_S + 7.0)[shuffled],
        channel=np.repeat([0, 1], len(day))[shuffled],
        place=np.tile(place, 2)[shuffled],
    )


def numbers(cases):
    """Return the numbers of the cases' first contacts, from NumPy's generator."""
    drawn = np.stack(
        [[uniforms(key, day, 1, 0, EACH) for day in range(DAYS)] for key in KEYS]
    )  # by channel, day and place
    return drawn[cases.channel, (cases.arrival_s // DAY_S).astype(int), cases.place]


@every_law
def test_times_worked_out_together_are_those_of_each_number(number):
    all_of_it = PLAIN._replace(talk=0, wrap_up=0, patience=0, greeting=0)
    some_of_it = PLAIN._replace(talk=1)
    made = tables(all_of_it, some_of_it, laws=(EVERY_LAW[number], EVERY_LAW[0]))
    cases = born()
    brought, u = compiled.brought_by(arrays_of(made), cases), numbers(cases)
    first = cases.channel == 0
    for name, word, without in (
        ("talk_s", Word.TALK, None),
        ("wrap_up_s", Word.WRAP_UP, 0.0),
        ("patience_s", Word.PATIENCE, np.inf),
        ("greeting_s", Word.GREETING, 0.0),
    ):
        expected = time_s(made.laws[0], made.knots, u[first, word])
        np.testing.assert_array_equal(brought[name][first], expected)
        expected = time_s(made.laws[1], made.knots, u[~first, word])
        np.testing.assert_array_equal(
            brought[name][~first], expected if without is None else without
        )
    np.testing.assert_array_equal(brought["next"], u[:, Word.NEXT])


def test_opinions_worked_out_together_are_those_of_each_number():
    made = tables(PLAIN, PLAIN, laws=EVERY_LAW[:1])._replace(asks_opinions=True)
    cases = born()
    brought, u = compiled.brought_by(arrays_of(made), cases), numbers(cases)
    np.testing.assert_array_equal(brought["mood"], u[:, Word.MOOD])
    np.testing.assert_array_equal(brought["rating"], u[:, Word.RATING])


@pytest.mark.parametrize("n", [0, 1, 511, 512, 513])
def test_any_number_of_cases_is_worked_out(n):
    made = arrays_of(tables(PLAIN, PLAIN, laws=EVERY_LAW[:1]))
    whole, some = born(), compiled.Born(*(column[:n] for column in born()))
    found = compiled.brought_by(made, some)
    np.testing.assert_array_equal(found["talk_s"], compiled.brought_by(made, whole)["talk_s"][:n])
