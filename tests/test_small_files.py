"""Small files: what may be left out where nothing depends on it, and what is said otherwise."""

import datetime as dt
import json
import tomllib

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from mistakes import brief, error_of

from hotline_sim import experiments, load, messages, reports, scenario
from hotline_sim.cli import main
from hotline_sim.scenario import Scenario

SMALL = """\
format = 1
title = "Erlang C"
[horizon]
days = 3
[channels.phone]
kind = "voice"
cases_per_hour = 60
talk = { law = "exponential", mean_s = 240 }
patience = { law = "never" }
[teams.desk]
serves = ["phone"]
shifts = [{ seats = 5, from = "00:00", to = "24:00" }]
"""
KPI = """
[employment.outsourced]
award_cny = 1e6
cost_per_person_month_cny = 5200
productive_hours_per_person_year = 1400
[[employment.outsourced.kpi]]
measure = "connect_rate"
window = "month"
target = 0.9
share_per_point = 0.01
cap = 1
"""
STARTED = "days = 3", "days = 3\nstart = 2025-05-01"


@pytest.fixture
def run(load_text):
    def play(text, *overrides):
        one = load_text(text, *overrides)
        return experiments.run(one, replications=2, seed=3, engine="simpy", jobs=1)

    return play


def test_a_title_is_the_same_in_both_languages_where_it_says_so(load_text, run):
    text = SMALL.replace("[channels.phone]", '[channels.phone]\ntitle = "lines"')
    one = load_text(text + 'title = "crew"', "unknown=all")
    assert (one.title.en, one.title.zh, one.unknown.zh) == ("Erlang C", "Erlang C", "all")
    assert (one.channels["phone"].title.zh, one.teams["desk"].title.en) == ("lines", "crew")
    assert Scenario.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert one.with_values({"title": "Erlang A"}).title.zh == "Erlang A"
    for lang in messages.LANGUAGES:
        assert "Erlang C" in reports.people_and_calls(run(SMALL), lang).title


@pytest.mark.parametrize("title", ['""', "5", f'"{"x" * 201}"', "[]"])
def test_a_title_that_is_none_is_refused_by_the_loader_and_by_the_schema(write_scenario, title):
    text = SMALL.replace('"Erlang C"', title)
    assert {fault.key.partition(".")[0] for fault in error_of(write_scenario(text)).faults} == {
        "title"
    }
    schema = Draft202012Validator(scenario.json_schema())
    assert not schema.is_valid(tomllib.loads(text))
    assert schema.is_valid(tomllib.loads(SMALL))


def test_without_a_start_the_horizon_begins_on_a_stated_monday_and_nothing_moves(load_text, run):
    assert load_text(SMALL).horizon.start == dt.date(2024, 1, 1)
    assert "start" not in load_text(SMALL).to_toml()
    dated = run(SMALL.replace(*STARTED))
    assert dated.measures["asa_s"] == run(SMALL).measures["asa_s"]


@pytest.mark.parametrize(
    ("more", "of"),
    [
        ("[demand]\nweekday_factors = [1, 1, 1, 1, 1, 1, 0.5]", "demand.weekday_factors"),
        (f"[demand]\nmonth_factors = {[1] * 11 + [2]}", "demand.month_factors"),
        ('[demand]\ncalendar = "china"', "demand.calendar"),
        ("[demand]\nholidays = [2024-05-01]", "demand.holidays"),
        ("[demand]\nmake_up_workdays = [2024-05-01]", "demand.make_up_workdays"),
        (
            "[demand]\nsurges = [{ from = 2024-05-01, to = 2024-05-01, factor = 2 }]",
            "demand.surges",
        ),
        (
            '[teams.late]\nserves = ["phone"]\nshifts = [{ seats = 1, from = "08:00", '
            'to = "09:00", days = "mon-fri" }]',
            "teams.late.shifts.0.days",
        ),
        (
            '[teams.late]\nserves = ["phone"]\nroster = "demand"\nseats = 1\nshifts = []\n'
            'open = { from = "08:00", to = "09:00", days = "workdays" }',
            "teams.late.open.days",
        ),
        (
            f'[teams.late]\nserves = ["phone"]\nseats = {{ workdays = {[1] * 24} }}',
            "teams.late.curve",
        ),
        ('employment = "outsourced"' + KPI, "employment.outsourced.kpi"),
        (
            "[published]\nconnect_rate_monthly_mean = 0.9",
            "published.connect_rate_monthly_mean",
        ),
    ],
)
def test_a_start_is_asked_for_where_a_date_matters(write_scenario, load_text, more, of):
    (fault,) = error_of(write_scenario(SMALL + more)).faults
    assert brief(fault) == "horizon.start start_missing"
    assert f"{of} depends on the date" in fault.text()
    assert of in fault.text("zh")
    assert load_text((SMALL + more).replace(*STARTED)).horizon.start == dt.date(2025, 5, 1)


