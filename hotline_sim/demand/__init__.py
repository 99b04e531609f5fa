"""Everything random about who calls and what they bring, drawn before the day begins."""

from hotline_sim.demand.calls import Demand
from hotline_sim.demand.intensity import cases_per_day
from hotline_sim.demand.laws import draw_s, mean_s

__all__ = ["Demand", "cases_per_day", "draw_s", "mean_s"]
