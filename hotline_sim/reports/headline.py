"""The measures of a run, and of two beside one another, as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hotline_sim.definitions import Scope, Unit
from hotline_sim.experiments import other_people, side_names
from hotline_sim.measures import measure_name, named
from hotline_sim.messages import text
from hotline_sim.reports.numbers import shown, shown_difference, shown_span
from hotline_sim.reports.tables import Table, range_head, ranged, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hotline_sim.experiments import CompareResult, Estimate, RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario


def _head(lang: Lang, *names: str) -> tuple[str, ...]:
    return tuple(text(f"table.{name}", lang) for name in names)


def headline_table(result: RunResult, lang: Lang) -> Table:
    """Return the measures of a run with their 95 % intervals."""
    title = text("table.measures", lang, title=title_of(result.scenario, lang))
    return _measure_table(result, lang, title=title, headline=True)


def waits_table(result: RunResult, lang: Lang) -> Table:
    """Return what else is measured of waits and of the queue, with 95 % intervals."""
    table = _measure_table(result, lang, title=text("table.waits", lang), headline=False)
    return replace(table, note=text("table.waits_note", lang))


def difference_table(compared: CompareResult, lang: Lang) -> Table:
    """Return two scenarios' measures and the paired differences with their intervals."""
    a, b, difference = compared.a.measures, compared.b.measures, compared.difference
    rows = tuple(
        (
            measure_name(name, lang, compared.a.scenario),
            shown(name, a[name].mean),
            shown(name, b[name].mean),
            shown_difference(name, difference[name].mean),
            shown_span(name, difference[name].low, difference[name].high, difference=True),
            *ranged(name, compared),
        )
        for name in _known(compared.a.scenario, difference)
    )
    letters = text("plot.first", lang), text("plot.second", lang)
    names = [
        text("plot.named", lang, what=letter, title=name)
        for letter, name in zip(letters, side_names(compared, lang), strict=True)
    ]
    heads = (
        *_head(lang, "measure"),
        *letters,
        *_head(lang, "difference", "interval"),
        *range_head(compared, lang),
    )
    same = not other_people(compared, lang)
    title = text("table.compared" if same else "table.compared_others", lang)
    note = text("compare.sides", lang, a=names[0], b=names[1])
    return Table(title, heads, rows, frozenset(range(1, len(heads))), note=note)


def _measure_table(result: RunResult, lang: Lang, *, title: str, headline: bool) -> Table:
    found = result.measures
    rows = tuple(
        (
            measure_name(name, lang, result.scenario),
            shown(name, found[name].mean),
            shown_span(name, found[name].low, found[name].high),
            *ranged(name, result),
        )
        for name in _known(result.scenario, found, headline=headline)
    )
    heads = (*_head(lang, "measure", "mean", "interval"), *range_head(result, lang))
    return Table(title, heads, rows, frozenset(range(1, len(heads))))


def _known(
    scenario: Scenario, estimates: Mapping[str, Estimate], *, headline: bool = True
) -> Iterable[str]:
    """Return the measures that say something: no counts that are always zero, nothing nan.

    Those of the headline, or the others.
    """
    for name, measure in named(scenario, Scope.RUN):
        one = estimates.get(name)
        if measure.in_headline is not headline or one is None or one.mean != one.mean:  # nan
            continue
        if measure.unit is Unit.COUNT and not any(one.replications):
            continue
        yield name
