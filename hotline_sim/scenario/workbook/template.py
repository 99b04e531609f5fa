"""A workbook to fill in: heads, examples that look like examples, and cells that check."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.domain import ArgumentError
from hotline_sim.messages import text
from hotline_sim.scenario.workbook.form import (
    BASE,
    CHOICES,
    COLUMNS,
    ITEM_COLUMNS,
    ITEMS,
    LISTS,
    SHEETS,
    Kind,
    choice_label,
    head_label,
    item_label,
    sheet_label,
    team_label,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.messages import Lang

_HEAD_ROW, _FIRST = 1, 2  # counted from 0
_EMPTY_ROWS = 20  # below the examples
_LONGEST_NAME = 100
_LINE, _LINE_HEIGHT, _LATIN = 110, 16, 0x2E80  # letters across, points; wider ones lie above
_WIDTHS = {Kind.TEXT: 20, Kind.MEASURE: 36, Kind.OWN: 30, Kind.DAYS: 16}
_WIDTH, _ITEM_WIDTHS = 14, (36, 26, 20, 78)
_FONTS = {"en": "Arial", "zh": "微软雅黑"}
_FORMATS = {
    Kind.SHARE: "0.00%",
    Kind.DATE: "yyyy-mm-dd",
    Kind.CLOCK: "@",
    Kind.DAYS: "@",
    Kind.TEXT: "@",
    Kind.WAN: "#,##0.00",
    Kind.NUMBER: "#,##0.###",
}
# Examples, each of which is to be replaced; the scenario runs with them.
_START, _DAYS = dt.date(2025, 1, 1), 28
_VOLUMES: tuple[tuple[Any, ...], ...] = (("phone", "cases", "year", 120_000, ""),)
_CALLS = (4, 3, 2, 1, 1, 2, 5, 12, 28, 36, 37, 30, 19, 20, 30, 31, 29, 23, 16, 13, 11, 10, 7, 3)
_ON_REST_DAYS = 0.7
_SHIFTS: tuple[tuple[Any, ...], ...] = (
    ("day", 5, "07:00", "16:00", "mon-sun", 30, "11:00", "13:30"),
    ("day", 3, "08:30", "17:30", "mon-sun", 30, "11:30", "14:00"),
    ("day", 4, "14:00", "23:00", "mon-sun", 30, "17:00", "19:00"),
    ("night", 1, "23:00", "07:00", "mon-sun", "", "", ""),
)
_STAFF: tuple[tuple[Any, ...], ...] = (
    ("day", "in_house", "", 0.3),
    ("night", "in_house", "", 0.0),
)
_PUBLISHED = ("answered", "connect_rate", "satisfaction_rate", "participation_rate")


@dataclass
class _Page:
    """A sheet that is being written."""

    book: Any
    page: Any
    lang: Lang
    looks: dict[Any, Any]
    lists: dict[Kind, str]

    def put(self, row: int, column: int, kind: Kind, value: Any, measure: str = "") -> None:
        """Write a cell that is to be filled in; an example looks like one."""
        shown = kind
        if kind is Kind.FIGURE:
            share = measure and measure_of(measure).unit is Unit.SHARE
            shown = Kind.SHARE if share else Kind.NUMBER
        look = self.looks[shown]
        if value == "":
            self.page.write_blank(row, column, None, look)
        elif isinstance(value, dt.date):
            self.page.write_datetime(row, column, value, look)
        elif isinstance(value, (int, float)):
            self.page.write_number(row, column, value, look)
        else:
            words = self.word(kind, str(value))
            self.page.write_string(row, column, words, look)
            value = words
        if value != "":
            self._mark(row, column, value)

    def word(self, kind: Kind, value: str) -> str:
        """Return what stands in a cell for a word of a file."""
        return choice_label(kind, value, self.lang) if kind in CHOICES else value

    def _mark(self, row: int, column: int, value: Any) -> None:
        """Let a cell look like an example as long as the example stands in it."""
        criteria: Any = f'"{value}"' if isinstance(value, str) else value
        if isinstance(value, dt.date):
            criteria = (value - dt.date(1899, 12, 30)).days
        mark = {"type": "cell", "criteria": "==", "value": criteria}
        self.page.conditional_format(
            row, column, row, column, mark | {"format": self.looks["mark"]}
        )

    def check(self, first: int, last: int, column: int, kind: Kind) -> None:
        """Let cells of a column check what is typed."""
        rule: dict[str, Any] = {"ignore_blank": True}
        if kind in self.lists:
            rule |= {"validate": "list", "source": self.lists[kind]}
            rule |= {"error_type": "information"} if kind in (Kind.CLOCK, Kind.DAYS) else {}
        elif kind is Kind.SHARE:
            rule |= {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        elif kind is Kind.WHOLE:
            rule |= {"validate": "integer", "criteria": ">=", "value": 0}
        elif kind in (Kind.NUMBER, Kind.WAN):
            rule |= {"validate": "decimal", "criteria": ">=", "value": 0}
        elif kind is Kind.DATE:
            rule |= {"validate": "date", "criteria": ">=", "value": dt.date(2004, 1, 1)}
        else:
            return
        told = text(f"form.check.{kind}", self.lang)
        rule |= {"error_title": text("form.check_title", self.lang), "error_message": told}
        self.page.data_validation(first, column, last, column, rule)


def blank(city: str, lang: Lang) -> bytes:
    """Return a workbook to fill in (.xlsx), with a language's labels.

    Raises
    ------
    ValueError
        If the city's name is empty or longer than a title may be.
    """
    import xlsxwriter

    if not city.strip() or len(city) > _LONGEST_NAME or not city.isprintable():
        raise ArgumentError(f"city = {city!r}: a name of 1 to 100 printable characters")
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        looks = _looks(book, lang)
        _how_to(book.add_worksheet(text("form.sheet.how_to", lang)), looks, lang)
        pages = {name: book.add_worksheet(sheet_label(name, lang)) for name in SHEETS}
        lists = _lists(book.add_worksheet(LISTS), lang)
        for name, page in pages.items():
            one = _Page(book, page, lang, looks, lists)
            page.write_string(0, 0, text(f"form.intro.{name}", lang), looks["intro"])
            page.freeze_panes(_FIRST, 0)
            page.set_landscape()
            page.set_paper(9)  # A4
            page.fit_to_pages(1, 0)
            if name in ITEMS:
                _items(one, name, city)
            else:
                _rows(one, name, _examples(name, lang))
    return content.getvalue()


def _looks(book: Any, lang: Lang) -> dict[Any, Any]:
    base = {"font_name": _FONTS[lang], "font_size": 10, "valign": "vcenter"}
    filled = {**base, "border": 1, "border_color": "#B6BEC7"}
    looks: dict[Any, Any] = {
        kind: book.add_format({**filled, "num_format": _FORMATS.get(kind, "General")})
        for kind in Kind
    }
    looks["intro"] = book.add_format({**base, "italic": True, "font_color": "#59636E"})
    looks["head"] = book.add_format(
        {**filled, "bold": True, "bg_color": "#DCE6F1", "text_wrap": True}
    )
    looks["label"] = book.add_format({**filled, "bg_color": "#F3F4F6", "text_wrap": True})
    looks["prose"] = book.add_format({**base, "text_wrap": True, "valign": "top"})
    looks["title"] = book.add_format(
        {**base, "bold": True, "font_size": 14, "font_color": "#0B4F8F"}
    )
    looks["mark"] = book.add_format(
        {"italic": True, "font_color": "#8A5A00", "bg_color": "#FFF4CC"}
    )
    return looks


def _how_to(page: Any, looks: dict[Any, Any], lang: Lang) -> None:
    page.set_column(0, 0, _LINE)
    page.write_string(0, 0, text("form.title", lang), looks["title"])
    for number, line in enumerate(text("form.how_to", lang).strip().splitlines(), start=1):
        page.write_string(number, 0, line, looks["prose"])
        letters = sum(2 if ord(one) > _LATIN else 1 for one in line)
        page.set_row(number, _LINE_HEIGHT * (1 + letters // _LINE))
    page.hide_gridlines(2)


def _lists(page: Any, lang: Lang) -> dict[Kind, str]:
    """Write what cells may be chosen from to a hidden sheet; return where each list stands."""
    listed: dict[Kind, list[str]] = {
        kind: [choice_label(kind, one, lang) for one in names] for kind, names in CHOICES.items()
    }
    listed[Kind.CLOCK] = [f"{n // 2:02d}:{n % 2 * 30:02d}" for n in range(49)]
    found = {}
    for column, (kind, words) in enumerate(listed.items()):
        for row, word in enumerate(words):
            page.write_string(row, column, word)
        letter = chr(ord("A") + column)
        found[kind] = f"={LISTS}!${letter}$1:${letter}${len(words)}"
    page.hide()
    return found


def _items(one: _Page, name: str, city: str) -> None:
    """Write a sheet of items: what each is, its cell, its unit, and what holds if it is empty."""
    from hotline_sim.scenario.files import load
    from hotline_sim.scenario.values import values_of

    known = values_of(load(BASE))
    examples: dict[str, Any] = {"start": _START, "days": _DAYS}
    examples["title"] = text("form.city_title", one.lang, city=city)
    for column, (head, width) in enumerate(zip(ITEM_COLUMNS, _ITEM_WIDTHS, strict=True)):
        one.page.set_column(column, column, width)
        one.page.write_string(_HEAD_ROW, column, head_label(head, one.lang), one.looks["head"])
    for row, item in enumerate(ITEMS[name], start=_FIRST):
        one.page.write_string(row, 0, item_label(item.name, one.lang), one.looks["label"])
        one.put(row, 1, item.kind, examples.get(item.name, ""))
        one.check(row, row, 1, item.kind)
        one.page.write_string(row, 2, text(f"form.unit.{item.name}", one.lang), one.looks["label"])
        told = text(f"form.told.{item.name}", one.lang)
        value = known.get(".".join(map(str, item.path)))
        if item.name not in examples and value is not None:
            shown = f"{100 * value:g}%" if item.kind is Kind.SHARE else f"{value:,g}"
            told = text("form.else", one.lang, told=told, value=shown).strip()
        one.page.write_string(row, 3, told, one.looks["label"])


def _examples(name: str, lang: Lang) -> Sequence[tuple[Any, ...]]:
    match name:
        case "volumes":
            others = [(one, "", "", "", "") for one in CHOICES[Kind.CHANNEL][len(_VOLUMES) :]]
            return (*_VOLUMES, *others)
        case "hours":
            rest = [round(_ON_REST_DAYS * one) for one in _CALLS]
            return [
                (f"{h:02d}:00", a, b) for h, (a, b) in enumerate(zip(_CALLS, rest, strict=True))
            ]
        case "shifts":
            return [(team_label(str(team), lang), *told) for team, *told in _SHIFTS]
        case "staff":
            return [(team_label(str(team), lang), *told) for team, *told in _STAFF]
    return [(one, "") for one in _PUBLISHED]


def _rows(one: _Page, name: str, examples: Sequence[tuple[Any, ...]]) -> None:
    """Write a sheet of rows: the examples, and room for more."""
    columns = COLUMNS[name]
    last = _FIRST + len(examples) - 1 + (0 if name == "hours" else _EMPTY_ROWS)
    for column, (head, kind) in enumerate(columns.items()):
        one.page.set_column(column, column, _WIDTHS.get(kind, _WIDTH))
        one.page.write_string(_HEAD_ROW, column, head_label(head, one.lang), one.looks["head"])
        one.check(_FIRST, last, column, kind)
        for row in range(_FIRST, last + 1):
            told = examples[row - _FIRST] if row - _FIRST < len(examples) else ()
            measure = str(told[0]) if name == "published" and told else ""
            one.put(row, column, kind, told[column] if column < len(told) else "", measure)
