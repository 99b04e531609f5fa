"""From a workbook that was filled in to the tables of a scenario file, and each key's cell."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hotline_sim.messages import LANGUAGES
from hotline_sim.scenario import reading
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.workbook.cells import plain
from hotline_sim.scenario.workbook.form import BASE, ITEMS, TEAMS, head_label, team_label
from hotline_sim.scenario.workbook.grids import grids_of
from hotline_sim.scenario.workbook.tables import UNREAD, Form, Read, form_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path as File

    from hotline_sim.scenario.faults import Path

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
_SOURCE = "workbook"  # the name of the source that a workbook may give
_HOURS, _WORKDAYS, _RESTDAYS = 24, 5, 2
_SHIFT = ("seats", "from", "to", "days")
_LAW_DEPTH = 4  # channels, the channel's name, the law, its mean


@dataclass
class Written:
    """What a workbook says: tables as of a file, the cell of each key, and the cells' faults."""

    place: str
    tables: dict[str, Any]
    places: dict[Path, str] = field(default_factory=dict)
    found: list[Fault] = field(default_factory=list)

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Tell the faults of cells with those of the scenario; of a cell its own alone.

        Raises
        ------
        ScenarioError
            If there are any.
        """
        try:
            yield
        except ScenarioError as error:
            told = {fault.place for fault in self.found}
            more = [fault for fault in error.faults if fault.place not in told]
            raise ScenarioError([*self.found, *more]) from None
        if self.found:
            raise ScenarioError(self.found)

    def put(self, path: Path, value: Any, place: str) -> None:
        """Put a value at a path, and note where it stands."""
        node: dict[Any, Any] = self.tables
        for depth, part in enumerate(path[:-1], start=1):
            node = node.setdefault(part, {})
            self.places.setdefault(path[:depth], place)
        node[path[-1]] = value
        self.places[path] = place


def is_workbook(path: File) -> bool:
    """Tell whether a file is called as workbooks are."""
    return path.suffix.lower() in SUFFIXES


def read(path: File, place: str) -> Written:
    """Return what a workbook says.

    Raises
    ------
    ScenarioError
        If it is no workbook that can be read at all.
    """
    form = form_of(place, grids_of(path, place))
    base = reading.read(reading.catalogue()[BASE], BASE)
    written = Written(place, {"format": 1, "extends": BASE}, {}, form.found)
    _items(written, form, base)
    _volumes(written, form)
    _teams(written, form)
    _published(written, form)
    return written


def _items(written: Written, form: Form, base: dict[str, Any]) -> None:
    """Put what the sheets of items say; a law's mean goes into the base's law."""
    for item in (item for items in ITEMS.values() for item in items if item.path):
        read = form.items.get(item.name)
        if read is None:
            continue
        if len(item.path) == _LAW_DEPTH and item.path[-1] == "mean_s":
            law = deepcopy(base["channels"][item.path[1]][item.path[2]])
            written.put(item.path[:-1], {**law, "mean_s": read.value}, read.place)
            written.places[item.path] = read.place
        else:
            written.put(item.path, read.value, read.place)
    if "title" not in form.items and not form.found:
        written.found.append(Fault(form.places.get("basics", written.place), "title", "missing"))
    if "source" in form.items:
        read = form.items["source"]
        written.put(("sources", _SOURCE), {"title": read.value}, read.place)


# Volumes ----------------------------------------------------------------------------------


def _volumes(written: Written, form: Form) -> None:
    by_hour = _by_hour(written, form.rows.get("hours", []))
    for row in form.rows.get("volumes", []):
        if "channel" not in row:
            _missing(written, row, "channel")
            continue
        channel = str(row["channel"].value)
        if UNREAD in [row[name].value for name in ("channel", "counted", "per") if name in row]:
            continue
        at: Path = ("channels", channel)
        if "connect_rate" in row:
            written.put((*at, "connect_rate"), *_told(row["connect_rate"]))
        counted = str(row["counted"].value) if "counted" in row else "cases"
        per = str(row["per"].value) if "per" in row else "year"
        if "volume" in row:
            written.put((*at, f"{counted}_per_{per}"), *_told(row["volume"]))
        elif channel == "phone" and by_hour is not None:
            written.put((*at, f"{counted}_per_day"), *_told(by_hour))


def _by_hour(written: Written, rows: list[dict[str, Read]]) -> Read | None:
    """Put the shape of the day and the week that calls by hour have; return their mean a day."""
    days: dict[str, dict[int, Read]] = {"workday": {}, "restday": {}}
    for row in rows:
        if "hour" not in row or row["hour"].value == UNREAD:
            if "hour" not in row and row.keys() & days.keys():
                _missing(written, row, "hour")
            continue
        hour = _hour_of(row["hour"])
        if hour is None or hour in {**days["workday"], **days["restday"]}:
            written.found.append(_fault(row["hour"], "twice" if hour is not None else "whole_hour"))
            continue
        for day in days.keys() & row.keys():
            days[day][hour] = row[day]
    first = next((one for of in days.values() for one in of.values()), None)
    if first is None or any(not _is_number(one) for of in days.values() for one in of.values()):
        return None
    for one in (one for of in days.values() for one in of.values() if one.value < 0):
        written.found.append(_fault(one, "at_least", limit=0))
    return _shape(written, days, first)


def _shape(written: Written, days: dict[str, dict[int, Read]], first: Read) -> Read:
    workday, restday = (
        [days[day][hour].value if hour in days[day] else 0 for hour in range(_HOURS)]
        for day in ("workday", "restday")
    )
    if not days["restday"]:
        restday = workday
    if not days["workday"]:
        workday = restday
    of_week = [_WORKDAYS * a + _RESTDAYS * b for a, b in zip(workday, restday, strict=True)]
    mean = sum(of_week) / (_WORKDAYS + _RESTDAYS)
    if mean > 0:
        weights = [one / (_WORKDAYS + _RESTDAYS) for one in of_week]
        written.put(("demand", "hour_weights"), weights, first.place)
        factors = [sum(workday) / mean] * _WORKDAYS + [sum(restday) / mean] * _RESTDAYS
        written.put(("demand", "weekday_factors"), factors, first.place)
        written.put(("demand", "holiday_factor"), factors[-1], first.place)
    return Read(first.place, mean)


def _hour_of(read: Read) -> int | None:
    """Return the hour that a time of day begins; None if it is within one."""
    hour, _, minutes = str(read.value).partition(":")
    return int(hour) if minutes == "00" and int(hour) < _HOURS else None


# Teams ------------------------------------------------------------------------------------


def _teams(written: Written, form: Form) -> None:
    """Put shifts and staff, team by team; where there are shifts a team without has no seats."""
    keys: dict[str, str] = {}
    shifts: dict[str, list[tuple[dict[str, Any], dict[str, str]]]] = {}
    previous: str | None = None
    for row in form.rows.get("shifts", []):
        if set(row) <= {"break_minutes", "break_from", "break_to"} and previous is not None:
            _add_break(shifts[previous][-1], row)
            continue
        if "team" not in row:
            _missing(written, row, "team")
            continue
        previous = _team(written, row["team"], keys)
        told = {name: read for name, read in row.items() if name in _SHIFT}
        shift = {name: read.value for name, read in told.items()}
        cells = {name: read.place for name, read in told.items()}
        shifts.setdefault(previous, []).append((shift, {"": row["team"].place, **cells}))
        if row.keys() & {"break_minutes", "break_from", "break_to"}:
            _add_break(shifts[previous][-1], row)
    for row in form.rows.get("staff", []):
        if "team" not in row:
            _missing(written, row, "team")
            continue
        key = _team(written, row["team"], keys)
        for name in row.keys() & {"employment", "persons", "shrinkage"}:
            written.put(("teams", key, name), *_told(row[name]))
    for key in [*shifts, *(team for team in TEAMS if team not in shifts)] if shifts else []:
        _put_shifts(written, key, shifts.get(key, []), form.places["shifts"])


def _team(written: Written, read: Read, keys: dict[str, str]) -> str:
    """Return the key of a team by its name; a new one is like the first of the base."""
    own = {plain(team_label(team, lang)): team for team in TEAMS for lang in LANGUAGES}
    own |= {team: team for team in TEAMS}
    word = plain(read.value)
    if word in own:
        return own[word]
    if word not in keys:
        keys[word] = f"team_{len(TEAMS) + len(keys) + 1}"
        written.put(("teams", keys[word], "like"), TEAMS[0], read.place)
        written.put(("teams", keys[word], "title"), read.value, read.place)
    return keys[word]


def _add_break(shift: tuple[dict[str, Any], dict[str, str]], row: dict[str, Read]) -> None:
    told, cells = shift
    number = len(told.setdefault("breaks", []))
    named = {"minutes": "break_minutes", "from": "break_from", "to": "break_to"}
    told["breaks"].append({name: row[col].value for name, col in named.items() if col in row})
    cells |= {f"breaks.{number}.{n}": row[c].place for n, c in named.items() if c in row}


def _put_shifts(
    written: Written, key: str, shifts: list[tuple[dict[str, Any], dict[str, str]]], sheet: str
) -> None:
    at: Path = ("teams", key, "shifts")
    written.put(at, [told for told, _ in shifts], shifts[0][1][""] if shifts else sheet)
    for number, (_, cells) in enumerate(shifts):
        for name, place in cells.items():
            parts = [int(part) if part.isdigit() else part for part in name.split(".") if part]
            written.places[(*at, number, *parts)] = place


# Published figures ------------------------------------------------------------------------


def _published(written: Written, form: Form) -> None:
    for row in form.rows.get("published", []):
        if "value" not in row:
            continue  # a measure that is not printed
        if "measure" not in row:
            _missing(written, row, "measure")
            continue
        if row["measure"].value == UNREAD:
            continue
        read, at = row["value"], ("published", str(row["measure"].value))
        value: Any = read.value
        if "source" in form.items:
            value = {"value": read.value, "kind": "published", "source": _SOURCE}
            value |= {"note": row["note"].value} if "note" in row else {}
        written.put(at, value, read.place)
        written.places[(*at, "value")] = read.place


def _told(read: Read) -> tuple[Any, str]:
    return read.value, read.place


def _is_number(read: Read) -> bool:
    return isinstance(read.value, (int, float))


def _fault(read: Read, wanted: str, **values: Any) -> Fault:
    return Fault(read.place, "", wanted, read.value, values)


def _missing(written: Written, row: dict[str, Read], column: str) -> None:
    """Tell that a row has cells and lacks the one that says what they are of."""
    first = next(iter(row.values()))
    heads = " / ".join(dict.fromkeys(head_label(column, lang) for lang in LANGUAGES))
    written.found.append(Fault(first.place, "", "cell_missing", values={"column": heads}))
