"""The hotline as SimPy processes: what callers do and what agents do, and nothing else.

A case is a process (:meth:`Hotline._case`), and so are an agent's stint of duty
(:meth:`Hotline._duty`) and each handling of a contact (:meth:`Hotline._handling`). The order
of one instant is in ``instant``; the rules are those of ``hotline_sim.kernel``, which runs
them compiled, and both must give the same log.
"""

from __future__ import annotations

from itertools import count, repeat
from typing import TYPE_CHECKING

import simpy

from hotline_sim.demand.numbers import Case, Numbers
from hotline_sim.demand.tables import greeting_s_of
from hotline_sim.demand.words import Word
from hotline_sim.domain import DAY_S, FAILURES, NOBODY, Outcome, scaled_s
from hotline_sim.model.following import following
from hotline_sim.model.instant import (
    ARRIVES,
    COMES_ON,
    GIVES_UP,
    GOES_OFF,
    MEET,
    OrderedTimeout,
    is_over,
)
from hotline_sim.model.log import Log
from hotline_sim.model.queues import Agent, Contact, Queue, Team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simpy.events import ProcessGenerator

    from hotline_sim.demand import Tables
    from hotline_sim.domain import Cases, ContactLog, Duty, Rules

ANSWERED, ABANDONED, BLOCKED = int(Outcome.ANSWERED), int(Outcome.ABANDONED), int(Outcome.BLOCKED)
CONTAINED, UNREACHED = int(Outcome.CONTAINED), int(Outcome.UNREACHED)
LEFT, DUE_AFTER_END = int(Outcome.LEFT), int(Outcome.DUE_AFTER_END)
SELF_SERVICE, LEAVES_AT_ONCE = int(Word.SELF_SERVICE), int(Word.LEAVES_AT_ONCE)
SILENT, REACHED, GREETING = int(Word.SILENT), int(Word.REACHED), int(Word.GREETING)
LEAVES_IN_GREETING, LEAVES_WHEN = int(Word.LEAVES_IN_GREETING), int(Word.LEAVES_WHEN)


