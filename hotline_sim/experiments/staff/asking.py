"""The question how many agents on which shifts meet some targets, asked and answered."""

from __future__ import annotations

import math
import re
import time
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.definitions import measure_of
from hotline_sim.demand import cases_per_day
from hotline_sim.erlang import Exponential, Goal
from hotline_sim.execution import EngineName, Execution, engine_of
from hotline_sim.experiments.bands import asked_set
from hotline_sim.experiments.calculator import goal_of
from hotline_sim.experiments.header import Header
from hotline_sim.experiments.periods import exact_share, periods_of, settled
from hotline_sim.experiments.running import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    check_replications,
    opened,
    warn_if_unchecked,
)
from hotline_sim.experiments.staff.cheapest import Solver
from hotline_sim.experiments.staff.help import less_help
from hotline_sim.experiments.staff.needs import Need, needs_of
from hotline_sim.experiments.staff.planning import DEFAULT_GAP, DEFAULT_TIME_LIMIT_S
from hotline_sim.experiments.staff.proof import (
    Proof,
    employed,
    met_in_draws,
    proof_of,
    roster_of,
)
from hotline_sim.experiments.staff.records import OBJECTIVES, Cut, Objective, StaffError
from hotline_sim.experiments.staff.results import StaffResult, Tried
from hotline_sim.experiments.staff.search import FEW, PROFILE, Effort, Search, searcher
from hotline_sim.experiments.staff.trials import Stage, Trial
from hotline_sim.experiments.staff.volume_needs import needs_of_volumes
from hotline_sim.experiments.staff.volume_scenario import apart, scenario_of_volumes
from hotline_sim.experiments.staff.volumes import read_volumes
from hotline_sim.experiments.targets import Target, TargetError, target_of
from hotline_sim.messages import Notice
from hotline_sim.scenario.rosters import WEEK_DAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hotline_sim.experiments.bands import Asked
    from hotline_sim.experiments.parameters import ParameterSet
    from hotline_sim.scenario import Scenario

DEFAULT_TARGET = "connect_rate>=0.95"
QUICK_REPLICATIONS = 3
QUICK_TIME_LIMIT_S = 15.0
_LIKE = 0.9  # of calls answered: the need where no formula knows the target
_APART = 0.03  # of the calls would be in other half-hours: the weekdays differ in shape
_FEW_TRIES, _MANY_TRIES = 2, 12  # rosters for less, in a row
_SOON_PLAYED = 300_000  # cases in all replications of a roster
# What the plan decides of a team.
_SIZES = ("shifts", "curve", "seats", "persons", "posts", "breaks", "roster", "open", "fewest")


def staff(
    scenario: Scenario | str | Path,
    targets: Iterable[Target | str] = (DEFAULT_TARGET,),
    *,
    objective: Objective = "paid_hours",
    team: str | None = None,
    overrides: Iterable[str] = (),
    replications: int = DEFAULT_REPLICATIONS,
    tries: int | None = None,
    quick: bool = False,
    time_limit_s: float = DEFAULT_TIME_LIMIT_S,
    gap: float = DEFAULT_GAP,
    seed: int = DEFAULT_SEED,
    engine: EngineName = "auto",
    jobs: int = -1,
    execution: Execution | None = None,
    over: Asked = None,
    draws: int | None = None,
    tell: Callable[[float], Any] | None = None,
    need: Need | None = None,
) -> StaffResult:
    """Return the least staff found that meets some targets, proven on seeds it was not chosen by.

    Parameters
    ----------
    scenario
        A Scenario, the name of a shipped one, or the path of a file; its ``[rules]`` say which
        shifts there may be.
    targets
        What shall be met, all together: ``"connect_rate>=0.95"``,
        ``"connect_rate_24h_min>=0.95@0.9/month"``.
    objective
        What shall be least: ``"paid_hours"`` or ``"persons"``.
    team
        Who gets the roster; by default the team with the most channels. Teams that serve none
        but its channels lose theirs, for it does their work; others keep it.
    overrides
        Further keys to set, as in :func:`hotline_sim.load`.
    replications
        Of each roster that is tried; it is proven on twice as many, or up to eight times.
    tries
        Rosters for less that are tried after one another before the search ends.
    quick
        Take at most 3 replications and 15 s a roster, and one try.
    time_limit_s, gap
        When the solver stops: out of time, or sure that no roster is cheaper by more than that
        share.
    seed, engine, jobs, execution
        As in :func:`run`. The proof has the seeds that follow.
    over, draws
        What is assumed, as in :func:`run`: in what share of it the roster meets the targets.
    tell
        Called once with about how many seconds it will take from there.
    need
        Agents by half-hour, where they are known better than from the scenario.

    Raises
    ------
    ScenarioError
        If the scenario cannot be read.
    TargetError
        If a target is none.
    StaffError
        If no roster is within the rules, or none meets the targets.
    ValueError
        If an argument is out of its range.
    """
    check_replications(replications, seed)
    if quick:
        replications, tries = min(replications, QUICK_REPLICATIONS), tries or 1
        time_limit_s = min(time_limit_s, QUICK_TIME_LIMIT_S)
    base = opened(scenario, overrides)
    warn_if_unchecked(base)
    asked = [target_of(one) if isinstance(one, str) else one for one in targets]
    base = with_limits(base, asked)
    if objective not in OBJECTIVES:
        raise StaffError("staffing.objective", found=objective, known=", ".join(OBJECTIVES))
    if base.horizon.days < WEEK_DAYS:
        raise StaffError("staffing.short_horizon", days=base.horizon.days)
    aims = tuple(settled(one, base) for one in asked)
    _check_periods(aims, base, replications)
    chosen = team_of(base, team)
    stage = Stage(
        base,
        chosen,
        emptied_by(base, chosen),
        aims,
        seed,
        engine,
        execution or Execution(jobs=jobs),
    )
    if need is None:
        need = _without_rest(needs_of(base, goals=goals_of(aims, base), team=chosen))
    need = less_help(need, base, chosen)
    effort = Effort(replications, tries or tries_for(base, replications))
    search = searcher(stage, need, base.rules, Solver(objective, time_limit_s, gap), effort)
    begun_s = time.monotonic()
    search.learn_floors()
    if tell is not None:
        tell(_seconds_left(time.monotonic() - begun_s, search))
    proof = proof_of(search)
    parameters = _parameters(proof, over, draws)
    header = Header.of(
        [base],
        engine=engine,
        seed=seed,
        replications=proof.replications,
        arguments={
            "objective": objective,
            "proof_seed": proof.stage.seed,
            "search_replications": replications,
            "time_limit_s": time_limit_s,
            "gap": gap,
            "tries": effort.tries,
        },
        parameters=parameters,
    )
    return _result(header, need, proof, tuple(map(_tried, search.tried.values())))


