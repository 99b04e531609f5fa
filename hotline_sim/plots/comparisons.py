"""Figures that hold one thing against another: published and simulated, before and after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.lines import Line2D

from hotline_sim.experiments import Verdict, side_names
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, percent, published_text, title_of, value_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from hotline_sim.experiments import AgainstPublished, CompareResult, Estimate, RunResult
    from hotline_sim.messages import Lang

_LEAST_REACH = 0.05  # of the axis of deviations, each way: small ones shall look small
_CONNECT = ("connect_rate", "connect_rate_monthly_mean")
_ROWS = (
    "connect_rate_24h_min",
    "case_connect_rate",
    "satisfaction_rate",
    "satisfaction_of_answered",
    "satisfaction_of_cases",
)
# Colour, shape and size of the two scenarios; the first shows round the second where they meet.
_MARKS = ((look.FIRST, "o", 9.5), (look.SECOND, "s", 7.0))
# A simulated value that agrees with the published one, that differs, of which neither is sure.
_LOOKS = {True: (look.SECOND, "o"), False: (look.AMISS, "D"), None: (look.QUIET, "s")}
_CLOSE = 0.13  # shares nearer than this have their labels side by side


def against_published(result: RunResult, ax: Axes, *, lang: Lang | None = None) -> Axes:
    """Draw how far the simulation lies from each published figure, in percent of that figure.

    The bar of a simulated value is where 95 % of single replications would fall, for a
    printed figure is one; the grey bar is the range a printed figure was rounded from.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="x")
    title = text("plot.against_published", lang)
    below = look.fitted(ax, title_of(result.scenario, lang))
    rows = result.published
    if not rows:
        look.head(ax, title, below=below)
        return look.say(ax, text("plot.nothing_published", lang))
    spans = [span for row in rows.values() if (span := _deviations(row)) is not None]
    _deviation_axis(ax, spans, lang)
    for y, (name, row) in enumerate(rows.items()):
        _published_row(ax, y, (name, row), lang)
        _row_head(ax, y, measure_name(name, lang, result.scenario), _both_words(name, row, lang))
    _row_axis(ax, len(rows))
    verdicts: list[tuple[bool | None, str]] = [(True, "plot.agrees"), (False, "plot.differs")]
    if any(row.verdict is Verdict.NOT_DECIDED for row in rows.values()):
        verdicts.append((None, "plot.undecided"))
    legend = [
        *((_mark(*_LOOKS[covered]), text(words, lang)) for covered, words in verdicts),
        (_mark(look.INK, "|"), text("plot.printed", lang)),
        (Line2D([], [], color=look.PALE, linewidth=8), text("plot.rounded", lang)),
    ]
    look.head(ax, title, below=below, legend=legend, columns=2)
    look.label_axes(ax, x=text("plot.deviation", lang))
    return ax


def before_and_after(
    comparison: CompareResult,
    ax: Axes,
    *,
    lang: Lang | None = None,
    names: tuple[str, str] | None = None,
) -> Axes:
    """Draw rates of two scenarios as dumbbells, their intervals, and published values hollow.

    *names* go before the scenarios' titles in the legend; without them it says before, after.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="x")
    names = names or (text("table.before", lang), text("table.after", lang))
    labels = [
        look.fitted(ax, text("plot.named", lang, what=name, title=title), spare=6)
        for name, title in zip(names, side_names(comparison, lang, titled=True), strict=True)
    ]
    title = text("plot.before_and_after", lang)
    rows = dumbbells(comparison)
    if not rows:
        look.head(ax, title, below="\n".join(labels))
        return look.say(ax, text("plot.no_rates", lang))
    marks = [_mark(colour, shape) for colour, shape, _ in _MARKS]
    legend = list(zip(marks, labels, strict=True))
    printed = any(one is not None for row in rows for one in row.published)
    if printed:
        legend.append((_mark(look.INK, "o", hollow=True), text("plot.hollow", lang)))
    _share_axis(ax, lang)
    for y, row in enumerate(rows):
        words = _published_words(row, names, lang) if printed else ""
        _row_head(ax, y, measure_name(row.name, lang, comparison.a.scenario), words)
        _dumbbell(ax, y, row, lang)
    _row_axis(ax, len(rows))
    look.head(ax, title, legend=legend)
    return ax


@dataclass(frozen=True)
class _Deviations:
    """A row of against_published, as shares of the published figure."""

    mean: float
    low: float
    high: float
    rounded_low: float
    rounded_high: float


@dataclass(frozen=True)
class Dumbbell:
    """A row of before_and_after."""

    name: str
    simulated: tuple[Estimate | None, Estimate | None]
    published: tuple[AgainstPublished | None, AgainstPublished | None]


def _deviations(row: AgainstPublished) -> _Deviations | None:
    """Return a row's deviations; None where there is nothing to compare, or the figure is zero."""
    if row.value == 0 or not row.is_comparable or math.isnan(row.simulated):
        return None
    numbers = (row.simulated, row.low, row.high, row.value_low, row.value_high)
    return _Deviations(*(number / row.value - 1.0 for number in numbers))


def _deviation_axis(ax: Axes, spans: list[_Deviations], lang: Lang) -> None:
    """Set an axis that holds every simulated span; the ranges of printed figures may run out."""
    every = (x for one in spans for x in (one.low, one.high, one.mean))
    reached = [x for x in every if not math.isnan(x)]  # one replication has no span
    low, high = min([-_LEAST_REACH, *reached]), max([_LEAST_REACH, *reached])
    room = 0.06 * (high - low)
    ax.set_xlim(low - room, high + room)
    ax.xaxis.set_major_formatter(lambda x, _: percent(x, lang, signed=True))


