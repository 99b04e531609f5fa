"""Reports: numbers as they are read, tables that fit, and files that other programs take."""

import csv
import io
import math
import re
from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from hotline_sim import experiments, reports, scenario
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import layout
from hotline_sim.definitions import PUBLISHABLE
from hotline_sim.messages import LANGUAGES
from hotline_sim.reports.numbers import (
    plain,
    shown,
    shown_difference,
    shown_printed,
    shown_range,
    shown_span,
)
from hotline_sim.reports.parts import Points
from hotline_sim.reports.tables import Table
from hotline_sim.reports.typography import typeset_block, without_units_of_spans

NAN = math.nan


@pytest.fixture(scope="module")
def year():
    """Nanning's year before with all its days and months, with few people."""
    few = [f"channels.{name}.cases_per_year=4000" for name in ("phone", "wechat", "app")]
    loaded = scenario.load("nanning-before", overrides=[*few, "horizon.warm_up_days=0"])
    return experiments.run(loaded, replications=2, seed=3, engine="simpy")


@pytest.fixture(scope="module")
def reproduced():
    brief = ["horizon.days=2", "horizon.warm_up_days=0"]
    return experiments.reproduce(overrides=brief, replications=2, seed=3, engine="simpy")


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# ---- numbers


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("connect_rate", 0.9007, "90.07 %"),
        ("connect_rate", -1e-9, "0.00 %"),
        ("connect_rate", NAN, "–"),
        ("answered", 406_174, "406,174"),
        ("answered", 247.25, "247.2"),
        ("asa_s", 8.94, "8.9 s"),
        ("asa_s", 22_139.7, "22,140 s"),
        ("cost_cny", 11_998_000, "11,998,000"),
        ("cost_cny", 9_999.5, "9,999.50"),
        ("answering_cost_share", 0.155, "15.50 %"),
    ],
)
def test_a_measure_is_read_in_its_unit(name, value, read):
    assert shown(name, value) == read


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("connect_rate", 0.6, "+60.00 pt"),
        ("connect_rate", -0.6, "-60.00 pt"),
        ("connect_rate", 1e-9, "0.00 pt"),
        ("answered", 2507, "+2,507"),
        ("asa_s", -338.6, "-338.6 s"),
        ("asa_s", NAN, "–"),
    ],
)
def test_a_difference_is_read_with_its_sign_and_that_of_rates_in_points(name, value, read):
    assert shown_difference(name, value) == read


def test_an_interval_is_read_with_its_unit_once():
    assert shown_span("connect_rate", 0.1241, 0.1872) == "12.41 … 18.72 %"
    assert shown_span("connect_rate", -0.1, 0.1, difference=True) == "-10.00 … +10.00 pt"
    assert shown_span("answered", 1026, 1158) == "1,026 … 1,158"
    assert shown_span("asa_s", NAN, NAN) == "–"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("90.07 %", "90.07%"),
        ("12.41 … 18.72 %", "12.41 … 18.72%"),
        ("+4.16 ± 0.31 pt", "+4.16 ± 0.31 个百分点"),
        ("8.9 s, 22,140 s", "8.9 秒, 22,140 秒"),
        ("5 seats, 3 ships, 2 pts", "5 seats, 3 ships, 2 pts"),
        ("teams.day.shifts.0 s1", "teams.day.shifts.0 s1"),
    ],
)
def test_units_are_set_as_the_language_writes_them(english, chinese):
    table = Table(english, (english,), ((english,), (english,)), note=english)
    for block, as_set in (
        (english, chinese),
        (Points(english, [english]), Points(chinese, [chinese])),
        (table, Table(chinese, (chinese,), ((chinese,), (chinese,)), note=chinese)),
    ):
        assert typeset_block(block, "zh") == as_set
        assert typeset_block(block, "en") == block


