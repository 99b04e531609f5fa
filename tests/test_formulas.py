"""Numbers chosen from published figures, and numbers that are formulas of others."""

import json
import math

import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st
from mistakes import brief, error_of
from strategies import scenarios

from hotline_sim import experiments, load, reports
from hotline_sim.cli import main
from hotline_sim.domain import Origin, Role
from hotline_sim.experiments import drawn_set, parameters_of
from hotline_sim.messages import LANGUAGES
from hotline_sim.scenario import Scenario, ScenarioError, formulas, roles_of, values_of
from hotline_sim.scenario.formulas import FormulaError

VOLUME = "channels.phone.cases_per_day"
FIGURES = """
[published]
answered = { value = 180, kind = "published", source = "dahe-2024" }
connect_rate = { value = 0.9, kind = "published", source = "dahe-2024" }
"""


def value_of(written, **numbers):
    return formulas.read(f"= {written}").value(numbers.__getitem__)


# ----------------------------------------------------------------------- what is worked out
numbers = st.sampled_from(["2", "0.5", "1_000", "3e2", "7", "a", "b"])
expressions = st.recursive(
    numbers,
    lambda below: st.one_of(
        st.tuples(below, st.sampled_from([" + ", " - ", " * ", " / "]), below).map("".join),
        below.map("({})".format),
        below.map("-{}".format),
    ),
    max_leaves=12,
)


