"""Runs kept by what they are: nothing is played twice, mixed up, or taken for what it is not."""

import json
import os
import pickle
import subprocess
import sys
import time
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_execution import same

import hotline_sim
from hotline_sim import load, messages
from hotline_sim.execution import (
    Execution,
    Numbers,
    Store,
    Task,
    as_ended,
    kept,
    keys,
    play,
    play_all,
    replicate,
    shared_store,
    tasks,
)
from hotline_sim.messages import Notice, RefusalError

DAY = load("first-day")
NUMBERS: dict[str, Any] = {
    "measures": {"answered": 12.0, "asa_s": float("nan")},
    "by_channel": {"phone": {"connect_rate": 0.1 + 0.2}},
    "by_team": {},
    "by_department": {},
}


def work(count, scenario=DAY, engine="auto", seed=7):
    return [Task(scenario, seed, i, engine) for i in range(count)]


@pytest.fixture
def played(monkeypatch):
    """Return the list of what is really played, one after the other."""
    found = []

    def told(task):
        found.append(task)
        return replicate(task)

    monkeypatch.setattr(tasks, "replicate", told)
    return found


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


def here(store, **more):
    return Execution(jobs=1, store=store, **more)


# Under what they are ----------------------------------------------------------------------


def test_what_was_kept_is_not_played_again(store, played):
    first = play_all(work(3), here(store))
    again = play_all(work(5), here(store))
    assert [task.replication for task in played] == [0, 1, 2, 3, 4]
    for one, other in zip(first, again, strict=False):
        same(one, other)


def test_another_experiment_meets_what_the_first_has_kept(store, played):
    less = DAY.with_values({"teams.desk.shifts.0.seats": 2})
    play_all([*work(2), *work(2, less)], here(store))
    play_all(work(2, less), here(store))
    assert len(played) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"title.en": "another day"},
        {"published.answered": 10},
        {"channels.phone.lines": {"value": DAY.channels["phone"].lines, "note": "counted"}},
    ],
)
def test_words_and_printed_figures_do_not_make_another_replication(store, played, change):
    play_all(work(1), here(store))
    play_all(work(1, DAY.with_values(change)), here(store))
    assert len(played) == 1


def test_any_other_number_seed_replication_or_order_is_another_key():
    digests = [
        DAY.simulated_digest(),
        DAY.with_values({"channels.phone.talk.mean_s": 1.0}).simulated_digest(),
        replace_order(load("nanning-after")).simulated_digest(),
        load("nanning-after").simulated_digest(),
    ]
    found = {
        keys.key_of(digest, seed, number, kept=what)
        for digest in digests
        for seed in (1, 11)
        for number in (1, 2)
        for what in ("whole", "numbers", "contacts")
    }
    assert len(found) == 4 * 2 * 2 * 3


def replace_order(scenario):
    """Return the scenario with its channels the other way round: others are served first."""
    channels = dict(reversed(scenario.channels.items()))
    return scenario.model_copy(update={"channels": channels})


def test_a_replication_of_another_results_version_is_not_taken_for_one_of_this(
    store, played, monkeypatch
):
    play_all(work(1), here(store))
    monkeypatch.setattr(keys, "RESULTS_VERSION", hotline_sim.RESULTS_VERSION + 1)
    play_all(work(1), here(store))
    assert len(played) == 2


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_named_engine_plays_whatever_is_kept(store, played, engine):
    play_all(work(2), here(store))
    play_all(work(2, engine=engine), here(store))
    assert [task.engine for task in played] == ["auto", "auto", engine, engine]


def test_who_wants_it_fresh_has_everything_played_and_kept_anew(store, played):
    (found,) = play_all(work(1), here(store))
    (path,) = store.folder.iterdir()
    path.write_bytes(b"")
    (again,) = play_all(work(1), here(store, fresh=True))
    assert len(played) == 2
    same(found, again)
    play_all(work(1), here(store))
    assert len(played) == 2


# Damage -----------------------------------------------------------------------------------


def a_file(numbers=NUMBERS):
    key = keys.key_of("digest", 1, 0, kept="numbers")
    return key, kept.to_bytes(key, Numbers(**numbers))


def test_what_is_read_is_what_was_written():
    key, content = a_file()
    found = kept.from_bytes(key, content)
    assert json.dumps([getattr(found, f.name) for f in fields(found)]) == json.dumps(
        list(NUMBERS.values())
    )


