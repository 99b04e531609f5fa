"""A scenario's links between money and seats, and the scenario that a budget pays for."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import ArgumentError, Origin, Provenance
from hotline_sim.messages import text
from hotline_sim.money.links import Links, affordable, needed
from hotline_sim.money.roster import (
    EMPLOYMENTS,
    EmploymentName,
    largest_seats,
    roster_of,
    scaled,
    sizes_by_key,
)
from hotline_sim.money.terms import links_asked_for
from hotline_sim.scenario import Change, Fault, ScenarioError, changed
from hotline_sim.scenario.schema import MOST_SEATS, Outsourced

if TYPE_CHECKING:
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import AnyTerms


def links_of(scenario: Scenario, employment: EmploymentName) -> Links:
    """Return what the roster of the teams under an employment needs: from seats to money.

    Raises
    ------
    ScenarioError
        If the scenario lacks a link.
    """
    return needed(1.0, _terms(scenario, employment), roster_of(scenario, employment))


def known_links(scenario: Scenario) -> dict[EmploymentName, Links]:
    """Return :func:`links_of` of each employment that has seats and states every link."""
    found: dict[EmploymentName, Links] = {}
    for name in EMPLOYMENTS:
        terms: AnyTerms | None = getattr(scenario.employment, name)
        roster = roster_of(scenario, name)
        if terms is not None and roster.filled_hours > 0 and not _lacking(terms):
            found[name] = needed(1.0, terms, roster)
    return found


def budget_links(scenario: Scenario, employment: EmploymentName, budget_cny: float) -> Links:
    """Return what a budget buys if all teams work under an employment: from money to seats.

    Raises
    ------
    ScenarioError
        If the scenario lacks a link.
    ValueError
        If the budget is no amount above 0, or the roster has no seats to scale.
    """
    if not 0 < budget_cny < math.inf:
        raise ArgumentError(f"budget_cny = {budget_cny:g}: an amount above 0")
    moved = with_employment(scenario, employment)
    return affordable(budget_cny, _terms(scenario, employment), roster_of(moved, employment))


def with_employment(scenario: Scenario, employment: EmploymentName) -> Scenario:
    """Return a scenario with all its teams under one employment."""
    update = {"employment": employment}
    teams = {name: team.model_copy(update=update) for name, team in scenario.teams.items()}
    return scenario.model_copy(update={"teams": teams})


def with_budget(scenario: Scenario, employment: EmploymentName, budget_cny: float) -> Scenario:
    """Return a scenario all of whose teams work under an employment, as many as a budget buys.

    The roster keeps its shape, its seats being multiplied by one factor, or the persons of teams
    that are given in persons; the budget, and the award it leads to, replace those of the file.

    Raises
    ------
    ScenarioError
        If the scenario lacks a link.
    ValueError
        If the budget is no amount above 0, or buys more seats than a shift may have.
    """
    links = budget_links(scenario, employment, budget_cny)
    moved = with_employment(scenario, employment)
    teams = {name: scaled(team, links.scale) for name, team in moved.teams.items()}
    if largest_seats(moved.model_copy(update={"teams": teams})) > MOST_SEATS:
        raise ArgumentError(
            f"budget_cny = {budget_cny:g}: buys more than {MOST_SEATS} seats a shift"
        )
    terms, paid = _terms(scenario, employment), {"budget_cny": budget_cny}
    if isinstance(terms, Outsourced) and terms.price == "award":
        paid["award_cny"] = links.award_cny
    bought: dict[str, Any] = {f"employment.{employment}.{key}": paid[key] for key in paid}
    for name, team in teams.items():
        bought[f"teams.{name}.employment"] = employment
        bought |= sizes_by_key(name, team)
    say = partial(text, "made.bought", budget=budget_cny, times=links.scale)
    origin = Provenance(Origin.ASSUMED, note=say(lang="en"), note_zh=say(lang="zh"))
    changes = [Change(key, value, key, origin) for key, value in bought.items()]
    return changed(scenario, changes, place=scenario.name)


def _terms(scenario: Scenario, employment: EmploymentName) -> AnyTerms:
    """Return an employment's terms, with every link between money and seats."""
    terms: AnyTerms | None = getattr(scenario.employment, employment)
    table = f"employment.{employment}"
    if terms is None:
        raise ScenarioError([Fault(scenario.name, table, "missing")])
    if lacking := _lacking(terms):
        raise ScenarioError([Fault(scenario.name, f"{table}.{key}", "missing") for key in lacking])
    return terms


def _lacking(terms: AnyTerms) -> list[str]:
    return [key for key in links_asked_for(terms) if getattr(terms, key) is None]
