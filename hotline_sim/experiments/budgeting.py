"""What does a budget buy, in-house and contracted? The frontier from money to connect rate."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.definitions import spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution, Task
from hotline_sim.experiments.bands import (
    DEFAULT_DRAWS,
    RANGE,
    SHARE_OF_DRAWS,
    asked_set,
    draws_of,
    left_out,
    middle,
    rows_of,
    span_of,
    with_range,
)
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.parameters import ParameterSet, parameters_of
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    check_replications,
    opened,
    play_measures,
    warn_if_unchecked,
)
from hotline_sim.experiments.sums import values_at
from hotline_sim.experiments.sweeping import DEFAULT_MEASURE, check_measure
from hotline_sim.money import EMPLOYMENTS, EmploymentName, Links, budget_links, with_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas

    from hotline_sim.domain import Floats
    from hotline_sim.experiments.bands import Asked, Test
    from hotline_sim.scenario import Scenario

DEFAULT_POINTS = 6
FEWEST_POINTS, MOST_POINTS = 2, 100
_MONTHS = 12
_PARITY = ("hours_ratio", "person_month_cny")
_ERROR = 0.05
_FEWEST_TO_NAME = 30  # draws: with fewer, chance names one number too often
_SIZE = re.compile(r"teams\.\w+\.((shifts\.\d+\.)?seats|persons|posts|persons_per_post)")


@dataclass(frozen=True, eq=False)
class BudgetPoint:
    """What one budget buys under one employment.

    ``replications`` are the measures with the scenario's own numbers, ``draws`` those of one
    replication for each draw of the assumed numbers from their ranges.
    """

    budget_cny: float
    links: Links
    replications: tuple[Mapping[str, float], ...]
    draws: tuple[Mapping[str, float], ...]

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        names = self.replications[0]
        return {name: estimate_of(name, [one[name] for one in self.replications]) for name in names}

    def span(self, measure: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws lie."""
        return span_of(self.draws, measure)


