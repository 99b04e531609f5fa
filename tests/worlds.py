"""Hand-made worlds, as a reader would list them: channels, teams, stints, cases.

>>> w = world(teams=[team("phone", seats=1)], cases=[(0, call(10)), (4, call(5, patience_s=3))])
>>> story(played(w, "simpy"), "outcome", "start_s")
[('answered', 0.0), ('abandoned', None)]

Everything else (wrap-up, work orders, mood) is absent unless said. Times are seconds.
"""

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np
import pytest

from hotline_sim.demand import Demand
from hotline_sim.domain import (
    DAY_S,
    N_ENDINGS,
    NOBODY,
    Calls,
    ChannelKind,
    ChannelRules,
    ContactLog,
    Duty,
    Outcome,
    Rules,
    Serves,
    joined,
)
from hotline_sim.execution import engine_of
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

HAS_COMPILED = all(
    importlib.util.find_spec(module) is not None for module in ("hotline_sim.kernel", "numba")
)
ENGINES = (
    "simpy",
    pytest.param(
        "compiled", marks=pytest.mark.skipif(not HAS_COMPILED, reason="no compiled engine here")
    ),
)
FASTEST = "compiled" if HAS_COMPILED else "simpy"

# Channels ---------------------------------------------------------------------------------


def _channel(name, kind, **changes):
    plain = ChannelRules(
        name=name,
        kind=kind,
        lines=None,
        concurrency=1,
        slowdown=0.0,
        silent_handle_s=0.0,
        unreached_handle_s=0.0,
        promote_after_s=math.inf,
    )
    return replace(plain, **changes)


def voice(name="phone", **changes):
    return _channel(name, ChannelKind.VOICE, **changes)


def chat(name="wechat", **changes):
    return _channel(name, ChannelKind.CHAT, **changes)


def message(name="app", **changes):
    return _channel(name, ChannelKind.MESSAGE, **changes)


def outbound(name="follow_up", **changes):
    return _channel(name, ChannelKind.OUTBOUND, **changes)


# Teams ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Team:
    serves: tuple[str | tuple[str, float], ...]
    seats: int


def team(*serves, seats):
    """Return a team; a channel is a name, or (name, the wait after which the team helps)."""
    return _Team(serves, seats)


# Contacts ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """A possible contact; *then* says what follows an outcome: (delay, the next contact)."""

    talk_s: float = 0.0
    channel: str = "phone"
    wrap_up_s: float = 0.0
    patience_s: float = math.inf
    contained: bool = False
    silent: bool = False
    reached: bool = True
    order_s: float = math.nan
    department: int = NOBODY
    mood: float = 1.0
    rating: float = 1.0
    then: Mapping[str, tuple[float, "Contact"]] = field(default_factory=dict)


def call(talk_s, **more):
    """Return a contact on the phone, unless *more* names another channel."""
    return Contact(talk_s, **more)


# Worlds -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class World:
    rules: Rules
    calls: list[Calls]  # one for each day
    duty: list[Duty]


PHONE = (voice("phone"),)
ONE_AGENT = (team("phone", seats=1),)


