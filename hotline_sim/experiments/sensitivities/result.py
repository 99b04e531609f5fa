"""What a sensitivity analysis found: effects, indices, a tornado, and how chance enters."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from hotline_sim.experiments.bands import left_out
from hotline_sim.experiments.emulator import Emulator
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.sensitivities.designs import crossed, two_samples
from hotline_sim.experiments.sensitivities.indices import (
    Effect,
    Index,
    Interval,
    correlation,
    effects,
    elementary_effects,
    indices,
    jackknife_indices,
)
from hotline_sim.experiments.sensitivities.space import STATED, Space
from hotline_sim.experiments.sums import arrays_of, arrays_text
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas

    from hotline_sim.domain import Floats
    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.parameters import Parameter

LEAST_R2 = 0.9  # of an emulator whose indices are shown
_EMULATED_POINTS = 4096
_DEGREE, _GROUPS = 3, 10  # of an emulator's terms; of its points, each left out once
_NEAR = 1e-6  # of a range: how near its ends are gone to


class Sample(NamedTuple):
    """Points of the unit cube ``(…, p)`` and the measures there ``(…, m)``."""

    shares: Floats
    values: Floats


class Chance(NamedTuple):
    """How far one play is from its like: by chance alone, and by what is assumed.

    Standard deviations of a measure, over replications with all as stated and over the sample
    of the ranges, and the share of variance that chance could be mistaken for.
    """

    by_chance: float
    by_ranges: float

    @property
    def share(self) -> float:
        """The variance by chance over that of the sample; nan if this does not move."""
        if not self.by_ranges > 0.0:
            return math.nan
        return (self.by_chance / self.by_ranges) ** 2


class Swing(NamedTuple):
    """What one parameter at its ends does, the others as stated: values, paired changes."""

    low: float
    high: float
    at_low: Estimate
    at_high: Estimate

    @property
    def reach(self) -> float:
        """The larger of both changes, without its sign."""
        return max(abs(self.at_low.mean), abs(self.at_high.mean))


@dataclass(frozen=True, eq=False)
class SensitivityResult(Result):
    """Which assumed numbers move measures: screening of all, indices and a tornado of some.

    Attributes
    ----------
    measures
        What was looked at.
    chosen
        By number among ``parameters``: those that screening leaves, the strongest first.
    screened
        Trajectories, ``(r, p + 1, …)``.
    varied
        The points from which the indices come, ``(n * (k + 2), …)`` of a crossed design or
        ``(n, …)`` for an emulator; shares of the chosen alone, the others as stated.
    all_varied
        The first of those points again, with the others varied too.
    centre
        ``(replications, m)``: all as stated.
    ends
        ``(k, 2, replications, m)``: one chosen parameter at its lowest, at its highest.
    """

    kind = "sensitivity"

    measures: tuple[str, ...]
    chosen: tuple[int, ...]
    screened: Sample
    varied: Sample
    all_varied: Sample
    centre: Floats
    ends: Floats

    @property
    def emulated(self) -> bool:
        """Whether indices come from an emulator."""
        return bool(self.header.arguments["emulate"])

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All that move in screening."""
        return self.space.parameters

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the chosen, the strongest first."""
        return tuple(self.parameters[i].key for i in self.chosen)

    @cached_property
    def space(self) -> Space:
        """Which values shares stand for."""
        parameters = self.header.parameters
        assert parameters is not None, "sensitivity is over parameters"
        given = parameters if self.header.arguments["of_set"] else None
        return Space(self.scenario, parameters.parameters, given)

    @property
    def plays(self) -> int:
        """How many plays it took."""
        return sum(one[..., 0].size for one in self._played.values())

    @property
    def replications(self) -> tuple[Mapping[str, float], ...]:
        """Return the measures of each replication with all as stated."""
        return tuple(dict(zip(self.measures, row, strict=True)) for row in self.centre.tolist())

    def stated(self, measure: str) -> Estimate:
        """Return a measure with all as stated."""
        return estimate_of(measure, self.centre[:, self._column(measure)].tolist())

    @cached_property
    def effects(self) -> dict[str, list[Effect]]:
        """By measure: the effect of every parameter, in their order."""
        changes = elementary_effects(*self.screened)
        return {
            name: effects(changes[..., i], self._streams) for i, name in enumerate(self.measures)
        }

    @cached_property
    def emulators(self) -> dict[str, Emulator]:
        """By measure: the emulator of the chosen; none where the simulation was played."""
        if not self.emulated:
            return {}
        shares, values = self.varied
        return {
            name: self._emulator(shares, values[:, i])
            for i, name in enumerate(self.measures)
            if np.isfinite(values[:, i]).all()
        }

    @cached_property
    def indices(self) -> dict[str, list[Index]]:
        """By measure: the indices of the chosen, in their order; nan if there is none to show."""
        k = len(self.chosen)
        if not self.emulated:
            values = dict(zip(self.measures, self.varied.values.T, strict=True))
            return {name: indices(one, k, self._streams) for name, one in values.items()}
        return {name: self._emulated(name, k) for name in self.measures}

    def _emulated(self, measure: str, k: int) -> list[Index]:
        found = self.emulators.get(measure)
        if found is None or not found.r2 >= LEAST_R2:
            return jackknife_indices(np.full((2, k + 2), math.nan), k)
        points = crossed(*two_samples(_EMULATED_POINTS, k, self._streams))
        shares, values = self.varied.shares, self.varied.values[:, self._column(measure)]
        every = [found]
        for group in range(_GROUPS):
            rest = np.arange(len(values)) % _GROUPS != group
            every.append(self._emulator(shares[rest], values[rest], found.scale))
        return jackknife_indices(np.array([one.predict(points)[0] for one in every]), k)

    def _emulator(self, shares: Floats, values: Floats, scale: str | None = None) -> Emulator:
        return Emulator.fit(shares, values, seed=self.seed, degree=_DEGREE, scale=scale)

    def chance(self, measure: str) -> Chance:
        """Return how chance and what is assumed move one play."""
        i, n = self._column(measure), len(self.centre)
        by_chance = float(self.centre[:, i].std(ddof=1)) if n > 1 else math.nan
        return Chance(by_chance, float(self._sampled(i).std(ddof=1)))

    def explained(self, measure: str) -> Interval:
        """Return which share of the variance over all ranges the chosen ones account for."""
        i = self._column(measure)
        values = self.all_varied.values[:, i]
        return correlation(self.varied.values[: len(values), i], values, self._streams)

    def swings(self, measure: str) -> list[Swing]:
        """Return what each of the chosen does at its ends, in their order."""
        column = self._column(measure)
        changes = self.ends[..., column] - self.centre[:, column]
        values = self._end_values
        return [
            Swing(*values[i].tolist(), *(estimate(one.tolist()) for one in changes[i]))
            for i in range(len(self.chosen))
        ]

    def order(self, measure: str) -> list[int]:
        """Return the places of the chosen, by total index, or without one by the tornado."""
        totals = [one.total.value for one in self.indices[measure]]
        if any(map(math.isnan, totals)):
            totals = [one.reach for one in self.swings(measure)]
        return sorted(range(len(totals)), key=lambda i: -totals[i])

    def first_to_measure(self, measure: str) -> list[int]:
        """Return the place of the chosen whose first-order index is largest, and its rivals.

        To know that number would take off most of the variance, on average. Rivals are those
        whose interval reaches above the lower end of its own.
        """
        found = [one.first for one in self.indices[measure]]
        best = max(range(len(found)), key=lambda i: found[i].value)
        if not found[best].low > 0.0:  # or nan
            return []
        rivals = [i for i in self.order(measure) if i != best and found[i].high > found[best].low]
        return [best, *rivals]

    def to_frame(self) -> pandas.DataFrame:
        """Return one row a measure and parameter: effect, indices, change at both ends (pandas)."""
        import pandas as pd  # an extra: hotline-sim[frames]

        return pd.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """Return all that was found of each measure and parameter; nan where nothing was."""
        places = {number: place for place, number in enumerate(self.chosen)}
        nothing = Interval(math.nan, math.nan, math.nan)
        found = []
        for measure in self.measures:
            swings = self.swings(measure)
            for number, one in enumerate(self.parameters):
                effect, place = self.effects[measure][number], places.get(number)
                index, swing = Index(nothing, nothing), None
                if place is not None:
                    index, swing = self.indices[measure][place], swings[place]
                row: dict[str, Any] = {"measure": measure, "key": one.key}
                row["chosen"] = place is not None
                row |= {"mu_star": effect.size.value, "mu_star_low": effect.size.low}
                row |= {"mu_star_high": effect.size.high, "mu": effect.mean, "sigma": effect.spread}
                for name, interval in index._asdict().items():
                    row |= dict(zip((name, f"{name}_low", f"{name}_high"), interval, strict=True))
                row |= _swing_cells(swing)
                found.append(row)
        return found

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        about = self.about()
        del about["checked"]
        plain: dict[str, Any] = without_nan(
            {
                **about,
                "measures": list(self.measures),
                "days": self.scenario.horizon.days,
                "plays": self.plays,
                "stated": {name: self.stated(name).to_dict() for name in self.measures},
                "chance": {name: self._chance(name) for name in self.measures},
                "parameters": [asdict(one) for one in self.parameters],
                "chosen": list(self.keys),
                "screening": {name: self._screening(name) for name in self.measures},
                "indices": {name: self._indices(name) for name in self.measures},
                "tornado": {name: self._tornado(name) for name in self.measures},
                "explained": {n: self.explained(n)._asdict() for n in self.measures},
                "emulators": {n: _about_emulator(one) for n, one in self.emulators.items()},
                "left_out": left_out(self.header.parameters),
                "sums": arrays_text(self._arrays),
            }
        )
        return plain

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the result of its header and what :meth:`found` returns."""
        arrays = arrays_of(tree["sums"])
        samples = {
            name: Sample(arrays[f"{name}/shares"], arrays[f"{name}/values"])
            for name in ("screened", "varied", "all_varied")
        }
        assert header.parameters is not None, "sensitivity is over parameters"
        keys = list(header.parameters.keys)
        return cls(
            header,
            measures=tuple(tree["measures"]),
            chosen=tuple(keys.index(key) for key in tree["chosen"]),
            centre=arrays["centre"],
            ends=arrays["ends"],
            **samples,
        )

    def again(self, *, engine: EngineName, execution: Execution) -> SensitivityResult:
        """Return the result of the same question, every replication of it played again."""
        from hotline_sim.experiments.sensitivities.asking import sensitivity  # which makes results

        asked = self.header.arguments
        parameters = self.header.parameters
        assert parameters is not None, "sensitivity is over parameters"
        return sensitivity(
            self.scenario,
            measures=self.measures,
            over=parameters if asked["of_set"] else parameters.parameters,
            points=asked["points"],
            trajectories=asked["trajectories"],
            factors=asked["factors"],
            emulate=asked["emulate"],
            days=self.scenario.horizon.days,
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
        )

    @property
    def _streams(self) -> Streams:
        return Streams(self.seed, 0)

    @property
    def _played(self) -> dict[str, Floats]:
        samples = {n: getattr(self, n).values for n in ("screened", "varied", "all_varied")}
        return {**samples, "centre": self.centre, "ends": self.ends}

    @property
    def _arrays(self) -> dict[str, Floats]:
        found: dict[str, Floats] = {"centre": self.centre, "ends": self.ends}
        for name in ("screened", "varied", "all_varied"):
            sample: Sample = getattr(self, name)
            found |= {f"{name}/{part}": one for part, one in sample._asdict().items()}
        return found

    @cached_property
    def _end_values(self) -> Floats:
        """The lowest and the highest value of the chosen, ``(k, 2)``, the others as stated."""
        shares = end_shares(self.space, self.chosen)
        values = self.space.values(shares)
        rows = np.arange(len(shares)).reshape(-1, 2)
        found: Floats = values[rows, np.array(self.chosen)[:, None]]
        ends = np.array([(self.parameters[i].low, self.parameters[i].high) for i in self.chosen])
        near = np.abs(found - ends) <= _NEAR * np.ptp(ends, axis=1)[:, None]
        return np.where(near, ends, found)

    def _column(self, measure: str) -> int:
        return self.measures.index(measure)

    def _sampled(self, column: int) -> Floats:
        """Return the values of a measure over the ranges of the chosen, each point once."""
        values = self.varied.values[:, column]
        return values if self.emulated else values.reshape(len(self.chosen) + 2, -1)[:2].ravel()

    def _chance(self, measure: str) -> dict[str, float]:
        found = self.chance(measure)
        return {**found._asdict(), "share": found.share}

    def _screening(self, measure: str) -> dict[str, Any]:
        return {
            one.key: {"mu_star": effect.size._asdict(), "mu": effect.mean, "sigma": effect.spread}
            for one, effect in zip(self.parameters, self.effects[measure], strict=True)
        }

    def _indices(self, measure: str) -> dict[str, Any]:
        found = zip(self.keys, self.indices[measure], strict=True)
        return {k: {name: i._asdict() for name, i in one._asdict().items()} for k, one in found}

    def _tornado(self, measure: str) -> dict[str, Any]:
        return {
            key: {
                "low": {"value": one.low, **one.at_low.to_dict()},
                "high": {"value": one.high, **one.at_high.to_dict()},
            }
            for key, one in zip(self.keys, self.swings(measure), strict=True)
        }


def end_shares(space: Space, chosen: tuple[int, ...]) -> Floats:
    """Return the shares ``(2 k, p)`` of one parameter after the other at 0, at 1; others stated."""
    found = np.full((2 * len(chosen), len(space.parameters)), STATED)
    for i, column in enumerate(chosen):
        found[2 * i : 2 * i + 2, column] = (0.0, 1.0)
    return found


def _swing_cells(swing: Swing | None) -> dict[str, float]:
    found: dict[str, float] = {}
    columns = {"low": ("low_value", "change_at_low"), "high": ("high_value", "change_at_high")}
    for end, (value, change) in columns.items():
        one: Estimate | None = None if swing is None else getattr(swing, f"at_{end}")
        found[value] = math.nan if swing is None else getattr(swing, end)
        for part in ("mean", "low", "high"):
            name = change if part == "mean" else f"{change}_{part}"
            found[name] = math.nan if one is None else getattr(one, part)
    return found


def _about_emulator(one: Emulator) -> dict[str, Any]:
    return {
        "r2": one.r2,
        "rmse": one.rmse,
        "points": one.points,
        "terms": len(one.terms),
        "scale": one.scale,
    }
