"""Plain trees of tables as checks read them, malformed or not, and the faults told of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hotline_sim.scenario.faults import Fault, Path, dotted

Found = Iterator[tuple[Path, Fault]]


def fault_at(path: Path, wanted: str, found: Any = None, **values: Any) -> tuple[Path, Fault]:
    """Return a fault, its place still empty, with the path of the key it is of."""
    if found is None:
        return path, Fault("", dotted(path), wanted, values=values)
    return path, Fault("", dotted(path), wanted, found, values)


def tables_of(tree: Mapping[str, Any], key: str) -> dict[str, Mapping[str, Any]]:
    """Return the tables of a table, by name."""
    tables = tree.get(key)
    if not isinstance(tables, dict):
        return {}
    return {name: table for name, table in tables.items() if isinstance(table, dict)}


def entries_of(table: Mapping[str, Any], key: str) -> list[Any]:
    """Return the entries of a list of a table; none if it is no list."""
    entries = table.get(key)
    return list(entries) if isinstance(entries, (list, tuple)) else []
