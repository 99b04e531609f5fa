"""The scenario as the engines read it: numbers, in the order of the file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.domain import ChannelKind, ChannelRules, Rules, Serves, scaled_s
from hotline_sim.scenario.rosters import seats_numbered
from hotline_sim.scenario.schema import Chat, Outbound, Voice

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import AnyChannel, Scenario


def rules(scenario: Scenario) -> Rules:
    """Return what the engines need to know of a scenario besides calls and duty.

    Seats are numbered team by team, shift by shift, in the order of the file; a fraction of a
    seat has a number of its own.
    """
    numbers = {name: i for i, name in enumerate(scenario.channels)}
    serves = []
    for team in scenario.teams.values():
        entries = [(e, 0.0) if isinstance(e, str) else (e.channel, e.after_s) for e in team.serves]
        serves.append(tuple(Serves(numbers[name], scaled_s(s, 1.0)) for name, s in entries))
    seats = [
        number
        for number, team in enumerate(scenario.teams.values())
        for _ in range(sum(seats_numbered(scenario, team)))
    ]
    return Rules(
        channels=tuple(_channel(name, table) for name, table in scenario.channels.items()),
        serves=tuple(serves),
        team_of_seat=tuple(seats),
    )


def _channel(name: str, table: AnyChannel) -> ChannelRules:
    chat = table if isinstance(table, Chat) else None
    promote = math.inf if table.promote_after_s is None else scaled_s(table.promote_after_s, 1.0)
    missed_s = table.unreached_handle_s if isinstance(table, Outbound) else 0.0
    return ChannelRules(
        name=name,
        kind=ChannelKind(table.kind),
        lines=table.lines if isinstance(table, Voice) else None,
        concurrency=chat.concurrency if chat else 1,
        slowdown=float(chat.slowdown) if chat else 0.0,
        silent_handle_s=scaled_s(chat.silent_handle_s, 1.0) if chat else 0.0,
        unreached_handle_s=scaled_s(missed_s, 1.0),
        promote_after_s=promote,
    )
