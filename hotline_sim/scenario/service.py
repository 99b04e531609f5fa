"""How soon contacts shall be answered: the table ``[service]``."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from hotline_sim.definitions import SERVICE_S
from hotline_sim.laws import Table

MOST_THRESHOLDS = 20  # of service levels


def _one_or_list(value: Any) -> str:
    return "list" if isinstance(value, (list, tuple)) else "one"


_Threshold = Annotated[float, Field(ge=0, le=1e9)]


class Service(Table):
    """How soon a contact shall be answered: what service levels are counted at."""

    within_s: Annotated[
        Annotated[_Threshold, Tag("one")]
        | Annotated[
            tuple[_Threshold, ...], Field(min_length=1, max_length=MOST_THRESHOLDS), Tag("list")
        ],
        Discriminator(_one_or_list),
        Field(description="seconds, or a list; service_level is at the first, GB/T 33358: 15"),
    ] = SERVICE_S
