"""Connect rates that agree with the volume: those a scenario states are the ones it gives.

A volume that is known as calls offered or answered is that of some number of people, which
hangs on how many of them have to try again, and so on the connect rate: a figure that nobody
knows who wants to predict it. Here the stated rate is a first guess, and the one sought is that
with which the simulation gives itself; found by the secant method, kept within a bracket.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import Origin, Provenance
from hotline_sim.execution import play
from hotline_sim.experiments.parameters import Parameter
from hotline_sim.messages import Notice, RefusalError, text
from hotline_sim.scenario import Change, changed, values_of, volumes_found

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.parameters import ParameterSet
    from hotline_sim.scenario import Scenario

USUAL_ROUNDS, MOST_ROUNDS = 5, 12
_CLOSE = 0.0005  # of the rate: near enough to stop
_AGREES = 0.005  # of the rate: further apart it is no answer
_LEAST, _MOST = 0.01, 1.0
_STEEPEST = 0.6  # times the rate before: people grow fast where it is small
_FALLEN, _RISEN = 0.8, 1.02  # see _Rate.is_hopeless


@dataclass
class _Rate:
    """A stated connect rate on its way to the one that is simulated."""

    stated: float
    apart: float = math.nan  # simulated less stated
    before: tuple[float, float] = (math.nan, math.nan)
    low: float = _LEAST  # more than this was simulated
    high: float = _MOST  # less than this was simulated

    @property
    def is_hopeless(self) -> bool:
        """Tell whether the agents answer too few however many people there are.

        Then the simulated rate is the stated one times what they can answer over what they are
        said to have, and stays so as it falls.
        """
        was, apart = self.before
        ratio, ratio_was = 1.0 + self.apart / self.stated, 1.0 + apart / was
        falls = self.stated < _FALLEN * was and ratio < 1.0 - _AGREES
        return falls and ratio < _RISEN * ratio_was

    def note(self, simulated: float) -> None:
        """Take what was simulated with the stated rate; nan: nobody asked, and all is well."""
        self.apart = 0.0 if math.isnan(simulated) else simulated - self.stated
        if self.apart > 0:
            self.low = max(self.low, self.stated)
        else:
            self.high = min(self.high, self.stated)

    def step(self) -> None:
        """State the next rate."""
        was, apart = self.before
        self.before = (self.stated, self.apart)
        slope = (self.apart - apart) / (self.stated - was) if self.stated != was else math.nan
        following = self.stated - self.apart / slope if slope < 0 else self.stated + self.apart
        if not self.low < following < self.high:
            following = (self.low + self.high) / 2.0
        following = max(following, _STEEPEST * self.stated)
        self.stated = following


@dataclass
class _Row:
    """A scenario, or one member of a set, with its rates by key."""

    values: Mapping[str, Any]
    numbers: range  # replications
    rates: dict[str, _Rate] = field(default_factory=dict)

    @property
    def apart(self) -> float:
        """How far what is simulated lies from what is stated, as a share of it, at the worst."""
        return max(abs(one.apart) / one.stated for one in self.rates.values())

    @property
    def changes(self) -> dict[str, Any]:
        """What is set in the scenario to play the row."""
        return {**self.values, **{key: one.stated for key, one in self.rates.items()}}


def settled(
    scenario: Scenario,
    parameters: ParameterSet | None,
    *,
    replications: int,
    seed: int,
    engine: EngineName,
    execution: Execution,
) -> tuple[Scenario, ParameterSet | None]:
    """Return a scenario, and a set over it, whose connect rates agree with their volumes.

    The scenario's are found over its replications, those of each row of the set, a column more
    for each, in the replication that it plays. Rows for which there is none are left out with a
    notice: with them the agents cannot answer what is stated to have been answered.

    Raises
    ------
    RefusalError
        If no volume is given as contacts offered or answered, or no rate agrees with it.
    """
    keys = _keys(scenario)
    if not keys:
        raise RefusalError("say.nothing_to_settle", scenario=scenario.name)
    own = _Row({}, range(replications), _guesses(scenario, keys, {}))
    _settle(scenario, [own], seed=seed, engine=engine, execution=execution)
    if own.apart > _AGREES:
        key, worst = max(own.rates.items(), key=lambda one: abs(one[1].apart) / one[1].stated)
        shown = {"stated": f"{worst.stated:.1%}", "found": f"{worst.stated + worst.apart:.1%}"}
        raise RefusalError("say.not_settled", scenario=scenario.name, key=key, **shown)
    say = partial(text, "made.settled", replications=replications)
    origin = Provenance(Origin.ASSUMED, note=say(lang="en"), note_zh=say(lang="zh"))
    changes = [Change(key, one.stated, key, origin) for key, one in own.rates.items()]
    base = changed(scenario, changes, place=scenario.name)
    if parameters is None:
        return base, None
    rows = [
        _Row(parameters.changes(i), range(i, i + 1), _guesses(scenario, keys, own.rates))
        for i in range(len(parameters))
    ]
    _settle(scenario, rows, seed=seed, engine=engine, execution=execution)
    return base, _with_rates(parameters, base, rows, keys)


def _keys(scenario: Scenario) -> list[str]:
    """Return the keys of the connect rates by which people are found."""
    if not volumes_found(scenario):
        return []
    return [
        f"channels.{name}.connect_rate"
        for name, channel in scenario.channels.items()
        if channel.kind in ("voice", "chat")
        and (name in volumes_found(scenario) or getattr(channel, "connect_rate", None) is not None)
    ]


def _guesses(
    scenario: Scenario, keys: Sequence[str], found: Mapping[str, _Rate]
) -> dict[str, _Rate]:
    """Return the rates to begin with: those found before, or those the scenario states."""
    values, volumes = values_of(scenario), volumes_found(scenario)
    guesses = {}
    for key in keys:
        volume = volumes.get(key.split(".")[1])
        stated = values.get(key, math.nan if volume is None else volume.connect_rate)
        rate = found[key].stated if found else float(stated)
        guesses[key] = _Rate(min(max(rate, _LEAST), _MOST))
    return guesses


def _settle(
    scenario: Scenario,
    rows: Sequence[_Row],
    *,
    seed: int,
    engine: EngineName,
    execution: Execution,
) -> None:
    """Play rows until what they state is what is simulated."""
    left = list(rows)
    keys = list(rows[0].rates)
    for number in range(MOST_ROUNDS):
        points = [(scenario, row.changes) for row in left]
        numbers = [row.numbers for row in left]
        table = play(points, numbers, seed=seed, engine=engine, keep=keys, execution=execution)
        for row, found in zip(left, table.values, strict=True):
            known = np.isfinite(found)
            sums = np.where(known, found, 0.0).sum(axis=0)
            for i, one in enumerate(row.rates.values()):
                count = int(known[:, i].sum())
                one.note(float(sums[i]) / count if count else math.nan)
        left = [
            row
            for row in left
            if row.apart > _CLOSE and not any(one.is_hopeless for one in row.rates.values())
        ]
        if not left or number == MOST_ROUNDS - 1:
            return
        for row in left:
            for one in row.rates.values():
                one.step()


def _with_rates(
    parameters: ParameterSet, base: Scenario, rows: Sequence[_Row], keys: Sequence[str]
) -> ParameterSet:
    """Return a set whose rows have their own connect rates besides."""
    keep = [i for i, row in enumerate(rows) if row.apart <= _AGREES]
    if len(keep) < len(rows):
        values = {"count": len(rows) - len(keep), "of": len(rows), "scenario": base.name}
        if not keep:
            raise RefusalError("say.none_settled", **values)
        warnings.warn(Notice("say.rows_not_settled", **values), stacklevel=3)
    found = np.array([[rows[i].rates[key].stated for key in keys] for i in keep])
    others = [i for i, key in enumerate(parameters.keys) if key not in keys]
    columns = tuple(
        Parameter(key, float(low), float(high))
        for key, low, high in zip(keys, found.min(axis=0), found.max(axis=0), strict=True)
    )
    return replace(
        parameters,
        bases=(base,),
        parameters=(*(parameters.parameters[i] for i in others), *columns),
        values=np.hstack([parameters.values[keep][:, others], found]),
        weights=parameters.weights[keep],
    )