def test_a_terminals_table_spares_the_unit_of_intervals_and_breaks_no_number():
    rows = (("-0.06", "+7.73 ± 2.02 个百分点", "-17.70 … +5.31 个百分点"),)
    found = without_units_of_spans(Table("", ("a", "b", "c"), rows))
    assert found.rows == (("-0.06", "+7.73 ± 2.02 个百分点", "-17.70 … +5.31"),)
    assert layout.folded("+7.73 ± 2.02 个百分点", 12) == ["+7.73 ± 2.02", "个百分点"]
    assert layout.folded("等待 21.5 秒", 9) == ["等待", "21.5 秒"]


def test_a_printed_figure_is_read_with_no_more_digits_than_were_printed():
    assert shown_printed("connect_rate", 0.30) == "30 %"
    assert shown_printed("connect_rate", 0.9007) == "90.07 %"
    assert shown_printed("answered", 136_034) == "136,034"
    assert shown_printed("asa_s", 10.5) == "10.5 s"


@pytest.mark.parametrize(
    ("value", "low", "high", "read"),
    [
        (0.30, 0.28, 0.32, "28 … 32 %"),
        (0.01, 0.0, 0.01, "0 … 1 %"),
        (0.9007, 0.90065, 0.90075, ""),
        (0.78, 0.775, 0.785, ""),
        (0.78, 0.77, 0.79, "77 … 79 %"),
        (0.78, 0.78, 0.78, ""),
    ],
)
def test_a_range_is_read_unless_it_is_but_the_rounding_of_the_digits(value, low, high, read):
    assert shown_range("connect_rate", value, low, high) == read


def test_a_value_of_a_scenario_is_read_with_all_its_digits():
    assert plain(13_959_663.25) == "13,959,663.25"
    assert plain(0.65) == "0.65"
    assert plain(120) == "120"
    assert plain([1.0, 0.75]) == "[1, 0.75]"
    assert plain(True) == "true"


# ---- tables


def tables_of(run, lang):
    yield reports.people_and_calls(run, lang)
    yield reports.headline_table(run, lang)
    yield reports.waits_table(run, lang)
    yield reports.channel_table(run, lang)
    yield reports.team_table(run, lang)
    yield reports.published_table(run, lang)
    yield reports.assumption_table(run, lang, most=99)
    yield reports.number_table(run.scenario, scenario.values_of(run.scenario), lang)
    yield reports.catalogue_table([run.scenario], lang)


def all_tables(reproduced, lang):
    yield from tables_of(reproduced.before, lang)
    yield from tables_of(reproduced.after, lang)
    yield reports.reproduced_table(reproduced, lang)
    yield reports.people_table(reproduced, lang)
    yield reports.difference_table(reproduced.comparison, lang)


def test_every_row_has_a_cell_for_every_head_or_is_a_heading(reproduced):
    for lang in LANGUAGES:
        for table in all_tables(reproduced, lang):
            assert {len(row) for row in table.rows} <= {1, len(table.heads)}
            assert table.numeric | table.solid | table.spare <= set(range(len(table.heads)))


def test_numbers_are_the_same_in_both_languages(reproduced):
    def numbers(table):
        cells = [row[i] for row in table.rows for i in table.numeric if len(row) > 1]
        return [re.sub(r"[^\d.,…+-]", "", cell) for cell in cells]

    pairs = zip(*(all_tables(reproduced, lang) for lang in LANGUAGES), strict=True)
    for english, chinese in pairs:
        assert numbers(english) == numbers(chinese)


def test_findings_quote_the_same_numbers_in_both_languages(reproduced):
    found = [
        Counter(re.findall(r"\d[\d,]*\.\d+|\d+,\d+", sentence))
        for lang in LANGUAGES
        for sentence in reports.finding_sentences(reproduced, lang)
    ]
    middle = len(found) // 2
    assert found[:middle] == found[middle:]
    assert sum(map(len, found)) > 50


def test_a_measure_that_says_nothing_is_not_shown(year):
    shown_names = {row[0] for row in reports.headline_table(year, "en").rows}
    assert "abandoned" in shown_names
    assert "blocked (no free line)" not in shown_names  # nobody was
    assert "lost by KPI clauses (yuan)" not in shown_names  # there are none


