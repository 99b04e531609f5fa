"""The command: what it prints, what it writes, what it refuses, and how it ends."""

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

import hotline_sim
from hotline_sim import experiments, messages, scenario
from hotline_sim.cli import main, screen
from hotline_sim.definitions import MEASURES
from hotline_sim.execution import Forecast, engines, tasks
from hotline_sim.execution.replication import Numbers

BRIEF = ("--replications", "2", "--engine", "simpy", "--jobs", "1")
NANNING = ("--days", "3", "--set", "horizon.warm_up_days=0", *BRIEF)
ONE_SEAT = ("--set", "teams.desk.shifts.0.seats=1")
LANGUAGES = messages.LANGUAGES


def hotline(*arguments, code=0):
    """Return what a command prints, having ended with an exit code, and never by an error."""
    result = CliRunner().invoke(main, list(map(str, arguments)))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.stderr
    return result


def process(*arguments, cwd, code=0, **environment):
    """Return what ``python -m hotline_sim`` prints in another folder, as bytes."""
    done = subprocess.run(
        [sys.executable, "-m", "hotline_sim", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == code, done.stderr.decode(errors="replace")
    return done


def refused(*arguments):
    """Return the lines that tell why a command was refused; nothing else was printed."""
    result = hotline(*arguments, code=2)
    assert result.stdout == ""
    return result.stderr.splitlines()


def numbers(text):
    return Counter(re.findall(r"\d[\d,.]*\d|\d", text))


def result_of(*arguments):
    return json.loads(hotline(*arguments, "--json").stdout)


@pytest.fixture(autouse=True)
def _english_and_no_terminal(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.fixture
def mine(write_scenario):
    return write_scenario()


# ---- what each command prints


def test_list_names_every_shipped_scenario_and_no_other():
    printed = hotline("list").stdout
    assert all(name in printed for name in scenario.catalogue())
    listed = json.loads(hotline("list", "--json").stdout)
    assert [row["name"] for row in listed] == list(scenario.catalogue())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_list_of_cities_says_why_some_have_no_scenario(lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "2000")
    listed = json.loads(hotline("list", "--cities", "--json").stdout)
    without = {row["name"] for row in listed if not row["scenarios"] and not row["assumed"]}
    assert {"xiaogan", "yulin", "jinan", "quanzhou"} < without
    assert not {"china", "nanning"} & without
    page = hotline("list", "--cities", "--lang", lang).stdout
    assert page.count(messages.text("table.no_figures", lang)) == len(without)
    for row in listed:
        assert row["title"][lang] in page
        assert row["printed"][lang] in page
        assert all(name in page for name in row["scenarios"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_list_of_measures_says_what_each_counts_over_what(lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "2000")
    listed = json.loads(hotline("list", "--measures", "--json").stdout)
    assert list(listed) == list(MEASURES)
    page = hotline("list", "--measures", "--lang", lang).stdout
    for name, row in listed.items():
        assert name in page
        assert all(words in page for words in row[lang].values())


def test_run_shows_waits_and_the_queue_in_a_table_of_their_own(mine):
    usual, _, others = hotline("run", mine, *BRIEF).stdout.partition(
        f"{messages.text('table.waits', 'en')}\n"
    )
    assert "mean wait of the answered" in usual
    assert "longest queue" in others
    assert "longest queue" not in usual


def test_show_gives_every_number_with_its_origin():
    numbers_shown = result_of("show", "nanning-after")["numbers"]
    loaded = scenario.load("nanning-after")
    assert numbers_shown.keys() == loaded.provenance.keys()
    assert numbers_shown["employment.outsourced.award_cny"]["kind"] == "published"
    printed = hotline("show", "nanning-after").stdout
    assert printed.count("published (") == sum(
        origin.kind == "published" for origin in loaded.provenance.values()
    )
    assert loaded.unknown.en.split()[0] in printed


def test_show_breaks_lines_but_cuts_off_no_key_and_no_number(monkeypatch):
    found = []
    for columns in ("50", "80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        printed = hotline("show", "nanning-before").stdout
        found.append(sorted(re.sub(r"[\s─]", "", printed)))
    assert found[0] == found[1] == found[2]
    assert " busyness.half_hour_correlation " in printed


def test_schema_is_the_json_schema():
    assert json.loads(hotline("schema").stdout) == scenario.json_schema()


def test_version_is_the_packages():
    assert hotline("--version").stdout.split()[-1] == hotline_sim.__version__


@pytest.mark.parametrize("command", ["", *main.commands])
def test_help_says_what_a_command_does(command):
    arguments = [*([command] if command else []), "--help"]
    printed = hotline(*arguments).stdout
    said = {messages.text(f"cli.{command or 'main'}", lang)[:10] for lang in LANGUAGES}
    assert any(words in printed for words in said)


@pytest.mark.parametrize(("locale", "lang"), [("zh_CN.UTF-8", "zh"), ("en_US.UTF-8", "en")])
def test_help_is_given_in_the_locales_language(tmp_path, locale, lang):
    printed = process("run", "--help", cwd=tmp_path, LANG=locale).stdout.decode()
    assert messages.text("cli.run", lang) in printed


def test_run_prints_the_measures_that_its_json_holds(mine):
    result = result_of("run", mine, *BRIEF)
    assert result["replications"] == 2
    assert result["engine"] == "simpy"
    assert result["scenario"] == "mine"
    rate = result["measures"]["connect_rate"]
    assert rate["low"] <= rate["mean"] <= rate["high"]
    assert rate["mean"] == pytest.approx(sum(rate["replications"]) / 2)
    printed = hotline("run", mine, *BRIEF).stdout
    assert f"{100 * rate['mean']:.2f} %" in printed
    assert "2 replications, seed 12345, engine simpy" in printed


def test_compare_prints_the_difference_on_the_same_people(mine, write_scenario, smallest):
    other = write_scenario(smallest.replace("seats = 3", "seats = 1"), "other.toml")
    result = result_of("compare", mine, other, *BRIEF)
    for name, difference in result["difference"].items():
        pairs = [result[side]["measures"][name]["replications"] for side in "ab"]
        for a, b, found in zip(*pairs, difference["replications"], strict=True):
            assert found == (None if a is None else pytest.approx(b - a))
    assert result["difference"]["cases"]["replications"] == [0, 0]
    printed = hotline("compare", mine, other, *BRIEF).stdout
    assert f"{100 * result['difference']['connect_rate']['mean']:+.2f} pt" in printed


def test_one_side_of_a_comparison_may_be_changed_alone_and_is_named_by_what_was_set():
    told = ("--set-b", "teams.desk.shifts.0.seats=5", "--set", "channels.phone.cases_per_day=250")
    both = ("compare", "first-day", "first-day", *told, "--replications", "2", "--jobs", "1")
    a, b = json.loads(hotline(*both, "--json").stdout)["header"]["changed"]
    assert a == {"channels.phone.cases_per_day": 250}
    assert b == {**a, "teams.desk.shifts.0.seats": 5}
    page = hotline(*both).stdout
    assert page.startswith("Compared on the same people (B less A)\nA: first-day. B: first-day, ")
    assert "teams.desk.shifts.0.seats = 5" in page
    assert "cases_per_day" not in page


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (("first-day", "--set-b", "horizon.days=2"), "days simulated are 1 in A and 2 in B, so"),
        (("first-day", "--set-b", "horizon.start=2024-03-05"), "begins on 2024-03-04 and B on"),
        (("first-day", "--set-b", "channels.phone.cases_per_day=300"), "cases and B 286.0"),
        (("first-day", "--set-b", "teams.desk.shifts.0.seats=5"), ""),
    ],
)
def test_a_comparison_says_when_it_is_not_of_the_same_people(other, why):
    brief = ("--replications", "2", "--jobs", "1")
    page = " ".join(hotline("compare", "first-day", *other, *brief).stdout.split())
    assert ("not the same people" in page) is bool(why)
    assert ("Compared on the same people" in page) is (not why)
    assert why in page


def test_a_comparison_of_two_cities_names_them():
    brief = ("--days", "1", "--replications", "1", "--jobs", "1")
    page = hotline("compare", "hefei-2018-before", "nanning-after", *brief).stdout
    assert "A is Hefei and B Nanning" in " ".join(page.split())


def test_reproduce_holds_both_years_against_what_was_printed():
    result = result_of("reproduce", "nanning", *NANNING)
    for year in ("before", "after"):
        row = result[year]["published"]["answered"]
        assert row["value"] == scenario.load(f"nanning-{year}").published["answered"]
        assert row["covered"] is None  # the year is not simulated
        rate = result[year]["published"]["connect_rate_monthly_mean"]
        is_met = {"met": True, "not_met": False, "not_decided": None}
        assert rate["covered"] is is_met[rate["verdict"]]
    printed = hotline("reproduce", "nanning", *NANNING).stdout
    assert "136,034" in printed
    assert all(f"\n{i}. " in printed for i in range(1, len(result["findings"]) + 1))
    assert messages.text("say.other_days", "en")[:40] in printed


@pytest.mark.parametrize(
    "command",
    [
        ("list",),
        ("show", "first-day"),
        ("run", "first-day", *BRIEF),
        ("compare", "first-day", "first-day", *BRIEF),
        ("reproduce", "nanning", *NANNING),
    ],
    ids=lambda command: command[0],
)
class TestEveryCommand:
    def test_json_is_one_document_and_nothing_else(self, command, tmp_path):
        done = process(*command, "--json", cwd=tmp_path, PYTHONWARNINGS="error")
        assert done.stdout.strip().startswith((b"{", b"["))
        json.loads(done.stdout)
        assert done.stderr == b""

    def test_json_is_the_same_in_both_languages(self, command):
        printed = {hotline(*command, "--json", "--lang", lang).stdout for lang in LANGUAGES}
        assert len(printed) == 1

    def test_numbers_are_the_same_in_both_languages(self, command):
        english, chinese = (hotline(*command, "--lang", lang).stdout for lang in LANGUAGES)
        assert re.search(r"[\u4e00-\u9fff]", chinese)
        # months and other small numbers are words in one of the languages
        found = [
            Counter({n: c for n, c in numbers(printed).items() if len(n) > 2})
            for printed in (english, chinese)
        ]
        assert found[0] == found[1]

    def test_the_language_is_the_locales_where_none_is_asked_for(self, command, monkeypatch):
        printed = hotline(*command, "--lang", "zh").stdout
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
        assert hotline(*command).stdout == printed
        monkeypatch.setenv("LC_ALL", "C")
        assert hotline(*command).stdout == hotline(*command, "--lang", "en").stdout

    @pytest.mark.parametrize("columns", [40, 60, 80, 120])
    def test_no_line_is_wider_than_the_page(self, command, columns, monkeypatch):
        monkeypatch.setenv("COLUMNS", str(columns))
        for lang in LANGUAGES:
            for line in hotline(*command, "--lang", lang).stdout.splitlines():
                assert cell_len(line) <= columns, line

    def test_output_can_go_to_a_pipe_of_another_encoding(self, command, tmp_path):
        done = process(*command, "--lang", "zh", cwd=tmp_path, PYTHONIOENCODING="gbk")
        assert "?" not in done.stdout.decode("gbk")
        process(*command, "--lang", "zh", cwd=tmp_path, PYTHONIOENCODING="ascii")
        done = process(*command, "--json", cwd=tmp_path, PYTHONIOENCODING="gbk")
        assert json.loads(done.stdout) == json.loads(hotline(*command, "--json").stdout)


@pytest.mark.parametrize("shorter", [("--days", "2"), ("--set", "horizon.days = 2")])
def test_published_counts_beside_other_days_are_said_not_to_compare(
    write_scenario, smallest, shorter
):
    path = write_scenario(f"{smallest}\n[published]\nanswered = 9\n")
    for options, warns in ((shorter, 1), ((), 0)):
        for lang in LANGUAGES:
            printed = hotline("run", path, *BRIEF, *options, "--lang", lang).stdout
            assert printed.count(messages.text("say.other_days", lang)[:20]) == warns
        row = result_of("run", path, *BRIEF, *options)["published"]["answered"]
        assert (row["verdict"] == "nothing") == warns


def test_what_both_catalogues_say_can_be_written_in_gbk():
    for lang in LANGUAGES:
        for name, sentence in messages.names(lang).items():
            assert sentence.encode("gbk").decode("gbk") == sentence, name


# ---- options


def test_days_go_after_all_that_is_set(mine):
    found = result_of("run", mine, *BRIEF, "--days", "2", "--set", "horizon.days=3")
    assert found["measures"] == result_of("run", mine, *BRIEF, "--days", "2")["measures"]
    other = result_of("run", mine, *BRIEF, "--days", "3")
    assert found["measures"]["cases"]["mean"] < other["measures"]["cases"]["mean"]


def test_set_changes_a_key(mine):
    three = result_of("run", mine, *BRIEF)["measures"]["answered"]["mean"]
    one = result_of("run", mine, *BRIEF, *ONE_SEAT)["measures"]["answered"]["mean"]
    assert one < three
    shown = result_of("show", mine, *ONE_SEAT)["numbers"]["teams.desk.shifts.0.seats"]
    assert (shown["value"], shown["kind"]) == (1, "assumed")


def test_days_is_the_length_of_the_horizon(mine):
    result = result_of("run", mine, *BRIEF, "--days", "3")
    assert {"key": "horizon.days", "value": 3}.items() <= result["assumptions"][0].items()


def test_a_seed_meets_the_same_people_again_and_another_seed_others(mine):
    runs = [result_of("run", mine, *BRIEF, "--seed", seed) for seed in (1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[0]["measures"] != runs[2]["measures"]


def test_any_number_of_jobs_gives_the_same_result(monkeypatch, mine):
    arguments = ("run", mine, "--replications", "4", "--engine", "simpy", "--json")
    played_here = hotline(*arguments, "--jobs", 1).stdout
    monkeypatch.setattr(tasks, "_POOL_FROM_S", 0.0)  # so little work is else never shared out
    assert hotline(*arguments, "--jobs", 2).stdout == played_here


def test_both_engines_give_the_same_result(mine):
    runs = [
        result_of("run", mine, "--replications", "2", "--engine", engine)
        for engine in ("simpy", "compiled")
    ]
    assert [run.pop("engine") for run in runs] == ["simpy", "compiled"]
    assert [run.pop("header")["engine"] for run in runs] == ["simpy", "compiled"]
    assert runs[0] == runs[1]


def test_precision_goes_on_until_the_interval_is_so_narrow(mine):
    few, many = (
        result_of("run", mine, *BRIEF, "--precision", f"connect_rate={width}")
        for width in (0.5, 0.02)
    )
    assert few["replications"] < many["replications"]
    rate = many["measures"]["connect_rate"]
    assert (rate["high"] - rate["low"]) / 2 <= 0.02


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("run", "nowhere.toml"), r"nowhere\.toml: no such file"),
        (("run", "nanning-aftr"), r"nanning-aftr: no such .*; did you mean nanning-after\?"),
        (("show", "first_day"), r"did you mean first-day\?"),
        (("compare", "first-day", "secnd-day"), r"secnd-day: no such scenario"),
        (("run", "first-day", "--set", "channels.phone.line=9"), "--set: channels.phone.line: no"),
        (("run", "first-day", "--set", "horizon.days=0"), "days = 0: must be at least 1"),
        (("run", "first-day", "--set", "nonsense"), "--set: nonsense: must look like"),
        (("run", "first-day", "--precision", "connect_rate"), "must look like connect_rate=0.005"),
        (("run", "first-day", "--precision", "conect_rate=1"), "conect_rate"),
        (("run", "first-day", "--precision", "connect_rate=nan"), "nan"),
        (("run", "first-day", "--precision", "connect_rate=0"), "0"),
        (("run", "first-day", "--contacts"), "--contacts needs --out"),
    ],
)
def test_a_mistake_is_told_in_one_line(arguments, told):
    (line,) = refused(*arguments)
    assert re.search(told, line), line


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--days", "0"), "--days"),
        (("--replications", "0"), "--replications"),
        (("--seed", "-1"), "--seed"),
        (("--seed", "4294967296"), "--seed"),
        (("--engine", "petrol"), "--engine"),
        (("--jobs", "-2"), "--jobs"),
        (("--lang", "de"), "--lang"),
    ],
)
def test_an_option_out_of_its_range_is_refused_by_name(arguments, told):
    assert told in refused("run", "first-day", *arguments)[-1]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cases_per_day = 200", "cases_per_day = nan", ["cases_per_day = nan: must be a finite"]),
        ("cases_per_day = 200", "cases_per_day = -1", ["cases_per_day = -1: must be at least 0"]),
        (
            "mean_s = 180 }",
            "mean_s = 180 }\nself_service_share = 1.2",
            ["self_service_share = 1.2: must be at most 1"],
        ),
        ('["phone"]', "[]", ["must name a channel", "no team serves this channel"]),
        ('["phone"]', '["fone"]', ['"fone": is not a channel', "no team serves this channel"]),
        ("days = 1", "days = 0", ["days = 0: must be at least 1"]),
        ("format = 1", 'format = 1\nextends = "mine.toml"', ["extends itself: mine → mine"]),
        ("format = 1", 'format = 1\nextends = "../up.toml"', ["must lie in the same folder"]),
        ("最小".encode(), "最小".encode("gbk"), ["line 2 is not UTF-8"]),
        ("days = 1", "days = 2.5", ["days = 2.5: must be a whole number"]),
        ("seats = 3", "seats = -1", ["seats = -1: must be at least 0"]),
    ],
)
def test_every_fault_of_a_file_is_one_line(write_scenario, smallest, old, new, told):
    if isinstance(old, bytes):
        path = write_scenario(smallest.encode().replace(old, new))
    else:
        path = write_scenario(smallest.replace(old, new))
    lines = refused("run", path)
    assert len(lines) == len(told)
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert all(any(words in line for line in lines) for words in told)


