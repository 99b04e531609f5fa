"""How long a command takes is told before most of it is played; ``--quick`` says what it leaves."""

import json
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from test_budget import with_terms

from hotline_sim import load, open_result
from hotline_sim.cli import main, screen
from hotline_sim.cli.quick import Cut, QuickLook
from hotline_sim.execution import Execution, Forecast, Outlook, Store, Task, outlook, play_all
from hotline_sim.messages import LANGUAGES

DAY = load("first-day")


def tasks(count):
    return [Task(DAY, 1, i, "auto") for i in range(count)]


@pytest.fixture
def always(monkeypatch):
    """Let any work be long enough to be foretold."""
    monkeypatch.setattr(outlook, "LONG_S", 0.0)


@pytest.mark.usefixtures("always")
def test_what_is_to_come_is_told_once_and_before_it_is_played():
    order: list[Any] = []
    how = Execution(
        jobs=1,
        outlook=Outlook(order.append),
        progress=lambda done, of, _: order.append(done),
    )
    found = play_all(tasks(5), how)
    play_all(tasks(5), how)
    (forecast,) = [one for one in order if isinstance(one, Forecast)]
    assert order.index(forecast) == 2  # after the one that warms up and the one that is timed
    assert (forecast.replications, forecast.at_a_time) == (3, 1)
    assert 0 < forecast.each_s == forecast.total_s / 3
    alone = play_all(tasks(5), Execution(jobs=1))
    np.testing.assert_equal([one.measures for one in found], [one.measures for one in alone])


@pytest.mark.usefixtures("always")
def test_what_is_kept_is_not_counted_and_what_is_asked_for_later_is(tmp_path):
    store, told = Store(tmp_path), list[Forecast]()
    play_all(tasks(2), Execution(jobs=1, store=store))
    how = Execution(jobs=1, store=store, outlook=Outlook(told.append))
    how.plan(20)
    play_all(tasks(6), how)
    assert [one.replications for one in told] == [20 - 2 - 2]
    play_all(tasks(6), Execution(jobs=1, store=store, outlook=Outlook(told.append)))
    assert len(told) == 1


def test_short_work_is_not_foretold():
    told = list[Forecast]()
    play_all(tasks(5), Execution(jobs=1, outlook=Outlook(told.append)))
    assert told == []


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (21.0, "30 s", "30 秒"),
        (61.0, "70 s", "70 秒"),
        (119.0, "2 min", "2 分钟"),
        (3700.0, "62 min", "62 分钟"),
        (5500.0, "1 h 40 min", "1 小时 40 分钟"),
    ],
)
def test_a_time_is_told_no_finer_than_it_is_known(seconds, english, chinese):
    assert screen.duration(seconds, "en") == english
    assert screen.duration(seconds, "zh") == chinese


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_long_run_gets_one_line_on_standard_error_and_a_short_one_none(lang, capsys):
    told = screen.outlook(lang)
    told.tell(Forecast(3, 1.0, 1))
    assert capsys.readouterr().err == ""
    told.tell(Forecast(1300, 0.912, 2))
    (line,) = capsys.readouterr().err.splitlines()
    assert {"en": "10 min", "zh": "10 分钟"}[lang] in line
    assert "1,300" in line
    assert "0.91" in line


def budget(*arguments):
    asked = ["budget", "first-day", "--from", "1M", "--to", "2M", "--jobs", "1", *with_terms()]
    return CliRunner().invoke(main, [*asked, *arguments], env={"LC_ALL": "C.UTF-8"})


def test_a_quick_budget_takes_less_of_all_and_says_so(tmp_path):
    done = budget("--quick", "--out", str(tmp_path))
    assert done.exit_code == 0, done.stderr
    page = " ".join(done.stdout.split())
    for part in ("3 replications instead of 10", "8 draws instead of 16", "4 budgets instead of 6"):
        assert part in page
    said = page.partition("A quick look")[2].partition(".")[0]
    assert "days" not in said  # the scenario has one
    result = open_result(tmp_path / "result.json")
    assert (result.header.replications, result.header.draws) == (3, 8)
    assert "--quick" in str(result.header.command)


def test_what_the_user_gives_stays_and_is_not_said_to_be_left_out():
    done = budget("--quick", "--replications", "2", "--draws", "3", "--points", "2", "--json")
    tree = json.loads(done.stdout)
    assert (tree["replications"], tree["draws"], len(tree["budgets_cny"])) == (2, 3, 2)
    (line,) = done.stderr.splitlines()
    assert "left out nothing" in line


def test_a_quick_look_shortens_a_year_but_not_days_that_were_set():
    year = load("nanning-after")
    look = QuickLook({"draws": Cut(8, 16)}, days=28)
    short = look.shortened(year)
    assert short.horizon.days == 28
    assert look.left_out == {"days": (28, 365)}
    assert "the first 28 days of 365" in look.sentence("en")
    assert "365 天中的前 28 天" in look.sentence("zh")
    for days in (5, 60):
        own = load("nanning-after", overrides=[f"horizon.days={days}"])
        assert QuickLook({}, days=28).shortened(own) is own
