"""Waves of years played where the published figures may come from, each better aimed than the last.

History matching (Vernon, Goldstein and Bower 2010; hmer, Iskauskas et al. 2024): play a few
points, emulate, leave out where the figures cannot come from even when the emulator's error is
allowed for, play in what is left, and so on. What is left is drawn as thick as the figures make it
likely, so that members crowd around what is printed and not at the ends of what chance allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import Origin
from hotline_sim.execution import play
from hotline_sim.experiments.calibration import sampling
from hotline_sim.experiments.calibration.surfaces import (
    CUT,
    WIDTH,
    Surface,
    Years,
    scaled,
    surface_of,
)
from hotline_sim.experiments.parameters import ParameterSet, values_at
from hotline_sim.experiments.parameters.numbers import parts_of
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Bools, Floats, Ints
    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.calibration.figures import Figure
    from hotline_sim.experiments.parameters import Parameter
    from hotline_sim.scenario import Scenario

_FIRST, _PER_COLUMN = 50, 10  # years in the first wave: at least, and for each parameter
_NEEDED, _NEAR = 1.5, 0.6  # runs for an emulator: times the first wave, or of all there are
_CHAINS = (200, 600)  # fewest and most: twice as many as members are wanted
_MOVES = 100  # of every chain, before its point is played
_SHARP = 0.6  # an emulator's error over a year's chance: below, a point drawn is one to keep
_AIMED = 2  # waves that are only there to aim, at least
_MOST_AIMED = 4
_BLOCK = (12, 4)  # points, and replications of each, to tell chance from the emulator's error
_MOST_PLAYED = 2.6  # times the members that are wanted; then those that there are must do
_PLAYED = 1.5  # times the members that are wanted, usually
_LEAST_BATCH = 20
_HOPELESS = 100  # points drawn to be kept, none of which is
_FAR = 1e4  # deviations: the emulators know nothing of a point; further ones are worse
_TINY = 1e-12  # a deviation that is none


@dataclass(frozen=True, eq=False)
class Question:
    """What is calibrated: scenarios, parameters, figures, and how much shall be played."""

    bases: tuple[Scenario, ...]
    parameters: tuple[Parameter, ...]
    figures: tuple[Figure, ...]
    measures: tuple[tuple[str, ...], ...]  # of each scenario, what is kept of its years
    members: int
    replications: int
    seed: int

    @cached_property
    def flat(self) -> tuple[Parameter, ...]:
        """The parameters as they are drawn.

        What was fitted to a figure is drawn evenly over its range, for its value says nothing that
        the figure does not; half of all else below the value that is stated.
        """
        names = [one.name for one in self.bases]
        fitted = {
            (base.name, key)
            for base in self.bases
            for key, origin in base.provenance.items()
            if origin.kind is Origin.FITTED
        }
        found = []
        for one in self.parameters:
            part = parts_of(one.key, names)
            among = [part.base] if part.base else names
            is_fitted = any((name, part.key) in fitted for name in among)
            found.append(replace(one, value=None) if is_fitted else one)
        return tuple(found)

    def columns(self, base: int) -> Ints:
        """Return the numbers of the parameters that a scenario has."""
        names = [one.name for one in self.bases]
        parts = [parts_of(one.key, names) for one in self.parameters]
        return np.array([i for i, part in enumerate(parts) if part.base in (None, names[base])])

    def values(self, shares: Floats) -> Floats:
        """Return the values of parameters at points of the unit cube ``(n, p)``."""
        return values_at(self.bases, self.flat, shares)


@dataclass(frozen=True, eq=False)
class Runs:
    """Every point that was played: one year of each scenario.

    Attributes
    ----------
    values
        ``(n, p)`` of the parameters.
    waves
        ``(n,)``: which wave it was tried in, from 0; -1 - i: a further year of point i.
    replications
        ``(n,)``.
    found
        Of each scenario the measures ``(n, m)``.
    """

    values: Floats
    waves: Ints
    replications: Ints
    found: tuple[Floats, ...]

    def __len__(self) -> int:
        return len(self.waves)

    def joined(self, other: Runs) -> Runs:
        """Return these and others, one after the other."""
        return Runs(
            np.vstack([self.values, other.values]),
            np.concatenate([self.waves, other.waves]),
            np.concatenate([self.replications, other.replications]),
            tuple(np.vstack(pair) for pair in zip(self.found, other.found, strict=True)),
        )


@dataclass(frozen=True, eq=False)
class Tried:
    """What the waves came to: all runs, the last aiming wave, and the level that was reached."""

    runs: Runs
    aimed: int  # waves from this one on were drawn to be kept
    level: float = 0.0  # above CUT: no point is near enough, this the nearest
    surfaces: tuple[Surface, ...] = field(default=())


@dataclass(frozen=True)
class Player:
    """Plays points of a question, one year of every scenario each."""

    question: Question
    engine: EngineName
    execution: Execution

    def played(self, values: Floats, waves: Ints, replications: Ints) -> Runs:
        """Return the runs of values ``(n, p)``."""
        asked = self.question
        drawn = ParameterSet(asked.bases, asked.parameters, values, np.ones(len(values)), "tried")
        points: list[tuple[Scenario, Any]] = []
        for i in range(len(values)):
            points += [(base, drawn.changes(i, b)) for b, base in enumerate(asked.bases)]
        keep = tuple(dict.fromkeys(name for names in asked.measures for name in names))
        numbers = [range(r, r + 1) for r in replications.tolist() for _ in asked.bases]
        table = play(
            points,
            numbers,
            seed=asked.seed,
            engine=self.engine,
            keep=keep,
            execution=self.execution,
        )
        count = len(asked.bases)
        found = tuple(
            table.values[b::count, 0, :][:, [keep.index(name) for name in asked.measures[b]]]
            for b in range(count)
        )
        return Runs(values, waves, replications, found)


def tried(player: Player) -> Tried:
    """Play wave after wave until there are as many members as are wanted, or none can be."""
    asked = player.question
    player.execution.plan(len(asked.bases) * _usual(asked))
    runs = _first_wave(player)
    wave, misses, aimed = 1, 0, -1
    while True:
        surfaces = surfaces_of(asked, runs)
        stream = Streams(asked.seed, 0).at(wave, "calibration/points")
        final = aimed >= 0 or _is_sharp(asked, runs, surfaces, wave)
        shares, level = _points(asked, surfaces, stream, final=final)
        misses = misses + 1 if level > CUT else 0
        if misses > 1:
            return Tried(runs, wave if aimed < 0 else aimed, level, surfaces)
        final = final and level <= CUT
        aimed = wave if final and aimed < 0 else aimed
        count = _wanted(asked, runs, surfaces, aimed) if final else _first_size(asked)
        picked = stream.permutation(len(shares))[:count]
        runs = runs.joined(_wave(player, shares[picked], wave, len(runs)))
        if wave == 1:
            runs = runs.joined(_more_years(player, runs, wave))
        if final and _is_enough(asked, runs, aimed):
            return Tried(runs, aimed, level, surfaces_of(asked, runs))
        wave += 1


def _points(
    asked: Question, surfaces: Sequence[Surface], stream: np.random.Generator, *, final: bool
) -> tuple[Floats, float]:
    """Return where to play ``(n, p)``, and the level of the region; above CUT there is none.

    Where emulators err too much for points to be kept, allowance is made for their error after
    all: the years that are played tell.
    """
    shape, cut = (_chains(asked), len(asked.parameters)), WIDTH if final else CUT
    score = score_of(asked, surfaces, final=final)
    region = sampling.below(score, cut, shape, stream)
    if region.level <= cut:
        density = density_of(asked, surfaces, final=final)
        return sampling.spread(density, region.points, _MOVES, stream), region.level
    if final:
        return _points(asked, surfaces, stream, final=False)
    around = sampling.below(score, region.level + CUT, shape, stream)
    return around.points, region.level


def surfaces_of(asked: Question, runs: Runs, *, everywhere: bool = False) -> tuple[Surface, ...]:
    """Return the surfaces of all figures through the runs of the latest waves, or of all.

    So many waves as have enough runs. Who picked runs by what came out of them would pick
    chance, and find too little of it; those of a wave lie where figures were thought possible.
    """
    enough = max(int(_NEEDED * _first_size(asked)), int(_NEAR * len(runs)))
    waves = np.where(runs.waves < 0, runs.waves[-1 - np.minimum(runs.waves, -1)], runs.waves)
    counts = {w: int((waves >= w).sum()) for w in set(waves.tolist())}
    first = 0 if everywhere else max(w for w, n in counts.items() if n >= min(enough, len(runs)))
    return _fitted(asked, runs, waves >= first)


def _fitted(asked: Question, runs: Runs, near: Bools) -> tuple[Surface, ...]:
    """Return the surfaces of all figures through some of the runs."""
    at = scaled(runs.values, asked.flat)
    found = []
    for figure in asked.figures:
        years = years_of(asked, runs, figure, at)
        found.append(
            surface_of(
                figure,
                asked.columns(figure.base),
                Years(at[near], runs.replications[near], years.found[near]),
                asked.replications,
                chance=_chance(years, runs.waves),
                seed=asked.seed,
            )
        )
    return tuple(found)


def years_of(asked: Question, runs: Runs, figure: Figure, at: Floats) -> Years:
    """Return the years of the runs, of one figure; *at* are the values on their scales."""
    column = asked.measures[figure.base].index(figure.measure)
    return Years(at, runs.replications, runs.found[figure.base][:, column])


def members_of(asked: Question, tried: Tried, surfaces: Sequence[Surface]) -> Bools:
    """Tell which runs ``(n,)`` are members: drawn to be kept, all expected figures in limits.

    Not so near to an end of the limits that they may in truth lie beyond it.
    """
    runs = tried.runs
    at = scaled(runs.values, asked.flat)
    inside = runs.waves >= tried.aimed
    for surface in surfaces:
        expected = surface.expected(years_of(asked, runs, surface.figure, at))
        low, high = surface.limits
        spare = surface.spare(*surface.emulated(at))
        inside &= (expected >= low + spare) & (expected <= high - spare)
    return inside


# Where to play ------------------------------------------------------------------------------


def _first_size(asked: Question) -> int:
    most = max(len(asked.columns(b)) for b in range(len(asked.bases)))
    return max(_FIRST, _PER_COLUMN * most)


def _chains(asked: Question) -> int:
    return min(max(2 * asked.members, _CHAINS[0]), _CHAINS[1])


def _first_wave(player: Player) -> Runs:
    """Play a Latin hypercube over the whole ranges."""
    asked = player.question
    n, stream = _first_size(asked), Streams(asked.seed, 0).at(0, "calibration/points")
    columns = [stream.permutation(n) + stream.random(n) for _ in asked.parameters]
    return _wave(player, np.column_stack(columns) / n, 0, 0)


def _wave(player: Player, shares: Floats, wave: int, before: int) -> Runs:
    asked = player.question
    numbers = (before + np.arange(len(shares))) % asked.replications
    return player.played(asked.values(shares), np.full(len(shares), wave), numbers)


def score_of(asked: Question, surfaces: Sequence[Surface], *, final: bool) -> sampling.Score:
    """Return how far points are from the figures, in standard deviations of what blurs them.

    That is the chance of a single year and, unless it is *final*, the emulator's error. The
    largest distance of all figures counts.
    """

    def score(shares: Floats) -> Floats:
        at = scaled(asked.values(shares), asked.flat)
        worst = np.zeros(len(at))
        for one in surfaces:
            told, error = one.emulated(at)
            worst = np.maximum(worst, _away(one, told, error, final=final))
            if final:  # where the emulator errs by more than a year's chance, nothing is known
                worst = np.maximum(worst, WIDTH * error / max(_allowed(one), _TINY))
            beyond = one.beyond(at)
            worst = np.where(beyond > 0.0, _FAR * (1.0 + beyond), worst)
        return worst

    return score


def density_of(asked: Question, surfaces: Sequence[Surface], *, final: bool) -> sampling.Density:
    """Return how likely the figures are at points, logarithms; -inf where the score is too high.

    The figure of one year lies around the expected one as a normal number, and was printed
    rounded: so likely is a point as such a number falls into what the print leaves open.
    """
    from scipy.special import ndtr

    cut = WIDTH if final else CUT

    def density(shares: Floats) -> Floats:
        at = scaled(asked.values(shares), asked.flat)
        total = np.zeros(len(at))
        for one in surfaces:
            told, error = one.emulated(at)
            deviation = np.maximum(np.hypot(error, one.year_sd), _TINY)
            low = (one.figure.low - told) / deviation
            high = (one.figure.high - told) / deviation
            flip = low > 0  # so that differences of small numbers are taken
            low, high = np.where(flip, -high, low), np.where(flip, -low, high)
            with np.errstate(divide="ignore"):
                total += np.log(ndtr(high) - ndtr(low))
            total[_away(one, told, error, final=final) > cut] = -np.inf
            if final:
                total[error > _allowed(one)] = -np.inf
            total[one.beyond(at) > 0.0] = -np.inf
        return total

    return density


def _allowed(one: Surface) -> float:
    """Return the emulator's error up to which points are drawn to be kept."""
    low, high = one.limits
    return (high - low) / (2.0 * WIDTH)