def test_faults_are_told_in_the_language_asked_for(write_scenario, smallest):
    path = write_scenario(smallest.replace("days = 1", "days = 0"))
    (line,) = refused("run", path, "--lang", "zh")
    assert "须不小于 1" in line


# ---- the edges of the possible


def test_nobody_on_duty_is_a_run_in_which_nobody_is_answered(mine):
    nobody = ("run", mine, *BRIEF, "--set", "teams.desk.shifts.0.seats=0")
    found = result_of(*nobody)
    assert found["measures"]["connect_rate"]["mean"] == 0
    assert found["measures"]["asa_s"]["mean"] is None
    assert found["measures"]["occupancy"]["mean"] is None
    for lang in LANGUAGES:
        printed = hotline(*nobody, "--lang", lang).stdout
        assert messages.text("say.nobody_answers", lang) in printed


def test_no_calls_are_a_run_whose_rates_are_unknown(mine):
    silence = ("run", mine, *BRIEF, "--set", "channels.phone.cases_per_day=0")
    found = result_of(*silence)
    assert found["measures"]["offered"]["mean"] == 0
    assert found["measures"]["connect_rate"]["mean"] is None
    for lang in LANGUAGES:
        printed = hotline(*silence, "--lang", lang).stdout
        assert messages.text("say.no_calls", lang) in printed
        assert "nan" not in printed


