"""How many cases to expect in each half-hour, and the instants at which they arrive."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import (
    DAY_S,
    HALF_HOUR_S,
    HALF_HOURS,
    TICKS_PER_S,
    Floats,
    Ints,
    put_on_grid,
)
from hotline_sim.scenario import calendar
from hotline_sim.scenario.volumes import YEAR_DAYS, day_shape, mean_cases_per_day

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.scenario.schema import Inbound, Scenario
    from hotline_sim.streams import Streams


class Intensity:
    """The expected number of cases per half-hour, channel by channel, day by day.

    The year's volume × the date's weight (weekday or holiday, month), averaged to 1 over
    the 365 days from the first counted day × dated surges × the day's shape × busyness.
    """

    def __init__(self, scenario: Scenario, streams: Streams) -> None:
        self._scenario = scenario
        self._streams = streams
        self._weights = _day_weights(scenario)
        self._busy_days = _day_busyness(scenario, streams)
        self._shapes: dict[str, Floats] = {}
        self._busy_half_hours = _half_hour_busyness(scenario, streams)

    def expected(self, day: int, days: int, name: str, channel: Inbound) -> Floats:
        """Return the expected cases of a channel by half-hour of some days, ``(days, 48)``."""
        if name not in self._shapes:
            hour_weights = channel.hour_weights or self._scenario.demand.hour_weights
            self._shapes[name] = day_shape(hour_weights)
        span = range(day, day + days)
        weights = self._weights[day : day + days] * _surge_factors(self._scenario, span, name)
        cases_per_day = mean_cases_per_day(channel) * (weights * self._busy_days[day : day + days])
        cases: Floats = cases_per_day[:, None] * self._shapes[name]
        return cases * self._busy_half_hours[day : day + days]


def arrivals_s(expected: Floats, generators: Iterable[np.random.Generator]) -> Floats:
    """Draw the instants at which cases arrive, from what to expect by half-hour, ``(days, 48)``.

    They count from the first day's midnight, ascending, ``(n,)``. Each day draws from a
    generator of its own, which is taken when the day before has drawn.

    A Poisson process by inversion (Çinlar 1975): points of rate 1 are mapped through the
    inverse of the cumulative intensity. More demand therefore brings the same people
    earlier, and further people after them, instead of drawing another day.
    """
    cumulative = np.zeros((len(expected), HALF_HOURS + 1))
    cumulative[:, 1:] = expected.cumsum(axis=1)
    points, counts = _unit_points(cumulative, generators)
    day, half_hour = np.divmod(np.arange(expected.size), HALF_HOURS)
    with np.errstate(divide="ignore"):  # where nothing is expected there are no points
        slope = HALF_HOUR_S / expected.ravel()
    at_s = points - cumulative[:, :-1].ravel().repeat(counts)
    at_s *= slope.repeat(counts)
    at_s += (half_hour * HALF_HOUR_S).repeat(counts)
    at_s = put_on_grid(at_s)
    np.minimum(at_s, DAY_S - 1.0 / TICKS_PER_S, out=at_s)  # midnight belongs to the next day
    at_s += (day * DAY_S).repeat(counts)
    return at_s


def _unit_points(
    cumulative: Floats, generators: Iterable[np.random.Generator]
) -> tuple[Floats, Ints]:
    """Draw a Poisson process of rate 1 for each day, as far as its cumulative intensity goes.

    That is ``(days, 49)``, from 0. Returns the points, ``(n,)``, and how many of them fall into
    each half-hour of the days, ``(days × 48,)``: none where nothing is expected.
    """
    total = cumulative[:, -1]
    ample = (total + 5.0 * np.sqrt(total) + 20.0).astype(np.int64)  # nearly always enough
    found, before = [], np.empty(cumulative.shape, np.int64)
    for i, (rng, n) in enumerate(zip(generators, ample.tolist(), strict=True)):
        gaps = rng.standard_exponential(n)
        points = gaps.cumsum()
        while points[-1] < cumulative[i, -1]:
            gaps = np.concatenate([gaps, rng.standard_exponential(n)])
            points = gaps.cumsum()
        before[i] = points.searchsorted(cumulative[i])
        found.append(points[: before[i, -1]])
    return np.concatenate(found), (before[:, 1:] - before[:, :-1]).ravel()


def _day_weights(scenario: Scenario) -> Floats:
    """Return the weight of each day of the horizon, ``(total_days,)``.

    Its mean is 1 over the 365 days from the first counted one.
    """
    warm_up = scenario.horizon.warm_up_days
    days = range(max(scenario.total_days, warm_up + YEAR_DAYS))
    dates = (calendar.date_of(scenario, day) for day in days)
    weights = np.array([calendar.day_weight(date, scenario.demand) for date in dates])
    mean = float(np.mean(weights[warm_up : warm_up + YEAR_DAYS])) or 1.0
    return weights[: scenario.total_days] / mean


def _surge_factors(scenario: Scenario, days: range, channel: str) -> Floats:
    """Return the product of the surges that cover a channel on each of some days, ``(days,)``."""
    first_day = calendar.date_of(scenario, days.start)
    factors = np.ones(len(days))
    for surge in scenario.demand.surges:
        if surge.channels is None or channel in surge.channels:
            begin, end = (surge.from_ - first_day).days, (surge.to - first_day).days + 1
            factors[max(begin, 0) : max(end, 0)] *= surge.factor
    return factors


def _day_busyness(scenario: Scenario, streams: Streams) -> Floats:
    """Return the busyness of each day of the horizon, ``(total_days,)``."""
    busyness = scenario.demand.busyness
    if busyness.day_cv == 0.0:
        return np.ones(scenario.total_days)
    noise = streams.at(0, "demand/day_busyness").standard_normal((1, scenario.total_days))
    found: Floats = _lognormal_factors(noise, busyness.day_cv, busyness.day_correlation)[0]
    return found


def _half_hour_busyness(scenario: Scenario, streams: Streams) -> Floats:
    """Return the busyness of half-hours around each day's own, ``(total_days, 48)``."""
    busyness, days = scenario.demand.busyness, range(scenario.total_days)
    if busyness.half_hour_cv == 0.0:
        return np.ones((len(days), HALF_HOURS))
    purpose = "demand/half_hour_busyness"
    noise = [streams.at(day, purpose).standard_normal(HALF_HOURS) for day in days]
    cv, correlation = busyness.half_hour_cv, busyness.half_hour_correlation
    return _lognormal_factors(np.array(noise), cv, correlation)


def _lognormal_factors(noise: Floats, cv: float, correlation: float) -> Floats:
    """Turn white noise, a series a row, into lognormal factors of mean 1 whose logs are AR(1)."""
    sigma = math.sqrt(math.log1p(cv * cv))
    shocks = math.sqrt(1.0 - correlation * correlation) * noise
    shocks[:, 0] = noise[:, 0]
    levels, level = np.empty(noise.shape), np.zeros(len(noise))
    for i, shock in enumerate(shocks.T):
        level = correlation * level + shock
        levels[:, i] = level
    found: Floats = np.exp(sigma * levels - sigma * sigma / 2.0)
    return found
