"""Many tasks, in order, on as many cores or machines as are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.demand import cases_per_day
from hotline_sim.execution.contacts import has_contacts
from hotline_sim.execution.engines import engine_of, must_compile
from hotline_sim.execution.keys import Kept, key_of
from hotline_sim.execution.replication import Numbers, Replication, replicate
from hotline_sim.execution.store import Store, load_kept
from hotline_sim.execution.workers import deaths, played_by_workers

if TYPE_CHECKING:
    from pathlib import Path

    from hotline_sim.execution.outlook import Outlook
    from hotline_sim.execution.task import Task

Progress = Callable[[int, int, Numbers], Any]  # (done, of, the one that has just ended)

# A pool of workers costs half a second to start and an import in each: below this much work
# it is quicker to stay here. What a contact takes is a rough figure, for this choice alone.
_POOL_FROM_S = 2.0
_CONTACT_S = {"simpy": 1e-5, "compiled": 1e-6}
_CONTACTS_PER_CASE = 3.0
_TRIES = 3  # of a pool whose worker was killed


@dataclass(frozen=True)
class Execution:
    """By what execution tasks are played.

    Parameters
    ----------
    jobs
        Worker processes; 1 plays here, -1 takes every core.
    cluster
        Address of a Dask scheduler (``"tcp://host:8786"``) to play on instead.
    store
        Where each replication is kept as it ends, and looked for before it is played.
    fresh
        Play everything, whatever the store holds. A task that names its engine is played
        anyway: who asks for an engine wants to see that one at work.
    progress
        Called with (done, of, measures) as each ends, in any order.
    compiling
        Called before the first task if its engine has yet to be compiled.
    outlook
        Tells how long it will take, once and before most of it is played; not on a cluster.
    contacts
        Folder for the contact log of every replication; on a cluster, one that all machines
        share.
    """

    jobs: int = -1
    cluster: str | None = None
    store: Store | None = None
    fresh: bool = False
    progress: Progress | None = None
    compiling: Callable[[], Any] | None = None
    contacts: Path | None = None
    outlook: Outlook | None = None

    def plan(self, replications: int) -> None:
        """Note how many replications an experiment means to play, over all that it asks for."""
        if self.outlook is not None:
            self.outlook.planned = replications


class WorkersDiedError(RuntimeError):
    """Worker processes were killed again and again; what had ended is kept."""


def play_all(tasks: Sequence[Task], execution: Execution) -> list[Replication]:
    """Return the tasks' replications in the order of the tasks.

    Tasks share nothing, so any number of workers, here or elsewhere, gives the same results.

    Raises
    ------
    WorkersDiedError
        If workers die however often they are replaced.
    RefusalError
        If contacts would be written over a file that is not of this package.
    """
    ended: dict[int, Replication] = {}
    for number, found in as_ended(tasks, execution, whole=True):
        assert isinstance(found, Replication), "whole ones were asked for"
        ended[number] = found
    return [ended[number] for number in range(len(tasks))]


def as_ended(
    tasks: Sequence[Task], execution: Execution, *, whole: bool
) -> Iterator[tuple[int, Numbers]]:
    """Yield the tasks' replications as they end, or their measures alone, each with its number.

    What the store holds comes first. Errors are those of :func:`play_all`.
    """
    keeper = _Keeper(tasks, execution.store, whole)
    left: dict[int, Task] = {}
    for number, task in enumerate(tasks):
        kept = _kept(keeper, number, execution) if has_contacts(task) else None
        if kept is None:
            left[number] = task
            continue
        _tell(execution, number + 1 - len(left), len(tasks), kept)
        yield number, kept
    if execution.compiling is not None and left and must_compile(tasks[0].engine):
        execution.compiling()
    for _ in range(_TRIES):
        if not left:
            return
        try:
            for number, found in _ending(left, len(tasks), execution, whole=whole):
                del left[number]
                keeper.save(number, found)
                _tell(execution, len(tasks) - len(left), len(tasks), found)
                yield number, found
        except deaths():
            continue
    if left:
        ended = len(tasks) - len(left)
        raise WorkersDiedError(f"worker processes died {_TRIES} times; {ended} replications ended")


def _ending(
    left: dict[int, Task], asked: int, execution: Execution, *, whole: bool
) -> Iterator[tuple[int, Numbers]]:
    """Play what is left, the first of it to see how long it takes; who takes one strikes it off."""
    if execution.outlook is not None and execution.cluster is None:
        rough_s = _seconds(list(left.items()))
        for number, found in execution.outlook.timed(left, asked, rough_s, execution.jobs):
            yield number, found if whole else found.numbers
    yield from _played(list(left.items()), execution, whole=whole)


def _kept(keeper: _Keeper, number: int, execution: Execution) -> Numbers | None:
    """Return what the store holds of a task that need not be played."""
    if execution.fresh or keeper.tasks[number].engine != "auto":
        return None
    return keeper.load(number)


def _tell(execution: Execution, done: int, of: int, found: Numbers) -> None:
    if execution.progress is not None:
        execution.progress(done, of, found)


@dataclass
class _Keeper:
    """Looks tasks up in a store, and keeps them there, by their numbers."""

    tasks: Sequence[Task]
    store: Store | None
    whole: bool
    _last: Task | None = None
    _digest: str = ""

    def load(self, number: int) -> Numbers | None:
        if self.store is None:
            return None
        task, digest = self.tasks[number], self._digest_of(number)
        return load_kept(self.store, digest, task.seed, task.replication, whole=self.whole)

    def save(self, number: int, found: Numbers) -> None:
        if self.store is not None:
            task, digest = self.tasks[number], self._digest_of(number)
            kept: Kept = "whole" if self.whole else "numbers"
            key = key_of(digest, task.seed, task.replication, kept=kept)
            self.store.save(key, found)

    def _digest_of(self, number: int) -> str:
        """Return the digest of a task's scenario; replications of one follow each other."""
        task, last = self.tasks[number], self._last
        if last is None or task.scenario is not last.scenario or task.values is not last.values:
            self._last, self._digest = task, task.settled().scenario.simulated_digest()
        return self._digest


def _played(
    left: list[tuple[int, Task]], execution: Execution, *, whole: bool
) -> Iterator[tuple[int, Numbers]]:
    """Play tasks, each with its number; in any order where there are workers."""
    if execution.cluster is None and (execution.jobs == 1 or _seconds(left) < _POOL_FROM_S):
        for number, task in left:
            found = replicate(task)
            yield number, found if whole else found.numbers
        return
    yield from played_by_workers(left, jobs=execution.jobs, cluster=execution.cluster, whole=whole)


def _seconds(left: list[tuple[int, Task]]) -> float:
    """Return roughly how long tasks take on one core."""
    cases: dict[int, float] = {}
    total = 0.0
    for _, task in left:
        scenario = task.scenario
        if id(scenario) not in cases:
            cases[id(scenario)] = cases_per_day(scenario) * scenario.total_days
        total += cases[id(scenario)] * _CONTACTS_PER_CASE * _CONTACT_S[engine_of(task.engine)[0]]
    return total
