"""What to play."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hotline_sim.execution.engines import EngineName
    from hotline_sim.scenario import Scenario


@dataclass(frozen=True)
class Task:
    """What to play; equal tasks give equal replications.

    ``values`` are set where it is played, as by :meth:`Scenario.with_values`: a scenario that
    thousands of tasks change travels once.
    """

    scenario: Scenario
    seed: int
    replication: int
    engine: EngineName
    contacts: Path | None = None  # folder for the contact log; None: contacts are let go
    values: Mapping[str, Any] | None = None

    def settled(self) -> Task:
        """Return the task with its values set in its scenario."""
        if not self.values:
            return self
        return replace(self, scenario=self.scenario.with_values(self.values), values=None)
