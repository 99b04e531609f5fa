"""The work all competitors are given: the phone part of a shipped scenario.

One voice channel, one team with the seats of all teams of the file, no limit of lines, no
greeting, no work orders, nobody asked for an opinion: what the textbook ways can say too. The
transition rows that lead from the phone back to the phone stay (redials and repeats), or go where
a competitor has none. Our engines ask for a contact's numbers as they play; the textbook ways are
given the same numbers, worked out beforehand, as :class:`Calls`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim import scenario as scenarios
from hotline_sim.demand import Demand, Tables, tables_of
from hotline_sim.demand.laws import time_s
from hotline_sim.demand.numbers import uniforms
from hotline_sim.demand.words import Word
from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, NOBODY, Cases, Floats, Ints, Outcome
from hotline_sim.scenario.rosters import roster_of
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from hotline_sim.domain import Duty, Rules
    from hotline_sim.scenario import Scenario

CHANNEL, TEAM = "phone", "day"
REPLICATION = 0
FOLLOWED = (Outcome.ANSWERED, Outcome.ABANDONED)  # the only endings there are


@dataclass(frozen=True, eq=False)
class Calls:
    """All calls that a day's cases may come to, ``(n,)``: first the first ones, by arrival.

    A case is on one channel, so whatever its k-th call ends with, its next one is the same.
    ``next_call`` and ``delay_s`` are ``(2, n)``, by ending: the row that follows, or NOBODY.
    """

    arrival_s: Floats  # (n_cases,) of the first calls
    case: Ints
    talk_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    next_call: Ints
    delay_s: Floats


@dataclass(frozen=True)
class Work:
    """The rules and tables, and day by day the cases, the duty table and the textbook's calls."""

    rules: Rules
    tables: Tables
    days: list[tuple[Cases, Duty]]
    calls: list[Calls]


@dataclass(frozen=True)
class Result:
    """What a competitor found, to see that all did the same work."""

    contacts: int
    answered: int

    @property
    def connect_rate(self) -> float:
        """Answered contacts over all contacts."""
        return self.answered / self.contacts


def phone_part(name: str, *, days: int, redials: bool) -> Scenario:
    """Return the phone part of a shipped scenario."""
    overrides = [f"horizon.days={days}", "horizon.warm_up_days=0"]
    scenario = scenarios.load(name, overrides=overrides)
    phone = scenario.channels[CHANNEL]
    rows = tuple(
        row.model_copy(update={"entry": None})
        for row in phone.next
        if redials and row.to == CHANNEL and row.department is None
    )
    bare = {"lines": None, "greeting": None}
    whole = {"serves": (CHANNEL,), "shifts": (), "seats": None, "curve": seats_of_day(scenario)}
    team = scenario.teams[TEAM].model_copy(update=whole)
    return scenario.model_copy(
        update={
            "channels": {CHANNEL: phone.model_copy(update=bare | {"next": rows})},
            "teams": {TEAM: team},
            "departments": {},
            "satisfaction": None,
        }
    )


def seats_of_day(scenario: Scenario) -> tuple[float, ...]:
    """Return the seats of all teams in each half-hour of a day, a Monday's where days differ."""
    seats = np.zeros(HALF_HOURS)
    for team in scenario.teams.values():
        for part in roster_of(scenario, team):
            for begin_s, end_s, there in zip(
                part.edges_s, part.edges_s[1:], part.seats[0], strict=False
            ):
                places = np.arange(begin_s // HALF_HOUR_S, end_s // HALF_HOUR_S, dtype=int)
                seats[places % HALF_HOURS] += there
    return tuple(seats.tolist())


def drawn(scenario: Scenario, *, seed: int) -> Work:
    """Draw the cases and the duty of all days, and work out the calls of their cases."""
    streams, tables = Streams(seed, REPLICATION), tables_of(scenario, seed, REPLICATION)
    demand, staffing = Demand(scenario, streams), Staffing(scenario, streams)
    days = [(demand.draw(day), staffing.duty(day)) for day in range(scenario.total_days)]
    calls = [calls_of(tables, cases) for cases, _ in days]
    return Work(scenarios.rules(scenario), tables, days, calls)


def calls_of(tables: Tables, cases: Cases) -> Calls:
    """Return what the calls of cases on the only channel bring, and which may follow which."""
    phone, n = tables.channels[0], 0
    which, levels = np.arange(len(cases)), []
    for k in range(1, tables.max_contacts + 1):
        some = Cases(cases.first, cases.arrival_s[which], cases.channel[which], cases.place[which])
        u = uniforms(tables.keys, some, k)
        n += len(which)
        delay_s = np.stack([_delays_s(tables, ending, k, u) for ending in FOLLOWED])
        goes_on = ~np.isnan(delay_s)
        anyhow = goes_on.any(axis=0) & (k < tables.max_contacts)
        follower = np.full(len(which), NOBODY)
        follower[anyhow] = n + np.arange(anyhow.sum())
        times_s = [
            time_s(tables.laws[law], tables.knots, u[:, word])
            for law, word in (
                (phone.talk, Word.TALK),
                (phone.wrap_up, Word.WRAP_UP),
                (phone.patience, Word.PATIENCE),
            )
        ]
        next_call = np.where(goes_on, follower, NOBODY)
        levels.append((cases.first + which, *times_s, next_call, delay_s))
        which = which[anyhow]
        if not len(which):
            break
    return Calls(cases.arrival_s, *(np.concatenate(column, axis=-1) for column in zip(*levels)))


def _delays_s(tables: Tables, ending: Outcome, k: int, u: Floats) -> Floats:
    """Return the delay of the row that each contact follows after an ending; nan: none."""
    assert len(tables.channels) == 1
    begin, end = tables.first_rows[ending], tables.first_rows[ending + 1]
    upto = np.array(tables.upto).reshape(-1, tables.tries)[begin:end, min(k, tables.tries) - 1]
    row = begin + np.searchsorted(upto, u[:, Word.NEXT], side="right")
    delay_s = np.full(len(u), np.nan)
    for number in range(begin, end):
        law, chosen = tables.laws[tables.rows[number].delay], row == number
        delay_s[chosen] = time_s(law, tables.knots, u[chosen, Word.DELAY])
    return delay_s
