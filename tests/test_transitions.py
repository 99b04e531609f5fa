"""What follows a contact, by playing: with the table's probabilities, after its delays."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from worlds import ENGINES, assert_same, played, world_of

from hotline_sim import scenario
from hotline_sim.demand import tables_of
from hotline_sim.domain import DAY_S, N_ENDINGS, NOBODY, Outcome

PHONE, FOLLOW_UP, URGING = range(3)
ANSWERED, ABANDONED, BLOCKED, CONTAINED, UNREACHED, LEFT, OPEN, DUE_AFTER_END = Outcome
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
probability = 0.5
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
DEADLINE_S = 1500.0
ALL_ANSWER = "teams.desk.shifts=[{ seats = 600, from = '00:00', to = '24:00' }]"
HALF_ANSWER = "teams.desk.shifts=[{ seats = 60, from = '00:00', to = '24:00' }]"
ONE_LINE = "channels.phone.lines=1"  # and with nobody on duty nearly all find it taken


@pytest.fixture(params=ENGINES, scope="module")
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def log_of(engine, load_text):
    """Return the log of a day of LINKED, perhaps changed, without what is due after it."""

    def log(text=LINKED, *overrides):
        whole = played(world_of(load_text(text, *overrides)), engine)
        return whole.where(whole.outcome != DUE_AFTER_END)

    return log


@pytest.fixture(scope="module")
def all_answered(log_of):
    """The log of a day on which nobody waits."""
    log = log_of(LINKED, ALL_ANSWER)
    assert not np.isin(log.outcome, [ABANDONED, BLOCKED, OPEN]).any()
    return log


@pytest.fixture(scope="module")
def none_answered(log_of):
    """The log of a day on which everybody gives up."""
    return log_of(LINKED)


@pytest.fixture(scope="module")
def nearly_all_blocked(log_of):
    return log_of(LINKED, ONE_LINE)


def assert_share(found, exact):
    """Hold a share to its probability by four standard errors."""
    assert len(found) >= 100
    assert abs(np.mean(found) - exact) < 4 * np.sqrt(exact * (1 - exact) / len(found))


def those(log, outcome, k=None, channel=PHONE):
    """Return the contacts of a channel that ended so, of one try or of all."""
    which = (log.outcome == outcome) & (log.channel == channel)
    return log.where(which if k is None else which & (log.k == k))


def followed(log, outcome, to, channel=PHONE):
    """Return the contacts that ended so and led to a channel, and those that came of it.

    Who follows past the horizon is no contact.
    """
    here = np.flatnonzero(log.case[:-1] == log.case[1:])
    which = (log.outcome == outcome) & (log.channel == channel) & (log.next == to)
    here = here[which[here]]
    assert np.all(log.channel[here + 1] == to)
    assert len(here) > 100
    return log.where(here), log.where(here + 1)


# --------------------------------------------------------------------- its probabilities
@pytest.mark.parametrize(("k", "share"), [(1, 0.6), (2, 0.4), (3, 0.2), (4, 0.2)])
def test_redials_after_hanging_up_follow_the_table_try_by_try(none_answered, k, share):
    left = those(none_answered, ABANDONED, k)
    assert_share(left.next == PHONE, share)
    assert set(left.next) == {PHONE, NOBODY}


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_redials_after_a_busy_line_have_the_tables_probability_at_every_try(nearly_all_blocked, k):
    blocked = those(nearly_all_blocked, BLOCKED, k)
    assert_share(blocked.next == PHONE, 0.7)
    assert set(blocked.next) == {PHONE, NOBODY}


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_what_follows_an_answer_has_the_tables_probability_at_every_try(all_answered, k):
    answered = those(all_answered, ANSWERED, k)
    assert_share(answered.next == PHONE, 0.5)
    assert_share(answered.next == FOLLOW_UP, 0.3 * (1 - LATE))
    assert_share(answered.next == URGING, 0.4 * LATE)
    assert_share(answered.next == NOBODY, 0.1 + 0.1 * (1 - LATE))


def test_nothing_follows_where_the_table_has_no_row(all_answered):
    for channel, outcome in ((PHONE, CONTAINED), (FOLLOW_UP, ANSWERED), (FOLLOW_UP, UNREACHED)):
        ended = those(all_answered, outcome, channel=channel)
        assert len(ended) > 100
        assert np.all(ended.next == NOBODY)


def test_the_largest_number_of_contacts_is_reached_and_not_passed(all_answered, none_answered):
    for log in (all_answered, none_answered):
        assert log.k.max() == 5
        assert np.all(log.next[log.k == 5] == NOBODY)
        assert np.all(np.diff(log.k)[log.case[1:] == log.case[:-1]] == 1)


def test_the_menu_and_outbound_calls_have_their_shares_at_every_try(all_answered):
    for k in range(1, 6):
        calls = all_answered.where((all_answered.channel == PHONE) & (all_answered.k == k))
        assert_share(calls.outcome == CONTAINED, 0.1)
    for channel, reached in ((FOLLOW_UP, 0.8), (URGING, 0.9)):
        calls = all_answered.where(all_answered.channel == channel)
        assert_share(calls.outcome == ANSWERED, reached)
        assert set(calls.outcome) == {ANSWERED, UNREACHED}
    assert not len(those(all_answered, UNREACHED))


# ----------------------------------------------------------------------------- its delays
def test_who_was_blocked_comes_again_after_the_fixed_delay(nearly_all_blocked):
    before, after = followed(nearly_all_blocked, BLOCKED, PHONE)
    np.testing.assert_array_equal(after.arrival_s - before.end_s, 60)


def test_who_was_answered_comes_again_within_the_span_of_the_uniform_delay(all_answered):
    before, after = followed(all_answered, ANSWERED, PHONE)
    delay_s = after.arrival_s - before.end_s
    assert 3000 <= delay_s.min() < 3010 < 4190 < delay_s.max() <= 4200
    early = before.end_s < DAY_S - 4200  # so that none is cut off by the horizon
    assert stats.kstest((delay_s[early] - 3000) / 1200, "uniform").pvalue > 1e-4


def test_who_gave_up_comes_again_after_the_exponential_delay(none_answered):
    before, after = followed(none_answered, ABANDONED, PHONE)
    early = before.end_s < DAY_S - 20 * 600  # of later ones the horizon cuts the longest
    delay_s = (after.arrival_s - before.end_s)[early]
    assert abs(delay_s.mean() - 600) < 4 * 600 / np.sqrt(len(delay_s))
    assert stats.kstest(delay_s, "expon", (0, 600)).pvalue > 1e-4


def test_a_delay_tells_nothing_of_talk_patience_or_the_delay_before(none_answered, all_answered):
    before, after = followed(none_answered, ABANDONED, PHONE)
    waited_s, delay_s = before.end_s - before.arrival_s, after.arrival_s - before.end_s
    early = before.end_s < DAY_S - 20 * 600
    assert_unrelated(waited_s[early], delay_s[early])
    twice = np.flatnonzero((before.case[:-1] == before.case[1:]) & early[1:])
    assert_unrelated(delay_s[twice], delay_s[twice + 1])
    before, after = followed(all_answered, ANSWERED, PHONE)
    early = before.end_s < DAY_S - 4200
    talk_s, delay_s = before.end_s - before.start_s, after.arrival_s - before.end_s
    assert_unrelated(talk_s[early], delay_s[early])


def assert_unrelated(one, other):
    """Hold the rank correlation of two columns to 0 by four standard errors."""
    assert len(one) > 100
    assert abs(stats.spearmanr(one, other).statistic) < 4 / np.sqrt(len(one))


# ----------------------------------------------------------------- the same people, always
def test_a_contact_brings_the_same_whatever_came_before_it(log_of, all_answered):
    fewer = log_of(LINKED, HALF_ANSWER)
    at = {key: i for i, key in enumerate(zip(all_answered.case, all_answered.k))}
    pairs = [(at[key], i) for i, key in enumerate(zip(fewer.case, fewer.k)) if key in at]
    here, there = np.array(pairs).T
    ours, theirs = all_answered.where(here), fewer.where(there)
    same = (ours.channel == theirs.channel) & (ours.outcome == ANSWERED)
    same &= theirs.outcome == ANSWERED
    assert np.sum(same & (ours.after != theirs.after)) > 100
    ours, theirs = ours.where(same), theirs.where(same)
    np.testing.assert_array_equal(ours.end_s - ours.start_s, theirs.end_s - theirs.start_s)
    np.testing.assert_array_equal(ours.done_s - ours.end_s, theirs.done_s - theirs.end_s)
    plain = ours.channel == PHONE  # who urges follows the order, not the row
    for name in ("order_s", "department", "next"):
        column, other = getattr(ours, name), getattr(theirs, name)
        np.testing.assert_array_equal(column[plain], other[plain])


# ------------------------------------------------------------------------------ opinions
def test_moods_and_ratings_are_uniform_and_independent_and_only_there_when_asked_for(
    log_of, all_answered
):
    assert np.isnan(all_answered.mood).all()
    assert np.isnan(all_answered.rating).all()
    opinions = "per_minute_waited = 0, per_failed_contact = 0, settled_at_once = 0, order_late = 0"
    asked = log_of(
        LINKED,
        ALL_ANSWER,
        f"satisfaction={{ {opinions}, participation = 0.5 }}",
        "teams.desk.base_satisfaction=0.9",
    )
    answered = asked.outcome == ANSWERED
    for numbers in (asked.mood, asked.rating):
        assert stats.kstest(numbers[answered], "uniform").pvalue > 1e-4
        assert np.isnan(numbers[~answered]).all()
    asked = asked.where(answered)
    correlation = np.corrcoef(asked.mood, asked.rating)[0, 1]
    assert abs(correlation) < 4 / np.sqrt(len(asked))


# --------------------------------------------------------------------------- work orders
def test_orders_are_opened_with_the_tables_probability_and_their_deadline_at_every_try(
    all_answered,
):
    for k in range(1, 6):  # also by the last contact a case may have
        assert_share(~np.isnan(those(all_answered, ANSWERED, k).order_s), 0.4)
    opens = ~np.isnan(all_answered.order_s)
    assert np.all(all_answered.channel[opens] == PHONE)
    assert np.all(all_answered.outcome[opens] == ANSWERED)
    np.testing.assert_array_equal(all_answered.department, np.where(opens, 0, NOBODY))
    order_s = all_answered.order_s[opens]
    assert_share(order_s > DEADLINE_S, LATE)
    assert stats.kstest(order_s / 2000, "uniform").pvalue > 1e-4


def test_an_order_on_time_is_followed_up_when_it_is_closed(all_answered):
    on_time = all_answered.where((all_answered.order_s <= DEADLINE_S) & (all_answered.k < 5))
    assert_share(on_time.next == FOLLOW_UP, 0.3 / 0.4)  # the others are closed without a call
    assert set(on_time.next) == {FOLLOW_UP, NOBODY}
    before, after = followed(all_answered, ANSWERED, FOLLOW_UP)
    assert np.all(before.order_s <= DEADLINE_S)
    np.testing.assert_array_equal(after.arrival_s, before.end_s + before.order_s)


def test_a_late_order_is_urged_at_its_deadline_and_followed_up_when_it_is_closed(all_answered):
    log = all_answered
    late = (log.order_s > DEADLINE_S) & (log.k < 5)
    assert np.all(log.next[late] == URGING)
    assert np.all(late[log.next == URGING])
    before, urging = followed(log, ANSWERED, URGING)
    np.testing.assert_array_equal(urging.arrival_s, before.end_s + DEADLINE_S)
    assert set(urging.outcome) == {ANSWERED, UNREACHED}
    for outcome in (ANSWERED, UNREACHED):  # it goes on however the urging ends
        urged = urging.where((urging.k < 5) & (urging.outcome == outcome))
        assert_share(urged.next == FOLLOW_UP, 0.3 / 0.4)
        assert set(urged.next) == {FOLLOW_UP, NOBODY}
    here = np.flatnonzero((log.channel == URGING) & (log.next == FOLLOW_UP))
    here = here[log.end_s[here] < DAY_S - 500]
    opened, urging, follow_up = (log.where(here + step) for step in (-1, 0, 1))
    assert len(here) > 100
    assert np.all(follow_up.channel == FOLLOW_UP)
    np.testing.assert_array_equal(opened.case, follow_up.case)
    rest_s = follow_up.arrival_s - urging.end_s
    np.testing.assert_array_equal(DEADLINE_S + rest_s, opened.order_s)


def test_without_urging_a_late_order_is_followed_up_when_it_is_closed(log_of):
    text = LINKED.replace('urging = "urging"\n', "")
    urging = text[text.index("[channels.urging]") : text.index("[departments")]
    log = log_of(text.replace(urging, "").replace(', "urging"', ""), ALL_ANSWER)
    late = log.where((log.order_s > DEADLINE_S) & (log.k < 5))
    assert_share(late.next == FOLLOW_UP, 0.3 / 0.4)
    before, after = followed(log, ANSWERED, FOLLOW_UP)
    assert np.any(before.order_s > DEADLINE_S)
    np.testing.assert_array_equal(after.arrival_s, before.end_s + before.order_s)


def test_the_last_contact_a_case_may_have_opens_its_order_and_leads_nowhere(log_of):
    log = log_of(LINKED, ALL_ANSWER, "demand.max_contacts=1")
    assert len(np.unique(log.case)) == len(log)
    assert np.all(log.next == NOBODY)
    assert_share(~np.isnan(those(log, ANSWERED).order_s), 0.4)


def test_writing_the_order_lengthens_the_wrap_up_of_those_who_open_one_only(log_of, all_answered):
    entered = log_of(LINKED.replace("probability = 0.3", ENTRY), ALL_ANSWER)
    for name in ("case", "k", "channel", "outcome", "arrival_s", "end_s", "order_s", "next"):
        np.testing.assert_array_equal(getattr(entered, name), getattr(all_answered, name))
    longer_s = np.nan_to_num(entered.done_s - all_answered.done_s)
    with_entry = longer_s > 0
    np.testing.assert_array_equal(longer_s[~with_entry], 0)
    assert not np.isnan(all_answered.order_s[with_entry]).any()
    assert abs(longer_s[with_entry].mean() - 90) < 4 * 90 / np.sqrt(with_entry.sum())
    answered = (entered.channel == PHONE) & (entered.outcome == ANSWERED)
    for k in (1, 5):
        assert_share(with_entry[answered & (entered.k == k)], 0.3)  # the other row has none


# ------------------------------------------------------------------------ a row among others
def test_a_new_row_moves_no_number_of_the_others_wherever_it_stands(log_of, all_answered):
    before = LINKED.index("[[channels.phone.next]]")
    row = """\
