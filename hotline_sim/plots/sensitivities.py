"""Figures of a sensitivity analysis: a tornado, and indices with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, percent, title_of, value_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import SensitivityResult
    from hotline_sim.experiments.sensitivities import Interval
    from hotline_sim.messages import Lang

_MOST_PANELS = 4  # measures
_ROW_IN, _PANEL_IN = 0.3, 1.45
_BAR = 0.6
_APART = 0.16  # of the two indices of a row, from its middle
_KEY_LETTERS = 44


def tornado(result: SensitivityResult, ax: Axes, *, measure: str, lang: Lang | None = None) -> Axes:
    """Draw what each of the chosen numbers does at its lowest and highest, the others as stated.

    Bars begin at the measure with all as stated; thin lines are the 95 % intervals of the
    paired changes. The farthest reaching are at the top.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="x")
    stated, swings = result.stated(measure).mean, result.swings(measure)
    order = sorted(range(len(swings)), key=lambda i: swings[i].reach)  # the last at the top
    legend: list[tuple[Artist, str]] = []
    for name, colour in (("low", look.FIRST), ("high", look.SECOND)):
        ends = [getattr(swings[i], f"at_{name}") for i in order]
        widths = [0.0 if math.isnan(one.mean) else one.mean for one in ends]
        bars = ax.barh(range(len(order)), widths, _BAR, left=stated, color=colour)
        halves = [0.0 if math.isnan(one.half_width) else one.half_width for one in ends]
        at = [stated + width for width in widths]
        ax.errorbar(at, range(len(order)), xerr=halves, fmt="none", ecolor=look.INK, elinewidth=1.1)
        legend.append((bars[0], text(f"plot.at_{name}", lang)))
    ax.axvline(stated, color=look.INK, linewidth=1.0)
    ax.xaxis.set_major_formatter(lambda x, _: value_text(measure, x, lang))
    _label_rows(ax, [result.keys[i] for i in order])
    said = measure_name(measure, lang, result.scenario)
    _head(result, ax, "plot.tornado", said, legend, lang)
    return ax


def index_intervals(
    result: SensitivityResult, ax: Axes, *, measure: str, lang: Lang | None = None
) -> Axes:
    """Draw the first-order and total indices of the chosen numbers, with 95 % intervals.

    Where there is none to show, that is said.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="x")
    found, order = result.indices[measure], result.order(measure)[::-1]
    said = measure_name(measure, lang, result.scenario)
    if any(math.isnan(one.total.value) for one in found):
        _head(result, ax, "plot.indices", said, [], lang)
        return look.say(ax, text("plot.no_indices", lang))
    legend: list[tuple[Artist, str]] = []
    for name, colour, shift, shape in (
        ("first", look.FIRST, _APART, "o"),
        ("total", look.SECOND, -_APART, "s"),
    ):
        intervals: list[Interval] = [getattr(found[i], name) for i in order]
        rows = [number + shift for number in range(len(order))]
        ax.hlines(rows, *_ends(intervals), color=colour, linewidth=1.8)
        how: dict[str, Any] = {"color": colour, "marker": shape, "linestyle": "", "markersize": 5.0}
        (mark,) = ax.plot([one.value for one in intervals], rows, **how)
        legend.append((mark, text(f"plot.index_{name}", lang)))
    ax.axvline(0.0, color=look.INK, linewidth=1.0)
    ax.xaxis.set_major_formatter(lambda x, _: percent(x, lang, digits=0))
    _label_rows(ax, [result.keys[i] for i in order])
    look.label_axes(ax, x=text("plot.of_variance", lang))
    _head(result, ax, "plot.indices", said, legend, lang)
    return ax


def tornado_figure(result: SensitivityResult, lang: Lang) -> Figure:
    """Return the tornado of each measure, one below the other."""
    return _panels(result, tornado, "plot.tornado", "tornado", lang)


def index_figure(result: SensitivityResult, lang: Lang) -> Figure:
    """Return the indices of each measure, one below the other."""
    return _panels(result, index_intervals, "plot.indices", "indices", lang)


def _panels(
    result: SensitivityResult, draw: Callable[..., Axes], title: str, bars: str, lang: Lang
) -> Figure:
    measures = result.measures[:_MOST_PANELS]
    height = len(measures) * (_PANEL_IN + _ROW_IN * len(result.chosen))
    names = [measure_name(name, lang, result.scenario) for name in measures]
    figure = look.figure(height, label=" / ".join(text(title, lang, measure=n) for n in names))
    every = figure.subplots(len(measures), 1, squeeze=False)
    for ax, measure in zip(every[:, 0], measures, strict=True):
        draw(result, ax, measure=measure, lang=lang)
    look.footer(figure, [result], lang=lang, bars=bars)
    return figure


def _head(
    result: SensitivityResult,
    ax: Axes,
    title: str,
    said: str,
    legend: list[tuple[Artist, str]],
    lang: Lang,
) -> None:
    words = look.fitted(ax, text(title, lang, measure=said), lines=1)
    below = look.fitted(ax, title_of(result.scenario, lang), lines=1)
    look.head(ax, words, below=below, legend=legend, columns=2)


def _label_rows(ax: Axes, keys: list[str]) -> None:
    ax.set_yticks(range(len(keys)), [_short(key) for key in keys], fontsize=look.SMALL_PT)
    ax.set_ylim(-0.6, len(keys) - 0.4)


def _short(key: str) -> str:
    """Return a key, of a long one its end."""
    return key if len(key) <= _KEY_LETTERS else f"…{key[1 - _KEY_LETTERS :]}"


def _ends(intervals: list[Interval]) -> tuple[list[float], list[float]]:
    return [one.low for one in intervals], [one.high for one in intervals]
