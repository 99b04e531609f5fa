"""Targets of the whole horizon, and of a share of its days or months."""

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hotline_sim import measures, reports
from hotline_sim.cli import main
from hotline_sim.execution import Numbers, Replication, Task, replicate
from hotline_sim.experiments import (
    Holding,
    Verdict,
    by_period,
    exact_share,
    holding,
    settled,
    sweep,
    target_of,
)
from hotline_sim.scenario import load
from hotline_sim.streams import Streams

SEATS = "teams.desk.shifts.0.seats"


@pytest.fixture(scope="module")
def three_months():
    changes = ["horizon.start=2024-01-20", "horizon.days=60", f"{SEATS}=2"]
    scenario = load("first-day", overrides=changes)
    return scenario, replicate(Task(scenario, 3, 0, "compiled"))


# Days and months --------------------------------------------------------------------------


def test_days_and_months_have_what_they_would_have_alone(three_months):
    scenario, played = three_months
    offered, answered = (played.by_day[name].sum(axis=1) for name in ("offered", "answered"))
    days = by_period(target_of("connect_rate>=0.9@0.9/day"), scenario, played)
    np.testing.assert_array_equal(days, answered / offered)
    months = by_period(target_of("connect_rate>=0.9@0.9/month"), scenario, played)
    cuts = [slice(0, 12), slice(12, 41), slice(41, 60)]  # to the end of January, of February
    wanted = [answered[cut].sum() / offered[cut].sum() for cut in cuts]
    np.testing.assert_array_equal(months, wanted)
    mean = played.measures["connect_rate_monthly_mean"]
    assert mean == pytest.approx(sum(wanted) / 3)


def test_a_day_has_one_24_hours_and_a_month_the_worst_of_those_in_it():
    days = 70
    draw = Streams(5, 0).at(0, "calls of a test")
    offered = draw.integers(0, 4, days * 48).astype(float)
    answered = np.minimum(draw.integers(0, 4, days * 48), offered)
    offered[: 3 * 48] = answered[: 3 * 48] = 0.0  # nobody asks on the first days
    scenario = load("first-day", overrides=["horizon.start=2024-01-20", f"horizon.days={days}"])
    by_day = {
        name: values.reshape(days, 48).sum(axis=1, keepdims=True)
        for name, values in (("offered", offered), ("answered", answered))
    }
    worst = measures.worst_24h_by_day(offered, answered)
    none = np.zeros((0, 0))
    played = Replication({}, {}, {}, {}, by_day, {}, none.astype(np.int64), worst)
    asked = target_of("connect_rate_24h_min>=0.5@0.9/month")
    found = by_period(asked, scenario, played)
    first = 0
    for length, value in zip((12, 29, 29), found, strict=True):
        cut = slice(first * 48, (first + length) * 48)
        assert value == measures.connect_rate_24h_min(offered[cut], answered[cut])
        first += length
    of_days = by_period(replace(asked, period=target_of("asa_s:1@1/day").period), scenario, played)
    rates = measures.connect_rate(by_day["offered"][:, 0], by_day["answered"][:, 0])
    np.testing.assert_array_equal(of_days, rates)
    assert np.isnan(of_days[:3]).all()
    assert np.nanmin(of_days) > found.min()  # else it would see no 24 hours over a midnight


def test_one_month_has_the_worst_24_hours_of_the_run(three_months):
    scenario, _ = three_months
    one = scenario.with_values({"horizon.start": dt.date(2024, 2, 1), "horizon.days": 29})
    played = replicate(Task(one, 3, 0, "compiled"))
    (worst,) = by_period(target_of("connect_rate_24h_min>=0.9@1/month"), one, played)
    assert worst == played.measures["connect_rate_24h_min"]


def test_a_limit_and_a_time_are_asked_of_days_as_of_the_run(three_months):
    scenario, played = three_months
    for written in ("service_level(15)>=0.5@0.5/day", "asa_s<=60@0.5/day", "queue_mean<=1@1/day"):
        asked = settled(target_of(written), scenario)
        values = by_period(asked, scenario, played)
        offered = played.by_day["offered"].sum(axis=1)
        answered = played.by_day["answered"].sum(axis=1)
        weight = {"service_level": offered, "asa_s": answered}.get(asked.measure, np.ones(60))
        found = (values * weight).sum() / weight.sum()
        assert found == pytest.approx(played.measures[asked.measure], rel=1e-12)


