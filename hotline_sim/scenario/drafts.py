"""A scenario on its way: plain tables, their origins and their faults, until all is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from hotline_sim.scenario import (
    checks,
    faults,
    followers,
    origins,
    people_from_volumes,
    reading,
    rows,
)
from hotline_sim.scenario.faults import Fault, Path, ScenarioError
from hotline_sim.scenario.json_schema import schema_of_files
from hotline_sim.scenario.schema import Contents, Scenario

if TYPE_CHECKING:
    from hotline_sim.domain import Provenance
    from hotline_sim.scenario.trees import Tree

_BESIDE = {"name", "provenance", "checked", "own_sources"}  # of a Scenario, in no file
_IN_NO_FILE: Any = {
    **dict.fromkeys(_BESIDE, True),
    "channels": {"__all__": {"people_per_day": True}},
}


@dataclass
class Draft:
    """What is to become a scenario, and may be changed until then.

    Rows of transitions are tables by name in its tree. ``places`` tells which file wrote each
    key, ``changed`` what changed a key since: both are named when a fault is told.
    """

    name: str
    tree: dict[str, Any]
    provenance: dict[str, Provenance]
    own_sources: Mapping[str, Any]
    found: list[tuple[Path, Fault]] = field(default_factory=list)
    places: Mapping[Path, str] = field(default_factory=dict)
    changed: dict[Path, str] = field(default_factory=dict)

    def sources(self) -> Mapping[str, Any]:
        """Return the sources that an origin may name."""
        return {**reading.shipped(reading.SOURCES), **self.own_sources}

    def is_changed(self, path: Path) -> bool:
        """Tell whether a key, or a table around it, has been changed since it was read."""
        return any(path[:depth] in self.changed for depth in range(len(path) + 1))

    def place_of(self, path: Path) -> str:
        """Return what wrote a key, or the table it is missing from."""
        prefixes = [path[:depth] for depth in range(len(path), -1, -1)]
        written = [self.places[at] for at in prefixes if at in self.places]
        changed = [self.changed[at] for at in prefixes if at in self.changed]
        return [*changed, *written, self.name][0]


def draft_of(tree: Tree, name: str, sources: Mapping[str, Any]) -> Draft:
    """Return a draft of what files say; *sources* are those beside the file."""
    tables, found = dict(tree.tables), []
    own = tables.pop("sources", {})
    if not isinstance(own, Mapping):
        found.append((("sources",), Fault("", "sources", "table", own)))
        own = {}
    shipped = reading.shipped(reading.SOURCES)
    own = {key: one for key, one in {**sources, **own}.items() if shipped.get(key) != one}
    parted = origins.split(tables, {**shipped, **own})
    return Draft(
        name, parted.tree, parted.provenance, own, [*found, *parted.faults], places=tree.places
    )


def draft_from(scenario: Scenario) -> Draft:
    """Return the draft that a scenario was made from, or one just like it."""
    tree = scenario.model_dump(
        by_alias=True, exclude_unset=True, exclude_none=True, exclude=_IN_NO_FILE
    )
    return Draft(scenario.name, rows.by_name(tree), dict(scenario.provenance), scenario.own_sources)


def scenario_of(draft: Draft, *, checked: bool | None = None) -> Scenario:
    """Return the scenario of a draft.

    Raises
    ------
    ScenarioError
        Telling all its faults at once.
    """
    told, unread = followers.work_out(draft)
    found = [*draft.found, *told]
    contents = None
    try:
        contents = Contents.model_validate(rows.in_order(draft.tree))
    except ValidationError as error:
        wrong = faults.from_validation(error, draft.tree, schema_of_files())
        found += [(path, fault) for path, fault in wrong if path not in unread]  # else: of text
    already = {(path, fault.wanted) for path, fault in found}
    between = checks.faults_between(draft.tree)
    found += [(path, fault) for path, fault in between if (path, fault.wanted) not in already]
    channels = None
    if contents is not None and not found:
        channels, found = people_from_volumes.with_people(contents)
    if contents is None or channels is None:
        raise ScenarioError([_placed(path, fault, draft) for path, fault in found])
    fields = {field: getattr(contents, field) for field in Contents.model_fields}
    return Scenario.model_construct(
        _fields_set={*contents.model_fields_set, *_BESIDE},
        **{**fields, "channels": channels},
        name=draft.name,
        provenance=draft.provenance,
        own_sources=draft.own_sources,
        checked=checked,
    )


def _placed(path: Path, fault: Fault, draft: Draft) -> Fault:
    """Say of a fault what wrote the key, or the table it is missing from."""
    if fault.place:
        return fault
    place, values = draft.place_of(path), fault.values
    if isinstance(place, faults.Cell) and draft.places.get(path) is place:
        return replace(fault, place=place, key="")  # a cell says enough
    if fault.wanted == "missing" and draft.is_changed(path[:-1]):
        values = {"nearest": _written_nearest(draft, path), **values}
    return replace(fault, place=place, values=values)


def _written_nearest(draft: Draft, path: Path) -> str:
    """Return the table that was probably meant by a change that made a new, lacking one."""
    above, name = path[:-2], path[-2] if len(path) > 1 else ""
    around = faults.at(draft.tree, above)
    tables = around if isinstance(around, Mapping) else {}
    right = faults.nearest(name, [key for key in tables if not draft.is_changed((*above, key))])
    return faults.dotted((*above, right)) if right else ""
