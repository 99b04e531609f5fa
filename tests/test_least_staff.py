"""The least staff that meets targets: responses, search, proof, command."""

import csv
import io
import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import plots, reports
from hotline_sim.cli import main
from hotline_sim.erlang import Exponential, Goal, Queue, queue_measures
from hotline_sim.execution import Execution
from hotline_sim.experiments import Verdict, target_of
from hotline_sim.experiments.staff import StaffError, needs_of, staff
from hotline_sim.experiments.staff.aims import Aim, Point
from hotline_sim.experiments.staff.asking import (
    _without_rest,
    emptied_by,
    goals_of,
    team_of,
    with_limits,
)
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


# The command ------------------------------------------------------------------------------


def hotline(*arguments):
    return CliRunner().invoke(main, ["staff", *map(str, arguments)], env={"LANG": "en_US.UTF-8"})


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


QUICK = ("--quick", "--replications", "2", "--jobs", "1")
RULES = [option for rule in (*DAY, STARTS) for option in ("--set", rule)]


@pytest.fixture
def volumes(tmp_path):
    path = tmp_path / "calls.csv"
    rows = [f"{hour:02d}:00,{8 if 9 <= hour < 17 else 0}" for hour in range(24)]
    path.write_text("\n".join(["interval,calls", *rows]), encoding="utf-8")
    return path


def test_the_command_writes_a_roster_a_floor_and_a_scenario(tmp_path):
    done = hotline("first-day", *RULES, "--target", "connect_rate:70%", *QUICK, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    assert "meet connect_rate>=0.7" in done.stdout
    names = {path.name for path in tmp_path.iterdir()}
    assert {"roster.csv", "weeks.csv", "floor.csv", "staffed.toml", "staff.png"} <= names
    floor = rows_of(tmp_path / "floor.csv")
    assert len(floor) == 336
    result = hotline_sim.open_result(tmp_path / "result.json")
    assert isinstance(result, hotline_sim.StaffResult)
    assert [int(row["on_floor"]) for row in floor] == result.plan.coverage.ravel().tolist()
    shifts = rows_of(tmp_path / "roster.csv")
    agents = sum(int(row["mon"]) for row in shifts)
    assert agents == sum(one.agents for one in result.plan.duties if 0 in one.days)
    weeks = rows_of(tmp_path / "weeks.csv")
    assert sum(int(row["persons"]) for row in weeks) == result.plan.persons
    assert str(result.targets[0]) == "connect_rate>=0.7"


def test_a_table_of_calls_is_staffed_without_a_scenario(volumes):
    asked = ("--aht", "4min", "--patience", "350", "--set", "rules.fewest=0", "--days", "14")
    done = hotline(volumes, *asked, *QUICK, "--target", "connect_rate:0.8", "--json")
    assert done.exit_code == 0, done.output
    tree = json.loads(done.stdout)
    assert tree["scenario"] == "calls"
    need = np.array(tree["need"]["agents"])
    assert (need[:, :18] == 0).all()
    assert (need[:, 18:34] > 0).all()
    cases = tree["best"]["measures"]["cases"]["mean"]
    assert cases == pytest.approx(8 * 8 * 14, rel=0.15)


@pytest.mark.parametrize(
    ("asked", "line"),
    [
        (["first-day", "--target", "connect_rate>=95"], "write 0.95 or 95%"),
        (["first-day"], "horizon.days = 1: must be at least 7"),
        (
            ["first-day", "--days", "60", "--target", "connect_rate>=0.5@0.9/month"],
            "30 of them (month) are too few to decide it",
        ),
        (["first-day", "--days", "14", "--team", "night"], "team = night: must be one of desk"),
        (["first-day", "--aht", "240"], "--aht is of a table of calls"),
        (["CALLS"], "a table of calls needs --aht"),
        (["CALLS", "--aht", "240", "--team", "day"], "--team is of a scenario"),
        (["CALLS", "--aht", "240", "--parameters", "nanning"], "--parameters is of a scenario"),
        (["CALLS", "--aht", "240", "--redial", "45"], "write 0.45 or 45%"),
        (["nothing.csv", "--aht", "240"], "nothing.csv"),
        (
            ["first-day", "--days", "7", "--set", 'rules.starts=["12:00"]', *QUICK],
            "Mon 08:00 needs agents and no shift is there",
        ),
    ],
)
def test_a_mistake_gets_one_line(asked, line, volumes):
    done = hotline(*(volumes if one == "CALLS" else one for one in asked))
    assert done.exit_code == 2, done.output
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_the_set_of_parameters_moves_all_but_the_roster():
    result = staff(
        small("horizon.days=7"),
        ["connect_rate>=0.7"],
        draws=4,
        replications=2,
        quick=True,
        engine="compiled",
        jobs=1,
    )
    assert len(result.draws_met) == 4
    met = [one["connect_rate"] >= 0.7 for one in result.draws]
    assert [row[0] for row in result.draws_met] == met
    assert result.share_met == np.mean(met)
    assert not any("shifts" in key for key in result.header.parameters.keys)
    assert any("talk" in key for key in result.header.parameters.keys)


def test_a_team_that_serves_no_more_is_emptied_unless_it_helps():
    city = load("nanning-after")
    assert team_of(city, None) == "day"
    assert emptied_by(city, "day") == ("night",)
    helped = city.with_values({"rules.helpers": [{"team": "night", "share": 1.0}]})
    assert emptied_by(helped, "day") == ()


def test_the_time_of_work_that_can_wait_is_asked_for_whatever_the_occupancy():
    city = load("nanning-after")
    plain = needs_of(city, goals=[Goal("connect_rate", 0.9)], team="day")
    goals = [Goal("connect_rate", 0.9), Goal("occupancy", 0.5)]
    busy = _without_rest(needs_of(city, goals=goals, team="day"))
    wanted = [one.at_least for one in plain.cuts]
    assert [one.at_least for one in busy.cuts] == pytest.approx(wanted, rel=0.1)
    assert [one.at_least for one in needs_of(city, goals=goals, team="day").cuts] > wanted
