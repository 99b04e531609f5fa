"""Workbooks to fill in: the scenario they become, and the cell that each mistake is told of."""

import datetime as dt
import io
import zipfile
from functools import reduce
from types import SimpleNamespace

import openpyxl
import pytest
from click.testing import CliRunner

import hotline_sim
from hotline_sim.cli import main
from hotline_sim.definitions import PUBLISHABLE
from hotline_sim.domain import Origin
from hotline_sim.messages import LANGUAGES
from hotline_sim.scenario import ScenarioError, load, values_of, workbook
from hotline_sim.scenario.workbook import form, grids
from hotline_sim.scenario.workbook.cells import Wanted, value_of
from hotline_sim.scenario.workbook.form import Kind

EQUAL = """
format = 1
extends = "hotline-base"
title = "Ours"
[horizon]
start = 2025-03-03
days = 7
[demand]
hour_weights = [{weights}]
weekday_factors = [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5]
holiday_factor = 0.5
[channels.phone]
answered_per_year = 90_000
connect_rate = 0.9
lines = 40
talk = {{ law = "lognormal", mean_s = 210, sigma_log = 0.9 }}
[channels.phone.next.redial]
probability = 0.4
[channels.wechat]
cases_per_day = 20
connect_rate = 0.95
[teams.day]
employment = "outsourced"
persons = 60
shrinkage = 0.25
[[teams.day.shifts]]
seats = 7.5
from = "08:00"
to = "17:00"
days = "mon-fri"
[[teams.day.shifts.breaks]]
minutes = 30
from = "11:30"
to = "13:30"
[[teams.day.shifts.breaks]]
minutes = 15
from = "15:00"
to = "16:00"
[[teams.day.shifts]]
seats = 3
from = "16:30"
to = "24:00"
[teams.night]
shifts = []
[teams.team_3]
like = "day"
employment = "in_house"
[[teams.team_3.shifts]]
seats = 2
from = "00:00"
to = "08:00"
days = "sat,sun"
[employment.in_house]
answering_share = 0.4
pay_cny_per_person_year = 70_000
[employment.outsourced]
budget_cny = 12_012_200
award_cny = 11_998_000
[published]
answered = 1700
connect_rate = 0.9
"""
WORDS = {
    "en": SimpleNamespace(
        answered="answered contacts",
        year="year",
        day="day",
        people="people with a matter",
        workdays="mon-fri",
        weekend="Saturday and Sunday",
        mid="Mid shift",
    ),
    "zh": SimpleNamespace(
        answered="接通量",
        year="年",
        day="天",
        people="诉求人数",
        workdays="周一至周五",
        weekend="周六、周日",
        mid="中班",
    ),
}


class Filled:
    """A workbook to fill in, its examples taken out, and cells put by their heads and items."""

    def __init__(self, lang="en", *, empty=True):
        self.lang = lang
        self.book = openpyxl.load_workbook(io.BytesIO(workbook.blank("Ours", lang)))
        for name in form.SHEETS if empty else ():
            for row in self.sheet(name).iter_rows(min_row=3):
                for cell in row[1:] if name in form.ITEMS else row:
                    cell.value = None

    def sheet(self, name):
        return self.book[form.sheet_label(name, self.lang)]

    def put(self, name, row, **cells):
        """Put cells of a row, counted from the first below the heads."""
        heads = [cell.value for cell in self.sheet(name)[2]]
        for head, value in cells.items():
            column = heads.index(form.head_label(head, self.lang)) + 1
            self.sheet(name).cell(row + 3, column).value = value
        return self

    def item(self, name, value):
        """Put the value of an item."""
        for sheet in form.ITEMS:
            for label, cell, *_ in self.sheet(sheet).iter_rows(min_row=3):
                if label.value == form.item_label(name, self.lang):
                    cell.value = value
                    return self
        raise LookupError(name)

    def saved(self, path):
        self.book.save(path)
        return path


