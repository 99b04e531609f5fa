"""A scenario's numbers by dotted key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Next, Scenario


def values_of(scenario: Scenario) -> dict[str, Any]:
    """Return every number that has an origin: ``"channels.phone.lines"`` and the like to value.

    Lists of numbers are lists.
    """
    return {key: _at(scenario, key.split(".")) for key in scenario.provenance}


def beside(now: Scenario, was: Scenario) -> Scenario:
    """Return a scenario, the origins of what the user set telling what stood there before."""
    marked = {}
    for key, origin in now.provenance.items():
        before = was.provenance.get(key)
        if origin.set_by_user and before is not None and origin is not before:
            value = _at(was, key.split("."))
            if before.set_by_user and before.instead_of is not None:
                value = before.instead_of
            if value != _at(now, key.split(".")):
                stood = tuple(value) if isinstance(value, list) else value
                marked[key] = replace(origin, instead_of=stood)
    return now.model_copy(update={"provenance": {**now.provenance, **marked}})


def _at(node: Any, parts: list[str]) -> Any:
    for part in parts:
        if isinstance(node, tuple):
            node = node[int(part)] if part.isdecimal() else _row(node, part)
        elif isinstance(node, dict):
            node = node[part]
        else:
            node = getattr(node, part)
    return list(node) if isinstance(node, tuple) else node


def _row(rows: tuple[Next, ...], name: str) -> Next:
    """Return the row of a transition table that has a name."""
    return next(row for row in rows if row.name == name)
