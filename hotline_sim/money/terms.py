"""What a person costs, and the links between a budget and the hours its people are on duty.

A year has 12 months. The links, each a number of the scenario: budget → award → what pays
agents → persons → their productive hours → those spent on duty for these channels.
"""

from __future__ import annotations

from hotline_sim.domain import ArgumentError
from hotline_sim.scenario.persons import answering_hours
from hotline_sim.scenario.schema import AnyTerms, InHouse

MONTHS = 12


def person_year_cny(terms: AnyTerms) -> float:
    """Return what a person employed costs a year, in yuan.

    In-house pay × (1 + social insurance + overhead), outsourced 12 × the cost of a
    person-month; with both, turnover × (hiring + training) on top.
    """
    newcomers_cny = terms.turnover_per_year * (terms.hiring_cny + terms.training_cny)
    if isinstance(terms, InHouse):
        on_top = 1.0 + terms.social_insurance_share + terms.overhead_share
        return terms.pay_cny_per_person_year * on_top + newcomers_cny
    return terms.cost_per_person_month_cny * MONTHS + newcomers_cny


def person_hour_cny(terms: AnyTerms) -> float:
    """Return what a productive hour of a person costs, in yuan."""
    return person_year_cny(terms) / terms.productive_hours_per_person_year


def links_asked_for(terms: AnyTerms) -> tuple[str, ...]:
    """Return the keys without which money cannot be turned into seats under these terms."""
    if isinstance(terms, InHouse):
        return ("staff_share", "answering_share")
    paid = {"seat_month": "price_cny", "person_month": "price_cny"}.get(terms.price, "staff_share")
    return ("award_over_budget", paid, "answering_share")


def award_for(budget_cny: float, terms: AnyTerms) -> float:
    """Return the award (中标价) a budget leads to; in-house the budget itself, in yuan a year."""
    if isinstance(terms, InHouse):
        return budget_cny
    return budget_cny * _given(terms, "award_over_budget")


def award_of(terms: AnyTerms) -> float:
    """Return what a contract by award, or a city's own line, is paid a year as the file says.

    Raises
    ------
    ValueError
        If the file states neither the award nor a budget that leads to it.
    """
    if not isinstance(terms, InHouse) and terms.award_cny is not None:
        return terms.award_cny
    return award_for(_given(terms, "budget_cny"), terms)


def persons_for(budget_cny: float, terms: AnyTerms) -> float:
    """Return how many persons a budget employs.

    What pays agents over what a person costs a year; paid by the person-month, the award
    over 12 × the price.

    Raises
    ------
    ValueError
        If a link is missing, or the contract pays by the seat: then the roster says how many
        persons its seats need.
    """
    award_cny = award_for(budget_cny, terms)
    if isinstance(terms, InHouse) or terms.price in ("award", "answered"):
        return award_cny * _given(terms, "staff_share") / person_year_cny(terms)
    if terms.price == "person_month":
        return award_cny / (MONTHS * _given(terms, "price_cny"))
    raise ArgumentError("price = seat_month: a budget buys seats, not persons")


def seat_hours_for(persons: float, terms: AnyTerms) -> float:
    """Return the hours a year that persons are on duty for these channels (answering hours)."""
    return answering_hours(persons, terms)


def persons_behind(seat_hours: float, terms: AnyTerms) -> float:
    """Return the persons whose answering hours are so many a year: of seat_hours_for the inverse.

    Raises
    ------
    ValueError
        If ``answering_share`` is missing.
    """
    return seat_hours / seat_hours_for(1.0, terms)


def seats_for(budget_cny: float, terms: AnyTerms) -> float:
    """Return the seats for these channels that a budget buys by the seat-month.

    Of the seats bought, the share ``answering_share`` answers here.
    """
    seats = award_for(budget_cny, terms) / (MONTHS * _given(terms, "price_cny"))
    return seats * _given(terms, "answering_share")


def award_needed(seat_hours: float, peak_seats: float, terms: AnyTerms) -> float:
    """Return what a roster needs to be paid a year: of persons_for and seats_for the inverse."""
    persons = persons_behind(seat_hours, terms)
    if isinstance(terms, InHouse) or terms.price in ("award", "answered"):
        return persons * person_year_cny(terms) / _given(terms, "staff_share")
    if terms.price == "person_month":
        return persons * MONTHS * _given(terms, "price_cny")
    seats = peak_seats / _given(terms, "answering_share")
    return seats * MONTHS * _given(terms, "price_cny")


def budget_for(seat_hours: float, peak_seats: float, terms: AnyTerms) -> float:
    """Return the budget a year for a roster, in yuan.

    Parameters
    ----------
    seat_hours
        Hours on duty a year.
    peak_seats
        The most seats rostered at one time; matters when the contract pays by the seat.
    terms
        The employment's.

    Raises
    ------
    ValueError
        If a link is missing.
    """
    award_cny = award_needed(seat_hours, peak_seats, terms)
    return award_cny / award_for(1.0, terms)


def _given(terms: AnyTerms, key: str) -> float:
    value: float | None = getattr(terms, key)
    if value is None:
        raise ArgumentError(f"{key}: is missing")
    return value
