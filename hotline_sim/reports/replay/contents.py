"""What a page that plays a day is told: contacts in lanes, seats, words, and a table by hour."""

from __future__ import annotations

import heapq
import json
import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.domain import HOUR_S, TICKS_PER_S, Outcome
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.plots.words import clock, seat_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.experiments import DayReplay, ReplayedContact
    from hotline_sim.messages import Lang

_OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
_FAILED = ("abandoned", "blocked", "left")
_GAP_S = 20.0  # between two callers who are shown in one lane
_NEVER_TICKS = 2**50  # in place of a time without an end: 35,000 years
# What the page's script shows, besides what stands in the page itself.
_SCRIPT_WORDS = ("play", "pause", "now_waiting", "told", "callers", "speed_of", "span_of")

# What stands in the page: numbers at the time shown, colours, heads of the table, and the rest.
COUNTS = (
    *("count.waiting", "count.busy", "count.free"),
    *("count.answered", "count.gave_up", "count.coming"),
)
LEGEND = ("waits", "talks", "wraps_up", "on_duty", "gives_up", "comes_again")
HEADS = ("hour", "arrived", "of_them_answered", "of_them_gave_up", "most_waiting")
_OTHERS = ("language", "no_script", "speed", "span", "time", "how_to_read", "by_hour")

# Of each contact, in the order in which the script reads them.
FIELDS = (
    *("case", "k", "lane", "arrival", "request", "queued", "answer", "end", "done"),
    *("outcome", "seat", "again"),
)


def played(day: DayReplay) -> dict[str, Any]:
    """Return what the script plays; times are whole numbers of 1/1024 s, so none is rounded."""
    seats = [seat for seat, _ in day.seats()]
    place = {seat: number for number, seat in enumerate(seats)}
    lanes, count = lanes_of(day)
    stints: list[list[list[int]]] = [[] for _ in seats]
    for one in day.stints:
        stints[place[one.seat]].append([_ticks(one.on_s), _ticks(one.off_s)])
    return {
        "from": _ticks(day.from_s),
        "until": _ticks(day.until_s),
        "lanes": count,
        "fields": FIELDS,
        "outcomes": _OUTCOMES,
        "contacts": [_row(one, lane, place) for one, lane in zip(day.contacts, lanes, strict=True)],
        "seats": [
            {"names": {lang: seat_name(day, seat, lang) for lang in LANGUAGES}, "duty": duty}
            for seat, duty in zip(seats, stints, strict=True)
        ],
        "words": {
            lang: {one: text(f"replay.{one}", lang) for one in _SCRIPT_WORDS} for lang in LANGUAGES
        },
    }


def words_of_page(lang: Lang) -> dict[str, str]:
    """Return what stands in the page, by name."""
    return {one: text(f"replay.{one}", lang) for one in (*COUNTS, *LEGEND, *HEADS, *_OTHERS)}


def as_json(tree: dict[str, Any]) -> str:
    """Return plain values as JSON that ends no element of a page and begins none."""
    words = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        words = words.replace(character, f"\\u{ord(character):04x}")
    return words


def _row(one: ReplayedContact, lane: int, place: dict[int, int]) -> list[int | None]:
    times = (one.arrival_s, one.request_s, one.queued_until_s, one.answer_s, one.end_s, one.done_s)
    seat = None if one.seat is None else place[one.seat]
    outcome, again = _OUTCOMES.index(one.outcome), int(one.next is not None)
    return [one.case, one.k, lane, *map(_ticks_or_none, times), outcome, seat, again]


def _ticks(time_s: float) -> int:
    return _NEVER_TICKS if time_s == math.inf else round(time_s * TICKS_PER_S)


def _ticks_or_none(time_s: float | None) -> int | None:
    return None if time_s is None else _ticks(time_s)


# Lanes ------------------------------------------------------------------------------------


