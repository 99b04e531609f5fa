"""Faults of the rules for shifts: times off the half-hour, breaks without room, keys for nothing.

Like ``checks``: each check reads the plain tree and skips what is malformed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.domain import HALF_HOUR_S, HOUR_S
from hotline_sim.scenario.faults import nearest
from hotline_sim.scenario.plain import Found, entries_of, fault_at, tables_of
from hotline_sim.scenario.rosters import clock_s
from hotline_sim.scenario.schema import CLOCK
from hotline_sim.scenario.shift_rules import MEAL, ShiftRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hotline_sim.scenario.faults import Path

_RULES = "rules"
_PER_HOUR = HOUR_S / HALF_HOUR_S
_MINUTES = HALF_HOUR_S / 60.0
_FIELDS = ShiftRules.model_fields


def _rules(tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rules = tree.get(_RULES)
    return rules if isinstance(rules, dict) else None


def _half_hours(tree: Mapping[str, Any]) -> Found:
    """Check that all times are whole half-hours, in which a plan counts."""
    rules = _rules(tree) or {}
    for key in ("night_from", "night_to"):
        yield from _clock((_RULES, key), rules.get(key))
    for i, clock in enumerate(starts := entries_of(rules, "starts")):
        yield from _clock((_RULES, "starts", i), clock)
        if clock == "24:00" and "00:00" in starts:
            yield fault_at((_RULES, "starts", i), "twice", clock)
    for key in ("starts", "shift_hours", "part_time_hours"):
        entries = entries_of(rules, key)
        if key in rules and rules[key] in ([], ()):
            yield fault_at((_RULES, key), "at_least_entries", limit=1)
        for i, entry in enumerate(entries):
            if entry in entries[:i]:
                yield fault_at((_RULES, key, i), "twice", entry)
            if key != "starts":
                yield from _hours((_RULES, key, i), entry)
    yield from _hours((_RULES, "start_varies_hours"), rules.get("start_varies_hours"))
    for i, one in enumerate(entries_of(rules, "breaks")):
        if isinstance(one, dict):
            path: Path = (_RULES, "breaks", i)
            yield from _hours((*path, "from_hours"), one.get("from_hours"))
            yield from _hours((*path, "to_hours"), one.get("to_hours"))
            minutes = one.get("minutes")
            if isinstance(minutes, (int, float)) and minutes % _MINUTES:
                yield fault_at((*path, "minutes"), "half_hours", minutes)


def _clock(path: Path, clock: Any) -> Found:
    if isinstance(clock, str) and CLOCK.match(clock) and clock_s(clock) % HALF_HOUR_S:
        yield fault_at(path, "half_hours", clock)


def _hours(path: Path, hours: Any) -> Found:
    if isinstance(hours, (int, float)) and hours * _PER_HOUR % 1.0:
        yield fault_at(path, "half_hours", hours)


def _breaks(tree: Mapping[str, Any]) -> Found:
    """Check that breaks have room in every shift that has them, and do not overlap."""
    rules = _rules(tree) or {}
    breaks = [one for one in entries_of(rules, "breaks") if isinstance(one, dict)]
    for hours in _lengths(rules):
        windows: list[tuple[float, float]] = []
        for i, one in enumerate(breaks):
            window = _window(one, hours)
            if window is None:
                continue
            path: Path = (_RULES, "breaks", i)
            begin, end = window
            if end - begin < one["minutes"] / 60.0:
                yield fault_at((*path, "minutes"), "break_no_room", one["minutes"], hours=hours)
            elif any(begin < other[1] and other[0] < end for other in windows):
                yield fault_at(path, "breaks_overlap")
            windows.append(window)


def _lengths(rules: Mapping[str, Any]) -> Iterator[float]:
    """Yield the lengths of shifts, those of part time where there is any."""
    keys = ["shift_hours", *(["part_time_hours"] if rules.get("part_time_share") else [])]
    for key in keys:
        lengths = entries_of(rules, key) if key in rules else _FIELDS[key].default
        yield from (one for one in lengths if isinstance(one, (int, float)))


def _window(one: Mapping[str, Any], hours: float) -> tuple[float, float] | None:
    """Return where in a shift a break may lie, in hours; None: it has none, or is malformed."""
    told = [one.get("from_hours"), one.get("to_hours"), one.get("minutes")]
    over = one.get("over_hours", 0.0)
    if not all(isinstance(number, (int, float)) for number in [*told, over]) or hours <= over:
        return None
    return float(one["from_hours"]), float(min(one["to_hours"], hours))


def _helpers(tree: Mapping[str, Any]) -> Found:
    """Check that helpers are teams, each named once."""
    teams = tables_of(tree, "teams")
    seen: set[str] = set()
    for i, one in enumerate(entries_of(_rules(tree) or {}, "helpers")):
        team = one.get("team") if isinstance(one, dict) else None
        if not isinstance(team, str):
            continue
        path: Path = (_RULES, "helpers", i, "team")
        if team not in teams:
            yield fault_at(path, "team", team, nearest=nearest(team, teams))
        elif team in seen:
            yield fault_at(path, "twice", team)
        seen.add(team)


def _without_effect(tree: Mapping[str, Any]) -> Found:
    """Check that no key speaks of what there is none of."""
    rules = _rules(tree)
    if rules is None:
        return
    if "part_time_hours" in rules and not rules.get("part_time_share"):
        yield fault_at((_RULES, "part_time_hours"), "no_part_time")
    breaks = rules.get("breaks", (MEAL,))
    for key in ("break_batches", "most_off_share"):
        if key in rules and isinstance(breaks, (list, tuple)) and not breaks:
            yield fault_at((_RULES, key), "no_breaks")
    if "night_from" in rules and rules.get("night_from") == rules.get("night_to"):
        yield fault_at((_RULES, "night_to"), "no_length", rules["night_to"])


CHECKS = (_half_hours, _breaks, _helpers, _without_effect)
