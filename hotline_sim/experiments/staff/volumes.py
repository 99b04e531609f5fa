"""Calls by interval as a planner has them: a CSV file read, each line held to what it must be."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.experiments.staff.records import StaffError
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats, Ints

MINUTES = (15, 30, 60)  # that an interval may have
_EVERY_DAY = -1  # in place of a weekday
_DAY_MINUTES = 24 * 60
_MOST_BYTES = 20 * 2**20  # thirty years of quarter-hours
_MOST_CALLS = 1e9
_ENCODINGS = ("utf-8-sig", "gb18030")  # Excel in China saves in the second
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_WORKBOOK = b"PK"
_NAMES: Mapping[str, tuple[str, ...]] = {
    "interval": (
        *("interval", "interval_start", "start", "begin", "from", "time", "half_hour", "hour"),
        *("时段", "时间段", "时间", "开始时间", "起始时间", "开始", "时刻"),
    ),
    "calls": (
        *("calls", "volume", "call_volume", "offered", "contacts"),
        *("话务量", "来电量", "呼入量", "呼叫量", "进线量", "人工请求量", "电话量"),
    ),
    "date": ("date", "日期"),
    "weekday": ("weekday", "day", "day_of_week", "星期", "周", "周几"),
}
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_WHEN = re.compile(rf"(?:{_DATE}[T ]*)?(\d{{1,2}})[:：](\d{{2}})(?::00)?(?:\s*[-–~—至].*)?")
_FULL_DATE = re.compile(rf"{_DATE}(?:[T ].*)?")
_CHINESE_DAYS = "一二三四五六日"


@dataclass(frozen=True, eq=False)
class Volumes:
    """Calls by interval of a week.

    ``calls`` is ``(7, intervals of a day)``, Monday first: of dated calls the mean of each
    weekday, or a quantile. ``dates`` says how many dates of each weekday there were, ``(7,)``; it
    is 1 where the table speaks of weekdays, or of one day that all are like.
    """

    calls: Floats
    minutes: int
    dates: Ints


def read_volumes(path: Path | str, *, busier_than: float | None = None) -> Volumes:
    """Return the calls of a CSV file: when an interval begins, how many calls it has.

    A further column may say the weekday or the date (which may also stand before the time); with
    neither, all days are like this one. Intervals that are missing have no calls.

    Parameters
    ----------
    path : path
        The file, in UTF-8 or in GBK; commas, semicolons or tabs between columns.
    busier_than : float, optional
        Of several dates of a weekday, what so large a share of them has fewer than; without it
        their mean.

    Raises
    ------
    StaffError
        In one line: the file, the line, what was found, what was wanted.
    """
    file = Path(path)
    rows = _rows(file)
    minutes = _minutes(file, [row.minute for row in rows])
    days: dict[tuple[int, dt.date | None], Floats] = {}
    for row in rows:
        if row.minute % minutes:
            found = f"{row.minute // 60:02d}:{row.minute % 60:02d}"
            raise StaffError(
                "volumes.off_step", path=file, line=row.line, found=found, minutes=minutes
            )
        by_day = days.setdefault((row.weekday, row.date), np.zeros(_DAY_MINUTES // minutes))
        by_day[row.minute // minutes] += row.calls
    calls = np.zeros((WEEK_DAYS, _DAY_MINUTES // minutes))
    dates = np.zeros(WEEK_DAYS, np.int64)
    for weekday in range(WEEK_DAYS):
        of_day = [by_day for (day, _), by_day in days.items() if day in (weekday, _EVERY_DAY)]
        dates[weekday] = len(of_day)
        if of_day and busier_than is None:
            calls[weekday] = np.mean(of_day, axis=0)
        elif of_day:
            calls[weekday] = np.quantile(of_day, busier_than or 0.0, axis=0)
    return Volumes(calls, minutes, dates)


@dataclass(frozen=True)
class _Row:
    line: int
    weekday: int
    date: dt.date | None
    minute: int
    calls: float


def _rows(file: Path) -> list[_Row]:
    """Return the lines of a file, each read and none twice."""
    lines = _text(file).splitlines()
    delimiter = max(",;\t", key=lines[0].count) if lines else ","
    reader = csv.reader(lines, delimiter=delimiter)
    heads = [head.strip().lower() for head in next(reader, [])]
    columns = _columns(file, heads)
    rows: list[_Row] = []
    first: dict[tuple[int, dt.date | None, int], int] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        told = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        row = _Reader(file, reader.line_num).row(told)
        before = first.setdefault((row.weekday, row.date, row.minute), row.line)
        if before != row.line:
            raise StaffError(
                "volumes.twice", path=file, line=row.line, found=told["interval"], first=before
            )
        rows.append(row)
    if not rows:
        raise StaffError("volumes.empty", path=file)
    return rows


def _text(file: Path) -> str:
    """Return what stands in a file, whichever way it was saved."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise StaffError("volumes.unreadable", path=file, reason=error.strerror) from None
    if len(content) > _MOST_BYTES:
        raise StaffError("volumes.too_large", path=file, limit=_MOST_BYTES)
    if content.startswith(_WORKBOOK):
        raise StaffError("volumes.workbook", path=file)
    for encoding in ("utf-16",) if content.startswith(_UTF16) else _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise StaffError("volumes.no_text", path=file)


