"""Numbers of a scenario that may be others, each with its range: the parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from hotline_sim.domain import ArgumentError
from hotline_sim.scenario import values_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from hotline_sim.domain import Floats
    from hotline_sim.scenario import Scenario

Law = Literal["median", "uniform"]
LAWS: tuple[Law, ...] = ("median", "uniform")
PEAK, MIX = "peak", "mix"
SHAPES = ("hour_weights", "weekday_factors", "month_factors")  # lists that have a form
HORIZON = "horizon."  # how long is simulated: no assumption about the hotline
_APART = ":"


@dataclass(frozen=True)
class Parameter:
    """A number of a scenario that may be anything from *low* to *high*.

    Attributes
    ----------
    key
        Of the number, ``channels.phone.lines``, in every scenario of a set, or in one:
        ``nanning-after:channels.phone.lines``. Entries of lists are counted from 0
        (``channels.phone.next.redial.by_try.1``). Two forms move a shape (``hour_weights``,
        ``weekday_factors``, ``month_factors``) as a whole: ``demand.hour_weights:peak``
        multiplies its distances from its mean (0 flat, 1 as it stands, 2 twice as sharp; what
        falls below 0 is 0, and the mean is kept), ``demand.hour_weights:mix`` is the share of
        another shape, of which the mean is made the same.
    low, high
        The lowest and the highest.
    whole
        Whether it is a whole number.
    value
        What the scenario states, if it lies in the range; None: nothing, or not the same in all
        scenarios.
    shape
        Of ``:mix``: the other shape, as many entries as the list has.

    Raises
    ------
    ValueError
        If the range is none, or there is a shape without ``:mix``, or none with it.
    """

    key: str
    low: float
    high: float
    whole: bool = False
    value: float | None = None
    shape: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        ends = (self.low, self.high)
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise ArgumentError(f"{self.key}: from {self.low} to {self.high}: lowest, highest")
        if self.whole and not all(float(end).is_integer() for end in ends):
            raise ArgumentError(f"{self.key}: from {self.low} to {self.high}: whole numbers")
        if self.key.endswith(f"{_APART}{MIX}") != bool(self.shape):
            raise ArgumentError(f"{self.key}: a shape belongs to ':mix', and to nothing else")
        if not all(math.isfinite(one) and one >= 0 for one in self.shape) or (
            self.shape and sum(self.shape) <= 0
        ):
            raise ArgumentError(f"{self.key}: a shape has no number below 0, and one above")

    def at(self, shares: Floats, law: Law) -> Floats:
        """Return the numbers at shares from 0 to 1 of the range, ``(n,)``, not rounded.

        ``median``: uniform from the lowest to the stated value, and from there to the highest,
        each with half of the shares. ``uniform``: uniform over the range, as is the other where
        nothing is stated.
        """
        stated = self.value if law == "median" else None
        middle = (self.low + self.high) / 2.0 if stated is None else stated
        return np.interp(shares, (0.0, 0.5, 1.0), (self.low, middle, self.high))


class Key(NamedTuple):
    """The parts of a parameter's key."""

    base: str | None  # None: every scenario
    key: str
    form: str  # of a shape; nothing: the number itself

    def __str__(self) -> str:
        words = (self.base, self.key, self.form)
        return _APART.join(word for word in words if word)


def parts_of(key: str, names: Collection[str]) -> Key:
    """Return the parts of a key; *names* are those of the scenarios."""
    base = next((name for name in names if key.startswith(f"{name}{_APART}")), None)
    rest = key if base is None else key[len(base) + 1 :]
    before, apart, form = rest.rpartition(_APART)
    if apart and form in (PEAK, MIX):
        return Key(base, before, form)
    return Key(base, rest, "")


def movable(scenario: Scenario) -> dict[str, Parameter]:
    """Return the numbers of a scenario that are assumed or fitted and have a range; no lists.

    One that is a formula of others follows those that move. Published and derived numbers are
    known: they move only when they are named. A number that the user has set has no range,
    unless the user gave it one.
    """
    values, found = values_of(scenario), {}
    for key, origin in scenario.provenance.items():
        value = values[key]
        if not origin.is_movable or origin.range is None or isinstance(value, list):
            continue
        low, high = whole_ends(*origin.range) if isinstance(value, int) else origin.range
        if low < high:
            found[key] = Parameter(key, low, high, isinstance(value, int), value)
    return found


def whole_ends(low: float, high: float) -> tuple[float, float]:
    """Return the lowest and the highest whole number of a range; high < low: it has none."""
    return float(math.ceil(low)), float(math.floor(high))
