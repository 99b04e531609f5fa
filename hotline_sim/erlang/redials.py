"""Erlang A when some of those who failed call again."""

from __future__ import annotations

import math

from hotline_sim.erlang.queues import Queue, queue_measures
from hotline_sim.erlang.records import RedialMeasures, check_positive
from hotline_sim.laws import Exponential, LawOfTime, Never


def with_redials(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    patience_mean_s: float,
    agents: int,
    redial_probability: float,
    lines: int | None = None,
) -> RedialMeasures:
    """Return what a queue is offered once failed contacts partly come back.

    The approximation of `queue_measures`, which takes patience of any law as well.

    Parameters
    ----------
    calls_per_hour : float
        First calls, redials not counted.
    handle_mean_s, patience_mean_s : float
        Means, as in `erlang_a`.
    agents : int
        Agents on duty.
    redial_probability : float
        Chance that an abandoned or blocked contact, at whatever try, is followed by
        another; less than 1.
    lines : int, optional
        As in `erlang_a`.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    found = queue_measures(
        queue=Queue(
            calls_per_hour=calls_per_hour,
            handle_mean_s=handle_mean_s,
            patience=_exponential(patience_mean_s),
            redial_probability=redial_probability,
            lines=lines,
        ),
        agents=agents,
        within_s=0.0,
    )
    return RedialMeasures(
        offered_per_hour=found.offered_per_hour,
        connect_rate=found.connect_rate,
        case_connect_rate=found.case_connect_rate,
        redial_share=found.redial_share,
    )


def _exponential(patience_mean_s: float) -> LawOfTime:
    if patience_mean_s == math.inf:
        return Never()
    check_positive(patience_mean_s=patience_mean_s)
    return Exponential(mean_s=patience_mean_s)
