"""The same hours on duty, laid out over the week so that most of those who ask are answered.

Agent by agent goes where one more answers most: in every half-hour of the week what is answered
is a concave curve of the agents there, by Erlang formulas with patience, of the load that
carries over from one half-hour to the next (Green, Kolesar and Whitt 2007, Coping with
time-varying demand when setting staffing requirements, Production and Operations Management
16(1)); of concave curves the greedy choice is the best (Fox 1966, Discrete optimization via
marginal analysis, Management Science 13(3)). What is answered in a half-hour depends in truth
also on the one before, and work that can wait takes its time whenever it comes due, so that
only the simulation tells what it is worth. The layout is a curve of seats, bound to no shifts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import HALF_HOUR_S, HALF_HOURS, HOUR_S
from hotline_sim.erlang import queue_measures
from hotline_sim.experiments.staff.flows import SLOTS, Flows, cases_of_week
from hotline_sim.experiments.staff.work import Work
from hotline_sim.money import roster_of
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.rosters import WEEK_DAYS
from hotline_sim.scenario.schema import Outbound
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.erlang import Queue
    from hotline_sim.money import EmploymentName
    from hotline_sim.scenario import Scenario

_HALF_HOUR_H = HALF_HOUR_S / HOUR_S
_RATES = 10  # at which the curve of each number of agents is worked out
_PIECES = 24  # of a curve, at most
_AHEAD = 2.0  # agents over the load, times: beyond nobody more is answered
_OTHER_KEYS = ("seats", "persons", "posts", "persons_per_post", "curve", "breaks", "open", "fewest")


def layout(scenario: Scenario, employment: EmploymentName, connect_rate: float) -> dict[str, Any]:
    """Return the changes that lay a scenario's roster out best, for `Scenario.with_values`.

    They are a curve of whole agents for every weekday, of the team that serves every channel
    that is served; other teams have no seats. Who wants the hours kept exactly scales it to a
    budget afterwards. Empty if there is no such team, or nobody asks.

    Parameters
    ----------
    scenario
        With the roster that the money buys, all of it under one employment.
    employment
        Whose hours are laid out.
    connect_rate
        About the share that is answered, by which redials are counted.
    """
    team = _main_team(scenario)
    hours = roster_of(scenario, employment).filled_hours * WEEK_DAYS / YEAR_DAYS
    if team is None or not (hours > 0 and 0.0 <= connect_rate <= 1.0):
        return {}
    curves = _curves(scenario, connect_rate)
    if curves is None:
        return {}
    agents = _greedy(curves, hours)
    return _values(scenario, team, agents.reshape(WEEK_DAYS, HALF_HOURS)) if agents.any() else {}


def _greedy(curves: Sequence[_Curve], hours: float) -> Floats:
    """Return how many agents each half-hour of the week has, ``(336,)``, the best ones first."""
    slopes = np.concatenate([one.slopes for one in curves])
    widths = np.concatenate([one.widths for one in curves])
    places = np.repeat(np.arange(len(curves)), [len(one.slopes) for one in curves])
    best_first = np.argsort(-slopes, kind="stable")
    used = widths[best_first].cumsum() <= hours / _HALF_HOUR_H
    chosen = best_first[used]
    return np.bincount(places[chosen], widths[chosen], minlength=len(curves)).astype(float)


def _main_team(scenario: Scenario) -> str | None:
    """Return the team whose channels are all that is served; None: there is none."""
    served = {name: _channels(scenario, name) for name in scenario.teams}
    every = set().union(*served.values())
    return next((name for name, own in served.items() if own == every), None)


def _channels(scenario: Scenario, team: str) -> set[str]:
    entries = scenario.teams[team].serves
    return {one if isinstance(one, str) else one.channel for one in entries}


# What agents answer ---------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Curve:
    """What a half-hour's agents answer: pieces of so many agents, each with calls for one more."""

    widths: Floats
    slopes: Floats  # falling


def _curves(scenario: Scenario, connect_rate: float) -> list[_Curve] | None:
    """Return the curve of every half-hour of the week; None where nobody waits for an agent."""
    work = Work.of(scenario, None)
    flows = Flows(scenario, cases_of_week(scenario))
    answered = np.full((len(work.channels), SLOTS), connect_rate)
    for number, channel in enumerate(work.channels):
        if isinstance(channel, Outbound):
            answered[number] = channel.reach_probability
    asked = flows.contacts(answered) * work.asking[:, None]
    if not asked[work.waits].sum() > 0:
        return None
    queue = work.queue(asked)
    load = work.load(asked)
    rates = load / queue.handle_mean_s * HOUR_S
    most = int(np.ceil(_AHEAD * load.max())) + 3
    steps = np.unique(np.round(np.linspace(0, most, min(most, _PIECES) + 1)).astype(int))
    table = _answered_table(queue, steps, rates)
    return [_concave(steps, found) for found in table.T]


def _answered_table(queue: Queue, steps: Sequence[int] | Any, rates: Floats) -> Floats:
    """Return calls answered an hour by so many agents at each rate, ``(steps, rates)``."""
    least = max(float(rates.max()) * 1e-3, 1e-6)
    grid = np.geomspace(max(float(rates[rates > 0].min()), least), float(rates.max()), _RATES)
    found = np.zeros((len(steps), len(rates)))
    for i, agents in enumerate(steps):
        if agents == 0:
            continue
        shares = []
        for rate in grid.tolist():
            asked = replace(queue, calls_per_hour=rate)
            shares.append(_share(asked, int(agents)))
        found[i] = rates * np.interp(rates, grid, shares)
    return found


def _share(queue: Queue, agents: int) -> float:
    """Return the share answered; of a queue that never ends, as many as the agents can."""
    if queue.fails_never and agents <= queue.least_agents:
        return agents / queue.least_agents
    return queue_measures(queue=queue, agents=agents, within_s=0.0).connect_rate


def _concave(steps: Any, answered: Floats) -> _Curve:
    widths = np.diff(steps).astype(float)
    slopes = np.maximum(np.diff(answered) / widths, 0.0)
    return _Curve(widths, np.minimum.accumulate(slopes))


# Into the scenario ----------------------------------------------------------------------------


def _values(scenario: Scenario, team: str, agents: Floats) -> dict[str, Any]:
    """Return the changes that give a team a curve for each weekday, and the others no seats."""
    values: dict[str, Any] = {}
    for name, one in scenario.teams.items():
        written = one.model_fields_set
        values |= {f"teams.{name}.{key}": None for key in _OTHER_KEYS if key in written}
        values |= {f"teams.{name}.roster": None} if "roster" in written else {}
        values |= {f"teams.{name}.shifts": []} if name != team or one.shifts else {}
    values[f"teams.{team}.curve"] = dict(zip(WEEKDAYS, agents.tolist(), strict=True))
    if "start" not in scenario.horizon.model_fields_set:
        values["horizon.start"] = scenario.horizon.start
    return values
