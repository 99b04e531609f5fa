"""What a published figure is expected to be at points, from years that were played.

Every year is played with one of a few replications, the same people each time it comes round. What
a replication adds (a busy year for all) is told apart from what the parameters do and taken off, so
that few years show where many would lie: common random numbers as a control.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hotline_sim.experiments.emulator import SCALES, Emulator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.experiments.calibration.figures import Figure
    from hotline_sim.experiments.parameters import Parameter

_DEGREE = 3  # of the polynomials
_ROUNDS = 3  # of taking replications and parameters apart; more move nothing
CUT = 3.0  # standard deviations past which it is no chance (Pukelsheim's rule)
WIDTH = 1.96  # standard deviations of a single year on either side: 95 % of years
_BEYOND = 0.1  # of the width of the points on either side: so far a polynomial is trusted
_NUDGE = 1e-12  # away from 0 and 1, where log-odds end


def scaled(values: Floats, parameters: Sequence[Parameter]) -> Floats:
    """Return values ``(n, p)`` on scales on which figures bend little: log-odds, logs, or plain."""
    found = np.array(values, dtype=float)
    for i, one in enumerate(parameters):
        if one.low > 0.0 and one.high < 1.0:
            found[:, i] = np.log(found[:, i] / (1.0 - found[:, i]))
        elif one.low > 0.0:
            found[:, i] = np.log(found[:, i])
    return found


class Years(NamedTuple):
    """Years that were played: where ``(n, p)``, with which replication, and what came out."""

    at: Floats
    replications: Ints
    found: Floats


@dataclass(frozen=True, eq=False)
class Surface:
    """What a figure is expected to be, as a function of the parameters.

    Attributes
    ----------
    columns
        The parameters that its scenario has.
    effects
        What each replication adds, on the emulator's scale ``(r,)``.
    effect_sd, other_sd
        Of one year, on that scale: from its replication, and what is left.
    chance_sd
        Of what is left the part that is chance, and not the emulator's error: at most all.
    """

    figure: Figure
    columns: Ints
    emulator: Emulator
    effects: Floats
    effect_sd: float
    other_sd: float
    chance_sd: float

    @property
    def year_sd(self) -> float:
        """The standard deviation of a single year where the figure is as published."""
        return self._slope(self.figure.value) * math.hypot(self.effect_sd, self.chance_sd)

    @property
    def limits(self) -> tuple[float, float]:
        """Between which an expected figure lies if the published one may be a year of it."""
        around = WIDTH * self.year_sd
        return self.figure.low - around, self.figure.high + around

    def beyond(self, at: Floats) -> Floats:
        """Return how far points ``(n, p)`` lie beyond those that the emulator was made from.

        In widths of these, in whichever parameter it is most; 0: among them.
        """
        own, width = at[:, self.columns], self.emulator.high - self.emulator.low
        past: Floats = np.abs(own - self._within(own)) / np.where(width > 0, width, 1.0)
        furthest: Floats = np.max(past, axis=1)
        return furthest

    def _within(self, own: Floats) -> Floats:
        low, high = self.emulator.low, self.emulator.high
        spare = _BEYOND * (high - low)
        return np.clip(own, low - spare, high + spare)

    def emulated(self, at: Floats) -> tuple[Floats, Floats]:
        """Return the expected figure at points ``(n, p)``, and the standard error of that.

        Of points beyond those that it was made from it is that of the nearest of these.
        """
        mean, deviation = self.emulator.predict(self._within(at[:, self.columns]))
        slope = SCALES[self.emulator.scale].slope(mean)
        terms = np.maximum(deviation**2 - (slope * self.emulator.spread) ** 2, 0.0)
        return mean, np.sqrt(terms + (slope * self._misfit_sd) ** 2)

    @property
    def _misfit_sd(self) -> float:
        """The emulator's error beside that of its terms, on its scale."""
        return math.sqrt(max(self.other_sd**2 - self.chance_sd**2, 0.0))

    def expected(self, years: Years) -> Floats:
        """Return the expected figures of years that were played, each where it was played.

        What its replication adds is taken off. Of what then lies between a year and the
        emulator so much counts as is the emulator's error there, and not chance; all of what is
        more than both explain, for then the emulator is wrong.
        """
        on, scale = SCALES[self.emulator.scale], self.emulator.scale
        told, error = self.emulated(years.at)
        there = on.there(_inside(told, scale))
        left = on.there(_inside(years.found, scale)) - there - self.effects[years.replications]
        share = self._share(told, error)
        blurred = np.hypot(error, on.slope(told) * self.chance_sd)
        share[np.abs(on.slope(told) * left) > CUT * blurred] = 1.0
        found: Floats = on.back(there + share * np.where(np.isnan(left), 0.0, left))
        return found

    def _share(self, told: Floats, error: Floats) -> Floats:
        """Return which share of a year's distance from the emulator is the emulator's error."""
        chance = SCALES[self.emulator.scale].slope(told) * self.chance_sd
        both = error**2 + chance**2
        return np.divide(error**2, both, out=np.zeros(len(told)), where=both > 0)

    def spare(self, told: Floats, error: Floats) -> Floats:
        """Return how far an expected figure must keep from the ends of the limits ``(n,)``.

        So far as it may be wrong, with 95 % confidence: by the effects of replications, whose
        own mean is chance, and by the emulator as far as the year that is played there does not
        correct it. *told* and *error* are what :meth:`emulated` returns.
        """
        slope = SCALES[self.emulator.scale].slope(told)
        common = slope * self.effect_sd / math.sqrt(len(self.effects))
        wrong = np.hypot(common, error * np.sqrt(1.0 - self._share(told, error)))
        low, high = self.limits
        return np.minimum(WIDTH * wrong, (high - low) / 2.0)

    def _slope(self, value: float) -> float:
        inside = _inside(np.array([value]), self.emulator.scale)
        return float(SCALES[self.emulator.scale].slope(inside)[0])


