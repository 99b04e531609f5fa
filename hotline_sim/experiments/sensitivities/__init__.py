"""Sensitivity: which of the assumed numbers move the answer, and which to measure first."""

from hotline_sim.experiments.sensitivities.asking import (
    DEFAULT_DAYS,
    DEFAULT_FACTORS,
    DEFAULT_MEASURES,
    DEFAULT_SAMPLE,
    DEFAULT_TRAJECTORIES,
    plays_of,
    sensitivity,
)
from hotline_sim.experiments.sensitivities.indices import Effect, Index, Interval
from hotline_sim.experiments.sensitivities.result import (
    LEAST_R2,
    Chance,
    SensitivityResult,
    Swing,
)

__all__ = [
    "DEFAULT_DAYS",
    "DEFAULT_FACTORS",
    "DEFAULT_MEASURES",
    "DEFAULT_SAMPLE",
    "DEFAULT_TRAJECTORIES",
    "LEAST_R2",
    "Chance",
    "Effect",
    "Index",
    "Interval",
    "SensitivityResult",
    "Swing",
    "plays_of",
    "sensitivity",
]
