"""The compiled engine against the SimPy model: the same log, row by row, to the last bit.

Where they part, hypothesis prints the smallest world it found; play it with both engines.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from mutants import HEAVY, PACKAGE, assert_told_apart, mutant_of
from strategies import scenarios, tiny_worlds
from worlds import HAS_COMPILED, call, chat, message, team, voice, world, world_of

import hotline_sim
from hotline_sim import model, scenario
from hotline_sim.domain import DAY_S, ContactLog, joined

if not HAS_COMPILED:
    pytest.skip("no compiled engine here", allow_module_level=True)

from hotline_sim import kernel
from hotline_sim.compiled import functions
from hotline_sim.measures import counting  # noqa: F401  (so that what it compiles is known)


def logs_of(engine, a_world):
    """Return the logs of a world's days, and that of what was left open."""
    hotline = engine.Hotline(a_world.rules, a_world.tables)
    days = enumerate(zip(a_world.cases, a_world.duty, strict=True))
    return [*(hotline.run_day(day, cases, duty) for day, (cases, duty) in days), hotline.close()]


def differences(ours, theirs):
    """Return the first column in which two logs differ, and the first row; None if none."""
    for column in (field.name for field in fields(ContactLog)):
        a, b = getattr(ours, column), getattr(theirs, column)
        if (a.dtype, len(a)) != (b.dtype, len(b)):
            return column, (a.dtype, len(a)), (b.dtype, len(b))
        differs = (a != b) & ((a == a) | (b == b))
        if differs.any():
            row = int(np.argmax(differs))
            return column, row, a[row], b[row]
    return None


def twins_differ(a_world, engine=kernel):
    """Return the first day on which two engines' logs differ, and where; None if none."""
    days = zip(logs_of(model, a_world), logs_of(engine, a_world), strict=True)
    found = ((day, differences(a, b)) for day, (a, b) in enumerate(days))
    return next(((day, where) for day, where in found if where is not None), None)


# The same log -----------------------------------------------------------------------------


@settings(suppress_health_check=HEAVY)
@given(tiny_worlds())
def test_engines_agree_where_everything_happens_at_once(a_world):
    assert twins_differ(a_world) is None


@settings(suppress_health_check=HEAVY, max_examples=max(200, settings().max_examples))
@given(scenarios())
def test_engines_agree_on_whatever_a_scenario_may_say(a_scenario):
    assert twins_differ(world_of(a_scenario)) is None


@pytest.mark.parametrize("name", ["nanning-before", "nanning-after", "first-day"])
def test_engines_agree_on_the_catalogue(name):
    loaded = scenario.load(name)
    shorter = loaded.horizon.model_copy(update={"days": min(loaded.horizon.days, 10)})
    without = shorter.model_copy(update={"warm_up_days": 0})
    assert twins_differ(world_of(loaded.model_copy(update={"horizon": without}))) is None


@pytest.mark.slow
def test_engines_agree_for_a_year():
    assert twins_differ(world_of(scenario.load("nanning-after"))) is None


@settings(suppress_health_check=HEAVY)
@given(tiny_worlds())
def test_days_played_together_have_the_log_of_days_played_one_by_one(a_world):
    """By either engine: cases are found by number, and numbers by the day they were born on."""
    cases, duty = _joined(a_world.cases), _joined(a_world.duty)
    by_day = joined(logs_of(model, a_world)).in_order()
    for engine in (model, kernel):
        hotline = engine.Hotline(a_world.rules, a_world.tables)
        log = hotline.run_day(len(a_world.cases) - 1, cases, duty)
        assert differences(by_day, joined([log, hotline.close()]).in_order()) is None


def _joined(days):
    """Return the cases, or the stints, of days as those of one span."""
    columns = {
        field.name: np.concatenate([getattr(day, field.name) for day in days])
        for field in fields(days[0])
        if field.name not in ("first", "paid_s")
    }
    rest = {name: getattr(days[0], name) for name in ("first", "paid_s") if hasattr(days[0], name)}
    return type(days[0])(**columns, **rest)


def test_cases_that_may_not_be_written_to_are_played_all_the_same():
    a_world = world_of(scenario.load("first-day"))
    tables = [a_world.tables, *a_world.cases, *a_world.duty]
    columns = [getattr(table, name) for table in tables for name in names_of(table)]
    arrays = [column for column in columns if isinstance(column, np.ndarray)]
    for array in arrays:
        array.flags.writeable = False
    assert len(arrays) == 1 + 3 + 5
    assert twins_differ(a_world) is None


