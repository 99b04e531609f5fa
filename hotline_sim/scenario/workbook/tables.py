"""A workbook's sheets as rows of read cells, each with its place; what cannot be read is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotline_sim.messages import LANGUAGES
from hotline_sim.scenario import faults
from hotline_sim.scenario.faults import Fault
from hotline_sim.scenario.workbook.cells import Wanted, plain, value_of
from hotline_sim.scenario.workbook.form import (
    COLUMNS,
    ITEM_COLUMNS,
    ITEMS,
    LISTS,
    SHEETS,
    Kind,
    head_label,
    item_label,
    sheet_label,
)
from hotline_sim.scenario.workbook.grids import MOST_ROWS, Grid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hotline_sim.messages import Lang
    from hotline_sim.scenario.faults import Cell

_HEADS_WITHIN = 6  # rows from the top of a sheet
UNREAD = "?"  # in place of what could not be read, so that it is not told to be missing


@dataclass(frozen=True)
class Read:
    """A cell that has been read: its place, and what a file would say there."""

    place: Cell
    value: Any


@dataclass
class Form:
    """What stands in a workbook: items and rows by sheet, and the faults of its cells.

    ``ends`` is the place of each sheet, where what is missing would stand.
    """

    items: dict[str, Read] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Read]]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    def tell(self, place: str, wanted: str, found: Any, **values: Any) -> None:
        """Note a fault of a cell."""
        self.found.append(Fault(place, "", wanted, found, values))


def form_of(file: str, grids: Sequence[Grid]) -> Form:
    """Return what stands in the sheets that are known, in whichever language they are."""
    form = Form()
    known = _by_label(SHEETS, sheet_label)
    grids = [grid for grid in grids if grid.name != LISTS]
    present = {known[plain(grid.name)] for grid in grids if plain(grid.name) in known}
    absent = [label for label, name in known.items() if name not in present]
    for grid in grids:
        name = known.get(plain(grid.name))
        nearest = faults.nearest(plain(grid.name), absent)
        if name is not None:
            form.places[name] = f"{file}: {grid.name}"
            _read_sheet(form, grid, name)
        elif nearest:
            labels = {plain(sheet_label(known[nearest], lang)): lang for lang in LANGUAGES}
            right = sheet_label(known[nearest], labels[nearest])
            form.found.append(
                Fault(f"{file}: {grid.name}", "", "no_sheet", values={"nearest": right})
            )
    if not present:
        form.found.append(Fault(file, "", "no_form"))
    return form


def _by_label(names: Iterable[str], label: Callable[[str, Any], str]) -> dict[str, str]:
    """Return names by what they are called in either language."""
    return {plain(label(name, lang)): name for name in names for lang in LANGUAGES}


def _read_sheet(form: Form, grid: Grid, name: str) -> None:
    last = max((row for row, _ in (*grid.values, *grid.unread)), default=0)
    if last > MOST_ROWS:
        form.found.append(
            Fault(form.places[name], "", "too_many_rows", values={"limit": MOST_ROWS})
        )
        return
    wanted = ITEM_COLUMNS if name in ITEMS else tuple(COLUMNS[name])
    columns = _heads(form, grid, wanted)
    if columns is None:
        return
    head_row, at = columns
    rows = range(head_row + 1, last + 1)
    if name in ITEMS:
        _read_items(form, grid, name, at, rows)
    else:
        form.rows[name] = [
            cells for row in rows if (cells := _read_row(form, grid, COLUMNS[name], at, row))
        ]


def _heads(form: Form, grid: Grid, wanted: Sequence[str]) -> tuple[int, dict[str, int]] | None:
    """Return the row of the heads, and the column of each; tell of heads that are none."""
    known = _by_label(wanted, head_label)
    by_row = {
        row: {c: word for (r, c), word in grid.values.items() if r == row}
        for row in range(1, _HEADS_WITHIN + 1)
    }
    row = max(by_row, key=lambda one: sum(plain(word) in known for word in by_row[one].values()))
    at: dict[str, int] = {}
    for column, word in sorted(by_row[row].items()):
        name = known.get(plain(word))
        if name is None:
            labels = [head_label(one, lang) for one in wanted for lang in LANGUAGES]
            near = faults.nearest(word, labels)
            form.tell(grid.place(row, column), "no_such_column", word, nearest=near)
        elif name in at:
            form.tell(grid.place(row, column), "twice", word)
        else:
            at[name] = column
    if not at:
        place = form.places[next(n for n, p in form.places.items() if p.endswith(f": {grid.name}"))]
        form.found.append(Fault(place, "", "no_heads"))
        return None
    return row, at


def _read_items(form: Form, grid: Grid, name: str, at: dict[str, int], rows: Iterable[int]) -> None:
    """Read a sheet of items, whose rows may stand in any order."""
    kinds = {item.name: item.kind for item in ITEMS[name]}
    known = _by_label(kinds, item_label)
    for row in rows:
        label = grid.values.get((row, at.get("item", 0)))
        if label is None:
            continue
        item = known.get(plain(label))
        if item is None:
            near = faults.nearest(
                label, [item_label(one, lang) for one in kinds for lang in LANGUAGES]
            )
            form.tell(grid.place(row, at["item"]), "no_such_item", label, nearest=near)
        elif item in form.items:
            form.tell(grid.place(row, at["item"]), "twice", label)
        elif (read := _read(form, grid, (row, at.get("value", 0)), kinds[item])) is not None:
            form.items[item] = read


def _read_row(
    form: Form, grid: Grid, kinds: dict[str, Kind], at: dict[str, int], row: int
) -> dict[str, Read]:
    cells: dict[str, Read] = {}
    for name, kind in kinds.items():
        measure = cells["measure"].value if "measure" in cells else ""
        measure = "" if measure == UNREAD else measure
        read = _read(form, grid, (row, at.get(name, 0)), kind, measure)
        if read is not None:
            cells[name] = read
    return cells


def _language_of(grid: Grid) -> Lang:
    """Return the language that a sheet is called in."""
    known = {plain(sheet_label(name, lang)): lang for name in SHEETS for lang in LANGUAGES}
    return known[plain(grid.name)]


def _read(
    form: Form, grid: Grid, at: tuple[int, int], kind: Kind, measure: str = ""
) -> Read | None:
    """Return what a cell says, None if it is empty; what it cannot say is noted as a fault."""
    if kind is Kind.OWN or not {at} & {*grid.values, *grid.unread}:
        return None
    place = grid.place(*at)
    if at in grid.unread:
        wanted = "failed_formula" if grid.unread[at].startswith("#") else "unread_formula"
        form.tell(place, wanted, str(grid.unread[at]))
        return Read(place, UNREAD)
    value = value_of(kind, grid.values[at], _language_of(grid), measure)
    if isinstance(value, Wanted):
        form.tell(place, value.sentence, grid.values[at], **value.values)
        return Read(place, UNREAD)
    return Read(place, value)
