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
    if not 1 <= n <= MOST_DRAWN:
        raise ArgumentError(f"n = {n}: 1 to {MOST_DRAWN}")
    if seed < 0:
        raise ArgumentError(f"seed = {seed}: at least 0")
    bases = bases_of(scenario)
    parameters = parameters_of(bases, over)
    streams = Streams(seed, 0)
    shares = np.empty((n, len(parameters)))
    for i, one in enumerate(parameters):
        stream = streams.at(0, f"parameters/{one.key}")
        shares[:, i] = (stream.permutation(n) + stream.random(n)) / n
    values = values_at(bases, parameters, shares, law)
    origin = f"drawn from its range, seed {seed}"
    return ParameterSet(bases, parameters, values, np.full(n, 1.0 / n), origin)
