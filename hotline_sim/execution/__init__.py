"""Run (scenario, seed, replication) tasks here or on all cores: same results, same order."""

from hotline_sim.execution.contacts import words_of
from hotline_sim.execution.engines import (
    ENGINES,
    Engine,
    EngineName,
    NotInstalledError,
    engine_of,
    must_compile,
)
from hotline_sim.execution.outlook import Forecast, Outlook, Rehearsal, RehearsedError
from hotline_sim.execution.points import MeasureTable, play
from hotline_sim.execution.replication import Numbers, Replication, play_days, replicate
from hotline_sim.execution.store import Store, shared_store
from hotline_sim.execution.task import Task
from hotline_sim.execution.tasks import Execution, WorkersDiedError, as_ended, play_all

__all__ = [
    "ENGINES",
    "Engine",
    "EngineName",
    "Execution",
    "Forecast",
    "MeasureTable",
    "NotInstalledError",
    "Numbers",
    "Outlook",
    "Rehearsal",
    "RehearsedError",
    "Replication",
    "Store",
    "Task",
    "WorkersDiedError",
    "as_ended",
    "engine_of",
    "must_compile",
    "play",
    "play_all",
    "play_days",
    "replicate",
    "shared_store",
    "words_of",
]
