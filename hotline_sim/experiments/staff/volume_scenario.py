"""A scenario made in memory of a table of calls by interval, so that a roster can be simulated."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.laws import Exponential
from hotline_sim.scenario import Scenario
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from hotline_sim.domain import Floats
    from hotline_sim.experiments.staff.volumes import Volumes

TEAM, CHANNEL = "desk", "phone"
_START, _DAYS = "2024-01-01", 28  # a Monday, and four weeks
_REDIAL_MEAN_S = 900.0  # from a failed call to the next
_HALF_HOURS = 48


def scenario_of_volumes(
    volumes: Volumes,
    *,
    name: str,
    handle_mean_s: float,
    patience_s: float = math.inf,
    redial_probability: float = 0.0,
) -> Scenario:
    """Return four weeks of a hotline whose first calls are a table's, one team answering all.

    Handle times, patience and the time to the next try are exponential; days are as busy as
    expected. All weekdays have one shape, the mean of the table's, each at its own height.

    Parameters
    ----------
    volumes
        Calls by interval.
    name
        What it is called.
    handle_mean_s, patience_s
        Means; inf: nobody gives up.
    redial_probability
        Chance that a failed call is followed by another.
    """
    by_day = volumes.calls.sum(axis=1)
    channel: dict[str, Any] = {
        "kind": "voice",
        "cases_per_day": float(by_day.mean()),
        "talk": _exponential(handle_mean_s),
        "patience": {"law": "never"} if patience_s == math.inf else _exponential(patience_s),
    }
    if redial_probability > 0.0:
        redial = {"to": CHANNEL, "probability": redial_probability}
        delay = _exponential(_REDIAL_MEAN_S)
        channel["next"] = [{"name": "redial", "after": "abandoned", **redial, "delay": delay}]
    seats = {"seats": 1.0, "from": "00:00", "to": "24:00"}
    return Scenario.from_dict(
        {
            "name": name,
            "format": 1,
            "title": name,
            "horizon": {"start": _START, "days": _DAYS, "warm_up_days": 1},
            "channels": {CHANNEL: channel},
            "teams": {TEAM: {"serves": [CHANNEL], "shifts": [seats]}},
            "demand": {
                "hour_weights": shape_of(volumes).tolist(),
                "weekday_factors": (by_day / by_day.mean()).tolist(),
            },
        }
    )


def shape_of(volumes: Volumes) -> Floats:
    """Return the share of a day's calls in each half-hour, ``(48,)``, the mean of all weekdays."""
    by_interval = volumes.calls.sum(axis=0)
    shape: Floats = _half_hours(by_interval) / by_interval.sum()
    return shape


def apart(volumes: Volumes) -> float:
    """Return the share of a week's calls that would move were all weekdays of one shape."""
    total, shape = float(volumes.calls.sum()), shape_of(volumes)
    moved = 0.0
    for day in range(WEEK_DAYS):
        by_day = _half_hours(volumes.calls[day])
        moved += float(np.abs(by_day - shape * by_day.sum()).sum()) / 2.0
    return moved / total


def _half_hours(by_interval: Floats) -> Floats:
    """Return calls by half-hour of those by quarter, half or whole hours."""
    if len(by_interval) < _HALF_HOURS:
        parts = _HALF_HOURS // len(by_interval)
        spread: Floats = np.repeat(by_interval, parts) / parts
        return spread
    found: Floats = by_interval.reshape(_HALF_HOURS, -1).sum(axis=1)
    return found


def _exponential(mean_s: float) -> dict[str, Any]:
    return Exponential(mean_s=mean_s).model_dump(exclude_none=True)
