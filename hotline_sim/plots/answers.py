"""One measure of one run or two, on a line: means, intervals, replications, and what is wanted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, percent, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import RunResult
    from hotline_sim.messages import Lang

_HEAD_IN, _ROW_IN = 1.15, 0.42
_COLOURS = (look.FIRST, look.SECOND)
_ROOM = 0.06  # of what is drawn, on either side
_LEAST_REACH = 0.02  # of the value, so that a hair's breadth looks like one
_DASHED: Any = (0, (4, 3))


def answer_line(
    runs: Sequence[tuple[str, RunResult]],
    measure: str,
    *,
    lang: Lang | None = None,
    target: float | None = None,
    published: float | None = None,
) -> Figure:
    """Return a figure of a measure of one run or two, each with its name, one below the other.

    The bar is the 95 % interval of the mean, the dots are the replications; a dashed line is the
    published figure, a solid one the target.
    """
    lang = lang or default_language()
    title = measure_name(measure, lang, runs[0][1].scenario)
    with look.style(lang):
        figure = look.figure(_HEAD_IN + _ROW_IN * len(runs), label=title)
        ax = figure.add_subplot()
        look.prepare(ax, grid="x")
        lines = _lines(ax, measure, lang, target=target, published=published)
        for y, (_, result) in enumerate(runs):
            one = result.measures[measure]
            colour = _COLOURS[len(_COLOURS) - len(runs) + y]
            known = [value for value in one.replications if not math.isnan(value)]
            ax.plot(known, [y] * len(known), "o", color=colour, alpha=0.35, markersize=4)
            if not math.isnan(one.low):
                ax.plot([one.low, one.high], [y, y], color=colour, linewidth=7, alpha=0.55)
            if not math.isnan(one.mean):
                ax.plot([one.mean], [y], "D", color=colour, markersize=7, label="_mean")
        ax.set_yticks(range(len(runs)), [name for name, _ in runs])
        ax.set_ylim(len(runs) - 0.5, -0.5)
        _reach(ax, measure, lang, runs, [x for x in (target, published) if x is not None])
        look.head(ax, title, legend=lines, columns=2)
    return figure


def _lines(
    ax: Axes, measure: str, lang: Lang, *, target: float | None, published: float | None
) -> list[tuple[Any, str]]:
    """Draw what the measure is held against; return the legend."""
    found: list[tuple[Any, str]] = []
    if published is not None:
        line = ax.axvline(published, color=look.LINE, linewidth=1.6, linestyle=_DASHED)
        value = value_text(measure, published, lang, digits=2)
        found.append((line, text("plot.published_line", lang, value=value)))
    if target is not None:
        line = ax.axvline(target, color=look.AMISS, linewidth=1.6)
        value = value_text(measure, target, lang, digits=2)
        found.append((line, text("plot.target_line", lang, value=value)))
    return found


def _reach(
    ax: Axes, measure: str, lang: Lang, runs: Sequence[tuple[str, RunResult]], more: list[float]
) -> None:
    """Set the axis to what is drawn, with some room."""
    for _, result in runs:
        one = result.measures[measure]
        more += [one.low, one.high, *one.replications]
    known = [value for value in more if not math.isnan(value)]
    if known:
        low, high = min(known), max(known)
        room = max(_ROOM * (high - low), _LEAST_REACH * abs(high))
        least, most = measure_of(measure).bounds
        ax.set_xlim(max(low - room, least - room / 4), min(high + room, most + room / 4))
    if measure_of(measure).unit is Unit.SHARE:
        ax.xaxis.set_major_formatter(lambda share, _: percent(share, lang))