@pytest.mark.parametrize(
    "more",
    [
        "[demand]\nweekday_factors = [2, 2, 2, 2, 2, 2, 2]",
        f"[demand]\nhour_weights = {list(range(24))}",
        '[demand]\ncalendar = "none"',
    ],
)
def test_no_start_is_asked_for_where_all_days_are_alike(load_text, more):
    assert load_text(SMALL + more).horizon.days == 3


def test_employment_is_asked_for_where_terms_are_stated(write_scenario, load_text, run):
    assert load_text(SMALL).teams["desk"].employment is None
    terms = KPI.partition("[[")[0]
    (fault,) = error_of(write_scenario(SMALL + terms)).faults
    assert brief(fault) == "teams.desk.employment missing"
    paid = run(SMALL + 'employment = "outsourced"' + terms)
    assert "cost_cny" in paid.measures
    plain = run(SMALL)
    assert plain.measures["asa_s"] == paid.measures["asa_s"]
    for lang in messages.LANGUAGES:
        assert reports.team_table(plain, lang).rows[0][1] == messages.NOTHING
    assert json.loads(plain.to_json())["by_team"]["desk"]["employment"] is None


def test_a_team_in_persons_says_under_which_terms_they_work(write_scenario):
    told = {brief(fault) for fault in error_of(write_scenario(SMALL + "persons = 9")).faults}
    assert "teams.desk.employment missing" in told


def test_a_budget_without_terms_is_told_in_one_line(write_scenario):
    path = write_scenario(SMALL)
    result = CliRunner().invoke(main, ["budget", str(path), "--from", "1M", "--to", "2M"])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == ["mine: employment.in_house: is missing"]


CHAT = """
[channels.chat]
kind = "chat"
concurrency = 2
cases_per_hour = 1
talk = { law = "fixed", mean_s = 60 }
patience = { law = "never" }
"""


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("lines = 3", "voice"),
        ("deadline_s = 60", "message"),
        ("reach_probability = 1", "outbound"),
        ("unreached_handle_s = 9", "outbound"),
    ],
)
def test_a_key_of_another_kind_of_channel_is_refused_with_that_reason(write_scenario, key, kinds):
    name = key.partition(" ")[0]
    text = (SMALL + CHAT + key).replace('["phone"]', '["phone", "chat"]')
    (fault,) = error_of(write_scenario(text)).faults
    assert brief(fault) == f"channels.chat.{name} of_other_kind"
    assert fault.text().endswith(f"only {kinds} channels have {name}")
    assert fault.text("zh").endswith(f"只有 {kinds} 渠道才有 {name}")
    typo = error_of(write_scenario(text.replace(name, f"{name}x"))).faults
    assert [one.wanted for one in typo] == ["no_such_key"]


def test_a_key_that_several_other_kinds_have_names_them_all(write_scenario):
    mail = CHAT.replace("chat", "message").replace("concurrency = 2\n", "")
    text = (SMALL + mail).replace('["phone"]', '["phone", "message"]')
    (fault,) = error_of(write_scenario(text)).faults
    assert fault.text().endswith("only chat/voice channels have patience")


def test_the_smallest_of_the_catalogue_says_neither_start_nor_employment():
    text = scenario.catalogue()["one-team"].read_text(encoding="utf-8")
    assert "start" not in tomllib.loads(text)["horizon"]
    assert load("one-team").teams["desk"].employment is None
