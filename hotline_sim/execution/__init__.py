"""Run (scenario, seed, replication) tasks here or on all cores: same results, same order."""

from hotline_sim.execution.engines import (
    ENGINES,
    Engine,
    EngineName,
    NotInstalledError,
    engine_of,
    must_compile,
)
from hotline_sim.execution.replication import Replication, Task, play, replicate
from hotline_sim.execution.store import OtherRunError, Store
from hotline_sim.execution.tasks import Execution, WorkersDiedError, play_all

__all__ = [
    "ENGINES",
    "Engine",
    "EngineName",
    "Execution",
    "NotInstalledError",
    "OtherRunError",
    "Replication",
    "Store",
    "Task",
    "WorkersDiedError",
    "engine_of",
    "must_compile",
    "play",
    "play_all",
    "replicate",
]