# ---- what new writes


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("city", ["Nanning", "南宁", 'O"Hara \\ "Cork"', "L'Aquila", "a\\n", "🏙"])
def test_a_new_scenario_runs_whatever_the_name_of_the_city(tmp_path, lang, city):
    path = tmp_path / "city.toml"
    told = hotline("new", path, "--city", city, "--lang", lang)
    assert told.stdout == ""
    assert str(path) in told.stderr
    loaded = scenario.load(path)
    assert loaded.title.en == f"{city} 12345"
    assert city in hotline("run", path, "--days", "1", *BRIEF, "--lang", lang).stdout


def test_the_starters_of_both_languages_are_one_scenario(tmp_path):
    trees = []
    for lang in LANGUAGES:
        hotline("new", tmp_path / f"{lang}.toml", "--lang", lang)
        trees.append(tomllib.loads((tmp_path / f"{lang}.toml").read_text(encoding="utf-8")))
    assert trees[0] == trees[1]


def test_new_replaces_no_file_unless_told_to(tmp_path):
    path = tmp_path / "city.toml"
    path.write_text("mine", encoding="utf-8")
    (line,) = refused("new", path)
    assert "--force" in line
    assert path.read_text(encoding="utf-8") == "mine"
    hotline("new", path, "--force")
    assert scenario.load(path).name == "city"