[[channels.phone.next]]
after = "contained"
to = "phone"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
"""
    richer = log_of(LINKED[:before] + row + LINKED[before:], ALL_ANSWER)
    contained = those(all_answered, CONTAINED).case
    ours = all_answered.where(~np.isin(all_answered.case, contained))
    theirs = richer.where(~np.isin(richer.case, contained))
    assert_same(ours, replace(theirs, seat=ours.seat))  # who answers depends on who else calls
    assert_share(those(richer, CONTAINED, 1).next == PHONE, 0.5)


@pytest.mark.parametrize("name", scenario.catalogue())
def test_rows_after_one_ending_share_the_unit_interval_in_every_shipped_scenario(name):
    loaded = scenario.load(name)
    tables, channels = tables_of(loaded, 1, 0), len(loaded.channels)
    upto = np.array(tables.upto).reshape(len(tables.rows), tables.tries)
    assert len(tables.first_rows) == channels * N_ENDINGS + 1
    assert tables.first_rows[-1] == len(tables.rows)
    for begin, end in zip(tables.first_rows, tables.first_rows[1:], strict=False):
        widths = np.diff(upto[begin:end], axis=0, prepend=0.0)
        assert np.all(widths >= 0)
        assert np.all(widths.sum(axis=0) <= 1 + 1e-12)
    for row in tables.rows:
        assert NOBODY <= row.to < channels
        assert row.to != NOBODY or row.department != NOBODY
        assert NOBODY <= row.urging < channels
