"""Laws that hold whatever the numbers are: on hand-sized worlds of whole seconds, full of
ties, and on random scenario files.
"""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import brought, columns, numbers_of
from strategies import scenarios
from worlds import (
    ENGINES,
    FASTEST,
    Contact,
    assert_same,
    chat,
    message,
    outbound,
    played,
    team,
    voice,
    world,
    world_of,
)

from hotline_sim.definitions import measure_of, with_threshold
from hotline_sim.demand.words import Word
from hotline_sim.domain import (
    DAY_S,
    N_ENDINGS,
    NEVER_ASKED,
    NOBODY,
    ChannelKind,
    Outcome,
    joined,
    scaled_s,
)
from hotline_sim.execution import Task, engine_of, replicate
from hotline_sim.measures import (
    Counter,
    HeadlineChannels,
    channel_measures,
    measures_of,
    team_measures,
)
from hotline_sim.money import cost_measures
from hotline_sim.scenario import rules

ANSWERED, ABANDONED, BLOCKED, CONTAINED, UNREACHED, LEFT, OPEN, DUE_AFTER_END = Outcome


@pytest.fixture(params=ENGINES, scope="module")
def engine(request):
    return request.param


# Random worlds ----------------------------------------------------------------------------

seconds = st.integers(0, 6).map(float)
waits = st.one_of(st.just(math.inf), seconds)
NAMES = ("phone", "english", "wechat", "app", "follow_up")


def channels():
    """Return every kind of channel, two of them voice."""
    lines = st.one_of(st.none(), st.integers(0, 4))
    return st.tuples(
        st.builds(voice, st.just("phone"), lines=lines, promote_after_s=waits),
        st.builds(voice, st.just("english"), lines=lines),
        st.builds(
            chat,
            st.just("wechat"),
            concurrency=st.integers(1, 3),
            slowdown=st.sampled_from([0.0, 0.5]),
            silent_handle_s=seconds,
        ),
        st.builds(message, st.just("app"), promote_after_s=waits),
        st.builds(outbound, st.just("follow_up"), unreached_handle_s=seconds),
    )


@st.composite
def teams(draw):
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True))
    after = st.one_of(st.just(0.0), seconds)
    return team(*((name, draw(after)) for name in names), seats=draw(st.integers(1, 2)))


@st.composite
def stints(draw, seat):
    """Return stints of one seat that may touch, but do not overlap."""
    instants = sorted(draw(st.lists(st.integers(0, 30), min_size=2, max_size=6, unique=True)))
    touching = draw(st.booleans())
    pairs = list(itertools.pairwise(instants))[:: 1 if touching else 2]
    speeds = st.sampled_from([1.0, 1.0, 0.5, 2.0])
    return [(seat, float(on), float(off), draw(speeds)) for on, off in pairs]


_TRIES = 3  # after which nothing follows, but what an order of the last leads to
_ENDINGS = st.sampled_from([outcome.name.lower() for outcome in list(Outcome)[:N_ENDINGS]])


@st.composite
def contacts(draw):
    """Return the first contact of a case: what may follow, as far as numbers can say so.

    The k-th contact is what it is on each channel, whatever came before; whether it is
    served by the menu, hangs up in the greeting, leaves silently or is reached is the same on
    all channels.
    """
    found, answers = {}, {}

    def contact(k):
        channel = draw(st.sampled_from(("phone", *NAMES)))
        if (k, channel) not in found:
            if k not in answers:
                rarely = st.sampled_from([False] * 9 + [True])
                answers[k] = draw(st.tuples(rarely, rarely, st.booleans(), st.booleans()))
            found[k, channel] = made(k, channel, *answers[k])
        return found[k, channel]

    def made(k, channel, contained, left, silent, reached):
        order = draw(st.sampled_from([{}, {}, {"order_s": 9.0}, {"order_s": 9.0, "deadline_s": 4}]))
        if order:
            order |= {"department": draw(st.integers(0, 2)), "entry_s": draw(seconds)}
            order["urging"] = contact(k + 1) if draw(st.booleans()) else None
        endings = draw(st.lists(_ENDINGS, max_size=2, unique=True)) if k <= _TRIES else ()
        return Contact(
            talk_s=draw(seconds),
            channel=channel,
            wrap_up_s=draw(st.sampled_from([0.0, 0.0, 1.0, 2.0])),
            patience_s=draw(waits) if channel in ("phone", "english", "wechat") else math.inf,
            greeting_s=0.0 if channel == "follow_up" else draw(st.just(0.0) | seconds),
            left_s=draw(seconds) + 1.0 if left and channel != "follow_up" else None,
            contained=contained and channel != "follow_up",
            silent=silent and channel == "wechat",
            reached=reached or channel != "follow_up",
            then={ending: followed(k, ending, order) for ending in endings},
            **order,
        )

    def followed(k, ending, order):
        if ending != "answered" or not order:
            return draw(seconds), contact(k + 1)
        late = order["urging"] is not None and order["order_s"] > order.get("deadline_s", math.inf)
        return order["order_s"], contact(k + 1 + late)

    return contact(1)


