"""Counting by compiled loops against counting by NumPy: the same tally, to the last bit."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from contacts import CITY, END, LAST_DAY, contact, duty, log, tally_differs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import scenarios
from worlds import HAS_COMPILED

from hotline_sim import load
from hotline_sim.domain import DAY_S, HOUR_S, NOBODY, ContactLog, Outcome, joined
from hotline_sim.execution import Task, play_days
from hotline_sim.measures import Counter

if not HAS_COMPILED:
    pytest.skip("no compiled engine here", allow_module_level=True)

from mutants import HEAVY, assert_told_apart, mutant_of, text_of

from hotline_sim.measures import compiled, counting

MODULES = tuple(f"measures.counting.{n}" for n in ("records", "times", "contacts", "__init__"))


@pytest.fixture(scope="module")
def cities(load_text):
    """The city as it is, without opinions, and without anything due or ordered."""
    city = load_text(CITY, "service.within_s=[15, 3600]")
    app = city.channels["app"].model_copy(update={"deadline_s": None})
    free = {"departments": {}, "channels": city.channels | {"app": app}}
    return city, city.model_copy(update={"satisfaction": None}), city.model_copy(update=free)


def tally_of(scenario, days, *, compiled, at_once=False):
    """Return the tally of (days, log, duty), counted as they come or all in one batch."""
    counter = Counter(scenario, compiled=compiled)
    for span, settled, stints in days[:-1]:
        counter.add_duty(span, stints)
        if not at_once:
            counter.add_contacts(settled)
    if at_once:
        counter.add_contacts(joined([settled for _, settled, _ in days[:-1]]))
    for span, settled, stints in days[-1:]:  # who was left at the close
        counter.add_duty(span, stints)
        counter.add_left(settled)
    return counter.tally


def differs(scenario, days):
    """Return where two tallies differ: by NumPy and compiled, day by day and at once."""
    by_numpy = tally_of(scenario, days, compiled=False)
    others = (tally_of(scenario, days, compiled=True, at_once=at_once) for at_once in (False, True))
    return next((found for other in others if (found := tally_differs(by_numpy, other))), None)


# The same tally ---------------------------------------------------------------------------

_INSTANTS = [0.0, 1.0, 1799.0, 1800.0, 9 * HOUR_S, 20 * HOUR_S, DAY_S - 1.0, DAY_S - 1 / 1024]
_WAITS = [0.0, 1.0, 15.0, 15.0 + 1 / 1024, 3.0, 2400.0, 3600.0, 1.5 * DAY_S]
_LASTS = [0.0, 60.0, 1200.0, 1.5 * DAY_S]
_SHIFTS = [  # in hours; those of one seat do not overlap, whichever follows which
    [],
    [(8, 20)],
    [(8, 32)],
    [(20, 32)],
    [(9, 10), (10.5, 12)],
]


@st.composite
def days_of(draw, scenario):
    """Draw days of contacts at a few instants, in no order, and the last midnight's rest."""
    days = []
    for day in range(LAST_DAY + 2):
        rows = draw(st.lists(contacts(day, bool(scenario.departments)), max_size=8))
        stints = [
            (seat, day * DAY_S + on * HOUR_S, day * DAY_S + off * HOUR_S)
            for seat in range(3)
            for on, off in draw(st.sampled_from(_SHIFTS))
        ]
        stints = stints if day <= LAST_DAY else []
        paid_s = (HOUR_S * draw(st.integers(0, 3)), HOUR_S)
        on_duty = duty(*sorted(stints, key=lambda stint: stint[1]), paid_s=paid_s)
        days.append((range(day, day + 1), log(*rows), on_duty))
    return days


@st.composite
def contacts(draw, day, has_orders):
    """Draw a contact settled on a day; of earlier ones of its case only their number is told."""
    one_of = st.sampled_from
    outcome = draw(st.sampled_from(Outcome))
    settled_s = day * DAY_S + draw(one_of(_INSTANTS))
    arrival_s = max(0.0, settled_s - draw(one_of(_WAITS)))
    row = contact(
        outcome.name.lower(),
        arrival_s,
        wait_s=settled_s - arrival_s,
        talk_s=draw(one_of(_LASTS)),
        wrap_up_s=draw(one_of([0.0, 30.0])),
        channel=draw(st.integers(0, 3)),
        born_s=max(0.0, arrival_s - draw(one_of([0.0, 0.0, 1.0, DAY_S]))),
        after=draw(one_of([NOBODY, *Outcome])),
        failed=draw(st.integers(0, 2)),
        answered_before=draw(one_of([0, 0, 1])),
        mood=draw(one_of([0.0, 0.3, 0.78, 0.85, 0.999])),
        rating=draw(one_of([0.0, 0.39, 0.4, 0.8])),
    )
    if row["seat"] != NOBODY:
        seat = draw(st.integers(0, 2))
        row |= {"seat": seat, "team": int(seat == 2)}
    elif outcome == Outcome.ABANDONED and draw(st.booleans()):  # without a word: a chat
        late = {"end_s": arrival_s, "start_s": settled_s, "done_s": settled_s + 60.0}
        row |= {"seat": 0, "team": 0, **late}
    if outcome == Outcome.ANSWERED and has_orders and draw(st.booleans()):
        row |= {"order_s": draw(one_of([60.0, 7200.0, 7201.0])), "department": 0}
    return row


