"""Values of parameters drawn from their ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import ArgumentError
from hotline_sim.experiments.parameters.constraints import feasible
from hotline_sim.experiments.parameters.numbers import LAWS, Law, Parameter
from hotline_sim.experiments.parameters.selection import Over, bases_of, parameters_of
from hotline_sim.experiments.parameters.sets import ParameterSet
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.scenario import Scenario

MOST_DRAWN = 100_000
_DRAWN = "drawn from its range, seed "


def values_at(
    bases: Sequence[Scenario],
    parameters: Sequence[Parameter],
    shares: Floats,
    law: Law = "median",
) -> Floats:
    """Return values ``(n, p)`` of parameters at shares ``(n, p)`` from 0 to 1 of their ranges.

    Probabilities of rows of transitions that are moved, and others that may be only together,
    take their parts one after the other (:mod:`hotline_sim.experiments.parameters.constraints`);
    whole numbers are rounded at the end.

    Raises
    ------
    ScenarioError
        If the ranges leave no values that can be together.
    """
    if law not in LAWS:
        raise ArgumentError(f"law = {law}: one of {', '.join(LAWS)}")
    columns = [one.at(shares[:, i], law) for i, one in enumerate(parameters)]
    values = np.column_stack(columns) if columns else np.empty(shares.shape)
    values = feasible(values, parameters, bases)
    whole = [one.whole for one in parameters]
    values[:, whole] = np.rint(values[:, whole])
    return values


def drawn_set(
    scenario: Scenario | Sequence[Scenario],
    n: int,
    seed: int,
    *,
    over: Over | Iterable[Over] | None = None,
    law: Law = "median",
) -> ParameterSet:
    """Return scenarios' parameters drawn from their ranges, all with the same weight.

    The design is a Latin hypercube: each range is cut into *n* parts of equal probability, and
    each part is met once. Every parameter has a stream of its own, so that naming further ones
    moves no draw of the others, unless they may be only together.

    Parameters
    ----------
    scenario, over
        As in :func:`parameters_of`.
    n, seed
        How many rows; of the draws.
    law
        ``median``: half of the draws lie below the value that the scenario states. ``uniform``:
        uniform over each range.

    Raises
    ------
    ScenarioError
        If *over* names what is not there, or the ranges leave no possible values.
    ValueError
        If an argument is out of its range.
    """
    bases = bases_of(scenario)
    return draw(bases, parameters_of(bases, over), n, seed, law=law)


def draw(
    bases: Sequence[Scenario],
    parameters: Sequence[Parameter],
    n: int,
    seed: int,
    *,
    law: Law = "median",
    within: Sequence[Scenario] = (),
) -> ParameterSet:
    """Return parameters of scenarios drawn from their ranges; see :func:`drawn_set`.

    The values are possible together in the scenarios *within*, by default the bases: one
    scenario in several states, in each of which every parameter can be moved.
    """
    if not 1 <= n <= MOST_DRAWN:
        raise ArgumentError(f"n = {n}: 1 to {MOST_DRAWN}")
    if seed < 0:
        raise ArgumentError(f"seed = {seed}: at least 0")
    streams = Streams(seed, 0)
    shares = np.empty((n, len(parameters)))
    for i, one in enumerate(parameters):
        stream = streams.at(0, f"parameters/{one.key}")
        shares[:, i] = (stream.permutation(n) + stream.random(n)) / n
    values = values_at(within or bases, parameters, shares, law)
    weights = np.full(n, 1.0 / n)
    return ParameterSet(tuple(bases), tuple(parameters), values, weights, drawn_origin(seed))


def drawn_origin(seed: int) -> str:
    """Return where the values of a drawn set come from, in words."""
    return f"{_DRAWN}{seed}"


def drawn_seed(origin: str) -> int | None:
    """Return the seed by which a set was drawn, given where it comes from; None: it was not."""
    written = origin.removeprefix(_DRAWN)
    return int(written) if written != origin and written.isdecimal() else None
