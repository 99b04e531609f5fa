"""The contacts and the agents of the SimPy model, and the places where they wait."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.domain import NOBODY, ChannelKind, Outcome

if TYPE_CHECKING:
    import simpy

    from hotline_sim.demand.numbers import Case
    from hotline_sim.domain import ChannelRules, Serves

_OPEN = int(Outcome.OPEN)


class LateOrder(NamedTuple):
    """A work order (工单) that missed its deadline and is being chased (催办)."""

    row: int  # of the transition table, that opened it
    rest_s: float  # from the end of the contact that chases it until it is closed


class Following(NamedTuple):
    """What a contact leads to."""

    to: int = NOBODY  # channel of the next contact; NOBODY: the case ends
    delay_s: float = 0.0  # from the end of this contact until the next
    chases: LateOrder | None = None  # what the next contact is about
    order_s: float = math.nan  # of the work order this contact opened: until it is closed
    department: int = NOBODY  # that settles it
    entry_s: float = 0.0  # what writing it down adds to the wrap-up


NOTHING = Following()


@dataclass(slots=True, eq=False)
class Contact:
    """One try to reach a human (来电/话务)."""

    case: Case
    channel: int
    k: int  # which contact of the case: 1, 2, …
    arrival_s: float
    u: list[float]  # its numbers between 0 and 1, by hotline_sim.demand.words.Word
    talk_s: float  # as an agent of speed 1 has it
    wrap_up_s: float
    patience_s: float
    after: int = NOBODY  # outcome of the contact before
    failed: int = 0  # contacts before that were abandoned or blocked
    answered_before: int = 0
    chases: LateOrder | None = None
    request_s: float = math.nan  # when it asked for a human
    caller: simpy.Process | None = None  # while it waits: who does
    left_silently: bool = False
    outcome: int = _OPEN
    end_s: float = math.nan
    follows: Following = NOTHING

    @property
    def has_ended(self) -> bool:
        """Whether it is known how the contact ends."""
        return self.outcome != _OPEN

    def ends(self, outcome: int, end_s: float, follows: Following) -> None:
        """Note how and when the contact ends, and what follows it."""
        self.outcome = outcome
        self.end_s = end_s
        self.follows = follows


class Agent:
    """A named agent (话务员) on a seat (座席)."""

    def __init__(self, seat: int, team: Team) -> None:
        self.seat = seat
        self.team = team
        self.speed = 1.0
        self.on_duty = False
        self.held = 0  # contacts in hand
        self.chats = False  # what is in hand are chats
        self.since_s = 0.0  # when held last changed, or duty began


class Queue:
    """The contacts waiting on a channel, oldest first, and how many hold a line, doing what.

    Who has hung up stays in ``line`` and is passed over at the head: taking somebody out of
    the middle would cost more than the whole rest of a contact's story.
    """

    def __init__(self, rules: ChannelRules) -> None:
        self.rules = rules
        self.is_chat = rules.kind is ChannelKind.CHAT
        self.greeted = 0  # hear the greeting
        self.waiting = 0
        self.talking = 0
        self.teams: list[Team] = []  # who serves it at once, in the order of the file
        self.overflow_after_s: list[float] = []  # waits after which further teams may help
        self.line: deque[Contact] = deque()

    def join(self, contact: Contact, caller: simpy.Process | None) -> None:
        """Put a contact at the end; its process is to be interrupted by the answer."""
        contact.caller = caller
        self.waiting += 1
        self.line.append(contact)

    def leave(self, contact: Contact) -> None:
        """Let a contact's wait end."""
        contact.caller = None
        self.waiting -= 1

    def oldest(self) -> Contact | None:
        """Return the contact an agent would get: it may be a chat that left silently."""
        line = self.line
        while line:
            contact = line[0]
            if contact.caller is not None or contact.left_silently:
                return contact
            line.popleft()
        return None

    def everybody(self) -> list[Contact]:
        """Return the contacts still in line, silent leavers included."""
        return [c for c in self.line if c.caller is not None or c.left_silently]

    def has_line(self) -> bool:
        """Tell whether a caller finds a free line: who is greeted, waits or talks holds one."""
        lines = self.rules.lines
        return lines is None or self.greeted + self.waiting + self.talking < lines

    def agent_for_newcomer(self) -> Agent | None:
        """Return the agent who would take a contact that asks now; None if it must wait."""
        if self.oldest() is None:
            for team in self.teams:
                agent = team.free_agent(self)
                if agent is not None:
                    return agent
        return None


class Team:
    """Agents who serve the same channels (班组), those free for more first in line.

    ``idle`` holds the idle agents on duty, longest idle first; ``_chatting`` agents with
    chats by how few they hold, then likewise. Ties go to the lower seat. An entry of
    ``_chatting`` is void once its agent's state has changed; it is then dropped when it
    comes to the head.
    """

    def __init__(self, number: int, serves: tuple[Serves, ...], queues: list[Queue]) -> None:
        self.number = number
        self.serves = [(queues[entry.channel], entry.after_s) for entry in serves]
        self.lines = [queue.line for queue, _ in self.serves]
        self.promotes = any(q.rules.promote_after_s < math.inf for q, _ in self.serves)
        self.idle: deque[Agent] = deque()
        self._chatting: list[tuple[int, float, int, Agent]] = []

    def is_free(self, agent: Agent, now_s: float) -> None:
        """Put an agent on duty, who came on or put a contact away, where contacts look for one."""
        agent.since_s = now_s
        if agent.held:
            self._may_take_more(agent)
            return
        idle, place = self.idle, len(self.idle)
        while place and idle[place - 1].since_s == now_s and idle[place - 1].seat > agent.seat:
            place -= 1
        idle.insert(place, agent)

    def is_busy(self, agent: Agent, now_s: float, *, chats: bool) -> None:
        """Have an agent hold one more contact."""
        if not agent.held:
            self.idle.remove(agent)
        agent.held += 1
        agent.chats = chats
        if chats:
            agent.since_s = now_s
            self._may_take_more(agent)

    def _may_take_more(self, agent: Agent) -> None:
        if agent.chats:
            heappush(self._chatting, (agent.held, agent.since_s, agent.seat, agent))

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
        channel's ``promote_after_s`` go before all others, the one that asked first first,
        and those of one instant in the order of ``serves``.
        """
        first, promoted, promoted_s = None, None, math.inf
        for queue, after_s in self.serves:
            contact = queue.oldest()
            if contact is None or now_s < contact.request_s + after_s:
                continue
            agent = self.free_agent(queue)
            if agent is None:
                continue
            if not self.promotes:
                return queue, agent
            is_promoted = now_s >= contact.request_s + queue.rules.promote_after_s
            if is_promoted and contact.request_s < promoted_s:
                promoted, promoted_s = (queue, agent), contact.request_s
            first = first or (queue, agent)
        return promoted or first
