"""The tree of a day's possible contacts: who may follow whom, with the table's probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hotline_sim import scenario
from hotline_sim.demand import Demand
from hotline_sim.domain import N_ENDINGS, NOBODY, Outcome
from hotline_sim.streams import Streams

PHONE, FOLLOW_UP, URGING = range(3)
LINKED = """\
format = 1
title = { en = "linked", zh = "相连" }
[horizon]
start = 2024-03-04
days = 1
[demand]
max_contacts = 5

[channels.phone]
kind = "voice"
cases_per_day = 20000
lines = 1000
self_service_share = 0.1
talk = { law = "exponential", mean_s = 200 }
wrap_up = { law = "exponential", mean_s = 30 }
patience = { law = "exponential", mean_s = 300 }
[[channels.phone.next]]
after = "abandoned"
to = "phone"
by_try = [0.6, 0.4, 0.2]
delay = { law = "exponential", mean_s = 600 }
[[channels.phone.next]]
after = "blocked"
to = "phone"
probability = 0.7
delay = { law = "fixed", mean_s = 60 }
[[channels.phone.next]]
after = "answered"
department = "district"
to = "follow_up"
probability = 0.3
[[channels.phone.next]]
after = "answered"
department = "district"
probability = 0.1
[[channels.phone.next]]
after = "answered"
to = "phone"
probability = 0.2
delay = { law = "uniform", mean_s = 3600, half_width_s = 600 }

[channels.follow_up]
kind = "outbound"
reach_probability = 0.8
unreached_handle_s = 40
talk = { law = "exponential", mean_s = 100 }

[channels.urging]
kind = "outbound"
reach_probability = 0.9
unreached_handle_s = 20
talk = { law = "exponential", mean_s = 90 }

[departments.district]
delay = { law = "uniform", mean_s = 1000, half_width_s = 1000 }
deadline_s = 1500
urging = "urging"

