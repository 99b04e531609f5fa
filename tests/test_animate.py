"""The page that plays a day: its data are the log's, and it plays in a browser that asks nobody."""

import html
import json
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from browser import CHROMIUM, chromium
from click.testing import CliRunner

import hotline_sim
from hotline_sim.cli import main
from hotline_sim.domain import TICKS_PER_S
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.reports.replay import animation, write_animation
from hotline_sim.reports.replay.contents import FIELDS, hours_of, lanes_of

ASKED: dict[str, Any] = {"seed": 7, "replication": 1}
HOSTILE = "</script><script>document.title='run'</script><!--"
in_a_browser = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not on this machine")


@pytest.fixture(scope="module")
def day():
    return hotline_sim.day_of("first-day", **ASKED).trimmed()


@pytest.fixture(scope="module")
def page(day):
    return animation(day, lang="en").decode()


@pytest.fixture(scope="module")
def hostile(load_text, smallest):
    title = f"title = {{ en = '''{HOSTILE}''', zh = '''{HOSTILE}''' }}"
    named = smallest.replace('title = { en = "smallest", zh = "最小" }', title)
    second = f"""
[teams.second]
{title}
employment = "in_house"
serves = ["phone"]
shifts = [{{ seats = 1, from = "08:00", to = "20:00" }}]
"""
    found = hotline_sim.day_of(load_text(named + second), **ASKED)
    return replace(found, scenario=found.scenario.model_copy(update={"name": HOSTILE}))