def _away(one: Surface, told: Floats, error: Floats, *, final: bool) -> Floats:
    """Return how far emulated figures are from what the print leaves open, in deviations."""
    away = np.maximum(one.figure.low - told, told - one.figure.high)
    if final:
        away = away + one.spare(told, error)
    blurred = one.year_sd if final else np.hypot(error, one.year_sd)
    return np.maximum(away, 0.0) / np.maximum(blurred, _TINY)


def _is_sharp(asked: Question, runs: Runs, surfaces: Sequence[Surface], wave: int) -> bool:
    """Tell whether the emulators err little enough for points that are drawn to be kept."""
    if not _AIMED < wave <= _MOST_AIMED:
        return wave > _MOST_AIMED
    at = scaled(runs.values[runs.waves == wave - 1], asked.flat)
    for one in surfaces:
        _, error = one.emulated(at)
        if float(np.median(error)) > _SHARP * _allowed(one):
            return False
    return True


# How much to play -----------------------------------------------------------------------------


def _most(asked: Question) -> int:
    """Return how many points are drawn to be kept at most."""
    return max(int(_MOST_PLAYED * asked.members), _HOPELESS)


def _usual(asked: Question) -> int:
    """Return how many points are usually played."""
    aiming = (1 + _AIMED) * _first_size(asked) + _BLOCK[0] * _BLOCK[1]
    return aiming + int(_PLAYED * asked.members)


