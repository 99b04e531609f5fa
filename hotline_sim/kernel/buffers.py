"""Make the compiled engine's arrays: at the beginning, for each day, and when they are full."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.compiled import plain
from hotline_sim.demand.compiled import arrays_of
from hotline_sim.demand.compiled_cases import BROUGHT, Born, brought_by
from hotline_sim.domain import LOG_DTYPES, NOBODY, ChannelKind, ContactLog
from hotline_sim.kernel import state as s

if TYPE_CHECKING:
    import numpy.typing as npt

    from hotline_sim.compiled import Records
    from hotline_sim.demand import Tables
    from hotline_sim.domain import Cases, Duty, Rules
    from hotline_sim.kernel.state import Heap, State, Today

_FEW = 16  # places to begin with: they are doubled whenever they do not suffice
_FIRST_GUESS = 1.5  # contacts in the log by case
_SPARE = 1.1  # times what the last day took
_OF_DUTY = ("seat", "on_s", "off_s", "speed")
_WHOLE = ("channel", "place", "seat")
_COLUMNS = [name for name in s.Today._fields if name != "brought"]
_DTYPES = {name: np.dtype(np.int64 if name in _WHOLE else float) for name in _COLUMNS}


def _nothing() -> Today:
    """Return a day on which nobody calls and nobody works."""
    columns: dict[str, Any] = {name: np.zeros(0, dtype) for name, dtype in _DTYPES.items()}
    return s.Today(**columns, brought=np.zeros(0, BROUGHT))


NOTHING = _nothing()


def new_state(rules: Rules, tables: Tables) -> State:
    """Return the state of a hotline before its first day."""
    seats, teams = len(rules.team_of_seat), len(rules.serves)
    most_held = max(1, *(channel.concurrency for channel in rules.channels))
    clock = np.zeros(1, s.CLOCK)
    clock["entries_per_case"] = _FIRST_GUESS
    clock["empty_contact"] = NOBODY
    free = np.zeros((teams, most_held), s.FREE)
    free["first"] = free["last"] = NOBODY
    agents = np.zeros(seats, s.AGENT)
    agents["team"] = rules.team_of_seat
    agents["speed"] = 1.0
    state = s.State(
        tables=arrays_of(tables),
        clock=clock,
        queues=_queues(rules),
        helps=_records(s.HELP, [(after_s, NOBODY) for of in _helps(rules) for after_s in of]),
        at_once=np.array([team for of in _at_once(rules) for team in of], np.int64),
        teams=_teams(rules),
        serves=_records(s.SERVES, [(e.channel, e.after_s) for of in rules.serves for e in of]),
        agents=agents,
        free=free,
        today=NOTHING,
        contacts=np.zeros(0, s.CONTACT),
        log=_NO_LOG,
        ends=_heap(seats * most_held),
        goes_off=_heap(0),
        coming=_heap(0),
        greeted=_heap(0),
        gives_up=_heap(0),
        newcomers=np.zeros(0, np.int64),
        talks=_heap(seats * most_held + 1),
        places=np.zeros(0, np.int64),
    )
    return with_more(s.CONTACTS, state)


def today_of(cases: Cases, duty: Duty, tables: Tables) -> Today:
    """Return a day's arrays, each in the one form that the engine is compiled for."""
    columns: dict[str, Any] = {
        name: plain(getattr(duty if name in _OF_DUTY else cases, name), dtype)
        for name, dtype in _DTYPES.items()
    }
    born = Born(**{name: columns[name] for name in Born._fields})
    return s.Today(**columns, brought=brought_by(tables, born))


def with_day(cases: Cases, duty: Duty, state: State) -> State:
    """Return the state with a day's cases and stints, and room for them."""
    state.clock["first_case"] = cases.first
    entries = int(state.clock["entries_per_case"][0] * len(cases))
    return state._replace(
        today=today_of(cases, duty, state.tables),
        log=_log(len(state.ends) + entries + _FEW),
        goes_off=_heap_of(int(state.goes_off["who"][0]) + len(duty), state.goes_off),
    )


