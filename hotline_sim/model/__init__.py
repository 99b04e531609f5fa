"""The engine to read: the hotline as SimPy processes."""

from hotline_sim.model.hotline import Hotline

__all__ = ["Hotline"]
