"""The sums of a run's replications as text, so that a result can be written and opened again."""

from __future__ import annotations

import base64
import io
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.execution import Replication
from hotline_sim.experiments.plain import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ALL_FIELDS = tuple(field.name for field in fields(Replication))


def sums_text(replications: Sequence[Replication]) -> str:
    """Return the sums by day, by half-hour and by wait of replications as text.

    It is the base64 of a compressed ``.npz`` file: ``by_day/offered`` and the like are
    ``(replications, days, channels)``, ``by_half_hour/…`` ``(replications, 48, channels)``,
    ``waits`` ``(replications, channels, bins)``, ``worst_24h`` ``(replications, days, 2)``.
    """
    arrays: dict[str, Any] = {}
    for name, sums in _arrays(replications[0]).items():
        arrays[name] = np.stack([sums, *(_arrays(one)[name] for one in replications[1:])])
    return arrays_text(arrays)


def arrays_text(arrays: Mapping[str, Any]) -> str:
    """Return arrays by name as text; :func:`arrays_of` reads it."""
    page = io.BytesIO()
    np.savez_compressed(page, **arrays)
    return base64.b64encode(page.getvalue()).decode()


def _arrays(replication: Replication) -> dict[str, Any]:
    """Return a replication's arrays by name: a field's own, and those in a table of them."""
    found: dict[str, Any] = {}
    for name in _ALL_FIELDS:
        value = getattr(replication, name)
        if isinstance(value, np.ndarray):
            found[name] = value
        else:
            tables = ((f"{name}/{key}", one) for key, one in value.items())
            found |= {key: one for key, one in tables if isinstance(one, np.ndarray)}
    return found


def arrays_of(sums: str) -> dict[str, Any]:
    """Return the arrays of such a text, by name.

    Raises
    ------
    ValueError, OSError, zipfile.BadZipFile, zlib.error
        If it is damaged.
    """
    page = io.BytesIO(base64.b64decode(sums, validate=True))
    with np.load(page, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}


def replications_of(tree: Mapping[str, Any], count: int) -> tuple[Replication, ...]:
    """Return the replications of a run that was written as plain values."""
    arrays = arrays_of(tree["sums"])
    summed = {name.partition("/")[0] for name in arrays}
    numbers = [name for name in _ALL_FIELDS if name not in summed]
    found = []
    for i in range(count):
        one: dict[str, Any] = {name: values_at(tree[name], i) for name in numbers}
        one |= {name: _summed_at(arrays, name, i) for name in summed}
        found.append(Replication(**one))
    return tuple(found)


def values_at(estimates: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return what one replication has of estimates written as plain values, by the same names.

    None, for nothing to measure, becomes nan; what is no estimate is left out.
    """
    found: dict[str, Any] = {}
    for name, one in estimates.items():
        if isinstance(one, dict) and "replications" in one:
            found[name] = number_of(one["replications"][number])
        elif isinstance(one, dict):
            found[name] = values_at(one, number)
    return found


def _summed_at(arrays: Mapping[str, Any], field: str, number: int) -> Any:
    if field in arrays:
        return arrays[field][number]
    tables = {name.partition("/")[2]: one for name, one in arrays.items() if f"{field}/" in name}
    return {name: one[number] for name, one in tables.items()}
