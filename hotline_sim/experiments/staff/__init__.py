"""How many agents are needed, and the cheapest shifts that bring them."""

from hotline_sim.experiments.staff.needs import Need
from hotline_sim.experiments.staff.planning import DEFAULT_GAP, DEFAULT_TIME_LIMIT_S, plan_roster
from hotline_sim.experiments.staff.records import (
    OBJECTIVES,
    Cut,
    Duty,
    Objective,
    Plan,
    StaffError,
    Tour,
)
from hotline_sim.experiments.staff.rostering import there_share

__all__ = [
    "DEFAULT_GAP",
    "DEFAULT_TIME_LIMIT_S",
    "OBJECTIVES",
    "Cut",
    "Duty",
    "Need",
    "Objective",
    "Plan",
    "StaffError",
    "Tour",
    "plan_roster",
    "there_share",
]
