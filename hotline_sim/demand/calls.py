"""Draw the cases of a day, or of a stretch of days, with everything they may need.

``growth`` thinks up a tree of possible contacts; then every attribute is drawn for all
contacts of a channel and a day at once, first contacts first, so that what may follow never
moves them.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hotline_sim.demand.attributes import AttributeLaws
from hotline_sim.demand.growth import Growth
from hotline_sim.demand.intensity import Intensity, arrivals_s
from hotline_sim.demand.laws import sampler
from hotline_sim.demand.numbers import DayNumbers
from hotline_sim.demand.transitions import endings_of, table_of
from hotline_sim.domain import DAY_S, Calls, Floats, Ints, ways_of
from hotline_sim.scenario.schema import Inbound

if TYPE_CHECKING:
    from hotline_sim.demand.transitions import Row
    from hotline_sim.demand.tree import Grown
    from hotline_sim.scenario.schema import Scenario
    from hotline_sim.streams import Streams


class Grows(Protocol):
    """Grows the possible contacts of first contacts, by whatever means."""

    def grow(self, first: Ints, numbers: DayNumbers) -> Grown:
        """Return all possible contacts; *first*: how many first ones, ``(days, channels)``."""
        ...


class MakesGrowth(Protocol):
    """Makes what grows contacts; see :class:`hotline_sim.demand.growth.Growth`."""

    def __call__(
        self, names: tuple[str, ...], table: tuple[tuple[Row, ...], ...], max_contacts: int
    ) -> Grows:
        """Return it, for these channels and rows of the transition table."""
        ...


class Demand:
    """The cases (诉求) of a scenario's horizon, one day at a time, in order.

    Its only state is the number of the next case. *growth* may be another way to the same
    trees.
    """

    def __init__(self, scenario: Scenario, streams: Streams, growth: MakesGrowth = Growth) -> None:
        self._streams = streams
        self._intensity = Intensity(scenario, streams)
        self._channels = tuple(scenario.channels.items())
        table = table_of(scenario)
        self._endings = endings_of(table)
        rows = tuple(row for of_channel in table for row in of_channel)
        self._growth = growth(tuple(scenario.channels), table, scenario.demand.max_contacts)
        self._attributes = AttributeLaws(scenario, rows)
        self._delays = tuple((row, sampler(row.delay)) for row in rows if row.deadline_s is None)
        self._next_case = 0

    def draw(self, day: int, until: int | None = None) -> Calls:
        """Return the calls of a day, or of the days before *until*; in order, each day once.

        A stretch of days holds what its days would hold if drawn one by one, one after another.
        """
        days = 1 if until is None else until - day
        numbers = DayNumbers(self._streams, day, days)
        arrival_s, first = self._arrivals(day, days)
        grown = self._growth.grow(first, numbers)
        in_time = _in_time(arrival_s)
        number = np.empty(len(arrival_s), np.int64)
        number[in_time] = np.arange(len(arrival_s)) + self._next_case
        self._next_case += len(arrival_s)
        brought = self._attributes.draw(grown, numbers)
        return Calls(
            first_contact=_first_rows(first, grown.counts)[in_time],
            first_arrival_s=arrival_s[in_time],
            case=number[grown.case],
            born_s=arrival_s[grown.case],
            channel=grown.channel,
            k=grown.k,
            talk_s=brought.talk_s,
            wrap_up_s=brought.wrap_up_s,
            patience_s=brought.patience_s,
            contained=brought.contained,
            silent=brought.silent,
            reached=brought.reached,
            order_s=grown.order_s,
            department=grown.department,
            mood=brought.mood,
            rating=brought.rating,
            endings=self._endings,
            followers=grown.followers,
            delays_s=self._delays_s(grown, numbers),
        )

    def _delays_s(self, grown: Grown, numbers: DayNumbers) -> Floats:
        """Return all delays, ``(n, m)``: those that growth needed, and the others drawn."""
        delays_s = grown.delays_s  # which nobody else has
        ways = ways_of(self._endings)
        for row, law in self._delays:
            rows, by_day = grown.along(row.number)
            times = numbers.all_of(f"{row.name}/delay", by_day, law)
            delays_s[:, ways[row.ending]][rows] = times
        return delays_s

    def _arrivals(self, day: int, days: int) -> tuple[Floats, Ints]:
        """Return the instants at which cases arrive, and how many there are, ``(days, channels)``.

        They come by day, then by channel, then in time.
        """
        midnights_s = (day + np.arange(days + 1)) * DAY_S
        found = [
            self._arrivals_s(day, days, name, channel)
            if isinstance(channel, Inbound)
            else np.zeros(0)
            for name, channel in self._channels
        ]
        bounds = np.stack([np.searchsorted(at_s, midnights_s) for at_s in found], axis=1)
        pieces = [
            at_s[begin:end]
            for begins, ends in pairwise(bounds.tolist())
            for at_s, begin, end in zip(found, begins, ends, strict=True)
        ]
        return np.concatenate(pieces), np.diff(bounds, axis=0)

    def _arrivals_s(self, day: int, days: int, name: str, channel: Inbound) -> Floats:
        """Return the instants at which cases arrive on a channel, ascending."""
        expected = self._intensity.expected(day, days, name, channel)
        purpose = f"{name}/arrivals"
        generators = (self._streams.at(one, purpose) for one in range(day, day + days))
        return day * DAY_S + arrivals_s(expected, generators)


def _in_time(arrival_s: Floats) -> Ints | slice:
    """Return what puts arrivals in order: nothing need be moved if they all are on one channel."""
    if not np.any(arrival_s[1:] < arrival_s[:-1]):
        return slice(None)
    return np.argsort(arrival_s, kind="stable")


def _first_rows(first: Ints, counts: Ints) -> Ints:
    """Return the rows of first contacts, ``(n_cases,)``: the first of each day."""
    cases, contacts = first.sum(axis=1), counts.sum(axis=1)
    others = np.cumsum(contacts - cases) - (contacts - cases)  # on the days before
    return np.repeat(others, cases) + np.arange(int(cases.sum()))
