"""The records of an experiment, all their digits kept, as sheets: those of its CSV files."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import measure_of
from hotline_sim.domain import ArgumentError
from hotline_sim.measures import measure_name
from hotline_sim.messages import names, text
from hotline_sim.reports.workbook.sheets import Form, Number, Sheet, money, of_measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.messages import Lang
    from hotline_sim.reports.workbook.sheets import Cell
    from hotline_sim.scenario import Scenario

MOST_ROWS = 200_000  # of one sheet; more are for the CSV file
# Files that have a sheet of a name of its own; another is called as its file.
_KNOWN = (
    *("measures", "intervals", "frontier", "least", "rosters", "sweep", "attribution"),
    *("groups", "roster", "weeks", "floor", "figures", "members", "narrowing"),
    *("sensitivity", "points"),
)
_NOTED = ("measures", "intervals")
_TRUTH = {"True": "table.yes", "False": "table.no"}
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]?\d+)?")
_GUARDED = re.compile(r"'[=+\-@\t\r]")  # a CSV file's apostrophe before what could be a formula
# Columns whose words may look like numbers, and are names or labels.
_WORDS = frozenset(
    (
        *("scenario", "group", "name", "measure", "by", "interval", "employment", "roster"),
        *("target", "key", "weekday", "from", "to", "figure", "shift"),
    )
)


def records_of(content: bytes) -> tuple[list[str], list[list[str]]]:
    """Return the heads and the rows of a CSV file that we wrote."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    heads, *rows = [[_unguarded(cell) for cell in row] for row in reader]
    return heads, rows


def _unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def sheet_of(stem: str, content: bytes, scenario: Scenario, lang: Lang) -> Sheet:
    """Return a CSV file as a sheet: numbers in the form of their measure, words translated."""
    heads, rows = records_of(content)
    by_row = heads.index("measure") if "measure" in heads else None
    cut = rows[:MOST_ROWS]
    note = text(f"workbook.note.{stem}", lang) if stem in _NOTED else ""
    if len(cut) < len(rows):
        note = text("workbook.cut", lang, shown=len(cut), all=len(rows), file=f"{stem}.csv")
    cells: list[list[Cell]] = []
    for row in cut:
        measure = row[by_row] if by_row is not None else ""
        record = dict(zip(heads, row, strict=True))
        told = [cell_of(head, record, lang, scenario) for head in heads]
        cells.append(told if by_row is None else [*told, measure])
    shown = [head_of(head, lang, scenario) for head in heads]
    if by_row is not None:
        shown.append(text("workbook.head.measure_key", lang))
    name = title = stem
    if stem in _KNOWN:
        name, title = text(f"workbook.sheet.{stem}", lang), text(f"workbook.title.{stem}", lang)
    return Sheet(name, title, tuple(shown), cells, note=note)


def head_of(head: str, lang: Lang, scenario: Scenario) -> str:
    """Return what a column is called; one that has no word of its own as in the file."""
    known = names(lang)
    if f"workbook.head.{head}" in known:
        return text(f"workbook.head.{head}", lang)
    of, _, end = head.rpartition("_")
    if end in ("low", "high") and f"workbook.head.{of}" in known:
        return text(f"workbook.{end}", lang, head=text(f"workbook.head.{of}", lang))
    of, _, name = head.rpartition(":")  # as first-day:connect_rate
    told = _measure(name, lang, scenario)
    if told is None:
        return head
    return f"{of}: {told}" if of else told


def _word(word: str, lang: Lang) -> str:
    if word in _TRUTH:
        return text(_TRUTH[word], lang)
    known = f"workbook.word.{word}" in names(lang)
    return text(f"workbook.word.{word}", lang) if known else word


def _measure(word: str, lang: Lang, scenario: Scenario) -> str | None:
    try:
        return measure_name(word, lang, scenario)
    except ArgumentError:
        return None


def cell_of(head: str, record: Mapping[str, str], lang: Lang, scenario: Scenario) -> Cell:
    """Return a cell of a row as words or as a number."""
    word, measure = record[head], record.get("measure", "")
    if head == "measure":
        return _measure(word, lang, scenario) or word
    if head in ("channel", "team") or (head == "name" and record.get("group")):
        return _titled(record.get("group", head), word, lang, scenario)
    if head in _WORDS or not _NUMBER.fullmatch(word):
        return _word(word, lang)
    value = float(word)
    if head.endswith("_cny"):
        return money(value)
    if head.endswith("replications"):
        return Number(value, Form.WHOLE)
    return of_measure(measure or head, value) if measure or _is_measure(head) else Number(value)


def _titled(group: str, name: str, lang: Lang, scenario: Scenario) -> str:
    """Return what a channel, a team or a department is called."""
    entry: Any = getattr(scenario, f"{group}s", {}).get(name)
    return str(getattr(entry.title, lang)) if entry is not None and entry.title else name


def _is_measure(word: str) -> bool:
    try:
        measure_of(word)
    except ArgumentError:
        return False
    return True


def of_run(rows: Sequence[Sequence[str]], heads: Sequence[str]) -> list[dict[str, str]]:
    """Return the records that are of a whole run, by head."""
    told = [dict(zip(heads, row, strict=True)) for row in rows]
    return [one for one in told if not one.get("group")]
