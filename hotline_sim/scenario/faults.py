"""What is wrong with a scenario: place, value found, value wanted, one line each."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotline_sim.messages import Lang, text
from hotline_sim.scenario.full_width import hint_of

if TYPE_CHECKING:
    from pydantic import ValidationError

Path = tuple[str | int, ...]
_NOTHING = object()
_IN_A_CHANNEL = 3  # channels, the channel's name, the key
_LONGEST_SHOWN = 60  # characters of a value found


class Cell(str):
    """The place of a fault in a workbook: the file, the sheet, the cell."""

    __slots__ = ()


@dataclass(frozen=True)
class Fault:
    """One fault. ``wanted`` names a sentence of the catalogue under ``fault``."""

    place: str  # the file, a cell of it, or --set
    key: str  # dotted; empty when the whole file, or the cell, is at fault
    wanted: str
    found: Any = _NOTHING
    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: Lang = "en") -> str:
        """Return the line to show: ``file: key = found: wanted``."""
        parts = [self.place]
        if self.key:
            key = _printable(self.key)
            parts.append(key if self.found is _NOTHING else f"{key} = {self._shown()}")
        elif self.found is not _NOTHING:
            parts = [f"{self.place} = {self._shown()}"]
        values = dict(self.values)
        nearest = values.pop("nearest", "")
        line = ": ".join([*parts, text(f"fault.{self.wanted}", lang, **values)])
        if nearest:
            line += text("fault.nearest", lang, nearest=nearest)
        return line + hint_of(self.found if isinstance(self.found, str) else self.key, lang)

    def _shown(self) -> str:
        found = self.found
        if isinstance(found, bool):
            shown = str(found).lower()
        elif isinstance(found, str):
            shown = f'"{_printable(found)}"'
        elif isinstance(found, (dict, list, tuple)):
            shown = "{…}" if isinstance(found, dict) else "[…]"
        else:
            shown = str(found)
        return shortened(shown)


def shortened(words: str) -> str:
    """Return words as a line of a fault shows them: printable, cut off where they are long."""
    shown = _printable(words)
    return shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"


def _printable(words: str) -> str:
    """Return words with line ends, escapes and the like written out, so that a line stays one."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in words
    )


class ScenarioError(ValueError):
    """A scenario that cannot be run: every fault of it, a line each."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it travel home from a worker process."""
        return type(self), (self.faults,)

    def text(self, lang: Lang = "en") -> str:
        """Return the faults in a language, one a line."""
        return "\n".join(dict.fromkeys(fault.text(lang) for fault in self.faults))


def dotted(path: Iterable[str | int]) -> str:
    """Return a path as a person writes it in ``--set``."""
    return ".".join(str(part) for part in path)


def nearest(word: object, right: Iterable[str]) -> str:
    """Return the right word a wrong one was probably meant to be, or nothing."""
    close = difflib.get_close_matches(str(word), list(right), n=1, cutoff=0.6)
    return close[0] if close else ""


def from_validation(
    error: ValidationError, tree: Mapping[str, Any], schema: Mapping[str, Any]
) -> list[tuple[Path, Fault]]:
    """Return pydantic's errors as faults (place still empty), with the path of each."""
    faults = []
    for one in error.errors():
        path = _path_in(tree, one["loc"])
        if _wrong_branch(one["loc"], tree):
            continue
        path = (*path, *_absent_key(one))
        wanted, values = _wanted(one, path, tree, schema)
        found = _NOTHING if wanted in ("missing", "no_such_key") else at(tree, path)
        faults.append((path, Fault("", dotted(path), wanted, found, values)))
    return faults


def _absent_key(one: Any) -> Path:
    """Return the key an error is about where its location stops at the table around it."""
    if one["type"] == "missing":
        return (one["loc"][-1],)
    if one["type"].startswith("union_tag"):
        return (one["ctx"]["discriminator"].strip("'"),)
    if one["type"] in _NUMBER_TYPES and isinstance(one["input"], Mapping):
        return ("value",)  # a number's table that gives no number
    return ()


def _path_in(tree: Any, loc: tuple[str | int, ...]) -> Path:
    """Drop from a pydantic location the parts that are names of types, not keys."""
    path: list[str | int] = []
    node = tree
    for place in loc:
        part = _key_of(node, place)
        below = _below(node, part)
        if below is not _NOTHING:
            path.append(part)
            node = below
    return tuple(path)


def _key_of(node: Any, place: str | int) -> str | int:
    """Return the key of what pydantic met at a place: rows are numbered for it, and named here."""
    if isinstance(node, Mapping) and isinstance(place, int) and place < len(node):
        key: str | int = list(node)[place]
        return key
    return place


def _wrong_branch(loc: tuple[str | int, ...], tree: Any) -> bool:
    """Tell whether an error speaks of the other form of a ``serves`` entry than the one written."""
    entry = loc[:4]  # teams, the team's name, serves, the entry's number
    if entry[:1] != ("teams",) or entry[2:3] != ("serves",) or loc == entry[:3]:
        return False
    return ("str" in loc[4:]) == isinstance(at(tree, entry), Mapping)


