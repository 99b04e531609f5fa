"""What is asked of a plan of shifts, and what it is: cuts, duties, tours, the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from typing_extensions import override

from hotline_sim.domain import HALF_HOURS, Floats, Ints
from hotline_sim.experiments.staff.tours import PER_HOUR
from hotline_sim.messages import Lang, RefusalError, text
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.scenario import Scenario

Objective = Literal["paid_hours", "persons"]
Status = Literal["optimal", "gap", "time_limit"]
OBJECTIVES: tuple[Objective, ...] = ("paid_hours", "persons")


@dataclass(frozen=True)
class When:
    """A half-hour of the week, to be told in either language."""

    day: int  # Monday 0
    half_hour: int

    @classmethod
    def of_slot(cls, slot: int) -> When:
        """Return the half-hour of a number, 0 to 335, counted from Monday 00:00."""
        return cls(*divmod(slot, HALF_HOURS))

    def text(self, lang: Lang) -> str:
        """Return weekday and time of day."""
        return f"{text(f'weekday.{WEEKDAYS[self.day]}', lang)} {clock_of(self.half_hour)}"


def clock_of(half_hour: int) -> str:
    """Return a half-hour of the day as a time of day; past midnight it begins again."""
    hours, half = divmod(half_hour % HALF_HOURS, PER_HOUR)
    return f"{hours:02d}:{'30' if half else '00'}"


def hours_of(start: int, length: int) -> str:
    """Return from when to when a stretch of half-hours lasts: 22:00-06:00."""
    return f"{clock_of(start)}-{clock_of(start + length)}"


class StaffError(RefusalError):
    """A need, a table of volumes or rules of which no roster can be made."""

    @override
    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language, times of the week in its words."""
        values = {
            name: value.text(lang) if isinstance(value, When) else value
            for name, value in self.values.items()
        }
        return text(self.sentence, lang, **values)


@dataclass(frozen=True, eq=False)
class Cut:
    """What a roster must fill besides the need: ``sum(weights * coverage) >= at_least``."""

    weights: Floats  # (7, 48)
    at_least: float


@dataclass(frozen=True)
class Duty:
    """Some agents who have the same shift, and the same breaks, on some days of the week.

    Times are half-hours. ``breaks`` are pairs: how long after the shift's beginning a break
    begins, and how long it is.
    """

    agents: int
    days: tuple[int, ...]
    start: int
    length: int
    breaks: tuple[tuple[int, int], ...]

    @property
    def break_hours(self) -> tuple[str, ...]:
        """Return from when to when each break lasts."""
        return tuple(hours_of(self.start + at, length) for at, length in self.breaks)


@dataclass(frozen=True)
class Tour:
    """The week of some persons: the half-hour at which each day's shift begins, None: a day off.

    ``length`` is that of every shift, in half-hours.
    """

    persons: int
    starts: tuple[int | None, ...]  # (7,), Monday first
    length: int
    part_time: bool

    @property
    def paid_hours(self) -> float:
        """Return the hours of one person's week."""
        return self.length / PER_HOUR * sum(start is not None for start in self.starts)


@dataclass(frozen=True, eq=False)
class Plan:
    """A roster for every week: whom it takes, whom it has on the floor, and how good it is.

    Attributes
    ----------
    coverage : array of int64, ``(7, 48)``
        Agents on the floor by weekday, Monday first, and half-hour; breaks are taken out.
    on_shift : array of int64, ``(7, 48)``
        Agents on shift, those who have a break among them.
    duties : tuple of Duty
        The shifts day by day, breaks with them.
    tours : tuple of Tour
        The persons' weeks.
    objective, cost, bound
        What was to be least, what it is, and what no roster under these rules can be less than.
    seconds : float
        That the solver took.
    status : str
        ``optimal`` (the bound is reached), ``gap`` (as near as was asked) or ``time_limit``.
    """

    coverage: Ints
    on_shift: Ints
    duties: tuple[Duty, ...]
    tours: tuple[Tour, ...]
    objective: Objective
    cost: float
    bound: float
    seconds: float
    status: Status

    @property
    def persons(self) -> int:
        """Return how many persons the week takes, nobody being away."""
        return sum(tour.persons for tour in self.tours)

    @property
    def paid_hours(self) -> float:
        """Return the hours on shift of a week, breaks included."""
        return sum(tour.persons * tour.paid_hours for tour in self.tours)

    @property
    def gap(self) -> float:
        """Return by which share of its cost the roster may be dearer than the cheapest."""
        return max(0.0, self.cost - self.bound) / self.cost if self.cost > 0.0 else 0.0

    def values(
        self, scenario: Scenario, team: str, *, emptied: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Return the changes that give a team this roster; see `rostering.roster_values`."""
        from hotline_sim.experiments.staff import rostering  # which reads plans

        return rostering.roster_values(self, scenario, team, emptied=emptied)
