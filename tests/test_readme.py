"""The README in Chinese is that in English: the same commands, code and figures."""

import re
import shlex
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

from hotline_sim import load, run
from hotline_sim.cli import main

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = (
    re.split(r"^## ", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name in ("README.md", "README.zh.md")
)
PAIRS = list(zip_longest(ENGLISH, CHINESE, fillvalue=""))
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
EXTRA = {  # what one says and the other need not
    *("--lang zh", "notebooks/01_nanning.zh.ipynb", "docs/zh/quickstart.md"),
    *("README.md", "README.zh.md"),
}


def blocks(section):
    """Return the fenced blocks of a section: language, and text without its comments."""
    found = re.findall(r"^```(\w+)\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    return [(kind, re.sub(r" +#.*", "", text) if kind != "text" else "") for kind, text in found]


def spans(section):
    """Return the pieces of code and the links of a section's prose."""
    prose = re.sub(r"^```.*?^```", "", section, flags=re.MULTILINE | re.DOTALL)
    code, links = re.findall(r"`([^`]+)`", prose), re.findall(r"\]\(([^)]+)\)", prose)
    return Counter(" ".join(word.split()) for word in (*code, *links) if word not in EXTRA)


def figures(section):
    """Return the significant digits of a section's numbers, however large their units are.

    So 11.998 million is 1199.8万, and July 2019 is 2019年7月.
    """
    words = re.sub(r"(?<!`)`[^`]+`(?!`)|\]\([^)]*\)|\bgbt-\d+|_", " ", section)
    for number, month in enumerate(MONTHS, start=1):
        words = re.sub(rf"\b{month.capitalize()}[a-z]*\b(?= \d| and [A-Z])", str(number), words)
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", words)
    return Counter(re.sub(r"[.,]", "", one).strip("0") or "0" for one in found)


def test_both_readmes_have_the_same_sections():
    assert len(ENGLISH) == len(CHINESE)
    assert len(ENGLISH) > 10


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=[e.split("\n")[0] for e, _ in PAIRS])
def test_a_section_has_the_same_commands_code_and_figures(english, chinese):
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert blocks(chinese) == blocks(english)
    assert spans(chinese) == spans(english)
    assert figures(chinese) == figures(english)


def test_the_readmes_name_each_other():
    assert "(README.zh.md)" in ENGLISH[0]
    assert "(README.md)" in CHINESE[0]


@pytest.mark.parametrize("sections", [ENGLISH, CHINESE], ids=["en", "zh"])
def test_every_file_that_a_readme_links_to_is_there(sections):
    links = re.findall(r"\]\(([^)#]+)", "".join(sections))
    assert len(links) > 20
    for link in links:
        assert link.startswith("https://") or (ROOT / link).exists(), link


# The quick start in Chinese -----------------------------------------------------------------
QUICK_START = (ROOT / "docs" / "zh" / "quickstart.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^hotline-sim (.*)$", QUICK_START, flags=re.MULTILINE)


def test_the_quick_start_has_commands():
    assert len(COMMANDS) > 8


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_quick_start_is_one_that_the_parser_takes(command):
    name, *arguments = shlex.split(command)
    main.commands[name].make_context(name, arguments)


def test_the_quick_start_says_what_its_first_day_gives():
    said = [int(percent) for percent in re.findall(r"约(\d+)%", QUICK_START)]
    three = load("first-day")
    four = three.with_values({"teams.desk.shifts.0.seats": 4})
    a, b = (run(one, replications=10).measures for one in (three, four))
    found = (a["connect_rate"], a["case_connect_rate"], b["connect_rate"])
    assert [round(100 * one.mean) for one in found] == said


def test_what_the_quick_start_links_to_is_there():
    links = re.findall(r"\]\(([^)#]+)\)", QUICK_START)
    assert len(links) > 4
    assert all((ROOT / "docs" / "zh" / link).exists() for link in links)
