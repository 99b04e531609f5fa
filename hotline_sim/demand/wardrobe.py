"""What contacts bring along: how long they talk, how long they wait, what they think."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.laws import drawing, uniforms
from hotline_sim.demand.transitions import table_of
from hotline_sim.domain import Bools, Floats, Ints, on_grid
from hotline_sim.scenario.schema import Chat, Inbound, Outbound, Voice

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.demand.numbers import DayNumbers, Draw
    from hotline_sim.demand.tree import Grown
    from hotline_sim.scenario.schema import AnyChannel, Scenario

    Place = tuple[int, int, int]  # day, and where its contacts begin and end


class Dress:
    """What was drawn, ``(n,)`` each, at first the values that mean nothing happens."""

    def __init__(self, n: int, delay_s: Floats) -> None:
        self.talk_s = np.zeros(n)
        self.wrap_up_s = np.zeros(n)
        self.patience_s = np.zeros(n)
        self.leaves_at_once = np.zeros(n, bool)
        self.contained = np.zeros(n, bool)
        self.silent = np.zeros(n, bool)
        self.reached = np.ones(n, bool)
        self.mood = np.ones(n)
        self.rating = np.ones(n)
        self.delay_s = delay_s  # (N_ENDINGS, n)


class Wardrobe:
    """Draws what contacts bring along, each purpose from a stream of its own."""

    def __init__(self, scenario: Scenario) -> None:
        self.table = table_of(scenario)
        asks_opinions = scenario.satisfaction is not None
        self._names = tuple(scenario.channels)
        self._brings = tuple(_brings(c, asks_opinions) for c in scenario.channels.values())
        self._never_leaves = tuple(_never_leaves(c) for c in scenario.channels.values())
        rows = [row for of_channel in self.table for row in of_channel]
        self._delays = [(row, drawing(row.delay)) for row in rows if row.deadline_s is None]
        self._entries = [
            (row, drawing(row.entry)) for row in rows if row.entry and row.deadline_s is not None
        ]

    def dress(self, grown: Grown, numbers: DayNumbers) -> Dress:
        """Return what all contacts of a stretch of days bring."""
        dress = Dress(len(grown.case), grown.delay_s.copy())
        places = _places(grown.counts)
        for name, brings, of_channel in zip(self._names, self._brings, places, strict=True):
            for purpose, (column, draw) in brings.items():
                numbers.fill(getattr(dress, column), of_channel, f"{name}/{purpose}", draw)
        dress.talk_s = on_grid(dress.talk_s)
        dress.wrap_up_s = on_grid(dress.wrap_up_s)
        dress.patience_s = on_grid(dress.patience_s)
        dress.patience_s[dress.leaves_at_once] = 0.0
        for never_leaves, of_channel in zip(self._never_leaves, places, strict=True):
            for _, begin, end in of_channel if never_leaves else ():
                dress.patience_s[begin:end] = np.inf
        midnights = np.concatenate([[0], np.cumsum(grown.counts.sum(axis=1))])
        for row, draw in self._delays:
            rows = grown.chosen[row.number]
            times = _by_day(rows, midnights, numbers, f"{row.name}/delay", draw)
            dress.delay_s[row.ending, rows] = times
        for row, draw in self._entries:  # the writing of a work order lengthens the wrap-up
            rows = grown.chosen[row.number]
            times = _by_day(rows, midnights, numbers, f"{row.name}/entry", draw)
            dress.wrap_up_s[rows] += times
        return dress


def _brings(channel: AnyChannel, asks_opinions: bool) -> dict[str, tuple[str, Draw]]:
    """Return what a channel's contacts bring: by purpose, the column and what draws it."""
    brings: dict[str, tuple[str, Draw]] = {"talk": ("talk_s", drawing(channel.talk))}
    if channel.wrap_up is not None:
        brings["wrap_up"] = "wrap_up_s", drawing(channel.wrap_up)
    if isinstance(channel, (Voice, Chat)):
        if not _never_leaves(channel):
            brings["patience"] = "patience_s", drawing(channel.patience)
        if channel.leaves_at_once_share:
            brings["leaves_at_once"] = "leaves_at_once", _below(channel.leaves_at_once_share)
    if isinstance(channel, Inbound) and channel.self_service_share:
        brings["self_service"] = "contained", _below(channel.self_service_share)
    if isinstance(channel, Chat) and channel.silent_share:
        brings["silent"] = "silent", _below(channel.silent_share)
    if isinstance(channel, Outbound):
        brings["reached"] = "reached", _below(channel.reach_probability)
    if asks_opinions:
        brings |= {"mood": ("mood", uniforms), "rating": ("rating", uniforms)}
    return brings


def _never_leaves(channel: AnyChannel) -> bool:
    return not isinstance(channel, (Voice, Chat)) or channel.patience.law == "never"


def _below(share: float) -> Callable[[np.random.Generator, int], Bools]:
    """Return what draws who is among a share."""
    return lambda rng, n: rng.random(n) < share


def _places(counts: Ints) -> list[list[Place]]:
    """Return each channel's places, from how many contacts there are, ``(days, channels)``."""
    ends = np.cumsum(counts).reshape(counts.shape)
    return [
        [
            (day, end - count, end)
            for day, (count, end) in enumerate(zip(of.tolist(), until.tolist(), strict=True))
            if count
        ]
        for of, until in zip(counts.T, ends.T, strict=True)
    ]


def _by_day(rows: Ints, midnights: Ints, numbers: DayNumbers, purpose: str, draw: Draw) -> Floats:
    """Return a time for each of some rows, ascending, each day's from its own stream, ``(n,)``."""
    ends: list[int] = np.searchsorted(rows, midnights).tolist()
    places = [(day, b, e) for day, (b, e) in enumerate(pairwise(ends)) if b < e]
    times = np.empty(len(rows))
    numbers.fill(times, places, purpose, draw)
    return on_grid(times)
