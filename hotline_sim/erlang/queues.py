"""One queue in its own words, and whichever formula it takes, with redials."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import numpy as np

from hotline_sim.erlang import general, markov
from hotline_sim.erlang.records import (
    HotlineMeasures,
    QueueMeasures,
    check_positive,
    check_whole,
    check_within,
)
from hotline_sim.erlang.serving import Serving, check_slowdown
from hotline_sim.laws import Exponential, LawOfTime, Never

_NOBODY_GIVES_UP = Never()
_ENOUGH = 1e-15  # of a share: as exact as floats are
_RELATIVE = 1e-13  # of the odds that the guesses are made with
_MOST_GUESSES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What a queue is offered and how it is served, but for the number of agents.

    Attributes
    ----------
    calls_per_hour : float
        First contacts, redials not counted.
    handle_mean_s : float
        Mean handle time of a contact whose agent has no other in hand.
    patience : LawOfTime
        Of whoever waits; `Never` if nobody gives up.
    redial_probability : float
        Chance that an abandoned or blocked contact, at whatever try, is followed by another;
        less than 1.
    lines : int, optional
        Contacts waiting or in hand at most; no limit if None. Patience is then exponential.
    may_wait : bool
        False: who finds no free agent is lost (Erlang B).
    concurrency : int
        Contacts an agent has in hand at most; more than 1 are chats.
    slowdown : float
        How much longer, as a share, a contact takes for each further one in hand.

    Raises
    ------
    ValueError
        If a number is out of its range, or there is no formula for what is asked together.
    """

    calls_per_hour: float
    handle_mean_s: float
    patience: LawOfTime = _NOBODY_GIVES_UP
    redial_probability: float = 0.0
    lines: int | None = None
    may_wait: bool = True
    concurrency: int = 1
    slowdown: float = 0.0

    def __post_init__(self) -> None:
        check_positive(calls_per_hour=self.calls_per_hour, handle_mean_s=self.handle_mean_s)
        check_whole(concurrency=self.concurrency)
        check_slowdown(self.slowdown)
        check_redial(self.redial_probability)
        if self.lines is None:
            return
        check_whole(lines=self.lines)
        if not isinstance(self.patience, Exponential | Never):
            raise ValueError(
                f"lines = {self.lines}: there is no formula with {type(self.patience).__name__} "
                "patience; exponential patience, or no limit on lines, is wanted"
            )
        if self.concurrency > 1 or not self.may_wait:
            raise ValueError(
                f"lines = {self.lines}: with chats, or where nobody may wait, there are no lines"
            )

    def offered_per_hour(self, failed_share: float) -> float:
        """Return first contacts and redials together, where so many fail."""
        return self.calls_per_hour / (1.0 - self.redial_probability * failed_share)

    @property
    def least_agents(self) -> float:
        """Return how many agents first contacts alone would keep busy, every slot taken."""
        longer = 1.0 + self.slowdown * (self.concurrency - 1)
        return self.calls_per_hour / 3600.0 * self.handle_mean_s * longer / self.concurrency

    @property
    def fails_never(self) -> bool:
        """Return whether every contact is answered, however long it takes."""
        return self.may_wait and self.lines is None and isinstance(self.patience, Never)


def check_redial(redial_probability: float) -> None:
    """Refuse a chance of redialling that is below 0, or so high that calls never end."""
    if not 0.0 <= redial_probability < 1.0:
        raise ValueError(
            f"redial_probability = {redial_probability}: must be at least 0 and less than 1"
        )


def queue_measures(*, queue: Queue, agents: int, within_s: float) -> HotlineMeasures:
    """Return the long-run measures of a queue with so many agents, redials among its contacts.

    Erlang B where nobody may wait, C where nobody gives up, A with exponential patience,
    Zeltyn and Mandelbaum's M/M/n+G with any other; chats are their like with the rates of
    `Serving`. Redials are taken to come so much later that they are fresh Poisson arrivals
    (Cohen 1957, Basic problems of telephone traffic theory; Falin & Templeton 1997, Retrial
    queues): what is offered solves
    ``offered = calls_per_hour / (1 - redial_probability * failed(offered))``, which has one
    solution. Redials within a few handle times meet the crowd that made them fail: the
    connect rate is then lower than this.

    Raises
    ------
    ValueError
        If an argument is out of range, or the queue would grow for ever.
    """
    check_within(within_s)
    serving = Serving(queue.handle_mean_s, agents, queue.concurrency, queue.slowdown)

    failed_share = 0.0
    if queue.redial_probability > 0.0 and not queue.fails_never:
        failed_share = _failed_where_assumed(queue, serving)
    found = _of_formula(queue, queue.offered_per_hour(failed_share), serving, within_s)
    failed_share = min(1.0, found.abandonment_rate + found.blocked_share)
    return HotlineMeasures(
        **asdict(found),
        offered_per_hour=queue.offered_per_hour(failed_share),
        case_connect_rate=found.connect_rate / (1.0 - queue.redial_probability * failed_share),
        redial_share=queue.redial_probability * failed_share,
    )


