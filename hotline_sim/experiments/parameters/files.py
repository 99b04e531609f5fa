"""A set of parameters as one file: a table that pandas reads, with what made it beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import hotline_sim
from hotline_sim.atomic import write_atomically
from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.parameters.bases import laid_over
from hotline_sim.experiments.parameters.numbers import Parameter
from hotline_sim.experiments.parameters.selection import bases_of
from hotline_sim.experiments.parameters.sets import ParameterSet
from hotline_sim.scenario import Fault, Scenario, ScenarioError, guesses, parameter_sets
from hotline_sim.scenario import load as load_scenario

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats

FORMAT = 1
MOST_BYTES = 2**28  # 5,000 rows of a city's 87 parameters take 9 MB
_KIND = "hotline-sim parameters"
_HEADER, _WEIGHT = "hotline_sim", "weight"


def save(one: ParameterSet, path: Path | str) -> None:
    """Write a set to a file, whole or not at all.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    write_atomically(Path(path), set_text(one).encode())


def set_text(one: ParameterSet) -> str:
    """Return the text of a set's file, a line each row."""
    header = {
        "kind": _KIND,
        "format": FORMAT,
        "version": hotline_sim.__version__,
        "origin": one.origin,
        "bases": [{"name": base.name, "digest": base.digest()} for base in one.bases],
        "parameters": [plain_of(parameter) for parameter in one.parameters],
    }
    fields = [{"name": _WEIGHT, "type": "number"}]
    fields += [
        {"name": key.key, "type": "integer" if key.whole else "number"} for key in one.parameters
    ]
    rows = ([weight, *one.row(i).values()] for i, weight in enumerate(one.weights.tolist()))
    tops = [(_HEADER, header), ("schema", {"fields": fields})]
    lines = [f'"{name}": {_written(node)},' for name, node in tops]
    data = ",\n".join(map(_written, rows))
    return "\n".join(["{", *lines, '"data": [', data, "]", "}", ""])


def _written(node: Any) -> str:
    return json.dumps(node, ensure_ascii=False, allow_nan=False)


def plain_of(one: Parameter) -> dict[str, Any]:
    """Return a parameter as plain values."""
    plain = {
        "key": one.key,
        "low": one.low,
        "high": one.high,
        "whole": one.whole,
        "value": one.value,
    }
    return {**plain, "shape": list(one.shape)} if one.shape else plain


def load(path: Path | str, bases: Scenario | Sequence[Scenario] | None = None) -> ParameterSet:
    """Return the set in a file; see :meth:`ParameterSet.load`."""
    path = _place_of(path)
    tables = _read(path)
    try:
        header = tables[_HEADER]
        if header["kind"] != _KIND:
            raise _refused(path, "no_parameters")
        if header["format"] != FORMAT:
            raise _refused(path, "other_format", found=header["format"], known=FORMAT)
        made_over = {str(one["name"]): one["digest"] for one in header["bases"]}
        parameters = tuple(map(parameter_of, header["parameters"]))
        columns = [field["name"] for field in tables["schema"]["fields"]]
        rows, origin = tables["data"], str(header["origin"])
    except (KeyError, TypeError) as error:
        raise _refused(path, "no_parameters") from error
    except ArgumentError as error:
        raise _refused(path, "rule", rule=str(error)) from error
    if columns != [_WEIGHT, *(one.key for one in parameters)]:
        raise _refused(path, "other_columns")
    numbers = _numbers(path, rows, len(columns))
    return laid_over(
        bases_of([load_scenario(name) for name in made_over] if bases is None else bases),
        parameters,
        (numbers[:, 1:], numbers[:, 0]),
        origin=origin,
        made_over=made_over,
        place=str(path),
    )


def _place_of(path: Path | str) -> Path:
    """Return where a set lies: the path, or of no file of that name the shipped set."""
    given = Path(path)
    return given if given.exists() else parameter_sets().get(str(given), given)


def to_plain(one: ParameterSet) -> dict[str, Any]:
    """Return all of a set but its bases as plain values."""
    return {
        "origin": one.origin,
        "parameters": [plain_of(parameter) for parameter in one.parameters],
        "weights": one.weights.tolist(),
        "values": one.values.tolist(),
    }


def from_plain(tree: Mapping[str, Any], bases: Sequence[Scenario]) -> ParameterSet:
    """Return the set over some scenarios of what :func:`to_plain` returns.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none.
    """
    parameters = tuple(map(parameter_of, tree["parameters"]))
    values = np.array(tree["values"], dtype=float).reshape(len(tree["weights"]), -1)
    return ParameterSet(tuple(bases), parameters, values, tree["weights"], str(tree["origin"]))


def _read(path: Path) -> Any:
    """Return the JSON in a file."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _refused(path, "file_too_large", limit=MOST_BYTES)
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        meant = guesses.file_meant(path, (".json",), parameter_sets())
        raise _refused(path, "no_file", nearest=meant) from error
    except OSError as error:
        raise _refused(path, "unreadable", reason=error.strerror or str(error)) from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise _refused(path, "no_parameters") from error


def _refused(path: Path, wanted: str, **values: Any) -> ScenarioError:
    return ScenarioError([Fault(str(path), "", wanted, values=values)])


def parameter_of(plain: Mapping[str, Any]) -> Parameter:
    """Return a parameter from its plain values; a value of another type is a TypeError."""
    low, high, value = (plain[name] for name in ("low", "high", "value"))
    shape, whole, key = plain.get("shape", []), plain["whole"], plain["key"]
    numbers = [low, high, *shape, *([] if value is None else [value])]
    if not (isinstance(key, str) and isinstance(whole, bool) and all(map(_is_number, numbers))):
        raise TypeError(key)
    return Parameter(key, low, high, whole, value, tuple(shape))


def _is_number(node: Any) -> bool:
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def _numbers(path: Path, rows: Any, columns: int) -> Floats:
    """Return the rows of a table ``(n, columns)``, of which the first is the weight."""
    if not isinstance(rows, list) or not rows:
        raise _refused(path, "no_rows")
    for i, row in enumerate(rows):
        if not (isinstance(row, list) and len(row) == columns and all(map(_is_number, row))):
            values = {"columns": columns}
            raise ScenarioError([Fault(str(path), f"data[{i}]", "set_row", values=values)])
    return np.array(rows, dtype=float)
