"""The measures of ``hotline_sim.definitions`` from the sums of a tally.

A measure whose denominator is zero is nan: nothing was offered, so nothing can be said.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import (
    Channels,
    Measure,
    Scope,
    Unit,
    measure_of,
    of_scope,
    with_threshold,
)
from hotline_sim.domain import DAY_S, HALF_HOURS, HOUR_S, Bools, Floats, Ints
from hotline_sim.measures.headline import HeadlineChannels
from hotline_sim.measures.tally import BINS_PER_DOUBLING, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hotline_sim.scenario import Scenario

    Sums = Callable[[str], Floats]  # by name; of one shape, or each a number

PERCENTILES = {"wait_p50_s": 0.5, "wait_p90_s": 0.9, "wait_p99_s": 0.99}
_CONNECT_RATE = measure_of("connect_rate")


def ratio(part: float, whole: float) -> float:
    """Return part / whole; nan where the whole is zero."""
    return float(part / whole) if whole > 0 else float("nan")


def value_of(measure: Measure, sums: Sums, first_s: float) -> Floats:
    """Return a measure that is no ``computed`` one, from the sums it is made of.

    The value has their shape: one number, or one for each interval. *first_s* is the
    scenario's first threshold.
    """
    part_name, whole_name = measure.sums(first_s)
    part = np.asarray(sums(part_name), float)
    if measure.unit is Unit.HOURS:
        return part / HOUR_S
    if not whole_name:
        return part
    whole = np.asarray(sums(whole_name), float)
    found: Floats = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return found


def named(scenario: Scenario, scope: Scope) -> Iterator[tuple[str, Measure]]:
    """Yield the measures of a scope with their names in results, one for each threshold."""
    for measure in of_scope(scope):
        yield measure.name, measure
        for within_s in scenario.thresholds_s[1:] if measure.parameter else ():
            one = measure_of(with_threshold(measure.name, within_s))
            yield one.spelled, one


def sums_of_intervals(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the sums of a tally that the measures of intervals are made of."""
    first_s = scenario.thresholds_s[0]
    names = (name for _, one in named(scenario, Scope.INTERVAL) for name in one.sums(first_s))
    return tuple(dict.fromkeys(name for name in names if name not in ("", "counted_s")))


def connect_rate(offered: Floats, answered: Floats) -> Floats:
    """Return answered / offered, entry by entry; nan where nothing was offered."""
    return value_of(_CONNECT_RATE, {"offered": offered, "answered": answered}.__getitem__, 0.0)


def connect_rate_monthly_mean(offered: Floats, answered: Floats, *, months: Ints) -> float:
    """Return the mean of the months' connect rates (月均人工接通率); empty months left out.

    All arrays are ``(days,)``; *months* numbers each day's month.
    """
    first = np.unique(months, return_index=True)[1]
    rates = connect_rate(np.add.reduceat(offered, first), np.add.reduceat(answered, first))
    known = rates[~np.isnan(rates)].tolist()
    return float(np.mean(known)) if known else float("nan")


def connect_rate_24h_min(offered: Floats, answered: Floats) -> float:
    """Return the worst connect rate of any continuous 24 h (GB/T 33358-2016).

    The 24 h begin on any half-hour; both arrays count contacts by half-hour, ``(days * 48,)``.
    """
    if len(offered) < HALF_HOURS:
        return float("nan")
    rates = connect_rate(*_in_24h(offered, answered))
    return float(np.nanmin(rates)) if not np.isnan(rates).all() else float("nan")


def worst_24h_by_day(offered: Floats, answered: Floats) -> Floats:
    """Return the calls of the worst 24 h that begin on each day, ``(days, 2)``.

    Offered and answered; both arguments count contacts by half-hour, ``(days * 48,)``. The last
    day has those that begin at its midnight, for none ends after the horizon.
    """
    days = len(offered) // HALF_HOURS
    both = np.stack(_in_24h(offered, answered), axis=1)
    rates = np.full(days * HALF_HOURS, np.inf)  # no calls: never the worst
    rates[: len(both)] = np.nan_to_num(connect_rate(both[:, 0], both[:, 1]), nan=np.inf)
    begin = np.arange(days) * HALF_HOURS + rates.reshape(days, HALF_HOURS).argmin(axis=1)
    found: Floats = both[begin]
    return found


def _in_24h(offered: Floats, answered: Floats) -> tuple[Floats, Floats]:
    """Return the contacts of the 24 h that begin on each half-hour and end in the horizon."""
    window = np.ones(HALF_HOURS)
    whole, part = (np.rint(np.convolve(one, window, "valid")) for one in (offered, answered))
    return whole, part