def at(tree: Any, path: Iterable[str | int]) -> Any:
    """Return what stands at *path* of a tree; None where nothing does."""
    for part in path:
        tree = _below(tree, part)
    return None if tree is _NOTHING else tree


def _below(node: Any, part: str | int) -> Any:
    """Return what stands one step below a node, or _NOTHING."""
    if isinstance(node, Mapping):
        return node.get(part, _NOTHING)
    if isinstance(node, (list, tuple)) and isinstance(part, int):
        return node[part] if part < len(node) else _NOTHING
    return _NOTHING


_LIMITS = {
    "greater_than": ("more_than", "gt"),
    "greater_than_equal": ("at_least", "ge"),
    "less_than": ("less_than", "lt"),
    "less_than_equal": ("at_most", "le"),
    "too_short": ("at_least_entries", "min_length"),
    "too_long": ("at_most_entries", "max_length"),
    "string_too_short": ("at_least_entries", "min_length"),
    "string_too_long": ("at_most_entries", "max_length"),
}
_TYPES = {
    "int_type": "whole",
    "int_from_float": "whole",
    "int_parsing_size": "whole",
    "float_type": "number",
    "finite_number": "finite",
    "string_type": "string",
    "bool_type": "boolean",
    "tuple_type": "list",
    "date_type": "date",
    "dict_type": "table",
    "mapping_type": "table",
    "model_type": "table",
    "model_attributes_type": "table",
    "missing": "missing",
    "union_tag_not_found": "missing",
    "one_size": "one_size",
    "half_width": "half_width",
}
_NUMBER_TYPES = ("int_type", "float_type", "tuple_type")


def _wanted(
    one: Any, path: Path, tree: Mapping[str, Any], schema: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the sentence that says what was wanted, and its values."""
    kind, context = one["type"], one.get("ctx", {})
    if kind == "extra_forbidden":
        if kinds := _kinds_with(schema, path):
            return "of_other_kind", {"kinds": "/".join(kinds), "key": path[-1]}
        keys = keys_at(schema, tree, path[:-1])
        return "no_such_key", {"nearest": nearest(path[-1], keys)}
    if kind in _LIMITS:
        sentence, name = _LIMITS[kind]
        return sentence, {"limit": context[name]}
    if kind in ("literal_error", "union_tag_invalid"):
        choices = context.get("expected", context.get("expected_tags", "")).replace("'", "")
        words = choices.replace(" or ", ", ").split(", ")
        found = one["input"] if kind == "literal_error" else context["tag"]
        return "one_of", {"choices": ", ".join(words), "nearest": nearest(found, words)}
    if kind == "string_pattern_mismatch":
        return ("days" if path[-1] == "days" else "clock"), {}
    if path[-1] == "value" and kind in _NUMBER_TYPES:
        return "missing", {}
    if kind in _TYPES:
        return _TYPES[kind], {}
    return "rule", {"rule": one["msg"]}


def _kinds_with(schema: Mapping[str, Any], path: Path) -> list[str]:
    """Return the kinds of channel that have a key which stands in a channel; else none."""
    if len(path) != _IN_A_CHANNEL or path[0] != "channels":
        return []
    kinds = schema["properties"]["channels"]["additionalProperties"]["discriminator"]["mapping"]
    tables = {kind: _branch(schema, {"$ref": ref}, {}) for kind, ref in kinds.items()}
    return [kind for kind, table in tables.items() if path[-1] in table["properties"]]


def keys_at(schema: Mapping[str, Any], tree: Any, path: Path) -> list[str]:
    """Return the keys the schema allows in the table at *path*."""
    node: Mapping[str, Any] = schema
    here = tree
    for part in path:
        node = _branch(schema, node, here)
        here = at(here, (part,))
        if "properties" in node and part in node["properties"]:
            node = node["properties"][part]
        else:
            node = node.get("additionalProperties", node.get("items", {}))
        if not isinstance(node, Mapping):
            return []
    return list(_branch(schema, node, here).get("properties", {}))


def _branch(schema: Mapping[str, Any], node: Mapping[str, Any], here: Any) -> Mapping[str, Any]:
    """Follow references and pick the form of a union that *here* was written in."""
    while True:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
            continue
        tag = node.get("discriminator", {}).get("propertyName")
        mapping = node.get("discriminator", {}).get("mapping", {})
        if tag and isinstance(here, Mapping) and here.get(tag) in mapping:
            node = {"$ref": mapping[here[tag]]}
            continue
        forms = node.get("anyOf", [])
        tables = [form for form in forms if "$ref" in form or "discriminator" in form]
        if len(tables) == 1 or (tables and not tag):
            node = tables[0]
            continue
        return node
