"""What help pages offer to type, and what a shell completes."""

import copy
import re
import shlex

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from test_cli import hotline

from hotline_sim import messages, scenario
from hotline_sim.cli import main
from hotline_sim.experiments import PAIRS
from hotline_sim.messages import LANGUAGES

COMMANDS = sorted(main.commands)


def examples_of(command, lang):
    lines = messages.text(f"cli.example.{command}", lang).splitlines()
    return [line.strip() for line in lines if line.strip().startswith("hotline-sim ")]


def parsed(line):
    """Return the context of a command line that the parser takes, and its command's name."""
    name, *arguments = shlex.split(line.partition(" > ")[0], comments=True)[1:]
    return name, copy.copy(main.commands[name]).make_context(name, arguments)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", COMMANDS)
def test_every_help_page_ends_with_examples_that_the_parser_takes(command, lang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    page = hotline(command, "--help", "--lang", lang).stdout
    lines = examples_of(command, lang)
    assert 1 <= len(lines) <= 3
    tail = [line.strip() for line in page.splitlines()][-len(lines) :]
    assert tail == lines
    for line in lines:
        assert cell_len(line) <= 76
        assert parsed(line)[0] == command


@pytest.mark.parametrize("command", COMMANDS)
def test_examples_name_shipped_scenarios_and_numbers_that_they_have(command):
    for lang in LANGUAGES:
        for line in examples_of(command, lang):
            _, ctx = parsed(line)
            given = [ctx.params.get(one) for one in ("name", "file", "a", "b", "before")]
            named = [one for one in given if one is not None and "." not in str(one)]
            assert set(named) <= {*scenario.catalogue(), *PAIRS}
            if ctx.params.get("overrides"):
                scenario.load(named[0], overrides=ctx.params["overrides"])


def test_examples_are_the_same_commands_in_both_languages():
    for command in COMMANDS:
        plain = [
            [re.sub(r"\s*#.*", "", one) for one in examples_of(command, lang)] for lang in LANGUAGES
        ]
        english, chinese = plain
        assert [one.replace("万", "0_000").split()[:3] for one in chinese] == [
            one.split()[:3] for one in english
        ]


# ---- completion


def completed(*words):
    """Return what bash is offered for the last of some words."""
    environment = {
        "_HOTLINE_SIM_COMPLETE": "bash_complete",
        "COMP_WORDS": shlex.join(["hotline-sim", *words]),
        "COMP_CWORD": str(len(words)),
    }
    result = CliRunner().invoke(main, prog_name="hotline-sim", env=environment)
    return [line.partition(",")[2] for line in result.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "among"),
    [
        (("comp",), ["compare"]),
        (("run", "first-day", "--dry"), ["--dry-run"]),
        (("run", "first-"), ["first-day"]),
        (("compare", "first-day", "one-"), ["one-team"]),
        (("reproduce", "nann"), ["nanning", "nanning-before", "nanning-after"]),
        (("run", "first-day", "--set", "channels.phone.pat"), ["channels.phone.patience.mean_s"]),
        (("run", "nanning-after", "--set", "teams.day.se"), ["teams.day.seats"]),
        (("run", "--set", "channels.wechat.conc"), ["channels.wechat.concurrency"]),
        (("sweep", "first-day", "--over", "channels.phone.t"), ["channels.phone.talk.mean_s"]),
        (("sweep", "first-day", "--measure", "connect_rate_24"), ["connect_rate_24h_min"]),
        (("budget", "nanning-after", "--employment", "out"), ["outsourced"]),
    ],
)
def test_a_shell_completes_commands_options_scenarios_keys_and_measures(words, among):
    found = completed(*words)
    assert set(among) <= set(found)
    assert all(one.startswith(words[-1]) for one in found)


def test_a_shell_completes_scenario_files_of_the_folder_that_is_typed(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    for name in ("city.toml", "calls.csv", "sub/own.toml"):
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    assert completed("run", "c") == ["city.toml"]
    assert completed("staff", "c") == ["city.toml", "calls.csv"][::-1]
    assert completed("run", "su") == ["sub/"]
    assert completed("check", "sub/") == ["sub/own.toml"]
    assert completed("copy", "c") == []
