"""The laws of time: of talk, wrap-up, patience, delay.

A scenario names them, demand draws from them, and the formulas of ``hotline_sim.erlang``
integrate them. Each knows its mean, density, survival and quantiles, and :func:`fit` finds one
for times that were observed. ``hotline_sim.demand.laws`` draws by arithmetic of its own, which
gives the same double in NumPy and in compiled code; here SciPy is asked, when needed.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hotline_sim.laws.base import LawOfTime, Positive, Scaled, Table
from hotline_sim.laws.fitting import Fit, fit
from hotline_sim.laws.others import Empirical, Never
from hotline_sim.laws.scaled import (
    Exponential,
    Fixed,
    Gamma,
    Hyperexponential,
    Lognormal,
    Uniform,
    Weibull,
)

Law = Annotated[
    Exponential | Lognormal | Weibull | Gamma | Hyperexponential | Uniform | Fixed | Empirical,
    Field(discriminator="law"),
]
Patience = Annotated[
    Exponential
    | Lognormal
    | Weibull
    | Gamma
    | Hyperexponential
    | Uniform
    | Fixed
    | Empirical
    | Never,
    Field(discriminator="law"),
]

__all__ = [
    "Empirical",
    "Exponential",
    "Fit",
    "Fixed",
    "Gamma",
    "Hyperexponential",
    "Law",
    "LawOfTime",
    "Lognormal",
    "Never",
    "Patience",
    "Positive",
    "Scaled",
    "Table",
    "Uniform",
    "Weibull",
    "fit",
]
