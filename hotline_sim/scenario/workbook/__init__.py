"""A scenario as a workbook (.xlsx) that is filled in, for those who keep their numbers in one."""

from hotline_sim.scenario.workbook.reading import Written, is_workbook, read
from hotline_sim.scenario.workbook.template import blank

__all__ = ["Written", "blank", "is_workbook", "read"]
