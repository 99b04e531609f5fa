"""What agents on the floor bring in each half-hour: the formulas, fitted to what was simulated.

Of each half-hour of the week the formulas say which share of those who ask is served by so many
agents: answered, or answered within a limit. Simulation knows better: it carries queues over,
meets redials where they come, and every rule of the scenario. After a roster was simulated, the
load of each half-hour is therefore moved until the formulas lose there what the simulation lost;
what a fitted response says of another roster is a cut in the sense of Atlason, Epelman and
Henderson 2004 (Call center staffing with simulation and cutting plane methods, Annals of
Operations Research 127), exact at the roster that was simulated and concave around it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import measure_of, with_threshold
from hotline_sim.domain import HALF_HOURS, HOUR_S, Floats, Ints
from hotline_sim.erlang import Exponential, Queue, queue_measures
from hotline_sim.measures import HeadlineChannels
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.execution import Replication
    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.scenario import Scenario

_LOADS = 36  # of the table; between them lines are straight
_MOST_AGENTS = 44  # numbers of agents in the table
_LARGEST_FACTOR = 3.0  # that a load is moved by
_LONGEST_PATIENCE_S = 7200.0  # who never leaves: losses stay defined where work piles up
_TURNS, _HALVINGS = 4, 30
_FAINT = 0.02  # of a contact a day: added to what was lost, so that none lost is not no load
_SEGMENTS = 20  # straight lines of a half-hour's curve
_NOBODY = 1e-6  # of the busiest half-hour: a late redial in a thousand years
_SWAMPED = 0.6  # of those who ask: below, one straight line will do


@dataclass(frozen=True, eq=False)
class Losses:
    """The share of those who ask that is not served, ``(loads, agents)``, by formula."""

    loads: Floats  # in agents kept busy
    agents: Floats
    lost: Floats

    @classmethod
    def of(cls, queue: Queue, most_load: float, within_s: float | None) -> Losses:
        """Return the losses of a queue of any rate: of not answered, or not within a limit."""
        loads = np.concatenate([[0.0], np.geomspace(0.02, most_load * _LARGEST_FACTOR, _LOADS)])
        most = int(np.ceil(1.5 * most_load + 4.0 * np.sqrt(most_load) + 4.0))
        agents = np.unique(np.rint(np.linspace(0, most, min(most + 1, _MOST_AGENTS))))
        lost = np.ones((len(loads), len(agents)))
        lost[0, 1:] = 0.0
        for i, load in enumerate(loads[1:].tolist(), 1):
            asked = replace(queue, calls_per_hour=load / queue.handle_mean_s * HOUR_S)
            for k, many in enumerate(agents[1:].astype(int).tolist(), 1):
                found = queue_measures(queue=asked, agents=many, within_s=within_s or 0.0)
                served = found.connect_rate if within_s is None else found.service_level
                lost[i, k] = 1.0 - served
        return cls(loads, agents, lost)

    def at(self, load: Floats, agents: Floats) -> Floats:
        """Return the share lost at loads with agents, both of one shape."""
        i, x = _between(self.loads, load)
        k, y = _between(self.agents, agents)
        below = self.lost[i, k] * (1.0 - y) + self.lost[i, k + 1] * y
        above = self.lost[i + 1, k] * (1.0 - y) + self.lost[i + 1, k + 1] * y
        found: Floats = below * (1.0 - x) + above * x
        return found


def _between(points: Floats, values: Floats) -> tuple[Ints, Floats]:
    """Return after which point values lie, and how far towards the next, 0 to 1."""
    inside = np.clip(values, points[0], points[-1])
    i = np.clip(np.searchsorted(points, inside, side="right") - 1, 0, len(points) - 2)
    share: Floats = (inside - points[i]) / (points[i + 1] - points[i])
    return i.astype(np.int64), share


@dataclass(frozen=True, eq=False)
class Seen:
    """Calls that a simulation counted: those who asked and those served, in all replications.

    By half-hour of the day, ``(48,)``, and by weekday, ``(7,)``; ``days`` are so many of each
    weekday, of all replications.
    """

    days: Floats
    offered: tuple[Floats, Floats]
    served: tuple[Floats, Floats]

    @classmethod
    def of(cls, scenario: Scenario, played: Sequence[Replication], served: str) -> Seen:
        """Return what replications counted; *served* names the sum of those served."""
        weekday = (scenario.horizon.start.weekday() + np.arange(scenario.horizon.days)) % WEEK_DAYS
        calls = list(HeadlineChannels.of(scenario).calls)
        days = np.bincount(weekday, minlength=WEEK_DAYS).astype(np.float64) * len(played)

        def counted(name: str) -> tuple[Floats, Floats]:
            by_day = np.sum([one.by_day[name][:, calls].sum(axis=1) for one in played], axis=0)
            by_time = np.sum([one.by_half_hour[name][:, calls].sum(1) for one in played], axis=0)
            return by_time, np.bincount(weekday, by_day, WEEK_DAYS).astype(np.float64)

        return cls(days, counted("offered"), counted(served))

    @property
    def rate(self) -> float:
        """Return the share of those who asked that was served."""
        offered = float(self.offered[1].sum())
        return float(self.served[1].sum()) / offered if offered > 0.0 else np.nan


@dataclass(frozen=True, eq=False)
class Response:
    """Who is served by which agents on the floor, by weekday and half-hour, ``(7, 48)``.

    ``offered`` are those who ask on one day of a weekday, ``load`` whom they would keep busy;
    ``days``, ``(7,)``, are so many of each weekday; ``factor`` is on all that is lost.
    """

    losses: Losses
    offered: Floats
    load: Floats
    days: Floats
    factor: float = 1.0

    @classmethod
    def by_formula(cls, need: Need, patience_s: float, within_s: float | None) -> Response:
        """Return the response to an average week, as the formulas of the need have it."""
        total = float(need.offered.sum())
        handle_s = float(need.load.sum()) * HOUR_S / 2.0 / total
        queue = Queue(
            calls_per_hour=1.0,
            handle_mean_s=handle_s,
            patience=Exponential(mean_s=min(patience_s, _LONGEST_PATIENCE_S)),
        )
        losses = Losses.of(queue, float(need.load.max()), within_s)
        return cls(losses, need.offered, need.load, np.ones(WEEK_DAYS))

    def lost(self, coverage: Floats) -> Floats:
        """Return how many are not served by so many agents on the floor, ``(7, 48)``."""
        share = np.minimum(self.losses.at(self.load, coverage) * self.factor, 1.0)
        lost: Floats = self.asked * share
        return lost

    @property
    def asked(self) -> Floats:
        """Return how many ask on all days, ``(7, 48)``."""
        asked: Floats = self.offered * self.days[:, None]
        return asked

    def rate(self, coverage: Floats) -> float:
        """Return the share served."""
        return 1.0 - float(self.lost(coverage).sum() / self.asked.sum())

    def fitted(self, coverage: Floats, seen: Seen) -> Response:
        """Return the response that loses with a roster what its simulation lost.

        By half-hour of the day and by weekday in turn: the simulation's counts are their sums.
        """
        days = seen.days[:, None]
        offered = _to_margins(self.offered * days, seen.offered) / np.maximum(days, 1.0)
        busier = np.divide(offered, self.offered, out=np.ones_like(offered), where=self.offered > 0)
        found = Response(self.losses, offered, self.load * busier, seen.days)
        faint = _FAINT * float(seen.days.sum())
        by_time, by_day = (o - s for o, s in zip(seen.offered, seen.served, strict=True))
        for _ in range(_TURNS):
            found = found._moved(coverage, by_time + faint / HALF_HOURS, axis=0)
            found = found._moved(coverage, by_day + faint / WEEK_DAYS, axis=1)
        said = float(found.lost(coverage).sum())
        return replace(found, factor=float(by_day.sum()) / said if said > 0.0 else 1.0)

    def _moved(self, coverage: Floats, lost: Floats, *, axis: int) -> Response:
        """Return it with loads multiplied, each column or row by one number, to lose so many."""
        low = np.full(len(lost), 1.0 / _LARGEST_FACTOR)
        high = np.full(len(lost), _LARGEST_FACTOR)
        for _ in range(_HALVINGS):
            factor = np.sqrt(low * high)
            load = self.load * (factor if axis == 0 else factor[:, None])
            said = replace(self, load=load).lost(coverage).sum(axis=axis)
            low, high = np.where(said < lost, factor, low), np.where(said < lost, high, factor)
        factor = np.sqrt(low * high)
        return replace(self, load=self.load * (factor if axis == 0 else factor[:, None]))

    def curve(self, day: int, half_hour: int) -> tuple[Floats, Floats]:
        """Return how many more are served by agents: the widths and slopes of straight lines.

        Slopes fall from line to line (the upper hull), so that a program that wants most served
        takes the first agents first.
        """
        agents = self.losses.agents
        if self.asked[day, half_hour] <= _NOBODY * self.asked.max():
            return np.zeros(0), np.zeros(0)
        load = np.full(len(agents), self.load[day, half_hour])
        lost = self.losses.at(load, agents) * self.factor
        served = self.asked[day, half_hour] * (1.0 - np.minimum(lost, 1.0))
        places = _breakpoints(agents, lost)
        return _hull(agents[places], served[places])


def _breakpoints(agents: Floats, lost: Floats) -> Ints:
    """Return which numbers of agents a curve is drawn through: none, and those that matter."""
    matter = np.flatnonzero((lost < _SWAMPED) & (lost > lost.min() + 1e-6))
    first = max(int(matter[0]) - 1, 1) if len(matter) else 1
    last = min(int(matter[-1]) + 1, len(agents) - 1) if len(matter) else 1
    inner = np.unique(np.rint(np.linspace(first, last, min(last - first + 1, _SEGMENTS))))
    return np.unique(np.concatenate([[0], inner.astype(np.int64)]))


def _hull(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return widths and slopes of the least concave line above some points."""
    kept: list[int] = []
    for i in range(len(x)):
        while len(kept) > 1 and _rises(x, y, kept[-1], i) >= _rises(x, y, kept[-2], kept[-1]):
            kept.pop()
        kept.append(i)
    widths, rises = np.diff(x[kept]), np.diff(y[kept])
    slopes = rises / widths
    return widths[slopes > 0.0], slopes[slopes > 0.0]


def _rises(x: Floats, y: Floats, i: int, j: int) -> float:
    return float((y[j] - y[i]) / (x[j] - x[i]))


def _to_margins(table: Floats, margins: tuple[Floats, Floats]) -> Floats:
    """Return a table with the sums of its columns and rows that are given, like the one it was."""
    found = table.astype(float)
    for _ in range(_TURNS):
        for axis, wanted in enumerate(margins):
            sums = found.sum(axis=axis)
            factor = np.divide(wanted, sums, out=np.zeros_like(wanted), where=sums > 0)
            found = found * (factor if axis == 0 else factor[:, None])
    return found


def served_by(measure: str, first_s: float) -> tuple[str, float | None]:
    """Return the sum of those served that a measure looks at, and its limit; None: without one.

    Of a service level who is answered within it, of anything else who is answered.
    """
    one = measure_of(measure)
    if one.name.startswith("service_level"):
        within_s = first_s if one.within_s is None else one.within_s
        return with_threshold("answered_within", within_s), within_s
    return "answered", None
