"""What the SimPy model reads of a day's calls, and what it writes down of them."""

from __future__ import annotations

from itertools import repeat
from struct import pack
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import NOBODY, ContactLog, Outcome
from hotline_sim.model.moments import ARRIVES
from hotline_sim.model.people import Contact

if TYPE_CHECKING:
    from collections.abc import Iterator

    import simpy
    from simpy.events import EventPriority

    from hotline_sim.domain import Calls, Floats, Ints
    from hotline_sim.model.moments import Then

_NUMBERS = 8  # that are written of each contact
_KNOWN = 11  # of each contact, from its calls


class DayCalls:
    """One day's calls in a form that Python reads fast, and what the log needs of them.

    That was drawn, or is noted in the row when the contact before it has ended (``after``,
    ``failed``, ``answered_before``). *begin* is the number of rows of all days before.
    """

    def __init__(self, calls: Calls, begin: int) -> None:
        self.begin = begin
        self.are_told_of = False  # in the log that is being written
        first = calls.first_contact
        self._first = first.tolist()
        self._first_arrival_s = calls.first_arrival_s.tolist()
        self._ranks: list[EventPriority] = (calls.case[first] + ARRIVES).tolist()
        # Most possible contacts never come about: a view reads one number more slowly than
        # a list, but making the list takes longer than all the reading.
        self.channel: list[int] = calls.channel.tolist()
        self.contained: list[bool] = calls.contained.tolist()
        self.silent: list[bool] = calls.silent.tolist()
        self.reached: list[bool] = calls.reached.tolist()
        self.talk_s = _view(calls.talk_s)
        self.wrap_up_s = _view(calls.wrap_up_s)
        self.patience_s = _view(calls.patience_s)
        self.next_contact = [_view(rows) for rows in calls.next_contact]
        self.delay_s = [_view(delays_s) for delays_s in calls.delay_s]
        before = np.zeros((3, len(calls)))
        before[0] = NOBODY
        whole = (calls.case, calls.channel, calls.k, *before, calls.department)
        self.known = np.stack((*whole, calls.born_s, calls.order_s, calls.mood, calls.rating))
        self.after, self.failed, self.answered_before = (_view(row) for row in self.known[3:6])

    def cases(self, env: simpy.Environment, then: Then) -> Iterator[Contact]:
        """Make the first contacts of the day's cases, in the order of arrival, when asked."""
        return map(
            Contact,
            repeat(env),
            repeat(then),
            repeat(self),
            self._first,
            self._first_arrival_s,
            self._ranks,
        )


def log_of(written: list[float], days: list[DayCalls], team_of_seat: Ints) -> ContactLog:
    """Return the log of contacts of some days, in the order in which they were settled.

    Of each are *written*, one after the other: row, counted through all days; arrival, start,
    end, done; outcome, seat, next channel. ``team_of_seat`` is ``(n_seats + 1,)``; its last is
    for contacts that nobody took.
    """
    numbers = np.frombuffer(_packed(written)).reshape(-1, _NUMBERS).T
    place, outcome, seat, following = numbers[[0, 5, 6, 7]].astype(np.int64)
    arrival_s, start_s, end_s, done_s = numbers[1:5].copy()
    known = np.empty((_KNOWN, len(place)))
    for day in days:
        row = place - day.begin
        rows = np.flatnonzero((row >= 0) & (row < day.known.shape[1]))
        known[:, rows] = day.known[:, row[rows]]
    case, channel, k, after, failed, answered_before, department = known[:7].astype(np.int64)
    born_s, order_s, mood, rating = known[7:]
    opens_none = outcome != Outcome.ANSWERED
    order_s[opens_none], department[opens_none] = np.nan, NOBODY
    return ContactLog(
        case=case,
        channel=channel,
        k=k,
        born_s=born_s,
        arrival_s=arrival_s,
        start_s=start_s,
        end_s=end_s,
        done_s=done_s,
        outcome=outcome,
        team=team_of_seat[seat],
        seat=seat,
        next=following,
        after=after,
        failed=failed,
        answered_before=answered_before,
        order_s=order_s,
        department=department,
        mood=mood,
        rating=rating,
    )


def _view(numbers: Floats | Ints) -> Any:
    """Return an array as Python reads and writes one number of it fastest."""
    return memoryview(numbers)  # type: ignore[arg-type]  # NumPy's arrays are buffers


def _packed(numbers: list[float]) -> bytes:
    """Return numbers as doubles, in a third of the time ``np.array`` takes."""
    return pack(f"{len(numbers)}d", *numbers)
