"""Figures of a calibration: how far each parameter is narrowed, and pairs of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from hotline_sim.messages import text
from hotline_sim.plots import look
from hotline_sim.plots.words import wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import CalibrationResult
    from hotline_sim.messages import Lang

_ROW_IN, _HEAD_IN = 0.36, 1.5
_BAR = 0.56  # of a row
_MOST_PAIRED = 7  # parameters of the pair plot: more cannot be read
_PAIRED_IN = 1.28  # a row of it
_LETTERS = 17  # of a parameter's name beside a small plot
_BINS = 16


def narrowing_figure(result: CalibrationResult, lang: Lang) -> Figure:
    """Return the figure of how far each parameter is narrowed."""
    height = _HEAD_IN + _ROW_IN * max(len(result.narrowing), 3)
    figure = look.figure(height, label=text("plot.narrowing", lang))
    narrowing_bars(result, figure.add_subplot(), lang=lang)
    _foot(figure, result, lang)
    return figure


def pair_figure(result: CalibrationResult, lang: Lang) -> Figure:
    """Return the figure of the members, each pair of parameters in a plot of its own."""
    picked = paired(result)
    n = len(picked)
    figure = look.figure(_HEAD_IN + _PAIRED_IN * max(n, 2), label=text("plot.pairs", lang))
    words = {"x": 0.012, "ha": "left", "fontsize": look.TITLE_PT, "color": look.INK}
    figure.suptitle(text("plot.pairs", lang), **words, **look.WORDS)
    grid = figure.subplots(n, n, squeeze=False)
    for i, row in enumerate(picked):
        for j, column in enumerate(picked):
            pair_plot(result, grid[i, j], across=column, down=row, lang=lang)
    _foot(figure, result, lang)
    return figure


def narrowing_bars(result: CalibrationResult, ax: Axes, *, lang: Lang) -> Axes:
    """Draw where the middle 90 % of the members lie, in shares of what the ranges give.

    A pale bar is the whole range, a dark one the members, a hollow one those of a parameter
    that is free.
    """
    from hotline_sim.experiments.calibration.learning import shares_of

    look.prepare(ax, grid="x")
    told = result.narrowing
    ends = np.array([[one.low, one.high] for one in told]).T
    shares = shares_of(result.question, ends)
    places = np.arange(len(told))[::-1]
    for place, one, (low, high) in zip(places, told, shares.T, strict=True):
        ax.barh(place, 1.0, _BAR, color=look.PALE)
        face = look.PALE if one.is_free else look.SECOND
        ax.barh(place, high - low, _BAR, left=low, facecolor=face, edgecolor=look.SECOND)
        span = " … ".join(f"{float(f'{end:.4g}'):,.10g}" for end in (one.low, one.high))
        look.write(ax, (1.0, place), span, offset=(6, 0), va="center", bbox=None)
    ax.set_yticks(places, [one.key for one in told])
    ax.set_xlim(0.0, 1.22)
    marks = [text("plot.percent", lang, number=number) for number in (0, 25, 50, 75, 100)]
    ax.set_xticks([0.0, 0.25, 0.5, 0.75, 1.0], marks)
    legend = [
        (Patch(facecolor=look.SECOND), text("plot.of_members", lang)),
        (Patch(facecolor=look.PALE, edgecolor=look.SECOND), text("plot.free", lang)),
        (Patch(facecolor=look.PALE), text("plot.whole_range", lang)),
    ]
    look.head(ax, text("plot.narrowing", lang), legend=legend, columns=3)
    look.label_axes(ax, x=text("plot.share_of_range", lang))
    return ax


def pair_plot(result: CalibrationResult, ax: Axes, *, across: int, down: int, lang: Lang) -> Axes:
    """Draw the members by two parameters, each over its whole range; by one as a histogram.

    Above the diagonal is nothing, for it would be the same turned over.
    """
    del lang
    order = paired(result)
    if order.index(across) > order.index(down):
        ax.set_axis_off()
        return ax
    look.prepare(ax, grid="y")
    ax.grid(visible=False)
    values = result.runs.values[result.is_member]
    x, y = (result.question.parameters[i] for i in (across, down))
    ax.set_xlim(x.low, x.high)
    if across == down:
        ax.hist(
            values[:, across],
            bins=np.linspace(x.low, x.high, _BINS + 1).tolist(),
            color=look.MIDDLE,
        )
        ax.set_yticks([])
    else:
        ax.plot(values[:, across], values[:, down], ".", color=look.SECOND, ms=2.0, alpha=0.5)
        ax.set_ylim(y.low, y.high)
    ax.tick_params(labelsize=look.SMALL_PT)
    ax.xaxis.set_major_locator(MaxNLocator(2))
    if across != down:
        ax.yaxis.set_major_locator(MaxNLocator(2))
    last, first = down == order[-1], across == order[0]
    ax.tick_params(labelbottom=last, labelleft=first and across != down)
    small = {"fontsize": look.SMALL_PT, "color": look.QUIET, **look.WORDS}
    if last:
        ax.set_xlabel(wrapped(_short(x.key), _LETTERS, lines=3), **small)
    if first:
        ax.set_ylabel(wrapped(_short(y.key), _LETTERS, lines=3), **small)
    return ax


def paired(result: CalibrationResult) -> list[int]:
    """Return the parameters of the pair plot: those of the closest pairs, then the narrowed."""
    keys = [one.key for one in result.question.parameters]
    closest = [key for one in result.trade_offs for key in (one.first, one.second)]
    narrowest = sorted(result.narrowing, key=lambda one: one.left)
    wanted = dict.fromkeys([*closest, *(one.key for one in narrowest)])
    return sorted(keys.index(key) for key in list(wanted)[:_MOST_PAIRED])


def _short(key: str) -> str:
    """Return a key with room to break: its parts apart."""
    return key.replace(":", ": ").replace(".", ". ")


def _foot(figure: Figure, result: CalibrationResult, lang: Lang) -> None:
    line = text(
        "plot.calibrated",
        lang,
        scenarios=wrapped(", ".join(one.name for one in result.question.bases), 60, lines=1),
        members=int(result.is_member.sum()),
        seed=result.seed,
        version=result.version,
    )
    figure.supxlabel(
        line, x=0.012, ha="left", fontsize=look.SMALL_PT, color=look.QUIET, **look.WORDS
    )
