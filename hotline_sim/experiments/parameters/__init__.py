"""Parameters: assumed numbers with their ranges, and sets of values of them."""

from hotline_sim.experiments.parameters.bases import OtherBaseNotice, apart
from hotline_sim.experiments.parameters.drawing import MOST_DRAWN, draw, drawn_set, values_at
from hotline_sim.experiments.parameters.files import from_plain, set_text, to_plain
from hotline_sim.experiments.parameters.numbers import LAWS, Law, Parameter
from hotline_sim.experiments.parameters.selection import Over, parameters_of
from hotline_sim.experiments.parameters.sets import ParameterSet

__all__ = [
    "LAWS",
    "MOST_DRAWN",
    "Law",
    "OtherBaseNotice",
    "Over",
    "Parameter",
    "ParameterSet",
    "apart",
    "draw",
    "drawn_set",
    "from_plain",
    "parameters_of",
    "set_text",
    "to_plain",
    "values_at",
]
