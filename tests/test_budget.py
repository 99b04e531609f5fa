"""What a budget buys: the frontier, its two bands, what decides between the employments."""

import csv
import io
import itertools
import json
import math
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from hotline_sim import load, reports, run
from hotline_sim.cli import main
from hotline_sim.cli.screen import Failure
from hotline_sim.cli.units import amount_cny
from hotline_sim.experiments import (
    BudgetPoint,
    BudgetResult,
    Header,
    budget,
    drawn_set,
    parameters_of,
)
from hotline_sim.experiments.budgeting import Parity
from hotline_sim.money import EmploymentName, budget_links, with_budget


def assumed(value, low, high):
    return f'{{ value = {value}, kind = "assumed", note = "n", range = [{low}, {high}] }}'


TERMS = (
    "employment.in_house={ pay_cny_per_person_year = 70000, social_insurance_share = 0.3, "
    "overhead_share = 0.1, productive_hours_per_person_year = 1400, staff_share = 0.8, "
    f"answering_share = {assumed(0.5, 0.1, 1.0)} }}",
    "employment.outsourced={ award_cny = 900000, cost_per_person_month_cny = 5000, "
    "productive_hours_per_person_year = 1400, award_over_budget = 0.99, staff_share = 0.8, "
    f"answering_share = {assumed(0.5, 0.1, 1.0)} }}",
    "teams.desk.employment=outsourced",
)
BRIEF = ["--replications", "3", "--jobs", "1"]


@pytest.fixture(scope="module")
def frontier():
    return budget(
        "first-day",
        from_cny=4e5,
        to_cny=2e6,
        points=3,
        draws=12,
        overrides=TERMS,
        replications=4,
        jobs=1,
    )


def hotline(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], env={"LC_ALL": "C.UTF-8"})


def with_terms():
    return list(itertools.chain.from_iterable(("--set", term) for term in TERMS))


def test_each_point_is_the_run_of_what_the_budget_buys(frontier):
    scenario = load("first-day", overrides=TERMS)
    for name, points in frontier.frontier.items():
        for point in points:
            alone = run(with_budget(scenario, name, point.budget_cny), replications=4, jobs=1)
            found = {k: v.mean for k, v in point.measures.items()}
            wanted = {k: v.mean for k, v in alone.measures.items()}
            assert found == pytest.approx(wanted, nan_ok=True)
            assert point.links == budget_links(scenario, name, point.budget_cny)


def test_a_scenario_in_memory_is_asked_like_a_file(frontier):
    one = load("first-day", overrides=TERMS)
    asked: dict[str, Any] = {
        "from_cny": 4e5,
        "to_cny": 4e5,
        "draws": 12,
        "replications": 4,
        "jobs": 1,
    }
    found = budget(one, **asked)
    assert found.drawn == frontier.drawn
    for name, points in found.frontier.items():
        first = frontier.frontier[name][0]
        assert points[0].measures["connect_rate"] == first.measures["connect_rate"]
        assert points[0].span("connect_rate") == first.span("connect_rate")


def test_budgets_are_evenly_apart_from_end_to_end(frontier):
    assert frontier.budgets_cny == (4e5, 1.2e6, 2e6)


def test_more_money_buys_more_seats_and_connects_more(frontier):
    for points in frontier.frontier.values():
        seats = [point.links.peak_seats for point in points]
        assert seats == pytest.approx([seats[0], 3 * seats[0], 5 * seats[0]])
        rates = [point.measures["connect_rate"].mean for point in points]
        assert rates == sorted(rates)


def test_a_draw_is_one_replication_of_its_scenario(frontier):
    base = load("first-day", overrides=TERMS)
    moved = [one for one in parameters_of(base) if ".seats" not in one.key]
    drawn = drawn_set(base, 12, 12345, over=moved)
    assert tuple(drawn.row(i) for i in range(12)) == frontier.drawn
    point = frontier.frontier["in_house"][1]
    two = run(with_budget(drawn.scenario(1), "in_house", 1.2e6), replications=2, jobs=1)
    assert point.draws[1]["connect_rate"] == two.replications[1].measures["connect_rate"]


def test_the_budget_says_how_many_seats_there_are_so_none_is_drawn(frontier):
    assert not [key for key in frontier.drawn[0] if key.endswith("seats")]
    assert "employment.outsourced.answering_share" in frontier.drawn[0]


