"""The value of every replication in a result, one row each, whatever the experiment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPLICATIONS = "replications"
_AT = "at"  # of a point: the keys that were turned, and their values
HEADS = ("where", "measure", "replication", "value")


def replication_rows(found: Any) -> Iterator[dict[str, Any]]:
    """Yield a row a replication of every estimate in what a result found, as plain values.

    ``where`` is the dotted path of the table around the measure; what an entry of a list says of
    itself (a point's keys, a budget) are columns of their own.
    """
    yield from _rows(found, (), {})


def _rows(node: Any, path: tuple[str, ...], of: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if isinstance(node, Mapping):
        values = node.get(_REPLICATIONS)
        if isinstance(values, list) and path:
            *where, measure = path
            for number, value in enumerate(values):
                row = {"measure": measure, "replication": number, "value": value}
                yield {"where": ".".join(where), **of, **row}
            return
        for key, below in node.items():
            yield from _rows(below, (*path, str(key)), of)
    elif isinstance(node, list):
        for number, entry in enumerate(node):
            own = _said(entry) if isinstance(entry, Mapping) else {}
            place = path if own else (*path, str(number))
            yield from _rows(entry, place, {**of, **own})


def _said(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an entry says of itself: plain values, and those of the point it is at."""
    point = entry.get(_AT)
    plain = {key: value for key, value in entry.items() if isinstance(value, str | int | float)}
    return {**plain, **(point if isinstance(point, Mapping) else {})}
