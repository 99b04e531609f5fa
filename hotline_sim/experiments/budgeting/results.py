"""What budgets buy, as a result: the frontier, its bands, what decides between employments."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from hotline_sim.experiments.bands import (
    RANGE,
    SHARE_OF_DRAWS,
    draws_of,
    left_out,
    middle,
    span_of,
    with_range,
)
from hotline_sim.experiments.budgeting.least import LeastBudget
from hotline_sim.experiments.drivers import Driver, drivers_of
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.sums import values_at
from hotline_sim.experiments.sweeping import DEFAULT_MEASURE
from hotline_sim.money import EMPLOYMENTS, EmploymentName, Links

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.bands import Test
    from hotline_sim.experiments.targets import Target

_MONTHS = 12
_PARITY = ("hours_ratio", "person_month_cny")
_SIZE = re.compile(r"teams\.\w+\.((shifts\.\d+\.)?seats|persons|posts|persons_per_post)")


def is_size(key: str) -> bool:
    """Tell whether a number says how many seats or persons there are, which the budget gives."""
    return _SIZE.fullmatch(key) is not None


@dataclass(frozen=True, eq=False)
class BudgetPoint:
    """What one budget buys under one employment.

    ``seats`` are those of its roster by weekday, Monday first, and half-hour, if it was laid out
    anew; None: the scenario's roster, scaled. ``replications`` are the measures with the
    scenario's own numbers, ``draws`` those of one replication for each draw of the assumed
    numbers from their ranges.
    """

    budget_cny: float
    links: Links
    replications: tuple[Mapping[str, float], ...]
    draws: tuple[Mapping[str, float], ...]
    seats: tuple[tuple[float, ...], ...] | None = None  # (7, 48)

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        names = self.replications[0]
        return {name: estimate_of(name, [one[name] for one in self.replications]) for name in names}

    def span(self, measure: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws lie."""
        return span_of(self.draws, measure)


@dataclass(frozen=True)
class Parity:
    """Where in-house and contracted agents are equally dear.

    ``hours_ratio``: how many hours on duty a contracted yuan buys, over those of one spent
    in-house; so many times the contract's money an in-house roster of the same size needs.
    ``person_month_cny``: the in-house cost of a person-month at which the ratio is 1.
    """

    hours_ratio: float
    person_month_cny: float

    @classmethod
    def of(cls, in_house: Links, outsourced: Links) -> Parity:
        """Return the parity of two employments from what they buy for the same budget."""
        ratio = outsourced.answering_hours / in_house.answering_hours
        month_cny = in_house.staff_cny / in_house.persons / _MONTHS
        return cls(ratio, month_cny / ratio)


