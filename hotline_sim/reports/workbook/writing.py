"""Sheets written as a workbook: heads that stay, widths that fit, text that stays text."""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.reports.report.laid_out import clean, is_wide
from hotline_sim.reports.workbook.sheets import Form, Number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.messages import Lang
    from hotline_sim.reports.workbook.sheets import Cell, Sheet

_TITLE_ROW, _NOTE_ROW, _HEAD_ROW = 0, 1, 2
_NARROWEST, _WIDEST, _PROSE = 9, 44, 72  # letters across a column
_NUMBER_WIDTH = 13
_LINE_HEIGHT, _MOST_LINES = 14, 28  # points; a row is 409 at most
_LOOKED_AT = 400  # rows that a column's width is taken from
_LONGEST = 32_767  # letters of a cell
_MADE = dt.datetime(2000, 1, 1)  # the same result gives the same bytes
_FONTS = {"en": "Arial", "zh": "微软雅黑"}
_FORMATS = {
    Form.PLAIN: {"en": "General", "zh": "General"},
    Form.WHOLE: {"en": "#,##0", "zh": "#,##0"},
    Form.TENTHS: {"en": "#,##0.0", "zh": "#,##0.0"},
    Form.HUNDREDTHS: {"en": "#,##0.00", "zh": "#,##0.00"},
    Form.SHARE: {"en": "0.00%", "zh": "0.00%"},
    Form.POINTS: {"en": '+0.00" pt";-0.00" pt"', "zh": '+0.00"个百分点";-0.00"个百分点"'},
    Form.SECONDS: {"en": '#,##0.0" s"', "zh": '#,##0.0"秒"'},
    Form.YUAN: {"en": '#,##0.00" yuan"', "zh": '#,##0.00"元"'},
    # a comma divides by 1,000; the dot that is written out leaves one place of four
    Form.LARGE_YUAN: {"en": '#,##0.000,,"M yuan"', "zh": '0\\.0,"万元"'},
}


def written(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as a workbook (.xlsx)."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"author": f"hotline-sim {hotline_sim.__version__}", "created": _MADE})
        formats = {lang: _formats(book, lang) for lang in dict.fromkeys(s.lang for s in sheets)}
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, formats[sheet.lang])
    return content.getvalue()


def _formats(book: Any, lang: Lang) -> dict[str, Any]:
    base = {"font_name": _FONTS[lang], "font_size": 10, "valign": "top"}
    made: dict[str, dict[str, object]] = {
        "title": {"bold": True, "font_size": 14, "font_color": "#0B4F8F"},
        "note": {"italic": True, "font_color": "#59636E"},
        "head": {"bold": True, "bg_color": "#DCE6F1", "text_wrap": True, "border": 1},
        "group": {"bold": True, "bg_color": "#F3F4F6"},
        "text": {},
        "prose": {"text_wrap": True},
        "link": {"font_color": "#0B4F8F", "underline": 1},
    }
    found = {name: book.add_format({**base, **look}) for name, look in made.items()}
    for form, shown in _FORMATS.items():
        found[form] = book.add_format({**base, "num_format": shown[lang]})
    return found


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    page.set_row(_TITLE_ROW, 22)
    page.write_string(_TITLE_ROW, 0, _told(sheet.title), formats["title"])
    page.write_string(_NOTE_ROW, 0, _told(sheet.note), formats["note"])
    widths = [_width(sheet, column) for column in range(len(sheet.heads))]
    for column, (head, width) in enumerate(zip(sheet.heads, widths, strict=True)):
        page.write_string(_HEAD_ROW, column, _told(head), formats["head"])
        page.set_column(column, column, width)
    for number, row in enumerate(sheet.rows, start=_HEAD_ROW + 1):
        lines = _lines(row, widths)
        if lines > 1:
            page.set_row(number, lines * _LINE_HEIGHT)
        _write_row(page, number, row, sheet, formats, wrapped=lines > 1)
    page.freeze_panes(_HEAD_ROW + 1, 1 if len(sheet.heads) > 2 else 0)
    if sheet.rows and not sheet.links and all(len(row) > 1 for row in sheet.rows):
        page.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(sheet.rows), len(sheet.heads) - 1)
    page.hide_gridlines(1)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEAD_ROW)


def _lines(row: Sequence[Cell], widths: Sequence[float]) -> int:
    """Return how many lines a row takes, its texts broken to the columns' widths."""
    if len(row) == 1:
        return 1
    lines = [
        math.ceil(_letters(cell) / width)
        for cell, width in zip(row, widths, strict=True)
        if isinstance(cell, str)
    ]
    return min(max(lines, default=1), _MOST_LINES)


def _write_row(
    page: Any,
    number: int,
    row: Sequence[Cell],
    sheet: Sheet,
    formats: dict[str, Any],
    *,
    wrapped: bool,
) -> None:
    if len(row) == 1:
        page.write_string(number, 0, _told(str(row[0])), formats["group"])
        for column in range(1, len(sheet.heads)):
            page.write_blank(number, column, None, formats["group"])
        return
    for column, cell in enumerate(row):
        if isinstance(cell, Number):
            page.write_number(number, column, cell.value, formats[cell.form])
        elif column == 0 and cell in sheet.links:
            page.write_url(number, column, f"internal:'{cell}'!A1", formats["link"], cell)
        elif cell:
            page.write_string(number, column, _told(cell), formats["prose" if wrapped else "text"])


def _told(words: str) -> str:
    """Return words that a cell can hold."""
    return clean(words)[:_LONGEST]


def _letters(words: str) -> int:
    """Return how wide words are, in letters."""
    return sum(1 + is_wide(one) for one in words)


def _width(sheet: Sheet, column: int) -> float:
    """Return how wide a column is, in letters, a hanzi being two."""
    if column in sheet.wide:
        return _PROSE
    cells = [sheet.heads[column]]
    cells += [
        cell
        for row in sheet.rows[:_LOOKED_AT]
        if len(row) > 1 and isinstance(cell := row[column], str)
    ]
    widest = max(map(_letters, cells)) + 2
    has_numbers = any(
        isinstance(row[column], Number) for row in sheet.rows[:_LOOKED_AT] if len(row) > 1
    )
    least = _NUMBER_WIDTH if has_numbers else _NARROWEST
    return min(max(widest, least), _WIDEST)
