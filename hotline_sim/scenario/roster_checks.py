"""Faults of rosters: hours that cannot be, and sizes and shapes that do not go together.

Like ``checks``: each check reads the plain tree and skips what is malformed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import DAY_S, HALF_HOURS
from hotline_sim.scenario.calendar import BY_CALENDAR
from hotline_sim.scenario.faults import nearest
from hotline_sim.scenario.plain import Found, entries_of, fault_at, tables_of
from hotline_sim.scenario.quantities import VOLUMES
from hotline_sim.scenario.rosters import clock_s, in_week
from hotline_sim.scenario.schema import CLOCK, DAYS

if TYPE_CHECKING:
    from hotline_sim.scenario.faults import Path

_MINUTE_S = 60.0
_HOURS = 24
_ALL_DAY = {"from": "00:00", "to": "24:00"}
_SIZES = ("seats", "persons", "posts")  # of them one
_EMPLOYMENTS = ("in_house", "outsourced")


def _hours(tree: Mapping[str, Any]) -> Found:
    """Check that hours have a beginning within the day, and a length."""
    for name, team in tables_of(tree, "teams").items():
        hours: list[tuple[Path, Any]] = [(("teams", name, "open"), team.get("open"))]
        for path, shift in _with_breaks(name, team):
            hours.append((path, shift if shift is not team else None))
            breaks = enumerate(entries_of(shift, "breaks"))
            hours += [((*path, "breaks", j), one) for j, one in breaks]
        for path, table in hours:
            if not isinstance(table, dict):
                continue
            begin, end = table.get("from"), table.get("to")
            if begin == "24:00":
                yield fault_at((*path, "from"), "clock", begin)
            elif isinstance(begin, str) and begin == end:
                yield fault_at((*path, "to"), "no_length", end)


def _with_breaks(name: str, team: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield what may have breaks: a team's shifts, and itself for its curve."""
    for i, shift in enumerate(entries_of(team, "shifts")):
        if isinstance(shift, dict):
            yield ("teams", name, "shifts", i), shift
    yield ("teams", name), team


def _breaks(tree: Mapping[str, Any]) -> Found:
    """Check that breaks lie in their shift, have room in their window and do not overlap."""
    for name, team in tables_of(tree, "teams").items():
        if "breaks" in team and not _has_curve(team):
            yield fault_at(("teams", name, "breaks"), "breaks_of_curve")
        for path, table in _with_breaks(name, team):
            hours = _ALL_DAY if table is team else table
            if (whole := _window_s(hours)) is None:
                continue
            windows: list[tuple[float, float]] = []
            for j, one in enumerate(entries_of(table, "breaks")):
                if not isinstance(one, dict) or (window := _window_s(one, whole[0])) is None:
                    continue
                where: Path = (*path, "breaks", j)
                begin_s, end_s = window
                if end_s > whole[1]:
                    shift = f"{hours['from']}–{hours['to']}"
                    yield fault_at(where, "break_outside", shift=shift)
                if any(begin_s < other[1] and other[0] < end_s for other in windows):
                    yield fault_at(where, "breaks_overlap")
                windows.append(window)
                minutes, room = one.get("minutes"), (end_s - begin_s) / _MINUTE_S
                if isinstance(minutes, (int, float)) and minutes > room:
                    yield fault_at((*where, "minutes"), "break_too_long", minutes, room=room)


def _window_s(table: Mapping[str, Any], after_s: float = 0.0) -> tuple[float, float] | None:
    """Return the times of day a table says, the first not before *after_s*; None: faulty."""
    clocks = [table.get("from"), table.get("to")]
    if not all(isinstance(clock, str) and CLOCK.match(clock) for clock in clocks):
        return None
    if clocks[0] == "24:00" or clocks[0] == clocks[1]:
        return None  # as _hours says
    begin_s, end_s = (clock_s(str(clock)) for clock in clocks)
    begin_s += DAY_S * (begin_s < after_s)
    return begin_s, begin_s + ((end_s - begin_s) % DAY_S or DAY_S)


