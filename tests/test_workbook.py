"""Workbooks on results: read back, each number is a number in its unit, and text stays text."""

import io
import subprocess
import sys
import zipfile
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim import experiments, reports
from hotline_sim.cli import main
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.money import whole_staff_of
from hotline_sim.reports import answers
from hotline_sim.reports.report import seal
from hotline_sim.reports.tables import Table
from hotline_sim.reports.typography import typeset
from hotline_sim.reports.workbook import from_records, of_scenarios, workbook
from hotline_sim.reports.workbook.from_tables import ends_of, number_of
from hotline_sim.reports.workbook.sheets import Form, Number
from hotline_sim.scenario import load

BRIEF: dict[str, Any] = {"replications": 2, "engine": "simpy", "jobs": 1}
MONEY = (
    "employment.in_house={ pay_cny_per_person_year = 70000, social_insurance_share = 0.3, "
    "overhead_share = 0.1, productive_hours_per_person_year = 1400, staff_share = 0.8, "
    "answering_share = 0.5 }",
    "teams.desk.employment=in_house",
)
HEAD_ROW = 3


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def sheet_named(book, name, lang="en"):
    return book[text(f"workbook.sheet.{name}", lang)]


def records(sheet):
    """Return the rows below the heads, each by head."""
    heads, *rows = list(sheet.iter_rows(min_row=HEAD_ROW))
    return [dict(zip([head.value for head in heads], row, strict=True)) for row in rows]


def hotline(*arguments, lang="en_US.UTF-8"):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": lang, "LC_ALL": lang})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture(scope="module")
def run():
    scenario = load("first-day", overrides=MONEY)
    return hotline_sim.run(scenario, **BRIEF).asked_by("hotline-sim run first-day")


@pytest.fixture(scope="module", params=LANGUAGES)
def book(run, request):
    """Return the language, and the workbook in it as a program reads it."""
    return request.param, opened(workbook([run], request.param))


# What it says -----------------------------------------------------------------------------


def test_every_measure_is_a_number_with_all_its_digits_in_the_format_of_its_unit(run, book):
    lang, found = book
    key = text("workbook.head.measure_key", lang)
    mean, low = (text(f"workbook.head.{head}", lang) for head in ("mean", "low"))
    rows = {row[key].value: row for row in records(sheet_named(found, "measures", lang))[:60]}
    formats = {
        "connect_rate": "0.00%",
        "answered": "#,##0.0",
        "asa_s": {"en": '#,##0.0" s"', "zh": '#,##0.0"秒"'}[lang],
        "cost_per_answered_cny": {"en": '#,##0.00" yuan"', "zh": '#,##0.00"元"'}[lang],
    }
    for name, shown in formats.items():
        assert rows[name][mean].value == pytest.approx(run.measures[name].mean, rel=1e-9)
        assert rows[name][low].value == pytest.approx(run.measures[name].low, rel=1e-9)
        assert (rows[name][mean].data_type, rows[name][mean].number_format) == ("n", shown)


def test_large_amounts_are_yuan_shown_in_the_unit_of_the_language(run, book):
    lang, found = book
    cost, value = text("workbook.cost.staff_cny", lang), text("workbook.head.value", lang)
    item = text("workbook.head.item", lang)
    rows = [row for row in records(sheet_named(found, "costs", lang)) if row[item].value == cost]
    staff = whole_staff_of(run.scenario)
    assert [row[value].value for row in rows] == pytest.approx([staff.staff_cny] * 2)
    assert staff.staff_cny is not None
    assert staff.staff_cny > 10_000
    shown = {"en": '#,##0.000,,"M yuan"', "zh": '0\\.0,"万元"'}[lang]
    assert {row[value].number_format for row in rows} == {shown}


def test_the_tables_of_the_page_are_there_and_intervals_have_two_columns(run, book):
    lang, found = book
    tables = [one for one in reports.blocks(run, lang) if isinstance(one, Table)]
    titles = {sheet["A1"].value: sheet for sheet in found}
    shown = [one for one in tables if one.part != "assumed" and one.rows]
    assert len(shown) > 2
    assert {one.title for one in shown} <= set(titles)
    rows = records(titles[shown[0].title])
    assert len(rows) == len(shown[0].rows)
    interval = text("table.interval", lang)
    ends = [text(f"workbook.{end}", lang, head=interval) for end in ("low", "high")]
    told = [row for row in rows if all(row[end].data_type == "n" for end in ends)]
    assert len(told) == len(rows)
    assert all(row[ends[0]].value <= row[ends[1]].value for row in told)


