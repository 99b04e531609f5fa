"""Figures of a sweep: a curve over one key, a heat map over two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap

from hotline_sim.experiments import Verdict
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, title_of, value_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from hotline_sim.experiments import SweepResult, Target
    from hotline_sim.messages import Lang

_BAND_ALPHA, _RANGE_ALPHA = 0.22, 0.1
_MOST_TICKS = 13
_DARK_FROM = 0.55  # of the colours' range: words on them are white
_MOST_WORDS = 15  # cells in a row or column that still have room for their number
_COLOURS = LinearSegmentedColormap.from_list("hotline-sim", ["#F4F7FA", look.MIDDLE, look.SECOND])


def sweep_title(result: SweepResult, measure: str, lang: Lang) -> str:
    """Return what a sweep's figure is called."""
    keys = " × ".join(result.over)
    return text("plot.sweep", lang, measure=measure_name(measure, lang, result.scenario), keys=keys)


def sweep_curve(
    result: SweepResult,
    ax: Axes,
    *,
    measure: str,
    target: Target | None = None,
    lang: Lang | None = None,
) -> Axes:
    """Draw a measure over the values of a sweep's one key, with its band.

    A lighter band holds 90 % of the draws, if there are any. A line marks the published figure,
    another the target, where there is one.
    """
    lang = lang or default_language()
    ((key, values),) = result.over.items()
    look.prepare(ax, grid="y")
    title = look.fitted(ax, sweep_title(result, measure, lang), lines=1)
    found = [point.measures[measure] for point in result.points]
    at = _places(values)
    _value_axis(ax, measure, lang)
    if result.header.draws:
        low, high = zip(*(point.span(measure) for point in result.points), strict=True)
        light = ax.fill_between(at, low, high, color=look.SECOND, alpha=_RANGE_ALPHA, linewidth=0)
        light.set_label("_range")
    bands = ([one.low for one in found], [one.high for one in found])
    ax.fill_between(at, *bands, color=look.SECOND, alpha=_BAND_ALPHA, linewidth=0)
    means = [one.mean for one in found]
    (line,) = ax.plot(at, means, "o-", color=look.SECOND, lw=1.8, ms=5.5, label="_sweep")
    legend: list[tuple[Artist, str]] = [(line, text("plot.simulated", lang))]
    legend += _hollow(result, ax, at, measure, target, lang)
    published = result.published(measure)
    marks = [("plot.published_line", published, look.LINE, "--")]
    marks += [("plot.target_line", target.value, look.AMISS, ":")] if target else []
    for words, value, colour, dashes in marks:
        if value is not None:
            mark = ax.axhline(value, color=colour, linestyle=dashes, linewidth=1.6)
            legend.append(
                (mark, text(words, lang, value=value_text(measure, value, lang, digits=2)))
            )
    step = -(-len(values) // _MOST_TICKS)
    ax.set_xticks(at[::step], values[::step])
    below = look.fitted(ax, title_of(result.scenario, lang))
    look.head(ax, title, below=below, legend=legend, columns=3)
    look.label_axes(ax, x=look.fitted(ax, key), y=measure_name(measure, lang, result.scenario))
    return ax


def _hollow(
    result: SweepResult, ax: Axes, at: list[float], measure: str, target: Target | None, lang: Lang
) -> list[tuple[Artist, str]]:
    """Leave points hollow that do not surely meet a target; return their legend, if any is."""
    if target is None or target.measure != measure:
        return []
    found = [point.measures[measure] for point in result.points]
    pairs = zip(at, found, strict=True)
    missing = [(x, one.mean) for x, one in pairs if target.verdict(one) is not Verdict.MET]
    if not missing:
        return []
    how: dict[str, Any] = {"mfc": "white", "mec": look.SECOND, "ms": 5.5, "label": "_misses"}
    (mark,) = ax.plot(*zip(*missing, strict=True), "o", color=look.SECOND, **how)
    return [(mark, text("plot.misses", lang))]


def heat_map(
    result: SweepResult,
    ax: Axes,
    *,
    measure: str,
    target: Target | None = None,
    lang: Lang | None = None,
) -> Axes:
    """Draw a measure over the values of a sweep's two keys, a cell a pair, its mean in the cell.

    Cells that meet a target of the measure have a dot and are fenced off by a line; those of
    which that is not decided have a ring.
    """
    lang = lang or default_language()
    (down, rows), (across, columns) = result.over.items()
    means = np.array([point.measures[measure].mean for point in result.points])
    means = means.reshape(len(rows), len(columns))
    low, high = (np.nanmin(means), np.nanmax(means)) if not np.isnan(means).all() else (0.0, 1.0)
    look.prepare(ax, grid="y")
    ax.grid(visible=False)
    ax.imshow(means, cmap=_COLOURS, aspect="auto", origin="lower", vmin=low, vmax=high)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    if max(len(rows), len(columns)) <= _MOST_WORDS:
        for (i, j), mean in np.ndenumerate(means):
            dark = not math.isnan(mean) and mean - low > _DARK_FROM * (high - low) > 0
            words = value_text(measure, float(mean), lang)
            colour = "white" if dark else look.INK
            look.write(ax, (j, i), words, color=colour, ha="center", va="center", bbox=None)
    legend = []
    if target is not None and target.measure == measure:
        found = [target.verdict(point.measures[measure]) for point in result.points]
        legend = _target_cells(ax, np.array(found).reshape(means.shape), target, lang)
    title = look.fitted(ax, sweep_title(result, measure, lang), lines=1)
    below = look.fitted(ax, title_of(result.scenario, lang))
    look.head(ax, title, below=below, legend=legend, columns=2)
    look.label_axes(ax, x=look.fitted(ax, across), y=look.fitted(ax, down))
    return ax


def _target_cells(
    ax: Axes, verdicts: NDArray[np.str_], target: Target, lang: Lang
) -> list[tuple[Artist, str]]:
    """Mark the cells of a map that meet a target, and those not decided; return the legend."""
    value = value_text(target.measure, target.value, lang, digits=2)
    words = {
        Verdict.MET: text("plot.target_cell", lang, value=value),
        Verdict.NOT_DECIDED: text("plot.open_cell", lang),
    }
    legend: list[tuple[Artist, str]] = []
    for verdict, said in words.items():
        down, across = np.nonzero(verdicts == verdict)
        face = look.AMISS if verdict is Verdict.MET else "white"
        how: dict[str, Any] = {"mfc": face, "mec": look.AMISS, "ms": 6, "ls": ""}
        (dots,) = ax.plot(across - 0.38, down + 0.36, "o", label=f"_{verdict}", **how)
        legend.append((dots, said))
    _fence(ax, verdicts == Verdict.MET)
    return legend


def _fence(ax: Axes, met: NDArray[np.bool_]) -> None:
    """Draw the line between cells that meet a target and cells beside them that do not."""
    edges = []
    for i, j in np.argwhere(met[:, 1:] != met[:, :-1]).tolist():
        edges.append([(j + 0.5, i - 0.5), (j + 0.5, i + 0.5)])
    for i, j in np.argwhere(met[1:] != met[:-1]).tolist():
        edges.append([(j - 0.5, i + 0.5), (j + 0.5, i + 0.5)])
    lines = LineCollection(edges, colors=look.AMISS, linewidths=2.2, capstyle="round")
    lines.set_label("_fence")
    ax.add_collection(lines, autolim=False)


def _places(values: tuple[str, ...]) -> list[float]:
    """Return where values stand on the axis: numbers at themselves, words in a row."""
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return [float(i) for i in range(len(values))]
    return numbers if all(map(math.isfinite, numbers)) else [float(i) for i in range(len(values))]


def _value_axis(ax: Axes, measure: str, lang: Lang) -> None:
    ax.yaxis.set_major_formatter(lambda y, _: value_text(measure, y, lang))
