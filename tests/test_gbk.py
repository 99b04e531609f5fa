"""What a Chinese console prints: no letter that it lacks, no address with a full-width mark."""

import re

import pytest
from click.testing import CliRunner

from hotline_sim import messages, reports, scenario
from hotline_sim.cli import main
from hotline_sim.definitions import MEASURES
from hotline_sim.scenario.reading import CITIES, SOURCES, STANDARDS, shipped

LANGUAGES = messages.LANGUAGES
# Places that a terminal makes links of, with what would become part of the link.
PLACE = r"\{(?:path|place|folder|url|address)\}"
TRAILING = re.compile(rf"{PLACE}[：。，；、]|[a-z]：//|https?://[\w./%?=&#-]*[：。，；、]")


def words_of(block):
    """Return all words of a block of a page."""
    if isinstance(block, str):
        return [block]
    if isinstance(block, reports.Points):
        return [block.heading, *block.sentences]
    if isinstance(block, reports.Table):
        return [block.title, block.note, *block.heads, *(c for row in block.rows for c in row)]
    return []


def unprintable(words):
    """Return the letters that a GBK console would show as question marks."""
    return {letter for letter in words if not letter.encode("gbk", "ignore")}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_can_be_printed_on_a_gbk_console(lang):
    found = {name: unprintable(said) for name, said in messages.names(lang).items()}
    assert {name: letters for name, letters in found.items() if letters} == {}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("command", ["", *main.commands])
def test_every_help_page_can_be_printed_on_a_gbk_console(command, lang):
    words = [*([command] if command else []), "--help", "--lang", lang]
    done = CliRunner(charset="gbk").invoke(main, words)
    assert done.exit_code == 0
    assert unprintable(done.stdout_bytes.decode("gbk")) == set()
    assert "?" not in done.stdout_bytes.decode("gbk")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_on_shipped_scenarios_cities_and_measures_can_be_printed(lang):
    every = [scenario.load(name) for name in scenario.catalogue()]
    blocks = [block for one in every for block in reports.scenario_blocks(one, lang)]
    blocks += [
        reports.catalogue_table(every, lang),
        reports.city_table(scenario.cities().values(), lang),
        reports.definition_table(lang),
    ]
    assert len(MEASURES) < sum(len(words_of(block)) for block in blocks)
    assert unprintable("".join(word for block in blocks for word in words_of(block))) == set()


def test_no_sentence_ends_an_address_or_a_path_with_a_full_width_mark():
    assert TRAILING.search("见 https://example.org/a。")
    assert TRAILING.search("tcp：//host")
    assert TRAILING.search("{path}：无法写入")
    found = {n: s for n, s in messages.names("zh").items() if TRAILING.search(s)}
    assert found == {}


def test_no_text_of_the_catalogue_ends_an_address_with_a_full_width_mark():
    def texts(node):
        if isinstance(node, str):
            yield node
        elif isinstance(node, (dict, list)):
            for below in node.values() if isinstance(node, dict) else node:
                yield from texts(below)

    for table in (SOURCES, CITIES, STANDARDS):
        assert [one for one in texts(shipped(table)) if TRAILING.search(one)] == []
    for path in scenario.catalogue().values():
        assert TRAILING.search(path.read_text(encoding="utf-8")) is None
