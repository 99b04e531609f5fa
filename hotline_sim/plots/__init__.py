"""Figures of results: one function per figure, results and an ``Axes`` in, the ``Axes`` out."""

from hotline_sim.plots.answers import answer_line
from hotline_sim.plots.budgets import frontier
from hotline_sim.plots.calculator import erlang_curves, erlang_figures
from hotline_sim.plots.comparisons import against_published, before_and_after
from hotline_sim.plots.look import drawn, figure, footer, rendered, save, style
from hotline_sim.plots.replay import MOST_CASES, queue_day, queue_day_figure
from hotline_sim.plots.replications import histogram
from hotline_sim.plots.runs import days, demand_and_connect_rate, offered_and_answered, waits
from hotline_sim.plots.sensitivities import index_intervals, tornado
from hotline_sim.plots.sets import FIGURES, figure_of
from hotline_sim.plots.sweeps import heat_map, sweep_curve
from hotline_sim.plots.words import shipped_font

__all__ = [
    "FIGURES",
    "MOST_CASES",
    "against_published",
    "answer_line",
    "before_and_after",
    "days",
    "demand_and_connect_rate",
    "drawn",
    "erlang_curves",
    "erlang_figures",
    "figure",
    "figure_of",
    "footer",
    "frontier",
    "heat_map",
    "histogram",
    "index_intervals",
    "offered_and_answered",
    "queue_day",
    "queue_day_figure",
    "rendered",
    "save",
    "shipped_font",
    "style",
    "sweep_curve",
    "tornado",
    "waits",
]
