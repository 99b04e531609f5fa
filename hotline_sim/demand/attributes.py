"""What contacts bring along: how long they talk, how long they wait, what they think."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from hotline_sim.demand.laws import sampler
from hotline_sim.domain import Bools, Floats
from hotline_sim.scenario.laws import Never
from hotline_sim.scenario.schema import Chat, Inbound, Outbound, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.demand.laws import Sampler
    from hotline_sim.demand.numbers import DayNumbers
    from hotline_sim.demand.transitions import Row
    from hotline_sim.demand.tree import Grown
    from hotline_sim.domain import Ints
    from hotline_sim.scenario.schema import AnyChannel, Scenario

Column = TypeVar("Column", Floats, Bools)

_NOTHING, _MOST, _FOR_EVER = np.array([0.0]), np.array([1.0]), np.array([np.inf])
_NO, _YES = np.array([False]), np.array([True])


@dataclass(frozen=True, eq=False)
class Attributes:
    """What contacts bring, ``(n,)`` each; what a channel has not is as if nothing happened."""

    talk_s: Floats
    wrap_up_s: Floats
    patience_s: Floats
    contained: Bools
    silent: Bools
    reached: Bools
    mood: Floats
    rating: Floats


class AttributeLaws:
    """Draws what contacts bring along, each purpose from a stream of its own."""

    def __init__(self, scenario: Scenario, rows: Iterable[Row]) -> None:
        self._channels = tuple(
            _Channel(name, channel, asks_opinions=scenario.satisfaction is not None)
            for name, channel in scenario.channels.items()
        )
        self._entries = tuple(
            (row, sampler(row.entry)) for row in rows if row.entry and row.deadline_s is not None
        )

    def draw(self, grown: Grown, numbers: DayNumbers) -> Attributes:
        """Return what all contacts of a stretch of days bring."""
        each = [c.draw(n, numbers) for c, n in zip(self._channels, grown.counts.T, strict=True)]
        rows = _rows_of_channels(grown.channel, len(each))
        wrap_up_s = _by_row([one.wrap_up_s for one in each], rows, _NOTHING)
        for row, law in self._entries:  # the writing of a work order lengthens the wrap-up
            along, by_day = grown.along(row.number)
            wrap_up_s[along] += numbers.all_of(f"{row.name}/entry", by_day, law)
        return Attributes(
            talk_s=_by_row([one.talk_s for one in each], rows, _NOTHING),
            wrap_up_s=wrap_up_s,
            patience_s=_by_row([one.patience_s for one in each], rows, _FOR_EVER),
            contained=_by_row([one.contained for one in each], rows, _NO),
            silent=_by_row([one.silent for one in each], rows, _NO),
            reached=_by_row([one.reached for one in each], rows, _YES),
            mood=_by_row([one.mood for one in each], rows, _MOST),
            rating=_by_row([one.rating for one in each], rows, _MOST),
        )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What the contacts of one channel bring, ``(n,)`` each by day; None: no such thing."""

    talk_s: Floats
    wrap_up_s: Floats | None
    patience_s: Floats | None
    contained: Bools | None
    silent: Bools | None
    reached: Bools | None
    mood: Floats | None
    rating: Floats | None


class _Channel:
    """What is drawn for the contacts of one channel."""

    def __init__(self, name: str, channel: AnyChannel, *, asks_opinions: bool) -> None:
        self._name = name
        self._asks_opinions = asks_opinions
        self._talk = sampler(channel.talk)
        self._wrap_up = None if channel.wrap_up is None else sampler(channel.wrap_up)
        waits = channel if isinstance(channel, (Voice, Chat)) else None
        law = waits.patience if waits else Never(law="never")
        self._patience = None if isinstance(law, Never) else sampler(law)
        self._leaves_at_once_share = waits.leaves_at_once_share if waits else 0.0
        self._contained_share = channel.self_service_share if isinstance(channel, Inbound) else 0.0
        self._silent_share = channel.silent_share if isinstance(channel, Chat) else 0.0
        self._reached_share = channel.reach_probability if isinstance(channel, Outbound) else None

    def draw(self, counts: Ints, numbers: DayNumbers) -> _Drawn:
        """Draw for so many contacts a day, ``(days,)``."""
        day = _Day(self._name, counts, numbers)
        return _Drawn(
            talk_s=day.times("talk", self._talk),
            wrap_up_s=day.times("wrap_up", self._wrap_up) if self._wrap_up else None,
            patience_s=self._patience_s(day),
            contained=day.below("self_service", self._contained_share or None),
            silent=day.below("silent", self._silent_share or None),
            reached=day.below("reached", self._reached_share),
            mood=day.uniforms("mood") if self._asks_opinions else None,
            rating=day.uniforms("rating") if self._asks_opinions else None,
        )

    def _patience_s(self, day: _Day) -> Floats | None:
        patience_s = day.times("patience", self._patience) if self._patience else None
        leaves = day.below("leaves_at_once", self._leaves_at_once_share or None)
        if leaves is not None:
            patience_s = np.full(len(leaves), np.inf) if patience_s is None else patience_s
            patience_s[leaves] = 0.0
        return patience_s


@dataclass(frozen=True)
class _Day:
    """The numbers of contacts that share a name in their streams, purpose by purpose."""

    name: str
    counts: Ints  # (days,)
    numbers: DayNumbers

    def uniforms(self, purpose: str) -> Floats:
        """Return a uniform number each."""
        return self.numbers.all_of(f"{self.name}/{purpose}", self.counts)

    def below(self, purpose: str, share: float | None) -> Bools | None:
        """Return who is among a share of them; None if there is none."""
        return None if share is None else self.uniforms(purpose) < share

    def times(self, purpose: str, law: Sampler) -> Floats:
        """Return a time of a law each, on the grid."""
        return self.numbers.all_of(f"{self.name}/{purpose}", self.counts, law)


def _rows_of_channels(channel: Ints, channels: int) -> list[Ints]:
    """Return the rows of each channel's contacts, ascending."""
    return [np.flatnonzero(channel == one) for one in range(channels)]


def _by_row(each: list[Column | None], rows: list[Ints], otherwise: Column) -> Column:
    """Put what is by channel in the order of rows; for None stands *otherwise*, ``(1,)``."""
    if len(each) == 1 and each[0] is not None:
        return each[0]
    column = np.repeat(otherwise, sum(map(len, rows)))
    for drawn, whose in zip(each, rows, strict=True):
        if drawn is not None:
            column[whose] = drawn
    return column