def _columns(file: Path, heads: Sequence[str]) -> dict[str, int]:
    """Return which column is which, by the heads that planners use."""
    found = {}
    for name, known in _NAMES.items():
        at = [heads.index(head) for head in known if head in heads]
        if at:
            found[name] = at[0]
        elif name in ("interval", "calls"):
            shown = ", ".join(heads) or "-"
            known_heads = ", ".join(known)
            raise StaffError("volumes.no_column", path=file, found=shown, known=known_heads)
    return found


@dataclass(frozen=True)
class _Reader:
    """Reads the cells of one line, and tells of the line what cannot be read."""

    file: Path
    line: int

    def row(self, told: Mapping[str, str]) -> _Row:
        """Return the line's row."""
        when = told.get("interval", "")
        match = _WHEN.fullmatch(when)
        if match is None:
            raise self._refusal("volumes.time", when)
        *dated, hour, minute = match.groups()
        if int(hour) * 60 + int(minute) >= _DAY_MINUTES or int(minute) >= 60:
            raise self._refusal("volumes.time", when)
        date = self._date(told["date"]) if told.get("date") else None
        if date is None and dated[0] is not None:
            date = self._date(when)
        weekday = _EVERY_DAY if date is None else date.weekday()
        if date is None and told.get("weekday"):
            weekday = self._weekday(told["weekday"])
        calls = self._calls(told.get("calls", ""))
        return _Row(self.line, weekday, date, int(hour) * 60 + int(minute), calls)

    def _date(self, written: str) -> dt.date:
        match = _FULL_DATE.fullmatch(written)
        try:
            year, month, day = (int(part) for part in match.groups()) if match else (0, 0, 0)
            return dt.date(year, month, day)
        except ValueError:
            raise self._refusal("volumes.date", written) from None

    def _weekday(self, written: str) -> int:
        name = written.strip().lower()
        if name[:3] in WEEKDAYS:
            return WEEKDAYS.index(name[:3])
        last = name[-1].replace("天", "日")
        if last in _CHINESE_DAYS and name[:-1] in ("周", "星期", "礼拜", ""):
            return _CHINESE_DAYS.index(last)
        if name in "1234567" and len(name) == 1:
            return int(name) - 1
        raise self._refusal("volumes.weekday", written)

    def _calls(self, written: str) -> float:
        try:
            calls = float(written.replace(",", "").replace("，", ""))
        except ValueError:
            raise self._refusal("volumes.calls", written) from None
        if not (math.isfinite(calls) and 0.0 <= calls <= _MOST_CALLS):
            raise self._refusal("volumes.calls", written)
        return calls

    def _refusal(self, sentence: str, found: str) -> StaffError:
        return StaffError(sentence, path=self.file, line=self.line, found=found)


def _minutes(file: Path, minutes: Sequence[int]) -> int:
    """Return the length of the intervals: the least that is between two beginnings of a day."""
    apart = np.diff(np.unique(minutes))
    if not len(apart):
        return MINUTES[-1]
    least = int(apart.min())
    if least not in MINUTES:
        raise StaffError("volumes.step", path=file, found=least)
    return least