@st.composite
def plans(draw):
    """Return the parts of a world whose time begins at 0."""
    served = draw(st.lists(teams(), min_size=1, max_size=3))
    seats = range(sum(one.seats for one in served))
    return {
        "channels": draw(channels()),
        "teams": served,
        "stints": [stint for seat in seats for stint in draw(stints(seat))],
        "cases": draw(
            st.lists(st.tuples(st.integers(0, 20).map(float), contacts()), min_size=4, max_size=10)
        ),
    }


def begun_at(plan, begin_s, *, days):
    """Return the world of a plan that begins at an instant; what is past the horizon is not."""
    end_s = days * DAY_S
    return world(
        channels=plan["channels"],
        teams=plan["teams"],
        stints=[
            (seat, begin_s + on_s, begin_s + off_s, speed)
            for seat, on_s, off_s, speed in plan["stints"]
            if begin_s + on_s < end_s
        ],
        cases=[(begin_s + at_s, c) for at_s, c in plan["cases"] if begin_s + at_s < end_s],
        days=days,
    )


beginnings = st.one_of(
    st.integers(0, 40).map(lambda s: DAY_S - s),  # midnight in between
    st.integers(0, 40).map(lambda s: 2 * DAY_S - s),  # the end of the horizon
)
worlds = st.builds(begun_at, plans(), beginnings, days=st.just(2))

# One world in three is that of a scenario file, its times as uneven as people's.
anything = st.one_of(worlds, worlds, scenarios(days=st.just(1)).map(world_of))


def others(log, i):
    return (j for j in range(len(log)) if j != i)


# Contacts and cases -----------------------------------------------------------------------


@given(made=anything)
def test_every_contact_ends_once_and_every_case_is_somewhere(engine, made):
    log = played(made, engine)
    assert len(set(zip(log.case.tolist(), log.k.tolist(), strict=True))) == len(log)
    started = sum(len(cases) for cases in made.cases)
    assert np.unique(log.case).tolist() == list(range(started))
    assert np.all(log.k <= made.tables.max_contacts)
    assert np.array_equal(log.k == 1, np.append(True, np.diff(log.case) > 0)[: len(log)])
    horizon_s = len(made.cases) * DAY_S
    for i, found in enumerate(brought(made, log)):
        last = i + 1 == len(log) or log.case[i + 1] != log.case[i]
        assert log.next[i] == found.to
        assert last == (found.to == NOBODY)
        if log.outcome[i] == DUE_AFTER_END:
            assert log.arrival_s[i] + found.greeting_s >= horizon_s
        else:
            assert log.arrival_s[i] < horizon_s
        if log.outcome[i] in (OPEN, DUE_AFTER_END):
            assert last
            continue
        due_s = log.end_s[i] + found.delay_s
        if not last:
            assert (log.k[i + 1], log.arrival_s[i + 1]) == (log.k[i] + 1, due_s)
            assert (log.channel[i + 1], log.born_s[i + 1]) == (found.to, log.born_s[i])
            assert log.after[i + 1] == log.outcome[i]
            assert log.failed[i + 1] == log.failed[i] + (log.outcome[i] in (ABANDONED, BLOCKED))
            met = log.answered_before[i] + (log.outcome[i] == ANSWERED)
            assert log.answered_before[i + 1] == met


