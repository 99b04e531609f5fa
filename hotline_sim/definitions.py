"""The measures, one record each: unit, what it counts, over what, which channels it speaks of.

Lists of measures, their formatting, the choices of files and commands, CSV files and figures
are made from this table; ``hotline_sim.measures`` computes what it says. It lies below
``scenario``, for files name measures: published figures, and clauses of contracts.

Words stand in the catalogue of messages: the name under ``measure``, what is counted under
``counted``, in both languages.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from functools import cache

from hotline_sim.domain import ArgumentError

SERVICE_S = 15.0  # GB/T 33358-2016: answer within 15 s


class Unit(StrEnum):
    """What a measure is counted in."""

    COUNT = "count"
    MEAN = "mean"
    SHARE = "share"
    SECONDS = "seconds"
    HOURS = "hours"
    YUAN = "yuan"


class Channels(Enum):
    """Which channels a measure of the whole hotline speaks of."""

    CALLS = "calls"  # the voice channels, or where there is none all inbound ones
    ALL = "all"
    FOLLOW_UPS = "follow_ups"  # those that closed work orders lead to
    NONE = "none"  # it is about agents or money


class Scope(Enum):
    """What there is one value of."""

    RUN = "run"
    CHANNEL = "channel"
    TEAM = "team"
    DEPARTMENT = "department"
    INTERVAL = "interval"  # a half-hour, hour, day or month of a channel
    STANDARD = "standard"  # only where a run is held against a standard


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure.

    ``numerator`` and ``denominator`` name what is counted; a count or total has no
    denominator. Unless it is ``computed`` by a function of its own, they are sums of a tally,
    and the measure is one over the other. With a ``parameter`` there is one for each value
    of it: ``within_s`` is that of this one, or None for the scenario's first threshold.
    """

    name: str
    unit: Unit
    numerator: str
    denominator: str = ""
    channels: Channels = Channels.CALLS
    scopes: frozenset[Scope] = frozenset({Scope.RUN})
    adds_up: bool = False  # over days: more days bring more
    computed: bool = False
    of_opinions: bool = False  # only where the scenario speaks of satisfaction
    less_is_better: bool = False
    in_headline: bool = True  # of what is shown unasked
    parameter: str = ""
    within_s: float | None = None

    @property
    def spelled(self) -> str:
        """Return the name with the value of its parameter: ``service_level(20)``."""
        return self.name if self.within_s is None else with_threshold(self.name, self.within_s)

    @property
    def is_at_the_first(self) -> bool:
        """Whether it is at whatever the scenario's first threshold is."""
        return bool(self.parameter) and self.within_s is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Return what it cannot be below, and not above."""
        return 0.0, 1.0 if self.unit is Unit.SHARE else math.inf

    def sums(self, first_s: float) -> tuple[str, str]:
        """Return the names of the sums it is made of; *first_s* is the first threshold."""
        within_s = first_s if self.within_s is None else self.within_s
        numerator, denominator = (
            with_threshold(name, within_s) if name in WITHIN else name
            for name in (self.numerator, self.denominator)
        )
        return numerator, denominator


def with_threshold(name: str, within_s: float) -> str:
    """Return the name of a measure or sum at a threshold in seconds."""
    return f"{name}({within_s:.15g})"


# Sums that there are of each threshold.
WITHIN = ("answered_within", "abandoned_within", "answered_within_of_dialling")

_RUN = frozenset({Scope.RUN})
_CHANNEL, _TEAM, _DEPARTMENT, _STANDARD = (
    frozenset({scope}) for scope in (Scope.CHANNEL, Scope.TEAM, Scope.DEPARTMENT, Scope.STANDARD)
)
_BOTH = _RUN | _CHANNEL
_EVERYWHERE = _BOTH | {Scope.INTERVAL}
_ALL, _NO_CHANNEL = Channels.ALL, Channels.NONE


def _count(name: str, scopes: frozenset[Scope], channels: Channels = Channels.CALLS) -> Measure:
    return Measure(name, Unit.COUNT, name, channels=channels, scopes=scopes, adds_up=True)


def _share(
    name: str,
    numerator: str,
    denominator: str,
    channels: Channels = Channels.CALLS,
    scopes: frozenset[Scope] = _RUN,
) -> Measure:
    return Measure(name, Unit.SHARE, numerator, denominator, channels, scopes)


def _time(
    name: str, numerator: str, denominator: str, scopes: frozenset[Scope] = _EVERYWHERE
) -> Measure:
    return Measure(name, Unit.SECONDS, numerator, denominator, scopes=scopes)


def _hours(name: str, numerator: str, scopes: frozenset[Scope]) -> Measure:
    return Measure(name, Unit.HOURS, numerator, channels=_NO_CHANNEL, scopes=scopes, adds_up=True)


def _money(name: str, numerator: str, denominator: str = "") -> Measure:
    adds_up = not denominator
    return Measure(
        name, Unit.YUAN, numerator, denominator, _NO_CHANNEL, adds_up=adds_up, computed=True
    )


def _computed(one: Measure) -> Measure:
    return replace(one, computed=True)


def _within(one: Measure) -> Measure:
    return replace(one, parameter="within_s", scopes=_EVERYWHERE)


def _beside(one: Measure) -> Measure:
    """Return a record that is shown when asked for."""
    return replace(one, in_headline=False)


def _less_is_better(one: Measure) -> Measure:
    return replace(one, less_is_better=True)


def _of_opinions(one: Measure) -> Measure:
    return replace(one, of_opinions=True)


_COUNTS = (
    _count("cases", _RUN, _ALL),
    _count("cases_answered", _RUN, _ALL),
    _count("offered", _EVERYWHERE),
    _count("answered", _EVERYWHERE),
    _count("abandoned", _EVERYWHERE),
    _beside(_count("left_at_once", _EVERYWHERE)),
    _count("blocked", _EVERYWHERE),
    _count("contained", _BOTH),
    _beside(replace(_count("left_in_greeting", _EVERYWHERE), numerator="left")),
    _count("unreached", _CHANNEL, _ALL),
    _count("open", _BOTH, _ALL),
    _count("due_after_end", _RUN, _ALL),
    _count("work_orders", _RUN | _DEPARTMENT, _ALL),
    _computed(_count("follow_ups", _RUN, Channels.FOLLOW_UPS)),
)
_RATES = (
    _share("connect_rate", "answered", "offered", scopes=_EVERYWHERE),
    _computed(_share("connect_rate_monthly_mean", "rates_of_months", "months")),
    _computed(_share("connect_rate_24h_min", "answered_in_24h", "offered_in_24h")),
    _share("case_connect_rate", "cases_answered", "cases", _ALL),
    _share("first_try_connect_rate", "first_tries_answered", "cases", _ALL),
    _less_is_better(_share("abandonment_rate", "abandoned", "offered", scopes=_BOTH)),
    _less_is_better(_share("redial_share", "redials", "offered", scopes=_BOTH)),
    _within(_share("service_level", "answered_within", "offered")),
    _within(_share("service_level_answered", "answered_within", "answered")),
    _beside(_within(_share("service_level_dialled", "answered_within_of_dialling", "offered"))),
    _beside(_less_is_better(_within(_share("abandoned_within", "abandoned_within", "offered")))),
    _beside(_less_is_better(_share("waiting_share", "waited", "offered", scopes=_EVERYWHERE))),
    _share("within_deadline_rate", "in_time", "due", _ALL, _BOTH),
    _computed(
        _share("media_within_3_min", "media_answered_in_time", "media_offered", _ALL, _STANDARD)
    ),
    _computed(_share("mail_within_24_h", "mail_answered_in_time", "mail_offered", _ALL, _STANDARD)),
    _share("on_time_rate", "orders_on_time", "work_orders", _ALL, _RUN | _DEPARTMENT),
    _share("occupancy", "busy_s", "duty_s", _NO_CHANNEL, _RUN | _TEAM),
    _share("utilisation", "busy_s", "paid_s", _NO_CHANNEL, _RUN | _TEAM),
    _of_opinions(_share("participation_rate", "ratings", "asked")),
    _of_opinions(_share("satisfaction_rate", "satisfied_ratings", "ratings")),
    _of_opinions(_share("satisfaction_of_answered", "satisfied", "asked")),
    _of_opinions(_share("satisfaction_of_cases", "cases_satisfied", "cases", _ALL)),
)
_TIMES = (
    _time("asa_s", "wait_s", "answered"),
    _computed(_time("wait_p50_s", "waits_in_order", "answered", _BOTH)),
    _computed(_time("wait_p90_s", "waits_in_order", "answered", _BOTH)),
    _computed(_time("wait_p99_s", "waits_in_order", "answered", _BOTH)),
    _beside(_time("wait_of_all_s", "waited_s", "offered")),
    _beside(_time("wait_of_waiting_s", "waited_s", "waited")),
    _beside(_time("wait_of_abandoned_s", "abandoned_wait_s", "abandoned_after_waiting")),
    replace(_time("order_mean_s", "orders_s", "work_orders", _DEPARTMENT), channels=_ALL),
)
_QUEUE = (
    _beside(Measure("queue_mean", Unit.MEAN, "queue_s", "counted_s", scopes=_EVERYWHERE)),
    _beside(_computed(Measure("queue_max", Unit.COUNT, "queue_max"))),
)
_HOURS = (
    _hours("duty_hours", "duty_s", _TEAM),
    _hours("busy_hours", "busy_s", _TEAM),
    _hours("paid_hours", "paid_s", _TEAM),
    _hours("handled_hours", "handled_s", _CHANNEL),
)
_MONEYS = (
    _money("cost_cny", "cost"),
    _money("cost_per_answered_cny", "cost", "answered"),
    _money("kpi_deduction_cny", "deduction"),
    _computed(_share("answering_cost_share", "answering_cost", "cost", _NO_CHANNEL)),
)

# In the order in which they are shown.
MEASURES = {one.name: one for one in (*_COUNTS, *_RATES, *_TIMES, *_QUEUE, *_HOURS, *_MONEYS)}


def of_scope(scope: Scope) -> tuple[Measure, ...]:
    """Return the measures that there is one value of for each run, channel, team and so on."""
    return tuple(one for one in MEASURES.values() if scope in one.scopes)


# What a published figure, a target or a precision may name, without the value of a parameter.
PUBLISHABLE = tuple(one.name for one in of_scope(Scope.RUN))
# What a clause of a contract may name: rates that are one sum by day over another.
CLAUSES = tuple(
    one.name
    for one in of_scope(Scope.RUN)
    if one.unit is Unit.SHARE and not one.computed and one.channels is not Channels.NONE
)
_PARAMETRISED = tuple(name for name, one in MEASURES.items() if one.parameter)
_THRESHOLD = r"\((?P<within_s>\d{1,9}(\.\d{1,6})?)\)"
_FORM = re.compile(rf"(?P<name>[a-z0-9_]+)({_THRESHOLD})?")


def pattern_of(names: tuple[str, ...]) -> str:
    """Return a regular expression of measures' names, with a threshold where there may be one."""
    within = "|".join(name for name in names if name in _PARAMETRISED)
    threshold = _THRESHOLD.replace("?P<within_s>", "")
    return rf"^({'|'.join(names)}|({within}){threshold})$"


@cache
def measure_of(written: str) -> Measure:
    """Return the measure of a name: ``connect_rate``, ``service_level(20)``.

    Raises
    ------
    ValueError
        If there is none of that name, or it has no such parameter.
    """
    match = _FORM.fullmatch(written.replace(" ", ""))
    found = MEASURES.get(match["name"]) if match else None
    if match is None or found is None or (match["within_s"] and not found.parameter):
        raise ArgumentError(f"{written} is no measure")
    within_s = match["within_s"]
    return replace(found, within_s=float(within_s)) if within_s else found


def is_one_of(written: object, names: tuple[str, ...]) -> bool:
    """Tell whether a name, with or without a threshold, is that of one of some measures."""
    try:
        return isinstance(written, str) and measure_of(written).name in names
    except ArgumentError:
        return False


def spelled_for(written: str, first_s: float) -> str:
    """Return a measure's name as results have it: the first threshold is not spelled out."""
    measure = measure_of(written)
    return measure.name if measure.within_s == first_s else measure.spelled
