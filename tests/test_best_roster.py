"""The best roster at a budget: the same hours, laid out where they answer most, and simulated."""

import csv
import io
from itertools import product
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from test_budget import TERMS, with_terms

from hotline_sim import load, reports
from hotline_sim.cli import main
from hotline_sim.experiments import TargetError, budget
from hotline_sim.experiments.budgeting import asking
from hotline_sim.experiments.budgeting.layout import _Curve, _greedy, layout
from hotline_sim.money import roster_of, with_budget
from hotline_sim.scenario.calendar import WEEKDAYS

FLAT = [
    *TERMS,
    "horizon.days=14",
    "teams.desk.shifts=[{ seats = 3, from = '00:00', to = '24:00' }]",
]
BRIEF: dict[str, Any] = {"replications": 3, "jobs": 1}


@pytest.fixture(scope="module")
def frontier():
    return budget(
        "first-day",
        from_cny=6e5,
        to_cny=3e6,
        points=3,
        draws=2,
        employments=["outsourced"],
        roster="best",
        targets=["connect_rate:80%"],
        overrides=FLAT,
        **BRIEF,
    )


@pytest.mark.parametrize("agents", range(8))
def test_agent_by_agent_is_the_best_of_all_ways(agents):
    falling = [[5.0, 3.0, 1.0], [4.0, 3.5, 3.0], [6.0, 0.5, 0.0]]
    curves = [_Curve(np.ones(3), np.array(one)) for one in falling]
    gains = [np.concatenate([[0.0], np.cumsum(one)]) for one in falling]
    found = _greedy(curves, agents / 2.0).astype(int)
    ways = [one for one in product(range(4), repeat=3) if sum(one) <= agents]
    best = max(sum(gain[n] for gain, n in zip(gains, one, strict=True)) for one in ways)
    assert sum(gain[n] for gain, n in zip(gains, found, strict=True)) == pytest.approx(best)
    assert found.sum() == agents


def test_whole_agents_go_where_people_call_and_the_hours_are_those_bought():
    base = load("first-day", overrides=FLAT)
    bought = with_budget(base, "outsourced", 1.2e6)
    laid = layout(bought, "outsourced", 0.8)
    curve = np.array(list(laid["teams.desk.curve"].values()))
    assert curve.shape == (7, 48)
    assert (curve == np.rint(curve)).all()
    weights = np.repeat(base.demand.hour_weights or (), 2)
    assert curve[:, weights.argmax()].min() > curve[:, weights.argmin()].max()
    again = with_budget(base.with_values(laid), "outsourced", 1.2e6)
    hours = [roster_of(one, "outsourced").filled_hours for one in (bought, again)]
    assert hours[1] == pytest.approx(hours[0])


def test_the_best_roster_connects_more_than_a_flat_one_for_the_same_money(frontier):
    scaled, best = frontier.frontier["outsourced"], frontier.best["outsourced"]
    for number, (one, other) in enumerate(zip(scaled, best, strict=True)):
        gain = frontier.gain("outsourced", "connect_rate", number)
        assert gain.mean >= 0.0
        assert other.links.answering_hours == pytest.approx(one.links.answering_hours)
        assert other.links.persons == pytest.approx(one.links.persons)
    assert frontier.gain("outsourced", "connect_rate", 1).low > 0.02
    assert best[1].seats is not None


def test_a_target_is_met_with_less_money_by_the_best_roster(frontier):
    amounts = {one.roster: one.amount for one in frontier.least}
    assert amounts["best"] < 0.97 * amounts["scaled"]


def test_the_roster_is_written_by_weekday_and_half_hour(frontier):
    page = reports.csv_files(frontier)["rosters.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(page)))
    assert rows[0].keys() == {"employment", "budget_cny", "weekday", "from", "seats"}
    for point in frontier.best["outsourced"]:
        mine = [r for r in rows if float(r["budget_cny"]) == point.budget_cny]
        hours = sum(float(row["seats"]) for row in mine) / 2.0
        rostered = point.links.rostered_hours * 7 / 365
        assert not mine or hours == pytest.approx(rostered, rel=0.01)  # the year's last day
        assert len(mine) in (0, 7 * 48)


def test_where_a_layout_connects_no_more_the_shape_of_today_stays(monkeypatch):
    by_night = dict.fromkeys(WEEKDAYS, [9.0] * 8 + [0.0] * 40)
    laid = {"teams.desk.shifts": [], "teams.desk.curve": by_night}
    monkeypatch.setattr(asking, "layout", lambda *_: laid)
    result = budget(
        "first-day",
        from_cny=8e5,
        to_cny=8e5,
        draws=2,
        employments=["outsourced"],
        roster="best",
        overrides=FLAT,
        **BRIEF,
    )
    assert result.best == result.frontier
    told = reports.budget_sentences(result, "en", measure="connect_rate")
    assert any("no roster was found" in one for one in told)
    assert len(reports.csv_files(result)["rosters.csv"].splitlines()) == 1


def test_without_a_team_for_every_channel_nothing_is_laid_out():
    city = load("nanning-after", overrides=["horizon.days=7"])
    apart = city.with_values(
        {
            "teams.day.serves": ["wechat", "follow_up", "app", "urging"],
            "teams.night.serves": ["phone"],
        }
    )
    assert layout(apart, "outsourced", 0.9) == {}
    assert layout(city, "outsourced", 0.9)


def test_a_share_of_months_is_no_target_of_a_budget():
    with pytest.raises(TargetError, match="month"):
        budget(
            "first-day",
            from_cny=1e6,
            to_cny=1e6,
            targets=["connect_rate_24h_min>=0.9@0.9/month"],
            overrides=TERMS,
        )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_shows_both_rosters(lang, tmp_path):
    asked = [
        "budget",
        "first-day",
        "--from",
        "60万",
        "--to",
        "1.2M",
        "--points",
        "2",
        "--draws",
        "2",
    ]
    asked += ["--replications", "2", "--jobs", "1", "--roster", "best", "--lang", lang]
    flat = [part for one in FLAT[len(TERMS) :] for part in ("--set", one)]
    done = CliRunner().invoke(main, [*asked, *with_terms(), *flat, "--out", str(tmp_path)])
    assert done.exit_code == 0, done.stderr
    assert done.stdout.count({"en": ", best roster", "zh": "，最佳排班"}[lang]) >= 2
    assert {"rosters.csv", "frontier.csv", "budget.png"} <= {one.name for one in tmp_path.iterdir()}