@given(data=st.data())
def test_any_flipped_bit_and_any_cut_is_found_out(data):
    key, content = a_file()
    bit = data.draw(st.integers(0, 8 * len(content) - 1))
    flipped = bytearray(content)
    flipped[bit // 8] ^= 1 << bit % 8
    cut = content[: data.draw(st.integers(0, len(content) - 1))]
    for damaged in (bytes(flipped), cut, content + b"\0"):
        with pytest.raises(kept.DamagedError):
            kept.from_bytes(key, damaged)


@pytest.mark.parametrize("numbers", [{"measures": {}}, [], {**NUMBERS, "by_team": 3}, "x"])
def test_a_file_with_a_right_checksum_over_wrong_json_is_damaged(monkeypatch, numbers):
    key = keys.key_of("digest", 1, 0, kept="numbers")
    text = np.frombuffer(json.dumps(numbers).encode(), np.uint8)
    monkeypatch.setattr(kept, "_arrays", lambda _: {"numbers": text})
    content = kept.to_bytes(key, Numbers(**NUMBERS))
    with pytest.raises(kept.DamagedError):
        kept.from_bytes(key, content)


def of_another(files):
    files[0].write_bytes(files[1].read_bytes())


def emptied(files):
    files[0].write_bytes(b"")


def flipped(files):
    content = bytearray(files[0].read_bytes())
    content[len(content) // 2] ^= 1
    files[0].write_bytes(content)


def a_folder(files):
    files[0].unlink()
    files[0].mkdir()


@pytest.mark.parametrize("damage", [of_another, emptied, flipped])
def test_a_damaged_file_is_said_played_again_and_written_anew(store, played, damage):
    first = play_all(work(2), here(store))
    damage(list(store.folder.iterdir()))
    with pytest.warns(Notice, match="damaged") as told:
        again = play_all(work(2), here(store))
    assert len(told) == 1
    assert len(played) == 3
    for one, other in zip(first, again, strict=True):
        same(one, other)
    play_all(work(2), here(store))  # without a warning, which would be an error
    assert len(played) == 3


def test_a_store_that_takes_no_more_is_said_once_and_the_run_goes_on(store):
    play_all(work(1), here(store))
    a_folder(list(store.folder.iterdir()))
    with pytest.warns(Notice) as told:
        assert len(play_all(work(3), here(store))) == 3
    assert sorted(one.message.sentence for one in told) == ["say.damaged", "say.unkept"]


def test_a_notice_travels_between_processes_and_speaks_both_languages():
    one = pickle.loads(pickle.dumps(Notice("say.damaged", path="x")))
    assert one.text("zh") == messages.text("say.damaged", "zh", path="x")
    assert str(one) == messages.text("say.damaged", "en", path="x")


# Room, and whose files --------------------------------------------------------------------


def strangers(folder):
    """Put files into a folder that look like the store's, or stand beside them."""
    names = ("mine.txt", "0" * 64 + ".replication", "f" * 64, ".hidden.part")
    for name in names:
        (folder / name).write_bytes(b"not the store's")
    (folder / "replications").mkdir()
    (folder / "replications" / "mine.npz").write_bytes(b"mine")
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.name in (*names, "replications", "mine.npz")
    }


def test_clearing_removes_what_the_store_wrote_and_nothing_else(store):
    play_all(work(3), here(store))
    ours = set(store.folder.iterdir())
    size = sum(path.stat().st_size for path in ours)
    mine = strangers(store.folder)
    removed = store.clear()
    assert (removed.replications, removed.size_bytes) == (3, size)
    assert {path: path.stat().st_mtime_ns for path in store.folder.rglob("*")} == mine


def test_a_full_store_lets_go_of_what_was_not_used_for_longest(tmp_path):
    store = Store(tmp_path)
    play_all(work(1), here(store))
    each = store.contents().size_bytes
    store.clear()
    small = Store(tmp_path, limit_bytes=10 * each)
    play_all(work(8), here(small))
    for number, path in enumerate(paths_of(small, work(8))):
        os.utime(path, (number, number))
    play_all(work(1), here(small))  # the oldest is used
    mine = tmp_path / ("0" * 64 + ".replication")
    mine.write_bytes(b"\0" * 3 * each)
    os.utime(mine, (0, 0))
    play_all(work(4, seed=8), here(small))
    first, second = paths_of(small, work(2))
    assert first.exists()
    assert not second.exists()
    assert mine.exists()


def paths_of(store, asked):
    digest = asked[0].scenario.simulated_digest()
    return [
        store.folder / f"{keys.key_of(digest, t.seed, t.replication, kept='whole')}.replication"
        for t in asked
    ]


def test_what_killed_writers_left_goes_after_an_hour_and_not_before(store):
    play_all(work(1), here(store))
    (path,) = store.folder.iterdir()
    old, new = (store.folder / f".{path.name}.0000000{i}.part" for i in range(2))
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (time.time_ns() / 1e9 - 3700,) * 2)
    store.clear()
    assert list(store.folder.iterdir()) == [new]


