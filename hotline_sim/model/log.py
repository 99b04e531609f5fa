"""What the SimPy model writes down of contacts."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.demand.words import Word
from hotline_sim.domain import LOG_DTYPES, NOBODY, ContactLog, Outcome

if TYPE_CHECKING:
    from hotline_sim.model.queues import Agent, Contact


_ANSWERED = int(Outcome.ANSWERED)
_MOOD, _RATING = int(Word.MOOD), int(Word.RATING)


class Log:
    """The contacts settled since the log was last taken, in the order in which they were."""

    def __init__(self, *, asks_opinions: bool) -> None:
        self._asks_opinions = asks_opinions
        self._rows: list[tuple[float, ...]] = []

    def write(
        self,
        contact: Contact,
        agent: Agent | None = None,
        *,
        start_s: float = math.nan,
        done_s: float = math.nan,
    ) -> None:
        """Write down a contact whose outcome is settled, and by whom if an agent took it."""
        opined = self._asks_opinions and contact.outcome == _ANSWERED
        case, follows, u = contact.case, contact.follows, contact.u
        self._rows.append(
            (  # the columns of ContactLog
                case.number,
                contact.channel,
                contact.k,
                case.born_s,
                contact.arrival_s,
                contact.request_s,
                start_s,
                contact.end_s,
                done_s,
                contact.outcome,
                NOBODY if agent is None else agent.team.number,
                NOBODY if agent is None else agent.seat,
                follows.to,
                contact.after,
                contact.failed,
                contact.answered_before,
                follows.order_s,
                follows.department,
                u[_MOOD] if opined else math.nan,
                u[_RATING] if opined else math.nan,
            )
        )

    def take(self) -> ContactLog:
        """Return the rows, and begin anew."""
        numbers = np.fromiter(chain.from_iterable(self._rows), float)
        table = numbers.reshape(-1, len(LOG_DTYPES)).T
        self._rows = []
        columns: Any = (
            column.astype(dtype) for column, dtype in zip(table, LOG_DTYPES.values(), strict=True)
        )
        return ContactLog(*columns)
