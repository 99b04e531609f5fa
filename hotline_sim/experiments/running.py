"""Run a scenario, or two on the same people."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING

from hotline_sim import scenario as scenarios
from hotline_sim.definitions import PUBLISHABLE, is_one_of, spelled_for
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import EngineName, Execution, Replication, Task, as_ended, play_all
from hotline_sim.experiments.bands import asked_set, members, played_draws
from hotline_sim.experiments.estimates import Estimate, estimate
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.results import CompareResult, RunResult
from hotline_sim.experiments.settling import USUAL_ROUNDS, settled
from hotline_sim.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hotline_sim.experiments.bands import Asked
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario, Standard

DEFAULT_REPLICATIONS = 10
DEFAULT_SEED = 12345
MOST_REPLICATIONS = 10_000
_FIRST_BATCH = 5  # replications before precision is judged
_LARGEST_STEP = 4.0  # a batch at most this many times what there is: early spreads mislead
LARGEST_SEED = 2**32 - 1  # one word of NumPy's SeedSequence


class UncheckedNotice(UserWarning):
    """A shipped scenario's published and derived numbers have not been checked by a test."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(self.text())

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language."""
        return text("say.unchecked", lang, scenario=self.name)


def run(
    scenario: Scenario | str | Path,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    precision: tuple[str, float] | None = None,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
    standard: str | Standard | None = None,
    over: Asked = None,
    draws: int | None = None,
    settle: bool = False,
) -> RunResult:
    """Simulate a scenario.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file.
    replications
        How many; one alone has no intervals.
    precision
        ``("connect_rate", 0.005)``: instead of a fixed number, replications until the half
        width of that measure's 95 % interval is at most so much.
    seed
        0 to 2**32 − 1; the same seed meets the same people in every scenario.
    engine
        ``"auto"``, ``"simpy"`` or ``"compiled"``; the results are the same.
    jobs
        Worker processes; -1: one for every core.
    execution
        In place of *jobs*: a cluster, a store that keeps replications, a progress callback.
    standard
        The name of a standard whose demands the run is held against: ``"gbt-33358"``; or
        the standard.
    over
        Also play the scenario over values that its assumed numbers could have, one replication
        each: a :class:`ParameterSet`, laid over the scenario if it was made over another; or
        which numbers are drawn from their ranges, as in :func:`drawn_set`.
    draws
        How many values are drawn (16), by default of every assumed number; or how many rows
        of the set are played (all).
    settle
        Take the connect rates that the scenario states as first guesses, and find those with
        which it agrees itself, also in each row of the values: for a volume that is known as
        contacts offered or answered, and a connect rate that is to be predicted.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read or run, there is no such standard, or no such number as
        *over* names.
    ValueError
        If an argument is out of its range, or the precision cannot be reached.
    """
    loaded = _loaded(scenario)
    demands = scenarios.standard(standard) if isinstance(standard, str) else standard
    check_replications(replications, seed)
    parameters = asked_set([loaded], over, draws, seed)
    execution = execution or Execution(jobs=jobs)
    played_once = replications + (len(parameters) if parameters else 0)
    execution.plan(played_once * (1 + USUAL_ROUNDS * settle))
    if settle:
        loaded, parameters = settled(
            loaded,
            parameters,
            replications=replications,
            seed=seed,
            engine=engine,
            execution=execution,
        )
    played: list[Replication] = []

    def extend(upto: int) -> None:
        numbers = range(len(played), upto)
        tasks = [Task(loaded, seed, i, engine, execution.contacts) for i in numbers]
        played.extend(play_all(tasks, execution))

    if precision is None:
        extend(replications)
    else:
        name, half_width = precision
        if not is_one_of(name, PUBLISHABLE) or not half_width > 0:
            raise ArgumentError(f"precision = {name}, {half_width}: a measure and a width above 0")
        name = spelled_for(name, loaded.thresholds_s[0])
        extend(_FIRST_BATCH)
        while needed := _needed([p.measures.get(name, math.nan) for p in played], precision):
            extend(needed)
    (drawn,) = played_draws(
        [members(parameters, loaded)],
        [played[0].measures],
        seed=seed,
        engine=engine,
        execution=execution,
    )
    header = Header.of(
        [loaded],
        engine=engine,
        seed=seed,
        replications=len(played),
        arguments={} if precision is None else {"precision": precision},
        parameters=parameters,
    )
    return RunResult(header, tuple(played), demands, drawn)


def compare(
    a: Scenario | str | Path,
    b: Scenario | str | Path,
    *,
    replications: int = DEFAULT_REPLICATIONS,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
    over: Asked = None,
    draws: int | None = None,
) -> CompareResult:
    """Simulate two scenarios on the same people and pair their differences.

    Parameters and errors are those of :func:`run`. Over values that the assumed numbers could
    have the difference is paired, too: what both scenarios share has the same value in both.
    """
    pair = (_loaded(a), _loaded(b))
    check_replications(replications, seed)
    parameters = asked_set(pair, over, draws, seed)
    execution = execution or Execution(jobs=jobs)
    execution.plan(len(pair) * (replications + (len(parameters) if parameters else 0)))
    where = execution.contacts
    tasks = [Task(s, seed, i, engine, where) for i in range(replications) for s in pair]
    played = play_all(tasks, execution)
    first, second = played_draws(
        [members(parameters, one, number) for number, one in enumerate(pair)],
        [played[0].measures, played[1].measures],
        seed=seed,
        engine=engine,
        execution=execution,
    )
    header = Header.of(
        pair,
        engine=engine,
        seed=seed,
        replications=replications,
        arguments={},
        parameters=parameters,
    )
    return CompareResult(header, (tuple(played[0::2]), tuple(played[1::2])), (first, second))


def _loaded(scenario: Scenario | str | Path) -> Scenario:
    """Return the scenario; warn if it is shipped and its numbers are not checked."""
    loaded = opened(scenario)
    warn_if_unchecked(loaded)
    return loaded


def opened(scenario: Scenario | str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Return a scenario, given as it is or by its name or path, with keys overridden.

    Raises
    ------
    ScenarioError
        If it cannot be read, or an override does not fit.
    """
    if not isinstance(scenario, scenarios.Scenario):
        return scenarios.load(scenario, overrides=overrides)
    changes = scenarios.from_text(overrides)
    return scenarios.changed(scenario, changes, place="--set") if changes else scenario


