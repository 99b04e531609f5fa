"""Exact formulas against published figures, matrices, simulation, limits and each other."""

import dataclasses
import heapq
import inspect
import itertools
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hotline_sim import erlang
from hotline_sim.erlang import (
    Exponential,
    Fixed,
    Lognormal,
    Uniform,
    Weibull,
    erlang_a,
    erlang_b,
    erlang_c,
    mmn_g,
    with_redials,
)

pytestmark = pytest.mark.filterwarnings("error")

LAWS = [
    Exponential(mean_s=350.0),
    Weibull(mean_s=350.0, shape=0.75),
    Weibull(mean_s=350.0, shape=4.0),
    Lognormal(mean_s=350.0, sigma_log=0.9),
    Uniform(mean_s=315.0, half_width_s=285.0),
    Fixed(mean_s=90.0),
]
LOADS = [0.05, 0.8, 1.0, 1.3, 5.0]  # work offered / work the agents can do


@pytest.fixture(autouse=True)
def _floats_that_leave_their_range_are_errors():
    # Underflow to 0 is the right answer for what is too rare to matter.
    with np.errstate(over="raise", divide="raise", invalid="raise", under="ignore"):
        yield


def rate(agents, load, handle_mean_s=240.0):
    return 3600.0 * load * agents / handle_mean_s


def hotline(agents, load, within_s=15.0):
    return {
        "calls_per_hour": rate(agents, load),
        "handle_mean_s": 240.0,
        "agents": agents,
        "within_s": within_s,
    }


def assert_same(left, right, relative=1e-8, floor=1e-14):
    for name, value in dataclasses.asdict(left).items():
        assert getattr(right, name) == pytest.approx(value, rel=relative, abs=floor), name


# Published figures


@pytest.mark.parametrize(
    ("lines", "erlangs", "digit", "blocked"),
    [
        # Westbay Engineers' Erlang calculator manual, "How much traffic can a trunk group carry?"
        (15, 8.108, 0.001, 0.01),
        # The Erlang B table of every traffic handbook, columns 1 % and 2 %
        (10, 4.46, 0.01, 0.01),
        (100, 84.1, 0.1, 0.01),
        (10, 5.08, 0.01, 0.02),
    ],
)
def test_erlang_b_gives_the_traffic_of_the_published_tables(lines, erlangs, digit, blocked):
    low, high = (
        erlang_b(calls_per_hour=traffic, handle_mean_s=3600.0, lines=lines)
        for traffic in (erlangs - digit, erlangs + digit)
    )
    assert low < blocked < high


def test_erlang_c_gives_the_figures_in_the_readme_of_pyworkforce():
    # 100 contacts of 3 min in 30 min, 14 agents, within 20 s
    queue = erlang_c(calls_per_hour=200.0, handle_mean_s=180.0, agents=14, within_s=20.0)
    assert queue.wait_share == pytest.approx(0.1741319335950498, rel=1e-12)
    assert queue.service_level == pytest.approx(0.8883500191794669, rel=1e-12)
    assert queue.occupancy == pytest.approx(0.7142857142857143, rel=1e-12)


def test_erlang_c_and_a_give_the_table_of_garnett_mandelbaum_and_reiman():
    # M&SOM 4(3), 2002, table 1: 50 agents, 48 calls a minute of 1 min, patience 2 min; the
    # 90th percentile of the wait is 58.1 s without abandonment and 12.5 s with it.
    same: dict[str, Any] = {"calls_per_hour": 48.0 * 60.0, "handle_mean_s": 60.0, "agents": 50}
    patient = erlang_c(**same, within_s=58.1)
    assert round(patient.wait_mean_s, 1) == 20.8
    assert round(patient.wait_over_share, 2) == 0.10
    assert round(patient.waiting_mean) == 17
    assert round(patient.occupancy, 2) == 0.96
    real = erlang_a(**same, patience_mean_s=120.0, within_s=12.5)
    assert round(real.abandonment_rate, 3) == 0.031
    assert round(real.wait_mean_s, 1) == 3.7
    assert round(real.wait_over_share, 2) == 0.10
    assert round(real.waiting_mean) == 3
    assert round(real.occupancy, 2) == 0.93


