"""The replications of a run: how far single ones lie from their mean, and from a target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from hotline_sim.definitions import measure_of, spelled_for
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import measure_name, title_of, value_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from hotline_sim.experiments import RunResult
    from hotline_sim.messages import Lang

_BAND_ALPHA = 0.22
_LEAST_BINS, _MOST_BINS = 5, 30
_FEWEST = 2  # replications that can be told apart


def told_of(result: RunResult) -> tuple[str, float | None] | None:
    """Return the measure whose replications are shown unasked, and its target if there is one.

    The first demand of the standard the run is held against, or what a precision was asked of,
    or the connect rate; None: fewer than two replications have it.
    """
    demands = {} if result.standard is None else result.standard.at_least
    first_s = result.scenario.thresholds_s[0]
    asked: list[tuple[str, float | None]] = [
        (spelled_for(name, first_s), least) for name, least in demands.items()
    ]
    precise = result.header.arguments.get("precision")
    asked += [(spelled_for(precise[0], first_s), None)] if precise else []
    for name, target in [*asked, ("connect_rate", None)]:
        values = result.measures[name].replications if name in result.measures else ()
        if sum(not math.isnan(value) for value in values) >= _FEWEST:
            return name, target
    return None


def histogram(
    result: RunResult,
    ax: Axes,
    *,
    measure: str,
    target: float | None = None,
    lang: Lang | None = None,
) -> Axes:
    """Draw how many replications have which value of a measure; a tick below for each of them.

    A line and a band mark the mean with its 95 % interval, further lines the published figure
    and the *target*, where there is one.

    Raises
    ------
    KeyError
        If the run has no such measure.
    """
    lang = lang or default_language()
    one = result.measures[measure]
    values = sorted(value for value in one.replications if not math.isnan(value))
    name = measure_name(measure, lang, result.scenario)
    look.prepare(ax, grid="y")
    below = look.fitted(ax, title_of(result.scenario, lang))
    title = look.fitted(ax, text("plot.replications", lang, measure=name), lines=1)
    if not values:
        look.head(ax, title, below=below)
        return look.say(ax, text("plot.not_simulated", lang))
    counts, _, _ = ax.hist(values, _bins(len(values)), color=look.MIDDLE, edgecolor="white")
    ax.set_ylim(0, 1.08 * float(max(counts)))
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    base = ax.get_xaxis_transform()
    ax.plot(values, [0.0] * len(values), "|", color=look.INK, ms=9, transform=base, clip_on=False)
    ax.lines[-1].set_label("_replications")
    legend: list[tuple[Artist, str]] = [(Patch(color=look.MIDDLE), text("plot.of_each", lang))]
    legend += _marks(result, ax, measure, target, lang)
    ax.xaxis.set_major_formatter(lambda x, _: value_text(measure, x, lang, digits=2))
    look.head(ax, title, below=below, legend=legend, columns=2)
    look.label_axes(ax, x=name, y=text("plot.count", lang))
    return ax


def _bins(count: int) -> int:
    """Return a number of bins that so many values fill: Rice's rule, within reason."""
    return min(max(math.ceil(2.0 * math.pow(count, 1 / 3)), _LEAST_BINS), _MOST_BINS)


def _marks(
    result: RunResult, ax: Axes, measure: str, target: float | None, lang: Lang
) -> list[tuple[Artist, str]]:
    """Draw mean, interval, published figure and target across; return their legend."""
    one = result.measures[measure]
    mean = value_text(measure, one.mean, lang, digits=2)
    line = ax.axvline(one.mean, color=look.SECOND, linewidth=1.8, label="_mean")
    legend: list[tuple[Artist, str]] = [(line, text("plot.mean_line", lang, value=mean))]
    if not math.isnan(one.low):
        ax.axvspan(one.low, one.high, color=look.SECOND, alpha=_BAND_ALPHA, linewidth=0)
    printed = result.published.get(_as_published(result, measure))
    if printed is not None and printed.is_comparable:
        line = ax.axvline(printed.value, color=look.LINE, ls="--", lw=1.6, label="_published")
        role = text(f"role.{printed.role}", lang)
        value = value_text(measure, printed.value, lang, digits=2)
        legend.append((line, text("plot.published_as", lang, value=value, role=role)))
    if target is not None:
        line = ax.axvline(target, color=look.AMISS, linestyle=":", linewidth=2, label="_target")
        less = measure_of(measure).less_is_better
        met = sum(x <= target if less else x >= target for x in one.replications)
        words = {"value": value_text(measure, target, lang, digits=2), "met": met}
        legend.append((line, text("plot.target_met", lang, **words, of=len(one.replications))))
    return legend


def _as_published(result: RunResult, measure: str) -> str:
    """Return the published figure that is of a measure, by its name; the measure if none is."""
    first_s = result.scenario.thresholds_s[0]
    names = (name for name in result.published if spelled_for(name, first_s) == measure)
    return next(names, measure)
