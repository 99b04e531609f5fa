"""Sets of parameters' values, and the scenarios they make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hotline_sim.domain import KNOWN, ArgumentError, Origin, Provenance
from hotline_sim.experiments.parameters.numbers import (
    MIX,
    PEAK,
    Key,
    Parameter,
    parts_of,
)
from hotline_sim.experiments.parameters.selection import (
    bases_of,
    number_of,
    unknown,
)
from hotline_sim.experiments.parameters.shapes import mixed, sharper
from hotline_sim.scenario import Change, Fault, Scenario, ScenarioError, changed, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas

    from hotline_sim.domain import Bools, Floats, Ints

_PLACE = "parameters"


class _Move(NamedTuple):
    """A column of a set that moves a number of a scenario, or a shape."""

    column: int
    part: Key
    parameter: Parameter
    origin: Provenance


class _Moves(NamedTuple):
    """What moves in one scenario: numbers, and lists by key, as stated and with their moves."""

    numbers: list[_Move]
    lists: dict[str, tuple[list[float], list[_Move]]]


@dataclass(frozen=True, eq=False)
class ParameterSet:
    """Ways in which the parameters of scenarios could be, with their weights.

    Attributes
    ----------
    bases
        The scenarios, each of its own name, that the values are laid over.
    parameters
        Of all the bases, or of one: see :class:`Parameter`.
    values
        ``(n, p)``: a row each way, a column each parameter. Read-only.
    weights
        ``(n,)``: at least 0; only their ratios count. Read-only.
    origin
        Where the values come from, in words; it becomes the note of every number that is set.

    Raises
    ------
    ScenarioError
        Telling what is wrong with the values, or which key a base does not have.
    """

    bases: tuple[Scenario, ...]
    parameters: tuple[Parameter, ...]
    values: Floats
    weights: Floats
    origin: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "bases", bases_of(self.bases))
        object.__setattr__(self, "parameters", tuple(self.parameters))
        for name in ("values", "weights"):
            array = np.array(getattr(self, name), dtype=float)
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if faults := [*_faults_of_values(self), *_faults_of_keys(self)]:
            raise ScenarioError(faults)

    def __len__(self) -> int:
        return len(self.weights)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the parameters, shared ones and those of one scenario."""
        return tuple(one.key for one in self.parameters)

    def row(self, i: int) -> dict[str, float | int]:
        """Return the values of one row, by the parameters' keys; whole numbers as such."""
        numbers = zip(self.parameters, self.values[self._checked(i)].tolist(), strict=True)
        return {one.key: round(value) if one.whole else value for one, value in numbers}

    def changes(self, i: int, base: int | str = 0) -> dict[str, Any]:
        """Return what one row changes in a scenario, as :meth:`Scenario.with_values` takes it.

        Shapes are whole lists in it.
        """
        return {change.key: change.value for change in self._changes(i, self._number(base))}

    def scenario(self, i: int, base: int | str = 0) -> Scenario:
        """Return a scenario, by its number or its name, with the values of one row.

        Raises
        ------
        ScenarioError
            If the values make no scenario.
        """
        number = self._number(base)
        changes = self._changes(i, number)
        return changed(self.bases[number], changes, place=f"{_PLACE}[{i}]")

    def where(self, keep: Bools | Ints | Sequence[int]) -> ParameterSet:
        """Return the rows picked by a mask ``(n,)`` or by their numbers."""
        picked = np.asarray(keep)
        return replace(self, values=self.values[picked], weights=self.weights[picked])

    def only(self, keep: Sequence[int]) -> ParameterSet:
        """Return the columns picked by their numbers."""
        parameters = tuple(self.parameters[i] for i in keep)
        return replace(self, parameters=parameters, values=self.values[:, list(keep)])

    def evened(self, n: int | None = None) -> ParameterSet:
        """Return rows of equal weight, each as often among them as its weight says.

        *n* rows, at most as many as there are; None: as many. If that changes nothing it is
        the set itself.
        """
        count = len(self) if n is None else min(n, len(self))
        if count == len(self) and np.ptp(self.weights) == 0:
            return self
        ends = np.cumsum(self.weights)
        middles = (np.arange(count) + 0.5) / count * ends[-1]
        rows = np.searchsorted(ends, middles, side="right")
        return replace(self, values=self.values[rows], weights=np.full(count, 1.0 / count))

    def of(self, number: int, base: Scenario | None = None) -> ParameterSet:
        """Return what the set says of one of its scenarios alone, by the keys of that scenario.

        *base* takes the place of the scenario, if it is the same under another name.
        """
        names, own = [one.name for one in self.bases], self.bases[number]
        parts = [parts_of(one.key, names) for one in self.parameters]
        keep = [i for i, part in enumerate(parts) if part.base in (None, own.name)]
        alone = tuple(
            replace(self.parameters[i], key=str(parts[i]._replace(base=None))) for i in keep
        )
        values = self.values[:, keep]
        return replace(self, bases=(base or own,), parameters=alone, values=values)

    def laid_over(self, bases: Scenario | Sequence[Scenario]) -> ParameterSet:
        """Return the set over other scenarios, as :meth:`load` lays what is in a file.

        Raises
        ------
        ScenarioError
            If one has no key of the set.
        """
        from hotline_sim.experiments.parameters.bases import laid_over  # which makes sets

        return laid_over(
            bases_of(bases),
            self.parameters,
            (self.values, self.weights),
            origin=self.origin,
            made_over={one.name: one.digest() for one in self.bases},
            place=_PLACE,
        )

    def to_frame(self) -> pandas.DataFrame:
        """Return one row each way: ``weight``, then each parameter by its key (needs pandas)."""
        import pandas as pd  # an extra: hotline-sim[frames]

        columns = {
            one.key: column.astype(np.int64) if one.whole else column
            for one, column in zip(self.parameters, self.values.T, strict=True)
        }
        return pd.DataFrame({"weight": self.weights, **columns})

    def save(self, path: Path | str) -> None:
        """Write the set to a file, whole or not at all; see ``docs/parameters.md`` for its form."""
        from hotline_sim.experiments.parameters import files  # which makes sets

        files.save(self, path)

    @staticmethod
    def load(path: Path | str, bases: Scenario | Sequence[Scenario] | None = None) -> ParameterSet:
        """Return the set in a file.

        Parameters
        ----------
        path
            A file that :meth:`save` wrote.
        bases
            The scenarios to lay the values over; None: those of the file, by their names. If
            they are others than the set was made over, that is said
            (:class:`OtherBaseNotice`), and what the user has set in them stays as it is. What
            the file says of one scenario alone goes to the scenario of that name.

        Raises
        ------
        ScenarioError
            If it is no such file, a scenario cannot be read, or has no key of the set.
        """
        from hotline_sim.experiments.parameters import files

        return files.load(path, bases)

    def _checked(self, i: int) -> int:
        if not 0 <= i < len(self):
            raise ArgumentError(f"row {i}: 0 to {len(self) - 1}")
        return i

    def _number(self, base: int | str) -> int:
        names = [one.name for one in self.bases]
        number = names.index(base) if base in names else base
        if not isinstance(number, int) or not 0 <= number < len(names):
            raise ArgumentError(f"base {base}: one of {', '.join(names)}, or its number from 0")
        return number

    @cached_property
    def _moves(self) -> tuple[_Moves, ...]:
        """What moves in each base."""
        return tuple(self._moves_of(base) for base in self.bases)

    def _moves_of(self, base: Scenario) -> _Moves:
        names, values = [one.name for one in self.bases], values_of(base)
        found = _Moves([], {})
        for column, one in enumerate(self.parameters):
            part = parts_of(one.key, names)
            if part.base not in (None, base.name):
                continue
            key = part.key if part.form else part.key.rpartition(".")[0]
            is_list = isinstance(values.get(key), list)
            span = base.provenance[key].range if is_list else (one.low, one.high)
            kind, to = _choice(base.provenance.get(key if is_list else part.key))
            origin = Provenance(kind, note=self.origin, range=span, to=to)
            move = _Move(column, part, one, origin)
            if is_list:
                found.lists.setdefault(key, (values[key], []))[1].append(move)
            else:
                found.numbers.append(move)
        return found

    def _changes(self, i: int, base: int) -> list[Change]:
        row = self.values[self._checked(i)].tolist()
        numbers, lists = self._moves[base]
        found = []
        for move in numbers:
            key, value = move.part.key, row[move.column]
            value = round(value) if move.parameter.whole else value
            found.append(Change(key, value, key, move.origin))
        for key, (entries, moves) in lists.items():
            found.append(Change(key, _moved(entries, moves, row), key, moves[0].origin))
        return found