@pytest.mark.parametrize("load", [0.3, 0.95, 1.4])
def test_one_agent_and_fixed_patience_give_barrers_formula(load):
    # Barrer 1957, Queuing with impatient customers and ordered service
    patience_s, handle_s = 100.0, 240.0
    queue = mmn_g(
        calls_per_hour=rate(1, load, handle_s),
        handle_mean_s=handle_s,
        agents=1,
        patience=Fixed(mean_s=patience_s),
        within_s=patience_s / 2.0,
    )
    grown = math.exp((load - 1.0) * patience_s / handle_s)
    lost = (1.0 - load) * load * grown / (1.0 - load**2 * grown)
    assert queue.abandonment_rate == pytest.approx(lost, rel=1e-10)


# The chain itself, as a matrix


def solved(*, arrive, finish_each, give_up, agents, places, within_s):
    """Measures from the generator of the chain and that of a waiting caller."""
    from scipy.linalg import expm

    states = np.arange(agents + places + 1)
    waiting = np.maximum(states - agents, 0)
    leave = np.minimum(states, agents) * finish_each + waiting * give_up
    generator = np.diag(np.full(len(states) - 1, arrive), 1) + np.diag(leave[1:], -1)
    generator -= np.diag(generator.sum(axis=1))
    system = np.vstack([generator.T, np.ones(len(states))])
    share = np.linalg.lstsq(system, np.eye(len(system))[-1], rcond=None)[0]

    ahead = np.arange(places)
    moves = np.diag(agents * finish_each + ahead[1:] * give_up, -1)
    moves -= np.diag(agents * finish_each + (ahead + 1) * give_up)
    answer = np.where(ahead == 0, agents * finish_each, 0.0)
    found = share[agents:-1]
    still = expm(moves * within_s)
    idle = share[:agents].sum()
    stays = np.linalg.solve(-moves, answer)
    connect_rate = idle + found @ stays
    return {
        "connect_rate": connect_rate,
        "abandonment_rate": give_up * (share @ waiting) / arrive,
        "blocked_share": share[-1],
        "wait_share": found.sum(),
        "wait_mean_s": found @ np.linalg.solve(-moves, np.ones(places)) / (1.0 - share[-1]),
        "asa_s": found @ np.linalg.solve(-moves, stays) / connect_rate,
        "service_level": idle + found @ np.linalg.solve(moves, (still - np.eye(places)) @ answer),
        "wait_over_share": found @ still.sum(axis=1),
        "waiting_mean": share @ waiting,
        "occupancy": share @ np.minimum(states, agents) / agents,
    }


