"""The laws of time a scenario file can name; ``hotline_sim.demand.laws`` draws from them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Positive = Annotated[float, Field(gt=0, le=1e9)]


class Table(BaseModel):
    """A table of a scenario file: nothing unknown, nothing lax, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class Scaled(Table):
    """A law whose size is given by its mean or its median, and its form by its own keys."""

    mean_s: Positive | None = None
    median_s: Positive | None = None

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if (self.mean_s is None) == (self.median_s is None):
            raise PydanticCustomError("one_size", "exactly one of mean_s and median_s")
        return self


class Exponential(Scaled):
    """Memoryless: the law of textbooks."""

    law: Literal["exponential"]


class Lognormal(Scaled):
    """``exp(normal)``; what call centres measure for handle times."""

    law: Literal["lognormal"]
    sigma_log: Annotated[float, Field(ge=0, le=5)]


class Weibull(Scaled):
    """Hazard falling with time when shape < 1: the patient remain."""

    law: Literal["weibull"]
    shape: Annotated[float, Field(ge=0.1, le=50)]


class Gamma(Scaled):
    """Erlang's law when the shape is whole."""

    law: Literal["gamma"]
    shape: Annotated[float, Field(ge=0.05, le=1000)]


class Hyperexponential(Scaled):
    """Two exponentials of balanced means; *cv* is the coefficient of variation."""

    law: Literal["hyperexponential"]
    cv: Annotated[float, Field(gt=1, le=20)]


class Uniform(Scaled):
    """Even between middle − half_width_s and middle + half_width_s."""

    law: Literal["uniform"]
    half_width_s: Positive

    @model_validator(mode="after")
    def _no_negative_times(self) -> Self:
        if self.half_width_s > (self.mean_s or self.median_s or 0.0):
            raise PydanticCustomError("half_width", "half_width_s no larger than the middle")
        return self


class Fixed(Scaled):
    """Always the same."""

    law: Literal["fixed"]


class Empirical(Table):
    """Observed times, the quantiles between them filled in by straight lines."""

    law: Literal["empirical"]
    points_s: Annotated[
        tuple[Annotated[float, Field(ge=0, le=1e9)], ...], Field(min_length=2, max_length=100_000)
    ]


class Never(Table):
    """Patience without end."""

    law: Literal["never"]


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
