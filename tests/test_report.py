"""Reports: one file that says all of a result, in two languages, as HTML and as Word."""

import base64
import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx
import pytest
from browser import CHROMIUM, chromium
from click.testing import CliRunner
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure

import hotline_sim
from hotline_sim import experiments, plots, reports
from hotline_sim.cli import main
from hotline_sim.experiments import Result, RunResult
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.reports import pages
from hotline_sim.reports.parts import Points
from hotline_sim.reports.report import FORMS, repeating, report, seal
from hotline_sim.reports.report.as_html import words_of
from hotline_sim.reports.report.contents import edition_of, taken_apart
from hotline_sim.reports.report.font import subset
from hotline_sim.reports.report.laid_out import clean, kept
from hotline_sim.reports.report.method import ITEMS
from hotline_sim.reports.tables import Table
from hotline_sim.scenario import load

ROOT = Path(__file__).parents[1]
BRIEF: dict[str, Any] = {"replications": 2, "engine": "simpy", "jobs": 1}
SEATS = "teams.desk.shifts.0.seats"
HOSTILE = """<script>alert(1)</script><img src=x onerror="alert(2)">'&amp;"""
MONEY = (
    "employment.in_house={ pay_cny_per_person_year = 70000, social_insurance_share = 0.3, "
    "overhead_share = 0.1, productive_hours_per_person_year = 1400, staff_share = 0.8, "
    'answering_share = { value = 0.5, kind = "assumed", note = "n", range = [0.1, 1.0] } }',
    "employment.outsourced={ award_cny = 900000, cost_per_person_month_cny = 5000, "
    "productive_hours_per_person_year = 1400, award_over_budget = 0.99, staff_share = 0.8, "
    "answering_share = 0.5 }",
)
FIGURES = """
[published]
connect_rate = { value = 0.9, kind = "published", source = "dahe-2024" }
answered = { value = 230, kind = "published", source = "dahe-2024" }
"""


def published_scenario(load_text, smallest):
    """Return a scenario with a fitted figure and one that nothing was chosen from."""
    fitted = "{ value = 3, kind = 'fitted', to = 'published.connect_rate', range = [1, 9] }"
    return load_text(smallest.replace("seats = 3", f"seats = {fitted}") + FIGURES)


def hostile_scenario(load_text, smallest):
    """Return a scenario whose every word wants to be markup."""
    words = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    named = smallest.replace('en = "smallest", zh = "最小"', f'en = "{words}", zh = "{words}"')
    named = named.replace("[teams.desk]", f'[teams.desk]\ntitle = "{words}"')
    return load_text(named.replace("[channels.phone]", f'[channels.phone]\ntitle = "{words}"'))


ASKED = {
    "run": lambda *how: hotline_sim.run(published_scenario(*how), **BRIEF),
    "once": lambda *_: hotline_sim.run("first-day", **{**BRIEF, "replications": 1}),
    "draws": lambda *_: hotline_sim.run("first-day", over=[SEATS], draws=30, **BRIEF),
    "compare": lambda *_: hotline_sim.compare(
        "first-day", load("first-day").with_values({SEATS: 1}), **BRIEF
    ),
    "reproduce": lambda *how: hotline_sim.reproduce(
        published_scenario(*how), published_scenario(*how).with_values({SEATS: 2}), **BRIEF
    ),
    "sweep": lambda *_: hotline_sim.sweep("first-day", {SEATS: [1, 3]}, **BRIEF),
    "budget": lambda *_: hotline_sim.budget(
        "first-day", from_cny=4e5, to_cny=2e6, points=2, draws=3, overrides=MONEY, **BRIEF
    ),
    "hostile": lambda *how: hotline_sim.run(hostile_scenario(*how), **BRIEF),
}
KINDS = [name for name in ASKED if name not in ("once", "hostile")]
PAGES = ["run", "budget", "hostile"]  # that are written, in both languages
_KEPT: dict[str, Any] = {}


@pytest.fixture
def asked(load_text, smallest):
    """Return a result by its name above; each is played once for all tests."""

    def get(name):
        if name not in _KEPT:
            _KEPT[name] = ASKED[name](load_text, smallest)
        return _KEPT[name]

    return get