@settings(suppress_health_check=HEAVY, max_examples=max(200, settings().max_examples))
@given(st.data())
def test_contacts_made_by_hand_are_counted_alike(cities, data):
    scenario = data.draw(st.sampled_from(cities))
    assert differs(scenario, data.draw(days_of(scenario))) is None


@settings(suppress_health_check=HEAVY)
@given(scenarios())
def test_whatever_a_scenario_may_say_is_counted_alike(scenario):
    assert differs(scenario, played(scenario)) is None


@pytest.mark.parametrize(
    "name", ["nanning-before", "nanning-after", "work-orders", "busy-chat-day"]
)
def test_the_catalogue_is_counted_alike(name):
    scenario = load(name)
    days = {"days": min(scenario.horizon.days, 10), "warm_up_days": 2}
    horizon = scenario.horizon.model_copy(update=days)
    scenario = scenario.model_copy(update={"horizon": horizon})
    assert differs(scenario, played(scenario)) is None


def played(scenario):
    """Return the (days, log, duty) of a replication, a day each."""
    task = Task(scenario, seed=1, replication=0, engine="compiled")
    return [
        (span, settled, stints)
        for span, settled, stints in play_days(replace(task, contacts=Path("written day by day")))
    ]


def test_nothing_counted_is_a_tally_of_nothing(cities):
    for scenario in cities:
        assert differs(scenario, []) is None
        assert differs(scenario, [(range(1), log(), duty())]) is None


# One version is compiled ------------------------------------------------------------------


def in_other_forms(settled):
    """Return logs that are equal, of other types, spread in memory, or not to be written to."""
    columns = {field.name: getattr(settled, field.name) for field in fields(ContactLog)}
    smaller = {n: c.astype(np.int32) if c.dtype == np.int64 else c for n, c in columns.items()}
    spread = {n: np.repeat(c, 2)[::2] for n, c in columns.items()}
    fixed = {n: c.copy() for n, c in columns.items()}
    for column in fixed.values():
        column.flags.writeable = False
    return [ContactLog(**form) for form in (smaller, spread, fixed)]


def test_columns_of_any_form_are_counted_by_the_same_machine_code(cities):
    city = cities[0]
    settled = log(contact("answered", 2 * DAY_S, wait_s=3.0), contact("blocked", 2 * DAY_S))
    for form in (settled, *in_other_forms(settled)):
        assert differs(city, [(range(LAST_DAY + 1), form, duty((0, 0.0, END)))]) is None
    for function in (
        counting.weighs,
        counting.counts,
        counting.spreads,
        counting.adds_queued,
        counting.finds_peaks,
        counting.adds_busy,
    ):
        assert len(function.signatures) == 1


# A test of the tests ----------------------------------------------------------------------
# The text of the compiled loops is also Python. Each mistake below is made in a copy of it,
# and contacts made by hand must tell the copy from NumPy's way.

