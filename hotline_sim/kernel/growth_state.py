"""What growing remembers: the contacts of a day, and the transition table, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.compiled import record

if TYPE_CHECKING:
    from hotline_sim.compiled import Records
    from hotline_sim.domain import Floats, Ints

ENOUGH, CONTACTS, UNIFORMS, TIMES = range(4)  # what there must be more of

CLOCK = record(
    max_contacts="i8",  # of a case
    day="i8",
    before="i8",  # contacts of the days before
    contacts="i8",  # thought up, with the day's
    cases="i8",  # of the days before
    level="i8",  # the first who chases a late order at this try; `behind` leads to the others
    born="i8",  # the same of the try after
    last_born="i8",  # the last of those
    lacking="i8",  # the channel or row that lacks numbers
)
CHANNEL = record(
    rows="i8",  # its part of the table: from here
    rows_end="i8",  # to before here
    opens="?",  # work orders, some of its rows
    level="i8",  # the first contact of this try; `behind` leads to the others
    born="i8",  # the same of the try after
    last_born="i8",  # the last of those
)
ROW = record(  # one of hotline_sim.demand.transitions
    way="i8",  # which of the endings that lead anywhere
    to="i8",
    urging="i8",
    department="i8",
    opens="?",  # a work order
    deadline_s="f8",
    due_s="f8",  # the same on the grid
    along="i8",  # how many go along it
    along_before="i8",  # of the days before
)
NOTE = record(  # of a contact of the day, until it has grown: small, so that they stay near
    uniform="f8",
    rest_s="f8",  # from the deadline of the order it chases to the closing
    to="i8",  # where the row of that order leads
    behind="i8",  # of the same try and channel
)


class Numbers(NamedTuple):
    """Random numbers by channel or row, and of each by day."""

    drawn: Floats
    begins: Ints  # (n, days + 1): where a day's begin, and end
    next: Ints  # (n, days): the first that is not given out yet


class Trees(NamedTuple):
    """The trees of a stretch of days, while they grow."""

    clock: Records  # (1,)
    channels: Records
    rows: Records
    bounds: Floats  # (n_rows, tries, 2): see hotline_sim.demand.transitions.Row
    children: Ints  # by channel, of the contact that goes on; one more for NOBODY
    uniforms: Numbers  # by channel: what is compared with the bounds
    times: Numbers  # by row: how long its orders take
    first: Ints  # (days, channels): how many first contacts
    # what hotline_sim.demand.tree.Grown holds, with room to spare
    counts: Ints  # (days, channels)
    channel: Ints
    case: Ints
    k: Ints
    department: Ints
    order_s: Floats
    followers: Ints  # (room, m)
    delays_s: Floats  # (room, m)
    along: Ints  # (n_rows, room): who goes along a row of the table
    notes: Records  # (room,)
