"""A day played again: who was there, when, and how many waited; held against the contact log."""

from typing import Any

import numpy as np
import pytest

import hotline_sim
from hotline_sim.domain import DAY_S, Outcome
from hotline_sim.experiments.replay import day_of, left_s

ASKED: dict[str, Any] = {"seed": 7, "replication": 1}


@pytest.fixture(scope="module")
def first_day():
    return day_of("first-day", **ASKED)


@pytest.fixture(scope="module")
def log():
    return hotline_sim.contacts("first-day", **ASKED)


def test_the_day_has_every_contact_of_the_log(first_day, log):
    there = log.arrival_s < DAY_S  # the others come after the end
    assert len(first_day.contacts) == there.sum() > 200
    found = {(one.case, one.k): one for one in first_day.contacts}
    for row in np.flatnonzero(there):
        one = found[log.case[row], log.k[row]]
        assert one.arrival_s == log.arrival_s[row]
        assert one.outcome == Outcome(log.outcome[row]).name.lower()
        for name, column in (("answer_s", log.start_s), ("end_s", log.end_s)):
            np.testing.assert_equal(np.array(getattr(one, name), float), column[row])


def test_as_many_wait_at_a_time_as_in_the_log(first_day, log):
    until_s = np.where(np.isnan(log.start_s), log.end_s, log.start_s)
    counts = []
    for time_s in np.arange(8.0, 20.0, 0.125) * 3600.0:
        waiting = np.sum((log.request_s <= time_s) & (time_s < until_s))
        assert first_day.waiting_at(time_s) == first_day.waiting_at(time_s, "phone") == waiting
        counts.append(waiting)
    assert max(counts) > 2


def test_answered_contacts_lie_within_the_duty_of_their_seat(first_day):
    answered = [one for one in first_day.contacts if one.outcome == "answered"]
    assert len(answered) > 100
    for one in answered:
        assert any(
            stint.seat == one.seat
            and stint.team == one.team
            and stint.on_s <= one.answer_s < stint.off_s
            for stint in first_day.stints
        )


def test_a_redial_is_a_further_contact_of_the_same_case(first_day):
    tries = {(one.case, one.k) for one in first_day.contacts}
    led_on = [one for one in first_day.contacts if one.next is not None]
    assert len([one for one in led_on if (one.case, one.k + 1) in tries]) > 20
    for one in first_day.contacts:
        assert one.k == 1 or (one.case, one.k - 1) in tries


def test_a_window_has_who_was_there_in_it(first_day):
    window = first_day.between(36_000, 37_800)
    assert 0 < len(window.contacts) < len(first_day.contacts)
    for one in first_day.contacts:
        is_there = one.arrival_s < 37_800 and left_s(one) > 36_000
        assert is_there == (one in window.contacts)
    assert window.waiting_at(36_900) == first_day.waiting_at(36_900)
    with pytest.raises(ValueError, match="wanted within 36000 to 37800"):
        window.between(0, 37_000)


def test_who_waits_over_midnight_is_there_on_both_days():
    both = [day_of("work-orders", day=day, **ASKED) for day in (0, 1)]
    assert both[1].date.toordinal() - both[0].date.toordinal() == 1
    over = {(one.case, one.k): one for one in both[0].contacts if left_s(one) > DAY_S}
    assert over
    next_day = {(one.case, one.k): one for one in both[1].contacts}
    assert {key: one.arrival_s - DAY_S for key, one in over.items()} == {
        key: one.arrival_s for key, one in next_day.items() if one.arrival_s < 0
    }


def test_the_day_is_the_first_that_counts():
    warmed = hotline_sim.load("work-orders")
    assert warmed.horizon.warm_up_days > 0
    assert day_of(warmed, **ASKED).date == warmed.horizon.start


def test_both_engines_give_the_same_day(first_day):
    assert day_of("first-day", engine="simpy", **ASKED).to_dict() == first_day.to_dict()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"day": 1}, "day = 1: 0 to 0"),
        ({"day": -1}, "day = -1"),
        ({"replication": -1}, "replication = -1"),
        ({"seed": -1}, "seed = -1"),
    ],
)
def test_days_and_replications_that_are_not_there_are_refused(asked, told):
    with pytest.raises(ValueError, match=told):
        day_of("first-day", **{**ASKED, **asked})
