"""The page's sliders: which keys of a scenario they move, how far, and what that makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hotline_sim import money
from hotline_sim.money.roster import scaled, sizes_by_key
from hotline_sim.scenario import ScenarioError
from hotline_sim.scenario.quantities import CASES, VOLUMES
from hotline_sim.scenario.schema import Inbound
from hotline_sim.scenario.volumes import mean_cases_per_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hotline_sim.money import EmploymentName
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Next, Team

_FAILED = ("abandoned", "blocked")  # after which a further contact on the channel is a redial
_WHOLE, _TENTH = 1.0, 0.1  # steps of seats, or of persons
_FEW = 10.0  # seats beyond which twice as many are far enough
_PERCENT = 100.0
_WIDEST_DEMAND = (25.0, 300.0)  # percent of the file's
_WIDEST_ROSTER = (25.0, 300.0)
_MOST_REDIALS = 95.0  # percent: all of them would try for ever
_WIDEST_BUDGET = (0.25, 3.0)  # times what the roster costs
_BUDGET_STEPS = 1000


class Kind(StrEnum):
    """What a lever moves."""

    SEATS = "seats"  # of a team at its peak
    SHIFT = "shift"  # seats of one shift
    PERSONS = "persons"
    POSTS = "posts"
    ROSTER = "roster"  # a curve of seats, in percent of the file's
    DEMAND = "demand"  # all volumes, in percent of the file's
    MIX = "mix"  # share of all cases that begin on a channel, in percent
    REDIAL = "redial"  # probability of a row, in percent


SIZES = (Kind.SEATS, Kind.SHIFT, Kind.PERSONS, Kind.POSTS, Kind.ROSTER)  # what money buys


@dataclass(frozen=True)
class Lever:
    """A slider: what it moves, where the scenario has it, and how far it goes.

    ``key`` is the key that it sets, or the team or channel that it is about.
    """

    kind: Kind
    key: str
    value: float
    low: float
    high: float
    step: float

    @property
    def name(self) -> str:
        """Return what tells it from the others of its scenario."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True)
class Setting:
    """What the user has moved: levers by name, employment, the budget a year in yuan."""

    moved: Mapping[str, float] = field(default_factory=dict)
    employment: EmploymentName | None = None
    budget_cny: float | None = None


def levers_of(scenario: Scenario) -> list[Lever]:
    """Return the sliders that a scenario has, those of its people first."""
    return [
        *(one for name, team in scenario.teams.items() for one in _of_team(scenario, name, team)),
        *_of_demand(scenario),
        *_of_redials(scenario),
    ]


def _of_team(scenario: Scenario, name: str, team: Team) -> Iterator[Lever]:
    for kind in (Kind.PERSONS, Kind.POSTS, Kind.SEATS):
        size = getattr(team, kind)
        if size is not None:
            yield _size(scenario, kind, f"teams.{name}.{kind}", size, least=1.0)
            return
    if team.curve is not None:
        yield Lever(Kind.ROSTER, name, _PERCENT, *_WIDEST_ROSTER, 1.0)
        return
    for number, shift in enumerate(team.shifts):
        key = f"teams.{name}.shifts.{number}.seats"
        yield _size(scenario, Kind.SHIFT, key, shift.seats, least=0.0)


def _size(scenario: Scenario, kind: Kind, key: str, size: float, *, least: float) -> Lever:
    """Return the lever of a number of seats or persons: over its range, if it states one."""
    origin = scenario.provenance.get(key)
    stated = None if origin is None else origin.range
    low, high = stated or (least, float(math.ceil(max(2.0 * size, size + _FEW))))
    step = _WHOLE if all(one.is_integer() for one in (size, low)) else _TENTH
    return Lever(kind, key, float(size), min(low, size), max(high, size), step)


def _inbound(scenario: Scenario) -> dict[str, Inbound]:
    """Return the channels on which somebody begins, by name."""
    found = {n: one for n, one in scenario.channels.items() if isinstance(one, Inbound)}
    return {name: one for name, one in found.items() if mean_cases_per_day(one) > 0}


def main_channel(scenario: Scenario) -> str:
    """Return the channel on which most cases begin: it has what the others leave."""
    channels = _inbound(scenario)
    return max(channels, key=lambda name: mean_cases_per_day(channels[name]), default="")


def _of_demand(scenario: Scenario) -> Iterator[Lever]:
    channels = _inbound(scenario)
    if not channels:
        return
    yield Lever(Kind.DEMAND, "", _PERCENT, *_WIDEST_DEMAND, 1.0)
    largest, total = main_channel(scenario), sum(map(mean_cases_per_day, channels.values()))
    for name, channel in channels.items():
        if name != largest:
            share = _PERCENT * mean_cases_per_day(channel) / total
            yield Lever(Kind.MIX, name, round(share, 1), 0.0, _PERCENT, 0.1)


def _of_redials(scenario: Scenario) -> Iterator[Lever]:
    for name, channel in scenario.channels.items():
        for row in channel.next:
            if row.after in _FAILED and row.to == name and row.probability is not None:
                yield _redial(scenario, name, row)