@given(made=anything)
def test_a_case_begins_with_its_first_contact(engine, made):
    log = played(made, engine)
    first = log.where(log.k == 1)
    for name, column in (("arrival_s", first.arrival_s), ("channel", first.channel)):
        born = np.concatenate([getattr(cases, name) for cases in made.cases])
        np.testing.assert_array_equal(column, born)
    np.testing.assert_array_equal(first.born_s, first.arrival_s)
    assert np.all(first.after == NOBODY)
    assert not first.failed.any()
    assert not first.answered_before.any()


@given(made=anything)
def test_orders_and_opinions_are_those_of_the_answered_s_numbers(engine, made):
    log = played(made, engine)
    found = brought(made, log)
    np.testing.assert_array_equal(log.order_s, np.array([one.order_s for one in found]))
    np.testing.assert_array_equal(log.department, np.array([one.department for one in found]))
    assert np.all(log.outcome[log.department != NOBODY] == ANSWERED)
    opined = (log.outcome == ANSWERED) & made.tables.asks_opinions
    for column, word in ((log.mood, Word.MOOD), (log.rating, Word.RATING)):
        np.testing.assert_array_equal(
            column, np.where(opined, numbers_of(made, log)[:, word], math.nan)
        )


@given(made=anything)
def test_contacts_end_as_their_outcome_says(engine, made):
    log = played(made, engine)
    found = brought(made, log)
    reached, contained, left, greeting_s = columns(
        found, "reached", "contained", "left", "greeting_s"
    )
    served = np.isin(log.outcome, [ANSWERED, UNREACHED])
    let_in = ~np.isin(log.outcome, [BLOCKED, DUE_AFTER_END])
    assert np.array_equal(log.outcome == LEFT, left & let_in)
    assert np.array_equal(log.outcome == CONTAINED, contained & ~left & let_in)
    assert np.all(greeting_s[contained & (log.outcome == BLOCKED)] > 0.0)
    asked = let_in & ~np.isin(log.outcome, [LEFT, CONTAINED])
    greeted_s = log.arrival_s + greeting_s
    np.testing.assert_array_equal(log.request_s, np.where(asked, greeted_s, math.nan))
    assert reached[log.outcome == ANSWERED].all()
    assert not reached[log.outcome == UNREACHED].any()
    blocked, in_menu = log.outcome == BLOCKED, np.isin(log.outcome, [LEFT, CONTAINED])
    assert np.array_equal(log.end_s[blocked], log.arrival_s[blocked])
    assert np.array_equal(log.end_s[in_menu], greeted_s[in_menu])
    assert np.array_equal(np.isnan(log.start_s), log.seat == NOBODY)
    assert np.array_equal(np.isnan(log.done_s), log.seat == NOBODY)
    assert np.array_equal(np.isnan(log.end_s), np.isin(log.outcome, [OPEN, DUE_AFTER_END]))
    assert (log.seat != NOBODY)[served].all()
    (silent,) = columns(found, "silent")
    ghost = (log.outcome == ABANDONED) & silent
    assert not (log.seat != NOBODY)[~served & ~ghost].any()


@given(made=anything)
def test_nobody_waits_past_patience_and_nobody_leaves_before(engine, made):
    log = played(made, engine)
    (patience_s,) = columns(brought(made, log), "patience_s")
    served = np.isin(log.outcome, [ANSWERED, UNREACHED])
    waited_s = (log.start_s - log.request_s)[served]
    assert np.all((waited_s >= 0) & (waited_s <= patience_s[served]))
    left = log.outcome == ABANDONED
    assert np.array_equal((log.end_s - log.request_s)[left], patience_s[left])
    rest_s = len(made.cases) * DAY_S - log.request_s[log.outcome == OPEN]
    assert np.all(rest_s <= patience_s[log.outcome == OPEN])


