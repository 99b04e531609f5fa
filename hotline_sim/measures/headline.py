"""Which channels the headline measures speak of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim.scenario.schema import Outbound, Voice

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario


def inbound_channels(scenario: Scenario) -> tuple[str, ...]:
    """Return the channels on which people come, all but those on which the centre calls."""
    tables = scenario.channels.items()
    return tuple(name for name, table in tables if not isinstance(table, Outbound))


@dataclass(frozen=True)
class HeadlineChannels:
    """Which channels the headline measures speak of.

    ``calls``: the voice channels, or where there is none all inbound ones; ``follow_ups``:
    those that closed work orders lead to.
    """

    calls: tuple[int, ...]
    voice: bool
    follow_ups: tuple[int, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> HeadlineChannels:
        """Return the headline channels of a scenario."""
        tables = list(scenario.channels.values())
        voice = tuple(i for i, table in enumerate(tables) if isinstance(table, Voice))
        names = list(scenario.channels)
        inbound = tuple(names.index(name) for name in inbound_channels(scenario))
        closing = {row.to for table in tables for row in table.next if row.department and row.to}
        return cls(
            calls=voice or inbound,
            voice=bool(voice),
            follow_ups=tuple(names.index(name) for name in sorted(closing)),
        )
