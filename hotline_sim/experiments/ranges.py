"""Scenarios drawn from the ranges of their assumed numbers: what else could be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import Origin, Provenance
from hotline_sim.experiments.running import opened
from hotline_sim.scenario import Change, ScenarioError, changed, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from hotline_sim.domain import Floats
    from hotline_sim.scenario import Scenario

_DRAWN = "drawn from its range"
_LOST_IN_A_ROW = 200  # draws that make no scenario before it is given up


@dataclass(frozen=True)
class Movable:
    """An assumed number that may be anything in its range; half of the draws lie below value."""

    key: str
    value: float
    low: float
    high: float
    whole: bool

    def at(self, share: float) -> float | int:
        """Return the number at a share from 0 to 1 of its distribution.

        Uniform from the lowest to the stated value, and from there to the highest, each with
        half of the draws: the stated value is the median.
        """
        number = float(np.interp(share, (0.0, 0.5, 1.0), (self.low, self.value, self.high)))
        return round(number) if self.whole else number


@dataclass(frozen=True, eq=False)
class Draw:
    """One way the assumed numbers could be, within their ranges."""

    values: dict[str, float]
    scenario: Scenario


def movable(scenario: Scenario) -> tuple[Movable, ...]:
    """Return a scenario's assumed numbers that have a range, lists left out.

    A number that the user has set has none, unless the user gave it one.
    """
    values, found = values_of(scenario), []
    for key, origin in scenario.provenance.items():
        value = values[key]
        if origin.kind is not Origin.ASSUMED or origin.range is None:
            continue
        if isinstance(value, (int, float)) and origin.range[0] < origin.range[1]:
            found.append(Movable(key, value, *origin.range, whole=isinstance(value, int)))
    return tuple(found)


def draws_of(
    scenario: Scenario | str | Path,
    *,
    overrides: Iterable[str] = (),
    count: int,
    seed: int,
    moved: Callable[[str], bool] = lambda _key: True,
) -> tuple[Draw, ...]:
    """Return scenarios with their assumed numbers drawn from their ranges.

    The design is a Latin hypercube: each number's range is cut into as many parts as there
    are draws, and each part is met once. A draw that is no possible scenario (probabilities
    that sum past 1) is left out, and one of a further hypercube taken.

    Parameters
    ----------
    scenario, overrides
        A Scenario, or as for :func:`hotline_sim.load`.
    count
        How many.
    seed
        Of the design.
    moved
        Tells of a key whether it is moved.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or hardly any draw makes one.
    """
    base = opened(scenario, overrides)
    numbers = [number for number in movable(base) if moved(number.key)]
    origins = {
        n.key: Provenance(Origin.ASSUMED, note=_DRAWN, range=(n.low, n.high)) for n in numbers
    }
    found: list[Draw] = []
    lost = 0
    for shares in _hypercubes(len(numbers), count, seed):
        if len(found) == count or not numbers:
            break
        values = {n.key: n.at(float(s)) for n, s in zip(numbers, shares, strict=True)}
        changes = [Change(key, value, key, origins[key]) for key, value in values.items()]
        try:
            drawn = changed(base, changes, place=base.name)
        except ScenarioError:
            lost += 1
            if lost == _LOST_IN_A_ROW:
                raise
            continue
        lost = 0
        found.append(Draw(values, drawn))
    return tuple(found)


def _hypercubes(numbers: int, count: int, seed: int) -> Iterator[Floats]:
    """Yield the points of one Latin hypercube after the other, ``(numbers,)`` each."""
    if numbers == 0:
        return
    from scipy.stats import qmc  # takes a second to load

    cube = qmc.LatinHypercube(numbers, seed=seed)
    while True:
        yield from cube.random(count)
