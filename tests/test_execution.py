"""Workers, clusters, interruptions: the same results in the same order, and nothing lost."""

import json
import os
import signal
import sys
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from strategies import scenarios

from hotline_sim import kernel, load, measures, model
from hotline_sim.demand import Demand, tables_of
from hotline_sim.domain import DAY_S, ContactLog, Outcome, joined
from hotline_sim.execution import (
    EngineName,
    Execution,
    Replication,
    Store,
    Task,
    play_all,
    play_days,
    replicate,
    replication,
    tasks,
    workers,
)
from hotline_sim.scenario import rules
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams


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
    engines: tuple[EngineName, ...] = ("simpy", "compiled")
    same(*(replicate(Task(scenario, 7, 0, engine)) for engine in engines))


def test_measures_do_not_hang_on_which_days_are_played_together(monkeypatch):
    city = load("nanning-after").with_values({"horizon.days": 60})  # paid by parts of seats
    found = []
    for cases in (1, 40_000):
        monkeypatch.setattr(replication, "_SPAN_CASES", cases)
        found.append(replicate(Task(city, 1, 0, "compiled")))
    same(*found)


def test_any_number_of_workers_gives_the_same_in_the_same_order(monkeypatch):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    alone = play_all(work(5), Execution(jobs=1))
    together = play_all(work(5), Execution(jobs=2))
    for one, other in zip(alone, together, strict=True):
        same(one, other)
    assert len({json.dumps(one.measures) for one in alone}) == 5


def test_little_work_starts_no_pool(monkeypatch):
    monkeypatch.setitem(sys.modules, "joblib.parallel", None)
    monkeypatch.setattr(tasks, "played_by_workers", None)  # a pool would call it
    assert len(play_all(work(2), Execution(jobs=2))) == 2


def test_a_killed_worker_costs_only_what_it_had_in_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)
    store = Store(tmp_path)
    killed: list[int] = []

    def kill_once(done, _of, _replication):
        if done == 2 and not killed:
            from joblib.externals.loky import reusable_executor

            killed.extend(reusable_executor._executor._processes)
            os.kill(killed[0], signal.SIGKILL)

    found = play_all(work(6), Execution(jobs=2, store=store, progress=kill_once))
    assert killed
    assert store.contents().replications == 6
    for one, other in zip(found, play_all(work(6), Execution(jobs=1)), strict=True):
        same(one, other)


def test_what_a_worker_sends_home_fits_into_a_pipe():
    """Else a worker killed halfway through it would leave the others waiting for ever."""
    year = load("nanning-after", overrides=["horizon.days=365"])
    (errand,) = workers._errands([(0, Task(year, 7, 0, "auto"))], whole=True)
    _, packed = workers.carry_out(errand)
    assert len(packed) < 64 * 1024  # bytes that Linux takes at once
    found = workers.unpacked(packed)
    assert isinstance(found, Replication)
    same(found, replicate(Task(year, 7, 0, "auto")))
    assert found.waits.flags.writeable


@pytest.mark.parametrize("parquet", [True, False])
def test_contacts_written_out_are_the_log(tmp_path, monkeypatch, parquet):
    if not parquet:
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    scenario = load("nanning-after", overrides=["horizon.days=2", "horizon.warm_up_days=1"])
    task = Task(scenario, 7, 0, "simpy", tmp_path)
    same(replicate(task), replicate(Task(scenario, 7, 0, "simpy")))
    log = joined([settled for _, settled, _ in play_days(task)])
    (path,) = (p for p in (tmp_path / "contacts").iterdir() if p.suffix != ".sha256")
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
        assert {"mood", "rating"}.isdisjoint(table.column_names)
        said = [table[name].to_pylist() for name in ("satisfied", "rated")]
    else:
        days = [np.load(day) for day in sorted(path.iterdir())]
        for field in fields(ContactLog):
            if field.name not in ("mood", "rating"):
                column = np.concatenate([day[field.name] for day in days])
                np.testing.assert_array_equal(column, getattr(log, field.name))
        said = [
            [{1: True, 0: False, -1: None}[one] for day in days for one in day[name].tolist()]
            for name in ("satisfied", "rated")
        ]
    measures = replicate(Task(scenario, 7, 0, "simpy")).measures
    assert opinions_of_calls(scenario, log, *said) == pytest.approx(
        [measures[name] for name in ("satisfaction_rate", "satisfaction_of_answered")], rel=1e-12
    )


def opinions_of_calls(scenario, log, satisfied, rated):
    """Return the share of the satisfied among those who rated, and among all who were asked."""
    counted = (log.arrival_s >= DAY_S) & (log.channel == list(scenario.channels).index("phone"))
    calls = [(s, r) for s, r, here in zip(satisfied, rated, counted, strict=True) if here]
    asked = [s for s, _ in calls if s is not None]
    assert len(asked) == (log.where(counted).outcome == Outcome.ANSWERED).sum()
    ratings = [s for s, r in calls if r]
    return [sum(ratings) / len(ratings), sum(asked) / len(asked)]


def test_contacts_of_a_run_that_fails_do_not_appear(tmp_path, monkeypatch):
    scenario = load("first-day")

    def fails(*_):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(measures.Counter, "add_duty", fails)
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
