"""Each measure on contacts made by hand, its value worked out by hand; and the money."""

import math
from dataclasses import replace

import numpy as np
import pytest
from contacts import (
    APP,
    BEGIN,
    CITY,
    END,
    FOLLOW_UP,
    LAST_DAY,
    PHONE,
    WECHAT,
    contact,
    duty,
    log,
    tally_differs,
)
from hypothesis import given
from hypothesis import strategies as st
from worlds import HAS_COMPILED

from hotline_sim.definitions import MEASURES, PUBLISHABLE
from hotline_sim.domain import DAY_S, HOUR_S, Outcome, joined
from hotline_sim.execution import Task, play_days, replicate
from hotline_sim.measures import (
    Counter,
    channel_measures,
    department_measures,
    measures_of,
    team_measures,
)
from hotline_sim.measures.opinions import Opinions
from hotline_sim.measures.rates import connect_rate_24h_min, wait_percentile_s
from hotline_sim.money import cost_measures

CHATS = """\
format = 1
title = { en = "chats", zh = "聊" }
horizon = { start = 2024-01-31, days = 3, warm_up_days = 1 }
[channels.wechat]
kind = "chat"
concurrency = 1
talk = { law = "fixed", mean_s = 60 }
patience = { law = "never" }
[teams.day]
employment = "in_house"
serves = ["wechat"]
shifts = [{ seats = 2, from = "08:00", to = "20:00" }]
[teams.night]
employment = "in_house"
serves = ["wechat"]
shifts = [{ seats = 1, from = "20:00", to = "08:00" }]
"""


@pytest.fixture(scope="module")
def city(load_text):
    return load_text(CITY)


def later(outcome, arrival_s, *, after, **columns):
    """Return a further contact of a case that began when the counted days did."""
    known = {"k": 2, "after": Outcome[after.upper()], "born_s": BEGIN}
    before = {
        "failed": int(after in ("abandoned", "blocked")),
        "answered_before": int(after == "answered"),
    }
    return contact(outcome, arrival_s, **(known | before | columns))


ALWAYS = duty(*((seat, 0.0, 2 * END) for seat in range(3)))


def counted(scenario, *rows, stints=ALWAYS):
    """Return the tally of contacts counted at once, on the last day, however it is counted."""
    counters = [
        Counter(scenario, compiled=compiled) for compiled in (False, True)[: 1 + HAS_COMPILED]
    ]
    for counter in counters:
        counter.add_duty(LAST_DAY, stints)
        counter.add_contacts(log(*rows))
    first, last = counters[0].tally, counters[-1].tally
    assert tally_differs(first, last) is None
    return first


@pytest.fixture
def measured(city):
    """Return the headline measures of contacts made by hand."""

    def measure(*rows, stints=ALWAYS):
        return measures_of(city, counted(city, *rows, stints=stints))

    return measure


def at(hour, day=1):
    """Return an instant; day 1 is the first that is counted."""
    return day * DAY_S + hour * HOUR_S


# Counts and rates of contacts -------------------------------------------------------------


def test_every_contact_that_asked_for_a_human_is_in_the_connect_rate(measured):
    found = measured(
        contact("answered", at(9)),
        contact("answered", at(10)),
        contact("answered", at(11)),
        contact("abandoned", at(12)),
        contact("blocked", at(13)),
        contact("open", at(14)),
        contact("contained", at(15)),
    )
    counts = ("offered", "answered", "abandoned", "blocked", "contained", "open")
    assert [found[name] for name in counts] == [6, 3, 1, 1, 1, 1]
    assert found["connect_rate"] == 3 / 6
    assert found["abandonment_rate"] == 1 / 6


def test_who_hangs_up_at_once_is_in_the_connect_rate(measured):
    found = measured(contact("answered", at(9)), contact("abandoned", at(9), wait_s=0.0))
    assert found["connect_rate"] == 1 / 2


