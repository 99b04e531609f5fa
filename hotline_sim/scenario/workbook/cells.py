"""What stands in a cell, made into what a file would say, or into what is wanted there."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.scenario import faults
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.teams import DAYS
from hotline_sim.scenario.workbook.form import CHOICES, Kind, choice_label, choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hotline_sim.messages import Lang

_NUMBER = re.compile(
    r"([+-]?[\d,]*\.?\d+(?:e[+-]?\d+)?)(%|万|亿)?(?:元|人|次|件|个|秒|分钟)?", re.IGNORECASE
)
_TIMES = {"%": Decimal("0.01"), "万": Decimal(10_000), "亿": Decimal(100_000_000), "": Decimal(1)}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_DAY_MINUTES = 24 * 60
_WAN = Decimal(10_000)
_ENGLISH_DAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday"),
    *("saturday", "sunday"),
)
_CHINESE_DAYS = "一二三四五六日"
_APART = re.compile(r"[,、和及;]")
_TO = re.compile(r"[-至到~–—]")


class Wanted(NamedTuple):
    """A sentence of the faults, and its values."""

    sentence: str
    values: Mapping[str, Any]


def plain(words: object) -> str:
    """Return words by which labels are compared: one width, no spaces, small letters."""
    return "".join(unicodedata.normalize("NFKC", str(words)).split()).lower()


def value_of(kind: Kind, cell: Any, lang: Lang, measure: str = "") -> Any:
    """Return what a file would say in place of a cell, or what is :class:`Wanted` there.

    *measure* is the one that a published figure is of, *lang* the language of the sheet.
    """
    if kind is Kind.FIGURE:
        unit = measure_of(measure).unit if measure else None
        kind = Kind.SHARE if unit is Unit.SHARE else Kind.NUMBER
    if kind in CHOICES:
        return _chosen(kind, cell, lang)
    return _READ[kind](cell)


def _text(cell: Any) -> Any:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell).strip()


def _number(cell: Any) -> Any:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell
    match = _NUMBER.fullmatch(plain(cell)) if isinstance(cell, str) else None
    if match is None:
        return Wanted("number", {})
    value = Decimal(match[1].replace(",", "")) * _TIMES[match[2] or ""]
    return int(value) if value == value.to_integral_value() else float(value)


def _share(cell: Any) -> Any:
    value = _number(cell)
    if isinstance(value, Wanted) or not 0 <= value <= 1:
        return Wanted("cell_share", {})
    return value


def _whole(cell: Any) -> Any:
    value = _number(cell)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else Wanted("whole", {})


def _wan(cell: Any) -> Any:
    """Return yuan of a number of 万元; an amount that says its unit is taken by that."""
    if isinstance(cell, str) and re.search("[万亿元]", plain(cell)):
        return _number(cell)
    value = _number(cell)
    return value if isinstance(value, Wanted) else float(Decimal(repr(value)) * _WAN)


def _date(cell: Any) -> Any:
    if isinstance(cell, dt.datetime):
        return cell.date()
    match = _DATE.fullmatch(plain(cell)) if isinstance(cell, str) else None
    try:
        return dt.date(*map(int, match.groups())) if match else Wanted("date", {})
    except ValueError:
        return Wanted("date", {})


def _clock(cell: Any) -> Any:
    minutes: float = -1
    if isinstance(cell, dt.time):
        minutes = cell.hour * 60 + cell.minute + cell.second / 60
    elif isinstance(cell, dt.timedelta):
        minutes = cell.total_seconds() / 60
    elif isinstance(cell, dt.datetime):  # what Excel makes of 24:00
        minutes = _DAY_MINUTES if cell.time() == dt.time() else -1
    elif isinstance(cell, float) or cell in (0, 1):  # a time that is shown as a number
        minutes = round(cell * _DAY_MINUTES, 6)
    elif isinstance(cell, str) and (match := _CLOCK.fullmatch(plain(cell))):
        hour, minute = map(int, match.groups())
        minutes = hour * 60 + minute if minute < 60 else -1
    if not 0 <= minutes <= _DAY_MINUTES or minutes != int(minutes):
        return Wanted("clock", {})
    return f"{int(minutes) // 60:02d}:{int(minutes) % 60:02d}"


def _chosen(kind: Kind, cell: Any, lang: Lang) -> Any:
    known = {plain(word): name for word, name in choices(kind).items()}
    words = plain(cell)
    if words in known:
        return known[words]
    if kind is Kind.DAYS and (days := _days(words)):
        return days
    labels = [choice_label(kind, name, lang) for name in CHOICES[kind]]
    nearest, shown = faults.nearest(cell, labels), ", ".join(labels)
    return Wanted("one_of", {"choices": shown, "nearest": nearest})


def _days(words: str) -> str:
    """Return days such as ``mon-fri,sun`` of words in either language; nothing if they are none."""
    if DAYS.fullmatch(words):
        return words
    parts = [[_weekday(one) for one in _TO.split(part)] for part in _APART.split(words)]
    if not all(all(part) and len(part) <= 2 for part in parts):
        return ""
    return ",".join("-".join(part) for part in parts)


def _weekday(word: str) -> str:
    if word in WEEKDAYS or word in _ENGLISH_DAYS:
        return word[:3]
    last = word[-1:].replace("天", "日").replace("末", "?")
    known = word[:-1] in ("周", "星期", "礼拜", "") and last and last in _CHINESE_DAYS
    return WEEKDAYS[_CHINESE_DAYS.index(last)] if known else ""


_READ: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.SHARE: _share,
    Kind.WHOLE: _whole,
    Kind.WAN: _wan,
    Kind.DATE: _date,
    Kind.CLOCK: _clock,
}