def _redial(scenario: Scenario, channel: str, row: Next) -> Lever:
    key = f"channels.{channel}.next.{row.name}.probability"
    value = round(_PERCENT * (row.probability or 0.0), 6)
    rows = scenario.channels[channel].next
    others = (one for one in rows if one.after == row.after and one is not row)
    taken = sum(one.probability or max(one.by_try or (0.0,)) for one in others)
    high = max(min(_MOST_REDIALS, math.floor(_PERCENT * (1.0 - taken))), value)
    return Lever(Kind.REDIAL, key, value, 0.0, float(high), 1.0)


def team_and_shift(key: str) -> tuple[str, int]:
    """Return the team that a lever's key is about, and the number of the shift, if one."""
    parts = key.split(".")
    return parts[1], int(parts[3]) if len(parts) > 3 else 0


def channel_and_row(key: str) -> tuple[str, str]:
    """Return the channel and the row that a redial's key is about."""
    _, channel, _, row, _ = key.split(".")
    return channel, row


def terms_known(scenario: Scenario) -> dict[EmploymentName, float]:
    """Return under which employments the way from seats to money is known: what the roster costs.

    In yuan a year, if all teams work so.
    """
    found: dict[EmploymentName, float] = {}
    for name in money.EMPLOYMENTS:
        try:
            links = money.links_of(money.with_employment(scenario, name), name)
        except (ScenarioError, ValueError):  # a link is lacking, or nobody is ever on duty
            continue
        found[name] = links.budget_cny
    return found


def employment_of(scenario: Scenario) -> EmploymentName | None:
    """Return the employment of all teams; None where they differ, or none is said."""
    every = {team.employment for team in scenario.teams.values()}
    return every.pop() if len(every) == 1 else None


def budget_lever(cost_cny: float) -> tuple[float, float, float]:
    """Return from where to where a budget goes, and its step, in yuan a year."""
    low, high = (cost_cny * times for times in _WIDEST_BUDGET)
    step = 10.0 ** max(math.floor(math.log10((high - low) / _BUDGET_STEPS)), 0)
    return step * math.floor(low / step), step * math.ceil(high / step), step


def changed(scenario: Scenario, setting: Setting) -> Scenario:
    """Return a scenario as it is with what was moved; the same one where nothing was.

    Raises
    ------
    ScenarioError
        If what was moved does not go together.
    ValueError
        If a budget buys more than a roster may have.
    """
    values = _values(scenario, setting)
    made = scenario.with_values(values) if values else scenario
    if setting.budget_cny is not None and setting.employment is not None:
        return money.with_budget(made, setting.employment, setting.budget_cny)
    return made


def _values(scenario: Scenario, setting: Setting) -> dict[str, Any]:
    """Return the keys that are moved, and to what."""
    values: dict[str, Any] = {}
    shares: dict[str, float] = {}
    factor = 1.0
    for lever in levers_of(scenario):
        value = setting.moved.get(lever.name, lever.value)
        if value == lever.value:
            continue
        if lever.kind is Kind.DEMAND:
            factor = value / _PERCENT
        elif lever.kind is Kind.MIX:
            shares[lever.key] = value / _PERCENT
        elif lever.kind is Kind.ROSTER:
            team = scaled(scenario.teams[lever.key], value / _PERCENT)
            values |= sizes_by_key(lever.key, team)
        else:
            values[lever.key] = value / _PERCENT if lever.kind is Kind.REDIAL else value
    values |= _volumes(scenario, factor, shares)
    if setting.employment is not None and employment_of(scenario) != setting.employment:
        values |= {f"teams.{name}.employment": setting.employment for name in scenario.teams}
    return values


def left_for_main(scenario: Scenario, moved: Mapping[str, float]) -> float:
    """Return which share of all cases the other channels leave to the main one, in percent."""
    others = (one for one in levers_of(scenario) if one.kind is Kind.MIX)
    return _PERCENT - sum(moved.get(one.name, one.value) for one in others)


def _volumes(scenario: Scenario, factor: float, shares: Mapping[str, float]) -> dict[str, Any]:
    """Return the volumes of channels if there are more people, or they choose others.

    Where they choose others, a channel that states what was answered or offered states cases.
    """
    channels = _inbound(scenario)
    if not shares:
        return {} if factor == 1.0 else _multiplied(channels, dict.fromkeys(channels, factor))
    cases = {name: mean_cases_per_day(one) for name, one in channels.items()}
    total = sum(cases.values())
    wanted = {name: shares.get(name, cases[name] / total) for name in channels}
    largest = main_channel(scenario)
    wanted[largest] = max(1.0 - sum(wanted.values()) + wanted[largest], 0.0)
    new = {name: factor * total * share for name, share in wanted.items()}
    # All of them are set, for one may be a formula of another.
    in_cases = {name: one for name, one in channels.items() if one.people_per_day is None}
    known = _multiplied(in_cases, {name: new[name] / cases[name] for name in in_cases})
    found = {f"channels.{n}.cases_per_day": new[n] for n in channels if n not in in_cases}
    return known | found


def _multiplied(channels: Mapping[str, Inbound], factors: Mapping[str, float]) -> dict[str, Any]:
    """Return the volumes of channels, each times its factor, under the keys that state them."""
    return {
        f"channels.{name}.{key}": getattr(channel, key) * factors[name]
        for name, channel in channels.items()
        for key in (CASES if channel.people_per_day is None else VOLUMES)
        if getattr(channel, key) is not None
    }