@pytest.mark.parametrize("load", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("patience_mean_s", [30.0, 350.0, math.inf])
@pytest.mark.parametrize(("agents", "lines"), [(1, 2), (4, 5), (4, 19), (20, 45)])
def test_a_limited_number_of_lines_is_the_matrix_solved(agents, lines, patience_mean_s, load):
    queue = erlang_a(
        **hotline(agents, load, within_s=25.0), patience_mean_s=patience_mean_s, lines=lines
    )
    expected = solved(
        arrive=rate(agents, load) / 3600.0,
        finish_each=1.0 / 240.0,
        give_up=1.0 / patience_mean_s,
        agents=agents,
        places=lines - agents,
        within_s=25.0,
    )
    assert dataclasses.asdict(queue) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("load", [0.5, 1.0, 2.5])
@pytest.mark.parametrize("agents", [1, 6])
def test_unlimited_lines_are_the_matrix_of_more_lines_than_ever_needed(agents, load):
    queue = erlang_a(**hotline(agents, load), patience_mean_s=120.0)
    expected = solved(
        arrive=rate(agents, load) / 3600.0,
        finish_each=1.0 / 240.0,
        give_up=1.0 / 120.0,
        agents=agents,
        places=70,
        within_s=15.0,
    )
    assert dataclasses.asdict(queue) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_callers_who_hang_up_on_hearing_a_queue_are_a_survival_that_begins_below_1():
    # Then contacts arrive at the queue at 0.8 of the rate: Erlang A with another birth rate.
    agents, places, arrive, handle_s, patience_s = 5, 80, 0.03, 240.0, 150.0
    queue = mmn_g(
        calls_per_hour=3600.0 * arrive,
        handle_mean_s=handle_s,
        agents=agents,
        patience=lambda wait_s: 0.8 * np.exp(-wait_s / patience_s),
        within_s=20.0,
    )
    states = np.arange(1, agents + places)
    birth = np.where(states > agents, 0.8 * arrive, arrive)
    death = np.minimum(states, agents) / handle_s + np.maximum(states - agents, 0) / patience_s
    share = np.concatenate([[1.0], np.cumprod(birth / death)])
    share /= share.sum()
    waiting_mean = share[agents:] @ np.arange(places)
    busy = share[agents:].sum()
    assert queue.wait_share == pytest.approx(busy, rel=1e-10)
    assert queue.waiting_mean == pytest.approx(waiting_mean, rel=1e-10)
    lost = 0.2 * busy + waiting_mean / patience_s / arrive
    assert queue.abandonment_rate == pytest.approx(lost, rel=1e-10)


# Limits, and one formula as a case of another


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("agents", [1, 12, 300, 5000])
@pytest.mark.parametrize("patience_mean_s", [4.0, 350.0])
def test_general_patience_that_is_exponential_is_erlang_a(agents, load, patience_mean_s):
    same = hotline(agents, load)
    expected = erlang_a(**same, patience_mean_s=patience_mean_s)
    assert_same(expected, mmn_g(**same, patience=Exponential(mean_s=patience_mean_s)), floor=1e-30)
    curve = mmn_g(**same, patience=lambda wait_s: np.exp(-wait_s / patience_mean_s))
    assert_same(expected, curve)


@pytest.mark.parametrize("agents", [1, 12, 300, 5000])
@pytest.mark.parametrize("load", [0.05, 0.8, 0.97])
def test_patience_without_end_is_erlang_c(agents, load):
    same = hotline(agents, load)
    expected = erlang_c(**same)
    assert erlang_a(**same, patience_mean_s=math.inf) == expected
    assert_same(expected, erlang_a(**same, patience_mean_s=1e16), floor=1e-9)
    assert_same(expected, mmn_g(**same, patience=np.ones_like))
    assert_same(expected, erlang_c(**same, lines=agents + 3000), floor=1e-12)


@pytest.mark.parametrize("agents", [1, 12, 300, 5000])
@pytest.mark.parametrize("load", LOADS)
def test_no_patience_at_all_is_erlang_b(agents, load):
    offered = {"calls_per_hour": rate(agents, load), "handle_mean_s": 240.0}
    lost = erlang_b(**offered, lines=agents)
    queue = erlang_a(**offered, patience_mean_s=1e-10, agents=agents, within_s=15.0)
    assert queue.abandonment_rate == pytest.approx(lost, rel=1e-8, abs=1e-30)
    lines_only = erlang_c(**offered, agents=agents, within_s=15.0, lines=agents)
    assert lines_only.blocked_share == pytest.approx(lost, rel=1e-9, abs=0.0)
    assert lines_only.connect_rate == pytest.approx(1.0 - lost, rel=1e-11)


def test_agents_beyond_the_number_of_lines_only_sit_idle():
    same: dict[str, Any] = {
        "calls_per_hour": 200.0,
        "handle_mean_s": 240.0,
        "patience_mean_s": 100.0,
        "within_s": 15.0,
        "lines": 8,
    }
    enough, more = erlang_a(**same, agents=8), erlang_a(**same, agents=16)
    assert dataclasses.replace(more, occupancy=2.0 * more.occupancy) == enough


# General patience


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("agents", [1, 40, 5000])
def test_agents_are_as_busy_as_the_answered_contacts_make_them(agents, load, law):
    # Below full occupation the chain is Erlang B's whatever the patience, so the share that
    # waits fixes the busy agents; the answered contacts do so too, by Little's law.
    queue = mmn_g(**hotline(agents, load), patience=law)
    log_weight = np.cumsum(np.log(load * agents / np.arange(1, agents)))
    log_weight = np.concatenate([[0.0], log_weight])
    weight = np.exp(log_weight - log_weight.max())
    busy_if_idle = weight @ np.arange(agents) / weight.sum()
    busy = (1.0 - queue.wait_share) * busy_if_idle + queue.wait_share * agents
    assert queue.occupancy == pytest.approx(busy / agents, rel=1e-9)
    assert queue.connect_rate + queue.abandonment_rate == pytest.approx(1.0, abs=1e-12)
    assert queue.asa_s <= queue.wait_mean_s * (1.0 + 1e-12) / queue.connect_rate


@pytest.mark.parametrize("law", LAWS, ids=repr)
@pytest.mark.parametrize(("agents", "load"), [(1, 0.6), (30, 1.1), (5000, 1.5)])
@pytest.mark.parametrize("within_s", [0.0, 15.0, 1000.0])
def test_a_law_and_its_survival_function_give_the_same_queue(law, agents, load, within_s):
    same = hotline(agents, load, within_s)
    assert_same(mmn_g(**same, patience=law), mmn_g(**same, patience=law.survival))


@pytest.mark.parametrize("law", LAWS, ids=repr)
def test_a_law_agrees_with_its_own_integral_and_mean(law):
    from scipy.integrate import quad

    kinks: dict[type, list[float]] = {Uniform: [30.0], Fixed: [90.0]}
    kinks_s = kinks.get(type(law), [])
    for wait_s in (0.7, 45.0, 95.0, 800.0):
        integral_s = quad(
            lambda x: float(law.survival(np.array(x))),
            0.0,
            wait_s,
            points=[kink_s for kink_s in kinks_s if kink_s < wait_s] or None,
            epsabs=1e-11,
        )[0]
        assert float(law.mean_up_to_s(np.array(wait_s))) == pytest.approx(integral_s, rel=1e-9)
        gone = float(law.given_up(np.array(wait_s)))
        assert gone == pytest.approx(1.0 - float(law.survival(np.array(wait_s))), abs=1e-15)
    assert float(law.mean_up_to_s(np.array(1e7))) == pytest.approx(law.mean_s, rel=1e-9)
    assert float(law.survival(np.array(0.0))) == 1.0


@pytest.mark.parametrize(
    "law",
    [Weibull(mean_s=120.0, shape=0.75), Lognormal(mean_s=120.0, sigma_log=0.9), Fixed(mean_s=40.0)],
    ids=repr,
)
def test_general_patience_is_what_a_simulation_finds(law):
    agents, handle_s, n, batches, within_s = 6, 240.0, 200_000, 40, 20.0
    rng = np.random.Generator(np.random.Philox(20240601))
    arrival_s = np.cumsum(rng.exponential(handle_s / (1.05 * agents), n))
    handle = rng.exponential(handle_s, n)
    unit = rng.random(n)
    if isinstance(law, Fixed):
        patience_s = np.full(n, law.mean_s)
    elif isinstance(law, Weibull):
        patience_s = -np.log(unit)
        patience_s = law.mean() / math.gamma(1.0 + 1.0 / law.shape) * patience_s ** (1 / law.shape)
    else:
        sigma = law.sigma_log
        patience_s = law.mean_s * np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2.0)

    free_s = [0.0] * agents
    wait_s, answered = np.zeros(n), np.zeros(n, dtype=bool)
    for i in range(n):
        offered_s = max(0.0, free_s[0] - arrival_s[i])
        answered[i] = offered_s <= patience_s[i]
        wait_s[i] = min(offered_s, patience_s[i])
        if answered[i]:
            heapq.heapreplace(free_s, arrival_s[i] + offered_s + handle[i])

    exact = mmn_g(
        calls_per_hour=rate(agents, 1.05),
        handle_mean_s=handle_s,
        agents=agents,
        patience=law,
        within_s=within_s,
    )
    for expected, seen in [
        (exact.connect_rate, answered),
        (exact.wait_share, wait_s > 0.0),
        (exact.wait_mean_s, wait_s),
        (exact.asa_s * exact.connect_rate, np.where(answered, wait_s, 0.0)),
        (exact.service_level, answered & (wait_s <= within_s)),
        (exact.wait_over_share, wait_s > within_s),
    ]:
        means = seen[n // batches :].reshape(batches - 1, -1).mean(axis=1)
        error = means.std(ddof=1) / math.sqrt(len(means))
        assert abs(means.mean() - expected) < 4.0 * error


@pytest.mark.parametrize("load", [0.7, 1.02, 1.6])
def test_a_staircase_of_patience_is_the_sum_over_its_steps(load):
    # Zeltyn & Mandelbaum 2005: with J the integral of exp(arrive * H(x) - n * x / handle),
    # whose exponent a staircase makes straight between steps, P(wait) = arrive * J / (epsilon
    # + arrive * J) and P(abandon) = (1 + (arrive - n / handle) * J) / (epsilon + arrive * J).
    agents, handle_s = 3, 240.0
    arrive, finish = rate(agents, load) / 3600.0, agents / handle_s
    steps_s = np.linspace(13.0, 500.0, 37)
    slopes = arrive * (1.0 - np.arange(38) / 37.0) - finish
    widths_s = np.diff(steps_s, prepend=0.0)
    starts = np.exp(np.concatenate([[0.0], np.cumsum(slopes[:-1] * widths_s)]))
    area = (
        np.sum(starts[:-1] * np.expm1(slopes[:-1] * widths_s) / slopes[:-1]) + starts[-1] / finish
    )
    work = load * agents
    epsilon = sum(math.comb(2, j) * math.factorial(j) / work**j for j in range(agents))
    queue = mmn_g(
        **hotline(agents, load),
        patience=lambda wait_s: 1.0 - np.searchsorted(steps_s, wait_s, side="right") / 37.0,
    )
    assert queue.wait_share == pytest.approx(arrive * area / (epsilon + arrive * area), rel=1e-10)
    lost = (1.0 + (arrive - finish) * area) / (epsilon + arrive * area)
    assert queue.abandonment_rate == pytest.approx(lost, rel=1e-9)


def test_the_rounding_of_a_survival_function_is_not_chased_with_ever_finer_panels():
    # Nobody gives up here, so 1 - survival is nothing but rounding.
    asked = []

    def survival(wait_s):
        asked.append(len(wait_s))
        return Weibull(mean_s=350.0, shape=4.0).survival(wait_s)

    queue = mmn_g(**hotline(5000, 0.6), patience=survival)
    assert queue.abandonment_rate < 1e-14
    assert sum(asked) < 50_000


# Laws all the formulas obey


FORMULAS = {
    "erlang_a": lambda **same: erlang_a(**same, patience_mean_s=200.0),
    "erlang_a, 60 lines": lambda **same: erlang_a(**same, patience_mean_s=200.0, lines=60),
    "erlang_c, 60 lines": lambda **same: erlang_c(**same, lines=60),
    "weibull": lambda **same: mmn_g(**same, patience=Weibull(mean_s=200.0, shape=0.75)),
    "fixed": lambda **same: mmn_g(**same, patience=Fixed(mean_s=60.0)),
}


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_one_more_agent_shortens_waits_and_loses_fewer_contacts(formula):
    queues = [formula(**hotline(40, 1.0) | {"agents": agents}) for agents in range(1, 59)]
    for less, more in itertools.pairwise(queues):
        assert more.connect_rate > less.connect_rate * (1.0 - 1e-13)
        assert more.wait_mean_s < less.wait_mean_s
        assert more.asa_s < less.asa_s
        assert more.service_level >= less.service_level


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
@pytest.mark.parametrize("load", [0.6, 1.0, 1.2])
def test_waits_obey_littles_law_and_every_contact_ends_once(formula, load):
    per_hour = rate(40, load)
    queue = formula(calls_per_hour=per_hour, handle_mean_s=240.0, agents=40, within_s=15.0)
    admitted = 1.0 - queue.blocked_share
    assert queue.waiting_mean == pytest.approx(
        per_hour / 3600.0 * admitted * queue.wait_mean_s, rel=1e-11
    )
    ends = queue.connect_rate + queue.abandonment_rate + queue.blocked_share
    assert ends == pytest.approx(1.0, abs=1e-12)
    assert queue.service_level + queue.wait_over_share <= admitted + 1e-12
    assert queue.wait_over_share < queue.wait_share
    assert 0.0 < queue.occupancy < 1.0


@pytest.mark.parametrize("factor", [1e-3, 60.0])
@pytest.mark.parametrize(
    ("law", "slower"),
    [
        (Exponential(mean_s=90.0), lambda f: Exponential(mean_s=90.0 * f)),
        (Weibull(mean_s=90.0, shape=0.75), lambda f: Weibull(mean_s=90.0 * f, shape=0.75)),
        (
            Lognormal(mean_s=90.0, sigma_log=1.2),
            lambda f: Lognormal(mean_s=90.0 * f, sigma_log=1.2),
        ),
        (
            Uniform(mean_s=55.0, half_width_s=35.0),
            lambda f: Uniform(mean_s=55.0 * f, half_width_s=35.0 * f),
        ),
        (Fixed(mean_s=90.0), lambda f: Fixed(mean_s=90.0 * f)),
    ],
)
def test_slower_clocks_stretch_waits_and_move_no_share(law, slower, factor):
    same = {"agents": 25}
    slow = {"handle_mean_s": 240.0 * factor, "within_s": 15.0 * factor, "agents": 25}
    quick = mmn_g(
        **same, calls_per_hour=rate(25, 1.1), handle_mean_s=240.0, patience=law, within_s=15.0
    )
    late = mmn_g(**slow, calls_per_hour=rate(25, 1.1) / factor, patience=slower(factor))
    expected = dataclasses.replace(
        quick, wait_mean_s=quick.wait_mean_s * factor, asa_s=quick.asa_s * factor
    )
    assert_same(expected, late, relative=1e-10)


@pytest.mark.parametrize("agents", [1, 2, 10, 100, 1000, 5000])
@pytest.mark.parametrize("load", [0.01, 0.9, 1.0, 1.1, 30.0])
def test_every_size_gives_shares_between_0_and_1_and_finite_waits(agents, load):
    offered = {"calls_per_hour": rate(agents, load), "handle_mean_s": 240.0}
    same = {**offered, "agents": agents, "within_s": 15.0}
    queues = [mmn_g(**same, patience=law) for law in LAWS]
    queues += [erlang_a(**same, patience_mean_s=350.0, lines=n) for n in (None, 2 * agents)]
    for queue in queues:
        fields = dataclasses.asdict(queue)
        assert all(math.isfinite(value) and value >= 0.0 for value in fields.values())
        shares = [fields[name] for name in fields if name.endswith(("_share", "_rate"))]
        assert max(*shares, queue.service_level, queue.occupancy) <= 1.0 + 1e-12
    if load == 30.0:  # then agents never rest, and answer what they can
        assert queues[0].connect_rate == pytest.approx(1.0 / 30.0, rel=1e-9)


@pytest.mark.parametrize(
    ("agents", "load", "within_s"), [(50, 0.6, 300.0), (1, 0.9, 4500.0), (5000, 1.02, 25.0)]
)
def test_a_tiny_chance_of_a_long_wait_is_right_in_both_ways_of_summing(agents, load, within_s):
    same = hotline(agents, load, within_s)
    integral = mmn_g(**same, patience=Exponential(mean_s=100.0)).wait_over_share
    assert 0.0 < integral < 1e-15
    chain = erlang_a(**same, patience_mean_s=100.0).wait_over_share
    assert chain == pytest.approx(integral, rel=1e-9, abs=0.0)


def test_a_chance_far_below_the_precision_of_floats_is_right():
    same = hotline(20, 0.8, within_s=15_000.0)
    expected = erlang_c(**same).wait_over_share
    assert 0.0 < expected < 1e-100
    integral = mmn_g(**same, patience=np.ones_like).wait_over_share
    assert integral == pytest.approx(expected, rel=1e-9, abs=0.0)


@pytest.mark.parametrize("law", [*LAWS, Weibull(mean_s=350.0, shape=50.0)], ids=repr)
def test_past_all_patience_nobody_waits_any_longer(law):
    queue = mmn_g(**hotline(20, 1.2, within_s=1e7), patience=law)
    assert queue.wait_over_share < 1e-300
    assert queue.service_level == pytest.approx(queue.connect_rate, rel=1e-14)


# Redials


@pytest.mark.parametrize("agents", [1, 30, 5000])
@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("redial_probability", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("places", [None, 10])
def test_the_queue_offered_first_calls_and_redials_fails_as_many_as_assumed(
    agents, load, redial_probability, places
):
    rest = {
        "handle_mean_s": 240.0,
        "patience_mean_s": 150.0,
        "agents": agents,
        "lines": None if places is None else agents + places,
    }
    first = rate(agents, load)
    queue = with_redials(calls_per_hour=first, redial_probability=redial_probability, **rest)
    again = erlang_a(calls_per_hour=queue.offered_per_hour, within_s=0.0, **rest)
    assert queue.connect_rate == pytest.approx(again.connect_rate, rel=1e-9)
    redials = queue.offered_per_hour * redial_probability * (1.0 - again.connect_rate)
    assert queue.offered_per_hour == pytest.approx(first + redials, rel=1e-9)
    assert queue.redial_share == pytest.approx(redials / queue.offered_per_hour, abs=1e-9)
    answered_per_hour = queue.offered_per_hour * queue.connect_rate
    assert queue.case_connect_rate == pytest.approx(answered_per_hour / first, rel=1e-9)


def connect_rate_with_orbit(delay_s):
    """Solve the chain of contacts present and callers about to redial, cut where it is empty."""
    agents, most, far, arrive, redial = 2, 18, 45, 0.009, 0.5
    finish, give_up, back = 1.0 / 240.0, 1.0 / 150.0, 1.0 / delay_s
    generator = np.zeros((most * far, most * far))

    def move(present, orbit, to_present, to_orbit, per_s):
        if to_present < most and to_orbit < far:
            generator[present * far + orbit, to_present * far + to_orbit] += per_s

    for present in range(most):
        for orbit in range(far):
            gone = max(present - agents, 0) * give_up
            move(present, orbit, present + 1, orbit, arrive)
            if present:
                served = min(present, agents) * finish
                move(present, orbit, present - 1, orbit, served + gone * (1.0 - redial))
                move(present, orbit, present - 1, orbit + 1, gone * redial)
            if orbit:
                move(present, orbit, present + 1, orbit - 1, orbit * back)
    generator -= np.diag(generator.sum(axis=1))
    generator[:, 0] = 1.0  # in place of one balance equation, the shares sum to 1
    share = np.linalg.solve(generator.T, np.eye(most * far)[0]).reshape(most, far)
    answered = share.sum(axis=1) @ np.minimum(np.arange(most), agents) * finish
    return answered / (arrive + share.sum(axis=0) @ np.arange(far) * back)


def test_redials_that_come_late_are_the_approximation_and_early_ones_connect_less():
    approximation = with_redials(
        calls_per_hour=0.009 * 3600.0,
        handle_mean_s=240.0,
        patience_mean_s=150.0,
        agents=2,
        redial_probability=0.5,
    ).connect_rate
    gaps = [approximation - connect_rate_with_orbit(delay_s) for delay_s in (24, 240, 2400)]
    assert gaps[0] > gaps[1] > gaps[2] > 0.0
    assert gaps[2] < 0.004


# Refusals


GOOD = {
    **hotline(10, 0.7),
    "patience_mean_s": 100.0,
    "patience": Exponential(mean_s=100.0),
    "redial_probability": 0.5,
    "lines": 30,
}
BAD = [
    ("calls_per_hour", 0.0, "must be finite and more than 0"),
    ("calls_per_hour", math.inf, "must be finite and more than 0"),
    ("handle_mean_s", -1.0, "must be finite and more than 0"),
    ("patience_mean_s", math.nan, "must be finite and more than 0"),
    ("within_s", -0.5, "must be finite and at least 0"),
    ("within_s", math.inf, "must be finite and at least 0"),
    ("agents", 0, "must be at least 1"),
    ("agents", 2.5, "must be a whole number"),
    ("lines", 0, "must be at least 1"),
    ("lines", 7.5, "must be a whole number"),
    ("redial_probability", 1.0, "must be at least 0 and less than 1"),
    ("redial_probability", -0.1, "must be at least 0 and less than 1"),
]


def arguments(formula):
    return inspect.signature(formula).parameters


@pytest.mark.parametrize(
    ("formula", "name", "value", "wanted"),
    [
        (formula, *bad)
        for formula in (erlang_b, erlang_c, erlang_a, mmn_g, with_redials)
        for bad in BAD
        if bad[0] in arguments(formula)
    ],
)
def test_a_bad_argument_is_refused_by_name_and_value(formula, name, value, wanted):
    good = {key: GOOD[key] for key in arguments(formula)}
    formula(**good)
    with pytest.raises(ValueError, match=name) as caught:
        formula(**good | {name: value})
    assert str(caught.value) == f"{name} = {value}: {wanted}"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Exponential(mean_s=0.0), "mean_s = 0.0: should be greater than 0"),
        (lambda: Weibull(mean_s=60.0, shape=-1.0), "shape = -1.0: should be greater than or equal"),
        (lambda: Lognormal(mean_s=60.0, sigma_log=math.nan), "sigma_log = nan: should be a finite"),
        (lambda: Uniform(mean_s=60.0, half_width_s=90.0), "Uniform: half_width_s no larger than"),
        (lambda: Fixed(mean_s=math.inf), "mean_s = inf: should be a finite"),
        (Exponential, "Exponential: exactly one of mean_s and median_s"),
        (lambda: Weibull(mean_s=60.0), "shape: Field required"),  # type: ignore[call-arg]
        (
            lambda: Exponential(mean_s=60.0, shap=1.0),  # type: ignore[call-arg]
            "shap = 1.0: Extra inputs are not",
        ),
    ],
)
def test_a_bad_law_of_patience_is_refused(make, message):
    with pytest.raises(ValueError, match=r"^[^\n]+$") as caught:
        make()
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("survival", "message"),
    [
        (np.ones_like, "less than 0.75 is wanted, or the queue grows"),
        (lambda wait_s: 0.5, r"patience returned shape \(\) for 1 waits"),
        (120.0, "patience = 120.0: a law or a survival function is wanted"),
        (lambda wait_s: 1.5 * np.exp(-wait_s), "a share from 0 to 1 is wanted"),
        (lambda wait_s: 1.0 - wait_s / 60.0, "a share from 0 to 1 is wanted"),
        (lambda wait_s: np.nan * wait_s, "patience = nan at 0.0 s: a share from 0 to 1"),
        (lambda wait_s: 0.6 - 0.4 * np.exp(-wait_s), "patience rises with the wait"),
    ],
)
def test_a_function_that_is_no_survival_is_refused(survival, message):
    with pytest.raises(ValueError, match=message):
        mmn_g(calls_per_hour=100.0, handle_mean_s=240.0, agents=5, patience=survival, within_s=15.0)


