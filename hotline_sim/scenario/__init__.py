"""Scenario files: TOML to Scenario, checked, extended, overridden, every number with its origin."""

from hotline_sim.scenario.changes import Change, changed, from_text, value_of
from hotline_sim.scenario.cities import City
from hotline_sim.scenario.faults import Fault, ScenarioError
from hotline_sim.scenario.files import cities, load, sources, standard, text_of
from hotline_sim.scenario.json_schema import json_schema
from hotline_sim.scenario.people_from_volumes import Volume, volumes_found
from hotline_sim.scenario.reading import catalogue, parameter_sets
from hotline_sim.scenario.roles import roles_of
from hotline_sim.scenario.rules import rules
from hotline_sim.scenario.schema import Scenario
from hotline_sim.scenario.shift_rules import ShiftRules
from hotline_sim.scenario.standards import Standard
from hotline_sim.scenario.values import values_of

__all__ = [
    "Change",
    "City",
    "Fault",
    "Scenario",
    "ScenarioError",
    "ShiftRules",
    "Standard",
    "Volume",
    "catalogue",
    "changed",
    "cities",
    "from_text",
    "json_schema",
    "load",
    "parameter_sets",
    "roles_of",
    "rules",
    "sources",
    "standard",
    "text_of",
    "value_of",
    "values_of",
    "volumes_found",
]
