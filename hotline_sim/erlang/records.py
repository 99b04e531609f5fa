"""What the formulas return, and how they refuse what they cannot take."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueMeasures:
    """The long-run measures of one queue.

    Rates and shares are fractions of all contacts offered, blocked ones included, so
    ``connect_rate + abandonment_rate + blocked_share == 1``.

    Attributes
    ----------
    connect_rate : float
        Answered / offered.
    abandonment_rate : float
        Given up while waiting / offered.
    blocked_share : float
        Found no free line / offered; 0 where lines are unlimited.
    wait_share : float
        Got a line and found no idle agent / offered.
    wait_mean_s : float
        Mean wait of contacts that got a line, answered or not, no wait counted as 0.
    asa_s : float
        Mean wait of answered contacts, no wait counted as 0.
    service_level : float
        Answered within ``within_s`` / offered.
    wait_over_share : float
        Waited longer than ``within_s``, answered afterwards or not / offered.
    waiting_mean : float
        Contacts waiting, on average over time.
    occupancy : float
        Busy time of the agents / their time on duty.
    """

    connect_rate: float
    abandonment_rate: float
    blocked_share: float
    wait_share: float
    wait_mean_s: float
    asa_s: float
    service_level: float
    wait_over_share: float
    waiting_mean: float
    occupancy: float


@dataclass(frozen=True, slots=True)
class RedialMeasures:
    """A queue whose failed contacts partly come back.

    Attributes
    ----------
    offered_per_hour : float
        Contacts offered, redials included.
    connect_rate : float
        Answered / offered, the rate of the contact.
    case_connect_rate : float
        Cases answered at some try / cases, the rate of the caller.
    redial_share : float
        Redials / offered.
    """

    offered_per_hour: float
    connect_rate: float
    case_connect_rate: float
    redial_share: float


@dataclass(frozen=True, slots=True)
class HotlineMeasures(QueueMeasures):
    """The long-run measures of a queue whose failed contacts partly come back.

    Those of `QueueMeasures` are of all contacts offered, redials among them.

    Attributes
    ----------
    offered_per_hour : float
        Contacts offered, redials included.
    case_connect_rate : float
        Cases answered at some try / cases, the rate of the caller.
    redial_share : float
        Redials / offered.
    """

    offered_per_hour: float
    case_connect_rate: float
    redial_share: float

    @property
    def service_level_answered(self) -> float:
        """Return answered within the limit / answered."""
        return self.service_level / self.connect_rate


def check_positive(**values: float) -> None:
    """Refuse anything that is not a finite number above 0.

    Raises
    ------
    ValueError
        Naming the first argument at fault and the value found.
    """
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} = {value}: must be finite and more than 0")


def check_within(within_s: float) -> None:
    """Refuse a limit on the wait that is negative, infinite or nan."""
    if not (math.isfinite(within_s) and within_s >= 0):
        raise ValueError(f"within_s = {within_s}: must be finite and at least 0")


def check_whole(**values: int) -> None:
    """Refuse numbers of agents or lines that are not whole and at least 1."""
    for name, value in values.items():
        try:
            whole = operator.index(value)
        except TypeError:
            raise ValueError(f"{name} = {value}: must be a whole number") from None
        if whole < 1:
            raise ValueError(f"{name} = {value}: must be at least 1")
