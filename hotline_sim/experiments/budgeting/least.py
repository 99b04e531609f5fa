"""The least budget at which a target is met: bisection on the frontier, on the same people.

The mean over replications is one curve over the budget, the single replication of each draw
another. Each is followed from the first budget of the frontier at which it meets its target
back into the step before, which is halved as often as is asked for; within the last half it
is taken to be straight. Where a curve wavers, by chance, about its target, this is one of the
budgets at which it crosses it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hotline_sim.experiments.bands import SHARE_OF_DRAWS
from hotline_sim.experiments.estimates import Estimate, estimate
from hotline_sim.experiments.targets import Target, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hotline_sim.money import EmploymentName

    # Of each question (curve, budget) the values of its replications.
    Play = Callable[[Sequence[tuple["Curve", float]]], Sequence[tuple[float, ...]]]

Side = Literal["below", "above", "nothing"]  # where in the range there is no such budget
Amount = float | Side
RosterName = Literal["scaled", "best"]  # today's, in its shape; the best found at each budget
ROSTERS: tuple[RosterName, ...] = ("scaled", "best")

HALVINGS = 5  # of a step of the frontier: 1/32 of it, then a straight line
_FEWEST_OF_SLOPE = 3  # budgets
_NEAR = 0.125  # of a step of the frontier: where the slope is taken from


@dataclass(frozen=True, eq=False)
class LeastBudget:
    """The least budget, in yuan a year, at which a target is met under one employment and roster.

    ``amount`` is where the mean over replications meets it, or on which side of the budgets
    asked about it does: "below", so that the smallest meets it already, "above", so that the
    largest does not, or "nothing", where there is nothing to measure. ``replications`` are
    those of each replication, to first order; none without an amount, or where more money does
    not move the measure. ``draws`` are those of each draw of what is assumed.
    """

    target: Target
    employment: EmploymentName
    amount: Amount
    replications: tuple[float, ...] = ()
    draws: tuple[Amount, ...] = ()
    roster: RosterName = "scaled"

    @property
    def chance(self) -> Estimate:
        """Return the budget with its interval over replications; nan where there is none."""
        return estimate(self.replications)

    @property
    def band(self) -> tuple[Amount, Amount]:
        """Return between which budgets the middle 90 % of the draws meet the target."""
        known = sorted(_number(one) for one in self.draws if one != "nothing")
        if not known:
            return "nothing", "nothing"
        tail = (1.0 - SHARE_OF_DRAWS) / 2.0
        return _named(_quantile(known, tail)), _named(_quantile(known, 1.0 - tail))

    def count(self, side: Side) -> int:
        """Return in how many draws the target is met on one side of the budgets asked about."""
        return sum(one == side for one in self.draws)

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        chance = self.chance
        return {
            "target": str(self.target),
            "employment": self.employment,
            "roster": self.roster,
            "amount": self.amount,
            "low": chance.low,
            "high": chance.high,
            "replications": list(self.replications),
            "range": list(self.band),
            "draws": list(self.draws),
        }

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> LeastBudget:
        """Return the record of what :meth:`to_dict` returns."""
        return cls(
            target_of(tree["target"]),
            tree["employment"],
            _amount_of(tree["amount"]),
            tuple(map(float, tree["replications"])),
            tuple(map(_amount_of, tree["draws"])),
            tree["roster"],
        )


@dataclass(eq=False)
class Curve:
    """A measure over the budget, known where it was played, and where it meets its target.

    ``draw`` is the number of a draw; None: the mean over replications.
    """

    target: Target
    employment: EmploymentName
    draw: int | None
    roster: RosterName
    known: dict[float, tuple[float, ...]] = field(default_factory=dict)
    side: Side | None = None
    low: float = math.nan  # misses the target
    high: float = math.nan  # meets it

    @property
    def asks(self) -> tuple[Target, EmploymentName, RosterName]:
        """Return what the curve is asked for."""
        return self.target, self.employment, self.roster

    def bracket(self) -> None:
        """Find the first step of the frontier in which the target comes to be met."""
        before = None
        for amount in sorted(self.known):
            if math.isnan(self.mean(amount)):
                continue
            if self.meets(amount):
                if before is None:
                    self.side = "below"
                else:
                    self.low, self.high = before, amount
                return
            before = amount
        self.side = "nothing" if before is None else "above"

    def halve(self, middle: float, values: tuple[float, ...]) -> None:
        """Go on in the half in which the target comes to be met."""
        self.known[middle] = values
        if self.meets(middle):
            self.high = middle
        else:
            self.low = middle

    def mean(self, amount: float) -> float:
        """Return the mean of the replications played at a budget; nan: nothing to measure."""
        return estimate(self.known[amount]).mean

    def meets(self, amount: float) -> bool:
        """Tell whether the mean at a budget meets the target; not where there is none."""
        mean, value = self.mean(amount), self.target.value
        return mean >= value if self.target.at_least else mean <= value

    @property
    def amount(self) -> Amount:
        """Return where the target is met, on a straight line through the last step."""
        if self.side is not None:
            return self.side
        low, high = self.mean(self.low), self.mean(self.high)
        if math.isnan(low):
            return self.high
        return self.low + self._place(low, high) * (self.high - self.low)

    def of_replications(self, step_cny: float) -> tuple[float, ...]:
        """Return where each replication meets it: its distance from the mean over the slope."""
        amount = self.amount
        if not isinstance(amount, float):
            return ()
        slope = self._slope(amount, _NEAR * step_cny)
        if not slope * (1.0 if self.target.at_least else -1.0) > 0:
            return ()
        low, high = (np.array(self.known[one]) for one in (self.low, self.high))
        here = low + self._place(self.mean(self.low), self.mean(self.high)) * (high - low)
        found: list[float] = (amount - (here - self.target.value) / slope).tolist()
        return tuple(one for one in found if not math.isnan(one))

    def _place(self, low: float, high: float) -> float:
        return (self.target.value - low) / (high - low)

    def _slope(self, amount: float, near_cny: float) -> float:
        """Return how the mean rises with the budget, by least squares near an amount."""
        by_distance = sorted(self.known, key=lambda one: abs(one - amount))
        x = [one for one in by_distance if abs(one - amount) <= near_cny]
        x = x if len(x) >= _FEWEST_OF_SLOPE else by_distance[:_FEWEST_OF_SLOPE]
        y = np.array([self.mean(one) for one in x])
        apart = np.array(x) - np.mean(x)
        return float(apart @ y / (apart @ apart))


def search(curves: Sequence[Curve], play: Play) -> Iterator[LeastBudget]:
    """Yield the least budget of each target and employment.

    Parameters
    ----------
    curves
        Of each target and employment that of the mean, and that of each draw in order, with
        what is known of them at the budgets of the frontier.
    play
        Plays curves at budgets, all at once.
    """
    for curve in curves:
        curve.bracket()
    steps_cny = {id(curve): curve.high - curve.low for curve in curves}
    open_ = [curve for curve in curves if curve.side is None]
    for _ in range(HALVINGS if open_ else 0):
        middles = [(curve.low + curve.high) / 2.0 for curve in open_]
        found = play(list(zip(open_, middles, strict=True)))
        for curve, middle, values in zip(open_, middles, found, strict=True):
            curve.halve(middle, values)
    for mean in (curve for curve in curves if curve.draw is None):
        draws = [one.amount for one in curves if one.draw is not None and one.asks == mean.asks]
        replications = mean.of_replications(steps_cny[id(mean)])
        yield LeastBudget(
            mean.target, mean.employment, mean.amount, replications, tuple(draws), mean.roster
        )


def _number(amount: Amount) -> float:
    if isinstance(amount, str):
        return -math.inf if amount == "below" else math.inf
    return amount


def _named(number: float) -> Amount:
    if math.isinf(number):
        return "below" if number < 0 else "above"
    return number


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of numbers some of which may lie beyond any: the outer one beside these."""
    place = share * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    if math.isinf(low) or math.isinf(high):
        return low if share < 1.0 / 2.0 else high
    return low + (place - math.floor(place)) * (high - low)


def _amount_of(node: Any) -> Amount:
    """Return an amount that was written as a plain value.

    Raises
    ------
    ValueError
        If it is none.
    """
    if node == "below" or node == "above" or node == "nothing":
        side: Side = node
        return side
    return float(node)