def world(*, cases, channels=PHONE, teams=ONE_AGENT, stints=None, days=1):
    """Return a world.

    Seats are numbered team by team, cases in the order of arrival (those of one instant as
    listed). *cases* are (arrival, contact), *stints* (seat, on, off) or (seat, on, off,
    speed); without stints every seat is filled all the time.
    """
    numbers = {channel.name: i for i, channel in enumerate(channels)}
    team_of_seat = tuple(t for t, one in enumerate(teams) for _ in range(one.seats))
    if stints is None:
        stints = [(seat, 0.0, days * DAY_S) for seat in range(len(team_of_seat))]
    return World(
        rules=Rules(
            channels=tuple(channels),
            serves=tuple(tuple(_serves(entry, numbers) for entry in t.serves) for t in teams),
            team_of_seat=team_of_seat,
        ),
        calls=_calls(sorted(cases, key=lambda case: case[0]), numbers, days),
        duty=[
            _duty([s for s in stints if s[1] // DAY_S == day], len(teams)) for day in range(days)
        ],
    )


def _serves(entry, numbers):
    name, after_s = (entry, 0.0) if isinstance(entry, str) else entry
    return Serves(numbers[name], float(after_s))


def _duty(stints, teams):
    stints = sorted(stints, key=lambda stint: (stint[1], stint[0]))
    rows = [(*stint, 1.0)[:4] for stint in stints]
    seat, on_s, off_s, speed = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Duty(
        seat=np.array(seat, np.int64),
        on_s=np.array(on_s, float),
        off_s=np.array(off_s, float),
        speed=np.array(speed, float),
        paid_s=np.zeros(teams),
    )


def _calls(cases, numbers, days):
    per_day = [[case for case in cases if case[0] // DAY_S == day] for day in range(days)]
    assert sum(map(len, per_day)) == len(cases), "a case arrives outside of the days"
    starts = np.cumsum([0, *map(len, per_day)]).tolist()
    return [_calls_of_day(day, numbers, start) for day, start in zip(per_day, starts, strict=False)]


def _calls_of_day(cases, numbers, first_case):
    """Return the trees of a day's cases: first contacts in the first rows, then the rest."""
    rows = [(first_case + i, at_s, 1, contact) for i, (at_s, contact) in enumerate(cases)]
    links = []  # (row, ending, row that follows, delay)
    for row, (case, born_s, k, contact) in enumerate(rows):  # grows as it goes
        for ending, (delay_s, following) in contact.then.items():
            links.append((row, Outcome[ending.upper()], len(rows), delay_s))
            rows.append((case, born_s, k + 1, following))
    next_contact = np.full((N_ENDINGS, len(rows)), NOBODY)
    delays_s = np.zeros((N_ENDINGS, len(rows)))
    for row, ending, following, delay_s in links:
        next_contact[ending, row] = following
        delays_s[ending, row] = delay_s
    contacts = [contact for _, _, _, contact in rows]
    drawn = {
        name: np.array([getattr(contact, name) for contact in contacts], dtype)
        for name, dtype in (
            ("talk_s", float),
            ("wrap_up_s", float),
            ("patience_s", float),
            ("contained", bool),
            ("silent", bool),
            ("reached", bool),
            ("order_s", float),
            ("department", np.int64),
            ("mood", float),
            ("rating", float),
        )
    }
    return Calls(
        first_contact=np.arange(len(cases)),
        first_arrival_s=np.array([at_s for at_s, _ in cases], float),
        case=np.array([case for case, _, _, _ in rows], np.int64),
        born_s=np.array([born_s for _, born_s, _, _ in rows], float),
        channel=np.array([numbers[contact.channel] for contact in contacts], np.int64),
        k=np.array([k for _, _, k, _ in rows], np.int64),
        endings=np.arange(N_ENDINGS),
        followers=next_contact.T.copy(),
        delays_s=delays_s.T.copy(),
        **drawn,
    )


def world_of(scenario, *, seed=1, replication=0):
    """Return the world that one replication of a scenario plays in."""
    streams = Streams(seed, replication)
    demand, staffing = Demand(scenario, streams), Staffing(scenario, streams)
    days = range(scenario.total_days)
    return World(
        rules=rules(scenario),
        calls=[demand.draw(day) for day in days],
        duty=[staffing.duty(day) for day in days],
    )


# Playing and telling ----------------------------------------------------------------------


def played(a_world, engine):
    """Play a world day by day and return its log by case and contact."""
    hotline = engine_of(engine)[1](a_world.rules)
    days = enumerate(zip(a_world.calls, a_world.duty, strict=True))
    logs = [hotline.run_day(day, calls, duty) for day, (calls, duty) in days]
    return joined([*logs, hotline.close()]).in_order()


def story(log, *columns):
    """Return the log as rows of plain values, None where a thing did not happen."""
    return list(zip(*(_plain(log, name) for name in columns), strict=True))


def _plain(log, name):
    values = getattr(log, name).tolist()
    if name in ("outcome", "after"):
        return [None if v == NOBODY else Outcome(v).name.lower() for v in values]
    return [None if v != v or v == NOBODY else v for v in values]


def assert_same(log, other):
    """Check that two logs are equal, contact by contact, to the last bit."""
    for column in fields(ContactLog):
        np.testing.assert_array_equal(
            getattr(log, column.name), getattr(other, column.name), err_msg=column.name
        )
