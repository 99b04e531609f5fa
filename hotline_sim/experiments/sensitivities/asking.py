"""Which assumption moves the answer? Screening of all, indices and a tornado of those that do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    check_replications,
    opened,
    warn_if_unchecked,
)
from hotline_sim.experiments.sensitivities.designs import crossed, trajectories, two_samples
from hotline_sim.experiments.sensitivities.indices import effects, elementary_effects
from hotline_sim.experiments.sensitivities.result import Sample, SensitivityResult, end_shares
from hotline_sim.experiments.sensitivities.space import Player, Space
from hotline_sim.experiments.sweeping import check_measure
from hotline_sim.messages import RefusalError
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hotline_sim.domain import Floats
    from hotline_sim.experiments.bands import Asked
    from hotline_sim.scenario import Scenario

DEFAULT_MEASURES = ("connect_rate", "case_connect_rate", "asa_s", "satisfaction_rate")
DEFAULT_DAYS = 91  # of a play, where the scenario has more
DEFAULT_SAMPLE = 256
DEFAULT_TRAJECTORIES = 16
DEFAULT_FACTORS = 10
_SAMPLES = (8, 16_384)
_TRAJECTORIES = (2, 1000)
_MOST_CHECKED = 128  # points that are played again with all ranges


def sensitivity(
    scenario: Scenario | str | Path,
    *,
    measures: Sequence[str] | None = None,
    over: Asked = None,
    points: int = DEFAULT_SAMPLE,
    trajectories: int = DEFAULT_TRAJECTORIES,
    factors: int = DEFAULT_FACTORS,
    emulate: bool = False,
    days: int | None = None,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> SensitivityResult:
    """Find which assumed numbers move the measures of a scenario most.

    All are screened by the elementary effects of Morris; those that matter most are then
    varied together for their Sobol' indices, and one by one for a tornado. Every play but those
    of the tornado is of replication 0: the same people.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file.
    measures
        What to look at; by default connect rates, waits and satisfaction, as far as the scenario
        has them.
    over
        Which numbers, over which ranges, as in :func:`parameters_of`; by default all that are
        assumed. Of a :class:`ParameterSet` each parameter goes through what the set's rows have.
    points
        Rows *n* of the sample for the indices, a power of 2: n × (factors + 2) are played.
    trajectories
        *r* of the screening: r × (parameters + 1) points are played.
    factors
        How many parameters, at most, are looked at more closely.
    emulate
        Play 4 n points instead, and take the indices of an emulator made from them. It is refused,
        measure by measure, where it explains less than 90 % of points held out.
    days
        Of each play; by default the scenario's own, or 91 if it has more and nobody has set them.
    overrides
        Further keys to set, as in :func:`hotline_sim.load`.
    replications
        How often the tornado's ends, and all as stated, are played.
    seed, engine, jobs, execution
        As in :func:`run`.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or *over* names what is not there.
    ValueError
        If an argument is out of its range, no number moves, or a measure has no value.
    """
    check_replications(replications, seed)
    _check(points, trajectories, factors)
    base = _lasting(opened(scenario, overrides), days)
    warn_if_unchecked(base)
    space = Space.of(base, over, seed)
    wanted = _wanted(base, measures)
    execution = execution or Execution(jobs=jobs)
    execution.plan(
        plays_of(
            len(space.parameters),
            points=points,
            trajectories=trajectories,
            factors=factors,
            emulate=emulate,
            replications=replications,
        )
    )
    player = Player(space, wanted, seed, engine, execution)
    centre = player.play(space.centre[None, :], replications)[0]
    known = _known(base, wanted, centre, asked=measures is not None)
    player, centre = _of_columns(player, centre, known)
    k = min(factors, len(space.parameters))
    streams = Streams(seed, 0)
    screened = _screened(player, trajectories, streams)
    chosen = _chosen(screened, k, streams)
    ends = player.play(end_shares(space, chosen), replications)
    varied = _varied(player, chosen, points, emulate=emulate)
    header = Header.of(
        [base],
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={
            "points": points,
            "trajectories": trajectories,
            "factors": factors,
            "emulate": emulate,
            "of_set": space.given is not None,
        },
        parameters=space.given or space.at(space.centre[None, :]),
    )
    return SensitivityResult(
        header,
        measures=player.measures,
        chosen=chosen,
        screened=screened,
        varied=varied,
        all_varied=_all_varied(player, chosen, varied.shares[: _checked(points)], streams),
        centre=centre,
        ends=ends.reshape(k, 2, replications, -1),
    )


def plays_of(
    parameters: int,
    *,
    points: int,
    trajectories: int,
    factors: int,
    emulate: bool,
    replications: int,
) -> int:
    """Return how many plays an analysis of so many parameters takes."""
    k = min(factors, parameters)
    screening = trajectories * (parameters + 1)
    sample = 4 * points if emulate else points * (k + 2)
    return screening + sample + _checked(points) + (2 * k + 1) * replications


def _checked(points: int) -> int:
    """Return how many points are played again with all ranges."""
    return min(points, _MOST_CHECKED)


def _check(points: int, walks: int, factors: int) -> None:
    low, high = _SAMPLES
    if not low <= points <= high or points & (points - 1):
        raise RefusalError("say.points_of_two", found=points, low=low, high=high)
    low, high = _TRAJECTORIES
    if not low <= walks <= high:
        raise ArgumentError(f"trajectories = {walks}: {low} to {high}")
    if factors < 1:
        raise ArgumentError(f"factors = {factors}: at least 1")


def _lasting(base: Scenario, days: int | None) -> Scenario:
    """Return the scenario with so many days; None: its own, shortened if nobody has set them."""
    if days is None:
        is_set = base.provenance["horizon.days"].set_by_user
        days = base.horizon.days if is_set else min(base.horizon.days, DEFAULT_DAYS)
    return base if days == base.horizon.days else base.with_values({"horizon.days": days})


def _wanted(base: Scenario, measures: Sequence[str] | None) -> tuple[str, ...]:
    for measure in measures or ():
        check_measure(measure)
    first_s = base.thresholds_s[0]
    names = [spelled_for(name, first_s) for name in measures or DEFAULT_MEASURES]
    return tuple(dict.fromkeys(names))


def _known(base: Scenario, wanted: Sequence[str], centre: Floats, *, asked: bool) -> list[int]:
    """Return the columns of measures that there are here; what was asked for must be there."""
    there = np.isfinite(centre).all(axis=0)
    if not there.all() and (asked or not there.any()):
        missing = wanted[int(np.argmin(there))]
        raise RefusalError("say.nothing_to_measure", measure=missing, scenario=base.name)
    return np.flatnonzero(there).tolist()


def _of_columns(player: Player, centre: Floats, columns: Sequence[int]) -> tuple[Player, Floats]:
    names = tuple(player.measures[i] for i in columns)
    return replace(player, measures=names), centre[:, columns]


def _screened(player: Player, count: int, streams: Streams) -> Sample:
    shares = trajectories(count, len(player.space.parameters), streams)
    flat = shares.reshape(-1, shares.shape[2])
    values = player.play(flat)[:, 0, :]
    return Sample(shares, values.reshape(*shares.shape[:2], -1))


def _chosen(screened: Sample, k: int, streams: Streams) -> tuple[int, ...]:
    """Return *k* parameters: the first of each measure by effect, then the seconds, and so on.

    Of equal rank the one whose effect is nearer to its measure's largest goes first.
    """
    changes = elementary_effects(*screened)
    ranks, parts = [], []
    for i in range(changes.shape[2]):
        sizes = np.array([one.size.value for one in effects(changes[..., i], streams)])
        sizes = np.nan_to_num(sizes)
        ranks.append(np.argsort(np.argsort(-sizes, kind="stable")))
        parts.append(sizes / max(sizes.max(), np.finfo(float).tiny))
    # What does nothing to a measure has no rank in it.
    rank = np.min(np.where(np.array(parts) > 0.0, ranks, len(sizes)), axis=0)
    order: list[int] = np.lexsort((-np.max(parts, axis=0), rank))[:k].tolist()
    return tuple(order)


def _varied(player: Player, chosen: tuple[int, ...], points: int, *, emulate: bool) -> Sample:
    """Return what was played of the chosen over their ranges, the others as stated."""
    streams = Streams(player.seed, 0)
    if emulate:
        shares = two_samples(4 * points, len(chosen), streams)[0]
    else:
        shares = crossed(*two_samples(points, len(chosen), streams))
    values = player.play(player.space.with_columns(chosen, shares))[:, 0, :]
    return Sample(shares, values)


def _all_varied(
    player: Player, chosen: tuple[int, ...], shares: Floats, streams: Streams
) -> Sample:
    """Return points played again with the others anywhere in their ranges."""
    n, p = len(shares), len(player.space.parameters)
    stream = streams.at(0, "sensitivity/others")
    every = (np.column_stack([stream.permutation(n) for _ in range(p)]) + stream.random((n, p))) / n
    every[:, list(chosen)] = shares
    return Sample(every, player.play(every)[:, 0, :])
