"""Exact Shapley values of a game of a few players, whose worth is known for every coalition.

A coalition is a number: bit i is set if player i is in it. A player's value is the mean over all
orders of what it adds to those before it (Shapley 1953).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@cache
def orders_with(players: int, before: int) -> int:
    """Return in how many orders a player comes behind a certain set of *before* others."""
    return math.factorial(before) * math.factorial(players - before - 1)


def shapley(worth: Sequence[float]) -> list[float]:
    """Return the value of each player, given the worth of each of the 2**n coalitions.

    Each is one correctly rounded sum over whole-numbered weights, so that the values add up to
    the worth of all less that of none as nearly as doubles can, and who adds nothing gets 0.
    """
    n = len(worth).bit_length() - 1
    orders = math.factorial(n)
    found = []
    for player in range(n):
        bit = 1 << player
        terms = (
            sign * orders_with(n, (s & ~bit).bit_count()) * worth[s]
            for s in range(len(worth))
            for sign in ((1,) if s & bit else (-1,))
        )
        found.append(math.fsum(terms) / orders)
    return found


def steps(worth: Sequence[float], player: int) -> list[float]:
    """Return what a player adds to each coalition without it, (2**(n-1),), that of none first."""
    bit = 1 << player
    return [worth[s | bit] - worth[s] for s in range(len(worth)) if not s & bit]
