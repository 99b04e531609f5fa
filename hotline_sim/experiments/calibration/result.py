"""What a calibration found: a set of parameters, each member of which was simulated."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.experiments.bands import middle
from hotline_sim.experiments.calibration import learning, quarrels, waves
from hotline_sim.experiments.calibration.figures import Figure
from hotline_sim.experiments.calibration.surfaces import Surface, scaled
from hotline_sim.experiments.calibration.waves import Player, Question, Runs, Tried
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.parameters import Parameter, ParameterSet, apart
from hotline_sim.experiments.parameters.files import parameter_of, plain_of
from hotline_sim.experiments.plain import number_of, without_nan

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas

    from hotline_sim.domain import Bools, Floats
    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.calibration.learning import Further, Narrowing, TradeOff


@dataclass(frozen=True, eq=False)
class CalibrationResult(Result):
    """The parameters from which published figures may come, and what the figures tell of them.

    ``runs`` are all points that were played; from ``aimed`` on they were drawn to be kept, and
    those whose expected figures lie within their limits are members.
    """

    kind = "calibrate"

    question: Question
    runs: Runs
    aimed: int

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        """The emulator of each figure, through the years that were played."""
        return waves.surfaces_of(self.question, self.runs)

    @cached_property
    def is_member(self) -> Bools:
        """Which runs ``(n,)`` are members, at most as many as were asked for."""
        inside = waves.members_of(self.question, Tried(self.runs, self.aimed), self.surfaces)
        return inside & (np.cumsum(inside) <= self.question.members)

    @property
    def parameters(self) -> ParameterSet | None:
        """The members as a set, all of one weight; None: there are no such parameters."""
        values = self.runs.values[self.is_member]
        if not len(values):
            return None
        asked = self.question
        weights = np.full(len(values), 1.0 / len(values))
        return ParameterSet(asked.bases, asked.parameters, values, weights, self.origin)

    @property
    def origin(self) -> str:
        """Where the values of the set come from, in words."""
        names = ", ".join(base.name for base in self.question.bases)
        version, command = self.header.results_version, self.header.command
        told = f"calibrated to {names}, seed {self.seed}, results version {version}"
        return told if command is None else f"{told}: {command}"

    @cached_property
    def expected(self) -> Floats:
        """The members' expected figures ``(members, figures)``."""
        asked, at = self.question, scaled(self.runs.values, self.question.flat)
        columns = [
            one.expected(waves.years_of(asked, self.runs, one.figure, at)) for one in self.surfaces
        ]
        return np.column_stack(columns)[self.is_member]

    @property
    def drawn(self) -> int:
        """How many points were drawn to be kept."""
        return int((self.runs.waves >= self.aimed).sum())

    @cached_property
    def narrowing(self) -> tuple[Narrowing, ...]:
        """How far each parameter is narrowed; none without members."""
        return learning.narrowing(self.question, self.runs.values[self.is_member], self.seed)

    @cached_property
    def trade_offs(self) -> tuple[TradeOff, ...]:
        """Pairs of parameters that go together in the set, the closest first."""
        return learning.trade_offs(self.question, self.runs.values[self.is_member])

    @cached_property
    def further(self) -> tuple[Further, ...]:
        """Figures that are not published, that which would narrow the set most first."""
        return learning.further(self.question, self.runs, self.is_member)

    @cached_property
    def quarrelling(self) -> tuple[Figure, ...]:
        """Figures that cannot be met together; none if there are members."""
        if self.is_member.any():
            return ()
        everywhere = waves.surfaces_of(self.question, self.runs, everywhere=True)
        return quarrels.quarrelling(self.question, everywhere)

    def to_frame(self) -> pandas.DataFrame:
        """Return one row a member: its parameters by key, then its expected figures."""
        import pandas as pd  # an extra: hotline-sim[frames]

        values = self.runs.values[self.is_member]
        names = [one.key for one in self.question.parameters]
        columns = dict(zip(names, values.T, strict=True))
        figures = [one.name for one in self.question.figures]
        return pd.DataFrame({**columns, **dict(zip(figures, self.expected.T, strict=True))})

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        asked, values = self.question, self.runs.values[self.is_member]
        plain: dict[str, Any] = without_nan(
            {
                "scenarios": [base.name for base in asked.bases],
                "version": self.version,
                "results_version": self.header.results_version,
                "engine": self.engine,
                "seed": self.seed,
                "replications": self.header.replications,
                "members": len(values),
                "wanted": asked.members,
                "drawn": self.drawn,
                "played": len(self.runs),
                "figures": [self._told(i) for i in range(len(asked.figures))],
                "parameters": [
                    {**plain_of(one), "narrowing": None if told is None else told.to_dict()}
                    for one, told in self._narrowed()
                ],
                "trade_offs": [one.to_dict() for one in self.trade_offs],
                "further": [one.to_dict() for one in self.further],
                "quarrelling": [one.name for one in self.quarrelling],
                "set": values.tolist(),
                "expected": self.expected.tolist(),
                "runs": _written(asked, self.runs),
                "aimed": self.aimed,
            }
        )
        return plain

    def _told(self, i: int) -> dict[str, Any]:
        surface, expected = self.surfaces[i], self.expected[:, i]
        return {
            **surface.figure.to_dict(),
            "limits": list(surface.limits),
            "year_sd": surface.year_sd,
            "emulator": {
                "scale": surface.emulator.scale,
                "terms": len(surface.emulator.terms),
                "r2": surface.emulator.r2,
                "rmse": surface.emulator.rmse,
            },
            "range": list(middle(expected.tolist())),
        }

    def _narrowed(self) -> list[tuple[Parameter, Narrowing | None]]:
        parameters = self.question.parameters
        told = self.narrowing or (None,) * len(parameters)
        return list(zip(parameters, told, strict=True))

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the calibration of its header and what :meth:`found` returns."""
        bases = apart(header.scenarios)
        parameters = tuple(parameter_of(one) for one in tree["parameters"])
        figures = tuple(Figure.from_dict(one) for one in tree["figures"])
        written = tree["runs"]
        asked = Question(
            bases,
            parameters,
            figures,
            tuple(tuple(map(str, names)) for names in written["measures"]),
            members=int(tree["wanted"]),
            replications=header.replications,
            seed=header.seed,
        )
        return cls(header, asked, _read(asked, written), int(tree["aimed"]))

    def again(self, *, engine: EngineName, execution: Execution) -> CalibrationResult:
        """Return the result of the same points, every year of them played again.

        Where to play was worked out from what had been played; it is taken as it is.
        """
        runs = self.runs
        player = Player(self.question, engine, execution)
        played = player.played(runs.values, runs.waves, runs.replications)
        now = Header.of(
            self.header.scenarios,
            engine=engine,
            seed=self.seed,
            replications=self.header.replications,
            arguments=self.header.arguments,
        )
        return CalibrationResult(now, self.question, played, self.aimed)


def _written(asked: Question, runs: Runs) -> dict[str, Any]:
    return {
        "values": runs.values.tolist(),
        "waves": runs.waves.tolist(),
        "replications": runs.replications.tolist(),
        "measures": [list(names) for names in asked.measures],
        "found": [found.tolist() for found in runs.found],
    }


def _read(asked: Question, tree: Mapping[str, Any]) -> Runs:
    """Return the runs of what :func:`_written` returned.

    Raises
    ------
    ValueError
        If there is not as much of everything as there are runs.
    """
    waves_of, p = np.array(tree["waves"], dtype=np.int64), len(asked.parameters)
    n = len(waves_of)
    found = tuple(
        np.array([[number_of(one) for one in row] for row in rows]).reshape(n, len(names))
        for rows, names in zip(tree["found"], asked.measures, strict=True)
    )
    values = np.array(tree["values"], dtype=float).reshape(n, p)
    replications = np.array(tree["replications"], dtype=np.int64).reshape(n)
    return Runs(values, waves_of, replications, found)