def names_of(table):
    """Return the names of a table's columns, whether it is a tuple or a dataclass."""
    return getattr(table, "_fields", None) or [field.name for field in fields(table)]


# Memory -----------------------------------------------------------------------------------

NIGHTS = """\
format = 1
title = { en = "nights", zh = "夜间" }
horizon = { start = 2024-03-04, days = 160 }
[channels.wechat]
kind = "chat"
cases_per_day = 40
concurrency = 2
silent_share = 0.5
silent_handle_s = 60
talk = { law = "exponential", mean_s = 300 }
patience = { law = "exponential", mean_s = 9000 }
[[channels.wechat.next]]
after = "abandoned"
to = "wechat"
probability = 0.6
delay = { law = "exponential", mean_s = 50000 }
[[channels.wechat.next]]
after = "answered"
to = "app"
probability = 0.4
delay = { law = "exponential", mean_s = 200000 }
[channels.app]
kind = "message"
talk = { law = "exponential", mean_s = 200 }
[[channels.app.next]]
after = "answered"
to = "wechat"
probability = 0.3
delay = { law = "exponential", mean_s = 90000 }
[teams.desk]
employment = "in_house"
serves = ["wechat", "app"]
shifts = [{ seats = 2, from = "09:00", to = "17:00" }]
"""


def test_memory_does_not_grow_with_the_days(load_text):
    a_world = world_of(load_text(NIGHTS))
    hotline = kernel.Hotline(a_world.rules, a_world.tables)
    sizes = []
    for day, (cases, duty) in enumerate(zip(a_world.cases, a_world.duty, strict=True)):
        hotline.run_day(day, cases, duty)
        arrays = (*hotline._state, *hotline._state.log)
        sizes.append(sum(array.nbytes for array in arrays if isinstance(array, np.ndarray)))
        empty = np.flatnonzero(hotline._state.contacts["stage"] == kernel.state.EMPTY)
        assert sorted(empty_places(hotline._state)) == empty.tolist()
    assert max(sizes[80:]) <= 2 * max(sizes[:80])  # room is doubled when it is short


def test_memory_does_not_depend_on_what_may_follow(load_text):
    """Three channels that lead into each other nine times in ten, and a few cases a day."""
    everywhere = NIGHTS.replace("0.6", "0.9").replace("0.4", "0.9").replace("0.3", "0.9")
    nowhere = NIGHTS.replace("0.6", "0.0").replace("0.4", "0.0").replace("0.3", "0.0")
    sizes = []
    for text in (everywhere, nowhere):
        loaded = load_text(text, "horizon.days=10", "channels.wechat.cases_per_day=3")
        a_world = world_of(loaded)
        hotline = kernel.Hotline(a_world.rules, a_world.tables)
        for day, (cases, duty) in enumerate(zip(a_world.cases, a_world.duty, strict=True)):
            hotline.run_day(day, cases, duty)
        arrays = [array for array in hotline._state if isinstance(array, np.ndarray)]
        sizes.append(sum(array.nbytes for array in arrays))
    assert sizes[0] <= 4 * sizes[1]


def empty_places(state):
    """Return the places for contacts that are said to be empty, following one to the next."""
    clock = state.clock[0]
    places: list[int] = []
    while len(places) < clock.empty_contacts:
        places.append(int(state.contacts[places[-1]].behind if places else clock.empty_contact))
    return places


def test_a_silent_leavers_next_channel_is_remembered_for_days():
    """It waits for an agent while its case goes on and ends, and other calls come and go."""
    again = call(5.0, channel="phone")
    gone = call(5.0, channel="wechat", patience_s=1.0, silent=True)
    a_world = world(
        channels=(chat("wechat"), voice("phone"), message("app")),
        teams=(team("phone", seats=1), team("wechat", seats=1)),
        stints=[(0, 0.0, 5 * DAY_S), (1, 4 * DAY_S, 5 * DAY_S)],
        cases=[
            (0.0, replace(gone, then={"abandoned": (DAY_S, again)})),
            *((day * DAY_S + 5.0, call(1.0, channel="app")) for day in range(1, 4)),
        ],
        days=5,
    )
    assert twins_differ(a_world) is None
    silent = logs_of(kernel, a_world)[4].where(np.array([0]))
    assert (silent.channel.tolist(), silent.next.tolist()) == ([0], [1])


# A test of the tests ----------------------------------------------------------------------
# The text of the compiled engine is also Python. Each mistake below is made in a copy of it,
# and tiny worlds must tell the copy from the model.