def test_the_connect_rate_is_that_of_voice_channels(measured):
    found = measured(
        contact("answered", at(9)),
        contact("abandoned", at(9), channel=WECHAT),
        contact("open", at(9), channel=APP),
        contact("unreached", at(9), channel=FOLLOW_UP),
    )
    assert found["connect_rate"] == 1.0
    assert found["offered"] == 1
    assert found["open"] == 1  # on whichever channel


def test_without_voice_the_connect_rates_are_those_of_the_channels_there_are(load_text):
    chats = load_text(CHATS)
    found = measures_of(
        chats,
        counted(
            chats,
            contact("answered", at(9)),
            contact("abandoned", at(10)),
            contact("answered", at(11)),
        ),
    )
    assert found["connect_rate"] == 2 / 3
    assert found["connect_rate_24h_min"] == 1 / 2


def test_a_month_counts_as_much_as_another_however_many_call_in_it(measured):
    found = measured(
        contact("answered", at(9, day=1)),  # 31 January
        contact("abandoned", at(10, day=1)),
        contact("blocked", at(11, day=1)),
        contact("open", at(12, day=1)),
        contact("answered", at(9, day=2)),  # 1 February
        contact("answered", at(10, day=3)),
        contact("answered", at(11, day=3)),
    )
    assert found["connect_rate_monthly_mean"] == (1 / 4 + 3 / 3) / 2
    assert found["connect_rate"] == 4 / 7


def test_a_month_without_contacts_is_left_out_of_the_monthly_mean(measured):
    found = measured(contact("answered", at(9, day=2)), contact("abandoned", at(10, day=3)))
    assert found["connect_rate_monthly_mean"] == 1 / 2


def test_the_worst_24_hours_may_lie_across_midnight(measured):
    found = measured(
        *(contact("answered", at(10, day=1)) for _ in range(4)),
        *(contact("abandoned", at(20, day=1)) for _ in range(4)),
        contact("answered", at(23, day=1)),
        *(contact("abandoned", at(4, day=2)) for _ in range(4)),
        *(contact("answered", at(19, day=2)) for _ in range(4)),
        contact("answered", at(12, day=3)),
    )
    # Days: 5/9, 4/8, 1/1. From 10:30 on 31 January to 10:30 on 1 February: 1 of 9.
    assert found["connect_rate_24h_min"] == 1 / 9


def test_24_hours_in_which_nobody_calls_are_not_the_worst(measured):
    assert measured(contact("answered", at(9)))["connect_rate_24h_min"] == 1.0


def test_a_horizon_of_less_than_24_hours_has_no_worst_24_hours():
    assert math.isnan(connect_rate_24h_min(np.ones(47), np.ones(47)))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=48, max_size=120))
def test_the_worst_24_hours_are_no_better_than_any_other(half_hours):
    answered, failed = np.array(half_hours, float).T
    offered = answered + failed
    rates = [
        answered[i : i + 48].sum() / offered[i : i + 48].sum()
        for i in range(len(offered) - 47)
        if offered[i : i + 48].any()
    ]
    found = connect_rate_24h_min(offered, answered)
    np.testing.assert_allclose(found, min(rates, default=math.nan))


def test_answered_exactly_within_15_seconds_is_within(measured):
    found = measured(
        contact("answered", at(9), wait_s=15.0),
        contact("answered", at(10), wait_s=15.0 + 1 / 1024),
        contact("answered", at(11)),
        contact("abandoned", at(12), wait_s=2.0),
        contact("blocked", at(13)),
    )
    assert found["service_level"] == 2 / 5
    assert found["service_level_answered"] == 2 / 3


