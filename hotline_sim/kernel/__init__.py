"""The engine to use: the rules of hotline_sim.model, compiled; the same log, in a blink.

With it goes :mod:`hotline_sim.kernel.counting`, which hotline_sim.measures counts contacts by.
"""

from hotline_sim.kernel import counting
from hotline_sim.kernel.compiled import is_kept
from hotline_sim.kernel.growth import Growth
from hotline_sim.kernel.hotline import Hotline

__all__ = ["Growth", "Hotline", "counting", "is_kept"]
