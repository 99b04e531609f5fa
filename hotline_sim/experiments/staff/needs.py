"""How many agents the floor needs, half-hour by half-hour of a week, by exact formulas.

Each half-hour is taken by itself, as if its calls came for ever, but with what the half-hours
before it leave behind:

* The work in hand is carried over: the formula is asked with the load that calls of this and
  earlier half-hours would have in hand with agents without end (the modified offered load;
  Jennings, Mandelbaum, Massey and Whitt 1996, Server staffing to meet time-varying demand,
  Management Science 42(10); with patience Feldman, Mandelbaum, Massey and Whitt 2008, Staffing of
  time-varying queues to achieve time-stable performance, Management Science 54(2)).
* Who fails calls again when the law of delay says, in this half-hour or a later one, and so do
  repeats, switches of channel and calls after work orders (``flows``). Who fails depends on the
  agents and the agents on who fails, so both are found in turn until they agree.
* Work that can wait (messages, follow-ups) needs no agent at a given time, only enough time of
  agents by the day: a cut.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, HOUR_S, ArgumentError, Floats, Ints
from hotline_sim.experiments.staff.capacity import MEASURES, Capacity
from hotline_sim.experiments.staff.flows import SLOTS, Flows, cases_of_week
from hotline_sim.experiments.staff.records import Cut, clock_of
from hotline_sim.experiments.staff.work import Work
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.rosters import WEEK_DAYS
from hotline_sim.scenario.schema import Outbound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.erlang import Goal
    from hotline_sim.scenario import Scenario

_TURNS = 30  # between who fails and how many agents there are
_STEP = 0.5  # of the way from one share answered to the next, so that they settle
_AGREED = 1e-4  # of the share answered


@dataclass(frozen=True, eq=False)
class Need:
    """Agents needed on the floor by weekday, Monday first, and half-hour, ``(7, 48)`` each.

    Attributes
    ----------
    agents
        Whole agents that meet the goals.
    offered, load
        Contacts that ask for a human in the half-hour, those that failed before among them; and
        agents whom all of them would keep busy, with what earlier half-hours left in hand.
    connect_rate, service_level, asa_s, occupancy
        What the agents bring by the formulas.
    can_wait_hours : array, ``(7,)``
        Hours of work a day that is done when agents are free.
    cuts : tuple of Cut
        What must be filled over longer times: work that can wait.
    goals, within_s
        What was to be met in every half-hour; the limit of the service level.
    """

    agents: Floats
    offered: Floats
    load: Floats
    connect_rate: Floats
    service_level: Floats
    asa_s: Floats
    occupancy: Floats
    can_wait_hours: Floats
    cuts: tuple[Cut, ...]
    goals: tuple[Goal, ...]
    within_s: float

    @classmethod
    def of_agents(cls, agents: Floats) -> Need:
        """Return the need of agents that somebody knows, ``(7, 48)``; all else is nan."""
        unknown = np.full((WEEK_DAYS, HALF_HOURS), np.nan)
        by_week = dict.fromkeys(("offered", "load", *MEASURES), unknown)
        by_day = unknown[:, 0]
        return cls(agents, can_wait_hours=by_day, cuts=(), goals=(), within_s=np.nan, **by_week)

    def to_csv(self) -> bytes:
        """Return a line for each half-hour of the week; empty where a number is not known."""
        content = io.StringIO()
        writer = csv.writer(content, lineterminator="\n")
        names = ("offered", "load", "agents", *MEASURES)
        writer.writerow(("weekday", "from", *names))
        for day, half_hour in np.ndindex(self.agents.shape):
            values = [float(getattr(self, name)[day, half_hour]) for name in names]
            known = ["" if np.isnan(value) else f"{value:.10g}" for value in values]
            writer.writerow((WEEKDAYS[day], clock_of(half_hour), *known))
        return content.getvalue().encode()


def needs_of(
    scenario: Scenario,
    *,
    goals: Sequence[Goal],
    team: str | None = None,
    busier_than: float | None = None,
) -> Need:
    """Return what the floor needs so that goals are met in every half-hour of the week.

    Parameters
    ----------
    scenario : Scenario
        Whose cases, behaviour and handle times.
    goals : sequence of Goal
        All to be met: ``connect_rate``, ``service_level`` and so on of whoever waits.
    team : str, optional
        For the channels of one team alone, at its speed; without it for all channels.
    busier_than : float, optional
        For half-hours that are busier than so large a share of them, by what is random in the
        demand of days and half-hours; without it for what is expected.

    Raises
    ------
    ValueError
        If there are no goals, or no number of agents meets them.
    """
    if not goals:
        raise ArgumentError("goals: at least one is wanted")
    work = Work.of(scenario, team)
    flows = Flows(scenario, cases_of_week(scenario, busier_than))
    within_s = next((one.within_s for one in goals if one.within_s is not None), None)
    within_s = scenario.thresholds_s[0] if within_s is None else within_s
    if not work.waits.any() or not flows.opens(work.waits).any():
        return _need(_nobody_waits(flows, work), work, goals, within_s)
    return _need(_agreed(flows, work, goals, within_s), work, goals, within_s)


@dataclass(frozen=True, eq=False)
class _Found:
    """Who asks on each channel, ``(channels, 336)``, and what is brought by whom, ``(336,)``."""

    asked: Floats
    load: Floats
    agents: Ints
    measures: Mapping[str, Floats]


def _nobody_waits(flows: Flows, work: Work) -> _Found:
    asked = flows.contacts(_answered(work)) * work.asking[:, None]
    nothing = np.zeros(SLOTS)
    return _Found(asked, nothing, np.zeros(SLOTS, np.int64), dict.fromkeys(MEASURES, nothing))


def _answered(work: Work) -> Floats:
    """Return the share answered to begin with: of calls the centre makes, who is reached."""
    answered = np.ones((len(work.channels), SLOTS))
    for number, channel in enumerate(work.channels):
        if isinstance(channel, Outbound):
            answered[number] = channel.reach_probability
    return answered


def _agreed(flows: Flows, work: Work, goals: Sequence[Goal], within_s: float) -> _Found:
    """Return agents, and who calls because so many are answered, found in turn."""
    answered = _answered(work)
    asked = flows.contacts(answered) * work.asking[:, None]
    queue = work.queue(asked)
    capacity = Capacity(queue, goals, within_s)
    opens = flows.opens(work.waits)
    for _ in range(_TURNS):
        load = work.load(asked) * opens
        rates = load / queue.handle_mean_s * HOUR_S
        agents = capacity.fewest(rates)
        measures = capacity.measures(agents, rates)
        change = measures["connect_rate"] - answered[work.waits]
        if np.abs(change).max() < _AGREED:
            break
        answered[work.waits] += change * _STEP
        asked = flows.contacts(answered) * work.asking[:, None]
    return _Found(asked, load, agents, measures)


def _need(found: _Found, work: Work, goals: Sequence[Goal], within_s: float) -> Need:
    """Return what was found as a need, with the cuts of what can wait."""
    busy_h = found.measures["occupancy"] * found.agents * HALF_HOUR_S / HOUR_S
    can_wait_h = _by_day(work.can_wait_s(found.asked) / HOUR_S)
    most_busy = min((one.value for one in goals if one.measure == "occupancy"), default=1.0)
    by_week = {name: one.reshape(WEEK_DAYS, HALF_HOURS) for name, one in found.measures.items()}
    return Need(
        agents=found.agents.reshape(WEEK_DAYS, HALF_HOURS).astype(np.float64),
        offered=found.asked[work.waits].sum(axis=0).reshape(WEEK_DAYS, HALF_HOURS),
        load=found.load.reshape(WEEK_DAYS, HALF_HOURS),
        can_wait_hours=can_wait_h,
        cuts=_cuts(_by_day(busy_h), can_wait_h, most_busy, found.agents),
        goals=tuple(goals),
        within_s=within_s,
        **by_week,
    )


def _by_day(by_slot: Floats) -> Floats:
    by_day: Floats = by_slot.reshape(WEEK_DAYS, HALF_HOURS).sum(axis=1)
    return by_day


def _cuts(busy_h: Floats, can_wait_h: Floats, most_busy: float, agents: Ints) -> tuple[Cut, ...]:
    """Return what a day's agents must have time for: who waits, and what can wait.

    What comes on a day without agents is done on the next that has some.
    """
    opens = agents.reshape(WEEK_DAYS, HALF_HOURS).max(axis=1) > 0
    days = np.flatnonzero(opens | ~opens.any())
    todo_h = np.zeros(WEEK_DAYS)
    for day in range(WEEK_DAYS):
        next_open = int(((days - day) % WEEK_DAYS).argmin())
        todo_h[days[next_open]] += can_wait_h[day]
    cuts = []
    for day in days.tolist():
        if todo_h[day] > 0.0:
            weights = np.zeros((WEEK_DAYS, HALF_HOURS))
            weights[day] = HALF_HOUR_S / HOUR_S
            cuts.append(Cut(weights, float(busy_h[day] + todo_h[day]) / most_busy))
    return tuple(cuts)