def told(page: str) -> dict[str, Any]:
    """Return what the page's script is given."""
    found = re.search(r'<script type="application/json" id="day">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    tree: dict[str, Any] = json.loads(found[1])
    return tree


def hotline(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_the_page_of_first_day_is_small_and_the_same_every_time(day, page):
    assert 20_000 < len(page.encode()) < 200_000
    assert animation(day, lang="en").decode() == page


def test_the_page_has_the_times_of_the_log_to_the_last_bit(day, page):
    tree = told(page)
    rows = [dict(zip(FIELDS, row, strict=True)) for row in tree["contacts"]]
    assert tree["fields"] == list(FIELDS)
    assert len(rows) == len(day.contacts) > 200
    for one, row in zip(day.contacts, rows, strict=True):
        for name in ("arrival", "request", "answer", "end", "done"):
            seconds = getattr(one, f"{name}_s")
            assert row[name] == (None if seconds is None else seconds * TICKS_PER_S)
        assert tree["outcomes"][row["outcome"]] == one.outcome


def test_nobody_is_drawn_over_another_and_redials_keep_their_lane(day):
    lanes, count = lanes_of(day)
    assert set(lanes) == set(range(count))
    lane_of = {(one.case, one.k): lane for one, lane in zip(day.contacts, lanes, strict=True)}
    redials = [one for one in day.contacts if one.k > 1]
    assert len(redials) > 20
    assert all(lane_of[one.case, one.k] == lane_of[one.case, one.k - 1] for one in redials)
    for lane in range(count):
        there = [one for one, its in zip(day.contacts, lanes, strict=True) if its == lane]
        for before, after in pairwise(sorted(there, key=lambda one: one.arrival_s)):
            assert before.end_s <= after.arrival_s


def test_the_table_by_hour_adds_up_to_the_day(day):
    hours = hours_of(day)
    assert sum(one.arrived for one in hours) == len(day.contacts)
    assert sum(one.answered for one in hours) == sum(
        one.outcome == "answered" for one in day.contacts
    )
    for number, one in enumerate(hours, start=8):
        seconds = range(number * 3600, (number + 1) * 3600)
        assert one.from_ == f"{number:02d}:00"
        assert one.most_waiting >= max(day.waiting_at(s) for s in seconds[::20])
    assert max(one.most_waiting for one in hours) > 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_title_of_script_stays_text(hostile, lang):
    found = animation(hostile, lang=lang).decode()
    assert any(seat["names"][lang].startswith(HOSTILE) for seat in told(found)["seats"])
    assert found.count("<script") == found.count("</script>") == 2
    assert html.escape(HOSTILE, quote=False).replace("'", "&#39;") in found
    assert "<!--" not in found[: found.rindex("<!-- hotline-sim")]


def test_a_page_of_too_many_contacts_is_refused(day, tmp_path):
    crowd = replace(day, contacts=day.contacts[:1] * 10_001)
    with pytest.raises(ValueError, match="10,001 contacts: a page plays at most 10,000"):
        write_animation(tmp_path / "day.html", crowd)


# The command --------------------------------------------------------------------------------


def test_the_command_writes_the_page_that_python_writes(day, tmp_path):
    asked = ("first-day", "--seed", 7, "--replication", 2, "--lang", "en")
    result = hotline("animate", *asked, "--out", tmp_path / "a.html")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    written = write_animation(tmp_path / "b.html", day)
    assert (tmp_path / "a.html").read_bytes() == written.read_bytes()


@pytest.mark.parametrize(("suffix", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_command_draws_the_figure(tmp_path, suffix, begins):
    path = tmp_path / f"day.{suffix}"
    window = ("--from", "9:30", "--to", "11")
    result = hotline("animate", "first-day", *window, "--out", path)
    assert result.exit_code == 0, result.output
    assert path.read_bytes().startswith(begins)
    again = hotline("animate", "first-day", *window, "--out", path, "--lang", "en")
    assert again.exit_code == 2
    assert "exists. Name another file" in again.output


def test_a_page_is_replaced_unless_somebody_changed_it(day, tmp_path):
    path = write_animation(tmp_path / "day.html", day)
    write_animation(path, day, lang="zh")
    path.write_bytes(path.read_bytes() + b" ")
    result = hotline("animate", "first-day", "--out", path, "--lang", "en")
    assert result.exit_code == 2
    assert "was changed since" in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--out", "day.txt"), "day.txt: must end in .html (the page), .png or .svg"),
        (("--out", "none/day.html"), "none: there is no such folder"),
        (("--out", "none/day.png"), "none: there is no such folder"),
        (("--out", "day.html", "--day", 2), "--day 2: the scenario counts 1 days"),
        (("--out", "day.html", "--from", "25"), "--from 25: a time of day is wanted, as 9:00"),
        (("--out", "day.html", "--to", "9:60"), "--to 9:60: a time of day is wanted"),
        (("--out", "day.html", "--from", "12", "--to", "11"), "nothing lies between them"),
        (("--out", "day.png", "--set", "channels.phone.cases_per_day=1000"), "at most 600"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_line(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    result = hotline("animate", "first-day", "--lang", "en", *arguments)
    assert result.exit_code == 2
    assert says in result.output
    assert result.output.count("\n") == 1


# In a browser -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tab():
    with chromium() as page:
        page.wide(1100)
        yield page


def opened(tab, path):
    tab.events.clear()
    tab.open(path)
    tab.value("new Promise((done) => setTimeout(done, 50))")
    return tab


def at(tab, seconds):
    """Move the slider to a time of day."""
    tab.value(
        f"""(() => {{ const time = document.getElementById("time"); time.value = {seconds};
        time.dispatchEvent(new Event("input")); return true; }})()"""
    )


def shown(tab, name):
    return tab.value(f"document.getElementById('{name}').innerText")


@in_a_browser
def test_as_many_wait_in_the_page_as_in_the_log(day, tab, tmp_path):
    opened(tab, write_animation(tmp_path / "day.html", day))
    counts = []
    for seconds in range(8 * 3600, 20 * 3600, 1500):
        at(tab, seconds)
        waiting = day.waiting_at(seconds)
        busy = {
            one.seat
            for one in day.contacts
            if one.answer_s is not None and one.answer_s <= seconds < one.done_s
        }
        answered = sum(one.answer_s is not None and one.answer_s <= seconds for one in day.contacts)
        found = [int(shown(tab, name)) for name in ("waiting", "busy", "answered")]
        assert found == [waiting, len(busy), answered]
        counts.append(waiting)
    assert max(counts) > 0


@in_a_browser
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_needs_no_network_and_no_font_of_the_machine(day, tab, tmp_path, lang):
    opened(tab, write_animation(tmp_path / "day.html", day, lang=lang))
    assert {font for font, _ in tab.fonts()} == {"Noto Sans SC"}
    assert {is_own for _, is_own in tab.fonts()} == {True}
    assert {address.split(":")[0] for address in tab.requests()} == {"file", "data"}
    assert not [one for one in tab.events if one.get("method") == "Log.entryAdded"]
    assert tab.value("document.documentElement.lang") == lang
    assert shown(tab, "play") == text("replay.play", lang)


@in_a_browser
def test_the_page_plays_pauses_and_speaks_both_languages(day, tab, tmp_path):
    opened(tab, write_animation(tmp_path / "day.html", day))
    at(tab, 36_000)
    assert shown(tab, "clock") == "10:00:00"
    tab.value("document.getElementById('play').click()")
    assert shown(tab, "play") == "Pause"
    tab.value("new Promise((done) => setTimeout(done, 400))")
    tab.value("document.getElementById('play').click()")
    paused = shown(tab, "clock")
    assert "10:00:05" < paused < "10:10:00"  # a minute in a second
    assert paused in shown(tab, "told")
    tab.value("document.querySelector('button[data-lang=zh]').click()")
    assert shown(tab, "play") == text("replay.play", "zh")
    assert "人等待" in shown(tab, "told")
    assert tab.value("document.title") == day.scenario.title.zh


@in_a_browser
def test_a_hostile_title_runs_nothing_in_the_browser(hostile, tab, tmp_path):
    opened(tab, write_animation(tmp_path / "day.html", hostile))
    assert tab.value("document.title") == HOSTILE
    assert tab.value("document.querySelectorAll('script').length") == 2
    assert int(shown(tab, "answered")) >= 0


@in_a_browser
def test_on_a_phone_the_page_does_not_move_sideways(day, tab, tmp_path):
    opened(tab, write_animation(tmp_path / "day.html", day, lang="zh"))
    tab.wide(360, phone=True)
    assert tab.value("document.documentElement.scrollWidth") <= 360
    tab.wide(1100)
