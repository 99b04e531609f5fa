"""The contacts and the agents of the SimPy model, and the places where they wait."""

from __future__ import annotations

import math
from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from hotline_sim.domain import ChannelKind

if TYPE_CHECKING:
    from simpy.events import EventPriority

    from hotline_sim.domain import ChannelRules, Serves
    from hotline_sim.model.diary import DayCalls
    from hotline_sim.model.moments import Then


class Contact(simpy.Event):
    """One try to reach a human (来电/话务): an event at its arrival and when patience ends."""

    _ok = True
    _value = None
    waiting = False
    left_silently = False
    end_s: float  # once it has left silently: when
    leads_to: int  # and to which channel

    def __init__(
        self,
        env: simpy.Environment,
        then: Then,
        calls: DayCalls,
        row: int,
        arrival_s: float,
        rank: EventPriority,
    ) -> None:
        self.env = env
        self.callbacks = then
        self.calls = calls
        self.row = row
        self.arrival_s = arrival_s
        self.rank = rank  # of its case, among the arrivals of an instant


class Agent(simpy.Event):
    """A named agent (话务员) on a seat (座席): an event when the contact in hand is done."""

    def __init__(self, env: simpy.Environment, seat: int, team: Team) -> None:
        self.env = env
        self._ok = True
        self._value = None
        self.seat = seat
        self.team = team
        self.speed = 1.0
        self.on_duty = False
        self.held = 0  # contacts in hand
        self.chats = False  # what is in hand are chats
        self.since_s = 0.0  # when held last changed, or duty began


class Queue:
    """The contacts waiting on a channel, oldest first, and the lines they and talkers hold.

    Who has hung up stays in ``line`` and is passed over at the head: taking somebody out of
    the middle would cost more than the whole rest of a contact's story.
    """

    def __init__(self, rules: ChannelRules) -> None:
        self.rules = rules
        self.is_chat = rules.kind is ChannelKind.CHAT
        self.lines = rules.lines
        self.waiting = 0
        self.teams: list[Team] = []  # who serves it at once, in the order of the file
        self.overflow_after_s: list[float] = []  # waits after which further teams may help
        self.line: deque[Contact] = deque()
        self._talk_ends_s: list[float] = []

    def join(self, contact: Contact) -> None:
        """Put a contact at the end."""
        contact.waiting = True
        self.waiting += 1
        self.line.append(contact)

    def oldest(self) -> Contact | None:
        """Return the contact an agent would get: it may be a chat that left silently."""
        line = self.line
        while line:
            contact = line[0]
            if contact.waiting or contact.left_silently:
                return contact
            line.popleft()
        return None

    def take_oldest(self) -> Contact:
        """Remove the contact that :meth:`oldest` has just returned."""
        contact = self.line.popleft()
        if contact.waiting:
            self.leave(contact)
        return contact

    def leave(self, contact: Contact) -> None:
        """Let a contact's wait end."""
        contact.waiting = False
        self.waiting -= 1

    def agent_for_newcomer(self) -> Agent | None:
        """Return the agent who would take a contact that arrives now; None if it must wait."""
        if self.line and self.oldest() is not None:
            return None
        for team in self.teams:
            agent = team.idle[0] if team.idle else team.free_agent(self)
            if agent is not None:
                return agent
        return None

    def everybody(self) -> list[Contact]:
        """Return the contacts still in line, silent leavers included."""
        return [c for c in self.line if c.waiting or c.left_silently]

    def has_line(self, now_s: float) -> bool:
        """Tell whether a caller finds a free line."""
        if self.lines is None:
            return True
        ends = self._talk_ends_s
        while ends and ends[0] <= now_s:
            heappop(ends)
        return len(ends) + self.waiting < self.lines

    def hold_line_until(self, end_s: float) -> None:
        """Keep a line for a talk."""
        heappush(self._talk_ends_s, end_s)


class Team:
    """Agents who serve the same channels (班组), those free for more first in line.

    ``idle`` holds the idle agents on duty, longest idle first; ``_chatting`` agents with
    chats by how few they hold, then likewise. Ties go to the lower seat. An entry of
    ``_chatting`` is void once its agent's state has changed; it is then dropped when it
    comes to the head.
    """

    def __init__(self, serves: tuple[Serves, ...], queues: list[Queue]) -> None:
        self.serves = [(queues[entry.channel], entry.after_s) for entry in serves]
        self.promotes = any(q.rules.promote_after_s < math.inf for q, _ in self.serves)
        self.lines = tuple(queue.line for queue, _ in self.serves)
        self.idle: deque[Agent] = deque()
        self._chatting: list[tuple[int, float, int, Agent]] = []

    def is_free(self, agent: Agent) -> None:
        """Put an agent on duty, whose ``held`` has just changed, where contacts look for one."""
        idle = self.idle
        if agent.held:
            if agent.chats:
                heappush(self._chatting, (agent.held, agent.since_s, agent.seat, agent))
        elif idle and idle[-1].since_s == agent.since_s:
            self._is_free_as_well(agent)
        else:
            idle.append(agent)

    def _is_free_as_well(self, agent: Agent) -> None:
        """Put an agent before those idle since the same instant on higher seats."""
        idle, higher = self.idle, []
        while idle and idle[-1].since_s == agent.since_s and idle[-1].seat > agent.seat:
            higher.append(idle.pop())
        idle.append(agent)
        idle.extend(reversed(higher))

    def free_agent(self, queue: Queue) -> Agent | None:
        """Return the agent who would take a contact of a channel: the one longest idle.

        For a chat, failing an idle agent, the one with the fewest chats and room for more.
        """
        if self.idle:
            return self.idle[0]
        if not queue.is_chat:
            return None
        chatting = self._chatting
        while chatting:
            held, since_s, _, agent = chatting[0]
            if agent.on_duty and agent.chats and (agent.held, agent.since_s) == (held, since_s):
                return agent if held < queue.rules.concurrency else None
            heappop(chatting)
        return None

    def next_for_somebody(self, now_s: float) -> tuple[Queue, Agent] | None:
        """Return the channel whose oldest contact goes next, and the agent who takes it.

        The first channel in the order of ``serves`` that has one; but contacts past their
        channel's ``promote_after_s`` go before all others.
        """
        first = None
        for queue, after_s in self.serves:
            contact = queue.oldest() if queue.line else None
            if contact is None or now_s < contact.arrival_s + after_s:
                continue
            agent = self.free_agent(queue)
            if agent is None:
                continue
            if not self.promotes or now_s >= contact.arrival_s + queue.rules.promote_after_s:
                return queue, agent
            first = first or (queue, agent)
        return first