[teams.desk]
employment = "in_house"
serves = ["phone", "follow_up", "urging"]
"""
ENTRY = 'probability = 0.3\nentry = { law = "exponential", mean_s = 90 }'
LATE = 0.25  # share of the orders that take 1500 to 2000 s


def drawn(loaded, seed=1, day=0):
    return Demand(loaded, Streams(seed, 0)).draw(day)


@pytest.fixture(scope="module")
def linked(load_text):
    return load_text(LINKED)


@pytest.fixture(scope="module")
def calls(linked):
    return drawn(linked)


def assert_share(found, exact):
    """Hold a share to its probability by four standard errors."""
    assert abs(np.mean(found) - exact) < 4 * np.sqrt(exact * (1 - exact) / len(found))


def rows_at(calls, channel, k):
    """Return the contacts of one try on a channel that could lead to a further one."""
    return np.flatnonzero((calls.channel == channel) & (calls.k == k))


def leads_to(calls, ending, rows, channel):
    """Tell which rows an ending leads to a channel."""
    child = calls.next_contact[ending, rows]
    return (child != NOBODY) & (calls.channel[child] == channel)


# ------------------------------------------------------------------------------- its form
def assert_is_a_tree(calls, max_contacts):
    n = len(calls)
    parents = np.full(n, NOBODY)
    for ending in range(N_ENDINGS):
        rows = np.flatnonzero(calls.next_contact[ending] != NOBODY)
        children = calls.next_contact[ending, rows]
        known = parents[children] != NOBODY
        np.testing.assert_array_equal(parents[children][known], rows[known])
        parents[children] = rows
        assert np.all(calls.delay_s[ending, rows] >= 0)
    np.testing.assert_array_equal(np.flatnonzero(parents == NOBODY), np.sort(calls.first_contact))
    has_parent = parents != NOBODY
    np.testing.assert_array_equal(calls.k[~has_parent], 1)
    np.testing.assert_array_equal(calls.k[has_parent], calls.k[parents[has_parent]] + 1)
    np.testing.assert_array_equal(calls.case[has_parent], calls.case[parents[has_parent]])
    np.testing.assert_array_equal(calls.born_s[has_parent], calls.born_s[parents[has_parent]])
    assert calls.k.max(initial=1) <= max_contacts


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 60))
def test_every_contact_follows_one_other_of_its_case_but_the_first(
    load_text, seed, max_contacts, volume
):
    loaded = load_text(
        LINKED,
        f"demand.max_contacts={max_contacts}",
        f"channels.phone.cases_per_day={volume}",
    )
    assert_is_a_tree(drawn(loaded, seed), max_contacts)


@pytest.mark.parametrize("name", scenario.catalogue())
def test_every_shipped_scenario_draws_a_tree(name):
    loaded = scenario.load(name)
    assert_is_a_tree(drawn(loaded), loaded.demand.max_contacts)


def test_the_largest_number_of_contacts_is_reached_and_not_passed(calls):
    assert calls.k.max() == 5
    last = calls.k == 5
    assert np.all(calls.next_contact[:, last] == NOBODY)


# --------------------------------------------------------------------- its probabilities
@pytest.mark.parametrize(("k", "share"), [(1, 0.6), (2, 0.4), (3, 0.2), (4, 0.2)])
def test_redials_after_hanging_up_follow_the_table_try_by_try(calls, k, share):
    rows = rows_at(calls, PHONE, k)
    assert_share(leads_to(calls, Outcome.ABANDONED, rows, PHONE), share)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_what_follows_each_ending_has_the_tables_probability(calls, k):
    rows = rows_at(calls, PHONE, k)
    assert_share(leads_to(calls, Outcome.BLOCKED, rows, PHONE), 0.7)
    assert_share(leads_to(calls, Outcome.ANSWERED, rows, PHONE), 0.2)
    assert_share(leads_to(calls, Outcome.ANSWERED, rows, FOLLOW_UP), 0.3 * (1 - LATE))
    assert_share(leads_to(calls, Outcome.ANSWERED, rows, URGING), 0.4 * LATE)
    for ending in (Outcome.CONTAINED, Outcome.UNREACHED):
        assert np.all(calls.next_contact[ending, rows] == NOBODY)


def test_delays_are_those_of_the_row_that_is_followed(calls):
    rows = rows_at(calls, PHONE, 1)
    blocked = leads_to(calls, Outcome.BLOCKED, rows, PHONE)
    np.testing.assert_array_equal(calls.delay_s[Outcome.BLOCKED, rows[blocked]], 60)
    again = leads_to(calls, Outcome.ANSWERED, rows, PHONE)
    delay_s = calls.delay_s[Outcome.ANSWERED, rows[again]]
    assert 3000 <= delay_s.min() < 3010 < 4190 < delay_s.max() <= 4200
    redials = leads_to(calls, Outcome.ABANDONED, rows, PHONE)
    delay_s = calls.delay_s[Outcome.ABANDONED, rows[redials]]
    assert abs(delay_s.mean() - 600) < 4 * 600 / np.sqrt(len(delay_s))


def test_outbound_calls_reach_the_citizen_as_often_as_they_are_said_to(calls):
    assert_share(calls.reached[calls.channel == FOLLOW_UP], 0.8)
    assert_share(calls.reached[calls.channel == URGING], 0.9)
    assert calls.reached[calls.channel == PHONE].all()


def test_moods_and_ratings_are_uniform_and_independent_and_only_there_when_asked_for(
    load_text, calls
):
    assert np.all(calls.mood == 1)  # no probability of being satisfied is above it
    assert np.all(calls.rating == 1)
    opinions = "per_minute_waited = 0, per_failed_contact = 0, settled_at_once = 0, order_late = 0"
    asked = drawn(
        load_text(
            LINKED,
            f"satisfaction={{ {opinions}, participation = 0.5 }}",
            "teams.desk.base_satisfaction=0.9",
        )
    )
    phone = asked.channel == PHONE
    for numbers in (asked.mood[phone], asked.rating[phone]):
        assert stats.kstest(numbers, "uniform").pvalue > 1e-4
    correlation = np.corrcoef(asked.mood[phone], asked.rating[phone])[0, 1]
    assert abs(correlation) < 4 / np.sqrt(phone.sum())


# --------------------------------------------------------------------------- work orders
def test_orders_are_opened_with_the_tables_probability_and_their_deadline_at_every_try(calls):
    for k in range(1, 6):  # also by the last contact a case may have
        rows = rows_at(calls, PHONE, k)
        assert_share(~np.isnan(calls.order_s[rows]), 0.4)
    opens = ~np.isnan(calls.order_s)
    assert np.all(calls.channel[opens] == PHONE)
    np.testing.assert_array_equal(calls.department, np.where(opens, 0, NOBODY))
    assert_share(calls.order_s[opens] > 1500, LATE)


def test_an_order_on_time_is_followed_up_when_it_is_closed(calls):
    rows = np.flatnonzero((calls.order_s <= 1500) & (calls.k < 5))
    child = calls.next_contact[Outcome.ANSWERED, rows]
    assert_share(child != NOBODY, 0.3 / 0.4)  # the others are closed without a call
    follows = rows[child != NOBODY]
    assert np.all(calls.channel[calls.next_contact[Outcome.ANSWERED, follows]] == FOLLOW_UP)
    np.testing.assert_array_equal(calls.delay_s[Outcome.ANSWERED, follows], calls.order_s[follows])


def test_a_late_order_is_urged_at_its_deadline_and_followed_up_when_it_is_closed(calls):
    rows = np.flatnonzero((calls.order_s > 1500) & (calls.k < 4))
    urging = calls.next_contact[Outcome.ANSWERED, rows]
    assert np.all(calls.channel[urging] == URGING)
    np.testing.assert_array_equal(calls.delay_s[Outcome.ANSWERED, rows], 1500)
    follow_up = calls.next_contact[:, urging]
    assert np.all(follow_up == follow_up[0])  # however the urging ends
    goes_on = follow_up[0] != NOBODY
    assert_share(goes_on, 0.3 / 0.4)
    assert np.all(calls.channel[follow_up[0, goes_on]] == FOLLOW_UP)
    closed_s = 1500 + calls.delay_s[:, urging[goes_on]]
    np.testing.assert_array_equal(
        closed_s, np.broadcast_to(calls.order_s[rows[goes_on]], closed_s.shape)
    )


def test_without_urging_a_late_order_is_followed_up_when_it_is_closed(load_text):
    text = LINKED.replace('urging = "urging"\n', "")
    urging = text[text.index("[channels.urging]") : text.index("[departments")]
    calls = drawn(load_text(text.replace(urging, "").replace(', "urging"', "")))
    rows = np.flatnonzero((calls.order_s > 1500) & (calls.k == 1))
    child = calls.next_contact[Outcome.ANSWERED, rows]
    follows = rows[child != NOBODY]
    assert_share(child != NOBODY, 0.3 / 0.4)
    np.testing.assert_array_equal(calls.delay_s[Outcome.ANSWERED, follows], calls.order_s[follows])


def test_the_last_contact_a_case_may_have_opens_its_order_and_leads_nowhere(load_text):
    calls = drawn(load_text(LINKED, "demand.max_contacts=1"))
    assert len(calls) == len(calls.first_contact)
    assert np.all(calls.next_contact == NOBODY)
    assert_share(~np.isnan(calls.order_s), 0.4)


def test_writing_the_order_lengthens_the_wrap_up_of_those_who_open_one_only(load_text, calls):
    entered = drawn(load_text(LINKED.replace("probability = 0.3", ENTRY)))
    longer_s = entered.wrap_up_s - calls.wrap_up_s
    with_entry = longer_s > 0
    np.testing.assert_array_equal(longer_s[~with_entry], 0)
    assert not np.isnan(calls.order_s[with_entry]).any()
    assert abs(longer_s[with_entry].mean() - 90) < 4 * 90 / np.sqrt(with_entry.sum())
    first = calls.k == 1
    assert_share(with_entry[first & (calls.channel == PHONE)], 0.3)  # the other row has none
    last = calls.k == 5
    assert_share(with_entry[last & (calls.channel == PHONE)], 0.3)
    for name in ("talk_s", "patience_s", "order_s", "next_contact", "delay_s"):
        np.testing.assert_array_equal(getattr(entered, name), getattr(calls, name))


@pytest.mark.parametrize(
    ("possible", "impossible", "ending"),
    [
        ("lines = 1000\n", "", Outcome.BLOCKED),
        ("reach_probability = 0.8", "reach_probability = 1.0", Outcome.UNREACHED),
    ],
)
def test_an_ending_that_cannot_be_leads_nowhere(load_text, calls, possible, impossible, ending):
    again = """\
