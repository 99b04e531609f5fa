"""Erlang A when some of those who failed call again."""

from __future__ import annotations

from hotline_sim.erlang.markov import erlang_a
from hotline_sim.erlang.records import RedialMeasures


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

    An approximation: redials are taken to come so much later that they are fresh Poisson
    arrivals (Cohen 1957, Basic problems of telephone traffic theory; Falin & Templeton
    1997, Retrial queues). What is offered then solves
    ``offered = calls_per_hour / (1 - redial_probability * failed(offered))``, which has
    one solution. Redials within a few handle times meet the crowd that made them fail:
    the connect rate is then lower than this.

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
    from scipy.optimize import brentq

    if not 0.0 <= redial_probability < 1.0:
        raise ValueError(
            f"redial_probability = {redial_probability}: must be at least 0 and less than 1"
        )

    def failed(offered_per_hour: float) -> float:
        queue = erlang_a(
            calls_per_hour=offered_per_hour,
            handle_mean_s=handle_mean_s,
            patience_mean_s=patience_mean_s,
            agents=agents,
            within_s=0.0,
            lines=lines,
        )
        return min(1.0, queue.abandonment_rate + queue.blocked_share)

    def offered(failed_share: float) -> float:
        return calls_per_hour / (1.0 - redial_probability * failed_share)

    # Between 0 and 1 the guess is once too low and once too high, rounding or not.
    failed_share = float(
        brentq(lambda share: failed(offered(share)) - share, 0.0, 1.0, xtol=1e-15, rtol=1e-14)
    )
    connect_rate = 1.0 - failed_share
    return RedialMeasures(
        offered_per_hour=offered(failed_share),
        connect_rate=connect_rate,
        case_connect_rate=connect_rate / (1.0 - redial_probability * failed_share),
        redial_share=redial_probability * failed_share,
    )