@dataclass(frozen=True, eq=False)
class Driver:
    """An assumed number that decides which employment does better.

    ``correlation`` is Spearman's, of the number with the difference outsourced less in-house
    over the draws.
    """

    key: str
    correlation: float


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
    their ranges. What compares the employments needs both of them. ``measure`` is what was
    looked at.
    """

    kind = "budget"

    budgets_cny: tuple[float, ...]
    frontier: dict[EmploymentName, tuple[BudgetPoint, ...]]
    drawn: tuple[dict[str, float], ...]
    parity: Parity | None  # None: one employment alone was asked for
    parities: tuple[Parity, ...]  # of the draws
    measure: str = DEFAULT_MEASURE

    @property
    def reasons(self) -> dict[str, Test]:
        """Return why numbers do not move: the budget gives how many seats and persons there are."""
        return {"sizes": _is_size}

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
        low, high = self.difference_span(measure, number)
        if low > 0:
            return "outsourced"
        return "in_house" if high < 0 else None

    def drivers(self, measure: str, number: int) -> list[Driver]:
        """Return the assumed numbers that move the difference at one budget, the strongest first.

        Only those whose correlation is there with a probability of error of 5 % for all
        numbers together (Bonferroni), and only from 30 draws on.
        """
        differences = np.array(self.differences(measure, number))
        known = ~np.isnan(differences)
        found = []
        for key in self.drawn[0] if self.drawn else ():
            values = np.array([one[key] for one in self.drawn])
            correlation, error = _rank_correlation(values[known], differences[known])
            if error * len(self.drawn[0]) <= _ERROR:
                found.append(Driver(key, correlation))
        return sorted(found, key=lambda one: -abs(one.correlation))

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
            frontier={
                name: tuple(_point_from(one, header.replications, len(drawn)) for one in points)
                for name, points in tree["frontier"].items()
            },
            drawn=drawn,
            parity=parity,
            parities=parities,
            measure=tree["measure"],
        )

    def again(self, *, engine: EngineName, execution: Execution) -> BudgetResult:
        """Return the result of the same question, every replication of it played again."""
        asked = self.header.arguments
        return budget(
            self.scenario,
            from_cny=asked["from_cny"],
            to_cny=asked["to_cny"],
            points=asked["points"],
            over=self.header.parameters,
            employments=asked["employments"],
            measure=self.measure,
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
                "frontier": {
                    name: [_point(point) for point in points]
                    for name, points in self.frontier.items()
                },
                **self._compared(),
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


def budget(
    scenario: Scenario | str | Path,
    *,
    from_cny: float,
    to_cny: float,
    points: int = DEFAULT_POINTS,
    draws: int | None = None,
    over: Asked = None,
    employments: Sequence[EmploymentName] = EMPLOYMENTS,
    measure: str = DEFAULT_MEASURE,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> BudgetResult:
    """Simulate what budgets buy, in-house and contracted, on the same people.

    At each budget all teams work under one employment and the roster keeps its shape; see
    :func:`hotline_sim.money.with_budget`. The roster's own seats and persons are therefore
    not moved when the assumed numbers are drawn from their ranges.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file; it states the terms of
        the employments.
    from_cny, to_cny
        The smallest and the largest budget a year, in yuan; they may be one.
    points
        How many budgets, evenly apart, both ends among them.
    draws, over
        Over which values of the assumed numbers each budget is played, one replication each,
        as in :func:`run`; by default 16 draws of all of them from their ranges.
    employments
        Under which employments.
    measure
        What to look at.
    overrides
        Further keys to set, as in :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution
        As in :func:`run`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or lacks a link between money and seats.
    ValueError
        If an argument is out of its range.
    """
    check_replications(replications, seed)
    check_measure(measure)
    budgets_cny = _budgets(from_cny, to_cny, points)
    base = opened(scenario, overrides)
    warn_if_unchecked(base)
    measure = spelled_for(measure, base.thresholds_s[0])
    chosen = tuple(name for name in EMPLOYMENTS if name in employments)
    parity = _parity(base, budgets_cny[0]) if chosen == EMPLOYMENTS else None
    drawn = _asked_set(base, over, draws, seed)
    models = [drawn.scenario(i) for i in range(len(drawn))] if drawn else []
    execution = execution or Execution(jobs=jobs)
    places = [(name, amount) for name in chosen for amount in budgets_cny]
    tasks: list[Task] = []
    for name, amount in places:
        own = with_budget(base, name, amount)
        tasks += [Task(own, seed, i, engine, execution.contacts) for i in range(replications)]
        tasks += [
            Task(with_budget(model, name, amount), seed, i, engine, execution.contacts)
            for i, model in enumerate(models)
        ]
    played = play_measures(tasks, execution)
    each = replications + len(models)
    found = {}
    for number, (name, amount) in enumerate(places):
        here = played[number * each : (number + 1) * each]
        links = budget_links(base, name, amount)
        found[name, amount] = BudgetPoint(
            amount, links, tuple(here[:replications]), tuple(here[replications:])
        )
    check_measure(measure, played[0])
    header = Header.of(
        [base],
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={
            "from_cny": from_cny,
            "to_cny": to_cny,
            "points": points,
            "employments": chosen,
        },
        parameters=drawn,
    )
    return BudgetResult(
        header,
        budgets_cny=budgets_cny,
        frontier={name: tuple(found[name, amount] for amount in budgets_cny) for name in chosen},
        drawn=tuple(rows_of(drawn)),
        parity=parity,
        parities=tuple(_parity(model, budgets_cny[0]) for model in models) if parity else (),
        measure=measure,
    )


def _budgets(from_cny: float, to_cny: float, points: int) -> tuple[float, ...]:
    """Return budgets evenly apart."""
    if not 0 < from_cny <= to_cny < math.inf:
        raise ArgumentError(
            f"from {from_cny:g} to {to_cny:g} yuan: from an amount above 0 to a larger"
        )
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        raise ArgumentError(f"points = {points}: {FEWEST_POINTS} to {MOST_POINTS}")
    return tuple(np.linspace(from_cny, to_cny, points if from_cny < to_cny else 1).tolist())


def _asked_set(base: Scenario, over: Asked, draws: int | None, seed: int) -> ParameterSet | None:
    """Return the set over which every budget is played; None if no assumed number moves."""
    if over is None and not any(not _is_size(one.key) for one in parameters_of(base)):
        return None
    if draws is None and not isinstance(over, ParameterSet):
        draws = DEFAULT_DRAWS
    return asked_set([base], over, draws, seed, stays=_is_size)


def _is_size(key: str) -> bool:
    """Tell whether a number says how many seats or persons there are, which the budget gives."""
    return _SIZE.fullmatch(key) is not None


def _parity(scenario: Scenario, budget_cny: float) -> Parity:
    in_house, outsourced = (budget_links(scenario, name, budget_cny) for name in EMPLOYMENTS)
    return Parity.of(in_house, outsourced)


def _point(point: BudgetPoint) -> dict[str, Any]:
    return {
        "budget_cny": point.budget_cny,
        "links": point.links.to_dict(),
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
    )


def _parities_from(tree: Mapping[str, Any] | None) -> tuple[Parity | None, tuple[Parity, ...]]:
    """Return what was written of the parity and its draws; None where it was not asked for."""
    if tree is None:
        return None, ()
    draws = zip(*(tree[name]["draws"] for name in _PARITY), strict=True)
    return Parity(*(tree[name]["value"] for name in _PARITY)), tuple(Parity(*one) for one in draws)


def _rank_correlation(a: Floats, b: Floats) -> tuple[float, float]:
    """Return Spearman's correlation and its p-value; 0 and 1 where one of the two is constant."""
    if len(a) < _FEWEST_TO_NAME or np.ptp(a) == 0 or np.ptp(b) == 0:
        return 0.0, 1.0
    from scipy.stats import spearmanr  # takes a second to load

    found = spearmanr(a, b)
    return float(found.statistic), float(found.pvalue)
