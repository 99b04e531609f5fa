"""The work all competitors are given: the phone part of a shipped scenario, drawn beforehand.

One voice channel, one team with the shifts of all teams of the file, no limit of lines, no
work orders, nobody asked for an opinion: what the textbook ways can say too. The transition
rows that lead from the phone back to the phone stay (redials and repeats), or go where a
competitor has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim import scenario as scenarios
from hotline_sim.demand import Demand
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from hotline_sim.domain import Calls, Duty, Rules
    from hotline_sim.scenario import Scenario

CHANNEL, TEAM = "phone", "day"
REPLICATION = 0


@dataclass(frozen=True)
class Work:
    """The rules, and day by day the calls and the duty table."""

    rules: Rules
    days: list[tuple[Calls, Duty]]


@dataclass(frozen=True)
class Result:
    """What a competitor found, to see that all did the same work."""

    contacts: int
    answered: int

    @property
    def connect_rate(self) -> float:
        """Answered contacts over all contacts."""
        return self.answered / self.contacts


def phone_part(name: str, *, days: int, redials: bool) -> Scenario:
    """Return the phone part of a shipped scenario."""
    overrides = [f"horizon.days={days}", "horizon.warm_up_days=0"]
    scenario = scenarios.load(name, overrides=overrides)
    phone = scenario.channels[CHANNEL]
    rows = tuple(
        row.model_copy(update={"entry": None})
        for row in phone.next
        if redials and row.to == CHANNEL and row.department is None
    )
    shifts = tuple(shift for team in scenario.teams.values() for shift in team.shifts)
    team = scenario.teams[TEAM].model_copy(update={"serves": (CHANNEL,), "shifts": shifts})
    return scenario.model_copy(
        update={
            "channels": {CHANNEL: phone.model_copy(update={"next": rows, "lines": None})},
            "teams": {TEAM: team},
            "departments": {},
            "satisfaction": None,
        }
    )


def drawn(scenario: Scenario, *, seed: int) -> Work:
    """Draw the calls and the duty of all days."""
    streams = Streams(seed, REPLICATION)
    demand, staffing = Demand(scenario, streams), Staffing(scenario, streams)
    days = [(demand.draw(day), staffing.duty(day)) for day in range(scenario.total_days)]
    return Work(scenarios.rules(scenario), days)
