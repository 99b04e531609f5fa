"""The contact log that Python gets: what the engine said, as a record and as a table."""

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from worlds import ENGINES

import hotline_sim
from hotline_sim import load
from hotline_sim.domain import NOBODY, ContactLog, Outcome

ASKED: dict[str, Any] = {"seed": 7, "replication": 1}
TWO_DAYS = load("work-orders", overrides=["horizon.days=2", "horizon.warm_up_days=0"])


@pytest.mark.parametrize("engine", ENGINES)
def test_the_log_counts_what_the_run_counts(engine):
    result = hotline_sim.run("first-day", seed=7, replications=2, engine=engine, jobs=1)
    log = hotline_sim.contacts("first-day", engine=engine, **ASKED)
    measures = result.replications[1].measures
    for name in ("answered", "abandoned", "blocked"):
        assert np.sum(log.outcome == Outcome[name.upper()]) == measures[name]
    assert len(np.unique(log.case)) == measures["cases"]


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_both_engines_give_the_same_log_in_the_same_order(engine):
    some, others = (hotline_sim.contacts(TWO_DAYS, engine=e, **ASKED) for e in ("simpy", engine))
    for column in fields(ContactLog):
        np.testing.assert_array_equal(getattr(some, column.name), getattr(others, column.name))


def test_contacts_come_by_case_and_then_by_try():
    log = hotline_sim.contacts(TWO_DAYS, **ASKED)
    assert len(log) > 100
    order = list(zip(log.case.tolist(), log.k.tolist(), strict=True))
    assert order == sorted(order)
    assert max(log.k) > 0


def test_days_are_as_many_as_are_asked_for():
    week = hotline_sim.contacts("first-day", days=7, **ASKED)
    one = hotline_sim.contacts("first-day", **ASKED)
    assert one.born_s.max() < 86_400 < 6 * 86_400 < week.born_s.max() < 7 * 86_400
    changed = load("first-day").with_values({"horizon.days": 7})
    np.testing.assert_array_equal(hotline_sim.contacts(changed, **ASKED).born_s, week.born_s)


def test_seeds_and_replications_meet_other_people():
    logs = [
        hotline_sim.contacts("first-day", seed=seed, replication=replication)
        for seed, replication in ((7, 1), (7, 0), (8, 1))
    ]
    assert len({log.arrival_s[:5].tobytes() for log in logs}) == 3


def test_the_frame_names_what_the_log_numbers():
    pd = pytest.importorskip("pandas")
    log = hotline_sim.contacts(TWO_DAYS, **ASKED)
    frame = hotline_sim.contacts_frame(TWO_DAYS, **ASKED)
    assert list(frame.columns) == [column.name for column in fields(ContactLog)]
    channels = np.array(list(TWO_DAYS.channels))
    assert frame["channel"].tolist() == channels[log.channel].tolist()
    teams = np.array([*TWO_DAYS.teams, None])  # the last: nobody, -1
    assert frame["team"].astype(object).where(frame["team"].notna(), None).tolist() == (
        teams[log.team].tolist()
    )
    answered = frame["outcome"] == "answered"
    assert answered.tolist() == (log.outcome == Outcome.ANSWERED).tolist()
    assert frame["seat"].isna().tolist() == (log.seat == NOBODY).tolist()
    assert frame.loc[answered, "start_s"].notna().all()
    assert set(frame["department"].dropna()) <= set(TWO_DAYS.departments)
    assert len(set(frame["department"].dropna())) > 0
    assert isinstance(frame["next"].dtype, pd.CategoricalDtype)


@pytest.mark.parametrize("asked", [hotline_sim.contacts, hotline_sim.contacts_frame])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"seed": -1, "replication": 0}, "seed = -1"),
        ({"seed": 1, "replication": -1}, "replication = -1: 0 to 9999"),
        ({"seed": 1, "replication": 0, "days": 0}, "horizon.days = 0"),
    ],
)
def test_arguments_out_of_range_are_refused(asked, wrong, said):
    with pytest.raises(ValueError, match=said):
        asked("first-day", **wrong)
