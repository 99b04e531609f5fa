"""Simulate China's 12345 government service hotlines, from scenario file to staffing advice.

>>> import hotline_sim
>>> result = hotline_sim.run("first-day", replications=20)
>>> result.measures["connect_rate"]  # doctest: +SKIP
Estimate(mean=0.86, low=0.84, high=0.88, replications=(...))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hotline_sim.domain import (
        ContactLog,
    )
    from hotline_sim.execution import (
        Execution,
        Store,
        Task,
    )
    from hotline_sim.experiments import (
        AttributionResult,
        BudgetResult,
        CalibrationResult,
        CompareResult,
        DayReplay,
        Estimate,
        Header,
        ReproduceResult,
        Rerun,
        Result,
        ResultError,
        RunResult,
        SensitivityResult,
        StaffResult,
        SweepResult,
        attribute,
        budget,
        calibrate,
        compare,
        contacts,
        contacts_frame,
        day_of,
        open_result,
        reproduce,
        rerun,
        run,
        sensitivity,
        sweep,
    )
    from hotline_sim.experiments.staff import staff
    from hotline_sim.messages import set_language
    from hotline_sim.reports.brief import html_of
    from hotline_sim.reports.replay import write_animation
    from hotline_sim.reports.report import write_report
    from hotline_sim.reports.workbook import write_workbook
    from hotline_sim.scenario import (
        Scenario,
        ScenarioError,
        load,
    )

__version__ = "0.1.0"

# Raised whenever a simulated number moves: results of another version are other draws.
RESULTS_VERSION = 5

# Where each public name lives; it is loaded when first used, so that importing the package
# costs nothing.
_HOMES = {
    "AttributionResult": "experiments",
    "BudgetResult": "experiments",
    "CalibrationResult": "experiments",
    "CompareResult": "experiments",
    "ContactLog": "domain",
    "DayReplay": "experiments",
    "Estimate": "experiments",
    "Execution": "execution",
    "Header": "experiments",
    "ReproduceResult": "experiments",
    "Rerun": "experiments",
    "Result": "experiments",
    "ResultError": "experiments",
    "RunResult": "experiments",
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "SensitivityResult": "experiments",
    "StaffResult": "experiments",
    "Store": "execution",
    "SweepResult": "experiments",
    "Task": "execution",
    "attribute": "experiments",
    "budget": "experiments",
    "calibrate": "experiments",
    "compare": "experiments",
    "contacts": "experiments",
    "contacts_frame": "experiments",
    "day_of": "experiments",
    "html_of": "reports.brief",
    "load": "scenario",
    "open_result": "experiments",
    "reproduce": "experiments",
    "rerun": "experiments",
    "run": "experiments",
    "sensitivity": "experiments",
    "set_language": "messages",
    "staff": "experiments.staff",
    "sweep": "experiments",
    "write_animation": "reports.replay",
    "write_report": "reports.report",
    "write_workbook": "reports.workbook",
}

__all__ = [
    "RESULTS_VERSION",
    "AttributionResult",
    "BudgetResult",
    "CalibrationResult",
    "CompareResult",
    "ContactLog",
    "DayReplay",
    "Estimate",
    "Execution",
    "Header",
    "ReproduceResult",
    "Rerun",
    "Result",
    "ResultError",
    "RunResult",
    "Scenario",
    "ScenarioError",
    "SensitivityResult",
    "StaffResult",
    "Store",
    "SweepResult",
    "Task",
    "__version__",
    "attribute",
    "budget",
    "calibrate",
    "compare",
    "contacts",
    "contacts_frame",
    "day_of",
    "html_of",
    "load",
    "open_result",
    "reproduce",
    "rerun",
    "run",
    "sensitivity",
    "set_language",
    "staff",
    "sweep",
    "write_animation",
    "write_report",
    "write_workbook",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"hotline_sim.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'hotline_sim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