@pytest.mark.parametrize("city", ["", "  ", "x" * 101, "a\nb", "a\x7f", "\udcc4"])
def test_a_city_without_a_name_to_print_is_refused(tmp_path, city):
    assert len(refused("new", tmp_path / "city.toml", "--city", city)) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["no/such/folder/city.toml", "x" * 300 + ".toml", "file/city.toml"]
)
def test_new_where_nothing_can_be_written_is_refused(tmp_path, name):
    (tmp_path / "file").write_text("", encoding="utf-8")
    (line,) = refused("new", tmp_path / name)
    assert "cannot be written" in line
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# ---- what --out writes


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder of a run of Nanning's year after, cut to three days, and what it printed."""
    folder = tmp_path_factory.mktemp("out") / "new" / "folder"
    return folder, hotline("run", "nanning-after", *NANNING, "--out", folder, "--lang", "en")


def test_out_holds_the_result_the_tables_and_the_figures(written):
    folder, printed = written
    names = {path.name for path in folder.iterdir()}
    assert {"result.json", "measures.csv", "intervals.csv"} <= names
    figures = {path.stem for path in folder.glob("*.png")}
    assert figures
    assert figures == {path.stem for path in folder.glob("*.svg")}
    assert str(folder) in printed.stderr
    kept = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert kept == result_of("run", "nanning-after", *NANNING)