@dataclass(frozen=True, eq=False)
class BudgetResult(Result):
    """The frontier of each employment: what every budget buys, with two bands.

    One band is chance: the interval over replications. The other is ignorance: the values that
    the assumed numbers could have, ``drawn`` (each a dict of key to value), by default from
    their ranges; none where no number has a range. What compares the employments needs both of
    them. ``measure`` is what was looked at, ``least`` the least budgets that meet the targets.
    ``best`` is the frontier of the best roster found at each budget, if it was asked for.
    """

    kind = "budget"

    budgets_cny: tuple[float, ...]
    frontier: dict[EmploymentName, tuple[BudgetPoint, ...]]
    drawn: tuple[dict[str, float], ...]
    parity: Parity | None  # None: one employment alone was asked for
    parities: tuple[Parity, ...]  # of the draws
    measure: str = DEFAULT_MEASURE
    least: tuple[LeastBudget, ...] = ()
    best: dict[EmploymentName, tuple[BudgetPoint, ...]] = field(default_factory=dict)

    def gain(self, employment: EmploymentName, measure: str, number: int) -> Estimate:
        """Return the paired difference, best roster less today's scaled, at one budget."""
        a, b = (one[employment][number].replications for one in (self.frontier, self.best))
        return estimate([two[measure] - one[measure] for one, two in zip(a, b, strict=True)])

    @property
    def targets(self) -> tuple[Target, ...]:
        """Return the targets whose least budgets were asked for."""
        return tuple(dict.fromkeys(one.target for one in self.least))

    @property
    def reasons(self) -> dict[str, Test]:
        """Return why numbers do not move: the budget gives how many seats and persons there are."""
        return {"sizes": is_size}

    @property
    def replications(self) -> tuple[Mapping[str, float], ...]:
        """Return the measures of each replication at the first point."""
        return next(iter(self.frontier.values()))[0].replications

    def difference(self, measure: str, number: int) -> Estimate:
        """Return the paired difference, outsourced less in-house, at one budget."""
        a, b = (self.frontier[name][number].replications for name in EMPLOYMENTS)
        return estimate([two[measure] - one[measure] for one, two in zip(a, b, strict=True)])

    def differences(self, measure: str, number: int) -> list[float]:
        """Return the difference at one budget in each draw."""
        a, b = (self.frontier[name][number].draws for name in EMPLOYMENTS)
        return [two[measure] - one[measure] for one, two in zip(a, b, strict=True)]

    def difference_span(self, measure: str, number: int) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws have the difference."""
        return middle(self.differences(measure, number))

    def decided(self, measure: str, number: int) -> EmploymentName | None:
        """Return which employment does better over the middle 90 % of the draws; None: neither."""
        return _ahead(*self.difference_span(measure, number))

    def ahead(self, measure: str, number: int) -> EmploymentName | None:
        """Return which employment does better with the numbers as they are, chance apart."""
        found = self.difference(measure, number)
        return _ahead(found.low, found.high)

    def drivers(self, measure: str, number: int) -> list[Driver]:
        """Return the assumed numbers that move the difference at one budget, strongest first."""
        return drivers_of(self.drawn, self.differences(measure, number))

    def parity_span(self, name: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws have a number of Parity."""
        return middle([getattr(one, name) for one in self.parities])

    def to_frame(self) -> pandas.DataFrame:
        """Return one row an employment, budget and measure, with both bands (needs pandas)."""
        import pandas as pd  # an extra: hotline-sim[frames]

        heads = ("employment", "budget_cny", "measure", "mean", "low", "high")
        rows = [
            (name, point.budget_cny, measure, one.mean, one.low, one.high, *point.span(measure))
            for name, points in self.frontier.items()
            for point in points
            for measure, one in point.measures.items()
        ]
        return pd.DataFrame(rows, columns=[*heads, *RANGE])

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the frontier of its header and what :meth:`found` returns."""
        drawn = tuple(dict(one) for one in tree["drawn"])
        parity, parities = _parities_from(tree.get("parity"))
        return cls(
            header,
            budgets_cny=tuple(tree["budgets_cny"]),
            frontier=_frontier_from(tree["frontier"], header.replications, len(drawn)),
            drawn=drawn,
            parity=parity,
            parities=parities,
            measure=tree["measure"],
            least=tuple(map(LeastBudget.from_dict, tree["least"])),
            best=_frontier_from(tree["best"], header.replications, len(drawn)),
        )

    def again(self, *, engine: EngineName, execution: Execution) -> BudgetResult:
        """Return the result of the same question, every replication of it played again."""
        from hotline_sim.experiments.budgeting.asking import budget  # which makes results

        asked = self.header.arguments
        return budget(
            self.scenario,
            from_cny=asked["from_cny"],
            to_cny=asked["to_cny"],
            points=asked["points"],
            over=self.header.parameters,
            employments=asked["employments"],
            roster=asked["roster"],
            measure=self.measure,
            targets=self.targets,
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
        )

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        about = self.about()
        del about["checked"]
        plain: dict[str, Any] = without_nan(
            {
                **about,
                "measure": self.measure,
                "budgets_cny": list(self.budgets_cny),
                "frontier": _frontier(self.frontier),
                "best": _frontier(self.best),
                **self._compared(),
                "least": [one.to_dict() for one in self.least],
                "draws": len(self.drawn),
                "share_of_draws": SHARE_OF_DRAWS,
                "drawn": list(self.drawn),
                "left_out": left_out(self.header.parameters, self.reasons),
            }
        )
        return plain

    def _compared(self) -> dict[str, Any]:
        """Return what compares the two employments; nothing where there is one."""
        if self.parity is None:
            return {}
        first, second = (self.frontier[name][0].replications[0] for name in EMPLOYMENTS)
        numbers = range(len(self.budgets_cny))
        return {
            "difference": [
                {name: self._difference(name, i) for name in second if name in first}
                for i in numbers
            ],
            "parity": {
                name: {
                    "value": getattr(self.parity, name),
                    "range": self.parity_span(name),
                    "draws": [getattr(one, name) for one in self.parities],
                }
                for name in _PARITY
            },
        }

    def _difference(self, measure: str, number: int) -> dict[str, Any]:
        return {
            **self.difference(measure, number).to_dict(),
            "range": self.difference_span(measure, number),
            "decided": self.decided(measure, number),
        }


def _ahead(low: float, high: float) -> EmploymentName | None:
    """Return which employment is ahead wherever in an interval the difference lies."""
    if low > 0:
        return "outsourced"
    return "in_house" if high < 0 else None


def _frontier(frontier: Mapping[EmploymentName, Sequence[BudgetPoint]]) -> dict[str, Any]:
    return {name: [_point(point) for point in points] for name, points in frontier.items()}


def _frontier_from(
    tree: Mapping[Any, Any], replications: int, draws: int
) -> dict[EmploymentName, tuple[BudgetPoint, ...]]:
    return {
        name: tuple(_point_from(one, replications, draws) for one in points)
        for name, points in tree.items()
    }


def _point(point: BudgetPoint) -> dict[str, Any]:
    return {
        "budget_cny": point.budget_cny,
        "links": point.links.to_dict(),
        "seats": point.seats,
        "measures": with_range(point.measures, point.draws),
    }


def _point_from(tree: Mapping[str, Any], replications: int, draws: int) -> BudgetPoint:
    """Return a point that was written as plain values."""
    measures = tree["measures"]
    return BudgetPoint(
        tree["budget_cny"],
        Links(**tree["links"]),
        tuple(values_at(measures, i) for i in range(replications)),
        draws_of(measures, draws),
        None if tree["seats"] is None else tuple(map(tuple, tree["seats"])),
    )


def _parities_from(tree: Mapping[str, Any] | None) -> tuple[Parity | None, tuple[Parity, ...]]:
    """Return what was written of the parity and its draws; None where it was not asked for."""
    if tree is None:
        return None, ()
    draws = zip(*(tree[name]["draws"] for name in _PARITY), strict=True)
    return Parity(*(tree[name]["value"] for name in _PARITY)), tuple(Parity(*one) for one in draws)
