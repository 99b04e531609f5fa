"""One day of a replication, contact by contact: what a figure or a page plays again."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import (
    DAY_S,
    HOUR_S,
    NEVER_ASKED,
    NOBODY,
    ArgumentError,
    Bools,
    ContactLog,
    Duty,
    Floats,
    Outcome,
    joined,
)
from hotline_sim.execution import Task, play_days
from hotline_sim.experiments.running import (
    check_replication,
    opened,
    warn_if_unchecked,
)
from hotline_sim.scenario import rules
from hotline_sim.scenario.calendar import date_of

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from hotline_sim.execution import EngineName
    from hotline_sim.scenario import Scenario


@dataclass(frozen=True, slots=True)
class ReplayedContact:
    """A contact on a day; times are seconds from the day's midnight, None where it did not happen.

    ``done_s`` ends an agent's time; ``queued_until_s`` ends the wait that begins with
    ``request_s``. What was there before the day has times below 0, what ends after it above 86,400.
    """

    case: int
    k: int  # which contact of its case, from 1
    channel: str
    arrival_s: float  # dials
    request_s: float | None  # asks for a human
    queued_until_s: float | None  # answered, or gave up; math.inf: waits past the horizon's end
    answer_s: float | None  # an agent took it
    end_s: float | None  # talk ended, or the contact left
    done_s: float | None  # the agent was free of it: end of wrap-up
    outcome: str
    team: str | None
    seat: int | None
    next: str | None  # channel on which the case comes again; None: it ends here


@dataclass(frozen=True, slots=True)
class Stint:
    """A time in which a seat (座席) is filled, in seconds from the day's midnight."""

    seat: int
    team: str
    on_s: float
    off_s: float


@dataclass(frozen=True, eq=False)
class DayReplay:
    """What became of everybody on one day of one replication, or in a window of it."""

    scenario: Scenario
    seed: int
    replication: int
    day: int  # of the counted days, from 0
    date: dt.date
    from_s: float
    until_s: float
    contacts: tuple[ReplayedContact, ...]  # there at some time of the window; by arrival
    stints: tuple[Stint, ...]  # by seat, then by time

    def between(self, from_s: float, until_s: float) -> DayReplay:
        """Return what happened in a window, in seconds from the day's midnight.

        Raises
        ------
        ValueError
            If the window is empty, or reaches out of this one.
        """
        if not self.from_s <= from_s < until_s <= self.until_s:
            held = f"{self.from_s:g} to {self.until_s:g}"
            raise ArgumentError(f"from_s = {from_s:g}, until_s = {until_s:g}: wanted within {held}")
        contacts = tuple(
            c
            for c in self.contacts
            if c.arrival_s < until_s and (left_s(c) > from_s or c.arrival_s >= from_s)
        )
        stints = tuple(s for s in self.stints if s.on_s < until_s and s.off_s > from_s)
        return replace(self, from_s=from_s, until_s=until_s, contacts=contacts, stints=stints)

    def trimmed(self) -> DayReplay:
        """Return the whole hours in which somebody calls, waits or is on duty; all, if nobody."""
        begins = [one.arrival_s for one in self.contacts] + [one.on_s for one in self.stints]
        ends = [left_s(one) for one in self.contacts] + [one.off_s for one in self.stints]
        if not begins:
            return self
        first_s = max(min(begins), self.from_s) // HOUR_S * HOUR_S
        last_s = -(-min(max(ends), self.until_s) // HOUR_S) * HOUR_S
        last_s = max(last_s, first_s + HOUR_S)  # who finds no line has left at once
        return self.between(max(first_s, self.from_s), min(last_s, self.until_s))

    def waiting_at(self, time_s: float, channel: str | None = None) -> int:
        """Return how many wait in the queue at a time; of one channel, or of all."""
        return sum(
            c.request_s <= time_s < c.queued_until_s
            for c in self.contacts
            if c.request_s is not None
            and c.queued_until_s is not None
            and channel in (None, c.channel)
        )

    def seats(self) -> tuple[tuple[int, str], ...]:
        """Return the seats that were filled or had a contact in hand, with their teams."""
        found = {stint.seat: stint.team for stint in self.stints}
        for one in self.contacts:
            if one.seat is not None and one.team is not None:
                found[one.seat] = one.team
        return tuple(sorted(found.items()))

    def to_dict(self) -> dict[str, Any]:
        """Return the day as plain values; a wait without an end has None for it."""
        contacts = [asdict(one) for one in self.contacts]
        for one in contacts:
            if one["queued_until_s"] == math.inf:
                one["queued_until_s"] = None
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title.model_dump(),
            "seed": self.seed,
            "replication": self.replication,
            "day": self.day,
            "date": self.date.isoformat(),
            "from_s": self.from_s,
            "until_s": self.until_s,
            "contacts": contacts,
            "stints": [asdict(one) for one in self.stints],
        }


