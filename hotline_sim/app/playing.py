"""How the page plays: a few days first, then more; what was played is kept by its content."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from hotline_sim.experiments import DEFAULT_SEED, RunResult, run
from hotline_sim.scenario.volumes import cases_per_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.execution import Execution
    from hotline_sim.scenario import Scenario

_FIRST, _SECOND = (7, 4), (28, 8)  # days and replications of the first looks
_REPLICATIONS = 10
_FEWEST = 2  # that have an interval
# Cases that a look may take, for both scenarios together: about a half, two and twenty seconds
# of one core, if a case is three contacts.
_MOST_CASES = (250_000, 1_000_000, 10_000_000)
_KEPT = 24  # results and pictures that a session holds

Found = TypeVar("Found")
_one_at_a_time = threading.Lock()  # figures are drawn by settings that all threads share


@dataclass(frozen=True)
class Look:
    """How much of a scenario is played: its first days, and how often."""

    days: int
    replications: int


@dataclass
class Kept:
    """What one session has found, by content; the oldest goes where there is no more room."""

    found: OrderedDict[str, Any] = field(default_factory=OrderedDict)

    def get(self, key: str, make: Callable[[], Found]) -> Found:
        """Return what is kept under a key, made where it is not there."""
        if key not in self.found:
            self.found[key] = make()
        self.found.move_to_end(key)
        while len(self.found) > _KEPT:
            self.found.popitem(last=False)
        known: Found = self.found[key]
        return known


@dataclass(frozen=True)
class Subject:
    """A scenario, and a fingerprint of all that it says, words and origins included."""

    scenario: Scenario

    @cached_property
    def content(self) -> str:
        """Return the fingerprint (hexadecimal)."""
        said = f"{self.scenario.name}\n{self.scenario.to_toml()}"
        return hashlib.sha256(said.encode()).hexdigest()


def looks_at(scenario: Scenario) -> list[Look]:
    """Return the looks at a scenario, each larger than the one before.

    The last is all its days, where these are not too many for a page that somebody watches.
    """
    full, warm_up = scenario.horizon.days, scenario.horizon.warm_up_days
    a_day = 2 * max(cases_per_day(scenario), 1.0)

    def fitting(days: int, replications: int, most: float) -> Look:
        days = min(days, full)
        fit = int(most / (a_day * (warm_up + days)))
        replications = min(max(fit, _FEWEST), replications)
        longest = int(most / (a_day * replications)) - warm_up
        return Look(max(min(days, longest), 1), replications)

    asked = (_FIRST, _SECOND, (full, _REPLICATIONS))
    found: list[Look] = []
    for (days, replications), most in zip(asked, _MOST_CASES, strict=True):
        look = fitting(days, replications, most)
        if not found or (look.days, look.replications) > (found[-1].days, found[-1].replications):
            found.append(look)
    return found


def played(subject: Subject, look: Look, kept: Kept, execution: Execution) -> RunResult:
    """Return a scenario's run over a look, played unless the session has it.

    Raises
    ------
    ValueError
        If it cannot be run.
    """

    def play() -> RunResult:
        short = subject.scenario
        if look.days != short.horizon.days:
            short = short.with_values({"horizon.days": look.days})
        return run(short, replications=look.replications, seed=DEFAULT_SEED, execution=execution)

    return kept.get(f"run {look} {subject.content}", play)


def picture(key: str, kept: Kept, draw: Callable[[], bytes]) -> bytes:
    """Return a picture, drawn unless the session has it; one at a time, whoever asks."""

    def alone() -> bytes:
        with _one_at_a_time:
            return draw()

    return kept.get(f"picture {key}", alone)
