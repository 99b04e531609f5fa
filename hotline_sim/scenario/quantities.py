"""The numbers of a scenario file: each kind with its limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]
Factor = Annotated[float, Field(ge=0, le=1000)]
Seconds = Annotated[float, Field(ge=0, le=1e9)]
Days = Annotated[float, Field(ge=0, le=3660)]
Volume = Annotated[float, Field(ge=0, le=1e9)]
Money = Annotated[float, Field(ge=0, le=1e12)]
KnownRate = Annotated[float, Field(gt=0, le=1)]
Coefficient = Annotated[float, Field(ge=-20, le=20)]

UNITS = ("year", "day", "hour")  # in which a volume may be given
CASES = tuple(f"cases_per_{unit}" for unit in UNITS)
ANSWERED = tuple(f"answered_per_{unit}" for unit in UNITS)
OFFERED = tuple(f"offered_per_{unit}" for unit in UNITS)
VOLUMES = CASES + ANSWERED + OFFERED  # the keys of which a channel has one at most
