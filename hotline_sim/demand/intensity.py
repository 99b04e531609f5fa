"""How many cases to expect in each half-hour, and the instants at which they arrive."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOURS, TICKS_PER_S, Floats, on_grid
from hotline_sim.scenario import calendar
from hotline_sim.scenario.volumes import YEAR_DAYS, day_shape, mean_cases_per_day

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Demand, Inbound, Scenario
    from hotline_sim.streams import Streams

_DAYS_REMEMBERED = 100  # every channel asks for the same days
_HALF_HOUR_S = DAY_S / HALF_HOURS


class Intensity:
    """The expected number of cases per half-hour, channel by channel, day by day.

    The year's volume × the date's weight (weekday or holiday, month), averaged to 1 over
    the 365 days from the first counted day × dated surges × the day's shape × busyness.
    """

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._scenario = scenario
        self._streams = streams
        demand = scenario.demand
        start = scenario.horizon.start
        year = [calendar.day_weight(start + dt.timedelta(days=i), demand) for i in range(YEAR_DAYS)]
        self._mean_weight = float(np.mean(year)) or 1.0
        self._day_factors = _day_busyness(scenario, streams)
        self._shapes: dict[str, Floats] = {}
        self._busyness_of_day: dict[int, Floats] = {}  # of the days last asked for

    def expected(self, day: int, name: str, channel: Inbound) -> Floats:
        """Return the expected cases of a channel in each half-hour of a day, ``(48,)``."""
        if name not in self._shapes:
            weights = channel.hour_weights or self._scenario.demand.hour_weights
            self._shapes[name] = day_shape(weights)
        date = calendar.date_of(self._scenario, day)
        weight = calendar.day_weight(date, self._scenario.demand) / self._mean_weight
        factor = weight * surge_factor(self._scenario.demand, date, name) * self._day_factors[day]
        cases: Floats = mean_cases_per_day(channel) * factor * self._shapes[name]
        return cases * self._half_hours(day)

    def _half_hours(self, day: int) -> Floats:
        """Return the busyness of a day's half-hours around the day's own, ``(48,)``."""
        busyness = self._scenario.demand.busyness
        if busyness.half_hour_cv == 0.0:
            return np.ones(HALF_HOURS)
        known = self._busyness_of_day
        if day not in known:
            noise = self._streams.at(day, "demand/half_hour_busyness").standard_normal(HALF_HOURS)
            cv, correlation = busyness.half_hour_cv, busyness.half_hour_correlation
            if len(known) > _DAYS_REMEMBERED:
                known.clear()
            known[day] = _lognormal_factors(noise, cv, correlation)
        return known[day]


def surge_factor(demand: Demand, date: dt.date, channel: str) -> float:
    """Return the product of the surges that cover a date on a channel."""
    return math.prod(
        surge.factor
        for surge in demand.surges
        if surge.from_ <= date <= surge.to and (surge.channels is None or channel in surge.channels)
    )


def arrivals_s(expected: Floats, rng: np.random.Generator) -> Floats:
    """Draw arrival instants in one day, ascending, from expected cases per half-hour.

    A Poisson process by inversion (Çinlar 1975): points of rate 1 are mapped through the
    inverse of the cumulative intensity. More demand therefore brings the same people
    earlier, and further people after them, instead of drawing another day.
    """
    total = float(expected.sum())
    if total <= 0.0:
        return np.zeros(0)
    ample = int(total + 10.0 * math.sqrt(total) + 50.0)  # ten deviations to spare
    points = np.cumsum(rng.standard_exponential(ample))
    cumulative = np.concatenate([[0.0], np.cumsum(expected)])
    points = points[: np.searchsorted(points, cumulative[-1])]
    half_hour = np.searchsorted(cumulative, points, side="right") - 1  # never one without demand
    into = (points - cumulative[half_hour]) / expected[half_hour]
    at_s = on_grid((half_hour + into) * _HALF_HOUR_S)
    return np.minimum(at_s, DAY_S - 1.0 / TICKS_PER_S)  # midnight belongs to the next day


def _day_busyness(scenario: Scenario, streams: Streams) -> Floats:
    busyness = scenario.demand.busyness
    if busyness.day_cv == 0.0:
        return np.ones(scenario.total_days)
    noise = streams.at(0, "demand/day_busyness").standard_normal(scenario.total_days)
    return _lognormal_factors(noise, busyness.day_cv, busyness.day_correlation)


def _lognormal_factors(noise: Floats, cv: float, correlation: float) -> Floats:
    """Turn white noise into lognormal factors of mean 1 whose logarithms are AR(1)."""
    sigma = math.sqrt(math.log1p(cv * cv))
    fresh = math.sqrt(1.0 - correlation * correlation)
    level = 0.0
    factors = np.empty(len(noise))
    for i, shock in enumerate(noise.tolist()):
        level = shock if i == 0 else correlation * level + fresh * shock
        factors[i] = math.exp(sigma * level - sigma * sigma / 2.0)
    return factors
