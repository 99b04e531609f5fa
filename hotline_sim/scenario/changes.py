"""Keys of a scenario changed in memory, one or many, by the rules by which a file is read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from hotline_sim.domain import Origin, Provenance
from hotline_sim.scenario import curves, origins, rows
from hotline_sim.scenario.drafts import draft_from, scenario_of
from hotline_sim.scenario.faults import Fault, Path, at, dotted
from hotline_sim.scenario.quantities import VOLUMES
from hotline_sim.scenario.reading import DEEPEST, is_too_deep
from hotline_sim.scenario.written import number_for

if TYPE_CHECKING:
    from hotline_sim.scenario.drafts import Draft
    from hotline_sim.scenario.schema import Scenario

SET = "--set"
_BY_USER = Provenance(Origin.ASSUMED, set_by_user=True)
_VOLUME_DEPTH = 3  # channels, the channel's name, the volume
_DAYS, _PUBLISHED_DAYS = ("horizon", "days"), ("horizon", "published_days")


class Change(NamedTuple):
    """One key and what it shall be.

    ``written`` is how the user said it; ``origin`` where a number comes from, if not from the
    user.
    """

    key: str
    value: Any
    written: str
    origin: Provenance | None = None


class _NoSuchEntryError(LookupError):
    """A list has fewer entries than were asked for."""


def from_text(written: Iterable[str]) -> list[Change]:
    """Return changes written as ``key=value``, values as TOML writes them.

    A number may have a unit that fits its key: ``4min``, ``30%``, ``43万``. A bare word counts as
    a string. What has no ``=`` becomes a change of no key, which is
    told as a fault when it is made.
    """
    found = []
    for one in written:
        key, equals, value = one.partition("=")
        asked = key.strip()
        found.append(Change(asked if equals else "", value_of(value.strip(), asked), one))
    return found


def value_of(written: str, key: str) -> Any:
    """Return a value as TOML writes it, a number with a unit that fits its key, or a string."""
    try:
        tables = tomllib.loads(f"value = {written}")
    except (ValueError, RecursionError):
        number = number_for(key, written)
        return written if number is None else number
    return tables["value"] if len(tables) == 1 else written


def changed(scenario: Scenario, changes: Iterable[Change], *, place: str) -> Scenario:
    """Return a changed copy of a scenario; a fault of a change is told of *place*.

    Raises
    ------
    ScenarioError
        Telling all faults at once.
    """
    draft = draft_from(scenario)
    make(draft, changes, place=place)
    return scenario_of(draft, checked=scenario.checked)


def make(draft: Draft, changes: Iterable[Change], *, place: str) -> None:
    """Make changes to a draft, one after the other; what cannot be made is a fault of it."""
    days = at(draft.tree, _DAYS)
    for change in changes:
        known = change.key in draft.provenance and not draft.found
        if known and _is_plain(change.value):
            _put_number(draft, change, place)
        else:
            _make(draft, change, place)
            _leave_one_volume(draft, change)
    other_days = at(draft.tree, _DAYS) != days and isinstance(days, int)
    if other_days and at(draft.tree, _PUBLISHED_DAYS) is None:
        draft.tree = _put(draft.tree, _PUBLISHED_DAYS, days)


def _leave_one_volume(draft: Draft, change: Change) -> None:
    """Drop a channel's other volumes where one is set, but for those that are set as well."""
    path = _asked(change.key)
    if len(path) != _VOLUME_DEPTH or path[0] != "channels" or path[2] not in VOLUMES:
        return
    table = at(draft.tree, path[:2])
    for key in VOLUMES:
        other = (*path[:2], key)
        if change.value is not None and table and key in table and not draft.is_changed(other):
            _forget(draft, other)
            _drop(draft.tree, other)


def _make(draft: Draft, change: Change, place: str) -> None:
    """Change one key of a draft."""

    def fault(wanted: str, **values: Any) -> None:
        draft.found.append(((), Fault(place, change.written, wanted, values=values)))

    asked = curves.key_of(_asked(change.key), change.value)
    if "" in asked:
        return fault("set_form")
    if len(asked) > DEEPEST or is_too_deep([change.value]):
        return fault("too_deep", limit=DEEPEST)
    value = curves.by_full_name(as_read(change.value), asked)
    try:
        path, made, within = _resolved(draft, asked)
        if within:
            _set_within(draft, path, within, value, change.origin)
        elif value is None:
            _forget(draft, path)
            _drop(draft.tree, path)
        else:
            _set(draft, path, value, change.origin)
    except _NoSuchEntryError as error:
        return fault("set_entry", count=error.args[0])
    if value is not None and asked[2:] == ("curve",) and asked != _asked(change.key):
        _forget(draft, (*asked[:2], "seats"))
        _drop(draft.tree, (*asked[:2], "seats"))  # one number, which the curve was put in place of
    draft.changed[made or (*path, *within)] = place
    return None


def _is_plain(value: Any) -> bool:
    """Tell whether a value is a number as a file may have it: no bool, none past 64 bits."""
    return type(value) is float or (type(value) is int and abs(value) < origins.PAST_64_BITS)