def wait_percentile_s(waits: Ints, share: float) -> float:
    """Return the wait that *share* of the answered did not exceed, from a tally's bins.

    Within a bin (1 % wide) the answered are taken to be spread evenly.
    """
    below = np.cumsum(waits)
    if len(below) == 0 or below[-1] == 0:
        return float("nan")
    rank = share * below[-1]
    found = int(np.searchsorted(below, rank))
    if found == 0:
        return 0.0  # answered at once, or within 11 ms
    before = float(below[found - 1])
    edges_s = 2.0 ** (np.array([found, found + 1]) / BINS_PER_DOUBLING) - 1.0
    into = (rank - before) / float(waits[found])
    return float(edges_s[0] + into * (edges_s[1] - edges_s[0]))


def share_of(scenario: Scenario, tally: Tally, name: str, days: Bools | None = None) -> float:
    """Return a measure of one replication by name, of all days or of those in a mask ``(days,)``.

    For those that are sums of a tally, or one over another.
    """
    measure = measure_of(name)
    return float(value_of(measure, _sums(scenario, tally, measure, days), scenario.thresholds_s[0]))


def _sums(scenario: Scenario, tally: Tally, measure: Measure, days: Bools | None) -> Sums:
    """Return the sums of a tally over the days of a mask and the channels of a measure."""
    counted = np.ones(scenario.horizon.days, bool) if days is None else days
    if measure.channels is Channels.NONE:
        return lambda name: np.asarray(getattr(tally, name).sum())
    calls = list(HeadlineChannels.of(scenario).calls)
    channels = calls if measure.channels is Channels.CALLS else slice(None)

    def total(name: str) -> Floats:
        if name == "counted_s":
            return np.asarray(DAY_S * counted.sum())
        table = tally.by_day[name]
        return np.asarray((table if days is None else table[counted])[:, channels].sum())

    return total


def measures_of(scenario: Scenario, tally: Tally) -> dict[str, float]:
    """Return the measures of one replication as a whole, by name; those of money are elsewhere."""
    found, computed = {}, _computed(scenario, tally)
    for name, measure in named(scenario, Scope.RUN):
        if name in computed:
            found[name] = computed[name]
        elif not measure.computed and (scenario.satisfaction or not measure.of_opinions):
            found[name] = share_of(scenario, tally, name)
    return found


def _computed(scenario: Scenario, tally: Tally) -> dict[str, float]:
    """Return the measures that are not one sum over another."""
    headline = HeadlineChannels.of(scenario)
    calls, follow_ups = list(headline.calls), list(headline.follow_ups)
    by_day = [tally.by_day[name][:, calls].sum(axis=1) for name in ("offered", "answered")]
    called = [tally.by_day[name][:, follow_ups].sum() for name in ("answered", "unreached")]
    waits = tally.waits[calls].sum(axis=0)
    return {
        "follow_ups": float(sum(called)),
        "connect_rate_monthly_mean": connect_rate_monthly_mean(*by_day, months=months_of(scenario)),
        "connect_rate_24h_min": connect_rate_24h_min(tally.calls[:, 0], tally.calls[:, 1]),
        "queue_max": float(tally.queue_max),
        **{name: wait_percentile_s(waits, share) for name, share in PERCENTILES.items()},
    }


def channel_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the measures of one replication channel by channel."""
    sums = {name: table.sum(axis=0) for name, table in tally.by_day.items()}
    sums["handled_s"] = tally.handled_s
    sums["counted_s"] = np.full(len(scenario.channels), scenario.horizon.days * DAY_S)
    found: dict[str, dict[str, float]] = {name: {} for name in scenario.channels}
    for name, measure in named(scenario, Scope.CHANNEL):
        if measure.computed:
            values = [wait_percentile_s(waits, PERCENTILES[name]) for waits in tally.waits]
        else:
            values = value_of(measure, sums.__getitem__, scenario.thresholds_s[0]).tolist()
        for channel, value in zip(scenario.channels, values, strict=True):
            found[channel][name] = value
    return found


def department_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the work orders of one replication department by department (承办单位)."""
    names = ("work_orders", "orders_on_time", "orders_s")
    return _by_name(
        tuple(scenario.departments), Scope.DEPARTMENT, dict(zip(names, tally.orders, strict=True))
    )


def team_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the measures of one replication team by team (班组)."""
    sums = {name: getattr(tally, name) for name in ("busy_s", "duty_s", "paid_s")}
    return _by_name(tuple(scenario.teams), Scope.TEAM, sums)


def _by_name(
    names: tuple[str, ...], scope: Scope, sums: dict[str, Floats]
) -> dict[str, dict[str, float]]:
    """Return each one's measures of a scope, from sums of which each has one entry."""
    values = {m.name: value_of(m, sums.__getitem__, 0.0).tolist() for m in of_scope(scope)}
    return {name: {m: found[i] for m, found in values.items()} for i, name in enumerate(names)}


def months_of(scenario: Scenario) -> Ints:
    """Return the number of each counted day's month, ``(days,)``, January of year 1 being 12."""
    start = scenario.horizon.start
    dates = [start + dt.timedelta(days=i) for i in range(scenario.horizon.days)]
    return np.array([12 * date.year + date.month - 1 for date in dates], np.int64)