@given(made=anything)
def test_nobody_is_overtaken_on_the_own_channel(engine, made):
    log = played(made, engine)
    served = [i for i in range(len(log)) if log.outcome[i] in (ANSWERED, UNREACHED)]
    until_s = np.where(np.isin(log.outcome, [ANSWERED, UNREACHED]), log.start_s, log.end_s)
    until_s = np.where(log.outcome == OPEN, math.inf, until_s)
    for i in served:
        same = (log.channel == log.channel[i]) & (log.request_s < log.request_s[i])
        assert not (same & (until_s > log.start_s[i])).any()


# Lines ------------------------------------------------------------------------------------


@given(made=anything)
def test_lines_are_never_exceeded_and_nobody_is_blocked_while_one_is_free(engine, made):
    log = played(made, engine)
    for number, channel in enumerate(made.rules.channels):
        here = log.where(log.channel == number)
        blocked = here.outcome == BLOCKED
        if channel.lines is None:
            assert not blocked.any()
            continue
        greeted = here.end_s > here.arrival_s  # else whom the menu serves needs no line
        on_line = here.where(
            ~blocked
            & ((here.outcome != CONTAINED) | greeted)
            & (here.arrival_s < len(made.cases) * DAY_S)
        )
        end_s = np.where(np.isnan(on_line.end_s), math.inf, on_line.end_s)
        for t in on_line.arrival_s:
            assert np.sum((on_line.arrival_s <= t) & (end_s > t)) <= channel.lines
        # Who leaves or is taken at an instant still waits while that instant's callers arrive.
        waits_until_s = np.where(np.isnan(on_line.start_s), end_s, on_line.start_s)
        for t in here.arrival_s[blocked]:
            there = (on_line.arrival_s <= t) & ((waits_until_s >= t) | (end_s > t))
            assert np.sum(there) >= channel.lines


# Agents -----------------------------------------------------------------------------------


def stints_of(a_world):
    return [
        stint
        for duty in a_world.duty
        for stint in zip(
            duty.seat.tolist(), duty.on_s.tolist(), duty.off_s.tolist(), duty.speed.tolist()
        )
    ]


@given(made=anything)
def test_contacts_are_served_by_agents_on_duty_who_serve_the_channel(engine, made):
    log = played(made, engine)
    for i in np.flatnonzero(log.seat != NOBODY):
        on_duty = [
            speed
            for seat, on_s, off_s, speed in stints_of(made)
            if seat == log.seat[i] and on_s <= log.start_s[i] < off_s
        ]
        assert len(on_duty) == 1
        assert log.team[i] == made.rules.team_of_seat[log.seat[i]]
        after_s = {entry.channel: entry.after_s for entry in made.rules.serves[log.team[i]]}
        assert log.start_s[i] - log.request_s[i] >= after_s[log.channel[i]]


@given(made=anything)
def test_an_agent_never_holds_more_than_allowed(engine, made):
    log = played(made, engine)
    for i in np.flatnonzero(log.done_s > log.start_s):
        held = (log.seat == log.seat[i]) & (log.start_s <= log.start_s[i])
        held &= log.done_s > log.start_s[i]
        kinds = {made.rules.channels[c].kind for c in log.channel[held]}
        if held.sum() > 1:
            assert kinds == {ChannelKind.CHAT}
            allowed = max(made.rules.channels[c].concurrency for c in log.channel[held])
            assert held.sum() <= allowed


@given(made=anything)
def test_handling_takes_the_drawn_time_at_the_agent_s_speed(engine, made):
    log = played(made, engine)
    talk_s, wrap_up_s = columns(brought(made, log), "talk_s", "wrap_up_s")
    for i in np.flatnonzero(log.seat != NOBODY):
        channel = made.rules.channels[log.channel[i]]
        (speed,) = (
            speed
            for seat, on_s, off_s, speed in stints_of(made)
            if seat == log.seat[i] and on_s <= log.start_s[i] < off_s
        )
        beside = [
            j
            for j in others(log, i)
            if log.seat[j] == log.seat[i] and log.start_s[j] <= log.start_s[i] <= log.done_s[j]
        ]
        paces = [speed * (1.0 + channel.slowdown * n) for n in range(len(beside) + 1)]
        possible = {
            ABANDONED: [channel.silent_handle_s],
            UNREACHED: [channel.unreached_handle_s],
            ANSWERED: [scaled_s(talk_s[i], p) + scaled_s(wrap_up_s[i], p) for p in paces],
        }
        assert log.done_s[i] - log.start_s[i] in possible[log.outcome[i]]
        if log.outcome[i] == ANSWERED:
            assert log.end_s[i] - log.start_s[i] in [scaled_s(talk_s[i], p) for p in paces]


