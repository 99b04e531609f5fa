"""The local page: its sliders, its numbers, its server; in a browser where there is one."""

import base64
import contextlib
import datetime
import io
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import browser
import openpyxl
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import messages, money, scenario
from hotline_sim.app import levers, playing, replay, serving, views, words
from hotline_sim.app.levers import Kind, Setting
from hotline_sim.cli import main
from hotline_sim.domain import HOUR_S
from hotline_sim.experiments import DEFAULT_SEED, compare, day_of
from hotline_sim.reports.numbers import shown, shown_change
from hotline_sim.reports.replay.contents import as_json, played
from hotline_sim.reports.typography import typeset
from hotline_sim.scenario import workbook
from hotline_sim.scenario.volumes import cases_per_day, mean_cases_per_day

streamlit_testing = pytest.importorskip("streamlit.testing.v1")

needs_chromium = pytest.mark.skipif(not browser.CHROMIUM, reason="no Chromium is installed")
FIRST_DAY_SEATS = "shift:teams.desk.shifts.0.seats"
REPLICATIONS = 10
MOST_OF_A_KIND = 5  # sliders that are moved: some hotlines have a hundred


def moved(name, *, of, to):
    return levers.changed(scenario.load(of), Setting({name: to}))


def people(loaded):
    return {name: mean_cases_per_day(one) for name, one in levers._inbound(loaded).items()}


# ---- sliders


@pytest.mark.parametrize("name", scenario.catalogue())
def test_every_slider_of_a_shipped_scenario_can_be_moved_to_both_ends(name):
    loaded = scenario.load(name)
    of_a_kind: Counter[Kind] = Counter()
    for one in levers.levers_of(loaded):
        of_a_kind[one.kind] += 1
        if of_a_kind[one.kind] > MOST_OF_A_KIND:
            continue
        assert one.low <= one.value <= one.high
        for end in {one.low, one.high} - {one.value}:
            there = levers.changed(loaded, Setting({one.name: end}))
            assert there.simulated_digest() != loaded.simulated_digest(), one


def test_a_slider_that_stands_where_the_file_has_it_changes_nothing():
    loaded = scenario.load("nanning-after")
    stands = {one.name: one.value for one in levers.levers_of(loaded)}
    assert levers.changed(loaded, Setting(stands, "outsourced")) is loaded


def test_twice_the_demand_is_twice_the_people_on_every_channel():
    twice = people(moved("demand:", of="nanning-after", to=200.0))
    for name, was in people(scenario.load("nanning-after")).items():
        assert twice[name] == pytest.approx(2 * was)


def test_a_channel_gets_its_share_from_the_main_one_and_nobody_is_lost():
    was = people(scenario.load("nanning-after"))
    now = people(moved("mix:wechat", of="nanning-after", to=25.0))
    assert now["wechat"] == pytest.approx(0.25 * sum(was.values()))
    assert now["app"] == pytest.approx(was["app"])
    assert sum(now.values()) == pytest.approx(sum(was.values()))


def test_seats_and_redials_are_the_keys_that_a_file_has():
    seats = moved("seats:teams.day.seats", of="nanning-after", to=20.0)
    assert seats.teams["day"].seats == 20.0
    (name,) = (
        one.name for one in levers.levers_of(scenario.load("first-day")) if one.kind is Kind.REDIAL
    )
    assert moved(name, of="first-day", to=80.0).channels["phone"].next[0].probability == 0.8


@pytest.mark.parametrize("employment", money.EMPLOYMENTS)
def test_a_budget_of_what_the_roster_costs_buys_just_that_roster(employment):
    loaded = scenario.load("nanning-after")
    cost = levers.terms_known(loaded)[employment]
    bought = levers.changed(loaded, Setting({}, employment, cost))
    assert bought.teams["day"].seats == pytest.approx(loaded.teams["day"].seats)
    assert {team.employment for team in bought.teams.values()} == {employment}
    low, high, _ = levers.budget_lever(cost)
    assert low < cost < high


@pytest.mark.parametrize("name", ["first-day", "nanning-after", "province"])
def test_looks_grow_and_the_first_is_small(name):
    loaded = scenario.load(name)
    looks = playing.looks_at(loaded)
    assert looks == sorted(looks, key=lambda one: (one.days, one.replications))
    assert (looks[-1].days == loaded.horizon.days) is (name != "province")
    first = looks[0]
    days = first.days + loaded.horizon.warm_up_days
    if name != "province":  # whose warm-up alone is more
        assert cases_per_day(loaded) * days * first.replications < 200_000
    assert first.replications >= 2