def filled_as_equal(lang):
    words, one = WORDS[lang], Filled(lang)
    one.item("title", "Ours").item("start", dt.datetime(2025, 3, 3)).item("days", 7)
    one.item("lines", 40).item("talk_s", 210).item("redial_share", "40%")
    one.put(
        "volumes",
        0,
        channel=form.choice_label(Kind.CHANNEL, "phone", lang),
        counted=words.answered,
        per=words.year,
        volume="9万",
        connect_rate=0.9,
    )
    one.put(
        "volumes",
        1,
        channel=form.choice_label(Kind.CHANNEL, "wechat", lang),
        counted=words.people,
        per=words.day,
        volume=20,
        connect_rate=0.95,
    )
    for hour in range(24):
        one.put("hours", hour, hour=dt.time(hour), workday=12 * hour, restday=5 * hour)
    day, night = (form.team_label(team, lang) for team in form.TEAMS)
    del night
    one.put(
        "shifts",
        0,
        **{
            "team": day,
            "seats": 7.5,
            "from": dt.time(8),
            "to": "17:00",
            "days": words.workdays,
            "break_minutes": 30,
            "break_from": "11:30",
            "break_to": "13:30",
        },
    )
    one.put("shifts", 1, break_minutes=15, break_from="15:00", break_to="16：00")
    one.put("shifts", 2, **{"team": day, "seats": 3, "from": "16:30", "to": "24:00"})
    one.put(
        "shifts",
        3,
        **{"team": words.mid, "seats": 2, "from": 0.0, "to": 1 / 3, "days": words.weekend},
    )
    one.put(
        "staff",
        0,
        team=day,
        employment=form.choice_label(Kind.EMPLOYMENT, "outsourced", lang),
        persons=60,
        shrinkage=0.25,
    )
    one.put(
        "staff", 1, team=words.mid, employment=form.choice_label(Kind.EMPLOYMENT, "in_house", lang)
    )
    one.item("own_answering", 0.4).item("own_pay", 70_000)
    one.item("bought_budget", 1201.22).item("bought_award", "1199.8万")
    one.put("published", 0, measure=form.choice_label(Kind.MEASURE, "answered", lang), value=1700)
    one.put("published", 1, measure="connect_rate", value="90%")
    return one


def hotline(*arguments, lang="en_US.UTF-8"):
    result = CliRunner().invoke(main, list(map(str, arguments)), env={"LANG": lang, "LC_ALL": lang})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def faults_of(path, lang="en"):
    with pytest.raises(ScenarioError) as error:
        load(path)
    return error.value.text(lang).splitlines()


# The scenario -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_is_the_scenario_that_the_same_in_toml_is(lang, tmp_path):
    found = load(filled_as_equal(lang).saved(tmp_path / "ours.xlsx"))
    weights = ", ".join(str(10 * hour) for hour in range(24))
    other = tmp_path / "toml"
    other.mkdir()
    (other / "ours.toml").write_text(EQUAL.format(weights=weights), encoding="utf-8")
    wanted = load(other / "ours.toml")
    assert values_of(found) == values_of(wanted)
    assert found.digest() == wanted.digest()
    assert found.simulated_digest() == wanted.simulated_digest()
    assert found.name == "ours"
    assert str(found.title.en) == "Ours"


def test_a_number_that_is_filled_in_counts_as_assumed_and_a_figure_has_its_source(tmp_path):
    one = filled_as_equal("en")
    bare = load(one.saved(tmp_path / "bare.xlsx")).provenance
    assert {bare[key].kind for key in ("channels.phone.lines", "published.answered")} == {
        Origin.ASSUMED
    }
    one.item("source", "Yearbook 2025, p. 3").put("published", 0, note="valid calls")
    told = load(one.saved(tmp_path / "told.xlsx"))
    figure = told.provenance["published.answered"]
    assert (figure.kind, figure.source, figure.note) == ("published", "workbook", "valid calls")
    assert told.own_sources["workbook"]["title"] == "Yearbook 2025, p. 3"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_examples_run_as_they_are(lang, tmp_path):
    path = tmp_path / "city.xlsx"
    locale = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[lang]
    assert hotline("new", "--xlsx", path, "--city", "某市", lang=locale).exit_code == 0
    found = load(path)
    assert getattr(found.title, lang) == {"en": "某市 12345", "zh": "某市12345热线"}[lang]
    short = ("--days", 1, "--replications", 1, "--jobs", 1, "--engine", "simpy", "--json")
    done = hotline("run", path, *short, "--set", "horizon.warm_up_days=0", lang=locale)
    assert done.exit_code == 0
    assert '"scenario": "city"' in done.stdout