@given(made=anything)
def test_nobody_waits_while_an_agent_could_help(engine, made):
    log = played(made, engine)
    left_s = np.where(np.isin(log.outcome, [ANSWERED, UNREACHED]), log.start_s, log.end_s)
    left_s = np.where(log.outcome == OPEN, len(made.cases) * DAY_S, left_s)
    freed_s = np.sort(log.done_s[log.seat != NOBODY])
    waited = np.flatnonzero(left_s > log.request_s)
    for i, (seat, on_s, off_s, _) in itertools.product(waited, stints_of(made)):
        serves = made.rules.serves[made.rules.team_of_seat[seat]]
        after_s = {entry.channel: entry.after_s for entry in serves}.get(log.channel[i])
        if after_s is None:
            continue
        channel = made.rules.channels[log.channel[i]]
        full = channel.concurrency if channel.kind is ChannelKind.CHAT else 1
        from_s = max(on_s, log.request_s[i] + after_s)
        until_s = min(off_s, left_s[i])
        begin, end = np.searchsorted(freed_s, [from_s, until_s])
        for t in {from_s, *freed_s[begin:end]} if from_s < until_s else ():
            held = (log.seat == seat) & (log.start_s <= t) & (log.done_s > t)
            kinds = {made.rules.channels[c].kind for c in log.channel[held]}
            assert held.sum() >= full or kinds - {ChannelKind.CHAT}, (i, seat, t)


# What changes nothing ---------------------------------------------------------------------


def moved(log, by_s):
    times = ("born_s", "arrival_s", "request_s", "start_s", "end_s", "done_s")
    return replace(log, **{name: getattr(log, name) + by_s for name in times})


@given(plan=plans(), midnight_s=st.integers(0, 40))
def test_midnight_changes_nothing(engine, plan, midnight_s):
    within_a_day = played(begun_at(plan, 3600.0, days=2), engine)
    over_midnight = played(begun_at(plan, DAY_S - midnight_s, days=2), engine)
    assert_same(moved(within_a_day, DAY_S - midnight_s - 3600.0), over_midnight)


def _slower(contact):
    """Return a contact all of whose times are twice as long."""
    if contact is None:
        return None
    names = ("talk_s", "wrap_up_s", "patience_s", "greeting_s", "deadline_s", "entry_s")
    times = {name: 2 * getattr(contact, name) for name in names}
    order_s = None if contact.order_s is None else 2 * contact.order_s
    times["left_s"] = None if contact.left_s is None else 2 * contact.left_s
    then = {o: (2 * delay_s, _slower(c)) for o, (delay_s, c) in contact.then.items()}
    return replace(contact, **times, order_s=order_s, urging=_slower(contact.urging), then=then)


@given(plan=plans())
def test_when_all_times_double_the_log_s_times_double(engine, plan):
    handle = ("silent_handle_s", "unreached_handle_s", "promote_after_s")
    slower = {
        "channels": [
            replace(channel, **{name: 2 * getattr(channel, name) for name in handle})
            for channel in plan["channels"]
        ],
        "teams": [
            replace(one, serves=tuple((name, 2 * after_s) for name, after_s in one.serves))
            for one in plan["teams"]
        ],
        "stints": [(seat, 2 * on_s, 2 * off_s, v) for seat, on_s, off_s, v in plan["stints"]],
        "cases": [(2 * at_s, _slower(contact)) for at_s, contact in plan["cases"]],
    }
    log = played(begun_at(plan, 0.0, days=1), engine)
    times = ("born_s", "arrival_s", "request_s", "start_s", "end_s", "done_s", "order_s")
    doubled = replace(log, **{name: 2 * getattr(log, name) for name in times})
    assert_same(doubled, played(begun_at(slower, 0.0, days=1), engine))