@lru_cache(maxsize=10_000)
def _asked(key: str) -> Path:
    """Return the parts of a key; what a list may have so many entries of is a number."""
    return tuple(
        int(word) if word.isdecimal() and word.isascii() and len(word) < 10 else word
        for word in key.split(".")
    )


def as_read(node: Any) -> Any:
    """Return a value as if it had been read from a file: plain numbers, lists and tables."""
    if isinstance(node, (np.generic, np.ndarray)):
        return node.tolist()
    if isinstance(node, BaseModel):
        return as_read(node.model_dump(by_alias=True, exclude_unset=True, exclude_none=True))
    if isinstance(node, Mapping):
        return {str(key): as_read(below) for key, below in node.items()}
    if isinstance(node, (list, tuple)):
        return [as_read(below) for below in node]
    return node


def _resolved(draft: Draft, asked: Path) -> tuple[Path, Path, Path]:
    """Return the path of a key, the part of it that is new, and what is asked within a number.

    Rows of transitions and entries of lists may be asked for by their places, from 0.
    """
    node: Any = draft.tree
    path: Path = ()
    made: Path = ()
    for number, part in enumerate(asked):
        if not isinstance(node, dict) and dotted(path) in draft.provenance:
            within = asked[number:]
            return path, made, within[1:] if within[0] == "value" else within
        key = _key(node, part, path)
        node = node[key] if _has(node, key) else None
        path = (*path, key)
        if node is None and not made:
            made = path
    return path, made, ()


def _has(node: Any, key: str | int) -> bool:
    return key in node if isinstance(node, dict) else isinstance(node, tuple)


def _key(node: Any, part: str | int, path: Path) -> str | int:
    """Return the key of what is asked for by its name or place."""
    if isinstance(node, (tuple, list)) or (isinstance(part, int) and rows.are_at(path)):
        if not isinstance(part, int) or part >= len(node):
            raise _NoSuchEntryError(len(node))
        return part if isinstance(node, (tuple, list)) else list(node)[part]
    return str(part)


def _set(draft: Draft, path: Path, value: Any, origin: Provenance | None) -> None:
    """Put a value in a place; its numbers are the user's, or come from what is told of them."""
    parted = _parted(draft, path, value)
    for key, own in parted.provenance.items():
        draft.provenance[key] = origin or replace(own, set_by_user=True)
    draft.tree = _put(draft.tree, path, parted.tree)


def _set_within(
    draft: Draft, path: Path, within: Path, value: Any, origin: Provenance | None
) -> None:
    """Put an entry into a list of numbers, or change what is said of a number's origin."""
    number = at(draft.tree, path)
    if isinstance(number, tuple) and within[0] not in origins.KEYS:
        return _set(draft, path, list(_put(number, within, value)), origin)
    table = origins.as_table(number, draft.provenance[dotted(path)])
    parted = _parted(draft, path, _put(table, within, value))
    draft.provenance |= parted.provenance
    draft.tree = _put(draft.tree, path, parted.tree)
    return None


def _parted(draft: Draft, path: Path, value: Any) -> origins.Split:
    """Return a value without its origins, having dropped those of what it replaces."""
    _forget(draft, path)
    parted = origins.split_at(value, path, draft.sources())
    draft.found += parted.faults
    return parted


def _forget(draft: Draft, path: Path) -> None:
    """Drop the origins of what stands at a path, and their faults."""
    depth, below = len(path), f"{dotted(path)}."
    node = at(draft.tree, path)
    if isinstance(node, (Mapping, tuple)):
        for key in [key for key in draft.provenance if key.startswith(below)]:
            del draft.provenance[key]
    draft.provenance.pop(dotted(path), None)
    draft.found = [(key, one) for key, one in draft.found if one.place or key[:depth] != path]


def _put_number(draft: Draft, change: Change, place: str) -> None:
    """Put a number in the place of one, as :func:`_make` would do in ten times the time."""
    path, value = _asked(change.key), change.value
    draft.provenance[change.key] = change.origin or _BY_USER
    draft.changed[path] = place
    node: Any = draft.tree
    for part in path[:-1]:
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict) and path[-1] in node:
        node[path[-1]] = value
    else:  # within a list, which is made anew
        draft.tree = _put(draft.tree, path, value)


def _put(node: Any, path: Path, value: Any) -> Any:
    """Return a tree with one place changed; its own tables are, and missing ones are made."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, (tuple, list)):
        if not isinstance(head, int) or head >= len(node):
            raise _NoSuchEntryError(len(node))
        entries = list(node)
        entries[head] = _put(node[head], rest, value)
        return type(node)(entries)
    table = node if isinstance(node, dict) else {}
    key = head if head in table else str(head)
    table[key] = _put(table.get(key, {}), rest, value)
    return table


def _drop(tree: Any, path: Path) -> None:
    """Take a key out of the table it stands in."""
    table = at(tree, path[:-1])
    if isinstance(table, dict):
        table.pop(path[-1], None)
