"""What contacts bring and what follows them, as tables of plain numbers.

Python reads them as tuples, compiled code as arrays of records of the same names
(:mod:`hotline_sim.demand.compiled`); the functions here are one text for both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.demand.laws import TimeLaw, time_laws, time_s
from hotline_sim.domain import N_ENDINGS, NOBODY, Outcome, scaled_s
from hotline_sim.laws import Never
from hotline_sim.scenario.schema import Chat, Inbound, Outbound, Voice
from hotline_sim.streams import contact_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.laws import Law
    from hotline_sim.scenario.schema import AnyChannel, Next, Scenario


class ChannelTable(NamedTuple):
    """What the contacts of a channel bring: laws by number, and shares."""

    talk: int
    wrap_up: int  # NOBODY: there is none
    patience: int  # NOBODY: nobody leaves
    greeting: int  # NOBODY: a human is asked for on arrival
    self_service_share: float
    leaves_in_greeting_share: float
    leaves_at_once_share: float
    silent_share: float
    reach_probability: float  # 1 on channels that citizens begin


class Row(NamedTuple):
    """A row of the transition table: what may follow a contact."""

    to: int  # channel; NOBODY: the order closes without a further contact
    delay: int  # law, of the department if the row opens a work order
    entry: int  # law of writing the order down; NOBODY: it takes no time
    department: int  # whose work order the row opens; NOBODY: it opens none
    deadline_s: float  # of the order, on the grid of time; inf: none
    urging: int  # channel on which a late order is chased; NOBODY: it is not


class Tables(NamedTuple):
    """The tables of one replication of a scenario.

    Rows come by channel, by ending and in the order of the file: those after ending *e* of
    channel *c* are ``first_rows[c * N_ENDINGS + e]`` to before the next entry. Rows after the
    same ending share the unit interval: row *r* ends at ``upto[r * tries + k - 1]`` for the
    k-th contact of a case (the last of *tries* holds from there on) and begins where the row
    before it ends.
    """

    keys: Sequence[Sequence[int]]  # of Philox, two words for each channel of birth
    channels: Sequence[ChannelTable]
    rows: Sequence[Row]
    first_rows: Sequence[int]
    upto: Sequence[float]
    tries: int
    laws: Sequence[TimeLaw]
    knots: Floats
    max_contacts: int  # of a case
    asks_opinions: bool  # whether the scenario says anything of satisfaction


# Asked of the tables --------------------------------------------------------------------------


def time_of(tables: Tables, law: int, uniform: float) -> float:
    """Return the time of a law, in seconds on the grid, at a number between 0 and 1."""
    return time_s(tables.laws[law], tables.knots, uniform)


def talk_s_of(tables: Tables, channel: int, uniform: float) -> float:
    """Return how long a contact's talk takes an agent of speed 1."""
    return time_of(tables, tables.channels[channel].talk, uniform)


def wrap_up_s_of(tables: Tables, channel: int, uniform: float) -> float:
    """Return how long the wrap-up takes, without the entry of an order."""
    law = tables.channels[channel].wrap_up
    return 0.0 if law == NOBODY else time_of(tables, law, uniform)


def patience_s_of(tables: Tables, channel: int, uniform: float) -> float:
    """Return after what wait a contact leaves that does not leave at once; inf: never."""
    law = tables.channels[channel].patience
    return math.inf if law == NOBODY else time_of(tables, law, uniform)


def greeting_s_of(tables: Tables, channel: int, uniform: float) -> float:
    """Return how long a contact hears ringing, menu and announcement before it may ask."""
    law = tables.channels[channel].greeting
    return 0.0 if law == NOBODY else time_of(tables, law, uniform)


