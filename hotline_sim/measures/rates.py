"""The measures (DESIGN's list), each defined once, with its denominator.

A rate whose denominator is zero is nan: nothing was offered, so nothing can be said.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOURS, Bools, Floats, Ints
from hotline_sim.measures.headline import HeadlineChannels
from hotline_sim.measures.tally import BINS_PER_DOUBLING, Tally

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario

_PERCENTILES = {"wait_p50_s": 0.5, "wait_p90_s": 0.9, "wait_p99_s": 0.99}

# Rates that are one sum of a tally over another: the two, and whether of
# ``HeadlineChannels.calls`` alone.
_SHARES = {
    "connect_rate": ("answered", "offered", True),
    "case_connect_rate": ("cases_answered", "cases", False),
    "first_try_connect_rate": ("first_tries_answered", "cases", False),
    "abandonment_rate": ("abandoned", "offered", True),
    "redial_share": ("redials", "offered", True),
    "service_level": ("within_service_s", "offered", True),
    "service_level_answered": ("within_service_s", "answered", True),
    "within_deadline_rate": ("in_time", "due", False),
    "on_time_rate": ("orders_on_time", "work_orders", False),
}
_SHARES_OF_OPINIONS = {
    "participation_rate": ("ratings", "asked", True),
    "satisfaction_rate": ("satisfied_ratings", "ratings", True),
    "satisfaction_of_answered": ("satisfied", "asked", True),
    "satisfaction_of_cases": ("cases_satisfied", "cases", False),
}


def ratio(part: float, whole: float) -> float:
    """Return part / whole; nan where the whole is zero."""
    return float(part / whole) if whole > 0 else float("nan")


def connect_rate(offered: Floats, answered: Floats) -> float:
    """Return answered / offered (人工接通率), hang-ups, busy lines and open contacts included."""
    return ratio(float(np.sum(answered)), float(np.sum(offered)))


def connect_rate_monthly_mean(offered: Floats, answered: Floats, *, months: Ints) -> float:
    """Return the mean of the months' connect rates (月均人工接通率); empty months left out.

    All arrays are ``(days,)``; *months* numbers each day's month.
    """
    rates = [connect_rate(offered[months == m], answered[months == m]) for m in np.unique(months)]
    known = [rate for rate in rates if not np.isnan(rate)]
    return float(np.mean(known)) if known else float("nan")


def connect_rate_24h_min(offered: Floats, answered: Floats) -> float:
    """Return the worst connect rate of any continuous 24 h (GB/T 33358-2016).

    The 24 h begin on any half-hour; both arrays count contacts by half-hour, ``(days * 48,)``.
    """
    if len(offered) < HALF_HOURS:
        return float("nan")
    window = np.ones(HALF_HOURS)
    asked = np.convolve(offered, window, "valid")
    got = np.convolve(answered, window, "valid")
    full = asked > 0.5  # counts, added up in floating point
    return float(np.min(got[full] / asked[full])) if full.any() else float("nan")


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
    """Return a rate of one replication by name, of all days or of those in a mask ``(days,)``.

    The rates that are a ratio of counts: connect rate, service level, messages in time, share
    rated, satisfaction and the like.
    """
    part, whole, of_calls = (_SHARES | _SHARES_OF_OPINIONS)[name]
    channels = list(HeadlineChannels.of(scenario).calls) if of_calls else slice(None)
    counted = slice(None) if days is None else days
    sums = [float(tally.by_day[field][counted][:, channels].sum()) for field in (part, whole)]
    return ratio(sums[0], sums[1])


def measures_of(scenario: Scenario, tally: Tally) -> dict[str, float]:
    """Return the headline measures of one replication, by name."""
    headline = HeadlineChannels.of(scenario)
    calls, sums = list(headline.calls), tally.by_day

    def total(name: str, channels: list[int] | None = None) -> float:
        table = sums[name]
        return float(table.sum() if channels is None else table[:, channels].sum())

    offered, answered = total("offered", calls), total("answered", calls)
    months = months_of(scenario)
    by_day = [sums[name][:, calls].sum(axis=1) for name in ("offered", "answered")]
    follow_ups = list(headline.follow_ups)
    found = {
        "cases": total("cases"),
        "offered": offered,
        "answered": answered,
        "abandoned": total("abandoned", calls),
        "blocked": total("blocked", calls),
        "contained": total("contained", calls),
        "open": total("open"),
        "work_orders": total("work_orders"),
        "follow_ups": total("answered", follow_ups) + total("unreached", follow_ups),
        "connect_rate_monthly_mean": connect_rate_monthly_mean(*by_day, months=months),
        "connect_rate_24h_min": connect_rate_24h_min(tally.calls[:, 0], tally.calls[:, 1]),
        **{name: share_of(scenario, tally, name) for name in _SHARES},
        "occupancy": ratio(float(tally.busy_s.sum()), float(tally.duty_s.sum())),
        "utilisation": ratio(float(tally.busy_s.sum()), float(tally.paid_s.sum())),
        "asa_s": ratio(total("wait_s", calls), answered),
    }
    waits = tally.waits[calls].sum(axis=0)
    found |= {name: wait_percentile_s(waits, share) for name, share in _PERCENTILES.items()}
    if scenario.satisfaction is not None:
        found |= {name: share_of(scenario, tally, name) for name in _SHARES_OF_OPINIONS}
    return found


def channel_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the measures of one replication channel by channel."""
    found = {}
    for i, name in enumerate(scenario.channels):
        sums = {field: float(table[:, i].sum()) for field, table in tally.by_day.items()}
        counts = ("offered", "answered", "abandoned", "blocked", "contained", "unreached", "open")
        found[name] = {field: sums[field] for field in counts} | {
            "connect_rate": ratio(sums["answered"], sums["offered"]),
            "abandonment_rate": ratio(sums["abandoned"], sums["offered"]),
            "redial_share": ratio(sums["redials"], sums["offered"]),
            "service_level": ratio(sums["within_service_s"], sums["offered"]),
            "within_deadline_rate": ratio(sums["in_time"], sums["due"]),
            "asa_s": ratio(sums["wait_s"], sums["answered"]),
            **{key: wait_percentile_s(tally.waits[i], p) for key, p in _PERCENTILES.items()},
            "handled_hours": float(tally.handled_s[i]) / 3600.0,
        }
    return found


def department_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the work orders of one replication department by department (承办单位)."""
    return {
        name: {
            "work_orders": orders,
            "on_time_rate": ratio(on_time, orders),
            "order_mean_s": ratio(taken_s, orders),
        }
        for name, (orders, on_time, taken_s) in zip(
            scenario.departments, tally.orders.T.tolist(), strict=True
        )
    }


def team_measures(scenario: Scenario, tally: Tally) -> dict[str, dict[str, float]]:
    """Return the measures of one replication team by team (班组)."""
    return {
        name: {
            "duty_hours": float(tally.duty_s[i]) / 3600.0,
            "busy_hours": float(tally.busy_s[i]) / 3600.0,
            "paid_hours": float(tally.paid_s[i]) / 3600.0,
            "occupancy": ratio(tally.busy_s[i], tally.duty_s[i]),
            "utilisation": ratio(tally.busy_s[i], tally.paid_s[i]),
        }
        for i, name in enumerate(scenario.teams)
    }


def months_of(scenario: Scenario) -> Ints:
    """Return the number of each counted day's month, ``(days,)``, January of year 1 being 12."""
    start = scenario.horizon.start
    dates = [start + dt.timedelta(days=i) for i in range(scenario.horizon.days)]
    return np.array([12 * date.year + date.month - 1 for date in dates], np.int64)
