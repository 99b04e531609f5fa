"""Ask which part of a change between two scenarios each group of their keys has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import Unit, measure_of
from hotline_sim.execution import EngineName, Execution, play
from hotline_sim.experiments.attribution.groups import (
    GROUPS,
    MOST_GROUPS,
    OTHER,
    check_patterns,
)
from hotline_sim.experiments.attribution.results import AttributionResult, Group
from hotline_sim.experiments.attribution.worlds import Between, bundles_of
from hotline_sim.experiments.bands import asked_set
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.parameters import ParameterSet, apart, parameters_of
from hotline_sim.experiments.running import (
    DEFAULT_SEED,
    check_replications,
    opened,
    warn_if_unchecked,
)
from hotline_sim.experiments.sweeping import check_measure
from hotline_sim.messages import RefusalError
from hotline_sim.scenario import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hotline_sim.domain import Floats
    from hotline_sim.experiments.attribution.groups import Patterns
    from hotline_sim.experiments.attribution.worlds import Bundle
    from hotline_sim.experiments.bands import Asked
    from hotline_sim.scenario import Scenario

DEFAULT_SEEDS = 3
DEFAULT_MEMBERS = 40
_CONNECT = ("connect_rate", "connect_rate_monthly_mean")
_OPINIONS = ("satisfaction_rate", "satisfaction_of_cases")
_OF_MONEY = ("answering_cost_share",)  # besides those in yuan
_PLACE = "groups"


def attribute(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *,
    measures: Iterable[str] = (),
    groups: Patterns | None = None,
    over: Asked = None,
    draws: int | None = DEFAULT_MEMBERS,
    replications: int = DEFAULT_SEEDS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> AttributionResult:
    """Split the change of measures between two scenarios over groups of the keys that differ.

    Every world is simulated that takes each group from one of the two, with the same people
    (2**groups worlds). The part of a group is its Shapley value: what it adds, averaged over
    all orders in which the groups could have changed. The parts sum to the change.

    Parameters
    ----------
    a, b
        Scenarios, names of shipped ones, or paths of files.
    measures
        By default the connect rate, calls answered, cases answered, satisfaction and the share
        of cases answered.
    groups
        To each name keys, or patterns of keys; see ``GROUPS`` for what there is without.
        Keys that differ and are in none make a last group, ``other``.
    over
        The values that what is assumed could have: a set of parameters, or which numbers are
        drawn from their ranges; as of :func:`run`.
    draws
        How many of them, each played in every world with the same replications; 0: none.
    replications, seed, engine, jobs, execution
        As of :func:`run`; each world is played so many times, as it stands and for each draw.

    Raises
    ------
    ScenarioError
        If a scenario cannot be read or a pattern fits no key, or the scenarios cannot be mixed.
    ValueError
        If an argument is out of its range, there is no such measure, or there are too many
        groups.
    """
    pair = (opened(a), opened(b))
    for one in pair:
        warn_if_unchecked(one)
    check_replications(replications, seed)
    asked = _measures(tuple(measures), pair)
    if groups is not None:
        check_patterns(groups, pair, _PLACE)
    parameters = _members(pair, over, draws, seed)
    between, bundles = _bundled(
        list(_pairs(pair, parameters)), groups or GROUPS, of_money=any(map(_is_of_money, asked))
    )
    values = _played(
        [_worlds(one, bundles) for one in between],
        replications,
        asked,
        (seed, engine, execution or Execution(jobs=jobs)),
    )
    header = Header.of(
        pair,
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={"groups": groups and {name: list(some) for name, some in groups.items()}},
        parameters=parameters,
    )
    return AttributionResult(
        header,
        groups=tuple(_group(bundle, between) for bundle in bundles),
        idle=tuple(_idle(between)),
        unmoved=tuple(
            dict.fromkeys(d.shown for one in between for some in one.still.values() for d in some)
        ),
        measures=asked,
        values=values[0],
        members=values[1:],
    )


def _measures(asked: tuple[str, ...], pair: Sequence[Scenario]) -> tuple[str, ...]:
    """Return the measures asked for, or the usual ones, each once."""
    for one in asked:
        check_measure(one)
    if asked:
        return tuple(dict.fromkeys(asked))
    is_of_months = any(_CONNECT[1] in one.published for one in pair)
    opinions = all(one.satisfaction is not None for one in pair)
    rated = _OPINIONS if opinions else ()
    return (_CONNECT[is_of_months], "answered", "cases_answered", *rated, "case_connect_rate")


def _members(
    pair: Sequence[Scenario], over: Asked, draws: int | None, seed: int
) -> ParameterSet | None:
    """Return the set to play over; None: not asked for, or nothing is given with a range."""
    if draws == 0 or (over is None and not parameters_of(apart(pair))):
        return None
    return asked_set(pair, over, draws, seed)


def _pairs(
    pair: tuple[Scenario, Scenario], parameters: ParameterSet | None
) -> Iterable[tuple[Scenario, Scenario]]:
    """Yield the two scenarios as they stand, then with the values of each member."""
    yield pair
    for i in range(0 if parameters is None else len(parameters)):
        assert parameters is not None, "it has members"
        yield parameters.scenario(i, 0), parameters.scenario(i, 1)


def _is_of_money(measure: str) -> bool:
    return measure_of(measure).unit is Unit.YUAN or measure in _OF_MONEY


def _bundled(
    pairs: Sequence[tuple[Scenario, Scenario]], groups: Patterns, *, of_money: bool
) -> tuple[list[Between], list[Bundle]]:
    """Return what lies between each two scenarios, and the groups as they can be taken apart.

    Teams may need the terms of the second scenario; then money cannot stay as in the first.
    """
    between = [Between.of(*both, groups, of_money=of_money) for both in pairs]
    try:
        return between, bundles_of(between, _differing(between))
    except ScenarioError:
        if of_money:
            raise
    return _bundled(pairs, groups, of_money=True)


def _differing(between: Sequence[Between]) -> list[str]:
    """Return the groups in which the scenarios differ, as they stand or in some draw."""
    names = [name for name in between[0].groups if any(one.groups[name] for one in between)]
    if len(names) > MOST_GROUPS:
        raise RefusalError("attribute.too_many", groups=", ".join(names), most=MOST_GROUPS)
    return names


def _worlds(between: Between, bundles: Sequence[Bundle]) -> list[Scenario]:
    return [between.world(bundles, coalition) for coalition in range(1 << len(bundles))]


def _played(
    worlds: Sequence[Sequence[Scenario]],
    replications: int,
    measures: tuple[str, ...],
    how: tuple[int, EngineName, Execution],
) -> Floats:
    """Return the measures of every world, each simulated once however often it comes.

    ``(pairs, coalitions, replications, measures)``
    """
    seed, engine, execution = how
    digests = [[world.simulated_digest() for world in some] for some in worlds]
    once = {
        digest: world
        for row, some in zip(digests, worlds, strict=True)
        for digest, world in zip(row, some, strict=True)
    }
    places = {digest: number for number, digest in enumerate(once)}
    execution.plan(len(once) * replications)
    table = play(
        list(once.values()),
        replications,
        seed=seed,
        engine=engine,
        keep=measures,
        execution=execution,
    )
    for measure in measures:
        if np.isnan(table.of(measure)).all():
            raise RefusalError("attribute.nothing", measure=measure)
    found: Floats = table.values[[[places[digest] for digest in row] for row in digests]]
    return found


def _idle(between: Sequence[Between]) -> Iterable[str]:
    """Yield the groups in which nothing differs, not even what moves no measure."""
    for name in between[0].groups:
        differs = any(one.groups[name] or one.still[name] for one in between)
        if name != OTHER and not differs:
            yield name


def _group(bundle: Bundle, between: Iterable[Between]) -> Group:
    keys = [d.shown for one in between for name in bundle.names for d in one.groups[name]]
    return Group(bundle.names, tuple(dict.fromkeys(keys)), bundle.because)
