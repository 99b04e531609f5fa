"""What a file may say of a team: whom it serves, its roster, its size and its people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from hotline_sim.laws import Table
from hotline_sim.scenario.labels import Words
from hotline_sim.scenario.quantities import Seconds

CLOCK = re.compile(r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")
Clock = Annotated[str, Field(pattern=CLOCK.pattern)]
DAYS = re.compile(
    r"^(workdays|restdays|(mon|tue|wed|thu|fri|sat|sun)([-,](mon|tue|wed|thu|fri|sat|sun))*)$"
)
EVERY_DAY = "mon-sun"
MOST_SEATS = 100_000  # of one shift


class Overflow(Table):
    """A channel a team helps on only after a contact has waited."""

    channel: str
    after_s: Seconds


class Hours(Table):
    """From one time of day to another; past midnight when ``to`` is not after ``from``."""

    from_: Annotated[Clock, Field(alias="from")]
    to: Clock
    days: Annotated[
        str,
        Field(
            pattern=DAYS.pattern,
            description='"mon-fri", "sat,sun", "workdays" or "restdays" (by the calendar)',
        ),
    ] = EVERY_DAY


class Break(Table):
    """Time off within a shift: the seats take it in batches, spread over the window.

    A batch is a group of seats, as equal as they come, that goes together.
    """

    minutes: Annotated[float, Field(gt=0, le=1440, description="of each seat")]
    from_: Annotated[Clock, Field(alias="from", description="the first begins")]
    to: Annotated[Clock, Field(description="the last is over")]
    batches: Annotated[
        int | None,
        Field(ge=1, le=1000, description="groups; absent: as many as fit into the window"),
    ] = None


class Shift(Hours):
    """Seats filled between two times of day."""

    seats: Annotated[
        float, Field(ge=0, le=MOST_SEATS, description="4.5 are 5 on half of the days, else 4")
    ]
    breaks: tuple[Break, ...] = ()


Seats = Annotated[float, Field(ge=0, le=MOST_SEATS)]
Curve = Annotated[
    tuple[Seats, ...],
    Field(min_length=24, max_length=48, description="the seats of each hour or half-hour"),
]


def _form_of_curve(value: Any) -> str:
    """Return how a curve is written, so that a fault is told of that form alone."""
    return "by_days" if isinstance(value, Mapping) else "curve"


AnyCurve = Annotated[
    Annotated[Curve, Tag("curve")]
    | Annotated[
        Mapping[str, Curve],
        Tag("by_days"),
        Field(
            min_length=1,
            description="a curve for the days it is called by",
            json_schema_extra={"propertyNames": {"pattern": DAYS.pattern}},
        ),
    ],
    Discriminator(_form_of_curve),
]


class Team(Table):
    """Agents who serve the same channels under the same employment.

    How many there are is said in seats, in persons or in posts.
    """

    title: Words | None = None
    employment: Annotated[
        Literal["in_house", "outsourced"] | None,
        Field(description="to be given where [employment] states terms"),
    ] = None
    serves: Annotated[tuple[str | Overflow, ...], Field(description="first choice first")]
    seats: Annotated[
        float | None,
        Field(gt=0, le=100_000, description="at the peak of the week; scales the roster to it"),
    ] = None
    persons: Annotated[
        float | None,
        Field(gt=0, le=1_000_000, description="employed; what they fill scales the roster"),
    ] = None
    posts: Annotated[
        float | None,
        Field(gt=0, le=1_000_000, description="in place of persons, persons_per_post to each"),
    ] = None
    persons_per_post: Annotated[float | None, Field(gt=0, le=100)] = None
    roster: Annotated[
        Literal["shifts", "demand"],
        Field(description="as the shifts say, or in proportion to the cases expected"),
    ] = "shifts"
    shifts: tuple[Shift, ...] = ()
    curve: Annotated[
        AnyCurve | None,
        Field(description="in place of shifts; `seats = [...]` is read as `curve = [...]`"),
    ] = None
    breaks: Annotated[
        tuple[Break, ...],
        Field(description="of a curve: whoever is on duty all through the window has one"),
    ] = ()
    open: Annotated[
        Hours | None, Field(description="when a roster by demand has seats; absent: always")
    ] = None
    fewest: Annotated[
        float | None, Field(ge=0, le=100_000, description="seats of a roster by demand while open")
    ] = None
    shrinkage: Annotated[
        float, Field(ge=0, lt=1, description="planned share of the seats' time not on duty")
    ] = 0.0
    absence_share: Annotated[
        float, Field(ge=0, lt=1, description="chance that a seat stays empty on a day, unplanned")
    ] = 0.0
    speed: Annotated[
        float, Field(ge=0.05, le=20, description="multiplies handle times: 1.4 is slower")
    ] = 1.0
    base_satisfaction: Annotated[
        float | None,
        Field(gt=0, lt=1, description="satisfied, when answered at once at the first try"),
    ] = None
