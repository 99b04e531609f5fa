"""What does one more agent do? One key, or several, turned over a grid of values."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from hotline_sim.definitions import PUBLISHABLE, is_one_of, spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution, Task
from hotline_sim.experiments.bands import (
    RANGE,
    about_draws,
    asked_set,
    draws_of,
    members,
    middle,
    played_draws,
    span_of,
    with_range,
)
from hotline_sim.experiments.estimates import Estimate, estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.plain import without_nan
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    check_replications,
    opened,
    play_measures,
    warn_if_unchecked,
)
from hotline_sim.experiments.sums import values_at
from hotline_sim.experiments.targets import Target, TargetError, target_of
from hotline_sim.scenario import Change, changed, value_of
from hotline_sim.scenario.changes import as_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas

    from hotline_sim.experiments.bands import Asked, Draws, Test
    from hotline_sim.experiments.parameters import ParameterSet
    from hotline_sim.scenario import Scenario

MOST_POINTS = 1000
DEFAULT_MEASURE = "connect_rate"
_OF_MONTHS = ("connect_rate", "connect_rate_monthly_mean")  # nearly the same thing


@dataclass(frozen=True, eq=False)
class Point:
    """A place on the grid: the values of the keys, and the measures of each replication."""

    at: dict[str, str]  # key to value, as TOML writes it
    replications: tuple[Mapping[str, float], ...]
    draws: Draws = ()  # of one replication for each row of the set it was played over

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        names = self.replications[0]
        return {name: estimate_of(name, [one[name] for one in self.replications]) for name in names}

    def span(self, measure: str) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws lie; nan without draws."""
        return span_of(self.draws, measure)


