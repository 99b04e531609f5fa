"""Worker processes: how tasks travel to them, and that none outlives who started it."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import threading
import time
import zlib
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.atomic import remove_unfinished
from hotline_sim.execution.engines import NotInstalledError
from hotline_sim.execution.replication import Numbers, replicate
from hotline_sim.execution.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hotline_sim.scenario import Scenario

_LOOKS_EVERY_S = 0.25
_WIDTH = 8  # bytes of a number in the arrays of a replication
_DEBUG = "HOTLINE_SIM_DEBUG"
# A task whose scenario is packed, so that it is packed and opened once however many share it.
_Errand = tuple[int, bytes, Task, bool]


def played_by_workers(
    left: Iterable[tuple[int, Task]], *, jobs: int, cluster: str | None, whole: bool
) -> Iterator[tuple[int, Numbers]]:
    """Yield replications, or their measures alone, as they end, each with its task's number.

    Raises
    ------
    ConnectionError
        If no scheduler answers at the cluster's address.
    """
    import joblib  # 0.1 s, and no use to whoever plays a day

    with _backend(cluster):
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
        errands = _errands(left, whole=whole)
        for number, packed in parallel(joblib.delayed(carry_out)(one) for one in errands):
            yield number, unpacked(packed)


def carry_out(errand: _Errand) -> tuple[int, bytes]:
    """Play a task, and pack what comes out so that it goes home in one piece.

    A worker killed while it writes leaves the pool waiting for ever for the rest, because the
    others hold the pipe open; what fits into a pipe is written at once.
    """
    number, scenario, task, whole = errand
    found: Numbers = replicate(replace(task, scenario=_opened(scenario)))
    return number, _packed(found if whole else found.numbers)


def _packed(found: Numbers) -> bytes:
    """Return what comes out of a task as few bytes.

    The bytes of numbers are sorted by their place first: signs and exponents, which are alike,
    then lie together, which spares a sixth.
    """
    arrays: list[pickle.PickleBuffer] = []
    head = pickle.dumps(found, protocol=5, buffer_callback=arrays.append)
    by_place = [np.frombuffer(one.raw(), np.uint8).reshape(-1, _WIDTH).T for one in arrays]
    return zlib.compress(pickle.dumps((head, [one.tobytes() for one in by_place])), level=6)


def unpacked(packed: bytes) -> Numbers:
    """Return what :func:`carry_out` packed."""
    head, by_place = pickle.loads(zlib.decompress(packed))
    arrays = [np.frombuffer(one, np.uint8).reshape(_WIDTH, -1).T for one in by_place]
    found: Numbers = pickle.loads(head, buffers=[bytearray(one.tobytes()) for one in arrays])
    return found


def deaths() -> tuple[type[BaseException], ...]:
    """Return the errors by which a pool says that a worker was killed."""
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    return (TerminatedWorkerError,)


def _errands(left: Iterable[tuple[int, Task]], *, whole: bool) -> Iterator[_Errand]:
    nothing: Any = None  # the scenario travels packed
    last, packed = None, b""
    for number, task in left:
        if task.scenario is not last:
            last, packed = task.scenario, pickle.dumps(task.scenario)
        yield number, packed, replace(task, scenario=nothing), whole


@lru_cache(maxsize=4)
def _opened(packed: bytes) -> Scenario:
    scenario: Scenario = pickle.loads(packed)
    return scenario


@contextlib.contextmanager
def _backend(cluster: str | None) -> Iterator[None]:
    """Choose joblib's backend: processes here, or a Dask cluster."""
    import joblib

    if cluster is None:
        _start_tracker()
        with joblib.parallel_config(backend="loky", initializer=_settle, initargs=(os.getpid(),)):
            yield
        return
    try:
        import distributed
    except ModuleNotFoundError:
        raise NotInstalledError("--cluster needs hotline-sim[cluster]") from None
    try:
        connect: Any = distributed.Client
        client = connect(cluster, timeout="10s")
    except (OSError, ValueError) as error:
        raise ConnectionError(f"{cluster}: no Dask scheduler answers ({error})") from None
    with client, joblib.parallel_config(backend="dask"):
        yield


def _start_tracker() -> None:
    """Start loky's tracker of shared resources so that a terminal that closes does not end it.

    It ends by itself with the last of us; ended before, it makes every worker's end a traceback.
    """
    if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
        return
    from joblib.externals.loky.backend import resource_tracker

    answer = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # and so will what is started now
    try:
        resource_tracker.ensure_running()
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_DFL if answer is None else answer)


# In a worker ------------------------------------------------------------------------------


def _settle(parent: int) -> None:
    """Make a new worker let go of its parent's output, and end when the parent has ended.

    Who reads the parent's output through a pipe sees its end only when nobody holds it open.
    Signals of the terminal are the parent's to answer: it ends its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for output in (1,) if os.environ.get(_DEBUG, "0") not in ("", "0") else (1, 2):
        os.dup2(nowhere, output)
    os.close(nowhere)
    if hasattr(os, "getppid") and os.name == "posix":
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process once its parent is another, which means that its own has ended.

    Linux could send a signal instead (PR_SET_PDEATHSIG), but already when the thread ends that
    started the worker.
    """
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY_S)
    remove_unfinished()
    os._exit(1)
