"""Scenarios simple enough to have an exact answer: simulated against exact, in standard errors."""

import math
from typing import Any

import numpy as np
import pytest
from worlds import ENGINES

from hotline_sim import erlang
from hotline_sim.definitions import SERVICE_S
from hotline_sim.execution import Task, replicate
from hotline_sim.measures.tally import BINS_PER_DOUBLING

# One queue around the clock, from a Monday on.
QUEUE = """\
format = 1
title = { en = "queue", zh = "队列" }
horizon = { start = 2024-03-04, days = 10, warm_up_days = 1 }
[channels.phone]
kind = "voice"
cases_per_hour = 24
talk = { law = "exponential", mean_s = 600 }
patience = { law = "never" }
[teams.desk]
employment = "in_house"
serves = ["phone"]
shifts = [{ seats = 5, from = "00:00", to = "24:00" }]
"""
LOAD: dict[str, Any] = {"calls_per_hour": 24.0, "handle_mean_s": 600.0}
LIMITS: dict[str, Any] = {"agents": 5, "within_s": SERVICE_S}
IMPATIENT = 'channels.phone.patience={ law = "exponential", mean_s = 400 }'
BUSIER = "channels.phone.cases_per_hour=36"
MOST = 4.0  # standard errors


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def simulated(engine):
    """Return replications of a scenario."""

    def simulate(scenario, *, replications=10):
        return [replicate(Task(scenario, 20240304, i, engine)) for i in range(replications)]

    return simulate


def errors_off(values, exact):
    """Return how many standard errors a mean over replications is from the exact value."""
    values = np.array(values)
    return abs(values.mean() - exact) / (values.std(ddof=1) / math.sqrt(len(values)))


def assert_agrees(replications, exact):
    """Check measures by name; ``blocked_share`` is blocked / offered."""
    found = [
        one.measures | {"blocked_share": one.measures["blocked"] / one.measures["offered"]}
        for one in replications
    ]
    off = {
        name: errors_off([values[name] for values in found], value) for name, value in exact.items()
    }
    assert max(off.values()) < MOST, off


def those(measures, *names):
    return {name: getattr(measures, name) for name in names}


# One queue --------------------------------------------------------------------------------


def test_blocking_is_erlang_b_when_there_are_as_many_lines_as_agents(load_text, simulated):
    found = simulated(load_text(QUEUE, "channels.phone.lines=5"))
    exact = erlang.erlang_b(**LOAD, lines=5)
    assert_agrees(found, {"blocked_share": exact, "connect_rate": 1.0 - exact})
    assert max(one.measures["asa_s"] for one in found) == 0.0


def test_blocking_depends_on_the_mean_handle_time_alone(load_text, simulated):
    law = 'channels.phone.talk={ law = "lognormal", mean_s = 600, sigma_log = 0.9 }'
    found = simulated(load_text(QUEUE, "channels.phone.lines=5", law))
    assert_agrees(found, {"blocked_share": erlang.erlang_b(**LOAD, lines=5)})


def test_waits_are_erlang_c_when_nobody_gives_up(load_text, simulated):
    found = simulated(load_text(QUEUE))
    exact = erlang.erlang_c(**LOAD, **LIMITS)
    assert_agrees(found, those(exact, "asa_s", "service_level", "occupancy"))
    at_once_s = 2.0 ** (1.0 / BINS_PER_DOUBLING) - 1.0  # the first bin of waits
    waited = [1.0 - one.waits[0, 0] / one.waits[0].sum() for one in found]
    exact = erlang.erlang_c(**LOAD, agents=5, within_s=at_once_s)
    assert errors_off(waited, exact.wait_over_share) < MOST


def test_abandonment_and_waits_are_erlang_a(load_text, simulated):
    found = simulated(load_text(QUEUE, IMPATIENT, BUSIER))
    exact = erlang.erlang_a(
        calls_per_hour=36.0, handle_mean_s=600.0, patience_mean_s=400.0, **LIMITS
    )
    names = ("connect_rate", "abandonment_rate", "asa_s", "service_level", "occupancy")
    assert_agrees(found, those(exact, *names))


def queue_of(exact):
    """Return what formulas say of waits and of the queue, by the measures' names."""
    return {
        "waiting_share": exact.wait_share,
        "wait_of_all_s": exact.wait_mean_s,
        "wait_of_waiting_s": exact.wait_mean_s / exact.wait_share,
        "queue_mean": exact.waiting_mean,
    }


def test_the_queue_and_who_waits_are_erlang_c_when_nobody_gives_up(load_text, simulated):
    found = simulated(load_text(QUEUE))
    assert_agrees(found, queue_of(erlang.erlang_c(**LOAD, **LIMITS)))


