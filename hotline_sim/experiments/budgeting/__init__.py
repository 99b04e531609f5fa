"""What budgets buy, in-house and contracted, and what budget a target takes."""

from hotline_sim.experiments.budgeting.asking import DEFAULT_POINTS, budget
from hotline_sim.experiments.budgeting.least import ROSTERS, Amount, LeastBudget, RosterName
from hotline_sim.experiments.budgeting.results import BudgetPoint, BudgetResult, Parity

__all__ = [
    "DEFAULT_POINTS",
    "ROSTERS",
    "Amount",
    "BudgetPoint",
    "BudgetResult",
    "LeastBudget",
    "Parity",
    "RosterName",
    "budget",
]
