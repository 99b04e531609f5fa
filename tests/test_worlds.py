"""Hand-made worlds: honest tables in which the contacts asked for are found, or a refusal."""

import pytest
from reading import Read, uniforms
from worlds import call, chat, outbound, team, voice, world

from hotline_sim.domain import DAY_S, NOBODY, Outcome

CHANNELS = {
    "channels": [voice("phone"), voice("english"), chat("wechat"), outbound("follow_up")],
    "teams": [team("phone", "english", "wechat", "follow_up", seats=1)],
}


def texting(**more):
    return call(5, channel="wechat", **more)


def read_of(made, *, case, channel, k):
    """Return what reads the tables for a contact of a case that begins on the first day."""
    born_on, place = int(made.cases[0].channel[case]), int(made.cases[0].place[case])
    u = uniforms(made.tables.keys[born_on], 0, k, place)[0]
    return Read(made.tables, channel, k, u)


def test_each_contact_s_own_numbers_read_what_was_asked_for():
    silent = texting(patience_s=4, silent=True, wrap_up_s=1, then={"abandoned": (9, call(6))})
    made = world(
        **CHANNELS,
        cases=[
            (0, texting(contained=True)),
            (1, silent),
            (2, texting(then={"contained": (3, call(1, channel="english"))})),
        ],
    )
    found = [read_of(made, case=i, channel=2, k=1) for i in range(3)]
    brought = [read.what_it_brings() for read in found]
    assert [one[3:6] for one in brought] == [
        (True, False, True),
        (False, True, True),
        (False, False, True),
    ]
    assert [one[:2] for one in brought] == [(5, 0), (5, 1), (5, 0)]
    assert brought[1][2] == 4
    assert min(brought[0][2], brought[2][2]) > 100 * 365 * DAY_S  # never
    for ending in (Outcome.ANSWERED, Outcome.ABANDONED, Outcome.CONTAINED):
        leads = [read.what_follows(ending, None)[0] for read in found]
        leads = [(i, to, delay_s) for i, (to, delay_s, *_) in enumerate(leads) if to != NOBODY]
        assert leads == {Outcome.ABANDONED: [(1, 0, 9)], Outcome.CONTAINED: [(2, 1, 3)]}.get(
            ending, []
        )


def test_the_places_of_a_day_s_cases_differ_on_each_channel_and_are_no_row():
    cases = [(i, call(1, channel=("phone", "english")[i % 2])) for i in range(20)]
    made = world(**CHANNELS, cases=cases).cases[0]
    for channel in (0, 1):
        places = made.place[made.channel == channel]
        assert len(set(places)) == 10
        assert max(places) > 10


@pytest.mark.parametrize(
    ("first", "told"),
    [
        (  # by two ways to one try on one channel
            call(1, then={"abandoned": (1, call(2)), "answered": (1, call(3))}),
            "two contacts 2 on channel 0",
        ),
        (
            call(
                1,
                order_s=9,
                department=0,
                deadline_s=4,
                urging=call(2),
                then={"abandoned": (1, call(3))},
            ),
            "two contacts 2 on channel 0",
        ),
        (  # on two channels, on both of which some are served by the menu
            call(
                1,
                then={
                    "abandoned": (1, call(2, contained=True)),
                    "answered": (1, call(2, channel="english")),
                },
            ),
            "contact 2 is contained on one channel only",
        ),
        (
            call(1, order_s=9, department=0, then={"answered": (8, call(3))}),
            "what follows an order comes at its end",
        ),
    ],
)
def test_a_world_is_refused_whose_contacts_contradict_each_other(first, told):
    with pytest.raises(AssertionError, match=told):
        world(**CHANNELS, cases=[(0, first), (1, call(1, channel="english", contained=True))])
