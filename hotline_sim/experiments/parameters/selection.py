"""Which numbers shall move: all that are assumed, or those that are named."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.parameters.constraints import pairs
from hotline_sim.experiments.parameters.numbers import (
    HORIZON,
    MIX,
    SHAPES,
    Key,
    Parameter,
    movable,
    parts_of,
    whole_ends,
)
from hotline_sim.scenario import Change, Fault, Scenario, ScenarioError, changed, values_of
from hotline_sim.scenario.faults import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Over = str | tuple[str, float, float] | Parameter
_PLACE = "over"
_GLOB = frozenset("*?[")


class Number(NamedTuple):
    """What a scenario says of a number that may be moved."""

    value: float | None  # None: nothing, so that it has what the format gives it
    span: tuple[float, float] | None
    whole: bool


def parameters_of(
    scenario: Scenario | Sequence[Scenario], over: Over | Iterable[Over] | None = None
) -> tuple[Parameter, ...]:
    """Return the parameters of one scenario, or of several that share them.

    Parameters
    ----------
    scenario
        One, or several of different names. A number with the same value and range in all of
        them is one parameter; any other is one of each: ``nanning-after:channels.phone.lines``.
    over
        Which: keys, patterns of keys (``channels.*.patience.*``), ``(key, low, high)`` or a
        :class:`Parameter`; of what is named twice the last counts. None: every assumed number
        that has a range, but for those of ``[horizon]``. A pattern finds assumed numbers with
        a range, those of ``[horizon]`` too; a key may also name a published or derived number,
        an entry of a list, or a form of a shape. A key with ends of its own is one number in
        all the scenarios.

    Raises
    ------
    ScenarioError
        Telling all faults of *over* at once: no such number, no range, ends it cannot have.
    ValueError
        If *over* is none of this, or two scenarios have one name.
    """
    bases = bases_of(scenario)
    if over is None:
        each = [_movable(base) for base in bases]
        return tuple(_merged(bases, each).values())
    found: dict[str, Parameter] = {}
    faults: list[Fault] = []
    entries: Iterable[Any] = [over] if isinstance(over, (str, Parameter)) else over
    for entry in entries:
        try:
            _put(found, _named(bases, entry), bases)
        except ScenarioError as error:
            faults += error.faults
    if faults:
        raise ScenarioError(faults)
    return tuple(found.values())


def bases_of(scenario: Scenario | Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Return one scenario or several as a tuple.

    Raises
    ------
    ValueError
        If there is none, or two have one name.
    """
    bases = (scenario,) if isinstance(scenario, Scenario) else tuple(scenario)
    names = [base.name for base in bases]
    if not bases or len(set(names)) < len(names):
        raise ArgumentError(f"scenarios {', '.join(names)}: at least one, each of its own name")
    return bases


def _movable(base: Scenario) -> dict[str, Parameter]:
    return {key: one for key, one in movable(base).items() if not key.startswith(HORIZON)}


def _merged(bases: Sequence[Scenario], each: Sequence[Mapping[str, Parameter]]) -> dict[str, Any]:
    """Return the parameters of each scenario as those of all; shared where all are the same."""
    found: dict[str, Parameter] = {}
    for key in dict.fromkeys(key for one in each for key in one):
        own = [one.get(key) for one in each]
        if own[0] is not None and all(one == own[0] for one in own):
            found[key] = own[0]
            continue
        for base, one in zip(bases, own, strict=True):
            if one is not None:
                name = f"{base.name}:{key}"
                found[name] = replace(one, key=name)
    return found


def _put(
    found: dict[str, Parameter], named: Mapping[str, Parameter], bases: Sequence[Scenario]
) -> None:
    """Put what is named in the place of what was named before it."""
    names = [base.name for base in bases]
    for key, one in named.items():
        part = parts_of(key, names)
        shared = str(part._replace(base=None))
        if part.base is None:
            for name in names:
                found.pop(f"{name}:{key}", None)
        elif shared in found:  # the others keep it
            before = found.pop(shared)
            for name in names:
                found[f"{name}:{shared}"] = replace(before, key=f"{name}:{shared}")
        found[key] = one


