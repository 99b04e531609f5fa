"""What growing remembers: the contacts of a day, and the transition table, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.domain import N_ENDINGS
from hotline_sim.kernel.state import record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.kernel.state import Records

ENOUGH, CONTACTS, PLACES, UNIFORMS, TIMES = range(5)  # what there must be more of

CLOCK = record(
    max_contacts="i8",  # of a case
    day="i8",
    cases="i8",  # thought up
    contacts="i8",  # of the day
    placed="i8",  # of all days before
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
    contacts="i8",  # of the day
    begins="i8",  # the place of the first of them among all contacts
)
ROW = record(  # one of hotline_sim.demand.transitions
    ending="i8",
    to="i8",
    urging="i8",
    department="i8",
    opens="?",  # a work order
    deadline_s="f8",
    due_s="f8",  # the same on the grid
)
CONTACT = record(  # a possible one: small, so that a day of them stays near at hand
    uniform="f8",
    order_s="f8",
    rest_s="f8",  # from the deadline of the order it chases to the closing; else 0
    next_contact=("i4", (N_ENDINGS,)),
    case="i4",
    behind="i4",  # of the same try and channel
    number="i4",  # among the day's contacts of its channel
    chosen=("i2", (N_ENDINGS,)),  # row of the table
    channel="i2",
    k="i2",
    to="i2",  # where the row of the order it chases leads
    department="i2",
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
    endings: Ints  # (m,): those that may lead anywhere
    children: Ints  # by channel, of the contact that goes on; one more for NOBODY
    contacts: Records  # of the day
    uniforms: Numbers  # by channel: what is compared with the bounds
    times: Numbers  # by row: how long its orders take
    first: Ints  # (days, channels): how many first contacts
    counts: Ints  # (days, channels): how many contacts
    # what hotline_sim.demand.tree.Grown holds, with room to spare
    case: Ints
    k: Ints
    department: Ints
    order_s: Floats
    followers: Ints  # (room, m)
    delays_s: Floats  # (room, m)
    chosen: npt.NDArray[np.int16]  # (m, room): the row of the table
