"""Questions asked of the model: run, compare, reproduce."""

from hotline_sim.experiments.estimates import Estimate, estimate
from hotline_sim.experiments.reproduction import CASES, Finding, ReproduceResult, reproduce
from hotline_sim.experiments.results import AgainstPublished, CompareResult, RunResult
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    LARGEST_SEED,
    compare,
    run,
)

__all__ = [
    "CASES",
    "DEFAULT_REPLICATIONS",
    "DEFAULT_SEED",
    "LARGEST_SEED",
    "AgainstPublished",
    "CompareResult",
    "Estimate",
    "Finding",
    "ReproduceResult",
    "RunResult",
    "compare",
    "estimate",
    "reproduce",
    "run",
]
