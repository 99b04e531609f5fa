"""Queues whose exact answer is a chain of states solved as it stands: redials, chats, a day.

They hold for a few agents, for which the states can be listed; the model is checked against
them where `queue_measures` approximates.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.markov import erlang_c
from hotline_sim.erlang.records import RedialMeasures, check_positive, check_whole
from hotline_sim.erlang.serving import check_slowdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

State = TypeVar("State", bound=Hashable)
Desk = tuple[tuple[int, ...], ...]  # of each agent, how many chats of each pace
Floats = npt.NDArray[np.float64]

_CUT = 1e-9  # the weight that states left out would have, at most
_TOLERANCE = 1e-10  # of the differential equations


def with_orbit(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    patience_mean_s: float,
    agents: int,
    redial_probability: float,
    delay_mean_s: float,
) -> RedialMeasures:
    """Return what a queue is offered when those who gave up call again after a while.

    M/M/n+M whose leavers partly wait in an orbit, an exponential time each (Falin & Templeton
    1997, Retrial queues): the chain of (contacts present, cases in orbit), cut where there is
    next to no weight. `with_redials` is its limit for long delays.

    Raises
    ------
    ValueError
        If an argument is out of range, or the states are too many to be listed.
    """
    check_positive(
        calls_per_hour=calls_per_hour,
        handle_mean_s=handle_mean_s,
        patience_mean_s=patience_mean_s,
        delay_mean_s=delay_mean_s,
    )
    check_whole(agents=agents)
    arrive, again = calls_per_hour / 3600.0, 1.0 / delay_mean_s
    load = arrive * handle_mean_s
    most = math.ceil(agents + 12.0 * math.sqrt(load + 1.0))
    orbit = math.ceil(20.0 + 4.0 * arrive * redial_probability * delay_mean_s)

    def moves(state: tuple[int, int]) -> Iterable[tuple[tuple[int, int], float]]:
        present, gone = state
        waiting = max(present - agents, 0)
        if present < most:
            yield (present + 1, gone), arrive
            if gone:
                yield (present + 1, gone - 1), gone * again
        if present:
            yield (present - 1, gone), min(present, agents) / handle_mean_s
        if waiting:
            leave = waiting / patience_mean_s
            yield (present - 1, min(gone + 1, orbit)), leave * redial_probability
            yield (present - 1, gone), leave * (1.0 - redial_probability)

    weight = _balance((0, 0), moves)
    edge = sum(w for (present, gone), w in weight.items() if present == most or gone == orbit)
    if edge > _CUT:
        raise ValueError(f"delay_mean_s = {delay_mean_s:g}: too many are in orbit to be listed")
    back = again * sum(w * gone for (_, gone), w in weight.items())
    served = sum(w * min(present, agents) for (present, _), w in weight.items()) / handle_mean_s
    offered = arrive + back
    return RedialMeasures(
        offered_per_hour=3600.0 * offered,
        connect_rate=served / offered,
        case_connect_rate=served / arrive,
        redial_share=back / offered,
    )


@dataclass(frozen=True, slots=True)
class ChatMeasures:
    """Long-run measures of a chat channel.

    Attributes
    ----------
    connect_rate, abandonment_rate : float
        Answered, and given up while waiting / offered.
    wait_mean_s : float
        Mean wait, answered or not, no wait counted as 0.
    """

    connect_rate: float
    abandonment_rate: float
    wait_mean_s: float


def few_chat_agents(
    *,
    calls_per_hour: float,
    handle_mean_s: float,
    patience_mean_s: float,
    agents: int,
    concurrency: int,
    slowdown: float,
) -> ChatMeasures:
    """Return the measures of chats whose time is settled when they begin.

    A chat takes ``1 + slowdown * others`` times an exponential time, with the others its agent
    then holds. It goes to the agent longest idle, else to the one with the fewest chats, and of
    those to the one whose chats changed longest ago. The state is the number waiting and, from
    the agent whose chats changed longest ago on, how many chats of each pace every one holds.
    Up to about six slots it can be listed.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    check_positive(
        calls_per_hour=calls_per_hour,
        handle_mean_s=handle_mean_s,
        patience_mean_s=patience_mean_s,
    )
    check_whole(agents=agents, concurrency=concurrency)
    check_slowdown(slowdown)
    arrive = calls_per_hour / 3600.0
    end_per_s = [1.0 / (handle_mean_s * (1.0 + slowdown * i)) for i in range(concurrency)]
    most = _most_waiting(arrive, agents * concurrency / handle_mean_s, patience_mean_s)

    def moves(state: tuple[int, Desk]) -> Iterable[tuple[tuple[int, Desk], float]]:
        waiting, desk = state
        held = [sum(one) for one in desk]
        if min(held) < concurrency:
            yield (0, _begun(desk, held.index(min(held)))), arrive
        elif waiting < most:
            yield (waiting + 1, desk), arrive
        if waiting:
            yield (waiting - 1, desk), waiting / patience_mean_s
        for agent, chats in enumerate(desk):
            for pace, count in enumerate(chats):
                if count:
                    left = _ended(desk, agent, pace)
                    after = (waiting - 1, _begun(left, agents - 1)) if waiting else (0, left)
                    yield after, count * end_per_s[pace]

    idle: Desk = ((0,) * concurrency,) * agents
    weight = _balance((0, idle), moves)
    waiting_mean = sum(w * waiting for (waiting, _), w in weight.items())
    abandoned = waiting_mean / patience_mean_s / arrive
    return ChatMeasures(1.0 - abandoned, abandoned, waiting_mean / arrive)


