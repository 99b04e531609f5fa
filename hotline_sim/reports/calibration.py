"""What a calibration shows: figures and their limits, what is narrowed, what is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.definitions import measure_of
from hotline_sim.experiments.bands import middle
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import plain, shown_printed, shown_range, shown_span
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments import CalibrationResult
    from hotline_sim.experiments.calibration import Narrowing
    from hotline_sim.experiments.parameters import Parameter
    from hotline_sim.messages import Lang

_PAIRS_SHOWN, _FURTHER_SHOWN = 8, 8
_FEW = 0.1  # shares below it show a decimal
_DIGITS = 4  # of a parameter's value: what a set of hundreds can tell


def calibration_sentences(result: CalibrationResult, lang: Lang) -> list[str]:
    """Return what was found in words: how many members, or which figures quarrel."""
    members = int(result.is_member.sum())
    values = {"drawn": result.drawn, "played": len(result.runs)}
    if not members:
        return [text("calibration.none", lang, played=values["played"]), _quarrel(result, lang)]
    found = [text("calibration.members", lang, members=members, **values)]
    if members < result.question.members:
        found.append(text("calibration.fewer", lang, wanted=result.question.members))
    free = [one.key for one in result.narrowing if one.is_free]
    if free:
        found.append(text("calibration.free", lang, keys=_listed(free, lang)))
    if result.further:
        one = result.further[0]
        base = next(b for b in result.question.bases if b.name == one.scenario)
        name = measure_name(one.measure, lang, base)
        most = {"key": one.key, "by": _percent(one.narrowed)}
        found.append(text("calibration.ask", lang, measure=name, scenario=one.scenario, **most))
    return found


def calibration_answer(result: CalibrationResult, lang: Lang) -> str:
    """Return what was found in a sentence."""
    first, second, *_ = [*calibration_sentences(result, lang), ""]
    return first if result.is_member.any() else f"{first} {second}"


def _quarrel(result: CalibrationResult, lang: Lang) -> str:
    quarrelling = result.quarrelling
    if not quarrelling:
        return text("calibration.no_culprit", lang)
    names = [
        text(
            "calibration.named",
            lang,
            scenario=one.scenario,
            measure=measure_name(one.measure, lang, result.question.bases[one.base]),
            value=shown_printed(one.measure, one.value),
        )
        for one in quarrelling
    ]
    how = "calibration.out_of_reach" if len(names) == 1 else "calibration.quarrel"
    return text(how, lang, figures=_listed(names, lang))


def figure_table(result: CalibrationResult, lang: Lang) -> Table:
    """Return each published figure, between what an expected one may lie, and does in the set."""
    rows = []
    for i, surface in enumerate(result.surfaces):
        one = surface.figure
        printed = shown_printed(one.measure, one.value)
        span = shown_range(one.measure, one.value, one.low, one.high)
        rows.append(
            (
                one.scenario,
                measure_name(one.measure, lang, result.question.bases[one.base]),
                text("table.rounded", lang, value=printed, span=span) if span else printed,
                shown_span(one.measure, *_possible(one.measure, surface.limits)),
                shown_span(one.measure, *middle(result.expected[:, i].tolist())),
            )
        )
    heads = ("scenario", "figure", "published", "limits", "of_set")
    return Table(
        text("calibration.figures", lang),
        tuple(text(f"calibration.{name}", lang) for name in heads),
        tuple(rows),
        frozenset(range(2, len(heads))),
        note=text("calibration.figures_note", lang),
    )


def _possible(measure: str, limits: tuple[float, float]) -> tuple[float, float]:
    """Return limits without what a measure cannot be."""
    low, high = measure_of(measure).bounds
    return max(limits[0], low), min(limits[1], high)


def narrowing_table(result: CalibrationResult, lang: Lang) -> Table:
    """Return how far each parameter is narrowed."""
    rows = [
        _narrowed(parameter, one, lang)
        for parameter, one in zip(result.question.parameters, result.narrowing, strict=True)
    ]
    heads = ("key", "range", "of_set", "median", "left", "verdict")
    return Table(
        text("calibration.narrowing", lang),
        tuple(text(f"calibration.{name}", lang) for name in heads),
        tuple(rows),
        frozenset(range(1, len(heads) - 1)),
        note=text("calibration.narrowing_note", lang),
    )


def _narrowed(parameter: Parameter, one: Narrowing, lang: Lang) -> tuple[str, ...]:
    return (
        one.key,
        f"{_number(parameter.low)} … {_number(parameter.high)}",
        f"{_number(one.low)} … {_number(one.high)}",
        _number(one.median),
        f"{_percent(one.left)} ({_percent(one.left_low)} … {_percent(one.left_high)})",
        text(f"calibration.{'is_free' if one.is_free else 'is_narrowed'}", lang),
    )


def trade_off_table(result: CalibrationResult, lang: Lang) -> Table:
    """Return the pairs of parameters that go together, the closest first."""
    pairs = result.trade_offs[:_PAIRS_SHOWN]
    rows = [(one.first, one.second, f"{one.correlation:+.2f}") for one in pairs]
    heads = ("first", "second", "correlation")
    return Table(
        text("calibration.trade_offs", lang, shown=len(pairs), all=len(result.trade_offs)),
        tuple(text(f"calibration.{name}", lang) for name in heads),
        tuple(rows),
        frozenset({2}),
    )


def further_table(result: CalibrationResult, lang: Lang) -> Table:
    """Return the figures that are not published and would tell most."""
    rows = []
    for one in result.further[:_FURTHER_SHOWN]:
        base = next(b for b in result.question.bases if b.name == one.scenario)
        rows.append(
            (
                one.scenario,
                measure_name(one.measure, lang, base),
                shown_span(one.measure, one.low, one.high),
                f"{one.gain:.2f}",
                one.key,
                _percent(one.narrowed),
            )
        )
    heads = ("scenario", "figure", "of_set", "gain", "gains_most", "narrowed_by")
    return Table(
        text("calibration.further", lang),
        tuple(text(f"calibration.{name}", lang) for name in heads),
        tuple(rows),
        frozenset({2, 3, 5}),
        note=text("calibration.further_note", lang),
    )


def _listed(words: Sequence[str], lang: Lang) -> str:
    return text("range.comma", lang).join(words)


def _number(value: float) -> str:
    return plain(float(f"{value:.{_DIGITS}g}"))


def _percent(share: float) -> str:
    if share != share:
        return NOTHING
    return f"{100.0 * share:.{1 if share < _FEW else 0}f} %"