@pytest.mark.parametrize(
    ("command", "scenarios"),
    [
        (("compare", "first-day", "first-day", *BRIEF), {"first-day"}),
        (("reproduce", "nanning", *NANNING), {"nanning-before", "nanning-after"}),
    ],
    ids=["compare", "reproduce"],
)
def test_out_of_two_runs_holds_both(tmp_path, command, scenarios):
    printed = hotline(*command, "--out", tmp_path / "out", "--json").stdout
    assert (tmp_path / "out" / "result.json").read_text(encoding="utf-8") == printed.rstrip("\n")
    for name in ("measures.csv", "intervals.csv"):
        lines = (tmp_path / "out" / name).read_text(encoding="utf-8-sig").splitlines()
        assert {line.partition(",")[0] for line in lines[1:]} == scenarios
    assert list((tmp_path / "out").glob("*.svg"))


def test_out_leaves_nothing_beside_its_files(written):
    folder, _ = written
    assert not [path for path in folder.rglob("*") if path.name.startswith(".")]


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_simulated(
    tmp_path, monkeypatch
):
    def simulate(*_arguments, **_options):
        raise AssertionError("simulated")

    monkeypatch.setattr(experiments, "run", simulate)
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere")):
        (line,) = refused("run", "first-day", *BRIEF, "--out", folder)
        assert "cannot be written" in line
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["result.json", "measures.csv", "intervals.csv"])
@pytest.mark.parametrize(
    ("error", "code"), [(OSError(28, "No space left on device"), 1), (KeyboardInterrupt(), 130)]
)
def test_a_file_that_fails_half_way_is_not_there_at_all(
    tmp_path, monkeypatch, mine, name, error, code
):
    def fail(source, target):
        if Path(target).name == name:
            raise error
        move(source, target)

    move = os.replace
    monkeypatch.setattr(os, "replace", fail)
    result = hotline("run", mine, *BRIEF, "--out", tmp_path / "out", code=code)
    assert len(result.stderr.splitlines()) == 1
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert name not in names
    assert not [name for name in names if name.startswith(".")]


