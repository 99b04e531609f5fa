"""Runs held against what a standard demands: what is measured, and what is said of it."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner

from hotline_sim import experiments, messages, scenario
from hotline_sim.cli import main
from hotline_sim.domain import Origin, Outcome, Provenance, joined
from hotline_sim.execution import Task, play_days, replicate
from hotline_sim.experiments import AgainstStandard, Verdict
from hotline_sim.measures import standard_measures
from hotline_sim.scenario import ScenarioError

GB = "gbt-33358"
OFFICE = """\
format = 1
title = { en = "office", zh = "办公室" }
[horizon]
start = 2024-03-04
days = 20
[channels.phone]
kind = "voice"
cases_per_day = 100
talk = { law = "exponential", mean_s = 200 }
patience = { law = "exponential", mean_s = 300 }
[channels.wechat]
kind = "chat"
cases_per_day = 150
concurrency = 2
talk = { law = "exponential", mean_s = 300 }
patience = { law = "exponential", mean_s = 400 }
[channels.sms]
kind = "message"
deadline_s = 180
cases_per_day = 60
talk = { law = "exponential", mean_s = 60 }
[channels.app]
like = "sms"
deadline_s = 7200
[channels.letters]
kind = "message"
cases_per_day = 60
talk = { law = "exponential", mean_s = 400 }
[teams.desk]
employment = "in_house"
serves = ["phone", "wechat", "sms", "app", "letters"]
shifts = [{ seats = 4, from = "08:00", to = "18:00", days = "mon-fri" }]
"""
MANY = "teams.desk.shifts=[{seats=60,from='00:00',to='24:00'}]"
NOBODY = "teams.desk.shifts=[]"


def held(loaded, replications=4):
    result = experiments.run(
        loaded, replications=replications, engine="simpy", jobs=1, standard=GB, seed=3
    )
    return result.against_standard


def verdicts(loaded):
    return {name: one.verdict for name, one in held(loaded).items()}


def hotline(*arguments, code=0):
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return result


def test_media_and_mail_are_counted_contact_by_contact(load_text):
    loaded = load_text(OFFICE)
    task = Task(loaded, 3, 0, "simpy")
    log = joined([part for _, part, _ in play_days(task)])
    played = replicate(task)
    offered = {name: found["offered"] for name, found in played.by_channel.items()}
    found = standard_measures(loaded, offered, played.waits)
    names = list(loaded.channels)
    for measure, channels, limit_s in (
        ("media_within_3_min", ("wechat", "sms"), 180.0),
        ("mail_within_24_h", ("app", "letters"), 86_400.0),
    ):
        on = np.isin(log.channel, [names.index(name) for name in channels])
        wait_s = log.start_s - log.arrival_s
        answered = on & (log.outcome == Outcome.ANSWERED)
        # a bin of waits is 1.1 % wide
        least, most = (np.sum(answered & (wait_s <= limit_s * slack)) for slack in (0.988, 1.012))
        assert 0.1 < found[measure] < 0.99
        assert least <= found[measure] * np.sum(on) <= most


def test_who_still_waits_at_the_end_was_not_answered_in_time(load_text):
    shares = held(load_text(OFFICE, NOBODY))
    assert {one.simulated for one in shares.values()} == {0.0}


def test_plenty_of_agents_meet_every_demand_and_none_meet_no_demand(load_text):
    plenty, none = (verdicts(load_text(OFFICE, change)) for change in (MANY, NOBODY))
    assert set(plenty.values()) == {Verdict.MET}
    assert set(none.values()) == {Verdict.NOT_MET}
    assert plenty.keys() == none.keys() == scenario.standard(GB).at_least.keys()


def test_a_hotline_without_telephone_chat_or_mail_is_not_held_against_what_is_asked_of_them(
    load_text, smallest
):
    phone = verdicts(load_text(smallest))
    assert phone.pop("media_within_3_min") is phone.pop("mail_within_24_h") is Verdict.NOTHING
    assert Verdict.NOTHING not in phone.values()
    chat = smallest.replace('"voice"', '"chat"\nconcurrency = 1').replace("phone", "wechat")
    chats = verdicts(load_text(chat))
    assert chats.pop("media_within_3_min") is not Verdict.NOTHING
    assert set(chats.values()) == {Verdict.NOTHING}


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.96, 0.99, Verdict.MET),
        (0.95, 0.95, Verdict.MET),
        (0.94, 0.96, Verdict.NOT_DECIDED),
        (0.90, 0.95, Verdict.NOT_DECIDED),
        (0.90, 0.94, Verdict.NOT_MET),
        (math.nan, math.nan, Verdict.NOTHING),
    ],
)
def test_the_interval_decides_or_does_not(low, high, verdict):
    origin = Provenance(Origin.PUBLISHED, GB)
    assert AgainstStandard(0.95, origin, (low + high) / 2, low, high).verdict is verdict


def test_the_interval_is_that_of_single_years(load_text):
    result = experiments.run(
        load_text(OFFICE), replications=4, engine="simpy", jobs=1, standard=GB, seed=3
    )
    one = result.against_standard["service_level(15)"]
    assert (one.low, one.high) == result.measures["service_level"].prediction_interval()


def test_the_standards_demands_are_those_it_prints():
    standard = scenario.standard(GB)
    published = {key for key, o in standard.provenance.items() if o.kind is Origin.PUBLISHED}
    assert published == {"connect_rate_24h_min"}
    assert standard.at_least["connect_rate_24h_min"] == 0.95
    for key in standard.at_least.keys() - published:  # of how many the standard does not say
        span = standard.provenance[key].range
        assert span is not None
        low, high = span
        assert low < standard.at_least[key] <= high
        assert standard.provenance[key].note
    assert all(origin.source == GB for origin in standard.provenance.values())


def test_a_standard_that_is_not_there_is_refused_before_anything_is_simulated(monkeypatch):
    monkeypatch.setattr(experiments.running, "play_all", None)
    with pytest.raises(ScenarioError, match="gbt-33538: no such standard; there is gbt-33358"):
        experiments.run("first-day", standard="gbt-33538")
    for lang in messages.LANGUAGES:
        result = hotline("run", "first-day", "--standard", "gbt", "--lang", lang, code=2)
        assert result.stderr.startswith("gbt")
        assert len(result.stderr.splitlines()) == 1
        assert GB in result.stderr


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_command_shows_the_demands_apart_from_what_the_city_published(
    lang, tmp_path, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "300")  # no cell is folded
    brief = ("--replications", "2", "--engine", "simpy", "--jobs", "1", "--days", "2")
    arguments = ("run", "nanning-after", *brief, "--set", "horizon.warm_up_days=0")
    page = hotline(*arguments, "--standard", GB, "--lang", lang).stdout
    assert messages.text("table.standard", lang, title="GB/T 33358-2016") in page
    told = json.loads(
        hotline(*arguments, "--standard", GB, "--json", "--out", tmp_path / "out").stdout
    )
    assert told == json.loads((tmp_path / "out" / "result.json").read_text("utf-8"))
    assert told["standard"]["name"] == GB
    measures = told["standard"]["measures"]
    assert measures.keys() == scenario.standard(GB).at_least.keys()
    for row in measures.values():
        assert messages.text(f"verdict.{row['verdict']}", lang) in page
    assert not measures.keys() & told["published"].keys()
    assert json.loads(hotline(*arguments, "--json").stdout)["standard"] is None