def test_words_of_a_file_are_no_markup():
    assert words.plain("*a* <script> [b](c) `d` $e$") == r"\*a\* \<script\> \[b\](c) \`d\` \$e\$"


# ---- the page


@pytest.fixture(scope="module", autouse=True)
def _compiled():
    """Compile the engine once, before anybody waits for a page."""
    hotline_sim.run("first-day", replications=2, jobs=1)


@pytest.fixture
def no_figures(monkeypatch):
    """Leave out the large figures, which take most of a turn of the page."""
    dot = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    monkeypatch.setattr(views.View, "drawn", lambda *_: dot)


def page(first="first-day", lang="en"):
    """Return the page as a session has it."""
    at = streamlit_testing.AppTest.from_string(serving.page_text(lang, first), default_timeout=60)
    return at.run()


def slider(at, name):
    (found,) = (one for one in at.slider if str(one.key).endswith(f"/{name}"))
    return found


def button(at, said):
    (found,) = (one for one in at.button if one.label == messages.text(said, "en"))
    return found


def tiles(at):
    """Return the measures in the answer: value, and change if there is one."""
    assert not at.exception
    return {one.label: (one.value, one.delta) for one in at.metric}


def measure(name, lang="en"):
    return messages.text(f"measure.{name}", lang)


def test_the_answer_is_that_of_the_command_with_the_slider_moved():
    at = page()
    told = tiles(at)
    alone = hotline_sim.run("first-day", replications=REPLICATIONS, jobs=1)
    rate = alone.measures["connect_rate"]
    assert told[measure("connect_rate")] == (shown("connect_rate", rate.mean), "")
    slider(at, FIRST_DAY_SEATS).set_value(5.0)
    told = tiles(at.run())
    more = alone.scenario.with_values({"teams.desk.shifts.0.seats": 5})
    both = compare(alone.scenario, more, replications=REPLICATIONS, jobs=1)
    for name in ("connect_rate", "case_connect_rate", "asa_s"):
        mean, change = both.b.measures[name].mean, both.difference[name]
        assert told[measure(name)] == (shown(name, mean), shown_change(name, change))
    assert any("| Unchanged | Changed | difference |" in one.value for one in at.markdown)


@pytest.mark.usefixtures("no_figures")
def test_reset_puts_every_slider_back():
    at = page()
    before = tiles(at)
    slider(at, FIRST_DAY_SEATS).set_value(1.0)
    assert tiles(at.run()) != before
    button(at, "app.reset").click()
    assert tiles(at.run()) == before
    assert slider(at, FIRST_DAY_SEATS).value == 3.0


@pytest.mark.usefixtures("no_figures")
def test_the_language_is_switched_and_the_sliders_stay():
    at = page()
    slider(at, FIRST_DAY_SEATS).set_value(2.0)
    at.button_group(key="view/en").set_value("assumed")
    english = tiles(at.run())
    at.button_group(key="language").set_value("zh")
    chinese = tiles(at.run())
    assert at.header[0].value == messages.text("app.title", "zh")
    rate = english[measure("connect_rate")]
    assert chinese[measure("connect_rate", "zh")] == tuple(typeset(one, "zh") for one in rate)
    assert slider(at, FIRST_DAY_SEATS).value == 2.0
    at.run()  # once more, as when anything is moved in it
    assert at.selectbox(key="city/zh").value == "first-day"
    assert at.button_group(key="view/zh").value == "assumed"
    labels = [one.label for one in (*at.slider, *at.selectbox, *at.number_input)]
    assert not [one for one in labels if one.isascii()]


@pytest.mark.usefixtures("no_figures")
def test_another_city_is_chosen_with_its_own_sliders_and_its_published_figures():
    at = page()
    at.selectbox(key="city/en").set_value("one-team")
    tiles(at.run())
    assert slider(at, "shift:teams.desk.shifts.0.seats").value == 8.0
    assert "phone: % who redial after giving up" not in [one.label for one in at.slider]