@dataclass(frozen=True, eq=False)
class SweepResult(Result):
    """A scenario's measures over a grid, every point played with the same seeds.

    ``over`` gives each key its values; ``points`` run through them, the last key fastest.
    ``measure`` is what was looked at, ``target`` what it was held against, if it was.
    """

    kind = "sweep"

    over: dict[str, tuple[str, ...]]
    points: tuple[Point, ...]
    measure: str = DEFAULT_MEASURE
    target: Target | None = None

    @property
    def replications(self) -> tuple[Mapping[str, float], ...]:
        """Return the measures of each replication at the first point."""
        return self.points[0].replications

    def step(self, measure: str, number: int) -> Estimate:
        """Return the paired difference of a measure between a point and the one before it.

        The point before has the last key's value before; the first of a row has none, and
        gets nan.
        """
        if number % len(list(self.over.values())[-1]) == 0:
            return estimate([math.nan])
        before, here = (self.points[i].replications for i in (number - 1, number))
        return estimate([b[measure] - a[measure] for a, b in zip(before, here, strict=True)])

    def step_span(self, measure: str, number: int) -> tuple[float, float]:
        """Return between which values the middle 90 % of the draws have a :meth:`step`."""
        if number % len(list(self.over.values())[-1]) == 0:
            return math.nan, math.nan
        before, here = (self.points[i].draws for i in (number - 1, number))
        return middle(b[measure] - a[measure] for a, b in zip(before, here, strict=True))

    def published(self, measure: str) -> float | None:
        """Return the published figure of a measure, or of the one nearest to it; None: none."""
        alike = _OF_MONTHS if measure in _OF_MONTHS else (measure,)
        found = [self.scenario.published[name] for name in alike if name in self.scenario.published]
        return found[0] if found else None

    def to_frame(self) -> pandas.DataFrame:
        """Return one row a point and measure: the keys, measure, mean, low, high (needs pandas).

        Played over a set of parameters also range_low and range_high.
        """
        import pandas as pd  # an extra: hotline-sim[frames]

        rows = [
            {
                **point.at,
                "measure": name,
                **{end: getattr(one, end) for end in ("mean", "low", "high")},
                **(dict(zip(RANGE, point.span(name), strict=True)) if point.draws else {}),
            }
            for point in self.points
            for name, one in point.measures.items()
        ]
        return pd.DataFrame(rows)

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        about = self.about()
        del about["unknown"], about["checked"]
        plain: dict[str, Any] = without_nan(
            {
                **about,
                "over": self.over,
                "measure": self.measure,
                "target": None if self.target is None else str(self.target),
                "published": dict(self.scenario.published),
                "points": [
                    {
                        "at": point.at,
                        "measures": with_range(point.measures, point.draws),
                    }
                    for point in self.points
                ],
                **about_draws(self.header.parameters, self.reasons),
            }
        )
        return plain

    @property
    def reasons(self) -> dict[str, Test]:
        """Return why numbers do not move when it is played over a set of parameters."""
        grid = self.header.arguments["over"]
        model = _at(self.scenario, {key: values[0] for key, values in grid.items()})
        gone = self.scenario.provenance.keys() - model.provenance.keys()
        return {"swept": lambda key: key in gone or _is_swept(grid, key)}

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the sweep of its header and what :meth:`found` returns."""
        numbers = range(header.replications)
        return cls(
            header,
            over={key: tuple(values) for key, values in tree["over"].items()},
            points=tuple(
                Point(
                    dict(one["at"]),
                    tuple(values_at(one["measures"], i) for i in numbers),
                    draws_of(one["measures"], header.draws),
                )
                for one in tree["points"]
            ),
            measure=tree["measure"],
            target=None if tree["target"] is None else target_of(tree["target"]),
        )

    def again(self, *, engine: EngineName, execution: Execution) -> SweepResult:
        """Return the result of the same question, every replication of it played again."""
        return sweep(
            self.scenario,
            self.header.arguments["over"],
            measure=self.measure,
            target=self.target,
            replications=self.header.replications,
            seed=self.seed,
            engine=engine,
            execution=execution,
            parameters=self.header.parameters,
        )


def sweep(
    scenario: Scenario | str | Path,
    over: Mapping[str, Sequence[object]],
    *,
    measure: str | None = None,
    target: Target | str | None = None,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
    parameters: Asked = None,
    draws: int | None = None,
) -> SweepResult:
    """Simulate a scenario at every point of a grid, on the same people.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file.
    over
        Keys of the scenario, each with the values it shall take:
        ``{"teams.day.seats": [12, 14, 16]}``, as :meth:`Scenario.with_values` takes them;
        text is read as ``--set`` reads it. Several keys give every combination.
    measure
        What to look at: by default what the target is of, else the connect rate.
    target
        What it shall be: ``"connect_rate>=0.95"``.
    overrides
        Further keys to set at every point, as in :func:`hotline_sim.load`.
    replications, seed, engine, jobs, execution
        As in :func:`run`.
    parameters, draws
        What :func:`run` takes as *over* and *draws*: the values of what is assumed, over which
        every point is played. What is swept does not move with them.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read, or a value is not one the key may take.
    ValueError
        If an argument is out of its range, or the grid is empty or too large.
    """
    check_replications(replications, seed)
    aim = target_of(target) if isinstance(target, str) else target
    if aim is not None and aim.period is not None:
        raise TargetError("say.target_whole", found=aim, command="sweep")
    measure = measure or (aim.measure if aim else DEFAULT_MEASURE)
    check_measure(measure)
    grid = {key: tuple(values) for key, values in over.items()}
    count = math.prod(map(len, grid.values()))
    if not grid or not 1 <= count <= MOST_POINTS:
        raise ArgumentError(f"over: {count if grid else 0} points: 1 to {MOST_POINTS}")
    base = opened(scenario, overrides)
    warn_if_unchecked(base)
    measure = spelled_for(measure, base.thresholds_s[0])
    aim = aim and replace(aim, measure=spelled_for(aim.measure, base.thresholds_s[0]))
    places = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    models = [_at(base, place) for place in places]
    drawn = _asked_set(base, models, grid, (parameters, draws, seed))
    execution = execution or Execution(jobs=jobs)
    tasks = [
        Task(model, seed, i, engine, execution.contacts)
        for model in models
        for i in range(replications)
    ]
    execution.plan(len(models) * (replications + (len(drawn) if drawn else 0)))
    played = play_measures(tasks, execution)
    drawn_at = played_draws(
        [members(drawn, model) for model in models],
        played[::replications],
        seed=seed,
        engine=engine,
        execution=execution,
    )
    points = tuple(
        Point(
            {key: _written(value) for key, value in place.items()},
            tuple(played[i * replications : (i + 1) * replications]),
            drawn_at[i],
        )
        for i, place in enumerate(places)
    )
    for asked, point in itertools.product((measure, aim.measure if aim else measure), points):
        check_measure(asked, point.replications[0])
    header = Header.of(
        [base],
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={"over": {key: as_read(values) for key, values in grid.items()}},
        parameters=drawn,
    )
    written = {key: tuple(map(_written, values)) for key, values in grid.items()}
    return SweepResult(header, written, points, measure, aim)


def check_measure(measure: str, known: Iterable[str] | None = None) -> None:
    """See that there is such a measure, and that it is known of what was played.

    Raises
    ------
    ValueError
        If there is none, or the scenario does not say what it needs.
    """
    if known is None and not is_one_of(measure, PUBLISHABLE):
        raise ArgumentError(f"measure = {measure}: one of {', '.join(PUBLISHABLE)}")
    if known is not None and measure not in known:
        raise ArgumentError(f"measure = {measure}: one of {', '.join(known)}")


def _asked_set(
    base: Scenario,
    models: Sequence[Scenario],
    grid: Iterable[str],
    asked: tuple[Asked, int | None, int],
) -> ParameterSet | None:
    """Return the set over which every point is played, of what is there at all of them."""
    keys = base.provenance.keys()
    gone = {key for key in keys if any(key not in one.provenance for one in models)}
    over, draws, seed = asked
    return asked_set(
        [base],
        over,
        draws,
        seed,
        stays=lambda key: key in gone or _is_swept(grid, key),
        within=models,
    )


def _is_swept(grid: Iterable[str], key: str) -> bool:
    """Tell whether a key is one of the grid, or stands in one, or one of the grid in it."""
    words = f"{key}."
    return any(words.startswith(f"{one}.") or f"{one}.".startswith(words) for one in grid)


def _written(value: object) -> str:
    """Return a value as TOML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at(base: Scenario, place: Mapping[str, object]) -> Scenario:
    """Return the scenario at one point; what is wrong with a value is told of ``--over``."""
    changes = [
        Change(key, value_of(value, key) if isinstance(value, str) else value, f"{key}={value}")
        for key, value in place.items()
    ]
    return changed(base, changes, place="--over")
