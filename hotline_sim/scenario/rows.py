"""Rows of the transition table by their names, which a file may write in two forms.

As a list, ``[[channels.phone.next]]``, the rows are a channel's whole table: it replaces that of
the file it extends. As tables, ``[channels.phone.next.redial]``, each lies over the row of that
name. Inside the loader rows are a table by name in either case; a Scenario has them as a tuple.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

ROW_NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
_DEPTH = 3  # channels, the channel's name, next


class Rows(dict[Any, Any]):
    """A channel's whole table of rows: it was written as a list."""


def are_at(path: tuple[str | int, ...]) -> bool:
    """Tell whether the rows of a channel stand at a path."""
    return len(path) == _DEPTH and path[0] == "channels" and path[2] == "next"


def by_name(node: Any, path: tuple[str | int, ...] = ()) -> Any:
    """Return what stands at a path of a file, lists of rows in it turned into tables."""
    if are_at(path):
        return _named(node) if isinstance(node, (list, tuple)) else node
    if len(path) >= _DEPTH or path[:1] not in ((), ("channels",)) or not isinstance(node, dict):
        return node
    leads_there = node if len(path) == 1 else ("next" if path else "channels",)
    found = {key: by_name(node[key], (*path, key)) for key in leads_there if key in node}
    return {**node, **found}


def in_order(tree: Mapping[str, Any]) -> dict[str, Any]:
    """Return a plain tree with each channel's rows as a tuple, their names in them."""
    channels = tree.get("channels")
    if not isinstance(channels, dict):
        return dict(tree)
    return {**tree, "channels": {name: _listed(one) for name, one in channels.items()}}


def _listed(channel: Any) -> Any:
    rows = channel.get("next") if isinstance(channel, dict) else None
    if not isinstance(rows, dict):
        return channel
    return {**channel, "next": tuple(_with_name(name, row) for name, row in rows.items())}


def _with_name(name: Any, row: Any) -> Any:
    return {"name": name, **row} if isinstance(row, dict) and isinstance(name, str) else row


def _named(rows: Collection[Any]) -> Rows:
    """Return a list of rows by name; one without a usable name is known by its number."""
    names = [row.get("name") for row in rows if isinstance(row, dict)]
    if len({name for name in names if name and isinstance(name, str)}) == len(rows):
        return Rows((row["name"], _nameless(row)) for row in rows)  # as after the first reading
    written = {str(row.get("name")) for row in rows if isinstance(row, dict)}
    found = Rows()
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            found[number] = row
        elif "name" not in row:
            found[_made_up(row, {*written, *found}) or number] = row
        elif isinstance(row["name"], str) and row["name"] not in found:
            found[row["name"]] = _nameless(row)
        else:
            found[number] = row
    return found


def _nameless(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "name"}


def _made_up(row: Mapping[str, Any], taken: Collection[Any]) -> str:
    """Return a name made of what a row leads from and to, or nothing if it does not say."""
    parts = [row[key] for key in ("after", "department", "to") if key in row]
    if "after" not in row or not all(isinstance(part, str) for part in parts):
        return ""
    name = "-".join(parts)
    if not ROW_NAME.match(name):
        return ""
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in names if one not in taken)
