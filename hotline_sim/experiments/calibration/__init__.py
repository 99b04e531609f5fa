"""Which parameters give the published figures: history matching, every member simulated."""

from hotline_sim.experiments.calibration.asking import (
    DEFAULT_MEMBERS,
    DEFAULT_YEARS,
    MOST_MEMBERS,
    calibrate,
)
from hotline_sim.experiments.calibration.choosing import BEHAVIOUR
from hotline_sim.experiments.calibration.figures import Figure
from hotline_sim.experiments.calibration.learning import Further, Narrowing, TradeOff
from hotline_sim.experiments.calibration.result import CalibrationResult

__all__ = [
    "BEHAVIOUR",
    "DEFAULT_MEMBERS",
    "DEFAULT_YEARS",
    "MOST_MEMBERS",
    "CalibrationResult",
    "Figure",
    "Further",
    "Narrowing",
    "TradeOff",
    "calibrate",
]