@given(expressions)
def test_a_formula_has_the_value_that_python_gives_it(written):
    try:
        wanted = eval(written, {"a": 3.0, "b": -0.25})
    except ZeroDivisionError:
        with pytest.raises(FormulaError, match="formula_by_zero"):
            value_of(written, a=3.0, b=-0.25)
        return
    assume(math.isfinite(wanted))
    assert value_of(written, a=3.0, b=-0.25) == pytest.approx(wanted, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize(
    ("written", "value"),
    [("70 * 0.1", 7), ("2 × (3 − 1) ÷ 4", 1), ("1_000 / 3 * 3", 1000), ("+2", 2), ("1 / 3", 1 / 3)],
)
def test_a_whole_value_is_a_whole_number(written, value):
    found = value_of(written)
    assert found == value
    assert type(found) is type(value)


@given(st.text(max_size=12) | st.text("0123456789.+-*/()_ ae", max_size=12))
def test_whatever_is_written_is_read_or_refused(written):
    try:
        found = value_of(written, a=1.0, e=2.0)
    except (FormulaError, KeyError):
        return
    assert math.isfinite(found)


def test_a_deep_or_long_formula_is_refused_or_read_but_never_breaks_the_reader():
    assert value_of("+".join("1" * 100_000)) == 100_000
    with pytest.raises(FormulaError):
        value_of("(" * 100_000 + "1" + ")" * 100_000)


# --------------------------------------------------------------------------- what it follows
PEOPLE = (
    '{ value = "= published.answered / published.connect_rate * (1 - share.x)", kind = "fitted", '
    'to = "published.answered", range = [100, 300], note = "n" }'
).replace("share.x", "channels.phone.self_service_share")


@pytest.fixture
def follower(load_text, smallest):
    text = smallest.replace("= 200", f"= {PEOPLE}\nself_service_share = 0.25")
    return load_text(text + FIGURES)


def test_a_number_follows_those_of_its_formula(follower):
    assert follower.channels["phone"].cases_per_day == pytest.approx(150)
    changed = follower.with_values({"channels.phone.self_service_share": 0.5})
    assert changed.channels["phone"].cases_per_day == pytest.approx(100)
    again = changed.with_values({"published.connect_rate": 0.45})
    assert again.channels["phone"].cases_per_day == pytest.approx(200)
    assert again.digest() != changed.digest()


def test_a_number_that_is_set_follows_no_longer(follower):
    changed = follower.with_values({VOLUME: 70, "channels.phone.self_service_share": 0.5})
    assert changed.channels["phone"].cases_per_day == 70
    assert changed.provenance[VOLUME].formula == ""


def test_set_and_extends_come_before_formulas(write_scenario, smallest):
    text = smallest.replace("= 200", '= "= 2 * horizon.days"')
    write_scenario(text, "base.toml")
    child = write_scenario('extends = "base.toml"\n[horizon]\ndays = 4')
    assert load(child).channels["phone"].cases_per_day == 8
    assert load(child, overrides=["horizon.days=5"]).channels["phone"].cases_per_day == 10
    set_ = load(child, overrides=[f'{VOLUME}="= horizon.days + 1"'])
    assert set_.channels["phone"].cases_per_day == 5
    assert set_.provenance[VOLUME].set_by_user


def test_formulas_of_formulas_are_worked_out_in_their_order(load_text, smallest):
    text = smallest.replace("= 240", '= "= channels.phone.patience.mean_s / 2"')
    text = text.replace("= 180", '= "= channels.phone.cases_per_day + 1"')
    phone = load_text(text).channels["phone"]
    assert (phone.patience.mean_s, phone.talk.mean_s) == (201, 100.5)


def test_a_single_word_is_a_key_of_the_same_table_also_of_a_copy(load_text, smallest):
    text = smallest.replace(
        '{ law = "exponential", mean_s = 240 }',
        '{ law = "uniform", mean_s = 240, half_width_s = "= mean_s / 2" }',
    )
    copies = '[channels.desk]\nlike = "phone"\n[teams.it]\nlike = "desk"\nserves = ["desk"]\n'
    loaded = load_text(text + copies, "channels.desk.talk.mean_s=60")
    assert loaded.channels["phone"].talk.half_width_s == 120
    assert loaded.channels["desk"].talk.half_width_s == 30


def test_a_number_within_a_shift_or_a_list_takes_part(load_text, smallest):
    text = smallest.replace("seats = 3", 'seats = "= demand.hour_weights.1 + printed.agents"')
    weights = f"[demand]\nhour_weights = {[1, 2, *[0] * 22]}\n[printed]\nagents = 3\n"
    assert load_text(text + weights).teams["desk"].shifts[0].seats == 5


def test_a_whole_key_takes_a_formula_with_a_whole_value_only(load_text, smallest, write_scenario):
    assert load_text(smallest, 'horizon.days="= 6 / 2"').horizon.days == 3
    told = error_of(write_scenario(), 'horizon.days="= 5 / 2"')
    assert [one.wanted for one in told.faults] == ["whole"]


@given(scenarios())
def test_a_number_in_a_formula_of_itself_changes_nothing_but_its_origin(one):
    values = {
        key: f"= {value!r}"
        for key, value in values_of(one).items()
        if not isinstance(value, list) and not key.rpartition(".")[2].isdecimal()
    }
    again = one.with_values(values)
    assert again.digest() == one.digest()
    assert values_of(again) == values_of(one)
    assert {key for key, origin in again.provenance.items() if origin.formula} == set(values)
    assert Scenario.from_dict(again.to_dict()) == again


def test_words_that_begin_like_a_formula_stay_words(load_text, smallest):
    text = smallest.replace('en = "smallest"', 'en = "= 2"')
    assert load_text(text).title.en == "= 2"


# ----------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("= 2 +", f"{VOLUME} formula_short"),
        ("= (2", f"{VOLUME} formula_short"),
        ("= 2)", f"{VOLUME} formula_form"),
        ("= 2 2", f"{VOLUME} formula_form"),
        ("= 2 ** 2", f"{VOLUME} formula_form"),
        ("= __import__('os')", f"{VOLUME} formula_form"),
        ("= horizon.dys", f"{VOLUME} formula_key → horizon.days"),
        ("= days", f"{VOLUME} formula_key"),
        ("= cases_per_dy", f"{VOLUME} formula_key → cases_per_day"),
        ("= channels.phone.kind", f"{VOLUME} formula_key → channels.phone.lines"),
        ("= horizon.days-horizon.days", f"{VOLUME} formula_minus → horizon.days"),
        ("= 1 / (horizon.days - 1)", f"{VOLUME} formula_by_zero"),
        ("= 1e200 * 1e200", f"{VOLUME} formula_finite"),
        ("= -1 * horizon.days", f"{VOLUME} at_least"),
        ("= cases_per_day", f"{VOLUME} formula_cycle"),
        ("= channels.phone.lines", f"{VOLUME} formula_cycle"),
    ],
)
def test_a_formula_that_gives_no_number_is_told(write_scenario, smallest, formula, told):
    text = smallest.replace("= 200", f'= "{formula}"\nlines = "= cases_per_day"')
    if "days - 1" in formula:
        text = text.replace("lines", "promote_after_s")  # which follows, and is not told of
    elif "lines" not in formula and "kind" not in formula:
        text = text.replace('lines = "= cases_per_day"', "")
    (fault,) = error_of(write_scenario(text)).faults
    assert brief(fault) == told
    assert fault.text("zh") != fault.text("en")


