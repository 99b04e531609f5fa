"""Figures of one run: the day, the waits, the days."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import patheffects
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from hotline_sim.definitions import SERVICE_S, spelled_for, with_threshold
from hotline_sim.domain import HALF_HOURS, Floats, Origin
from hotline_sim.experiments import estimate
from hotline_sim.measures import PERCENTILES, HeadlineChannels, connect_rate, months_of
from hotline_sim.measures.tally import BINS_PER_DOUBLING
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import duration, percent, title_of

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from hotline_sim.experiments import RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_EDGES_H = np.arange(HALF_HOURS + 1) / 2.0
_WIDE_IN = 5.5  # an Axes that has room for a label every 3 hours
_HALO = [patheffects.withStroke(linewidth=3.2, foreground="white")]
_BAND_ALPHA = 0.22
_BINS_A_POINT = 4  # of the wait's bins: a point of the curve every 4.4 %
_SHORTEST_AXIS_S = 30.0  # so that the 15 s stand in the figure even if nobody waits
_WAIT_TICKS_S = (0, 1, 5, 15, 60, 300, 1200, 3600, 14_400, 86_400, 432_000, 2_592_000)
_MIDDLE, _FAR_RIGHT = 0.6, 0.75  # of the axis: (long) words that begin beyond run out of it
_LOW = 0.2  # a share so small that the curve leaves no room below it
_LONGEST_BY_DAY = 92  # days that are shown one by one; beyond, months
_MOST_TICKS = 13


def demand_and_connect_rate(
    result: RunResult, ax: Axes, *, lang: Lang | None = None, name: str | None = None
) -> Axes:
    """Draw the 24 hours: calls offered and answered (areas), connect rate (line) with its band.

    Calls are those of a mean day, by the half-hour in which they arrive; the connect rate's
    axis stands on the right. *name* goes below the title in place of the scenario's own.
    """
    lang = lang or default_language()
    offered, answered = (_by_half_hour(result, field) for field in ("offered", "answered"))
    below = _named(ax, result, name, lang)
    look.prepare(ax, grid="y")
    if not offered.any():
        look.head(ax, text("plot.day", lang), below=below)
        return look.say(ax, text("plot.no_calls", lang, **_calls(result, lang)))
    legend = [*_areas(result, ax, lang, colour=look.MIDDLE), _rate_mark(lang)]
    _rate_beside(ax, connect_rate(offered, answered), lang)
    look.head(ax, text("plot.day", lang), below=below, legend=legend, columns=3)
    return ax


def offered_and_answered(
    result: RunResult, ax: Axes, *, lang: Lang | None = None, title: str, colour: str = look.MIDDLE
) -> Axes:
    """Draw the 24 hours of a mean day in areas: calls offered, and those answered over them."""
    lang = lang or default_language()
    look.prepare(ax, grid="y")
    if not _by_half_hour(result, "offered").any():
        look.head(ax, title)
        return look.say(ax, text("plot.no_calls", lang, **_calls(result, lang)))
    look.head(ax, title, legend=_areas(result, ax, lang, colour=colour), columns=2)
    return ax


def waits(
    result: RunResult, ax: Axes, *, lang: Lang | None = None, name: str | None = None
) -> Axes:
    """Draw the share of answered calls that waited at most so long, with its band.

    The time axis is that of log(1 + t), so it begins at 0. Marked are the 15 s of
    GB/T 33358-2016 and the waits that 50, 90 and 99 % did not exceed. *name* goes below the
    title in place of the scenario's own.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="x")
    look.head(ax, text("plot.waits", lang), below=_named(ax, result, name, lang))
    upto_s, shares = _shares_by_wait(result)
    if not len(upto_s) or np.isnan(shares).all():
        return look.say(ax, text("plot.no_answered", lang, **_calls(result, lang)))
    _wait_axis(ax, max(float(upto_s[-1]), _SHORTEST_AXIS_S), lang)
    mean, low, high = _bands(shares)
    ax.fill_between(upto_s, low, high, color=look.SECOND, alpha=_BAND_ALPHA, linewidth=0)
    ax.plot(upto_s, mean, color=look.SECOND, linewidth=2, label="_share")
    _mark_service(result, ax, lang)
    for percentile in PERCENTILES:
        _mark_percentile(result, ax, percentile, lang)
    look.label_axes(ax, x=text("plot.wait_axis", lang), y=text("plot.wait_share", lang))
    return ax


