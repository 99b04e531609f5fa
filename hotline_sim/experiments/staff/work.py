"""How much of the agents' time contacts take: what must be done at once, and what can wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, Bools, Floats
from hotline_sim.erlang import Queue
from hotline_sim.experiments.staff.flows import SLOTS, later
from hotline_sim.experiments.staff.kernels import held_in
from hotline_sim.experiments.staff.patience import mixed
from hotline_sim.laws import Never
from hotline_sim.scenario.people_from_volumes import asking_share
from hotline_sim.scenario.schema import Chat, Message, Outbound, Voice

if TYPE_CHECKING:
    from hotline_sim.laws import LawOfTime
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import AnyChannel

SOON_S = DAY_S / 2.0  # a deadline before which work cannot wait for another time of day


@dataclass(frozen=True, eq=False)
class Work:
    """The channels of some agents, numbered as in the scenario; arrays are ``(channels,)``.

    ``waits`` are those whose contacts wait for an agent now, ``can_wait`` the others that these
    agents serve. ``asking`` is the share of contacts that ask for a human, ``handle_s`` the
    agent's time for one that is answered, or called.
    """

    channels: tuple[AnyChannel, ...]
    waits: Bools
    can_wait: Bools
    asking: Floats
    handle_s: Floats

    @classmethod
    def of(cls, scenario: Scenario, team: str | None) -> Work:
        """Return the work of a team, or of all."""
        channels = tuple(scenario.channels.values())
        served = [team is None or name in _served(scenario, team) for name in scenario.channels]
        now = np.array([_waits(channel) for channel in channels])
        speed = _speed(scenario, team)
        return cls(
            channels=channels,
            waits=now & served,
            can_wait=~now & served,
            asking=np.array([asking_share(channel) for channel in channels]),
            handle_s=speed * np.array([_handle_s(channel) for channel in channels]),
        )

    def queue(self, asked: Floats) -> Queue:
        """Return the queue of all who wait, but for its rate, from who asks, ``(channels, 336)``.

        Chats beside calls count as calls: who has a chat takes no call, so an agent seldom has a
        second one. Chats alone have their concurrency.
        """
        weights = asked.sum(axis=1) * self.waits
        waiting = [(c, w) for c, w in zip(self.channels, weights.tolist(), strict=True) if w > 0.0]
        total = sum(weight for _, weight in waiting)
        chats = {(c.concurrency, c.slowdown) for c, _ in waiting if isinstance(c, Chat)}
        alone = len(chats) == 1 and all(isinstance(channel, Chat) for channel, _ in waiting)
        concurrency, slowdown = chats.pop() if alone else (1, 0.0)
        return Queue(
            calls_per_hour=1.0,
            handle_mean_s=self.mean_handle_s(asked),
            patience=mixed([part for c, w in waiting for part in _patience(c, w / total)]),
            concurrency=concurrency,
            slowdown=slowdown,
        )

    def mean_handle_s(self, asked: Floats) -> float:
        """Return the mean handle time of all who wait."""
        weights = asked.sum(axis=1) * self.waits
        return float(weights @ self.handle_s / weights.sum())

    def load(self, asked: Floats) -> Floats:
        """Return how many of those who wait would be in hand with agents without end, ``(336,)``.

        Averaged over each half-hour, with those whom earlier ones left in hand.
        """
        load = np.zeros(SLOTS)
        for number in np.flatnonzero(self.waits):
            talk = self.channels[number].talk
            held = held_in(talk, self.handle_s[number] / talk.mean(), SLOTS)
            load += later(asked[number], held)
        return load

    def can_wait_s(self, asked: Floats) -> Floats:
        """Return the agents' time that comes and can wait, by half-hour, ``(336,)``."""
        seconds: Floats = (self.handle_s * self.can_wait) @ asked
        return seconds


def _served(scenario: Scenario, team: str) -> set[str]:
    entries = scenario.teams[team].serves
    return {one if isinstance(one, str) else one.channel for one in entries}


def _waits(channel: AnyChannel) -> bool:
    """Tell whether a channel's contacts wait for an agent there and then."""
    if isinstance(channel, Message):
        limits = [channel.deadline_s, channel.promote_after_s]
        return min((one for one in limits if one is not None), default=SOON_S) < SOON_S
    return not isinstance(channel, Outbound)


def _handle_s(channel: AnyChannel) -> float:
    """Return an agent's mean time for a contact that is answered, or called."""
    handle_s = channel.talk.mean() + (channel.wrap_up.mean() if channel.wrap_up else 0.0)
    for row in channel.next:
        if row.entry is not None:
            handle_s += (row.by_try or (row.probability or 0.0,))[0] * row.entry.mean()
    if isinstance(channel, Outbound):
        reached = channel.reach_probability
        return reached * handle_s + (1.0 - reached) * channel.unreached_handle_s
    return handle_s


def _speed(scenario: Scenario, team: str | None) -> float:
    """Return by what handle times are multiplied, on the average of those on duty."""
    from hotline_sim.staffing import expected_duty

    teams = list(scenario.teams) if team is None else [team]
    duties = [expected_duty(scenario, name) for name in teams]
    hours = [one.rostered_hours_per_week * max(one.filled_share, 0.0) for one in duties]
    factors = [one.handle_time_factor for one in duties]
    hours = [one if one == one else 0.0 for one in hours]  # nan: no roster yet
    return float(np.average(factors, weights=hours if sum(hours) > 0.0 else None))


def _patience(channel: AnyChannel, weight: float) -> list[tuple[float, LawOfTime]]:
    """Return patience by its weight; who hangs up on hearing of a queue has none."""
    if isinstance(channel, Voice | Chat):
        return [(weight * (1.0 - channel.leaves_at_once_share), channel.patience)]
    return [(weight, Never())]