def day_of(
    scenario: Scenario | str | Path,
    *,
    seed: int,
    replication: int,
    day: int = 0,
    engine: EngineName = "auto",
) -> DayReplay:
    """Play a replication and return one of its days, contact by contact.

    The days before it are played too, and those after it: who waits over midnight is in the
    log of the day on which the waiting ends.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file.
    seed, engine
        As in :func:`run`.
    replication
        Which of a run's replications, counted from 0.
    day
        Which of the counted days, from 0; the warm-up comes before them.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read or run.
    ValueError
        If an argument is out of its range.
    """
    check_replication(replication, seed)
    loaded = opened(scenario)
    if not 0 <= day < loaded.horizon.days:
        raise ArgumentError(f"day = {day}: 0 to {loaded.horizon.days - 1}")
    number = loaded.horizon.warm_up_days + day
    midnight_s = number * DAY_S
    logs, stints = [], []
    for _, log, duty in play_days(Task(loaded, seed, replication, engine)):
        logs.append(log.where(_are_there(log, midnight_s, midnight_s + DAY_S)))
        stints += _stints(loaded, duty, midnight_s)
    warn_if_unchecked(loaded)
    contacts = _contacts(loaded, joined(logs), midnight_s)
    return DayReplay(
        loaded,
        seed,
        replication,
        day,
        date_of(loaded, number),
        0.0,
        DAY_S,
        tuple(sorted(contacts, key=lambda one: (one.arrival_s, one.case))),
        tuple(sorted(stints, key=lambda one: (one.seat, one.on_s))),
    )


def left_s(contact: ReplayedContact) -> float:
    """Return when nothing of a contact was left: no caller, and no agent busy with it."""
    ends = [contact.end_s, contact.done_s, contact.queued_until_s]
    return max((end for end in ends if end is not None), default=math.inf)


def _are_there(log: ContactLog, from_s: float, until_s: float) -> Bools:
    """Tell which contacts are there at some time of a window, ``(n_contacts,)``."""
    last_s = np.fmax(np.fmax(log.end_s, log.done_s), log.start_s)
    last_s = np.where(np.isnan(last_s), math.inf, last_s)
    there: Bools = (log.arrival_s < until_s) & ((last_s > from_s) | (log.arrival_s >= from_s))
    return there


def _stints(scenario: Scenario, duty: Duty, midnight_s: float) -> list[Stint]:
    """Return the stints that touch the day."""
    teams, team_of_seat = list(scenario.teams), rules(scenario).team_of_seat
    touch = (duty.on_s < midnight_s + DAY_S) & (duty.off_s > midnight_s)
    columns = (duty.seat[touch], duty.on_s[touch] - midnight_s, duty.off_s[touch] - midnight_s)
    return [
        Stint(seat, teams[team_of_seat[seat]], on_s, off_s)
        for seat, on_s, off_s in zip(*(column.tolist() for column in columns), strict=True)
    ]


def _contacts(scenario: Scenario, log: ContactLog, midnight_s: float) -> list[ReplayedContact]:
    """Return the contacts of a log, times from a midnight."""
    channels, teams = list(scenario.channels), list(scenario.teams)
    names = ("case", "k", "channel", "outcome", "team", "seat", "next")
    rows = zip(*(getattr(log, name).tolist() for name in names), strict=True)
    times = (log.arrival_s, log.request_s, _queued_until_s(log), log.start_s, log.end_s, log.done_s)
    rows_of_times = zip(*((column - midnight_s).tolist() for column in times), strict=True)
    found = []
    for row, times_s in zip(rows, rows_of_times, strict=True):
        case, k, channel, outcome, team, seat, follows = row
        arrival_s, request_s, queued_until_s, answer_s, end_s, done_s = times_s
        found.append(
            ReplayedContact(
                case=case,
                k=k,
                channel=channels[channel],
                arrival_s=arrival_s,
                request_s=_or_none(request_s),
                queued_until_s=_or_none(queued_until_s),
                answer_s=_or_none(answer_s),
                end_s=_or_none(end_s),
                done_s=_or_none(done_s),
                outcome=Outcome(outcome).name.lower(),
                team=None if team == NOBODY else teams[team],
                seat=None if seat == NOBODY else seat,
                next=None if follows == NOBODY else channels[follows],
            )
        )
    return found


def _queued_until_s(log: ContactLog) -> Floats:
    """Return when each was no longer in the queue, ``(n_contacts,)``; nan: it was in none.

    A chat that left silently is in it until an agent finds out, as the measures count it.
    """
    until_s = np.where(np.isnan(log.start_s), log.end_s, log.start_s)
    until_s = np.where(log.outcome == Outcome.OPEN, math.inf, until_s)
    never = np.isin(log.outcome, NEVER_ASKED) | np.isnan(log.request_s)
    queued_until_s: Floats = np.where(never, math.nan, until_s)
    return queued_until_s


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
