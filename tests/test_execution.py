"""Workers, clusters, interruptions: the same results in the same order, and nothing lost."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from strategies import scenarios

import hotline_sim
from hotline_sim import execution, kernel, load, model, run
from hotline_sim.demand import Demand, tables_of
from hotline_sim.domain import ContactLog, joined
from hotline_sim.execution import (
    Execution,
    OtherRunError,
    Replication,
    Store,
    Task,
    play,
    play_all,
    replicate,
    tasks,
)
from hotline_sim.execution import store as store_module
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams

VERSION = "1"


def same(one, other):
    for field in fields(Replication):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if field.name in ("measures", "by_channel", "by_team", "by_department"):
            assert json.dumps(a) == json.dumps(b)
        else:
            for key in a if isinstance(a, dict) else [()]:
                np.testing.assert_array_equal(a[key], b[key])


def work(count, scenario="first-day", contacts=None):
    loaded = load(scenario)
    return [Task(loaded, 7, i, "simpy", contacts) for i in range(count)]


@given(scenario=scenarios())
def test_both_engines_give_the_same_replication(scenario):
    engines = ("simpy", "compiled")
    same(*(replicate(Task(scenario, 7, 0, engine)) for engine in engines))


def test_any_number_of_workers_gives_the_same_in_the_same_order(monkeypatch):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    alone = play_all(work(5), Execution(jobs=1))
    together = play_all(work(5), Execution(jobs=2))
    for one, other in zip(alone, together, strict=True):
        same(one, other)
    assert len({json.dumps(one.measures) for one in alone}) == 5


def test_little_work_starts_no_pool(monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib.parallel", None)
    monkeypatch.setattr(tasks, "_backend", None)  # a pool would call it
    assert len(play_all(work(2), Execution(jobs=2))) == 2


def test_what_was_kept_is_not_played_again(tmp_path, monkeypatch):
    store = Store(tmp_path, VERSION)
    store.open(work(3), resume=False)
    first = play_all(work(3), Execution(jobs=1, store=store))
    played = []
    monkeypatch.setattr(tasks, "replicate", lambda task: played.append(task) or replicate(task))
    store.open(work(5), resume=True)
    again = play_all(work(5), Execution(jobs=1, store=store, resume=True))
    assert [task.replication for task in played] == [3, 4]
    for one, other in zip(first, again[:3], strict=True):
        same(one, other)


def test_a_broken_kept_replication_is_played_again(tmp_path):
    store, (task,) = Store(tmp_path, VERSION), work(1)
    store.open([task], resume=False)
    (found,) = play_all([task], Execution(jobs=1, store=store))
    (path,) = (tmp_path / "replications").iterdir()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert store.load(task) is None
    (again,) = play_all([task], Execution(jobs=1, store=store, resume=True))
    same(found, again)


def test_a_folder_of_another_scenario_seed_or_version_is_refused(tmp_path):
    Store(tmp_path, VERSION).open(work(1), resume=False)
    other = load("first-day", overrides=["teams.desk.shifts.0.seats=4"])
    with pytest.raises(OtherRunError, match="scenarios"):
        Store(tmp_path, VERSION).open([Task(other, 7, 0, "simpy")], resume=True)
    with pytest.raises(OtherRunError, match="seeds"):
        Store(tmp_path, VERSION).open([Task(load("first-day"), 8, 0, "simpy")], resume=True)
    with pytest.raises(OtherRunError, match="version"):
        Store(tmp_path, "2").open(work(1), resume=True)
    Store(tmp_path, VERSION).open(work(4), resume=True)


def test_a_replication_of_another_results_version_is_not_taken_for_one_of_this(
    tmp_path, monkeypatch
):
    kept, (task,) = Store(tmp_path, VERSION), work(1)
    kept.open([task], resume=False)
    play_all([task], Execution(jobs=1, store=kept))
    assert kept.load(task) is not None
    monkeypatch.setattr(store_module, "RESULTS_VERSION", hotline_sim.RESULTS_VERSION + 1)
    assert kept.load(task) is None
    with pytest.raises(OtherRunError, match="results_version"):
        kept.open([task], resume=True)


def test_without_resume_a_folder_begins_anew(tmp_path):
    store = Store(tmp_path, VERSION)
    store.open(work(1), resume=False)
    play_all(work(1), Execution(jobs=1, store=store))
    store.open(work(1), resume=False)
    assert store.load(work(1)[0]) is None


def test_a_killed_worker_costs_only_what_it_had_in_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    store = Store(tmp_path, VERSION)
    store.open(work(6), resume=False)
    killed = []

    def kill_once(done, _of, _replication):
        if done == 2 and not killed:
            from joblib.externals.loky import reusable_executor

            killed.extend(reusable_executor._executor._processes)
            os.kill(killed[0], signal.SIGKILL)

    found = play_all(work(6), Execution(jobs=2, store=store, progress=kill_once))
    assert killed
    for one, other in zip(found, play_all(work(6), Execution(jobs=1)), strict=True):
        same(one, other)


def test_what_a_worker_sends_home_fits_into_a_pipe():
    """Else a worker killed halfway through it would leave the others waiting for ever."""
    year = load("nanning-after", overrides=["horizon.days=365"])
    _, packed = tasks._packed((0, Task(year, 7, 0, "auto")))
    assert len(packed) < 64 * 1024  # bytes that Linux takes at once


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    command = [sys.executable, "-m", "hotline_sim", "run", "nanning-before", "--engine", "simpy"]
    command += ["--days", "20", "--replications", "8", "--jobs", "1", "--out", str(tmp_path)]
    begun = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    kept = tmp_path / "replications"
    for _ in range(600):
        if kept.is_dir() and len(list(kept.glob("*.npz"))) >= 2:
            break
        time.sleep(0.1)
    begun.send_signal(signal.SIGINT)
    begun.communicate(timeout=60)
    assert begun.returncode == 1
    assert not (tmp_path / "result.json").exists()
    before = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.npz")}
    assert 2 <= len(before) < 8
    subprocess.run([*command, "--resume"], check=True, capture_output=True)
    after = {path.name: path.stat().st_mtime_ns for path in kept.glob("*.npz")}
    assert len(after) == 8
    assert before.items() <= after.items()
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    overrides = ["horizon.days=20"]
    whole = run(load("nanning-before", overrides=overrides), replications=8, engine="simpy")
    assert result["measures"]["answered"]["mean"] == whole.measures["answered"].mean


@pytest.mark.parametrize("parquet", [True, False])
def test_contacts_written_out_are_the_log(tmp_path, monkeypatch, parquet):
    if not parquet:
        monkeypatch.setattr(execution.contacts.importlib.util, "find_spec", lambda _name: None)
    scenario = load("nanning-after", overrides=["horizon.days=2", "horizon.warm_up_days=1"])
    task = Task(scenario, 7, 0, "simpy", tmp_path)
    same(replicate(task), replicate(Task(scenario, 7, 0, "simpy")))
    log = joined([settled for _, settled, _ in play(task)])
    (path,) = (tmp_path / "contacts").iterdir()
    if parquet:
        from pyarrow import parquet as pq

        file = pq.ParquetFile(path, page_checksum_verification=True)
        assert file.num_row_groups == 4  # three days, and who was still waiting after them
        table = file.read()
        np.testing.assert_array_equal(table["case"].to_numpy(), log.case)
        np.testing.assert_array_equal(table["arrival_s"].to_numpy(), log.arrival_s)
        names = np.array(list(scenario.channels))[log.channel]
        assert table["channel"].to_pylist() == names.tolist()
        assert table["start_s"].null_count == np.isnan(log.start_s).sum()
    else:
        days = [np.load(day) for day in sorted(path.iterdir())]
        for field in fields(ContactLog):
            column = np.concatenate([day[field.name] for day in days])
            np.testing.assert_array_equal(column, getattr(log, field.name))


def test_contacts_of_a_run_that_fails_do_not_appear(tmp_path, monkeypatch):
    scenario = load("first-day")

    def fails(*_):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(execution.replication.measures.Counter, "add_duty", fails)
    with pytest.raises(RuntimeError, match="in the middle"):
        replicate(Task(scenario, 7, 0, "simpy", tmp_path))
    assert list((tmp_path / "contacts").iterdir()) == []


@given(scenario=scenarios())
def test_a_span_of_days_gives_the_log_of_its_days(scenario):
    end, law, tables = scenario.total_days, rules(scenario), tables_of(scenario, 7, 0)
    for engine in (model.Hotline, kernel.Hotline):
        alone, together = Demand(scenario, Streams(7, 0)), Demand(scenario, Streams(7, 0))
        staffing = Staffing(scenario, Streams(7, 0))
        by_day, at_once = engine(law, tables), engine(law, tables)
        logs = [by_day.run_day(d, alone.draw(d), staffing.duty(d)) for d in range(end)]
        one = joined([*logs, by_day.close()]).in_order()
        span = at_once.run_day(end - 1, together.draw(0, end), staffing.duty(0, end))
        other = joined([span, at_once.close()]).in_order()
        for field in fields(ContactLog):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