def surface_of(
    figure: Figure, columns: Ints, years: Years, count: int, *, chance: float | None, seed: int
) -> Surface:
    """Return the surface of a figure through years that were played.

    Parameters
    ----------
    count
        How many replications there are.
    chance
        How far two years at one point lie apart, besides what their replications add, as a
        standard deviation on the scale of the values; None: not known, all that is left.
    seed
        Of the emulator's choices.
    """
    known = np.isfinite(years.found)
    at, numbers = years.at[known][:, columns], years.replications[known]
    values, effects, scale = years.found[known], np.zeros(count), None
    for _ in range(_ROUNDS):
        on = SCALES[scale] if scale else SCALES["plain"]
        shifted = on.back(on.there(values) - effects[numbers])
        emulator = Emulator.fit(at, shifted, seed=seed, degree=_DEGREE, scale=scale)
        scale, on = emulator.scale, SCALES[emulator.scale]
        told, _ = emulator.predict(at)
        left = on.there(values) - on.there(_inside(told, scale))
        effects, effect_sd, other_sd = _effects(left, numbers, count)
    slope = float(np.median(SCALES[emulator.scale].slope(values)))
    chance_sd = other_sd if chance is None or slope == 0 else min(chance / slope, other_sd)
    return Surface(figure, columns, emulator, effects, effect_sd, other_sd, chance_sd)


def _inside(values: Floats, scale: str) -> Floats:
    """Return values that have a place on a scale."""
    if scale == "plain":
        return values
    return np.clip(values, _NUDGE, 1.0 - _NUDGE if scale == "logit" else np.inf)


def _effects(left: Floats, numbers: Ints, count: int) -> tuple[Floats, float, float]:
    """Return what each replication adds, and the deviations of that and of the rest.

    Means of a replication's years are drawn towards 0 by what of them is chance.
    """
    size = np.bincount(numbers, minlength=count).astype(float)
    total = np.bincount(numbers, weights=left, minlength=count)
    mean = np.divide(total, size, out=np.zeros(count), where=size > 0)
    rest = left - mean[numbers]
    freedom = len(left) - int((size > 0).sum())
    other = float(rest @ rest) / freedom if freedom > 0 else float(np.var(left))
    met = size > 0
    between = float(np.mean(mean[met] ** 2 - other / size[met])) if met.sum() > 1 else 0.0
    between = max(between, 0.0)
    share = between / (between + other / np.maximum(size, 1.0)) if between > 0 else 0.0
    return mean * share, math.sqrt(between), math.sqrt(other)