def _named(bases: Sequence[Scenario], entry: Over) -> dict[str, Parameter]:
    """Return the parameters that an entry of ``over=`` names."""
    names = [base.name for base in bases]
    if isinstance(entry, str):
        part = parts_of(entry, names)
        among = [base for base in bases if part.base in (None, base.name)]
        each = [_found(base, part) for base in among]
        if not any(each):
            raise ScenarioError([_told(among, part)])
        if part.base is None or len(bases) == 1:
            return _merged(bases, each)
        return {f"{part.base}:{k}": replace(p, key=f"{part.base}:{k}") for k, p in each[0].items()}
    if isinstance(entry, Parameter):
        one = entry
    elif isinstance(entry, tuple) and len(entry) == 3 and isinstance(entry[0], str):  # low, high
        one = _with_ends(bases, *entry)
    else:
        raise ArgumentError(f"over: {entry!r}: a key, (key, low, high) or a Parameter")
    part = parts_of(one.key, names)
    if len(bases) == 1:
        part = part._replace(base=None)
    key = str(part)
    among = [base for base in bases if part.base in (None, base.name)]
    whole = [_checked(base, part, one).whole for base in among]
    return {key: replace(one, key=key, whole=one.whole or any(whole))}


def _found(base: Scenario, part: Key) -> dict[str, Parameter]:
    """Return what a key or pattern without ends of its own finds in a scenario."""
    if not _GLOB.isdisjoint(part.key):
        return {key: one for key, one in movable(base).items() if fnmatchcase(key, part.key)}
    number = number_of(base, values_of(base), part)
    if number is None or number.span is None or part.form == MIX:
        return {}
    key = str(part._replace(base=None))
    low, high = whole_ends(*number.span) if number.whole else number.span
    return {key: Parameter(key, low, high, number.whole, number.value)} if low <= high else {}


def _told(among: Sequence[Scenario], part: Key) -> Fault:
    """Return what is wrong with a key by which nothing was found."""
    if not _GLOB.isdisjoint(part.key):
        return Fault(_PLACE, str(part), "nothing_movable")
    if all(number_of(base, values_of(base), part) is None for base in among):
        return unknown(among[0], part, _PLACE)
    return Fault(_PLACE, str(part), "needs_shape" if part.form == MIX else "needs_range")


def _with_ends(bases: Sequence[Scenario], key: str, low: float, high: float) -> Parameter:
    """Return a parameter with ends of its own, its other facts as the scenarios have them."""
    part = parts_of(key, [base.name for base in bases])
    numbers = []
    for base in bases:
        if part.base in (None, base.name):
            number = number_of(base, values_of(base), part, trial=low)
            if number is None:
                raise ScenarioError([unknown(base, part, _PLACE)])
            numbers.append(number)
    if part.form == MIX:
        raise ScenarioError([Fault(_PLACE, key, "needs_shape")])
    values = {number.value for number in numbers}
    value = values.pop() if len(values) == 1 else None
    stated = value if value is not None and low <= value <= high else None
    return Parameter(key, low, high, numbers[0].whole, stated)


def _checked(base: Scenario, part: Key, one: Parameter) -> Number:
    """Return what a scenario says of a parameter, once it is seen that it may be at its ends."""
    values = values_of(base)
    number = number_of(base, values, part, trial=one.low)
    if number is None:
        raise ScenarioError([unknown(base, part, _PLACE)])
    if part.form:
        if faults := list(_faults_of_form(part.form, one, len(values[part.key]))):
            raise ScenarioError(faults)
        return number
    larger = dict(pairs(values)).get(part.key)  # which moves as well, or may be told by itself
    for end in (one.low, one.high):
        value = int(end) if float(end).is_integer() else end
        asked = {part.key: value, **({larger: max(value, values[larger])} if larger else {})}
        try:
            changed(base, [Change(key, to, key) for key, to in asked.items()], place=_PLACE)
        except ScenarioError as error:
            faults = [one for one in error.faults if one.key == part.key]  # the rest can be mended
            if told := [one for one in faults if one.values.get("limit") != end or _closed(one)]:
                raise ScenarioError(told) from None
    return number


