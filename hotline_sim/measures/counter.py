"""From contacts and duty, as they come, to a tally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from hotline_sim.domain import DAY_S, ContactLog, Duty, Spans
from hotline_sim.measures.counting_rules import CountingRules
from hotline_sim.measures.vectorised import Vectorised

if TYPE_CHECKING:
    from hotline_sim.measures.tally import Tally
    from hotline_sim.scenario import Scenario


class Way(Protocol):
    """A way of counting; all give the same tally, to the last bit."""

    @property
    def tally(self) -> Tally:
        """The sums so far."""
        ...

    def add_contacts(
        self, log: ContactLog, in_hand: Spans, midnight_s: float, *, closing: bool
    ) -> Spans:
        """Count contacts settled before a midnight, the latest so far, or left at the close.

        Return what agents had in hand, that of earlier days before the rest.
        """
        ...

    def add_busy(self, hands: Spans, stints: Spans, until_s: float) -> None:
        """Add the time agents were busy while on duty: the union of what each had in hand."""
        ...


class Counter:
    """Adds contacts and duty to a tally, a day or several at a time, in order.

    Parameters
    ----------
    scenario
        What was played.
    compiled
        Whether to count by compiled loops: the same tally, sooner, but numba is needed.
    """

    def __init__(self, scenario: Scenario, *, compiled: bool = False) -> None:
        self._by = CountingRules.of(scenario)
        self._way = _way(scenario, self._by, compiled=compiled)
        self._duty = self._way.tally  # its times of duty are counted here
        self._stints: list[Duty] = []  # those on which contacts yet to be counted may be in hand
        self._in_hand = Spans.none()  # over the last midnight, from then on
        self._today_s = 0.0

    @property
    def tally(self) -> Tally:
        """The sums so far."""
        return self._way.tally

    def add_duty(self, days: range | int, duty: Duty) -> None:
        """Count the duty that begins on a day or a span of days, before their contacts."""
        days = range(days, days + 1) if isinstance(days, int) else days
        on_s = np.maximum(duty.on_s, self._by.from_s)
        off_s = np.minimum(duty.off_s, self._by.until_s)
        team = self._by.team_of_seat[duty.seat]
        teams = len(self._duty.duty_s)
        self._duty.duty_s += np.bincount(team, np.maximum(off_s - on_s, 0.0), teams)
        if self._by.from_s <= days.start * DAY_S < self._by.until_s:
            self._duty.paid_s += duty.paid_s
        self._stints.append(duty)
        self._today_s = (days.stop - 1) * DAY_S

    def add_contacts(self, log: ContactLog) -> None:
        """Count contacts settled on one day or several, in the order of days.

        What is in hand at midnight is kept for the next time, when the next day's duty is known.
        """
        self._add(log, closing=False)

    def add_left(self, log: ContactLog) -> None:
        """Count the contacts that an engine's ``close`` returns, after all others.

        Among them are chats that left without a word and that nobody found: they stood in the
        queue to the end.
        """
        self._add(log, closing=True)

    def _add(self, log: ContactLog, *, closing: bool) -> None:
        midnight_s = self._today_s + DAY_S
        hands = self._way.add_contacts(log, self._in_hand, midnight_s, closing=closing)
        seat, _, done_s = hands.where(np.flatnonzero(hands.until_s > midnight_s))
        self._in_hand = Spans(seat, np.full(len(seat), midnight_s), done_s)
        stints = Spans.none().and_then(*(Spans(d.seat, d.on_s, d.off_s) for d in self._stints))
        self._way.add_busy(hands, stints, min(midnight_s, self._by.until_s))
        self._stints = [d for d in self._stints if len(d) and d.off_s.max() >= self._today_s]


def _way(scenario: Scenario, counting_rules: CountingRules, *, compiled: bool) -> Way:
    """Return the way to count; only the compiled one loads numba."""
    if not compiled:
        return Vectorised(scenario, counting_rules)
    from hotline_sim.measures.compiled import Compiled

    return Compiled(scenario, counting_rules)
