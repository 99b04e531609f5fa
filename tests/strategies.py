"""Random hotlines for hypothesis: tiny worlds full of ties, and whole scenario files.

``tiny_worlds()`` draws :class:`worlds.World` by hand, past the loader: a few cases, agents
and instants of whole seconds around one or two midnights, so that nearly everything happens
at the same instant as something else. It draws what the types allow: every kind of channel,
lines (also none at all), chats held together, silent leavers, overflow, promotion, stints
that touch or span midnight, speeds, tables by which any ending leads anywhere, otherwise try
by try, orders on time and late and chased on any channel, and lengths, delays and patience
of 0. It is what finds a difference between two engines.

    @given(tiny_worlds())
    def test_nobody_is_lost(world): ...

``scenarios()`` draws scenario files that the loader accepts, as :class:`Scenario`; any key of
the format may be there or not, so that in a few hundred of them every pair of features
meets. ``scenario_tables()`` gives the same as a dict, ``toml(tables)`` writes one down and
``scenario_of(tables)`` loads it, for tests that change a key first.

    @given(scenarios(days=st.just(2)))
    def test_it_loads(scenario): ...

Shrinking leads to fewer cases, seats and channels, to plain calls and to 0.
"""

import datetime as dt
import itertools
import math
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from worlds import World

from hotline_sim import scenario
from hotline_sim.demand import Tables
from hotline_sim.demand.laws import QuantileTable, time_laws
from hotline_sim.demand.tables import ChannelTable, Row
from hotline_sim.domain import (
    DAY_S,
    LONGEST_S,
    N_ENDINGS,
    NOBODY,
    Cases,
    ChannelKind,
    ChannelRules,
    Duty,
    Outcome,
    Rules,
    Serves,
)

# Tiny worlds ------------------------------------------------------------------------------

KINDS = tuple(ChannelKind)
_EARLY = 10  # seconds of a day, from its midnight and before the next, in which things happen
_SHORT = st.sampled_from([1.0, 2.0, 0.0, 3.0, 5.0])
_WAITS = st.sampled_from([math.inf, 2.0, 0.0, 1.0, 4.0, 9.0])
_SPEEDS = st.sampled_from([1.0, 1.4, 0.5, 2.0])
_LENGTHS_S = (1.0, 2.0, 0.0, 3.0, 5.0)
_PATIENCE_S = (LONGEST_S, 2.0, 0.0, 1.0, 4.0, 9.0)
_DELAYS_S = (0.0, 1.0, 2.0, 5.0, DAY_S - 3.0, DAY_S, 2 * DAY_S)
_ORDERS_S = (2.0, 3.0, 1.0, 4.0, 0.0, DAY_S)  # around the deadlines
_DEADLINES = st.sampled_from([2.0, 3.0, 0.0, math.inf])
_SELDOM = st.sampled_from([0.0] * 9 + [0.5, 0.5, 1.0])
_OFTEN = st.sampled_from([0.5, 1.0, 0.5, 0.0])
_MOST = st.sampled_from([4, 5, 3, 12, 2, 1])  # contacts of a case
_ENDS = st.sampled_from([1.0, 1.0, 1.0, 0.5, 0.25, 0.0])  # of the parts of rows
_ROWS = st.sampled_from([1, 1, 2, 1, 0])  # after an ending
_ABSENT = st.sampled_from([False] * 4 + [True])
_FIRST_PLACES = st.sampled_from([0, 1000, 2**31 - 100])
_WORDS = st.integers(0, 2**64 - 1)


