"""One replication from scenario to measures, day by day."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim import measures
from hotline_sim.demand import Demand, cases_per_day, tables_of
from hotline_sim.domain import ContactLog, Duty, Floats, Ints, joined
from hotline_sim.execution.contacts import contact_writer
from hotline_sim.execution.engines import engine_of
from hotline_sim.money import cost_measures
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.execution.task import Task
    from hotline_sim.measures import Tally
    from hotline_sim.scenario import Scenario

# Contacts that are counted at once: enough that counting costs little a contact.
_BATCH_CONTACTS = 10_000
# Days are drawn and played together until they hold about so many cases, which spreads the
# fixed cost of a day; contacts in memory stay few.
_SPAN_CASES = 40_000
_LONGEST_SPAN = 84  # days
_LARGE_BLOCK = 31 * 2**20  # bytes; glibc learns from blocks below 32 MiB


@dataclass(frozen=True, eq=False)
class Numbers:
    """The measures of one replication: of all, and by channel, team and department."""

    measures: dict[str, float]
    by_channel: dict[str, dict[str, float]]
    by_team: dict[str, dict[str, float]]
    by_department: dict[str, dict[str, float]]

    @property
    def numbers(self) -> Numbers:
        """Return the measures alone."""
        return Numbers(self.measures, self.by_channel, self.by_team, self.by_department)


@dataclass(frozen=True, eq=False)
class Replication(Numbers):
    """The measures of one replication, and the sums that figures and tables are made of.

    ``by_day[f]`` is ``(days, channels)``, ``by_half_hour[f]`` is ``(48, channels)``, both sums
    by arrival; ``waits`` is ``(channels, bins)``; ``worst_24h`` is ``(days, 2)``, the calls offered
    and answered in the worst 24 hours that begin on each day.
    """

    by_day: dict[str, Floats]
    by_half_hour: dict[str, Floats]
    waits: Ints
    worst_24h: Floats


def play_days(task: Task) -> Iterator[tuple[range, ContactLog, Duty]]:
    """Play a task's days in order, a span of days at a time: its days, contacts settled, duty.

    Days are taken together for speed alone; where contacts are written out they go one by
    one. After the last day comes one more item, its duty empty, with the contacts still waiting.
    """
    keep_freed_memory()
    task = task.settled()
    scenario = task.scenario
    _, engine = engine_of(task.engine)
    streams = Streams(task.seed, task.replication)
    demand = Demand(scenario, streams)
    staffing = Staffing(scenario, streams)
    hotline = engine(rules(scenario), tables_of(scenario, task.seed, task.replication))
    for first, until in _spans(task):
        duty = staffing.duty(first, until)
        days = range(first, until)
        yield days, hotline.run_day(until - 1, demand.draw(first, until), duty), duty
    end = scenario.total_days
    yield range(end, end + 1), hotline.close(), staffing.duty(end, end)


def keep_freed_memory() -> None:
    """Let the columns of a span of days have the memory of those before, where glibc is used.

    Until it has once freed a large block, glibc gives every column back to the system and
    asks for it anew, page by page: a twentieth of a run. The block itself is never touched.
    """
    np.empty(_LARGE_BLOCK, np.uint8)


def _spans(task: Task) -> Iterator[tuple[int, int]]:
    """Return (first day, day after the last) of the spans; none spans the warm-up's end."""
    scenario = task.scenario
    busy = _SPAN_CASES / max(cases_per_day(scenario), 1.0)
    length = 1 if task.contacts is not None else int(min(max(busy, 1.0), _LONGEST_SPAN))
    day, warm_up = 0, scenario.horizon.warm_up_days
    while day < scenario.total_days:
        end = warm_up if day < warm_up else scenario.total_days
        until = min(day + length, end)
        yield day, until
        day = until


def replicate(task: Task) -> Replication:
    """Play a task and return its measures; contacts are counted, and written out if asked.

    They are counted by compiled loops where the engine is the compiled one.

    Raises
    ------
    OSError
        If contacts cannot be written to the task's folder.
    """
    task = task.settled()
    engine, _ = engine_of(task.engine)
    counter = measures.Counter(task.scenario, compiled=engine == "compiled")
    batch: list[ContactLog] = []
    with contextlib.ExitStack() as files:
        writer = None
        if task.contacts is not None:
            writer = files.enter_context(contact_writer(task))
        for days, log, duty in play_days(task):
            if writer is not None:
                writer.add(days.start, log)
            if days.start == task.scenario.total_days:  # the last item: who was left
                counter.add_contacts(joined(batch))
                counter.add_duty(days, duty)
                counter.add_left(log)
                break
            counter.add_duty(days, duty)
            batch.append(log)
            if sum(map(len, batch)) >= _BATCH_CONTACTS:
                counter.add_contacts(joined(batch))
                batch = []
    return _summary(task.scenario, counter.tally)


def _summary(scenario: Scenario, tally: Tally) -> Replication:
    kept = measures.sums_of_intervals(scenario)
    return Replication(
        measures=measures.measures_of(scenario, tally) | cost_measures(scenario, tally),
        by_channel=measures.channel_measures(scenario, tally),
        by_team=measures.team_measures(scenario, tally),
        by_department=measures.department_measures(scenario, tally),
        by_day={name: tally.by_day[name].copy() for name in kept},  # not of all names
        by_half_hour={name: tally.by_half_hour[name].copy() for name in kept},
        waits=tally.waits,
        worst_24h=measures.worst_24h_by_day(tally.calls[:, 0], tally.calls[:, 1]),
    )