def _published_row(ax: Axes, y: int, row: tuple[str, AgainstPublished], lang: Lang) -> None:
    name, one = row
    span = _deviations(one)
    if span is None:
        look.write(
            ax, (0, y), text(_why_not(one), lang), color=look.QUIET, ha="center", va="center"
        )
        return
    rounded = [span.rounded_low, span.rounded_high]
    ax.plot(rounded, [y, y], color=look.PALE, lw=9, solid_capstyle="butt", label="_rounded")
    ax.plot([0, 0], [y - 0.22, y + 0.22], color=look.INK, linewidth=1.4)
    colour, shape = _LOOKS[one.covered]
    ax.plot([span.low, span.high], [y, y], color=colour, linewidth=2.2, label=f"_span {name}")
    ax.plot([span.mean], [y], shape, color=colour, markersize=8, label=f"_{name}")


def _both_words(name: str, row: AgainstPublished, lang: Lang) -> str:
    simulated = value_text(name, row.simulated, lang, digits=2)
    published = published_text(name, row, lang)
    return text("plot.both_numbers", lang, simulated=simulated, published=published)


def _why_not(row: AgainstPublished) -> str:
    """Return the key of the words for a row without a mark."""
    if not row.is_comparable:
        return "plot.other_days"
    return "plot.not_simulated" if math.isnan(row.simulated) else "plot.of_zero"


def dumbbells(comparison: CompareResult) -> list[Dumbbell]:
    """Return the rows of before_and_after: the rates that have anything to show."""
    pair = (comparison.a, comparison.b)
    measures, published = [one.measures for one in pair], [one.published for one in pair]
    connect = _CONNECT[1] if any(_CONNECT[1] in found for found in published) else _CONNECT[0]
    rows = [
        Dumbbell(
            name,
            (_known(measures[0].get(name)), _known(measures[1].get(name))),
            (published[0].get(name), published[1].get(name)),
        )
        for name in (connect, *_ROWS)
    ]
    return [row for row in rows if any((*row.simulated, *row.published))]


def _known(one: Estimate | None) -> Estimate | None:
    return None if one is None or math.isnan(one.mean) else one


def _published_words(row: Dumbbell, names: tuple[str, str], lang: Lang) -> str:
    first, second = (published_text(row.name, one, lang) if one else "" for one in row.published)
    if first and second:
        return text("plot.published_pair", lang, a=first, b=second)
    if first or second:
        which = names[0] if first else names[1]
        return text("plot.published_one", lang, which=which, value=first or second)
    return text("plot.not_published", lang)


def _dumbbell(ax: Axes, y: int, row: Dumbbell, lang: Lang) -> None:
    ends = [one.mean for one in row.simulated if one]
    ax.plot(ends, [y] * len(ends), color=look.QUIET, linewidth=1.2, alpha=0.6, zorder=1.5)
    pair = zip(row.simulated, row.published, _MARKS, strict=True)
    for which, (one, printed, (colour, shape, size)) in enumerate(pair):
        if printed:
            _hollow(ax, (printed.value, y), colour, shape)
        if one:
            ax.plot([one.low, one.high], [y, y], color=look.INK, linewidth=1.6, zorder=2.8)
            ax.plot(
                [one.mean],
                [y],
                shape,
                color=colour,
                zorder=3,
                ms=size,
                label=f"_{row.name} {which}",
            )
    _dumbbell_labels(ax, y, row, lang)


def _hollow(ax: Axes, xy: tuple[float, float], colour: str, shape: str) -> None:
    how: dict[str, Any] = {"markeredgecolor": colour, "markerfacecolor": "none", "zorder": 2.5}
    ax.plot([xy[0]], [xy[1]], shape, markersize=14, markeredgewidth=1.6, label="_published", **how)


def _dumbbell_labels(ax: Axes, y: int, row: Dumbbell, lang: Lang) -> None:
    """Write the simulated values under their dots; side by side where the dots are close."""
    means = [one.mean if one else math.nan for one in row.simulated]
    close = abs(means[0] - means[1]) < _CLOSE  # never, if one is nan
    left_first = means[0] <= means[1]
    for mean, first in zip(means, (True, False), strict=True):
        if math.isnan(mean):
            continue
        side = "center" if not close else "right" if first is left_first else "left"
        shift = {"right": -2, "center": 0, "left": 2}[side]
        words = value_text(row.name, mean, lang)
        look.write(ax, (mean, y), words, ha=side, va="top", offset=(shift, -8))


def _row_head(ax: Axes, y: int, left: str, right: str) -> None:
    """Write a row's name and numbers over it, so that long names need no margin."""
    place: dict[str, Any] = {"xycoords": ax.get_yaxis_transform(), "va": "bottom"}
    look.write(ax, (0, y), left, offset=(0, 12), **place)
    look.write(ax, (1, y), right, offset=(0, 12), color=look.QUIET, ha="right", **place)


def _row_axis(ax: Axes, rows: int) -> None:
    ax.set_ylim(rows - 0.45, -0.75)
    ax.set_yticks([])


def _share_axis(ax: Axes, lang: Lang) -> None:
    ax.set_xlim(-0.03, 1.05)
    ticks = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    ax.set_xticks(ticks, [percent(tick, lang) for tick in ticks])


def _mark(colour: str, shape: str, *, hollow: bool = False) -> Line2D:
    face = "none" if hollow else colour
    size = 9 if hollow else 7
    return Line2D(
        [], [], linestyle="", marker=shape, color=colour, markerfacecolor=face, markersize=size
    )
