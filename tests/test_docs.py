"""The documentation: it builds without a warning, and what it tells to type does what it says."""

import ast
import datetime as dt
import re
import shlex
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from test_examples import parsed

import hotline_sim
from hotline_sim import experiments, plots, scenario
from hotline_sim.cli import main
from hotline_sim.messages import LANGUAGES
from tools import doc_pages

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]
PAGES = [*READMES, *sorted(DOCS.glob("*.md")), *sorted(DOCS.glob("zh/*.md"))]
PLAYED = ("tutorial.md", "add-a-city.md")
_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<kind>\w+)\n(?P<content>.*?)^```$", re.M | re.S
)
_LONG_COMMANDS = ("python -m", "hotline-sim run nanning-after")  # too long to be run here


def blocks(page, *kinds):
    """Return the fenced blocks of a page: its mark, if it has one, and its content."""
    found = _BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [(one["mark"], one["content"]) for one in found if one["kind"] in kinds]


def commands(page):
    """Return the hotline-sim commands that a page tells to type, a line each."""
    lines = (
        "\n".join(content for _, content in blocks(page, "sh")).replace("\\\n", " ").splitlines()
    )
    told = [part.strip() for line in lines for part in line.split("&&")]
    return [one for one in told if one.startswith("hotline-sim ")]


EVERY_COMMAND = [(page.name, line) for page in PAGES for line in commands(page)]


@pytest.mark.parametrize(("page", "line"), EVERY_COMMAND, ids=lambda value: str(value)[:60])
def test_every_command_that_a_page_tells_to_type_is_one(page, line):
    _, ctx = parsed(line)
    given = [ctx.params.get(one) for one in ("name", "a", "b", "before", "after")]
    for name in filter(None, given):
        is_shipped = str(name) in {*scenario.catalogue(), *experiments.PAIRS}
        assert is_shipped or Path(str(name)).suffix or str(name).isupper(), f"{page}: {name}"
    overrides = (ctx.params.get("overrides") or (), ctx.params.get("set_b") or ())
    names = (ctx.params.get("name") or ctx.params.get("a"), ctx.params.get("b"))
    for name, changes in zip(names, overrides, strict=True):
        if changes and str(name) in scenario.catalogue():
            scenario.load(name, overrides=changes)


def test_pages_tell_many_commands():
    assert len(EVERY_COMMAND) > 60
    told = {line.split()[1] for _, line in EVERY_COMMAND}
    assert told >= {"run", "compare", "budget", "staff", "animate", "report", "calibrate"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_python_blocks_are_python_and_name_what_there_is(page):
    for _, content in blocks(page, "python"):
        for node in ast.walk(ast.parse(content.replace("...,", "# ,"))):
            if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
                continue
            if node.value.id in ("hotline_sim", "plots"):
                owner = hotline_sim if node.value.id == "hotline_sim" else plots
                assert hasattr(owner, node.attr) or node.attr in ("plots", "experiments"), node.attr


@pytest.mark.parametrize("name", PLAYED)
def test_what_a_page_tells_to_type_runs_and_prints_what_it_says(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")  # starting workers would take longer
    page, printed, space = DOCS / name, "", {"__name__": "page"}
    for mark, content in blocks(page, "sh", "text", "toml", "python"):
        if mark is not None and mark.startswith("file: "):
            Path(mark.removeprefix("file: ")).write_text(content, encoding="utf-8")
        elif mark == "prints":
            missing = [line for line in content.splitlines() if line not in printed]
            assert not missing, printed
        elif mark == "run" or content.startswith("import hotline_sim\n"):
            exec(compile(content, name, "exec"), space)
        else:
            printed = run_lines(content)


@pytest.fixture(scope="module")
def extended():
    """What the names of the page that extends the engine stand for in the end."""
    space = {"__name__": "page"}
    for mark, content in blocks(DOCS / "extend-the-engine.md", "python"):
        assert mark == "run"
        exec(compile(content, "extend-the-engine.md", "exec"), space)
    return space


def run_lines(content):
    """Run the commands of a block, and return what the last of them printed."""
    printed = ""
    for line in content.splitlines():
        if line and not line.startswith(_LONG_COMMANDS):
            words = shlex.split(line, comments=True)
            assert words.pop(0) == "hotline-sim"
            result = CliRunner().invoke(main, [*words, *brief_for(words)])
            assert result.exit_code == 0, result.output
            printed = result.stdout
    return printed


def brief_for(words):
    """Return what makes a run shorter of which the page does not say what it prints."""
    short = {"--draws": ["--draws", "4"], "city.toml": ["--days", "2", "--replications", "2"]}
    found = [more for word, more in short.items() if word in words and words[0] == "run"]
    return ["--lang", "en", *chain.from_iterable(found)]


def test_the_rule_of_the_page_makes_the_answered_wait_less(extended):
    assert extended["mean"] + extended["half_width"] < 0.0
    assert np.all(np.array(extended["differences"]) < 0.0)


def test_the_citation_file_names_this_version_and_its_date():
    told = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {hotline_sim.__version__}\n" in told
    date = re.search(r"^date-released: (.*)$", told, re.M)
    assert date is not None
    assert dt.date.fromisoformat(date[1]) >= dt.date(2026, 11, 29)


def test_pictures_of_the_pages_are_there_and_small():
    for page in PAGES:
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / name).stat().st_size < 400_000


# What is generated --------------------------------------------------------------------------


def test_the_catalogue_has_every_scenario_with_its_published_figures_and_sources():
    page = doc_pages.catalogue()
    for name in scenario.catalogue():
        one = scenario.load(name)
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert all(getattr(one.title, lang)[:8] in section for lang in LANGUAGES)
        for key, origin in one.provenance.items():
            if origin.source:
                assert f"#source-{origin.source}" in section
                assert f"(source-{origin.source})=" in page
            if key.startswith("published."):
                assert f"`{key.removeprefix('published.')}` | {scenario.values_of(one)[key]:,}" in (
                    section
                )


def test_the_python_page_has_every_public_name():
    page = doc_pages.api()
    for name in hotline_sim.__all__:
        assert f":: hotline_sim.{name}\n" in page or f"`{name}`" in page


def test_the_documentation_builds_without_a_warning(tmp_path):
    pytest.importorskip("sphinx")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    built = subprocess.run(
        [*command, "-d", tmp_path / "doctrees", DOCS, tmp_path / "html"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    index = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert all(
        f"{page.stem}.html" in index
        for page in PAGES
        if page.parent == DOCS and page.stem != "index"
    )
    api = (tmp_path / "html" / "generated" / "api.html").read_text(encoding="utf-8")
    assert all(f'id="hotline_sim.{name}"' in api for name in ("run", "RunResult", "day_of"))
