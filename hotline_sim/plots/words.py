"""Text in figures: numbers as the language writes them, names that fit and can be drawn."""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from matplotlib.font_manager import findfont, fontManager
from matplotlib.ft2font import FT2Font

from hotline_sim import measures
from hotline_sim.definitions import Unit, measure_of
from hotline_sim.messages import NOTHING, text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from hotline_sim.experiments import AgainstPublished, DayReplay
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

FAMILY = ["Noto Sans SC", "DejaVu Sans"]
_BOX = "□"  # stands for a character that neither font has
_CLOSING = "，。；：、）》」”)],.;:"  # begin no line
_FONT_FILE = "NotoSansSC-subset.otf"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_TENTHS_BELOW_S = 10.0  # shorter times show a decimal
_CENTS_BELOW_CNY = 1000.0  # smaller sums show their cents
_LEAST_ROUNDING = 0.01  # a printed figure's range, over its value, from which it is worth saying


def shipped_font() -> Traversable:
    """Return the font that travels with the package: Latin, and the hanzi of GB 2312."""
    return resources.files("hotline_sim.plots") / "fonts" / _FONT_FILE


@cache
def register_fonts() -> frozenset[str]:
    """Tell matplotlib of the font that travels with the package; return what can be drawn."""
    with resources.as_file(shipped_font()) as path:
        fontManager.addfont(path)
        drawn = _characters(path)
    return drawn | _characters(findfont("DejaVu Sans"))


def _characters(path: str | Path) -> frozenset[str]:
    return frozenset(map(chr, FT2Font(str(path)).get_charmap()))


def drawable(name: str) -> str:
    """Return a name on one line, with a box for what the fonts cannot draw."""
    known = register_fonts()
    line = " ".join(name.split())
    return "".join(c if c in known else _BOX for c in line if unicodedata.category(c)[0] != "C")


def wrapped(name: str, width: int, *, lines: int = 2) -> str:
    """Return a name in lines of *width* letters (a hanzi counts as two), cut with an ellipsis."""
    found: list[str] = []
    rest = drawable(name)
    while rest and len(found) < lines:
        line = _fitting(rest, width)
        rest = rest[len(line) :].lstrip()
        found.append(line.rstrip())
    if rest:
        found[-1] = _fitting(found[-1], width - 1, words=False) + "…"
    return "\n".join(found)


def _fitting(line: str, width: int, *, words: bool = True) -> str:
    """Return the beginning of a line that is at most so wide, between words if it can."""
    taken = 0
    for end, character in enumerate(line):
        taken += _width(character)
        if taken > width:
            whole = _between_words(line, end) if words else end
            return line[: whole if whole > end // 3 else max(end, 1)]
    return line


def _between_words(line: str, end: int) -> int:
    """Return the last place up to *end* where a line may break: not within a word or number."""
    while end > 0:
        before, after = line[end - 1], line[end]
        parted = before.isdigit() or after in _CLOSING  # 7 from 月, or a comma from its clause
        if after == " " or (not parted and _width(before) + _width(after) > 2):
            return end
        end -= 1
    return 0


def _width(character: str) -> int:
    """Return how many letters wide a character is."""
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def title_of(scenario: Scenario, lang: Lang) -> str:
    """Return a scenario's title."""
    title: str = getattr(scenario.title, lang)
    return title


def measure_name(name: str, lang: Lang, scenario: Scenario) -> str:
    """Return a measure's name, its first letter large."""
    known = measures.measure_name(name, lang, scenario)
    return known[:1].upper() + known[1:]


def percent(share: float, lang: Lang, *, digits: int = 1, signed: bool = False) -> str:
    """Return a share from 0 to 1 as percent; at most *digits* decimals, those that are zero cut."""
    if math.isnan(share):
        return NOTHING
    number = f"{abs(100.0 * share):,.{digits}f}"
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    sign = "" if number == "0" else "−" if share < 0 else "+" if signed else ""
    return text("plot.percent", lang, number=sign + number)


def duration(seconds: float, lang: Lang) -> str:
    """Return a time in the two largest units that it needs."""
    if math.isnan(seconds):
        return NOTHING
    if seconds < _TENTHS_BELOW_S:
        number = f"{seconds:.1f}".removesuffix(".0")
        return text("plot.seconds", lang, s=number)
    s = round(seconds)
    if s < _MINUTE_S:
        return text("plot.seconds", lang, s=s)
    if s < _HOUR_S:
        m, s = divmod(s, _MINUTE_S)
        return text("plot.minutes_seconds" if s else "plot.minutes", lang, m=m, s=s)
    m = round(s / _MINUTE_S)
    h, m = divmod(m, _MINUTE_S)
    if s < _DAY_S:
        return text("plot.hours_minutes" if m else "plot.hours", lang, h=h, m=m)
    return text("plot.days_unit", lang, d=f"{s / _DAY_S:.1f}".removesuffix(".0"))


def value_text(name: str, value: float, lang: Lang, *, digits: int = 1) -> str:
    """Return a measure's value as a figure prints it."""
    if math.isnan(value):
        return NOTHING
    unit = measure_of(name).unit
    if unit is Unit.SHARE:
        return percent(value, lang, digits=digits)
    if unit is Unit.SECONDS:
        return duration(value, lang)
    if unit is Unit.MEAN or (unit is Unit.YUAN and abs(value) < _CENTS_BELOW_CNY):
        return f"{value:,.2f}"
    return f"{value:,.0f}"


def published_text(name: str, row: AgainstPublished, lang: Lang) -> str:
    """Return a printed figure, with its range if it was printed as "about" so much."""
    value = value_text(name, row.value, lang, digits=2)
    if row.value_high - row.value_low <= _LEAST_ROUNDING * abs(row.value):
        return value
    low, high = (value_text(name, x, lang, digits=2) for x in (row.value_low, row.value_high))
    return text("plot.about", lang, value=value, low=low, high=high)


def clock(time_s: float) -> str:
    """Return a time of day: 14:05; midnight at its end is 24:00."""
    hours, minutes = divmod(round(time_s / _MINUTE_S), _MINUTE_S)
    return f"{hours:02d}:{minutes:02d}"


def seat_name(day: DayReplay, seat: int, lang: Lang) -> str:
    """Return what a seat is called: its number within its team, and the team's name if several."""
    seats = day.seats()
    team = dict(seats)[seat]
    number = 1 + [one for one, its_team in seats if its_team == team].index(seat)
    if len({its_team for _, its_team in seats}) == 1:
        return text("replay.agent", lang, number=number)
    title = day.scenario.teams[team].title
    name = team if title is None else getattr(title, lang)
    return text("replay.agent_of", lang, number=number, team=name)
