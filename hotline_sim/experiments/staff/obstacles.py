"""Why no roster can be made: which half-hour, and which rule, is in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import HALF_HOURS
from hotline_sim.experiments.staff.program import SLOTS, program_of
from hotline_sim.experiments.staff.records import StaffError, When
from hotline_sim.experiments.staff.tours import bands_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.domain import Bools, Ints
    from hotline_sim.experiments.staff.needs import Need
    from hotline_sim.experiments.staff.records import Cut
    from hotline_sim.scenario import ShiftRules

_LOOK_S = 10.0  # for a roster without one of the rules
# Rules that may leave no roster, each with what it is where it forbids nothing, in the order in
# which they are looked at.
_FREE: tuple[tuple[str, Any], ...] = (
    ("most_nights_per_week", 7),
    ("rest_hours", 0.0),
    ("days_off_per_week", 0),
    ("most_hours_per_week", 112.0),
    ("most_seats", None),
    ("most_off_share", None),
    ("break_batches", None),
    ("breaks", ()),
    ("starts", None),
    ("part_time_share", 1.0),
)


def check_reach(rules: ShiftRules, wanted: Ints) -> None:
    """Refuse rules under which no shift reaches a half-hour in which agents are wanted.

    Raises
    ------
    StaffError
        Naming the half-hour and the rule.
    """
    missed = wanted.astype(bool) & ~_reached(rules)
    if missed.any():
        raise _not_reached(rules, missed)
    if rules.most_seats is not None and wanted.max(initial=0) > rules.most_seats:
        raise StaffError(
            "staff.too_few_seats",
            when=When.of_slot(int(wanted.argmax())),
            wanted=int(wanted.max()),
            seats=rules.most_seats,
        )


def _not_reached(rules: ShiftRules, missed: Bools) -> StaffError:
    when = When.of_slot(int(np.flatnonzero(missed)[0]))
    for key, free in _FREE:
        if not (missed & ~_reached(rules.model_copy(update={key: free}))).any():
            return StaffError("staff.not_reached", when=when, rule=_written(rules, key))
    return StaffError("staff.not_reached_at_all", when=when)


def obstacle(need: Need, rules: ShiftRules, cuts: Iterable[Cut]) -> StaffError:
    """Return the error of a need that no roster fills, naming a rule without which one does."""
    cuts = tuple(cuts)
    for key, free in _FREE:
        if getattr(rules, key) == free:
            continue
        freed = rules.model_copy(update={key: free})
        found = program_of(need, freed, cuts, "persons").solve(time_limit_s=_LOOK_S, gap=1.0)
        if found.columns is not None:
            return StaffError("staff.rule_in_the_way", rule=_written(rules, key))
    return StaffError("staff.no_roster")


def _reached(rules: ShiftRules) -> Bools:
    """Tell which half-hours of the week some shift has an agent in, ``(7, 48)``.

    A break may be anywhere in its window: a half-hour that all shifts have off is seen later.
    """
    reached = np.zeros(SLOTS, bool)
    for band in bands_of(rules):
        days = {day for pattern in band.patterns for day in pattern}
        for shift in band.shifts:
            for day in days:
                begin = day * HALF_HOURS + shift.start
                reached[np.arange(begin, begin + shift.length) % SLOTS] = True
    return reached.reshape(-1, HALF_HOURS)


def _written(rules: ShiftRules, key: str) -> str:
    """Return a rule as a file may write it."""
    value = getattr(rules, key)
    if isinstance(value, tuple):
        value = list(map(str, value)) if key == "starts" else list(value)
    if key == "breaks":
        return "breaks"
    return f"{key} = {value}" if value is not None else key
