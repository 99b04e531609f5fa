"""The language of the command: wherever it is asked for, also in help and in click's own words."""

import ast
import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from hotline_sim import messages
from hotline_sim.cli import main

CLICK = Path(click.__file__).parent
# Of click's modules, those that speak of what no command of ours has: prompts, editors, consoles.
NOT_OURS = {"_termui_impl.py", "_winconsole.py", "termui.py", "utils.py"}
# What a programmer is told who declares an option wrongly, or has no use for here.
TO_PROGRAMMERS = re.compile(
    "deprecated|Deprecat|Could not determine|No options defined|exactly one parameter|defined twice"
    "|cannot use the same flag|Invalid start character|must be an iterable|UUID|match the format"
    r"|Choice\(|executable|Do you want|Confirm the action|%\(prog\)s|\{text\} "
)
COMMANDS = ["", *main.commands]
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _english_locale(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def said(*arguments, code=0):
    """Return all that a command prints, having ended with an exit code."""
    result = CliRunner().invoke(main, list(arguments), prog_name="hotline-sim")
    assert result.exit_code == code, result.output
    return result.output


def sentences_of_click():
    """Yield what click hands to gettext, where it is written out."""
    for path in CLICK.glob("*.py"):
        if path.name in NOT_OURS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "ngettext"):
                for given in node.args[:2]:
                    if isinstance(given, ast.Constant):
                        yield given.value


def test_every_sentence_of_clicks_that_a_user_can_meet_has_its_chinese():
    english = messages.names("en")
    known = {sentence for name, sentence in english.items() if name.startswith("click.")}
    met = {one for one in sentences_of_click() if not TO_PROGRAMMERS.search(one)}
    assert len(met) > 30
    assert met - known == set()


HELP = [
    ("--lang", "zh", "run", "--help"),
    ("run", "--lang", "zh", "--help"),
    ("run", "--help", "--lang", "zh"),
    ("run", "-h", "--lang=zh"),
    ("--lang", "en", "run", "--help", "--lang", "zh"),
]


@pytest.mark.parametrize("words", HELP, ids=" ".join)
def test_help_is_in_the_language_asked_for_wherever_that_stands(words):
    page = said(*words)
    assert messages.text("cli.run", "zh") in page
    assert messages.text("cli.run", "en") not in page
    assert page == said("run", "--help", "--lang", "zh")


def test_help_follows_the_locale_and_the_option_goes_before_it(monkeypatch):
    english, chinese = said("run", "--help"), said("run", "--help", "--lang", "zh")
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert said("run", "--help") == chinese
    assert said("--lang", "en", "run", "--help") == english
    assert not CHINESE.search(english)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_help_page_in_chinese_has_no_english_sentence_and_fits_80_columns(command, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page = said(*([command] if command else []), "--help", "--lang", "zh")
    joined = re.sub(r"\s+", "", page)
    groups = ("cli.", "click.")
    for name, sentence in messages.names("en").items():
        if name.startswith(groups) and " " in sentence:
            assert re.sub(r"\s+", "", sentence) not in joined, name
    assert "Usage" not in page
    assert max(map(cell_len, page.splitlines())) <= 80


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_list_of_commands_says_of_each_what_its_help_begins_with(lang):
    page = re.sub(r"\s+", "", said("--help", "--lang", lang))
    for command in main.commands:
        whole = re.sub(r"\s+", "", messages.text(f"cli.{command}", lang))
        assert any(f"{command}{whole[:n]}" in page for n in range(6, len(whole))), command


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_without_a_command_the_help_is_shown_and_nothing_else(lang, monkeypatch):
    monkeypatch.setenv("LANG", {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}[lang])
    bare = CliRunner().invoke(main, [], prog_name="hotline-sim").output
    assert bare.rstrip() == said("--help").rstrip()


MISTAKES = [
    (("run",), "缺少参数 “SCENARIO”。"),
    (("run", "x", "--contac"), "没有选项 “--contac”"),
    (("run", "x", "--seed"), "选项 “--seed” 缺少值。"),
    (("run", "x", "--seed", "soon"), "“--seed” 的取值无效：“soon” 不是整数。"),
    (("run", "x", "--seed", "-1"), "“--seed” 的取值无效：-1 不在范围 0<=x<=4294967295 之内。"),
    (("run", "x", "--engine", "steam"), "“steam” 不在可选之列：“auto”、“simpy”、“compiled”。"),
    (("run", "x", "--json=3"), "选项 “--json” 不带值。"),
    (("list", "a", "b"), "多出几个参数（a b）"),
    (("budget", "x"), "缺少选项 “--from”。"),
    (("rerun", "."), "“FILE” 的取值无效：文件 “.” 是文件夹，须为文件。"),
    (("runn",), "没有命令 “runn”"),
]


@pytest.mark.parametrize(("words", "told"), MISTAKES, ids=lambda given: " ".join(given)[:40])
def test_a_mistake_on_the_command_line_is_told_in_chinese(words, told):
    for asked in (("--lang", "zh", *words), ("--lang=zh", *words)):
        page = said(*asked, code=2)
        assert told in page
        assert not re.search("Error|Usage|Try |Invalid|Missing|No such", page)
    assert not CHINESE.search(said(*words, code=2))


def test_a_language_that_is_none_is_refused_in_the_locales(monkeypatch):
    assert "'fr' is not one of 'en', 'zh'" in said("run", "x", "--lang", "fr", code=2)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "“fr” 不在可选之列" in said("--lang", "fr", "list", code=2)


def test_the_language_before_a_command_is_that_of_what_it_prints():
    before, after = said("--lang", "zh", "list"), said("list", "--lang", "zh")
    assert before == after != said("list")
    assert said("--lang", "zh", "list", "--lang", "en") == said("list")


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        (["run", "--lang", "zh"], "zh"),
        (["--lang=zh", "run"], "zh"),
        (["--lang", "zh", "run", "--lang", "en"], "en"),
        (["run", "--lang", "both"], "en"),
        (["run", "--lang"], "en"),
        (["run", "zh"], "en"),
        (["run", "--", "--lang", "zh"], "en"),
    ],
)
def test_the_last_language_of_a_command_line_holds(words, lang):
    assert messages.language_of(words) == lang


def test_another_command_of_clicks_in_the_same_process_is_left_alone():
    said("--lang", "zh", "run", code=2)

    @click.command()
    @click.argument("name")
    def theirs(name):
        """Do what others do."""

    assert "Missing argument 'NAME'" in CliRunner().invoke(theirs, []).output