def test_a_circle_is_told_with_its_chain_and_another_fault_beside_it(write_scenario, smallest):
    text = smallest.replace("= 240", '= "= channels.phone.patience.mean_s"')
    text = text.replace("= 180", '= "= channels.phone.talk.mean_s"').replace("= 200", '= "= 1 / 0"')
    told = {one.wanted: one.text() for one in error_of(write_scenario(text)).faults}
    assert set(told) == {"formula_cycle", "formula_by_zero"}
    assert told["formula_cycle"].endswith(
        "follows itself: channels.phone.talk.mean_s → channels.phone.patience.mean_s → "
        "channels.phone.talk.mean_s"
    )


@pytest.mark.parametrize("kind", ["published", "derived"])
def test_a_number_worked_out_from_an_assumed_one_is_not_known(load_text, smallest, kind):
    share = "channels.phone.self_service_share"
    number = f'= {{ value = "= published.answered * 2", kind = "{kind}" }}'
    assert load_text(smallest.replace("= 200", number) + FIGURES).provenance[VOLUME].kind == kind
    text = smallest.replace("= 200", number.replace(" * 2", f" * {share}"))
    text = text.replace("[teams", "self_service_share = 0.25\n[teams", 1) + FIGURES
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    assert list(map(brief, caught.value.faults)) == [f"{VOLUME}.kind formula_of_assumed"]
    assert f"follows {share}, which is assumed" in str(caught.value)


def test_a_number_worked_out_from_one_that_the_user_sets_is_assumed(load_text, smallest):
    number = '= { value = "= published.answered * 2", kind = "derived" }'
    text = smallest.replace("= 200", number).replace(
        "= 180", '= { value = "= channels.phone.cases_per_day", kind = "derived" }'
    )
    one = load_text(text + FIGURES)
    patience = "channels.phone.patience.mean_s"
    assert {one.provenance[key].kind for key in (VOLUME, patience)} == {Origin.DERIVED}
    changed = one.with_values({"published.answered": 50})
    assert changed.channels["phone"].patience.mean_s == 100
    assert {changed.provenance[key].kind for key in (VOLUME, patience)} == {Origin.ASSUMED}
    assert Scenario.from_dict(changed.to_dict()) == changed


@pytest.mark.parametrize(
    ("origin", "told"),
    [
        ('kind = "fitted"', "kind needs_to"),
        ('kind = "fitted", to = []', "to to"),
        ('kind = "fitted", to = 5', "to to"),
        ('kind = "fitted", to = "published.answred"', "to figure → published.answered"),
        ('kind = "fitted", to = "answered"', "to figure → published.answered"),
        ('to = ["published.answered", "published.asa_s"]', "to figure → published.answered"),
        ('kind = "fited"', "kind one_of → fitted"),
    ],
)
def test_what_a_number_is_fitted_to_must_be_published(write_scenario, smallest, origin, told):
    text = smallest.replace("= 200", f"= {{ value = 200, {origin} }}") + FIGURES
    found = [brief(fault) for fault in error_of(write_scenario(text)).faults]
    assert found[0] == f"{VOLUME}.{told}"
    assert len(found) == 1


# ------------------------------------------------------------------------- what is read of it
def test_formulas_and_fits_are_read_back_as_they_were_written(follower, tmp_path):
    path = tmp_path / f"{follower.name}.toml"
    path.write_text(follower.to_toml(), encoding="utf-8")
    for again in (load(path), Scenario.from_dict(json.loads(json.dumps(follower.to_dict())))):
        assert again == follower
        assert again.provenance == follower.provenance
        moved = again.with_values({"channels.phone.self_service_share": 0.5})
        assert moved.channels["phone"].cases_per_day == pytest.approx(100)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "fitted to published.answered: = published.answered"), ("zh", "拟合至 published")],
)
def test_show_prints_the_formula_beside_the_value(follower, tmp_path, lang, words):
    path = tmp_path / "mine.toml"
    path.write_text(follower.to_toml(), encoding="utf-8")
    env = {"LC_ALL": "C.UTF-8", "COLUMNS": "400"}
    shown = CliRunner().invoke(main, ["show", str(path), "--lang", lang], env=env).stdout
    assert words in next(line for line in shown.splitlines() if "cases_per_day" in line)
    plain = CliRunner().invoke(main, ["show", str(path), "--json"], env=env).stdout
    number = json.loads(plain)["numbers"][VOLUME]
    assert (number["value"], number["kind"]) == (pytest.approx(150), "fitted")
    assert number["to"] == ["published.answered"]
    assert number["formula"].startswith("= published.answered / ")


