"""The duty table (在岗): which seats are filled when, and how fast, drawn before the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, Duty, Floats, Ints, on_grid
from hotline_sim.scenario.persons import terms_of
from hotline_sim.staffing.rosters import rosters_of
from hotline_sim.staffing.turnover import People, places_of, who_works_matters

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
            first = max(day - 1, 0) if crew.passes_midnight else day
            if first < until:
                found, crew_paid_s = crew.stints(np.arange(first, until))
                stints += found
                paid_s[number] = crew_paid_s[day - first :].sum()
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
        if terms is not None and self._rosters and who_works_matters(terms):
            self._places = places_of(terms, [roster.week() for roster in self._rosters])
            if self._places:
                self._people = People(terms, self._places, streams, self._purpose)
            days = np.arange(scenario.total_days)
            filled = np.sum([roster.filled(days) for roster in self._rosters], axis=0)
            self._turn_at = np.concatenate([[0], np.cumsum(filled)])

    def stints(self, days: Ints) -> tuple[list[_Stints], Floats]:
        """Return the stints of the duty that begins on some days, and each day's paid time."""
        plans = [roster.plan(days) for roster in self._rosters]
        paid_s = np.zeros(len(days))
        for plan in plans:
            paid_s += plan.paid_s
        if self._people is not None:
            paid_s *= self._people.employed_share(days)
        paid_s = on_grid(paid_s)  # so that sums are exact, whichever days are added together
        found = []
        speeds = self._speeds(days, plans)
        for first_seat, plan, speeds_of in zip(self._first_seats, plans, speeds, strict=True):
            speed = speeds_of[plan.day, plan.seat]
            there = ~np.isnan(speed)
            seat = first_seat + plan.seat[there]
            found.append((seat, plan.on_s[there], plan.off_s[there], speed[there]))
        return found, paid_s

    def _speeds(self, days: Ints, plans: list[Plan]) -> list[Floats]:
        """Return the speed on each seat of each roster, ``(days, seats)``; nan: it is empty."""
        if self._people is None:
            speeds = [np.full((len(days), one.seats), self._team.speed) for one in self._rosters]
        else:
            speeds = self._speeds_in_turn(self._people, days, plans)
        share = self._team.absence_share
        if share > 0.0:
            for number, speed in enumerate(speeds):
                speed[self._levels(days, number, speed.shape[1]) < share] = np.nan
        return speeds

    def _levels(self, days: Ints, number: int, seats: int) -> Floats:
        """Draw the share of absence, 0 to 1, from which each seat is empty, ``(days, seats)``."""
        purpose = f"{self._purpose}/absence/{number}"
        return np.array([self._streams.at(day, purpose).random(seats) for day in days.tolist()])

    def _speeds_in_turn(self, people: People, days: Ints, plans: list[Plan]) -> list[Floats]:
        """Return the speed of the agent whose turn each seat is, by roster, ``(days, seats)``.

        Each round of the places begins with another seat, so that long shifts and short ones
        fall to all. Seats that are not filled have a speed that nobody asks for.
        """
        slowness = people.slowness(days) * self._team.speed
        all_filled = np.sum([plan.filled for plan in plans], axis=0)[:, None].clip(1)
        turn = self._turn_at[days][:, None]
        before = np.zeros_like(turn)  # seats of the rosters before
        speeds = []
        for roster, plan in zip(self._rosters, plans, strict=True):
            seats = before + np.arange(roster.seats)
            places = (turn + (seats + turn // self._places) % all_filled) % self._places
            speeds.append(np.take_along_axis(slowness, places, axis=1))
            before = before + plan.filled[:, None]
        return speeds
