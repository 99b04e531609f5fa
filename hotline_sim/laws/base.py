"""What every law of time knows."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

Floats = npt.NDArray[np.float64]
Positive = Annotated[float, Field(gt=0, le=1e9)]


class Table(BaseModel):
    """A table of a scenario file: nothing unknown, nothing lax, nothing changed afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False, frozen=True)


class LawOfTime(Table):
    """A law of time; its methods take times in seconds of any shape and return that shape."""

    def __init__(self, **given: Any) -> None:
        try:
            super().__init__(**given)
        except ValidationError as error:  # in one line, as other arguments are refused
            raise ValueError(_refusal(type(self).__name__, error)) from None

    # Tells pydantic that a file's tables need not come through here: all their faults are told
    # at once, by the loader.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @abstractmethod
    def mean(self) -> float:
        """Return the mean in seconds."""

    @abstractmethod
    def survival(self, time_s: Floats) -> Floats:
        """Return the share of times that are longer."""

    def given_up(self, time_s: Floats) -> Floats:
        """Return ``1 - survival``: of patience, who has given up. Exact also where it is tiny."""
        return 1.0 - self.survival(time_s)

    @abstractmethod
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        """Return the mean of the law's time or *time_s*, whichever is shorter."""

    @abstractmethod
    def density(self, time_s: Floats) -> Floats:
        """Return the density per second; where all mass is on points, it is 0 between them."""

    @abstractmethod
    def quantile_s(self, share: Floats) -> Floats:
        """Return the times below which shares of the law lie, by SciPy."""


def _refusal(name: str, error: ValidationError) -> str:
    """Return the first fault of a law's numbers: which, the value found, and what it should be."""
    first = error.errors(include_url=False)[0]
    rule = first["msg"].removeprefix("Input ")
    if not first["loc"]:
        return f"{name}: {rule}"
    key = ".".join(map(str, first["loc"]))
    return f"{key}: {rule}" if first["type"] == "missing" else f"{key} = {first['input']}: {rule}"


class Scaled(LawOfTime):
    """A law whose size is given by its mean or its median, and its form by its own keys."""

    mean_s: Positive | None = None
    median_s: Positive | None = None

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if (self.mean_s is None) == (self.median_s is None):
            raise PydanticCustomError("one_size", "exactly one of mean_s and median_s")
        return self

    def size_s(self) -> float:
        """Return the mean or the median, whichever is given."""
        return float(self.mean_s or self.median_s or 0.0)

    def unit_mean(self) -> float:
        """Return the mean at scale 1."""
        return 1.0

    def unit_median(self) -> float:
        """Return the median at scale 1."""
        return math.log(2.0)

    def scale_s(self) -> float:
        """Return what a time at scale 1 is multiplied by."""
        return self.size_s() / (self.unit_median() if self.mean_s is None else self.unit_mean())

    @override
    def mean(self) -> float:
        return self.scale_s() * self.unit_mean() if self.mean_s is None else float(self.mean_s)
