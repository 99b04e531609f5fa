"""From a budget to a roster's size and back, every link listed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from hotline_sim.money.roster import Roster, scale_for, scale_for_seats
from hotline_sim.money.terms import (
    award_for,
    award_needed,
    budget_for,
    person_year_cny,
    persons_behind,
    persons_for,
    seat_hours_for,
    seats_for,
)
from hotline_sim.scenario.schema import AnyTerms, Outsourced

SLACK = 1e-9  # an award that is just enough, turned into persons and back


@dataclass(frozen=True)
class Links:
    """The links between money and seats, for a year; hours are of all persons together.

    ``staff_cny`` is what the persons cost; ``answering_hours`` of their ``productive_hours``
    are on duty for these channels; the roster, ``scale`` times the scenario's, has
    ``rostered_hours`` and at most ``peak_seats`` at one time.
    """

    budget_cny: float
    award_cny: float
    staff_cny: float
    persons: float
    productive_hours: float
    answering_hours: float
    rostered_hours: float
    scale: float
    peak_seats: float

    @property
    def is_overdrawn(self) -> bool:
        """Tell whether the persons cost more than is paid for them."""
        return self.staff_cny > self.award_cny * (1.0 + SLACK)

    def to_dict(self) -> dict[str, float]:
        """Return the links as plain values."""
        return asdict(self)


def affordable(budget_cny: float, terms: AnyTerms, roster: Roster) -> Links:
    """Return what a budget buys: the links from money to seats.

    Raises
    ------
    ValueError
        If a link is missing, or the roster has no shape to scale.
    """
    if isinstance(terms, Outsourced) and terms.price == "seat_month":
        scale = scale_for_seats(seats_for(budget_cny, terms), roster)
        persons = persons_behind(scale * roster.filled_hours, terms)
    else:
        persons = persons_for(budget_cny, terms)
        scale = scale_for(seat_hours_for(persons, terms), roster)
    return Links(
        budget_cny=budget_cny,
        award_cny=award_for(budget_cny, terms),
        staff_cny=persons * person_year_cny(terms),
        persons=persons,
        productive_hours=persons * terms.productive_hours_per_person_year,
        answering_hours=seat_hours_for(persons, terms),
        rostered_hours=scale * roster.rostered_hours,
        scale=scale,
        peak_seats=scale * roster.peak_seats,
    )


def needed(scale: float, terms: AnyTerms, roster: Roster) -> Links:
    """Return what a roster needs, its seats multiplied: the links from seats to money.

    Raises
    ------
    ValueError
        If a link is missing.
    """
    seat_hours, peak_seats = scale * roster.filled_hours, scale * roster.peak_seats
    persons = persons_behind(seat_hours, terms)
    return Links(
        budget_cny=budget_for(seat_hours, peak_seats, terms),
        award_cny=award_needed(seat_hours, peak_seats, terms),
        staff_cny=persons * person_year_cny(terms),
        persons=persons,
        productive_hours=persons * terms.productive_hours_per_person_year,
        answering_hours=seat_hours,
        rostered_hours=scale * roster.rostered_hours,
        scale=scale,
        peak_seats=peak_seats,
    )
