"""One queue by whichever formula it takes, with redials and chats; agents for goals."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from hotline_sim import erlang
from hotline_sim.erlang import (
    Exponential,
    Goal,
    Lognormal,
    Never,
    Queue,
    Weibull,
    agents_needed,
    fewest_agents,
    queue_measures,
)

RATES: dict[str, Any] = {"calls_per_hour": 120.0, "handle_mean_s": 240.0}
IMPATIENT = Exponential(mean_s=350.0)
WEIBULL = Weibull(mean_s=350.0, shape=0.75)


def queue(**more):
    return Queue(**(RATES | {"patience": IMPATIENT} | more))


def shared(found):
    """Return the measures of the queue alone."""
    return {
        field.name: getattr(found, field.name) for field in dataclasses.fields(erlang.QueueMeasures)
    }


# Which formula ----------------------------------------------------------------------------


@pytest.mark.parametrize("agents", [7, 9, 40])
@pytest.mark.parametrize("lines", [None, 12])
def test_without_redials_it_is_erlang_a_and_c_with_or_without_lines(agents, lines):
    same = RATES | {"agents": agents, "within_s": 20.0, "lines": lines}
    found = queue_measures(queue=queue(lines=lines), agents=agents, within_s=20.0)
    assert shared(found) == dataclasses.asdict(erlang.erlang_a(**same, patience_mean_s=350.0))
    if lines is not None or agents > 8:
        found = queue_measures(
            queue=queue(lines=lines, patience=Never()), agents=agents, within_s=20.0
        )
        assert shared(found) == dataclasses.asdict(erlang.erlang_c(**same))


def test_any_other_patience_is_zeltyn_and_mandelbaums():
    found = queue_measures(queue=queue(patience=WEIBULL), agents=8, within_s=20.0)
    exact = erlang.mmn_g(**RATES, agents=8, patience=WEIBULL, within_s=20.0)
    assert shared(found) == dataclasses.asdict(exact)
    assert (found.offered_per_hour, found.redial_share) == (120.0, 0.0)
    assert found.case_connect_rate == found.connect_rate


@pytest.mark.parametrize(("calls_per_hour", "agents"), [(120.0, 8), (90_000.0, 5000), (9.0, 5000)])
def test_where_nobody_may_wait_it_is_erlang_b(calls_per_hour, agents):
    found = queue_measures(
        queue=queue(calls_per_hour=calls_per_hour, may_wait=False), agents=agents, within_s=0.0
    )
    lost = erlang.erlang_b(calls_per_hour=calls_per_hour, handle_mean_s=240.0, lines=agents)
    assert found.blocked_share == pytest.approx(lost, rel=1e-12)
    assert found.connect_rate == pytest.approx(1.0 - lost, abs=1e-15)
    carried = calls_per_hour / 3600.0 * 240.0 * (1.0 - lost)
    assert found.occupancy == pytest.approx(carried / agents, rel=1e-12)


# Redials ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "patience", [IMPATIENT, WEIBULL, Lognormal(mean_s=350.0, sigma_log=0.9)], ids=repr
)
@pytest.mark.parametrize(
    ("agents", "load"), [(1, 0.7), (9, 1.0), (9, 4.0), (5000, 0.99), (5000, 2.0)]
)
def test_as_many_fail_as_redials_were_assumed_from(agents, load, patience):
    calls_per_hour = load * agents * 15.0
    asked = queue(calls_per_hour=calls_per_hour, patience=patience, redial_probability=0.45)
    found = queue_measures(queue=asked, agents=agents, within_s=20.0)
    offered = found.offered_per_hour
    # The same queue, offered all of it and no redials, by the formula in which they play no part.
    alone = erlang.mmn_g(
        calls_per_hour=offered, handle_mean_s=240.0, agents=agents, patience=patience, within_s=20.0
    )
    failed = 1.0 - alone.connect_rate
    assert offered == pytest.approx(calls_per_hour / (1.0 - 0.45 * failed), rel=1e-9)
    assert found.connect_rate == pytest.approx(alone.connect_rate, rel=1e-8)
    assert found.service_level == pytest.approx(alone.service_level, rel=1e-7, abs=1e-12)
    # Whoever is answered in the end hangs up for the last time; nobody else ends but by giving up.
    ended = found.case_connect_rate + found.offered_per_hour / calls_per_hour * failed * 0.55
    assert ended == pytest.approx(1.0, rel=1e-9)


def test_redials_where_nobody_may_wait_are_those_of_erlang_b():
    found = queue_measures(
        queue=queue(may_wait=False, redial_probability=0.6), agents=8, within_s=0.0
    )
    offered = found.offered_per_hour
    lost = erlang.erlang_b(calls_per_hour=offered, handle_mean_s=240.0, lines=8)
    assert offered == pytest.approx(120.0 / (1.0 - 0.6 * lost), rel=1e-12)


# Chats ------------------------------------------------------------------------------------


@pytest.mark.parametrize("patience", [IMPATIENT, WEIBULL], ids=repr)
def test_chats_that_cost_no_time_are_as_many_agents(patience):
    chats = queue(patience=patience, concurrency=3)
    few = queue_measures(queue=chats, agents=3, within_s=20.0)
    many = queue_measures(queue=queue(patience=patience), agents=9, within_s=20.0)
    for name in set(shared(few)) - {"occupancy"}:
        assert getattr(few, name) == pytest.approx(getattr(many, name), rel=1e-12), name
    assert few.occupancy > many.occupancy  # busy with one chat is busy


def chat_states(agents, *, arrive, handle_s, patience_s, slowdown, most=120):
    """Return the weights of 0 to *most* chats present, agents with two of them at most."""
    weight = [1.0]
    for present in range(1, most + 1):
        in_hand = min(present, 2 * agents)
        with_two = max(0, in_hand - agents)
        with_one = min(in_hand, agents) - with_two
        death = with_one / handle_s + 2 * with_two / (handle_s * (1.0 + slowdown))
        death += max(0, present - 2 * agents) / patience_s
        weight.append(weight[-1] * arrive / death)
    return np.array(weight) / sum(weight)


def test_chats_that_slow_each_other_down_are_those_of_their_chain():
    found = queue_measures(queue=queue(concurrency=2, slowdown=0.4), agents=5, within_s=20.0)
    share = chat_states(5, arrive=120.0 / 3600, handle_s=240.0, patience_s=350.0, slowdown=0.4)
    present = np.arange(len(share))
    waiting = share @ np.maximum(0, present - 10)
    assert found.waiting_mean == pytest.approx(waiting, rel=1e-10)
    assert found.wait_share == pytest.approx(share[10:].sum(), rel=1e-10)
    assert found.abandonment_rate == pytest.approx(waiting / 350.0 * 30.0, rel=1e-10)
    assert found.occupancy == pytest.approx(share @ np.minimum(present, 5) / 5.0, rel=1e-10)


def test_chats_of_general_patience_that_is_exponential_are_those_of_the_chain():
    same = {"concurrency": 2, "slowdown": 0.4, "redial_probability": 0.3}
    found, other = (
        queue_measures(queue=queue(patience=law, **same), agents=5, within_s=20.0)
        for law in (IMPATIENT, Weibull(mean_s=350.0, shape=1.0))
    )
    assert dataclasses.asdict(found) == pytest.approx(dataclasses.asdict(other), rel=1e-9)


# Goals ------------------------------------------------------------------------------------

GOALS = [
    Goal("connect_rate", 0.95),
    Goal("case_connect_rate", 0.99),
    Goal("service_level", 0.8, within_s=20.0),
    Goal("service_level_answered", 0.9, within_s=15.0),
    Goal("abandonment_rate", 0.03),
    Goal("occupancy", 0.7),
    Goal("asa_s", 12.0),
]


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.measure)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"redial_probability": 0.45},
        {"patience": WEIBULL, "redial_probability": 0.7},
        {"calls_per_hour": 6.0},
        {"calls_per_hour": 75_000.0, "redial_probability": 0.45},
        {"concurrency": 3, "slowdown": 0.3},
        {"lines": 60, "calls_per_hour": 300.0, "redial_probability": 0.45},
        {"lines": 10, "calls_per_hour": 30.0, "handle_mean_s": 60.0, "redial_probability": 0.45},
    ],
    ids=str,
)
def test_the_fewest_agents_meet_the_goal_and_one_fewer_misses_it(goal, more):
    asked = queue(**more)
    needed = fewest_agents(queue=asked, goals=[goal])
    within_s = goal.within_s or 0.0
    assert goal.met_by(queue_measures(queue=asked, agents=needed, within_s=within_s))
    if needed > 1:
        assert not goal.met_by(queue_measures(queue=asked, agents=needed - 1, within_s=within_s))


def test_all_goals_are_met_together_by_as_many_agents_as_the_hardest_takes():
    easy, hard = Goal("connect_rate", 0.9), Goal("asa_s", 2.0)
    alone = [fewest_agents(queue=queue(), goals=[goal]) for goal in (easy, hard)]
    assert alone[0] < alone[1]
    assert fewest_agents(queue=queue(), goals=[easy, hard]) == alone[1]
    assert fewest_agents(queue=queue(), goals=[hard, easy]) == alone[1]


def test_endless_patience_takes_more_agents_than_the_work_alone():
    asked = queue(patience=Never())
    needed = fewest_agents(queue=asked, goals=[Goal("occupancy", 0.9999)])
    assert needed == 9  # 8 erlangs
    small = fewest_agents(queue=asked, goals=[Goal("asa_s", 1e6)])
    assert small == 9


def test_intervals_are_each_what_they_are_alone_and_none_call_none_answer():
    calls = np.array([[0.0, 120.0, 90.0], [300.0, 120.0, 31.5]])
    patience = [IMPATIENT, WEIBULL, Never()]
    redial = np.array([[0.0], [0.45]])
    goals = [Goal("service_level", 0.8, within_s=20.0), Goal("occupancy", 0.85)]
    needed = agents_needed(
        calls_per_hour=calls,
        handle_mean_s=240.0,
        patience=patience,
        redial_probability=redial,
        goals=goals,
    )
    assert needed.shape == (2, 3)
    assert needed.dtype == np.int64
    for i, j in np.ndindex(2, 3):
        alone = 0
        if calls[i, j]:
            asked = queue(
                calls_per_hour=float(calls[i, j]),
                patience=patience[j],
                redial_probability=float(redial[i, 0]),
            )
            alone = fewest_agents(queue=asked, goals=goals)
        assert needed[i, j] == alone


def test_means_of_patience_are_exponential_and_goals_may_differ_by_interval():
    needed = agents_needed(
        calls_per_hour=120.0,
        handle_mean_s=240.0,
        patience=[350.0, 350.0, math.inf],
        goals=[Goal("connect_rate", 0.9), [Goal("connect_rate", 0.99)], Goal("asa_s", 10.0)],
    )
    asked = [queue(), queue(), queue(patience=Never())]
    goals = [Goal("connect_rate", 0.9), Goal("connect_rate", 0.99), Goal("asa_s", 10.0)]
    alone = [fewest_agents(queue=q, goals=[g]) for q, g in zip(asked, goals, strict=True)]
    assert needed.tolist() == alone
    assert needed[0] < needed[1]


def test_chats_and_lines_are_taken_from_the_queue_given():
    like = queue(concurrency=3, slowdown=0.2)
    needed = agents_needed(**RATES, patience=350.0, goals=[Goal("connect_rate", 0.95)], like=like)
    assert needed == fewest_agents(queue=like, goals=[Goal("connect_rate", 0.95)])


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: Goal("satisfaction_rate", 0.9), "measure = satisfaction_rate: one of"),
        (lambda: Goal("connect_rate", 95.0), "connect_rate = 95.0: must be above 0 and below 1"),
        (lambda: Goal("asa_s", 0.0), "asa_s = 0.0"),
        (lambda: Goal("service_level", 0.8), "within_s = None: is wanted"),
        (lambda: Goal("asa_s", 9.0, within_s=20.0), "within_s = 20.0: means nothing"),
        (lambda: queue(lines=9, patience=WEIBULL), "lines = 9: there is no formula with Weibull"),
        (lambda: queue(lines=9, concurrency=2), "lines = 9: with chats"),
        (lambda: queue(redial_probability=1.0), "redial_probability = 1.0"),
        (lambda: queue(slowdown=-0.1), "slowdown = -0.1"),
        (
            lambda: fewest_agents(queue=queue(lines=9), goals=[Goal("connect_rate", 0.95)]),
            "lines = 9: with an agent at every line connect_rate is 0.8268",
        ),
        (lambda: agents_needed(**RATES, goals=[]), "at least one is wanted"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_and_value(ask, message):
    with pytest.raises(ValueError, match=message):
        ask()
