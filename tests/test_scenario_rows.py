"""Rows of the transition table: their names, the two forms of a file, and changes by name."""

import pytest
from mistakes import brief, error_of

from hotline_sim import scenario

ROWS = """
[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
probability = { value = 0.5, kind = "assumed", note = "half", range = [0, 0.9] }
delay = { law = "fixed", mean_s = 60 }
[[channels.phone.next]]
name = "repeat"
after = "answered"
to = "phone"
probability = 0.1
delay = { law = "fixed", mean_s = 600 }
"""
LEADS = 'after = "abandoned", to = "phone", delay = { law = "fixed", mean_s = 60 }'
BY_NAME = """
[channels.phone.next.redial]
probability = 0.3
"""


def rows_of(loaded):
    """Return the rows of the phone by name."""
    return {row.name: row for row in loaded.channels["phone"].next}


@pytest.fixture
def child(write_scenario, smallest):
    """Write a file that extends one with rows, and return the path; its base may be varied."""

    def write(text, base=ROWS):
        write_scenario(smallest + base, "base.toml")
        return write_scenario(f'extends = "base.toml"\n{text}')

    return write


# ------------------------------------------------------------------------------ in a file
def test_a_file_changes_one_row_by_its_name_and_leaves_the_others(child, load_text, smallest):
    base, changed = rows_of(load_text(smallest + ROWS)), rows_of(scenario.load(child(BY_NAME)))
    assert changed["redial"] == base["redial"].model_copy(update={"probability": 0.3})
    assert changed["repeat"] == base["repeat"]
    assert list(changed) == ["redial", "repeat"]


def test_a_number_that_a_file_changes_in_a_row_leaves_its_old_origin(child):
    origins = scenario.load(child(BY_NAME)).provenance
    assert origins["channels.phone.next.redial.probability"].range is None
    assert origins["channels.phone.next.redial.delay.mean_s"].kind == "assumed"


def test_a_row_of_a_new_name_comes_after_the_others(child):
    busy = LEADS.replace("abandoned", "blocked")
    added = f"channels.phone.next.busy = {{ {busy}, probability = 0.2 }}"
    assert list(rows_of(scenario.load(child(added)))) == ["redial", "repeat", "busy"]


def test_rows_written_as_a_list_replace_all_rows_of_the_file_below(child):
    loaded = scenario.load(child(f"channels.phone.next = [{{ {LEADS}, probability = 0.2 }}]"))
    assert {name: row.probability for name, row in rows_of(loaded).items()} == {
        "abandoned-phone": 0.2
    }


def test_an_unnamed_row_is_changed_by_what_it_leads_from_and_to(child):
    unnamed = ROWS.replace('name = "redial"\n', "")
    path = child(BY_NAME.replace("redial", "abandoned-phone"), base=unnamed)
    assert rows_of(scenario.load(path))["abandoned-phone"].probability == 0.3


def test_rows_may_be_written_as_tables_from_the_first(load_text, smallest):
    tables = ROWS.replace("[[channels.phone.next]]\nname = ", "[channels.phone.next.").replace(
        '.next."redial"', ".next.redial]"
    )
    tables = tables.replace('.next."repeat"', ".next.repeat]")
    assert load_text(smallest + tables) == load_text(smallest + ROWS)


def test_a_list_of_the_copy_replaces_the_rows_of_the_channel_it_is_like(load_text, smallest):
    bureau = (
        '[channels.bureau]\nlike = "phone"\n{}\n[teams.two]\nlike = "desk"\nserves = ["bureau"]'
    )
    alone = "next = []"
    assert load_text(smallest + ROWS + bureau.format(alone)).channels["bureau"].next == ()
    one = "next.redial.probability = 0.2"
    rows = load_text(smallest + ROWS + bureau.format(one)).channels["bureau"].next
    assert [(row.name, row.to, row.probability) for row in rows] == [
        ("redial", "bureau", 0.2),
        ("repeat", "bureau", 0.1),
    ]


def test_a_list_still_replaces_the_copy_when_a_further_file_changes_a_row_of_it(child):
    bureau = f"""
[channels.bureau]
like = "phone"
next = [{{ name = "redial", {LEADS}, probability = 0.4 }}]
[teams.two]
like = "desk"
serves = ["bureau"]
"""
    path = child("[channels.bureau.next.redial]\nprobability = 0.2", base=ROWS + bureau)
    rows = scenario.load(path).channels["bureau"].next
    assert [(row.name, row.probability) for row in rows] == [("redial", 0.2)]


