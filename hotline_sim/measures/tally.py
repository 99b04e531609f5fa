"""Sums over contacts, kept day by day: all that measures are made of.

A tally holds no contacts, so it is as large after a year as its numbers by day and by
half-hour, and a worker can send it home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import WITHIN, with_threshold
from hotline_sim.domain import HALF_HOURS, Floats, Ints

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario

BINS_PER_DOUBLING = 64  # of 1 + wait: percentiles are right to about 1 %
_WAIT_BINS = 40 * BINS_PER_DOUBLING  # up to 2**40 s, the longest time there is

# Sums by the day and half-hour of a contact's arrival, channel by channel; besides, those of
# WITHIN at each threshold. A wait for a human is from the request for one, whoever comes; the
# wait of the answered (``wait_s``) is from dialling.
BY_ARRIVAL = (
    "offered",
    "answered",
    "abandoned",
    "blocked",
    "contained",
    "left",  # in the greeting
    "unreached",
    "open",
    "left_at_once",
    "waited",  # for a human at all
    "abandoned_after_waiting",
    "wait_s",
    "waited_s",  # for a human, all together; who still waits at the end, until then
    "abandoned_wait_s",
    "redials",
    "due",
    "in_time",
    "work_orders",
    "orders_on_time",
    "asked",  # answered contacts that may be rated
    "satisfied",
    "ratings",
    "satisfied_ratings",
)
# Sums by the day on which a case began, counted on the channel of the contact concerned.
BY_BIRTH = (
    "cases",
    "cases_answered",
    "first_tries_answered",
    "cases_satisfied",
    "due_after_end",  # contacts to come, or to ask, after the end
)
QUEUE = "queue_s"  # time spent waiting, by the day and half-hour in which it was spent


def sums_by_arrival(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of a scenario's sums by arrival, those at its thresholds last."""
    return BY_ARRIVAL + sums_within(scenario)


def sums_within(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the sums at a scenario's thresholds, threshold by threshold."""
    return tuple(with_threshold(name, t) for t in scenario.thresholds_s for name in WITHIN)


@dataclass(eq=False)
class Tally:
    """The sums of one replication, counted days only.

    ``by_day[f]`` and ``by_half_hour[f]`` are ``(days, channels)`` and ``(48, channels)`` for
    each name ``f``; ``calls`` is ``(days * 48, 2)``: offered and answered in each half-hour
    on the channels of ``HeadlineChannels.calls``, and ``queue_max`` the most that waited there at
    one time; ``answered_by_team`` is ``(days, teams)``: inbound contacts answered, by the day of
    their arrival; ``waits`` is ``(channels, bins)``, the
    answered by the logarithm of their wait; ``busy_s``, ``duty_s`` and ``paid_s`` are ``(teams,)``,
    ``handled_s`` is ``(channels,)``: agents' time by channel; ``orders`` is
    ``(3, departments)``: work orders, those on time, and seconds they took together.
    """

    by_day: dict[str, Floats]
    by_half_hour: dict[str, Floats]
    calls: Floats
    answered_by_team: Floats
    waits: Ints
    busy_s: Floats
    duty_s: Floats
    paid_s: Floats
    handled_s: Floats
    orders: Floats
    queue_max: int

    @classmethod
    def empty(cls, scenario: Scenario) -> Tally:
        """Return the tally of a scenario before anything is counted."""
        days, channels, teams = scenario.horizon.days, len(scenario.channels), len(scenario.teams)
        names = (*sums_by_arrival(scenario), QUEUE)
        return cls(
            by_day={f: np.zeros((days, channels)) for f in names + BY_BIRTH},
            by_half_hour={f: np.zeros((HALF_HOURS, channels)) for f in names},
            calls=np.zeros((days * HALF_HOURS, 2)),
            answered_by_team=np.zeros((days, teams)),
            waits=np.zeros((channels, _WAIT_BINS), np.int64),
            busy_s=np.zeros(teams),
            duty_s=np.zeros(teams),
            paid_s=np.zeros(teams),
            handled_s=np.zeros(channels),
            orders=np.zeros((3, len(scenario.departments))),
            queue_max=0,
        )