@given(plan=plans(), begin_s=beginnings)
def test_a_seat_whose_channel_nobody_calls_changes_nothing(engine, plan, begin_s):
    seats = sum(one.seats for one in plan["teams"])
    more = {
        **plan,
        "channels": [*plan["channels"], voice("russian")],
        "teams": [*plan["teams"], team("russian", seats=2)],
        "stints": [*plan["stints"], (seats, 0.0, 30.0, 1.0)],  # the other is never filled
    }
    log = played(begun_at(plan, begin_s, days=2), engine)
    assert_same(log, played(begun_at(more, begin_s, days=2), engine))


@given(plan=plans(), begin_s=beginnings)
def test_who_calls_a_line_nobody_serves_changes_nothing_for_others(engine, plan, begin_s):
    more = {
        **plan,
        "channels": [*plan["channels"], voice("russian")],
        "cases": [*plan["cases"], (20.0, Contact(5.0, channel="russian"))],
    }
    log = played(begun_at(plan, begin_s, days=2), engine)
    with_them = played(begun_at(more, begin_s, days=2), engine)
    assert_same(log, with_them.where(with_them.channel < len(plan["channels"])))


# Measures ---------------------------------------------------------------------------------
# The log is the same by every engine: one suffices.


def counted(scenario):
    """Return the log, all stints, and the tally of one replication, counted day by day."""
    made = world_of(scenario, seed=7)
    hotline, counter = engine_of(FASTEST)[1](made.rules, made.tables), Counter(scenario)
    logs = []
    for day, (cases, duty) in enumerate(zip(made.cases, made.duty, strict=True)):
        counter.add_duty(day, duty)
        logs.append(hotline.run_day(day, cases, duty))
        counter.add_contacts(logs[-1])
    logs.append(hotline.close())
    counter.add_left(logs[-1])
    return joined(logs), stints_of(made), counter.tally


def within(scenario, at_s):
    begin_s = scenario.horizon.warm_up_days * DAY_S
    return (at_s >= begin_s) & (at_s < begin_s + scenario.horizon.days * DAY_S)


@given(scenario=scenarios())
def test_counting_day_by_day_gives_the_replication_s_measures(scenario):
    found = replicate(Task(scenario, 7, 0, FASTEST))
    tally = counted(scenario)[2]
    np.testing.assert_equal(
        found.measures, measures_of(scenario, tally) | cost_measures(scenario, tally)
    )
    np.testing.assert_equal(found.by_channel, channel_measures(scenario, tally))
    np.testing.assert_equal(found.by_team, team_measures(scenario, tally))


@given(scenario=scenarios())
def test_sums_are_counts_in_the_log(scenario):
    log, _, tally = counted(scenario)
    log = log.where(within(scenario, log.arrival_s))
    found, headline = channel_measures(scenario, tally), measures_of(scenario, tally)
    for number, name in enumerate(scenario.channels):
        here = log.where(log.channel == number)
        counts = {o.name.lower(): int((here.outcome == o).sum()) for o in Outcome}
        still_greeted = counts.pop("due_after_end")  # so it has not asked
        counts["left_in_greeting"] = left = counts.pop("left")
        counts["offered"] = len(here) - counts["contained"] - left - still_greeted
        assert {key: found[name][key] for key in counts} == counts
        answered = here.where(here.outcome == ANSWERED)
        waited_s = answered.start_s - answered.arrival_s
        since_request_s = answered.start_s - answered.request_s
        for since, from_s in (("", since_request_s), ("_of_dialling", waited_s)):
            for within_s in scenario.thresholds_s:
                sums = tally.by_day[with_threshold(f"answered_within{since}", within_s)]
                assert sums[:, number].sum() == (from_s <= within_s).sum()
        assert tally.by_day["wait_s"][:, number].sum() == waited_s.sum()
        assert tally.waits[number].sum() == counts["answered"]
    calls = np.isin(log.channel, HeadlineChannels.of(scenario).calls)
    settled = [headline[name] for name in ("answered", "abandoned", "blocked")]
    assert headline["offered"] == sum(settled) + (calls & (log.outcome == OPEN)).sum()
    assert headline["work_orders"] == (~np.isnan(log.order_s)).sum()
    rates = [headline["connect_rate_24h_min"], headline["connect_rate"]]
    assert not rates[0] > rates[1] + 1e-12