def test_the_queue_and_who_waits_are_erlang_a(load_text, simulated):
    found = simulated(load_text(QUEUE, IMPATIENT, BUSIER, "service.within_s=[15, 120, 0]"))
    load: dict[str, Any] = {"calls_per_hour": 36.0, "handle_mean_s": 600.0, "agents": 5}
    exact = {t: erlang.erlang_a(**load, patience_mean_s=400.0, within_s=t) for t in (15, 120)}
    later = exact[120]
    # E[wait of all] = E[wait; answered] + E[wait; abandoned]
    abandoned_s = later.wait_mean_s - later.asa_s * later.connect_rate
    assert_agrees(
        found,
        queue_of(later)
        | {
            "service_level": exact[15].service_level,
            "service_level(120)": later.service_level,
            "service_level(0)": 1.0 - later.wait_share,
            "abandoned_within(120)": 1.0 - later.service_level - later.wait_over_share,
            "wait_of_abandoned_s": abandoned_s / later.abandonment_rate,
        },
    )


def test_abandonment_and_blocking_are_erlang_a_with_few_lines(load_text, simulated):
    found = simulated(load_text(QUEUE, IMPATIENT, BUSIER, "channels.phone.lines=7"))
    exact = erlang.erlang_a(
        calls_per_hour=36.0, handle_mean_s=600.0, patience_mean_s=400.0, lines=7, **LIMITS
    )
    assert_agrees(found, those(exact, "abandonment_rate", "blocked_share", "asa_s"))


def test_abandonment_and_waits_are_zeltyn_and_mandelbaum_s_for_weibull_patience(
    load_text, simulated
):
    patience = 'channels.phone.patience={ law = "weibull", mean_s = 400, shape = 0.75 }'
    found = simulated(load_text(QUEUE, patience, BUSIER))
    exact = erlang.mmn_g(
        calls_per_hour=36.0,
        handle_mean_s=600.0,
        patience=erlang.Weibull(mean_s=400.0, shape=0.75),
        **LIMITS,
    )
    assert_agrees(found, those(exact, "abandonment_rate", "asa_s", "service_level"))


def test_some_leave_at_once_on_hearing_of_a_queue(load_text, simulated):
    leave = "channels.phone.leaves_at_once_share=0.3"
    found = simulated(load_text(QUEUE, IMPATIENT, BUSIER, leave))
    exact = erlang.mmn_g(
        calls_per_hour=36.0,
        handle_mean_s=600.0,
        patience=lambda wait_s: 0.7 * np.exp(-wait_s / 400.0),
        **LIMITS,
    )
    assert_agrees(found, those(exact, "abandonment_rate", "asa_s"))


@pytest.mark.parametrize(
    ("talk", "squared_s2"),  # mean of the square of talk and wrap-up, by the law of 240 + 60 s
    [
        ('{ law = "fixed", mean_s = 240 }', 300.0**2),
        ('{ law = "lognormal", mean_s = 240, sigma_log = 0.9 }', None),
        ('{ law = "uniform", mean_s = 240, half_width_s = 240 }', 300.0**2 + 480.0**2 / 12.0),
    ],
)
def test_one_agent_s_queue_is_pollaczek_and_khinchine_s(load_text, simulated, talk, squared_s2):
    found = simulated(
        load_text(
            QUEUE,
            "channels.phone.cases_per_hour=7.2",
            f"channels.phone.talk={talk}",
            'channels.phone.wrap_up={ law = "fixed", mean_s = 60 }',
            "teams.desk.shifts.0.seats=1",
        ),
        replications=20,
    )
    if squared_s2 is None:
        squared_s2 = 300.0**2 + 240.0**2 * math.expm1(0.9**2)
    arrive = 7.2 / 3600.0
    wait_s = arrive * squared_s2 / (2.0 * (1.0 - arrive * 300.0))
    assert_agrees(found, {"asa_s": wait_s, "occupancy": arrive * 300.0})


# Redials ----------------------------------------------------------------------------------


REDIALS = (
    IMPATIENT,
    BUSIER,
    'channels.phone.next=[{ after = "abandoned", to = "phone", probability = 0.6, '
    'delay = { law = "exponential", mean_s = 900 } }]',
)


def test_redials_are_those_of_the_chain_with_an_orbit(load_text, simulated):
    found = simulated(load_text(QUEUE, *REDIALS))
    exact = erlang.with_orbit(
        calls_per_hour=36.0,
        handle_mean_s=600.0,
        patience_mean_s=400.0,
        agents=5,
        redial_probability=0.6,
        delay_mean_s=900.0,
    )
    assert_agrees(found, those(exact, "connect_rate", "redial_share", "case_connect_rate"))


