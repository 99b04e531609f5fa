"""What a sheet of a workbook is: a title, heads, and cells that are numbers where they can be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.domain import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.messages import Lang

LARGE_CNY = 1e4  # from here on money is shown in 万元, or in million yuan


class Form(StrEnum):
    """How a number is shown; it is kept in the unit that stands behind."""

    PLAIN = "plain"  # with as many digits as it has
    WHOLE = "whole"
    TENTHS = "tenths"
    HUNDREDTHS = "hundredths"
    SHARE = "share"  # a fraction, shown in percent
    POINTS = "points"  # percentage points
    SECONDS = "seconds"
    YUAN = "yuan"  # yuan
    LARGE_YUAN = "large_yuan"  # yuan, shown in 万元 or in million yuan


class Number(NamedTuple):
    """A number in a cell, and how it is shown."""

    value: float
    form: Form = Form.PLAIN


Cell = str | Number  # an empty text is an empty cell


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, a title and a note above the heads, and the rows below them.

    A row of one cell is a heading. ``links`` gives cells of the first column that lead to
    another sheet its name. What ``wide`` columns hold is prose, whose lines are broken.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    links: frozenset[str] = frozenset()
    wide: frozenset[int] = frozenset()
    lang: Lang = "en"


def money(value: float) -> Number:
    """Return an amount in yuan, shown in 万元 (million yuan) if it is large."""
    return Number(value, Form.LARGE_YUAN if abs(value) >= LARGE_CNY else Form.YUAN)


def of_measure(name: str, value: float) -> Number:
    """Return a measure's value in the form of its unit."""
    try:
        unit = measure_of(name).unit
    except ArgumentError:  # of a table whose measures are others
        return Number(value)
    if unit is Unit.YUAN:
        return money(value)
    return Number(value, _FORMS[unit])


_FORMS = {
    Unit.COUNT: Form.TENTHS,
    Unit.MEAN: Form.HUNDREDTHS,
    Unit.SHARE: Form.SHARE,
    Unit.SECONDS: Form.SECONDS,
    Unit.HOURS: Form.TENTHS,
}
