"""Ask which parameters give the published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.definitions import Scope
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import Execution
from hotline_sim.experiments.calibration.choosing import BEHAVIOUR, chosen_parameters
from hotline_sim.experiments.calibration.figures import figures_of
from hotline_sim.experiments.calibration.result import CalibrationResult
from hotline_sim.experiments.calibration.waves import Player, Question, tried
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.parameters import Parameter, apart
from hotline_sim.experiments.running import (
    DEFAULT_SEED,
    check_replications,
    opened,
    warn_if_unchecked,
)
from hotline_sim.measures import named
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hotline_sim.execution import EngineName
    from hotline_sim.experiments.parameters import Over
    from hotline_sim.scenario import Scenario

DEFAULT_MEMBERS = 500
DEFAULT_YEARS = 40  # replications among which points take turns
MOST_MEMBERS = 5000
MOST_MOVED = 40  # parameters: an emulator of more needs more years than most have time for
_FEWEST_YEARS = 5


def calibrate(
    scenarios: Scenario | str | Path | Sequence[Scenario | str | Path],
    *,
    shared: Iterable[str] = (BEHAVIOUR,),
    over: Iterable[Over] = (),
    members: int = DEFAULT_MEMBERS,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_YEARS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
) -> CalibrationResult:
    """Find the parameters, within their ranges, that give what is published of scenarios.

    Parameters
    ----------
    scenarios
        One scenario or several, each a Scenario, a name or a path.
    shared
        What moves together in all scenarios: ``"behaviour"`` (patience, redials, talk and the
        shape of the day), or keys and patterns of keys.
    over
        What else moves, as in :func:`parameters_of`, besides what was fitted to figures.
    members
        How many members the set shall have, each simulated.
    overrides
        Further keys to set in every scenario, as in :func:`hotline_sim.load`.
    replications
        Among how many the years that are played take turns: the more, the better known is
        the chance of a single year.
    seed, engine, jobs, execution
        As in :func:`run`.

    Raises
    ------
    ScenarioError
        If a scenario cannot be read, or a key is not there.
    ValueError
        If nothing is published, nothing moves, or an argument is out of its range.
    """
    check_replications(replications, seed)
    if replications < _FEWEST_YEARS:
        raise ArgumentError(f"replications = {replications}: at least {_FEWEST_YEARS}")
    if not 1 <= members <= MOST_MEMBERS:
        raise ArgumentError(f"members = {members}: 1 to {MOST_MEMBERS}")
    listed = scenarios if isinstance(scenarios, (list, tuple)) else [scenarios]
    asked_of = tuple(opened(one, tuple(overrides)) for one in listed)  # type: ignore[arg-type]
    for one in asked_of:
        warn_if_unchecked(one)
    bases = apart(asked_of)
    named, further = tuple(shared), tuple(over)
    parameters = _movable(bases, chosen_parameters(bases, named, further))
    figures = figures_of(bases)
    question = Question(
        bases,
        parameters,
        figures,
        tuple(
            _kept(base, [one.measure for one in figures if one.base == b])
            for b, base in enumerate(bases)
        ),
        members=members,
        replications=replications,
        seed=seed,
    )
    found = tried(Player(question, engine, execution or Execution(jobs=jobs)))
    header = Header.of(
        asked_of,
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={"shared": named, "over": [_plain(one) for one in further], "members": members},
    )
    return CalibrationResult(header, question, found.runs, found.aimed)


def _movable(bases: Sequence[Scenario], parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Return parameters, once it is seen that there are some, and not too many."""
    if not parameters:
        raise RefusalError("say.nothing_to_draw", scenario=", ".join(one.name for one in bases))
    if len(parameters) > MOST_MOVED:
        raise RefusalError("say.too_many_moved", count=len(parameters), most=MOST_MOVED)
    return parameters


def _kept(base: Scenario, figures: Iterable[str]) -> tuple[str, ...]:
    """Return the measures of a scenario that are kept: its figures, and the headline."""
    headline = [name for name, measure in named(base, Scope.RUN) if measure.in_headline]
    return tuple(dict.fromkeys([*figures, *headline]))


def _plain(one: Over) -> object:
    return one.key if isinstance(one, Parameter) else one
