"""Two scenarios held against each other key by key, and worlds that take some keys from each.

A mixed world has the numbers of the two as they stand, not the formulas or the volumes behind
them: people are those found for the one or the other (``cases_per_day``), and are not found
anew in the mix. Words, and figures that a run is held against, are no part of it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.scenario import rows
from hotline_sim.scenario.drafts import Draft, scenario_of
from hotline_sim.scenario.faults import at, dotted
from hotline_sim.scenario.quantities import VOLUMES
from hotline_sim.scenario.schema import Inbound
from hotline_sim.scenario.volumes import mean_cases_per_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hotline_sim.scenario.faults import Path
    from hotline_sim.scenario.schema import Scenario

_PEOPLE = "cases_per_day"
_CHANNEL_DEPTH = 2  # channels, the channel's name
_ROW_DEPTH = 4  # channels, the channel's name, next, the row's name
_ORDERED = ("channels", "teams", "departments")  # served, or listed, in the order of the file
_NO_ENTRY_BY_ENTRY = ("surges", "serves")  # lists that are one thing each
_WORDS = ("title", "unknown", "published", "printed")
_OF_PLANS = "rules"  # which no simulation reads
_NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """Something in which two scenarios differ, the smallest that is taken from one or the other.

    ``key`` is that of a number, or of a table that is taken whole: a team, a channel, a row of
    transitions that only one of the two has, a law of time of another form; it then ends in a
    dot. ``spellings`` are all keys by which it may be named. An ``is_order`` is the order in
    which the entries of a table stand.
    """

    key: str
    path: Path
    spellings: tuple[str, ...]
    is_order: bool = False

    @property
    def shown(self) -> str:
        """The key as people write it."""
        return self.key.rstrip(".")


class Pair:
    """Two scenarios, what they differ in, and the worlds between them."""

    def __init__(self, a: Scenario, b: Scenario) -> None:
        self._a, self._b = a, b
        self._trees = (_plain(a), _plain(b))
        # What one leaves out and the other says as it would be anyway is no difference.
        defaults = tuple(one.model_dump(by_alias=True, exclude_none=True) for one in (a, b))
        self._full = tuple(rows.by_name(one) for one in defaults)
        self.differences = tuple(
            one for one in _differences(*self._trees) if not self._is_said_otherwise(one)
        )

    def values(self, one: Difference) -> tuple[Any, Any]:
        """Return what the first and the second say there; None: nothing."""
        if one.is_order:
            first, second = (tuple(at(tree, one.path) or ()) for tree in self._trees)
        else:
            first, second = (at(tree, one.path) for tree in self._trees)
        return first, second

    def mixed(self, from_b: Iterable[Difference]) -> Scenario:
        """Return the first scenario with some of the differences taken from the second.

        Raises
        ------
        ScenarioError
            If what is taken from each does not fit together.
        """
        tree = _copied(self._trees[0])
        taken = list(from_b)
        for one in taken:
            if not one.is_order:
                _take(tree, self._trees[1], one.path)
        turned = {one.path for one in taken if one.is_order}
        for path in _tables_in_order(self._trees):
            _put_in_order(tree, path, self._orders(path, turned=path in turned))
        return scenario_of(Draft(self._a.name, {**tree, **self._beside()}, {}, {}))

    def _beside(self) -> dict[str, Any]:
        """Return what a world needs and no result depends on; figures say what is counted."""
        return {
            "title": {"en": self._a.title.en, "zh": self._a.title.zh},
            "published": {**self._b.published, **self._a.published},
        }

    def _orders(self, path: Path, *, turned: bool) -> list[list[Any]]:
        """Return the names in a table of the scenario whose order counts, then of the other."""
        orders = [list(at(tree, path) or ()) for tree in self._trees]
        return orders[::-1] if turned else orders

    def _is_said_otherwise(self, one: Difference) -> bool:
        if one.is_order:
            return False
        values = [at(tree, one.path) for tree in self._full]
        return values[0] is not None and values[0] == values[1]


def keys_of(scenario: Scenario) -> tuple[str, ...]:
    """Return every key by which something in a scenario can be taken, volumes by any name."""
    tree = _plain(scenario)
    paths = [path for path, _ in _leaves(tree, ())]
    tables = {dotted(path[:depth]) + "." for path in paths for depth in range(1, len(path))}
    return (*(name for path in paths for name in _spellings(path)), *sorted(tables))


def _plain(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's tables with its people as found, and without words and figures."""
    tree: dict[str, Any] = rows.by_name(
        scenario.model_dump(
            by_alias=True,
            exclude_unset=True,
            exclude_none=True,
            exclude={"name", "provenance", "checked", "own_sources", _OF_PLANS, *_WORDS},
        )
    )
    tree["horizon"].pop("published_days", None)
    tree["horizon"]["start"] = scenario.horizon.start  # that nobody need say
    for table in _ORDERED:
        for entry in tree.get(table, {}).values():
            entry.pop("title", None)
    for name, channel in scenario.channels.items():
        table = tree["channels"][name]
        has_volume = any(key in table for key in VOLUMES)
        for key in (*VOLUMES, "people_per_day", "connect_rate"):  # by which people were found
            table.pop(key, None)
        if has_volume and isinstance(channel, Inbound):
            table[_PEOPLE] = mean_cases_per_day(channel)
    return tree