# ---------------------------------------------------------------------------------- names
def test_rows_alike_without_names_are_told_apart(load_text, smallest):
    row = f"{{ {LEADS}, probability = 0.1 }}"
    taken = f'{{ name = "abandoned-phone-2", {LEADS}, probability = 0.1 }}'
    loaded = load_text(smallest, f"channels.phone.next=[{row}, {row}, {taken}, {row}]")
    assert list(rows_of(loaded)) == [
        "abandoned-phone",
        "abandoned-phone-3",
        "abandoned-phone-2",
        "abandoned-phone-4",
    ]


def test_names_of_rows_move_no_fingerprint(load_text, smallest):
    named = load_text(smallest + ROWS)
    assert load_text(smallest + ROWS.replace("redial", "again")).digest() == named.digest()
    other = load_text(smallest + ROWS.replace("value = 0.5", "value = 0.6"))
    assert other.digest() != named.digest()


def test_titles_and_notes_and_names_move_no_fingerprint(write_scenario, smallest):
    words = smallest.replace("smallest", "another") + 'title = { en = "a", zh = "b" }'
    words = words.replace("= 200", '= { value = 200, note = "n", range = [1, 300] }')
    one, other = write_scenario(), write_scenario(words, "other.toml")
    assert scenario.load(one).digest() == scenario.load(other).digest()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"redial"', '"Redial"', "channels.phone.next.Redial row_name"),
        ('"redial"', '"0"', "channels.phone.next.0 row_name"),
        ('"redial"', '""', "channels.phone.next. row_name"),
        ('"redial"', "5", "channels.phone.next.0.name string"),
        ('"redial"', '"repeat"', "channels.phone.next.1.name twice"),
    ],
)
def test_a_name_that_does_not_fit_is_refused(write_scenario, smallest, old, new, told):
    path = write_scenario(smallest + ROWS.replace(old, new))
    assert list(map(brief, error_of(path).faults)) == [told]


@pytest.mark.parametrize(
    ("odd", "told"),
    [
        ("5", "channels.phone.next list"),
        ("[5]", "channels.phone.next.0 table"),
        ("{ redial = 5 }", "channels.phone.next.redial table"),
        ("{ redial = {} }", "channels.phone.next.redial.after missing"),
    ],
)
def test_what_is_no_row_is_refused(write_scenario, smallest, odd, told):
    written = write_scenario(smallest.replace("= 200", f"= 200\nnext = {odd}"))
    assert told in map(brief, error_of(written).faults)
    set_ = error_of(write_scenario(), f"channels.phone.next={odd}")
    assert told in map(brief, set_.faults)


def test_the_name_of_a_table_of_a_row_is_written_once(child):
    (fault,) = error_of(child(BY_NAME + 'name = "again"')).faults
    assert brief(fault) == "channels.phone.next.redial.name no_such_key"


# ------------------------------------------------------------------------------ overrides
@pytest.mark.parametrize("row", ["redial", "0"])
def test_an_override_changes_a_row_by_its_name_or_its_place(load_text, smallest, row):
    loaded = load_text(smallest + ROWS, f"channels.phone.next.{row}.probability=0.3")
    assert {name: row.probability for name, row in rows_of(loaded).items()} == {
        "redial": 0.3,
        "repeat": 0.1,
    }
    assert loaded.provenance["channels.phone.next.redial.probability"].set_by_user


def test_an_override_adds_a_row_by_a_new_name(load_text, smallest):
    loaded = load_text(
        smallest + ROWS, f"channels.phone.next.more={{ {LEADS}, probability = 0.2 }}"
    )
    assert list(rows_of(loaded)) == ["redial", "repeat", "more"]


def test_a_misspelt_row_is_told_the_nearest(write_scenario, smallest):
    path = write_scenario(smallest + ROWS)
    told = [fault.text() for fault in error_of(path, "channels.phone.next.redail.entry=1").faults]
    wanted = (
        "--set: channels.phone.next.redail.after: is missing; did you mean channels.phone.next."
    )
    assert f"{wanted}redial?" in told


def test_a_row_past_the_last_is_refused(write_scenario, smallest):
    line = "--set: channels.phone.next.2.probability=1: the list has 2 entries, counted from 0"
    path = write_scenario(smallest + ROWS)
    assert str(error_of(path, "channels.phone.next.2.probability=1")) == line


@pytest.mark.parametrize("name", scenario.catalogue())
def test_every_shipped_row_has_a_name_of_its_own(name):
    rows = [row for one in scenario.load(name).channels.values() for row in one.next]
    assert not [row.name for row in rows if "-" in row.name or not row.name]