def test_mean_and_percentiles_are_of_the_waits_of_the_answered(measured):
    waits = [0.0] * 5 + [10.0, 20.0, 30.0, 40.0, 100.0]
    found = measured(
        *(contact("answered", at(9), wait_s=wait_s) for wait_s in waits),
        contact("abandoned", at(9), wait_s=1000.0),
        contact("open", at(9)),
        contact("answered", at(9), channel=APP, wait_s=9000.0),
    )
    assert found["asa_s"] == 20.0
    assert found["wait_p50_s"] == 0.0
    assert found["wait_p90_s"] == pytest.approx(40.0, rel=0.012)
    assert found["wait_p99_s"] == pytest.approx(100.0, rel=0.012)


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=200), st.floats(0.01, 1.0))
def test_percentiles_are_right_to_one_percent(waits_s, share):
    bins = (np.log2(1.0 + np.array(waits_s)) * 64).astype(np.int64)
    found = wait_percentile_s(np.bincount(bins, minlength=2560), share)
    exact = np.quantile(waits_s, share, method="inverted_cdf")
    assert abs(found - exact) <= 0.011 * (1.0 + exact)


# Cases ------------------------------------------------------------------------------------


def test_a_case_is_answered_if_any_of_its_contacts_is(measured):
    found = measured(
        contact("answered", at(9), case=0),
        contact("abandoned", at(10), case=1, born_s=BEGIN),
        later("answered", at(11), case=1, after="abandoned"),
        contact("blocked", at(12), case=2, born_s=BEGIN),
        later("abandoned", at(13), case=2, after="blocked"),
        contact("open", at(14), case=3),
    )
    assert found["cases"] == 4
    assert found["case_connect_rate"] == 2 / 4
    assert found["first_try_connect_rate"] == 1 / 4
    assert found["connect_rate"] == 2 / 6


def test_a_case_answered_again_and_again_is_one_case(measured):
    found = measured(
        contact("answered", at(9), born_s=BEGIN),
        later("answered", at(10), after="answered"),
        later("abandoned", at(11), after="answered", answered_before=2, k=3),
    )
    assert found["cases"] == 1
    assert found["case_connect_rate"] == 1.0
    assert found["connect_rate"] == 2 / 3


def test_a_missed_call_called_back_makes_an_answered_case_if_the_citizen_takes_it(measured):
    missed = contact("abandoned", at(9), born_s=BEGIN, case=0)
    other = contact("answered", at(9), case=1)
    reached = later("answered", at(10), after="abandoned", channel=FOLLOW_UP)
    in_vain = later("unreached", at(10), after="abandoned", channel=FOLLOW_UP)
    called_back = measured(missed, other, reached)
    assert called_back["case_connect_rate"] == 1.0
    assert called_back["connect_rate"] == 1 / 2  # of calls: the callback is not one
    assert called_back["first_try_connect_rate"] == 1 / 2
    assert measured(missed, other, in_vain)["case_connect_rate"] == 1 / 2


def test_who_the_menu_served_never_asked_for_a_human_and_is_no_case(measured):
    found = measured(
        contact("contained", at(9), case=0),
        contact("contained", at(10), case=1, born_s=BEGIN),
        later("abandoned", at(11), case=1, after="contained"),
        contact("answered", at(12), case=2),
    )
    assert (found["contained"], found["cases"], found["offered"]) == (2, 2, 2)
    assert found["case_connect_rate"] == 1 / 2
    assert found["first_try_connect_rate"] == 1 / 2


def test_following_up_who_never_asked_for_a_human_makes_no_answered_case(measured):
    found = measured(
        contact("contained", at(9), case=0, born_s=BEGIN),
        later("answered", at(10), case=0, after="contained", channel=FOLLOW_UP, mood=0.0),
        contact("abandoned", at(11), case=1),
    )
    assert found["cases"] == 1
    assert found["case_connect_rate"] == 0.0
    assert found["satisfaction_of_cases"] == 0.0


