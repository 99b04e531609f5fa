"""The compiled growth of possible contacts against NumPy's: the same calls, to the last bit."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import scenarios
from worlds import HAS_COMPILED

from hotline_sim import scenario
from hotline_sim.demand import Demand, Growth
from hotline_sim.domain import Calls
from hotline_sim.execution import growth_of
from hotline_sim.streams import Streams

if not HAS_COMPILED:
    pytest.skip("no compiled growth here", allow_module_level=True)

from mutants import HEAVY, assert_told_apart, mutant_of

from hotline_sim import kernel

MODULES = tuple(f"kernel.{n}" for n in ("state", "growth_state", "growth_room", "growth"))


def first_difference(loaded, stretches, growth):
    """Return the stretch and column in which calls differ between growths; None if none."""
    ours, theirs = (Demand(loaded, Streams(3, 0), g) for g in (growth, Growth))
    for day, until in stretches:
        a, b = ours.draw(day, until), theirs.draw(day, until)
        for column in (field.name for field in fields(Calls)):
            x, y = getattr(a, column), getattr(b, column)
            if x.dtype != y.dtype or not np.array_equal(x, y, equal_nan=x.dtype.kind == "f"):
                return day, until, column
    return None


def stretches_of(days):
    """Draw how days are taken together."""
    cuts = st.sets(st.integers(1, max(days - 1, 1)))
    return cuts.map(lambda c: [*zip([0, *sorted(c - {days})], [*sorted(c - {days}), days])])


@settings(suppress_health_check=HEAVY)
@given(scenarios(), st.data())
def test_growths_agree_on_whatever_a_scenario_may_say(loaded, data):
    stretches = data.draw(stretches_of(loaded.total_days))
    assert first_difference(loaded, stretches, kernel.Growth) is None


@pytest.mark.parametrize("name", ["nanning-before", "nanning-after", "work-orders", "one-team"])
def test_growths_agree_on_the_catalogue(name):
    loaded = scenario.load(name, overrides=["horizon.days=12", "horizon.warm_up_days=0"])
    assert first_difference(loaded, [(0, 1), (1, 8), (8, 12)], kernel.Growth) is None


def test_growths_agree_on_a_day_that_is_much_busier_than_those_before():
    """The numbers drawn ahead do not suffice, nor does the room."""
    loaded = scenario.load("storm-week", overrides=["horizon.warm_up_days=0"])
    days = [(day, day + 1) for day in range(loaded.total_days)]
    assert first_difference(loaded, days, kernel.Growth) is None


def test_each_engine_has_its_own_growth():
    assert growth_of("simpy") is Growth
    assert growth_of("compiled") is kernel.Growth


MISTAKES = {
    "the last try goes on": ("growth", "k == clock.max_contacts)", "False)"),
    "the bounds of the first try hold for all": ("growth", "min(k, trees", "min(1, trees"),
    "a row begins a little late": (
        "growth",
        "bounds[0] <= uniform",
        "bounds[0] + 0.01 <= uniform",
    ),
    "each ending has a contact of its own": (
        "growth",
        "if trees.children[row.to] == NOBODY:",
        "if True:",
    ),
    "late orders are not chased": ("growth", "order_s > row.deadline_s:", "False:"),
    "who is chased goes on as well": (
        "growth",
        "is_urged = trees.followers[at(who), at(row.way)] != NOBODY",
        "is_urged = False",
    ),
    "an urging goes on after the whole order": (
        "growth",
        "trees.order_s[at(late)] - row.due_s",
        "trees.order_s[at(late)]",
    ),
    "who urges goes nowhere": ("growth", "if urged.to != NOBODY:", "if False:"),
    "a row of orders is forgotten": ("growth", "if trees.rows[at(row)].opens:", "if row == 0:"),
    "a day's cases are those of the day before": (
        "growth",
        "clock.cases += trees.first[at(clock.day), at(number)]",
        "pass",
    ),
    "a day goes along where the day before did": (
        "growth",
        "trees.rows[at(number)].along_before = trees.rows[at(number)].along",
        "pass",
    ),
    "every office is the first": (
        "growth",
        "trees.department[at(who)] = row.department",
        "trees.department[at(who)] = 0",
    ),
}


@pytest.fixture
def mutant(monkeypatch):
    """Return the compiled growth as plain Python, a place in one of its modules changed."""
    return lambda *change: mutant_of(monkeypatch, MODULES, *change).Growth


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mutant, mistake):
    growth = mutant("kernel.growth", *MISTAKES[mistake][1:])

    def differs(loaded):
        return first_difference(loaded, [(0, loaded.total_days)], growth) is not None

    urgings = scenario.load("work-orders", overrides=["horizon.days=2", "horizon.warm_up_days=0"])
    if differs(urgings):  # which random scenarios seldom have
        return
    assert_told_apart(scenarios(), differs, mistake, 1000)
