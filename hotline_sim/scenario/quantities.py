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
Coefficient = Annotated[float, Field(ge=-20, le=20)]
