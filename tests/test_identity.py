"""Nobody else's numbers move: what a contact brings is a function of whose it is alone.

Two scenarios are played, one of them changed. Contacts are known by the channel and instant
their case was born, and by k. Whoever is in both logs on the same channel talks as long, is
as patient, thinks the same, has as long an order and comes back after the same delay.
"""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import HEAVY
from strategies import scenario_of, scenario_tables
from worlds import ENGINES, FASTEST, assert_same

from hotline_sim import scenario
from hotline_sim.demand import Demand, tables_of
from hotline_sim.domain import NOBODY, Outcome, joined
from hotline_sim.execution import engine_of
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

CITY = """\
format = 1
title = { en = "city", zh = "市" }
horizon = { start = 2024-03-04, days = 2 }
demand = { max_contacts = 6 }
[channels.phone]
kind = "voice"
cases_per_day = 700
self_service_share = 0.1
talk = { law = "lognormal", mean_s = 200, sigma_log = 0.9 }
wrap_up = { law = "exponential", mean_s = 30 }
patience = { law = "weibull", mean_s = 300, shape = 0.75 }
[[channels.phone.next]]
after = "abandoned"
to = "phone"
by_try = [0.6, 0.5]
delay = { law = "lognormal", median_s = 900, sigma_log = 1.5 }
[[channels.phone.next]]
after = "answered"
department = "district"
to = "follow_up"
probability = 0.4
[[channels.phone.next]]
after = "answered"
to = "phone"
probability = 0.1
delay = { law = "exponential", mean_s = 40000 }
[channels.wechat]
kind = "chat"
cases_per_day = 200
concurrency = 2
silent_share = 0.5
talk = { law = "gamma", mean_s = 300, shape = 2 }
patience = { law = "hyperexponential", mean_s = 400, cv = 2 }
[[channels.wechat.next]]
after = "abandoned"
to = "phone"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
[channels.follow_up]
kind = "outbound"
reach_probability = 0.8
unreached_handle_s = 40
talk = { law = "exponential", mean_s = 100 }
[departments.district]
delay = { law = "exponential", mean_s = 20000 }
deadline_s = 30000
urging = "follow_up"
[satisfaction]
per_minute_waited = 0.1
per_failed_contact = 0.3
settled_at_once = 0.5
order_late = 1.0
participation = 0.4
[teams.desk]
employment = "in_house"
serves = ["phone", "wechat", "follow_up"]
base_satisfaction = 0.9
shifts = [{ seats = 3, from = "00:00", to = "24:00" }]
"""
ROW = """\
[[channels.phone.next]]
after = "contained"
to = "phone"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
"""
CHANNEL = """\
[channels.app]
kind = "message"
cases_per_day = 100
talk = { law = "fixed", mean_s = 60 }
[teams.more]
employment = "in_house"
serves = ["app"]
base_satisfaction = 0.9
shifts = [{ seats = 1, from = "00:00", to = "24:00" }]
"""
OFFICE = """\
[departments.office]
delay = { law = "exponential", mean_s = 500 }
deadline_s = 900
[[channels.wechat.next]]
after = "answered"
department = "office"
probability = 0.3
"""


def before(mark, text):
    """Insert a text before a mark of the city's text."""
    assert CITY.count(mark) == 1
    return CITY.replace(mark, text + mark)


CHANGES = {
    "probability": (CITY, "channels.phone.next.1.probability=0.2"),
    "row": (before("[channels.wechat]", ROW),),
    "channel": (before("[channels.phone]", CHANNEL),),
    "department": (before("[satisfaction]", OFFICE),),
    "agent": (CITY, "teams.desk.shifts.0.seats=4"),
    "team": (CITY + CHANNEL.replace("app", "mail").replace("more", "others"),),
    "self-service": (CITY, "channels.phone.self_service_share=0.3"),
    "leaving at once": (CITY, "channels.phone.leaves_at_once_share=0.2"),
    "reach": (CITY, "channels.follow_up.reach_probability=0.5"),
    "days": (CITY, "horizon.days=3"),
    "max_contacts": (CITY, "demand.max_contacts=2"),
}


TOLD = (
    *("case", "k", "channel", "born_s", "arrival_s", "start_s", "end_s", "outcome", "next"),
    *("order_s", "department", "mood", "rating", "failed"),
)


def log_of(loaded, engine=FASTEST, *, spans=None):
    """Return the log of a scenario's days, played one by one or in spans of days."""
    streams = Streams(3, 1)
    hotline = engine_of(engine)[1](rules(loaded), tables_of(loaded, 3, 1))
    demand, staffing = Demand(loaded, streams), Staffing(loaded, streams)
    days = [(day, day + 1) for day in range(loaded.total_days)] if spans is None else spans
    logs = [
        hotline.run_day(until - 1, demand.draw(day, until), staffing.duty(day, until))
        for day, until in days
    ]
    return joined([*logs, hotline.close()]).in_order()


