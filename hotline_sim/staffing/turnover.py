"""The people of a team: who holds each place, from when to when, and how fast they work."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HOUR_S, Floats, Ints
from hotline_sim.scenario.persons import Turnover
from hotline_sim.scenario.rosters import WEEK_DAYS
from hotline_sim.scenario.volumes import YEAR_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.scenario.schema import Terms
    from hotline_sim.staffing.rosters import Week
    from hotline_sim.streams import Streams


def places_of(terms: Terms, weeks: Sequence[Week]) -> int:
    """Return how many people fill a team's rosters, given a week of each.

    The hours planned on duty in a year over the productive hours of a person, rounded up, and
    at least the most seats of one day.
    """
    hours = sum(week.planned_s for week in weeks) / HOUR_S / WEEK_DAYS * YEAR_DAYS
    by_day = zip(*(week.most_filled for week in weeks), strict=True)
    most = max((sum(seats) for seats in by_day), default=0)
    return max(math.ceil(round(hours / terms.productive_hours_per_person_year, 9)), most)


def who_works_matters(terms: Terms) -> bool:
    """Tell whether it makes a difference who holds a place; if not, nobody need be drawn."""
    turnover = Turnover.under(terms)
    missed = turnover.vacant_days > 0.0 or terms.training_days > 0.0 or terms.novice_factor > 1.0
    return terms.spread > 0.0 or (turnover.leaving_per_day > 0.0 and missed)


def mean_slowness(terms: Terms) -> float:
    """Return the mean factor on handle times of those on duty: newcomers are slower.

    Their time since the first day of duty is exponential, for staying has no memory; the
    spread between agents has mean 1.
    """
    learnt = terms.turnover_per_year / YEAR_DAYS * terms.learning_days  # stays per time to learn
    novices = 1.0 + math.expm1(-learnt) / learnt if learnt else 0.0
    return 1.0 + (terms.novice_factor - 1.0) * novices


class People:
    """The places of a team and all who hold them through the horizon, drawn at its beginning.

    A holder's stay, the training included, is exponential; then the place is vacant until the
    next is there. The first holder's stay is met in its middle, by the stationary law, so every
    day is as any other. One more place leaves the others' holders as they are.
    """

    def __init__(self, terms: Terms, places: int, streams: Streams, purpose: str) -> None:
        self._terms = terms
        self._turnover = Turnover.under(terms)
        self._places, self._streams, self._purpose = places, streams, purpose
        self._hired, self._left = self._first_holders()  # (holders, places), in days
        self._speed = self._speeds(0)

    def _first_holders(self) -> tuple[Floats, Floats]:
        """Return since when and until when places are held on day 0; left before it: vacant."""
        rate, vacant_days = self._turnover.leaving_per_day, self._turnover.vacant_days
        if rate == 0.0:
            return np.full((1, self._places), -np.inf), np.full((1, self._places), np.inf)
        vacant_share = 1.0 - self._turnover.employed_share
        level = self._draws("first").random(self._places)
        hired = -self._draws("first_since").standard_exponential(self._places) / rate
        left = self._draws("first_until").standard_exponential(self._places) / rate
        is_vacant = level < vacant_share
        hired[is_vacant] = -np.inf
        left[is_vacant] = -vacant_days * level[is_vacant] / vacant_share
        return hired[None], left[None]

    def _speeds(self, holder: int) -> Floats:
        """Return the factors on handle times of the places' holders of one generation."""
        spread = self._terms.spread
        if spread == 0.0:
            return np.ones((1, self._places))
        rng = self._draws(f"holder_{holder}/speed")
        return rng.lognormal(-spread * spread / 2.0, spread, self._places)[None]

    def _draws(self, purpose: str) -> np.random.Generator:
        return self._streams.at(0, f"{self._purpose}/{purpose}")

    def _reach(self, day: int) -> None:
        """Let holders follow until every place has one who leaves after *day*."""
        while self._left[-1].min() <= day:
            number = len(self._left)
            stay = self._draws(f"holder_{number}/stay").standard_exponential(self._places)
            hired = self._left[-1:] + self._turnover.vacant_days
            self._hired = np.concatenate([self._hired, hired])
            self._left = np.concatenate([self._left, hired + stay / self._turnover.leaving_per_day])
            self._speed = np.concatenate([self._speed, self._speeds(number)])

    def slowness(self, days: Ints) -> Floats:
        """Return each place's factor on handle times, ``(days, places)``; nan: nobody there."""
        self._reach(int(days.max()))
        day = days[:, None, None]
        on_duty_days = day - self._hired - self._turnover.training_days
        is_there = (on_duty_days >= 0.0) & (day < self._left)  # (days, holders, places)
        factor = self._speed
        if self._terms.novice_factor > 1.0:
            to_learn = np.maximum(0.0, 1.0 - on_duty_days / self._terms.learning_days)
            factor = factor * (1.0 + (self._terms.novice_factor - 1.0) * to_learn)
        found: Floats = np.where(is_there, factor, 0.0).sum(1)
        return np.where(is_there.any(1), found, np.nan)

    def employed_share(self, days: Ints) -> Floats:
        """Return the share of the places that are held on each day, ``(days,)``."""
        self._reach(int(days.max()))
        day = days[:, None, None]
        is_held = (self._hired <= day) & (day < self._left)
        share: Floats = is_held.any(1).mean(1)
        return share