# ---- how it ends


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_a_bar_moves_on_standard_error_where_it_is_a_terminal_and_json_stays_clean(tmp_path):
    terminal, there = os.openpty()
    arguments = ["run", "first-day", *BRIEF, "--json"]
    with (
        (tmp_path / "printed.json").open("wb") as printed,
        subprocess.Popen(
            [sys.executable, "-m", "hotline_sim", *arguments],
            cwd=tmp_path,
            env={**os.environ, "TERM": "xterm"},
            stdout=printed,
            stderr=there,
        ) as running,
    ):
        os.close(there)
        told = b""
        while piece := read_of(terminal):
            told += piece
    os.close(terminal)
    assert running.returncode == 0
    result = json.loads((tmp_path / "printed.json").read_bytes())
    assert result["replications"] == 2
    assert b"2/2" in told
    first = result["measures"]["connect_rate"]["replications"]
    line = re.search(r"first replication: .* connect rate ([\d.]+) %", told.decode())
    assert line
    assert float(line[1]) in [pytest.approx(100 * rate, abs=0.005) for rate in first]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_told_while_a_bar_moves_has_lines_of_its_own(monkeypatch, lang):
    class Terminal(io.TextIOWrapper):
        def isatty(self):
            return True

    terminal = Terminal(buffer := io.BytesIO(), encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    replication = Numbers({"answered": 405_800.0, "connect_rate": 0.9021}, {}, {}, {})
    with screen.progress_bar(lang) as move:
        assert move is not None  # on a terminal
        screen.compiling_notice(lang)()
        move(1, 10, replication)
        screen._tell_forecast(lang, Forecast(10, 60.0, 1))
        screen._show_notice(lang, UserWarning("[a notice]"))
    bare = re.sub(r"\x1b\[[\d;?]*[A-JL-Za-z]", "", buffer.getvalue().decode())  # but for 2K: erased
    lines = [line.rpartition("\x1b[2K")[2].strip("\r") for line in bare.splitlines()]
    told = [line for line in lines if line and messages.text("say.progress", lang) not in line]
    assert told[0] == messages.text("say.compiling", lang)
    assert ("90.21%" if lang == "zh" else "90.21 %") in told[1]
    assert "10" in told[2]
    assert told[3:] == ["[a notice]"]
    assert max(map(cell_len, told)) <= 80


def read_of(terminal):
    """Return what a terminal shows next; nothing when nobody writes to it any more."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_run_out_of_memory_says_so_in_one_line(monkeypatch):
    def simulate(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr(experiments, "run", simulate)
    result = hotline("run", "first-day", code=1)
    assert result.stderr.splitlines() == ["The run failed: MemoryError"]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["experiments.run", "reports.pages._how"])
@pytest.mark.parametrize("error", [ValueError, KeyError, ModuleNotFoundError, RecursionError])
def test_a_mistake_of_the_package_is_not_told_as_the_users(monkeypatch, lang, name, error):
    def fail(*_arguments, **_options):
        raise error("in the\nmiddle")

    monkeypatch.setattr(f"hotline_sim.{name}", fail)
    (line,) = hotline("run", "first-day", *BRIEF, "--lang", lang, code=1).stderr.splitlines()
    before, _, after = messages.text("say.fault", lang).partition("{reason}")
    assert line.startswith(f"{before}{error.__name__}: ")
    assert line.endswith(after)


@pytest.mark.parametrize("error", [ValueError("odd"), OSError(5, "Input/output error")])
def test_a_traceback_is_shown_to_who_asks_for_it(monkeypatch, error):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr(experiments, "run", fail)
    for wanted, shown in (("1", True), ("0", False), ("", False)):
        monkeypatch.setenv("HOTLINE_SIM_DEBUG", wanted)
        told = hotline("run", "first-day", code=1).stderr
        assert ("Traceback" in told and "in fail" in told) == shown


def test_what_is_not_installed_is_the_users_to_mend(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "numba" else found(name, *a)
    )
    assert refused("run", "first-day", "--engine", "compiled") == ["--engine compiled needs numba"]


def test_the_module_is_the_command(tmp_path):
    assert (
        process("list", "--json", cwd=tmp_path).stdout.decode() == hotline("list", "--json").stdout
    )


def test_who_waits_for_the_compiler_is_told_so(monkeypatch, mine):
    monkeypatch.setattr(tasks, "must_compile", lambda _engine: True)
    told = hotline("run", mine, *BRIEF)
    assert told.stderr.splitlines()[0].startswith("Compiling the engine")
    monkeypatch.setattr(tasks, "must_compile", lambda _engine: False)
    assert "Compiling" not in hotline("run", mine, *BRIEF).stderr


def test_where_numba_is_missing_auto_says_so_in_one_line(monkeypatch):
    found = importlib.util.find_spec
    hidden = {"numba"}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name in hidden else found(name, *a)
    )
    engines._has_compiled.cache_clear()
    try:
        with pytest.warns(engines.EngineNotice, match="numba is missing"):
            assert engines.engine_of("auto")[0] == "simpy"
    finally:
        engines._has_compiled.cache_clear()
