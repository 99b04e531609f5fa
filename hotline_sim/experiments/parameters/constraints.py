"""What numbers may be only together: probabilities that sum to at most 1, and the like.

Numbers drawn each by itself could sum past 1, and the scenario would be refused. Here the rows
after one ending take their parts in the order of the file: each keeps its place between its
lowest and its highest value, but the highest is what the rows before it leave, the lowest
values of the rows behind it set aside. The first row so keeps its range as it is, if there is
room for all of it. With ranges from 0 to 1 this is the breaking of a stick; where all ranges
fit together it changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotline_sim.experiments.parameters.numbers import Parameter, parts_of
from hotline_sim.scenario import Fault, ScenarioError, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Next

_SLACK = 1e-9  # lowest values typed in decimal may sum to 1.0000000000000002


class Constraint(NamedTuple):
    """A sum of numbers times their factors that is at most so much."""

    place: str
    factors: Mapping[str, float]  # by key
    most: float


class _Bound(NamedTuple):
    """A constraint on columns of values; what does not move has been taken off."""

    place: str
    factors: dict[int, float]
    most: float


def feasible(values: Floats, parameters: Sequence[Parameter], bases: Sequence[Scenario]) -> Floats:
    """Return values ``(n, p)`` that can be together, each in its range, from any in their ranges.

    Raises
    ------
    ScenarioError
        If the ranges leave no such values.
    """
    bounds, order = _bounds(parameters, bases)
    low = np.array([one.low for one in parameters])
    high = np.array([one.high for one in parameters])
    found = values.copy()
    parts: list[dict[int, Any]] = [_lowest(bound, low, high) for bound in bounds]
    for bound, lowest in zip(bounds, parts, strict=True):
        if sum(lowest.values()) > bound.most + _SLACK:
            raise ScenarioError([Fault("over", bound.place, "ranges_too_narrow")])
    for column in order:
        least, most = np.full(len(values), low[column]), np.full(len(values), high[column])
        concerned = [i for i, bound in enumerate(bounds) if column in bound.factors]
        for i in concerned:
            factor = bounds[i].factors[column]
            left = bounds[i].most - sum(one for at, one in parts[i].items() if at != column)
            if factor > 0:
                most = np.minimum(most, left / factor)
            else:
                least = np.maximum(least, left / factor)
        placed = _placed(found[:, column], low[column], high[column], least, most)
        if parameters[column].whole:  # whose rounding must not lead out of what is left
            placed = np.clip(np.rint(placed), np.ceil(least), np.floor(most))
        found[:, column] = placed
        for i in concerned:
            parts[i][column] = bounds[i].factors[column] * found[:, column]
    return found


def _lowest(bound: _Bound, low: Floats, high: Floats) -> dict[int, float]:
    """Return the least that each column can add to a sum."""
    return {
        at: factor * float((low if factor > 0 else high)[at])
        for at, factor in bound.factors.items()
    }


def _placed(values: Floats, low: float, high: float, least: Floats, most: Floats) -> Floats:
    """Return values in a narrower range, each in the place that it has in the wider one."""
    most = np.maximum(most, least)
    share = (values - low) / (high - low) if high > low else np.zeros(len(values))
    moved = np.clip(least + share * (most - least), least, most)
    return np.where((least == low) & (most == high), values, moved)


def _bounds(
    parameters: Sequence[Parameter], bases: Sequence[Scenario]
) -> tuple[list[_Bound], list[int]]:
    """Return the constraints on columns of values, and the order in which columns take theirs.

    A number with a formula follows what moves, so nothing is held to the value that it has now.
    """
    names = [base.name for base in bases]
    parts = [parts_of(one.key, names) for one in parameters]
    bounds: list[_Bound] = []
    order: dict[int, None] = {}
    for base in bases:
        columns = {
            part.key: i
            for i, part in enumerate(parts)
            if part.base in (None, base.name) and not part.form
        }
        values = values_of(base)
        followers = {key for key, origin in base.provenance.items() if origin.formula}
        for constraint in constraints_of(base, values):
            moved = {columns[key]: one for key, one in constraint.factors.items() if key in columns}
            at_rest = constraint.factors.keys() - columns.keys()
            if moved and not at_rest & followers:
                fixed = sum(
                    one * _value(values, key)
                    for key, one in constraint.factors.items()
                    if key not in columns
                )
                bounds.append(_Bound(constraint.place, moved, constraint.most - fixed))
        for key in _in_order(base, values):
            if key in columns:
                order[columns[key]] = None
    return bounds, list(order)


def _value(values: Mapping[str, Any], key: str) -> float:
    """Return a number of a scenario, or an entry of a list of them."""
    if key in values:
        return float(values[key])
    listed, _, place = key.rpartition(".")
    return float(values[listed][int(place)])


def constraints_of(base: Scenario, values: Mapping[str, Any]) -> list[Constraint]:
    """Return what the numbers of a scenario may be only together."""
    found = []
    for place, rows in _endings(base):
        tries = max(len(row.by_try or ()) for row in rows) or 1
        for k in range(tries):
            factors = {_key_at(place, row, k): 1.0 for row in rows}
            found.append(Constraint(place, factors, 1.0))
    for less, more in pairs(values):
        found.append(Constraint(less, {less: 1.0, more: -1.0}, 0.0))
    if caps := _caps(values):
        found.append(Constraint("employment.outsourced.kpi", dict.fromkeys(caps, 1.0), 1.0))
    return found


def _in_order(base: Scenario, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield keys in the order in which they take their part of what is left."""
    for place, rows in _endings(base):
        for row in rows:
            for k in range(len(row.by_try or (0.0,))):
                yield _key_at(place, row, k)
    for less, more in pairs(values):
        yield from (more, less)
    yield from _caps(values)


def _endings(base: Scenario) -> Iterator[tuple[str, list[Next]]]:
    """Yield the rows of a table that lead on from the same ending, and where they stand."""
    for name, channel in base.channels.items():
        after_each: dict[str, list[Next]] = {}
        for row in channel.next:
            after_each.setdefault(row.after, []).append(row)
        for rows in after_each.values():
            yield f"channels.{name}.next", rows


def _key_at(place: str, row: Next, k: int) -> str:
    """Return the key of a row's probability at a try; the last of a list holds from there on."""
    if row.by_try is None:
        return f"{place}.{row.name}.probability"
    return f"{place}.{row.name}.by_try.{min(k, len(row.by_try) - 1)}"


def pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield pairs of keys of which the first number is at most the second."""
    for key in values:
        table, _, name = key.rpartition(".")
        if name == "half_width_s":
            middle = f"{table}.mean_s"
            yield key, middle if middle in values else f"{table}.median_s"
        elif name == "fewest" and f"{table}.seats" in values:
            yield key, f"{table}.seats"


def _caps(values: Mapping[str, Any]) -> list[str]:
    found = [key for key in values if key.startswith("employment.outsourced.kpi.")]
    return [key for key in found if key.endswith(".cap")]
