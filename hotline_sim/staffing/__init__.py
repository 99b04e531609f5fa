"""Everything random about who is on duty, drawn before the day: the duty table (在岗)."""

from hotline_sim.staffing.expected import ExpectedDuty, expected_duty
from hotline_sim.staffing.table import Staffing

__all__ = ["ExpectedDuty", "Staffing", "expected_duty"]
