"""Scenarios simple enough to have an exact answer, each beside its formula's."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim import erlang
from hotline_sim.definitions import SERVICE_S
from hotline_sim.erlang import Exponential, Fixed, Gamma, LawOfTime, Lognormal, Queue, Weibull
from hotline_sim.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Mapping

# One queue around the clock, from a Monday on. No city's numbers: five agents, whose ten-minute
# contacts make them busy enough for every measure to be far from 0 and 1.
_QUEUE = """
name = "validate"
format = 1
title = { en = "queue", zh = "队列" }
horizon = { start = 2024-03-04, days = 1, warm_up_days = 1 }
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
SEATS = "teams.desk.shifts.0.seats"
_CALLS, _HANDLE_S, _AGENTS = 24.0, 600.0, 5  # an hour, in _QUEUE
_BUSIER, _PATIENCE_S = 36.0, 400.0
_REDIAL, _DELAY_S = 0.6, 900.0
_CHAT_AGENTS, _SLOWDOWN = 2, 0.4
_HOUR_WEIGHTS = (1, 1, 1, 1, 1, 1, 2, 4, 9, 10, 10, 8, 5, 5, 8, 8, 8, 6, 4, 3, 3, 3, 2, 1)
_A_DAY = 720.0  # cases, by _HOUR_WEIGHTS
_IMPATIENT = {"law": "exponential", "mean_s": _PATIENCE_S}

_BUSY: dict[str, object] = {
    "channels.phone.cases_per_hour": _BUSIER,
    "channels.phone.patience": _IMPATIENT,
}


@dataclass(frozen=True, eq=False)
class Case:
    """A scenario, and what measures of it are exactly.

    ``exact`` names measures of the hotline, or of a channel as ``english.asa_s``;
    ``blocked_share`` is blocked / offered. The horizon is set by whoever plays it, but where
    ``one_day`` is set: a day that begins empty.
    """

    name: str
    scenario: Scenario
    exact: Mapping[str, float]
    queue: Queue | None = None  # where another simulator can play it from this and the agents
    agents: int = _AGENTS
    classes: tuple[str, ...] = ()  # channels that share the queue's calls, the first served first
    hourly: tuple[float, ...] = ()  # calls in each hour, where they are not the queue's
    one_day: bool = False


def every_case() -> tuple[Case, ...]:
    """Return a case for each formula."""
    return (
        *_erlang_cases(),
        *(_general(name, law) for name, law in _LAWS.items()),
        _lines(),
        _priorities(),
        _peaks(),
        _redials(),
        *_chats(),
    )


def _scenario(changes: Mapping[str, object]) -> Scenario:
    """Return the queue with keys changed."""
    return Scenario.from_dict(tomllib.loads(_QUEUE)).with_values(changes)


def _case(
    name: str, queue: Queue, measures: tuple[str, ...], changes: Mapping[str, object]
) -> Case:
    found = erlang.queue_measures(queue=queue, agents=_AGENTS, within_s=SERVICE_S)
    exact = {measure: getattr(found, measure) for measure in measures}
    return Case(name, _scenario(changes), exact, queue)


def _erlang_cases() -> tuple[Case, ...]:
    usual = Queue(calls_per_hour=_CALLS, handle_mean_s=_HANDLE_S)
    lost = Queue(calls_per_hour=_CALLS, handle_mean_s=_HANDLE_S, may_wait=False)
    impatient = Queue(
        calls_per_hour=_BUSIER, handle_mean_s=_HANDLE_S, patience=Exponential(mean_s=_PATIENCE_S)
    )
    return (
        _case(
            "erlang_b",
            lost,
            ("blocked_share", "connect_rate", "occupancy"),
            {"channels.phone.lines": _AGENTS},
        ),
        _case("erlang_c", usual, ("asa_s", "service_level", "occupancy"), {}),
        _case(
            "erlang_a",
            impatient,
            ("connect_rate", "asa_s", "service_level", "occupancy"),
            _BUSY,
        ),
    )


_LAWS: dict[str, LawOfTime] = {
    "patience_weibull": Weibull(mean_s=_PATIENCE_S, shape=0.75),
    "patience_gamma": Gamma(mean_s=_PATIENCE_S, shape=2.0),
    "patience_lognormal": Lognormal(mean_s=_PATIENCE_S, sigma_log=1.0),
    "patience_fixed": Fixed(mean_s=_PATIENCE_S),
}


def _general(name: str, law: LawOfTime) -> Case:
    queue = Queue(calls_per_hour=_BUSIER, handle_mean_s=_HANDLE_S, patience=law)
    patience = {"channels.phone.patience": law.model_dump(exclude_none=True)}
    return _case(name, queue, ("connect_rate", "asa_s", "service_level"), _BUSY | patience)