class Hotline:
    """A hotline at work, from day to day.

    Parameters
    ----------
    rules
        The scenario's channels and teams.
    tables
        What the replication's contacts bring, and what follows them.
    """

    def __init__(self, rules: Rules, tables: Tables) -> None:
        self._env = simpy.Environment()
        self._tables = tables
        self._numbers = Numbers(tables)
        self._queues = [Queue(channel) for channel in rules.channels]
        self._teams = [Team(t, serves, self._queues) for t, serves in enumerate(rules.serves)]
        self._agents = [Agent(s, self._teams[t]) for s, t in enumerate(rules.team_of_seat)]
        for team in self._teams:
            for queue, after_s in team.serves:
                if after_s > 0.0:
                    queue.overflow_after_s.append(after_s)
                else:
                    queue.teams.append(team)
        self._log = Log(asks_opinions=tables.asks_opinions)
        self._to_come: dict[int, Contact] = {}  # by case: not here yet, or still greeted
        self._wait_count = 0  # waits that have begun
        self._meeting_due = False

    def run_day(self, day: int, cases: Cases, duty: Duty) -> ContactLog:
        """Play on until *day* has ended, and return the contacts settled meanwhile.

        *cases* and *duty* are those of the day, or of all days since the last one played.
        Days are played in order. What happens at the instant of the later midnight
        belongs to the next day.
        """
        stints = (duty.seat, duty.on_s, duty.off_s, duty.speed)
        for seat, on_s, off_s, speed in zip(*(column.tolist() for column in stints)):
            self._env.process(self._duty(self._agents[seat], on_s, off_s, speed))
        self._env.process(self._callers(cases))
        self._env.run(until=(day + 1) * DAY_S)
        return self._log.take()

    def close(self) -> ContactLog:
        """Return who is still waiting, and what is still to come, by case.

        Call it once, after the last day.
        """
        for queue in self._queues:
            for contact in queue.everybody():
                self._log.write(contact)
        for _, contact in sorted(self._to_come.items()):
            contact.outcome = DUE_AFTER_END
            self._log.write(contact)
        return self._log.take()

    # The caller's story -----------------------------------------------------------------

    def _callers(self, cases: Cases) -> ProcessGenerator:
        """Let cases begin, each at its time."""
        for contact in self._first_contacts(cases):
            yield self._arrival(contact)
            self._env.process(self._case(contact))

    def _arrival(self, contact: Contact) -> OrderedTimeout:
        delay_s = contact.arrival_s - self._env.now
        return OrderedTimeout(self._env, delay_s, ARRIVES, contact.case.number)

    def _first_contacts(self, cases: Cases) -> Iterator[Contact]:
        arrival_s, channel = cases.arrival_s.tolist(), cases.channel.tolist()
        born = map(Case, count(cases.first), arrival_s, channel, cases.place.tolist())
        first = repeat(1)
        return map(Contact, born, channel, first, arrival_s, *self._numbers.first(cases))

    def _case(self, contact: Contact) -> ProcessGenerator:
        """Try to reach a human, and again as long as the transition table leads on.

        Who is answered at once, and will not call again, is with the agent to the end.
        """
        while True:
            handling: ProcessGenerator | None = None
            greeting_s = self._greeting_s(contact)
            if greeting_s > 0.0:
                yield from self._hears_the_greeting(contact, greeting_s)
            if not contact.has_ended:
                handling = self._asks(contact)
            if not contact.has_ended:
                yield from self._waits_in_line(contact)
            if contact.follows.to == NOBODY:
                if handling is not None:
                    yield from handling
                return
            if handling is not None:
                self._env.process(handling)
            contact = self._contact_after(contact)
            self._to_come[contact.case.number] = contact
            yield self._arrival(contact)
            del self._to_come[contact.case.number]

    def _greeting_s(self, contact: Contact) -> float:
        """Return how long the contact is to hear ringing, menu and announcement."""
        return greeting_s_of(self._tables, contact.channel, contact.u[GREETING])

    def _hears_the_greeting(self, contact: Contact, greeting_s: float) -> ProcessGenerator:
        """Hold a line until the greeting is over, or hang up in it; without a line, do not."""
        queue, table = self._queues[contact.channel], self._tables.channels[contact.channel]
        if not queue.has_line():
            self._is_settled(contact, BLOCKED)
            return
        leaves = contact.u[LEAVES_IN_GREETING] < table.leaves_in_greeting_share
        if leaves:
            greeting_s = scaled_s(greeting_s, contact.u[LEAVES_WHEN])
        self._to_come[contact.case.number] = contact
        queue.greeted += 1
        yield OrderedTimeout(self._env, greeting_s, ARRIVES, contact.case.number)
        queue.greeted -= 1
        del self._to_come[contact.case.number]
        if leaves:
            self._is_settled(contact, LEFT)

    def _contact_after(self, before: Contact) -> Contact:
        """Return the contact of a case to which the one before it leads."""
        case, k, channel = before.case, before.k + 1, before.follows.to
        return Contact(
            case,
            channel,
            k,
            before.end_s + before.follows.delay_s,
            *self._numbers.later(case, k, channel),
            after=before.outcome,
            failed=before.failed + (before.outcome in FAILURES),
            answered_before=before.answered_before + (before.outcome == ANSWERED),
            chases=before.follows.chases,
        )

    def _asks(self, contact: Contact) -> ProcessGenerator | None:
        """Ask for a human; return what an agent does who takes the contact at once.

        It has to wait unless the menu serves the matter, no line is free (who has been greeted
        has one), or an agent is and nothing else happens at this instant.
        """
        queue = self._queues[contact.channel]
        table = self._tables.channels[contact.channel]
        if contact.u[SELF_SERVICE] < table.self_service_share:
            self._is_settled(contact, CONTAINED)
            return None
        if not queue.has_line():
            self._is_settled(contact, BLOCKED)
            return None
        contact.request_s = self._env.now
        agent = queue.agent_for_newcomer()
        if agent is None:
            return None
        if not is_over(self._env):
            self._meet_soon()
            return None
        return self._takes(agent, contact, queue)

    def _waits_in_line(self, contact: Contact) -> ProcessGenerator:
        """Stay in line until an agent answers, or leave when patience runs out.

        The end of patience is looked forward to a day at a time: SimPy keeps a timeout that
        nobody waits for any more until its time has come.
        """
        queue = self._queues[contact.channel]
        queue.join(contact, self._env.active_process)
        for after_s in queue.overflow_after_s:
            self._meet_after(after_s)
        self._wait_count += 1
        wait, patience_s = self._wait_count, self._patience_s(contact)
        try:
            yield OrderedTimeout(self._env, min(patience_s, DAY_S), GIVES_UP, wait)
            while patience_s > DAY_S:
                patience_s -= DAY_S
                yield OrderedTimeout(self._env, min(patience_s, DAY_S), GIVES_UP, wait)
        except simpy.Interrupt:
            return  # answered
        self._gives_up(contact, queue)

    def _patience_s(self, contact: Contact) -> float:
        """Return after what wait a contact leaves; inf: never."""
        table = self._tables.channels[contact.channel]
        if contact.u[LEAVES_AT_ONCE] < table.leaves_at_once_share:
            return 0.0
        return contact.patience_s

    def _gives_up(self, contact: Contact, queue: Queue) -> None:
        """Leave; a chat may do so without a word, and an agent finds it in line."""
        queue.leave(contact)
        table = self._tables.channels[contact.channel]
        if contact.u[SILENT] < table.silent_share:
            contact.left_silently = True
            contact.ends(ABANDONED, self._env.now, following(self._tables, contact, ABANDONED))
        else:
            self._is_settled(contact, ABANDONED)

    def _is_settled(self, contact: Contact, outcome: int) -> None:
        """End here and now, without an agent."""
        contact.ends(outcome, self._env.now, following(self._tables, contact, outcome))
        self._log.write(contact)

    # The agent's story ------------------------------------------------------------------

    def _duty(self, agent: Agent, on_s: float, off_s: float, speed: float) -> ProcessGenerator:
        """Come on, and go off: what is in hand is finished, but nothing more is taken."""
        yield OrderedTimeout(self._env, on_s - self._env.now, COMES_ON)
        agent.speed = speed
        agent.on_duty = True
        self._is_free(agent)
        yield OrderedTimeout(self._env, off_s - on_s, GOES_OFF)
        agent.on_duty = False
        if not agent.held:
            agent.team.idle.remove(agent)

    def _is_free(self, agent: Agent) -> None:
        """Be there for more, and take what waits once this instant's other events are over."""
        team = agent.team
        team.is_free(agent, self._env.now)
        if not any(team.lines):
            return
        if is_over(self._env):
            self._serves_all_it_can(team)
        else:
            self._meet_soon()

    def _meet_soon(self) -> None:
        """Bring waiting contacts and free agents together at the end of this instant."""
        if not self._meeting_due:
            self._meeting_due = True
            self._meet_after(0.0)

    def _meet_after(self, delay_s: float) -> None:
        meeting = OrderedTimeout(self._env, delay_s, MEET)
        meeting.callbacks.append(self._meet)

    def _meet(self, _meeting: simpy.Event) -> None:
        """Let the teams take what waits, in the order of the file."""
        self._meeting_due = False
        for team in self._teams:
            self._serves_all_it_can(team)

    def _serves_all_it_can(self, team: Team) -> None:
        while (found := team.next_for_somebody(self._env.now)) is not None:
            queue, agent = found
            contact = queue.line.popleft()
            self._env.process(self._takes(agent, contact, queue))
            if contact.caller is not None:  # no chat that has left silently
                contact.caller.interrupt()
                queue.leave(contact)

    def _takes(self, agent: Agent, contact: Contact, queue: Queue) -> ProcessGenerator:
        """Take a contact in hand; return the handling, whose end is known from here on."""
        now_s, wrap_up_s = self._env.now, 0.0
        if contact.left_silently:
            talk_s = queue.rules.silent_handle_s
        elif not self._is_reached(contact):
            talk_s = queue.rules.unreached_handle_s
            follows = following(self._tables, contact, UNREACHED)
            contact.ends(UNREACHED, now_s + talk_s, follows)
        else:
            follows = following(self._tables, contact, ANSWERED)
            pace = agent.speed * (1.0 + queue.rules.slowdown * agent.held)
            talk_s, wrap_up_s = contact.talk_s, contact.wrap_up_s + follows.entry_s
            if pace != 1.0:
                talk_s, wrap_up_s = scaled_s(talk_s, pace), scaled_s(wrap_up_s, pace)
            contact.ends(ANSWERED, now_s + talk_s, follows)
        agent.team.is_busy(agent, now_s, chats=queue.is_chat)
        self._log.write(contact, agent, start_s=now_s, done_s=now_s + talk_s + wrap_up_s)
        return self._handling(agent, queue, talk_s, wrap_up_s)

    def _is_reached(self, contact: Contact) -> bool:
        """Tell whether a citizen takes the centre's call; who called is there."""
        table = self._tables.channels[contact.channel]
        return contact.u[REACHED] < table.reach_probability

    def _handling(
        self, agent: Agent, queue: Queue, talk_s: float, wrap_up_s: float
    ) -> ProcessGenerator:
        """Talk, which holds a line, and wrap up; then be free for another contact."""
        if queue.rules.lines is not None:
            queue.talking += 1
            yield self._env.timeout(talk_s)
            queue.talking -= 1
            talk_s = 0.0
        yield self._env.timeout(talk_s + wrap_up_s)
        agent.held -= 1
        agent.chats = agent.held > 0
        if agent.on_duty:
            self._is_free(agent)