def row_after(tables: Tables, channel: int, ending: int, k: int, uniform: float) -> int:
    """Return the row that the k-th contact of a case follows after an ending; NOBODY: none."""
    place, tries = channel * N_ENDINGS + ending, tables.tries
    column = (k if k < tries else tries) - 1
    for row in range(tables.first_rows[place], tables.first_rows[place + 1]):
        if uniform < tables.upto[row * tries + column]:
            return row
    return NOBODY


# Made from a scenario -------------------------------------------------------------------------


class _Laws:
    """Laws, numbered as they come."""

    def __init__(self) -> None:
        self.found: list[Law] = []

    def add(self, law: Law | None) -> int:
        """Return the number of a law; NOBODY of none."""
        if law is None:
            return NOBODY
        self.found.append(law)
        return len(self.found) - 1


def tables_of(scenario: Scenario, seed: int, replication: int) -> Tables:
    """Return the tables of a replication of a scenario."""
    laws = _Laws()
    numbers = {name: i for i, name in enumerate(scenario.channels)}
    tries = max(
        (len(row.by_try or ()) for table in scenario.channels.values() for row in table.next),
        default=1,
    )
    tries = max(tries, 1)
    rows: list[Row] = []
    upto: list[float] = []
    first_rows = [0]
    channels = []
    for table in scenario.channels.values():
        channels.append(_channel(table, laws))
        for ending in list(Outcome)[:N_ENDINGS]:
            after = [row for row in table.next if row.after == ending.name.lower()]
            rows += [_row(row, scenario, numbers, laws) for row in after]
            upto += _upto(after, tries)
            first_rows.append(len(rows))
    time_laws_, knots = time_laws(laws.found)
    return Tables(
        keys=tuple(contact_key(seed, replication, name) for name in scenario.channels),
        channels=tuple(channels),
        rows=tuple(rows),
        first_rows=tuple(first_rows),
        upto=tuple(upto),
        tries=tries,
        laws=time_laws_,
        knots=knots,
        max_contacts=scenario.demand.max_contacts,
        asks_opinions=scenario.satisfaction is not None,
    )


def _channel(table: AnyChannel, laws: _Laws) -> ChannelTable:
    patience = table.patience if isinstance(table, (Voice, Chat)) else None
    leaves = table.leaves_at_once_share if isinstance(table, (Voice, Chat)) else 0.0
    begun = table if isinstance(table, Inbound) else None
    return ChannelTable(
        talk=laws.add(table.talk),
        wrap_up=laws.add(table.wrap_up),
        patience=NOBODY if isinstance(patience, Never) else laws.add(patience),
        greeting=laws.add(begun.greeting if begun else None),
        self_service_share=float(begun.self_service_share) if begun else 0.0,
        leaves_in_greeting_share=float(begun.leaves_in_greeting_share) if begun else 0.0,
        leaves_at_once_share=float(leaves),
        silent_share=float(table.silent_share) if isinstance(table, Chat) else 0.0,
        reach_probability=float(table.reach_probability) if isinstance(table, Outbound) else 1.0,
    )


def _row(row: Next, scenario: Scenario, numbers: Mapping[str, int], laws: _Laws) -> Row:
    department = scenario.departments[row.department] if row.department else None
    urged_on = department.urging if department else None
    return Row(
        to=NOBODY if row.to is None else numbers[row.to],
        delay=laws.add(department.delay if department else row.delay),
        entry=laws.add(row.entry),
        department=list(scenario.departments).index(row.department) if row.department else NOBODY,
        deadline_s=scaled_s(department.deadline_s, 1.0) if department else math.inf,
        urging=NOBODY if urged_on is None else numbers[urged_on],
    )


def _upto(rows: Sequence[Next], tries: int) -> list[float]:
    """Return where each row's part of the unit interval ends, row by row, try by try."""
    filled = [0.0] * tries
    upto = []
    for row in rows:
        by_try = row.by_try or (row.probability or 0.0,)
        for k in range(tries):
            filled[k] += by_try[min(k, len(by_try) - 1)]
            upto.append(filled[k])
    return upto
