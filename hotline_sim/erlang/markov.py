"""Erlang B, C and A: the queues whose state is the number of contacts present.

One birth-death chain serves them all. With ``n`` agents serving, contacts leave state
``n + k`` (``k`` waiting) at rate ``finish + k * give_up``; states below ``n`` have an idle
agent. Weights are kept as logarithms, so that neither 5,000 agents nor a hopeless overload
leaves the range of floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.records import (
    QueueMeasures,
    check_positive,
    check_whole,
    check_within,
)
from hotline_sim.erlang.serving import Serving, log_sum

Floats = npt.NDArray[np.float64]

# States this far (in logarithms) below the most likely one are left out: exp(-80) is
# 1e-35, and there are never enough of them to matter to a float.
_NEGLIGIBLE = 80.0

# Two million states take seconds. Only callers who wait for years on agents who fail to
# keep up, or millions of lines, need more.
_MOST_STATES = 2_000_000


@dataclass(frozen=True, slots=True)
class _Rates:
    """Rates per second of one queue in which everyone who serves is busy."""

    arrive: float
    finish: float  # all serving agents together
    give_up: float  # each waiting contact; 0 if nobody does


def erlang_b(*, calls_per_hour: float, handle_mean_s: float, lines: int) -> float:
    """Return the share of contacts that find every line taken, none of them waiting.

    Erlang's loss formula, M/M/n/n (Erlang 1917; Gross et al., Fundamentals of Queueing
    Theory, ch. 2). Only the mean of the handle time matters, not its law.

    Parameters
    ----------
    calls_per_hour, handle_mean_s : float
        Contacts offered, and the mean time one holds a line.
    lines : int
        Lines, or agents if nobody can wait.

    Raises
    ------
    ValueError
        If a rate or a time is not positive and finite, or lines are not whole.
    """
    check_positive(calls_per_hour=calls_per_hour, handle_mean_s=handle_mean_s)
    check_whole(lines=lines)
    load = calls_per_hour / 3600.0 * handle_mean_s
    return float(np.exp(-np.logaddexp(0.0, Serving(handle_mean_s, lines).log_idle(load))))


def erlang_c(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    agents: int,
    within_s: float,
    lines: int | None = None,
) -> QueueMeasures:
    """Return the measures of a queue in which nobody gives up.

    Erlang's delay formula, M/M/n, or with `lines` the queue M/M/n/K, K contacts present at
    most (Erlang 1917; Gross et al., Fundamentals of Queueing Theory, ch. 2).

    Parameters
    ----------
    calls_per_hour, handle_mean_s : float
        Contacts offered, and the mean time one keeps an agent busy.
    agents : int
        Agents on duty.
    within_s : float
        The limit of ``service_level`` and ``wait_over_share``.
    lines : int, optional
        Contacts waiting or in hand at most; no limit if None. A line counts as held for
        the whole handle time, so wrap-up without a line makes this pessimistic.

    Raises
    ------
    ValueError
        If an argument is out of range, or the queue would grow for ever: unlimited lines
        and no more agents than the work needs.
    """
    check_positive(calls_per_hour=calls_per_hour, handle_mean_s=handle_mean_s)
    check_within(within_s)
    check_whole(agents=agents)
    if lines is not None:
        check_whole(lines=lines)
    return of_chain(calls_per_hour, Serving(handle_mean_s, agents), math.inf, lines, within_s)


def erlang_a(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    patience_mean_s: float,
    agents: int,
    within_s: float,
    lines: int | None = None,
) -> QueueMeasures:
    """Return the measures of a queue whose callers have exponential patience.

    Palm's M/M/n+M, or with `lines` M/M/n/K+M (Palm 1957, Research on telephone traffic;
    Garnett, Mandelbaum & Reiman 2002, M&SOM 4(3); Mandelbaum & Zeltyn 2007, Service
    engineering in action).

    Parameters
    ----------
    calls_per_hour, handle_mean_s : float
        Contacts offered, and the mean time one keeps an agent busy.
    patience_mean_s : float
        Mean patience; inf if nobody gives up, which is `erlang_c`.
    agents : int
        Agents on duty.
    within_s : float
        The limit of ``service_level`` and ``wait_over_share``.
    lines : int, optional
        Contacts waiting or in hand at most; no limit if None. A line counts as held for
        the whole handle time, so wrap-up without a line makes this pessimistic.

    Raises
    ------
    ValueError
        If an argument is out of range, or the queue is too long to be summed.
    """
    if patience_mean_s == math.inf:
        return erlang_c(
            calls_per_hour=calls_per_hour,
            handle_mean_s=handle_mean_s,
            agents=agents,
            within_s=within_s,
            lines=lines,
        )
    check_positive(
        calls_per_hour=calls_per_hour,
        handle_mean_s=handle_mean_s,
        patience_mean_s=patience_mean_s,
    )
    check_within(within_s)
    check_whole(agents=agents)
    if lines is not None:
        check_whole(lines=lines)
    serving = Serving(handle_mean_s, agents)
    return of_chain(calls_per_hour, serving, patience_mean_s, lines, within_s)


def of_chain(
    calls_per_hour: float,
    serving: Serving,
    patience_mean_s: float,
    lines: int | None,
    within_s: float,
) -> QueueMeasures:
    """Return the measures of the chain of contacts present; patience is exponential or inf."""
    if lines is None and patience_mean_s == math.inf:
        return _without_end(calls_per_hour / 3600.0, serving, within_s)
    return _with_states(calls_per_hour / 3600.0, serving, patience_mean_s, lines, within_s)


def _without_end(arrive: float, serving: Serving, within_s: float) -> QueueMeasures:
    """Return the measures where everyone waits: the states with a queue are geometric."""
    load, most = arrive * serving.handle_mean_s, serving.fewest_erlangs
    if load >= most:
        agents = serving.agents * load / most
        raise ValueError(
            f"agents = {serving.agents}: more than {agents:.6g} are wanted, "
            "or the queue grows for ever"
        )
    log_spare = math.log((most - load) / most)
    wait_share = math.exp(-np.logaddexp(0.0, log_spare + serving.log_idle(load)))
    drain_per_s = (most - load) / serving.handle_mean_s
    over = wait_share * math.exp(-drain_per_s * within_s)
    wait_mean_s = wait_share / drain_per_s
    return QueueMeasures(
        connect_rate=1.0,
        abandonment_rate=0.0,
        blocked_share=0.0,
        wait_share=wait_share,
        wait_mean_s=wait_mean_s,
        asa_s=wait_mean_s,
        service_level=1.0 - over,
        wait_over_share=over,
        waiting_mean=arrive * wait_mean_s,
        occupancy=occupancy(serving, load, wait_share, 1.0),
    )


def occupancy(serving: Serving, load: float, full_share: float, connect_rate: float) -> float:
    """Return the agents' busy share: by Little's law, or where they have several in hand by state.

    Parameters
    ----------
    load : float
        Contacts that arrive in one handle time.
    full_share : float
        Share of time that every slot is taken.
    connect_rate : float
        Share of contacts that are served.
    """
    if serving.concurrency == 1:
        return load * connect_rate / serving.agents
    busy = (1.0 - full_share) * serving.busy_if_idle(load) + full_share * serving.agents
    return busy / serving.agents


def log_wait_odds(
    arrive: float, serving: Serving, patience_mean_s: float, lines: int | None
) -> float:
    """Return the log odds that no slot is free against that one is; inf where none ever is."""
    load = arrive * serving.handle_mean_s
    log_idle = serving.log_idle(load)
    if lines is None and patience_mean_s == math.inf:
        most = serving.fewest_erlangs
        return math.log(most / (most - load)) - log_idle if load < most else math.inf
    places = math.inf if lines is None else lines - serving.agents
    rates = _Rates(arrive, serving.full_per_s, 1.0 / patience_mean_s)
    waiting = _waiting_states(rates, places)
    if waiting[0] > 0:
        return math.inf
    log_weight = _log_weights(rates, waiting)
    return log_sum(log_weight) - float(log_weight[0]) - log_idle


def _with_states(
    arrive: float,
    serving: Serving,
    patience_mean_s: float,
    lines: int | None,
    within_s: float,
) -> QueueMeasures:
    """Sum the chain state by state; with no more lines than agents, some have no line."""
    load, agents = arrive * serving.handle_mean_s, serving.agents
    places = math.inf
    if lines is not None:  # a telephone's agents: one slot each
        serving = Serving(serving.handle_mean_s, min(agents, lines))
        places = lines - serving.agents
    rates = _Rates(arrive, serving.full_per_s, 1.0 / patience_mean_s)
    waiting = _waiting_states(rates, places)
    log_weight = _log_weights(rates, waiting)
    # A window that begins above the full state leaves out everything below it.
    below = log_weight[0] + serving.log_idle(load) if waiting[0] == 0 else -math.inf
    log_total = float(np.logaddexp(below, log_sum(log_weight)))
    share = np.exp(log_weight - log_total)
    idle_share = math.exp(below - log_total)
    waiting_mean = float(np.dot(share, waiting))
    blocked_share = float(share[-1]) if waiting[-1] == places else 0.0
    if blocked_share > 0.0:
        waiting, share = waiting[:-1], share[:-1]

    stays = rates.finish / (rates.finish + (waiting + 1.0) * rates.give_up)
    connect_rate = idle_share + float(np.dot(share, stays))
    return QueueMeasures(
        connect_rate=connect_rate,
        abandonment_rate=float(
            np.dot(share, (waiting + 1.0) * rates.give_up / rates.finish * stays)
        ),
        blocked_share=blocked_share,
        wait_share=float(share.sum()),
        wait_mean_s=waiting_mean / (rates.arrive * (idle_share + float(share.sum()))),
        asa_s=float(np.dot(share, stays * _answered_wait_s(rates, waiting))) / connect_rate,
        service_level=idle_share
        + float(np.dot(share, stays * _answered_by(rates, waiting, within_s))),
        wait_over_share=float(np.dot(share, _still_waiting(rates, waiting, within_s))),
        waiting_mean=waiting_mean,
        occupancy=occupancy(serving, load, 1.0 - idle_share, connect_rate)
        * (serving.agents / agents),
    )


def _waiting_states(rates: _Rates, places: float) -> Floats:
    """Return the numbers waiting that have any weight, ascending.

    From the most likely number, where arrivals balance departures, weights fall at least
    like a normal curve of variance ``arrive / give_up`` downward, and upward at least like
    one twice as wide or, well above it, like a factorial.
    """
    mode, last, spread = 0.0, math.inf, math.inf
    if rates.give_up > 0.0:
        mode = max(0.0, (rates.arrive - rates.finish) / rates.give_up)
        spread = math.sqrt(2.0 * _NEGLIGIBLE * rates.arrive / rates.give_up)
        last = mode + 2.0 * (spread + _NEGLIGIBLE)
    if rates.arrive < rates.finish:
        last = min(
            last, _NEGLIGIBLE / math.log1p((rates.finish - rates.arrive) / rates.arrive) + 1.0
        )
    last = min(last, places)
    first = max(0.0, min(mode, last) - spread)
    if not last - first < _MOST_STATES:
        raise ValueError(
            f"patience_mean_s = {1.0 / rates.give_up if rates.give_up else math.inf:g}: "
            f"{last - first:.3g} lengths of the queue are too many to sum; fewer lines or "
            "shorter patience are wanted, or mmn_g with Exponential patience"
        )
    return np.arange(math.floor(first), math.ceil(last) + 1, dtype=np.float64)


def _log_weights(rates: _Rates, waiting: Floats) -> Floats:
    """Return the log weight of each number waiting, relative to the likeliest, ``(k,)``.

    Summed outward from there: relative to a state that is 17,000 below, as happens, the
    spacing of floats would cost four digits.
    """
    steps = np.log(rates.arrive / (rates.finish + waiting[1:] * rates.give_up))
    likeliest = int(np.count_nonzero(steps > 0.0))
    downward = -np.cumsum(steps[:likeliest][::-1])[::-1]
    return np.concatenate([downward, [0.0], np.cumsum(steps[likeliest:])])


def _answered_wait_s(rates: _Rates, waiting: Floats) -> Floats:
    """Return the mean wait of those answered, by the number they found waiting.

    With ``k`` ahead and the caller's own patience, ``k + 1`` departures pass at rates
    ``finish + give_up``, ..., ``finish + (k + 1) * give_up``, given that none of them is
    the caller giving up.
    """
    if not len(waiting):
        return waiting
    each_s = 1.0 / (rates.finish + (waiting + 1.0) * rates.give_up)
    before_s = 0.0
    if waiting[0] > 0:
        from scipy.special import digamma

        agents_per_caller = rates.finish / rates.give_up
        before_s = float(
            digamma(agents_per_caller + waiting[0] + 1.0) - digamma(agents_per_caller + 1.0)
        )
        before_s /= rates.give_up
    return before_s + np.cumsum(each_s)


# A caller with k ahead and endless patience waits V, the sum of exponential times of rates
# finish + j * give_up, j = 0..k. Each exp(-give_up * time) is Beta(finish / give_up + j, 1),
# and their product exp(-give_up * V) is Beta(finish / give_up, k + 1).


def _answered_by(rates: _Rates, waiting: Floats, within_s: float) -> Floats:
    """Return the share answered within `within_s` of those answered, by number found waiting."""
    from scipy.special import betainc, gammainc

    if rates.give_up == 0.0:
        by = gammainc(waiting + 1.0, rates.finish * within_s)
    else:
        gone = -math.expm1(-rates.give_up * within_s)
        by = betainc(waiting + 1.0, rates.finish / rates.give_up + 1.0, gone)
    return np.asarray(by, dtype=np.float64)


def _still_waiting(rates: _Rates, waiting: Floats, within_s: float) -> Floats:
    """Return the share that waits longer than `within_s`, by number found waiting."""
    from scipy.special import betainc, betaincc, gammaincc

    if rates.give_up == 0.0:
        return np.asarray(gammaincc(waiting + 1.0, rates.finish * within_s), dtype=np.float64)
    agents_per_caller = rates.finish / rates.give_up
    stayed = math.exp(-rates.give_up * within_s)
    if stayed < 0.5:  # of the two sides of one integral, the argument that keeps its digits
        still = betainc(agents_per_caller, waiting + 1.0, stayed)
    else:
        gone = -math.expm1(-rates.give_up * within_s)
        still = betaincc(waiting + 1.0, agents_per_caller, gone)
    return stayed * np.asarray(still, dtype=np.float64)
