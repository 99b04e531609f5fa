"""Persons and the share of a roster that they fill: what a team given in persons is found from.

Persons × productive hours × the share of them spent on these channels are hours on duty; those
over the share of a roster that is filled are hours rostered, which the roster's shape spreads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim.domain import ArgumentError
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.scenario.rosters import Stretch
    from hotline_sim.scenario.schema import Scenario, Team, Terms


@dataclass(frozen=True)
class Turnover:
    """How the holders of a place come and go, in days."""

    leaving_per_day: float
    vacant_days: float  # from one holder to the next
    training_days: float

    @classmethod
    def under(cls, terms: Terms) -> Turnover:
        """Return the turnover under some terms."""
        return cls(
            leaving_per_day=terms.turnover_per_year / YEAR_DAYS,
            vacant_days=max(0.0, terms.hiring_days - terms.notice_days),
            training_days=terms.training_days,
        )

    @property
    def employed_share(self) -> float:
        """Return the share of time for which a place is held (renewal–reward theorem)."""
        return 1.0 / (1.0 + self.leaving_per_day * self.vacant_days)

    @property
    def on_duty_share(self) -> float:
        """Return the share of time for which a place is held by somebody past the training."""
        return self.employed_share * math.exp(-self.leaving_per_day * self.training_days)


def terms_of(scenario: Scenario, team: Team) -> Terms | None:
    """Return the terms under which a team works, if the scenario says any."""
    if team.employment is None:
        return None
    terms: Terms | None = getattr(scenario.employment, team.employment)
    return terms


def persons_of(team: Team) -> float | None:
    """Return how many persons the file gives a team, at so many to a post; None: it gives seats."""
    if team.posts is not None and team.persons_per_post is not None:
        return team.posts * team.persons_per_post
    return team.persons


def answering_hours(persons: float, terms: Terms) -> float:
    """Return the hours a year that persons are on duty for these channels.

    Raises
    ------
    ValueError
        If ``answering_share`` is missing.
    """
    if terms.answering_share is None:
        raise ArgumentError("answering_share: is missing")
    return persons * terms.productive_hours_per_person_year * terms.answering_share


def hours_given(scenario: Scenario, team: Team) -> float | None:
    """Return the hours a year that a team given in persons is on duty; None: it is not.

    Raises
    ------
    ValueError
        If a link is missing.
    """
    persons, terms = persons_of(team), terms_of(scenario, team)
    if persons is None:
        return None
    if terms is None:
        raise ArgumentError(f"employment.{team.employment}: is missing")
    return answering_hours(persons, terms)


def filled_share(scenario: Scenario, team: Team, roster: Sequence[Stretch]) -> float:
    """Return the share of a roster's time that is on duty, nan for one without any.

    What planned absence and breaks, random absence, vacancies and training leave of it, on the
    average of many weeks without holidays.
    """
    rostered_s = sum(stretch.week_s for stretch in roster)
    if not rostered_s > 0.0:
        return math.nan
    without_breaks = sum(stretch.week_on_duty_s for stretch in roster) / rostered_s
    terms = terms_of(scenario, team)
    there = Turnover.under(terms).on_duty_share if terms is not None else 1.0
    return (1.0 - team.shrinkage) * without_breaks * (1.0 - team.absence_share) * there
