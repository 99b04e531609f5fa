"""Notes in one language or in both: read, shown, written; and the shipped ones are in both."""

import datetime as dt
import re
import tomllib

import pytest
from jsonschema import Draft202012Validator

import hotline_sim
from hotline_sim import messages, money, scenario
from hotline_sim.domain import Origin, Provenance
from hotline_sim.reports.assumptions import assumed_numbers
from hotline_sim.reports.report import repeating
from hotline_sim.reports.tables import number_table
from hotline_sim.scenario import ScenarioError, load, values_of

KEY = "channels.phone.cases_per_day"
BOTH = '{ en = "a county of 9", zh = "9万人的县" }'
FILES = sorted(scenario.catalogue()["first-day"].parent.glob("*.toml"))
HANZI = re.compile("[\u4e00-\u9fff]")
# What a number is in one language and not in the other: months, tiers of cities.
SAID_OTHERWISE = {
    "a tier 1 city": "",
    "tier 2 to 4 city": "",
    "11 September": "9 11",
    "September 2021": "2021 9",
    "February 2024": "2024 2",
    "December 2022": "2022 12",
    "July 2021": "2021 7",
    "February and August 1999": "1999 2 8",
    "Five-minute": "5",
    "60 million": "6000",
}


def noted(smallest, note):
    """Return the smallest scenario's text with a note on the number of its people."""
    number = f'{{ value = 200, kind = "assumed", note = {note}, range = [100, 300] }}'
    return smallest.replace("cases_per_day = 200", f"cases_per_day = {number}")


def numbers_in(words):
    for said, meant in SAID_OTHERWISE.items():
        words = words.replace(said, meant)
    return sorted(re.findall(r"\d+(?:[.,]\d+)*", words))


def notes(node, place):
    """Yield what stands as a note in a file's tables, and where."""
    if isinstance(node, dict):
        for key, below in node.items():
            if key == "note":
                yield f"{place}.{key}", below
            else:
                yield from notes(below, f"{place}.{key}")
    elif isinstance(node, list):
        for i, below in enumerate(node):
            yield from notes(below, f"{place}.{i}")


def shipped_notes():
    for path in FILES:
        yield from notes(tomllib.loads(path.read_text(encoding="utf-8")), path.stem)


def test_every_shipped_note_is_in_both_languages_and_says_the_same_numbers():
    found = dict(shipped_notes())
    assert len(found) > 400
    for place, note in found.items():
        assert set(note) == {"en", "zh"}, place
        assert HANZI.search(note["zh"]), place
        assert re.search("[a-z]", note["en"]), place
        assert numbers_in(note["en"]) == numbers_in(note["zh"]), place


def test_every_shipped_source_is_told_in_both_languages():
    for name, entry in scenario.sources().items():
        for key, told in entry.items():
            if isinstance(told, (int, dt.date)) or str(told).startswith("https://"):
                continue
            assert set(told) == {"en", "zh"}, (name, key)
            assert HANZI.search(told["zh"]), (name, key)
            assert set(numbers_in(told["zh"])) <= set(numbers_in(told["en"])), (name, key)


@pytest.mark.parametrize(
    ("note", "en", "zh"),
    [
        (BOTH, "a county of 9", "9万人的县"),
        ('"counted"', "counted", "counted"),
        ('{ zh = "清点" }', "清点", "清点"),
        ('{ en = "counted" }', "counted", "counted"),
    ],
)
def test_a_note_is_said_in_the_language_asked_for_or_else_as_it_is_there(
    load_text, smallest, note, en, zh
):
    one = load_text(noted(smallest, note))
    assert one.provenance[KEY].note_in("en") == en
    assert one.provenance[KEY].note_in("zh") == zh
    for lang, said in zip(messages.LANGUAGES, (en, zh), strict=True):
        assumed = assumed_numbers(one, {}, lang, most=9)
        assert assumed.rows[0][-1] == said
        listed = number_table(one, values_of(one), lang)
        assert any(row[-1].endswith(said) for row in listed.rows)


@pytest.mark.parametrize("note", ["5", "{}", '{ fr = "x" }', "{ en = 5 }", '["a", "b"]'])
def test_a_note_that_is_no_text_is_refused(load_text, smallest, note):
    with pytest.raises(ScenarioError) as caught:
        load_text(noted(smallest, note))
    (fault,) = caught.value.faults
    assert (fault.key, fault.wanted) == (f"{KEY}.note", "note")


def test_a_derived_number_may_have_its_sum_in_chinese_alone(load_text, smallest):
    derived = '{ value = 200, kind = "derived", source = "dahe-2024", note = { zh = "一百乘二" } }'
    one = load_text(smallest.replace("cases_per_day = 200", f"cases_per_day = {derived}"))
    assert one.provenance[KEY].kind is Origin.DERIVED


@pytest.mark.parametrize("note", [BOTH, '{ zh = "清点" }', '"counted"'])
def test_a_note_is_the_same_after_being_written_and_read(load_text, smallest, note):
    one = load_text(noted(smallest, note))
    told = one.provenance[KEY]
    assert load_text(one.to_toml()).provenance[KEY] == told
    assert hotline_sim.Scenario.from_dict(one.to_dict()).provenance[KEY] == told
    assert Provenance.from_dict(told.to_dict()) == told


def test_a_note_in_one_language_replaces_one_in_both(load_text, smallest):
    one = load_text(noted(smallest, BOTH)).with_values({f"{KEY}.note": {"en": "as counted"}})
    assert one.provenance[KEY].note_in("zh") == "as counted"


def test_notes_do_not_enter_the_digests(load_text, smallest):
    plain, told = load_text(noted(smallest, '"n"')), load_text(noted(smallest, BOTH))
    assert plain.digest() == told.digest()
    assert plain.simulated_digest() == told.simulated_digest()


@pytest.mark.parametrize(
    ("note", "is_accepted"),
    [("n", True), ({"en": "n", "zh": "注"}, True), ({}, False), ({"fr": "n"}, False), (5, False)],
)
def test_the_json_schema_accepts_the_notes_that_the_reader_does(note, is_accepted):
    tree = {"format": 1, "horizon": {"days": {"value": 3, "note": note}}}
    assert Draft202012Validator(scenario.json_schema()).is_valid(tree) == is_accepted


def test_a_report_names_its_sources_in_its_own_language():
    city = load("liaocheng-one-day")
    chinese, english = (str(repeating.source_blocks([city], lang)) for lang in ("zh", "en"))
    assert "9月11日，年份不可见" in chinese
    assert "not known" not in chinese
    assert "11 September, year not visible" in english


def test_words_of_no_language_are_no_error():
    assert messages.said({}, "en") == ""
    assert messages.said({"zh": "字"}, "en") == "字"
    assert messages.said(dt.date(2024, 8, 19), "zh") == "2024-08-19"


def test_what_a_budget_buys_says_so_in_both_languages():
    bought = money.with_budget(load("nanning-after"), "outsourced", 9e6)
    note = bought.provenance["teams.night.shifts.0.seats"]
    assert "9,000,000 yuan" in note.note_in("en")
    assert "年预算 9,000,000 元" in note.note_in("zh")
