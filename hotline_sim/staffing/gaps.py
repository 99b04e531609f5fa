"""Where a plan of duty leaves people alone: calls expected and nobody there, a crew at its meal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOURS
from hotline_sim.scenario import calendar
from hotline_sim.scenario.rosters import clock_s, roster_of
from hotline_sim.scenario.schema import Chat, Voice
from hotline_sim.scenario.volumes import day_shape, mean_cases_per_day
from hotline_sim.staffing.rosters import rosters_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hotline_sim.domain import Bools, Ints
    from hotline_sim.scenario.schema import Scenario, Team

_DAYS = 28  # looked at: every fraction of a seat has been rounded both ways by then
_MINUTES = 1440  # of a day
_MINUTE_S = DAY_S / _MINUTES
_CREW = 3  # seats from which it matters that most of them are away at once
_LEFT_SHARE = 0.5


@dataclass(frozen=True)
class Unstaffed:
    """Minutes of the day in which a channel expects people and no planned seat is filled.

    ``days`` is on how many of ``of`` days; the minutes are ``[begin, end)`` since midnight.
    """

    channel: str
    begin: int
    end: int
    days: int
    of: int


@dataclass(frozen=True)
class BreakTogether:
    """A minute of the day at which most seats are at their break: ``left`` of ``seats`` stay."""

    team: str
    minute: int
    left: int
    seats: int


def unstaffed(scenario: Scenario) -> list[Unstaffed]:
    """Return when nobody is on duty though people are expected, by channel and time of day.

    By the plan of the first 28 counted days, whole seats, planned absence and breaks with it; who
    fails to come by chance is not in it. Messages can wait, and outbound calls are the centre's.
    """
    days = _looked_at(scenario)
    on_duty = {name: _on_duty(scenario, team, days) for name, team in scenario.teams.items()}
    found: list[Unstaffed] = []
    for name, channel in scenario.channels.items():
        if isinstance(channel, (Voice, Chat)) and mean_cases_per_day(channel) > 0.0:
            seats = sum((on_duty[team] for team in _serving(scenario, name)), _nobody(days))
            weights = channel.hour_weights or scenario.demand.hour_weights
            wanted = np.repeat(day_shape(weights) > 0.0, _MINUTES // HALF_HOURS)
            empty = (seats == 0) & wanted & _are_busy(scenario, days)[:, None]
            found += _by_time_of_day(name, empty)
    return found


def breaks_together(scenario: Scenario) -> list[BreakTogether]:
    """Return, of each team with breaks, the minute at which the fewest stay, if they are few.

    Few are less than half of those whose shift it is, of three or more.
    """
    days = _looked_at(scenario)
    found = []
    for name, team in scenario.teams.items():
        windows = _break_windows(scenario, team)
        if not windows.any():
            continue
        there = _on_duty(scenario, team, days)
        others = _on_duty(scenario, _without_breaks(team), days)
        few = windows & (others >= _CREW) & (there < _LEFT_SHARE * others)
        if few.any():
            share = np.where(few, there / np.maximum(others, 1), 1.0)
            day, minute = np.unravel_index(share.argmin(), share.shape)
            left, seats = int(there[day, minute]), int(others[day, minute])
            found.append(BreakTogether(name, int(minute), left, seats))
    return found


def _looked_at(scenario: Scenario) -> Ints:
    first = scenario.horizon.warm_up_days
    return np.arange(first, min(first + _DAYS, scenario.total_days))


def _nobody(days: Ints) -> Ints:
    return np.zeros((len(days), _MINUTES), np.int64)


def _serving(scenario: Scenario, channel: str) -> Iterator[str]:
    for name, team in scenario.teams.items():
        served = [one if isinstance(one, str) else one.channel for one in team.serves]
        if channel in served:
            yield name


def _on_duty(scenario: Scenario, team: Team, days: Ints) -> Ints:
    """Return the seats of a team that are filled in each minute, by plan, ``(days, 1440)``."""
    change = np.zeros((len(days) + 2) * _MINUTES, np.int64)
    since_s = days[0] * DAY_S
    from_day_before = np.arange(max(int(days[0]) - 1, 0), int(days[-1]) + 1)
    for roster in rosters_of(scenario, team):
        plan = roster.plan(from_day_before)
        for at_s, step in ((plan.on_s, 1), (plan.off_s, -1)):
            minute = np.ceil((at_s - since_s) / _MINUTE_S - 0.5).astype(np.int64)  # its middle
            np.add.at(change, minute.clip(0, len(change) - 1), step)
    seats: Ints = change.cumsum()[: len(days) * _MINUTES].reshape(len(days), _MINUTES)
    return seats


def _are_busy(scenario: Scenario, days: Ints) -> Bools:
    """Tell on which days people are expected at all, ``(days,)``."""
    dates = (calendar.date_of(scenario, day) for day in days.tolist())
    return np.array([calendar.day_weight(date, scenario.demand) > 0.0 for date in dates], bool)


def _by_time_of_day(channel: str, empty: Bools) -> Iterator[Unstaffed]:
    """Yield the runs of minutes of the day that are empty on some day; each with its most days."""
    days = empty.sum(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], days > 0, [0]])))
    for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield Unstaffed(channel, begin, end, int(days[begin:end].max()), len(empty))


def _without_breaks(team: Team) -> Team:
    shifts = tuple(one.model_copy(update={"breaks": ()}) for one in team.shifts)
    return team.model_copy(update={"breaks": (), "shifts": shifts})


def _break_windows(scenario: Scenario, team: Team) -> Bools:
    """Tell which minutes of the day lie in the window of a break, ``(1440,)``."""
    found = np.zeros(_MINUTES, bool)
    for one in (pause for stretch in roster_of(scenario, team) for pause in stretch.breaks):
        found |= _between(int(clock_s(one.from_) // _MINUTE_S), int(clock_s(one.to) // _MINUTE_S))
    return found


def _between(begin: int, end: int) -> Bools:
    minutes = np.arange(_MINUTES)
    inside: Iterable[bool] | Bools = (minutes >= begin) & (minutes < end)
    if end <= begin:
        inside = (minutes >= begin) | (minutes < end)
    return np.array(inside, bool)
