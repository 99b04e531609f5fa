"""The figure of a staffing: agents needed and on the floor, by half-hour, a panel a weekday."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import MaxNLocator

from hotline_sim.domain import HALF_HOURS
from hotline_sim.messages import text
from hotline_sim.plots import look
from hotline_sim.plots.words import title_of
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    from hotline_sim.domain import Floats
    from hotline_sim.experiments import StaffResult
    from hotline_sim.messages import Lang

_HOURS = 24


def need_and_floor(result: StaffResult, figure: Figure, *, lang: Lang) -> Figure:
    """Draw into a figure a panel a weekday: the floor as an area, the need as a line."""
    need, floor = result.need.agents, result.plan.coverage
    most = max(float(need.max()), float(floor.max()), 1.0)
    panels = figure.subplots(len(WEEKDAYS), 1, sharex=True, sharey=True)
    hours = np.arange(HALF_HOURS + 1) * _HOURS / HALF_HOURS
    legend: list[tuple[Artist, str]] = []
    for day, ax in enumerate(panels):
        look.prepare(ax, grid="y")
        area = ax.fill_between(
            hours, _stepped(floor[day]), step="post", color=look.MIDDLE, alpha=0.6, lw=0
        )
        area.set_label("_floor")
        (line,) = ax.step(hours, _stepped(need[day]), where="post", color=look.LINE, lw=1.4)
        line.set_label("_need")
        ax.set_ylim(0.0, 1.1 * most)
        ax.set_xlim(0, _HOURS)
        ax.set_xticks(range(0, _HOURS + 1, 2))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
        look.label_axes(ax, y=text(f"weekday.{WEEKDAYS[day]}", lang))
        legend = [(area, text("plot.staff_floor", lang)), (line, text("plot.staff_need", lang))]
    title = text("plot.staff", lang, title=title_of(result.scenario, lang))
    look.head(panels[0], look.fitted(panels[0], title), legend=legend, columns=2)
    look.label_axes(panels[-1], x=text("plot.staff_hour", lang))
    return figure


def _stepped(by_half_hour: Floats) -> Floats:
    """Return values of half-hours with the last one twice, as steps are drawn."""
    return np.append(by_half_hour, by_half_hour[-1]).astype(float)