MISTAKES = {
    "the last comes first": (
        "hotline",
        "who = queue.first\n    leave",
        "who = queue.last\n    leave",
    ),
    "patience runs out before an agent comes": (
        "hotline",
        "elif meets_s == now_s:",
        "elif meets_s == now_s and gives_up_s > now_s:",
    ),
    "a line is held until the wrap-up is done": (
        "hotline",
        "hold_line_until(state, number, end_s)",
        "hold_line_until(state, number, done_s)",
    ),
    "a line is free only after the instant": (
        "queues",
        "soonest_s(state.talks) <=",
        "soonest_s(state.talks) <",
    ),
    "agents come on before others go off": (
        "hotline",
        "elif goes_off_s == now_s:",
        "elif goes_off_s == now_s and comes_on_s > now_s:",
    ),
    "who goes off takes one more": (
        "hotline",
        "elif goes_off_s == now_s:",
        "elif goes_off_s == now_s and meets_s > now_s:",
    ),
    "midnight belongs to the day before": (
        "hotline",
        "now_s >= until_s",
        "now_s > until_s",
    ),
    "new cases go before redials": (
        "hotline",
        "goes_first(clock.now_s, case,",
        "goes_first(clock.now_s, NOBODY,",
    ),
    "who asks goes before who arrives": (
        "hotline",
        "goes_first(greeted[1].at_s, greeted[1].tie, coming[1])",
        "greeted[1].at_s <= coming[1].at_s",
    ),
    "a newcomer does not wait for the others of the instant": (
        "hotline",
        "no_meeting and _arrives_next_s(state) > clock.now_s",
        "no_meeting",
    ),
    "a newcomer does not wait for the meeting": (
        "hotline",
        "no_meeting and _arrives_next_s(state) > clock.now_s",
        "_arrives_next_s(state) > clock.now_s",
    ),
    "agents are taken by their seats": (
        "queues",
        "agents[at(before)].since_s == agent.since_s",
        "True",
    ),
    "idle agents of one instant are not sorted": (
        "queues",
        "while before > seat and",
        "while False and",
    ),
    "an agent holds one chat too many": (
        "queues",
        "held + 1 < queue.concurrency",
        "held < queue.concurrency",
    ),
    "all chats count for the slowdown": (
        "hotline",
        "queue.slowdown * agent.held",
        "queue.slowdown * (agent.held + 1)",
    ),
    "an empty chat costs nothing": ("hotline", "now_s + queue.silent_handle_s", "now_s"),
    "an unreached call costs nothing": ("hotline", "now_s + queue.unreached_handle_s", "now_s"),
    "the novice is as fast as anybody": (
        "hotline",
        "agent.speed = today.speed[stint]",
        "agent.speed = 1.0",
    ),
    "promotion is ignored": ("queues", "if not state.teams[team].promotes:", "if True:"),
    "promotion is a moment late": (
        "queues",
        "now_s >= queue.first_s + queue.promote",
        "now_s > queue.first_s + queue.promote",
    ),
    "the first promoted in serves goes first": (
        "queues",
        "if is_promoted and queue.first_s < promoted_s:",
        "if is_promoted and promoted_s == math.inf:",
    ),
    "of promoted contacts of one instant the last in serves goes first": (
        "queues",
        "queue.first_s < promoted_s",
        "queue.first_s <= promoted_s",
    ),
    "who is greeted holds no line": (
        "queues",
        "queue.greeted + queue.talking",
        "queue.talking",
    ),
    "who has been greeted holds a line for ever": ("hotline", "greeted -= 1", "greeted -= 0"),
    "nobody hangs up in the greeting": (
        "contacts",
        "leaves < channel.leaves_in_greeting_share",
        "False",
    ),
    "who hangs up does so at the greeting's end": (
        "contacts",
        "return scaled_s(lasts_s, when), True",
        "return lasts_s, True",
    ),
    "help counts from dialling": (
        "queues",
        "NOBODY and state.contacts[help_.next].request_s",
        "NOBODY and state.contacts[help_.next].arrival_s",
    ),
    "the line's oldest is who dialled first": (
        "queues",
        "queue.first_s = contact.request_s",
        "queue.first_s = contact.arrival_s",
    ),
    "what is due after the end is forgotten": (
        "endings",
        "contact.stage < WAITING",
        "contact.stage < LATER",
    ),
    "overflow is ignored": (
        "buffers",
        "_records(s.SERVES, [(e.channel, e.after_s)",
        "_records(s.SERVES, [(e.channel, 0.0)",
    ),
    "overflow comes a moment late": (
        "queues",
        "now_s < queue.first_s + after_s",
        "now_s <= queue.first_s + after_s",
    ),
    "nobody looks when overflow begins": ("hotline", "else next_help_s(state)", "else _NEVER"),
    "being blocked is no failure": (
        "endings",
        "(outcome == ABANDONED) | (outcome == BLOCKED)",
        "outcome == ABANDONED",
    ),
    "the case of a silent leaver ends": (
        "hotline",
        "contact.leads_to = leads_to\n        if leads_to != NOBODY:",
        "contact.leads_to = leads_to\n        if False:",
    ),
    "a silent leaver forgets where its case went": (
        "hotline",
        "contact.leads_to = leads_to\n        if",
        "contact.leads_to = NOBODY\n        if",
    ),
    "a redial waits from the beginning of the call": (
        "endings",
        "comes_again(state, who, outcome, end_s + delay_s)",
        "comes_again(state, who, outcome, state.clock[0].now_s + delay_s)",
    ),
    "a redial counts for two contacts": ("endings", "contact.k += 1", "contact.k += 2"),
    "who is answered is forgotten": (
        "endings",
        "contact.answered_before += outcome == ANSWERED",
        "contact.answered_before += False",
    ),
    "a case has a contact too many": ("contacts", "contact.k >= tables", "contact.k > tables"),
    "who chases an order leads nowhere": (
        "contacts",
        "if contact.pending != NOBODY:\n        to, delay_s",
        "if False:\n        to, delay_s",
    ),
    "who is answered while chasing an order opens another": (
        "hotline",
        "if contact.pending == NOBODY:",
        "if True:",
    ),
    "an urging goes on after the whole order": (
        "contacts",
        "pending, rest_s = row, order_s - delay_s",
        "pending, rest_s = row, order_s",
    ),
    "late orders are not chased": ("contacts", "elif order_s > followed.deadline_s", "elif False"),
    "an order due at its deadline is late": (
        "contacts",
        "elif order_s > followed.deadline_s",
        "elif order_s >= followed.deadline_s",
    ),
    "what is chased is chased for ever": (
        "endings",
        "contact.pending, contact.rest_s = leads_to, pending, rest_s\n        comes",
        "contact.pending, contact.rest_s = leads_to, contact.pending, rest_s\n        comes",
    ),
    "writing an order takes no time": (
        "hotline",
        "wrap_up_s += time_of(tables, opened.entry,",
        "wrap_up_s += 0.0 * time_of(tables, opened.entry,",
    ),
    "every office is the first": ("hotline", "department = opened.department", "department = 0"),
    "nobody leaves at once": (
        "contacts",
        "uniform_of(state, contact, _LEAVES_AT_ONCE) < share",
        "False",
    ),
    "the menu serves nobody": (
        "contacts",
        "uniform_of(state, contact, _SELF_SERVICE) < share",
        "False",
    ),
    "what follows is lost at midnight": (
        "hotline",
        "if state.contacts[at(who)].stage == LATER:",
        "if False:",
    ),
    "k is forgotten": ("demand.compiled", "np.uint64(k),", "np.uint64(1),"),
    "the day of birth is forgotten": ("demand.compiled", "np.uint64(day),", "np.uint64(0),"),
    "the place is forgotten": ("demand.compiled", "np.uint64(place + 1),", "np.uint64(1),"),
    "what is worked out together forgets the day": (
        "demand.compiled_cases",
        "place, 1, day, _TALK)",
        "place, 1, 0, _TALK)",
    ),
    "what is worked out together is of another channel": (
        "demand.compiled_cases",
        "channel.talk, some.talk,",
        "tables.channels[0].talk, some.talk,",
    ),
    "a second contact brings what the first one brought": (
        "contacts",
        "contact.k == 1",
        "contact.k <= 2",
    ),
    "another round of Philox": ("demand.compiled", "_ROUNDS = 10", "_ROUNDS = 11"),
}
MODULES = tuple(
    f"kernel.{n}"
    for n in ("state", "events", "queues", "buffers", "contacts", "endings", "hotline")
)
MODULES = ("demand.compiled", "demand.compiled_cases", *MODULES)