def test_redials_are_inbound_contacts_after_a_failure(measured):
    found = measured(
        contact("abandoned", at(9), case=0, born_s=BEGIN),
        later("answered", at(10), case=0, after="abandoned"),
        later("answered", at(11), case=0, after="answered"),  # a repeat
        contact("blocked", at(12), case=1, born_s=BEGIN),
        later("open", at(13), case=1, after="blocked"),
        contact("abandoned", at(14), case=2, born_s=BEGIN),
        later("answered", at(15), case=2, after="abandoned", channel=FOLLOW_UP),  # a callback
        contact("answered", at(16), case=3),
    )
    assert found["redial_share"] == 2 / 7


def test_a_redial_that_the_menu_serves_is_not_offered_and_no_redial(measured):
    found = measured(
        contact("abandoned", at(9), born_s=BEGIN),
        later("contained", at(10), after="abandoned"),
    )
    assert found["offered"] == 1
    assert found["redial_share"] == 0.0


# Messages, work orders, follow-ups --------------------------------------------------------


def test_messages_are_due_when_their_deadline_lies_within_the_horizon(measured):
    def sent(outcome, at_s, **more):
        return contact(outcome, at_s, channel=APP, **more)

    found = measured(
        sent("answered", at(9), wait_s=3000.0, talk_s=600.0),  # at its deadline, exactly
        sent("answered", at(10), wait_s=3000.0, talk_s=601.0),  # too late
        sent("open", at(11)),  # too late as well
        sent("answered", END - 3600.0, wait_s=60.0, talk_s=60.0),  # due at the very end
        sent("open", END - 3599.0),  # due after it
        sent("answered", END - 60.0, talk_s=10.0),  # in time, yet not due
        sent("contained", at(12)),  # nobody waits for an answer
        contact("answered", at(13), talk_s=9000.0),  # a call has no deadline
    )
    assert found["within_deadline_rate"] == 2 / 4


def test_work_orders_are_on_time_when_closed_by_their_deadline(measured):
    def ordered(order_s, at_s=DAY_S):
        return contact("answered", at_s, order_s=order_s, department=0)

    found = measured(
        ordered(7200.0),
        ordered(7201.0),
        ordered(60.0, END - 60.0),  # closed after the horizon: known all the same
        ordered(99999.0, END - 60.0),
        contact("answered", at(10)),
    )
    assert found["work_orders"] == 4
    assert found["on_time_rate"] == 2 / 4


def test_each_department_has_its_orders_its_share_on_time_and_its_pace(load_text):
    city = load_text(
        CITY.replace(
            "[departments.district]",
            '[departments.bureau]\ndelay = { law = "fixed", mean_s = 60 }\ndeadline_s = 100\n'
            '[departments.idle]\ndelay = { law = "fixed", mean_s = 60 }\ndeadline_s = 100\n'
            "[departments.district]",
        ).replace(
            "[channels.wechat]",
            '[[channels.phone.next]]\nafter = "answered"\ndepartment = "bureau"\n'
            'probability = 0.01\n[[channels.phone.next]]\nafter = "answered"\n'
            'department = "idle"\nprobability = 0.01\n[channels.wechat]',
        )
    )
    found = department_measures(
        city,
        counted(
            city,
            contact("answered", at(9), order_s=100.0, department=0),
            contact("answered", at(9), order_s=101.0, department=0),
            contact("answered", at(10), order_s=7200.0, department=2),
            contact("answered", at(10)),
            contact("answered", END + 60.0, order_s=50.0, department=0),  # not counted
        ),
    )
    assert found["bureau"] == {"work_orders": 2, "on_time_rate": 0.5, "order_mean_s": 100.5}
    assert found["district"] == {"work_orders": 1, "on_time_rate": 1.0, "order_mean_s": 7200.0}
    assert found["idle"]["work_orders"] == 0
    assert math.isnan(found["idle"]["on_time_rate"])


def test_follow_ups_are_calls_made_reached_or_not(measured):
    found = measured(
        contact("answered", at(9)),
        later("answered", at(10), after="answered", channel=FOLLOW_UP),
        later("unreached", at(11), after="answered", channel=FOLLOW_UP),
        later("open", at(12), after="answered", channel=FOLLOW_UP),
    )
    assert found["follow_ups"] == 2


