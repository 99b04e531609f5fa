"""Draw the cases of a day, or of a stretch of days, with everything they may need.

``growth`` thinks up a tree of possible contacts; then every attribute is drawn for all
contacts of a channel at once, first contacts first, so that what may follow never moves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.demand.growth import Growth, Level
from hotline_sim.demand.intensity import Intensity, arrivals_s
from hotline_sim.demand.laws import unrounded_s
from hotline_sim.demand.numbers import DayNumbers
from hotline_sim.demand.transitions import Row, rows_of
from hotline_sim.demand.tree import Tree
from hotline_sim.domain import DAY_S, Calls, Floats, Ints, on_grid
from hotline_sim.scenario.schema import Chat, Inbound, Outbound, Voice

if TYPE_CHECKING:
    from hotline_sim.scenario.laws import Law, Never
    from hotline_sim.scenario.schema import AnyChannel, Scenario
    from hotline_sim.streams import Streams


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

    def draw(self, day: int, until: int | None = None) -> Calls:
        """Return the calls of a day, or of the days before *until*; in order, each day once.

        A stretch of days holds what its days would hold if drawn one by one.
        """
        days = 1 if until is None else until - day
        numbers = DayNumbers(self._streams, day, days)
        tree, level = Tree(), Level({}, [])
        arrivals = [np.zeros(0)]
        for number, (name, channel) in enumerate(self._channels):
            if isinstance(channel, Inbound):
                instants_s = self._arrivals_s(day, days, name, channel)
                arrivals.append(instants_s)
                if len(instants_s):
                    on_day = (instants_s / DAY_S).astype(np.int64) - day
                    level.add(number, tree.add_first(number, on_day))
        names = tuple(name for name, _ in self._channels)
        growth = Growth(tree, names, self._table, numbers)
        for k in range(1, self._max_contacts + 1):
            level = growth.next_level(level, k, last=k == self._max_contacts)
            if not level:
                break
        growth.draw_delays()
        calls = self._dressed(tree, np.concatenate(arrivals), numbers)
        self._next_case += len(calls.first_contact)
        return calls

    def _arrivals_s(self, day: int, days: int, name: str, channel: Inbound) -> Floats:
        """Return the instants at which cases arrive on a channel, ascending."""
        found = []
        for one in range(day, day + days):
            expected = self._intensity.expected(one, name, channel)
            rng = self._streams.at(one, f"{name}/arrivals")
            found.append(one * DAY_S + arrivals_s(expected, rng))
        return np.concatenate(found)

    def _dressed(self, tree: Tree, arrival_s: Floats, numbers: DayNumbers) -> Calls:
        """Give every contact of the tree its talk, patience and the rest."""
        first_contact = np.argsort(arrival_s, kind="stable")
        case = np.empty(len(arrival_s), np.int64)
        case[first_contact] = np.arange(len(arrival_s)) + self._next_case
        columns = _Columns(tree.size)
        for number, (name, channel) in enumerate(self._channels):
            rows = tree.rows_of(number)
            if len(rows):
                rows, counts = numbers.by_day(rows, tree.day)
                self._dress(columns, rows, _Draws(name, counts, numbers), channel)
        following, delay_s = tree.transitions()
        order_s, department = tree.orders()
        for row in (row for table in self._table for row in table if row.entry is not None):
            self._add_entry(columns, tree, row, numbers)
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
            department=department,
            mood=columns.mood,
            rating=columns.rating,
            next_contact=following,
            delay_s=delay_s,
        )

    def _dress(self, columns: _Columns, rows: Ints, draws: _Draws, channel: AnyChannel) -> None:
        """Draw what the contacts of one channel bring, each purpose from its own stream."""
        columns.talk_s[rows] = draws.times("talk", channel.talk)
        if channel.wrap_up is not None:
            columns.wrap_up_s[rows] = draws.times("wrap_up", channel.wrap_up)
        if isinstance(channel, (Voice, Chat)):
            patience_s = draws.times("patience", channel.patience)
            if channel.leaves_at_once_share:
                leaves = draws.uniforms("leaves_at_once") < channel.leaves_at_once_share
                patience_s[leaves] = 0.0
            columns.patience_s[rows] = patience_s
        if isinstance(channel, Inbound) and channel.self_service_share:
            columns.contained[rows] = draws.uniforms("self_service") < channel.self_service_share
        if isinstance(channel, Chat) and channel.silent_share:
            columns.silent[rows] = draws.uniforms("silent") < channel.silent_share
        if isinstance(channel, Outbound):
            columns.reached[rows] = draws.uniforms("reached") < channel.reach_probability
        if self._asks_opinions:
            columns.mood[rows] = draws.uniforms("mood")
            columns.rating[rows] = draws.uniforms("rating")

    def _add_entry(self, columns: _Columns, tree: Tree, row: Row, numbers: DayNumbers) -> None:
        """Lengthen the wrap-up of contacts that open a work order by the writing of it."""
        rows = tree.ordered_by(row.name)
        if len(rows) and row.entry is not None:
            rows, counts = numbers.by_day(rows, tree.day)
            draws = _Draws(row.name, counts, numbers)
            columns.wrap_up_s[rows] += draws.times("entry", row.entry)


@dataclass(frozen=True)
class _Draws:
    """The numbers of contacts that share a name in their streams, by purpose and then by day."""

    name: str
    counts: Ints  # (days,)
    numbers: DayNumbers

    def uniforms(self, purpose: str) -> Floats:
        """Return a uniform number each."""
        return self.numbers.all_of(
            f"{self.name}/{purpose}", self.counts, lambda rng, n: rng.random(n)
        )

    def times(self, purpose: str, law: Law | Never) -> Floats:
        """Return a time of a law each, on the grid."""
        drawn = self.numbers.all_of(
            f"{self.name}/{purpose}", self.counts, lambda rng, n: unrounded_s(law, rng, n)
        )
        return drawn if law.law == "never" else on_grid(drawn)


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
