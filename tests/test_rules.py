"""The rules of the model, each in a run so small that it is traced by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from mutants import HEAVY
from strategies import tiny_worlds
from worlds import (
    ENGINES,
    FASTEST,
    Contact,
    assert_same,
    call,
    chat,
    message,
    outbound,
    played,
    story,
    team,
    voice,
    world,
)

from hotline_sim.domain import DAY_S, NOBODY, TICKS_PER_S, Outcome
from hotline_sim.execution import engine_of

TICK_S = 1.0 / TICKS_PER_S
ON = 10.0**5  # off duty only after every test is over
HELPED = (team("phone", seats=1), team(("phone", 10), seats=1))


@pytest.fixture(params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture
def told(engine):
    """Return the story of a world: its contacts, by case, in the columns asked for."""

    def tell(*columns, **parts):
        return story(played(world(**parts), engine), *columns)

    return tell


def texting(talk_s, **more):
    return Contact(talk_s, channel="wechat", **more)


def wechat(**changes):
    """Return the parts of a world in which one team serves one chat channel."""
    seats = changes.pop("seats", 1)
    return {"channels": [chat(**changes)], "teams": [team("wechat", seats=seats)]}


# 1. Arrival: lines ------------------------------------------------------------------------


def test_a_caller_is_blocked_when_those_who_talk_and_wait_take_all_lines(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        channels=[voice(lines=2)],
        cases=[(0, call(10)), (1, call(10)), (2, call(10))],
    ) == [("answered", 0, 10), ("answered", 10, 20), ("blocked", None, 2)]


def test_a_line_is_free_when_the_talk_ends_though_the_agent_wraps_up(told):
    assert told(
        "outcome",
        "start_s",
        channels=[voice(lines=1)],
        cases=[(0, call(10, wrap_up_s=5)), (10 - TICK_S, call(1)), (10, call(1))],
    ) == [("answered", 0), ("blocked", None), ("answered", 15)]


def test_who_hangs_up_frees_the_line_for_later_instants_only(told):
    assert told(
        "outcome",
        "start_s",
        channels=[voice(lines=2)],
        cases=[(0, call(10)), (1, call(1, patience_s=5)), (6, call(1)), (6 + TICK_S, call(1))],
    ) == [("answered", 0), ("abandoned", None), ("blocked", None), ("answered", 10)]


def test_without_a_line_even_a_free_agent_hears_nobody(told):
    assert told("outcome", "seat", "end_s", channels=[voice(lines=0)], cases=[(3, call(10))]) == [
        ("blocked", None, 3)
    ]


def test_each_channel_has_lines_of_its_own(told):
    assert told(
        "outcome",
        "start_s",
        channels=[voice("phone", lines=1), voice("english", lines=1)],
        teams=[team("phone", "english", seats=1)],
        cases=[(0, call(10)), (1, call(5, channel="english")), (2, call(5, channel="english"))],
    ) == [("answered", 0), ("answered", 10), ("blocked", None)]


def test_who_is_served_by_the_menu_needs_neither_line_nor_agent(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        "seat",
        channels=[voice(lines=0)],
        cases=[(3, call(10, contained=True))],
    ) == [("contained", None, 3, None)]


def test_who_is_served_by_the_menu_keeps_nobody_waiting(told):
    assert told("outcome", "start_s", cases=[(3, call(10, contained=True)), (4, call(10))]) == [
        ("contained", None),
        ("answered", 4),
    ]


# 1. Arrival: the greeting -----------------------------------------------------------------


def test_a_greeted_caller_asks_for_a_human_when_the_greeting_is_over(told):
    assert told(
        "outcome",
        "arrival_s",
        "request_s",
        "start_s",
        "end_s",
        cases=[(0, call(10, greeting_s=6)), (20, call(10, greeting_s=4)), (21, call(1))],
    ) == [
        ("answered", 0, 6, 6, 16),
        ("answered", 20, 24, 24, 34),
        ("answered", 21, 21, 21, 22),
    ]


def test_who_asks_first_goes_first_whoever_dialled_first(told):
    assert told(
        "request_s",
        "start_s",
        cases=[(0, call(20)), (1, call(5, greeting_s=8)), (3, call(5)), (4, call(5, greeting_s=4))],
    ) == [(0, 0), (9, 30), (3, 20), (8, 25)]


def test_patience_and_help_and_promotion_count_from_the_request(told):
    columns = ("outcome", "request_s", "start_s", "end_s")
    waits = call(5, greeting_s=6, patience_s=4)
    assert told(*columns, cases=[(0, call(50)), (1, waits)])[1] == ("abandoned", 7, None, 11)
    late = call(5, greeting_s=6)
    assert told(*columns, teams=HELPED, cases=[(0, call(50)), (1, late)])[1] == (
        "answered",
        7,
        17,
        22,
    )
    for sent_s, first in ((1, "app"), (1 + TICK_S, "phone")):
        rows = told(
            "channel",
            "start_s",
            channels=[voice("phone"), message("app", promote_after_s=8)],
            teams=[team("phone", "app", seats=1)],
            cases=[(0, call(15)), (2, call(5)), (sent_s, call(5, channel="app", greeting_s=6))],
        )
        expected = {"app": {(0, 20), (1, 15)}, "phone": {(0, 15), (1, 20)}}[first]
        assert set(rows) - {(0, 0)} == expected


def test_a_line_is_held_through_greeting_waiting_and_talking(told):
    assert told(
        "outcome",
        "request_s",
        "end_s",
        channels=[voice(lines=1)],
        cases=[
            (0, call(10, greeting_s=5)),
            (4, call(1, greeting_s=5)),
            (5, call(1, greeting_s=5)),
            (14, call(1, greeting_s=5)),
            (15, call(1, greeting_s=5)),
        ],
    ) == [
        ("answered", 5, 15),
        ("blocked", None, 4),
        ("blocked", None, 5),
        ("blocked", None, 14),
        ("answered", 20, 21),
    ]


def test_with_a_greeting_even_who_is_served_by_the_menu_needs_a_line(told):
    served = call(1, contained=True, greeting_s=5)
    assert told(
        "outcome",
        "request_s",
        "end_s",
        channels=[voice(lines=1)],
        cases=[(0, served), (4, served), (6, call(3, greeting_s=1))],
    ) == [("contained", None, 5), ("blocked", None, 4), ("answered", 7, 10)]


def test_who_hangs_up_in_the_greeting_has_left_and_frees_the_line(told):
    assert told(
        "outcome",
        "request_s",
        "start_s",
        "end_s",
        "seat",
        channels=[voice(lines=1)],
        cases=[(0, call(10, left_s=3)), (2, call(1)), (4, call(1))],
    ) == [
        ("left", None, None, 3, None),
        ("blocked", None, None, 2, None),
        ("answered", 4, 4, 5, 0),
    ]


def test_who_has_left_is_no_failure_and_follows_a_row_of_its_own(told):
    again = call(5, greeting_s=2, then={"abandoned": (7, call(1))}, patience_s=0)
    assert told(
        "k",
        "outcome",
        "arrival_s",
        "request_s",
        "after",
        "failed",
        "answered_before",
        "next",
        cases=[(0, call(10, left_s=3, then={"left": (4, again)})), (8, call(90))],
    )[:2] == [
        (1, "left", 0, None, None, 0, 0, 0),
        (2, "abandoned", 7, 9, "left", 0, 0, 0),
    ]


def test_a_bot_and_a_form_greet_like_a_menu(told):
    assert told(
        "outcome",
        "request_s",
        "start_s",
        channels=[chat("wechat", concurrency=2), message("app")],
        teams=[team("wechat", "app", seats=1)],
        cases=[
            (0, texting(30, greeting_s=5)),
            (1, texting(30, left_s=3)),
            (2, texting(30, greeting_s=5)),
            (3, call(5, channel="app", greeting_s=2)),
            (4, call(5, channel="app", left_s=1)),
        ],
    ) == [
        ("answered", 5, 5),
        ("left", None, None),
        ("answered", 7, 7),
        ("answered", 5, 37),
        ("left", None, None),
    ]


def test_who_has_heard_the_greeting_stands_among_the_arrivals_of_the_instant_by_case(told):
    cases = [
        (0, call(20)),
        (1, call(3, greeting_s=5)),
        (2, call(5, greeting_s=4)),
        (6, call(4)),
        (6, call(1, greeting_s=TICK_S)),
    ]
    assert told("request_s", "start_s", cases=cases) == [
        (0, 0),
        (6, 20),
        (6, 23),
        (6, 28),
        (6 + TICK_S, 32),
    ]
    late = call(2, channel="other", then={"answered": (1, call(4))})
    assert told(  # the redial of the lower case is before who has heard the greeting
        "case",
        "request_s",
        "start_s",
        channels=[voice("phone"), voice("other")],
        teams=[team("phone", seats=1), team("other", seats=1)],
        cases=[(0, call(20)), (3, late), (4, call(3, greeting_s=2))],
    ) == [(0, 0, 0), (1, 3, 3), (1, 6, 20), (2, 6, 24)]


def test_a_line_freed_in_the_greeting_is_free_for_later_cases_of_the_instant_only(told):
    columns = ("outcome", "end_s")
    leaves = call(1, left_s=5)
    assert told(*columns, channels=[voice(lines=1)], cases=[(0, leaves), (5, call(1))]) == [
        ("left", 5),
        ("answered", 6),
    ]
    comes_again = call(9, channel="other", then={"answered": (1, call(2))})
    assert told(
        *columns,
        channels=[voice("phone", lines=1), voice("other")],
        teams=[team("phone", "other", seats=2)],
        cases=[(0, comes_again), (5, leaves)],
    ) == [("answered", 9), ("blocked", 10), ("left", 10)]


def test_an_agent_who_frees_as_the_greeting_ends_answers_at_once(told):
    assert told("start_s", cases=[(0, call(10)), (4, call(5, greeting_s=6, patience_s=0))]) == [
        (0,),
        (10,),
    ]


def test_a_greeting_goes_on_over_midnight(told):
    assert told(
        "outcome",
        "request_s",
        "start_s",
        days=2,
        cases=[(DAY_S - 2, call(5, greeting_s=6)), (DAY_S - 1, call(1, left_s=4))],
    ) == [("answered", DAY_S + 4, DAY_S + 4), ("left", None, None)]


# 1. Arrival: which agent ------------------------------------------------------------------


def test_teams_are_tried_in_the_order_of_the_file(told):
    assert told(
        "start_s",
        "team",
        "seat",
        teams=[team("phone", seats=1), team("phone", seats=1)],
        stints=[(0, 5, ON), (1, 0, ON)],  # the second team's agent has been idle for longer
        cases=[(10, call(10)), (11, call(10)), (30, call(1)), (30, call(1))],
    ) == [(10, 0, 0), (11, 1, 1), (30, 0, 0), (30, 1, 1)]


def test_a_team_that_does_not_serve_the_channel_is_not_tried(told):
    assert told(
        "start_s",
        "seat",
        channels=[voice("phone"), voice("english")],
        teams=[team("english", seats=1), team("phone", seats=1)],
        cases=[(0, call(10)), (1, call(10))],
    ) == [(0, 1), (10, 1)]


def test_the_agent_longest_idle_is_taken(told):
    assert told(
        "start_s",
        "seat",
        teams=[team("phone", seats=3)],
        cases=[(0, call(10)), (1, call(4)), (20, call(9)), (21, call(9)), (22, call(9))],
    ) == [(0, 0), (1, 1), (20, 2), (21, 1), (22, 0)]  # idle since 0, 5 and 10


def test_agents_idle_since_the_same_instant_are_taken_by_seat(told):
    assert told(
        "start_s",
        "done_s",
        "seat",
        teams=[team("phone", seats=2)],
        cases=[(0, call(3)), (1, call(9)), (4, call(4, wrap_up_s=2)), (12, call(1))],
    ) == [(0, 3, 0), (1, 10, 1), (4, 10, 0), (12, 13, 0)]


def test_an_agent_is_idle_since_coming_on(told):
    assert told(
        "seat",
        teams=[team("phone", seats=2)],
        stints=[(0, 6, ON), (1, 0, ON)],
        cases=[(0, call(5)), (10, call(1)), (10, call(1))],
    ) == [(1,), (1,), (0,)]


# 2. A slot frees --------------------------------------------------------------------------


def test_who_waits_longest_is_served_first(told):
    assert told(
        "start_s",
        cases=[(0, call(10)), (1, call(3)), (2, call(1)), (2, call(5)), (15, call(1))],
    ) == [(0,), (10,), (13,), (14,), (19,)]


def test_a_redial_goes_to_the_end_of_the_queue(told):
    again = call(1)
    assert told(
        "k",
        "arrival_s",
        "start_s",
        cases=[
            (0, call(10)),
            (1, call(1, patience_s=2, then={"abandoned": (3, again)})),
            (5, call(4)),
        ],
    ) == [(1, 0, 0), (1, 1, None), (2, 6, 14), (1, 5, 10)]


def test_the_first_channel_of_serves_goes_first(told):
    assert told(
        "start_s",
        channels=[voice("phone"), voice("english")],
        teams=[team("english", "phone", seats=1)],
        cases=[(0, call(10)), (1, call(3)), (2, call(3, channel="english"))],
    ) == [(0,), (13,), (10,)]


def test_each_team_has_an_order_of_its_own(told):
    assert told(
        "start_s",
        "seat",
        channels=[voice("phone"), voice("english")],
        teams=[team("phone", "english", seats=1), team("english", "phone", seats=1)],
        cases=[
            (0, call(10)),
            (0, call(12)),
            (1, call(1, channel="english")),
            (2, call(9)),
            (3, call(1)),
        ],
    ) == [(0, 0), (0, 1), (12, 1), (10, 0), (13, 1)]


@pytest.mark.parametrize(
    ("sent_s", "first"), [(2, "app"), (2 + TICK_S, "phone"), (1, "app"), (9, "phone")]
)
def test_a_contact_goes_before_all_others_from_promote_after_on(told, sent_s, first):
    rows = told(
        "channel",
        "start_s",
        channels=[voice("phone"), message("app", promote_after_s=8)],
        teams=[team("phone", "app", seats=1)],
        cases=[(0, call(10)), (1, call(5)), (sent_s, call(5, channel="app"))],
    )
    calls, messages = {"app": (15, 10), "phone": (10, 15)}[first]
    assert sorted(rows) == [(0, 0), (0, calls), (1, messages)]


def test_who_is_promoted_goes_before_the_channels_ahead_in_serves(told):
    assert told(
        "start_s",
        channels=[voice("phone"), message("app", promote_after_s=3), message("web")],
        teams=[team("web", "phone", "app", seats=1)],
        cases=[
            (0, call(10, channel="web")),
            (1, call(5, channel="web")),
            (2, call(5, channel="app")),
            (3, call(5, channel="app")),
        ],
    ) == [(0,), (20,), (10,), (15,)]


@pytest.mark.parametrize(
    ("app_s", "web_s", "first"),
    [(1, 4, "app"), (4, 1, "web"), (1, 1, "web"), (1, 5 + TICK_S, "app"), (7, 5, "web")],
)
def test_among_promoted_contacts_the_oldest_goes_first_and_of_one_instant_by_serves(
    told, app_s, web_s, first
):
    rows = told(
        "channel",
        "start_s",
        channels=[message("web", promote_after_s=5), message("app", promote_after_s=3)],
        teams=[team("web", "app", seats=1)],
        cases=[
            (0, call(10, channel="web")),
            (app_s, call(5, channel="app")),
            (web_s, call(5, channel="web")),
        ],
    )
    web, app = {"web": (10, 15), "app": (15, 10)}[first]
    assert sorted(rows) == [(0, 0), (0, web), (1, app)]


def test_channels_promoted_after_no_wait_are_one_queue(told):
    rows = told(
        "request_s",
        "start_s",
        channels=[voice("phone", promote_after_s=0), voice("english", promote_after_s=0)],
        teams=[team("phone", "english", seats=1)],
        cases=[
            (0, call(10)),
            (1, call(2, channel="english", greeting_s=2)),
            (2, call(2)),
            (4, call(2, channel="english")),
            (5, call(2)),
        ],
    )
    assert rows == [(0, 0), (3, 12), (2, 10), (4, 14), (5, 16)]


def test_a_promoted_contact_is_passed_over_while_no_agent_may_take_it(told):
    assert told(
        "start_s",
        channels=[voice("phone", promote_after_s=3), chat("wechat", concurrency=2)],
        teams=[team("wechat", "phone", seats=1)],
        cases=[(0, texting(20)), (1, call(5)), (2, texting(8)), (5, texting(5))],
    ) == [(0,), (20,), (2,), (10,)]


def test_a_contact_promoted_after_no_wait_goes_first_at_once(told):
    assert told(
        "start_s",
        channels=[voice("phone"), outbound("follow_up", promote_after_s=0)],
        teams=[team("phone", "follow_up", seats=1)],
        cases=[(0, call(10)), (1, call(5)), (10, call(5, channel="follow_up"))],
    ) == [(0,), (15,), (10,)]


# 2. Overflow ------------------------------------------------------------------------------


def test_a_second_team_helps_exactly_when_the_wait_is_long_enough(told):
    assert told("start_s", "seat", teams=HELPED, cases=[(0, call(50)), (5, call(50))]) == [
        (0, 0),
        (15, 1),
    ]


def test_a_second_team_does_not_help_when_the_first_is_free_sooner(told):
    assert told("start_s", "seat", teams=HELPED, cases=[(0, call(12)), (5, call(50))]) == [
        (0, 0),
        (12, 0),
    ]


def test_help_comes_for_who_gives_up_at_that_instant_but_not_a_tick_before(told):
    assert told(
        "outcome",
        "start_s",
        teams=HELPED,
        cases=[(0, call(50)), (5, call(1, patience_s=10)), (20, call(1, patience_s=10 - TICK_S))],
    ) == [("answered", 0), ("answered", 15), ("abandoned", None)]


def test_help_is_for_each_contact_after_its_own_wait(told):
    assert told(
        "start_s",
        "seat",
        teams=HELPED,
        cases=[(0, call(99)), (5, call(3)), (6, call(3)), (9, call(3))],
    ) == [(0, 0), (15, 1), (18, 1), (21, 1)]


def test_a_helper_who_is_busy_when_help_is_due_takes_the_contact_when_free(told):
    assert told(
        "start_s",
        "seat",
        channels=[voice("phone"), voice("english")],
        teams=[team("phone", seats=1), team("english", ("phone", 10), seats=1)],
        cases=[(0, call(99)), (1, call(20, channel="english")), (5, call(1)), (12, call(1))],
    ) == [(0, 0), (1, 1), (21, 1), (22, 1)]


def test_a_helper_goes_idle_rather_than_help_too_soon(told):
    assert told(
        "start_s",
        "seat",
        channels=[voice("phone"), voice("english")],
        teams=[team("phone", seats=1), team(("phone", 10), "english", seats=1)],
        cases=[(0, call(99)), (1, call(5, channel="english")), (5, call(1))],
    ) == [(0, 0), (1, 1), (15, 1)]


def test_help_stands_in_the_helper_s_order_of_channels(told):
    assert told(
        "start_s",
        "seat",
        channels=[voice("phone"), voice("english")],
        teams=[team("phone", seats=1), team(("phone", 10), "english", seats=1)],
        cases=[
            (0, call(99)),
            (1, call(20, channel="english")),
            (5, call(1)),
            (6, call(1, channel="english")),
        ],
    ) == [(0, 0), (1, 1), (21, 1), (22, 1)]


def test_teams_that_help_after_different_waits_each_keep_to_theirs(told):
    assert told(
        "start_s",
        "seat",
        teams=[team(("phone", 20), seats=1), team(("phone", 10), seats=1)],
        cases=[(0, call(50)), (3, call(50)), (4, call(50, patience_s=30))],
    ) == [(10, 1), (23, 0), (None, None)]


def test_help_is_due_over_midnight(told):
    assert told(
        "start_s",
        "seat",
        teams=HELPED,
        days=2,
        cases=[(DAY_S - 20, call(99)), (DAY_S - 5, call(1))],
    ) == [(DAY_S - 20, 0), (DAY_S + 5, 1)]


# 3. Patience ------------------------------------------------------------------------------


def test_a_caller_leaves_when_patience_ends(told):
    assert told(
        "outcome", "start_s", "end_s", "done_s", cases=[(0, call(10)), (1, call(5, patience_s=4))]
    ) == [("answered", 0, 10, 10), ("abandoned", None, 5, None)]


def test_a_caller_whose_patience_ends_as_an_agent_frees_is_answered(told):
    assert told(
        "outcome",
        "start_s",
        cases=[(0, call(10)), (1, call(5, patience_s=9)), (16, call(5, patience_s=0))],
    ) == [("answered", 0), ("answered", 10), ("answered", 16)]


def test_of_two_whose_patience_ends_as_one_agent_frees_the_older_is_answered(told):
    assert told(
        "outcome",
        "end_s",
        cases=[(0, call(10)), (1, call(5, patience_s=9)), (2, call(5, patience_s=8))],
    ) == [("answered", 10), ("answered", 15), ("abandoned", 10)]


def test_who_has_no_patience_is_answered_at_once_or_leaves_at_once(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        cases=[
            (0, call(10, patience_s=0)),
            (5, call(1, patience_s=0)),
            (10, call(1, patience_s=0)),
        ],
    ) == [("answered", 0, 10), ("abandoned", None, 5), ("answered", 10, 11)]


def test_who_hung_up_is_not_served(told):
    assert told(
        "outcome",
        "start_s",
        cases=[(0, call(10)), (1, call(5, patience_s=1)), (3, call(5)), (4, call(5))],
    ) == [("answered", 0), ("abandoned", None), ("answered", 10), ("answered", 15)]


def test_a_message_waits_for_days(told):
    assert told(
        "outcome",
        "start_s",
        channels=[message("app")],
        teams=[team("app", seats=1)],
        stints=[(0, 2 * DAY_S + 100, 2 * DAY_S + 200)],
        days=3,
        cases=[(5, call(10, channel="app"))],
    ) == [("answered", 2 * DAY_S + 100)]


def test_a_silent_leaver_costs_an_agent_time_and_nobody_knows_before(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        "done_s",
        "seat",
        **wechat(silent_handle_s=7),
        cases=[(0, texting(20)), (1, texting(5, patience_s=4, silent=True)), (2, texting(5))],
    ) == [
        ("answered", 0, 20, 20, 0),
        ("abandoned", 20, 5, 27, 0),
        ("answered", 27, 32, 32, 0),
    ]


def test_who_leaves_with_a_word_costs_nothing(told):
    assert told(
        "outcome",
        "start_s",
        **wechat(silent_handle_s=7),
        cases=[(0, texting(20)), (1, texting(5, patience_s=4)), (2, texting(5))],
    ) == [("answered", 0), ("abandoned", None), ("answered", 20)]


def test_who_would_leave_silently_but_is_answered_in_time_is_answered(told):
    assert told(
        "outcome",
        "start_s",
        "done_s",
        **wechat(silent_handle_s=7),
        cases=[(0, texting(20)), (1, texting(5, patience_s=19, silent=True))],
    ) == [("answered", 0, 20), ("answered", 20, 25)]


def test_a_silent_leaver_tries_again_from_the_time_of_leaving(told):
    assert told(
        "k",
        "outcome",
        "arrival_s",
        "start_s",
        "after",
        "failed",
        channels=[chat("wechat", silent_handle_s=7), voice("phone")],
        teams=[team("wechat", seats=1), team("phone", seats=1)],
        cases=[
            (0, texting(20)),
            (1, texting(5, patience_s=4, silent=True, then={"abandoned": (3, call(2))})),
        ],
    ) == [
        (1, "answered", 0, 0, None, 0),
        (1, "abandoned", 1, 20, None, 0),
        (2, "answered", 8, 8, "abandoned", 1),
    ]


def test_a_silent_leaver_is_found_out_at_the_pace_of_every_agent(told):
    assert told(
        "start_s",
        "done_s",
        channels=[chat("wechat", concurrency=2, slowdown=0.5, silent_handle_s=7)],
        teams=[team("wechat", seats=1)],
        stints=[(0, 0, 1, 1.0), (0, 10, ON, 3.0)],
        cases=[(0, texting(40)), (2, texting(1, patience_s=1, silent=True))],
    ) == [(0, 40), (10, 17)]


def test_a_silent_leaver_nobody_found_is_abandoned_when_the_horizon_ends(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        "done_s",
        "seat",
        **wechat(silent_handle_s=7),
        stints=[],
        cases=[(1, texting(5, patience_s=4, silent=True)), (2, texting(5))],
    ) == [("abandoned", None, 5, None, None), ("open", None, None, None, None)]


# 4. Concurrency ---------------------------------------------------------------------------


def test_an_agent_holds_as_many_chats_as_allowed_and_no_more(told):
    assert told(
        "start_s",
        **wechat(concurrency=2),
        cases=[(0, texting(20)), (1, texting(9)), (2, texting(5)), (3, texting(5))],
    ) == [(0,), (1,), (10,), (15,)]


def test_an_agent_with_a_chat_takes_no_call(told):
    assert told(
        "start_s",
        channels=[voice("phone"), chat("wechat", concurrency=2)],
        teams=[team("phone", "wechat", seats=1)],
        cases=[(0, texting(10)), (1, call(5)), (2, texting(20)), (3, texting(4))],
    ) == [(0,), (22,), (2,), (10,)]


def test_an_agent_with_a_call_takes_no_chat(told):
    assert told(
        "start_s",
        channels=[voice("phone"), chat("wechat", concurrency=2)],
        teams=[team("wechat", "phone", seats=1)],
        cases=[(0, call(10)), (1, texting(5)), (2, texting(5))],
    ) == [(0,), (10,), (10,)]


def test_a_chat_goes_to_an_idle_agent_then_to_who_has_the_fewest(told):
    assert told(
        "start_s",
        "seat",
        **wechat(concurrency=3, seats=2),
        cases=[
            (0, texting(99)),
            (1, texting(99)),
            (2, texting(99)),
            (3, texting(99)),
            (4, texting(1)),
            (6, texting(99)),
            (7, texting(99)),
        ],
    ) == [(0, 0), (1, 1), (2, 0), (3, 1), (4, 0), (6, 1), (7, 0)]  # seat 0's count changed last


def test_a_chat_goes_to_who_has_fewer_though_another_is_longer_without_change(told):
    assert told(
        "seat",
        **wechat(concurrency=3, seats=2),
        cases=[(0, texting(99)), (1, texting(99)), (2, texting(8)), (11, texting(1))],
    ) == [(0,), (1,), (0,), (1,)]  # both hold one: seat 1 since 1, seat 0 since 10
    assert told(
        "seat",
        **wechat(concurrency=3, seats=2),
        cases=[(0, texting(50)), (1, texting(99)), (2, texting(99)), (10, texting(99))],
    ) == [(0,), (1,), (0,), (1,)]  # seat 0 holds two


def test_each_chat_held_when_one_starts_slows_that_one_and_no_other(told):
    assert told(
        "start_s",
        "end_s",
        "done_s",
        **wechat(concurrency=3, slowdown=0.5),
        cases=[
            (0, texting(20, wrap_up_s=4)),
            (1, texting(10, wrap_up_s=2)),
            (2, texting(30)),
            (70, texting(10)),
        ],
    ) == [(0, 20, 24), (1, 16, 19), (2, 62, 62), (70, 80, 80)]


def test_chat_channels_keep_their_own_limits_in_one_agent_s_hands(told):
    assert told(
        "start_s",
        channels=[chat("wechat", concurrency=3), chat("web", concurrency=1)],
        teams=[team("web", "wechat", seats=1)],
        cases=[
            (0, texting(10)),
            (1, call(5, channel="web")),  # waits until the agent holds none
            (2, texting(12)),
            (15, texting(9)),  # there is room beside the web chat
        ],
    ) == [(0,), (14,), (2,), (15,)]


# 5. Handle time ---------------------------------------------------------------------------


def test_the_agent_s_speed_multiplies_talk_and_wrap_up(told):
    assert told(
        "start_s",
        "end_s",
        "done_s",
        teams=[team("phone", seats=2)],
        stints=[(0, 0, ON, 1.5), (1, 0, ON, 0.5)],
        cases=[(0, call(10, wrap_up_s=4)), (1, call(10, wrap_up_s=4))],
    ) == [(0, 15, 21), (1, 6, 8)]


def test_speed_and_slowdown_multiply(told):
    assert told(
        "end_s",
        **wechat(concurrency=2, slowdown=0.5),
        stints=[(0, 0, ON, 2.0)],
        cases=[(0, texting(20)), (1, texting(10))],
    ) == [(40,), (31,)]


def test_a_line_is_held_for_the_talk_as_the_agent_stretches_it(told):
    assert told(
        "outcome",
        channels=[voice(lines=1)],
        stints=[(0, 0, ON, 2.0)],
        cases=[(0, call(10, wrap_up_s=9)), (20 - TICK_S, call(1)), (20, call(1))],
    ) == [("answered",), ("blocked",), ("answered",)]


@pytest.mark.parametrize(
    ("ticks", "speed", "scaled"), [(3, 1.5, 5), (1, 0.4, 0), (1, 0.5, 1), (7, 1.1, 8), (5, 1, 5)]
)
def test_scaled_times_are_rounded_half_up_to_the_grid(told, ticks, speed, scaled):
    short_s = ticks * TICK_S
    assert told(
        "end_s",
        "done_s",
        stints=[(0, 0, ON, speed)],
        cases=[(7, call(short_s, wrap_up_s=short_s))],
    ) == [(7 + scaled * TICK_S, 7 + 2 * scaled * TICK_S)]


def follow_up(talk_s, **more):
    return Contact(talk_s, channel="follow_up", **more)


def test_a_call_nobody_takes_has_its_own_time_and_its_own_transition(told):
    app = call(3, channel="app")
    again = follow_up(10, then={"answered": (0, call(1)), "unreached": (0, app)})
    first = follow_up(
        99,
        wrap_up_s=99,
        reached=False,
        then={"unreached": (2, again), "answered": (0, app), "abandoned": (0, call(4))},
    )
    assert told(
        "k",
        "outcome",
        "arrival_s",
        "start_s",
        "end_s",
        "done_s",
        "after",
        "failed",
        "answered_before",
        channels=[voice("phone"), outbound("follow_up", unreached_handle_s=4), message("app")],
        teams=[team("phone", "follow_up", "app", seats=1)],
        stints=[(0, 0, ON, 2.0)],  # ringing out takes no longer with a slow agent
        cases=[(0, call(10, then={"answered": (5, first)}))],
    ) == [
        (1, "answered", 0, 0, 20, 20, None, 0, 0),
        (2, "unreached", 25, 25, 29, 29, "answered", 0, 1),
        (3, "answered", 31, 31, 51, 51, "unreached", 0, 1),
        (4, "answered", 51, 51, 53, 53, "answered", 0, 2),
    ]


# 6. Duty ----------------------------------------------------------------------------------


def test_an_agent_takes_contacts_from_coming_on_until_before_going_off(told):
    assert told(
        "outcome",
        "start_s",
        stints=[(0, 10, 30)],
        cases=[
            (5, call(2)),  # waits for the agent
            (20, call(2)),
            (30 - TICK_S, call(9)),
            (30, call(2, patience_s=5)),
        ],
    ) == [("answered", 10), ("answered", 20), ("answered", 30 - TICK_S), ("abandoned", None)]


def test_who_is_at_work_when_duty_ends_finishes_and_takes_nothing_more(told):
    assert told(
        "outcome",
        "start_s",
        "done_s",
        stints=[(0, 0, 10)],
        cases=[(5, call(10, wrap_up_s=3)), (6, call(1, patience_s=50))],
    ) == [("answered", 5, 18), ("abandoned", None, None)]


def test_who_frees_at_the_very_end_of_duty_takes_nothing_more(told):
    assert told("start_s", stints=[(0, 0, 10)], cases=[(5, call(5)), (6, call(1))]) == [
        (5,),
        (None,),
    ]


def test_who_gives_up_as_an_agent_comes_on_is_answered(told):
    assert told("outcome", stints=[(0, 10, ON)], cases=[(4, call(1, patience_s=6))]) == [
        ("answered",)
    ]


def test_who_comes_on_again_while_finishing_frees_when_finished(told):
    assert told(
        "start_s",
        stints=[(0, 0, 10), (0, 15, 40)],
        cases=[(5, call(20)), (12, call(1)), (39, call(1)), (41, call(1))],
    ) == [(5,), (25,), (39,), (None,)]


def test_who_comes_on_again_with_a_chat_in_hand_has_room_for_another(told):
    assert told(
        "start_s",
        **wechat(concurrency=2),
        stints=[(0, 0, 10), (0, 15, ON)],
        cases=[(5, texting(20)), (12, texting(20)), (16, texting(1)), (26, texting(1))],
    ) == [(5,), (15,), (25,), (26,)]


def test_an_agent_with_room_takes_no_chat_after_duty(told):
    assert told(
        "outcome",
        **wechat(concurrency=2),
        stints=[(0, 0, 10)],
        cases=[(5, texting(20)), (10, texting(1, patience_s=99))],
    ) == [("answered",), ("abandoned",)]


def test_going_off_and_coming_on_at_one_instant_leaves_no_gap(told):
    assert told(
        "start_s",
        "end_s",
        stints=[(0, 0, 10), (0, 10, 20, 2.0)],
        cases=[(5, call(10)), (10, call(3)), (20, call(1))],
    ) == [(5, 15), (15, 21), (None, None)]


def test_coming_on_anew_makes_an_agent_the_last_in_line(told):
    assert told(
        "seat",
        teams=[team("phone", seats=2)],
        stints=[(0, 0, 10), (0, 10, ON), (1, 5, ON)],
        cases=[(12, call(1))],
    ) == [(1,)]


def test_the_agents_who_come_on_do_not_wait_for_those_who_finish(told):
    assert told(
        "start_s",
        "seat",
        teams=[team("phone", seats=2)],
        stints=[(0, 0, 10), (1, 10, ON)],
        cases=[(5, call(30)), (6, call(10)), (7, call(10))],
    ) == [(5, 0), (10, 1), (20, 1)]


def test_a_stint_goes_on_over_midnight(told):
    assert told(
        "start_s",
        stints=[(0, DAY_S - 100, DAY_S + 100)],
        days=2,
        cases=[(DAY_S - 50, call(1)), (DAY_S + 50, call(1)), (DAY_S + 100, call(1))],
    ) == [(DAY_S - 50,), (DAY_S + 50,), (None,)]


def test_nobody_is_on_duty_without_a_stint(told):
    assert told("outcome", stints=[], cases=[(5, call(1)), (6, call(1, patience_s=0))]) == [
        ("open",),
        ("abandoned",),
    ]


# 7. Order within one instant --------------------------------------------------------------


def test_everything_that_can_happen_at_one_instant_happens_in_the_order_of_the_rules(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        "seat",
        channels=[voice(lines=2)],
        teams=[team("phone", seats=2)],
        stints=[(0, 0, 10), (1, 10, ON)],
        cases=[
            (0, call(10)),  # ends at 10: a line is free
            (2, call(5, patience_s=8)),  # gives up at 10, but seat 1 comes on
            (10, call(5, patience_s=0)),  # gets the line, but no agent: seat 0 goes off at 10
            (10, call(5)),  # finds the second caller and the third on the lines
        ],
    ) == [
        ("answered", 0, 10, 0),
        ("answered", 10, 15, 1),
        ("abandoned", None, 10, None),
        ("blocked", None, 10, None),
    ]


def test_all_who_arrive_at_one_instant_are_there_before_an_agent_chooses(told):
    assert told(
        "start_s",
        channels=[voice("phone"), voice("english")],
        teams=[team("english", "phone", seats=1)],
        cases=[(10, call(5)), (10, call(5, channel="english"))],
    ) == [(15,), (10,)]


def test_first_tries_and_redials_of_one_instant_arrive_in_the_order_of_cases(told):
    again = call(1)
    assert told(
        "k",
        "arrival_s",
        "start_s",
        cases=[
            (0, call(20)),
            (1, call(1, patience_s=2, then={"abandoned": (7, again)})),
            (2, call(1, patience_s=0, then={"abandoned": (8, again)})),
            (10, call(1)),
        ],
    ) == [(1, 0, 0), (1, 1, None), (2, 10, 20), (1, 2, None), (2, 10, 21), (1, 10, 22)]


def test_the_last_line_goes_to_the_lower_case_of_one_instant(told):
    assert told(
        "k",
        "outcome",
        channels=[voice(lines=1)],
        cases=[
            (0, call(5)),
            (1, call(1, then={"blocked": (9, call(3))})),
            (10, call(1)),
        ],
    ) == [(1, "answered"), (1, "blocked"), (2, "answered"), (1, "blocked")]


def test_who_follows_at_once_meets_the_agent_who_has_just_finished(told):
    assert told(
        "k",
        "arrival_s",
        "start_s",
        "done_s",
        cases=[(0, call(10, then={"answered": (0, call(5))}))],
    ) == [(1, 0, 0, 10), (2, 10, 10, 15)]


def test_who_follows_at_once_stands_behind_those_who_wait(told):
    assert told(
        "k",
        "start_s",
        cases=[(0, call(10, then={"answered": (0, call(5))})), (3, call(7))],
    ) == [(1, 0), (2, 17), (1, 10)]


def test_contacts_that_take_no_time_pass_through_one_agent_at_one_instant(told):
    assert told(
        "start_s", "done_s", "seat", cases=[(3, call(0)), (3, call(0)), (3, call(2)), (3, call(0))]
    ) == [(3, 3, 0), (3, 3, 0), (3, 5, 0), (5, 5, 0)]


# Transitions ------------------------------------------------------------------------------

ENDINGS = {  # how the first contact of the case ends, and when
    "answered": (call(10), 20),
    "abandoned": (call(1, patience_s=4), 9),
    "blocked": (call(1, channel="full"), 5),
    "contained": (call(1, contained=True), 5),
    "left": (call(1, left_s=4), 9),
    "unreached": (call(9, channel="follow_up", reached=False), 12),
}


@pytest.mark.parametrize("delay_s", [0, 7, DAY_S])
@pytest.mark.parametrize("ending", ENDINGS)
def test_each_ending_has_its_own_follower_after_its_own_delay(told, ending, delay_s):
    first, end_s = ENDINGS[ending]
    others = {name: (1, call(1, channel="full")) for name in ENDINGS if name != ending}
    followed = {**others, ending: (delay_s, call(3, channel="app"))}
    rows = told(
        "k",
        "channel",
        "outcome",
        "arrival_s",
        "end_s",
        "next",
        "after",
        "failed",
        "answered_before",
        "born_s",
        channels=[
            voice("phone"),
            voice("full", lines=0),
            outbound("follow_up", unreached_handle_s=2),
            message("app"),
        ],
        teams=[team("phone", "full", "follow_up", "app", seats=1)],
        days=2,
        cases=[
            (0, call(10)),
            (5, Contact(**{**first.__dict__, "then": followed})),
        ],
    )
    failed, answered = ending in ("abandoned", "blocked"), ending == "answered"
    assert rows[1][2:7] == (ending, 5, end_s, 3, None)
    k, channel, outcome, arrival_s, _, following, after, *before, born_s = rows[2]
    assert (k, channel, outcome, following, born_s) == (2, 3, "answered", None, 5)
    assert (arrival_s, after, *before) == (end_s + delay_s, ending, failed, answered)


def test_a_case_remembers_all_its_earlier_contacts(told):
    fourth = call(1, then={"answered": (5, call(1))})
    third = call(1, channel="full", then={"blocked": (10, fourth)})
    second = call(1, then={"answered": (5, third)})
    first = call(1, patience_s=2, then={"abandoned": (20, second)})
    assert told(
        "k",
        "outcome",
        "arrival_s",
        "after",
        "failed",
        "answered_before",
        channels=[voice("phone"), voice("full", lines=0)],
        teams=[team("phone", "full", seats=1)],
        cases=[(0, call(10)), (1, first)],
    )[1:] == [
        (1, "abandoned", 1, None, 0, 0),
        (2, "answered", 23, "abandoned", 1, 0),
        (3, "blocked", 29, "answered", 1, 1),
        (4, "answered", 39, "blocked", 2, 1),
        (5, "answered", 45, "answered", 2, 2),
    ]


def test_a_case_keeps_the_numbers_of_the_day_and_channel_it_was_born_on(told):
    def begun(at_s, first, talk_s):
        fourth = call(talk_s + 3)
        third = texting(talk_s + 2, then={"answered": (9, fourth)})
        second = call(talk_s + 1, then={"answered": (DAY_S, third)})
        return at_s, first(talk_s, then={"answered": (DAY_S - 60, second)})

    rows = told(
        "k",
        "channel",
        "start_s",
        "end_s",
        channels=[voice("phone"), chat("wechat")],
        teams=[team("phone", seats=2), team("wechat", seats=2)],
        days=4,
        cases=[begun(5, call, 10), begun(DAY_S + 5, call, 20), begun(DAY_S + 5, texting, 30)],
    )

    def told_of(begin_s, channel, talk_s):
        again_s = begin_s + talk_s + DAY_S - 60
        third_s = again_s + talk_s + 1 + DAY_S
        fourth_s = third_s + talk_s + 2 + 9
        return [
            (1, channel, begin_s, begin_s + talk_s),
            (2, 0, again_s, again_s + talk_s + 1),
            (3, 1, third_s, third_s + talk_s + 2),
            (4, 0, fourth_s, fourth_s + talk_s + 3),
        ]

    assert rows[:4] == told_of(5, 0, 10)
    assert rows[4:8] == told_of(DAY_S + 5, 0, 20)
    assert rows[8:] == told_of(DAY_S + 5, 1, 30)


def test_a_case_ends_where_the_table_leads_nowhere(told):
    assert told(
        "case", "k", "next", cases=[(0, call(1, then={"abandoned": (1, call(1))})), (9, call(1))]
    ) == [(0, 1, None), (1, 1, None)]


def test_only_who_is_answered_opens_a_work_order(told):
    wished = {"order_s": 50.0, "department": 2}
    assert told(
        "outcome",
        "order_s",
        "department",
        cases=[(0, call(10, **wished)), (1, call(1, patience_s=1, **wished)), (20, call(1))],
    ) == [("answered", 50, 2), ("abandoned", None, None), ("answered", None, None)]


def test_the_last_contact_a_case_may_have_leads_nowhere(told):
    third = call(1, then={"answered": (2, call(1))})
    first = call(10, then={"answered": (2, call(1, then={"answered": (2, third)}))})
    columns = ("k", "arrival_s", "next")
    assert told(*columns, max_contacts=2, cases=[(0, first)]) == [(1, 0, 0), (2, 12, None)]
    assert told(*columns, max_contacts=3, cases=[(0, first)]) == [
        (1, 0, 0),
        (2, 12, 0),
        (3, 15, None),
    ]


def test_opinions_are_the_words_of_who_is_answered_in_a_scenario_that_asks_for_them(engine):
    again = call(1, patience_s=3, then={"abandoned": (9, call(1))})
    cases = [(0, call(10)), (5, again), (DAY_S + 4, call(1, reached=False, channel="follow_up"))]
    parts = {
        "channels": [voice("phone"), outbound("follow_up")],
        "teams": [team("phone", "follow_up", seats=1)],
        "cases": cases,
        "days": 2,
    }
    made = world(**parts, asks_opinions=True)
    keys, places = made.tables.keys, [day.place.tolist() for day in made.cases]

    def words(place, k):  # mood and rating are the first two of the second block
        raw = np.random.Philox(
            key=np.array(keys[0], np.uint64), counter=[place, 1, k, 0]
        ).random_raw(2)
        return tuple(((int(word) >> 12) + 0.5) * 2.0**-52 for word in raw)

    assert story(played(made, engine), "outcome", "mood", "rating") == [
        ("answered", *words(places[0][0], 1)),
        ("abandoned", None, None),
        ("answered", *words(places[0][1], 2)),
        ("unreached", None, None),
    ]
    silent = played(world(**parts), engine)
    assert np.isnan(silent.mood).all()
    assert np.isnan(silent.rating).all()


# Work orders ------------------------------------------------------------------------------


def with_offices(**parts):
    """Return the parts of a world of many channels, where the department may be chased."""
    return {
        "channels": [
            voice("phone"),
            voice("full", lines=0),
            outbound("follow_up", unreached_handle_s=2),
            outbound("urging", unreached_handle_s=3),
            voice("nobody"),
        ],
        "teams": [team("phone", "full", "follow_up", "urging", seats=1)],
        **parts,
    }


def test_what_follows_an_order_comes_when_it_is_closed(told):
    order = {"order_s": 50, "department": 2}
    assert told(
        "k",
        "channel",
        "arrival_s",
        "next",
        "after",
        "order_s",
        "department",
        **with_offices(
            cases=[
                (0, call(10, wrap_up_s=7, **order, then={"answered": (50, follow_up(3))})),
                (20, call(1, **order)),  # closed without a further contact
            ]
        ),
    ) == [
        (1, 0, 0, 2, None, 50, 2),
        (2, 2, 60, None, "answered", None, None),
        (1, 0, 20, None, None, 50, 2),
    ]


URGINGS = {  # how the contact that chases the order ends, and when; it begins at 40
    "answered": (call(4, channel="urging"), 44),
    "abandoned": (call(4, channel="nobody", patience_s=9), 49),
    "blocked": (call(4, channel="full"), 40),
    "contained": (call(4, channel="phone", contained=True), 40),
    "unreached": (call(4, channel="urging", reached=False), 43),
}


@pytest.mark.parametrize("ending", URGINGS)
def test_a_late_order_is_chased_at_its_deadline_and_leads_on_when_it_is_closed(told, ending):
    urging, end_s = URGINGS[ending]
    unread = {name: (1, call(9)) for name in URGINGS}  # who chases asks for nothing else
    order = {"order_s": 50, "department": 2, "deadline_s": 30}
    chased = replace(urging, then=unread, order_s=99.0, department=3)
    rows = told(
        "k",
        "channel",
        "outcome",
        "arrival_s",
        "end_s",
        "next",
        "after",
        "order_s",
        "department",
        **with_offices(
            cases=[(0, call(10, **order, urging=chased, then={"answered": (50, follow_up(3))}))]
        ),
    )
    number = {"urging": 3, "nobody": 4, "full": 1, "phone": 0}[urging.channel]
    assert rows == [
        (1, 0, "answered", 0, 10, number, None, 50, 2),
        (2, number, ending, 40, end_s, 2, "answered", None, None),
        (3, 2, "answered", end_s + 20, end_s + 23, None, ending, None, None),
    ]


def test_a_late_order_that_leads_nowhere_is_chased_all_the_same(told):
    order = {"order_s": 50, "department": 2, "deadline_s": 30}
    assert told(
        "k",
        "channel",
        "arrival_s",
        "next",
        **with_offices(cases=[(0, call(10, **order, urging=call(4, channel="urging")))]),
    ) == [(1, 0, 0, 3), (2, 3, 40, None)]


@pytest.mark.parametrize(("order_s", "channel"), [(30, 2), (30 + TICK_S, 3)])
def test_an_order_is_late_when_it_takes_longer_than_its_deadline(told, order_s, channel):
    order = {"order_s": order_s, "department": 2, "deadline_s": 30}
    first = call(10, **order, urging=call(4, channel="urging"))
    rows = told(
        "k",
        "channel",
        "arrival_s",
        **with_offices(cases=[(0, replace(first, then={"answered": (order_s, follow_up(3))}))]),
    )
    assert rows[1] == (2, channel, 40)


def test_a_late_order_nobody_chases_leads_on_when_it_is_closed(told):
    order = {"order_s": 50, "department": 2, "deadline_s": 30}
    assert told(
        "k",
        "channel",
        "arrival_s",
        **with_offices(cases=[(0, call(10, **order, then={"answered": (50, follow_up(3))}))]),
    ) == [(1, 0, 0), (2, 2, 60)]


def test_the_last_contact_a_case_may_have_opens_its_order_and_leads_nowhere(told):
    order = {"order_s": 50, "department": 2, "deadline_s": 30, "entry_s": 4}
    first = call(10, **order, urging=call(4, channel="urging"), then={"answered": (50, call(3))})
    columns = ("k", "channel", "done_s", "next", "order_s", "department")
    cases = [(0, first)]
    assert told(*columns, **with_offices(cases=cases, max_contacts=1)) == [(1, 0, 14, None, 50, 2)]
    assert told(*columns, **with_offices(cases=cases, max_contacts=2)) == [
        (1, 0, 14, 3, 50, 2),
        (2, 3, 44, None, None, None),
    ]


def test_writing_the_order_lengthens_the_wrap_up_at_the_agent_s_pace(told):
    order = {"order_s": 50, "department": 2}
    assert told(
        "end_s",
        "done_s",
        stints=[(0, 0, ON, 0.5)],
        cases=[
            (0, call(10, wrap_up_s=4, entry_s=6, **order)),
            (20, call(10, entry_s=6)),  # opens none
            (40, call(10, wrap_up_s=TICK_S, entry_s=TICK_S, **order)),  # rounded together
            (60, call(10, patience_s=0, entry_s=6, **order)),
        ],
    ) == [(5, 10), (25, 25), (45, 45 + TICK_S), (65, 68)]


# 8. Midnight ------------------------------------------------------------------------------


def test_contacts_talks_lines_and_redials_are_carried_over_midnight(told):
    late = DAY_S - 10
    assert told(
        "k",
        "outcome",
        "start_s",
        "end_s",
        channels=[voice("phone", lines=2), message("app")],
        teams=[team("phone", "app", seats=1)],
        days=2,
        cases=[
            (late, call(30, wrap_up_s=4)),  # talks until 20 past midnight, then wraps up
            (late + 1, call(5, channel="app")),  # waits for the calls to pass
            (late + 2, call(5, patience_s=20, then={"abandoned": (40, call(5))})),
            (late + 20, call(1)),  # finds both lines taken since yesterday
            (late + 30, call(5)),  # finds the line of the talk free
        ],
    ) == [
        (1, "answered", late, late + 30),
        (1, "answered", late + 39, late + 44),
        (1, "abandoned", None, late + 22),
        (2, "answered", late + 62, late + 67),
        (1, "blocked", None, late + 20),
        (1, "answered", late + 34, late + 39),
    ]


def test_a_day_s_log_holds_what_was_settled_before_the_next_midnight(engine):
    made = world(
        days=2,
        cases=[
            (DAY_S - 10, call(10)),  # settled when it starts
            (DAY_S - 9, call(5, patience_s=9 - TICK_S)),
            (DAY_S - 8, call(5)),  # starts at midnight: the next day
            (DAY_S - 7, call(5, patience_s=7)),
            (DAY_S + 1, call(ON)),
            (DAY_S + 2, call(1)),  # never
        ],
    )
    hotline = engine_of(engine)[1](made.rules, made.tables)
    days = [hotline.run_day(day, made.cases[day], made.duty[day]) for day in range(2)]
    cases = [sorted(log.case.tolist()) for log in (*days, hotline.close())]
    assert cases == [[0, 1], [2, 3, 4], [5]]


def test_days_on_which_nothing_happens_pass(engine):
    assert len(played(world(days=3, stints=[], cases=[]), engine)) == 0


@pytest.mark.parametrize("midnight_s", [0.0, 3.0, 8.0, 10.0, 10.5, 20.0, 41.0])
def test_midnight_changes_nothing(engine, midnight_s):
    def busy_minutes(begin_s):
        silent = {"patience_s": 4, "silent": True, "then": {"abandoned": (6, call(4))}}
        return world(
            channels=[
                voice("phone", lines=3),
                chat("wechat", concurrency=2, slowdown=0.5, silent_handle_s=3),
                outbound("follow_up", unreached_handle_s=2),
            ],
            teams=[
                team("phone", "follow_up", seats=1),
                team("wechat", ("phone", 6), seats=1),
            ],
            stints=[
                (seat, begin_s + on_s, begin_s + off_s, speed)
                for seat, on_s, off_s, speed in [
                    (0, 0, 20, 1.0),
                    (0, 20, 60, 2.0),
                    (1, 3, 50, 1.5),
                ]
            ],
            days=2,
            cases=[
                (begin_s + at_s, contact)
                for at_s, contact in [
                    (1, call(9, wrap_up_s=2)),
                    (2, texting(8)),
                    (3, call(4, patience_s=7, then={"answered": (5, follow_up(3, reached=False))})),
                    (3, texting(9, **silent)),
                    (4, call(6, patience_s=4, then={"abandoned": (0, call(1))})),
                    (10, call(2, then={"blocked": (12, call(1))})),
                    (11, texting(3)),
                    (30, texting(3)),
                    (31, texting(3)),
                ]
            ],
        )

    columns = ("case", "k", "outcome", "seat", "arrival_s", "start_s", "end_s", "done_s")
    by_day = story(played(busy_minutes(3600), engine), *columns)
    over_midnight = story(played(busy_minutes(DAY_S - midnight_s), engine), *columns)
    moved = DAY_S - midnight_s - 3600
    assert over_midnight == [
        (*row[:4], *(None if at_s is None else at_s + moved for at_s in row[4:])) for row in by_day
    ]


# 9. The end of the horizon ----------------------------------------------------------------


def test_who_waits_when_the_horizon_ends_is_open(told):
    assert told(
        "outcome",
        "start_s",
        "end_s",
        "next",
        cases=[(DAY_S - 9, call(50)), (DAY_S - 8, call(1, then={"abandoned": (1, call(1))}))],
    ) == [("answered", DAY_S - 9, DAY_S + 41, None), ("open", None, None, None)]


def test_who_has_not_arrived_when_the_horizon_ends_is_due_after_it(told):
    assert told(
        "k",
        "outcome",
        "arrival_s",
        "request_s",
        "end_s",
        "next",
        "after",
        "answered_before",
        cases=[(DAY_S - 9, call(9, then={"answered": (0, call(1))}))],
    ) == [
        (1, "answered", DAY_S - 9, DAY_S - 9, DAY_S, 0, None, 0),
        (2, "due_after_end", DAY_S, None, None, None, "answered", 1),
    ]


def test_who_is_greeted_when_the_horizon_ends_has_yet_to_ask(told):
    assert (
        told(
            "outcome",
            "request_s",
            "end_s",
            cases=[
                (DAY_S - 9, call(1, greeting_s=9, then={"answered": (1, call(1))})),
                (DAY_S - 8, call(1, left_s=8, then={"left": (1, call(1))})),
            ],
        )
        == [("due_after_end", None, None)] * 2
    )


def test_what_is_due_after_the_end_stands_in_the_order_of_cases(engine):
    made = world(
        channels=[voice("phone"), message("app"), outbound("follow_up")],
        teams=[team("phone", "app", "follow_up", seats=3)],
        cases=[
            (1, call(1, then={"answered": (5 * DAY_S, call(1, channel="follow_up"))})),
            (2, call(1, greeting_s=2 * DAY_S)),
            (3, call(1, then={"answered": (3 * DAY_S, call(1, channel="app"))})),
            (4, call(1, channel="app", then={"answered": (DAY_S, call(1))})),
        ],
    )
    hotline = engine_of(engine)[1](made.rules, made.tables)
    hotline.run_day(0, made.cases[0], made.duty[0])
    assert story(hotline.close(), "case", "k", "channel", "arrival_s", "outcome") == [
        (0, 2, 2, 5 * DAY_S + 2, "due_after_end"),
        (1, 1, 0, 2, "due_after_end"),
        (2, 2, 1, 3 * DAY_S + 4, "due_after_end"),
        (3, 2, 0, DAY_S + 5, "due_after_end"),
    ]


@settings(suppress_health_check=HEAVY)
@given(tiny_worlds())
def test_cases_begun_are_those_that_ended_and_those_still_open_or_due(a_world):
    """Every contact that leads on is followed by the next, and a case has one last contact."""
    log = played(a_world, FASTEST)
    begun = sum(map(len, a_world.cases))
    last = np.append(log.case[1:] != log.case[:-1], True)[: len(log)]
    assert np.array_equal(log.case[last], np.arange(begun))
    assert np.array_equal(log.k, np.arange(len(log)) - np.searchsorted(log.case, log.case) + 1)
    leads_on = log.next != NOBODY
    assert np.array_equal(leads_on, ~last)
    assert np.array_equal(log.next[leads_on], log.channel[1:][leads_on[:-1]])
    open_, due = (int((log.outcome == o).sum()) for o in (Outcome.OPEN, Outcome.DUE_AFTER_END))
    ended = int((last & ~np.isin(log.outcome, (Outcome.OPEN, Outcome.DUE_AFTER_END))).sum())
    assert begun == ended + open_ + due
    assert np.isnan(log.end_s[last]).sum() == open_ + due


def test_who_arrives_just_before_the_horizon_ends_is_a_contact(told):
    soon = DAY_S - 9
    assert told(
        "k",
        "outcome",
        cases=[(soon, call(9 - TICK_S, then={"answered": (0, call(1))})), (soon + 1, call(1))],
    ) == [(1, "answered"), (2, "open"), (1, "answered")]


# Both engines -----------------------------------------------------------------------------


def test_a_world_played_twice_gives_the_same_log(engine):
    made = world(cases=[(0, call(10)), (1, call(3, patience_s=5)), (2, call(1))])
    assert_same(played(made, engine), played(made, engine))
