"""A connect rate that is not known is predicted from the volume and the staff."""

import warnings
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from hotline_sim import load, open_result, run
from hotline_sim.cli import main
from hotline_sim.experiments import Parameter, ParameterSet, drawn_set, rerun
from hotline_sim.messages import Notice, RefusalError

CITY = """\
format = 1
title = "Made up"
[horizon]
days = 6
[channels.phone]
kind = "voice"
{volume}
talk = {{ law = "exponential", mean_s = {{ value = 200, range = [150, 230] }} }}
patience = {{ law = "exponential", mean_s = 120 }}
[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
probability = {{ value = 0.6, range = [0.4, 0.8] }}
delay = {{ law = "exponential", mean_s = 600 }}
[teams.desk]
serves = ["phone"]
shifts = [{{ seats = {seats}, from = "00:00", to = "24:00" }}]
"""
RATE = "channels.phone.connect_rate"
BRIEF: dict[str, Any] = {"replications": 3, "jobs": 1}


@pytest.fixture
def city(tmp_path):
    def written(volume, seats=2):
        path = tmp_path / "made-up.toml"
        path.write_text(CITY.format(volume=volume, seats=seats), encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """Return what a city whose people are known prints of itself."""
    path = tmp_path_factory.mktemp("truth") / "truth.toml"
    path.write_text(CITY.format(volume="cases_per_day = 850", seats=2), encoding="utf-8")
    found = run(path, replications=8, seed=99, jobs=1).measures
    per_day = {name: found[name].mean / 6 for name in ("offered", "answered")}
    return {**per_day, "connect_rate": found["connect_rate"].mean}


@pytest.mark.parametrize("volume", ["offered", "answered"])
@pytest.mark.parametrize("guess", [0.97, 0.4])
def test_the_rate_that_a_city_has_is_found_from_its_volume_and_staff(city, truth, volume, guess):
    path = city(f"{volume}_per_day = {truth[volume]}\nconnect_rate = {guess}")
    found = run(path, settle=True, **BRIEF)
    assert 0.6 < truth["connect_rate"] < 0.9
    assert found.measures["connect_rate"].mean == pytest.approx(truth["connect_rate"], abs=0.015)
    stated = found.scenario.channels["phone"].connect_rate
    assert stated == pytest.approx(found.measures["connect_rate"].mean, abs=0.0006)
    alone = run(path, **BRIEF).measures["connect_rate"].mean
    assert abs(alone - truth["connect_rate"]) > 0.03  # with the guess taken for the truth


def test_each_row_of_a_set_has_a_rate_of_its_own_and_plays_again(city, truth):
    path = city(f"offered_per_day = {truth['offered']}\nconnect_rate = 0.9")
    found = run(path, settle=True, draws=4, **BRIEF)
    drawn: Any = found.header.parameters
    assert RATE in drawn.keys
    stated = drawn.values[:, drawn.keys.index(RATE)]
    simulated = [one["connect_rate"] for one in found.draws]
    np.testing.assert_allclose(stated, simulated, atol=0.0006)
    assert np.ptp(stated) > 0.01
    assert rerun(found, jobs=1).is_same


def test_agents_who_cannot_answer_so_many_are_said_to(city):
    path = city("answered_per_day = 5000\nconnect_rate = 0.9")
    with pytest.raises(RefusalError, match="agents cannot answer so many") as caught:
        run(path, settle=True, **BRIEF)
    assert "接不了这么多来电" in caught.value.text("zh")


def test_rows_in_which_the_agents_cannot_answer_so_many_are_left_out_and_counted(city):
    path = city("answered_per_day = 760\nconnect_rate = 0.9")
    talk_s = np.array([150.0, 170.0, 190.0, 240.0, 250.0, 260.0])  # two reach 864 of 200 s
    talk = Parameter("channels.phone.talk.mean_s", 150.0, 260.0)
    slow = ParameterSet((load(path),), (talk,), talk_s[:, None], np.ones(6), "as they are")
    with pytest.warns(Notice, match="of 6 rows are left out") as told:
        found = run(path, settle=True, over=slow, **BRIEF)
    kept: Any = found.header.parameters
    assert told[0].message.values["count"] == 3
    np.testing.assert_array_equal(kept.values[:, 0], talk_s[:3])


def test_a_volume_of_people_leaves_nothing_to_settle(city):
    with pytest.raises(RefusalError, match="leave out --settle"):
        run(city("cases_per_day = 850"), settle=True, **BRIEF)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_command_predicts_what_is_printed_and_says_that_it_does(city, truth, tmp_path, lang):
    text = city(f"offered_per_day = {truth['offered']}").read_text(encoding="utf-8")
    path = tmp_path / "city.toml"
    path.write_text(text + f"[published]\nconnect_rate = {truth['connect_rate']:.3f}\n")
    asked = ["run", str(path), "--settle", "--draws", "3", "--replications", "3", "--jobs", "1"]
    done = CliRunner().invoke(main, [*asked, "--lang", lang, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.stderr
    assert {"en": "predicted", "zh": "预测"}[lang] in done.stdout
    result: Any = open_result(tmp_path / "out" / "result.json")
    found = result.published["connect_rate"]
    assert (found.role, found.covered) == ("predicted", True)
    low, high = result.span("connect_rate")
    assert found.in_band == (low <= found.value <= high)
    assert found.to_dict()["range"] == [low, high]
    alone = run(path, **BRIEF).published["connect_rate"]
    assert alone.role == "assumed_from"  # the people were found by it


def test_channels_without_contacts_need_no_connect_rate(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        'format = 1\nextends = "hotline-base"\ntitle = "Mine"\n'
        "[channels.phone]\noffered_per_year = 150_000\nconnect_rate = 0.9\n"
        "[teams.day]\nseats = 6\n"
    )
    phone: Any = load(path).channels["phone"]
    assert phone.people_per_day > 0
    path.write_text(path.read_text() + "[channels.wechat]\ncases_per_year = 9_000\n")
    with pytest.raises(ValueError, match=r"channels.wechat.connect_rate: is missing"):
        load(path)


def test_a_set_from_another_city_is_settled_here(city, truth):
    other = load(city("cases_per_day = 450", 1)).model_copy(update={"name": "other"})
    given = drawn_set(other, 3, 5, over=["channels.phone.next.*"])
    path = city(f"offered_per_day = {truth['offered']}\nconnect_rate = 0.9")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = run(path, settle=True, over=given, **BRIEF)
    kept: Any = found.header.parameters
    assert set(kept.keys) == {*given.keys, RATE}