[[channels.follow_up.next]]
after = "unreached"
to = "follow_up"
probability = 0.5
delay = { law = "fixed", mean_s = 60 }
"""
    text = LINKED.replace("[channels.urging]", again + "[channels.urging]")
    assert np.any(drawn(load_text(text)).next_contact[ending] != NOBODY)
    without = drawn(load_text(text.replace(possible, impossible)))
    assert ending not in without.endings or np.all(
        without.next_contact[ending, without.channel != URGING] == NOBODY
    )


# ------------------------------------------------------------------------ a row among others
def test_a_new_row_moves_no_number_of_the_others_wherever_it_stands(load_text, calls):
    before = LINKED.index("[[channels.phone.next]]")
    row = """\
[[channels.phone.next]]
after = "contained"
to = "phone"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
"""
    richer = drawn(load_text(LINKED[:before] + row + LINKED[before:]))
    first = len(calls.first_contact)
    for name in ("talk_s", "wrap_up_s", "patience_s", "order_s"):
        np.testing.assert_array_equal(getattr(richer, name)[:first], getattr(calls, name)[:first])
    for ending in set(Outcome) - {Outcome.CONTAINED, Outcome.OPEN}:
        goes_on = calls.next_contact[ending, :first] != NOBODY
        np.testing.assert_array_equal(richer.next_contact[ending, :first] != NOBODY, goes_on)
        np.testing.assert_array_equal(
            richer.delay_s[ending, :first][goes_on], calls.delay_s[ending, :first][goes_on]
        )
    assert_share(richer.next_contact[Outcome.CONTAINED, :first] != NOBODY, 0.5)
