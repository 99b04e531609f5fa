"""Tables of words as a page shows them, made into cells that can be reckoned with."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.workbook.sheets import Form, Number, Sheet, money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.messages import Lang
    from hotline_sim.reports.tables import Table
    from hotline_sim.reports.workbook.sheets import Cell

_DIGITS = r"[+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?"
_UNIT = "%|s|秒|pt|个百分点|万元|万|元"
_NUMBER = re.compile(rf"({_DIGITS})\s?({_UNIT})?")
_SPAN = re.compile(rf"({_DIGITS})\s?(?:…|至|–|~)\s?({_DIGITS})\s?({_UNIT})?")
_TIMES = {"%": Decimal("0.01"), "万": Decimal(10_000), "万元": Decimal(10_000)}
_FORMS = {
    "s": Form.SECONDS,
    "秒": Form.SECONDS,
    "pt": Form.POINTS,
    "个百分点": Form.POINTS,
    "%": Form.SHARE,
}
_WIDE = 40  # letters of a cell from which on its column holds prose


def sheet_of(table: Table, name: str, lang: Lang) -> Sheet:
    """Return a table as a sheet; a column of intervals becomes two."""
    spans = {
        column
        for column in table.numeric
        if any(len(row) > 1 and _SPAN.fullmatch(row[column]) for row in table.rows)
    }
    heads: list[str] = []
    for column, head in enumerate(table.heads):
        heads += (
            [text("workbook.low", lang, head=head), text("workbook.high", lang, head=head)]
            if column in spans
            else [head]
        )
    rows = [_row(row, table.numeric, spans) for row in table.rows]
    wide = frozenset(
        column
        for column in range(len(heads))
        if any(
            isinstance(row[column], str) and len(row[column]) >= _WIDE
            for row in rows
            if len(row) > 1
        )
    )
    return Sheet(name, table.title, tuple(heads), rows, note=table.note, wide=wide)


def _row(row: Sequence[str], numeric: frozenset[int], spans: set[int]) -> list[Cell]:
    if len(row) == 1:
        return [row[0]]
    cells: list[Cell] = []
    for column, words in enumerate(row):
        if column in spans:
            cells += ends_of(words)
        else:
            cells.append(number_of(words) if column in numeric else words)
    return cells


def ends_of(words: str) -> list[Cell]:
    """Return the two ends of an interval as cells; what is none stands in the first."""
    match = _SPAN.fullmatch(words)
    if match is None:
        return [number_of(words), ""]
    low, high, unit = match.groups()
    return [_number(low, unit), _number(high, unit)]


def number_of(words: str) -> Cell:
    """Return the number that words say; other words as they are, nothing for a dash."""
    match = _NUMBER.fullmatch(words)
    if match is None:
        return "" if words == NOTHING else words
    return _number(*match.groups())


def _number(digits: str, unit: str | None) -> Number:
    value = float(Decimal(digits.replace(",", "")) * _TIMES.get(unit or "", 1))  # 74.4 % is 0.744
    if unit in ("元", "万", "万元"):
        return money(value)
    if unit is not None:
        return Number(value, _FORMS[unit])
    decimals = len(digits.partition(".")[2])
    forms = {0: Form.WHOLE, 1: Form.TENTHS, 2: Form.HUNDREDTHS}
    return Number(value, forms.get(decimals, Form.PLAIN))