@pytest.fixture
def written(asked):
    """Return a report on a result in both languages, each made once for all tests."""

    def get(name, form=".html"):
        key = f"{name}{form}"
        if key not in _KEPT:
            _KEPT[key] = report([asked(name)], form, LANGUAGES)
        return _KEPT[key]

    return get


def page_in(lang, page):
    """Return what of a page in both languages is in one."""
    english, chinese = re.findall(r"<article.*?</article>", page.decode(), re.DOTALL)
    return chinese if lang == "zh" else english


@pytest.fixture
def undrawn(monkeypatch):
    """Let figures be dots, and fonts none: for tests of the file, not of what it shows."""
    ink = {"png": DOT, "svg": b"<svg viewBox='0 0 1 1'></svg>"}
    blank = Figure(label="blank")
    monkeypatch.setattr(plots, "figure_of", lambda *_, **__: blank)
    monkeypatch.setattr(plots, "rendered", lambda _figure, suffix: ink[suffix])
    monkeypatch.setattr("hotline_sim.reports.report.as_html.subset", lambda _: b"no font")


DOT = base64.b64decode(  # a PNG of one grey dot
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


class Read(HTMLParser):
    """A page as a program reads it: elements, attributes, and the text without markup."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.attributes, self.words, self.headings = [], [], [], []
        self.feed(page.decode() if isinstance(page, bytes) else page)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.headings += [(tag, "")] if tag in ("h1", "h2") else []
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.words.append(data)
        if self.elements and self.elements[-1] in ("h1", "h2") and not self.headings[-1][1]:
            self.headings[-1] = (self.elements[-1], data)

    @property
    def text(self):
        return "".join(self.words)

    def named(self, *names):
        return [value for name, value in self.attributes if name in names]


def opened(content):
    return docx.Document(io.BytesIO(content))


def cells_of(edition):
    """Yield every cell of every table that an edition shows."""
    sections = [one for chapter in edition.chapters for one in chapter.sections]
    for section in (*sections, *edition.closing):
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)


def hotline(*arguments, lang="en_US.UTF-8"):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": lang, "LC_ALL": lang})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


# What it says -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_every_number_of_the_result_and_the_answer_before_them(
    asked, written, name, lang
):
    page = Read(page_in(lang, written(name)))
    told = page.text.replace("\N{NO-BREAK SPACE}", " ")
    edition = edition_of([asked(name)], lang)
    narrow = str.maketrans({"…": "...", "“": '"', "”": '"', "’": "'"} if lang == "en" else {})
    for cell in cells_of(edition):
        assert cell.translate(narrow) in told
    (chapter,) = edition.chapters
    before, _, after = told.partition(chapter.answer.translate(narrow))
    assert text("table.interval", lang) in after
    assert text("table.interval", lang) not in before
    sections = [one.heading.translate(narrow) for one in (*chapter.sections, *edition.closing)]
    assert page.headings == [("h1", chapter.title), *(("h2", one) for one in sections)]


def answer_to(result, lang="en"):
    answer = pages.SHOWN[result.kind].answer
    assert answer is not None
    return answer(result, lang)


def test_the_answer_of_a_run_is_its_rate_with_interval_and_the_published_one_beside(asked):
    result = asked("run")
    rate = result.measures["connect_rate"]
    answer = answer_to(result)
    assert f"connect rate is {100 * rate.mean:.2f} % (95 % interval" in answer
    assert "90 % is published (fitted)" in answer
    assert "one replication, without an interval" in answer_to(asked("once"))


def test_the_answer_of_a_run_over_draws_has_the_band_of_what_is_assumed(asked):
    result = asked("draws")
    low, high = result.span("connect_rate")
    assert f"{100 * low:.2f} … {100 * high:.2f} % (90 % of 30 draws)" in answer_to(result)


def test_a_comparison_answers_whether_the_rate_rises_or_falls_or_neither(asked):
    falls = asked("compare")
    assert falls.difference["connect_rate"].high < 0
    assert "the simulated connect rate falls by" in answer_to(falls)
    rises = replace(falls, played=falls.played[::-1])
    assert "the simulated connect rate rises by" in answer_to(rises)
    same = replace(falls, played=(falls.played[0],) * 2)
    assert "is not decided" in answer_to(same)


def test_a_reproduction_says_how_many_figures_were_predicted(asked):
    result = asked("reproduce")
    rows = [row for year in (result.before, result.after) for row in year.published.values()]
    met = sum(row.covered is True for row in rows)
    undecided = sum(row.verdict == "not_decided" for row in rows)
    predicted = [row for row in rows if row.role.value == "predicted"]
    assert len(rows) == 4
    assert len(predicted) == 3  # other seats, set by the user, were fitted to nothing
    hit = sum(row.covered is True for row in predicted)
    assert f"of 4 published figures {met} are met" in answer_to(result)
    assert f"{undecided} are not decided" in answer_to(result)
    assert f"{hit} of the 3 predicted ones among them" in answer_to(result)


def test_a_sweep_answers_between_what_the_measure_lies_and_where(asked):
    means = [point.measures["connect_rate"].mean for point in asked("sweep").points]
    low, high = (f"{100 * mean:.2f} % (at {SEATS} = {n})" for mean, n in zip(means, (1, 3)))
    assert f"between {low} and {high}" in answer_to(asked("sweep"))


def test_a_budget_answers_for_both_employments_what_the_middle_budget_buys(asked):
    result = asked("budget")
    found = {
        who: points[1].measures["connect_rate"].mean for who, points in result.frontier.items()
    }
    answer = answer_to(result)
    assert f"{100 * found['in_house']:.2f} % in-house" in answer
    assert f"{100 * found['outsourced']:.2f} % outsourced" in answer
    better = result.decided("connect_rate", 1)
    assert ("does not decide" in answer) is (better is None)


def test_a_budget_without_ranges_answers_as_far_as_chance_goes(asked):
    scenario = load("first-day", overrides=MONEY)
    known = {key: replace(one, range=None) for key, one in scenario.provenance.items()}
    bare = scenario.model_copy(update={"provenance": known})
    result = hotline_sim.budget(bare, from_cny=4e5, to_cny=2e6, points=2, **BRIEF)
    assert result.drawn == ()
    better = result.ahead("connect_rate", 1)
    expected = "chance alone could explain" if better is None else "more than by chance"
    assert expected in answer_to(result)
    assert "draws" not in answer_to(result)


def test_a_budget_with_a_target_answers_what_it_takes_at_least():
    result = hotline_sim.budget(
        "first-day",
        from_cny=4e5,
        to_cny=2e6,
        points=2,
        draws=3,
        targets=["connect_rate:80%"],
        overrides=MONEY,
        **BRIEF,
    )
    table = reports.budgets.least_table(result, "en")
    answer = answer_to(result)
    assert answer.startswith("The least budget a year that meets connect_rate>=0.8, in yuan: ")
    for row in table.rows:
        spans = f"95 % interval {row[3]}, 90 % of draws {row[4]}"
        assert f"{row[1]} {row[2]} ({spans})" in answer


def test_what_was_predicted_stands_apart_from_what_was_fitted(asked):
    (chapter,) = edition_of([asked("run")], "en").chapters
    (section,) = [one for one in chapter.sections if one.heading == text("report.published", "en")]
    tables = [block for block in section.blocks if isinstance(block, Table)]
    assert [one.title.rpartition(": ")[2] for one in tables] == ["predicted", "fitted"]
    assert [[row[0] for row in one.rows] for one in tables] == [["answered"], ["connect rate"]]
    assert "1 are predicted, 0 assumed from and 1 fitted" in str(section.blocks[0])


def test_rows_taken_apart_keep_their_headings_and_lose_no_cell():
    heads = ("measure", "role", "value")
    before = (("before",), ("a", "fitted", "1"), ("b", "predicted", "2"))
    rows = (*before, ("after",), ("c", "fitted", "3"))
    table = Table("t", heads, rows, frozenset({2}), solid=frozenset({0}), note="n", apart=1)
    predicted, fitted = taken_apart(table, "en")
    assert predicted.rows == (("before",), ("b", "2"))
    assert fitted.rows == (("before",), ("a", "1"), ("after",), ("c", "3"))
    assert predicted.heads == ("measure", "value")
    assert predicted.numeric == frozenset({1})
    assert (predicted.note, fitted.note) == ("n", "")


def assumed_section(result):
    (chapter,) = edition_of([result], "en").chapters
    (section,) = [one for one in chapter.sections if one.heading == text("report.assumed", "en")]
    return section


def test_the_assumption_that_moves_the_answer_most_is_named(asked):
    result = asked("draws")
    told = " ".join(block for block in assumed_section(result).blocks if isinstance(block, str))
    assert f"Of what is assumed, {SEATS} moves the connect rate most" in told
    table = next(one for one in assumed_section(result).blocks if isinstance(one, Table))
    assert [row[:3] for row in table.rows] == [(SEATS, "3", "1 … 8")]
    assert 0.5 < float(table.rows[0][3]) <= 1.0


def test_an_assumption_that_moves_nothing_is_not_named(asked):
    result = asked("draws")
    idle = replace(result, draws=tuple({**one, "connect_rate": 0.5} for one in result.draws))
    told = " ".join(block for block in assumed_section(idle).blocks if isinstance(block, str))
    assert "no assumed number stands out" in told


def test_a_report_without_draws_says_that_nothing_was_measured(asked):
    for name in ("run", "compare", "sweep"):
        told = assumed_section(asked(name)).blocks
        assert text("report.not_measured", "en") in told
        assert text("report.measure_it", "en") in told
        assert any(isinstance(one, Table) and one.rows for one in told)
    assert "cannot be told from 3 draws" in str(assumed_section(asked("budget")).blocks)


def method_of(result, lang="en"):
    """Return the cell of each item of the checklist, by its number."""
    (chapter,) = edition_of([result], lang).chapters
    (section,) = [one for one in chapter.sections if one.heading == text("report.method", lang)]
    return {row[0]: row[2] for row in section.blocks[0].rows if len(row) > 1}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_every_item_of_the_checklist_is_filled(asked, name, lang):
    found = method_of(asked(name), lang)
    whole = {number.rpartition(".")[0] if number.count(".") == 2 else number for number in found}
    sizes = {"1": 3, "2": 5, "3": 4, "4": 3, "5": 4, "6": 1}  # the twenty of the paper
    assert whole == {f"{group}.{i}" for group, n in sizes.items() for i in range(1, n + 1)}
    assert all(len(cell) > 5 for cell in found.values())


def test_the_checklist_says_what_was_done(asked):
    found = method_of(asked("draws"))
    assert "Seed 12345." in found["5.2"]
    assert "2 independent replications" in found["4.3"]
    assert "1 days from 2024-03-04" in found["4.2"]
    assert "Played besides over 30 sets of values of 1 numbers" in found["1.3"]
    assert "at most 3 seats" in found["2.5.3"]
    assert "exponential, mean 240 s" in found["2.5.2"]
    assert method_of(asked("once"))["4.3"] == text("report.method_of.estimation_once", "en")
    assert "teams.desk.shifts.0.seats" in method_of(asked("sweep"))["1.3"]
    assert "differ in 1 numbers" in method_of(asked("compare"))["2.3"]


def test_every_item_has_a_name_in_both_languages():
    for lang in LANGUAGES:
        for group, items in ITEMS.items():
            assert text(f"report.group.{group}", lang)
            assert all(text(f"report.item_of.{name}", lang) for name in items)


def test_it_says_how_it_is_repeated_and_with_which_numbers(asked):
    scenario = load("first-day").with_values({SEATS: 2})
    result = hotline_sim.run(scenario, **{**BRIEF, "replications": 1}).asked_by("hotline-sim run x")
    (chapter,) = edition_of([result], "en").chapters
    told = str([one for one in chapter.sections if one.heading == text("report.repeat", "en")])
    for fact in (
        "hotline-sim run x",
        "rerun",
        scenario.digest(),
        "12345",
        f"set by the user: {SEATS}",
    ):
        assert fact in told
    assert text("report.repeat_python", "en") in str(edition_of([asked("run")], "en").chapters)


def test_it_is_cited_as_the_citation_file_says(asked):
    told = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^title: (.*)$", told, re.MULTILINE) == [repeating.TITLE]
    assert re.findall(r"^  - name: (.*)$", told, re.MULTILINE) == [repeating.AUTHORS]
    assert f"- {repeating.LICENCE}\n" in told
    cited = str(edition_of([asked("run")], "en").closing[0].blocks[0])
    for fact in (repeating.TITLE, repeating.AUTHORS, hotline_sim.__version__):
        assert fact in cited


def test_sources_are_those_that_the_numbers_name(asked):
    (chapter,) = edition_of([asked("run")], "en").chapters
    (section,) = [one for one in chapter.sections if one.heading == text("report.sources", "en")]
    assert [row[0] for row in section.blocks[0].rows] == ["dahe-2024"]
    assert "Dahe Daily" in section.blocks[0].rows[0][2]


def test_the_appendix_lists_every_number_once(asked):
    result = asked("compare")
    first, second = edition_of([result], "en").closing[1:]
    listed = [row for row in first.blocks[0].rows if len(row) > 1]
    assert len(listed) == len(result.scenario.provenance)
    assert [row[0] for row in second.blocks[0].rows if len(row) > 1] == ["seats"]


def test_results_of_one_report_have_a_chapter_each(asked, undrawn):
    edition = edition_of([asked("run"), asked("sweep")], "en")
    assert [one.about for one in edition.chapters] == [
        text("report.kind.run", "en"),
        text("report.kind.sweep", "en"),
    ]
    page = Read(report([asked("run"), asked("sweep")], ".html", ["en"])).text
    first, second = (one.answer[:40] for one in edition.chapters)
    assert page.index(first) < page.index(second)
    document = opened(report([asked("run"), asked("sweep")], ".docx", ["en"]))
    chapters = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert chapters[:2] == [one.title for one in edition.chapters]


def test_an_experiment_that_no_report_knows_is_reported(asked, monkeypatch, undrawn):
    monkeypatch.setattr(Result, "kinds", dict(Result.kinds))

    class NewResult(RunResult):
        kind = "new"

    def new_blocks(_result, _lang):
        table = Table("Found", ("what", "much"), (("seats", "7"),))
        return ["In words.", table, *points]

    was, points = asked("run"), []
    monkeypatch.setitem(pages.SHOWN, "new", pages.Shown(new_blocks, lambda _: {}))
    result = NewResult(was.header, was.replications)
    for form in FORMS:
        content = report([result], form, LANGUAGES)
        told = Read(content).text if form == ".html" else words_in(opened(content))
        assert told.count("seats: much 7.") == 1
        assert "seats：much 7。" in told
        assert "In words." in told
        assert was.scenario.digest() in told
    points.append(Points("Seen", ["Seven will do.", "Eight would be more."]))
    (chapter,) = edition_of([result], "en").chapters
    assert (chapter.answer, chapter.about) == ("Seven will do.", "new")


def test_a_quick_look_is_called_one(asked):
    told = text("report.quick", "en")
    for command, is_quick in (("hotline-sim budget x --quick", True), ("hotline-sim run x", False)):
        (chapter,) = edition_of([asked("run").asked_by(command)], "en").chapters
        assert (chapter.sections[0].blocks[0] == told) is is_quick


# The page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_runs_nothing(written, name):
    page = Read(written(name))
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(page.elements)
    assert page.elements.count("meta") == 4
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    for address in page.named("src", "href", "xlink:href", "action", "data", "srcset"):
        assert address.startswith(("#", "data:image/png"))
    assert "default-src 'none'" in " ".join(page.named("content"))
    styles = re.findall(r"url\((.*?)\)", written(name).decode())
    assert {one[:20] for one in styles if not one.startswith("#")} == {"data:font/woff;base6"}


def test_words_that_want_to_be_markup_stay_words(written):
    for lang in LANGUAGES:
        page = Read(page_in(lang, written("hostile")))
        assert page.text.count("<script>alert(1)</script>") > 5
        assert "img" not in page.elements


def font_of(page):
    (coded,) = re.findall(rb"font/woff;base64,([^)]*)\)", page)
    return TTFont(io.BytesIO(base64.b64decode(coded)))


@pytest.mark.parametrize("name", PAGES)
def test_the_font_in_a_page_draws_every_letter_of_it_and_no_other(written, name):
    page = written(name)
    drawn = set(map(chr, font_of(page).getBestCmap()))
    shown = words_of(page.decode())
    assert shown <= drawn
    assert drawn <= shown | set(map(chr, range(0x20, 0x7F)))


@pytest.mark.parametrize("name", PAGES)
def test_figures_are_drawn_in_the_page_and_their_names_do_not_collide(asked, written, name):
    page = Read(written(name))
    pictures = len(reports.figures(asked(name), "en"))
    assert page.elements.count("svg") == 2 * pictures > 0
    assert "text" not in page.elements  # drawn as lines: no figure needs a font
    names = page.named("id")
    assert len(names) == len(set(names))
    called = [one[1:] for one in page.named("href", "xlink:href") if one.startswith("#")]
    called += re.findall(r"url\(#([^)]*)\)", " ".join(page.named("clip-path", "style")))
    assert set(called) <= set(names)
    assert page.named("role").count("img") == 2 * pictures


def test_no_line_ends_between_a_number_and_its_unit():
    assert kept("90.07 % of 4 s") == "90.07\N{NO-BREAK SPACE}% of 4\N{NO-BREAK SPACE}s"
    assert kept("4 seats, 5 pt") == "4 seats, 5\N{NO-BREAK SPACE}pt"


def test_both_languages_follow_each_other(written):
    page = written("run").decode()
    assert re.findall(r'<article class="edition" lang="(\S+)">', page) == ["en", "zh-Hans"]
    english, chinese = page.split('<article class="edition" lang="zh-Hans">')
    assert "Published beside simulated" in english
    assert "公布与模拟对照" in chinese
    assert "公布与模拟对照" not in english


# The Word document ------------------------------------------------------------------------


def words_in(document):
    tables = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *tables])


@pytest.mark.parametrize("name", ["run", "hostile"])
def test_a_document_opens_again_with_its_titles_tables_and_pictures(asked, written, name):
    document = opened(written(name, ".docx"))
    editions = [edition_of([asked(name)], lang) for lang in LANGUAGES]
    by_style: dict[str, list[str]] = {}
    for paragraph in document.paragraphs:
        by_style.setdefault(paragraph.style.name, []).append(paragraph.text)
    titles = [one.chapters[0].title for one in editions]
    assert by_style["Title"] == titles
    assert document.core_properties.title == " / ".join(dict.fromkeys(titles))
    sections = [one for each in editions for one in (*each.chapters[0].sections, *each.closing)]
    assert by_style["Heading 1"] == [one.heading for one in sections]
    for edition, told in zip(editions, by_style["Intense Quote"], strict=True):
        assert edition.chapters[0].answer in told.replace("\N{NO-BREAK SPACE}", " ")
    tables = [one for section in sections for one in section.blocks if isinstance(one, Table)]
    assert [len(one.rows) for one in document.tables] == [1 + len(one.rows) for one in tables]
    assert len(document.inline_shapes) == 2 * len(reports.figures(asked(name), "en"))
    told = words_in(document)
    assert all(cell in told for edition in editions for cell in cells_of(edition))


def test_a_document_is_set_for_an_office_that_files_it(written):
    document = opened(written("run", ".docx"))
    for name, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Title", "黑体")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert fonts.get(qn("w:ascii")) in ("Times New Roman", "Arial")
        assert not [one for one in fonts.attrib if "Theme" in one]
    (section,) = document.sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    room = section.page_width - section.left_margin - section.right_margin
    for shape in document.inline_shapes:
        assert shape.width <= room
        assert shape._inline.docPr.get("descr")
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert sum(column.width for column in table.columns) <= room * 1.01
    assert "PAGE" in section.footer.paragraphs[0]._p.xml


def test_characters_that_no_file_holds_are_left_out(asked, undrawn):
    assert clean("a\x00b\x0bc\ud800d\ufffee\tf") == "abcde\tf"
    was = asked("run")
    odd = was.scenario.title.model_copy(update={"en": "bell \x07 and null \x00", "zh": "铃 \x07"})
    scenario = was.scenario.model_copy(update={"title": odd})
    result = replace(was, header=replace(was.header, scenarios=(scenario,)))
    assert opened(report([result], ".docx", ["en"])).paragraphs[0].text == "bell  and null "
    assert b"\x07" not in report([result], ".html", LANGUAGES)


# The file ---------------------------------------------------------------------------------


def test_the_same_result_gives_the_same_bytes(asked, written, undrawn):
    letters = "汉字 and letters"
    assert subset(letters) == subset(letters) != subset(letters[1:])
    for form in FORMS:
        once, again = (report([asked("run")], form, LANGUAGES) for _ in range(2))
        assert once == again


def test_a_changed_report_is_known_from_one_as_it_was_written(written):
    page, document = (written("run", form) for form in FORMS)
    assert seal.is_untouched(page)
    assert seal.is_untouched(document)
    for changed in (page.replace(b"12345", b"12346", 1), page + b"\n", page[:-10], b"", b"PK"):
        assert not seal.is_untouched(changed)
    saved, edited = io.BytesIO(), io.BytesIO()
    opened(document).save(saved)  # by another program: the same words, without the mark
    assert not seal.is_untouched(saved.getvalue())
    with zipfile.ZipFile(io.BytesIO(document)) as was, zipfile.ZipFile(edited, "w") as now:
        for name in was.namelist():
            now.writestr(name, was.read(name).replace(b"12345", b"12346"))
        now.comment = was.comment
    assert not seal.is_untouched(edited.getvalue())


@pytest.fixture
def result_file(asked, tmp_path):
    path = tmp_path / "out" / "result.json"
    path.parent.mkdir()
    path.write_text(asked("once").to_json(), encoding="utf-8")
    return path


def test_the_command_reports_on_a_file_or_a_folder(result_file, tmp_path, undrawn):
    for form in FORMS:
        page = tmp_path / f"report{form.upper()}"
        done = hotline("report", result_file.parent, result_file, "--out", page)
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == f"Wrote {page}\n"
        assert seal.is_untouched(page.read_bytes())
    assert "Simulated: 2 results" in (tmp_path / "report.HTML").read_text(encoding="utf-8")


def test_the_reader_s_own_language_comes_first(result_file, tmp_path, undrawn):
    page = tmp_path / "report.html"
    for locale, order in (("en_US.UTF-8", ["en", "zh-Hans"]), ("zh_CN.UTF-8", ["zh-Hans", "en"])):
        done = hotline("report", result_file, "--out", page, "--lang", "both", lang=locale)
        assert done.exit_code == 0
        found = re.findall(r'<article class="edition" lang="(\S+)">', page.read_text("utf-8"))
        assert found == order
    assert done.stderr == f"已写入 {page}\n"


def test_the_command_tells_a_mistake_in_a_line(result_file, tmp_path):
    mistakes = {
        ("--out", tmp_path / "report.pdf"): f"--out {tmp_path}/report.pdf: must end in",
        ("--out", tmp_path / "report"): "must end in .html / .docx / .xlsx",
        ("--out", tmp_path / "no" / "report.html"): "there is no such folder",
        ("--out", result_file.parent): "is a directory",
    }
    for arguments, told in mistakes.items():
        done = hotline("report", result_file, *arguments)
        assert done.exit_code == 2
        assert told in " ".join(done.stderr.split())
    missing = hotline("report", tmp_path / "none.json", "--out", tmp_path / "x.html")
    assert missing.exit_code == 2
    assert missing.stderr == f"{tmp_path}/none.json: cannot be read: No such file or directory\n"
    assert not (tmp_path / "x.html").exists()
    forms = " / ".join(FORMS)
    assert all(
        forms in text("report.form", lang, option="", path="", forms=forms) for lang in LANGUAGES
    )


def test_only_a_report_that_nobody_has_changed_is_replaced(result_file, tmp_path, undrawn):
    page = tmp_path / "report.html"
    assert hotline("report", result_file, "--out", page).exit_code == 0
    assert hotline("report", result_file, "--out", page, "--lang", "zh").exit_code == 0
    page.write_bytes(page.read_bytes().replace("结论".encode(), "定论".encode()))
    done = hotline("report", result_file, "--out", page)
    assert done.exit_code == 2
    assert "or was changed since" in done.stderr
    assert "定论" in page.read_text(encoding="utf-8")


def test_an_experiment_writes_a_report_of_what_it_found(tmp_path, undrawn, monkeypatch):
    page = tmp_path / "report.docx"
    asked_for = ("run", "first-day", "--replications", 1, "--engine", "simpy", "--jobs", 1)
    done = hotline(*asked_for, "--report", page, "--lang", "zh")
    assert done.exit_code == 0
    told = words_in(opened(page.read_bytes()))
    assert "hotline-sim run first-day --replications 1 --engine simpy" in told
    assert "--report" not in told
    page.write_bytes(b"mine")
    played = []
    monkeypatch.setattr(experiments, "run", lambda *_, **__: played.append(1))
    refused = hotline(*asked_for, "--report", page)
    assert (refused.exit_code, refused.stdout, played) == (2, "", [])
    assert page.read_bytes() == b"mine"


def test_a_result_that_is_played_again_can_be_reported(result_file, tmp_path, undrawn):
    page = tmp_path / "again.html"
    assert hotline("rerun", result_file, "--jobs", 1, "--report", page).exit_code == 0
    assert seal.is_untouched(page.read_bytes())


def test_python_users_write_a_report_by_one_call(asked, tmp_path, undrawn):
    path = hotline_sim.write_report(tmp_path / "r.html", asked("once"), lang="both")
    assert path.read_bytes() == report([asked("once")], ".html", LANGUAGES)
    with pytest.raises(ValueError, match="at least one"):
        hotline_sim.write_report(tmp_path / "r.html")
    with pytest.raises(ValueError, match="must end in"):
        hotline_sim.write_report(tmp_path / "r.txt", asked("once"))


def test_the_command_line_loads_what_writes_reports_only_when_one_is_wanted():
    code = "import hotline_sim.cli, sys; sys.exit(bool({'docx', 'jinja2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# In a browser -----------------------------------------------------------------------------

in_a_browser = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not on this machine")


@pytest.fixture(scope="module")
def page_of():
    if not CHROMIUM:
        pytest.skip("Chromium is not on this machine")
    with chromium() as page:
        yield page


@in_a_browser
@pytest.mark.parametrize("name", ["run", "budget", "hostile"])
def test_a_browser_draws_a_page_with_its_own_font_alone_and_asks_nobody(
    page_of, written, tmp_path, name
):
    file = tmp_path / "report.html"
    file.write_bytes(written(name))
    page_of.events.clear()
    page_of.open(file)
    (font,) = page_of.fonts()
    assert font[1], "a font of the page's, not of the machine's"
    asked = page_of.requests()
    assert asked[0] == file.as_uri()
    assert all(one.startswith("data:font/woff") for one in asked[1:])
    methods = [one.get("method") for one in page_of.events]
    assert "Network.loadingFailed" not in methods
    assert "Page.javascriptDialogOpening" not in methods
    assert page_of.value("document.scripts.length") == 0
    if name == "hostile":
        assert page_of.value("document.querySelector('h1').textContent") == HOSTILE


@in_a_browser
@pytest.mark.parametrize("name", ["run", "budget"])
def test_nothing_is_wider_than_a_phone_or_a_printed_page(page_of, written, tmp_path, name):
    file = tmp_path / "report.html"
    file.write_bytes(written(name))
    page_of.events.clear()
    page_of.open(file)
    for width in (320, 375, 768, 1280):
        page_of.wide(width, phone=width < 500)
        assert page_of.value("document.documentElement.scrollWidth") <= width
    page_of.ask("Emulation.setEmulatedMedia", media="print")
    page_of.wide(672)  # A4 less its margins, at 96 pixels an inch
    wide = "[...document.querySelectorAll('table, svg, pre')].filter("
    wide += "one => one.getBoundingClientRect().right > innerWidth + 1).length"
    assert page_of.value(wide) == 0
    page_of.ask("Emulation.setEmulatedMedia", media="")
    assert page_of.printed().startswith(b"%PDF")


@in_a_browser
def test_a_letter_that_the_font_of_a_page_lacks_is_seen_in_a_browser(page_of, written, tmp_path):
    lacking = "<h1>\N{CYRILLIC SMALL LETTER ZHE}".encode()
    file = tmp_path / "report.html"
    file.write_bytes(written("run").replace(b"<h1>", lacking))
    page_of.events.clear()
    page_of.open(file)
    assert [is_custom for _, is_custom in page_of.fonts("h1")] != [True]