def test_parity_is_the_ratio_of_hours_bought(frontier):
    in_house = 70_000 * 1.4 / 0.8  # yuan of budget a person
    outsourced = 12 * 5000 / 0.8 / 0.99
    assert frontier.parity.hours_ratio == pytest.approx(in_house / outsourced)
    assert frontier.parity.person_month_cny == pytest.approx(outsourced * 0.8 / 12)
    priced = [
        f"employment.in_house.pay_cny_per_person_year={frontier.parity.person_month_cny * 12 / 1.4}"
    ]
    same = load("first-day", overrides=[*TERMS, *priced])
    hours = [budget_links(same, name, 1e6).answering_hours for name in ("in_house", "outsourced")]
    assert hours[0] == pytest.approx(hours[1])


def result_of(differences):
    """Return a frontier at one budget whose draws differ so, outsourced less in-house."""
    scenario = load("first-day", overrides=TERMS)
    links = budget_links(scenario, "outsourced", 1e6)
    draws: dict[EmploymentName, list[dict[str, float]]] = {
        "in_house": [{"connect_rate": 0.0} for _ in differences],
        "outsourced": [{"connect_rate": value} for value in differences],
    }
    return BudgetResult(
        Header.of([scenario], engine="simpy", seed=1, replications=2, arguments={}),
        budgets_cny=(1e6,),
        frontier={
            name: (BudgetPoint(1e6, links, tuple(some[:2]), tuple(some)),)
            for name, some in draws.items()
        },
        drawn=tuple({"x": float(i), "y": float(i * 7 % 5)} for i in range(len(differences))),
        parity=Parity(1.0, 5000.0),
        parities=tuple(Parity(1.0 + i, 5000.0) for i in range(len(differences))),
    )


@pytest.mark.parametrize(
    ("differences", "better"),
    [
        ([0.1, 0.2, 0.3, 0.4], "outsourced"),
        ([-0.1, -0.2, -0.3, -0.4], "in_house"),
        ([-0.1, 0.2, 0.3, 0.4], None),
        ([0.0, 0.0, 0.0, 0.0], None),
        ([-1.0] + [0.5] * 40, "outsourced"),  # one of forty lies outside the middle 90 %
        ([math.nan, 0.1, 0.2], "outsourced"),
        ([math.nan, math.nan], None),
    ],
)
def test_what_is_known_decides_or_does_not(differences, better):
    result = result_of(differences)
    assert result.decided("connect_rate", 0) == better
    sentences = reports.budget_sentences(result, "en", measure="connect_rate")
    assert any("does not decide" in one for one in sentences) == (better is None)


def test_the_band_of_the_draws_is_their_middle_nine_tenths():
    result = result_of(np.linspace(0, 1, 21).tolist())
    assert result.difference_span("connect_rate", 0) == pytest.approx((0.05, 0.95))
    assert result.parity_span("hours_ratio") == pytest.approx((2.0, 20.0))


def test_a_driver_is_named_only_where_chance_is_ruled_out():
    moved = result_of([0.01 * i for i in range(40)])
    assert result_of([0.01 * i for i in range(29)]).drivers("connect_rate", 0) == []
    assert [one.key for one in moved.drivers("connect_rate", 0)] == ["x"]
    assert moved.drivers("connect_rate", 0)[0].correlation == pytest.approx(1.0)
    mixed = [i * 17 % 40 / 40 for i in range(40)]
    assert result_of(mixed).drivers("connect_rate", 0) == []
    assert result_of([0.2] * 40).drivers("connect_rate", 0) == []


def test_under_one_employment_nothing_is_compared():
    one = budget(
        "first-day",
        from_cny=1e6,
        to_cny=1e6,
        draws=2,
        employments=("in_house",),
        overrides=TERMS[:1],
        replications=2,
        jobs=1,
    )
    assert one.budgets_cny == (1e6,)
    assert list(one.frontier) == ["in_house"]
    assert one.parity is None
    assert reports.budget_sentences(one, "en", measure="connect_rate") == []
    assert "parity" not in json.loads(one.to_json())


