"""From a name or a path to a checked Scenario: find, read, extend, override, check."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hotline_sim.scenario import checks, faults, origins
from hotline_sim.scenario.checked import digest_of_numbers
from hotline_sim.scenario.cities import City, cities_of
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.schema import (
    Break,
    Contents,
    Kpi,
    Next,
    Overflow,
    Scenario,
    Shift,
    Surge,
)
from hotline_sim.scenario.targets import Targets, targets_of
from hotline_sim.scenario.trees import Leaf, Tree, leaves, outside, over, spelled_out

LARGEST_FILE = 2**20  # bytes; the largest shipped scenario is a hundredth of it
DEEPEST = 20  # tables and lists in one another; the format goes to 8
SOURCES, CHECKED, CITIES, TARGETS = "sources", "checked", "cities", "targets"
_NO_SCENARIOS = (SOURCES, CHECKED, CITIES, TARGETS)
_SET = "--set"


def catalogue() -> dict[str, Path]:
    """Return the shipped scenarios by name, in alphabetical order."""
    found = sorted(_catalogue_folder().glob("*.toml"))
    return {path.stem: path for path in found if path.stem not in _NO_SCENARIOS}


def _catalogue_folder() -> Path:
    """Return the folder of the catalogue: in the installed package, or beside it in a checkout."""
    package = Path(str(resources.files("hotline_sim")))
    inside, beside = package / "scenarios", package.parent / "scenarios"
    return inside if inside.is_dir() else beside


def load(name_or_path: str | Path, *, overrides: Iterable[str] = ()) -> Scenario:
    """Return a scenario, by the name of a shipped one or the path of a file.

    Parameters
    ----------
    name_or_path
        ``"nanning-after"``, or the path of a ``.toml`` file.
    overrides
        ``"channels.phone.lines=90"`` and the like, applied in order, values as TOML writes
        them (a bare word counts as a string).

    Raises
    ------
    ScenarioError
        Naming every fault: file, key, value found, value wanted, the nearest right key.
    """
    path = _find(name_or_path)
    written = tree = spelled_out(_extended(path, _place(path, name_or_path), ()))
    for override in overrides:
        tree = _overridden(tree, override)
    sources = _sources(path.parent)
    loaded = _checked(tree, path.stem, sources)
    loaded = loaded.model_copy(update={"days_written": _days_of(written)})
    if not _is_shipped(path):
        return loaded
    as_shipped = loaded if tree is written else _checked(written, path.stem, sources)
    known = digest_of_numbers(as_shipped) == _shipped(CHECKED).get(path.stem)
    return loaded.model_copy(update={"checked": known})


def sources() -> Mapping[str, Any]:
    """Return the shipped list of sources: id to title, publisher, date."""
    return _shipped(SOURCES)


def cities() -> Mapping[str, City]:
    """Return the cities that the sources speak of, by name, with or without a scenario."""
    return cities_of(_shipped(CITIES))


def targets(name: str) -> Targets:
    """Return what a standard demands, by the standard's name.

    Raises
    ------
    ScenarioError
        If no standard of that name is shipped.
    """
    shipped = _shipped(TARGETS)
    if name not in shipped:
        values = {"choices": ", ".join(shipped), "nearest": faults.nearest(name, shipped)}
        raise ScenarioError([Fault(name, "", "no_targets", values=values)])
    return targets_of(name, shipped[name], sources())


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files, for editors.

    Wherever a number stands, a table that says where it comes from may stand instead. Keys
    that may stand in a scenario that is extended are not required.
    """
    schema = _in_parts(copy.deepcopy(_schema()))
    schema["properties"]["extends"] = {
        "type": "string",
        "description": "a shipped scenario, or a file beside this one; the keys below override it",
    }
    schema["required"] = ["format"]  # the rest may stand in the scenario that is extended
    dialect = "https://json-schema.org/draft/2020-12/schema"
    opened: dict[str, Any] = _with_origins({"$schema": dialect, **schema})
    return opened


@cache
def _schema() -> dict[str, Any]:
    """Return the schema of what a file holds with the keys that the loader itself spells out."""
    schema = Contents.model_json_schema(by_alias=True)
    like = {"type": "string", "description": "another one here: takes what is not said below"}
    for name in ("Voice", "Chat", "Message", "Outbound", "Team"):
        schema["$defs"][name]["properties"]["like"] = like
    return schema


def _in_parts(schema: dict[str, Any]) -> dict[str, Any]:
    """Require nothing of the tables that lie over another file's; see :func:`_over`."""
    entries = {table.__name__ for table in (Break, Kpi, Next, Overflow, Shift, Surge)}  # of lists
    for name, table in schema["$defs"].items():
        if name not in entries and "law" not in table["properties"]:
            table.pop("required", None)
    kinds = schema["properties"]["channels"]["additionalProperties"]
    kinds["anyOf"] = kinds.pop("oneOf")  # without its kind a channel may be any
    return schema