def _closed(fault: Fault) -> bool:
    """Tell whether a fault is of another kind than that a number may only be near its limit."""
    return fault.wanted not in ("more_than", "less_than")


def _faults_of_form(form: str, one: Parameter, entries: int) -> Iterator[Fault]:
    """Yield what is wrong with a form of a shape that has so many entries."""
    if one.low < 0.0:
        yield Fault(_PLACE, one.key, "at_least", one.low, {"limit": 0})
    if form == MIX and one.high > 1.0:
        yield Fault(_PLACE, one.key, "at_most", one.high, {"limit": 1})
    if form == MIX and len(one.shape) != entries:
        yield Fault(_PLACE, one.key, "other_shape", values={"count": entries})


def number_of(
    base: Scenario, values: Mapping[str, Any], part: Key, *, trial: float | None = None
) -> Number | None:
    """Return what a scenario, whose *values* are given, says of a number; None: it has none.

    With a *trial*, a value that the number may have, one is also found that the scenario leaves
    to what the format gives it.
    """
    if part.form:
        name = part.key.rpartition(".")[2]
        if name not in SHAPES or part.key not in values:
            return None
        if part.form == MIX:
            return Number(0.0, (0.0, 1.0), whole=False)
        return Number(1.0, _sharpest(base, part.key, values[part.key]), whole=False)
    if part.key in values:
        value = values[part.key]
        if isinstance(value, list):
            return None
        return Number(value, base.provenance[part.key].range, isinstance(value, int))
    listed, _, place = part.key.rpartition(".")
    entries = values.get(listed)
    if isinstance(entries, list):
        number = int(place) if place.isdecimal() else len(entries)
        if number >= len(entries):
            return None
        return Number(entries[number], base.provenance[listed].range, whole=False)
    return None if trial is None else _tried(base, part.key, trial)


def _sharpest(base: Scenario, key: str, entries: list[float]) -> tuple[float, float] | None:
    """Return from flat to the sharpest form of a shape that stays in the range of its entries."""
    span = base.provenance[key].range
    mean = sum(entries) / len(entries)
    if span is None or not span[0] <= mean <= span[1]:
        return None
    room = [
        (span[1] - mean) / (one - mean) if one > mean else (span[0] - mean) / (one - mean)
        for one in entries
        if one != mean
    ]
    return (0.0, min(room)) if room else None


def _tried(base: Scenario, key: str, trial: float) -> Number | None:
    value = int(trial) if float(trial).is_integer() else trial
    try:
        found = values_of(changed(base, [Change(key, value, key)], place=_PLACE)).get(key)
    except ScenarioError as error:
        if any(fault.wanted in ("no_such_key", "missing") for fault in error.faults):
            return None
        raise
    is_number = isinstance(found, (int, float))
    return Number(None, None, isinstance(found, int)) if is_number else None


def unknown(base: Scenario, part: Key, place: str) -> Fault:
    """Return the fault of a key that a scenario does not have."""
    name, values = part.key.rpartition(".")[2], values_of(base)
    if part.form and name not in SHAPES:
        return Fault(place, str(part), "no_shape", values={"choices": ", ".join(SHAPES)})
    if isinstance(values.get(part.key), list) and not part.form:
        return Fault(place, str(part), "is_list", values={"count": len(values[part.key])})
    right = {"nearest": nearest(part.key, values)}
    return Fault(place, str(part), "not_of_scenario", values={"scenario": base.name, **right})