def days(result: RunResult, ax: Axes, *, lang: Lang | None = None) -> Axes:
    """Draw the connect rate day by day, or where there are many days by month, with its band."""
    lang = lang or default_language()
    scenario = result.scenario
    by_month = scenario.horizon.days > _LONGEST_BY_DAY
    title = text("plot.months" if by_month else "plot.days", lang)
    below = _named(ax, result, None, lang)
    look.prepare(ax, grid="y")
    groups, labels = _periods(scenario, by_month=by_month)
    offered, answered = (_by_period(result, field, groups) for field in ("offered", "answered"))
    if not offered.any():
        look.head(ax, title, below=below)
        return look.say(ax, text("plot.no_calls", lang, **_calls(result, lang)))
    mean, low, high = _bands(connect_rate(offered, answered))
    x = np.arange(len(labels))
    ax.fill_between(x, low, high, color=look.SECOND, alpha=_BAND_ALPHA, linewidth=0)
    (line,) = ax.plot(
        x, mean, "o-", color=look.SECOND, linewidth=1.6, markersize=4.5, label="_connect_rate"
    )
    step = -(-len(labels) // _MOST_TICKS)
    ax.set_xticks(x[::step], labels[::step])
    ax.set_xlim(-0.5, len(labels) - 0.5)
    legend: list[tuple[Artist, str]] = [(line, text("plot.simulated", lang))]
    lowest = np.fmin(low, mean)  # one replication has no band
    lowest = lowest[~np.isnan(lowest)]
    published = scenario.published.get("connect_rate_monthly_mean")
    if published is not None:
        legend.append(_published_mean(ax, published, lang))
        lowest = np.append(lowest, published)
    _percent_axis(ax, lang, low=float(lowest.min(initial=1.0)))
    look.head(ax, title, below=below, legend=legend, columns=2)
    return ax


def _named(ax: Axes, result: RunResult, name: str | None, lang: Lang) -> str:
    return look.fitted(ax, title_of(result.scenario, lang) if name is None else name)


def _calls(result: RunResult, lang: Lang) -> dict[str, str]:
    """Return what the headline contacts are called: calls, or contacts where none is a call."""
    voice = HeadlineChannels.of(result.scenario).voice
    return {"calls": text("plot.calls" if voice else "plot.contacts", lang)}


def _by_half_hour(result: RunResult, name: str) -> Floats:
    """Return a sum of the headline channels by half-hour, ``(replications, 48)``."""
    calls = list(HeadlineChannels.of(result.scenario).calls)
    return np.array([one.by_half_hour[name][:, calls].sum(axis=1) for one in result.replications])


def _by_period(result: RunResult, name: str, first_days: list[int]) -> Floats:
    """Return a sum of the headline channels by period, ``(replications, periods)``."""
    calls = list(HeadlineChannels.of(result.scenario).calls)
    by_day = [one.by_day[name][:, calls].sum(axis=1) for one in result.replications]
    return np.add.reduceat(np.array(by_day), first_days, axis=1)


def _periods(scenario: Scenario, *, by_month: bool) -> tuple[list[int], list[str]]:
    """Return the first day of each period, and its label."""
    start, number = scenario.horizon.start, scenario.horizon.days
    dates = [start + dt.timedelta(days=i) for i in range(number)]
    if not by_month:
        return list(range(number)), [date.strftime("%m-%d") for date in dates]
    first = np.unique(months_of(scenario), return_index=True)[1].tolist()
    return first, [dates[i].isoformat()[:7] for i in first]


def _bands(rows: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean, low and high of shares over replications, ``(n,)`` each; rows are shares."""
    found = [estimate(column, (0.0, 1.0)) for column in rows.T.tolist()]
    mean, low, high = (np.array([getattr(e, k) for e in found]) for k in ("mean", "low", "high"))
    return mean, low, high


def _areas(result: RunResult, ax: Axes, lang: Lang, *, colour: str) -> list[tuple[Artist, str]]:
    """Draw the calls of a mean day, offered and answered; return the legend."""
    legend: list[tuple[Artist, str]] = []
    for name, fill in (("offered", look.PALE), ("answered", colour)):
        a_day = _by_half_hour(result, name).mean(axis=0) / result.scenario.horizon.days
        ax.stairs(a_day, _EDGES_H, fill=True, color=fill, label=f"_{name}")
        legend.append((Patch(color=fill), text(f"plot.{name}", lang)))
        if name == "offered":
            ax.stairs(a_day, _EDGES_H, color=look.QUIET, linewidth=0.8)
            ax.set_ylim(0, 1.08 * float(a_day.max()))
    ax.set_xlim(0, 24)
    ticks = range(0, 25, 3 if look.across_in(ax) > _WIDE_IN else 6)
    ax.set_xticks(ticks, [f"{hour:02d}:00" for hour in ticks])
    ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    ax.yaxis.set_major_formatter(lambda calls, _: f"{calls:,.6g}")
    shape = result.scenario.provenance.get("demand.hour_weights")
    assumed = shape is not None and shape.kind is Origin.ASSUMED
    look.label_axes(
        ax,
        x=text("plot.clock_assumed" if assumed else "plot.clock", lang),
        y=text("plot.per_half_hour", lang, **_calls(result, lang)),
    )
    return legend


def _rate_mark(lang: Lang) -> tuple[Artist, str]:
    return Line2D([], [], color=look.LINE, linewidth=2), text("plot.connect_rate_right", lang)


def _rate_beside(ax: Axes, rates: Floats, lang: Lang) -> None:
    """Draw a rate by half-hour on an axis of its own, on the right."""
    right = ax.twinx()
    look.prepare(right, grid="y")
    right.grid(visible=False)
    _percent_axis(right, lang)
    mean, low, high = _bands(rates)
    twice = np.repeat(_EDGES_H, 2)[1:-1]
    low, high = np.repeat(low, 2), np.repeat(high, 2)
    right.fill_between(twice, low, high, color=look.LINE, alpha=_BAND_ALPHA, linewidth=0)
    line: Any = right.stairs(
        mean, _EDGES_H, baseline=None, color=look.LINE, linewidth=1.8, label="_connect_rate"
    )
    line.set_path_effects(_HALO)
    right.tick_params(axis="y", labelcolor=look.LINE)


def _percent_axis(ax: Axes, lang: Lang, *, low: float = 0.0) -> None:
    """Set an axis of shares up to 100 %, from the multiple of 20 % that is not above *low*."""
    bottom = min(int(5 * low), 4)  # fifths
    step = 0.2 if bottom < 3 else 0.05 if bottom == 4 else 0.1
    ax.set_ylim(bottom / 5, 1.0 + 0.02 * (1 - bottom / 5))  # a line at 100 % is seen whole
    ax.set_yticks(np.arange(bottom / 5, 1.0 + step / 2, step))
    ax.yaxis.set_major_formatter(lambda share, _: percent(share, lang))


def _wait_axis(ax: Axes, end_s: float, lang: Lang) -> None:
    ax.set_xscale("function", functions=(np.log1p, np.expm1))
    ax.xaxis.set_major_locator(FixedLocator(_WAIT_TICKS_S))
    ax.xaxis.set_major_formatter(lambda tick_s, _: duration(tick_s, lang))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(0, end_s)
    _percent_axis(ax, lang)
    ax.set_ylim(0, 1.1)  # room for words at 99 %


def _shares_by_wait(result: RunResult) -> tuple[Floats, Floats]:
    """Return waits ``(n,)``, and the shares that waited at most so long ``(replications, n)``."""
    calls = list(HeadlineChannels.of(result.scenario).calls)
    counts = np.array([one.waits[calls].sum(axis=0) for one in result.replications])
    used = np.flatnonzero(counts.sum(axis=0))
    if not len(used):
        return np.zeros(0), np.zeros((len(counts), 0))
    last = int(used[-1])
    bins = np.unique([*range(0, last, _BINS_A_POINT), last])
    upto_s = np.exp2((bins + 1) / BINS_PER_DOUBLING) - 1.0
    upto_s[0] = 0.0  # the first bin is those answered at once, or within 11 ms
    below = np.cumsum(counts, axis=1)
    with np.errstate(invalid="ignore"):  # a replication in which nobody was answered
        shares = below[:, bins] / below[:, -1:]
    nobody = np.where(np.isnan(shares[:, :1]), np.nan, 0.0)  # the curve rises from 0 at 0 s
    return np.concatenate([[0.0], upto_s]), np.concatenate([nobody, shares], axis=1)


def _along(ax: Axes, wait_s: float) -> float:
    """Return how far along its axis a wait stands, from 0 to 1."""
    return float(np.log1p(wait_s) / np.log1p(ax.get_xlim()[1]))


def _mark_service(result: RunResult, ax: Axes, lang: Lang) -> None:
    name = with_threshold("service_level_answered", SERVICE_S)
    share = result.measures[spelled_for(name, result.scenario.thresholds_s[0])].mean
    ax.axvline(SERVICE_S, color=look.QUIET, linewidth=1, linestyle=(0, (4, 3)))
    ax.plot([SERVICE_S], [share], "D", color=look.LINE, markersize=5.5, label="_service_level")
    words = text("plot.within_standard", lang, share=percent(share, lang))
    low = share < _LOW  # the curve runs where the words would be: they go high, and to the left
    left = low or _along(ax, SERVICE_S) > _MIDDLE
    side = {"ha": "right", "offset": (-6, 4)} if left else {"ha": "left", "offset": (6, 4)}
    place = (SERVICE_S, 0.93 if low else 0.0)
    look.write(ax, place, words, color=look.LINE, va="bottom", **side)


def _mark_percentile(result: RunResult, ax: Axes, name: str, lang: Lang) -> None:
    """Mark a percentile on the curve; the words go where a rising curve leaves room."""
    one, share = result.measures[name], PERCENTILES[name]
    if np.isnan(one.mean):
        return
    reach = [max(one.low, 0.0), one.high]
    ax.plot(reach, [share, share], color=look.INK, linewidth=1.4)
    ax.plot([one.mean], [share], "o", color=look.INK, markersize=5, clip_on=False, label=f"_{name}")
    words = text("plot.within", lang, share=percent(share, lang), wait=duration(one.mean, lang))
    if one.mean == 0:
        words = text("plot.at_once", lang, share=percent(share, lang))
    left = {"ha": "right", "va": "bottom", "offset": (-6, 4)}
    right = {"ha": "left", "va": "top", "offset": (8, -4)}
    look.write(
        ax, (one.mean, share), words, **(right if _along(ax, one.mean) < _FAR_RIGHT else left)
    )


def _published_mean(ax: Axes, value: float, lang: Lang) -> tuple[Artist, str]:
    """Draw the published mean of the months across; return its legend."""
    line = ax.axhline(
        value, color=look.LINE, linewidth=1.4, linestyle=(0, (4, 3)), label="_published"
    )
    return line, text("plot.published_mean", lang, value=percent(value, lang, digits=2))