def _lines() -> Case:
    queue = Queue(
        calls_per_hour=_BUSIER,
        handle_mean_s=_HANDLE_S,
        patience=Exponential(mean_s=_PATIENCE_S),
        lines=_AGENTS + 2,
    )
    measures = ("blocked_share", "abandonment_rate", "asa_s")
    return _case("lines", queue, measures, _BUSY | {"channels.phone.lines": _AGENTS + 2})


def _priorities() -> Case:
    tables = tomllib.loads(_QUEUE)
    half = tables["channels"]["phone"] | {"cases_per_hour": _CALLS / 2.0}
    tables["channels"] = {"phone": half, "english": half}
    tables["teams"]["desk"]["serves"] = ["english", "phone"]
    first_s, last_s = erlang.priority_waits_s(
        calls_per_hour=(_CALLS / 2.0, _CALLS / 2.0), handle_mean_s=_HANDLE_S, agents=_AGENTS
    )
    exact = {"english.asa_s": first_s, "phone.asa_s": last_s}
    queue = Queue(calls_per_hour=_CALLS, handle_mean_s=_HANDLE_S)
    classes = ("english", "phone")
    return Case("priorities", Scenario.from_dict(tables), exact, queue, classes=classes)


def _peaks() -> Case:
    weights = _HOUR_WEIGHTS
    hourly = tuple(_A_DAY * weight / sum(weights) for weight in weights)
    found = erlang.changing_day(
        calls_per_hour=hourly,
        handle_mean_s=_HANDLE_S,
        patience_mean_s=_PATIENCE_S,
        agents=_AGENTS,
    )
    scenario = _scenario(
        _BUSY
        | {
            "horizon.warm_up_days": 0,
            "channels.phone.cases_per_hour": _A_DAY / 24.0,
            "demand.hour_weights": list(weights),
        }
    )
    exact = {"answered": found.answered, "abandoned": found.abandoned}
    queue = Queue(
        calls_per_hour=_A_DAY / 24.0,
        handle_mean_s=_HANDLE_S,
        patience=Exponential(mean_s=_PATIENCE_S),
    )
    return Case("peaks", scenario, exact, queue, hourly=hourly, one_day=True)


def _redials() -> Case:
    found = erlang.with_orbit(
        calls_per_hour=_BUSIER,
        handle_mean_s=_HANDLE_S,
        patience_mean_s=_PATIENCE_S,
        agents=_AGENTS,
        redial_probability=_REDIAL,
        delay_mean_s=_DELAY_S,
    )
    row = {
        "name": "redial",
        "after": "abandoned",
        "to": "phone",
        "probability": _REDIAL,
        "delay": {"law": "exponential", "mean_s": _DELAY_S},
    }
    names = ("connect_rate", "redial_share", "case_connect_rate")
    scenario = _scenario(_BUSY | {"channels.phone.next": [row]})
    return Case("redials", scenario, {name: getattr(found, name) for name in names})


def _chats() -> tuple[Case, ...]:
    """Return chats that cost no time, by Erlang A, and chats that do, by their own chain."""
    tables = tomllib.loads(_QUEUE)
    tables["channels"]["phone"] |= {
        "kind": "chat",
        "cases_per_hour": _BUSIER,
        "concurrency": 2,
        "patience": _IMPATIENT,
    }
    tables["teams"]["desk"]["shifts"][0]["seats"] = _CHAT_AGENTS
    even = Scenario.from_dict(tables)
    queue = Queue(
        calls_per_hour=_BUSIER,
        handle_mean_s=_HANDLE_S,
        patience=Exponential(mean_s=_PATIENCE_S),
        concurrency=2,
    )
    found = erlang.queue_measures(queue=queue, agents=_CHAT_AGENTS, within_s=SERVICE_S)
    slowed = erlang.few_chat_agents(
        calls_per_hour=_BUSIER,
        handle_mean_s=_HANDLE_S,
        patience_mean_s=_PATIENCE_S,
        agents=_CHAT_AGENTS,
        concurrency=2,
        slowdown=_SLOWDOWN,
    )
    names = ("connect_rate", "asa_s", "service_level")
    return (
        Case("chats", even, {name: getattr(found, name) for name in names}),
        Case(
            "chats_slowed",
            even.with_values({"channels.phone.slowdown": _SLOWDOWN}),
            {"connect_rate": slowed.connect_rate, "abandonment_rate": slowed.abandonment_rate},
        ),
    )
