"""How many cases a channel has on an average day, and how they spread over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOURS, Floats
from hotline_sim.scenario.quantities import CASES
from hotline_sim.scenario.schema import Inbound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.scenario.schema import Scenario

YEAR_DAYS = 365  # cases_per_year are spread over this many days from the start


def cases_per_day(scenario: Scenario) -> float:
    """Return a scenario's volume on all channels as cases per average day."""
    inbound = [table for table in scenario.channels.values() if isinstance(table, Inbound)]
    return sum(map(mean_cases_per_day, inbound))


def mean_cases_per_day(channel: Inbound) -> float:
    """Return a channel's volume as cases per average day."""
    if channel.people_per_day is not None:  # found from an answered or offered volume
        return channel.people_per_day
    return volume_per_day(channel, CASES) or 0.0


def volume_per_day(channel: Inbound, keys: Sequence[str]) -> float | None:
    """Return the volume that is given under one of some keys, per day; None: under none."""
    for key in keys:
        value: float | None = getattr(channel, key)
        if value is not None and key.endswith("year"):
            return value / YEAR_DAYS
        if value is not None:
            return 24.0 * value if key.endswith("hour") else value
    return None


def day_shape(weights: tuple[float, ...] | None) -> Floats:
    """Return the share of the day's cases that each half-hour gets, ``(48,)``, sum 1."""
    if weights is None:
        return np.full(HALF_HOURS, 1.0 / HALF_HOURS)
    shape = np.repeat(np.array(weights, float), HALF_HOURS // len(weights))
    share: Floats = shape / shape.sum()
    return share
