"""How long tasks are going to take, from the first of them, told before most are played."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim.execution.replication import replicate

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping
    from typing import Any

    from hotline_sim.execution.replication import Replication
    from hotline_sim.execution.task import Task

LONG_S = 10.0  # of work, roughly: below it nobody asks how long it will take
_WARMING = 1  # tasks before the one that is timed: the first loads what is compiled


@dataclass(frozen=True)
class Forecast:
    """So many replications, each of which takes so long, so many at a time."""

    replications: int
    each_s: float
    at_a_time: int

    @property
    def total_s(self) -> float:
        """Return how long they take together, in seconds."""
        return self.replications * self.each_s / self.at_a_time


@dataclass
class Outlook:
    """Tells once how long an experiment is going to take.

    ``planned`` is how many replications it means to play in all; None: those it asks for at
    once. What a store holds is not known of those that are asked for later.
    """

    tell: Callable[[Forecast], Any]
    planned: int | None = None
    told: bool = False

    def timed(
        self, left: Mapping[int, Task], asked: int, rough_s: float, jobs: int
    ) -> Iterator[tuple[int, Replication]]:
        """Play the first tasks here if there is much to do, time one, and tell.

        Parameters
        ----------
        left
            The tasks to play, by their numbers.
        asked
            How many tasks were asked for, those among them that need not be played.
        rough_s
            Roughly how long the tasks take on one core.
        jobs
            As of :class:`Execution`.
        """
        count = self._count(left, asked)
        if self.told or len(left) <= _WARMING + 1 or rough_s * count / len(left) < LONG_S:
            return
        self.told = True
        taken_s = yield from self._first(left)
        self.tell(Forecast(count - _WARMING - 1, taken_s, _at_a_time(jobs)))

    def _count(self, left: Mapping[int, Task], asked: int) -> int:
        """Return how many replications there are to play, those that are asked for later too."""
        return len(left) + max(0, (self.planned or asked) - asked)

    def _first(self, left: Mapping[int, Task]) -> Generator[tuple[int, Replication], None, float]:
        """Play the first tasks, and return how long the last of them took, in seconds."""
        taken_s = 0.0
        for number in list(left)[: _WARMING + 1]:
            begun_s = time.perf_counter()
            found = replicate(left[number])
            taken_s = time.perf_counter() - begun_s
            yield number, found
        return taken_s


class RehearsedError(Exception):
    """An experiment was ended before it was played, for it was to be rehearsed alone.

    ``forecast`` tells of its replications, those that are ``kept`` not among them: of all if they
    were ``planned``, else of those that it begins with. ``task`` is the one that was timed.
    """

    def __init__(self, forecast: Forecast, kept: int, task: Task, *, planned: bool) -> None:
        self.forecast, self.kept, self.task, self.planned = forecast, kept, task, planned
        super().__init__()


@dataclass
class Rehearsal(Outlook):
    """Times a task of an experiment, of whatever length, and ends it there."""

    tell: Callable[[Forecast], Any] = lambda _: None

    def timed(
        self, left: Mapping[int, Task], asked: int, rough_s: float, jobs: int
    ) -> Iterator[tuple[int, Replication]]:
        """Play the first tasks, time one, and end the experiment.

        Raises
        ------
        RehearsedError
            As soon as one is timed.
        """
        count, kept, tasks = self._count(left, asked), asked - len(left), list(left.values())
        taken_s = yield from self._first(left)
        forecast, planned = Forecast(count, taken_s, _at_a_time(jobs)), self.planned is not None
        raise RehearsedError(forecast, kept, tasks[0], planned=planned)


def _at_a_time(jobs: int) -> int:
    import joblib  # 0.1 s, and no use to whoever plays a day

    return int(joblib.effective_n_jobs(jobs))