@pytest.mark.usefixtures("no_figures")
def test_a_target_is_held_against_the_interval():
    at = page()
    at.number_input[0].set_value(20.0)
    at.run()
    verdicts = [one.value for one in at.caption if "target 20" in one.value]
    assert len(verdicts) == 1
    assert verdicts[0].endswith(messages.text("verdict.met", "en"))


def test_faults_of_a_file_are_told_a_line_each(tmp_path, smallest):
    path = tmp_path / "mine.toml"
    path.write_text(smallest.replace("seats = 3", "seets = 3"), encoding="utf-8")
    at = page(str(path))
    with pytest.raises(scenario.ScenarioError) as told:
        scenario.load(path)
    assert at.code[0].value.splitlines() == told.value.text("en").splitlines()
    assert not at.metric


@pytest.mark.usefixtures("no_figures")
def test_an_uploaded_file_is_shown_under_its_own_name(smallest):
    at = page()
    at.selectbox(key="city/en").set_value("")
    at.run()
    right = smallest.replace("smallest", "a *town* <script>")
    wrong = smallest.replace("seats = 3", "seets = 3")
    at.file_uploader(key="file").set_value(("town.toml", wrong.encode(), "application/toml"))
    at.run()
    told = at.code[0].value.splitlines()
    assert "town.toml: teams.desk.shifts.0.seets: no such key; did you mean seats?" in told
    at.file_uploader(key="file").set_value(("town.toml", right.encode(), "application/toml"))
    assert tiles(at.run())
    assert any(r"a \*town\* \<script\>" in one.value for one in at.markdown)


@pytest.mark.usefixtures("no_figures")
def test_the_blank_workbook_can_be_filled_in_and_uploaded():
    at = page()
    at.selectbox(key="city/en").set_value("")
    at.run()
    (offered,) = at.get("download_button")
    assert offered.proto.label == messages.text("app.take_blank", "en")
    content = workbook.blank("Guilin", "en")
    at.file_uploader(key="file").set_value(("guilin.xlsx", content, "application/octet-stream"))
    assert tiles(at.run())
    assert any("Guilin" in one.value for one in at.markdown)
    book = openpyxl.load_workbook(io.BytesIO(content))
    for cell in (one for sheet in book for row in sheet for one in row):
        if isinstance(cell.value, datetime.datetime | datetime.date):
            cell.value = "the first of May"
            place = f"guilin.xlsx: {cell.parent.title}!{cell.coordinate}"
    wrong = io.BytesIO()
    book.save(wrong)
    at.file_uploader(key="file").set_value(("guilin.xlsx", wrong.getvalue(), ""))
    at.run()
    assert at.code[0].value.startswith(place)


@pytest.mark.usefixtures("no_figures")
def test_two_sessions_at_once_have_their_own_sliders_and_numbers():
    alone = {}
    pages = {seats: page() for seats in (1.0, 5.0)}
    for seats, at in pages.items():
        slider(at, FIRST_DAY_SEATS).set_value(seats)
        alone[seats] = tiles(at.run())
    assert alone[1.0] != alone[5.0]
    together = {}

    def move(seats):
        at = pages[6.0 - seats]  # each to where the other was
        slider(at, FIRST_DAY_SEATS).set_value(seats)
        together[seats] = tiles(at.run())

    threads = [threading.Thread(target=move, args=[seats]) for seats in pages]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert together == alone


@pytest.mark.usefixtures("no_figures")
def test_the_scenario_taken_along_is_the_changed_one(tmp_path):
    at = page()
    slider(at, FIRST_DAY_SEATS).set_value(4.0)
    at.button_group(key="view/en").set_value("take")
    at.run()
    labels = [one.proto.label for one in at.get("download_button")]
    assert labels == [messages.text("app.take_scenario", "en")]
    changed = moved(FIRST_DAY_SEATS, of="first-day", to=4.0)
    (tmp_path / "again.toml").write_text(changed.to_toml(), encoding="utf-8")
    again = scenario.load(tmp_path / "again.toml")
    assert again.simulated_digest() == changed.simulated_digest()