@st.composite
def tiny_worlds(draw, max_days=3):
    """Draw a world of whole seconds and many ties; see the head of this module."""
    days = draw(st.integers(1, max_days))
    channels = [draw(_channels(i)) for i in range(draw(st.integers(1, 4)))]
    teams = draw(st.lists(_teams(len(channels)), min_size=1, max_size=3))
    rules = Rules(
        channels=tuple(channels),
        serves=tuple(serves for serves, _ in teams),
        team_of_seat=tuple(t for t, (_, seats) in enumerate(teams) for _ in range(seats)),
    )
    stints = [
        stint for seat in range(len(rules.team_of_seat)) for stint in draw(_stints(seat, days))
    ]
    cases, next_case = [], 0
    for day in range(days):
        cases.append(draw(_cases(len(channels), day, next_case)))
        next_case += len(cases[-1])
    return World(
        rules=rules,
        tables=draw(_tables(channels)),
        cases=cases,
        duty=[
            _duty([s for s in stints if s[1] // DAY_S == day], len(teams)) for day in range(days)
        ],
    )


@st.composite
def _channels(draw, number):
    kind = draw(st.sampled_from(KINDS))
    chat = kind is ChannelKind.CHAT
    return ChannelRules(
        name=f"{kind}_{number}",
        kind=kind,
        lines=draw(st.none() | st.integers(0, 3)) if kind is ChannelKind.VOICE else None,
        concurrency=draw(st.integers(1, 3)) if chat else 1,
        slowdown=draw(st.sampled_from([0.0, 0.5, 0.3])) if chat else 0.0,
        silent_handle_s=draw(_SHORT) if chat else 0.0,
        unreached_handle_s=draw(_SHORT) if kind is ChannelKind.OUTBOUND else 0.0,
        promote_after_s=draw(_WAITS),
    )


@st.composite
def _teams(draw, n_channels):
    """Draw what a team serves, and its seats."""
    channels = draw(st.lists(st.integers(0, n_channels - 1), min_size=1, unique=True))
    waits = st.sampled_from([0.0, 0.0, 1.0, 2.0, 5.0])
    return tuple(Serves(channel, draw(waits)) for channel in channels), draw(st.integers(0, 3))


@st.composite
def _stints(draw, seat, days):
    """Draw the stints of a seat: they may touch and span midnight, but do not overlap."""
    instants = sorted(draw(st.lists(_instants(days), min_size=2, max_size=6, unique=True)))
    gaps = list(itertools.pairwise(instants))
    filled = draw(st.lists(st.booleans(), min_size=len(gaps), max_size=len(gaps)))
    return [
        (seat, on_s, off_s, draw(_SPEEDS))
        for (on_s, off_s), is_filled in zip(gaps, filled, strict=True)
        if is_filled or (on_s, off_s) == gaps[0]
    ]


def _instants(days):
    return st.builds(
        lambda day, second: day * DAY_S + second, st.integers(0, days - 1), _seconds_of_day()
    )


def _seconds_of_day():
    """Draw a second soon after a midnight, or soon before the next."""
    soon = st.integers(0, _EARLY).map(float)
    return soon | soon.map(lambda second: DAY_S - 1.0 - second)


@st.composite
def _cases(draw, n_channels, day, first):
    """Draw a day's cases: in the order of arrival, at any places there are."""
    begin_s = day * DAY_S + draw(st.sampled_from([0.0, 0.0, DAY_S - _EARLY]))
    n = draw(st.integers(0, 10))
    arrival_s = draw(st.lists(st.integers(0, _EARLY - 1), min_size=n, max_size=n))
    channel = draw(st.lists(st.integers(0, n_channels - 1), min_size=n, max_size=n))
    place = draw(st.lists(st.integers(0, 60), min_size=n, max_size=n, unique=True))
    return Cases(
        first=first,
        arrival_s=begin_s + np.sort(np.array(arrival_s, float)),
        channel=np.array(channel, np.int64),
        place=draw(_FIRST_PLACES) + np.array(place, np.int64),
    )


@st.composite
def _step_laws(draw, times_s, laws):
    """Draw a law that jumps from one of some times to another, and return its number."""
    steps = draw(st.lists(st.sampled_from(times_s), min_size=1, max_size=3))
    bounds = [i / len(steps) for i in range(len(steps) + 1)]
    shares = [bound for both in itertools.pairwise(bounds) for bound in both]
    laws.append(QuantileTable(tuple(shares), tuple(s for s in steps for _ in range(2))))
    return len(laws) - 1


def _unless_absent(numbers):
    """Draw a number, or nobody's now and then."""
    return _ABSENT.flatmap(lambda absent: st.just(NOBODY) if absent else numbers)


@st.composite
def _tables(draw, channels):
    """Draw what contacts bring and what follows them."""
    laws: list[Any] = []
    rows, first_rows, upto = [], [0], []
    tries = draw(st.integers(1, 3))
    brought = [draw(_channel_brings(channel.kind, laws)) for channel in channels]
    for channel, table in zip(channels, brought, strict=True):
        possible = _possible_endings(channel, table)
        for ending in range(N_ENDINGS):
            n = draw(_ROWS) if ending in possible else 0
            after = [draw(_rows_after(ending, len(channels), laws)) for _ in range(n)]
            shares = st.lists(_ENDS, min_size=n, max_size=n).map(sorted)
            ends = [draw(shares) for _ in range(tries)]
            rows += after
            upto += [ends[k][row] for row in range(n) for k in range(tries)]
            first_rows.append(len(rows))
    time_laws_, knots = time_laws(laws)
    return Tables(
        keys=tuple(draw(st.tuples(_WORDS, _WORDS)) for _ in channels),
        channels=tuple(brought),
        rows=tuple(rows),
        first_rows=tuple(first_rows),
        upto=tuple(upto),
        tries=tries,
        laws=time_laws_,
        knots=knots,
        max_contacts=draw(_MOST),
        asks_opinions=draw(st.booleans()),
    )


def _possible_endings(channel, table):
    """Return the endings that contacts of a channel may have: others need no rows."""
    outbound, message = ChannelKind.OUTBOUND, ChannelKind.MESSAGE
    may_be = {
        Outcome.ANSWERED: True,
        Outcome.ABANDONED: channel.kind not in (outbound, message),
        Outcome.BLOCKED: channel.lines is not None,
        Outcome.CONTAINED: table.self_service_share > 0.0,
        Outcome.UNREACHED: table.reach_probability < 1.0,
        Outcome.LEFT: table.greeting != NOBODY and table.leaves_in_greeting_share > 0.0,
    }
    return [ending for ending, may in may_be.items() if may]


@st.composite
def _channel_brings(draw, kind, laws):
    waits = kind in (ChannelKind.VOICE, ChannelKind.CHAT)
    outbound = kind is ChannelKind.OUTBOUND
    return ChannelTable(
        talk=draw(_step_laws(_LENGTHS_S, laws)),
        wrap_up=draw(_unless_absent(_step_laws(_LENGTHS_S, laws))),
        patience=draw(_unless_absent(_step_laws(_PATIENCE_S, laws))) if waits else NOBODY,
        greeting=NOBODY if outbound else draw(st.just(NOBODY) | _step_laws(_LENGTHS_S, laws)),
        leaves_in_greeting_share=0.0 if outbound else draw(_SELDOM),
        self_service_share=0.0 if outbound else draw(_SELDOM),
        leaves_at_once_share=draw(_SELDOM) if waits else 0.0,
        silent_share=draw(_OFTEN) if kind is ChannelKind.CHAT else 0.0,
        reach_probability=draw(_OFTEN) if outbound else 1.0,
    )


@st.composite
def _rows_after(draw, ending, n_channels, laws):
    """Draw a row of the transition table; after an answer it may open a work order."""
    to = st.integers(0, n_channels - 1)
    if ending != Outcome.ANSWERED or draw(st.booleans()):
        return Row(draw(to), draw(_step_laws(_DELAYS_S, laws)), NOBODY, NOBODY, math.inf, NOBODY)
    return Row(
        to=draw(_unless_absent(to)),
        delay=draw(_step_laws(_ORDERS_S, laws)),
        entry=draw(_unless_absent(_step_laws(_LENGTHS_S, laws))),
        department=draw(st.integers(0, 2)),
        deadline_s=draw(_DEADLINES),
        urging=draw(_unless_absent(to)),
    )


def _duty(stints, teams):
    stints = sorted(stints, key=lambda stint: (stint[1], stint[0]))
    seat, on_s, off_s, speed = zip(*stints, strict=True) if stints else ((), (), (), ())
    return Duty(
        seat=np.array(seat, np.int64),
        on_s=np.array(on_s, float),
        off_s=np.array(off_s, float),
        speed=np.array(speed, float),
        paid_s=np.zeros(teams),
    )


# Scenario files ---------------------------------------------------------------------------

START = dt.date(2024, 4, 29)  # a Monday; Labour Day and a make-up workday are near
_LONGEST = 40  # cases a channel gets in a day, so that an engine needs milliseconds
_LAWS = ("exponential", "lognormal", "weibull", "gamma", "hyperexponential", "uniform", "fixed")
_FORMS = {
    "lognormal": {"sigma_log": [0.9, 0.0, 2.0]},
    "weibull": {"shape": [0.75, 3.0]},
    "gamma": {"shape": [2.0, 0.5]},
    "hyperexponential": {"cv": [2.0, 1.1]},
}
_ENDINGS = {
    "voice": ("answered", "abandoned", "blocked", "contained", "left"),
    "chat": ("answered", "abandoned", "contained", "left"),
    "message": ("answered", "contained", "left"),
    "outbound": ("answered", "unreached"),
}


def scenarios(days=None):
    """Draw scenarios of a few days (warm-up included), of every key that the format has."""
    return scenario_tables(days).map(scenario_of)


def scenario_of(tables):
    """Return the scenario that a dict stands for, read from a file like any other."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawn.toml"
        path.write_text(toml(tables), encoding="utf-8")
        return scenario.load(path)


def toml(tables):
    """Return a dict as TOML; below the top level tables are written in one line."""
    return "".join(f"{key} = {_value(value)}\n" for key, value in tables.items())


def _value(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return value.isoformat() if isinstance(value, dt.date) else repr(value)


@st.composite
def scenario_tables(draw, days=None):
    """Draw a scenario as the dict of its tables; *days* draws how many are counted."""
    kinds = draw(st.lists(st.sampled_from(list(_ENDINGS)), min_size=1, max_size=5))
    if all(kind == "outbound" for kind in kinds):
        kinds[0] = "voice"  # somebody has to begin
    names = {f"{kind}_{i}": kind for i, kind in enumerate(kinds)}
    opinions = draw(st.booleans())
    departments: dict[str, dict[str, Any]] = {
        f"office_{i}": {} for i in range(draw(st.integers(0, 2)))
    }
    channels = {
        name: draw(_channel_tables(kind, names, departments)) for name, kind in names.items()
    }
    _lead_everywhere(channels, departments, draw)
    for department in departments.values():
        department |= {"delay": draw(_laws(4000.0)), "deadline_s": draw(_floats(2000.0, 9000.0))}
        if draw(st.booleans()):
            department["urging"] = draw(st.sampled_from(list(names)))
    teams = draw(_team_tables(channels, opinions))
    further = _some(
        draw, employment=_employment_tables(opinions), published=st.just({"connect_rate": 0.9})
    )
    _in_persons(draw, teams, further.get("employment", {}))
    return {
        "format": 1,
        "title": {"en": "drawn", "zh": "随机"},
        "horizon": {
            "start": START + dt.timedelta(days=draw(st.integers(0, 6))),
            "days": draw(st.integers(1, 3) if days is None else days),
            **_some(draw, warm_up_days=st.integers(0, 1)),
        },
        "demand": draw(_demand_tables(list(names))),
        "channels": channels,
        **({"departments": departments} if departments else {}),
        "teams": teams,
        **_some(draw, service=_service_tables()),
        **({"satisfaction": draw(_satisfaction_tables())} if opinions else {}),
        **further,
    }


def _floats(low, high):
    """Draw a number of a few digits, as people write them."""
    return st.integers(0, 20).map(lambda i: round(low + (high - low) * i / 20, 6))


def _some(draw, **optional):
    """Draw some of the keys that may be left out."""
    return {key: draw(values) for key, values in optional.items() if draw(st.booleans())}


@st.composite
def _laws(draw, mean_s, never=False):
    """Draw a law of times about so long."""
    law = draw(st.sampled_from((*_LAWS, "empirical", *(["never"] if never else []))))
    if law == "never":
        return {"law": law}
    if law == "empirical":
        return {"law": law, "points_s": [0.0, mean_s / 2, mean_s, 3 * mean_s]}
    size = {draw(st.sampled_from(["mean_s", "median_s"])): draw(_floats(mean_s / 2, 2 * mean_s))}
    form = {key: draw(st.sampled_from(values)) for key, values in _FORMS.get(law, {}).items()}
    if law == "uniform":
        form["half_width_s"] = draw(_floats(mean_s / 10, mean_s / 2))
    return {"law": law, **size, **form}


@st.composite
def _demand_tables(draw, channels):
    """Draw ``[demand]``: the shape of days, weeks and the year."""
    weights = st.sampled_from([24, 48]).flatmap(
        lambda n: st.lists(_floats(0.1, 9.0), min_size=n, max_size=n)
    )
    dates = st.lists(
        st.integers(0, 9).map(lambda i: START + dt.timedelta(days=i)), max_size=2, unique=True
    )
    surge = st.builds(
        lambda begin, length, factor, only: {
            "from": START + dt.timedelta(days=begin),
            "to": START + dt.timedelta(days=begin + length),
            "factor": factor,
            **({"channels": only} if only else {}),
        },
        st.integers(0, 6),
        st.integers(0, 2),
        st.sampled_from([2.0, 0.5, 0.0]),
        st.lists(st.sampled_from(channels), max_size=2, unique=True),
    )
    shares = _floats(-0.9, 0.9)
    return _some(
        draw,
        hour_weights=weights,
        weekday_factors=st.lists(_floats(0.5, 1.5), min_size=7, max_size=7),
        month_factors=st.lists(_floats(0.5, 1.5), min_size=12, max_size=12),
        calendar=st.sampled_from(["china", "none"]),
        holidays=dates,
        make_up_workdays=dates,
        holiday_factor=_floats(0.1, 1.0),
        surges=st.lists(surge, min_size=1, max_size=2),
        busyness=st.builds(
            lambda *values: dict(zip(_BUSYNESS, values, strict=True)),
            *(_floats(0.0, 0.4), shares, _floats(0.0, 0.4), shares),
        ),
    ) | {"max_contacts": draw(st.integers(1, 5))}  # what may follow doubles from try to try


_BUSYNESS = ("day_cv", "day_correlation", "half_hour_cv", "half_hour_correlation")


@st.composite
def _channel_tables(draw, kind, names, departments):
    """Draw a channel of a kind, with its rows of the transition table."""
    table = {"kind": kind, "talk": draw(_laws(200.0))}
    table |= _some(draw, wrap_up=_laws(40.0), promote_after_s=_floats(0.0, 1500.0))
    if kind == "outbound":
        table["reach_probability"] = draw(_floats(0.0, 1.0))
        table["unreached_handle_s"] = draw(_floats(0.0, 60.0))
    else:
        volume = draw(st.sampled_from([("hour", 24), ("day", 1), ("year", 1 / 365)]))
        table[f"cases_per_{volume[0]}"] = draw(st.integers(0, _LONGEST)) / volume[1]
        table |= _some(draw, self_service_share=_floats(0.0, 0.5))
        if draw(st.booleans()):
            table["greeting"] = draw(_laws(8.0))
            table |= _some(draw, leaves_in_greeting_share=_floats(0.0, 0.5))
        table |= _some(draw, hour_weights=st.just([1.0, 0.0] * 12))
    if kind in ("voice", "chat"):
        table["patience"] = draw(_laws(150.0, never=True))
        table |= _some(draw, leaves_at_once_share=_floats(0.0, 0.5))
    if kind == "voice":
        table |= _some(draw, lines=st.integers(0, 5))
    if kind == "chat":
        table["concurrency"] = draw(st.integers(1, 4))
        shares = {"slowdown": _floats(0.0, 1.0), "silent_share": _floats(0.0, 1.0)}
        table |= _some(draw, **shares, silent_handle_s=_floats(0.0, 90.0))
    if kind == "message":
        table |= _some(draw, deadline_s=_floats(600.0, 7200.0))
    rows = [
        row
        for ending in _ENDINGS[kind]
        for row in draw(_rows(ending, list(names), list(departments)))
    ]
    return {**table, **({"next": rows} if rows else {})}


@st.composite
def _rows(draw, ending, names, departments):
    """Draw the rows after one ending; together they leave something for the case to end."""
    count = draw(st.sampled_from([0, 1, 1, 2]))
    rows = []
    for _ in range(count):
        most = st.lists(_floats(0.0, 1.0 / count), min_size=1, max_size=3)
        chance = draw(most)
        row = {"after": ending}
        row |= {"probability": chance[0]} if draw(st.booleans()) else {"by_try": chance}
        if ending == "answered" and departments and draw(st.booleans()):
            row["department"] = draw(st.sampled_from(departments))
            row |= _some(draw, to=st.sampled_from(names), entry=_laws(100.0))
        else:
            row["to"] = draw(st.sampled_from(names))
            row["delay"] = draw(_laws(draw(st.sampled_from([60.0, 600.0, 30_000.0]))))
        rows.append(row)
    return rows


def _lead_everywhere(channels, departments, draw):
    """Add what the loader asks for: calls the centre makes are made, offices have orders."""
    inbound = [table for table in channels.values() if table["kind"] != "outbound"]
    begin = inbound[0]
    rows = [row for table in inbound for row in table.get("next", ())]
    led_to = {row.get("to") for row in rows}
    used = {row.get("department") for row in rows}
    wanted = [{"to": name} for name, t in channels.items() if t["kind"] == "outbound"]
    wanted = [row | {"delay": draw(_laws(600.0))} for row in wanted if row["to"] not in led_to]
    wanted += [{"department": name} for name in departments if name not in used]
    if wanted:
        others = [row for row in begin.get("next", ()) if row["after"] != "answered"]
        chance = 1.0 / (len(wanted) + 1)
        added = [{"after": "answered", "probability": chance, **row} for row in wanted]
        kept = [row for row in begin.get("next", ()) if row["after"] == "answered"]
        for row in kept:  # they share what is left
            row.pop("by_try", None)
            row["probability"] = chance / len(kept)
        begin["next"] = [*others, *added, *kept]


@st.composite
def _team_tables(draw, channels, opinions):
    """Draw teams that serve every channel between them."""
    teams = {}
    unserved = set(channels)  # a dict of their tables
    for i in range(draw(st.integers(1, 3))):
        served = draw(st.lists(st.sampled_from(list(channels)), min_size=1, unique=True))
        unserved -= set(served)
        teams[f"team_{i}"] = {"serves": [draw(_served(name)) for name in served]}
    teams["team_0"]["serves"] += sorted(unserved)
    for team in teams.values():
        team["employment"] = draw(st.sampled_from(["in_house", "outsourced"]))
        team.update(draw(_rosters(_has_cases(channels, team))))
        team.update(_some(draw, shrinkage=_floats(0.0, 0.5), speed=_floats(0.5, 1.5)))
        team.update(_some(draw, absence_share=_floats(0.0, 0.3)))
        if opinions:
            team["base_satisfaction"] = draw(_floats(0.5, 0.95))
    return teams


def _served(name):
    overflow = _floats(0.0, 300.0).map(lambda after_s: {"channel": name, "after_s": after_s})
    return st.just(name) | overflow


def _has_cases(channels, team):
    """Tell whether cases begin on a channel that a team serves, for a roster to follow."""
    names = [entry if isinstance(entry, str) else entry["channel"] for entry in team["serves"]]
    return any(channels[name].get(f"cases_per_{unit}") for name in names for unit in _UNITS)


_UNITS = ("hour", "day", "year")


@st.composite
def _rosters(draw, by_demand_allowed):
    """Draw shifts, perhaps to scale, a curve of seats, or a roster by demand."""
    if by_demand_allowed and draw(st.booleans()):
        seats = draw(_floats(0.5, 4.5))
        return {
            "roster": "demand",
            "seats": seats,
            **_some(draw, open=_hours(), fewest=_floats(0.0, seats)),
        }
    if draw(st.sampled_from([False, False, True])):
        return {"curve": draw(_curves()), **_some(draw, breaks=_breaks(_ALL_DAY))}
    shifts = draw(st.lists(_shifts(), max_size=3))
    scaled = any(shift["seats"] for shift in shifts)
    return {"shifts": shifts, **(_some(draw, seats=_floats(0.5, 4.5)) if scaled else {})}


_ALL_DAY = {"from": "00:00", "to": "24:00"}


def _curves():
    """Draw the seats of a day, or of the days of a week."""
    curve = st.sampled_from([24, 48]).flatmap(
        lambda n: st.lists(st.sampled_from([0, 1, 2.5, 4]), min_size=n, max_size=n)
    )
    by_days = st.sampled_from([("workdays", "restdays"), ("mon-thu", "fri"), ("restdays",)])
    named = by_days.flatmap(lambda days: st.fixed_dictionaries(dict.fromkeys(days, curve)))
    return curve | named


def _in_persons(draw, teams, employment):
    """Give some of the teams in persons, where the terms turn them into seats."""
    for team in teams.values():
        shape = any(shift["seats"] for shift in team.get("shifts", ()))
        shape = shape or team.get("roster") == "demand"
        if shape and team["employment"] in employment and draw(st.booleans()):
            team.pop("seats", None)
            team.update(
                draw(st.sampled_from([{"persons": 9.5}, {"posts": 3, "persons_per_post": 2}]))
            )


@st.composite
def _hours(draw):
    times = st.sampled_from(["00:00", "07:30", "08:00", "12:15", "18:00", "23:00"])
    begin = draw(times)
    days = ["mon-sun", "mon-fri", "sat,sun", "fri-mon", "workdays", "restdays"]
    return {
        "from": begin,
        "to": draw((times | st.just("24:00")).filter(lambda end: end != begin)),
        **_some(draw, days=st.sampled_from(days)),
    }


@st.composite
def _shifts(draw):
    hours = draw(_hours())
    seats = {"seats": draw(st.integers(0, 4) | _floats(0.0, 4.0))}
    return {**seats, **hours, **_some(draw, breaks=_breaks(hours))}


@st.composite
def _breaks(draw, hours):
    """Draw a break or two that lie in a shift, in either order; windows are a shift's halves."""
    begin, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in (hours["from"], hours["to"]))
    half = ((end - begin) % 1440 or 1440) // 2
    clocks = [f"{at // 60 % 24:02}:{at % 60:02}" for at in (begin, begin + half, begin + 2 * half)]
    breaks = [
        {
            "minutes": draw(st.sampled_from([min(30, half), half, min(7.3, half)])),
            "from": first,
            "to": last,
            **_some(draw, batches=st.integers(1, 4)),
        }
        for first, last in draw(st.permutations(list(itertools.pairwise(clocks))))
    ]
    return breaks[: draw(st.integers(1, 2))]


def _service_tables():
    one = st.sampled_from([0.0, 10.0, 15.0, 60.5])
    several = st.lists(one, min_size=1, max_size=3, unique=True)
    return st.fixed_dictionaries({"within_s": one | several})


def _satisfaction_tables():
    keys = ("per_minute_waited", "per_failed_contact", "settled_at_once", "order_late")
    return st.builds(
        lambda coefficients, participation, ratio: {
            **dict(zip(keys, coefficients, strict=True)),
            "participation": participation,
            "response_ratio": ratio,
        },
        st.lists(_floats(0.0, 1.0), min_size=4, max_size=4),
        _floats(0.0, 1.0),
        _floats(0.5, 2.0),
    )


@st.composite
def _employment_tables(draw, opinions):
    """Draw the terms of one employment or both, whichever way the contract pays."""
    people = {
        "hiring_cny": _floats(0.0, 5000.0),
        "training_cny": _floats(0.0, 9000.0),
        "budget_cny": _floats(1e5, 2e7),
    }
    tables = {}
    if draw(st.booleans()):
        tables["in_house"] = {
            "pay_cny_per_person_year": draw(_floats(40_000.0, 99_000.0)),
            "social_insurance_share": draw(_floats(0.0, 0.45)),
            "overhead_share": draw(_floats(0.0, 0.5)),
            "staff_share": draw(_floats(0.5, 1.0)),
            "answering_share": draw(_floats(0.1, 1.0)),
        }
    if draw(st.booleans()):
        price = draw(st.sampled_from(["award", "seat_month", "person_month", "answered"]))
        per_unit = {"price_cny": draw(_floats(5.0, 9000.0))}
        paid = {"award_cny": 1_000_000} if price == "award" else per_unit
        tables["outsourced"] = {
            "price": price,
            "cost_per_person_month_cny": draw(_floats(4500.0, 7000.0)),
            "answering_share": draw(_floats(0.1, 1.0)),
            **paid,
            **_some(draw, award_over_budget=_floats(0.9, 1.0)),
            **_some(draw, kpi=st.lists(_clauses(opinions), min_size=1, max_size=3)),
        }
        if price in ("award", "answered"):
            tables["outsourced"] |= _some(draw, staff_share=_floats(0.5, 1.0))
    return {
        name: {**table, **draw(_terms()), **_some(draw, **people)} for name, table in tables.items()
    }


@st.composite
def _terms(draw):
    """Draw how people come and go; so often that a few days see it."""
    return {
        "productive_hours_per_person_year": draw(st.sampled_from([1400, 300, 8000])),
        **_some(
            draw,
            turnover_per_year=_floats(0.0, 10.0),
            hiring_days=_floats(0.0, 40.0),
            notice_days=_floats(0.0, 40.0),
            training_days=_floats(0.0, 20.0),
            spread=_floats(0.0, 0.5),
        ),
        **draw(st.sampled_from([{}, {"novice_factor": 1.5, "learning_days": 90}])),
    }


@st.composite
def _clauses(draw, opinions):
    """Draw a KPI clause that has something to measure; three together leave something to pay."""
    rates = ["connect_rate", "service_level", "service_level_answered", "service_level(30)"]
    rates += ["abandonment_rate", "waiting_share", "abandoned_within(20)"]
    rates += ["participation_rate", "satisfaction_rate"] if opinions else []
    window = draw(st.sampled_from(["day_24h", "month", "quarter"]))
    return {
        "measure": "connect_rate" if window == "day_24h" else draw(st.sampled_from(rates)),
        "window": window,
        "target": draw(_floats(0.5, 1.0)),
        "share_per_point": draw(_floats(0.0, 0.05)),
        "cap": draw(_floats(0.0, 0.3)),
    }
