"""A workbook's file as grids of cells: of a sensible size, and every formula worked out."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.scenario.faults import Cell, Fault, ScenarioError
from hotline_sim.scenario.reading import LARGEST_FILE

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_INSIDE = 16 * 2**20  # bytes of what is packed in it
MOST_ROWS, MOST_COLUMNS = 2000, 60  # of a sheet that is read
_FORMULA, _DECLARED = b"<f", b"<!DOCTYPE"
_ZIP, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # how a workbook begins; and one of before 2007


Values = dict[tuple[int, int], Any]  # of a sheet's cells, by row and column from 1


@dataclass(frozen=True)
class Grid:
    """A sheet: its name, and the values that stand in it.

    ``unread`` are the cells whose formula nobody has worked out, or that show an error.
    """

    file: str
    name: str
    values: Values
    unread: Values

    def place(self, row: int, column: int) -> Cell:
        """Return the place of a cell."""
        from openpyxl.utils import get_column_letter

        return Cell(f"{self.file}: {self.name}!{get_column_letter(column)}{row}")


def grids_of(path: Path, place: str) -> list[Grid]:
    """Return the sheets of a workbook.

    Raises
    ------
    ScenarioError
        If it cannot be read, is no workbook, or is too large for a scenario.
    """
    content = _content(path, place)
    told = _sheets(content, place, data_only=True)
    formulas: dict[str, Values] = {}
    if any(_FORMULA in part for part in _unpacked(content, place)):
        formulas = _sheets(content, place, data_only=False)
    grids = []
    for name, values in told.items():
        written = formulas.get(name, {})
        unread: Values = {
            at: one for at, one in written.items() if isinstance(one, _Formula) and at not in values
        }
        unread |= {at: one for at, one in values.items() if isinstance(one, _Failed)}
        kept = {at: one for at, one in values.items() if at not in unread}
        grids.append(Grid(place, name, kept, unread))
    return grids


class _Failed(str):
    """What a cell shows whose formula failed: #DIV/0!."""

    __slots__ = ()


class _Formula(str):
    """A formula as it is written."""

    __slots__ = ()


_OF_TYPES = {"e": _Failed, "f": _Formula}


def _content(path: Path, place: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise _refused(place, "no_file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(place, "unreadable", reason=reason) from None
    if len(content) > LARGEST_FILE:
        raise _refused(place, "too_large", limit=LARGEST_FILE)
    if content.startswith(_OLD):
        raise _refused(place, "old_workbook")
    if not content.startswith(_ZIP):
        raise _refused(place, "no_workbook")
    _unpacked(content, place)
    return content


def _unpacked(content: bytes, place: str) -> list[bytes]:
    """Return the parts that are packed in a workbook, having seen that they may be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > LARGEST_INSIDE:
                raise _refused(place, "too_large", limit=LARGEST_INSIDE)
            parts = [archive.read(one) for one in archive.namelist()]
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise _refused(place, "no_workbook") from None
    if any(_DECLARED in part for part in parts):  # entities, which grow when they are read
        raise _refused(place, "no_workbook")
    return parts


def _sheets(content: bytes, place: str, *, data_only: bool) -> dict[str, Values]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of looks and checks that are no matter here
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=data_only, keep_links=False
            )
            return {sheet.title: _values(sheet) for sheet in book.worksheets}
    except Exception as error:  # whatever a broken or hostile file makes of a reader
        raise _refused(place, "unreadable", reason=f"{type(error).__name__}: {error}") from None


def _values(sheet: Any) -> Values:
    found: Values = {}
    sheet.reset_dimensions()  # some programs write wrong ones
    for number, row in enumerate(sheet.iter_rows(), start=1):
        for column, cell in enumerate(row[:MOST_COLUMNS], start=1):
            value = cell.value
            if value is None or (isinstance(value, str) and not value.strip()):
                continue
            kind = _OF_TYPES.get(cell.data_type)
            found[number, column] = value if kind is None else kind(value)
    return found


def _refused(place: str, wanted: str, **values: Any) -> ScenarioError:
    return ScenarioError([Fault(place, "", wanted, values=values)])
