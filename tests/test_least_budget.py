"""The least budget for a target: found on curves whose answer is known, or said to be none."""

import json
import math
from typing import Any

import pytest
from click.testing import CliRunner
from test_budget import TERMS, with_terms

from hotline_sim import load, open_result, reports, run
from hotline_sim.cli import main
from hotline_sim.experiments import LeastBudget, budget, parameters_of, target_of
from hotline_sim.experiments.budgeting.least import HALVINGS, Curve, search
from hotline_sim.money import budget_links, with_budget
from hotline_sim.scenario import values_of

GRID = (1.0, 2.0, 3.0, 4.0)


def found_on(measures, *, target="connect_rate>=0.6", draws=()):
    """Return the least budget where each replication's measure is a function of the budget."""
    aim = target_of(target)

    def values(draw, amount):
        own = measures if draw is None else [draws[draw]]
        return tuple(one(amount) for one in own)

    curves = [
        Curve(aim, "outsourced", draw, "scaled", {x: values(draw, x) for x in GRID})
        for draw in (None, *range(len(draws)))
    ]
    (found,) = search(curves, lambda asked: [values(c.draw, x) for c, x in asked])
    return found


def test_it_is_where_the_mean_meets_the_target_with_the_spread_of_the_replications():
    found = found_on([lambda x, own=own: 0.2 * x + own for own in (-0.02, 0.0, 0.02)])
    assert found.amount == pytest.approx(3.0)
    assert found.replications == pytest.approx((3.1, 3.0, 2.9))
    assert found.chance.half_width == pytest.approx(4.3027 * 0.1 / math.sqrt(3), rel=1e-4)


def test_on_a_bent_curve_it_is_nearer_than_the_last_half():
    found = found_on([lambda x: 1.0 - math.exp(-x / 2.0)], target="connect_rate>=0.7")
    exact = -2.0 * math.log(0.3)
    assert abs(found.amount - exact) < 0.1 / 2**HALVINGS


def test_a_target_of_at_most_is_met_where_the_measure_has_fallen():
    found = found_on([lambda x: 100.0 - 20.0 * x], target="asa_s<=50")
    assert found.amount == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("curve", "side"),
    [
        (lambda _: 0.9, "below"),
        (lambda _: 0.1, "above"),
        (lambda _: math.nan, "nothing"),
        (lambda x: 0.9 if x == 1.0 else 0.1, "below"),
    ],
)
def test_what_is_not_in_the_range_is_said_to_be_on_its_side(curve, side):
    found = found_on([curve, curve])
    assert found.amount == side
    assert found.replications == ()
    assert math.isnan(found.chance.mean)


def test_the_band_holds_nine_tenths_of_the_draws_and_says_where_they_leave_the_range():
    at = [lambda x, where=where: 0.6 + 0.1 * (x - where) for where in (2.0, 2.5, 3.0)]
    found = found_on(at[:1], draws=at)
    assert found.draws == pytest.approx((2.0, 2.5, 3.0))
    assert found.band == pytest.approx((2.05, 2.95))
    found = found_on(at[:1], draws=[*at, lambda _: 0.0, lambda _: math.nan])
    assert found.band == (pytest.approx(2.075), "above")
    assert (found.count("above"), found.count("nothing"), found.count("below")) == (1, 1, 0)
    assert found_on(at[:1], draws=[lambda _: 0.9] * 3).band == ("below", "below")
    assert found_on(at[:1], draws=[lambda _: math.nan]).band == ("nothing", "nothing")


def test_it_is_written_and_read_again():
    for found in (
        found_on([lambda x: 0.2 * x], draws=[lambda _: 0.0, lambda x: 0.25 * x]),
        found_on([lambda _: 0.0]),
    ):
        told = LeastBudget.from_dict(found.to_dict())
        for name in ("target", "employment", "amount", "replications", "draws", "roster"):
            assert getattr(told, name) == getattr(found, name)
    with pytest.raises(ValueError, match="far"):
        LeastBudget.from_dict({**found.to_dict(), "amount": "far"})


@pytest.fixture(scope="module")
def priced():
    return budget(
        "first-day",
        from_cny=4e5,
        to_cny=2.4e6,
        points=3,
        draws=3,
        targets=["connect_rate:90%", "asa_s:0.001"],
        overrides=TERMS,
        replications=6,
        jobs=1,
    )


def test_what_it_buys_meets_the_target_in_the_mean(priced):
    scenario = load("first-day", overrides=TERMS)
    outsourced = next(one for one in priced.least if one.employment == "outsourced")
    for factor, meets in ((0.9, False), (1.0, True), (1.1, True)):
        own = with_budget(scenario, "outsourced", factor * outsourced.amount)
        rate = run(own, replications=6, jobs=1).measures["connect_rate"].mean
        assert (rate >= 0.9 - 0.004) == meets, factor
    assert outsourced.chance.low < outsourced.amount < outsourced.chance.high


