"""What a week brings, half-hour by half-hour: cases, and the contacts that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOURS, Bools, Floats
from hotline_sim.experiments.staff.kernels import ends_in
from hotline_sim.laws import Fixed
from hotline_sim.scenario.people_from_volumes import shares_of_endings
from hotline_sim.scenario.rosters import WEEK_DAYS
from hotline_sim.scenario.schema import Busyness, Inbound
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hotline_sim.scenario import Scenario

SLOTS = WEEK_DAYS * HALF_HOURS
_DAYS = range(WEEK_DAYS)
_QUANTILES = 200  # of busyness


def cases_of_week(scenario: Scenario, busier_than: float | None = None) -> dict[str, Floats]:
    """Return the cases to expect of each channel by half-hour of the week, ``(336,)``.

    Means over the days of the horizon, by weekday (of a year, if it has not every weekday); or
    so many that the share *busier_than* of half-hours has fewer, the busyness of days and of
    half-hours included.
    """
    from hotline_sim.demand.intensity import Intensity
    from hotline_sim.streams import Streams

    days = scenario.horizon.days if scenario.horizon.days >= WEEK_DAYS else YEAR_DAYS
    calm = scenario.demand.model_copy(update={"busyness": Busyness()})
    horizon = scenario.horizon.model_copy(update={"days": days, "warm_up_days": 0})
    one = scenario.model_copy(update={"demand": calm, "horizon": horizon})
    intensity = Intensity(one, Streams(0, 0))  # without busyness nothing is drawn
    weekday = (one.horizon.start.weekday() + np.arange(days)) % WEEK_DAYS
    found = {}
    for name, channel in scenario.channels.items():
        if isinstance(channel, Inbound):
            expected = intensity.expected(0, days, name, channel)
            by_day = [_typical(expected[weekday == day], scenario, busier_than) for day in _DAYS]
            found[name] = np.concatenate(by_day)
    return found


def _typical(expected: Floats, scenario: Scenario, busier_than: float | None) -> Floats:
    """Return mean, or quantile, of what some days bring, ``(48,)``."""
    if busier_than is None:
        mean: Floats = expected.mean(axis=0)
        return mean
    from scipy.special import ndtri

    busyness = scenario.demand.busyness
    variance = np.log1p(busyness.day_cv**2) + np.log1p(busyness.half_hour_cv**2)
    shares = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    factors = np.exp(np.sqrt(variance) * ndtri(shares) - variance / 2.0)
    busy = (expected[:, None, :] * factors[:, None]).reshape(-1, HALF_HOURS)
    typical: Floats = np.quantile(busy, busier_than, axis=0)
    return typical


@dataclass(frozen=True, eq=False)
class _Row:
    """A transition: from a channel's ending to a channel, the chance by try, and how much later."""

    source: int
    after: str
    to: int
    by_try: tuple[float, ...]
    later: Floats  # (336,)


class Flows:
    """The contacts of a week that is like all others, from who is answered when.

    Whatever follows a contact comes as much later as its law of delay says, and so lands in the
    half-hour in which it is met. Channels are numbered in the order of the scenario.
    """

    def __init__(self, scenario: Scenario, cases: Mapping[str, Floats]) -> None:
        self._scenario = scenario
        self._channels = list(scenario.channels.values())
        self._numbers = {name: number for number, name in enumerate(scenario.channels)}
        self._cases = np.zeros((len(self._channels), SLOTS))
        for name, by_slot in cases.items():
            self._cases[self._numbers[name]] = by_slot
        self._rows = list(self._all_rows())

    def opens(self, channels: Bools) -> Bools:
        """Tell in which half-hours cases begin on some channels, ``(336,)``."""
        begins: Bools = self._cases[channels].sum(axis=0) > 0.0
        return begins

    def contacts(self, answered: Floats) -> Floats:
        """Return the contacts of each channel by half-hour, ``(channels, 336)``.

        *answered*, of the same shape, is the share answered of those who ask for a human, or
        are called.
        """
        endings = [
            shares_of_endings(channel, answered[number])
            for number, channel in enumerate(self._channels)
        ]
        now = self._cases
        total = now.copy()
        for k in range(self._scenario.demand.max_contacts - 1):
            then = np.zeros_like(now)
            for row in self._rows:
                share = endings[row.source][row.after] * row.by_try[min(k, len(row.by_try) - 1)]
                then[row.to] += later(now[row.source] * share, row.later)
            total += then
            if not then.any():
                break
            now = then
        return total

    def _all_rows(self) -> Iterator[_Row]:
        departments = self._scenario.departments
        for name, channel in self._scenario.channels.items():
            source = self._numbers[name]
            for row in channel.next:
                by_try = row.by_try or (row.probability or 0.0,)
                office = None if row.department is None else departments[row.department]
                delay = row.delay if office is None else office.delay
                if row.to is not None and delay is not None:
                    to = self._numbers[row.to]
                    yield _Row(source, row.after, to, by_try, ends_in(delay, SLOTS))
                if office is not None and office.urging is not None:
                    late = float(office.delay.survival(np.array([office.deadline_s]))[0])
                    chased = tuple(late * share for share in by_try)
                    at_deadline = ends_in(Fixed(mean_s=office.deadline_s), SLOTS)
                    yield _Row(source, row.after, self._numbers[office.urging], chased, at_deadline)


def later(contacts: Floats, later: Floats) -> Floats:
    """Return when what follows contacts comes, the week going round."""
    together = np.fft.rfft(contacts) * np.fft.rfft(later)
    found: Floats = np.fft.irfft(together, n=len(contacts)).clip(0.0)
    return found