def lanes_of(day: DayReplay) -> tuple[list[int], int]:
    """Return the lane of each contact, and how many lanes there are.

    Who gives up and tries again stays in the lane meanwhile; nobody is drawn over another. Each
    takes the first lane that is free.
    """
    lanes = [0] * len(day.contacts)
    free: list[int] = []
    taken: list[tuple[float, int]] = []  # (until when, lane)
    count = 0
    for begin_s, end_s, numbers in sorted(_stays(day)):
        while taken and taken[0][0] + _GAP_S <= begin_s:
            heapq.heappush(free, heapq.heappop(taken)[1])
        if not free:
            heapq.heappush(free, count)
            count += 1
        lane = heapq.heappop(free)
        heapq.heappush(taken, (end_s, lane))
        for number in numbers:
            lanes[number] = lane
    return lanes, max(count, 1)


def _stays(day: DayReplay) -> Iterable[tuple[float, float, list[int]]]:
    """Return from when to when a lane is somebody's, and the numbers of their contacts."""
    by_case = sorted(range(len(day.contacts)), key=lambda i: _whose(day.contacts[i]))
    for _, numbers in groupby(by_case, key=lambda i: day.contacts[i].case):
        stay: list[int] = []
        for number in numbers:
            if stay and not _comes_again(day.contacts[stay[-1]]):
                yield _stay(day, stay)
                stay = []
            stay.append(number)
        yield _stay(day, stay)


def _whose(contact: ReplayedContact) -> tuple[int, int]:
    return contact.case, contact.k


def _stay(day: DayReplay, numbers: list[int]) -> tuple[float, float, list[int]]:
    first, last = day.contacts[numbers[0]], day.contacts[numbers[-1]]
    ends = [end for end in (last.end_s, last.queued_until_s) if end is not None]
    end_s = day.until_s if _comes_again(last) else max(ends, default=day.until_s)
    return first.arrival_s, end_s, numbers


def _comes_again(contact: ReplayedContact) -> bool:
    return contact.outcome in _FAILED and contact.next is not None


# By hour ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hour:
    """What happened in an hour of the day, by the contacts that arrived in it."""

    from_: str
    until: str
    arrived: int
    answered: int
    gave_up: int
    most_waiting: int


def hours_of(day: DayReplay) -> list[Hour]:
    """Return the hours in which somebody arrived or waited; the window cuts the outer ones."""
    found = []
    first_s = day.from_s // HOUR_S * HOUR_S
    for number in range(math.ceil((day.until_s - first_s) / HOUR_S)):
        from_s = max(first_s + number * HOUR_S, day.from_s)
        until_s = min(first_s + (number + 1) * HOUR_S, day.until_s)
        arrived = [one for one in day.contacts if from_s <= one.arrival_s < until_s]
        most = _most_waiting(day, from_s, until_s)
        if arrived or most:
            answered = sum(one.answer_s is not None for one in arrived)
            gave_up = sum(one.outcome in _FAILED for one in arrived)
            ends = clock(from_s), clock(until_s)
            found.append(Hour(*ends, len(arrived), answered, gave_up, most))
    return found


def _most_waiting(day: DayReplay, from_s: float, until_s: float) -> int:
    """Return the longest queue in a part of the day, counted as :meth:`waiting_at` does."""
    steps = []
    for one in day.contacts:
        if one.request_s is None or one.queued_until_s is None:
            continue
        begin_s, end_s = max(one.request_s, from_s), min(one.queued_until_s, until_s)
        if begin_s < end_s:
            steps += [(begin_s, 1), (end_s, -1)]
    waiting = most = 0
    for _, step in sorted(steps):
        waiting += step
        most = max(most, waiting)
    return most


def place_of(day: DayReplay, lang: Lang) -> str:
    """Return which day of which run it is."""
    return text(
        "replay.place",
        lang,
        scenario=day.scenario.stamped_name,
        date=day.date.isoformat(),
        seed=day.seed,
        replication=day.replication + 1,
        version=hotline_sim.__version__,
    )
