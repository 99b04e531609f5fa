"""Tables of calls by interval: read however they were saved, and refused in one line."""

import numpy as np
import pytest

from hotline_sim.erlang import Goal, agents_needed
from hotline_sim.experiments.staff import StaffError, needs_of_volumes, read_volumes
from hotline_sim.laws import Exponential, Weibull
from hotline_sim.messages import LANGUAGES

GOALS = [Goal("connect_rate", 0.95)]


@pytest.fixture
def table(tmp_path):
    """Return what writes a file and reads it."""

    def read(text, encoding="utf-8", **how):
        path = tmp_path / "volumes.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_volumes(path, **how)

    return read


HALVES = 'interval,calls\n08:00,12\n08:30,20\n09:00,"1,031.5"\n'


def test_a_day_is_that_of_every_weekday(table):
    volumes = table(HALVES)
    assert volumes.minutes == 30
    assert volumes.calls.shape == (7, 48)
    assert (volumes.calls[:, 16:19] == [12.0, 20.0, 1031.5]).all()
    assert volumes.calls.sum() == 7 * 1063.5
    assert volumes.dates.tolist() == [1] * 7


@pytest.mark.parametrize(
    "text",
    [
        "weekday,interval,calls\nMon,08:00,5\nMon,08:15,7\nSunday,23:45,9\n",
        "weekday;time;volume\n1;8:00;5\n1;8:15;7\n7;23:45;9\n",
        "星期\t时段\t话务量\n周一\t08：00\t5\n星期一\t08:15-08:30\t7\n周天\t23:45\t9\n",
        "时段,来电量,日期,备注\n08:00,5,2026-03-02,晴\n08:15:00,7,2026/3/2,\n23:45,9,2026年3月1日\n",
        "start,calls\n2026-03-02 08:00,5\n2026-03-02T08:15:00,7\n2026-03-01 23:45,9\n\n",
    ],
    ids=["weekdays", "numbers", "chinese", "dates", "instants"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_same_calls_are_read_however_they_are_written(table, text, encoding):
    volumes = table(text, encoding)
    assert volumes.minutes == 15
    found = {(d, i): volumes.calls[d, i] for d, i in np.argwhere(volumes.calls).tolist()}
    assert found == {(0, 32): 5.0, (0, 33): 7.0, (6, 95): 9.0}
    assert volumes.dates.tolist() == [1, 0, 0, 0, 0, 0, 1]


def test_several_dates_of_a_weekday_are_averaged_or_their_busier_one_is_taken(table):
    days = [f"2026-03-{day:02d},09:00,{calls}" for day, calls in ((2, 10), (9, 20), (16, 60))]
    text = "\n".join(["date,interval,calls", *days, "2026-03-02,10:00,3"])
    assert table(text).calls[0, [9, 10]].tolist() == [30.0, 1.0]
    assert table(text, busier_than=0.5).calls[0, 9] == 20.0
    assert table(text).dates[0] == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("time,n\n08:00,5\n", "line 1: found time, n: a column named as one of these is wanted"),
        ("interval,calls\n", "has no lines below its heads"),
        ("", "found -"),
        ("interval,calls\n08:00,5\n8 o'clock,5\n", "line 3: interval = 8 o'clock"),
        ("interval,calls\n25:00,5\n", "line 2: interval = 25:00"),
        ("interval,calls\n08:00,many\n", "line 2: calls = many: a number"),
        ("interval,calls\n08:00,-1\n", "line 2: calls = -1: a number, 0 or more"),
        ("interval,calls\n08:00,nan\n", "line 2: calls = nan"),
        ("interval,calls\n08:00\n", "line 2: calls = : a number"),
        ("weekday,interval,calls\nfoo,08:00,5\n", "line 2: weekday = foo: Mon to Sun"),
        ("date,interval,calls\n2026-02-30,08:00,5\n", "line 2: date = 2026-02-30: a date"),
        ("interval,calls\n08:00,5\n08:30,1\n08:00,6\n", "line 4: 08:00 stands twice: line 2"),
        ("interval,calls\n08:00,5\n08:20,1\n", "intervals begin 20 minutes apart"),
        ("interval,calls\n08:00,5\n08:30,1\n09:07,2\n", "line 4: 09:07 does not begin"),
        ("interval,calls\n08:05,5\n08:35,1\n", "line 2: 08:05 does not begin an interval of 30"),
        (b"PK\x03\x04", "is a workbook: save its sheet as CSV"),
        (b"\xff\xff\xff", "is no text"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_one_line(table, text, told):
    with pytest.raises(StaffError) as caught:
        table(text)
    assert told in str(caught.value)
    assert "volumes.csv" in str(caught.value)
    for lang in LANGUAGES:
        assert "\n" not in caught.value.text(lang)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(StaffError, match="cannot be read"):
        read_volumes(tmp_path / "none.csv")


@pytest.mark.parametrize("minutes", [15, 30, 60])
def test_steady_calls_need_what_the_formulas_say(table, minutes):
    starts = [f"{i // 60:02d}:{i % 60:02d}" for i in range(0, 24 * 60, minutes)]
    volumes = table("\n".join(["interval,calls", *(f"{s},{3 * minutes}" for s in starts)]))
    patience = Weibull(mean_s=350, shape=0.75)
    need = needs_of_volumes(
        volumes, handle_mean_s=240.0, patience=patience, redial_probability=0.45, goals=GOALS
    )
    told = agents_needed(
        calls_per_hour=180.0,
        handle_mean_s=240.0,
        patience=[patience],
        redial_probability=0.45,
        goals=GOALS,
    )
    assert (need.agents == told).all()
    assert need.offered == pytest.approx(90.0 / (1.0 - 0.45 * (1.0 - need.connect_rate)))
    assert (need.connect_rate >= 0.95 - 1e-3).all()


def test_a_half_hour_has_the_need_of_its_busier_quarter(table):
    calls = {"10:00": 0, "10:15": 60, "10:30": 0, "10:45": 0}
    volumes = table("interval,calls\n" + "\n".join(f"{s},{n}" for s, n in calls.items()))
    patience = Exponential(mean_s=350)
    need = needs_of_volumes(volumes, handle_mean_s=60.0, patience=patience, goals=GOALS)
    told = agents_needed(
        calls_per_hour=240.0 * 0.93, handle_mean_s=60.0, patience=[patience], goals=GOALS
    )
    assert (need.agents[:, 20] == told).all()
    assert (need.offered[:, 20] == 60.0).all()
    assert need.agents.sum() == 7 * told


def test_a_need_without_goals_is_refused(table):
    with pytest.raises(ValueError, match="goals: at least one is wanted"):
        needs_of_volumes(table(HALVES), handle_mean_s=240.0, goals=[])
