"""Everything random about who calls and what they bring, a function of whose it is."""

from hotline_sim.demand.cases import Demand
from hotline_sim.demand.tables import Tables, tables_of
from hotline_sim.scenario.volumes import cases_per_day

__all__ = ["Demand", "Tables", "cases_per_day", "tables_of"]