def warn_if_unchecked(scenario: Scenario) -> None:
    """Warn of a shipped scenario whose numbers are not checked."""
    if scenario.checked is False:
        warnings.warn(UncheckedNotice(scenario.name), stacklevel=4)


def play_measures(tasks: Sequence[Task], execution: Execution) -> list[dict[str, float]]:
    """Return the measures of each task, in order; of what else was counted nothing is kept."""
    found = {number: one.measures for number, one in as_ended(tasks, execution, whole=False)}
    return [found[number] for number in range(len(tasks))]


def check_replications(replications: int, seed: int) -> None:
    """See that so many replications can be played with such a seed.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    if not 1 <= replications <= MOST_REPLICATIONS:
        raise ArgumentError(f"replications = {replications}: 1 to {MOST_REPLICATIONS}")
    if not 0 <= seed <= LARGEST_SEED:
        raise ArgumentError(f"seed = {seed}: 0 to {LARGEST_SEED}")


def check_replication(replication: int, seed: int) -> None:
    """See that there can be such a replication, counted from 0, with such a seed.

    Raises
    ------
    ValueError
        If an argument is out of its range.
    """
    check_replications(1, seed)
    if not 0 <= replication < MOST_REPLICATIONS:
        raise ArgumentError(f"replication = {replication}: 0 to {MOST_REPLICATIONS - 1}")


def _needed(values: list[float], precision: tuple[str, float]) -> int:
    """Return how many replications to go on to; 0 when the precision is reached.

    Raises
    ------
    ValueError
        If hardly any replication has the measure, or so many are needed that an early spread
        cannot be to blame.
    """
    name, half_width = precision
    found: Estimate = estimate(values)
    if math.isnan(found.half_width):
        raise ArgumentError(f"precision = {name}, {half_width}: there is no such measure here")
    if found.half_width <= half_width:
        return 0
    n = len(values)
    ratio = found.half_width / half_width
    wanted = n * ratio * ratio
    going_on = max(n + 1.0, min(wanted, n * _LARGEST_STEP))
    if going_on > MOST_REPLICATIONS or wanted > MOST_REPLICATIONS * _LARGEST_STEP:
        limit = f"takes about {wanted:.0f} replications, more than {MOST_REPLICATIONS}"
        raise ArgumentError(f"precision = {name}, {half_width}: {limit}")
    return math.ceil(going_on)