def staff_of_volumes(
    file: Path | str,
    targets: Iterable[Target | str] = (DEFAULT_TARGET,),
    *,
    handle_mean_s: float,
    patience_s: float = math.inf,
    redial_probability: float = 0.0,
    overrides: Iterable[str] = (),
    **how: Any,
) -> StaffResult:
    """Return the least staff for a table of calls by interval, by a scenario made of it.

    The need is that of the table, weekday by weekday; the scenario, of four weeks, has one shape
    of the day for all weekdays, which is said where they differ.

    Parameters
    ----------
    file
        A CSV file, as :func:`read_volumes` reads it.
    targets, overrides, how
        As of :func:`staff`; overrides may change the scenario, and its ``rules``.
    handle_mean_s, patience_s, redial_probability
        As of :func:`scenario_of_volumes`.

    Raises
    ------
    StaffError
        If the file is no such table, or as of :func:`staff`.
    """
    volumes = read_volumes(file)
    asked = [target_of(one) if isinstance(one, str) else one for one in targets]
    made = scenario_of_volumes(
        volumes,
        name=name_of(file),
        handle_mean_s=handle_mean_s,
        patience_s=patience_s,
        redial_probability=redial_probability,
    )
    moved = apart(volumes)
    if moved > _APART:
        warnings.warn(Notice("staffing.one_shape", share=f"{100.0 * moved:.0f} %"), stacklevel=2)
    need = needs_of_volumes(
        volumes,
        handle_mean_s=handle_mean_s,
        goals=goals_of(asked, made),
        patience=None if patience_s == math.inf else Exponential(mean_s=patience_s),
        redial_probability=redial_probability,
    )
    return staff(made, asked, overrides=overrides, need=need, **how)


def _check_periods(targets: Sequence[Target], scenario: Scenario, replications: int) -> None:
    """Refuse targets of so few days or months that even all of them would not decide it."""
    for target in targets:
        count = periods_of(target, scenario) * replications
        if target.share is not None and exact_share(count, count)[0] < target.share:
            wanted = {"target": target, "count": count, "period": target.period}
            raise StaffError("staffing.few_periods", **wanted)


def _without_rest(need: Need) -> Need:
    """Return a need whose cuts ask for the time of the work alone, at whatever occupancy.

    How busy agents may be is a target of the whole, and held by simulation.
    """
    most_busy = min((one.value for one in need.goals if one.measure == "occupancy"), default=1.0)
    cuts = tuple(Cut(one.weights, one.at_least * most_busy) for one in need.cuts)
    return replace(need, cuts=cuts)


def name_of(file: Path | str) -> str:
    """Return what a scenario of a file is called: its name, as a scenario's name may be."""
    return re.sub(r"[^0-9A-Za-z-]+", "-", Path(file).stem).strip("-").lower() or "volumes"