def told(loaded, *, talks=True, engine=FASTEST):
    """Return what the log tells of each contact's numbers, by whose it is."""
    log, names = log_of(loaded, engine), list(loaded.channels)
    columns = {name: getattr(log, name).tolist() for name in TOLD}
    rows = [dict(zip(columns, values, strict=True)) for values in zip(*columns.values())]
    born_on = {row["case"]: row["channel"] for row in rows if row["k"] == 1}
    following = {(row["case"], row["k"]): row for row in rows}
    found = {}
    for row in rows:
        facts: dict[Any, Any] = {"mood": row["mood"], "rating": row["rating"]}
        if row["outcome"] == Outcome.ABANDONED:
            facts["patience_s"] = row["end_s"] - row["arrival_s"]
        if talks and row["outcome"] == Outcome.ANSWERED and names[row["channel"]] != "wechat":
            facts["talk_s"] = row["end_s"] - row["start_s"]
        if row["department"] != NOBODY:
            facts["order_s", list(loaded.departments)[row["department"]]] = row["order_s"]
        after = following.get((row["case"], row["k"] + 1))
        if after is not None and row["department"] == NOBODY and after["failed"] > row["failed"]:
            facts["delay_s", names[after["channel"]]] = after["arrival_s"] - row["end_s"]
        whose = names[born_on[row["case"]]], row["born_s"], row["k"], names[row["channel"]]
        found[whose] = {key: fact for key, fact in facts.items() if not math.isnan(fact)}
    return found


def compared(one, other):
    """Return how many facts of the same contacts stand in both, and those that differ."""
    pairs = [
        (whose, key, fact, other[whose][key])
        for whose, facts in one.items()
        if whose in other
        for key, fact in facts.items()
        if key in other[whose]
    ]
    return len(pairs), [pair for pair in pairs if pair[2] != pair[3]]


@pytest.fixture(scope="module")
def city(load_text):
    return told(load_text(CITY))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_elsewhere_moves_nobodys_numbers(load_text, city, change):
    changed = told(load_text(*CHANGES[change]))
    facts, moved = compared(city, changed)
    # A contact that is answered here hangs up there, and vice versa, so not all can be compared.
    assert facts > 0.4 * sum(map(len, city.values()))
    if change == "leaving at once":  # who does has no patience to compare
        moved = [fact for fact in moved if fact[1] != "patience_s"]
    assert moved == []


@pytest.mark.parametrize("engine", ENGINES)
def test_days_played_together_or_one_by_one_have_the_same_contacts(load_text, engine):
    loaded = load_text(CITY, "horizon.days=5")
    assert_same(log_of(loaded, engine), log_of(loaded, engine, spans=[(0, 3), (3, 5)]))


@pytest.mark.parametrize("name", ["nanning-after", "work-orders", "busy-chat-day", "one-team"])
@pytest.mark.parametrize("change", ["demand.max_contacts=2", "horizon.days=9"])
def test_nobodys_numbers_move_in_the_catalogue(name, change):
    settled = ["horizon.days=8", "horizon.warm_up_days=0"]
    if name == "nanning-after":  # whose people are found from calls, by how often they may call
        settled.append("channels.phone.cases_per_year=390000")
    one, other = (
        told(scenario.load(name, overrides=[*settled, *more]), talks=False)
        for more in ((), (change,))
    )
    facts, moved = compared(one, other)
    assert moved == []
    assert facts > 100 or not any(one.values())


def with_one_delay(tables):
    """Return a scenario's tables with the same delay in all rows that have one."""
    delay = {"law": "lognormal", "median_s": 600.0, "sigma_log": 1.5}
    channels = {}
    for name, channel in tables["channels"].items():
        rows = channel.get("next", ())
        rows = [{**row, "delay": delay} if "delay" in row else row for row in rows]
        channels[name] = {**channel, **({"next": rows} if rows else {})}
    return {**tables, "channels": channels}


@settings(suppress_health_check=HEAVY)
@given(scenario_tables(days=st.just(2)), st.data())
def test_nobodys_numbers_move_in_any_scenario(tables, data):
    names = list(tables["channels"])
    tables = with_one_delay(tables)  # for another row, after another ending, may lead as far
    change = data.draw(st.sampled_from(["max_contacts", "channel", "seats", "probability"]))
    changed = {**tables, "channels": dict(tables["channels"])}
    if change == "max_contacts":
        changed["demand"] = {**tables["demand"], "max_contacts": 7}
    elif change == "channel":
        new = {"kind": "message", "cases_per_day": 20, "talk": {"law": "fixed", "mean_s": 60}}
        changed["channels"] = {"another": new, **tables["channels"]}
        team = {**tables["teams"]["team_0"]}
        team["serves"] = [*team["serves"], "another"]
        changed["teams"] = {**tables["teams"], "team_0": team}
    elif change == "seats":
        shift = {"seats": 1, "from": "00:00", "to": "24:00"}
        helps: dict[str, Any] = {"employment": "in_house", "serves": [names[0]], "shifts": [shift]}
        if "satisfaction" in tables:
            helps["base_satisfaction"] = 0.9
        changed["teams"] = {**tables["teams"], "helps": helps}
    else:
        channel = {**tables["channels"][names[0]]}
        rows = [{**row} for row in channel.get("next", ())]
        for row in rows:
            row.pop("by_try", None)
            row["probability"] = 1.0 / (len(rows) + 1)
        changed["channels"][names[0]] = {**channel, **({"next": rows} if rows else {})}
    one, other = (told(scenario_of(t), talks=False) for t in (tables, changed))
    assert compared(one, other)[1] == []


def test_another_warm_up_moves_people(load_text, city):
    """The day of birth counts from the first simulated day, so it is part of whose they are."""
    later = told(load_text(CITY, "horizon.warm_up_days=1"))
    shifted = {(on, born_s - 86400.0, k, c): facts for (on, born_s, k, c), facts in later.items()}
    facts, moved = compared(city, shifted)
    assert len(moved) == facts


def test_other_seeds_and_replications_are_other_people(load_text):
    loaded = load_text(CITY)
    keys = [tables_of(loaded, seed, r).keys for seed in range(20) for r in range(20)]
    words = np.array(keys, np.uint64).reshape(-1, 2)
    assert len(np.unique(words, axis=0)) == len(words)
