"""``hotline-sim validate``: what it plays, what it says, and that it tells a wrong answer."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import linalg

from hotline_sim import erlang, experiments, reports
from hotline_sim.cli import main
from hotline_sim.experiments.validation import Case, Check, cases, ciw_side, every_case, validate

CASES = {case.name: case for case in every_case()}
FEW: dict[str, Any] = {"replications": 12, "days": 1, "seed": 20240304, "jobs": 1}


def played(*names, **how):
    return validate([CASES[name] for name in names], **(FEW | {"engines": ["compiled"]} | how))


# What it tells ----------------------------------------------------------------------------


def test_every_formula_agrees_with_the_compiled_engine():
    result = validate(**FEW, engines=["compiled"])
    assert result.passed, [check for check in result.checks if not check.agrees]
    assert {check.case for check in result.checks} == set(CASES)
    assert all(check.standard_error > 0.0 for check in result.checks)


@pytest.mark.parametrize("name", CASES)
def test_one_agent_more_in_the_simulated_scenario_is_told(name):
    case = CASES[name]
    seats = int(case.scenario.teams["desk"].shifts[0].seats)
    wrong = replace(case, scenario=case.scenario.with_values({cases.SEATS: seats + 1}))
    result = validate([wrong], **(FEW | {"replications": 24}), engines=["compiled"])
    assert not result.passed


def test_both_engines_give_the_same_numbers_to_the_last_bit():
    result = played("erlang_a", "chats_slowed", engines=["simpy", "compiled"], replications=2)
    simulated: dict[tuple[str, str], list[float]] = {}
    for check in result.checks:
        simulated.setdefault((check.case, check.measure), []).append(check.simulated)
    assert all(first == second for first, second in simulated.values())
    rows = [row for row in reports.validation_table(result, "en").rows if len(row) > 1]
    assert {row[1] for row in rows} == {"both"}


def test_a_number_that_is_nothing_or_without_error_agrees_with_no_other():
    check = Check("erlang_b", "connect_rate", "simpy", 0.5, 0.5, 0.0)
    assert check.agrees
    assert not replace(check, simulated=0.6).agrees
    assert not replace(check, simulated=float("nan")).agrees
    assert replace(check, simulated=0.539, standard_error=0.01).agrees
    assert not replace(check, simulated=0.541, standard_error=0.01).agrees


def test_too_few_replications_for_an_error_are_refused():
    with pytest.raises(ValueError, match="replications = 1"):
        played("erlang_b", replications=1)


def test_who_watches_sees_every_replication_end():
    seen = []
    played(
        "erlang_b",
        "peaks",
        replications=2,
        engines=["compiled"],
        progress=lambda done, of, one: seen.append((done, of)),
    )
    of = 2 + 2 * 3  # the day that begins empty is played three times as often
    assert seen == [(i, of) for i in range(1, of + 1)]


@pytest.mark.parametrize("name", ["erlang_b", "patience_lognormal", "lines", "priorities", "peaks"])
def test_ciw_plays_what_it_can(name):
    pytest.importorskip("ciw")
    assert ciw_side.can_play(CASES[name])
    result = played(name, engines=["ciw"], replications=24)
    assert {check.engine for check in result.checks} == {"ciw"}
    assert result.passed, result.checks


def test_without_ciw_its_rows_are_left_out(monkeypatch):
    monkeypatch.setattr(ciw_side, "util", SimpleNamespace(find_spec=lambda name: None))
    result = played("erlang_b", engines=["compiled", "ciw"], replications=2)
    assert result.engines == ("compiled",)


# The command ------------------------------------------------------------------------------


def small(right):
    """Return a stand-in for the experiment that plays one case, or one that is wrong."""
    case = CASES["erlang_b"]
    if not right:
        case = Case(case.name, case.scenario, {"connect_rate": 0.1})

    def play(**how):
        return validate([case], **(how | FEW | {"engines": ["compiled"]}))

    return play


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("right", [True, False])
def test_the_exit_code_and_the_last_words_tell_whether_all_agrees(monkeypatch, right, lang):
    monkeypatch.setattr(experiments, "validate", small(right))
    done = CliRunner().invoke(main, ["validate", "--quick", "--lang", lang])
    assert done.exit_code == (0 if right else 1)
    words = {
        ("en", True): "All 3 checks agree.",
        ("en", False): "1 of 1 checks miss.",
        ("zh", True): "3 项检验全部吻合",
        ("zh", False): "1 项检验中 1 项不吻合",
    }
    assert words[lang, right] in done.stdout
    assert ("MISSES" in done.stdout or "不吻合" in done.stdout.split("1 项")[0]) == (not right)


def test_json_holds_every_check_and_nothing_else_is_printed(monkeypatch):
    monkeypatch.setattr(experiments, "validate", small(right=False))
    done = CliRunner().invoke(main, ["validate", "--quick", "--json"])
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert found["passed"] is False
    (check,) = found["checks"]
    assert check["difference"] == check["simulated"] - check["exact"]
    assert check["agrees"] is False


def test_quick_asks_for_less_and_not_for_ciw(monkeypatch):
    asked = []

    def note(**how):
        asked.append(how)
        return small(right=True)(**how)

    monkeypatch.setattr(experiments, "validate", note)
    for arguments in (["--quick"], []):
        assert CliRunner().invoke(main, ["validate", *arguments]).exit_code == 0
    quick, long = asked
    assert quick["replications"] * quick["days"] < long["replications"] * long["days"]
    assert ("ciw" in long["engines"], "ciw" in quick["engines"]) == (True, False)


# The chains -------------------------------------------------------------------------------


def test_redials_that_come_late_are_fresh_arrivals():
    same: dict[str, Any] = {
        "calls_per_hour": 12.0,
        "handle_mean_s": 600.0,
        "patience_mean_s": 400.0,
        "agents": 2,
        "redial_probability": 0.6,
    }
    fresh = erlang.with_redials(**same)
    off = [
        fresh.connect_rate - erlang.with_orbit(**same, delay_mean_s=delay_s).connect_rate
        for delay_s in (300.0, 3000.0, 30_000.0)
    ]
    assert off[0] > off[1] > off[2] > 0.0
    assert off[2] < 1e-3


@pytest.mark.parametrize(("agents", "concurrency"), [(1, 4), (2, 3), (3, 2), (4, 1)])
def test_chats_listed_agent_by_agent_are_erlang_a_where_they_cost_no_time(agents, concurrency):
    same: dict[str, Any] = {"calls_per_hour": 36.0, "handle_mean_s": 600.0}
    same["patience_mean_s"] = 400.0
    found = erlang.few_chat_agents(**same, agents=agents, concurrency=concurrency, slowdown=0.0)
    exact = erlang.erlang_a(**same, agents=agents * concurrency, within_s=0.0)
    assert found.connect_rate == pytest.approx(exact.connect_rate, rel=1e-9)
    assert found.wait_mean_s == pytest.approx(exact.wait_mean_s, rel=1e-9)


def test_chats_are_listed_by_who_is_next_as_the_engine_chooses():
    # So slow are those who hold two chats that it matters who of them takes the next.
    exact = erlang.few_chat_agents(
        calls_per_hour=12.0,
        handle_mean_s=600.0,
        patience_mean_s=400.0,
        agents=3,
        concurrency=2,
        slowdown=4.0,
    )
    scenario = CASES["chats_slowed"].scenario.with_values(
        {cases.SEATS: 3, "channels.phone.slowdown": 4.0, "channels.phone.cases_per_hour": 12.0}
    )
    case = Case("chats_slowed", scenario, {"connect_rate": exact.connect_rate})
    result = validate([case], **(FEW | {"replications": 150, "days": 30}), engines=["compiled"])
    assert result.passed, result.checks
    assert result.checks[0].standard_error < 0.0015  # of an effect of 0.008


def test_evenly_spread_chats_are_near_to_those_of_every_agent():
    same: dict[str, Any] = {"calls_per_hour": 36.0, "handle_mean_s": 600.0}
    for agents, slowdown in ((2, 0.4), (3, 0.3), (3, 1.0)):
        found = erlang.few_chat_agents(
            **same, patience_mean_s=400.0, agents=agents, concurrency=2, slowdown=slowdown
        )
        queue = erlang.Queue(
            **same,
            patience=erlang.Exponential(mean_s=400.0),
            concurrency=2,
            slowdown=slowdown,
        )
        near = erlang.queue_measures(queue=queue, agents=agents, within_s=0.0)
        assert near.connect_rate == pytest.approx(found.connect_rate, abs=0.006)


def test_a_day_of_one_rate_settles_to_erlang_a():
    same: dict[str, Any] = {"handle_mean_s": 600.0, "patience_mean_s": 400.0, "agents": 5}
    day, two = (erlang.changing_day(calls_per_hour=[36.0] * n, **same) for n in (24, 48))
    exact = erlang.erlang_a(calls_per_hour=36.0, **same, within_s=0.0)
    assert two.answered - day.answered == pytest.approx(864.0 * exact.connect_rate, rel=1e-6)
    assert two.abandoned - day.abandoned == pytest.approx(864.0 * exact.abandonment_rate, rel=1e-6)
    assert day.open == pytest.approx(exact.waiting_mean, rel=1e-6)


def test_a_day_with_peaks_is_that_of_the_matrix_exponential():
    rates, agents, most = (6.0, 60.0, 20.0), 5, 70
    n = np.arange(most + 1.0)
    served, left = np.minimum(n, agents) / 600.0, np.maximum(n - agents, 0.0) / 400.0
    state = np.eye(1, most + 2).ravel()
    for rate in rates:
        flow = np.zeros((most + 2, most + 2))
        up, down = [rate / 3600.0] * most, (served + left)[1:]
        flow[: most + 1, : most + 1] = np.diag(down, 1) + np.diag(up, -1)
        flow -= np.diag(flow.sum(axis=0))
        flow[most + 1, : most + 1] = left
        state = linalg.expm(flow * 3600.0) @ state
    found = erlang.changing_day(
        calls_per_hour=rates, handle_mean_s=600.0, patience_mean_s=400.0, agents=agents
    )
    assert found.abandoned == pytest.approx(state[-1], rel=1e-7)
    # All who came were answered, gave up, wait, or are in hand (and were answered).
    assert found.answered + found.abandoned + found.open == pytest.approx(sum(rates), rel=1e-8)


def test_one_class_before_another_waits_less_and_together_as_long_as_one():
    waits = erlang.priority_waits_s(calls_per_hour=(6.0, 18.0), handle_mean_s=600.0, agents=5)
    one = erlang.erlang_c(calls_per_hour=24.0, handle_mean_s=600.0, agents=5, within_s=0.0)
    assert waits[0] < one.wait_mean_s < waits[1]
    assert (6.0 * waits[0] + 18.0 * waits[1]) / 24.0 == pytest.approx(one.wait_mean_s, rel=1e-12)