def test_each_target_and_employment_has_a_row_with_what_the_money_buys(priced):
    table = reports.budget_tables(priced)["least.csv"].decode("utf-8-sig").splitlines()
    assert len(table) == 5
    page = [one for one in reports.blocks(priced, "en") if isinstance(one, reports.Table)]
    (rows,) = (one.rows for one in page if one.title == "The least budget that meets a target")
    assert [row[:2] for row in rows] == [
        ("connect_rate>=0.9", "in-house"),
        ("connect_rate>=0.9", "outsourced"),
        ("asa_s<=0.001", "in-house"),
        ("asa_s<=0.001", "outsourced"),
    ]
    assert rows[2][2] == "over 2.4 M"
    outsourced = next(one for one in priced.least if one.employment == "outsourced")
    links = budget_links(priced.scenario, "outsourced", outsourced.amount)
    assert rows[1][-2:] == (f"{links.persons:,.1f}", f"{links.peak_seats:,.1f}")
    assert "240万以上" in str(reports.blocks(priced, "zh"))


def test_the_figure_marks_the_target_and_where_it_is_met(priced):
    upper, lower = reports.figures(priced, "en")["budget"].axes
    marks: dict[Any, Any] = {line.get_label(): line for line in upper.lines}
    assert marks["_target connect_rate>=0.9"].get_ydata()[0] == 0.9
    outsourced = next(one for one in priced.least if one.employment == "outsourced")
    assert marks["_least outsourced"].get_xdata()[0] * 1e6 == pytest.approx(outsourced.amount)
    below = [str(line.get_label()) for line in lower.lines]
    assert [one for one in below if "target" in one] == ["_target asa_s<=0.001"]
    assert not [one for one in below if "least" in one]  # no budget asked about meets it


def settled():
    """Return what sets every number that could be drawn to what it is."""
    scenario = load("first-day", overrides=TERMS)
    values = values_of(scenario)
    return [*TERMS, *(f"{one.key}={values[one.key]}" for one in parameters_of(scenario))]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_ranges_it_says_so_and_shows_no_band(lang, tmp_path):
    terms = [part for term in settled() for part in ("--set", term)]
    asked = ["budget", "first-day", "--from", "40万", "--to", "2M", "--points", "2", *terms]
    asked += ["--replications", "3", "--jobs", "1", "--out", str(tmp_path), "--lang", lang]
    if lang == "en":
        asked += ["--target", "connect_rate:90%"]
    done = CliRunner().invoke(main, asked, env={"LC_ALL": "C.UTF-8"})
    assert done.exit_code == 0, done.stderr
    assert "nan" not in done.stdout
    assert {"en": "90 % of draws", "zh": "90%抽样"}[lang] not in done.stdout
    page = " ".join(done.stdout.split())
    said = {"en": "No number of this scenario has a range", "zh": "本情景没有可供抽样的数字"}
    assert said[lang] in page
    assert {"en": "has the higher connect rate", "zh": "人工接通率更高"}[lang] in page
    result: Any = open_result(tmp_path / "result.json")
    assert (result.header.draws, result.drawn) == (0, ())
    json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))


def test_a_target_that_is_none_gets_one_line():
    asked = ["budget", "first-day", "--from", "1M", "--to", "2M", *with_terms()]
    done = CliRunner().invoke(main, [*asked, "--target", "connect_rate:95"])
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert "95%" in line


BY_PERSON = (
    "employment.outsourced={ price = 'person_month', price_cny = 4000, "
    "cost_per_person_month_cny = 5000, productive_hours_per_person_year = 1400, "
    "award_over_budget = 0.99, answering_share = 0.5 }",
    "teams.desk.employment=outsourced",
)


@pytest.mark.parametrize(("price_cny", "over"), [(4000, True), (5000, False), (6000, False)])
def test_staff_that_costs_more_than_its_price_is_said_to(price_cny, over):
    terms = [*BY_PERSON, f"employment.outsourced.price_cny={price_cny}"]
    result = budget(
        "first-day",
        from_cny=1e6,
        to_cny=1e6,
        employments=["outsourced"],
        overrides=terms,
        replications=2,
        jobs=1,
    )
    sentences = reports.budget_sentences(result, "en", measure="connect_rate")
    assert any("costs more than is paid" in one for one in sentences) == over
    shown = [one for one in reports.scenario_blocks(result.scenario, "en") if isinstance(one, str)]
    assert any("costs more than is paid" in one for one in shown) == over


@pytest.mark.parametrize(("seats", "over"), [(2, False), (50, True)])
def test_a_roster_that_an_award_cannot_pay_is_said_to_cost_more(seats, over):
    changes = [*TERMS, f"teams.desk.shifts.0.seats={seats}"]
    pages = [
        reports.scenario_blocks(load("first-day", overrides=changes), "en"),
        reports.blocks(run(load("first-day", overrides=changes), replications=2, jobs=1), "en"),
    ]
    for page in pages:
        said = [one for one in page if isinstance(one, str) and "costs more than is paid" in one]
        assert len(said) == over
    done = CliRunner().invoke(
        main, ["show", "first-day", "--json", *with_terms(), "--set", changes[-1]]
    )
    (told,) = json.loads(done.stdout)["overdrawn"] or [None]
    assert (told is not None) == over
    if told is not None:
        assert told["staff_cny"] > told["paid_cny"] == 900_000