def test_list_counts_the_fitted(follower):
    table = reports.catalogue_table([follower], "zh")
    assert table.heads[-4:] == ("公布", "推算", "假定", "拟合")
    assert table.rows[0][-4:] == ("2", "0", "5", "1")


# ------------------------------------------------------------------------------------- roles
def test_a_figure_that_a_number_was_fitted_to_is_never_predicted(follower):
    assert roles_of(follower) == {"answered": Role.FITTED, "connect_rate": Role.ASSUMED_FROM}
    free = follower.with_values({VOLUME: 150})
    assert set(roles_of(free).values()) == {Role.PREDICTED}
    to = {"value": 3, "to": "published.connect_rate"}
    assumed = free.with_values({"teams.desk.shifts.0.seats": to})
    assert roles_of(assumed)["connect_rate"] is Role.ASSUMED_FROM
    fitted = free.with_values({"teams.desk.shifts.0.seats": {**to, "kind": "fitted"}})
    assert roles_of(fitted)["connect_rate"] is Role.FITTED


def test_published_beside_simulated_says_what_each_row_can_prove(follower):
    fitted = {"value": 150, "kind": "fitted", "to": "published.answered"}
    one = follower.with_values({"teams.desk.shifts.0.seats": 4, VOLUME: fitted})
    result = experiments.run(one, replications=2, engine="simpy", jobs=1)
    rows = json.loads(result.to_json())["published"]
    assert {name: row["role"] for name, row in rows.items()} == {
        "answered": "fitted",
        "connect_rate": "predicted",
    }
    for lang, words in zip(LANGUAGES, (("fitted", "predicted"), ("拟合", "预测")), strict=True):
        table = reports.published_table(result, lang)
        assert tuple(row[-1] for row in table.rows) == words
    assert VOLUME in {row["key"] for row in result.assumptions}


def test_a_figure_taken_away_takes_the_fit_to_it_along(follower):
    without = follower.with_values({"published.answered": None, VOLUME: 9})
    assert roles_of(without) == {"connect_rate": Role.PREDICTED}
    number = {"value": 150, "kind": "fitted", "to": ["published.answered"]}
    fitted = follower.with_values({VOLUME: number})
    left = fitted.with_values({"published.answered": None})
    assert (left.provenance[VOLUME].kind, left.provenance[VOLUME].to) == (Origin.ASSUMED, ())


# ------------------------------------------------------------------------------------- draws
def test_a_draw_moves_what_the_formula_names_and_the_number_follows(load_text, smallest):
    share = "self_service_share = { value = 0.2, kind = 'assumed', range = [0.1, 0.5] }"
    one = load_text(smallest.replace("= 200", f"= {PEOPLE}\n{share}") + FIGURES)
    assert {one.key for one in parameters_of(one)} == {"channels.phone.self_service_share"}
    drawn = drawn_set(one, 5, seed=1)
    for i in range(len(drawn)):
        phone = drawn.scenario(i).channels["phone"]
        assert phone.cases_per_day == pytest.approx(200 * (1 - phone.self_service_share))
        assert drawn.scenario(i).provenance[VOLUME].formula


def test_a_drawn_number_that_was_fitted_is_fitted_still(load_text, smallest):
    number = '{ value = 200, kind = "fitted", to = "published.answered", range = [100, 300] }'
    drawn = drawn_set(load_text(smallest.replace("= 200", f"= {number}") + FIGURES), 3, seed=1)
    assert roles_of(drawn.scenario(0))["answered"] is Role.FITTED


def test_a_middle_may_move_where_the_half_width_follows_it(load_text, smallest):
    law = "mean_s = { value = 240, range = [120, 480] }, half_width_s = '= mean_s'"
    text = smallest.replace('"exponential", mean_s = 240', f'"uniform", {law}')
    drawn = drawn_set(load_text(text), 9, seed=1)
    means = [drawn.scenario(i).channels["phone"].talk.mean() for i in range(9)]
    assert min(means) < 200
    assert max(means) > 300