def test_calls_by_hour_alone_are_the_volume(tmp_path):
    one = Filled().item("title", "Ours")
    one.put("volumes", 0, channel="phone", counted="offered", connect_rate=0.9)
    for hour, calls in ((9, 70), (10, 35)):
        one.put("hours", hour, hour=f"{hour}:00", workday=calls, restday=0)
    found = load(one.saved(tmp_path / "ours.xlsx"))
    assert found.channels["phone"].offered_per_day == pytest.approx(75)
    assert (found.demand.hour_weights or ())[8:12] == pytest.approx((0, 50, 25, 0))
    assert found.demand.weekday_factors == pytest.approx((1.4,) * 5 + (0,) * 2)
    assert found.demand.holiday_factor == 0


def test_without_shifts_the_rosters_of_the_base_hold(tmp_path):
    one = Filled().item("title", "Ours").put("staff", 0, team="day", persons=40)
    one.put("volumes", 0, channel="phone", volume=100_000)
    found, base = load(one.saved(tmp_path / "ours.xlsx")), load("hotline-base")
    assert found.teams["day"].curve == base.teams["day"].curve
    assert found.teams["night"].shifts == base.teams["night"].shifts
    assert found.teams["day"].persons == 40


def test_rows_columns_sheets_and_items_may_stand_in_another_order(tmp_path):
    one = filled_as_equal("en")
    as_it_was = load(one.saved(tmp_path / "ours.xlsx"))
    sheet = one.sheet("volumes")
    sheet.move_range("D2:D10", cols=6)  # the volume, to the right
    sheet.insert_rows(1, 2)
    basics = one.sheet("basics")
    rows = [[cell.value for cell in row] for row in basics.iter_rows(min_row=3)]
    for row, told in zip(basics.iter_rows(min_row=3), rows[::-1], strict=True):
        for cell, value in zip(row, told, strict=True):
            cell.value = value
    one.book.move_sheet("Published", -4)
    one.book.create_sheet("My sums")["A1"] = "=1/0"
    other = tmp_path / "moved"
    other.mkdir()
    assert load(one.saved(other / "ours.xlsx")) == as_it_was


# What is wrong ----------------------------------------------------------------------------


def test_every_mistake_is_told_by_its_cell_and_all_at_once(tmp_path):
    one = filled_as_equal("en")
    one.put("shifts", 0, **{"from": "8点"}).put("shifts", 2, seats=-2, days="whenever")
    one.put("staff", 0, employment="outsorced", shrinkage=25)
    one.put("volumes", 1, volume="many").item("days", 7.5)
    one.item("start", "1 March").put("published", 1, value=93)
    one.put("hours", 3, workday=-1)
    path = one.saved(tmp_path / "city.xlsx")
    assert set(faults_of(path)) == {
        f'{path}: Shifts!C3 = "8点": must be a time of day such as "08:30", at most "24:00"',
        f"{path}: Shifts!B5 = -2: must be at least 0",
        f'{path}: Shifts!E5 = "whenever": must be one of every day, Monday to Friday, '
        "Saturday and Sunday, workdays, rest days",
        f'{path}: Staff!B3 = "outsorced": must be one of in-house, outsourced; '
        "did you mean outsourced?",
        f"{path}: Staff!D3 = 25: must be a share such as 30% or 0.3",
        f'{path}: Volumes!D4 = "many": must be a number',
        f"{path}: Basics!B5 = 7.5: must be a whole number",
        f'{path}: Basics!B4 = "1 March": must be a date such as 2020-07-01',
        f"{path}: Published!B4 = 93: must be a share such as 30% or 0.3",
        f"{path}: Hours!B6 = -1: must be at least 0",
    }


def test_a_head_an_item_or_a_sheet_that_is_misspelt_is_told_with_the_right_one(tmp_path):
    one = filled_as_equal("zh")
    one.sheet("shifts")["B2"] = "坐席数"
    one.sheet("basics")["A7"] = "中继数"
    one.sheet("staff").title = "班组们"
    path = one.saved(tmp_path / "city.xlsx")
    lines = faults_of(path, "zh")
    assert (
        f'{path}: 班次!B2 = "坐席数": 不是本表的列；自用的列请以“备注”为表头；是否想写 座席数？'
        in lines
    )
    assert f'{path}: 基本信息!A7 = "中继数": 不是本表的项目；是否想写 中继线数？' in lines
    assert f"{path}: 班组们: 不是填报表的工作表；若为自用，请另取名称；是否想写 班组？" in lines
    assert any(line.startswith(f"{path}: 班次!A3: teams.day.shifts.0.seats: ") for line in lines)


