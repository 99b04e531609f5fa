"""Other teams on the floor: how many agents their rosters bring, and what they take of a need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, Floats
from hotline_sim.experiments.staff.records import Cut
from hotline_sim.experiments.staff.rostering import there_share
from hotline_sim.scenario.rosters import WEEK_DAYS, in_week, roster_of

if TYPE_CHECKING:
    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.rosters import Stretch

_WEEK = WEEK_DAYS * HALF_HOURS
_MINUTE_S = 60.0


def less_help(need: Need, scenario: Scenario, team: str) -> Need:
    """Return what is left of a team's need where the rules count on others of the scenario."""
    others = [one for one in scenario.rules.helpers if one.team != team]
    if not others:
        return need
    helps = np.sum([one.share * floor_of(scenario, one.team) for one in others], axis=0)
    cuts = tuple(
        Cut(cut.weights, cut.at_least - float((cut.weights * helps).sum())) for cut in need.cuts
    )
    return replace(need, agents=(need.agents - helps).clip(0.0), cuts=cuts)


def floor_of(scenario: Scenario, team: str) -> Floats:
    """Return the agents whom a team's roster has on the floor, on average, ``(7, 48)``.

    Of a week without holidays. Breaks that are taken in turn are spread over their windows.
    """
    roster = roster_of(scenario, scenario.teams[team])
    seats: Floats = np.sum([np.zeros(_WEEK), *map(_by_half_hour, roster)], axis=0)
    floor: Floats = there_share(scenario, team) * seats.reshape(WEEK_DAYS, HALF_HOURS)
    return floor


def _by_half_hour(stretch: Stretch) -> Floats:
    """Return the seats of a stretch by half-hour of the week, ``(336,)``."""
    floor = np.zeros(_WEEK)
    for day in in_week(stretch.days):
        spans = [
            (on_s, off_s, seats)
            for on_s, off_s, seats in zip(
                stretch.edges_s, stretch.edges_s[1:], stretch.seats[day], strict=False
            )
        ]
        for one in stretch.breaks:
            begin_s, end_s = stretch.window_s(one)
            taking = stretch.seats[day, stretch.within(one)].min()
            spans.append((begin_s, end_s, -taking * one.minutes * _MINUTE_S / (end_s - begin_s)))
        for on_s, off_s, seats in spans:
            slots = np.arange(int(on_s // HALF_HOUR_S), int(-(-off_s // HALF_HOUR_S)))
            inside_s = np.minimum((slots + 1) * HALF_HOUR_S, off_s) - np.maximum(
                slots * HALF_HOUR_S, on_s
            )
            np.add.at(floor, (day * HALF_HOURS + slots) % _WEEK, seats * inside_s / HALF_HOUR_S)
    return floor
