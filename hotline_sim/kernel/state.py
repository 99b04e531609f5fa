"""What the compiled engine remembers: contacts, agents, queues and teams as arrays of records.

The records are the classes of ``hotline_sim.model.queues``, by the same names. An object is
known by its number in its array, and NOBODY stands for none. The arrays live from day to
day; ``hotline_sim.kernel.buffers`` makes them, and makes them longer when the engine asks.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.compiled import Records, int64, record

if TYPE_CHECKING:
    from hotline_sim.demand import Tables
    from hotline_sim.domain import Floats, Ints

Heap = Records  # see hotline_sim.kernel.events


NOWHERE, FIRST = int64(0), int64(1)  # places in a heap: none, and the soonest
NEVER = (math.inf, 2**62)  # the instant and the tie of an event that is after all others
# What a place for a contact holds; one that is greeted asks afterwards, or leaves meanwhile.
EMPTY, LATER, COMING, GREETED, LEAVING, WAITING, LEFT_SILENTLY = range(7)
ENOUGH, CONTACTS, ENTRIES = range(3)  # what more room is needed for

CLOCK = record(
    now_s="f8",
    until_s="f8",  # the midnight that ends the day
    first_case="i8",  # of today's
    next_case="i8",  # of today's: the first that has not come
    next_case_s="f8",  # when it arrives; inf: there is none
    next_stint="i8",
    next_stint_s="f8",
    meeting_due="?",
    waited="i8",  # how many contacts have ever had to
    newcomers="i8",
    in_line="i8",  # on all channels
    written="i8",  # in the log
    entries_per_case="f8",  # of the day before, and some to spare
    empty_contact="i8",  # the first empty place for a contact; `behind` leads to the others
    empty_contacts="i8",  # how many
)
QUEUE = record(
    is_chat="?",
    is_limited="?",  # in its lines
    lines="i8",
    greeted="i8",
    talking="i8",
    waiting="i8",
    concurrency="i8",
    slowdown="f8",
    silent_handle_s="f8",
    unreached_handle_s="f8",
    promote_after_s="f8",
    first="i8",  # in line
    last="i8",
    first_s="f8",  # when it asked for a human; inf: nobody is in line
    helps="i8",  # its part of the overflow: from here
    helps_end="i8",  # to before here
    teams="i8",  # who serves it at once, in the order of the file: from here
    teams_end="i8",  # to before here
)
HELP = record(
    after_s="f8",
    next="i8",  # the first in line who has not waited so long
)
TEAM = record(
    free="i8",  # agents
    promotes="?",
    serves="i8",  # its part of the serves: from here
    serves_end="i8",  # to before here
)
SERVES = record(queue="i8", after_s="f8")
AGENT = record(
    since_s="f8",  # when held last changed, or duty began
    speed="f8",
    team="i8",
    held="i8",  # contacts in hand
    before="i8",  # among the free agents of the team who hold as many
    behind="i8",
    on_duty="?",
    chats="?",  # what is in hand are chats
)
FREE = record(first="i8", last="i8")
CONTACT = record(
    arrival_s="f8",
    request_s="f8",  # when it asked for a human, once it has
    born_s="f8",
    end_s="f8",  # once it has left silently
    rest_s="f8",  # if it chases an order: from its end to the order's
    case="i8",
    channel="i4",
    born_on="i4",  # the channel of the case's first contact; with day, place and k: whose it is
    day="i4",
    place="i4",
    k="i4",
    failed="i4",
    answered_before="i4",
    pending="i4",  # the row whose order it chases; NOBODY: it chases none
    leads_to="i4",  # once it has left silently: the channel of the contact that follows
    before="i4",  # in line
    behind="i4",
    after="i1",
    stage="i1",
)
EVENT = record(at_s="f8", tie="i8", who="i8")


class Today(NamedTuple):
    """A day's cases and stints, as :class:`~hotline_sim.domain.Cases` and Duty have them.

    What the cases' first contacts bring is worked out beforehand.
    """

    arrival_s: Floats
    channel: Ints
    place: Ints
    seat: Ints
    on_s: Floats
    off_s: Floats
    speed: Floats
    brought: Records  # of hotline_sim.demand.compiled_cases


class Log(NamedTuple):
    """The columns of a :class:`~hotline_sim.domain.ContactLog`, with room to spare."""

    case: Ints
    channel: Ints
    k: Ints
    born_s: Floats
    arrival_s: Floats
    request_s: Floats
    start_s: Floats
    end_s: Floats
    done_s: Floats
    outcome: Ints
    team: Ints
    seat: Ints
    next: Ints
    after: Ints
    failed: Ints
    answered_before: Ints
    order_s: Floats
    department: Ints
    mood: Floats
    rating: Floats


class State(NamedTuple):
    """Everything the engine knows."""

    tables: Tables  # of what contacts bring, as arrays
    clock: Records  # (1,)
    queues: Records
    helps: Records
    at_once: Ints  # teams, queue by queue
    teams: Records
    serves: Records
    agents: Records
    free: Records  # (n_teams, most contacts held at once)
    today: Today
    contacts: Records
    log: Log
    ends: Heap
    goes_off: Heap
    coming: Heap
    greeted: Heap  # when they ask, or hang up: few, so that it is low; who is coming are many
    gives_up: Heap
    newcomers: Ints  # those who joined a line at this instant
    talks: Heap  # of a queue: its talks' ends
    places: Ints  # of each contact, in the heap of those who will give up
