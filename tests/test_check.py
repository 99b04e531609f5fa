"""A file before it is played: its faults, when nobody is on duty, copies, guesses, dry runs."""

import json

import numpy as np
import pytest
from conftest import SMALLEST
from test_cli import hotline, refused, result_of

from hotline_sim import execution, load, messages, scenario
from hotline_sim.domain import DAY_S
from hotline_sim.execution import Execution, Rehearsal, RehearsedError, Store, Task, play_all
from hotline_sim.messages import LANGUAGES
from hotline_sim.staffing import Staffing
from hotline_sim.staffing.gaps import BreakTogether, Unstaffed, breaks_together, unstaffed
from hotline_sim.streams import Streams

AROUND_THE_CLOCK = (
    'teams.desk.shifts=[{ seats = 10, from = "00:00", to = "24:00", '
    'breaks = [{ minutes = 30, from = "12:00", to = "13:00" }] }]'
)


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


# ---- check


def test_check_says_in_a_sentence_what_a_file_without_fault_holds():
    loaded = scenario.load("nanning-after")
    told = " ".join(hotline("check", "nanning-after").stdout.split())
    assert told.startswith("nanning-after: no fault")
    assert told.count(".") == 1
    known = sum(bool(one.note or one.source or one.range) for one in loaded.provenance.values())
    held = json.loads(hotline("check", "nanning-after", "--json").stdout)
    assert (held["days"], held["channels"], held["teams"]) == (365, 5, 2)
    assert held["with_origin"] == known <= held["numbers"] == len(loaded.provenance)
    for name in ("days", "channels", "teams", "numbers", "with_origin"):
        assert str(held[name]) in told


def test_check_tells_all_faults_at_once_and_json_has_them_too(write_scenario, smallest):
    broken = smallest.replace("cases_per_day = 200", "cases_per_day = -1\nlinez = 4")
    path = write_scenario(broken.replace("seats = 3", "seats = -3"))
    told = refused("check", path)
    assert len(told) == 3
    found = json.loads(hotline("check", path, "--json", code=2).stdout)["faults"]
    assert [one["told"] for one in found] == told
    assert {one["key"] for one in found} == {
        *("channels.phone.cases_per_day", "channels.phone.linez", "teams.desk.shifts.0.seats"),
    }


@pytest.mark.parametrize("command", ["check", "run"])
def test_who_is_alone_in_part_of_the_day_is_said_by_check_and_run(write_scenario, command):
    more = () if command == "check" else ("--replications", "2", "--engine", "simpy")
    printed = " ".join(hotline(command, write_scenario(), *more).stdout.split())
    assert "phone: from 00:00 to 08:00 nobody is on duty on 1 of the 1 days" in printed
    assert "phone: from 20:00 to 24:00 nobody" in printed
    covered = hotline(command, write_scenario(), "--set", AROUND_THE_CLOCK, *more).stdout
    assert "nobody is on duty" not in covered


def test_gaps_are_those_of_the_duty_table():
    loaded = load("nanning-before")
    first = loaded.horizon.warm_up_days
    days = range(first, first + 28)
    staffing = Staffing(loaded, Streams(1, 0))
    empty = np.zeros(1440, int)
    for day in days:
        there = np.zeros(1440, bool)
        for duty in (staffing.duty(day - 1), staffing.duty(day)):
            for on_s, off_s in zip(duty.on_s, duty.off_s, strict=True):
                at_s = (np.arange(1440) + 0.5) * 60 + day * DAY_S
                there |= (on_s <= at_s) & (at_s < off_s)
        empty += ~there
    told = [gap for gap in unstaffed(loaded) if gap.channel == "phone"]
    assert told == [Unstaffed("phone", 22 * 60, 23 * 60, 7, 28)]
    assert set(empty[: 22 * 60]) | set(empty[23 * 60 :]) == {0}
    assert set(empty[22 * 60 : 23 * 60]) == {7}


def test_hours_in_which_nobody_is_expected_are_no_gap(load_text):
    closed = load_text()
    weights = [0.0] * 8 + [1.0] * 12 + [0.0] * 4
    assert len(unstaffed(closed)) == 2
    assert unstaffed(closed.with_values({"demand.hour_weights": weights})) == []


def test_a_crew_at_its_meal_all_at_once_is_told_with_the_minute(load_text):
    one_by_one = AROUND_THE_CLOCK.replace('to = "13:00"', 'to = "13:00", batches = 10')
    (found,) = breaks_together(load_text(SMALLEST, one_by_one))
    assert isinstance(found, BreakTogether)
    assert (found.left, found.seats) == (1, 10)
    assert 12 * 60 <= found.minute < 13 * 60
    wide = one_by_one.replace("13:00", "16:00")
    assert breaks_together(load_text(SMALLEST, wide)) == []
    assert breaks_together(load_text(SMALLEST, AROUND_THE_CLOCK)) == []