def test_cases_stand_beside_the_contacts_of_the_same_channels(year):
    rows = {name: cells for name, *cells in reports.people_and_calls(year, "en").rows}
    inbound = [name for name in ("phone", "wechat", "app") if name in year.by_channel]
    assert set(year.by_channel) - set(inbound) == {"follow_up", "urging"}
    asked = [sum(one.by_channel[name]["offered"] for name in inbound) for one in year.replications]
    assert year.inbound["offered"].replications == tuple(asked)
    assert rows["asked for a human"][2] == shown("offered", sum(asked) / len(asked))
    assert rows["answered"][0] == shown("cases", year.measures["cases_answered"].mean)
    rates = [one.measures["cases_answered"] / one.measures["cases"] for one in year.replications]
    assert rows["share answered"][0] == shown("connect_rate", sum(rates) / len(rates))


def test_every_share_and_mean_says_among_what_it_was_counted(year):
    for lang in LANGUAGES:
        rows = [*reports.headline_table(year, lang).rows, *reports.waits_table(year, lang).rows]
        units = ("%", " s")
        assert all(row[1] for row in rows if row[2].endswith(units))
        assert len({row[:2] for row in rows}) == len(rows)  # none is told apart by numbers alone


def test_a_short_run_says_nothing_twice():
    def names(**horizon):
        changed = {f"horizon.{key}": value for key, value in horizon.items()}
        asked = scenario.load("first-day").with_values(changed)
        ran = experiments.run(asked, replications=2, jobs=1)
        return [row[0] for row in reports.headline_table(ran, "en").rows]

    day, week, two_months = names(days=1), names(days=7), names(days=40)
    assert "connect rate" in day
    assert set(week) - set(day) >= {"connect rate, worst 24 h"}
    assert "connect rate, mean of months" not in week
    assert "connect rate, mean of months" in two_months
    assert "calls that asked for a human" not in day  # which stand beside the cases


def test_assumptions_that_set_the_load_come_before_all_others(reproduced):
    table = reports.assumption_table(reproduced.after, "en", most=12)
    keys = [row[0] for row in table.rows]
    assert len(keys) == 12
    assert {"teams.day.seats", "channels.phone.patience.mean_s"} <= set(keys)
    assert {f"channels.phone.next.{row}.probability" for row in ("redial", "busy_redial")} <= set(
        keys
    )
    every = reports.assumption_table(reproduced.after, "en", most=999).rows
    assert sorted(row[0] for row in every) == sorted(
        row["key"] for row in reproduced.after.assumptions if row["range"] or row["set_by_user"]
    )
    assert table.rows == every[:12]


def test_what_was_set_stands_on_top_beside_what_the_file_says():
    seats, lines = "teams.desk.shifts.0.seats", "channels.phone.lines"
    asked = scenario.load("first-day", overrides=[f"{seats}=4", f"{lines}=9"])
    ran = experiments.run(asked, replications=1, jobs=1)
    table = reports.assumption_table(ran, "en", most=2)
    assert table.heads[:4] == ("key", "value", "in the file", "range")
    assert {row[:4] for row in table.rows[:2]} == {(seats, "4", "3", "–"), (lines, "9", "–", "–")}
    assert len(table.rows) == 2 + 3  # some of the assumptions are always shown
    plain = experiments.run("first-day", replications=1, jobs=1)
    assert "in the file" not in reports.assumption_table(plain, "en", most=2).heads


def test_of_a_given_set_the_table_says_where_its_values_lie():
    talk = "channels.phone.talk.mean_s"
    base = scenario.load("first-day")
    drawn = experiments.drawn_set(base, 2, 1, over=[talk])
    given = replace(drawn, values=np.array([[150.0], [350.0]]), origin="a survey")
    heads, cells = [], []
    for over in (drawn, given):
        ran = experiments.run(base, replications=1, jobs=1, over=over)
        table = reports.assumption_table(ran, "en", most=9)
        heads.append(table.heads)
        cells.append(next(row for row in table.rows if row[0] == talk))
    assert "90 % of the set" not in heads[0]  # which were drawn from the range beside it
    assert cells[1][heads[1].index("90 % of the set")] == "160 … 340"


