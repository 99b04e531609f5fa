"""The table of the measures: what each counts, over what, and what it is called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import MEASURES
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.definitions import Measure
    from hotline_sim.messages import Lang

_ANY = "T"  # in place of a threshold's seconds


def definition_table(lang: Lang, measures: Iterable[Measure] = MEASURES.values()) -> Table:
    """Return measures: their names in files, titles, what they count, over what, their units."""
    heads = ("name", "title", "numerator", "denominator", "unit", "speaks")
    return Table(
        text("table.measures_defined", lang),
        tuple(text(f"table.{head}", lang) for head in heads),
        tuple(tuple(_cells(measure, lang).values()) for measure in measures),
        solid=frozenset({0}),
        note=text("table.measures_note", lang),
    )


def definition_dict(measure: Measure) -> dict[str, Any]:
    """Return a measure's record in words of both languages, as plain values."""
    return {
        "unit": measure.unit.value,
        "bounds": [None if abs(bound) == float("inf") else bound for bound in measure.bounds],
        "adds_up": measure.adds_up,
        "channels": measure.channels.value,
        "parameter": measure.parameter or None,
        **{lang: _words(measure, lang) for lang in ("en", "zh")},
    }


def _words(measure: Measure, lang: Lang) -> dict[str, str]:
    cells = _cells(measure, lang)
    return {key: cells[key] for key in ("title", "numerator", "denominator")}


def _cells(measure: Measure, lang: Lang) -> dict[str, str]:
    numerator, denominator = (
        text(f"counted.{name}", lang).format(within_s=_ANY) if name else NOTHING
        for name in (measure.numerator, measure.denominator)
    )
    return {
        "name": f"{measure.name}({_ANY})" if measure.parameter else measure.name,
        "title": text(f"measure.{measure.name}", lang).format(within_s=_ANY),
        "numerator": numerator,
        "denominator": denominator,
        "unit": text(f"unit.{measure.unit}", lang),
        "speaks": text(f"speaks.{measure.channels.value}", lang),
    }
