"""The unit cube of what is assumed: from shares of ranges to values, and to measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.execution import EngineName, Execution, play
from hotline_sim.experiments.bands import asked_set
from hotline_sim.experiments.parameters import ParameterSet, parameters_of, values_at
from hotline_sim.experiments.parameters.constraints import feasible
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.experiments.bands import Asked
    from hotline_sim.experiments.parameters import Parameter
    from hotline_sim.scenario import Scenario

_ORIGIN = "where sensitivity begins"
_EDGE = 1e-9  # of a range: a number may come near an end that it must not reach
STATED = 0.5  # the share at which a number is as stated, or a set's median


@dataclass(frozen=True, eq=False)
class Space:
    """A scenario, its parameters, and how a share from 0 to 1 becomes a value of each.

    Without a set a share is one of the stated range, half of it on either side of the stated
    value. With one it is a quantile of what the set's rows have, parameter by parameter.
    """

    base: Scenario
    parameters: tuple[Parameter, ...]
    given: ParameterSet | None

    @classmethod
    def of(cls, base: Scenario, over: Asked, seed: int) -> Space:
        """Return the space of a scenario: of all its ranges, of those named, or of a set.

        Raises
        ------
        ScenarioError
            If *over* names what is not there.
        RefusalError
            If no number moves.
        """
        if isinstance(over, ParameterSet):
            given = asked_set([base], over, None, seed)
            assert given is not None, "there is a set"
            given = given.only(np.flatnonzero(np.ptp(given.values, axis=0) > 0.0).tolist())
            found = given.parameters
        else:
            given, found = None, parameters_of(base, over)
            found = tuple(one for one in found if one.low < one.high)
        if not found:
            raise RefusalError("say.nothing_to_draw", scenario=base.name)
        return cls(base, found, given)

    @property
    def centre(self) -> Floats:
        """The shares ``(p,)`` at which all is as stated."""
        return np.full(len(self.parameters), STATED)

    def values(self, shares: Floats) -> Floats:
        """Return values ``(n, p)`` at shares ``(n, p)``; those that can be together."""
        shares = np.clip(shares, _EDGE, 1.0 - _EDGE)
        if self.given is None:
            return values_at([self.base], self.parameters, shares)
        places = np.linspace(0.0, 1.0, len(self.given))
        columns = zip(shares.T, np.sort(self.given.values, axis=0).T, strict=True)
        found = np.column_stack([np.interp(share, places, rows) for share, rows in columns])
        found = feasible(found, self.parameters, [self.base])
        whole = [one.whole for one in self.parameters]
        found[:, whole] = np.rint(found[:, whole])
        return found

    def at(self, shares: Floats) -> ParameterSet:
        """Return the values at shares ``(n, p)`` as a set, a row a point."""
        weights = np.full(len(shares), 1.0 / len(shares))
        return ParameterSet((self.base,), self.parameters, self.values(shares), weights, _ORIGIN)

    def with_columns(self, columns: Sequence[int], shares: Floats) -> Floats:
        """Return shares ``(n, p)`` with some columns given ``(n, k)`` and the others as stated."""
        found = np.tile(self.centre, (len(shares), 1))
        found[:, list(columns)] = shares
        return found


@dataclass(frozen=True, eq=False)
class Player:
    """Plays points of a space: always the same people, in so many replications."""

    space: Space
    measures: tuple[str, ...]
    seed: int
    engine: EngineName
    execution: Execution

    def play(self, shares: Floats, replications: int = 1) -> Floats:
        """Return the measures ``(n, replications, m)`` at shares ``(n, p)``."""
        rows = self.space.at(shares)
        points = [(self.space.base, rows.changes(i)) for i in range(len(rows))]
        table = play(
            points,
            replications,
            seed=self.seed,
            engine=self.engine,
            keep=self.measures,
            execution=self.execution,
        )
        return table.values