def _result(header: Header, need: Need, proof: Proof, tried: tuple[Tried, ...]) -> StaffResult:
    stage, best = proof.stage, roster_of(proof.best)
    staffed = stage.scenario.with_values(stage.of_plan(best.plan))
    known = tuple(best.proven.replications[0])
    drawn = met_in_draws(stage, staffed, header.parameters, known)
    return StaffResult(
        header,
        team=stage.team,
        emptied=stage.emptied,
        targets=stage.targets,
        need=need,
        best=best,
        cheaper=None if proof.cheaper is None else roster_of(proof.cheaper),
        tried=tried,
        employed=employed(stage, proof.best),
        draws=drawn[0],
        draws_met=drawn[1],
    )


def proven_again(result: StaffResult, *, engine: EngineName, execution: Execution) -> StaffResult:
    """Return a result whose rosters were played again, on the same people."""
    stage = Stage(
        result.scenario,
        result.team,
        result.emptied,
        result.targets,
        result.proof_seed,
        engine,
        execution,
    )
    rosters = [one.plan for one in (result.best, result.cheaper) if one is not None]
    best, *cheaper = stage.play(rosters, result.header.replications)
    proof = Proof(stage, result.header.replications, best, cheaper[0] if cheaper else None)
    header = replace(result.header, **_played_by(engine))
    return _result(header, result.need, proof, result.tried)


def _played_by(engine: EngineName) -> dict[str, Any]:
    return {
        "engine": engine_of(engine)[0],
        "version": hotline_sim.__version__,
        "results_version": hotline_sim.RESULTS_VERSION,
    }


def _tried(trial: Trial) -> Tried:
    assert trial.plan is not None, "floors are not noted"
    found = tuple(one.found.mean for one in trial.holdings)
    return Tried(trial.plan.persons, trial.plan.paid_hours, found, trial.verdict)


def _seconds_left(floors_s: float, search: Search) -> float:
    """Return about how long it will take from here, from what the first floors took."""
    rosters = 2 + search.effort.tries
    plays = search.effort.replications * (rosters + 2 * 2)  # the proof has twice as many, of two
    played = len(PROFILE) * min(FEW, search.effort.replications)
    return floors_s / played * plays + rosters * search.solver.time_limit_s / 2.0


def with_limits(scenario: Scenario, targets: Sequence[Target]) -> Scenario:
    """Return a scenario that counts service at the limits that targets name, too."""
    own = scenario.thresholds_s
    named = [measure_of(one.measure).within_s for one in targets]
    new = [one for one in named if one is not None and one not in own]
    return scenario.with_values({"service.within_s": [*own, *new]}) if new else scenario


def team_of(scenario: Scenario, asked: str | None) -> str:
    """Return the team that gets the roster: the one asked for, or that with the most channels.

    Raises
    ------
    StaffError
        If there is no team of that name.
    """
    if asked is not None and asked not in scenario.teams:
        raise StaffError("staffing.no_team", found=asked, known=", ".join(scenario.teams))
    if asked is not None:
        return asked
    return max(scenario.teams, key=lambda name: len(_served(scenario, name)))  # the first of them


def emptied_by(scenario: Scenario, team: str) -> tuple[str, ...]:
    """Return the teams that serve nothing but what a team serves: it does their work.

    Those that the rules count on as helpers keep their own.
    """
    own, helpers = _served(scenario, team), [one.team for one in scenario.rules.helpers]
    others = [name for name in scenario.teams if name not in (team, *helpers)]
    return tuple(name for name in others if _served(scenario, name) <= own)


def _served(scenario: Scenario, team: str) -> set[str]:
    entries = scenario.teams[team].serves
    return {one if isinstance(one, str) else one.channel for one in entries}


def goals_of(targets: Sequence[Target], scenario: Scenario) -> list[Goal]:
    """Return what the formulas ask of every half-hour: targets they know, or calls answered."""
    goals = []
    for target in targets:
        plain = replace(target, share=None, period=None)
        try:
            goals.append(goal_of(plain, scenario.thresholds_s[0]))
        except TargetError:  # of cases, of satisfaction, of the worst 24 hours
            is_worst = measure_of(target.measure).name.startswith("connect_rate")
            value = target.value if is_worst and 0.0 < target.value < 1.0 else _LIKE
            goals.append(Goal("connect_rate", value))
    return goals


def tries_for(scenario: Scenario, replications: int) -> int:
    """Return how many rosters for less are tried in a row: many where they are soon played."""
    cases = cases_per_day(scenario) * scenario.horizon.days * replications
    return _MANY_TRIES if cases < _SOON_PLAYED else _FEW_TRIES


def _parameters(proof: Proof, over: Asked, draws: int | None) -> ParameterSet | None:
    """Return what is assumed, but for the rosters' sizes, of which the plan decides."""
    stage, plan = proof.stage, proof.best.plan
    assert plan is not None, "a roster was proven"
    staffed = stage.scenario.with_values(stage.of_plan(plan))
    sizes = tuple(f"teams.{name}.{key}" for name in (stage.team, *stage.emptied) for key in _SIZES)
    known = staffed.provenance.keys()
    return asked_set(
        [stage.scenario],
        over,
        draws,
        stage.seed,
        stays=lambda key: key not in known or key.startswith(sizes),
        within=[staffed],
    )