def test_what_is_missing_is_told_where_it_would_stand(tmp_path):
    one = Filled().put("shifts", 0, seats=3).put("volumes", 0, volume=5).put("hours", 0, workday=3)
    path = one.put("published", 0, value=5).saved(tmp_path / "city.xlsx")
    lines = faults_of(path)
    assert f"{path}: Shifts!B3: its row says nothing under team / 班组" in lines
    assert f"{path}: Volumes!D3: its row says nothing under channel / 渠道" in lines
    assert f"{path}: Hours!B3: its row says nothing under hour from / 时段（起）" in lines
    assert f"{path}: Published!B3: its row says nothing under measure / 指标" in lines
    assert f"{path}: Basics: title: is missing" in lines


def test_a_formula_counts_as_what_was_worked_out_and_not_without(tmp_path):
    one = filled_as_equal("en").put("shifts", 2, seats="=1+2").item("lines", "=1/0")
    path = one.saved(tmp_path / "city.xlsx")
    assert set(faults_of(path)) == {
        f'{path}: {cell} = "{formula}": is a formula that nobody has worked out: open the '
        "workbook in Excel or WPS and save it"
        for cell, formula in (("Shifts!B5", "=1+2"), ("Basics!B7", "=1/0"))
    }
    worked_out = {
        b"<f>1+2</f><v></v>": b"<f>1+2</f><v>3</v>",
        b"><f>1/0</f><v></v>": b' t="e"><f>1/0</f><v>#DIV/0!</v>',
    }
    rewrite(path, worked_out)
    assert faults_of(path) == [f'{path}: Basics!B7 = "#DIV/0!": is a formula that failed']


