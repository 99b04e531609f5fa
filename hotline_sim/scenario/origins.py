"""Split a scenario's tree into plain values and, beside them, where each came from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import KNOWN, Origin, Provenance
from hotline_sim.scenario import rows
from hotline_sim.scenario.faults import Fault, Path, dotted, nearest
from hotline_sim.scenario.formulas import is_formula

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYS = ("value", "kind", "to", "source", "note", "range", "set_by_user", "instead_of")
_NO_QUANTITIES = ("format", "horizon.published_days")  # they have no origin
PAST_64_BITS = 2**63
FIGURES = "published"  # the table whose figures a number may be chosen from
_WORDS = ("title", "unknown")  # of which "= 3" is one, too
_NOTES = ("en", "zh")  # the languages a note may be in


@dataclass
class Split:
    """A tree without its origins, the origins by dotted key, and the faults of them."""

    tree: Any = field(default_factory=dict)
    provenance: dict[str, Provenance] = field(default_factory=dict)
    faults: list[tuple[Path, Fault]] = field(default_factory=list)


def is_number_table(node: Any) -> bool:
    """Tell whether a table is a value with its origin."""
    return isinstance(node, dict) and not isinstance(node.get("value", {}), dict)


def split(tree: Mapping[str, Any], sources: Mapping[str, Any]) -> Split:
    """Return the plain tree (lists as tuples), the origins and the faults of the origins.

    A bare number counts as assumed; ``format`` is no quantity and has no origin. A formula
    stays in the tree as it is written, until :mod:`formulas` are worked out.
    """
    result = split_at(tree, (), sources)
    return result if isinstance(result.tree, dict) else replace(result, tree={})


def split_at(node: Any, path: Path, sources: Mapping[str, Any]) -> Split:
    """Return the same of what stands at a path of a tree."""
    result = Split()
    result.tree = _plain(rows.by_name(_tamed(node), path), path, sources, result)
    for key in _NO_QUANTITIES:
        result.provenance.pop(key, None)
    return result


def as_table(value: Any, origin: Provenance) -> dict[str, Any]:
    """Return a value and its origin as a file writes them."""
    known = origin.to_dict().items()
    said = {key: one for key, one in known if one or (one == 0 and one is not False)}
    formula = said.pop("formula", None)
    if len(origin.to) == 1:
        (said["to"],) = origin.to
    return {"value": formula or (list(value) if isinstance(value, tuple) else value), **said}


def _tamed(node: Any) -> Any:
    """Turn whole numbers past 64 bits, which TOML does not have, into infinities."""
    if isinstance(node, dict):
        return {key: _tamed(below) for key, below in node.items()}
    if isinstance(node, list):
        return [_tamed(below) for below in node]
    if isinstance(node, int) and abs(node) >= PAST_64_BITS:
        return math.inf if node > 0 else -math.inf
    return node


def _plain(node: Any, path: Path, sources: Mapping[str, Any], result: Split) -> Any:
    if is_number_table(node):
        origin = _origin(node, path, sources, result)
        result.provenance[dotted(path)] = origin
        value = node["value"]
        return tuple(value) if isinstance(value, list) else value
    if isinstance(node, dict):
        return {key: _plain(below, (*path, key), sources, result) for key, below in node.items()}
    if isinstance(node, list):
        if is_bare(node):
            result.provenance[dotted(path)] = Provenance(Origin.ASSUMED)
            return tuple(node)
        return tuple(_plain(below, (*path, i), sources, result) for i, below in enumerate(node))
    if is_number(node):
        result.provenance[dotted(path)] = Provenance(Origin.ASSUMED)
    elif is_formula(node) and _may_be_one(path):
        result.provenance[dotted(path)] = Provenance(Origin.ASSUMED, formula=node.strip())
    return node


def _may_be_one(path: Path) -> bool:
    """Tell whether a formula may stand at a path: neither in a list nor where words stand."""
    of_words = path[0] in _WORDS or path[2:3] == ("title",)
    return isinstance(path[-1], str) and not of_words


def is_number(node: Any) -> bool:
    """Tell whether a value is a number, no truth value."""
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def is_bare(node: Any) -> bool:
    """Tell whether a value has an origin though none is written: a number, or a list of them."""
    if isinstance(node, (list, tuple)):
        return bool(node) and all(is_number(entry) for entry in node)
    return is_number(node)


def _origin(
    node: Mapping[str, Any], path: Path, sources: Mapping[str, Any], result: Split
) -> Provenance:
    """Read one value's origin, noting what is wrong with it."""

    def fault(key: str, wanted: str, **values: Any) -> None:
        result.faults.append(
            ((*path, key), Fault("", dotted((*path, key)), wanted, node[key], values))
        )

    for key in node:
        if key not in KEYS:
            fault(key, "no_such_key", nearest=nearest(key, KEYS))
    kind = node.get("kind", "assumed")
    if kind not in list(Origin):
        fault("kind", "one_of", choices=", ".join(Origin), nearest=nearest(kind, list(Origin)))
        kind = "assumed"
    source = node.get("source", "")
    if "source" in node and (not isinstance(source, str) or source not in sources):
        fault("source", "source", nearest=nearest(source, sources))
    note, note_zh = _note(node, fault)
    formula = node["value"].strip() if is_formula(node["value"]) else ""
    if kind in KNOWN and not source and not formula:
        fault("kind", "needs_source")
    if kind == "derived" and not (note or note_zh or formula):
        fault("kind", "needs_sum")
    to = _to(node, fault)
    if kind == "fitted" and not to and "to" not in node:
        fault("kind", "needs_to")
    by_user = node.get("set_by_user", False)
    if not isinstance(by_user, bool):
        fault("set_by_user", "boolean")
    was = node.get("instead_of")
    if "instead_of" in node and not is_bare(was):
        fault("instead_of", "number")
        was = None
    was = tuple(was) if isinstance(was, list) else was
    span = _range(node, fault)
    by_user = by_user is True
    return Provenance(Origin(kind), str(source), note, span, by_user, to, formula, note_zh, was)


def _note(node: Mapping[str, Any], fault: Any) -> tuple[str, str]:
    """Read the note: text, which counts as English, or a table of languages."""
    note = node.get("note", "")
    if isinstance(note, str):
        return note, ""
    told = note if isinstance(note, dict) else {}
    if not told or not told.keys() <= set(_NOTES) or not all(map(_is_text, told.values())):
        fault("note", "note")
        return "", ""
    return told.get("en", ""), told.get("zh", "")


def _is_text(node: Any) -> bool:
    return isinstance(node, str)


def _to(node: Mapping[str, Any], fault: Any) -> tuple[str, ...]:
    """Read the published figures from which a value was chosen."""
    if "to" not in node:
        return ()
    named = node["to"] if isinstance(node["to"], list) else [node["to"]]
    if not named or not all(isinstance(one, str) for one in named):
        fault("to", "to")
        return ()
    return tuple(dict.fromkeys(named))


def _range(node: Mapping[str, Any], fault: Any) -> tuple[float, float] | None:
    if "range" not in node:
        return None
    bounds = node["range"]
    if not (
        isinstance(bounds, list)
        and len(bounds) == 2  # lowest, highest
        and all(is_number(bound) and math.isfinite(bound) for bound in bounds)
        and bounds[0] <= bounds[1]
    ):
        fault("range", "range")
        return None
    low, high = float(bounds[0]), float(bounds[1])
    values = node["value"] if isinstance(node["value"], list) else [node["value"]]
    if any(is_number(value) and not low <= value <= high for value in values):
        fault("value", "outside_range", low=bounds[0], high=bounds[1])
    return low, high
