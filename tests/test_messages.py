"""The catalogue of sentences: the same names and placeholders in both languages, none unused."""

import ast
import re
import string
from dataclasses import fields
from importlib import resources
from pathlib import Path

import pytest

from hotline_sim import experiments, messages
from hotline_sim.cli import main
from hotline_sim.definitions import MEASURES, Channels, Unit
from hotline_sim.domain import Origin, Role
from hotline_sim.money import Links
from hotline_sim.scenario import faults
from hotline_sim.scenario.terms import Employment

FAULTS = {name for name in messages.names("en") if name.startswith("fault.")}
# where a call names its sentence: the function, and which of its arguments
LINKS = {field.name for field in fields(Links)} - {"scale"}
SENTENCE_ARGUMENT = {
    "Fault": 2,
    "_fault": 1,
    "fault": 1,
    "refused": 0,
    "_refused": 1,
    "tell": 1,
    "Wanted": 0,
}
PACKAGES_THAT_FIND_FAULTS = (
    *("scenario", "scenario.workbook"),
    *("experiments.attribution", "experiments.parameters"),
)


def placeholders(sentence):
    return sorted(name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)


def sentences_named(tree):
    """Return the sentences a module's calls name; a name that is computed is not seen."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = SENTENCE_ARGUMENT.get(function)
            if place is not None and len(node.args) > place:
                name = node.args[place]
                if isinstance(name, ast.Constant):
                    yield name.value


def modules_that_find_faults():
    folders = [resources.files(f"hotline_sim.{one}") for one in PACKAGES_THAT_FIND_FAULTS]
    paths = [path for folder in folders for path in folder.iterdir() if path.name.endswith(".py")]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in paths]


def test_both_languages_have_the_same_sentences_with_the_same_placeholders():
    english, chinese = (messages.names(lang) for lang in messages.LANGUAGES)
    assert set(english) == set(chinese)
    for name, sentence in english.items():
        if name.startswith("click."):  # its English is click's, and may say more than is needed
            assert set(placeholders(sentence)) >= set(placeholders(chinese[name])), name
        else:
            assert placeholders(sentence) == placeholders(chinese[name]), name


def test_every_fault_that_code_names_is_in_the_catalogue():
    named = {name for tree in modules_that_find_faults() for name in sentences_named(tree)}
    named |= set(faults._TYPES.values()) | {name for name, _ in faults._LIMITS.values()}
    assert len(named) > 40
    assert not {f"fault.{name}" for name in named} - FAULTS


def test_every_fault_of_the_catalogue_is_named_in_code():
    words = {
        node.value
        for tree in modules_that_find_faults()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not {name for name in FAULTS if name.removeprefix("fault.") not in words} - {
        "fault.nearest"
    }


def nodes_of_the_package():
    folder = Path(str(resources.files("hotline_sim")))
    for path in folder.rglob("*.py"):
        yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


NODES = tuple(nodes_of_the_package())
CONSTANTS = [node.value for node in NODES if isinstance(node, ast.Constant)]
STRINGS = {value for value in CONSTANTS if isinstance(value, str)}
CALLS_OF_TEXT = [
    node.args[0]
    for node in NODES
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "text" and node.args
]
# what stands before the part that is computed, as in text(f"measure.{name}", lang)
GROUPS = {
    str(name.values[0].value)
    for name in CALLS_OF_TEXT
    if isinstance(name, ast.JoinedStr) and isinstance(name.values[0], ast.Constant)
}


def test_every_sentence_that_code_names_is_in_the_catalogue():
    named = {name.value for name in CALLS_OF_TEXT if isinstance(name, ast.Constant)}
    assert len(named) > 30
    assert named <= set(messages.names("en"))


def sentences_of_findings():
    """Return the sentences that findings choose from: words of their module, "growth_rose"."""
    module = Path(str(resources.files("hotline_sim.experiments"))) / "findings.py"
    words = {
        node.value
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    subjects = "growth|rates|attempts|people|satisfaction|raters|cost|answering|windows"
    named = {word for word in words if re.fullmatch(f"({subjects})_[a-z0-9_]+", word)}
    return {word for word in named if f"measure.{word}" not in messages.names("en")} - {
        *("growth_first", "growth_last")  # values
    }


def test_every_sentence_that_code_computes_the_name_of_is_in_the_catalogue():
    findings = sentences_of_findings()
    assert len(findings) > 40
    computed = {
        "measure": MEASURES,
        "counted": {n for m in MEASURES.values() for n in (m.numerator, m.denominator) if n},
        "unit": Unit,
        "speaks": {channels.value for channels in Channels},
        "employment": Employment.model_fields,
        "link": LINKS,
        "origin": Origin,
        "role": Role,
        "finding": findings,
        "cli": main.commands,
        "plot.pair": experiments.PAIRS,
    }
    assert {f"{group}." for group in computed} <= GROUPS
    for group, names in computed.items():
        assert {f"{group}.{name}" for name in names} <= set(messages.names("en"))


def test_every_sentence_of_the_catalogue_is_used():
    unused = [
        name
        for name in messages.names("en")
        if name not in STRINGS
        and not name.startswith("click.")  # of several versions of click; see test_language.py
        and not any(name.startswith(g) and name.removeprefix(g) in STRINGS for g in GROUPS)
    ]
    assert unused == []


def test_a_sentence_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        messages.text("fault.nowhere", "en")


@pytest.mark.parametrize(
    ("variables", "lang"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "de_DE"}, "en"),
    ],
)
def test_the_language_is_the_locales(monkeypatch, variables, lang):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert messages.default_language() == lang
