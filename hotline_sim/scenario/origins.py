"""Split a scenario's tree into plain values and, beside them, where each came from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hotline_sim.domain import Origin, Provenance
from hotline_sim.scenario.faults import Fault, Path, dotted, nearest

_KEYS = ("value", "kind", "source", "note", "range")
_PAST_64_BITS = 2**63


@dataclass
class Split:
    """A tree without its origins, the origins by dotted key, and the faults of them."""

    tree: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    faults: list[tuple[Path, Fault]] = field(default_factory=list)


def is_number_table(node: Any) -> bool:
    """Tell whether a table is a value with its origin."""
    return isinstance(node, Mapping) and not isinstance(node.get("value", {}), Mapping)


def split(tree: Mapping[str, Any], sources: Mapping[str, Any]) -> Split:
    """Return the plain tree (lists as tuples), the origins and the faults of the origins.

    A bare number counts as assumed; ``format`` is no quantity and has no origin.
    """
    result = Split()
    plain = _plain(_tamed(tree), (), sources, result)
    result.tree = plain if isinstance(plain, dict) else {}
    result.provenance.pop("format", None)
    return result


def _tamed(node: Any) -> Any:
    """Turn whole numbers past 64 bits, which TOML does not have, into infinities."""
    if isinstance(node, Mapping):
        return {key: _tamed(below) for key, below in node.items()}
    if isinstance(node, list):
        return [_tamed(below) for below in node]
    if isinstance(node, int) and abs(node) >= _PAST_64_BITS:
        return math.inf if node > 0 else -math.inf
    return node


def _plain(node: Any, path: Path, sources: Mapping[str, Any], result: Split) -> Any:
    if is_number_table(node):
        origin = _origin(node, path, sources, result)
        result.provenance[dotted(path)] = origin
        value = node["value"]
        return tuple(value) if isinstance(value, list) else value
    if isinstance(node, Mapping):
        return {key: _plain(below, (*path, key), sources, result) for key, below in node.items()}
    if isinstance(node, list):
        if node and all(_is_number(entry) for entry in node):
            result.provenance[dotted(path)] = Provenance(Origin.ASSUMED)
            return tuple(node)
        return tuple(_plain(below, (*path, i), sources, result) for i, below in enumerate(node))
    if _is_number(node):
        result.provenance[dotted(path)] = Provenance(Origin.ASSUMED)
    return node


def _is_number(node: Any) -> bool:
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def _origin(
    node: Mapping[str, Any], path: Path, sources: Mapping[str, Any], result: Split
) -> Provenance:
    """Read one value's origin, noting what is wrong with it."""

    def fault(key: str, wanted: str, **values: Any) -> None:
        result.faults.append(
            ((*path, key), Fault("", dotted((*path, key)), wanted, node[key], values))
        )

    for key in node:
        if key not in _KEYS:
            fault(key, "no_such_key", nearest=nearest(key, _KEYS))
    kind = node.get("kind", "assumed")
    if kind not in list(Origin):
        fault("kind", "one_of", choices=", ".join(Origin), nearest=nearest(kind, list(Origin)))
        kind = "assumed"
    source = node.get("source", "")
    if "source" in node and (not isinstance(source, str) or source not in sources):
        fault("source", "source", nearest=nearest(source, sources))
    note = node.get("note", "")
    if not isinstance(note, str):
        fault("note", "string")
        note = ""
    if kind != "assumed" and not source:
        key = "kind" if "kind" in node else "value"
        fault(key, "needs_source")
    if kind == "derived" and not note:
        fault("kind", "needs_sum")
    return Provenance(Origin(kind), str(source), note, _range(node, fault))


def _range(node: Mapping[str, Any], fault: Any) -> tuple[float, float] | None:
    if "range" not in node:
        return None
    bounds = node["range"]
    if not (
        isinstance(bounds, list)
        and len(bounds) == 2  # lowest, highest
        and all(_is_number(bound) and math.isfinite(bound) for bound in bounds)
        and bounds[0] <= bounds[1]
    ):
        fault("range", "range")
        return None
    low, high = float(bounds[0]), float(bounds[1])
    values = node["value"] if isinstance(node["value"], list) else [node["value"]]
    if any(_is_number(value) and not low <= value <= high for value in values):
        fault("value", "outside_range", low=bounds[0], high=bounds[1])
    return low, high