@given(scenario=scenarios())
def test_cases_are_counted_once_each_from_the_log(scenario):
    log, _, tally = counted(scenario)
    found = measures_of(scenario, tally)
    inbound = [channel.kind != "outbound" for channel in scenario.channels.values()]
    born = log.where(within(scenario, log.born_s)).in_order()
    asked: set[int] = set()
    answered: set[int] = set()
    first: set[int] = set()
    served: set[int] = set()  # by a call the centre made before they asked
    for case, channel, outcome in zip(born.case.tolist(), born.channel, born.outcome):
        if inbound[channel] and outcome not in NEVER_ASKED and case not in asked | served:
            asked.add(case)
            first |= {case} if outcome == ANSWERED else set()
        if outcome == ANSWERED:
            (answered if case in asked else served).add(case)
    assert found["cases"] == len(asked)
    assert found["due_after_end"] == (born.outcome == DUE_AFTER_END).sum()
    if asked:
        assert found["case_connect_rate"] == len(answered) / len(asked)
        assert found["first_try_connect_rate"] == len(first) / len(asked)


@given(scenario=scenarios())
def test_rates_are_fractions(scenario):
    found = measures_of(scenario, counted(scenario)[2])
    for name, value in found.items():
        low, high = measure_of(name).bounds
        assert math.isnan(value) or low <= value <= high, name
    assert not found["service_level"] > found["connect_rate"]
    assert not found.get("satisfaction_of_cases", 0.0) > found["case_connect_rate"]


@given(scenario=scenarios())
def test_busy_time_is_the_union_of_what_is_in_hand_on_duty(scenario):
    log, stints, tally = counted(scenario)
    begin_s = scenario.horizon.warm_up_days * DAY_S
    end_s = begin_s + scenario.horizon.days * DAY_S
    busy_s, duty_s = np.zeros(len(scenario.teams)), np.zeros(len(scenario.teams))
    for seat, *stint, _ in stints:
        on_s, off_s = np.clip(stint, begin_s, end_s)
        number = rules(scenario).team_of_seat[seat]
        held = log.where(log.seat == seat)
        edges = np.unique(np.clip([*held.start_s, *held.done_s, on_s, off_s], on_s, off_s))
        middles = (edges[:-1] + edges[1:]) / 2.0
        busy = [np.any((held.start_s < t) & (t < held.done_s)) for t in middles]
        busy_s[number] += np.diff(edges)[busy].sum()
        duty_s[number] += off_s - on_s
    np.testing.assert_array_equal(tally.duty_s, duty_s)
    np.testing.assert_array_equal(tally.busy_s, busy_s)
    assert np.all(busy_s <= duty_s)


@given(scenario=scenarios())
def test_the_number_waiting_is_rate_times_mean_wait(scenario):
    log, _, tally = counted(scenario)
    answered = (log.outcome == ANSWERED) & np.isin(log.channel, HeadlineChannels.of(scenario).calls)
    log = log.where(answered & within(scenario, log.arrival_s))
    # From the log: the number waiting as it steps up and down, over time.
    at_s = np.concatenate([log.arrival_s, log.start_s])
    order = np.argsort(at_s, kind="stable")
    waiting = np.cumsum(np.repeat([1.0, -1.0], len(log))[order])
    in_line_s = float(np.sum(waiting[:-1] * np.diff(at_s[order])))
    # From the measures: Little's law (1961) for those who are answered.
    found = measures_of(scenario, tally)
    if found["answered"]:
        assert found["answered"] * found["asa_s"] == pytest.approx(in_line_s)
    else:
        assert in_line_s == 0.0
