"""The proof: the roster found, and the best cheaper one, on people whom the search never met.

Of many rosters the one that looked best on some people looked a little too good on them. So each
round of the proof has a seed of its own; a roster that misses there teaches the search, and the
next one meets other people again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotline_sim.execution import Task, play_all
from hotline_sim.experiments.bands import members
from hotline_sim.experiments.periods import holding
from hotline_sim.experiments.staff.results import Employed, Proven, Roster
from hotline_sim.experiments.staff.search import plan_of
from hotline_sim.experiments.targets import Verdict
from hotline_sim.money import EMPLOYMENTS, known_links, with_employment

if TYPE_CHECKING:
    from hotline_sim.experiments.bands import Draws
    from hotline_sim.experiments.parameters import ParameterSet
    from hotline_sim.experiments.staff.search import Search
    from hotline_sim.experiments.staff.trials import Stage, Trial
    from hotline_sim.money import EmploymentName
    from hotline_sim.scenario import Scenario

MOST_ROUNDS = 4
_PROOF_TIMES = (2, 4)  # the search's replications; more where an interval holds its target
_SEEDS = 2**32


@dataclass(frozen=True, eq=False)
class Proof:
    """The stage with the seed of the proof, how often all was played, and what was proven."""

    stage: Stage
    replications: int
    best: Trial
    cheaper: Trial | None


def proof_of(search: Search) -> Proof:
    """Return the least staff found, proven, having searched again as long as a proof missed.

    After so many rounds the last one is returned as it is; its verdict says so.
    """
    best, cheaper = search.down(search.up())
    for number in range(1, MOST_ROUNDS + 1):
        proof = _round(search, best, cheaper, number)
        if number == MOST_ROUNDS:
            break
        if not proof.best.is_met:
            search.missed(proof.best)
            best, cheaper = search.up(), best
        elif proof.cheaper is not None and proof.cheaper.is_met:
            assert cheaper is not None, "it was proven"
            best, cheaper = search.down(cheaper)
        else:
            break
    return proof


def _round(search: Search, best: Trial, cheaper: Trial | None, number: int) -> Proof:
    """Play the roster found and the cheaper one on new people, more where it is not decided."""
    stage = replace(search.stage, seed=(search.stage.seed + number) % _SEEDS)
    rosters = [plan_of(one) for one in (best, cheaper) if one is not None]
    trials: list[Trial] = []
    for times in _PROOF_TIMES:
        count = times * search.effort.replications
        if trials:
            trials = [stage.more(one, count) for one in trials]
        else:
            trials = stage.play(rosters, count)
        verdicts = [one.verdict for one in trials]
        if verdicts[0] is Verdict.NOT_MET or Verdict.NOT_DECIDED not in verdicts:
            break
    return Proof(stage, count, trials[0], trials[1] if cheaper is not None else None)


def roster_of(trial: Trial) -> Roster:
    """Return a trial's roster with what it brought, without the sums."""
    return Roster(plan_of(trial), _proven(trial))


def _proven(trial: Trial) -> Proven:
    return Proven(tuple(one.measures for one in trial.played), trial.holdings)


def employed(stage: Stage, best: Trial) -> dict[str, Employed]:
    """Return what the roster costs and brings under each employment that has terms.

    All teams work under it then. The roster has as many on the floor; how many are away, and how
    fast newcomers are, is the employment's own.
    """
    found: dict[str, Employed] = {}
    for name in EMPLOYMENTS:
        if getattr(stage.scenario.employment, name) is None:
            continue
        moved = _under(stage, name)
        same = moved.scenario is stage.scenario
        (trial,) = [best] if same else moved.play([plan_of(best)], len(best.played))
        staffed = moved.scenario.with_values(moved.of_plan(plan_of(best)))
        found[name] = Employed(known_links(staffed).get(name), _proven(trial))
    return found


def _under(stage: Stage, name: EmploymentName) -> Stage:
    teams = stage.scenario.teams.values()
    if all(team.employment == name for team in teams):
        return stage
    return replace(stage, scenario=with_employment(stage.scenario, name))


def met_in_draws(
    stage: Stage, staffed: Scenario, parameters: ParameterSet | None, known: tuple[str, ...]
) -> tuple[Draws, tuple[tuple[bool, ...], ...]]:
    """Return the measures of one replication for each row of a set, and which targets it met."""
    tasks = [
        Task(scenario, stage.seed, number, stage.engine, values=values)
        for number, (scenario, values) in enumerate(members(parameters, staffed))
    ]
    draws, met = [], []
    for one in play_all(tasks, stage.execution):
        draws.append({name: one.measures[name] for name in known})
        found = [holding(target, stage.scenario, [one]) for target in stage.targets]
        met.append(tuple(h.lacking == 0.0 for h in found))
    return tuple(draws), tuple(met)
