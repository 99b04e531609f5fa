"""What KPI clauses (考核) take off a contract's fee."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import measure_of
from hotline_sim.domain import HALF_HOURS
from hotline_sim.measures import connect_rate_24h_min, months_of, share_of

if TYPE_CHECKING:
    from hotline_sim.domain import Bools
    from hotline_sim.measures import Tally
    from hotline_sim.money.fees import Fee
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Kpi

_POINTS = 100.0  # percentage points in one
_QUARTER = 3  # months


def deduction_cny(scenario: Scenario, tally: Tally, *, fee: Fee, clauses: tuple[Kpi, ...]) -> float:
    """Return what clauses take off the fee of the days counted, in yuan.

    In every window of a clause, fee of the window × min(cap, share per point × points that
    the measure falls short of its target: below it, or above it where less is better). Windows
    are those of the calendar, cut where the horizon begins or ends; one in which there is
    nothing to measure takes nothing. The measures are those of the whole hotline, whoever
    answers.
    """
    return sum(_of_clause(scenario, tally, fee, kpi) for kpi in clauses)


def _of_clause(scenario: Scenario, tally: Tally, fee: Fee, kpi: Kpi) -> float:
    months = months_of(scenario)
    windows = months // _QUARTER if kpi.window == "quarter" else months
    sense = -1.0 if measure_of(kpi.measure).less_is_better else 1.0
    lost_cny = 0.0
    for window in np.unique(windows):
        days = windows == window
        points = sense * _POINTS * (kpi.target - _reached(scenario, tally, kpi, days))
        if points > 0:  # not so if nan
            lost_cny += fee.cny(days) * min(kpi.cap, kpi.share_per_point * points)
    return lost_cny


def _reached(scenario: Scenario, tally: Tally, kpi: Kpi, days: Bools) -> float:
    """Return a clause's measure on the days of a window, ``(days,)``; nan if there is none."""
    if kpi.window != "day_24h":
        return share_of(scenario, tally, kpi.measure, days)
    begun = np.flatnonzero(days) * HALF_HOURS
    last_end = begun[-1] + 2 * HALF_HOURS - 1  # of the 24 h that begin on the last half-hour
    calls = tally.calls[begun[0] : last_end]
    return connect_rate_24h_min(calls[:, 0], calls[:, 1])
