"""The people behind a volume that is given as answered contacts, or as contacts offered.

They are found from the transition table, the connect rate that the file states and the volumes
of the other channels, without simulating: by expected contacts, try by try, which are linear in
the people. They do not depend on who is there to answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.scenario.faults import Fault, dotted
from hotline_sim.scenario.quantities import ANSWERED, CASES, OFFERED
from hotline_sim.scenario.schema import Inbound, Message, Outbound, Voice
from hotline_sim.scenario.volumes import YEAR_DAYS, volume_per_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hotline_sim.scenario.faults import Path
    from hotline_sim.scenario.schema import AnyChannel, Channel, Contents, Next, Scenario

RATES = ("connect_rate", "connect_rate_monthly_mean")  # of [published]: the first that is there
_NOT_ASKED = ("contained", "left")  # endings that no connect rate decides
_MOST_PER_DAY = 1e9  # as many as a file may state
_RATE_LACKING = {"voice": "rate_of_voice", "chat": "rate_of_chat"}
_ROUNDING = 1e-9  # relative: so few people too few are nobody


@dataclass(frozen=True)
class Volume:
    """How the cases of a channel were found; counts are of a year of 365 days.

    ``contacts`` are all that come on the channel, ``cases`` those of them with which a case
    begins here. ``connect_rate`` and ``answered`` are nan where the rate was not needed.
    """

    connect_rate: float
    answered: float
    offered: float
    contacts: float
    cases: float

    @property
    def further(self) -> float:
        """Redials, repeats and contacts that other channels lead here."""
        return self.contacts - self.cases


def volumes_found(scenario: Scenario) -> dict[str, Volume]:
    """Return how the cases were found of each channel that gives another volume, by name."""
    found = {}
    for name, channel in _to_be_found(scenario):
        rate = _rate_of(scenario, channel)
        offered = _offered_per_day(scenario, channel) * YEAR_DAYS
        found[name] = Volume(
            connect_rate=math.nan if rate is None else rate,
            answered=math.nan if rate is None else offered * rate,
            offered=offered,
            contacts=offered / asking_share(channel),
            cases=(channel.people_per_day or 0.0) * YEAR_DAYS,
        )
    return found


def published_rate_used(contents: Contents) -> str:
    """Return the published connect rate by which cases were found, by name; empty: none."""
    lines = [table for table in contents.channels.values() if isinstance(table, Voice)]
    if not dict(_to_be_found(contents)) or all(line.connect_rate is not None for line in lines):
        return ""
    return _published_rate(contents)[0]


def with_people(
    contents: Contents,
) -> tuple[Mapping[str, AnyChannel] | None, list[tuple[Path, Fault]]]:
    """Return the channels, those whose volume is not given in cases with the people found.

    Where they cannot be found: None, and the faults.
    """
    wanted = dict(_to_be_found(contents))
    if not wanted:
        return contents.channels, []
    faults = list(_rates_lacking(contents, wanted))
    if faults:
        return None, faults
    found = _solved(contents, wanted)
    faults = [
        _not_so_many(name, channel, found[name])
        for name, channel in wanted.items()
        if not 0.0 <= found[name] <= _MOST_PER_DAY
    ]
    if faults:
        return None, faults
    channels = {}
    for name, table in contents.channels.items():
        update = {"people_per_day": found[name]} if name in found else {}
        channels[name] = table.model_copy(update=update) if update else table
    return channels, []


def _to_be_found(contents: Contents) -> Iterator[tuple[str, Inbound]]:
    """Yield the channels whose volume is not given in cases."""
    for name, channel in contents.channels.items():
        if isinstance(channel, Inbound) and _volume_key(channel):
            yield name, channel


def _volume_key(channel: Inbound) -> str:
    """Return the key of a volume that is not given in cases; empty: there is none."""
    keys = (key for key in ANSWERED + OFFERED if getattr(channel, key) is not None)
    return next(keys, "")


def _not_so_many(name: str, channel: Inbound, people: float) -> tuple[Path, Fault]:
    """Return the fault of a volume that no number of people gives."""
    key = _volume_key(channel)
    path: Path = ("channels", name, key)
    values = {"people": people}
    return path, Fault("", dotted(path), "no_people", getattr(channel, key), values)


# What the file states -------------------------------------------------------------------------


def _published_rate(contents: Contents) -> tuple[str, float | None]:
    """Return the published connect rate, which is of voice channels, and its name."""
    for name in RATES:
        rate = contents.published.get(name)
        if rate is not None and 0.0 < rate <= 1.0:
            return name, rate
    return "", None


def _rate_of(contents: Contents, channel: Channel) -> float | None:
    """Return the share of a channel's offered contacts that is answered; None: not stated."""
    if isinstance(channel, Outbound):
        return channel.reach_probability
    if isinstance(channel, Message):
        return 1.0  # it waits until it is answered
    stated: float | None = getattr(channel, "connect_rate", None)
    if stated is None and isinstance(channel, Voice):
        return _published_rate(contents)[1]
    return stated


def asking_share(channel: Channel) -> float:
    """Return the share of a channel's contacts that ask for a human."""
    if not isinstance(channel, Inbound):
        return 1.0
    return (1.0 - channel.leaves_in_greeting_share) * (1.0 - channel.self_service_share)