def test_the_first_sheet_has_the_answer_and_what_it_takes_to_repeat_it(run, book):
    lang, found = book
    first = found.worksheets[0]
    assert first.title == text("workbook.sheet.explanation", lang)
    told = {str(row[1].value) for row in first.iter_rows(min_row=HEAD_ROW + 1)}
    answer = typeset(answers.of_run(run, lang), lang)
    assert {answer, "hotline-sim run first-day", run.scenario.digest(), str(run.seed)} <= told
    assert {hotline_sim.__version__, *(sheet["A1"].value for sheet in found.worksheets[1:])} <= told
    links = [row[0].hyperlink.location for row in first.iter_rows() if row[0].hyperlink]
    assert links == [f"'{sheet.title}'!A1" for sheet in found.worksheets[1:]]


def test_every_assumed_number_is_listed_with_its_range(run, book):
    lang, found = book
    heads = {one: text(f"workbook.head.{one}", lang) for one in ("key", "value", "range_high")}
    rows = {r[heads["key"]].value: r for r in records(sheet_named(found, "assumptions", lang))}
    assert set(rows) == {one["key"] for one in experiments.assumptions_of(run.scenario)}
    seats = rows["teams.desk.shifts.0.seats"]
    assert (seats[heads["value"]].value, seats[heads["range_high"]].value) == (3, 8)


def test_heads_stay_and_columns_are_wide_enough_to_read(book):
    for sheet in book[1]:
        assert sheet.freeze_panes.endswith("4")
        assert all(one.width >= 9 for one in sheet.column_dimensions.values())
    first = book[1].worksheets[0]
    across = first.column_dimensions["B"].width
    for row in first.iter_rows(min_row=HEAD_ROW + 1):
        if len(str(row[1].value or "")) > across:
            assert row[1].alignment.wrap_text
            assert first.row_dimensions[row[1].row].height > 20


def test_the_roster_is_that_of_the_scenario():
    shifts = "teams.desk.shifts=[{ seats = 2, from = '22:15', to = '06:00', days = 'sun' }]"
    scenario = load("first-day", overrides=[shifts])
    seats = of_scenarios.seats_of_week(scenario, scenario.teams["desk"])
    assert seats[6, 44:].tolist() == [1.0, 2.0, 2.0, 2.0]  # Sunday from 22:15
    assert seats[0, :13].tolist() == [2.0] * 12 + [0.0]  # into Monday
    assert seats.sum() / 2 == pytest.approx(2 * 7.75)


# What a cell holds ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "value", "form"),
    [
        ("74.40 %", 0.744, Form.SHARE),
        ("90.94%", 0.9094, Form.SHARE),
        ("8,250", 8250, Form.WHOLE),
        ("-0.5 s", -0.5, Form.SECONDS),
        ("20.1秒", 20.1, Form.SECONDS),
        ("+4.16 pt", 4.16, Form.POINTS),
        ("-4.16个百分点", -4.16, Form.POINTS),
        ("1,199.8万", 11_998_000, Form.LARGE_YUAN),
        ("29.54元", 29.54, Form.YUAN),
    ],
)
def test_words_that_say_a_number_become_it(words, value, form):
    assert number_of(words) == Number(value, form)


def test_words_that_say_more_than_a_number_stay_words():
    assert number_of("30 % (28 … 32 %)") == "30 % (28 … 32 %)"
    assert number_of("–") == ""
    assert ends_of("38.00 … 100.00 %") == [Number(0.38, Form.SHARE), Number(1.0, Form.SHARE)]
    assert ends_of("-3 … +5") == [Number(-3, Form.WHOLE), Number(5, Form.WHOLE)]


