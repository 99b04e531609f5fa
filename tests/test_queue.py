"""How many wait at one time: over time, and at most, against looking at every instant."""

import numpy as np
import pytest
from contacts import APP, BEGIN, CITY, END, LAST_DAY, WECHAT, contact, duty, log, tally_differs
from hypothesis import given
from hypothesis import strategies as st
from worlds import HAS_COMPILED

from hotline_sim.domain import DAY_S, HALF_HOUR_S, HOUR_S
from hotline_sim.measures import Counter, channel_measures, measures_of
from hotline_sim.measures.queue import Peaks, Queue, peaks_of


def most_at_one_time(waits):
    """Return the most of the (from, until) that hold any one instant, looking at each."""
    instants = {from_s for from_s, _ in waits}
    return max((sum(a <= t < b for a, b in waits) for t in instants), default=0)


FINDERS = [peaks_of]
if HAS_COMPILED:
    from hotline_sim.measures import compiled

    FINDERS.append(compiled._peaks_of)

WAITS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 25)).map(lambda w: (w[0], w[0] + w[1])),
    max_size=25,
)


@given(waits=WAITS, day=st.integers(1, 12))
@pytest.mark.parametrize("find", FINDERS)
def test_the_longest_queue_is_the_same_day_by_day_and_looking_at_every_instant(find, waits, day):
    queue = Queue(find)
    for midnight in range(day, 80, day):
        ended = [(a, b) for a, b in waits if midnight - day <= b < midnight]
        begin_s, end_s = np.ascontiguousarray(np.array(ended or np.zeros((0, 2)), float).T)
        queue.add(begin_s, end_s, float(midnight))
    assert queue.longest == most_at_one_time(waits)


@given(waits=WAITS, day=st.integers(1, 12))
@pytest.mark.parametrize("find", FINDERS)
def test_what_is_known_to_wait_on_is_counted_once_on_each_day(find, waits, day):
    queue = Queue(find)
    for midnight in range(day, 80, day):
        begun = [(a, b) for a, b in waits if midnight - day <= a < midnight]
        begin_s, end_s = np.ascontiguousarray(np.array(begun or np.zeros((0, 2)), float).T)
        queue.add(begin_s, end_s, float(midnight))
    assert queue.longest == most_at_one_time(waits)


@given(waits=WAITS)
def test_no_more_is_kept_of_a_queue_than_waited_at_one_time(waits):
    columns = np.array(waits or np.zeros((0, 2)), float).T
    begin_s, end_s = (np.sort(column) for column in columns)
    found = peaks_of(begin_s, end_s, Peaks(np.zeros(0), np.zeros(0, np.int64)), 100.0)
    assert len(found.waiting) <= most_at_one_time(waits)


@pytest.fixture(scope="module")
def city(load_text):
    return load_text(CITY)


def counted(city, *rows):
    """Return the tally of contacts counted at once, however they are counted."""
    tallies = []
    for way in (False, True)[: 1 + HAS_COMPILED]:
        counter = Counter(city, compiled=way)
        counter.add_duty(LAST_DAY, duty())
        counter.add_contacts(log(*rows))
        tallies.append(counter.tally)
    assert tally_differs(tallies[0], tallies[-1]) is None
    return tallies[0]


def at(hour, day=1):
    return day * DAY_S + hour * HOUR_S


def test_a_queue_traced_by_hand(city):
    # 9:00:00 a waits; 9:00:10 b joins; 9:00:20 c joins and a is taken at that very instant;
    # 9:00:30 b hangs up; 9:00:40 c is taken.
    tally = counted(
        city,
        contact("answered", at(9), wait_s=20.0),
        contact("abandoned", at(9) + 10.0, wait_s=20.0),
        contact("answered", at(9) + 20.0, wait_s=20.0),
        contact("answered", at(9) + 25.0),  # an agent is free: no queue
        contact("blocked", at(9) + 26.0),
        contact("contained", at(9) + 27.0, wait_s=60.0),
    )
    found = measures_of(city, tally)
    assert found["queue_max"] == 2
    assert found["queue_mean"] == 60.0 / (3 * DAY_S)
    assert found["waiting_share"] == 3 / 5
    assert found["wait_of_all_s"] == 60.0 / 5
    assert found["wait_of_waiting_s"] == 60.0 / 3
    assert found["wait_of_abandoned_s"] == 20.0


def test_the_queue_is_that_of_calls_and_each_channel_has_its_own(city):
    tally = counted(
        city,
        contact("answered", at(9), wait_s=60.0),
        contact("answered", at(9), wait_s=60.0, channel=WECHAT),
        contact("answered", at(9), wait_s=6000.0, channel=APP),
    )
    assert measures_of(city, tally)["queue_max"] == 1
    means = {name: one["queue_mean"] for name, one in channel_measures(city, tally).items()}
    waits_s = {"phone": 60.0, "wechat": 60.0, "app": 6000.0, "follow_up": 0.0}
    assert means == {name: wait_s / (3 * DAY_S) for name, wait_s in waits_s.items()}


def test_time_in_the_queue_is_that_of_the_half_hours_in_which_it_is_spent(city):
    tally = counted(
        city,
        contact("answered", at(9.25), wait_s=5000.0),  # 900 s, 1800 s, 1800 s, 500 s
        contact("abandoned", at(23.75), wait_s=HOUR_S),  # over midnight: 900 s, 1800 s, 900 s
        contact("answered", BEGIN - 100.0, wait_s=300.0),  # 200 s of it are counted
        contact("open", END - 50.0),  # until the end
    )
    halves = tally.by_half_hour["queue_s"].sum(axis=1)
    spent_s = {18: 900.0, 19: 1800.0, 20: 1800.0, 21: 500.0, 47: 950.0, 0: 2000.0, 1: 900.0}
    assert {i: s for i, s in enumerate(halves.tolist()) if s} == spent_s
    assert tally.by_day["queue_s"].sum(axis=1).tolist() == [6100.0, 2700.0, 50.0]
    assert max(spent_s.values()) <= 2 * HALF_HOUR_S


def test_a_chat_that_left_without_a_word_stays_in_the_queue_until_it_is_found(city):
    silent = contact("abandoned", at(9), wait_s=30.0, channel=WECHAT)
    silent |= {"start_s": at(9) + 90.0, "done_s": at(9) + 120.0, "seat": 0, "team": 0}
    found = channel_measures(city, counted(city, silent))["wechat"]
    assert found["queue_mean"] == 90.0 / (3 * DAY_S)
    assert found["wait_of_abandoned_s"] == 30.0


def test_a_chat_that_nobody_found_stood_in_the_queue_to_the_end(city):
    chat = contact("abandoned", at(9), wait_s=20.0, channel=WECHAT)
    for way in (False, True)[: 1 + HAS_COMPILED]:
        counter = Counter(city, compiled=way)
        counter.add_duty(LAST_DAY, duty())
        counter.add_contacts(log())
        counter.add_duty(range(LAST_DAY + 1, LAST_DAY + 2), duty())
        counter.add_left(log(chat))
        found = channel_measures(city, counter.tally)["wechat"]
        assert found["queue_mean"] == (END - at(9)) / (3 * DAY_S)
        assert found["wait_of_abandoned_s"] == 20.0
