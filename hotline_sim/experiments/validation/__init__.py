"""The engines held against exact answers: every formula, simulated and exact side by side."""

from hotline_sim.experiments.validation.cases import Case, every_case
from hotline_sim.experiments.validation.checking import (
    CIW,
    DAYS,
    ENGINES,
    QUICK,
    REPLICATIONS,
    Check,
    ValidationResult,
    validate,
)

__all__ = [
    "CIW",
    "DAYS",
    "ENGINES",
    "QUICK",
    "REPLICATIONS",
    "Case",
    "Check",
    "ValidationResult",
    "every_case",
    "validate",
]
