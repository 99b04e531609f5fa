"""Draw one day's cases with everything they may need, as a tree of possible contacts.

The tree grows try by try: one uniform number per contact chooses, for each way the contact
may end, the row of the transition table that would follow, and only contacts that some
ending leads to are thought up at all. Then every attribute is drawn for all contacts of a
channel at once, first contacts first, so that what may follow never moves them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.intensity import Intensity, arrivals_s
from hotline_sim.demand.laws import draw_s
from hotline_sim.demand.transitions import Row, rows_of
from hotline_sim.demand.tree import Tree
from hotline_sim.domain import (
    DAY_S,
    N_ENDINGS,
    NOBODY,
    Bools,
    Calls,
    Floats,
    Ints,
    on_grid,
)
from hotline_sim.scenario.schema import Chat, Inbound, Outbound, Voice

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import AnyChannel, Scenario
    from hotline_sim.streams import Streams


@dataclass(frozen=True)
class _Urged:
    """Contacts that chase late orders: whatever their ending, the order's row goes on."""

    rows: Ints
    to: int
    rest_s: Floats  # from the deadline to the closing of the order


@dataclass
class _Level:
    """The contacts of one try: rows by channel, and those that chase late orders."""

    rows: dict[int, list[Ints]]
    urged: list[_Urged]

    def add(self, channel: int, rows: Ints) -> None:
        self.rows.setdefault(channel, []).append(rows)

    def __bool__(self) -> bool:
        return bool(self.rows or self.urged)


class Demand:
    """The cases (诉求) of a scenario's horizon, one day at a time, in order.

    Its only state is the number of the next case.
    """

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._streams = streams
        self._intensity = Intensity(scenario, streams)
        self._channels = tuple(scenario.channels.items())
        numbers = {name: i for i, name in enumerate(scenario.channels)}
        self._table = tuple(
            rows_of(name, channel, scenario.departments, numbers)
            for name, channel in self._channels
        )
        self._max_contacts = scenario.demand.max_contacts
        self._asks_opinions = scenario.satisfaction is not None
        self._next_case = 0

    def draw(self, day: int) -> Calls:
        """Return the calls of a day; days are drawn in order, each once."""
        tree, level = Tree(), _Level({}, [])
        arrivals = [np.zeros(0)]
        for number, (name, channel) in enumerate(self._channels):
            if isinstance(channel, Inbound):
                expected = self._intensity.expected(day, name, channel)
                instants_s = arrivals_s(expected, self._streams.at(day, f"{name}/arrivals"))
                arrivals.append(day * DAY_S + instants_s)
                if len(instants_s):
                    level.add(number, tree.add(number, 1, len(instants_s)))
        growth = _Growth(tree, self._table, self._streams, day)
        for k in range(1, self._max_contacts + 1):
            level = growth.next_level(level, k, last=k == self._max_contacts)
            if not level:
                break
        growth.draw_delays()
        calls = self._dressed(tree, np.concatenate(arrivals), day)
        self._next_case += len(calls.first_contact)
        return calls

    def _dressed(self, tree: Tree, arrival_s: Floats, day: int) -> Calls:
        """Give every contact of the tree its talk, patience and the rest."""
        first_contact = np.argsort(arrival_s, kind="stable")
        case = np.empty(len(arrival_s), np.int64)
        case[first_contact] = np.arange(len(arrival_s)) + self._next_case
        columns = _Columns(tree.size)
        for number, (name, channel) in enumerate(self._channels):
            rows = tree.rows_of(number)
            if len(rows):
                self._dress(columns, rows, name, channel, day)
        following, delay_s = tree.transitions()
        order_s, order_deadline_s = tree.orders()
        for row in (row for table in self._table for row in table if row.entry is not None):
            self._add_entry(columns, tree, row, day)
        return Calls(
            first_contact=first_contact,
            first_arrival_s=arrival_s[first_contact],
            case=tree.inherited(case),
            born_s=tree.inherited(arrival_s),
            channel=tree.channels(),
            k=tree.tries(),
            talk_s=columns.talk_s,
            wrap_up_s=columns.wrap_up_s,
            patience_s=columns.patience_s,
            contained=columns.contained,
            silent=columns.silent,
            reached=columns.reached,
            order_s=order_s,
            order_deadline_s=order_deadline_s,
            mood=columns.mood,
            rating=columns.rating,
            next_contact=following,
            delay_s=delay_s,
        )

    def _dress(
        self, columns: _Columns, rows: Ints, name: str, channel: AnyChannel, day: int
    ) -> None:
        """Draw what the contacts of one channel bring, each purpose from its own stream."""
        n = len(rows)

        def chance(purpose: str, share: float) -> Bools:
            return self._streams.at(day, f"{name}/{purpose}").random(n) < share

        columns.talk_s[rows] = draw_s(channel.talk, self._streams.at(day, f"{name}/talk"), n)
        if channel.wrap_up is not None:
            stream = self._streams.at(day, f"{name}/wrap_up")
            columns.wrap_up_s[rows] = draw_s(channel.wrap_up, stream, n)
        if isinstance(channel, (Voice, Chat)):
            stream = self._streams.at(day, f"{name}/patience")
            patience_s = draw_s(channel.patience, stream, n)
            if channel.leaves_at_once_share:
                patience_s[chance("leaves_at_once", channel.leaves_at_once_share)] = 0.0
            columns.patience_s[rows] = patience_s
        if isinstance(channel, Inbound) and channel.self_service_share:
            columns.contained[rows] = chance("self_service", channel.self_service_share)
        if isinstance(channel, Chat) and channel.silent_share:
            columns.silent[rows] = chance("silent", channel.silent_share)
        if isinstance(channel, Outbound):
            columns.reached[rows] = chance("reached", channel.reach_probability)
        if self._asks_opinions:
            columns.mood[rows] = self._streams.at(day, f"{name}/mood").random(n)
            columns.rating[rows] = self._streams.at(day, f"{name}/rating").random(n)

    def _add_entry(self, columns: _Columns, tree: Tree, row: Row, day: int) -> None:
        """Lengthen the wrap-up of contacts that open a work order by the writing of it."""
        rows = tree.ordered_by(row.name)
        if len(rows) and row.entry is not None:
            stream = self._streams.at(day, f"{row.name}/entry")
            columns.wrap_up_s[rows] += draw_s(row.entry, stream, len(rows))