# Warm-up and the end ----------------------------------------------------------------------


def test_contacts_that_arrive_in_the_warm_up_are_not_counted(measured):
    found = measured(
        contact("answered", BEGIN - 1, wait_s=30.0),
        contact("abandoned", at(9, day=0)),
        contact("answered", BEGIN),
        contact("open", END - 1 / 1024),
    )
    assert (found["offered"], found["cases"], found["connect_rate"]) == (2, 2, 1 / 2)
    assert found["asa_s"] == 0.0


def test_redials_of_cases_from_the_warm_up_are_contacts_but_no_cases(measured):
    born_s = BEGIN - 600.0
    found = measured(
        contact("abandoned", born_s, case=0),
        later("answered", BEGIN + 60, case=0, after="abandoned", born_s=born_s),
        contact("abandoned", at(9), case=1),
    )
    assert (found["offered"], found["cases"]) == (2, 1)
    assert found["connect_rate"] == 1 / 2
    assert found["case_connect_rate"] == 0.0


# Occupancy --------------------------------------------------------------------------------

TWELVE_HOURS = duty((0, at(8), at(20)))


@pytest.mark.parametrize(
    ("contacts", "busy_s"),
    [
        ([contact("answered", at(9), talk_s=60.0, wrap_up_s=30.0)], 90.0),
        ([contact("unreached", at(9), talk_s=40.0, channel=FOLLOW_UP)], 40.0),
        ([contact("answered", at(9), wait_s=500.0, talk_s=60.0)], 60.0),
        ([contact("abandoned", at(9), wait_s=500.0)], 0.0),
        ([contact("answered", at(20) - 60.0, talk_s=300.0)], 60.0),  # the rest is past duty
        (
            [
                contact("answered", at(9), talk_s=600.0, channel=WECHAT),
                contact("answered", at(9) + 300.0, talk_s=600.0, channel=WECHAT),
            ],
            900.0,  # two chats at once are one agent's time
        ),
        (
            [
                contact("answered", at(9), talk_s=600.0, channel=WECHAT),
                contact("answered", at(9) + 100.0, talk_s=100.0, channel=WECHAT),
                contact("answered", at(9) + 700.0, talk_s=100.0, channel=WECHAT),
            ],
            700.0,
        ),
    ],
)
def test_occupancy_is_busy_time_on_duty_over_time_on_duty(measured, contacts, busy_s):
    assert measured(*contacts, stints=TWELVE_HOURS)["occupancy"] == busy_s / (12 * HOUR_S)


def test_a_silent_leaver_costs_time_on_duty_though_the_contact_ended_before(measured):
    ghost = contact("abandoned", at(9), wait_s=30.0, channel=WECHAT)
    found_out = ghost | {"start_s": at(10), "done_s": at(10) + 60.0, "team": 0, "seat": 0}
    assert measured(found_out, stints=TWELVE_HOURS)["occupancy"] == 60.0 / (12 * HOUR_S)


def test_who_comes_on_again_while_finishing_is_busy_on_duty_again(measured):
    stints = duty((0, at(9), at(10)), (0, at(10.5), at(12)))
    found = measured(contact("answered", at(9.75), talk_s=HOUR_S), stints=stints)
    assert found["occupancy"] == (0.25 + 0.25) / (1.0 + 1.5)


def test_a_seat_filled_day_after_day_is_busy_over_midnight(city):
    counter = Counter(city)
    counter.add_duty(1, duty((0, at(0, 1), at(0, 2))))
    counter.add_contacts(log(contact("answered", at(23.5, 1), talk_s=HOUR_S)))
    counter.add_duty(2, duty((0, at(0, 2), at(0, 3))))
    counter.add_contacts(log(contact("answered", at(1, 2), talk_s=HOUR_S)))
    assert counter.tally.busy_s.tolist() == [2 * HOUR_S, 0.0]


