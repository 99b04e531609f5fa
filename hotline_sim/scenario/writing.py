"""A scenario written down: as a file's text, or as plain values for JSON; and read from those."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import Origin, Provenance
from hotline_sim.scenario import curves, origins, rows
from hotline_sim.scenario.changes import as_read
from hotline_sim.scenario.drafts import draft_from, draft_of, scenario_of
from hotline_sim.scenario.faults import Fault, Path, ScenarioError, at, dotted
from hotline_sim.scenario.reading import DEEPEST, is_too_deep
from hotline_sim.scenario.trees import Tree, leaves, spelled_out

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Scenario

_BARE = Provenance(Origin.ASSUMED)
_PLACE = "from_dict"
_PLAIN_KEY = re.compile(r"^[A-Za-z0-9_-]+$")
_DATES = (  # where a file has dates; JSON has text
    ("horizon", "start"),
    ("demand", "holidays"),
    ("demand", "make_up_workdays"),
    ("demand", "surges"),
)


def tables_of(scenario: Scenario) -> dict[str, Any]:
    """Return what a file of the scenario says; it extends no other."""
    draft = draft_from(scenario)
    tables: dict[str, Any] = _with_origins(draft.tree, (), draft.provenance)
    cited = {origin.source for origin in draft.provenance.values()}
    own = {name: one for name, one in draft.own_sources.items() if name in cited}
    return {**tables, **({"sources": own} if own else {})}


def _with_origins(node: Any, path: Path, provenance: Mapping[str, Provenance]) -> Any:
    """Return a plain tree as a file writes it: origins beside their numbers, rows in a list."""
    if isinstance(node, dict):
        found = {key: _with_origins(below, (*path, key), provenance) for key, below in node.items()}
        listed = rows.are_at(path)
        return [{"name": key, **row} for key, row in found.items()] if listed else found
    origin = provenance.get(dotted(path))
    if origin is not None and not (origin == _BARE and origins.is_bare(node)):
        return origins.as_table(node, origin)
    if isinstance(node, tuple):
        return [_with_origins(below, (*path, i), provenance) for i, below in enumerate(node)]
    return node


# As plain values --------------------------------------------------------------------------


def dict_of(scenario: Scenario) -> dict[str, Any]:
    """Return the scenario's name, whether it is checked, and its tables; dates as text."""
    plain: dict[str, Any] = _with_dates_as_text(tables_of(scenario))
    return {"name": scenario.name, "checked": scenario.checked, **plain}


def _with_dates_as_text(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _with_dates_as_text(below) for key, below in node.items()}
    if isinstance(node, list):
        return [_with_dates_as_text(below) for below in node]
    return node.isoformat() if isinstance(node, dt.date) else node


def scenario_from(tables: Mapping[str, Any]) -> Scenario:
    """Return the scenario of plain values; see :meth:`Scenario.from_dict`."""
    if is_too_deep([tables]):
        raise ScenarioError([Fault(_PLACE, "", "too_deep", values={"limit": DEEPEST})])
    written = as_read(tables) if isinstance(tables, Mapping) else {}
    name, checked = written.pop("name", None), written.pop("checked", None)
    found = []
    if name is None:
        found.append(Fault(_PLACE, "name", "missing"))
    elif not isinstance(name, str):
        found.append(Fault(_PLACE, "name", "string", name))
    if not isinstance(checked, bool | None):
        found.append(Fault(_PLACE, "checked", "boolean", checked))
    named = curves.by_full_name(rows.by_name(_with_dates(written)))
    tree = spelled_out(Tree(named, dict.fromkeys(leaves(named), _PLACE)))
    draft = draft_of(tree, str(name), {})
    draft.found += [((), fault) for fault in found]
    return scenario_of(draft, checked=checked)


def _with_dates(tables: dict[str, Any]) -> dict[str, Any]:
    """Return tables with dates where a file has them."""
    found = dict(tables)
    for group, key in _DATES:
        if at(found, (group, key)) is not None:
            found[group] = {**found[group], key: _dated(found[group][key])}
    return found


def _dated(node: Any) -> Any:
    """Return a date, a list of them, or the ends of a surge; what is no date stays as it is."""
    if isinstance(node, list):
        return [_dated(below) for below in node]
    if isinstance(node, dict):
        ends = {key: _dated(node[key]) for key in ("from", "to") if key in node}
        return {**node, **ends}
    try:
        return dt.date.fromisoformat(node)
    except (TypeError, ValueError):
        return node


# As a file --------------------------------------------------------------------------------


def toml_of(scenario: Scenario) -> str:
    """Return the text of a file; see :meth:`Scenario.to_toml`."""
    return "\n".join(_lines(tables_of(scenario), ())).strip() + "\n"


def _lines(table: Mapping[str, Any], path: Path) -> Iterator[str]:
    """Yield the lines of a table: first what stands in one line, then the tables below it."""
    apart = {key: below for key, below in table.items() if _stands_apart(below, (*path, key))}
    for key, below in table.items():
        if key not in apart:
            yield f"{_key(key)} = {_inline(below)}"
    for key, below in apart.items():
        head = ".".join(_key(part) for part in (*path, key))
        if isinstance(below, list):
            for entry in below:
                yield from ("", f"[[{head}]]", *_lines(entry, (*path, key)))
        else:
            lines = list(_lines(below, (*path, key)))
            needed = not lines or lines[0]  # a heading of nothing but other tables says nothing
            yield from ("", f"[{head}]", *lines) if needed else lines


def _stands_apart(node: Any, path: Path) -> bool:
    """Tell whether a node is written under a heading of its own."""
    if isinstance(node, list):
        entries = bool(node) and all(isinstance(entry, dict) for entry in node)
        return entries and path[-1] not in ("serves", "breaks")
    is_whole = isinstance(node, dict) and (origins.is_number_table(node) or "law" in node)
    return isinstance(node, dict) and not is_whole and path[-1] not in ("title", "unknown")


def _inline(node: Any) -> str:
    """Return a value in one line of TOML."""
    if isinstance(node, dict):
        keys = sorted(node, key=lambda key: key != "law")
        pairs = (f"{_key(key)} = {_inline(node[key])}" for key in keys)
        return f"{{ {', '.join(pairs)} }}" if node else "{}"
    if isinstance(node, (list, tuple)):
        return f"[{', '.join(map(_inline, node))}]"
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, (int, float)):
        return repr(node)
    return node.isoformat() if isinstance(node, (dt.date, dt.time)) else _quoted(str(node))


def _key(key: Any) -> str:
    return str(key) if _PLAIN_KEY.match(str(key)) else _quoted(str(key))


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