def _shapes(tree: Mapping[str, Any]) -> Found:
    """Check that what a team says of its roster belongs to the kind of roster it has."""
    for name, team in tables_of(tree, "teams").items():
        path: Path = ("teams", name)
        if team.get("roster") == "demand":
            yield from _by_demand(tree, path, team)
            continue
        for key in ("open", "fewest"):
            if key in team:
                yield fault_at((*path, key), "roster_by_demand_only")
        if _has_curve(team):
            if entries_of(team, "shifts"):
                yield fault_at((*path, "shifts"), "no_shifts_with_curve")
            yield from _curves(path, team["curve"])
        for key in _SIZES:
            if key in team and not _has_seats(team):
                yield fault_at((*path, key), "nothing_to_scale", team[key])


def _by_demand(tree: Mapping[str, Any], path: Path, team: Mapping[str, Any]) -> Found:
    seats, fewest = team.get("seats"), team.get("fewest")
    if not any(key in team for key in _SIZES):
        yield fault_at((*path, "seats"), "missing")
    if "curve" in team:
        yield fault_at((*path, "curve"), "no_curve_by_demand")
    if entries_of(team, "shifts"):
        yield fault_at((*path, "shifts"), "no_shifts_by_demand")
    if isinstance(seats, (int, float)) and isinstance(fewest, (int, float)) and fewest > seats:
        yield fault_at((*path, "fewest"), "at_most", fewest, limit=seats)
    channels = tables_of(tree, "channels")
    served = [e.get("channel") if isinstance(e, dict) else e for e in entries_of(team, "serves")]
    volumes = [
        channels[channel].get(key)
        for channel in served
        if isinstance(channel, str) and channel in channels
        for key in VOLUMES
    ]
    if served and not any(volumes):
        yield fault_at((*path, "roster"), "no_demand", "demand")


def _curves(path: Path, curves: Any) -> Found:
    """Check that curves have a number for each hour or half-hour, and each day one curve."""
    path = (*path, "curve")
    if not isinstance(curves, Mapping):
        yield from _lengths(path, curves)
        return
    named = [days for days in curves if isinstance(days, str) and DAYS.match(days)]
    for days, curve in curves.items():
        yield from _lengths((*path, days), curve)
        if days not in named:
            yield fault_at((*path, days), "days", nearest=nearest(days, BY_CALENDAR))
    week = [day for days in named for day in in_week(days)]
    kinds = {days in BY_CALENDAR for days in named}
    if len(kinds) > 1 or len(set(week)) < len(week):
        yield fault_at(path, "curve_days")


def _lengths(path: Path, curve: Any) -> Found:
    count = len(curve) if isinstance(curve, (list, tuple)) else 0
    if _HOURS < count < HALF_HOURS:  # the schema says the rest
        yield fault_at(path, "curve_length", count=count)


def _sizes(tree: Mapping[str, Any]) -> Found:
    """Check that a team's size is given once, and that persons can be turned into seats."""
    teams = tables_of(tree, "teams")
    for name, team in teams.items():
        path: Path = ("teams", name)
        given = [key for key in _SIZES if key in team]
        for key in given[1:]:
            yield fault_at((*path, key), "size_twice", team[key], other=given[0])
        if "posts" in team and "persons_per_post" not in team:
            yield fault_at((*path, "persons_per_post"), "missing")
        if "persons_per_post" in team and "posts" not in team:
            yield fault_at((*path, "persons_per_post"), "no_posts")
    in_persons = [team for team in teams.values() if "persons" in team or "posts" in team]
    for employment in sorted({str(team.get("employment")) for team in in_persons}):
        terms = tables_of(tree, "employment").get(employment)
        place: Path = ("employment", employment)
        if employment in _EMPLOYMENTS and terms is None:
            yield fault_at(place, "persons_need_terms")
        elif terms is not None and "answering_share" not in terms:
            yield fault_at((*place, "answering_share"), "persons_need_link")


def _has_curve(team: Mapping[str, Any]) -> bool:
    return isinstance(team.get("curve"), (list, tuple, Mapping))


def _has_seats(team: Mapping[str, Any]) -> bool:
    """Tell whether a roster has a shape, of which a size given apart can be."""
    if _has_curve(team):
        by_days = team["curve"] if isinstance(team["curve"], Mapping) else {"": team["curve"]}
        return any(any(curve) for curve in by_days.values() if isinstance(curve, (list, tuple)))
    shifts = entries_of(team, "shifts")
    return any(not isinstance(shift, dict) or shift.get("seats") != 0 for shift in shifts)


CHECKS = (_hours, _breaks, _shapes, _sizes)