class _Columns:
    """The drawn attributes, ``(n,)`` each, at the values that mean nothing happens."""

    def __init__(self, n: int) -> None:
        self.talk_s = np.zeros(n)
        self.wrap_up_s = np.zeros(n)
        self.patience_s = np.full(n, np.inf)
        self.contained = np.zeros(n, bool)
        self.silent = np.zeros(n, bool)
        self.reached = np.ones(n, bool)
        self.mood = np.ones(n)
        self.rating = np.ones(n)


class _Growth:
    """One day's tree growing from try to try."""

    def __init__(
        self, tree: Tree, table: tuple[tuple[Row, ...], ...], streams: Streams, day: int
    ) -> None:
        self._tree = tree
        self._table = table
        self._closing = tuple(  # of a case's last contact: its work order, and nothing further
            tuple(replace(row, to=NOBODY, urging=NOBODY) for row in rows if row.deadline_s)
            for rows in table
        )
        self._streams = streams
        self._day = day
        self._choices: dict[int, np.random.Generator] = {}
        self._orders: dict[str, np.random.Generator] = {}
        self._undelayed: dict[str, tuple[Row, list[Ints]]] = {}

    def next_level(self, level: _Level, k: int, *, last: bool) -> _Level:
        """Return the contacts that may follow those of the k-th try: none after the last."""
        born = _Level({}, [])
        table = self._closing if last else self._table
        for channel, blocks in level.rows.items():
            if table[channel]:
                rows = np.concatenate(blocks) if len(blocks) > 1 else blocks[0]
                self._follow(channel, table[channel], rows, k, born)
        if last:
            return born
        for urged in level.urged:
            if urged.to != NOBODY:
                children = self._tree.add(urged.to, k + 1, len(urged.rows), urged.rows)
                for ending in range(N_ENDINGS):
                    self._tree.link(ending, urged.rows, children)
                    self._tree.delay(ending, urged.rows, urged.rest_s)
                born.add(urged.to, children)
        return born

    def _follow(
        self, channel: int, table: tuple[Row, ...], rows: Ints, k: int, born: _Level
    ) -> None:
        uniform = self._choice(channel).random(len(rows))
        wanted: dict[int, list[tuple[int, Bools]]] = {}  # to: (ending, who would go there)
        for row in table:
            low, high = row.within(k)
            chosen = (low <= uniform) & (uniform < high)
            if row.deadline_s is not None:
                chosen = self._open_orders(row, rows, chosen, k, born)
            elif chosen.any():
                self._undelayed.setdefault(row.name, (row, []))[1].append(rows[chosen])
            if row.to != NOBODY and chosen.any():
                wanted.setdefault(row.to, []).append((row.ending, chosen))
        for to, endings in wanted.items():
            parents = np.logical_or.reduce([who for _, who in endings])
            children = np.full(len(rows), NOBODY)
            new = self._tree.add(to, k + 1, int(parents.sum()), rows[parents])
            children[parents] = new
            for ending, who in endings:
                self._tree.link(ending, rows[who], children[who])
            born.add(to, new)

    def _open_orders(self, row: Row, rows: Ints, chosen: Bools, k: int, born: _Level) -> Bools:
        """Draw the orders of a row; return who goes on along it without being urged first."""
        deadline_s = row.deadline_s or 0.0
        if row.name not in self._orders:
            self._orders[row.name] = self._streams.at(self._day, f"{row.name}/order")
        who = rows[chosen]
        order_s = draw_s(row.delay, self._orders[row.name], len(who))
        self._tree.order(row.name, who, order_s, deadline_s)
        self._tree.delay(row.ending, who, order_s)
        late = order_s > deadline_s
        if row.urging == NOBODY or not late.any():
            return chosen
        due_s = on_grid(np.full(int(late.sum()), deadline_s))
        urged = self._tree.add(row.urging, k + 1, len(due_s), who[late])
        self._tree.link(row.ending, who[late], urged)
        self._tree.delay(row.ending, who[late], due_s)
        born.urged.append(_Urged(urged, row.to, order_s[late] - due_s))
        goes_on = chosen.copy()
        goes_on[np.flatnonzero(chosen)[late]] = False
        return goes_on

    def _choice(self, channel: int) -> np.random.Generator:
        if channel not in self._choices:
            name = self._table[channel][0].name.partition("/")[0]
            self._choices[channel] = self._streams.at(self._day, f"{name}/next")
        return self._choices[channel]

    def draw_delays(self) -> None:
        """Draw the delays of the rows that were chosen, each row from its own stream."""
        for row, blocks in self._undelayed.values():
            rows = np.concatenate(blocks)
            stream = self._streams.at(self._day, f"{row.name}/delay")
            self._tree.delay(row.ending, rows, draw_s(row.delay, stream, len(rows)))
