"""Keys changed in memory: the rules of a file, origins kept up, the same as ``--set``."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import scenarios

from hotline_sim import load, money, scenario
from hotline_sim.cli import main
from hotline_sim.domain import Origin, Provenance
from hotline_sim.scenario import ScenarioError, values_of

BY_USER = Provenance(Origin.ASSUMED, set_by_user=True)
LINES = "channels.phone.lines"
TALK = "channels.phone.talk"


@pytest.fixture(scope="module")
def city():
    return load("nanning-after")


def faults_of(one, values):
    with pytest.raises(ScenarioError) as caught:
        one.with_values(values)
    return str(caught.value).splitlines()


# --------------------------------------------------------------------- what becomes of it
def test_a_value_is_set_and_all_else_stays(city):
    changed = city.with_values({LINES: 90})
    assert changed.channels["phone"].lines == 90
    lines = city.channels["phone"].lines
    by_user = replace(BY_USER, instead_of=lines)
    assert changed.provenance == {**city.provenance, LINES: by_user}
    assert changed.with_values({LINES: 80}).provenance[LINES].instead_of == lines  # not 90
    assert changed.with_values({LINES: city.channels["phone"].lines}).channels == city.channels
    assert city.channels["phone"].lines != 90


def test_what_is_changed_is_what_set_makes_of_it(city):
    by_text = load("nanning-after", overrides=[f"{LINES}=90", "teams.night.shifts.0.seats=9.5"])
    assert city.with_values({LINES: 90, "teams.night.shifts.0.seats": 9.5}) == by_text
    assert by_text.checked is city.checked is True


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (f"{LINES}=90", 90),
        (f"{LINES}.value=90", 90),
        (f"{LINES}.range=[1, 500]", [1, 500]),
        (f"{LINES}.note=counted", "counted"),
        (f"{LINES}={{ value = 5, range = [1, 9] }}", {"value": 5, "range": [1, 9]}),
        ("demand.hour_weights.8=20", 20),
        ("demand.hour_weights.source=arxiv-2304-11754", "arxiv-2304-11754"),
        (f"{TALK}={{ law = 'fixed', mean_s = 9 }}", {"law": "fixed", "mean_s": 9}),
        ("channels.phone.next.2.probability=0.1", 0.1),
        ("channels.phone.next.follow_up.entry.mean_s=90", 90),
        ("horizon.days=9", 9),
        ("teams.night.serves=['wechat', 'phone']", ["wechat", "phone"]),
        ("demand.calendar=none", "none"),
        ("published.asa_s=9", 9),
        ("printed.2024=9", 9),
    ],
)
def test_every_kind_of_key_is_changed_alike_by_text_and_in_memory(city, written, value):
    key = written.partition("=")[0]
    changed = city.with_values({key: value})
    assert changed == load("nanning-after", overrides=[written])
    assert changed != city


def test_a_replaced_law_leaves_no_origin_behind(city):
    assert city.provenance[f"{TALK}.mean_s"].range
    changed = city.with_values({TALK: {"law": "fixed", "mean_s": 90}})
    assert {k: o for k, o in changed.provenance.items() if k.startswith(f"{TALK}.")} == {
        f"{TALK}.mean_s": replace(BY_USER, instead_of=200)
    }


def test_a_number_that_brings_its_own_origin_keeps_it(city):
    told = {"value": 90, "kind": "published", "source": "dahe-2024", "range": [80, 100]}
    origin = city.with_values({LINES: told}).provenance[LINES]
    kept = Provenance(Origin.PUBLISHED, "dahe-2024", "", (80, 100), set_by_user=True)
    assert replace(origin, instead_of=None) == kept


def test_none_takes_a_key_away(city):
    assert city.channels["phone"].lines is not None
    changed = city.with_values({LINES: None})
    assert changed.channels["phone"].lines is None
    assert LINES not in changed.provenance
    row = "channels.phone.next.redial"
    by_try = city.with_values({f"{row}.probability": None, f"{row}.by_try": (0.5, 0.2)})
    assert by_try.channels["phone"].next[0].by_try == (0.5, 0.2)
    assert faults_of(city, {"teams.day.serves": None})[0] == (
        "with_values: teams.day.serves: is missing"
    )


def test_numbers_of_numpy_and_tables_of_another_scenario_are_taken(city):
    other = load("first-day").channels["phone"].talk
    changed = city.with_values(
        {
            LINES: np.int64(90),
            "demand.hour_weights": np.ones(24),
            "teams.night.shifts.0.seats": np.float64(4),
            TALK: other,
        }
    )
    assert (changed.channels["phone"].lines, changed.channels["phone"].talk) == (90, other)
    assert changed.demand.hour_weights == (1.0,) * 24
    assert type(changed.channels["phone"].lines) is int


def test_changes_are_made_one_after_the_other(city):
    changed = city.with_values({TALK: {"law": "fixed", "mean_s": 90}, f"{TALK}.mean_s": 60})
    assert changed.channels["phone"].talk.mean_s == 60


def test_published_figures_stay_those_of_the_days_they_are_of(city):
    changed = city.with_values({"horizon.days": 3})
    assert city.has_its_days
    assert not changed.has_its_days
    assert changed.with_values({"horizon.days": 365}).has_its_days


def test_a_scenario_copied_by_hand_is_changed_as_it_stands(city):
    shorter = city.model_copy(
        update={"horizon": city.horizon.model_copy(update={"warm_up_days": 0})}
    )
    assert shorter.with_values({LINES: 90}).horizon.warm_up_days == 0


# ------------------------------------------------------------------------ what is refused
def test_all_faults_of_all_keys_are_told_at_once_by_the_rules_of_a_file(city):
    last = "the list has 6 entries, counted from 0"  # the misspelt row is one by then
    told = faults_of(
        city,
        {
            "channels.phone.linse": 90,
            "channels.phone.next.redail.probability": 0.2,
            "channels.phone.next.9.probability": 0.2,
            "teams.night.shifts.7.seats": 1,
            "teams.day.shrinkage": 1.3,
            "teams.day.serves": ["phone", "wechat", "folow_up"],
            "horizon.days": 2.5,
            "a..b": 1,
            f"{LINES}.kind": "asumed",
        },
    )
    assert set(told) >= {
        "with_values: a..b: must look like channels.phone.lines=90",
        f"with_values: channels.phone.next.9.probability: {last}",
        "with_values: teams.night.shifts.7.seats: the list has 1 entries, counted from 0",
        "with_values: horizon.days = 2.5: must be a whole number",
        "with_values: channels.phone.linse: no such key; did you mean lines?",
        "with_values: channels.phone.next.redail.after: is missing; did you mean "
        "channels.phone.next.redial?",
        "with_values: teams.day.shrinkage = 1.3: must be less than 1",
        'with_values: teams.day.serves.2 = "folow_up": is not a channel of this scenario; did '
        "you mean follow_up?",
        'with_values: channels.phone.lines.kind = "asumed": must be one of published, derived, '
        "assumed, fitted; did you mean assumed?",
        "nanning-after: channels.app: no team serves this channel",
    }


@pytest.mark.parametrize(
    "value",
    [True, "90", 90.5, [90], float("nan"), {"value": -1}, -1, pytest.param(10**5000, id="huge")],
)
def test_a_value_that_a_file_may_not_have_is_refused(city, value):
    assert faults_of(city, {LINES: value})[0].startswith(f"with_values: {LINES}")


def test_what_is_nested_too_deep_is_refused(city):
    deep: object = None
    for _ in range(400):
        deep = (deep,)
    assert faults_of(city, {LINES: deep}) == [
        f"with_values: {LINES}: is nested more than 20 levels deep"
    ]
    text = f"{LINES}={'[' * 480}{']' * 480}"
    with pytest.raises(ScenarioError):
        load("nanning-after", overrides=[text])


def test_probabilities_past_1_are_refused_of_the_rows_together(city):
    told = faults_of(city, {"channels.phone.next.repeat.probability": 0.9})
    assert "channels.phone.next: probabilities after answered sum to 1.2 " in told[0]


@given(scenarios(), st.data())
def test_a_scenario_set_to_its_own_values_is_the_same(one, data):
    values = values_of(one)
    keys = data.draw(st.lists(st.sampled_from(sorted(values)), unique=True))
    again = one.with_values({key: values[key] for key in keys})
    assert again.digest() == one.digest()
    assert values_of(again) == values
    assert again.provenance == {**one.provenance, **dict.fromkeys(keys, BY_USER)}


# ------------------------------------------------------------------- who else changes keys
def test_what_a_budget_buys_is_not_set_by_the_user_and_has_no_range(city):
    bought = money.with_budget(city, "outsourced", 9e6)
    seats = bought.provenance["teams.night.shifts.0.seats"]
    assert (seats.set_by_user, seats.range) == (False, None)
    assert "9,000,000 yuan" in seats.note
    assert "teams.day.employment" not in bought.provenance


@pytest.mark.parametrize("name", scenario.catalogue())
def test_every_shipped_number_can_be_set_to_itself(name):
    one = load(name)
    assert one.with_values(values_of(one)).digest() == one.digest()


@pytest.mark.parametrize(("lang", "words"), [("en", "set by the user"), ("zh", "用户设定")])
def test_show_marks_the_numbers_that_the_user_has_set_and_no_others(lang, words):
    law = f"{TALK}={{ law = 'fixed', mean_s = 60 }}"
    asked = ["show", "first-day", "--lang", lang]
    env = {"LC_ALL": "C.UTF-8", "COLUMNS": "120"}
    plain, marked = (
        CliRunner().invoke(main, [*asked, *more], env=env).stdout for more in ([], ["--set", law])
    )
    assert (plain.count(words), marked.count(words)) == (0, 1)
    assert next(line for line in marked.splitlines() if words in line).split()[:2] == [
        "talk.mean_s",
        "60",
    ]