def test_every_number_of_a_scenario_is_in_its_table_once(reproduced):
    loaded = reproduced.after.scenario
    section, keys = "", []
    for row in reports.number_table(loaded, scenario.values_of(loaded), "en").rows:
        if len(row) == 1:
            section = row[0].partition(":")[0]
        else:
            keys.append(f"{section}.{row[0]}")
    assert sorted(keys) == sorted(loaded.provenance)


# ---- pages

WORDS = st.text(st.sampled_from("ab 1.,%…（）：“”，。、渠道话务员接通率_"), max_size=60)


@given(WORDS, st.integers(4, 40))
def test_folded_words_fit_and_lose_no_letter(words, width):
    lines = layout.folded(words, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


LETTERS = st.sampled_from("渠道话务员接通率")
MARKS = st.sampled_from(["", "", "", "，", "。", "）", "”", "（", "“"])


@given(st.lists(st.tuples(LETTERS, MARKS), min_size=20, max_size=60))
def test_no_line_begins_with_what_closes_or_ends_with_what_opens(pairs):
    lines = layout.folded("".join(letter + mark for letter, mark in pairs) + "率", 20)
    assert len(lines) > 1
    assert all(line[0] not in "，。）”" for line in lines)
    assert all(line[-1] not in "（“" for line in lines)


@pytest.mark.parametrize("width", range(8, 20))
def test_a_number_keeps_its_unit(width):
    for line in layout.folded("of all cases 97.68 % rated, 12.5 s later", width):
        assert not line.startswith(("%", "s "))


@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_table_fits_and_loses_no_letter_of_a_column_it_shows(reproduced, width):
    for lang in LANGUAGES:
        for table in all_tables(reproduced, lang):
            lines = [line for line, _ in layout.tabled(table, width, rule="-")]
            assert all(cell_len(line) <= width for line in lines)
            spare = table.spare if width < layout.NARROW else frozenset()
            cells = [
                cell
                for row in (table.heads, *table.rows)
                for i, cell in enumerate(row)
                if len(row) == 1 or i not in spare
            ]
            letters = Counter("".join(cells)) - Counter(" ")
            assert Counter("".join(lines)) >= letters - Counter(" ")


def test_numbers_are_broken_last():
    row = ("a long name of a measure", "1,234.5")
    table = Table("t", ("measure", "mean"), (row,), frozenset({1}))
    lines = [line for line, _ in layout.tabled(table, 20, rule="-")]
    assert lines[2].split()[-1] == "1,234.5"


# ---- files


def test_measures_hold_every_estimate_of_the_run(year):
    rows = rows_of(reports.measures_csv([year]))
    whole = {row["measure"]: row for row in rows if row["group"] == ""}
    assert whole.keys() == year.measures.keys()
    rate = year.measures["connect_rate"]
    assert float(whole["connect_rate"]["mean"]) == pytest.approx(rate.mean, rel=1e-9)
    assert float(whole["connect_rate"]["low"]) == pytest.approx(rate.low, rel=1e-9)
    assert whole["connect_rate"]["replications"] == "2"
    by_channel = {(r["name"], r["measure"]): r["mean"] for r in rows if r["group"] == "channel"}
    for name, found in year.by_channel.items():
        assert float(by_channel[name, "offered"]) == pytest.approx(found["offered"].mean)
    assert {r["name"] for r in rows if r["group"] == "team"} == set(year.scenario.teams)


def test_what_is_unknown_is_an_empty_cell_and_no_replication(year):
    (row,) = (
        row
        for row in rows_of(reports.measures_csv([year]))
        if (row["name"], row["measure"]) == ("phone", "within_deadline_rate")
    )
    assert (row["mean"], row["low"], row["high"], row["replications"]) == ("", "", "", "0")


@pytest.fixture(scope="module")
def intervals(year):
    """Totals by (by, channel, measure), and the labels of each way of grouping, in order."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    labels: dict[str, list[str]] = defaultdict(list)
    for row in rows_of(reports.intervals_csv([year])):
        if row["measure"] in ("offered", "answered", "abandoned", "blocked"):
            sums[row["by"], row["channel"], row["measure"]] += float(row["mean"])
        if row["interval"] not in labels[row["by"]]:
            labels[row["by"]].append(row["interval"])
    return sums, labels


def test_half_hours_hours_days_and_months_sum_to_the_totals(year, intervals):
    sums, _ = intervals
    for channel, found in year.by_channel.items():
        for measure in ("offered", "answered", "abandoned", "blocked"):
            total = pytest.approx(found[measure].mean, rel=1e-6, abs=1e-6)
            assert sums["day", channel, measure] == total
            assert sums["month", channel, measure] == total
            for by in ("half_hour", "hour"):  # per day
                assert year.scenario.horizon.days * sums[by, channel, measure] == total


def test_intervals_are_named_by_clock_date_and_month(intervals):
    _, labels = intervals
    assert len(labels["half_hour"]) == 48
    assert labels["half_hour"][:3] == ["00:00", "00:30", "01:00"]
    assert labels["hour"] == [f"{hour:02d}:00" for hour in range(24)]
    assert (labels["day"][0], labels["day"][-1]) == ("2019-07-01", "2020-06-30")
    assert labels["month"] == [f"2019-{m:02d}" for m in range(7, 13)] + [
        f"2020-{m:02d}" for m in range(1, 7)
    ]


def test_spreadsheets_and_pandas_read_the_files(year):
    for content in (reports.measures_csv([year]), reports.intervals_csv([year])):
        assert content.startswith(b"\xef\xbb\xbf")
        frame = pd.read_csv(io.BytesIO(content))
        assert frame.columns[0] == "scenario"
        assert frame["mean"].dtype == float
        assert (frame["low"].isna() == frame["high"].isna()).all()
        assert (frame["low"].dropna() <= frame["high"].dropna()).all()


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1+2", "-a", "@sum", "\tx", "=cmd|' /C calc'!A0"])
def test_a_name_that_looks_like_a_formula_is_text(year, name):
    named = year.scenario.model_copy(update={"name": name})
    run = replace(year, header=replace(year.header, scenarios=(named,)))
    for content in (reports.measures_csv([run]), reports.intervals_csv([run])):
        assert {row["scenario"] for row in rows_of(content)} == {f"'{name}"}


def test_negative_numbers_stay_numbers(year):
    below = [replace(r, measures={**r.measures, "asa_s": -1.5}) for r in year.replications]
    rows = rows_of(reports.measures_csv([replace(year, replications=tuple(below))]))
    assert any(row["mean"].startswith("-") for row in rows)
    assert not any(cell.startswith("'") for row in rows for cell in row.values())


def test_every_published_measure_is_in_the_measures_of_some_run(year, reproduced):
    found = {row["measure"] for row in rows_of(reports.measures_csv([reproduced.after]))}
    assert set(PUBLISHABLE) - found == {"kpi_deduction_cny"}  # no city publishes a clause


# ---- whole or not at all


def test_a_file_is_replaced_at_once(tmp_path):
    path = tmp_path / "result.json"
    for content in (b"first", b"second"):
        write_atomically(path, content)
        assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize("error", [OSError("no space"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["os.replace", "pathlib.Path.write_bytes"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path, monkeypatch, error, step
):
    def fail(*_arguments):
        raise error

    path = tmp_path / "result.json"
    path.write_bytes(b"old")
    monkeypatch.setattr(step, fail)
    with pytest.raises(type(error)):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["result.json"]
