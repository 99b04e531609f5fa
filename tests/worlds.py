"""Hand-made worlds, as a reader would list them: channels, teams, stints, cases.

>>> w = world(teams=[team("phone", seats=1)], cases=[(0, call(10)), (4, call(5, patience_s=3))])
>>> story(played(w, "simpy"), "outcome", "start_s")
[('answered', 0.0), ('abandoned', None)]

Everything else (wrap-up, work orders, opinions) is absent unless said. Times are seconds.

What a contact brings is a function of whose it is, so a world is made backwards: each case
gets a place at which its numbers say yes and no where its contacts do, by shares of 1/2, and
then the tables are such that these numbers give the times and the followers asked for.
Contacts of one case, one try and one channel share their numbers, and so must be the same.
"""

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from itertools import groupby, pairwise

import numpy as np
import pytest
from reading import uniforms

from hotline_sim.demand import Demand, Tables, tables_of
from hotline_sim.demand.laws import QuantileTable, time_laws
from hotline_sim.demand.tables import ChannelTable, Row
from hotline_sim.demand.words import Word
from hotline_sim.domain import (
    DAY_S,
    LONGEST_S,
    N_ENDINGS,
    NOBODY,
    Cases,
    ChannelKind,
    ChannelRules,
    ContactLog,
    Duty,
    Outcome,
    Rules,
    Serves,
    joined,
    on_grid,
)
from hotline_sim.execution import EngineName, engine_of
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
FASTEST: EngineName = "compiled" if HAS_COMPILED else "simpy"

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
    """A possible contact; *then* says what follows an outcome: (delay, the next contact).

    It hears a greeting of *greeting_s*; or, hanging up after *left_s*, of some longer time.
    Once answered it may open a work order. What then follows comes when that is closed; if
    the order is late and *urging* is a contact, first that one, at the deadline.
    """

    talk_s: float = 0.0
    channel: str = "phone"
    wrap_up_s: float = 0.0
    patience_s: float = math.inf
    greeting_s: float = 0.0
    left_s: float | None = None
    contained: bool = False
    silent: bool = False
    reached: bool = True
    order_s: float | None = None
    department: int = NOBODY
    deadline_s: float = math.inf
    entry_s: float = 0.0
    urging: "Contact | None" = None
    then: Mapping[str, tuple[float, "Contact"]] = field(default_factory=dict)

    @property
    def left(self):
        """Whether it hangs up in the greeting."""
        return self.left_s is not None

    def is_late(self):
        """Tell whether the order is chased."""
        if self.urging is None:
            return False
        assert self.order_s is not None, "only an order is chased"
        return self.order_s > self.deadline_s


def call(talk_s, **more):
    """Return a contact on the phone, unless *more* names another channel."""
    return Contact(talk_s, **more)


# Worlds -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class World:
    rules: Rules
    tables: Tables
    cases: list[Cases]  # one for each day
    duty: list[Duty]


PHONE = (voice("phone"),)
ONE_AGENT = (team("phone", seats=1),)
MANY = 99  # contacts: more than any hand-made case has


