"""Scenario files: TOML to Scenario, checked, extended, overridden, every number with its origin."""

from hotline_sim.scenario.cities import City
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.files import catalogue, cities, json_schema, load, sources, targets
from hotline_sim.scenario.rules import rules
from hotline_sim.scenario.schema import Scenario
from hotline_sim.scenario.targets import Targets
from hotline_sim.scenario.values import values_of

__all__ = [
    "City",
    "Fault",
    "Scenario",
    "ScenarioError",
    "Targets",
    "catalogue",
    "cities",
    "json_schema",
    "load",
    "rules",
    "sources",
    "targets",
    "values_of",
]