def _failed_where_assumed(queue: Queue, serving: Serving) -> float:
    """Return the share of contacts that fail where just so many fail as were assumed."""

    def excess(assumed: float) -> float:
        return _failed(queue, queue.offered_per_hour(assumed), serving) - assumed

    # The more are assumed to fail the more do, so from none upward each guess that follows is
    # nearer, and the secant through two of them nearer still.
    before, far = 0.0, excess(0.0)
    share, near = far, excess(far)
    for _ in range(_MOST_GUESSES):
        if abs(near) <= _ENOUGH or near == far:
            return share
        guess = share - near * (share - before) / (near - far)
        if not 0.0 <= guess <= 1.0:
            break
        before, far = share, near
        share, near = guess, excess(guess)
    from scipy.optimize import brentq

    # Between 0 and 1 the guess is once too low and once too high, rounding or not.
    return float(brentq(excess, 0.0, 1.0, xtol=_ENOUGH, rtol=1e-14))


def _failed(queue: Queue, offered_per_hour: float, serving: Serving) -> float:
    """Return the share of contacts that are not served, by the balance of flows alone.

    With a free slot whoever comes is served; where there is a queue, as many are as the
    agents finish.
    """
    arrive = offered_per_hour / 3600.0
    log_idle = serving.log_idle(arrive * serving.handle_mean_s)
    if not queue.may_wait:
        return math.exp(-float(np.logaddexp(0.0, log_idle)))
    log_odds = _log_wait_odds(queue, arrive, serving)
    idle_share = math.exp(-float(np.logaddexp(0.0, log_odds)))
    # The state in which every slot is taken and nobody waits is as likely as exp(-log_idle)
    # of all states with a free slot.
    none_waits = math.exp(-float(np.logaddexp(0.0, log_odds)) - log_idle)
    queue_share = max(0.0, 1.0 - idle_share - none_waits)
    served = idle_share + serving.full_per_s / arrive * queue_share
    return min(1.0, max(0.0, 1.0 - served))


def _log_wait_odds(queue: Queue, arrive: float, serving: Serving) -> float:
    if not isinstance(queue.patience, Exponential | Never):
        return general.log_wait_odds(arrive, serving, queue.patience, _RELATIVE)
    mean_s = math.inf if isinstance(queue.patience, Never) else queue.patience.scale_s()
    if queue.lines is not None and queue.lines < serving.agents:
        serving = Serving(serving.handle_mean_s, queue.lines)
    return markov.log_wait_odds(arrive, serving, mean_s, queue.lines)


def _of_formula(
    queue: Queue, offered_per_hour: float, serving: Serving, within_s: float
) -> QueueMeasures:
    if not queue.may_wait:
        return _lost_at_once(offered_per_hour, serving)
    if isinstance(queue.patience, Never):
        return markov.of_chain(offered_per_hour, serving, math.inf, queue.lines, within_s)
    if isinstance(queue.patience, Exponential):
        return markov.of_chain(
            offered_per_hour, serving, queue.patience.scale_s(), queue.lines, within_s
        )
    return general.of_offered_wait(offered_per_hour, serving, queue.patience, within_s)


def _lost_at_once(offered_per_hour: float, serving: Serving) -> QueueMeasures:
    """Return the measures where nobody may wait: Erlang B, whatever the law of handling."""
    load = offered_per_hour / 3600.0 * serving.handle_mean_s
    log_idle = serving.log_idle(load)
    connect_rate = math.exp(-float(np.logaddexp(0.0, -log_idle)))
    blocked_share = math.exp(-float(np.logaddexp(0.0, log_idle)))
    return QueueMeasures(
        connect_rate=connect_rate,
        abandonment_rate=0.0,
        blocked_share=blocked_share,
        wait_share=0.0,
        wait_mean_s=0.0,
        asa_s=0.0,
        service_level=connect_rate,
        wait_over_share=0.0,
        waiting_mean=0.0,
        occupancy=markov.occupancy(serving, load, blocked_share, connect_rate),
    )
