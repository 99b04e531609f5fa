"""Predict from what a city prints, and nothing else: ``python -m verification.prediction made-up``.

``made-up``: cities whose truth is simulated here, with behaviour drawn from the ranges of
hotline-base. They print their staff (seats or persons) and their volume (calls offered or
answered), no more; the connect rate is predicted by hotline-base alone, and the truth is held
against the band of what is assumed.

``shipped``: the printed connect rates of the catalogue that can be predicted, each with every
number that was chosen from it put back to what hotline-base assumes. With ``--parameters`` the
behaviour comes from a set, such as one calibrated on another city, in place of draws; then
Nanning, on which the shipped one is, is left out.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim import Scenario, load, money
from hotline_sim.experiments import ParameterSet, RunResult, drawn_set, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.experiments.parameters import Over

CITY = """\
format = 1
extends = "hotline-base"
title = "Made-up city {number}"
[horizon]
days = {days}
[channels.phone]
{volume}
[teams.day]
{staff}
[[teams.night.shifts]]
seats = 1
from = "23:00"
to = "07:00"
"""
_DAYS = 56
_SEATS = (3.0, 12.0)  # of the made-up cities, at the peak
_PEOPLE_PER_SEAT = (11_000, 21_000)  # a year; few leave agents idle, many wear callers out
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_GUESS = 0.9  # of the connect rate, where the search begins
_TRUTH_REPLICATIONS = 8
_TRUTH_SEED = 77
FORMS = (  # of volume and staff
    ("offered", "seats"),
    ("answered", "seats"),
    ("offered", "persons"),
    ("answered", "persons"),
)


@dataclass(frozen=True)
class Asked:
    """How predictions are played."""

    replications: int
    draws: int
    seed: int
    parameters: Path | None

    def predicted(
        self, scenario: Scenario, *, settle: bool = True, over: tuple[Over, ...] | None = None
    ) -> RunResult:
        """Return a run over what is assumed; with a set from elsewhere over its rows."""
        given = None if self.parameters is None else ParameterSet.load(self.parameters, scenario)
        return run(
            scenario,
            replications=self.replications,
            seed=self.seed,
            settle=settle,
            over=over if given is None else given,
            draws=self.draws,
        )


# Made-up cities -------------------------------------------------------------------------------


def made_up(number: int, folder: Path, values: str) -> Scenario:
    """Return a city that says no more than *values*, a volume and a staff, over hotline-base."""
    volume, staff = values.split("\n")
    path = folder / f"made-up-{number}.toml"
    path.write_text(CITY.format(number=number, days=_DAYS, volume=volume, staff=staff))
    return load(path)


def cities(count: int, folder: Path) -> Iterator[tuple[str, Scenario, float]]:
    """Yield, of each city, what it prints in words, what can be made of it, and its truth."""
    seats = np.linspace(*_SEATS, count).round(1)
    between = np.arange(1, count + 1) * _GOLDEN % 1.0  # spread evenly, whatever the count
    people = (seats * np.interp(between, (0.0, 1.0), _PEOPLE_PER_SEAT)).round(-3)
    for number in range(count):
        volume, staff = FORMS[number % len(FORMS)]
        plain = made_up(
            number, folder, f"cases_per_year = {people[number]:.0f}\nseats = {seats[number]}"
        )
        truth = drawn_set(plain, count, _TRUTH_SEED).scenario(number)
        truth = truth.with_values({"teams.day.seats": float(seats[number])})
        found = run(truth, replications=_TRUTH_REPLICATIONS, seed=_TRUTH_SEED + number).measures
        per_year = round(found[volume].mean * 365 / _DAYS, -2)
        size = (
            seats[number] if staff == "seats" else round(money.staff_of(truth)["day"].persons or 0)
        )
        printed = f"{volume}_per_year = {per_year:.0f}\nconnect_rate = {_GUESS}"
        city = load(_written(folder, number, printed, f"{staff} = {size}"))
        yield f"{volume} {per_year:,.0f}, {staff} {size}", city, found["connect_rate"].mean


def _written(folder: Path, number: int, volume: str, staff: str) -> Path:
    path = folder / f"printed-{number}.toml"
    path.write_text(CITY.format(number=number, days=_DAYS, volume=volume, staff=staff))
    return path


def made_up_lines(asked: Asked, count: int) -> Iterator[str]:
    """Yield the table of the made-up cities."""
    yield "| printed | connect rate in truth | predicted | 90 % of draws | held |"
    yield "|---|---|---|---|---|"
    held, errors = 0, []
    with tempfile.TemporaryDirectory() as folder:
        for words, city, truth in cities(count, Path(folder)):
            found = asked.predicted(city)
            mean, (low, high) = found.measures["connect_rate"].mean, found.span("connect_rate")
            inside = low <= truth <= high
            held += inside
            errors.append(abs(mean - truth))
            band = f"{low:.1%} to {high:.1%}"
            yield f"| {words} | {truth:.1%} | {mean:.1%} | {band} | {'yes' if inside else 'no'} |"
    yield f"The band of {held} of {count} holds the truth; mean error {np.mean(errors):.1%}."


# The catalogue --------------------------------------------------------------------------------


def nanning_after() -> Scenario:
    """Return Nanning's second year from its award and its calls answered, nothing else."""
    per_person = "12 * employment.outsourced.cost_per_person_month_cny"
    paid = f"employment.outsourced.award_cny * employment.outsourced.staff_share / ({per_person})"
    return load(
        "nanning-base",
        overrides=[
            "horizon.start=2020-07-01",
            "channels.phone.answered_per_year=406174",
            f"channels.phone.connect_rate={_GUESS}",
            "channels.wechat.cases_per_year=43000",  # the mix of channels of other cities
            f"channels.wechat.connect_rate={_GUESS}",
            "channels.app.cases_per_year=29000",
            "employment.outsourced.award_cny=11998000",
            "teams.day.employment=outsourced",
            "teams.night.employment=outsourced",
            f"teams.day.persons='= 0.93 * {paid}'",
            f"teams.night.persons='= 0.07 * {paid}'",
        ],
    )


