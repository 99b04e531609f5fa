"""The words of the hotline as types: outcomes, the day's cases, the duty table, the log.

Times are seconds (``_s``) since the first midnight of the horizon, durations likewise;
money is yuan (``_cny``). Every other module speaks in these types.

All times lie on a grid of 1/1024 s. Sums and differences of such numbers are exact in
double precision for longer than any horizon, so two engines that add them in different
orders still agree to the last bit, and a tie is a tie in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S
HALF_HOURS = 48  # in a day: the resolution of shapes, busyness and profiles
HALF_HOUR_S = DAY_S / HALF_HOURS
LONGEST_S = 2.0**40  # 35,000 years: a draw past this is cut, so that times stay on the grid
TICKS_PER_S = 1024.0

NOBODY = -1  # in the integer columns of a log: no team, seat, next channel, try, order


class ArgumentError(ValueError):
    """An argument is not one that may be given; any other ValueError is a fault of the package."""


class Origin(StrEnum):
    """How well a number is known."""

    PUBLISHED = "published"  # printed in the cited document
    DERIVED = "derived"  # arithmetic on published numbers; the note gives the sum
    ASSUMED = "assumed"  # ours, or the user's; in the catalogue a range is required
    FITTED = "fitted"  # chosen so that a published figure comes out; a range likewise


KNOWN = (Origin.PUBLISHED, Origin.DERIVED)  # the others are choices, and may be made otherwise


class Role(StrEnum):
    """What a published figure is to the scenario that is held against it."""

    FITTED = "fitted"  # a number was chosen so that the figure comes out
    ASSUMED_FROM = "assumed_from"  # a number was worked out or assumed from it
    PREDICTED = "predicted"  # nothing was chosen from it


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one number of a scenario comes from."""

    kind: Origin
    source: str = ""  # a key of sources.toml
    note: str = ""  # page and table, or the sum, or the reason
    range: tuple[float, float] | None = None
    set_by_user: bool = False  # in place of what the file says
    to: tuple[str, ...] = ()  # the published figures from which it was chosen, as keys
    formula: str = ""  # of which it is the value: "= published.answered / 0.9"
    note_zh: str = ""  # the note in Chinese, if it is given in both languages
    instead_of: float | tuple[float, ...] | None = None  # what the file says, if it was set

    @property
    def is_movable(self) -> bool:
        """Whether the number may be anything in its range; one of a formula follows others."""
        return self.kind not in KNOWN and self.range is not None and not self.formula

    def note_in(self, lang: str) -> str:
        """Return the note in a language, or in the other if there is none in it."""
        first, second = (self.note_zh, self.note) if lang == "zh" else (self.note, self.note_zh)
        return first or second

    def to_dict(self) -> dict[str, Any]:
        """Return the origin as plain values; a note in two languages as a table of them."""
        span, was = None if self.range is None else list(self.range), self.instead_of
        told = {"en": self.note, "zh": self.note_zh}
        note = {lang: words for lang, words in told.items() if words} if self.note_zh else self.note
        return {
            "kind": self.kind.value,
            "source": self.source,
            "note": note,
            "range": span,
            "set_by_user": self.set_by_user,
            "to": list(self.to),
            "formula": self.formula,
            "instead_of": list(was) if isinstance(was, tuple) else was,
        }

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Provenance:
        """Return the origin of a dict such as :meth:`to_dict` returns."""
        span = None if tree["range"] is None else (tree["range"][0], tree["range"][1])
        told = tree["note"] if isinstance(tree["note"], dict) else {"en": tree["note"]}
        words = {"note": told.get("en", ""), "note_zh": told.get("zh", "")}
        plain = {"kind": Origin(tree["kind"]), "range": span, "to": tuple(tree["to"])}
        was = tree.get("instead_of")
        was = tuple(was) if isinstance(was, list) else was
        return cls(**{**tree, **words, **plain, "instead_of": was})


class ChannelKind(StrEnum):
    """How a channel's contacts wait."""

    VOICE = "voice"  # waits on the line
    CHAT = "chat"  # waits; an agent holds several
    MESSAGE = "message"  # waits without leaving; may have a deadline
    OUTBOUND = "outbound"  # a call the centre makes


class Outcome(IntEnum):
    """How a contact (话务) ended."""

    ANSWERED = 0  # 接通
    ABANDONED = 1  # 放弃: patience ran out
    BLOCKED = 2  # 占线: no free line
    CONTAINED = 3  # 自助: served by the menu or bot, never asked for a human
    UNREACHED = 4  # 未接: the centre called and nobody took it
    LEFT = 5  # 转人工前挂断: hung up in the greeting, before asking for a human
    OPEN = 6  # still waiting when the horizon ended
    DUE_AFTER_END = 7  # 期末待发生: to come, or still to ask, when the horizon ended


N_ENDINGS = 6  # the outcomes a transition can follow: the first so many
FAILURES = (Outcome.ABANDONED, Outcome.BLOCKED)
NEVER_ASKED = (Outcome.CONTAINED, Outcome.LEFT, Outcome.DUE_AFTER_END)  # for a human


def on_grid(seconds: Floats) -> Floats:
    """Round times to the grid of 1/1024 s, ``(n,)``; longer than LONGEST_S is cut."""
    return put_on_grid(np.array(seconds))


def put_on_grid(seconds: Floats) -> Floats:
    """Round times as :func:`on_grid` does, but in place, ``(n,)``, and return them."""
    if seconds.size and seconds.max() > LONGEST_S:  # looking takes less time than cutting
        np.minimum(seconds, LONGEST_S, out=seconds)
    seconds *= TICKS_PER_S
    np.rint(seconds, out=seconds)
    seconds *= 1.0 / TICKS_PER_S  # exact, as TICKS_PER_S is a power of two, and sooner done
    return seconds


