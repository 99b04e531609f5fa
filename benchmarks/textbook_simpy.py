"""The hotline as SimPy's tutorials write it: a process per call and a Resource of agents.

It is what our engines are measured against, so it is kept plain, not slow: calls are read
from lists, the log is a list of tuples, and the one thing a Resource cannot do, changing
its capacity with the shifts, is done as forum answers advise, by setting ``_capacity``. A
lower capacity lets who is talking finish; after a higher one the queue is asked once per
added agent, because asking serves only one waiter. (Holding seats with processes that
request the resource with priority would say the same with a PriorityResource, which sorts
its queue at every request and would make this textbook slower than it need be.)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import simpy

from hotline_sim.domain import DAY_S, NOBODY, Outcome

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from benchmarks.work import Calls
    from hotline_sim.domain import Duty

ANSWERED, ABANDONED = int(Outcome.ANSWERED), int(Outcome.ABANDONED)


@dataclass(frozen=True, eq=False)
class TextbookLog:
    """What became of the calls, ``(n_contacts,)`` each."""

    case: np.ndarray
    arrival_s: np.ndarray
    start_s: np.ndarray
    end_s: np.ndarray
    outcome: np.ndarray


class _Lists:
    """A day's calls as lists, for Python reads an array's elements slowly."""

    def __init__(self, calls: Calls) -> None:
        self.case = calls.case.tolist()
        self.talk_s = calls.talk_s.tolist()
        self.wrap_up_s = calls.wrap_up_s.tolist()
        self.patience_s = calls.patience_s.tolist()
        self.next_call = calls.next_call.tolist()  # by ending: ANSWERED, ABANDONED
        self.delay_s = calls.delay_s.tolist()


def simulate(days: list[tuple[Calls, Duty]]) -> TextbookLog:
    """Play the days, and return the contacts that ended in them."""
    env = simpy.Environment()
    agents = simpy.Resource(env, capacity=1)
    log: list[tuple[int, float, float, float, int]] = []

    def call(calls: _Lists, i: int) -> ProcessGenerator:
        arrival_s, start_s = env.now, np.nan
        with agents.request() as answered:
            happened = yield answered | env.timeout(calls.patience_s[i])
            end_s = env.now
            if answered in happened:
                start_s = env.now
                outcome = ANSWERED
                end_s = start_s + calls.talk_s[i]
                yield env.timeout(calls.talk_s[i] + calls.wrap_up_s[i])
            else:
                outcome = ABANDONED
        log.append((calls.case[i], arrival_s, start_s, end_s, outcome))
        following = calls.next_call[outcome][i]
        if following != NOBODY:
            yield env.timeout(max(0.0, end_s + calls.delay_s[outcome][i] - env.now))
            env.process(call(calls, following))

    def callers() -> ProcessGenerator:
        for day, (drawn, _) in enumerate(days):
            yield env.timeout(day * DAY_S - env.now)
            calls = _Lists(drawn)
            for i, at_s in enumerate(drawn.arrival_s.tolist()):
                yield env.timeout(at_s - env.now)
                env.process(call(calls, i))

    def roster() -> ProcessGenerator:
        agents._capacity = 0
        for at_s, change in _changes(days):
            yield env.timeout(at_s - env.now)
            agents._capacity += change
            for _ in range(change):
                agents._trigger_put(None)

    env.process(callers())
    env.process(roster())
    env.run(until=len(days) * DAY_S)
    case, arrival, start, end, outcome_ = zip(*log, strict=True)
    return TextbookLog(
        np.array(case), np.array(arrival), np.array(start), np.array(end), np.array(outcome_)
    )


def _changes(days: list[tuple[Calls, Duty]]) -> list[tuple[float, int]]:
    """Return the instants at which the number of agents on duty changes, and by how many."""
    change: dict[float, int] = {}
    for _, duty in days:
        for on_s, off_s in zip(duty.on_s.tolist(), duty.off_s.tolist(), strict=True):
            change[on_s] = change.get(on_s, 0) + 1
            change[off_s] = change.get(off_s, 0) - 1
    return sorted(change.items())
