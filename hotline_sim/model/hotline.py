"""The hotline as SimPy events: what callers do and what agents do, and nothing else.

Read :meth:`Hotline._arrives` and on for the caller's story, :meth:`Hotline._takes` and on
for the agent's. The order of one instant is in ``moments``; the rules are those of
``hotline_sim.kernel``, which runs them compiled, and both must give the same log.
"""

from __future__ import annotations

import math
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import simpy

from hotline_sim.domain import (
    DAY_S,
    NOBODY,
    TICKS_PER_S,
    ContactLog,
    Outcome,
    joined,
    log_of,
)
from hotline_sim.model.moments import (
    ARRIVES,
    COMES_ON,
    ENDS,
    GIVES_UP,
    GOES_OFF,
    MEET,
    Moment,
)
from hotline_sim.model.people import Agent, Contact, DayCalls, Queue, Team

if TYPE_CHECKING:
    from hotline_sim.domain import Calls, Duty, Rules

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
        self._queues = [Queue(i, channel) for i, channel in enumerate(rules.channels)]
        self._teams = [Team(i, serves, self._queues) for i, serves in enumerate(rules.serves)]
        for team in self._teams:
            for queue, after_s in team.serves:
                if after_s > 0.0:
                    queue.overflow_after_s.append(after_s)
                else:
                    queue.teams.append(team)
        self._agents = [Agent(i, self._teams[t]) for i, t in enumerate(rules.team_of_seat)]
        self._coming: list[tuple[float, int, Contact]] = []  # by instant, then by case
        self._today: DayCalls | None = None
        self._next_case = 0  # of today's
        self._written: dict[int, DayCalls] = {}  # the days whose contacts were written down
        self._meeting_due = False

    def run_day(self, day: int, calls: Calls, duty: Duty) -> ContactLog:
        """Play a day from midnight to midnight, and return the contacts settled in it.

        Days are played in order. What happens at the instant of the later midnight
        belongs to the next day.
        """
        env = self._env
        for seat, on_s, off_s, speed in zip(
            duty.seat.tolist(), duty.on_s.tolist(), duty.off_s.tolist(), duty.speed.tolist()
        ):
            stint = (self._agents[seat], speed)
            Moment(env, on_s - env.now, COMES_ON, self._comes_on, stint)
            Moment(env, off_s - env.now, GOES_OFF, self._goes_off, stint)
        self._today = DayCalls(calls)
        self._next_case = 0
        self._expect_next_case()
        env.run(until=(day + 1) * DAY_S)
        return self._log()

    def close(self) -> ContactLog:
        """Return the contacts that are still waiting; call it once, after the last day."""
        for queue in self._queues:
            for contact in queue.everybody():
                if contact.left_silently:
                    self._writes_down(contact, ABANDONED, contact.end_s)
                else:
                    self._writes_down(contact, OPEN, _NAN)
        return self._log()

    # The caller's story -----------------------------------------------------------------

    def _expect_next_case(self) -> None:
        """Let today's next case be on its way."""
        today, i = self._today, self._next_case
        if today is None or i >= len(today.first_contact):
            return
        self._next_case = i + 1
        self._expect(Contact(today, today.first_contact[i], today.first_arrival_s[i]))

    def _expect(self, contact: Contact) -> None:
        """Let a contact be on its way; a case has one at a time."""
        at_s, env = contact.arrival_s, self._env
        heappush(self._coming, (at_s, contact.calls.case[contact.row], contact))
        Moment(env, at_s - env.now, ARRIVES, self._arrivals, None)

    def _arrivals(self, _moment: Moment) -> None:
        """Let everybody due at this instant arrive, in the order of cases."""
        coming, now_s = self._coming, self._env.now
        while coming and coming[0][0] <= now_s:
            contact = heappop(coming)[2]
            if contact.after == NOBODY:
                self._expect_next_case()
            self._arrives(contact)

    def _arrives(self, contact: Contact) -> None:
        """Ask for a human, unless the menu serves the matter or no line is free."""
        calls, row = contact.calls, contact.row
        queue = self._queues[calls.channel[row]]
        if calls.contained[row]:
            self._is_settled(contact, CONTAINED)
        elif queue.lines is not None and not queue.has_line(self._env.now):
            self._is_settled(contact, BLOCKED)
        else:
            self._looks_for_an_agent(contact, queue)

    def _looks_for_an_agent(self, contact: Contact, queue: Queue) -> None:
        """Be taken by the first team with a free agent, or wait.

        When nothing else happens at this instant and nobody is before the contact, it need
        not go through the queue.
        """
        env = self._env
        alone = env.peek() > env.now
        if alone and queue.oldest() is None:
            for team in queue.teams:
                agent = team.free_agent(queue)
                if agent is not None:
                    self._takes(agent, contact, queue)
                    return
        queue.join(contact)
        if not alone:
            self._meet_soon()
        patience_s = contact.calls.patience_s[contact.row]
        if patience_s < _NEVER:
            Moment(env, patience_s, GIVES_UP, self._gives_up, contact)
        for after_s in queue.overflow_after_s:
            Moment(env, after_s, MEET, self._meet, None)

    def _gives_up(self, moment: Moment) -> None:
        """Leave, patience having run out; a chat may do so without a word."""
        contact: Contact = moment.about
        if not contact.waiting:
            return
        calls, row = contact.calls, contact.row
        self._queues[calls.channel[row]].leave(contact)
        if calls.silent[row]:
            contact.left_silently = True
            contact.end_s = self._env.now
            self._goes_on(contact, ABANDONED, self._env.now)
        else:
            self._is_settled(contact, ABANDONED)

    def _is_settled(self, contact: Contact, outcome: int) -> None:
        """End here and now without an agent, and perhaps try again."""
        self._goes_on(contact, outcome, self._env.now)
        self._writes_down(contact, outcome, self._env.now)

    def _goes_on(self, contact: Contact, outcome: int, end_s: float) -> None:
        """Follow the transition table: another contact after a delay, or the case ends."""
        calls = contact.calls
        following = calls.next_contact[outcome][contact.row]
        if following == NOBODY:
            return
        self._expect(
            Contact(
                calls,
                following,
                end_s + calls.delay_s[outcome][contact.row],
                after=outcome,
                failed=contact.failed + (outcome in (ABANDONED, BLOCKED)),
                answered_before=contact.answered_before + (outcome == ANSWERED),
            )
        )

    # The agent's story ------------------------------------------------------------------

    def _comes_on(self, moment: Moment) -> None:
        """Begin a stint of duty."""
        agent, agent.speed = moment.about
        agent.on_duty = True
        agent.since_s = self._env.now
        agent.team.is_free(agent)
        self._looks_for_contacts(agent.team)

    def _goes_off(self, moment: Moment) -> None:
        """End a stint; what is in hand is finished first, but nothing more is taken."""
        agent, _ = moment.about
        agent.on_duty = False

    def _looks_for_contacts(self, team: Team) -> None:
        """Let a team whose agent has become free take what waits, at the end of the instant."""
        env = self._env
        if env.peek() > env.now:
            self._serves_all_it_can(team)
        else:
            self._meet_soon()

    def _meet_soon(self) -> None:
        if not self._meeting_due:
            self._meeting_due = True
            Moment(self._env, 0.0, MEET, self._meet, None)

    def _meet(self, _moment: Moment) -> None:
        """Bring waiting contacts and free agents together, team by team in the file's order."""
        self._meeting_due = False
        for team in self._teams:
            self._serves_all_it_can(team)

    def _serves_all_it_can(self, team: Team) -> None:
        while (found := team.next_for_somebody(self._env.now)) is not None:
            queue, agent = found
            self._takes(agent, queue.take_oldest(), queue)

    def _takes(self, agent: Agent, contact: Contact, queue: Queue) -> None:
        """Handle a contact: talk, then wrap up. Its end is known from here on."""
        now_s = self._env.now
        calls, row = contact.calls, contact.row
        outcome = ANSWERED
        if contact.left_silently:
            outcome, end_s = ABANDONED, contact.end_s
            done_s = now_s + queue.rules.silent_handle_s
        elif not calls.reached[row]:
            outcome = UNREACHED
            end_s = done_s = now_s + queue.rules.unreached_handle_s
        else:
            pace = agent.speed * (1.0 + queue.rules.slowdown * agent.held)
            end_s = now_s + _stretched_s(calls.talk_s[row], pace)
            done_s = end_s + _stretched_s(calls.wrap_up_s[row], pace)
            queue.hold_line_until(end_s)
        agent.held += 1
        agent.chats = queue.is_chat
        agent.since_s = now_s
        if queue.is_chat and agent.on_duty:
            agent.team.is_free(agent)
        Moment(self._env, done_s - now_s, ENDS, self._is_done, agent)
        if not contact.left_silently:
            self._goes_on(contact, outcome, end_s)
        self._writes_down(contact, outcome, end_s, now_s, done_s, agent)

    def _is_done(self, moment: Moment) -> None:
        """Put a contact away, and be free for another if still on duty."""
        agent: Agent = moment.about
        agent.held -= 1
        agent.since_s = self._env.now
        if agent.on_duty:
            agent.team.is_free(agent)
            self._looks_for_contacts(agent.team)

    # What is written down ---------------------------------------------------------------

    def _writes_down(
        self,
        contact: Contact,
        outcome: int,
        end_s: float,
        start_s: float = _NAN,
        done_s: float = _NAN,
        agent: Agent | None = None,
    ) -> None:
        calls, row = contact.calls, contact.row
        if not calls.entries:
            self._written[id(calls)] = calls
        following = calls.next_contact[outcome][row] if outcome != OPEN else NOBODY
        calls.entries.append(
            (
                row,
                contact.arrival_s,
                start_s,
                end_s,
                done_s,
                outcome,
                NOBODY if agent is None else agent.team.number,
                NOBODY if agent is None else agent.seat,
                NOBODY if following == NOBODY else calls.channel[following],
                contact.after,
                contact.failed,
                contact.answered_before,
            )
        )

    def _log(self) -> ContactLog:
        """Return what was written down since the last time."""
        logs = []
        for calls in self._written.values():
            logs.append(log_of(calls.calls, np.array(calls.entries, float).T))
            calls.entries = []
        self._written = {}
        return joined(logs)


def _stretched_s(duration_s: float, pace: float) -> float:
    """Do what :func:`hotline_sim.domain.stretched_s` does, at once where nothing changes."""
    if pace == 1.0:
        return duration_s
    return math.floor(duration_s * pace * TICKS_PER_S + 0.5) / TICKS_PER_S
