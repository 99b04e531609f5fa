"""Everything random about who calls and what they bring, drawn before the day begins."""

from hotline_sim.demand.calls import Demand, MakesGrowth
from hotline_sim.demand.growth import Growth
from hotline_sim.demand.laws import draw_s, mean_s
from hotline_sim.scenario.volumes import cases_per_day

__all__ = ["Demand", "Growth", "MakesGrowth", "cases_per_day", "draw_s", "mean_s"]