def rewrite(path, replaced):
    """Replace bytes in the parts of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(
                name, reduce(lambda c, pair: c.replace(*pair), replaced.items(), content)
            )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 no archive", "is no Excel workbook (.xlsx) that can be read"),
        (b"title = 1", "is no Excel workbook (.xlsx) that can be read"),
        (b"\xd0\xcf\x11\xe0old", "is a workbook of the old form: open it and save it as .xlsx"),
        (b"PK" + bytes(2**20), "is larger than 1048576 bytes, too large for a scenario"),
        (None, "no such file"),
    ],
)
def test_a_file_that_is_no_workbook_gets_one_line(content, told, tmp_path):
    path = tmp_path / "city.xlsx"
    if content is not None:
        path.write_bytes(content)
    assert faults_of(path) == [f"{path}: {told}"]
    done = hotline("run", path)
    assert (done.exit_code, done.stderr) == (2, f"{path}: {told}\n")


def test_a_workbook_that_is_packed_small_and_is_large_inside_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "city.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(grids.LARGEST_INSIDE + 1))
    assert path.stat().st_size < 2**20
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    assert faults_of(path) == [
        f"{path}: is larger than {grids.LARGEST_INSIDE} bytes, too large for a scenario"
    ]


def test_a_workbook_that_declares_entities_is_refused(tmp_path):
    path = filled_as_equal("en").saved(tmp_path / "city.xlsx")
    rewrite(path, {b"<worksheet ": b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet '})
    assert faults_of(path) == [f"{path}: is no Excel workbook (.xlsx) that can be read"]


def test_any_other_workbook_and_too_long_a_sheet_are_told(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "mine"
    book.save(tmp_path / "mine.xlsx")
    (line,) = faults_of(tmp_path / "mine.xlsx")
    assert "has none of the sheets of a workbook to fill in" in line
    one = Filled().item("title", "Ours")
    one.sheet("published").cell(grids.MOST_ROWS + 1, 1).value = "far below"
    lines = faults_of(one.saved(tmp_path / "long.xlsx"))
    assert f"{tmp_path / 'long.xlsx'}: Published: has more than 2000 rows" in lines


# Cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Kind.NUMBER, "1.2万", 12_000),
        (Kind.NUMBER, "12，000", 12_000),
        (Kind.NUMBER, " 12人", 12),
        (Kind.SHARE, "９0％", 0.9),
        (Kind.SHARE, 1, 1),
        (Kind.WHOLE, 28.0, 28),
        (Kind.WAN, 1199.8, 11_998_000.0),
        (Kind.WAN, "0.12亿元", 12_000_000),
        (Kind.DATE, "2025年3月1日", dt.date(2025, 3, 1)),
        (Kind.DATE, "2025/3/1", dt.date(2025, 3, 1)),
        (Kind.CLOCK, 0.5, "12:00"),
        (Kind.CLOCK, 1, "24:00"),
        (Kind.CLOCK, dt.timedelta(days=1), "24:00"),
        (Kind.CLOCK, dt.time(8, 30), "08:30"),
        (Kind.CLOCK, "8:05", "08:05"),
        (Kind.DAYS, "周一、周三至周五", "mon,wed-fri"),
        (Kind.DAYS, "Sat, Sun", "sat,sun"),
        (Kind.DAYS, "工作日", "workdays"),
        (Kind.EMPLOYMENT, "自聘", "in_house"),
        (Kind.TEXT, 2025, "2025"),
    ],
)
def test_a_cell_is_understood_as_people_fill_it_in(kind, cell, value):
    found = value_of(kind, cell, "zh")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (Kind.NUMBER, True),
        (Kind.NUMBER, "= published.answered"),
        (Kind.NUMBER, dt.time(8)),
        (Kind.SHARE, 30),
        (Kind.SHARE, "130%"),
        (Kind.WHOLE, 2.5),
        (Kind.WAN, "much"),
        (Kind.DATE, "2025-02-30"),
        (Kind.DATE, 45_000),
        (Kind.CLOCK, "25:00"),
        (Kind.CLOCK, "8:75"),
        (Kind.CLOCK, 8),
        (Kind.CLOCK, dt.time(8, 30, 30)),
        (Kind.DAYS, "周末以外"),
        (Kind.DAYS, ""),
        (Kind.CHANNEL, "fax"),
    ],
)
def test_a_cell_that_says_something_else_is_told_what_is_wanted(kind, cell):
    assert isinstance(value_of(kind, cell, "en"), Wanted)


def test_every_label_is_one_thing_in_both_languages():
    labels = [
        [form.sheet_label(name, lang) for name in form.SHEETS for lang in LANGUAGES],
        *(
            [form.head_label(name, lang) for name in columns for lang in LANGUAGES]
            for columns in (*form.COLUMNS.values(), form.ITEM_COLUMNS)
        ),
        [
            form.item_label(i.name, x)
            for items in form.ITEMS.values()
            for i in items
            for x in LANGUAGES
        ],
    ]
    for lang in LANGUAGES:
        labels += [
            [form.choice_label(k, n, lang) for n in names] for k, names in form.CHOICES.items()
        ]
    for told in labels:
        assert len({name.lower() for name in told}) >= len(told) - told.count("APP及网站")
    assert set(form.CHOICES[Kind.MEASURE]) == set(PUBLISHABLE)


# The command ------------------------------------------------------------------------------


def test_new_writes_a_workbook_and_replaces_none(tmp_path):
    path, toml = tmp_path / "city.xlsx", tmp_path / "city.toml"
    assert hotline("new", toml, "--xlsx", path).exit_code == 0
    assert load(toml).name == load(path).name == "city"
    refused = hotline("new", "--xlsx", path)
    assert (refused.exit_code, "--force" in refused.stderr) == (2, True)
    assert hotline("new", path, "--force").exit_code == 0
    assert hotline("new").exit_code == 2
    wrong = hotline("new", "--xlsx", tmp_path / "city.xls")
    assert (wrong.exit_code, "must end in .xlsx" in wrong.stderr) == (2, True)


def test_cells_check_what_is_typed_and_examples_look_like_examples():
    one = Filled(empty=False)
    checks = {str(c.sqref): c for c in one.sheet("shifts").data_validations.dataValidation}
    assert checks["B3:B26"].type == "decimal"
    assert checks["C3:C26"].type == "list"
    hidden = one.book[form.LISTS]
    assert hidden.sheet_state == "hidden"
    marks = one.sheet("shifts").conditional_formatting
    assert {str(mark.sqref) for mark in marks} >= {"A3", "B3", "C3", "D3"}
    assert "A10" not in {str(mark.sqref) for mark in marks}


def test_a_workbook_is_a_scenario_wherever_one_is_named(tmp_path):
    path = filled_as_equal("en").saved(tmp_path / "ours.xlsx")
    shown = hotline("show", path)
    assert (shown.exit_code, "answered_per_year" in shown.stdout) == (0, True)
    assert hotline_sim.load(path, overrides=["channels.phone.lines=7"]).channels["phone"].lines == 7