def test_what_nobody_on_duty_has_in_hand_for_days_is_busy_time_on_duty_alone(city):
    counter = Counter(city)
    counter.add_duty(1, duty((0, at(9, 1), at(10, 1))))
    counter.add_contacts(log(contact("answered", at(9.5, 1), channel=APP, talk_s=2.5 * DAY_S)))
    for day in (2, 3, 4):
        counter.add_duty(day, duty((0, at(9, day), at(10, day))) if day == 3 else duty())
        counter.add_contacts(log())
    assert counter.tally.busy_s.tolist() == [1.5 * HOUR_S, 0.0]


def test_time_in_the_warm_up_and_past_the_horizon_is_not_counted(measured):
    found = measured(
        contact("answered", BEGIN - 600.0, talk_s=900.0),  # 300 s of it count
        contact("answered", at(9, day=0), talk_s=900.0),  # none
        contact("answered", END - 60.0, talk_s=900.0),  # 60 s
        stints=duty((0, BEGIN - HOUR_S, BEGIN + HOUR_S), (0, END - HOUR_S, END + HOUR_S)),
    )
    assert found["occupancy"] == 360.0 / (2 * HOUR_S)


def test_what_is_paid_in_the_warm_up_is_not_counted(city):
    counter = Counter(city)
    for day, paid_s in ((0, 7.0), (1, 1000.0), (3, 2000.0), (4, 9.0)):
        counter.add_duty(day, duty(paid_s=(paid_s, 2 * paid_s)))
    assert counter.tally.paid_s.tolist() == [3000.0, 6000.0]


def test_duty_and_busy_time_are_told_apart_by_team_and_channel(city):
    counter = Counter(city)
    stints = duty((0, at(8), at(20)), (1, at(8), at(20)), (2, at(20), at(32)))
    counter.add_duty(1, replace(stints, paid_s=np.array([30 * HOUR_S, 15 * HOUR_S])))
    counter.add_contacts(
        log(
            contact("answered", at(9), talk_s=HOUR_S, seat=0),
            contact("answered", at(9), talk_s=HOUR_S, seat=1, channel=APP),
            contact("answered", at(19), talk_s=2 * HOUR_S, seat=1, channel=APP),
            contact("answered", at(21), talk_s=3 * HOUR_S, seat=2, team=1),
        )
    )
    assert team_measures(city, counter.tally) == {
        "day": {
            "duty_hours": 24.0,
            "busy_hours": 3.0,
            "paid_hours": 30.0,
            "occupancy": 3 / 24,
            "utilisation": 3 / 30,
        },
        "night": {
            "duty_hours": 12.0,
            "busy_hours": 3.0,
            "paid_hours": 15.0,
            "occupancy": 3 / 12,
            "utilisation": 3 / 15,
        },
    }
    by_channel = channel_measures(city, counter.tally)
    hours = {name: found["handled_hours"] for name, found in by_channel.items()}
    assert hours == {"phone": 4.0, "wechat": 0.0, "app": 3.0, "follow_up": 0.0}
    found = measures_of(city, counter.tally)
    assert (found["occupancy"], found["utilisation"]) == (6 / 36, 6 / 45)


def test_channels_have_measures_of_their_own(city):
    tally = counted(
        city,
        contact("answered", at(9), wait_s=20.0),
        contact("abandoned", at(10), born_s=BEGIN),
        later("blocked", at(11), after="abandoned"),
        contact("answered", at(9), channel=APP, wait_s=60.0),
        contact("unreached", at(9), channel=FOLLOW_UP),
    )
    found = channel_measures(city, tally)
    phone = found["phone"]
    assert (phone["offered"], phone["connect_rate"], phone["asa_s"]) == (3, 1 / 3, 20.0)
    assert (phone["abandonment_rate"], phone["redial_share"]) == (1 / 3, 1 / 3)
    assert (phone["service_level"], phone["blocked"]) == (0.0, 1)
    assert (found["app"]["within_deadline_rate"], found["app"]["asa_s"]) == (1.0, 60.0)
    assert (found["follow_up"]["unreached"], found["follow_up"]["connect_rate"]) == (1, 0.0)
    assert math.isnan(found["wechat"]["connect_rate"])


