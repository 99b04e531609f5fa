"""The contacts and the agents of the SimPy model, and the places where they wait."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from hotline_sim.domain import NOBODY, ChannelKind

if TYPE_CHECKING:
    from hotline_sim.domain import Calls, ChannelRules, Serves

# What is written down of a contact when its outcome is settled: row of its calls, arrival,
# start, end, done, outcome, team, seat, next, after, failed, answered before.
Entry = tuple[int, float, float, float, float, int, int, int, int, int, int, int]


class DayCalls:
    """One day's calls as lists (Python reads them faster), and what became of its contacts."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.entries: list[Entry] = []
        self.first_contact = calls.first_contact.tolist()
        self.first_arrival_s = calls.first_arrival_s.tolist()
        self.case = calls.case.tolist()
        self.channel = calls.channel.tolist()
        self.talk_s = calls.talk_s.tolist()
        self.wrap_up_s = calls.wrap_up_s.tolist()
        self.patience_s = calls.patience_s.tolist()
        self.contained = calls.contained.tolist()
        self.silent = calls.silent.tolist()
        self.reached = calls.reached.tolist()
        self.next_contact = calls.next_contact.tolist()
        self.delay_s = calls.delay_s.tolist()


class Contact:
    """One try to reach a human (来电/话务), and what the case went through before it."""

    __slots__ = (
        "after",
        "answered_before",
        "arrival_s",
        "calls",
        "end_s",
        "failed",
        "left_silently",
        "row",
        "waiting",
    )

    def __init__(
        self,
        calls: DayCalls,
        row: int,
        arrival_s: float,
        after: int = NOBODY,
        failed: int = 0,
        answered_before: int = 0,
    ) -> None:
        self.calls = calls
        self.row = row
        self.arrival_s = arrival_s
        self.after = after
        self.failed = failed
        self.answered_before = answered_before
        self.waiting = False
        self.left_silently = False
        self.end_s = arrival_s


class Agent:
    """A named agent (话务员) on a seat (座席)."""

    __slots__ = ("chats", "held", "on_duty", "seat", "since_s", "speed", "team")

    def __init__(self, seat: int, team: Team) -> None:
        self.seat = seat
        self.team = team
        self.speed = 1.0
        self.on_duty = False
        self.held = 0  # contacts in hand
        self.chats = False  # what is in hand are chats
        self.since_s = 0.0  # when held last changed, or duty began


class Queue:
    """The contacts waiting on a channel, oldest first, and the lines they and talkers hold.

    Who has hung up stays in line and is passed over at the head: taking somebody out of
    the middle would cost more than the whole rest of a contact's story.
    """

    def __init__(self, number: int, rules: ChannelRules) -> None:
        self.number = number
        self.rules = rules
        self.is_chat = rules.kind is ChannelKind.CHAT
        self.lines = rules.lines
        self.waiting = 0
        self.teams: list[Team] = []  # who serves it at once, in the order of the file
        self.overflow_after_s: list[float] = []  # waits after which further teams may help
        self._line: deque[Contact] = deque()
        self._talk_ends_s: list[float] = []

    def join(self, contact: Contact) -> None:
        """Put a contact at the end."""
        contact.waiting = True
        self.waiting += 1
        self._line.append(contact)

    def oldest(self) -> Contact | None:
        """Return the contact an agent would get: it may be a chat that left silently."""
        line = self._line
        while line:
            contact = line[0]
            if contact.waiting or contact.left_silently:
                return contact
            line.popleft()
        return None

    def take_oldest(self) -> Contact:
        """Remove the contact that :meth:`oldest` has just returned."""
        contact = self._line.popleft()
        if contact.waiting:
            contact.waiting = False
            self.waiting -= 1
        return contact

    def leave(self, contact: Contact) -> None:
        """Let a contact's wait end without an agent."""
        contact.waiting = False
        self.waiting -= 1

    def everybody(self) -> list[Contact]:
        """Return the contacts still in line, silent leavers included."""
        return [c for c in self._line if c.waiting or c.left_silently]

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
        if self.lines is not None:
            heappush(self._talk_ends_s, end_s)


class Team:
    """Agents who serve the same channels (班组), those free for more first in line.

    ``_idle`` orders idle agents by how long they have been so; ``_chatting`` agents with
    chats by how few they hold, then likewise. Ties go to the lower seat. An entry is void
    once its agent's state has changed; it is then dropped when it comes to the head.
    """

    def __init__(self, number: int, serves: tuple[Serves, ...], queues: list[Queue]) -> None:
        self.number = number
        self.serves = [(queues[entry.channel], entry.after_s) for entry in serves]
        self.promotes = any(q.rules.promote_after_s < float("inf") for q, _ in self.serves)
        self._idle: list[tuple[float, int, Agent]] = []
        self._chatting: list[tuple[int, float, int, Agent]] = []

    def is_free(self, agent: Agent) -> None:
        """Put an agent on duty where new contacts look for one."""
        if agent.held == 0:
            heappush(self._idle, (agent.since_s, agent.seat, agent))
        elif agent.chats:
            heappush(self._chatting, (agent.held, agent.since_s, agent.seat, agent))

    def free_agent(self, queue: Queue) -> Agent | None:
        """Return the agent who would take a contact of a channel: the one longest idle.

        For a chat, failing an idle agent, the one with the fewest chats and room for more.
        """
        idle = self._idle
        while idle:
            since_s, _, agent = idle[0]
            if agent.on_duty and agent.held == 0 and agent.since_s == since_s:
                return agent
            heappop(idle)
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
            contact = queue.oldest()
            if contact is None or now_s < contact.arrival_s + after_s:
                continue
            agent = self.free_agent(queue)
            if agent is None:
                continue
            if not self.promotes or now_s >= contact.arrival_s + queue.rules.promote_after_s:
                return queue, agent
            first = first or (queue, agent)
        return first
