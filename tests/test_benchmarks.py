"""The loop in C that the compiled engine is timed against plays the same hotline."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import tiny_worlds
from worlds import HAS_COMPILED, call, voice, world

from hotline_sim.domain import ContactLog, Rules, Serves

if not HAS_COMPILED:
    pytest.skip("no compiled engine here", allow_module_level=True)

from benchmarks import loop
from hotline_sim.kernel import room


@pytest.fixture(scope="module")
def in_c(tmp_path_factory):
    library = loop.built(tmp_path_factory.mktemp("loop"))
    if isinstance(library, str):
        pytest.skip(library)
    return loop.in_c(library)


def on_the_phone(a_world, lines):
    """Return a world's stretches, with all contacts on one phone that all teams serve."""
    rules = Rules(
        channels=(voice(lines=lines),),
        serves=tuple((Serves(0, 0.0),) for _ in a_world.rules.serves),
        team_of_seat=a_world.rules.team_of_seat,
    )
    days = [
        (day + 1, room.today_of(_by_phone(calls), duty))
        for day, (calls, duty) in enumerate(zip(a_world.calls, a_world.duty, strict=True))
    ]
    return loop.Stretches(rules, days)


def _by_phone(calls):
    yes = np.ones(len(calls), bool)
    return replace(calls, channel=np.zeros(len(calls), np.int64), silent=~yes, reached=yes)


# An agent comes on as the second caller's patience ends, and has no talk with the first.
NO_TALK = world(cases=[(1, call(0)), (2, call(5, patience_s=8))], stints=[(0, 10.0, 99.0)])


@settings(max_examples=max(200, settings().max_examples))
@example(NO_TALK, None)
@given(tiny_worlds(), st.none() | st.integers(0, 3))
def test_the_loop_in_c_writes_the_engines_log(in_c, a_world, lines):
    work = on_the_phone(a_world, lines)
    ours, theirs = loop.log_of(loop.compiled, work), loop.log_of(in_c, work)
    for column in (field.name for field in fields(ContactLog)):
        one, other = getattr(theirs, column), getattr(ours, column)
        np.testing.assert_array_equal(one, other, column, strict=True)


def test_without_a_compiler_the_comparison_is_left_out_in_one_line(
    capsys, monkeypatch, load_text, smallest
):
    monkeypatch.setenv("CC", "no-such-compiler -O1")
    loop.print_loops(load_text(smallest), seed=1, rounds=1)
    assert capsys.readouterr().out == (
        "\nthe loop in C is left out: no-such-compiler: No such file or directory\n"
    )


def test_the_comparison_prints_a_ratio_for_stretches_and_for_days(
    capsys, in_c, load_text, smallest
):
    loop.print_loops(load_text(smallest), seed=1, rounds=2)
    assert capsys.readouterr().out.count("times as long as C") == 2