def _is_shipped(path: Path) -> bool:
    shipped = catalogue().get(path.stem)
    return shipped is not None and path.resolve() == shipped.resolve()


def _find(name_or_path: str | Path) -> Path:
    shipped = catalogue()
    asked = str(name_or_path)
    if asked in shipped:
        return shipped[asked]
    path = Path(asked)
    if path.suffix != ".toml" and not _is_file(path):
        right = faults.nearest(asked, shipped)
        raise ScenarioError([Fault(asked, "", "no_scenario", values={"nearest": right})])
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long, or no name at all
        return False


def _place(path: Path, asked: str | Path) -> str:
    return path.name if str(asked) in catalogue() else str(asked)


def _read(path: Path, place: str) -> dict[str, Any]:
    """Return a file's tables; refuse what is no TOML file of a sensible size."""

    def refused(wanted: str, **values: Any) -> ScenarioError:
        return ScenarioError([Fault(place, "", wanted, values=values)])

    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise refused("no_file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refused("unreadable", reason=reason) from None
    if len(raw) > LARGEST_FILE:
        raise refused("too_large", limit=LARGEST_FILE)
    try:
        tables = tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise refused("not_utf8", line=raw[: error.start].count(b"\n") + 1) from None
    except (ValueError, RecursionError) as error:
        raise refused("not_toml", reason=str(error)) from None
    if _is_too_deep(tables):
        raise refused("too_deep", limit=DEEPEST)
    return tables


def _is_too_deep(tree: Any) -> bool:
    """Tell whether a tree is deeper than any scenario, so deep that recursion may fail."""
    layer = [tree]
    for _ in range(DEEPEST + 1):
        tables = [node.values() if isinstance(node, Mapping) else node for node in layer]
        layer = [below for table in tables for below in table if isinstance(below, (Mapping, list))]
    return bool(layer)


def _extended(path: Path, place: str, below: tuple[Path, ...]) -> Tree:
    """Return a file's tables over those of the scenario it extends."""
    tables = _read(path, place)
    own = Tree(tables, dict.fromkeys(leaves(tables), place))
    if "extends" not in tables:
        return own
    base = tables.pop("extends")
    chain = (*below, path.resolve())
    parent = _parent(path, base, place)
    if parent.resolve() in chain:
        names = " → ".join(p.stem for p in (*chain, parent))
        raise ScenarioError([Fault(place, "extends", "cycle", base, {"chain": names})])
    base_place = parent.name if parent.parent == path.parent else base
    return over(own, _extended(parent, base_place, chain))


def _parent(path: Path, base: Any, place: str) -> Path:
    shipped = catalogue()
    if isinstance(base, str) and base in shipped:
        return shipped[base]
    right = faults.nearest(base, shipped)
    if not isinstance(base, str) or not base.endswith(".toml"):
        raise ScenarioError([Fault(place, "extends", "extends", base, {"nearest": right})])
    target = path.parent / base
    if Path(base).is_absolute() or not _lies_within(path.parent, target):
        raise ScenarioError([Fault(place, "extends", "outside_folder", base)])
    if not _is_file(target):
        raise ScenarioError([Fault(place, "extends", "extends", base, {"nearest": right})])
    return target


def _lies_within(folder: Path, path: Path) -> bool:
    """Tell whether a path stays in a folder, links followed."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):  # too long, no name, a loop of links
        return False


def _days_of(tree: Tree) -> int | None:
    """Return how many days a file says, if it says how many."""
    days = faults.at(tree.tables, ("horizon", "days"))
    days = days.get("value") if isinstance(days, Mapping) else days
    return days if isinstance(days, int) else None


def _overridden(tree: Tree, override: str) -> Tree:
    """Set one key; a number that had an origin becomes assumed, its range kept."""
    key, equals, written = override.partition("=")
    asked = tuple(_part(word) for word in key.strip().split("."))
    if not equals or "" in asked:
        raise ScenarioError([Fault(_SET, override, "set_form")])
    value = _toml_value(written.strip())
    if len(asked) > DEEPEST or _is_too_deep([value]):
        raise ScenarioError([Fault(_SET, override, "too_deep", values={"limit": DEEPEST})])
    path, value = _assumed(tree.tables, asked, value, override)
    tables = _replaced(tree.tables, path, value, override)
    above = [path[:depth] for depth in range(len(path))]
    made = [place for place in above if faults.at(tree.tables, place) is None]
    places = dict.fromkeys([*made, *leaves(value, path)], _SET)
    return Tree(tables, {**outside({path}, tree.places), **places})


def _part(word: str) -> str | int:
    """Return a part of a key; what a list may have so many entries of is a number."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 10 else word


def _assumed(tables: Any, path: Leaf, value: Any, override: str) -> tuple[Leaf, Any]:
    """Return where to put a value: for a number with an origin, its place and it as assumed."""
    for depth in range(len(path) + 1):
        number, rest = faults.at(tables, path[:depth]), path[depth:]
        if origins.is_number_table(number):
            break
    else:
        return path, value
    if rest[:1] == ("value",):
        rest = rest[1:]
    if rest and isinstance(number["value"], list):
        value = _replaced(number["value"], rest, value, override)
    elif rest or isinstance(value, dict):
        return path, value  # its source, note or range, or all of it anew
    kept = {"range": number["range"]} if _inside(value, number.get("range")) else {}
    return path[:depth], {"value": value, "kind": "assumed", "note": _SET, **kept}


def _inside(value: Any, bounds: Any) -> bool:
    numbers = value if isinstance(value, list) else [value]
    return (
        isinstance(bounds, list)
        and len(bounds) == 2  # lowest, highest
        and all(isinstance(number, (int, float)) for number in [*numbers, *bounds])
        and all(bounds[0] <= number <= bounds[1] for number in numbers)
    )


def _toml_value(written: str) -> Any:
    try:
        tables = tomllib.loads(f"value = {written}")
    except (ValueError, RecursionError):
        return written
    return tables["value"] if len(tables) == 1 else written


def _replaced(node: Any, path: Leaf, value: Any, override: str) -> Any:
    """Return a copy of a tree with one place changed; missing tables are made."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(node, list):
        if not isinstance(head, int) or head >= len(node):
            raise ScenarioError([Fault(_SET, override, "set_entry", values={"count": len(node)})])
        return [_replaced(e, rest, value, override) if i == head else e for i, e in enumerate(node)]
    table = dict(node) if isinstance(node, Mapping) else {}
    table[str(head)] = _replaced(table.get(str(head), {}), rest, value, override)
    return table


@cache
def _shipped(table: str) -> dict[str, Any]:
    """Return a file of the catalogue that is no scenario."""
    path = _catalogue_folder() / f"{table}.toml"
    return _read(path, path.name)


def _sources(folder: Path) -> Mapping[str, Any]:
    """Return the shipped sources and those of a ``sources.toml`` beside the file."""
    own = folder / f"{SOURCES}.toml"
    return {**_shipped(SOURCES), **(_read(own, str(own)) if own.is_file() else {})}


def _checked(tree: Tree, name: str, known_sources: Mapping[str, Any]) -> Scenario:
    """Turn tables into a Scenario, or raise all their faults at once."""
    parted = origins.split(tree.tables, known_sources)
    found = list(parted.faults)
    contents = None
    try:
        contents = Contents.model_validate(parted.tree)
    except ValidationError as error:
        found += faults.from_validation(error, parted.tree, _schema())
    already = {(path, fault.wanted) for path, fault in found}
    between = checks.faults_between(parted.tree)
    found += [(path, fault) for path, fault in between if (path, fault.wanted) not in already]
    if found or contents is None:
        raise ScenarioError(_placed(found, tree, name))
    return Scenario.model_construct(
        **{field: getattr(contents, field) for field in Contents.model_fields},
        name=name,
        provenance=parted.provenance,
    )


def _placed(found: list[tuple[Leaf, Fault]], tree: Tree, name: str) -> list[Fault]:
    """Say of each fault which file wrote the key, or the table it is missing from."""
    placed = []
    for path, fault in found:
        prefixes = [path[:depth] for depth in range(len(path), -1, -1)]
        place = next((tree.places[at] for at in prefixes if at in tree.places), name)
        values = fault.values
        if place == _SET and fault.wanted == "missing":
            values = {"nearest": _written_nearest(tree, path), **values}
        placed.append(replace(fault, place=place, values=values))
    return placed


def _written_nearest(tree: Tree, path: Leaf) -> str:
    """Return the table that ``--set`` was probably meant for when it made a new, lacking one."""
    above, name = path[:-2], path[-2] if len(path) > 1 else ""
    around = faults.at(tree.tables, above)
    tables = around if isinstance(around, Mapping) else {}
    others = [key for key in tables if tree.places.get((*above, key)) != _SET]
    right = faults.nearest(name, others)
    return faults.dotted((*above, right)) if right else ""


def _with_origins(schema: Any) -> Any:
    """Let a table with value, kind, source, note and range stand wherever a number may."""
    if isinstance(schema, list):
        return [_with_origins(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    opened = {
        key: value if key in ("discriminator", "enum", "const") else _with_origins(value)
        for key, value in schema.items()
    }
    of_numbers = schema.get("type") == "array" and schema.get("items", {}).get("type") == "number"
    if schema.get("type") not in ("number", "integer") and not of_numbers:
        return opened
    kept = {key: opened.pop(key) for key in ("default", "description", "title") if key in opened}
    if of_numbers:
        opened = schema | {"items": schema["items"]}
        opened = {key: value for key, value in opened.items() if key not in kept}
    table = {
        "type": "object",
        "properties": {
            "value": opened,
            "kind": {"enum": ["published", "derived", "assumed"]},
            "source": {"type": "string"},
            "note": {"type": "string"},
            "range": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
            },
        },
        "required": ["value"],
        "additionalProperties": False,
    }
    return {"anyOf": [opened, table], **kept}
