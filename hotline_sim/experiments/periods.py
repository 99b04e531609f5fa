"""Whether a target is met: over replications, or in how many of their days or months."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.definitions import measure_of, spelled_for
from hotline_sim.domain import DAY_S
from hotline_sim.execution import Replication
from hotline_sim.experiments.estimates import Estimate, estimate_of
from hotline_sim.experiments.plain import number_of
from hotline_sim.experiments.targets import Period, Target, Verdict
from hotline_sim.measures import HeadlineChannels, connect_rate, months_of, value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.execution import Numbers
    from hotline_sim.scenario import Scenario

_TAIL = 0.025  # of each side of an interval: 95 % between
_WORST_24H = "connect_rate_24h_min"


@dataclass(frozen=True)
class Holding:
    """How a target holds.

    ``values`` has one value a replication: the measure, or of a target of days or months the
    share of them that meet it, ``met`` of ``of`` in all replications together.
    """

    target: Target
    values: tuple[float, ...]
    met: int | None = None
    of: int | None = None

    @property
    def found(self) -> Estimate:
        """Return the mean with its 95 % interval.

        A measure's is Student's t over replications; a share of days or months has the exact
        binomial interval (Clopper and Pearson, 1934), which takes them to be independent.
        """
        if self.met is None or self.of is None:
            return estimate_of(self.target.measure, self.values)
        low, high = exact_share(self.met, self.of)
        mean = self.met / self.of if self.of else math.nan
        return Estimate(mean, low, high, self.values, (high - low) / 2.0, (0.0, 1.0))

    @property
    def verdict(self) -> Verdict:
        """Tell whether the interval meets the target, misses it, or holds it."""
        if self.target.share is None:
            return self.target.verdict(self.found)
        return Target(self.target.measure, True, self.target.share).verdict(self.found)

    @property
    def lacking(self) -> float:
        """Return by how much the mean misses the target, in its unit; 0 where it does not."""
        wanted = self.target.value if self.target.share is None else self.target.share
        by = wanted - self.found.mean
        at_least = self.target.share is not None or self.target.at_least
        return math.inf if math.isnan(by) else max(by if at_least else -by, 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        counts = {} if self.met is None else {"met": self.met, "of": self.of}
        verdict = {"target": str(self.target), "verdict": str(self.verdict)}
        return {**verdict, **counts, **self.found.to_dict()}

    @classmethod
    def of_dict(cls, tree: Mapping[str, Any], target: Target) -> Self:
        """Return what :meth:`to_dict` made plain."""
        values = tuple(map(number_of, tree["replications"]))
        return cls(target, values, tree.get("met"), tree.get("of"))


def verdict_of(holdings: Sequence[Holding]) -> Verdict:
    """Return the verdict on several targets together: met if all are, not met if one is not."""
    verdicts = [one.verdict for one in holdings]
    for one in (Verdict.NOTHING, Verdict.NOT_MET, Verdict.NOT_DECIDED):
        if one in verdicts:
            return one
    return Verdict.MET


def settled(target: Target, scenario: Scenario) -> Target:
    """Return a target whose measure is spelled as results of a scenario have it."""
    return replace(target, measure=spelled_for(target.measure, scenario.thresholds_s[0]))


def holding(target: Target, scenario: Scenario, played: Sequence[Numbers]) -> Holding:
    """Return how a target holds over the replications of a scenario.

    A target of days or months needs them whole. Days and months in which nobody asked, of which
    nothing can be said, are left out.
    """
    if target.period is None:
        known = tuple(one.measures.get(target.measure, math.nan) for one in played)
        return Holding(target, known)
    met = of = 0
    shares = []
    for one in played:
        assert isinstance(one, Replication), "sums by day are needed"
        values = by_period(target, scenario, one)
        values = values[~np.isnan(values)]
        good = sum(map(target.met_by, values.tolist()))
        met, of = met + good, of + len(values)
        shares.append(good / len(values) if len(values) else math.nan)
    return Holding(target, tuple(shares), met, of)


def by_period(target: Target, scenario: Scenario, played: Replication) -> Floats:
    """Return a target's measure in each of its days or months, ``(periods,)``.

    It is what a run of that day or month alone would count: of the worst 24 hours, those that
    lie in it.
    """
    first = _firsts(scenario, target.period)
    if measure_of(target.measure).name == _WORST_24H:
        return _worst_24h(scenario, played, first)
    calls = list(HeadlineChannels.of(scenario).calls)
    lengths_s = np.diff([*first.tolist(), scenario.horizon.days]) * DAY_S

    def total(name: str) -> Floats:
        if name == "counted_s":
            return lengths_s
        by_day = played.by_day[name][:, calls].sum(axis=1)
        return np.asarray(np.add.reduceat(by_day, first), float)

    return value_of(measure_of(target.measure), total, scenario.thresholds_s[0])


def periods_of(target: Target, scenario: Scenario) -> int:
    """Return how many days or months of a target one replication has; 1 where it has none."""
    return 1 if target.period is None else len(_firsts(scenario, target.period))


def _firsts(scenario: Scenario, period: Period | None) -> Ints:
    """Return the number of the first day of each period."""
    if period is Period.DAY:
        return np.arange(scenario.horizon.days)
    return np.unique(months_of(scenario), return_index=True)[1]


def _worst_24h(scenario: Scenario, played: Replication, first: Ints) -> Floats:
    calls = list(HeadlineChannels.of(scenario).calls)
    day = connect_rate(*(played.by_day[n][:, calls].sum(axis=1) for n in ("offered", "answered")))
    begun = connect_rate(played.worst_24h[:, 0], played.worst_24h[:, 1])
    last = np.append(first[1:], scenario.horizon.days) - 1
    begun[last] = day[last]  # others that begin then end in the next period
    found: Floats = np.fmin.reduceat(begun, first)
    return found


def exact_share(met: int, of: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a share of which *met* of *of* were found.

    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413, by quantiles of the beta
    distribution. Of none nothing can be said.
    """
    from scipy.special import betaincinv  # a tenth of the time that scipy.stats takes to load

    if of == 0:
        return math.nan, math.nan
    low = float(betaincinv(met, of - met + 1, _TAIL)) if met else 0.0
    high = float(betaincinv(met + 1, of - met, 1.0 - _TAIL)) if met < of else 1.0
    return low, high
