"""What a plan of shifts may do: the table ``[rules]``, read by ``staff`` and by nothing else.

Every default is assumed, as common practice of centres whose agents work forty hours a week;
``docs/staff.md`` says why each is what it is.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from hotline_sim.laws import Table
from hotline_sim.scenario.quantities import Share
from hotline_sim.scenario.teams import Clock

LONGEST_SHIFT_HOURS = 16.0
_Hours = Annotated[float, Field(gt=0, le=LONGEST_SHIFT_HOURS)]
_Lengths = tuple[_Hours, ...]


class ShiftBreak(Table):
    """Time off within a shift, somewhere between two hours after its beginning."""

    minutes: Annotated[float, Field(gt=0, le=480, description="whole half-hours")]
    from_hours: Annotated[
        float, Field(ge=0, lt=16, description="into the shift: the first may begin")
    ]
    to_hours: Annotated[float, Field(gt=0, le=16, description="into the shift: the last is over")]
    over_hours: Annotated[
        float, Field(ge=0, le=16, description="shifts that are not longer have no such break")
    ] = 0.0


MEAL = ShiftBreak(minutes=30, from_hours=3, to_hours=5, over_hours=6)


class Helper(Table):
    """Another team, whose roster stays: of its agents on the floor a share is counted on."""

    team: str
    share: Annotated[float, Field(gt=0, le=1)] = 1.0


class ShiftRules(Table):
    """The shifts that a plan may choose from, and what it must leave to the people."""

    starts: Annotated[
        tuple[Clock, ...] | None,
        Field(max_length=48, description="of shifts; absent: every full hour"),
    ] = None
    shift_hours: Annotated[
        _Lengths,
        Field(max_length=10, description="lengths, breaks within them included"),
    ] = (8.0,)
    breaks: Annotated[tuple[ShiftBreak, ...], Field(max_length=4)] = (MEAL,)
    break_batches: Annotated[
        int | None,
        Field(ge=1, le=8, description="a shift goes off in so many groups; absent: one by one"),
    ] = None
    most_off_share: Annotated[
        float | None,
        Field(gt=0, le=1, description="of those on shift, who may be off at once; rounded up"),
    ] = None
    days_off_per_week: Annotated[int, Field(ge=0, le=6)] = 2
    days_off_together: Annotated[bool, Field(description="one after the other")] = True
    most_hours_per_week: Annotated[
        float, Field(gt=0, le=112, description="of work, breaks not counted")
    ] = 40.0
    rest_hours: Annotated[
        float, Field(ge=0, le=24, description="from the end of a shift to the next beginning")
    ] = 11.0
    start_varies_hours: Annotated[
        float, Field(ge=0, le=23, description="how far apart one person's starts in a week may be")
    ] = 0.0
    night_from: Clock = "00:00"
    night_to: Clock = "05:00"
    most_nights_per_week: Annotated[
        int, Field(ge=0, le=7, description="shifts of a person that reach into the night; 0: none")
    ] = 5
    part_time_hours: Annotated[
        _Lengths, Field(max_length=10, description="lengths of part-time shifts")
    ] = (4.0,)
    part_time_share: Annotated[
        Share, Field(description="of all persons, who at most work part-time shifts")
    ] = 0.0
    helpers: Annotated[
        tuple[Helper, ...], Field(description="who takes part of the planned team's need")
    ] = ()
    fewest: Annotated[
        int, Field(ge=0, le=1000, description="agents on the floor whenever anybody is needed")
    ] = 1
    most_seats: Annotated[
        int | None,
        Field(ge=1, le=100_000, description="places to sit: on shift at once; absent: enough"),
    ] = None
