"""The figure of the exact formulas: rates over the number of agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from hotline_sim.definitions import measure_of
from hotline_sim.messages import default_language, text
from hotline_sim.plots import look
from hotline_sim.plots.words import value_text

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments import ErlangResult
    from hotline_sim.messages import Lang

_HEIGHT_IN = 4.4
_CURVES = (("connect_rate", look.SECOND), ("service_level", look.FIRST), ("occupancy", look.LINE))


def erlang_figures(result: ErlangResult, *, lang: Lang | None = None) -> dict[str, Figure]:
    """Return the curves as a figure, by the name of its file."""
    lang = lang or default_language()
    with look.style(lang):
        figure = look.figure(_HEIGHT_IN, label=text("plot.erlang", lang))
        erlang_curves(result, figure.add_subplot(), lang=lang)
    return {"erlang": figure}


def erlang_curves(result: ErlangResult, ax: Axes, *, lang: Lang | None = None) -> Axes:
    """Draw connect rate, service level and occupancy over the number of agents.

    Dotted lines mark the targets that are one of them, and the agents they take.
    """
    lang = lang or default_language()
    look.prepare(ax, grid="y")
    agents = [row.agents for row in result.rows]
    legend: list[tuple[Artist, str]] = []
    for name, colour in _CURVES:
        values = [
            np.nan if row.measures is None else getattr(row.measures, name) for row in result.rows
        ]
        (line,) = ax.plot(agents, values, "o-", color=colour, lw=1.8, ms=4.0)
        words = text(f"erlang.{name}", lang, within=f"{result.within_s:g}")
        legend.append((line, words))
        for target in result.targets:
            if measure_of(target.measure).name == name:
                ax.axhline(target.value, color=colour, linestyle=":", linewidth=1.4)
    if result.agents_needed in agents:
        ax.axvline(result.agents_needed, color=look.AMISS, linestyle=":", linewidth=1.4)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.yaxis.set_major_formatter(lambda y, _: value_text("connect_rate", y, lang))
    title = look.fitted(ax, text("plot.erlang", lang), lines=1)
    look.head(ax, title, below=look.fitted(ax, _below(result, lang)), legend=legend, columns=3)
    look.label_axes(ax, x=text("erlang.agents", lang))
    return ax


def _below(result: ErlangResult, lang: Lang) -> str:
    queue = result.queue
    return text(
        "erlang.title",
        lang,
        calls=f"{queue.calls_per_hour:,.6g}",
        handle=f"{queue.handle_mean_s:,.6g}",
        load=f"{queue.calls_per_hour / 3600.0 * queue.handle_mean_s:,.4g}",
    )
