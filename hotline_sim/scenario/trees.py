"""Trees of tables: laid over one another, and entries that are like another spelled out."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hotline_sim.scenario import faults, origins
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.quantities import VOLUMES
from hotline_sim.scenario.rows import Rows

Leaf = tuple[str | int, ...]
_WITH_LIKENESS = ("channels", "teams")
_TEAM_DEPTH = 2  # teams, the team's name
_KEYS_OF = {  # what belongs to a way of writing a roster alone
    "shifts": {"shifts"},
    "curve": {"curve", "breaks"},
    "demand": {"roster", "open", "fewest", "seats"},
}


@dataclass(frozen=True)
class Tree:
    """A scenario's tables as written, and which file wrote each key."""

    tables: dict[str, Any]
    places: dict[Leaf, str]


def _is_whole(node: Any) -> bool:
    """Tell whether a table is one thing: a number with its origin, or a law of time."""
    return origins.is_number_table(node) or isinstance(node.get("law"), str)


def _replaces(node: Any) -> bool:
    """Tell whether a table takes nothing from the one below it.

    Such are the rows of transitions that were written as a list, and a contract that names its
    price: another's keys would have no effect with it.
    """
    return isinstance(node, Rows) or isinstance(node.get("price"), str)


def _given_up(above: Mapping[str, Any], below: Mapping[str, Any]) -> list[str]:
    """Return the keys of a team that give way to what another says over it.

    A roster is written in one of three ways, and a team's size in one; another way replaces it.
    A curve of seats replaces their number, too.
    """
    gone: set[str] = set()
    way, other = _way(above), _way(below)
    if way and other and way != other:
        gone |= _KEYS_OF[other]
    size, other = _size(above), _size(below)
    if size and other and size != other:
        gone |= {other, "persons_per_post"}
    if way == "curve":
        gone.add("seats")
    return [key for key in below if key in gone and key not in above]


def _way(team: Mapping[str, Any]) -> str:
    """Return in which way a table writes a roster; nothing if it does not."""
    if team.get("roster") == "demand":
        return "demand"
    return next((key for key in ("curve", "shifts") if key in team), "")


def _size(team: Mapping[str, Any]) -> str:
    """Return the key that gives a team's size apart from its roster; nothing if there is none."""
    return next((key for key in ("persons", "posts", "seats") if key in team), "")


def over(child: Tree, parent: Tree) -> Tree:
    """Lay a tree over another: tables merge, everything else replaces.

    A channel's volume replaces that of the channel below, in whatever form it was given.
    """
    replaced: set[Leaf] = set()

    def merge(above: Any, below: Any, path: Leaf) -> Any:
        tables = isinstance(above, dict) and isinstance(below, dict)
        if not tables or _is_whole(above) or _is_whole(below) or _replaces(above):
            replaced.add(path)
            return above
        merged = Rows(below) if isinstance(below, Rows) else dict(below)
        if len(path) == _TEAM_DEPTH and path[0] == "teams":
            for key in _given_up(above, below):
                replaced.add((*path, key))
                del merged[key]
        for key in _other_volumes(above, below, path):
            replaced.add((*path, key))
            del merged[key]
        for key, value in above.items():
            merged[key] = merge(value, below[key], (*path, key)) if key in below else value
        return merged

    tables = merge(child.tables, parent.tables, ())
    return Tree(tables, {**outside(replaced, parent.places), **child.places})


def _other_volumes(above: Any, below: Any, path: Leaf) -> list[str]:
    """Return the volumes of a channel that another, given above, replaces."""
    of_channel = len(path) == len(("channels", "its name")) and path[0] == "channels"
    if not of_channel or not any(key in above for key in VOLUMES):
        return []
    return [key for key in VOLUMES if key in below and key not in above]


def spelled_out(tree: Tree) -> Tree:
    """Lay each channel and team that is ``like`` another over a copy of that one.

    A row of transitions that leads a channel to itself does so in the copy, too.
    """
    own: dict[str, Any] = dict(tree.tables)
    copies: dict[str, Any] = {}
    places: dict[Leaf, str] = {}
    found: list[Fault] = []
    for group in _WITH_LIKENESS:
        entries: dict[str, Any] = tree.tables.get(group, {})
        alike = _alike(entries)
        for name, model in alike.items():
            of = entries[model] if isinstance(model, str) and model in entries else None
            if not isinstance(of, dict) or model in alike:
                right = faults.nearest(model, [other for other in entries if other not in alike])
                key = (group, name, "like")
                values = {"nearest": right}
                found.append(Fault(tree.places[key], faults.dotted(key), "like", model, values))
                continue
            copies.setdefault(group, {})[name] = _led_to(name, of, model)
            below = [path for path in tree.places if path[:2] == (group, model)]
            places |= {(group, name, *path[2:]): tree.places[path] for path in below}
        if alike:
            own[group] = {name: _without_like(entry) for name, entry in entries.items()}
    if found:
        raise ScenarioError(found)
    laid = over(Tree(own, tree.places), Tree(copies, places))
    tables = {key: laid.tables[key] for key in own}
    for group in copies:
        tables[group] = {name: laid.tables[group][name] for name in own[group]}
    return Tree(tables, laid.places)


def _alike(entries: Any) -> dict[str, Any]:
    """Return which entries of a table are like another, and like which."""
    tables = entries if isinstance(entries, Mapping) else {}
    return {n: t["like"] for n, t in tables.items() if isinstance(t, Mapping) and "like" in t}


def _without_like(entry: Any) -> Any:
    plain = isinstance(entry, Mapping)
    return {key: value for key, value in entry.items() if key != "like"} if plain else entry


def _led_to(name: str, table: dict[str, Any], model: str) -> dict[str, Any]:
    """Return a copy of a table in which rows that lead to *model* lead to *name*."""
    copied = copy.deepcopy(table)
    rows = copied.get("next")
    for row in rows.values() if isinstance(rows, dict) else ():
        if isinstance(row, dict) and row.get("to") == model:
            row["to"] = name
    return copied


def outside(replaced: Collection[Leaf], places: Mapping[Leaf, str]) -> dict[Leaf, str]:
    """Return the places that are left when what stood at some paths is replaced."""
    depths = {len(path) for path in replaced}
    return {
        path: place
        for path, place in places.items()
        if not any(path[:depth] in replaced for depth in depths)
    }


def leaves(node: Any, path: Leaf = ()) -> Iterable[Leaf]:
    """Yield the path of every table, list and value of a tree, its root's first."""
    yield path
    if isinstance(node, Mapping):
        for key, below in node.items():
            yield from leaves(below, (*path, key))
    elif isinstance(node, list):
        for i, below in enumerate(node):
            yield from leaves(below, (*path, i))
