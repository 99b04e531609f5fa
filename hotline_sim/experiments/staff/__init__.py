"""How many agents are needed, and the cheapest shifts that bring them."""

from hotline_sim.experiments.staff.asking import DEFAULT_TARGET, staff, staff_of_volumes
from hotline_sim.experiments.staff.capacity import MEASURES
from hotline_sim.experiments.staff.help import floor_of, less_help
from hotline_sim.experiments.staff.needs import Need, needs_of
from hotline_sim.experiments.staff.planning import DEFAULT_GAP, DEFAULT_TIME_LIMIT_S, plan_roster
from hotline_sim.experiments.staff.records import (
    OBJECTIVES,
    Cut,
    Duty,
    Objective,
    Plan,
    StaffError,
    Tour,
    clock_of,
    hours_of,
)
from hotline_sim.experiments.staff.results import Employed, Proven, Roster, StaffResult, Tried
from hotline_sim.experiments.staff.rostering import there_share
from hotline_sim.experiments.staff.volume_needs import needs_of_volumes
from hotline_sim.experiments.staff.volumes import Volumes, read_volumes

__all__ = [
    "DEFAULT_GAP",
    "DEFAULT_TARGET",
    "DEFAULT_TIME_LIMIT_S",
    "MEASURES",
    "OBJECTIVES",
    "Cut",
    "Duty",
    "Employed",
    "Need",
    "Objective",
    "Plan",
    "Proven",
    "Roster",
    "StaffError",
    "StaffResult",
    "Tour",
    "Tried",
    "Volumes",
    "clock_of",
    "floor_of",
    "hours_of",
    "less_help",
    "needs_of",
    "needs_of_volumes",
    "plan_roster",
    "read_volumes",
    "staff",
    "staff_of_volumes",
    "there_share",
]