def with_more(what: int, state: State) -> State:
    """Return the state with twice as much room for contacts or the log."""
    if what == s.ENOUGH:
        return state
    if what == s.ENTRIES:
        log = _log(2 * len(state.log.case))
        for column, known in zip(log, state.log, strict=True):
            column[: len(known)] = known
        return state._replace(log=log)
    n, more = len(state.contacts), max(_FEW, 2 * len(state.contacts))
    contacts = _longer(state.contacts, more)
    _chain(state.clock, "empty_contact", contacts["behind"], n)
    return state._replace(
        contacts=contacts,
        coming=_heap_of(more, state.coming),
        greeted=_heap_of(more, state.greeted),
        gives_up=_heap_of(more, state.gives_up),
        newcomers=_longer(state.newcomers, more),
        places=_longer(state.places, more),
    )


def without_day(state: State) -> State:
    """Return the state without a day and a log."""
    clock, cases = state.clock, len(state.today.arrival_s)
    if cases > 0:
        clock["entries_per_case"] = _SPARE * clock["written"] / cases
    clock["written"] = 0
    return state._replace(today=NOTHING, log=_NO_LOG)


def with_entries_for_all(state: State) -> State:
    """Return the state with room to write down every contact there is."""
    return state._replace(log=_log(len(state.contacts)))


def log_of(state: State) -> ContactLog:
    """Return the log as far as it is written."""
    n = int(state.clock["written"][0])
    return ContactLog(**{name: column[:n] for name, column in state.log._asdict().items()})


def _log(n: int) -> s.Log:
    """Return room for so many contacts in the log."""
    return s.Log(**{name: np.empty(n, dtype) for name, dtype in LOG_DTYPES.items()})


_NO_LOG = _log(0)


def _chain(clock: Records, first: str, links: npt.NDArray[np.int64], old: int) -> None:
    """Put the places from *old* on before the empty ones."""
    links[old:] = np.arange(old + 1, len(links) + 1)
    links[-1] = clock[first][0]
    clock[first] = old
    clock[f"{first}s"] += len(links) - old


def _longer(array: npt.NDArray[Any], length: int) -> npt.NDArray[Any]:
    longer = np.zeros((length, *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def _heap(most: int) -> Heap:
    """Return an empty heap: a place for the number of events, for them, and for NEVERs."""
    heap = np.zeros(1 + most + 3, s.EVENT)
    heap["at_s"], heap["tie"] = s.NEVER
    return heap


def _heap_of(most: int, heap: Heap) -> Heap:
    """Return a heap with room for so many events."""
    longer = _heap(most)
    if len(longer) <= len(heap):
        return heap
    longer[: len(heap)] = heap
    return longer


def _records(dtype: np.dtype[np.void], rows: list[Any]) -> Records:
    return np.array(rows, dtype)


def _helps(rules: Rules) -> list[list[float]]:
    """Return the overflow's waits by channel."""
    return [
        [
            entry.after_s
            for of in rules.serves
            for entry in of
            if entry.channel == channel and entry.after_s > 0.0
        ]
        for channel in range(len(rules.channels))
    ]


def _at_once(rules: Rules) -> list[list[int]]:
    """Return the teams that serve without a wait by channel."""
    return [
        [
            team
            for team, of in enumerate(rules.serves)
            for entry in of
            if entry.channel == channel and entry.after_s == 0.0
        ]
        for channel in range(len(rules.channels))
    ]


def _queues(rules: Rules) -> Records:
    queues = np.zeros(len(rules.channels), s.QUEUE)
    helps_end = teams_end = 0
    parts = zip(queues, rules.channels, _helps(rules), _at_once(rules), strict=True)
    for queue, channel, helps, teams in parts:
        queue["is_chat"] = channel.kind is ChannelKind.CHAT
        queue["is_limited"] = channel.lines is not None
        queue["lines"] = channel.lines or 0
        for name in (
            "concurrency",
            "slowdown",
            "silent_handle_s",
            "unreached_handle_s",
            "promote_after_s",
        ):
            queue[name] = getattr(channel, name)
        queue["first"] = queue["last"] = NOBODY
        queue["first_s"] = math.inf
        queue["helps"] = helps_end
        helps_end += len(helps)
        queue["helps_end"] = helps_end
        queue["teams"] = teams_end
        teams_end += len(teams)
        queue["teams_end"] = teams_end
    return queues


def _teams(rules: Rules) -> Records:
    teams = np.zeros(len(rules.serves), s.TEAM)
    end = 0
    for team, serves in zip(teams, rules.serves, strict=True):
        promoted = [rules.channels[entry.channel].promote_after_s for entry in serves]
        team["promotes"] = min(promoted, default=math.inf) < math.inf
        team["serves"] = end
        end += len(serves)
        team["serves_end"] = end
    return teams
