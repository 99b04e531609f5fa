"""Many tasks, in order, on as many cores or machines as are wanted."""

from __future__ import annotations

import contextlib
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.demand import cases_per_day
from hotline_sim.execution.contacts import contact_path
from hotline_sim.execution.engines import NotInstalledError, engine_of, must_compile
from hotline_sim.execution.replication import Replication, Task, replicate

if TYPE_CHECKING:
    from pathlib import Path

    from hotline_sim.execution.store import Store

Progress = Callable[[int, int, Replication], Any]  # (done, of, the one that has just ended)

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
        Where each replication is kept as it ends.
    resume
        Take what the store already holds.
    progress
        Called with (done, of, replication) as each ends, in any order.
    compiling
        Called before the first task if its engine has yet to be compiled.
    contacts
        Folder for the contact log of every replication; on a cluster, one that all machines
        share.
    """

    jobs: int = -1
    cluster: str | None = None
    store: Store | None = None
    resume: bool = False
    progress: Progress | None = None
    compiling: Callable[[], Any] | None = None
    contacts: Path | None = None


class WorkersDiedError(RuntimeError):
    """Worker processes were killed again and again; what had ended is kept."""


def play_all(tasks: Sequence[Task], execution: Execution) -> list[Replication]:
    """Return the tasks' replications in the order of the tasks.

    Tasks share nothing, so any number of workers, here or elsewhere, gives the same results.

    Raises
    ------
    WorkersDiedError
        If workers die however often they are replaced.
    """
    ended: dict[int, Replication] = {}
    if execution.store is not None and execution.resume:
        for i, task in enumerate(tasks):
            kept = execution.store.load(task)
            if kept is not None and _has_contacts(task):
                ended[i] = kept
    if (
        execution.compiling is not None
        and len(ended) < len(tasks)
        and must_compile(tasks[0].engine)
    ):
        execution.compiling()
    for _ in range(_TRIES):
        left = [(i, task) for i, task in enumerate(tasks) if i not in ended]
        try:
            for i, replication in _played(left, execution):
                ended[i] = replication
                if execution.store is not None:
                    execution.store.save(tasks[i], replication)
                if execution.progress is not None:
                    execution.progress(len(ended), len(tasks), replication)
        except _deaths():
            continue
        return [ended[i] for i in range(len(tasks))]
    raise WorkersDiedError(f"worker processes died {_TRIES} times; {len(ended)} replications ended")


def _played(
    left: list[tuple[int, Task]], execution: Execution
) -> Iterator[tuple[int, Replication]]:
    """Play tasks, each with its number; in any order where there are workers."""
    if execution.cluster is None and (execution.jobs == 1 or _seconds(left) < _POOL_FROM_S):
        yield from map(_numbered, left)
        return
    import joblib  # 0.1 s, and no use to whoever plays a day

    with _backend(execution):
        parallel = joblib.Parallel(n_jobs=execution.jobs, return_as="generator_unordered")
        for number, packed in parallel(joblib.delayed(_packed)(one) for one in left):
            yield number, pickle.loads(zlib.decompress(packed))


def _has_contacts(task: Task) -> bool:
    """Tell whether the contacts a task is to write are there."""
    if task.contacts is None:
        return True
    return contact_path(task.contacts, task.scenario, task.replication).exists()


def _numbered(one: tuple[int, Task]) -> tuple[int, Replication]:
    return one[0], replicate(one[1])


def _packed(one: tuple[int, Task]) -> tuple[int, bytes]:
    """Play a task, and pack what comes out so that it goes home in one piece.

    A worker killed while it writes leaves the pool waiting for ever for the rest, because the
    others hold the pipe open; what fits into a pipe is written at once.
    """
    return one[0], zlib.compress(pickle.dumps(_numbered(one)[1]), level=1)


def _seconds(left: list[tuple[int, Task]]) -> float:
    """Return roughly how long tasks take on one core."""
    total = 0.0
    for _, task in left:
        cases = cases_per_day(task.scenario) * task.scenario.total_days
        total += cases * _CONTACTS_PER_CASE * _CONTACT_S[engine_of(task.engine)[0]]
    return total


@contextlib.contextmanager
def _backend(execution: Execution) -> Iterator[None]:
    """Choose joblib's backend: processes here, or a Dask cluster."""
    if execution.cluster is None:
        yield
        return
    import joblib

    try:
        import distributed
    except ModuleNotFoundError:
        raise NotInstalledError("--cluster needs hotline-sim[cluster]") from None
    try:
        connect: Any = distributed.Client
        client = connect(execution.cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise ConnectionError(f"{execution.cluster}: no Dask scheduler answers ({error})") from None
    with client, joblib.parallel_config(backend="dask"):
        yield


def _deaths() -> tuple[type[BaseException], ...]:
    """Return the errors by which a pool says that a worker was killed."""
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    return (TerminatedWorkerError,)
