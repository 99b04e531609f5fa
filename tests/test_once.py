"""One replication: means without intervals, in every command, table, file and figure."""

import csv
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

import hotline_sim
from hotline_sim import messages, plots, reports
from hotline_sim.cli import main
from hotline_sim.experiments import Verdict, estimate, target_of
from hotline_sim.plots import look

ONCE = ("--replications", "1", "--engine", "simpy", "--jobs", "1")
TERMS = (
    "employment.in_house={ pay_cny_per_person_year = 70000, social_insurance_share = 0.3, "
    "overhead_share = 0.1, productive_hours_per_person_year = 1400, staff_share = 0.8, "
    "answering_share = 0.5 }",
    "employment.outsourced={ award_cny = 900000, cost_per_person_month_cny = 5000, "
    "productive_hours_per_person_year = 1400, award_over_budget = 0.99, staff_share = 0.8, "
    "answering_share = 0.5 }",
)
PRINTED = ("--set", "published.connect_rate=0.8", "--standard", "gbt-33358")
BUDGETS = ("--from", "400000", "--to", "2M", "--points", "2", "--draws", "2")
COMMANDS = {
    "run": ("run", "first-day", *PRINTED),
    "compare": ("compare", "first-day", "first-day", "--days", "2"),
    "sweep": ("sweep", "first-day", "--over", "teams.desk.shifts.0.seats=2,3"),
    "budget": ("budget", "first-day", *BUDGETS, *(f"--set={term}" for term in TERMS)),
    "reproduce": (
        "reproduce",
        "nanning",
        *("--days", "2", "--set", "horizon.warm_up_days=0"),
    ),
}


def hotline(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"COLUMNS": "200"})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.stderr
    return result


def estimates(node):
    """Yield every estimate of a result's JSON."""
    if isinstance(node, dict):
        if isinstance(node.get("replications"), list):
            yield node
        for below in node.values():
            yield from estimates(below)
    elif isinstance(node, list):
        for below in node:
            yield from estimates(below)


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_one_replication_has_a_mean_and_no_interval_in_json_and_files(command, tmp_path):
    printed = hotline(*command, *ONCE, "--json", "--out", tmp_path).stdout
    found = list(estimates(json.loads(printed)))
    assert any(one["mean"] is not None for one in found)
    assert all([one["mean"]] == one["replications"] for one in found)
    assert all(one["low"] is None and one["high"] is None for one in found)
    assert list(tmp_path.glob("*.png"))
    for path in tmp_path.glob("*.csv"):
        for row in csv.DictReader(path.read_text("utf-8-sig").splitlines()):
            assert (row.get("low", ""), row.get("high", "")) == ("", "")


@pytest.mark.parametrize("lang", messages.LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_one_replication_is_shown_with_a_dash_for_the_interval(command, lang):
    page = hotline(*command, *ONCE, "--lang", lang).stdout
    assert messages.NOTHING in page
    assert "nan" not in page.replace("nanning", "")
    assert messages.text("say.run_once", lang).partition("{")[0] in page


def test_one_replication_neither_meets_a_target_nor_covers_a_published_figure():
    assert target_of("connect_rate>=0.5").verdict(estimate([0.9])) is Verdict.NOT_DECIDED
    result = json.loads(hotline(*COMMANDS["run"], *ONCE, "--json").stdout)
    assert result["published"]["connect_rate"]["covered"] is None
    verdicts = {row["verdict"] for row in result["standard"]["measures"].values()}
    assert verdicts <= {"not_decided", "nothing"}


def played(*overrides):
    scenario = hotline_sim.load("first-day", overrides=overrides)
    return hotline_sim.run(scenario, replications=1, engine="simpy", jobs=1)


def test_a_figure_of_days_shows_the_lowest_day_of_one_replication():
    axes = plots.days(
        played("horizon.days=3", "teams.desk.shifts.0.seats=1"), Figure().add_subplot(), lang="en"
    )
    (line,) = (line for line in axes.lines if line.get_label() == "_connect_rate")
    assert axes.get_ylim()[0] < np.min(line.get_ydata()) < 0.8


def test_a_figure_of_published_values_shows_one_replication_beside_them():
    axes = plots.against_published(
        played("published.connect_rate=0.05"), Figure().add_subplot(), lang="en"
    )
    (mark,) = (line for line in axes.lines if line.get_label() == "_connect_rate")
    left, right = axes.get_xlim()
    assert math.isfinite(left)
    assert left < np.asarray(mark.get_xdata())[0] < right
    assert mark.get_color() not in (look.SECOND, look.AMISS)  # neither agrees nor differs


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_a_figure_of_one_replication_promises_no_interval(lang):
    for figure in reports.figures(played(), lang).values():
        assert messages.text("plot.bars.none", lang) in figure.get_supxlabel()