def _differences(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Difference]:
    yield from _differing(a, b, ())
    for path in _tables_in_order((a, b)):
        first, second = (list(at(tree, path) or ()) for tree in (a, b))
        both = set(first) & set(second)
        if [one for one in first if one in both] != [one for one in second if one in both]:
            yield Difference(dotted(path), path, (dotted(path) + ".",), is_order=True)


def _differing(a: Any, b: Any, path: Path) -> Iterator[Difference]:
    """Yield in what two nodes at a path differ; _NOTHING stands where there is none."""
    if a is not _NOTHING and b is not _NOTHING and type(a) is type(b) and a == b:
        return
    if _is_taken_whole(a, b, path):
        is_table = any(isinstance(node, dict) for node in (a, b))
        key = dotted(path) + ("." if is_table else "")
        yield Difference(key, path, (key,) if is_table else _spellings(path))
        return
    for key in _keys(a, b):
        yield from _differing(_below(a, key), _below(b, key), (*path, key))


def _is_taken_whole(a: Any, b: Any, path: Path) -> bool:
    """Tell whether two nodes are taken as they are, not key by key."""
    there = [node for node in (a, b) if node is not _NOTHING]
    if all(isinstance(node, dict) for node in there):
        if _is_entry(path) and (len(there) == 1 or _kind(a) != _kind(b)):
            return True
        laws = [node.get("law") for node in there]
        is_other_form = laws != laws[:1] * 2 or set(a) != set(b)
        return any(isinstance(law, str) for law in laws) and is_other_form
    if len(there) == 1 or not all(isinstance(node, tuple) for node in there):
        return True
    tables = all(isinstance(entry, dict) for node in there for entry in node)
    return not tables or len(a) != len(b) or path[-1] in _NO_ENTRY_BY_ENTRY


def _is_entry(path: Path) -> bool:
    """Tell whether a team, channel, department, row of transitions or terms stand at a path."""
    is_row = len(path) == _ROW_DEPTH and rows.are_at(path[:-1])
    return is_row or (len(path) == _CHANNEL_DEPTH and path[0] in (*_ORDERED, "employment"))


def _kind(table: Any) -> Any:
    return table.get("kind")


def _keys(a: Any, b: Any) -> list[Any]:
    first, second = (
        range(len(node)) if isinstance(node, tuple) else (() if node is _NOTHING else node)
        for node in (a, b)
    )
    return list(dict.fromkeys([*first, *second]))


def _below(node: Any, key: Any) -> Any:
    if isinstance(node, dict):
        return node.get(key, _NOTHING)
    return node[key] if isinstance(node, tuple) and key < len(node) else _NOTHING


def _leaves(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield what stands in a tree below its tables, lists of tables opened."""
    tables = isinstance(node, tuple) and node and all(isinstance(one, dict) for one in node)
    if not isinstance(node, dict) and not tables:
        yield path, node
        return
    for key in _keys(node, _NOTHING):
        yield from _leaves(_below(node, key), (*path, key))


def _spellings(path: Path) -> tuple[str, ...]:
    """Return the keys by which a number may be named; a channel's volume by any of its forms."""
    if len(path) == _CHANNEL_DEPTH + 1 and path[0] == "channels" and path[2] in VOLUMES:
        return tuple(dotted((*path[:2], key)) for key in VOLUMES)
    return (dotted(path),)


# Taking, and putting in order ----------------------------------------------------------------


def _copied(node: Any) -> Any:
    """Return a tree with tables of its own; its lists and values are shared."""
    if isinstance(node, dict):
        found = copy.copy(node)
        for key, below in found.items():
            found[key] = _copied(below)
        return found
    if isinstance(node, tuple) and any(isinstance(one, dict) for one in node):
        return tuple(map(_copied, node))
    return node


def _take(tree: dict[str, Any], other: Mapping[str, Any], path: Path) -> None:
    """Put what stands at a path of another tree into a tree, or take it out of it."""
    value = at(other, path)
    node: Any = tree
    around: list[tuple[Any, Any]] = []
    for step, part in enumerate(path[:-1]):
        around.append((node, part))
        if isinstance(node, dict) and part not in node:
            model = at(other, path[: step + 1])
            node[part] = type(model)() if isinstance(model, dict) else {}
        node = node[part]
    if value is not None:
        node[path[-1]] = _copied(value)
        return
    node.pop(path[-1], None)
    for step in range(len(around) - 1, -1, -1):  # tables that the other does not have
        parent, part = around[step]
        if parent[part] == {} and at(other, path[: step + 1]) is None:
            del parent[part]


def _tables_in_order(trees: Sequence[Mapping[str, Any]]) -> list[Path]:
    """Return the paths of tables whose order counts, in any of some trees."""
    named: dict[Path, None] = {(table,): None for table in _ORDERED}
    for tree in trees:
        for name, channel in tree.get("channels", {}).items():
            if isinstance(channel.get("next"), dict):
                named["channels", name, "next"] = None
    return list(named)


def _put_in_order(tree: dict[str, Any], path: Path, orders: Sequence[Sequence[Any]]) -> None:
    """Put a table into the order of the first list, what only the second has where it had it."""
    table, around = at(tree, path), at(tree, path[:-1])
    if not isinstance(table, dict):
        return
    names = list(orders[0])
    for number, name in enumerate(orders[1]):
        if name not in names:
            names.insert(names.index(orders[1][number - 1]) + 1 if number else 0, name)
    around[path[-1]] = type(table)((name, table[name]) for name in names if name in table)
