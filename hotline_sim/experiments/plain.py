"""Plain values, as JSON has them."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np


def without_nan(node: Any) -> Any:
    """Return a tree with None for nan and plain numbers for NumPy's."""
    if isinstance(node, dict):
        return {key: without_nan(below) for key, below in node.items()}
    if isinstance(node, (list, tuple)):
        return [without_nan(below) for below in node]
    if isinstance(node, (np.floating, float)):
        return None if math.isnan(node) else float(node)
    return int(node) if isinstance(node, np.integer) else node


def to_json(tree: Any) -> str:
    """Return a tree as JSON that every reader takes: no NaN, Chinese as it is."""
    return json.dumps(tree, ensure_ascii=False, indent=1, allow_nan=False)


def number_of(node: Any) -> float:
    """Return a number that was written as a plain value; None, for nothing to measure, is nan."""
    return math.nan if node is None else float(node)