MISTAKES = {
    "the first instant is not counted": (
        "(by.from_s <= arrival_s)",
        "(by.from_s < arrival_s)",
    ),
    "cases begin after the first instant": (
        "if not by.from_s <= born_s < by",
        "if not by.from_s < born_s < by",
    ),
    "any first contact arrives as its case is born": (
        " & (log.born_s[i] == arrival_s)",
        "",
    ),
    "a failed case tries first": (
        "never_answered & (log.failed[i] == 0)",
        "never_answered",
    ),
    "whom the menu serves has tried": (
        "inbound & has_asked(log.outcome[i]) & ",
        "inbound & ",
    ),
    "being blocked is no failure": (
        "(after == ABANDONED) | (after == BLOCKED)",
        "after == ABANDONED",
    ),
    "callbacks are redials": (
        "after_failure = inbound & ",
        "after_failure = ",
    ),
    "15 seconds are too long": (
        "if sought_s <= by",
        "if sought_s < by",
    ),
    "15 seconds since dialling are too long": (
        "if wait_s <= by",
        "if wait_s < by",
    ),
    "who is answered at once is within the first threshold alone": (
        "range(within.shape[2])",
        "range(1)",
    ),
    "who left at once is within no threshold": (
        "// BY_OUTCOME == ABANDONED:",
        "// BY_OUTCOME == BLOCKED:",
    ),
    "who left at once has waited": (
        "(sought_s > 0.0)",
        "(sought_s >= 0.0)",
    ),
    "who leaves is counted as answered in time": (
        "ABANDONED_WITHIN if abandoned else ANSWERED_WITHIN",
        "ANSWERED_WITHIN",
    ),
    "the blocked wait until the end": (
        "(outcome == BLOCKED) | (not has_asked(outcome))",
        "not has_asked(outcome)",
    ),
    "who still waits at the end has not waited": (
        "until_s = by.until_s if outcome == OPEN",
        "until_s = log.arrival_s[i] if outcome == OPEN",
    ),
    "a chat that left silently waits until it is found": (
        "log.end_s[i] if outcome == ABANDONED",
        "log.start_s[i] if outcome == ABANDONED and log.seat[i] != NOBODY",
    ),
    "the queue of the warm-up is counted": (
        "from_s = max(request_s(log, i), by.from_s)",
        "from_s = request_s(log, i)",
    ),
    "time in the queue is all of its first half-hour": (
        "spent_s = min(edge_s, until_s) - from_s",
        "spent_s = until_s - from_s",
    ),
    "the queue is that of all channels": (
        "if by.calls[channel]:\n            notes.queued",
        "if True:\n            notes.queued",
    ),
    "what is due after the end is a first try": (
        "is_due = log.outcome[i] == DUE_AFTER_END",
        "is_due = False",
    ),
    "follow-ups are rated": (
        "by.are_asked & (inbound | never_answered)",
        "by.are_asked",
    ),
    "the dissatisfied rate like others": (
        "else by.response_ratio * by",
        "else by",
    ),
    "failures do not matter": (
        "- by.per_failed_contact * log.failed[i]",
        "",
    ),
    "a late order does not matter": (
        "- by.order_late * late",
        "",
    ),
    "an order is late at its deadline": (
        "order_s <= by.order_deadline_s",
        "order_s < by.order_deadline_s",
    ),
    "a message is late at its deadline": (
        "log.end_s[i] <= due_s",
        "log.end_s[i] < due_s",
    ),
    "what is due after the end is due": (
        "and due_s <= by.until_s",
        "and not math.isnan(due_s)",
    ),
    "what nobody answers is not due": (
        "and has_asked(log.outcome[i]):\n",
        "and log.outcome[i] == ANSWERED:\n",
    ),
    "what was in hand at midnight is lost": (
        "return notes_hands(log, by, sums, notes, held)",
        "return notes_hands(log, by, sums, notes, 0)",
    ),
    "chats held together take their times": (
        "max(hands.from_s[hand], seat.until_s)",
        "max(hands.from_s[hand], from_s)",
    ),
    "only the first stint is busy": (
        "            stint = behind[at(stint)]\n",
        "            break\n",
    ),
    "a stint that has begun is over": (
        "stints.until_s[at(seat.stint)] <= begin_s",
        "stints.from_s[at(seat.stint)] < begin_s",
    ),
    "silent leavers take no time": (
        "if log.seat[i] != NOBODY:",
        "if log.seat[i] != NOBODY and log.outcome[i] != ABANDONED:",
    ),
    "days are counted from the warm-up": (
        "int((born_s - by.from_s) / DAY_S)",
        "int(born_s / DAY_S) % 3",
    ),
}


@pytest.fixture
def mutant(monkeypatch):
    """Count by the compiled loops as plain Python, a place in their text changed."""

    def changed(old=None, new=""):
        where = None
        if old is not None:
            (where,) = (name for name in MODULES if old in text_of(name))
        monkeypatch.setattr(compiled, "counting", mutant_of(monkeypatch, MODULES, where, old, new))

    return changed


@settings(suppress_health_check=[*HEAVY, HealthCheck.function_scoped_fixture])
@given(st.data())
def test_the_text_of_the_compiled_loops_is_right_as_python_too(mutant, cities, data):
    mutant()
    scenario = data.draw(st.sampled_from(cities))
    assert differs(scenario, data.draw(days_of(scenario))) is None


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mutant, cities, mistake):
    mutant(*MISTAKES[mistake])
    city = cities[0]
    assert_told_apart(days_of(city), lambda days: differs(city, days) is not None, mistake, 2000)
