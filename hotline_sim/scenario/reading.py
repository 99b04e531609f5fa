"""The files of the catalogue, and how any file is read: TOML, UTF-8, of a sensible size."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from hotline_sim.scenario.faults import Fault, ScenarioError, shortened
from hotline_sim.scenario.full_width import said_of, strays_in

LARGEST_FILE = 2**20  # bytes; the largest shipped scenario is a hundredth of it
DEEPEST = 20  # tables and lists in one another; the format goes to 8
SOURCES, CHECKED, CITIES, STANDARDS = "sources", "checked", "cities", "standards"
_AT_LINE = re.compile(r"(?P<reason>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)")
_NESTED = (Mapping, list, tuple)
_NO_SCENARIOS = (SOURCES, CHECKED, CITIES, STANDARDS)


def catalogue() -> dict[str, Path]:
    """Return the shipped scenarios by name, in alphabetical order."""
    found = sorted(_catalogue_folder().glob("*.toml"), key=lambda path: path.stem)
    return {path.stem: path for path in found if path.stem not in _NO_SCENARIOS}


def parameter_sets() -> dict[str, Path]:
    """Return the shipped sets of parameters by name, in alphabetical order."""
    found = sorted((_catalogue_folder() / "sets").glob("*.json"), key=lambda path: path.stem)
    return {path.stem: path for path in found}


def _catalogue_folder() -> Path:
    """Return the folder of the catalogue: in the installed package, or beside it in a checkout."""
    package = Path(str(resources.files("hotline_sim")))
    inside, beside = package / "scenarios", package.parent / "scenarios"
    return inside if inside.is_dir() else beside


def read(path: Path, place: str) -> dict[str, Any]:
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
        written = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused("not_utf8", line=raw[: error.start].count(b"\n") + 1) from None
    try:
        tables = tomllib.loads(written)
    except (ValueError, RecursionError) as error:
        raise ScenarioError(_not_toml(written, str(error), place)) from None
    if is_too_deep(tables):
        raise refused("too_deep", limit=DEEPEST)
    return tables


def _not_toml(written: str, reason: str, place: str) -> list[Fault]:
    """Return what is wrong with a text that is no TOML: full-width letters, or else a line."""
    faults = [
        Fault(
            place,
            "",
            "full_width_line",
            values={"line": one.line, "quoted": shortened(one.quoted), **said_of(one.letters)},
        )
        for one in strays_in(written)
    ]
    if faults:
        return faults
    told = _AT_LINE.fullmatch(reason)
    if told is None:
        return [Fault(place, "", "not_toml", values={"reason": reason})]
    line = int(told["line"])
    quoted = shortened(written.splitlines()[line - 1].strip())
    values = {"line": line, "column": told["column"], "reason": told["reason"], "quoted": quoted}
    return [Fault(place, "", "not_toml_line", values=values)]


def is_too_deep(tree: Any) -> bool:
    """Tell whether a tree is deeper than any scenario, so deep that recursion may fail."""
    layer = [tree]
    for _ in range(DEEPEST + 1):
        tables = [node.values() if isinstance(node, Mapping) else node for node in layer]
        layer = [below for table in tables for below in table if isinstance(below, _NESTED)]
    return bool(layer)


@cache
def shipped(table: str) -> dict[str, Any]:
    """Return a file of the catalogue that is no scenario."""
    path = _catalogue_folder() / f"{table}.toml"
    return read(path, path.name)
