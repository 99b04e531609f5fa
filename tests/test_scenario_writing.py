"""Scenarios written down, as a file or as plain values: what is read back is the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import scenarios

from hotline_sim import load, money, scenario
from hotline_sim.scenario import Scenario, ScenarioError, values_of

SOURCE = '[sources.county]\ntitle = "Report"\npublisher = "County"\n'


@pytest.fixture(scope="module")
def reloaded(tmp_path_factory):
    """Write a scenario to a file of its name, and load that."""
    folder = tmp_path_factory.mktemp("written")

    def reload(one):
        path = folder / f"{one.name}.toml"
        path.write_text(one.to_toml(), encoding="utf-8")
        return load(path)

    return reload


def assert_same(found, wanted):
    assert found == wanted
    assert found.digest() == wanted.digest()
    assert found.provenance == wanted.provenance


def through_json(one):
    return Scenario.from_dict(json.loads(json.dumps(one.to_dict(), allow_nan=False)))


# ---------------------------------------------------------------------------- all of them
@pytest.mark.parametrize("name", scenario.catalogue())
def test_a_shipped_scenario_is_the_same_after_being_written_and_read(reloaded, name):
    one = load(name)
    assert_same(through_json(one), one)
    assert_same(reloaded(one), one.model_copy(update={"checked": None}))


@given(scenarios())
def test_any_scenario_is_the_same_after_being_written_and_read(reloaded, one):
    assert_same(through_json(one), one)
    assert_same(reloaded(one), one)


@given(scenarios(), st.data())
def test_a_changed_scenario_is_the_same_after_being_written_and_read(reloaded, one, data):
    values = {key: v for key, v in values_of(one).items() if key != "horizon.days"}
    keys = data.draw(st.lists(st.sampled_from(sorted(values)), unique=True))
    note = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=9))
    told = {key: {"value": values[key], "note": note} for key in keys[::2]}
    changed = one.with_values({**{key: values[key] for key in keys}, **told, "horizon.days": 9})
    assert_same(through_json(changed), changed)
    assert_same(reloaded(changed), changed)


def test_what_a_budget_buys_is_the_same_after_being_written_and_read(reloaded):
    bought = money.with_budget(load("nanning-after"), "in_house", 9e6)
    assert_same(through_json(bought), bought)
    assert_same(reloaded(bought), bought.model_copy(update={"checked": None}))


# ------------------------------------------------------------------------------ the words
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20))
def test_any_words_are_read_back(reloaded, words):
    one = load("first-day").with_values({"title.en": words, f"printed.x{len(words)}": 1})
    assert reloaded(one).title.en == words


def test_a_key_of_any_letters_is_read_back(load_text, smallest, reloaded):
    one = load_text(smallest + '[printed]\n"人 a.b\\"" = 3')
    assert reloaded(one).printed == {'人 a.b"': 3}


def test_sources_of_a_folder_or_a_file_go_along(write_scenario, smallest, reloaded):
    text = smallest.replace("= 200", '= { value = 200, kind = "published", source = "county" }')
    inside = load(write_scenario(text + SOURCE))
    write_scenario(SOURCE.replace("sources.", ""), "sources.toml")
    beside = load(write_scenario(text))
    assert inside == beside
    for one in (inside, beside):
        assert_same(reloaded(one), one)
        assert_same(through_json(one), one)
        key = "channels.phone.talk.mean_s"
        cited = {"value": 9, "kind": "published", "source": "county"}
        assert one.with_values({key: cited}).provenance[key].source == "county"


def test_a_file_that_was_written_says_what_days_its_published_figures_are_of(reloaded):
    shorter = load("nanning-after").with_values({"horizon.days": 3})
    assert not reloaded(shorter).has_its_days
    assert not through_json(shorter).has_its_days


def test_a_file_that_was_written_reads_as_people_write_one():
    lines = load("first-day").to_toml().splitlines()
    assert lines[0] == "format = 1"
    assert "[channels.phone]" in lines
    assert lines[lines.index("[[channels.phone.next]]") + 1] == 'name = "redial"'
    assert "[channels]" not in lines
    assert [line for line in lines if line.startswith("talk = ")] == [
        'talk = { law = "exponential", mean_s = { value = 240.0, kind = "assumed", '
        'note = { en = "4 minutes", zh = "4分钟" }, range = [120.0, 480.0] } }'
    ]


# ---------------------------------------------------------------------------- plain values
def test_plain_values_by_hand_are_held_to_the_rules_of_a_file(smallest):
    tables = load("first-day").to_dict()
    tables["channels"]["phone"]["linse"] = 9
    tables["teams"]["desk"]["shrinkage"] = 2
    tables["horizon"]["start"] = "soon"
    tables["checked"] = "yes"
    del tables["name"]
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(tables)
    assert set(str(caught.value).splitlines()) == {
        "from_dict: name: is missing",
        'from_dict: checked = "yes": must be true or false',
        'from_dict: horizon.start = "soon": must be a date such as 2020-07-01',
        "from_dict: channels.phone.linse: no such key; did you mean lines?",
        "from_dict: teams.desk.shrinkage = 2: must be less than 1",
    }


@pytest.mark.parametrize("odd", [[], 5, None, {}, {"name": 5}, {"name": "x", "sources": 5}])
def test_what_is_no_scenario_is_refused(odd):
    with pytest.raises(ScenarioError):
        Scenario.from_dict(odd)


def test_dates_may_be_dates(load_text, smallest):
    one = load_text(
        smallest
        + "[demand]\nholidays = [2024-03-05]\nsurges = [{ from = 2024-03-04, to = 2024-03-05, "
        "factor = 2 }]"
    )
    tables = one.to_dict()
    assert tables["demand"]["surges"][0]["to"] == "2024-03-05"
    tables["demand"]["holidays"] = one.demand.holidays
    tables["horizon"]["start"] = one.horizon.start
    assert Scenario.from_dict(tables) == one
