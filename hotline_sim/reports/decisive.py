"""Which assumption moves an answer most, by the draws that it was played over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.experiments.bands import rows_of
from hotline_sim.experiments.drivers import FEWEST_TO_NAME, drivers_of
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.answers import leading_measure
from hotline_sim.reports.numbers import plain
from hotline_sim.reports.tables import Part, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments import (
        BudgetResult,
        CompareResult,
        Result,
        RunResult,
        SweepResult,
    )
    from hotline_sim.experiments.drivers import Driver
    from hotline_sim.messages import Lang
    from hotline_sim.reports.parts import Block

_MOST = 10


def for_run(result: RunResult, lang: Lang) -> list[Block]:
    """Return which assumed numbers move the leading measure; nothing without draws."""
    name = leading_measure(result.measures, result.scenario)
    return _told(result, name, [one[name] for one in result.draws], lang)


def for_comparison(result: CompareResult, lang: Lang) -> list[Block]:
    """Return which assumed numbers move the difference; nothing without draws."""
    name = leading_measure(result.difference, *result.header.scenarios)
    return _told(result, name, [one[name] for one in result.differences], lang)


def for_sweep(result: SweepResult, lang: Lang) -> list[Block]:
    """Return which assumed numbers move the measure at the last point; nothing without draws."""
    name = result.measure
    return _told(result, name, [one[name] for one in result.points[-1].draws], lang)


def for_budget(result: BudgetResult, lang: Lang) -> list[Block]:
    """Return which assumed numbers decide between the employments at the middle budget.

    Of one employment: which move what that budget buys.
    """
    number, name = len(result.budgets_cny) // 2, result.measure
    if len(result.frontier) == 1:
        (points,) = result.frontier.values()
        return _told(result, name, [one[name] for one in points[number].draws], lang)
    return _told(result, name, result.differences(name, number), lang)


def unmeasured(_result: Result, _lang: Lang) -> list[Block]:
    """Return nothing, for an experiment that does not measure which assumption moves it most."""
    return []


def _told(result: Result, measure: str, found: Sequence[float], lang: Lang) -> list[Block]:
    """Return a sentence that names the strongest, and a table of them."""
    if not found:
        return []
    if len(found) < FEWEST_TO_NAME:
        few = {"draws": len(found), "fewest": FEWEST_TO_NAME}
        return [text("report.few_draws", lang, **few)]
    said = measure_name(measure, lang, result.scenario)
    drivers = drivers_of(rows_of(result.header.parameters), found)
    if not drivers:
        return [text("report.no_drivers", lang, draws=len(found), measure=said)]
    first = drivers[0]
    strongest = {"key": first.key, "correlation": f"{first.correlation:+.2f}"}
    return [
        text("report.strongest", lang, measure=said, draws=len(found), **strongest),
        _table(result, drivers[:_MOST], said, lang),
    ]


def _table(result: Result, drivers: Sequence[Driver], said: str, lang: Lang) -> Table:
    drawn = result.header.parameters
    known = {} if drawn is None else {one.key: one for one in drawn.parameters}
    rows = []
    for one in drivers:
        number = known[one.key]
        stated = NOTHING if number.value is None else plain(number.value)
        span = f"{plain(number.low)} … {plain(number.high)}"
        rows.append((one.key, stated, span, f"{one.correlation:+.2f}"))
    heads = ("table.key", "table.value", "table.range", "report.correlation")
    return Table(
        text("report.drivers", lang, measure=said),
        tuple(text(head, lang) for head in heads),
        tuple(rows),
        frozenset({1, 2, 3}),
        solid=frozenset({0}),
        note=text("report.drivers_note", lang),
        part=Part.ASSUMED,
    )
