"""The figure of an attribution: the parts of each measure's change, with two intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.experiments.attribution.results import TOTAL
from hotline_sim.messages import text
from hotline_sim.plots import look
from hotline_sim.plots.words import FAMILY, drawable, measure_name, value_text, wrapped

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import AttributionResult
    from hotline_sim.experiments.attribution import Part
    from hotline_sim.messages import Lang

_ROW_IN, _PANEL_IN, _HEAD_IN = 0.3, 0.85, 0.9
_MOST_PANELS = 6  # measures
_COLUMNS = 2
_LEGEND = 0.07  # of the height of a panel
_LETTERS = 22  # of a group's name in a line


def attribution_figure(result: AttributionResult, lang: Lang) -> Figure:
    """Draw the parts of the first measures' changes, a panel a measure."""
    shown = result.measures[:_MOST_PANELS]
    rows = -(-len(shown) // _COLUMNS)
    columns = min(len(shown), _COLUMNS)
    names = " → ".join(drawable(one.stamped_name) for one in result.header.scenarios)
    title = text("attribute.figure", lang, scenarios=names)
    height = _HEAD_IN + rows * (_PANEL_IN + _ROW_IN * (len(result.groups) + 1))
    figure = look.figure(height, label=title)
    figure.suptitle(title, x=0.012, ha="left", fontsize=look.TITLE_PT, color=look.INK, **look.WORDS)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=[*[1.0] * rows, _LEGEND])
    for number, measure in enumerate(shown):
        ax = figure.add_subplot(grid[divmod(number, columns)])
        attribution_parts(result, ax, measure=measure, lang=lang)
    marks, labels = zip(*_legend(result, lang), strict=True)
    foot = figure.add_subplot(grid[rows, :])
    foot.set_axis_off()
    words = {"family": FAMILY, "size": look.TEXT_PT}
    foot.legend(marks, labels, loc="center left", ncols=3, frameon=False, prop=words)
    _footer(figure, result, lang)
    return figure


def attribution_parts(result: AttributionResult, ax: Axes, *, measure: str, lang: Lang) -> Axes:
    """Draw the parts of a measure's change as bars from 0, the whole change below them.

    A dark line is the 95 % interval over replications, a light band holds 90 % of the draws.
    """
    look.prepare(ax, grid="x")
    rows = result.rows(measure)
    for y, (name, part) in enumerate(rows.items()):
        _row(ax, y, part, look.LINE if name == TOTAL else look.SECOND)
    ax.use_sticky_edges = False  # a band shall not end at the edge
    ax.axvline(0, color=look.INK, linewidth=0.9)
    names = [wrapped(result.title_of(name, lang), _LETTERS) for name in rows]
    ax.set_yticks(range(len(rows)), names)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    is_share = measure_of(measure).unit is Unit.SHARE
    ax.xaxis.set_major_formatter(
        lambda x, _: _points(x) if is_share else value_text(measure, x, lang)
    )
    ax.locator_params(axis="x", nbins=5)
    sides = [result.side(measure, second=second).mean for second in (False, True)]
    below = " → ".join(value_text(measure, one, lang) for one in sides)
    said = look.fitted(ax, measure_name(measure, lang, result.scenario), lines=1)
    look.head(ax, said, below=below)
    look.label_axes(ax, x=text("attribute.points", lang) if is_share else "")
    return ax


def _points(share: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{100.0 * share:+.4g}".replace("-", "−") if share else "0"


def _row(ax: Axes, y: int, part: Part, colour: str) -> None:
    one = part.estimate
    if math.isnan(one.mean):
        return
    low, high = part.span
    if not math.isnan(low):
        ax.barh(y, high - low, left=low, height=0.74, color=colour, alpha=0.16, label="_range")
    ax.barh(y, one.mean, height=0.4, color=colour, alpha=0.75, label="_part")
    ax.plot([one.low, one.high], [y, y], color=look.INK, linewidth=1.6, label="_chance")


def _legend(result: AttributionResult, lang: Lang) -> list[tuple[Artist, str]]:
    found: list[tuple[Artist, str]] = [
        (Patch(color=look.SECOND, alpha=0.75), text("attribute.bar", lang))
    ]
    if result.header.replications > 1:
        line = Line2D([], [], color=look.INK, linewidth=1.6)
        found.append((line, text("attribute.chance", lang)))
    if result.header.draws:
        band = Patch(color=look.SECOND, alpha=0.16)
        found.append((band, text("attribute.assumed", lang, draws=result.header.draws)))
    return found


def _footer(figure: Figure, result: AttributionResult, lang: Lang) -> None:
    """Say under the figure what it was made from."""
    both = result.header.scenarios
    line = text(
        "attribute.footer",
        lang,
        days="/".join(dict.fromkeys(str(one.horizon.days) for one in both)),
        replications=result.header.replications,
        seed=result.seed,
        version=result.version,
    )
    if any(one.checked is False for one in both):
        line = f"{text('plot.unchecked', lang)}   ·   {line}"
    how = {"fontsize": look.SMALL_PT, "color": look.QUIET}
    figure.supxlabel(line, x=0.012, ha="left", **how, **look.WORDS)