def _moved(entries: list[float], moves: Sequence[_Move], row: Sequence[float]) -> list[float]:
    """Return a list with its entries set, then mixed with another shape, then made sharper."""
    found = list(entries)
    for move in moves:
        if not move.part.form:
            found[int(move.part.key.rpartition(".")[2])] = row[move.column]
    for move in moves:
        if move.part.form == MIX:
            found = mixed(found, move.parameter.shape, row[move.column])
    for move in moves:
        if move.part.form == PEAK:
            found = sharper(found, row[move.column])
    return found


def _faults_of_values(one: ParameterSet) -> list[Fault]:
    """Return what is wrong with the numbers of a set."""
    n, p = len(one.weights) if one.weights.ndim == 1 else 0, len(one.parameters)
    if n == 0 or one.values.shape != (n, p):
        return [Fault(_PLACE, "", "set_size", values={"rows": n, "columns": p})]
    found = []
    for i in np.flatnonzero(~(np.isfinite(one.weights) & (one.weights >= 0))).tolist():
        weight = one.weights[i]
        found.append(Fault(_PLACE, f"weight[{i}]", "at_least", weight, {"limit": 0}))
    if not found and one.weights.sum() <= 0:
        found.append(Fault(_PLACE, "weight", "all_zero"))
    for parameter, column in zip(one.parameters, one.values.T, strict=True):
        outside = ~((column >= parameter.low) & (column <= parameter.high))  # nan is outside
        broken = outside | (parameter.whole & (column != np.rint(column)))
        ends = {"low": parameter.low, "high": parameter.high}
        for i in np.flatnonzero(broken)[:1].tolist():
            key, value = f"{parameter.key}[{i}]", column[i].item()
            if outside[i]:
                found.append(Fault(_PLACE, key, "outside_range", value, ends))
            else:
                found.append(Fault(_PLACE, key, "whole", value))
    return found


def _faults_of_keys(one: ParameterSet) -> list[Fault]:
    """Return which keys a base does not have, or has more than once."""
    names, found = [base.name for base in one.bases], []
    for base in one.bases:
        met, values = set(), values_of(base)
        for parameter in one.parameters:
            part = parts_of(parameter.key, names)
            if part.base not in (None, base.name):
                continue
            if (part.key, part.form) in met:
                found.append(Fault(_PLACE, parameter.key, "twice"))
            elif not has(base, values, part, parameter.low):
                found.append(unknown(base, part, _PLACE))
            met.add((part.key, part.form))
    return found


def has(base: Scenario, values: Mapping[str, Any], part: Key, trial: float) -> bool:
    """Tell whether a scenario has a number, or can be given it."""
    try:
        return number_of(base, values, part, trial=trial) is not None
    except ScenarioError:
        return False


def _choice(was: Provenance | None) -> tuple[Origin, tuple[str, ...]]:
    """Return what a number that moves is, given what it was, and what it was chosen from."""
    if was is None or was.kind in KNOWN:
        return Origin.ASSUMED, ()
    return was.kind, was.to
