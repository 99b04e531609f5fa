"""A day played again: who was there, when, and how many waited; held against the contact log."""

import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import hotline_sim
from hotline_sim import plots
from hotline_sim.domain import DAY_S, Outcome
from hotline_sim.experiments.replay import day_of, left_s
from hotline_sim.messages import LANGUAGES
from hotline_sim.plots import look

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


@pytest.mark.parametrize(
    ("name", "there"),
    [("work-orders", {"follow_up"}), ("nanning-after", {"phone", "follow_up"})],
    ids=["those who wait", "those who speak"],
)
def test_who_is_there_at_midnight_is_there_on_both_days(name, there):
    short = hotline_sim.load(name).with_values({"horizon.days": 2, "horizon.warm_up_days": 1})
    channels = set()
    for replication in range(4):
        days = [day_of(short, seed=7, replication=replication, day=day) for day in (0, 1)]
        assert days[1].date.toordinal() - days[0].date.toordinal() == 1
        over = {(one.case, one.k): one for one in days[0].contacts if left_s(one) > DAY_S}
        assert {key: one.arrival_s - DAY_S for key, one in over.items()} == {
            (one.case, one.k): one.arrival_s for one in days[1].contacts if one.arrival_s < 0
        }
        channels |= {one.channel for one in over.values()}
    assert there <= channels


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


@pytest.fixture(scope="module")
def weird(load_text, smallest):
    title = """title = { en = '<script>alert(1)</script> $x_1$', zh = '<b>南宁</b>$x$' }"""
    return day_of(
        load_text(smallest.replace('title = { en = "smallest", zh = "最小" }', title)), **ASKED
    )


# The figure ---------------------------------------------------------------------------------


def drawn(day, lang="en"):
    ax = Figure().add_subplot()
    plots.queue_day(day, ax, lang=lang)
    return ax


def shapes_of(ax: Any, kind: Any) -> list[Any]:
    """Return the collections of a kind that are drawn in an Axes."""
    return [one for one in ax.collections if isinstance(one, kind)]


def lines_of(ax, colour):
    """Return the lines of a colour, ``(n, 2, 2)``."""
    lines = [
        line
        for one in shapes_of(ax, LineCollection)
        if to_hex(one.get_edgecolor()[0]) == colour.lower()
        for line in one.get_segments()
    ]
    return np.array(lines)


def bars_of(ax, colour):
    """Return the times of an agent's strip of a colour, ``(n, 2)``."""
    bars = [
        (path.vertices[:, 0].min(), path.vertices[:, 0].max())
        for one in shapes_of(ax, PolyCollection)
        if one.get_paths() and to_hex(one.get_facecolor()[0]) == colour.lower()
        for path in one.get_paths()
    ]
    return np.array(bars)


def test_every_wait_is_a_line_as_long_as_in_the_log(first_day, log):
    waits = lines_of(drawn(first_day), look.FIRST)
    until_s = np.where(np.isnan(log.start_s), log.end_s, log.start_s)
    waited_s = (until_s - log.arrival_s)[log.arrival_s < DAY_S]
    assert len(waits) == np.sum(waited_s > 0) > 50
    np.testing.assert_allclose((waits[:, 1, 0] - waits[:, 0, 0]).sum(), waited_s.sum())


def test_each_caller_has_a_row_and_comes_again_in_it(first_day):
    ax = drawn(first_day)
    tries: dict[int, list[Any]] = {}
    for one in first_day.contacts:
        tries.setdefault(one.case, []).append(one)
    first = sorted(tries.values(), key=lambda them: (them[0].arrival_s, them[0].case))
    row = {case[0].case: number for number, case in enumerate(first)}
    again = [one for one in first_day.contacts if one.k > 1]
    joins = lines_of(ax, look.QUIET)
    assert {(row[one.case], one.arrival_s) for one in again} <= {(int(y), x) for _, (x, y) in joins}
    assert len(again) > 20


def test_agents_are_drawn_busy_as_long_as_they_were(first_day, log):
    talks = bars_of(drawn(first_day), look.SECOND)
    answered = log.outcome == Outcome.ANSWERED
    talked_s = (log.end_s - log.start_s)[answered].sum()
    np.testing.assert_allclose((talks[:, 1] - talks[:, 0]).sum(), talked_s)


def test_those_who_give_up_are_marked(first_day, log):
    marks = sum(len(one.get_offsets()) for one in shapes_of(drawn(first_day), PathCollection))
    assert marks == np.sum(log.outcome == Outcome.ABANDONED)


def test_a_figure_of_a_window_shows_the_window(first_day):
    ax = drawn(first_day.between(36_000, 39_600))
    assert ax.get_xlim() == (36_000, 39_600)
    whole = drawn(first_day)
    assert whole.get_xlim() == (8 * 3600, 20 * 3600)
    assert len(lines_of(ax, look.SECOND)) < len(lines_of(whole, look.SECOND))


def test_too_many_callers_for_one_figure_are_refused():
    crowd = day_of(
        hotline_sim.load("first-day", overrides=["channels.phone.cases_per_day=1000"]), **ASKED
    )
    with pytest.raises(ValueError, match=r"callers: at most 600 .* day\.between"):
        drawn(crowd)
    assert len(drawn(crowd.between(36_000, 39_600)).collections) > 3


def test_a_day_without_a_call_says_so(load_text, smallest):
    nobody = day_of(load_text(smallest.replace("per_day = 200", "per_day = 0")), **ASKED)
    assert "nothing to show" in " ".join(one.get_text() for one in drawn(nobody).texts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_figure_is_drawn_in_both_languages_whatever_the_title(weird, lang):
    image = ET.fromstring(plots.rendered(plots.queue_day_figure(weird, lang=lang), "svg"))
    assert not image.findall(".//{http://www.w3.org/2000/svg}script")