# ---- copy


def test_a_copy_of_any_shipped_scenario_is_that_scenario(tmp_path):
    for name, shipped in scenario.catalogue().items():
        path = tmp_path / f"my-{name}.toml"
        hotline("copy", name, path)
        assert path.read_bytes() == shipped.read_bytes()
    copied = load(tmp_path / "my-nanning-after.toml")
    assert copied.simulated_digest() == load("nanning-after").simulated_digest()


def test_copy_replaces_no_file_unless_told_to(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("precious")
    assert refused("copy", "first-day", path) == [f"{path}: exists already; --force replaces it"]
    assert path.read_text() == "precious"
    hotline("copy", "first-day", path, "--force")
    assert load(path).horizon.days == 1


def test_what_is_not_shipped_is_not_copied(tmp_path):
    (told,) = refused("copy", "first-dya", tmp_path / "mine.toml")
    assert told.endswith("did you mean first-day?")
    assert list(tmp_path.iterdir()) == []


# ---- what was meant


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (("run", "ctiy.toml"), "city.toml"),
        (("run", "city"), "city.toml"),
        (("check", "sub/owm.toml"), "sub/own.toml"),
        (("run", "first-dya"), "first-day"),
        (("rerun", "reslut.json"), "result.json"),
        (("run", "first-day", "--parameters", "nannin"), "nanning"),
        (("run", "first-day", "--parameters", "sets.json"), "set.json"),
    ],
)
def test_a_name_that_leads_nowhere_is_told_the_file_it_may_have_meant(
    tmp_path, monkeypatch, arguments, meant
):
    (tmp_path / "sub").mkdir()
    for name in ("city.toml", "sub/own.toml", "result.json", "set.json"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    (told,) = refused(*arguments)
    assert told.endswith(f"; did you mean {meant}?")


def test_nothing_is_guessed_where_nothing_is_alike(tmp_path, monkeypatch):
    (tmp_path / "city.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    (told,) = refused("run", "quite-another-thing.toml")
    assert "did you mean" not in told


# ---- a dry run


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_dry_run_plays_no_more_than_it_times_and_writes_nothing(tmp_path, monkeypatch, lang):
    played = []

    def replicate(task):
        played.append(task)
        return execution.replicate(task)

    monkeypatch.setattr(execution.outlook, "replicate", replicate)
    monkeypatch.setattr(execution.tasks, "replicate", None)
    asked = ("run", "first-day", "--replications", "7", "--engine", "simpy")
    out = tmp_path / "out"
    printed = hotline(*asked, "--dry-run", "--out", out, "--lang", lang).stdout
    assert "7" in printed
    assert len(played) == 2
    assert not out.exists()
    found = result_of(*asked, "--dry-run")
    assert found["replications"] == 7
    assert found["timed"] == {"scenario": "first-day", "days": 1}


def test_a_dry_run_of_many_tasks_counts_what_is_planned_and_leaves_out_what_is_kept(tmp_path):
    day, store = load("first-day"), Store(tmp_path)
    tasks = [Task(day, 1, i, "auto") for i in range(6)]
    play_all(tasks[:2], Execution(jobs=1, store=store))
    how = Execution(jobs=1, store=store, outlook=Rehearsal())
    how.plan(20)
    with pytest.raises(RehearsedError) as ended:
        play_all(tasks, how)
    assert (ended.value.forecast.replications, ended.value.kept) == (18, 2)
    assert ended.value.planned
    assert ended.value.forecast.each_s > 0.0


def test_a_dry_run_of_what_goes_on_until_it_knows_says_that_more_may_follow():
    asked = ("run", "first-day", "--engine", "simpy", "--dry-run")
    assert "Would simulate about 10 " in hotline(*asked).stdout
    printed = hotline(*asked, "--precision", "connect_rate=0.001").stdout
    assert "Would begin with " in printed
    assert result_of(*asked)["is_all"]
    assert not result_of(*asked, "--precision", "connect_rate=0.001")["is_all"]


def test_a_dry_run_of_what_is_kept_says_that_nothing_would_be_played(tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_SIM_STORE", str(tmp_path))
    asked = ("run", "first-day", "--replications", "2")
    hotline(*asked)
    told = messages.text("dry_run.kept", "en")
    assert hotline(*asked, "--dry-run").stdout.strip() == told
    assert result_of(*asked, "--dry-run")["replications"] == 0