def test_redials_after_long_are_those_of_fresh_arrivals(load_text, simulated):
    soon = 'delay = { law = "exponential", mean_s = 900 }'
    late = 'delay = { law = "uniform", mean_s = 40000, half_width_s = 40000 }'
    found = simulated(load_text(QUEUE, *(key.replace(soon, late) for key in REDIALS)))
    exact = erlang.with_redials(
        calls_per_hour=36.0,
        handle_mean_s=600.0,
        patience_mean_s=400.0,
        agents=5,
        redial_probability=0.6,
    )
    assert_agrees(found, those(exact, "connect_rate", "redial_share"))


# Several channels and teams ---------------------------------------------------------------


def both(team_a, team_b):
    """Return two like channels, 12 cases an hour each, and who serves them."""
    channel = QUEUE[QUEUE.index("kind") : QUEUE.index("[teams")].replace("24", "12")
    head = QUEUE[: QUEUE.index("[channels")]
    shifts = 'shifts = [{{ seats = {}, from = "00:00", to = "24:00" }}]\n'
    teams = "".join(
        f'[teams.{name}]\nemployment = "in_house"\nserves = {serves}\n{shifts.format(seats)}'
        for name, (serves, seats) in {"day": team_a, "other": team_b}.items()
        if seats
    )
    return f"{head}[channels.phone]\n{channel}[channels.english]\n{channel}{teams}"


def channel_waits(replications, name):
    return [one.by_channel[name]["asa_s"] for one in replications]


def test_two_lines_apart_wait_as_two_and_merged_as_one(load_text, simulated):
    apart = simulated(load_text(both((["phone"], 3), (["english"], 3))))
    merged = simulated(load_text(both((["phone", "english"], 6), ([], 0))))
    one = erlang.erlang_c(calls_per_hour=12.0, handle_mean_s=600.0, agents=3, within_s=SERVICE_S)
    two = erlang.erlang_c(calls_per_hour=24.0, handle_mean_s=600.0, agents=6, within_s=SERVICE_S)
    for name in ("phone", "english"):
        assert errors_off(channel_waits(apart, name), one.asa_s) < MOST
    assert_agrees(merged, those(two, "asa_s", "service_level"))


def test_the_first_of_serves_has_priority_as_cobham_says(load_text, simulated):
    found = simulated(load_text(both((["english", "phone"], 5), ([], 0))), replications=20)
    first_s, last_s = erlang.priority_waits_s(
        calls_per_hour=(12.0, 12.0), handle_mean_s=600.0, agents=5
    )
    assert errors_off(channel_waits(found, "english"), first_s) < MOST
    assert errors_off(channel_waits(found, "phone"), last_s) < MOST


def test_one_team_in_two_halves_answers_as_the_whole(load_text, simulated):
    whole = simulated(load_text(both((["phone", "english"], 6), ([], 0))), replications=2)
    halves = both((["phone", "english"], 2), (["phone", "english"], 4))
    for one, other in zip(whole, simulated(load_text(halves), replications=2), strict=True):
        np.testing.assert_equal(one.measures, other.measures)
        assert len(one.by_team) < len(other.by_team)


def test_chats_an_agent_holds_count_as_agents(load_text, simulated):
    text = QUEUE.replace('"voice"', '"chat"\nconcurrency = 3').replace("seats = 5", "seats = 2")
    found = simulated(load_text(text, IMPATIENT, BUSIER))
    exact = erlang.erlang_a(
        calls_per_hour=36.0,
        handle_mean_s=600.0,
        patience_mean_s=400.0,
        agents=6,
        within_s=SERVICE_S,
    )
    assert_agrees(found, those(exact, "abandonment_rate", "asa_s", "service_level"))


# A day that changes -----------------------------------------------------------------------


def test_a_day_with_peaks_is_that_of_the_forward_equations(load_text, simulated):
    weights = [1, 1, 1, 1, 1, 1, 2, 4, 9, 10, 10, 8, 5, 5, 8, 8, 8, 6, 4, 3, 3, 3, 2, 1]
    scenario = load_text(
        QUEUE,
        "horizon={ start = 2024-03-04, days = 1 }",
        "channels.phone.cases_per_hour=30",
        f"demand.hour_weights={weights}",
        IMPATIENT,
    )
    found = simulated(scenario, replications=100)
    exact = erlang.changing_day(
        calls_per_hour=[720.0 * weight / sum(weights) for weight in weights],
        handle_mean_s=600.0,
        patience_mean_s=400.0,
        agents=5,
    )
    assert_agrees(found, those(exact, "abandoned", "answered") | {"offered": 720.0})