@pytest.mark.usefixtures("no_figures")
def test_reports_and_a_workbook_are_made_when_they_are_asked_for():
    at = page()
    at.button_group(key="view/en").set_value("take")
    at.run()
    button(at, "app.make_report").click()
    at.run()
    files = {one.proto.label: one.proto for one in at.get("download_button")}
    said = ("scenario", "html", "word", "workbook")
    assert list(files) == [messages.text(f"app.take_{one}", "en") for one in said]
    assert not at.exception


@pytest.mark.usefixtures("no_figures")
def test_the_day_that_is_replayed_is_the_changed_one():
    at = page()
    slider(at, FIRST_DAY_SEATS).set_value(2.0)
    at.button_group(key="view/en").set_value("replay")
    at.run()
    two = scenario.load("first-day").with_values({"teams.desk.shifts.0.seats": 2})
    day = day_of(two, seed=DEFAULT_SEED, replication=0)
    hours = replay.hours_first(day)
    part = day.between(hours[0] * HOUR_S, hours[1] * HOUR_S)
    assert len(part.contacts) == len(day.contacts) > 200
    (frame,) = at.get("iframe")
    assert as_json(played(part)) in frame.proto.srcdoc


# ---- the server


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(serving, "is_installed", lambda: False)
    told = CliRunner().invoke(main, ["app", "--lang", "en"])
    assert told.exit_code == 2
    assert told.stderr.splitlines() == [messages.text("app.not_installed", "en")]
    assert "hotline-sim[app]" in told.stderr


def test_a_port_that_is_taken_is_told_in_one_line():
    with socket.socket() as other:
        other.bind((serving.ADDRESS, 0))
        other.listen()
        port = other.getsockname()[1]
        told = CliRunner().invoke(main, ["app", "--port", str(port), "--lang", "en"])
    assert told.exit_code == 2
    assert told.stderr.splitlines() == [messages.text("app.port_taken", "en", port=port)]


def test_a_scenario_that_is_none_is_told_before_anything_is_started():
    told = CliRunner().invoke(main, ["app", "nannin", "--lang", "en"])
    assert told.exit_code == 2
    assert told.stderr.startswith("nannin: ")


@contextlib.contextmanager
def served(*arguments):
    """Give the address of a page, and the process that serves it."""
    port = serving.free_port(None)
    command = [sys.executable, "-m", "hotline_sim", "app", *arguments]
    process = subprocess.Popen(
        [*command, "--no-browser", "--lang", "en", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(Path(hotline_sim.__file__).parents[1])},
    )
    try:
        line = process.stderr.readline()
        assert line == messages.text("app.running", "en", address=f"http://127.0.0.1:{port}") + "\n"
        yield f"http://127.0.0.1:{port}", process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@needs_chromium
def test_a_slider_moved_in_a_browser_changes_the_number_and_nothing_asks_the_network():
    values = "[...document.querySelectorAll('[data-testid=stMetricValue]')].map(e => e.innerText)"
    knob = "document.querySelector('[data-testid=stSlider] :is([role=slider], input[type=range])')"
    with served("first-day") as (address, process), browser.chromium() as tab:
        tab.wide(1280)
        tab.visit(address)
        tab.waits_for(f"{knob} !== null && {values}.length > 2")
        first = tab.waits_for(f"{values}[0]")
        tab.value(f"{knob}.focus()")
        tab.press("ArrowRight", 39)
        tab.waits_for(f"{values}[0] !== {first!r}")
        more = scenario.load("first-day").with_values({"teams.desk.shifts.0.seats": 4})
        found = hotline_sim.run(more, replications=REPLICATIONS, jobs=1).measures["connect_rate"]
        tab.waits_for(f"{values}[0] === {shown('connect_rate', found.mean)!r}")
        tab.value(
            "[...document.querySelectorAll('button')].find(b => b.innerText === '中文').click()"
        )
        tab.waits_for(f"document.body.innerText.includes({messages.text('app.title', 'zh')!r})")
        tab.value("document.fonts.ready.then(() => true)")
        assert all(is_own for _, is_own in tab.fonts("[data-testid=stMain]"))
        local = (address, address.replace("http", "ws"), "data:", "blob:")
        assert not [one for one in tab.requests() if not one.startswith(local)]
        if sys.platform == "linux":  # where 127.0.0.2 is this computer, too
            with socket.socket() as other:
                assert other.connect_ex(("127.0.0.2", int(address.rpartition(":")[2]))) != 0
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == messages.text("app.ended", "en") + "\n"