def _begun(desk: Desk, agent: int) -> Desk:
    """Return the agents when one begins a chat: its pace is that of the chats then held."""
    chats = list(desk[agent])
    chats[sum(chats)] += 1
    return (*desk[:agent], *desk[agent + 1 :], tuple(chats))


def _ended(desk: Desk, agent: int, pace: int) -> Desk:
    chats = list(desk[agent])
    chats[pace] -= 1
    return (*desk[:agent], *desk[agent + 1 :], tuple(chats))


def _most_waiting(arrive: float, finish: float, patience_mean_s: float) -> int:
    """Return a queue's length that is next to never reached."""
    likely = max(0.0, (arrive - finish) * patience_mean_s)
    return math.ceil(likely + 8.0 * math.sqrt(arrive * patience_mean_s) + 10.0)


def _balance(
    start: State, moves: Callable[[State], Iterable[tuple[State, float]]]
) -> dict[State, float]:
    """Return the long-run weight of every state reached from one, by the balance of flows."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    number: dict[State, int] = {start: 0}
    states = [start]
    begin, end, rate = [], [], []
    for state in states:  # which grows
        for after, per_s in moves(state):
            if after not in number:
                number[after] = len(states)
                states.append(after)
            begin.append(number[state])
            end.append(number[after])
            rate.append(per_s)
    size = len(states)
    flow = sparse.csr_matrix((rate, (end, begin)), (size, size))
    balance = (flow - sparse.diags(np.asarray(flow.sum(axis=0)).ravel())).tolil()
    balance[0] = 1.0  # in place of one equation: the weights sum to 1
    weight = spsolve(balance.tocsc(), np.eye(1, size).ravel())
    return dict(zip(states, weight.tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Expected contacts of a day that begins with an empty queue.

    Attributes
    ----------
    answered, abandoned, open : float
        Contacts that were answered, gave up, or still waited at the end.
    """

    answered: float
    abandoned: float
    open: float


def changing_day(
    *,
    calls_per_hour: Sequence[float],
    handle_mean_s: float,
    patience_mean_s: float,
    agents: int,
) -> DayCounts:
    """Return the expected contacts of a day whose rate changes from hour to hour.

    M(t)/M/n+M by Kolmogorov's forward equations (Gross et al., Fundamentals of Queueing Theory,
    ch. 2), integrated from an empty queue; the expected counts are two equations more.

    Parameters
    ----------
    calls_per_hour : sequence of float
        The rate in each hour; 24 of them are a day.

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    from scipy.integrate import solve_ivp

    check_positive(handle_mean_s=handle_mean_s, patience_mean_s=patience_mean_s)
    check_whole(agents=agents)
    peak = max(calls_per_hour) / 3600.0
    most = agents + _most_waiting(peak, agents / handle_mean_s, patience_mean_s)
    present = np.arange(most + 1.0)
    served = np.minimum(present, agents) / handle_mean_s
    left = np.maximum(present - agents, 0.0) / patience_mean_s

    def slope(_: float, state: Floats, arrive: float) -> Floats:
        weight = state[:-2]
        change = np.zeros_like(state)
        up, down = arrive * weight[:-1], (served + left)[1:] * weight[1:]
        change[1:-2] += up - down
        change[:most] += down - up
        # Begun: at once where an agent is free, or when another's contact ends.
        change[-2] = arrive * weight[:agents].sum() + served[agents + 1 :] @ weight[agents + 1 :]
        change[-1] = left @ weight
        return change

    state = np.zeros(most + 3)
    state[0] = 1.0
    for rate in calls_per_hour:
        solved = solve_ivp(
            slope,
            (0.0, 3600.0),
            state,
            method="DOP853",
            args=(rate / 3600.0,),
            rtol=_TOLERANCE,
            atol=1e-12,
        )
        state = solved.y[:, -1]
    waiting = float(np.maximum(present - agents, 0.0) @ state[:-2])
    return DayCounts(answered=float(state[-2]), abandoned=float(state[-1]), open=waiting)


def priority_waits_s(
    *, calls_per_hour: Sequence[float], handle_mean_s: float, agents: int
) -> tuple[float, ...]:
    """Return the mean waits of classes of contacts, the first served first, none interrupted.

    Nobody gives up, and all have one law of handle time, exponential (Cobham 1954, Priority
    assignment in waiting line problems, Operations Research 2(1)).

    Raises
    ------
    ValueError
        If an argument is out of range, or the queue would grow for ever.
    """
    together = erlang_c(
        calls_per_hour=sum(calls_per_hour),
        handle_mean_s=handle_mean_s,
        agents=agents,
        within_s=0.0,
    )
    residual_s = together.wait_share * handle_mean_s / agents
    each = np.asarray(calls_per_hour) / 3600.0 * handle_mean_s / agents
    upto = np.concatenate([[0.0], np.cumsum(each)])
    return tuple(residual_s / ((1.0 - a) * (1.0 - b)) for a, b in pairwise(upto.tolist()))