# Satisfaction -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "odds"),
    [
        ({}, 0.5),
        ({"wait_s": 180.0}, -0.1 * 3 + 0.5),
        ({"failed": 2}, -0.3 * 2 + 0.5),
        ({"order_s": 7200.0, "department": 0}, 0.0),
        ({"order_s": 7201.0, "department": 0}, -1.0),
        ({"wait_s": 60.0, "failed": 1, "order_s": 8e3, "department": 0}, -0.1 - 0.3 - 1.0),
    ],
)
@pytest.mark.parametrize(("team", "base"), [(0, 0.8), (1, 0.9)])
def test_the_odds_of_satisfaction_are_those_of_the_formula(city, columns, odds, team, base):
    found = Opinions(city).probability(log(contact("answered", at(9), team=team, **columns)))
    assert found == pytest.approx([1.0 / (1.0 + (1.0 - base) / base * math.exp(-odds))])


def test_who_waits_for_weeks_is_dissatisfied_without_a_warning(city):
    waited = contact("answered", at(9), channel=APP, wait_s=20 * DAY_S)
    assert Opinions(city).probability(log(waited)) == pytest.approx([0.0])


SATISFIED, DISSATISFIED = {"mood": 0.0}, {"mood": 0.999}
# Of the satisfied those below 0.4 give a rating, of the dissatisfied those below 0.8.
RATES, RATES_IF_DISSATISFIED, NEVER_RATES = {"rating": 0.39}, {"rating": 0.79}, {"rating": 0.8}


def test_the_printed_satisfaction_is_of_the_raters_and_the_true_one_of_all(measured):
    found = measured(
        contact("answered", at(9), **SATISFIED, **RATES),
        contact("answered", at(10), **SATISFIED, **RATES_IF_DISSATISFIED),
        contact("answered", at(11), **SATISFIED, **RATES_IF_DISSATISFIED),
        contact("answered", at(12), **DISSATISFIED, **RATES_IF_DISSATISFIED),
        contact("answered", at(13), **DISSATISFIED, **NEVER_RATES),
        contact("abandoned", at(14), **SATISFIED, **RATES),
        contact("open", at(15), **SATISFIED, **RATES),
        contact("contained", at(16), **SATISFIED, **RATES),
    )
    assert found["participation_rate"] == 2 / 5
    assert found["satisfaction_rate"] == 1 / 2
    assert found["satisfaction_of_answered"] == 3 / 5
    assert found["satisfaction_of_cases"] == 3 / 7  # who was never answered is dissatisfied


def test_a_case_is_as_satisfied_as_its_first_answer_left_it(measured):
    found = measured(
        contact("answered", at(9), born_s=BEGIN, **DISSATISFIED),
        later("answered", at(10), after="answered", **SATISFIED),
    )
    assert found["satisfaction_of_cases"] == 0.0
    assert found["satisfaction_of_answered"] == 1 / 2


def test_follow_up_calls_are_not_rated(measured):
    found = measured(
        contact("answered", at(9), born_s=BEGIN, **DISSATISFIED, **RATES),
        later("answered", at(10), after="answered", channel=FOLLOW_UP, **SATISFIED, **RATES),
    )
    assert (found["participation_rate"], found["satisfaction_rate"]) == (1.0, 0.0)