# Verdicts ---------------------------------------------------------------------------------


@given(of=st.integers(1, 400), share=st.floats(0, 1))
def test_the_interval_of_a_share_leaves_two_and_a_half_percent_on_either_side(of, share):
    met = round(of * share)
    low, high = exact_share(met, of)
    assert low <= met / of <= high
    if met > 0:
        assert binom.sf(met - 1, of, low) == pytest.approx(0.025, rel=1e-6)
    if met < of:
        assert binom.cdf(met, of, high) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize(
    ("met", "of", "verdict"),
    [
        (100, 100, Verdict.MET),
        (95, 100, Verdict.NOT_DECIDED),
        (36, 36, Verdict.MET),
        (35, 35, Verdict.NOT_DECIDED),  # all of them, but they are too few
        (80, 100, Verdict.NOT_MET),
        (0, 0, Verdict.NOTHING),
    ],
)
def test_a_share_of_months_is_met_missed_or_open(met, of, verdict):
    assert Holding(target_of("connect_rate>=0.5@0.9/month"), (), met, of).verdict is verdict


def test_periods_are_counted_over_all_replications_and_empty_ones_left_out(three_months):
    scenario, played = three_months
    asked = target_of("connect_rate>=0.75@0.5/day")
    empty = {name: table.copy() for name, table in played.by_day.items()}
    for table in empty.values():
        table[:7] = 0.0
    found = holding(asked, scenario, [played, replace(played, by_day=empty)])
    days = by_period(asked, scenario, played)
    assert found.of == 60 + 53
    assert found.met == (days >= 0.75).sum() + (days[7:] >= 0.75).sum()
    assert found.values[1] == (days[7:] >= 0.75).sum() / 53
    assert 0 < int(found.met or 0) < 113
    assert Holding.of_dict(found.to_dict(), asked) == found


def test_a_target_of_the_run_takes_the_measure_of_each_replication():
    played = [Numbers({"asa_s": value}, {}, {}, {}) for value in (20.0, 22.0, 24.0)]
    found = holding(target_of("asa_s<=30"), load("first-day"), played)
    assert (found.values, found.met) == ((20.0, 22.0, 24.0), None)
    assert found.verdict is Verdict.MET
    assert found.lacking == 0.0
    assert replace(found, target=target_of("asa_s<=20")).lacking == pytest.approx(2.0)
    assert replace(found, target=target_of("asa_s>=23")).lacking == pytest.approx(1.0)
    nothing = holding(target_of("satisfaction_rate>=0.9"), load("first-day"), played)
    assert nothing.verdict is Verdict.NOTHING
    assert nothing.lacking == math.inf
    assert Holding.of_dict(found.to_dict(), found.target) == found


# In a sweep -------------------------------------------------------------------------------


def test_a_sweep_counts_the_points_that_are_not_decided():
    curve = sweep("first-day", {SEATS: [2, 3, 4]}, replications=4, jobs=1)
    middle = curve.points[1].measures["connect_rate"]
    aim = target_of(f"connect_rate>={middle.mean:.6f}")
    assert [aim.verdict(one.measures["connect_rate"]) for one in curve.points] == [
        *(Verdict.NOT_MET, Verdict.NOT_DECIDED, Verdict.MET)
    ]
    said = reports.reached_sentence(curve, aim, "en")
    assert f"is met at: {SEATS} = 4." in said
    assert f"not decided at 1 of 3 points, whose interval holds it: {SEATS} = 3." in said
    said = reports.reached_sentence(curve, aim, "zh")
    assert "3 个取值中有 1 个尚不能判定" in said
    decided = target_of(f"connect_rate>={middle.low - 1e-4:.6f}")
    assert "decided" not in reports.reached_sentence(curve, decided, "en")


@pytest.mark.parametrize(
    "asked",
    [
        ("sweep", "first-day", "--over", f"{SEATS}=2,3"),
        ("erlang", "--calls-per-hour", "120", "--aht", "240"),
    ],
)
def test_what_knows_no_days_refuses_a_target_of_them(asked):
    done = CliRunner().invoke(main, [*asked, "--target", "connect_rate>=0.9@0.9/day"])
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        f"target connect_rate>=0.9@0.9/day: {asked[0]} asks it of the whole horizon; leave out @"
    ]