@pytest.fixture
def mutant(monkeypatch):
    """Return the compiled engine as plain Python, a place in one of its modules changed."""

    def changed(module=None, old="", new=""):
        whole = module if module is None or "." in module else f"kernel.{module}"
        return mutant_of(monkeypatch, MODULES, whole, old, new)

    return changed


@pytest.fixture
def unchanged(mutant):
    """Return the compiled engine as plain Python."""
    return mutant()


@settings(suppress_health_check=[*HEAVY, HealthCheck.function_scoped_fixture])
@given(a_world=tiny_worlds())
def test_the_text_of_the_compiled_engine_is_right_as_python_too(unchanged, a_world):
    assert twins_differ(a_world, unchanged) is None


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mutant, mistake):
    engine = mutant(*MISTAKES[mistake])
    assert_told_apart(tiny_worlds(), lambda w: twins_differ(w, engine) is not None, mistake, 4000)


# Where machine code is kept ---------------------------------------------------------------

UID = os.getuid() if hasattr(os, "getuid") else None


@pytest.fixture
def copied(tmp_path):
    """Return a copy of the package that nothing can be kept in, and how to run Python with it."""
    package = Path(hotline_sim.__file__).parent
    copy = tmp_path / "site" / "hotline_sim"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "compiled" / "__pycache__").write_text("a file where a folder would have to be")
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    def run(code, **environment):
        nowhere = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "USERPROFILE"), os.devnull)
        variables = {**os.environ, **nowhere, "TMPDIR": str(temporary), **environment}
        variables |= {"PYTHONPATH": str(copy.parent), "PYTHONDONTWRITEBYTECODE": "1"}
        variables.pop("NUMBA_CACHE_DIR", None)
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=temporary,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    vars(run).update(package=copy, temporary=temporary)
    return run


