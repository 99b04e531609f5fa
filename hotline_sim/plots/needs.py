"""The figure of a need: the agents of every half-hour, as a board of the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from hotline_sim.domain import HALF_HOURS
from hotline_sim.messages import text
from hotline_sim.plots import look
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from hotline_sim.experiments.staff import Need
    from hotline_sim.messages import Lang

_HEIGHT_IN = 3.4
_HOURS = 24
_NUMBER_PT, _LONG_PT = 7.0, 4.5
_LONG = 100.0  # agents of three digits
_DARK = 0.6  # of the most: a field on which letters are white


def need_figures(need: Need, *, lang: Lang) -> dict[str, Figure]:
    """Return the need as a figure, by the name of its file."""
    with look.style(lang):
        figure = look.figure(_HEIGHT_IN, label=text("need.title", lang))
        need_by_half_hour(need, figure.add_subplot(), lang=lang)
    return {"need": figure}


def need_by_half_hour(need: Need, ax: Axes, *, lang: Lang) -> Axes:
    """Draw the week as a board: a row a weekday, a field a half-hour, with its agents in it."""
    look.prepare(ax, grid="y")
    ax.grid(visible=False)
    colours = LinearSegmentedColormap.from_list("need", ["white", look.MIDDLE, look.SECOND])
    most = max(1.0, float(need.agents.max()))
    hours = np.arange(HALF_HOURS + 1) * _HOURS / HALF_HOURS
    edges = np.arange(len(WEEKDAYS) + 1)
    ax.pcolormesh(hours, edges, need.agents, cmap=colours, vmin=0.0, vmax=most, linewidth=0.0)
    for day, half_hour in np.argwhere(need.agents > 0.0).tolist():
        agents = float(need.agents[day, half_hour])
        ax.text(
            (half_hour + 0.5) * _HOURS / HALF_HOURS,
            day + 0.5,
            f"{agents:.0f}",
            ha="center",
            va="center",
            fontsize=_NUMBER_PT if agents < _LONG else _LONG_PT,
            color="white" if agents > _DARK * most else look.INK,
            **look.WORDS,
        )
    ax.set_yticks(edges[:-1] + 0.5, [text(f"weekday.{day}", lang) for day in WEEKDAYS])
    ax.invert_yaxis()
    ax.set_xticks(range(0, _HOURS + 1, 2))
    look.head(ax, look.fitted(ax, text("need.title", lang), lines=1))
    look.label_axes(ax, x=text("need.hour", lang))
    return ax
