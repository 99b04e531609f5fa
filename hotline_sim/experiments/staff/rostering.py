"""A plan put into a scenario: the shifts of a team, with so many more seats as are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.domain import HALF_HOUR_S
from hotline_sim.experiments.staff.records import clock_of
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.persons import Turnover, terms_of
from hotline_sim.scenario.rosters import EVERY_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hotline_sim.domain import Floats
    from hotline_sim.experiments.staff.records import Duty, Plan
    from hotline_sim.scenario import Scenario

_MINUTES = HALF_HOUR_S / 60.0
# What else may say how a team's roster is, or how large.
_OTHER_KEYS = ("seats", "persons", "posts", "persons_per_post", "curve", "breaks", "open", "fewest")


def roster_values(
    plan: Plan, scenario: Scenario, team: str, *, emptied: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the changes that give a team this roster, for `Scenario.with_values`.

    A plan counts agents on the floor. Of the seats on a roster a share is away by plan
    (``shrinkage``), by chance, or vacant; so the roster has 1 / (share there) times as many, as
    fractions of seats: with nothing but shrinkage the floor is the plan's every day, else on the
    average of days. Teams to be *emptied* keep no shifts.
    """
    there = there_share(scenario, team)
    shifts = [_shift(duty, there) for duty in plan.duties]
    values = {**_cleared(scenario, (team, *emptied)), f"teams.{team}.shifts": shifts}
    if any(shift["days"] != EVERY_DAY for shift in shifts):
        values |= _dated(scenario)
    return values


def floor_values(
    coverage: Floats, scenario: Scenario, team: str, *, emptied: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the changes that have so many agents on the floor, ``(7, 48)``, whatever shifts.

    They are :func:`roster_values` of a curve for each weekday.
    """
    there = there_share(scenario, team)
    values = _cleared(scenario, (team, *emptied))
    curves = {day: (coverage[i] / there).tolist() for i, day in enumerate(WEEKDAYS)}
    return {**values, **_dated(scenario), f"teams.{team}.curve": curves}


def _cleared(scenario: Scenario, teams: Iterable[str]) -> dict[str, Any]:
    """Return the changes after which teams have no roster but the shifts they may be given."""
    values: dict[str, Any] = {}
    for name in teams:
        written = scenario.teams[name].model_fields_set
        values |= {f"teams.{name}.{key}": None for key in _OTHER_KEYS if key in written}
        if "roster" in written:
            values[f"teams.{name}.roster"] = "shifts"
        values[f"teams.{name}.shifts"] = []
    return values


def _dated(scenario: Scenario) -> dict[str, Any]:
    """Return the date that weekdays need, where the scenario says none."""
    dated = "start" in scenario.horizon.model_fields_set
    return {} if dated else {"horizon.start": scenario.horizon.start}


def there_share(scenario: Scenario, team: str) -> float:
    """Return the share of a team's rostered seats that is filled, breaks not counted."""
    one = scenario.teams[team]
    terms = terms_of(scenario, one)
    employed = 1.0 if terms is None else Turnover.under(terms).on_duty_share
    return (1.0 - one.shrinkage) * (1.0 - one.absence_share) * employed


def _shift(duty: Duty, there: float) -> Mapping[str, Any]:
    breaks = [
        {
            "minutes": length * _MINUTES,
            "from": clock_of(duty.start + at),
            "to": clock_of(duty.start + at + length),
        }
        for at, length in duty.breaks
    ]
    shift = {
        "seats": duty.agents / there,
        "from": clock_of(duty.start),
        "to": clock_of(duty.start + duty.length),
        "days": _days(duty.days),
    }
    return {**shift, "breaks": breaks} if breaks else shift


def _days(days: tuple[int, ...]) -> str:
    """Return days as a shift's ``days`` writes them: mon-wed,sat."""
    parts: list[list[int]] = []
    for day in days:
        if parts and parts[-1][-1] == day - 1:
            parts[-1].append(day)
        else:
            parts.append([day])
    return ",".join("-".join(dict.fromkeys((WEEKDAYS[p[0]], WEEKDAYS[p[-1]]))) for p in parts)