def test_the_table_the_csv_and_the_json_hold_every_point(frontier):
    table = reports.budget_table(frontier, "en", measure="connect_rate")
    assert [row[0] for row in table.rows] == [
        *("in-house", "0.4 M", "1.2 M", "2 M"),
        *("outsourced", "0.4 M", "1.2 M", "2 M"),
    ]
    page = reports.budget_tables(frontier)["frontier.csv"].decode("utf-8-sig")
    rows = [r for r in csv.DictReader(io.StringIO(page)) if r["measure"] == "connect_rate"]
    plain = json.loads(frontier.to_json())
    told = [p["measures"]["connect_rate"] for ps in plain["frontier"].values() for p in ps]
    assert [float(row["mean"]) for row in rows] == pytest.approx([one["mean"] for one in told])
    spans = [(float(row["range_low"]), float(row["range_high"])) for row in rows]
    assert spans == [pytest.approx(one["range"]) for one in told]
    assert len(plain["drawn"]) == plain["draws"] == 12
    assert plain["difference"][1]["connect_rate"]["decided"] is None


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_figure_draws_both_employments_and_both_bands(frontier, lang):
    figure = reports.figures(frontier, lang)["budget"]
    upper, _lower = figure.axes
    unit = {"en": 1e6, "zh": 1e4}[lang]
    for name, points in frontier.frontier.items():
        (line,) = [one for one in upper.lines if one.get_label() == f"_{name}"]
        means = [point.measures["connect_rate"].mean for point in points]
        assert line.get_xydata().ravel().tolist() == pytest.approx(
            [
                x
                for pair in zip([a / unit for a in frontier.budgets_cny], means, strict=True)
                for x in pair
            ]
        )
        (band,) = [one for one in upper.collections if one.get_label() == f"_range {name}"]
        heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
        assert heights.min() == pytest.approx(min(p.span("connect_rate")[0] for p in points))
        assert heights.max() == pytest.approx(max(p.span("connect_rate")[1] for p in points))


@pytest.mark.parametrize(
    ("written", "yuan"),
    [
        ("2M", 2e6),
        ("2000000", 2e6),
        ("2,000,000", 2e6),
        ("200万", 2e6),
        ("200 万元", 2e6),
        ("0.02亿", 2e6),
        ("2百万", 2e6),
        ("2e6", 2e6),
        ("11.998m yuan", 11_998_000),
        ("500k", 5e5),
    ],
)
def test_amounts_are_read_as_people_write_them(written, yuan):
    assert amount_cny("--from", written, "en") == pytest.approx(yuan)


@pytest.mark.parametrize("written", ["", "M", "2 G", "-2M", "0", "two", "2M3", "1e999"])
def test_what_is_no_amount_gets_one_line(written):
    with pytest.raises(Failure, match="must be an amount such as 2M"):
        amount_cny("--from", written, "en")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--from", "3M", "--to", "2M"], "from 3e+06 to 2e+06 yuan"),
        (["--from", "1M", "--to", "2x"], "--to 2x: must be an amount"),
        (["--from", "1M", "--to", "2M", "--points", "1"], "points = 1"),
        (["--from", "1M", "--to", "2M", "--draws", "1"], "draws = 1"),
        (["--from", "1M", "--to", "2M", "--measure", "conect_rate"], "measure = conect_rate"),
        (
            ["--from", "1M", "--to", "2M", "--set", "employment.in_house.staff_share=7"],
            "employment.in_house.staff_share = 7",
        ),
    ],
)
def test_a_mistake_gets_one_line(arguments, line):
    done = hotline("budget", "first-day", *with_terms(), *arguments, *BRIEF)
    assert done.exit_code == 2
    assert line in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_scenario_without_terms_is_told_what_it_lacks():
    done = hotline("budget", "first-day", "--from", "1M", "--to", "2M", *BRIEF)
    assert done.exit_code == 2
    assert "employment.in_house: is missing" in done.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_prints_what_is_and_is_not_decided(lang, tmp_path):
    arguments = ["--from", "40万", "--to", "2M", "--points", "2", "--draws", "4", "--lang", lang]
    done = hotline("budget", "first-day", *with_terms(), *arguments, *BRIEF, "--out", tmp_path)
    assert done.exit_code == 0, done.stderr
    assert ("does not decide" if lang == "en" else "不足以判定") in " ".join(done.stdout.split())
    names = {path.name for path in tmp_path.iterdir()}
    assert {"budget.png", "budget.svg", "frontier.csv", "result.json"} <= names