def scaled_s(duration_s: float, factor: float) -> float:
    """Return ``duration_s × factor`` on the grid, by the same operations in both engines."""
    return math.floor(duration_s * factor * TICKS_PER_S + 0.5) / TICKS_PER_S


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """What the engines need to know of a channel (渠道)."""

    name: str
    kind: ChannelKind
    lines: int | None  # None: as many as callers
    concurrency: int  # contacts an agent holds at once; 1 but on chats
    slowdown: float  # longer handling, per further chat held when it starts
    silent_handle_s: float  # an agent's loss on a chat that left silently
    unreached_handle_s: float  # an agent's loss on a call nobody took
    promote_after_s: float  # inf: never


@dataclass(frozen=True, slots=True)
class Serves:
    """One entry of a team's ``serves``: the channel, and how long a contact waits first."""

    channel: int
    after_s: float  # 0: at once; else the team helps only after this wait (overflow)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the engines need to know of a scenario, besides the day's cases and duty.

    ``serves[t]`` lists team *t*'s channels, first choice first; ``team_of_seat`` is
    ``(n_seats,)``. Channels and teams are numbered in the order of the file.
    """

    channels: tuple[ChannelRules, ...]
    serves: tuple[tuple[Serves, ...], ...]
    team_of_seat: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """The cases (诉求) that begin on a day, or on a span of days, in the order of arrival.

    They are numbered through the horizon, these from *first* on; the arrays are ``(n_cases,)``.
    Whose a contact's numbers are says the channel and day its case was born on, its ``place``
    among that day's arrivals there, and which contact of the case it is.
    """

    first: int
    arrival_s: Floats  # ascending
    channel: Ints  # of birth
    place: Ints  # among the arrivals of its day on its channel: 0, 1, …

    def __len__(self) -> int:
        return len(self.arrival_s)


@dataclass(frozen=True, slots=True, eq=False)
class Duty:
    """The duty table (在岗) of one day: stints that begin on it, ``(n_stints,)``, by ``on_s``.

    ``speed`` multiplies handle times: an agent of 1.4 takes 1.4 times as long. The stints
    of one seat (座席) do not overlap. ``paid_s`` is ``(n_teams,)``: what is paid for, before
    planned absences are taken off.
    """

    seat: Ints
    on_s: Floats
    off_s: Floats
    speed: Floats
    paid_s: Floats

    def __len__(self) -> int:
        return len(self.seat)


class Spans(NamedTuple):
    """Times in which seats were filled, or had a contact in hand, ``(n,)`` each."""

    seat: Ints
    from_s: Floats
    until_s: Floats

    @classmethod
    def none(cls) -> Spans:
        """Return no time at all."""
        return cls(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))

    def where(self, keep: Ints | slice) -> Spans:
        """Return those picked by their numbers."""
        return Spans(self.seat[keep], self.from_s[keep], self.until_s[keep])

    def and_then(self, *others: Spans) -> Spans:
        """Return these, and behind them the others."""
        return Spans(*(np.concatenate(columns) for columns in zip(self, *others, strict=True)))


@dataclass(frozen=True, slots=True, eq=False)
class ContactLog:
    """What became of contacts, one row each; nan where a thing did not happen.

    A row is written when its outcome is settled; answering settles it, because the end is
    then known. The last rows are of contacts still waiting when the horizon ended, and of
    those that were still to come. All arrays are ``(n_contacts,)``.
    """

    case: Ints
    channel: Ints
    k: Ints
    born_s: Floats
    arrival_s: Floats  # the caller dials
    request_s: Floats  # asks for a human, the greeting being over; nan: blocked, or never asked
    start_s: Floats  # an agent took it (for a silent chat: after it had left)
    end_s: Floats  # talk ended, or the contact left
    done_s: Floats  # the agent was free of it: end of wrap-up
    outcome: Ints
    team: Ints
    seat: Ints
    next: Ints  # channel the transition leads to; NOBODY: the case ended
    after: Ints  # outcome of the contact before; NOBODY for a first contact
    failed: Ints  # earlier contacts of the case that were abandoned or blocked
    answered_before: Ints  # earlier contacts of the case that were answered
    order_s: Floats  # of the work order (工单) it opened: until it was closed; nan: none
    department: Ints  # that settled it; NOBODY: no work order
    mood: Floats
    rating: Floats

    def __len__(self) -> int:
        return len(self.case)

    def where(self, keep: Bools | Ints) -> ContactLog:
        """Return the rows picked by a mask ``(n_contacts,)`` or by their numbers."""
        return ContactLog(*(getattr(self, field.name)[keep] for field in fields(self)))

    def in_order(self) -> ContactLog:
        """Return the rows by case, then by contact of the case."""
        return self.where(np.lexsort((self.k, self.case)))


LOG_DTYPES = {
    column.name: np.dtype(float if column.type == "Floats" else np.int64)
    for column in fields(ContactLog)
}


def joined(logs: list[ContactLog]) -> ContactLog:
    """Return the rows of several logs as one; an empty list gives an empty log."""
    if len(logs) == 1:
        return logs[0]
    columns: dict[str, Any] = {
        name: np.concatenate([np.zeros(0, dtype), *(getattr(log, name) for log in logs)])
        for name, dtype in LOG_DTYPES.items()
    }
    return ContactLog(**columns)
