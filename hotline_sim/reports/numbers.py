"""Numbers as people read them: percent, thousands, seconds, yuan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.messages import NOTHING

if TYPE_CHECKING:
    from hotline_sim.experiments import Estimate

_SLACK = 1e-6  # 0.0001 / 2 and 0.90075 - 0.9007 differ in the last bits
_EXACT_FROM = 1000  # counts and times below it show a decimal
_WHOLE_FROM_CNY = 10_000  # smaller sums show their cents


def shown(name: str, value: float) -> str:
    """Return a measure's value as a report prints it."""
    if math.isnan(value):
        return NOTHING
    match measure_of(name).unit:
        case Unit.SHARE:
            return f"{100 * value:z.2f} %"
        case Unit.SECONDS:
            return f"{value:,.0f} s" if abs(value) >= _EXACT_FROM else f"{value:z,.1f} s"
        case Unit.YUAN if abs(value) >= _WHOLE_FROM_CNY:
            return f"{value:,.0f}"
        case Unit.YUAN | Unit.MEAN:
            return f"{value:z,.2f}"
        case Unit.HOURS:
            return f"{value:z,.0f}"
        case Unit.COUNT:
            return f"{value:,.0f}" if abs(value) >= _EXACT_FROM else f"{value:z,.1f}"


def shown_difference(name: str, value: float) -> str:
    """Return a difference with its sign; that of rates in percentage points."""
    if math.isnan(value):
        return NOTHING
    words = shown(name, value).replace("%", "pt")
    rises = value > 0 and any(digit in words for digit in "123456789")
    return f"+{words}" if rises else words


def shown_change(name: str, found: Estimate) -> str:
    """Return a difference with the half-width of its interval, the unit once: +4.16 ± 0.31 pt."""
    if math.isnan(found.mean):
        return NOTHING
    number, _, unit = shown_difference(name, found.mean).partition(" ")
    half = shown_difference(name, found.half_width).partition(" ")[0].lstrip("+")
    return f"{number} ± {half} {unit}".rstrip()


def shown_span(name: str, low: float, high: float, *, difference: bool = False) -> str:
    """Return an interval as a report prints it, its unit once."""
    one = shown_difference if difference else shown
    if math.isnan(low) or math.isnan(high):
        return NOTHING
    return f"{one(name, low).partition(' ')[0]} … {one(name, high)}"


def shown_printed(name: str, value: float) -> str:
    """Return a printed figure with the digits it was printed with, no more: 30 %, 90.07 %."""
    unit = measure_of(name).unit
    if unit is Unit.SHARE:
        return f"{_short(100.0 * value)} %"
    return f"{_short(value)} s" if unit is Unit.SECONDS else _short(value)


def shown_range(name: str, value: float, low: float, high: float) -> str:
    """Return the range a printed figure may lie in; nothing if that is but its rounding."""
    scale = 100.0 if measure_of(name).unit is Unit.SHARE else 1.0
    digits = _short(scale * value).partition(".")[2]
    half_unit = 0.5 * 10.0 ** -len(digits) / scale
    if max(high - value, value - low) <= half_unit * (1.0 + _SLACK):
        return ""
    return f"{shown_printed(name, low).partition(' ')[0]} … {shown_printed(name, high)}"


def _short(value: float) -> str:
    """Return a number with up to six decimals, none of them an idle zero."""
    number = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if number == "-0" else number


def plain(value: object) -> str:
    """Return a scenario's value as a report prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < _EXACT_FROM else _short(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(plain(entry) for entry in value) + "]"
    return str(value)
