"""From a target to what a program can ask for: a share served in the week, or hours on the floor.

A target is one of many measures; a program knows shares of those who are served. How the two go
together is read from what was simulated: each trial is a point, its share served against what the
target had to spare, and the share that is asked next is where the line through the points nearest
to nothing crosses it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotline_sim.definitions import measure_of
from hotline_sim.domain import HALF_HOUR_S, HOUR_S
from hotline_sim.experiments.periods import exact_share
from hotline_sim.experiments.staff.records import StaffError
from hotline_sim.experiments.staff.responses import Seen, served_by
from hotline_sim.experiments.targets import Period

if TYPE_CHECKING:
    from hotline_sim.experiments.periods import Holding
    from hotline_sim.experiments.staff.trials import Trial
    from hotline_sim.experiments.targets import Target
    from hotline_sim.scenario import Scenario

# What more agents bring nearer only by having time: no call is answered for it.
_OF_TIME = ("occupancy", "utilisation", "within_deadline_rate", "on_time_rate", "open")
_ALL = 0.9995  # so large a share served is everybody
_LEAST_STEP = 0.0005  # of a share, after a roster that missed
# What is tried where two points say nothing: of what is not served yet, of hours, of either.
_SHARE_OF_REST, _MUCH_MORE, _MUCH_LESS = 0.3, 1.2, 0.5


@dataclass(frozen=True)
class Point:
    """A trial: what was served, as a share or in hours, and what the target had to spare."""

    served: float
    spare: float


@dataclass(frozen=True)
class Aim:
    """A target, the sum of those served that goes with it (None: hours), and what was tried."""

    target: Target
    served: str | None
    within_s: float | None
    points: tuple[Point, ...] = ()

    @classmethod
    def of(cls, target: Target, scenario: Scenario) -> Aim:
        """Return the aim of a target before anything is tried."""
        if measure_of(target.measure).name in _OF_TIME:
            return cls(target, None, None)
        return cls(target, *served_by(target.measure, scenario.thresholds_s[0]))

    @property
    def by_day(self) -> bool:
        """Whether each weekday must do its part: the worst 24 hours may be on any."""
        worst = measure_of(self.target.measure).name == "connect_rate_24h_min"
        return worst or self.target.period is Period.DAY

    def tried(self, trial: Trial, scenario: Scenario, replications: int) -> Aim:
        """Return the aim that has learnt of a trial, to be met in so many replications."""
        (found,) = [one for one in trial.holdings if one.target == self.target]
        if self.served is None:
            served = float(trial.coverage.sum()) * HALF_HOUR_S / HOUR_S
        else:
            served = Seen.of(scenario, trial.played, self.served).rate
        point = Point(served, spare_of(found, replications))
        return replace(self, points=(*self.points, point))

    def level(self) -> float:
        """Return what is to be served so that the target has nothing to spare.

        Raises
        ------
        StaffError
            If it is missed though nearly everybody is served.
        """
        points = sorted(self.points, key=lambda one: one.served)
        missed = [one for one in points if one.spare < 0.0]
        if not missed:
            return self._beyond(points[:2], points[0])
        last = missed[-1]
        met = [one for one in points if one.spare >= 0.0 and one.served > last.served]
        if met:
            return _crossing(last, met[0])
        if self.served is not None and last.served > _ALL:
            raise StaffError("staffing.target_beyond", target=self.target)
        return max(self._beyond(points[-2:], last), last.served + self._step)

    @property
    def _step(self) -> float:
        return _LEAST_STEP if self.served is not None else 1.0

    def _beyond(self, two: list[Point], end: Point) -> float:
        """Return where the line through two points crosses nothing to spare, outside them."""
        rises = len(two) > 1 and two[1].spare > two[0].spare and two[1].served > two[0].served
        if end.spare >= 0.0 and not rises:
            return end.served * _MUCH_LESS
        if self.served is None:
            return max(_crossing(*two) if rises else end.served * _MUCH_MORE, 0.0)
        if end.spare == -math.inf or not rises:
            return end.served + (1.0 - end.served) * _SHARE_OF_REST
        return min(max(_crossing(*two), 0.0), (1.0 + end.served) / 2.0)


def _crossing(one: Point, other: Point) -> float:
    share = one.spare / (one.spare - other.spare)
    return one.served + (other.served - one.served) * share


def spare_of(found: Holding, replications: int) -> float:
    """Return what a target has to spare: how far the end of its interval is from the target.

    Where fewer replications were played than it is to be met in, the interval is taken to be as
    much narrower as more replications would make it.
    """
    estimate, target = found.found, found.target
    if math.isnan(estimate.mean):
        return -math.inf
    if found.of is not None and target.share is not None:
        of = max(round(found.of * replications / max(len(found.values), 1)), 1)
        return exact_share(round(estimate.mean * of), of)[0] - target.share
    half = 0.0 if math.isnan(estimate.half_width) else estimate.half_width
    half *= math.sqrt(len(found.values) / replications)
    spare = estimate.mean - target.value if target.at_least else target.value - estimate.mean
    return spare - half