FOLDER = "from hotline_sim.compiled import functions; print(functions._folder())"
PLAY = """
from hotline_sim import kernel, model, scenario
from hotline_sim.demand import Demand, tables_of
from hotline_sim.staffing import Staffing
from hotline_sim.streams import Streams
one = scenario.load("first-day")
cases, duty = Demand(one, Streams(1, 0)).draw(0), Staffing(one, Streams(1, 0)).duty(0)
print(len(kernel.Hotline(scenario.rules(one), tables_of(one, 1, 0)).run_day(0, cases, duty)))
"""
posix = pytest.mark.skipif(UID is None, reason="others' folders are told by their owner's number")


@posix
def test_machine_code_is_kept_in_a_private_folder_if_nowhere_else(copied):
    folder = Path(copied(FOLDER))
    assert folder.parent == copied.temporary / f"hotline-sim-{UID}"
    assert folder.parent.stat().st_mode & 0o077 == 0


@posix
def test_machine_code_is_not_kept_where_others_could_change_it(copied):
    (copied.temporary / f"hotline-sim-{UID}").mkdir()
    (copied.temporary / f"hotline-sim-{UID}").chmod(0o777)
    assert copied(FOLDER) == "None"


def test_machine_code_is_kept_where_the_user_wants_it(copied, tmp_path):
    wanted = str(tmp_path / "wanted")
    assert Path(copied(FOLDER, XDG_CACHE_HOME=wanted)).parent == Path(wanted)


def test_no_machine_code_is_left_in_the_package_where_there_is_another_place(copied, tmp_path):
    (copied.package / "compiled" / "__pycache__").unlink()
    wanted, beside = tmp_path / "wanted", copied.package / "compiled" / "__pycache__"
    assert Path(copied(FOLDER, XDG_CACHE_HOME=str(wanted))).parent == wanted
    if UID is not None:
        assert Path(copied(FOLDER)).parent == copied.temporary / f"hotline-sim-{UID}"
        (copied.temporary / f"hotline-sim-{UID}").chmod(0o777)  # no longer safe
    assert not beside.exists()
    assert Path(copied(FOLDER)).parent == beside


def test_machine_code_is_there_when_that_of_every_function_is(monkeypatch, tmp_path):
    monkeypatch.setattr(functions, "_folder", lambda: tmp_path)
    for name in functions._entered:
        assert not functions.is_kept()
        (tmp_path / f"{name}-1.py311.nbi").touch()
    assert functions.is_kept()
    assert {"hotline.plays_day", "contacts.counts"} <= set(functions._entered)


@pytest.mark.parametrize("source", ["kernel/people.py", "measures/counting/times.py"])
def test_changed_sources_are_compiled_again(copied, source):
    before = copied(FOLDER)
    with (copied.package / source).open("a") as file:
        file.write("\n# changed\n")
    assert copied(FOLDER) != before


@posix
@pytest.mark.slow
def test_a_day_is_played_where_nothing_can_be_kept(copied):
    (copied.temporary / f"hotline-sim-{UID}").write_text("a file")
    shutil.copytree(PACKAGE.parent / "scenarios", copied.package / "scenarios")
    assert int(copied(PLAY)) > 0