def test_a_queue_that_grows_for_ever_is_refused():
    with pytest.raises(ValueError, match=r"agents = 6: more than 6\.66667 are wanted"):
        erlang_c(**hotline(5, 4.0 / 3.0) | {"agents": 6})
    with pytest.raises(ValueError, match=r"agents = 10: more than 10 are wanted"):
        erlang_a(**hotline(10, 1.0), patience_mean_s=math.inf)


def test_a_queue_too_long_to_sum_is_refused_and_not_attempted():
    with pytest.raises(ValueError, match=r"patience_mean_s = 1e\+13: .* are too many to sum"):
        erlang_a(**hotline(5, 1.3), patience_mean_s=1e13)
    with pytest.raises(ValueError, match=r"patience_mean_s = inf: .* are too many to sum"):
        erlang_c(**hotline(5, 1.3), lines=10**9)


# The package


def test_the_public_names_are_exactly_those_listed():
    public = {
        name
        for name, value in vars(erlang).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(erlang.__all__)
    functions = [value for value in vars(erlang).values() if inspect.isfunction(value)]
    for function in functions:
        kinds = {parameter.kind for parameter in inspect.signature(function).parameters.values()}
        assert kinds == {inspect.Parameter.KEYWORD_ONLY}


def test_importing_the_formulas_does_not_load_scipy():
    package = Path(erlang.__file__).parents[1]
    code = (
        "import sys, types; top = types.ModuleType('hotline_sim'); "
        f"top.__path__ = [{str(package)!r}]; sys.modules['hotline_sim'] = top; "
        "import hotline_sim.erlang; sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
