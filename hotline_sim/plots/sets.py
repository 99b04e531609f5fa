"""The figures that go with each kind of result, by the name of their file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.experiments import PAIRS, side_names
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.attribution import attribution_figure
from hotline_sim.plots.budgets import frontier
from hotline_sim.plots.calibration import narrowing_figure, pair_figure
from hotline_sim.plots.comparisons import against_published, before_and_after, dumbbells
from hotline_sim.plots.replications import histogram, told_of
from hotline_sim.plots.runs import days, demand_and_connect_rate, offered_and_answered, waits
from hotline_sim.plots.sensitivities import index_figure, tornado_figure
from hotline_sim.plots.staff import need_and_floor
from hotline_sim.plots.sweeps import heat_map, sweep_curve, sweep_title
from hotline_sim.plots.words import measure_name, percent, title_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import (
        BudgetResult,
        CompareResult,
        ReproduceResult,
        Result,
        RunResult,
        StaffResult,
        SweepResult,
    )
    from hotline_sim.messages import Lang

_HEIGHT_IN = 4.9
_WEEK_IN = 9.0
_SATISFACTION = "satisfaction_of_cases"  # the truth, and of everybody who called
_ROW_IN, _LABELLED_ROW_IN = 0.62, 0.74  # of a figure in rows
_HEAD_IN = 1.7  # its title, legend and footer


def figure_of(result: Result, name: str, *, lang: Lang | None = None) -> Figure:
    """Return a figure of a result by its name in ``FIGURES``.

    Raises
    ------
    KeyError
        If results of that kind have no such figure.
    """
    lang = lang or default_language()
    draw = FIGURES[result.kind][name]
    with look.style(lang):
        return draw(result, lang)


def _day(result: RunResult, lang: Lang) -> Figure:
    return _one(demand_and_connect_rate, result, "plot.day", lang)


def _waits(result: RunResult, lang: Lang) -> Figure:
    return _one(waits, result, "plot.waits", lang)


def _days(result: RunResult, lang: Lang) -> Figure:
    return _one(days, result, "plot.days", lang)


def _replications(result: RunResult, lang: Lang) -> Figure:
    """Draw the replications of what the run was asked for."""
    measure, target = told_of(result) or ("connect_rate", None)
    name = measure_name(measure, lang, result.scenario)
    figure = look.figure(_HEIGHT_IN, label=text("plot.replications", lang, measure=name))
    histogram(result, figure.add_subplot(), measure=measure, target=target, lang=lang)
    look.footer(figure, [result], lang=lang, bars="mean")
    return figure


def _two_rates(result: CompareResult, lang: Lang) -> Figure:
    return _rates(result, lang, (text("plot.first", lang), text("plot.second", lang)))


def _two_days(result: CompareResult, lang: Lang) -> Figure:
    return _pair(demand_and_connect_rate, result, lang, ("plot.first", "plot.second"))


def _two_waits(result: CompareResult, lang: Lang) -> Figure:
    return _pair(waits, result, lang, ("plot.first", "plot.second"))


def _years_rates(result: ReproduceResult, lang: Lang) -> Figure:
    names = (text("table.before", lang), text("table.after", lang))
    return _rates(result.comparison, lang, names)


def _years_days(result: ReproduceResult, lang: Lang) -> Figure:
    both = ("table.before", "table.after")
    return _pair(demand_and_connect_rate, result.comparison, lang, both)


def _years_waits(result: ReproduceResult, lang: Lang) -> Figure:
    return _pair(waits, result.comparison, lang, ("table.before", "table.after"))


def _sweep(result: SweepResult, lang: Lang) -> Figure:
    """Draw a curve over one key, or a heat map over two."""
    measure = result.measure
    figure = look.figure(_HEIGHT_IN, label=sweep_title(result, measure, lang))
    if len(result.over) == 1:
        ax = figure.add_subplot()
        sweep_curve(result, ax, measure=measure, target=result.target, lang=lang)
    else:
        ax = figure.add_subplot()
        heat_map(result, ax, measure=measure, target=result.target, lang=lang)
    bars = "mean" if len(result.over) == 1 else "cells"
    look.footer(figure, [result], lang=lang, bars=bars)
    return figure


def _budget(result: BudgetResult, lang: Lang) -> Figure:
    """Draw two measures over money, one over the other."""
    measure = result.measure
    label = text("plot.frontier", lang, measure=measure_name(measure, lang, result.scenario))
    figure = look.figure(1.75 * _HEIGHT_IN, label=label)
    upper, lower = figure.subplots(2, 1)
    frontier(result, upper, measure=measure, lang=lang)
    second = _SATISFACTION if measure != _SATISFACTION else "case_connect_rate"
    known = result.replications[0]
    frontier(result, lower, measure=second if second in known else "asa_s", lang=lang)
    look.footer(figure, [result], lang=lang, bars="both")
    return figure


def _staff(result: StaffResult, lang: Lang) -> Figure:
    """Draw the need and the floor of each weekday, one below the other."""
    label = text("plot.staff", lang, title=title_of(result.scenario, lang))
    figure = look.figure(_WEEK_IN, label=label)
    need_and_floor(result, figure, lang=lang)
    look.footer(figure, [result], lang=lang, bars="week")
    return figure


def _pair(
    draw: Callable[..., Axes], result: CompareResult, lang: Lang, names: tuple[str, str]
) -> Figure:
    below = [
        text("plot.named", lang, what=text(name, lang), title=title)
        for name, title in zip(names, side_names(result, lang, titled=True), strict=True)
    ]
    return _two(draw, [result.a, result.b], below, lang)


def _one(draw: Callable[..., Axes], result: RunResult, title: str, lang: Lang) -> Figure:
    figure = look.figure(_HEIGHT_IN, label=_label(title, result, lang))
    draw(result, figure.add_subplot(), lang=lang)
    look.footer(figure, [result], lang=lang, bars="mean")
    return figure


def _two(draw: Callable[..., Axes], pair: list[RunResult], names: list[str], lang: Lang) -> Figure:
    """Draw a figure of each of two results, one over the other, on the same scale."""
    figure = look.figure(1.75 * _HEIGHT_IN, label=" / ".join(names))
    upper, lower = figure.subplots(2, 1)
    for ax, result, name in zip((upper, lower), pair, names, strict=True):
        draw(result, ax, lang=lang, name=name)
    _same_scale(upper, lower)
    look.footer(figure, pair, lang=lang, bars="mean")
    return figure


def _published(result: RunResult, lang: Lang) -> Figure:
    height = _HEAD_IN + _ROW_IN * max(len(result.published), 2)
    figure = look.figure(height, label=_label("plot.against_published", result, lang))
    against_published(result, figure.add_subplot(), lang=lang)
    look.footer(figure, [result], lang=lang, bars="single")
    return figure


def _rates(comparison: CompareResult, lang: Lang, names: tuple[str, str]) -> Figure:
    height = _HEAD_IN + _LABELLED_ROW_IN * max(len(dumbbells(comparison)), 2)
    figure = look.figure(height, label=text("plot.before_and_after", lang))
    before_and_after(comparison, figure.add_subplot(), lang=lang, names=names)
    look.footer(figure, [comparison.a, comparison.b], lang=lang, bars="mean")
    return figure


def _whole(result: ReproduceResult, lang: Lang) -> Figure:
    """Draw both years on one page: the days on the left, the rates on the right."""
    words = _headline(result, lang)
    figure = look.figure(6.7, label=words)
    figure.suptitle(words, x=0.012, ha="left", fontsize=14.5, color=look.INK, **look.WORDS)
    halves = figure.add_gridspec(1, 2, width_ratios=(1, 1.1))
    left, right = figure.add_subfigure(halves[0, 0]), figure.add_subfigure(halves[0, 1])
    upper, lower = left.subplots(2, 1)
    years = ((result.before, "before", look.FIRST), (result.after, "after", look.SECOND))
    for ax, (year, when, colour) in zip((upper, lower), years, strict=True):
        rate = percent(year.measures["connect_rate"].mean, lang)
        title = text("plot.year_rate", lang, when=text(f"table.{when}", lang), rate=rate)
        offered_and_answered(year, ax, lang=lang, title=title, colour=colour)
    _same_scale(upper, lower)
    before_and_after(result.comparison, right.add_subplot(), lang=lang)
    look.footer(figure, [result.before, result.after], lang=lang, bars="mean")
    return figure


def _headline(result: ReproduceResult, lang: Lang) -> str:
    """Return the finding in one sentence: of 100 calls, how many were answered."""
    years = (result.before, result.after)
    if result.name in PAIRS:
        pair = text(f"plot.pair.{result.name}", lang)
    else:
        pair = " → ".join(one.scenario.stamped_name for one in years)
    rates = [one.measures["connect_rate"].mean for one in years]
    if any(map(math.isnan, rates)):
        return pair
    before, after = map(_of_100, rates)
    if result.name in PAIRS:
        return text("plot.of_100", lang, pair=pair, before=before, after=after)
    return text("plot.of_100_of_any", lang, before=before, after=after)


def _of_100(rate: float) -> str:
    """Return how many of 100; with decimals where a whole number would say none, or all."""
    whole = f"{100 * rate:.0f}"
    return f"{100 * rate:.4g}" if whole in {"0", "100"} else whole


def _same_scale(upper: Axes, lower: Axes) -> None:
    """Give two Axes the larger of their scales, so that they can be compared by eye."""
    for get, put in (("get_ylim", "set_ylim"), ("get_xlim", "set_xlim")):
        limits = [getattr(ax, get)() for ax in (upper, lower)]
        both = min(low for low, _ in limits), max(high for _, high in limits)
        for ax in (upper, lower):
            getattr(ax, put)(*both)


def _label(title: str, result: RunResult, lang: Lang) -> str:
    about = title_of(result.scenario, lang)
    return text("plot.named", lang, what=text(title, lang), title=about)


# The figures of each kind of result, by name: ``days`` needs two days, ``replications`` two
# replications, ``published`` published figures, ``sweep`` at most two keys. What a result shows
# of them is said in reports.
FIGURES: dict[str, dict[str, Callable[[Any, Lang], Figure]]] = {
    "run": {
        "day": _day,
        "waits": _waits,
        "days": _days,
        "replications": _replications,
        "published": _published,
    },
    "compare": {"before_and_after": _two_rates, "day": _two_days, "waits": _two_waits},
    "reproduce": {
        "whole": _whole,
        "before_and_after": _years_rates,
        "day": _years_days,
        "waits": _years_waits,
        "published_before": lambda result, lang: _published(result.before, lang),
        "published_after": lambda result, lang: _published(result.after, lang),
    },
    "sweep": {"sweep": _sweep},
    "budget": {"budget": _budget},
    "attribute": {"attribute": attribution_figure},
    "sensitivity": {"indices": index_figure, "tornado": tornado_figure},
    "staff": {"staff": _staff},
    "calibrate": {"narrowing": narrowing_figure, "pairs": pair_figure},
}