def test_two_writers_at_once_do_no_harm(tmp_path):
    script = (
        "import sys; from hotline_sim import load; from hotline_sim.execution import *\n"
        "scenario = load('first-day', overrides=['horizon.days=1'])\n"
        "tasks = [Task(scenario, 7, i, 'auto') for i in range(30)]\n"
        "found = play_all(tasks, Execution(jobs=1, store=Store(sys.argv[1]), fresh=True))\n"
        "print([one.measures['answered'] for one in found])"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    printed = {process.communicate(timeout=120)[0] for process in both}
    assert [process.returncode for process in both] == [0, 0]
    assert len(printed) == 1
    assert Store(tmp_path).contents().replications == 30
    assert str(measured(work(30), here(Store(tmp_path)))).encode() == printed.pop().strip()


def measured(asked, execution):
    return [one.measures["answered"] for one in play_all(asked, execution)]


# Which store the command uses -------------------------------------------------------------


def test_the_store_is_in_the_users_cache_or_where_it_is_said_or_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("HOTLINE_SIM_STORE", raising=False)
    assert shared_store().folder == tmp_path / "hotline-sim" / "store"
    assert shared_store().limit_bytes == 2 * 2**30
    monkeypatch.setenv("HOTLINE_SIM_STORE", str(tmp_path / "mine"))
    monkeypatch.setenv("HOTLINE_SIM_STORE_LIMIT", "1.5 MiB")
    assert shared_store().folder == tmp_path / "mine"
    assert shared_store().limit_bytes == 1.5 * 2**20
    monkeypatch.setenv("HOTLINE_SIM_STORE", "off")
    assert shared_store() is None


@pytest.mark.parametrize("written", ["much", "-1", "5X", "1e9G"])
def test_a_limit_that_is_no_size_is_refused(monkeypatch, written):
    monkeypatch.setenv("HOTLINE_SIM_STORE_LIMIT", written)
    with pytest.raises(RefusalError, match=f"HOTLINE_SIM_STORE_LIMIT = {written}"):
        shared_store()


def test_a_named_folder_that_cannot_be_is_refused_and_a_missing_cache_is_not(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.delenv("HOTLINE_SIM_STORE", raising=False)
    assert shared_store() is None
    monkeypatch.setenv("HOTLINE_SIM_STORE", str(tmp_path / "file" / "store"))
    with pytest.raises(RefusalError, match=r"HOTLINE_SIM_STORE: .*file.store: cannot be written"):
        shared_store()


# A table of points ------------------------------------------------------------------------

SEATS = "teams.desk.shifts.0.seats"
POINTS = [(DAY, {SEATS: seats}) for seats in (1, 2, 3)]


def table_of(points, replications, keep, **more):
    how: dict[str, Any] = {"seed": 7, "engine": "auto", "execution": Execution(jobs=1)} | more
    return play(points, replications, keep=keep, **how)


def test_a_table_holds_what_replications_measure():
    keep = ("connect_rate", "answered", "channels.phone.offered", "teams.desk.occupancy")
    table = table_of(POINTS, 2, keep)
    assert table.values.shape == (3, 2, 4)
    assert table.values.dtype == np.float64
    assert table.measures == keep
    for i, (scenario, values) in enumerate(POINTS):
        for number in range(2):
            one = replicate(Task(scenario.with_values(values), 7, number, "auto"))
            assert table.values[i, number].tolist() == [
                one.measures["connect_rate"],
                one.measures["answered"],
                one.by_channel["phone"]["offered"],
                one.by_team["desk"]["occupancy"],
            ]
    np.testing.assert_array_equal(table.of("answered"), table.values[:, :, 1])
    with pytest.raises(ValueError, match="read-only"):
        table.values[0] = 0


def test_workers_give_the_table_that_one_process_gives(monkeypatch):
    alone = table_of(POINTS, 2, ["answered"])
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    together = table_of(POINTS, 2, ["answered"], execution=Execution(jobs=2))
    np.testing.assert_array_equal(alone.values, together.values)


def test_who_asks_for_more_pays_for_the_rest_alone(store, played):
    table_of(POINTS[:2], 2, ["answered"], execution=here(store))
    assert len(played) == 4
    table = table_of(POINTS, 3, ["asa_s"], execution=here(store))
    assert len(played) == 9
    np.testing.assert_array_equal(
        table.values[:, 1:], table_of(POINTS, range(1, 3), ["asa_s"]).values
    )


def test_whole_replications_answer_for_their_measures(store, played):
    play_all(work(2), here(store))
    table_of([DAY], 2, ["answered"], execution=here(store))
    assert len(played) == 2
    assert dict(as_ended(work(2), here(store), whole=False))[1].measures["answered"] > 0


def test_what_a_scenario_says_nothing_of_is_nan():
    assert np.isnan(table_of([DAY], 2, ["cost_cny"]).values).all()
    assert not np.isnan(
        table_of([load("nanning-after", overrides=["horizon.days=1"])], 1, ["cost_cny"]).values
    ).any()


@pytest.mark.parametrize(
    "name", ["conect_rate", "channels.fax.answered", "channels.phone.conect_rate", "moods.x.y"]
)
def test_a_measure_that_there_is_not_is_refused(name):
    with pytest.raises(RefusalError, match=f"{name}: no such measure"):
        table_of([DAY], 1, [name])


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_value_that_a_key_may_not_take_is_refused_wherever_it_is_set(monkeypatch, jobs):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    with pytest.raises(hotline_sim.ScenarioError, match="seats = -1"):
        table_of([(DAY, {SEATS: -1})], 2, ["answered"], execution=Execution(jobs=jobs))


def test_a_task_with_values_is_the_task_of_the_changed_scenario():
    one = Task(DAY, 7, 0, "auto", values={SEATS: 2})
    same(replicate(one), replicate(replace(one.settled())))
    assert one.settled().scenario.teams["desk"].shifts[0].seats == 2
