"""Which days are worked in China, and which months and weekdays a horizon has."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Demand, Scenario

FIRST_YEAR, LAST_YEAR = 2004, 2026  # what chinesecalendar 1.11 knows
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_CALENDAR = ("workdays", "restdays")  # the rest of what ``days`` may say goes by weekday
_SATURDAY = 5


class DayType(Enum):
    """What a date is for demand and for shifts."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # a weekend day worked in exchange for a holiday (调休)


def day_type(date: dt.date, demand: Demand) -> DayType:
    """Return the type of a date; dates listed in the scenario go before the calendar."""
    if date in demand.holidays:
        return DayType.HOLIDAY
    if date in demand.make_up_workdays:
        return DayType.MAKE_UP
    if demand.calendar == "china":
        official = _official(date)
        if official is not None:
            return official
    return DayType.WEEKEND if date.weekday() >= _SATURDAY else DayType.WORKDAY


@lru_cache(maxsize=20_000)
def _official(date: dt.date) -> DayType | None:
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        return None  # only where weights are averaged over a year: the horizon itself is checked
    import chinese_calendar  # loads 22 years of holidays

    off, holiday = chinese_calendar.get_holiday_detail(date)
    if holiday is not None and off:
        return DayType.HOLIDAY
    if holiday is not None and date.weekday() >= _SATURDAY:
        return DayType.MAKE_UP
    return None


def day_weight(date: dt.date, demand: Demand) -> float:
    """Return how busy a date is expected to be: weekday or holiday factor × month factor.

    A make-up workday counts as the mean of Monday to Friday.
    """
    kind = day_type(date, demand)
    if kind is DayType.HOLIDAY:
        factor = demand.holiday_factor
    elif kind is DayType.MAKE_UP:
        factor = sum(demand.weekday_factors[:_SATURDAY]) / _SATURDAY
    else:
        factor = demand.weekday_factors[date.weekday()]
    return factor * demand.month_factors[date.month - 1]


def falls_on(days: str, date: dt.date, demand: Demand) -> bool:
    """Tell whether a shift's ``days`` include a date.

    ``days`` is ``workdays`` or ``restdays`` by the calendar, or weekdays as ``mon-fri`` or
    ``sat,sun``; a range may pass the end of the week, as ``fri-mon``.
    """
    if days in BY_CALENDAR:
        worked = day_type(date, demand) in (DayType.WORKDAY, DayType.MAKE_UP)
        return worked == (days == "workdays")
    today = date.weekday()
    for part in days.split(","):
        first, _, last = part.partition("-")
        begin = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last[-3:] or first) - begin) % 7
        if (today - begin) % 7 <= length:
            return True
    return False


def date_of(scenario: Scenario, day: int) -> dt.date:
    """Return the date of a day of the horizon, the warm-up's first being day 0."""
    return scenario.first_day + dt.timedelta(days=day)
