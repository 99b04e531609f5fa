"""The least staff that meets targets: responses, search, proof, command."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import hotline_sim
from hotline_sim import plots, reports
from hotline_sim.erlang import Exponential, Goal, Queue, queue_measures
from hotline_sim.execution import Execution
from hotline_sim.experiments import Verdict, target_of
from hotline_sim.experiments.staff import StaffError, needs_of, staff
from hotline_sim.experiments.staff.aims import Aim, Point
from hotline_sim.experiments.staff.asking import goals_of, with_limits
from hotline_sim.experiments.staff.cheapest import Solver, best_within, cheapest
from hotline_sim.experiments.staff.responses import Losses, Response, Seen
from hotline_sim.experiments.staff.search import Effort, searcher
from hotline_sim.experiments.staff.serving import Ask
from hotline_sim.experiments.staff.trials import Stage
from hotline_sim.scenario import load

DAY = [
    "horizon.days=14",
    "channels.phone.cases_per_day=60",
    "rules.days_off_per_week=0",
    "rules.breaks=[]",
    "rules.most_hours_per_week=112",
    "rules.rest_hours=0",
]
STARTS = 'rules.starts=["08:00","12:00"]'
SOLVER = Solver("paid_hours", 20.0, 0.0)


def small(*changes, starts=STARTS):
    return load("first-day", overrides=[*DAY, starts, *changes])


def stage_of(scenario, *targets, seed=12345, team="desk"):
    aims = tuple(map(target_of, targets))
    return Stage(scenario, team, (), aims, seed, "compiled", Execution(jobs=1))


# What agents bring ------------------------------------------------------------------------


def test_losses_are_the_formulas_own_where_they_were_worked_out():
    queue = Queue(calls_per_hour=1.0, handle_mean_s=240.0, patience=Exponential(mean_s=180.0))
    losses = Losses.of(queue, 4.0, None)
    load_ = float(losses.loads[20])
    asked = replace(queue, calls_per_hour=load_ * 15.0)
    for agents in (1, 3, 7):
        exact = queue_measures(queue=asked, agents=agents, within_s=0.0).abandonment_rate
        found = losses.at(np.array(load_), np.array(float(agents)))
        assert found == pytest.approx(exact, rel=1e-9)
    assert losses.at(np.array(0.0), np.array(2.0)) == 0.0
    assert losses.at(np.array(3.0), np.array(0.0)) == 1.0


@pytest.fixture(scope="module")
def learnt():
    """Return a scenario, its need, three floors with their trials, and the first response."""
    scenario = small("channels.phone.cases_per_day=200")
    need = needs_of(scenario, goals=[Goal("connect_rate", 0.9)], team="desk")
    floors = [np.ceil(need.agents * times) for times in (0.6, 1.0, 1.4)]
    trials = stage_of(scenario, "connect_rate>=0.9").play_floors(floors, 4)
    response = Response.by_formula(need, 180.0, None)
    return scenario, need, trials, response


def test_a_fitted_response_loses_what_the_simulation_lost(learnt):
    scenario, _, trials, response = learnt
    for trial in trials:
        seen = Seen.of(scenario, trial.played, "answered")
        fitted = response.fitted(trial.coverage, seen)
        assert fitted.rate(trial.coverage) == pytest.approx(seen.rate, abs=1e-9)
        lost = fitted.lost(trial.coverage).sum(axis=0)
        wanted = seen.offered[0] - seen.served[0]
        assert np.abs(lost - wanted).max() < 0.1 * wanted.sum()
        assert response.rate(trial.coverage) != pytest.approx(seen.rate, abs=1e-3)


def test_a_response_fitted_at_one_floor_foretells_another(learnt):
    scenario, _, (few, some, many), response = learnt
    fitted = response.fitted(some.coverage, Seen.of(scenario, some.played, "answered"))
    for other in (few, many):
        seen = Seen.of(scenario, other.played, "answered")
        assert fitted.rate(other.coverage) == pytest.approx(seen.rate, abs=0.04)


def test_curves_are_concave_and_reach_what_the_response_says(learnt):
    _, _, _, response = learnt
    for half_hour in (16, 20, 39):
        widths, slopes = response.curve(2, half_hour)
        assert (np.diff(slopes) < 1e-12).all()
        agents = np.zeros((7, 48))
        agents[2, half_hour] = widths.sum()
        served = response.asked[2, half_hour] - response.lost(agents)[2, half_hour]
        assert float(widths @ slopes) == pytest.approx(served, rel=1e-6)
    assert len(response.curve(2, 3)[0]) == 0  # nobody calls


def test_the_program_brings_what_is_asked_at_the_least_cost(learnt):
    """Against every pair of numbers of agents on the two shifts, the same on all days."""
    scenario, need, _, response = learnt
    for level in (0.6, 0.8, 0.9):
        plan = cheapest(need, scenario.rules, [Ask(response, level)], SOLVER)
        assert response.rate(plan.coverage) >= level - 1e-6
        costs = [
            56.0 * (early + late)
            for early, late in itertools.product(range(10), repeat=2)
            if response.rate(_two_shifts(early, late)) >= level
            and (_two_shifts(early, late)[:, 16:40] >= 1).all()
        ]
        assert plan.bound <= plan.cost <= min(costs)


def _two_shifts(early, late):
    floor = np.zeros((7, 48))
    floor[:, 16:32] += early
    floor[:, 24:40] += late
    return floor


def test_the_best_for_less_costs_less_and_brings_the_most(learnt):
    scenario, need, _, response = learnt
    asks = [Ask(response, 0.9)]
    plan = cheapest(need, scenario.rules, asks, SOLVER)
    less = best_within(need, scenario.rules, asks, SOLVER, budget=plan.cost - 1.0)
    assert less.plan.cost < plan.cost
    assert less.is_ruled_out
    assert response.rate(less.plan.coverage) < 0.9
    within = [
        response.rate(_two_shifts(early, late))
        for early, late in itertools.product(range(1, 10), repeat=2)
        if 56.0 * (early + late) < plan.cost
    ]
    assert response.rate(less.plan.coverage) >= max(within) - 1e-9
    assert best_within(need, scenario.rules, asks, SOLVER, budget=56.0) is None


# From targets to shares -------------------------------------------------------------------


def aim(*points):
    return Aim(target_of("connect_rate>=0.9"), "answered", None, tuple(Point(*p) for p in points))


def test_what_is_asked_next_lies_between_a_miss_and_what_met():
    assert aim((0.8, -0.1), (0.92, 0.02)).level() == pytest.approx(0.9)
    assert aim((0.8, -0.1), (0.9, -0.002), (0.92, 0.02)).level() == pytest.approx(0.90181818)
    assert aim((0.92, 0.02), (0.95, 0.05)).level() == pytest.approx(0.9)  # all met
    assert aim((0.8, -0.1), (0.85, -0.05)).level() == pytest.approx(0.9)  # all missed


def test_a_roster_that_missed_is_never_asked_for_again():
    level = aim((0.8, -0.1), (0.9, -1e-9), (0.9, -0.1)).level()
    assert level > 0.9


def test_a_target_that_nobody_can_meet_is_told():
    with pytest.raises(StaffError, match="no number of agents"):
        aim((0.9, -0.1), (0.9999, -0.1)).level()


def test_a_target_of_time_asks_for_hours():
    scenario = small()
    asked = Aim.of(target_of("occupancy<=0.5"), scenario)
    assert asked.served is None
    assert Aim.of(target_of("service_level(20)>=0.5"), scenario).served == "answered_within(20)"
    assert Aim.of(target_of("connect_rate_24h_min>=0.5"), scenario).by_day
    assert not Aim.of(target_of("satisfaction_of_cases>=0.5"), scenario).by_day


# The whole ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def found():
    return staff(small(), ["connect_rate>=0.9"], replications=4, engine="compiled", jobs=1)


def test_the_least_staff_is_proven_on_other_people_and_less_misses(found):
    assert found.best.proven.verdict is Verdict.MET
    assert found.proof_seed != found.seed
    assert found.header.replications >= 8
    assert found.cheaper.plan.cost < found.plan.cost
    assert found.cheaper.proven.verdict in (Verdict.NOT_MET, Verdict.NOT_DECIDED)
    again = hotline_sim.run(
        found.staffed, replications=found.header.replications, seed=found.proof_seed, jobs=1
    )
    for name, values in again.measures.items():
        if name in found.best.proven.measures:
            proven = found.best.proven.measures[name].replications
            np.testing.assert_equal(proven, values.replications)


def test_the_file_with_the_roster_runs_to_the_same_numbers(found, tmp_path):
    path = tmp_path / "staffed.toml"
    path.write_bytes(reports.csv_files(found)["staffed.toml"])
    again = hotline_sim.run(path, replications=2, seed=found.proof_seed, jobs=1)
    first = [one["connect_rate"] for one in found.replications[:2]]
    assert list(again.measures["connect_rate"].replications) == first


def test_every_page_says_how_it_is_known(found):
    for lang in ("en", "zh"):
        blocks = reports.blocks(found, lang)
        words = "\n".join(str(block) for block in blocks)
        assert str(found.proof_seed) in words
        assert "connect_rate>=0.9" in words
    figure = reports.figures(found, "en")["staff"]
    lines = [ax.lines[0] for ax in figure.axes]
    assert len(lines) == 7
    np.testing.assert_array_equal(np.asarray(lines[3].get_ydata())[:-1], found.need.agents[3])
    assert plots.FIGURES["staff"].keys() == {"staff"}


SMALL = [
    (target, cases, starts, seats)
    for (target, cases), (starts, seats) in itertools.product(
        [
            ("connect_rate>=0.75", 40),
            ("connect_rate>=0.9", 60),
            ("service_level(20)>=0.6", 40),
            ("connect_rate_24h_min>=0.5@0.8/day", 50),
        ],
        [
            (("08:00", "12:00"), 4),
            (("08:00", "10:00", "12:00"), 2),
            (("08:00", "11:00", "12:00"), 2),
        ],
    )
]


@pytest.mark.parametrize(("target", "cases", "starts", "seats"), SMALL)
def test_the_least_found_is_the_least_of_all(target, cases, starts, seats):
    """Of every roster with so many seats at most on each start, simulated on the same people."""
    names = ",".join(f'"{start}"' for start in starts)
    scenario = small(
        f"channels.phone.cases_per_day={cases}",
        "horizon.days=7",
        "rules.fewest=0",
        f"rules.most_seats={seats * len(starts)}",
        starts=f"rules.starts=[{names}]",
    )
    scenario = with_limits(scenario, [target_of(target)])
    stage = stage_of(scenario, target)
    goals = goals_of(stage.targets, scenario)
    need = needs_of(scenario, goals=goals, team="desk")
    search = searcher(stage, need, scenario.rules, SOLVER, Effort(4, 12))
    search.learn_floors()
    best, _ = search.down(search.up())
    every = [
        counts
        for counts in itertools.product(range(seats + 1), repeat=len(starts))
        if 0 < sum(counts) * 56.0 < best.plan.cost
    ]
    floors = [_floor(starts, counts) for counts in every]
    assert best.is_met
    met = [c for c, one in zip(every, stage.play_floors(floors, 4), strict=True) if one.is_met]
    assert not met


def _floor(starts, counts):
    floor = np.zeros((7, 48))
    for start, many in zip(starts, counts, strict=True):
        first = int(start[:2]) * 2
        floor[:, first : first + 16] += many
    return floor
