"""The duty table (在岗): which seats are filled when, and how fast, drawn before the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, Bools, Duty, Floats, Ints
from hotline_sim.staffing.people import People, places_of, terms_of, who_works_matters
from hotline_sim.staffing.rosters import rosters_of

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Scenario, Team
    from hotline_sim.staffing.rosters import Plan
    from hotline_sim.streams import Streams

_Stints = tuple[Ints, Floats, Floats, Floats]  # seat, on, off, speed


class Staffing:
    """The duty of a scenario's horizon, in one replication; any day may be asked for."""

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._crews = []
        first_seat = 0
        for name in scenario.teams:
            crew = _Crew(scenario, name, first_seat, streams)
            self._crews.append(crew)
            first_seat += crew.seats

    def duty(self, day: int, until: int | None = None) -> Duty:
        """Return the stints that begin on a day, or on the days before *until*.

        Seats are numbered as in :func:`hotline_sim.scenario.rules`.
        """
        until = day + 1 if until is None else until
        stints: list[_Stints] = []
        paid_s = np.zeros(len(self._crews))
        for number, crew in enumerate(self._crews):
            before = range(max(day - 1, 0), day) if crew.passes_midnight else range(0)
            for one in (*before, *range(day, until)):
                found, crew_paid_s = crew.stints(one)
                stints += found
                paid_s[number] += crew_paid_s if one >= day else 0.0
        seat, on_s, off_s, speed = map(np.concatenate, zip(_NOBODY, *stints, strict=True))
        begins = (on_s >= day * DAY_S) & (on_s < until * DAY_S)
        order = np.lexsort((seat, on_s))
        order = order[begins[order]]
        return Duty(seat[order], on_s[order], off_s[order], speed[order], paid_s)


_NOBODY: _Stints = (np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))


class _Crew:
    """A team on duty: its rosters, and the people who fill them in rotation.

    Of the seats filled on a day each is some place's turn; a seat stays empty if its agent is
    absent that day, or if the place is vacant or its holder still in training.
    """

    def __init__(self, scenario: Scenario, name: str, first_seat: int, streams: Streams) -> None:
        self._team: Team = scenario.teams[name]
        self._streams, self._purpose = streams, f"staffing/{name}"
        self._rosters = rosters_of(scenario, self._team)
        numbered = [roster.seats for roster in self._rosters]
        self._first_seats = np.cumsum([first_seat, *numbered])[:-1].tolist()
        self.seats = sum(numbered)
        self.passes_midnight = any(roster.ends_s > DAY_S for roster in self._rosters)
        self._people = None
        terms = terms_of(scenario, self._team)
        if terms is not None and who_works_matters(terms):
            self._places = places_of(terms, [roster.week() for roster in self._rosters])
            self._people = People(terms, self._places, streams, self._purpose)
            filled = [self._filled(day) for day in range(scenario.total_days)]
            self._turn_at = np.cumsum([0, *filled]).tolist()

    def _filled(self, day: int) -> int:
        return sum(roster.filled(day) for roster in self._rosters)

    def stints(self, day: int) -> tuple[list[_Stints], float]:
        """Return the stints of the duty that begins on a day, and the time paid for it."""
        plans = [roster.plan(day) for roster in self._rosters]
        paid_s = sum(plan.paid_s for plan in plans)
        speeds = [np.full(plan.filled, self._team.speed) for plan in plans]
        if self._people is not None and self._places:
            speeds = self._speeds_in_turn(self._people, day, [plan.filled for plan in plans])
            paid_s *= self._people.employed_share(day)
        found = []
        for number, (plan, speed) in enumerate(zip(plans, speeds, strict=True)):
            there = self._comes(day, number, plan) & ~np.isnan(speed)
            kept = there[plan.seat]
            seat = plan.seat[kept]
            on_s, off_s = day * DAY_S + plan.on_s[kept], day * DAY_S + plan.off_s[kept]
            found.append((self._first_seats[number] + seat, on_s, off_s, speed[seat]))
        return found, paid_s

    def _comes(self, day: int, number: int, plan: Plan) -> Bools:
        """Return which of the seats that a roster has filled are not empty at random."""
        share = self._team.absence_share
        if share == 0.0:
            return np.ones(plan.filled, bool)
        rng = self._streams.at(day, f"{self._purpose}/absence/{number}")
        return rng.random(plan.filled) >= share

    def _speeds_in_turn(self, people: People, day: int, filled: list[int]) -> list[Floats]:
        """Return the speed of the agent whose turn each seat is, by roster; nan: nobody.

        Each round of the places begins with another seat, so that long shifts and short ones
        fall to all.
        """
        all_filled = sum(filled)
        slowness = people.slowness(day) * self._team.speed
        turn = self._turn_at[day]
        seats = np.arange(all_filled)
        places = (turn + (seats + turn // self._places) % all_filled) % self._places
        return np.split(slowness[places], np.cumsum(filled)[:-1])