def _wanted(asked: Question, runs: Runs, surfaces: Sequence[Surface], aimed: int) -> int:
    """Return how many points the next wave shall have."""
    kept = int(members_of(asked, Tried(runs, aimed), surfaces).sum())
    drawn = int((runs.waves >= aimed).sum())
    share = (kept + 1.0) / (drawn + 1.0) if drawn >= _LEAST_BATCH else 0.5
    missing = max(asked.members - kept, 0)
    room = max(_most(asked) - drawn, _LEAST_BATCH)
    some = asked.members // 5 if drawn == 0 else missing  # first some, to aim the rest better
    return min(max(int(min(missing, some) / max(share, 0.3)), _LEAST_BATCH), room, _chains(asked))


def _is_enough(asked: Question, runs: Runs, aimed: int) -> bool:
    drawn = int((runs.waves >= aimed).sum())
    if drawn >= _most(asked):
        return True
    surfaces = surfaces_of(asked, runs)
    kept = int(members_of(asked, Tried(runs, aimed), surfaces).sum())
    return kept >= asked.members or (kept == 0 and drawn >= _HOPELESS)


def _more_years(player: Player, runs: Runs, wave: int) -> Runs:
    """Play some points of a wave with the same few replications, so that chance can be told."""
    asked = player.question
    points = np.flatnonzero(runs.waves == wave)[: _BLOCK[0]]
    rows = np.repeat(points, _BLOCK[1])
    numbers = np.tile(np.arange(_BLOCK[1]), len(points)) % asked.replications
    return player.played(runs.values[rows], -1 - rows, numbers)


def _chance(years: Years, waves: Ints) -> float | None:
    """Return how far years at one point lie apart, besides what their replications add.

    A table of points by replications: what remains when the means of both are taken off.
    """
    extra = years.found[waves < 0]
    if not len(extra):
        return None
    table = extra.reshape(-1, _BLOCK[1])
    table = table[np.isfinite(table).all(axis=1)]
    if len(table) < 2:
        return None
    left = table - table.mean(axis=0) - table.mean(axis=1, keepdims=True) + table.mean()
    return float(np.sqrt(np.sum(left**2) / ((len(table) - 1) * (_BLOCK[1] - 1))))