@pytest.mark.parametrize("words", ["=1+1", "+1", "-cmd", "@SUM(A1)", '=HYPERLINK("x")', "http://x"])
def test_text_that_could_be_a_formula_or_a_link_stays_text(words, load_text, smallest):
    named = smallest.replace('en = "smallest"', f"en = '{words}'")
    named = named.replace("[teams.desk]", f"[teams.desk]\ntitle = '{words}'")
    found = opened(workbook([hotline_sim.run(load_text(named), **BRIEF)], "en"))
    cells = [cell for sheet in found for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value == words} == {"s"}
    assert not any(cell.data_type == "f" for cell in cells)
    told = {sheet.title for sheet in found for row in sheet for cell in row if cell.value == words}
    assert {"Measures", "Roster"} <= told


def test_the_apostrophe_of_a_csv_file_does_not_come_along(load_text):
    scenario = load_text()
    content = b"scenario,measure,mean\n'=1+1,answered,-1.5\n'tis,answered,\n"
    sheet = from_records.sheet_of("found", content, scenario, "en")
    assert [row[0] for row in sheet.rows] == ["=1+1", "'tis"]
    assert [row[2] for row in sheet.rows] == [Number(-1.5, Form.TENTHS), ""]


def test_more_rows_than_a_sheet_takes_are_cut_and_said(run, monkeypatch):
    monkeypatch.setattr(from_records, "MOST_ROWS", 5)
    sheet = sheet_named(opened(workbook([run], "en")), "intervals")
    assert sheet.max_row == HEAD_ROW + 5
    assert sheet["A2"].value.startswith("The first 5 of ")
    assert "intervals.csv" in sheet["A2"].value


# The file ---------------------------------------------------------------------------------


def test_the_same_result_gives_the_same_bytes(run):
    content = workbook([run], "zh")
    assert content == workbook([run], "zh")
    assert seal.is_untouched(content)
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None


def test_an_experiment_writes_a_workbook_and_replaces_only_its_own(tmp_path):
    path = tmp_path / "found.xlsx"
    asked_for = ("run", "first-day", "--replications", 1, "--engine", "simpy", "--jobs", 1)
    done = hotline(*asked_for, "--xlsx", path, "--lang", "zh")
    assert (done.exit_code, f"已写入 {path}" in done.stderr) == (0, True)
    first = opened(path.read_bytes()).worksheets[0]
    told = [row[1].value for row in first.iter_rows()]
    assert "hotline-sim run first-day --replications 1 --engine simpy" in told
    assert hotline(*asked_for, "--xlsx", path).exit_code == 0
    path.write_bytes(b"mine")
    refused = hotline(*asked_for, "--xlsx", path)
    assert (refused.exit_code, refused.stdout, path.read_bytes()) == (2, "", b"mine")
    wrong = hotline(*asked_for, "--xlsx", tmp_path / "found.xls")
    assert wrong.exit_code == 2
    assert "--xlsx" in wrong.stderr
    assert "must end in .xlsx" in wrong.stderr


def test_results_that_were_written_become_one_workbook(run, tmp_path):
    result = tmp_path / "result.json"
    result.write_text(run.to_json(), encoding="utf-8")
    path = tmp_path / "both.xlsx"
    done = hotline("report", result, result, "--out", path, "--lang", "zh")
    assert done.exit_code == 0
    names = opened(path.read_bytes()).sheetnames
    assert len(names) == len({name.lower() for name in names})
    assert {"说明", "说明 (2)", "费用", "费用 (2)"} <= set(names)
    again = tmp_path / "again.xlsx"
    assert hotline("rerun", result, "--jobs", 1, "--xlsx", again).exit_code == 0
    assert seal.is_untouched(again.read_bytes())


def test_python_users_write_a_workbook_by_one_call(run, tmp_path):
    path = hotline_sim.write_workbook(tmp_path / "r.xlsx", run, lang="both")
    assert path.read_bytes() == workbook([run], *LANGUAGES)
    with pytest.raises(ValueError, match="at least one"):
        hotline_sim.write_workbook(tmp_path / "r.xlsx")
    with pytest.raises(ValueError, match="must end in"):
        hotline_sim.write_workbook(tmp_path / "r.html", run)


def test_the_command_line_loads_what_writes_workbooks_only_when_one_is_wanted():
    code = (
        "import hotline_sim.cli, sys; sys.exit(bool({'xlsxwriter', 'openpyxl'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