def test_a_callback_that_is_the_first_answer_may_be_rated_and_a_follow_up_may_not(city):
    tally = counted(
        city,
        later("answered", at(9), after="abandoned", channel=FOLLOW_UP, **SATISFIED),
        later("answered", at(10), after="answered", channel=FOLLOW_UP, **SATISFIED),
    )
    sums = {name: tally.by_day[name][:, FOLLOW_UP].sum() for name in ("asked", "satisfied")}
    assert sums == {"asked": 1, "satisfied": 1}


# Money ------------------------------------------------------------------------------------


def test_the_award_is_for_a_year_and_divided_by_answered_calls(city):
    tally = counted(
        city,
        contact("answered", at(9)),
        contact("answered", at(10)),
        contact("answered", at(9), channel=APP),
        contact("abandoned", at(11)),
    )
    found = cost_measures(city, tally)
    assert found["cost_cny"] == pytest.approx(730_000 * 3 / 365)
    assert found["cost_per_answered_cny"] == pytest.approx(6000 / 2)


def test_answering_costs_the_duty_hours_in_the_share_of_calls_at_the_price_of_an_hour(city):
    tally = counted(
        city,
        contact("answered", at(9), talk_s=1800.0),
        contact("answered", at(10), channel=APP, talk_s=600.0),
        stints=duty((0, at(8), at(20)), (2, at(20), at(32))),  # the contract's is the night
    )
    hour_cny = 6000 * 12 / 1440
    assert cost_measures(city, tally)["answering_cost_share"] == pytest.approx(
        12 * (1800 / 2400) * hour_cny / 6000
    )


def test_what_each_team_answered_is_counted_on_inbound_channels_by_day(city):
    tally = counted(
        city,
        contact("answered", at(9)),
        contact("answered", at(10, day=2), team=1, channel=WECHAT),
        contact("answered", at(11, day=2), team=1, channel=FOLLOW_UP),
        contact("abandoned", at(12, day=2)),
        contact("answered", at(13, day=3), team=1),
    )
    assert tally.answered_by_team.tolist() == [[1, 0], [0, 1], [0, 1]]


def test_without_a_contract_there_is_no_cost(load_text):
    chats = load_text(CHATS)
    assert cost_measures(chats, counted(chats, contact("answered", at(9)))) == {}


# All of them ------------------------------------------------------------------------------


def test_measures_and_money_are_exactly_the_publishable_names(city):
    tally = counted(city, contact("answered", at(9)))
    assert {**measures_of(city, tally), **cost_measures(city, tally)}.keys() == set(PUBLISHABLE)


def test_of_nothing_nothing_can_be_said(city):
    tally = counted(city, stints=duty())
    found = measures_of(city, tally) | cost_measures(city, tally)
    unknown = {name for name, value in found.items() if math.isnan(value)}
    assert unknown == {name for name in found if MEASURES[name].denominator} - {"queue_mean"}
    assert {found[name] for name in found.keys() - unknown - {"cost_cny"}} == {0.0}


def test_counting_day_by_day_is_counting_at_once(city):
    *days, close = play_days(Task(city, seed=1, replication=0, engine="simpy"))
    by_day, at_once = Counter(city), Counter(city)
    for day, settled, stints in days:
        by_day.add_duty(day, stints)
        by_day.add_contacts(settled)
        at_once.add_duty(day, stints)
    at_once.add_contacts(joined([settled for _, settled, _ in days]))
    for counter in (by_day, at_once):
        counter.add_duty(close[0], close[2])
        counter.add_left(close[1])
    assert tally_differs(by_day.tally, at_once.tally) is None


def test_half_hours_and_days_are_sums_of_the_same_contacts(city):
    found = replicate(Task(city, seed=1, replication=0, engine="simpy"))
    for name, by_day in found.by_day.items():
        np.testing.assert_array_equal(by_day.sum(axis=0), found.by_half_hour[name].sum(axis=0))
    assert found.by_day["offered"][:, PHONE].sum() == found.measures["offered"] > 0
    assert found.waits.sum(axis=1).tolist() == found.by_day["answered"].sum(axis=0).tolist()
