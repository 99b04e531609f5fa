"""Questions asked of the model, from run to sensitivity; results opened again."""

from hotline_sim.experiments.attribution import (
    AttributionResult,
    attribute,
    check_patterns,
    groups_from,
)
from hotline_sim.experiments.bands import DEFAULT_DRAWS, left_out
from hotline_sim.experiments.budgeting import (
    DEFAULT_POINTS,
    ROSTERS,
    BudgetPoint,
    BudgetResult,
    LeastBudget,
    budget,
)
from hotline_sim.experiments.calculator import MOST_ROWS, ErlangResult, calculate, goal_of
from hotline_sim.experiments.calibration import (
    DEFAULT_MEMBERS,
    DEFAULT_YEARS,
    CalibrationResult,
    calibrate,
)
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.findings import Finding
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.logs import contacts, contacts_frame
from hotline_sim.experiments.opening import (
    Differing,
    OtherVersionNotice,
    Rerun,
    ResultError,
    open_result,
    rerun,
    versions,
)
from hotline_sim.experiments.parameters import (
    OtherBaseNotice,
    Parameter,
    ParameterSet,
    apart,
    drawn_set,
    parameters_of,
)
from hotline_sim.experiments.periods import (
    Holding,
    by_period,
    exact_share,
    holding,
    settled,
    verdict_of,
)
from hotline_sim.experiments.replay import DayReplay, ReplayedContact, Stint, day_of
from hotline_sim.experiments.reproduction import PAIRS, ReproduceResult, pair_of, reproduce
from hotline_sim.experiments.results import (
    AgainstPublished,
    CompareResult,
    RunResult,
    assumptions_of,
)
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    LARGEST_SEED,
    UncheckedNotice,
    compare,
    run,
)
from hotline_sim.experiments.sensitivities import SensitivityResult, sensitivity
from hotline_sim.experiments.sides import other_people, side_names
from hotline_sim.experiments.staff import StaffError, StaffResult
from hotline_sim.experiments.standards import AgainstStandard
from hotline_sim.experiments.sweeping import MOST_POINTS, SweepResult, check_measure, sweep
from hotline_sim.experiments.targets import Period, Target, TargetError, Verdict, target_of
from hotline_sim.experiments.validation import Check, ValidationResult, validate

__all__ = [
    "DEFAULT_DRAWS",
    "DEFAULT_MEMBERS",
    "DEFAULT_POINTS",
    "DEFAULT_REPLICATIONS",
    "DEFAULT_SEED",
    "DEFAULT_YEARS",
    "LARGEST_SEED",
    "MOST_POINTS",
    "MOST_ROWS",
    "PAIRS",
    "ROSTERS",
    "AgainstPublished",
    "AgainstStandard",
    "AttributionResult",
    "BudgetPoint",
    "BudgetResult",
    "CalibrationResult",
    "Check",
    "CompareResult",
    "DayReplay",
    "Differing",
    "ErlangResult",
    "Estimate",
    "Finding",
    "Header",
    "Holding",
    "LeastBudget",
    "OtherBaseNotice",
    "OtherVersionNotice",
    "Parameter",
    "ParameterSet",
    "Period",
    "ReplayedContact",
    "ReproduceResult",
    "Rerun",
    "Result",
    "ResultError",
    "RunResult",
    "SensitivityResult",
    "StaffError",
    "StaffResult",
    "Stint",
    "SweepResult",
    "Target",
    "TargetError",
    "UncheckedNotice",
    "ValidationResult",
    "Verdict",
    "apart",
    "assumptions_of",
    "attribute",
    "budget",
    "by_period",
    "calculate",
    "calibrate",
    "check_measure",
    "check_patterns",
    "compare",
    "contacts",
    "contacts_frame",
    "day_of",
    "drawn_set",
    "estimate",
    "estimate_of",
    "exact_share",
    "goal_of",
    "groups_from",
    "holding",
    "left_out",
    "open_result",
    "other_people",
    "pair_of",
    "parameters_of",
    "reproduce",
    "rerun",
    "run",
    "sensitivity",
    "settled",
    "side_names",
    "sweep",
    "target_of",
    "validate",
    "verdict_of",
    "versions",
]