def liaocheng_by_award() -> Scenario:
    """Return Liaocheng under the award of 2023: persons whom it pays, that day's calls."""
    return load("liaocheng-2023", overrides=["horizon.days=91"])


def liaocheng_by_seats() -> Scenario:
    """Return the day of Liaocheng's report with its 184 seats filled."""
    return load("liaocheng-one-day", overrides=["horizon.days=7"])


_CALIBRATED = "Nanning"
CATALOGUE = (
    ("Nanning 2020–21, of its award and calls answered", nanning_after, 0.9007, True),
    ("Liaocheng, a day, of the award of 2023", liaocheng_by_award, 0.98, False),
    ("Liaocheng, a day, of 184 seats filled", liaocheng_by_seats, 0.98, False),
)


def catalogue_lines(asked: Asked) -> Iterator[str]:
    """Yield the table of printed connect rates that were predicted."""
    yield "| figure | printed | predicted | 90 % of draws | held |"
    yield "|---|---|---|---|---|"
    for words, made, printed, settle in CATALOGUE:
        if asked.parameters is not None and _CALIBRATED in words:
            continue  # a set that was calibrated on the city knows the figure
        found = asked.predicted(made(), settle=settle)
        mean, (low, high) = found.measures["connect_rate"].mean, found.span("connect_rate")
        held = "yes" if low <= printed <= high else "no"
        yield f"| {words} | {printed:.2%} | {mean:.1%} | {low:.1%} to {high:.1%} | {held} |"


def main() -> None:
    """Print one of the two tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("what", choices=("made-up", "shipped"))
    parser.add_argument("--cities", type=int, default=8)
    parser.add_argument("--replications", type=int, default=3)
    parser.add_argument("--draws", type=int, default=24)
    parser.add_argument("--seed", type=int, default=12345)
    parser.add_argument("--parameters", type=Path)
    given = parser.parse_args()
    asked = Asked(given.replications, given.draws, given.seed, given.parameters)
    warnings.simplefilter("ignore", UserWarning)
    lines = (
        made_up_lines(asked, given.cities) if given.what == "made-up" else catalogue_lines(asked)
    )
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()
