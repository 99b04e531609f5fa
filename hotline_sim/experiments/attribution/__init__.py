"""Which part of a change between two scenarios is due to what: exact Shapley values."""

from hotline_sim.experiments.attribution.asking import (
    DEFAULT_MEMBERS,
    DEFAULT_SEEDS,
    attribute,
)
from hotline_sim.experiments.attribution.groups import (
    GROUPS,
    MOST_GROUPS,
    check_patterns,
    groups_from,
)
from hotline_sim.experiments.attribution.results import AttributionResult, Group, Part

__all__ = [
    "DEFAULT_MEMBERS",
    "DEFAULT_SEEDS",
    "GROUPS",
    "MOST_GROUPS",
    "AttributionResult",
    "Group",
    "Part",
    "attribute",
    "check_patterns",
    "groups_from",
]
