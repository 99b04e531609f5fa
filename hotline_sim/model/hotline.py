"""The hotline as SimPy events: what callers do and what agents do, and nothing else.

Read :meth:`Hotline._arrives` and on for the caller's story, :meth:`Hotline._takes` and on
for the agent's. The order of one instant is in ``moments``; the rules are those of
``hotline_sim.kernel``, which runs them compiled, and both must give the same log.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import simpy

from hotline_sim.domain import DAY_S, NOBODY, TICKS_PER_S, Outcome
from hotline_sim.model.diary import DayCalls, log_of
from hotline_sim.model.moments import COMES_ON, ENDS, GIVES_UP, GOES_OFF, MEET, Moment, Then
from hotline_sim.model.people import Agent, Contact, Queue, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.domain import Calls, ContactLog, Duty, Rules

ANSWERED, ABANDONED, BLOCKED = int(Outcome.ANSWERED), int(Outcome.ABANDONED), int(Outcome.BLOCKED)
CONTAINED, UNREACHED, OPEN = int(Outcome.CONTAINED), int(Outcome.UNREACHED), int(Outcome.OPEN)
_NEVER = math.inf
_NAN = math.nan


class Hotline:
    """A hotline at work, from day to day.

    Parameters
    ----------
    rules
        The scenario's channels and teams.
    """

    def __init__(self, rules: Rules) -> None:
        self._env = simpy.Environment()
        self._queues = [Queue(channel) for channel in rules.channels]
        self._teams = [Team(serves, self._queues) for serves in rules.serves]
        for team in self._teams:
            for queue, after_s in team.serves:
                if after_s > 0.0:
                    queue.overflow_after_s.append(after_s)
                else:
                    queue.teams.append(team)
        self._team_of_seat = np.array([*rules.team_of_seat, NOBODY])
        self._agents = [
            Agent(self._env, seat, self._teams[team])
            for seat, team in enumerate(rules.team_of_seat)
        ]
        self._cases: Iterator[Contact] = iter(())  # of today: their first contacts
        self._midnight_s = 0.0  # when today ends
        self._later: dict[int, list[Contact]] = {}  # who will arrive, by day after today
        self._rows = 0  # of all days' calls
        self._written: list[float] = []  # contacts: see log_of
        self._told_of: list[DayCalls] = []  # whose contacts they are
        self._meeting_due = False
        self._to_first_arrival: Then = [self._expects_next_case, self._arrives]
        self._to_arrival: Then = [self._arrives]
        self._to_end_of_patience: Then = [self._gives_up]
        self._to_beginning_of_duty: Then = [self._comes_on]
        self._to_end_of_duty: Then = [self._goes_off]
        self._to_end_of_handling: Then = [self._is_done]
        self._to_end_of_chat: Then = [self._is_done_with_chat]
        self._to_meeting: Then = [self._meet]

    def run_day(self, day: int, calls: Calls, duty: Duty) -> ContactLog:
        """Play on until *day* has ended, and return the contacts settled meanwhile.

        *calls* and *duty* are those of the day, or of all days since the last one played.
        Days are played in order. What happens at the instant of the later midnight
        belongs to the next day.
        """
        env = self._env
        for seat, on_s, off_s, speed in zip(
            duty.seat.tolist(), duty.on_s.tolist(), duty.off_s.tolist(), duty.speed.tolist()
        ):
            stint = (self._agents[seat], speed)
            Moment(env, on_s - env.now, COMES_ON, self._to_beginning_of_duty, stint)
            Moment(env, off_s - env.now, GOES_OFF, self._to_end_of_duty, stint)
        self._midnight_s = (day + 1) * DAY_S
        self._cases = DayCalls(calls, self._rows).cases(env, self._to_first_arrival)
        self._rows += len(calls)
        self._expects_next_case(None)
        for due in sorted(later for later in self._later if later <= day):
            for contact in self._later.pop(due):
                self._expects(contact)
        env.run(until=self._midnight_s)
        return self._log()

    def close(self) -> ContactLog:
        """Return the contacts that are still waiting; call it once, after the last day."""
        for queue in self._queues:
            for contact in queue.everybody():
                if contact.left_silently:
                    self._writes_down(contact, ABANDONED, contact.end_s, contact.leads_to)
                else:
                    self._writes_down(contact, OPEN, _NAN, NOBODY)
        return self._log()

    # The caller's story -----------------------------------------------------------------

    def _expects_next_case(self, before: Contact | None) -> None:
        """Let today's next case be on its way, now that the one *before* it has come."""
        env = self._env
        for contact in self._cases:
            now_s = env.now if before is None else before.arrival_s
            env.schedule(contact, contact.rank, contact.arrival_s - now_s)
            return

    def _expects(self, contact: Contact) -> None:
        """Let a further contact of a case be on its way, or wait for its day."""
        if contact.arrival_s < self._midnight_s:
            self._env.schedule(contact, contact.rank, contact.arrival_s - self._env.now)
        else:
            self._later.setdefault(int(contact.arrival_s // DAY_S), []).append(contact)

    def _arrives(self, contact: Contact) -> None:
        """Ask for a human, unless the menu serves the matter or no line is free.

        A free agent answers at once if nothing else happens at this instant.
        """
        calls, row, now_s = contact.calls, contact.row, contact.arrival_s
        queue = self._queues[calls.channel[row]]
        if calls.contained[row]:
            self._is_settled(contact, CONTAINED, now_s)
        elif queue.lines is not None and not queue.has_line(now_s):
            self._is_settled(contact, BLOCKED, now_s)
        elif (agent := queue.agent_for_newcomer()) is None:
            self._waits(contact, queue)
        elif self._env.peek() > now_s:
            self._takes(agent, contact, queue, now_s)
        else:
            self._waits(contact, queue)
            self._meet_soon()

    def _waits(self, contact: Contact, queue: Queue) -> None:
        """Join the queue, until an agent is free or patience runs out."""
        queue.join(contact)
        patience_s = contact.calls.patience_s[contact.row]
        if patience_s < _NEVER:
            contact.callbacks = self._to_end_of_patience
            self._env.schedule(contact, GIVES_UP, patience_s)
        for after_s in queue.overflow_after_s:
            Moment(self._env, after_s, MEET, self._to_meeting)

    def _gives_up(self, contact: Contact) -> None:
        """Leave, patience having run out; a chat may do so without a word."""
        if not contact.waiting:
            return
        calls, row, now_s = contact.calls, contact.row, self._env.now
        self._queues[calls.channel[row]].leave(contact)
        if calls.silent[row]:
            contact.left_silently = True
            contact.end_s = now_s
            contact.leads_to = self._goes_on(contact, ABANDONED, now_s)
        else:
            self._is_settled(contact, ABANDONED, now_s)

    def _is_settled(self, contact: Contact, outcome: int, now_s: float) -> None:
        """End here and now without an agent, and perhaps try again."""
        self._writes_down(contact, outcome, now_s, self._goes_on(contact, outcome, now_s))

    def _goes_on(self, contact: Contact, outcome: int, end_s: float) -> int:
        """Follow the transition table: another contact after a delay, or the case ends.

        Return the channel it leads to.
        """
        calls, row = contact.calls, contact.row
        following: int = calls.next_contact[outcome][row]
        if following == NOBODY:
            return NOBODY
        calls.after[following] = outcome
        calls.failed[following] = calls.failed[row] + (outcome in (ABANDONED, BLOCKED))
        calls.answered_before[following] = calls.answered_before[row] + (outcome == ANSWERED)
        arrival_s = end_s + calls.delay_s[outcome][row]
        self._expects(
            Contact(self._env, self._to_arrival, calls, following, arrival_s, contact.rank)
        )
        return calls.channel[following]

    # The agent's story ------------------------------------------------------------------

    def _comes_on(self, moment: Moment) -> None:
        """Begin a stint of duty."""
        agent, agent.speed = moment.about
        agent.on_duty = True
        self._is_free(agent)

    def _goes_off(self, moment: Moment) -> None:
        """End a stint; what is in hand is finished first, but nothing more is taken."""
        agent, _ = moment.about
        agent.on_duty = False
        if not agent.held:
            agent.team.idle.remove(agent)

    def _is_free(self, agent: Agent) -> None:
        """Be there for more, and take what waits once this instant's other events are over."""
        env, team = self._env, agent.team
        agent.since_s = now_s = env.now
        team.is_free(agent)
        if any(team.lines):
            if env.peek() > now_s:
                self._serves_all_it_can(team, now_s)
            else:
                self._meet_soon()

    def _meet_soon(self) -> None:
        if not self._meeting_due:
            self._meeting_due = True
            Moment(self._env, 0.0, MEET, self._to_meeting)

    def _meet(self, _moment: Moment) -> None:
        """Bring waiting contacts and free agents together, team by team in the file's order."""
        self._meeting_due = False
        for team in self._teams:
            self._serves_all_it_can(team, self._env.now)

    def _serves_all_it_can(self, team: Team, now_s: float) -> None:
        while (found := team.next_for_somebody(now_s)) is not None:
            queue, agent = found
            self._takes(agent, queue.take_oldest(), queue, now_s)

    def _takes(self, agent: Agent, contact: Contact, queue: Queue, now_s: float) -> None:
        """Handle a contact: talk, then wrap up. Its end is known from here on."""
        calls, row = contact.calls, contact.row
        if contact.left_silently or not calls.reached[row]:
            outcome, end_s, done_s, leads_to = self._finds_nobody(contact, queue, now_s)
        else:
            outcome, leads_to = ANSWERED, NOBODY
            talk_s: float = calls.talk_s[row]
            wrap_up_s: float = calls.wrap_up_s[row]
            if agent.held or agent.speed != 1.0:
                pace = agent.speed * (1.0 + queue.rules.slowdown * agent.held)
                talk_s, wrap_up_s = _stretched_s(talk_s, pace), _stretched_s(wrap_up_s, pace)
            end_s = now_s + talk_s
            done_s = end_s + wrap_up_s
            if queue.lines is not None:
                queue.hold_line_until(end_s)
            if calls.next_contact[ANSWERED][row] != NOBODY:
                leads_to = self._goes_on(contact, ANSWERED, end_s)
        if queue.is_chat:
            self._holds_one_more_chat(agent, now_s, done_s)
        else:
            agent.team.idle.popleft()
            agent.held = 1
            agent.callbacks = self._to_end_of_handling
            self._env.schedule(agent, ENDS, done_s - now_s)
        if not calls.are_told_of:
            self._tells_of(calls)
        place, seat = calls.begin + row, agent.seat
        entry = (place, contact.arrival_s, now_s, end_s, done_s, outcome, seat, leads_to)
        self._written += entry

    def _finds_nobody(
        self, contact: Contact, queue: Queue, now_s: float
    ) -> tuple[int, float, float, int]:
        """Handle a chat that has left, or a call nobody takes; return what becomes of it."""
        if contact.left_silently:
            done_s = now_s + queue.rules.silent_handle_s
            return ABANDONED, contact.end_s, done_s, contact.leads_to
        done_s = now_s + queue.rules.unreached_handle_s
        return UNREACHED, done_s, done_s, self._goes_on(contact, UNREACHED, done_s)

    def _holds_one_more_chat(self, agent: Agent, now_s: float, done_s: float) -> None:
        """Have a chat in hand until it is done, perhaps beside others."""
        if not agent.held:
            agent.team.idle.popleft()
        agent.held += 1
        agent.chats = True
        agent.since_s = now_s
        agent.team.is_free(agent)
        Moment(self._env, done_s - now_s, ENDS, self._to_end_of_chat, agent)

    def _is_done(self, agent: Agent) -> None:
        """Put a contact away, and be free for another if still on duty."""
        agent.held -= 1
        if agent.on_duty:
            self._is_free(agent)

    def _is_done_with_chat(self, moment: Moment) -> None:
        """Put one of several chats away."""
        agent: Agent = moment.about
        agent.chats = agent.held > 1
        self._is_done(agent)

    # What is written down ---------------------------------------------------------------

    def _writes_down(self, contact: Contact, outcome: int, end_s: float, leads_to: int) -> None:
        """Note a contact that no agent took."""
        calls, row = contact.calls, contact.row
        if not calls.are_told_of:
            self._tells_of(calls)
        place = calls.begin + row
        self._written += (place, contact.arrival_s, _NAN, end_s, _NAN, outcome, NOBODY, leads_to)

    def _tells_of(self, calls: DayCalls) -> None:
        """Remember whose contacts are written down."""
        calls.are_told_of = True
        self._told_of.append(calls)

    def _log(self) -> ContactLog:
        """Return what was written down since the last time."""
        log = log_of(self._written, self._told_of, self._team_of_seat)
        for calls in self._told_of:
            calls.are_told_of = False
        self._written, self._told_of = [], []
        return log


def _stretched_s(duration_s: float, pace: float) -> float:
    """Do what :func:`hotline_sim.domain.stretched_s` does, at once where nothing changes."""
    if pace == 1.0:
        return duration_s
    return math.floor(duration_s * pace * TICKS_PER_S + 0.5) / TICKS_PER_S
