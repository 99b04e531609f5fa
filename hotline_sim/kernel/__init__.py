"""The engine to use: the rules of hotline_sim.model, compiled; the same log, in a blink."""

from hotline_sim.kernel.hotline import Hotline

__all__ = ["Hotline"]
