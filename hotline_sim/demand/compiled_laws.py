"""Let compiled functions call those that invert laws of time.

Importing this module is enough: a function that Numba compiles may then call ``time_s`` and
``quantile_s`` of ``hotline_sim.demand.laws``, with a record of ``law_records`` for the law,
and what they call. No function is compiled before it is needed, and none makes an array.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hotline_sim.compiled import compiled_as, jitable
from hotline_sim.demand import arithmetic, curves, laws
from hotline_sim.demand.arithmetic import EXPONENT_BIAS, FRACTION_BITS, ROOT_BITS


def _parts(x: float) -> tuple[float, float]:
    bits = np.float64(x).view(np.int64)
    k = (bits - ROOT_BITS) >> FRACTION_BITS
    return float(k), np.int64(bits - (k << FRACTION_BITS)).view(np.float64)


def _scaled(x: float, k: float) -> Any:
    return x * np.int64((np.int64(k) + EXPONENT_BIAS) << FRACTION_BITS).view(np.float64)


def _choose(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no


def _whole(x: float) -> int:
    return int(x)


def _root(x: float) -> Any:
    return np.sqrt(x)


for _function in (
    arithmetic.log,
    arithmetic.exp,
    arithmetic.power,
    arithmetic.rounded,
    arithmetic.normal_quantile_of_one,
    arithmetic.normal_quantile_near,
    arithmetic._tail,
    arithmetic._far_tail,
    arithmetic._sixth,
    arithmetic._seventh,
    arithmetic._ninth_times_square,
    curves.read_curve,
    curves.gamma_at,
    curves.gamma_quantile,
    curves.hyperexponential_quantile,
    laws.quantile_s,
    laws.lognormal_s,
    laws.exponential_s,
    laws.weibull_s,
    laws.on_ticks,
    laws._between_points,
    laws._between_shares,
    laws.last_not_above_one,
):
    jitable(_function)
jitable(laws.time_s, inline=False)  # there is much of it, and many call it

# What asks whether it was given an array; compiled code gives it none.
compiled_as(arithmetic.parts, _parts)
compiled_as(arithmetic.scaled, _scaled)
compiled_as(arithmetic.choose, _choose)
compiled_as(arithmetic.whole, _whole)
compiled_as(arithmetic.root, _root)
compiled_as(arithmetic.normal_quantile, arithmetic.normal_quantile_of_one)
compiled_as(laws.last_not_above, laws.last_not_above_one)