def _offered_per_day(contents: Contents, channel: Inbound) -> float:
    """Return the contacts that ask for a human, of a channel whose volume says how many."""
    offered = volume_per_day(channel, OFFERED)
    if offered is not None:
        return offered
    return (volume_per_day(channel, ANSWERED) or 0.0) / (_rate_of(contents, channel) or math.nan)


def _rates_lacking(contents: Contents, wanted: Iterable[str]) -> Iterator[tuple[Path, Fault]]:
    """Yield the faults of channels whose connect rate is needed and not stated."""
    channels = contents.channels
    before, behind = set[str](), set(wanted)  # channels that lead to those, in whatever way
    while before != behind:
        before = behind
        behind = before | {name for name in channels if _lead_to(channels[name].next, before)}
    visited = _visited(contents)
    for name in channels:
        channel = channels[name]
        known = _rate_of(contents, channel) is not None
        if known or name not in behind or name not in visited:
            continue
        answered = isinstance(channel, Inbound) and _volume_key(channel) in ANSWERED
        if answered or _lead_to((r for r in channel.next if r.after not in _NOT_ASKED), behind):
            path: Path = ("channels", name, "connect_rate")
            yield path, Fault("", dotted(path), _RATE_LACKING[channel.kind])


def _visited(contents: Contents) -> set[str]:
    """Return the channels on which contacts come: those with a volume, and where these lead."""
    channels = contents.channels
    now = {
        name
        for name, channel in channels.items()
        if isinstance(channel, Inbound) and volume_per_day(channel, ANSWERED + OFFERED + CASES)
    }
    found = set[str]()
    while found != now:
        found = now
        now = found | {row.to for name in found for row in channels[name].next if row.to}
    return found


def _lead_to(rows: Iterable[Next], names: set[str]) -> bool:
    return any(row.to in names for row in rows)


# What follows from it -------------------------------------------------------------------------


def _solved(contents: Contents, wanted: Mapping[str, Inbound]) -> dict[str, float]:
    """Return the people per day of the channels wanted; nan where nothing can be told."""
    steps = _Steps(contents)
    inbound = {n: table for n, table in contents.channels.items() if isinstance(table, Inbound)}
    given = {n: volume_per_day(t, CASES) or 0.0 for n, t in inbound.items() if n not in wanted}
    brought = steps.contacts(given)
    by_one = [steps.contacts({name: 1.0}) for name in wanted]
    rows = []
    for name, channel in wanted.items():
        asking = asking_share(channel)
        contacts = _offered_per_day(contents, channel) / asking if asking > 0 else math.nan
        rows.append([*(one[name] for one in by_one), contacts - brought[name]])
    found = _eliminated(rows)
    least = -_ROUNDING * max(1.0, *map(abs, found))
    return {
        name: 0.0 if least < people < 0.0 else people
        for name, people in zip(wanted, found, strict=True)
    }


def _eliminated(rows: list[list[float]]) -> list[float]:
    """Solve linear equations, right sides last; by hand, so that all machines agree."""
    n = len(rows)
    for i in range(n):
        best = max(range(i, n), key=lambda r: abs(rows[r][i]))
        rows[i], rows[best] = rows[best], rows[i]
        if rows[i][i] == 0.0:
            return [math.nan] * n
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[n] / row[i] for i, row in enumerate(rows)]


class _Steps:
    """What contacts lead to on average, from channel to channel and from try to try."""

    def __init__(self, contents: Contents) -> None:
        self._names = list(contents.channels)
        self._most = contents.demand.max_contacts
        self._rows = []
        for name, table in contents.channels.items():
            ending = shares_of_endings(table, _rate_of(contents, table) or 0.0)
            for row in table.next:
                by_try = row.by_try or (row.probability or 0.0,)
                if row.to is not None:
                    self._rows.append((name, row.to, ending.get(row.after, 0.0), by_try))

    def contacts(self, people: Mapping[str, float]) -> dict[str, float]:
        """Return the contacts that some people bring to each channel, all tries together."""
        now = {name: people.get(name, 0.0) for name in self._names}
        total = dict(now)
        for k in range(self._most - 1):
            then = dict.fromkeys(self._names, 0.0)
            for name, to, share, by_try in self._rows:
                then[to] += now[name] * share * by_try[min(k, len(by_try) - 1)]
            for name, contacts in then.items():
                total[name] += contacts
            now = then
        return total


def shares_of_endings(channel: AnyChannel, answered: Any) -> dict[str, Any]:
    """Return which share of a channel's contacts ends how, from what is answered of those who ask.

    *answered* is a share or an array of them. Who is not answered counts as having hung up: how
    many found the lines busy is not stated.
    """
    asking = asking_share(channel)
    left = channel.leaves_in_greeting_share if isinstance(channel, Inbound) else 0.0
    return {
        "answered": asking * answered,
        "abandoned": asking * (1.0 - answered),
        "blocked": 0.0,
        "left": left,
        "contained": 1.0 - left - asking,
        "unreached": 1.0 - answered,
    }
