"""A curve of seats by its short name: a team's ``seats = [...]`` is read as ``curve = [...]``.

One number ``seats`` is the peak to which any roster is scaled, so the two are two keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hotline_sim.scenario.schema import DAYS

if TYPE_CHECKING:
    from hotline_sim.scenario.faults import Path

_SEATS = 2  # the place of a team's key in its path: teams, the team's name


def by_full_name(node: Any, path: Path = ()) -> Any:
    """Return what stands at a path of a file, teams' curves of seats under their own key."""
    if path[:1] not in ((), ("teams",)) or len(path) > _SEATS or not isinstance(node, Mapping):
        return node
    if len(path) == _SEATS:
        short = "curve" not in node and is_curve(node.get("seats"))
        return {"curve" if short and key == "seats" else key: node[key] for key in node}
    below = node if path else ("teams",)
    named = {key: by_full_name(node[key], (*path, key)) for key in below if key in node}
    return {**node, **named}


def key_of(asked: Path, value: Any) -> Path:
    """Return the path of a curve, or of a part of one, that is asked for as a team's seats."""
    team, key, part = asked[:_SEATS], asked[_SEATS : _SEATS + 1], asked[_SEATS + 1 : _SEATS + 2]
    if asked[:1] != ("teams",) or key != ("seats",):
        return asked
    of_curve = isinstance(part[0], int) or DAYS.match(part[0]) if part else is_curve(value)
    return (*team, "curve", *asked[_SEATS + 1 :]) if of_curve else asked


def is_curve(seats: Any) -> bool:
    """Tell whether seats are a curve, or curves by days, perhaps with their origin."""
    if isinstance(seats, Mapping):
        return isinstance(seats.get("value", ()), (list, tuple))
    return isinstance(seats, (list, tuple))
