"""What a scenario file may say: the tables and keys, their types and limits.

The classes are the file format: ``hotline-sim schema`` prints them as JSON Schema, their
docstrings and descriptions included. Checks that need more than one key are in ``checks``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, SkipValidation
from pydantic.json_schema import SkipJsonSchema

from hotline_sim.definitions import PUBLISHABLE, SERVICE_S, measure_of, pattern_of
from hotline_sim.domain import Provenance
from hotline_sim.laws import Law, Patience, Table
from hotline_sim.scenario.labels import Label as Label
from hotline_sim.scenario.labels import Words
from hotline_sim.scenario.quantities import (
    Coefficient,
    Factor,
    KnownRate,
    Seconds,
    Share,
    Volume,
)
from hotline_sim.scenario.rows import ROW_NAME
from hotline_sim.scenario.service import Service
from hotline_sim.scenario.shift_rules import Helper as Helper
from hotline_sim.scenario.shift_rules import ShiftBreak as ShiftBreak
from hotline_sim.scenario.shift_rules import ShiftRules as ShiftRules
from hotline_sim.scenario.teams import CLOCK as CLOCK
from hotline_sim.scenario.teams import DAYS as DAYS
from hotline_sim.scenario.teams import EVERY_DAY as EVERY_DAY
from hotline_sim.scenario.teams import MOST_SEATS as MOST_SEATS
from hotline_sim.scenario.teams import Break as Break
from hotline_sim.scenario.teams import Hours as Hours
from hotline_sim.scenario.teams import Overflow as Overflow
from hotline_sim.scenario.teams import Shift as Shift
from hotline_sim.scenario.teams import Team as Team
from hotline_sim.scenario.terms import AnyTerms as AnyTerms
from hotline_sim.scenario.terms import Employment
from hotline_sim.scenario.terms import InHouse as InHouse
from hotline_sim.scenario.terms import Kpi as Kpi
from hotline_sim.scenario.terms import Outsourced as Outsourced
from hotline_sim.scenario.terms import Terms as Terms

ANY_MONDAY = dt.date(2024, 1, 1)  # where no date matters
Weights = Annotated[tuple[Factor, ...], Field(min_length=24, max_length=48)]


class Horizon(Table):
    """The days that are simulated and counted."""

    start: Annotated[
        dt.date, Field(description="first counted day; to be given where a date matters")
    ] = ANY_MONDAY
    days: Annotated[int, Field(ge=1, le=36_600, description="counted days")]
    warm_up_days: Annotated[
        int, Field(ge=0, le=3660, description="days before `start`: simulated, not counted")
    ] = 0
    published_days: Annotated[
        int | None,
        Field(ge=1, le=36_600, description="that published figures are of; absent: `days`"),
    ] = None


class Surge(Table):
    """Dated days on which more, or fewer, people call."""

    from_: Annotated[dt.date, Field(alias="from")]
    to: Annotated[dt.date, Field(description="last day of it")]
    factor: Factor
    channels: Annotated[
        tuple[str, ...] | None, Field(min_length=1, description="absent: every channel")
    ] = None


class Busyness(Table):
    """How far days and half-hours stray from what was expected, at random."""

    day_cv: Annotated[float, Field(ge=0, le=3)] = 0.0
    day_correlation: Annotated[float, Field(ge=-1, le=1, description="with the day before")] = 0.0
    half_hour_cv: Annotated[float, Field(ge=0, le=3)] = 0.0
    half_hour_correlation: Annotated[float, Field(ge=-1, le=1)] = 0.0


class Demand(Table):
    """The shape of the year, the week and the day, common to all channels."""

    hour_weights: Annotated[
        Weights | None, Field(description="24 or 48 weights of the day; absent: flat")
    ] = None
    weekday_factors: Annotated[
        tuple[Factor, ...], Field(min_length=7, max_length=7, description="Monday first")
    ] = (1.0,) * 7
    month_factors: Annotated[
        tuple[Factor, ...], Field(min_length=12, max_length=12, description="January first")
    ] = (1.0,) * 12
    calendar: Annotated[
        Literal["china", "none"],
        Field(description="official holidays and make-up workdays (2004 to 2026), or none"),
    ] = "none"
    holidays: Annotated[tuple[dt.date, ...], Field(description="further holidays")] = ()
    make_up_workdays: Annotated[
        tuple[dt.date, ...], Field(description="further weekend days that are worked")
    ] = ()
    holiday_factor: Annotated[
        Factor, Field(description="in place of the weekday's factor on a holiday")
    ] = 1.0
    surges: tuple[Surge, ...] = ()
    busyness: Busyness = Busyness()
    max_contacts: Annotated[
        int, Field(ge=1, le=100, description="the largest number of contacts of a case")
    ] = 20


class Next(Table):
    """One row of the transition table: what may follow a contact that ended so.

    ``probability`` holds for every try, ``by_try`` lists one for the first contact of the
    case, the second, … (the last holds from there on). With ``department`` the row opens a
    work order: the delay is the department's, and the contact that follows is the
    follow-up call. Without ``to`` no contact follows. A row without a name is called by what
    it leads from and to: ``abandoned-phone``.
    """

    name: Annotated[
        str,
        Field(
            max_length=100,
            description="by which another file or --set changes the row",
            json_schema_extra={"pattern": ROW_NAME.pattern},  # the loader tells more than pydantic
        ),
    ] = ""
    after: Literal["answered", "abandoned", "blocked", "contained", "unreached", "left"]
    to: str | None = None
    probability: Share | None = None
    by_try: Annotated[tuple[Share, ...] | None, Field(min_length=1, max_length=100)] = None
    delay: Law | None = None
    department: str | None = None
    entry: Annotated[Law | None, Field(description="writing the order: added to the wrap-up")] = (
        None
    )


class Department(Table):
    """Who settles work orders, and how fast."""

    title: Words | None = None
    delay: Annotated[Law, Field(description="from the order to its closing")]
    deadline_s: Annotated[float, Field(gt=0, le=1e9)]
    urging: Annotated[
        str | None, Field(description="channel on which a late order is chased at its deadline")
    ] = None


class Channel(Table):
    """What every channel (渠道) may say."""

    title: Words | None = None
    talk: Law
    wrap_up: Law | None = None
    promote_after_s: Annotated[
        Seconds | None, Field(description="a wait past which it goes before other channels")
    ] = None
    next: tuple[Next, ...] = ()


Answered = Annotated[
    Volume | None, Field(description="answered contacts, redials and the like among them")
]
Offered = Annotated[
    Volume | None, Field(description="contacts that asked for a human, answered or not")
]
ConnectRate = Annotated[
    KnownRate | None,
    Field(description="by which cases are found from an answered or offered volume"),
]


class Inbound(Channel):
    """A channel on which cases begin.

    How many is given by one of the volumes: the cases themselves, or the contacts that were
    answered or asked for a human, from which the loader finds them (see ``volumes``).
    """

    cases_per_year: Volume | None = None
    cases_per_day: Volume | None = None
    cases_per_hour: Volume | None = None
    answered_per_year: Answered = None
    answered_per_day: Answered = None
    answered_per_hour: Answered = None
    offered_per_year: Offered = None
    offered_per_day: Offered = None
    offered_per_hour: Offered = None
    people_per_day: SkipJsonSchema[float | None] = None  # as found by the loader, in no file
    hour_weights: Annotated[Weights | None, Field(description="in place of those of [demand]")] = (
        None
    )
    self_service_share: Annotated[
        Share, Field(description="served by the menu or bot, never asking for a human")
    ] = 0.0
    greeting: Annotated[
        Law | None,
        Field(description="ringing, menu, announcement (bot, form), before asking for a human"),
    ] = None
    leaves_in_greeting_share: Annotated[
        Share, Field(description="hang up in the greeting, never asking for a human")
    ] = 0.0


class Voice(Inbound):
    """A telephone channel: contacts wait on the line."""

    kind: Literal["voice"]
    patience: Patience
    connect_rate: ConnectRate = None
    lines: Annotated[int | None, Field(ge=0, le=1_000_000)] = None
    leaves_at_once_share: Annotated[
        Share, Field(description="hang up when they hear of a queue")
    ] = 0.0


class Chat(Inbound):
    """A chat channel: contacts wait, an agent holds several."""

    kind: Literal["chat"]
    patience: Patience
    connect_rate: ConnectRate = None
    concurrency: Annotated[int, Field(ge=1, le=20)]
    slowdown: Annotated[
        float, Field(ge=0, le=5, description="share by which each further chat prolongs one")
    ] = 0.0
    leaves_at_once_share: Share = 0.0
    silent_share: Annotated[
        Share, Field(description="of those who leave: without a word, so an agent finds out")
    ] = 0.0
    silent_handle_s: Seconds = 0.0


class Message(Inbound):
    """Messages and mail: they wait without leaving."""

    kind: Literal["message"]
    deadline_s: Annotated[float | None, Field(gt=0, le=1e9)] = None


class Outbound(Channel):
    """Calls the centre makes: follow-ups, callbacks, urging."""

    kind: Literal["outbound"]
    reach_probability: Share
    unreached_handle_s: Seconds


AnyChannel = Annotated[Voice | Chat | Message | Outbound, Field(discriminator="kind")]


class Satisfaction(Table):
    """What moves satisfaction (in log-odds), and who answers when asked."""

    per_minute_waited: Coefficient
    per_failed_contact: Coefficient
    settled_at_once: Coefficient
    order_late: Coefficient
    participation: Annotated[Share, Field(description="of the satisfied, who give a rating")]
    response_ratio: Annotated[
        float,
        Field(ge=0, le=1000, description="participation of the dissatisfied / of the satisfied"),
    ] = 1.0


class Contents(Table):
    """A scenario: one city (or one classroom) in one period."""

    format: Annotated[int, Field(ge=1, le=1, description="of the file: so far there is one")]
    title: Words
    unknown: Annotated[
        Words | None, Field(description="what nobody knows of this city; opens its summary")
    ] = None
    horizon: Horizon
    demand: Demand = Demand()
    channels: Annotated[Mapping[str, AnyChannel], Field(min_length=1, max_length=100)]
    departments: Mapping[str, Department] = {}
    teams: Annotated[Mapping[str, Team], Field(min_length=1, max_length=1000)]
    service: Service = Service()
    satisfaction: Satisfaction | None = None
    employment: Employment = Employment()
    rules: ShiftRules = ShiftRules()
    published: Annotated[
        Mapping[str, float],
        Field(
            description="measures the run is held against",
            json_schema_extra={"propertyNames": {"pattern": pattern_of(PUBLISHABLE)}},
        ),
    ] = {}
    printed: Annotated[
        Mapping[str, float],
        Field(description="other printed figures; reports hold them against the published ones"),
    ] = {}


_TITLES: Any = {"__all__": {"title"}}
_WORDS: Any = {
    **dict.fromkeys(("name", "title", "unknown", "provenance", "checked", "own_sources"), True),
    "horizon": {"published_days"},
    "channels": {"__all__": {"title": True, "next": {"__all__": {"name"}}}},
    "departments": _TITLES,
    "teams": _TITLES,
}


class Scenario(Contents):
    """A scenario ready to run, with its name and where each of its numbers comes from.

    ``provenance`` maps ``"channels.phone.lines"`` and the like to the number's origin; the
    model never looks at it, every report does. ``checked`` tells of a shipped scenario whether
    a test has worked out its published and derived numbers from the sources; it is None of any
    other, for which its writer answers. ``own_sources`` are those that do not ship with the
    package.
    """

    name: str
    provenance: SkipValidation[Mapping[str, Provenance]]
    own_sources: SkipValidation[Mapping[str, Any]]
    checked: bool | None = None

    @property
    def has_its_days(self) -> bool:
        """Whether it is about the days that its published figures are about."""
        return self.horizon.published_days in {None, self.horizon.days}

    @property
    def thresholds_s(self) -> tuple[float, ...]:
        """The waits that service levels are counted at, those of ``[service]`` first.

        Behind them come those that clauses of the contract and published figures name, and
        that of GB/T 33358.
        """
        own = self.service.within_s
        contract = self.employment.outsourced
        clauses = (kpi.measure for kpi in contract.kpi) if contract else ()
        named = (measure_of(name).within_s for name in (*clauses, *self.published))
        all_s = (*(own if isinstance(own, tuple) else (own,)), *named)
        return tuple(dict.fromkeys(one for one in (*all_s, SERVICE_S) if one is not None))

    @property
    def stamped_name(self) -> str:
        """The name, marked if the scenario is shipped and its numbers are not checked."""
        return f"{self.name} (unchecked)" if self.checked is False else self.name

    @property
    def total_days(self) -> int:
        """Days simulated: the warm-up and the counted ones."""
        return self.horizon.warm_up_days + self.horizon.days

    @property
    def first_day(self) -> dt.date:
        """Return the date of day 0, the first day of the warm-up if there is one."""
        return self.horizon.start - dt.timedelta(days=self.horizon.warm_up_days)

    def with_values(self, values: Mapping[str, Any]) -> Scenario:
        """Return a copy with other values: ``{"channels.phone.lines": 90}`` and the like.

        A value is what a file may say in that place: a number, text, a list, a table, or a
        number's table with its origin; None takes the key away. Rows of transitions are named
        (``channels.phone.next.redial.probability``), entries of lists counted from 0. A number
        that is set has neither source nor range unless it brings them, and its origin says
        that the user set it.

        Raises
        ------
        ScenarioError
            Telling all faults of the values at once, by the rules for files.
        """
        from hotline_sim.scenario import changes  # which makes scenarios
        from hotline_sim.scenario.values import beside

        asked = [changes.Change(key, value, key) for key, value in values.items()]
        return beside(changes.changed(self, asked, place="with_values"), self)

    def to_toml(self) -> str:
        """Return the scenario as a file, every number with its origin; it extends no other.

        Loaded from a file of the scenario's name it is an equal one, but for ``checked``.
        """
        from hotline_sim.scenario import writing  # which makes scenarios

        return writing.toml_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as plain values: the file's tables, its name, and ``checked``.

        Dates are text, so that it can be written as JSON.
        """
        from hotline_sim.scenario import writing

        return writing.dict_of(self)

    @staticmethod
    def from_dict(tables: Mapping[str, Any]) -> Scenario:
        """Return the scenario of a dict such as :meth:`to_dict` returns.

        Raises
        ------
        ScenarioError
            Telling all faults at once, by the rules for files.
        """
        from hotline_sim.scenario import writing

        return writing.scenario_from(tables)

    def digest(self) -> str:
        """Return a fingerprint of everything the results depend on (hexadecimal).

        Words do not enter it: names and titles, origins, notes; nor do the days that published
        figures are of, nor rules for shifts that are not written.
        """
        left_out = _WORDS if self.rules != ShiftRules() else {**_WORDS, "rules": True}
        plain = self.model_dump(mode="json", by_alias=True, exclude=left_out)
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()

    def simulated_digest(self) -> str:
        """Return a fingerprint of what a replication depends on (hexadecimal).

        As :meth:`digest`, and without the printed figures that a run is held against and the
        rules that a plan of shifts keeps. Channels and teams count in their order, for it says
        who is served first.
        """
        left_out = {**_WORDS, "published": True, "printed": True, "rules": True}
        plain = self.model_dump(mode="json", by_alias=True, exclude=left_out)
        return hashlib.sha256(json.dumps(plain).encode()).hexdigest()