def world(
    *,
    cases,
    channels=PHONE,
    teams=ONE_AGENT,
    stints=None,
    days=1,
    max_contacts=MANY,
    asks_opinions=False,
):
    """Return a world.

    Seats are numbered team by team, cases in the order of arrival (those of one instant as
    listed). *cases* are (arrival, contact), *stints* (seat, on, off) or (seat, on, off,
    speed); without stints every seat is filled all the time.

    Raises
    ------
    AssertionError
        If contacts that share their numbers are to be different, or no numbers are such.
    """
    numbers = {channel.name: i for i, channel in enumerate(channels)}
    team_of_seat = tuple(t for t, one in enumerate(teams) for _ in range(one.seats))
    if stints is None:
        stints = [(seat, 0.0, days * DAY_S) for seat in range(len(team_of_seat))]
    cases = sorted(cases, key=lambda case: case[0])
    met = [_Met(*one) for one in _contacts_of(cases, numbers)]
    channel_tables = [_shares(channel, met, n) for n, channel in enumerate(channels)]
    places = _places(cases, met, channel_tables, numbers)
    return World(
        rules=Rules(
            channels=tuple(channels),
            serves=tuple(tuple(_serves(entry, numbers) for entry in t.serves) for t in teams),
            team_of_seat=team_of_seat,
        ),
        tables=_Writer(cases, met, places, numbers).tables(
            channel_tables, max_contacts=max_contacts, asks_opinions=asks_opinions
        ),
        cases=_cases(cases, places, numbers, days),
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


def _cases(cases, places, numbers, days):
    """Return the cases day by day."""
    day_of = [int(at_s // DAY_S) for at_s, _ in cases]
    assert all(0 <= day < days for day in day_of), "a case arrives outside of the days"
    starts = np.searchsorted(day_of, range(days + 1)).tolist()
    return [
        Cases(
            first=begin,
            arrival_s=np.array([at_s for at_s, _ in cases[begin:end]], float),
            channel=np.array([numbers[c.channel] for _, c in cases[begin:end]], np.int64),
            place=np.array(places[begin:end], np.int64),
        )
        for begin, end in pairwise(starts)
    ]


def world_of(scenario, *, seed=1, replication=0):
    """Return the world that one replication of a scenario plays in."""
    streams = Streams(seed, replication)
    demand, staffing = Demand(scenario, streams), Staffing(scenario, streams)
    days = range(scenario.total_days)
    return World(
        rules=rules(scenario),
        tables=tables_of(scenario, seed, replication),
        cases=[demand.draw(day) for day in days],
        duty=[staffing.duty(day) for day in days],
    )


# A world made backwards -------------------------------------------------------------------

# Among the places before these one is looked for: a few, if a few suffice; one in a million says
# yes and no to twenty.
_ENDS = (2**8, 2**12, *range(2**14, 2**24, 2**14))
_SPREAD = 3  # places for each case, so that they are no numbers from 0 on
_YES_OR_NO = {
    "left": ("leaves_in_greeting_share", Word.LEAVES_IN_GREETING),
    "contained": ("self_service_share", Word.SELF_SERVICE),
    "silent": ("silent_share", Word.SILENT),
    "reached": ("reach_probability", Word.REACHED),
}
_BRINGS = ("talk_s", "wrap_up_s", "patience_s", "greeting_s", "left_s", *_YES_OR_NO)
_ELSEWHERE_S = 977.0  # at numbers that no contact has


@dataclass(frozen=True)
class _Met:
    """A possible contact of a world, and whose it is."""

    case: int
    k: int
    channel: int
    contact: Contact


def _contacts_of(cases, numbers):
    """Return every possible contact once, as the columns of _Met.

    What would follow one that chases an order is no contact, as nobody asks for it.
    """
    for case, (_, first) in enumerate(cases):
        found: dict[tuple[int, int, int], Contact] = {}
        chasing: dict[tuple[int, int, int], Contact] = {}
        left = [(1, first, False)]
        while left:
            k, contact, chases = left.pop()
            whose = (case, k, numbers[contact.channel])
            known = (chasing if chases else found).setdefault(whose, contact)
            assert known is contact or known == contact, _contradiction(whose, contact)
            left += [] if chases else _followers(k, contact)
        for whose in found.keys() & chasing.keys():
            brought = [[getattr(one[whose], n) for n in _BRINGS] for one in (found, chasing)]
            assert brought[0] == brought[1], _contradiction(whose, chasing[whose])
        yield from ((*whose, contact) for whose, contact in (chasing | found).items())


def _followers(k, contact):
    """Return (try, contact, whether it chases) of what may follow a contact."""
    for ending, (delay_s, following) in contact.then.items():
        if ending != "answered" or contact.order_s is None:
            yield k + 1, following, False
            continue
        assert delay_s == contact.order_s, f"{delay_s} s: what follows an order comes at its end"
        yield k + 1 + contact.is_late(), following, False
    if contact.is_late():
        yield k + 1, contact.urging, True


def _contradiction(whose, contact):
    case, k, channel = whose
    return f"case {case} has two contacts {k} on channel {channel}, one of them {contact}"


def _shares(channel, met, number):
    """Return the channel's shares: 1/2 where contacts differ from what is plain."""
    here = [one.contact for one in met if one.channel == number]
    plain = Contact()
    shares = {
        share: 0.5 if any(getattr(c, name) != getattr(plain, name) for c in here) else plain_share
        for (name, (share, _)), plain_share in zip(
            _YES_OR_NO.items(), (0.0, 0.0, 0.0, 1.0), strict=True
        )
    }
    assert channel.kind is ChannelKind.OUTBOUND or shares["reach_probability"] == 1.0
    return ChannelTable(NOBODY, NOBODY, NOBODY, NOBODY, leaves_at_once_share=0.0, **shares)


def _key(channel):
    return channel, 20240304


def _places(cases, met, channel_tables, numbers):
    """Return a place for each case at which its contacts say yes and no where they should."""
    wanted: list[dict[tuple[int, Word], bool]] = [{} for _ in cases]
    for one in met:
        for name, (share, word) in _YES_OR_NO.items():
            if getattr(channel_tables[one.channel], share) == 0.5:
                answer = getattr(one.contact, name)
                told = wanted[one.case].setdefault((one.k, word), answer)
                assert told == answer, (
                    f"case {one.case}: its contact {one.k} is {name} on one channel only"
                )
    places = []
    taken: dict[tuple[int, int], set[int]] = {}
    for (at_s, first), answers in zip(cases, wanted, strict=True):
        born = numbers[first.channel], int(at_s // DAY_S)
        places.append(_place(*born, answers, taken.setdefault(born, set())))
        taken[born].add(places[-1])
    return places


def _place(channel, day, answers, taken):
    for begin, end in pairwise((0, *_ENDS)):
        fits = np.ones(end - begin, bool)
        fits[: max(0, _SPREAD * len(taken) + 1 - begin)] = False
        fits[[place - begin for place in taken if begin <= place < end]] = False
        for (k, word), yes in answers.items():
            if not fits.any():
                break
            fits &= (uniforms(_key(channel), day, k, begin, end - begin)[:, word] < 0.5) == yes
        if fits.any():
            return begin + int(np.argmax(fits))
    raise AssertionError(f"no numbers say {answers}")


class _Writer:
    """Writes tables by which possible contacts are what they are."""

    def __init__(self, cases, met, places, numbers):
        self._met, self._numbers = met, numbers
        self._laws, self._rows, self._first_rows, self._upto = [], [], [0], []
        self._tries = max((one.k for one in met), default=1)
        self._born = [
            (_key(numbers[first.channel]), int(at_s // DAY_S), place)
            for (at_s, first), place in zip(cases, places, strict=True)
        ]

    def tables(self, channel_tables, *, max_contacts, asks_opinions):
        channels = [
            self._times(table, [one for one in self._met if one.channel == number])
            for number, table in enumerate(channel_tables)
        ]
        for number in range(len(channels)):
            here = [one for one in self._met if one.channel == number]
            for ending in list(Outcome)[:N_ENDINGS]:
                self._write_rows(here, ending.name.lower())
        laws, knots = time_laws(self._laws)
        return Tables(
            keys=tuple(_key(number) for number in range(len(channels))),
            channels=tuple(channels),
            rows=tuple(self._rows),
            first_rows=tuple(self._first_rows),
            upto=tuple(self._upto),
            tries=self._tries,
            laws=laws,
            knots=knots,
            max_contacts=max_contacts,
            asks_opinions=asks_opinions,
        )

    def _u(self, one, word):
        key, day, place = self._born[one.case]
        return float(uniforms(key, day, one.k, place)[0, word])

    def _law(self, points):
        """Return the number of a new law that gives each time at, and around, its number."""
        self._laws.append(steps(points))
        return len(self._laws) - 1

    def _times(self, table, here):
        """Return a channel's table with the laws that its contacts need."""

        def law(name, word, absent=None):
            if absent is not None and all(getattr(one.contact, name) == absent for one in here):
                return NOBODY
            return self._law([(self._u(one, word), getattr(one.contact, name)) for one in here])

        return table._replace(
            talk=law("talk_s", Word.TALK),
            wrap_up=law("wrap_up_s", Word.WRAP_UP, 0.0),
            patience=law("patience_s", Word.PATIENCE, math.inf),
            greeting=self._greeting(here),
        )

    def _greeting(self, here):
        """Return the law of the greetings; who leaves does so after a part of one."""
        if not any(one.contact.greeting_s or one.contact.left for one in here):
            return NOBODY
        lasts_s = [
            float(on_grid(np.array([one.contact.left_s / self._u(one, Word.LEAVES_WHEN)]))[0])
            if one.contact.left
            else one.contact.greeting_s
            for one in here
        ]
        return self._law([(self._u(one, Word.GREETING), s) for one, s in zip(here, lasts_s)])

    def _write_rows(self, here, ending):
        """Write the rows after an ending: one for whoever goes on, try by try.

        Between those who go on stand rows that lead nowhere for those who do not.
        """
        filled = [0.0] * self._tries
        for k, those in groupby(sorted(here, key=lambda one: one.k), key=lambda one: one.k):
            by_number = sorted((self._u(one, Word.NEXT), one) for one in those)
            rows = [self._row(one, ending) for _, one in by_number]
            bounds = [(u + more) / 2.0 for u, more in pairwise([*(u for u, _ in by_number), 1.0])]
            while rows and rows[-1] is None:
                rows.pop()
            for row, bound in zip(rows, bounds, strict=False):
                filled[k - 1] = bound
                self._rows.append(row or _NOWHERE)
                self._upto += filled
        self._first_rows.append(len(self._rows))

    def _row(self, one, ending):
        """Return what follows a contact; None: nothing."""
        contact = one.contact
        delay_s, following = contact.then.get(ending, (None, None))
        if ending == "answered" and contact.order_s is not None:
            entered = [(self._u(one, Word.ENTRY), contact.entry_s)] if contact.entry_s else []
            return Row(
                to=NOBODY if following is None else self._numbers[following.channel],
                delay=self._law([(self._u(one, Word.ORDER), contact.order_s)]),
                entry=self._law(entered) if entered else NOBODY,
                department=contact.department,
                deadline_s=contact.deadline_s,
                urging=NOBODY if contact.urging is None else self._numbers[contact.urging.channel],
            )
        if following is None:
            return None
        delay = self._law([(self._u(one, Word.DELAY), delay_s)])
        return Row(self._numbers[following.channel], delay, NOBODY, NOBODY, math.inf, NOBODY)


_NOWHERE = Row(NOBODY, 0, NOBODY, NOBODY, math.inf, NOBODY)


def steps(points):
    """Return the law that gives each time of (number, time) halfway to the next number.

    Further off it gives another time, lest one word's number do for another's. Who never
    leaves has the longest patience there is.
    """
    apart = ((i / 8.0, _ELSEWHERE_S) for i in range(9))
    points = sorted({*((u, min(time_s, LONGEST_S)) for u, time_s in points), *apart})
    assert len({u for u, _ in points}) == len(points), "two contacts have one number"
    bounds = [0.0, *((u + more) / 2.0 for (u, _), (more, _) in pairwise(points)), 1.0]
    shares = tuple(bound for both in pairwise(bounds) for bound in both)
    return QuantileTable(shares, tuple(time_s for _, time_s in points for _ in range(2)))


# Playing and telling ----------------------------------------------------------------------


def played(a_world, engine):
    """Play a world day by day and return its log by case and contact."""
    hotline = engine_of(engine)[1](a_world.rules, a_world.tables)
    days = enumerate(zip(a_world.cases, a_world.duty, strict=True))
    logs = [hotline.run_day(day, cases, duty) for day, (cases, duty) in days]
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
