"""What a calibrated set tells: what is narrowed, what is free, what goes together, what to ask."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.experiments.calibration.surfaces import scaled
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from hotline_sim.domain import Bools, Floats
    from hotline_sim.experiments.calibration.waves import Question, Runs

_TAIL = 0.05  # on either side of the middle 90 %
_RESAMPLED = 400
_NORMAL = 1.96  # standard errors of a 95 % interval
_FREE_FROM = 0.9  # of the range of what is drawn
_LEAST_RANK = 0.3  # of a correlation that is told
_SURE = 4.0  # standard errors of a correlation of nothing
_FEWEST = 20  # members from which anything is told of pairs and further figures
_NOTHING = 1e-9  # relative to its size: a measure that moves so little does not move


@dataclass(frozen=True)
class Narrowing:
    """How far a parameter is narrowed.

    ``low`` to ``high`` holds the middle 90 % of the members, ``median`` lies amid them. ``left`` is
    how wide that is beside the middle 90 % of what its range gives, counted in shares of what is
    drawn; ``left_low`` to ``left_high`` its 95 % interval over members.
    """

    key: str
    low: float
    median: float
    high: float
    left: float
    left_low: float
    left_high: float

    @property
    def is_free(self) -> bool:
        """Whether the figures may tell nothing of it."""
        return self.left_high >= _FREE_FROM

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return {**asdict(self), "is_free": self.is_free}


@dataclass(frozen=True)
class TradeOff:
    """Two parameters that go together in the set, by their rank correlation (Spearman)."""

    first: str
    second: str
    correlation: float

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Further:
    """A figure that is not published, and what it would tell.

    ``gain`` is how much of each parameter's variance in the set a year's figure is expected to
    take away, all parameters together; ``narrowed`` by how much the standard deviation of the
    ``key`` that gains most.
    """

    scenario: str
    measure: str
    low: float
    high: float
    gain: float
    key: str
    narrowed: float

    def to_dict(self) -> dict[str, Any]:
        """Return the record as plain values."""
        return asdict(self)


def shares_of(asked: Question, values: Floats) -> Floats:
    """Return where values ``(n, p)`` lie among what is drawn of each parameter, from 0 to 1."""
    found = np.empty_like(values)
    for i, one in enumerate(asked.flat):
        ends = one.at(np.array([0.0, 0.5, 1.0]), "median")
        found[:, i] = np.interp(values[:, i], ends, (0.0, 0.5, 1.0))
    return found


def narrowing(asked: Question, values: Floats, seed: int) -> tuple[Narrowing, ...]:
    """Return how far each parameter is narrowed by members of these values ``(n, p)``."""
    n = len(values)
    if not n:
        return ()
    shares = shares_of(asked, values)
    picked = Streams(seed, 0).at(0, "calibration/narrowing").integers(n, size=(_RESAMPLED, n))
    found = []
    for i, one in enumerate(asked.parameters):
        low, median, high = np.quantile(values[:, i], (_TAIL, 0.5, 1.0 - _TAIL)).tolist()
        left = float(_width(shares[:, i]))
        around = _NORMAL * float(_width(shares[:, i][picked]).std())
        found.append(Narrowing(one.key, low, median, high, left, left - around, left + around))
    return tuple(found)


def _width(shares: Floats) -> Floats:
    """Return the middle 90 % of shares, over the last axis, beside 90 %."""
    low, high = np.quantile(shares, (_TAIL, 1.0 - _TAIL), axis=-1)
    found: Floats = (high - low) / (1.0 - 2.0 * _TAIL)
    return found


def trade_offs(asked: Question, values: Floats) -> tuple[TradeOff, ...]:
    """Return the pairs of parameters that go together, the closest first."""
    n, p = values.shape
    if n < _FEWEST:
        return ()
    ranks = _ranks(values)
    keys = [one.key for one in asked.parameters]
    pairs = [
        TradeOff(keys[i], keys[j], float(ranks[:, i] @ ranks[:, j]))
        for i in range(p)
        for j in range(i + 1, p)
    ]
    least = max(_LEAST_RANK, _SURE / np.sqrt(n))
    told = [one for one in pairs if abs(one.correlation) >= least]
    return tuple(sorted(told, key=lambda one: -abs(one.correlation)))


def _ranks(values: Floats) -> Floats:
    """Return ranks of each column, ties alike, of mean 0 and length 1."""
    ranks = np.empty_like(values)
    for i, column in enumerate(values.T):
        _, place, count = np.unique(column, return_inverse=True, return_counts=True)
        ranks[:, i] = (np.cumsum(count) - count / 2.0)[place]
    ranks -= ranks.mean(axis=0)
    length = np.sqrt(np.sum(ranks**2, axis=0))
    return ranks / np.where(length > 0, length, 1.0)


def further(asked: Question, runs: Runs, members: Bools) -> tuple[Further, ...]:
    """Return the figures that are not published, the one that would tell most first.

    Each measure of the members is taken apart by least squares into what the parameters do
    (themselves and their squares), what the replications add, and what is left. The first is
    what a printed figure would tell of, the others its chance.
    """
    if members.sum() < max(_FEWEST, 3 * len(asked.parameters)):
        return ()
    values = runs.values[members]
    ranks = _ranks(values)
    numbers = runs.replications[members]
    dummies = (numbers[:, None] == np.unique(numbers)[None, 1:]).astype(float)
    found = []
    for b, base in enumerate(asked.bases):
        columns = asked.columns(b)
        own = [asked.flat[i] for i in columns]
        unit = _standard(scaled(values[:, columns], own))
        terms = _standard(np.column_stack([unit, unit**2]))
        known = {one.measure for one in asked.figures if one.base == b}
        for name, y in zip(asked.measures[b], runs.found[b][members].T, strict=True):
            if name in known or not np.isfinite(y).all() or _is_still(y):
                continue
            told, chance = _taken_apart(y, terms, dummies)
            gains = _explained(ranks, told) * float(np.var(told) / (np.var(told) + chance))
            best = int(np.argmax(gains))
            low, high = np.quantile(y, (_TAIL, 1.0 - _TAIL)).tolist()
            narrowed = 1.0 - float(np.sqrt(1.0 - gains[best]))
            key = asked.parameters[best].key
            found.append(Further(base.name, name, low, high, float(gains.sum()), key, narrowed))
    return tuple(sorted(found, key=lambda one: -one.gain))


def _standard(columns: Floats) -> Floats:
    deviation = columns.std(axis=0)
    found: Floats = (columns - columns.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    return found


def _is_still(y: Floats) -> bool:
    return float(np.ptp(y)) <= _NOTHING * float(np.abs(y).max())


def _taken_apart(y: Floats, terms: Floats, dummies: Floats) -> tuple[Floats, float]:
    """Return what the terms say of a measure ``(n,)``, and the variance of a year's chance."""
    x = np.column_stack([np.ones(len(y)), terms, dummies])
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    told = terms @ coefficients[1 : 1 + terms.shape[1]]
    freedom = max(len(y) - x.shape[1], 1)
    left = y - x @ coefficients
    by_replication = dummies @ coefficients[1 + terms.shape[1] :]
    return told, float(left @ left) / freedom + float(np.var(by_replication))


def _explained(ranks: Floats, told: Floats) -> Floats:
    """Return which share of the variance of each column of ranks a measure explains ``(p,)``.

    By a curve with its square; what so many terms explain by chance is taken off.
    """
    one = _standard(told[:, None])
    x = np.column_stack([one, _standard(one**2)])
    coefficients = np.linalg.lstsq(x, ranks, rcond=None)[0]
    share = np.sum((x @ coefficients) ** 2, axis=0)
    n, k = len(told), x.shape[1]
    found: Floats = np.clip(1.0 - (1.0 - share) * (n - 1) / max(n - 1 - k, 1), 0.0, 1.0)
    return found
