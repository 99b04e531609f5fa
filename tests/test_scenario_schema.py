"""The JSON Schema for editors and the loader: two accounts of one format, held to each other."""

import datetime as dt
import json
import math
import tomllib
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from hotline_sim import messages, scenario
from hotline_sim.definitions import PUBLISHABLE
from hotline_sim.scenario import ScenarioError
from hotline_sim.scenario.quantities import UNITS

# Every key of the format at least once, every number bare.
EVERYTHING = """\
format = 1
title = { en = "everything", zh = "全部" }
unknown = { en = "nothing", zh = "无" }
horizon = { start = 2024-03-04, days = 7, warm_up_days = 2, published_days = 365 }

[demand]
hour_weights = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1.5]
weekday_factors = [1.2, 1.1, 1.1, 1.1, 1.0, 0.8, 0.7]
month_factors = [1, 1, 1, 1, 1, 1, 1.2, 1.2, 1, 1, 1, 1]
calendar = "china"
holidays = [2024-03-08]
make_up_workdays = [2024-03-10]
holiday_factor = 0.7
surges = [{ from = 2024-03-05, to = 2024-03-06, factor = 1.5, channels = ["phone"] }]
busyness = { day_cv = 0.1, day_correlation = 0.3, half_hour_cv = 0.06, half_hour_correlation = 0.7 }
max_contacts = 9

[channels.phone]
title = { en = "phone", zh = "电话" }
kind = "voice"
cases_per_day = 200
connect_rate = 0.9
lines = 30
self_service_share = 0.1
greeting = { law = "uniform", mean_s = 8, half_width_s = 6 }
leaves_in_greeting_share = 0.05
leaves_at_once_share = 0.1
promote_after_s = 600
talk = { law = "lognormal", mean_s = 200, sigma_log = 0.9 }
wrap_up = { law = "gamma", median_s = 30, shape = 2 }
patience = { law = "weibull", mean_s = 300, shape = 0.75 }
[[channels.phone.next]]
name = "redial"
after = "abandoned"
to = "phone"
by_try = [0.5, 0.4, 0.3]
delay = { law = "hyperexponential", mean_s = 900, cv = 2 }
[[channels.phone.next]]
name = "order"
after = "answered"
department = "district"
to = "follow_up"
probability = 0.3
entry = { law = "uniform", mean_s = 150, half_width_s = 60 }

[channels.wechat]
kind = "chat"
cases_per_year = 9000
concurrency = 2
slowdown = 0.3
leaves_at_once_share = 0.1
silent_share = 0.5
silent_handle_s = 60
talk = { law = "exponential", mean_s = 300 }
patience = { law = "never" }

[channels.app]
kind = "message"
cases_per_hour = 1.5
hour_weights = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
deadline_s = 86400
talk = { law = "empirical", points_s = [30, 60, 300] }

[channels.bureau]
like = "phone"
lines = 3

[channels.follow_up]
kind = "outbound"
reach_probability = 0.8
unreached_handle_s = 40
talk = { law = "fixed", median_s = 175 }

[departments.district]
delay = { law = "lognormal", median_s = 86400, sigma_log = 0.7 }
deadline_s = 172800
urging = "follow_up"

[teams.day]
title = { en = "day", zh = "白班" }
employment = "outsourced"
serves = ["phone", "wechat", "follow_up", { channel = "app", after_s = 3600 }]
seats = 4.5
shrinkage = 0.3
absence_share = 0.04
speed = 1.1
base_satisfaction = 0.9
[[teams.day.shifts]]
seats = 4
from = "08:00"
to = "18:00"
days = "mon-fri"
breaks = [{ minutes = 30, from = "11:30", to = "13:30", batches = 4 }]

[teams.evening]
employment = "in_house"
serves = ["phone"]
roster = "demand"
seats = 3
open = { from = "18:00", to = "23:00", days = "workdays" }
fewest = 1
base_satisfaction = 0.9

[teams.hall]
employment = "in_house"
serves = ["phone"]
persons = 12.5
base_satisfaction = 0.9
breaks = [{ minutes = 30, from = "11:30", to = "13:30" }]
[teams.hall.curve]
workdays = [0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 2, 2, 3, 3, 2, 1, 1, 1, 0.5, 0, 0, 0]
restdays = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]

[teams.counter]
employment = "outsourced"
serves = ["phone"]
posts = 3
persons_per_post = 2.0
base_satisfaction = 0.9
shifts = [{ seats = 1, from = "00:00", to = "24:00" }]

[teams.bureau]
like = "day"
serves = ["bureau"]

[service]
within_s = [20, 60.5]

[satisfaction]
per_minute_waited = 0.1
per_failed_contact = 0.3
settled_at_once = 0.3
order_late = 1
participation = 0.5
response_ratio = 0.8

[rules]
starts = ["00:00", "08:30"]
shift_hours = [8, 8.5]
breaks = [{ minutes = 30, from_hours = 3, to_hours = 5, over_hours = 6 }]
break_batches = 2
most_off_share = 0.5
days_off_per_week = 2
days_off_together = false
most_hours_per_week = 40
rest_hours = 11
start_varies_hours = 1
night_from = "23:00"
night_to = "06:00"
most_nights_per_week = 4
part_time_hours = [4]
part_time_share = 0.2
helpers = [{ team = "hall", share = 0.5 }]
fewest = 2
most_seats = 60

[employment.in_house]
budget_cny = 2e6
pay_cny_per_person_year = 66000
social_insurance_share = 0.35
overhead_share = 0.1
hiring_cny = 2000
training_cny = 5000
staff_share = 0.75
answering_share = 0.3
productive_hours_per_person_year = 1400
turnover_per_year = 0.35
hiring_days = 40
notice_days = 30
training_days = 28
novice_factor = 1.4
learning_days = 90
spread = 0.2

[employment.outsourced]
price = "seat_month"
price_cny = 9000
turnover_per_year = 0.35
hiring_days = 40
notice_days = 30
training_days = 28
novice_factor = 1.4
learning_days = 90
spread = 0.2
budget_cny = 1e6
award_over_budget = 0.997
cost_per_person_month_cny = 5200
productive_hours_per_person_year = 1400
answering_share = 0.3
[[employment.outsourced.kpi]]
measure = "connect_rate"
window = "day_24h"
target = 0.95
share_per_point = 0.01
cap = 0.1

[published]
answered = 100_000
connect_rate = 0.9

[printed]
growth_times = 2.4

[sources.county]
title = "Report"
publisher = "County"
"""
NAMES = ("redial", "order")  # of the rows

TREE = tomllib.loads(EVERYTHING)
OTHER_VOLUMES = {f"{what}_per_{unit}" for what in ("answered", "offered") for unit in UNITS}
NAMED = ("channels", "departments", "teams", "published", "printed", "sources")  # free keys
SHIPPED = scenario.catalogue()


def as_toml(tree):
    """Return a tree as TOML: a key a line, what is below it inline."""
    return "\n".join(f"{quoted(key)} = {inline(value)}" for key, value in tree.items())


def quoted(text):
    return json.dumps(text, ensure_ascii=False).replace("\x7f", r"\u007f")


def inline(node):
    if isinstance(node, dict):
        pairs = (f"{quoted(key)} = {inline(value)}" for key, value in node.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(node, list):
        return f"[{', '.join(map(inline, node))}]"
    if isinstance(node, str):
        return quoted(node)
    if isinstance(node, bool):
        return str(node).lower()
    return node.isoformat() if isinstance(node, (dt.date, dt.time)) else repr(node)


def as_json(node):
    """Return a tree as an editor sees it: dates and times are text."""
    if isinstance(node, dict):
        return {key: as_json(value) for key, value in node.items()}
    if isinstance(node, list):
        return [as_json(value) for value in node]
    return node.isoformat() if isinstance(node, (dt.date, dt.time)) else node


def places(node, path=()):
    """Yield the path of everything in a tree, the tree itself first."""
    yield path
    if isinstance(node, (dict, list)):
        for key, below in node.items() if isinstance(node, dict) else enumerate(node):
            yield from places(below, (*path, key))


def at(tree, path):
    for part in path:
        tree = tree[part]
    return tree


def changed(tree, path, value):
    """Return a copy of a tree with another value at a path, or another key: see renamed."""
    if not path:
        return value
    head, *rest = path
    if isinstance(tree, list):
        return [changed(e, rest, value) if i == head else e for i, e in enumerate(tree)]
    return {**tree, head: changed(tree[head], rest, value)}


def renamed(tree, path, key):
    """Return a copy of a tree in which the last key of a path has another name."""
    table = at(tree, path[:-1])
    other = {key if old == path[-1] else old: value for old, value in table.items()}
    return changed(tree, path[:-1], other)


def is_number(node):
    return isinstance(node, (int, float)) and not isinstance(node, bool)


def with_origins(node):
    """Return a tree with a table in place of every bare number and list of numbers."""
    if is_number(node) or (isinstance(node, list) and node and all(map(is_number, node))):
        return {"value": node, "kind": "assumed", "note": "n", "range": [-1, 1e12]}
    if isinstance(node, list):
        return [with_origins(below) for below in node]
    if isinstance(node, dict):
        return {key: with_origins(below) for key, below in node.items()}
    return node


@cache
def validator():
    return Draft202012Validator(scenario.json_schema(), format_checker=FormatChecker())


def schema_accepts(tree):
    return validator().is_valid(as_json(tree))


ALL_PLACES = list(places(TREE))[1:]
KEYS = [path for path in ALL_PLACES if isinstance(path[-1], str)]
FORMAT_KEYS = [
    path
    for path in KEYS
    if not (len(path) == 2 and path[0] in NAMED) and path[:2] != ("sources", "county")
]


@pytest.fixture(scope="module")
def loaded(load_text):
    """Load a tree and return the scenario, or the error."""

    def load(tree):
        try:
            return load_text(as_toml(tree))
        except ScenarioError as error:
            return error

    return load


def test_the_json_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(scenario.json_schema())
    json.dumps(scenario.json_schema(), allow_nan=False)


def test_the_scenario_with_everything_uses_every_key_of_the_schema(loaded):
    assert not isinstance(loaded(TREE), ScenarioError)
    assert schema_accepts(TREE)
    schema = scenario.json_schema()
    tables = [schema, *schema["$defs"].values()]
    keys = {key for table in tables for key in table.get("properties", {})}
    laws = {text for path in ALL_PLACES if path[-1] == "law" for text in [at(TREE, path)]}
    # award_cny goes with another price than the one that stands there, a volume with no other
    assert keys - {path[-1] for path in KEYS} == {"extends", "award_cny", *OTHER_VOLUMES}
    assert laws == {
        table["properties"]["law"]["const"] for table in tables if "law" in table["properties"]
    }


@pytest.mark.parametrize("name", SHIPPED)
def test_the_json_schema_accepts_every_shipped_scenario_and_refuses_it_with_a_typo(name):
    tree = tomllib.loads(SHIPPED[name].read_text(encoding="utf-8"))
    assert list(validator().iter_errors(as_json(tree))) == []
    for key in tree:
        assert not schema_accepts(renamed(tree, (key,), f"{key}x")), key


def test_a_table_with_an_origin_may_stand_wherever_a_number_does(loaded):
    tree = with_origins(TREE)
    scenario_of_tables, scenario_of_numbers = loaded(tree), loaded(TREE)
    assert schema_accepts(tree)
    assert scenario_of_tables.digest() == scenario_of_numbers.digest()
    assert set(scenario_of_tables.provenance) == set(scenario_of_numbers.provenance)
    assert all(origin.note == "n" for origin in scenario_of_tables.provenance.values())


def with_formulas(node, path=()):
    """Return a tree with a formula in place of every number that is a quantity, none in lists."""
    if isinstance(node, dict):
        return {key: with_formulas(below, (*path, key)) for key, below in node.items()}
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return [with_formulas(below, (*path, i)) for i, below in enumerate(node)]
    return f"= {node!r}" if is_number(node) and path not in NO_QUANTITIES else node


NO_QUANTITIES = (("format",), ("horizon", "published_days"))


def test_a_formula_may_stand_wherever_a_number_does(loaded):
    tree = with_formulas(TREE)
    scenario_of_formulas, scenario_of_numbers = loaded(tree), loaded(TREE)
    assert schema_accepts(tree)
    assert scenario_of_formulas.digest() == scenario_of_numbers.digest()
    assert set(scenario_of_formulas.provenance) == set(scenario_of_numbers.provenance)
    formulas = [origin.formula for origin in scenario_of_formulas.provenance.values()]
    assert sum(map(bool, formulas)) > 60


@pytest.mark.parametrize("path", [*NO_QUANTITIES, ("demand", "weekday_factors", 0)])
def test_a_formula_stands_for_no_form_of_file_and_in_no_list(loaded, path):
    assert isinstance(loaded(changed(TREE, path, "= 1")), ScenarioError)


def test_a_table_with_an_origin_is_held_to_the_number_it_stands_for(loaded):
    wrong: tuple[object, ...] = ("few", True, -5, [1], {})
    for value in wrong:
        tree = changed(TREE, ("channels", "phone", "lines"), {"value": value})
        assert not schema_accepts(tree)
        assert isinstance(loaded(tree), ScenarioError)


def as_told(path):
    """Return the path of a key as a fault names it: rows by their names."""
    if path[2:3] != ("next",) or len(path) < 5:
        return path
    name = "abandoned-phone" if path[-1] == "name" else NAMES[path[3]]
    name = "answered-district-follow_up" if path[3:] == (1, "name") else name
    return (*path[:3], name, *path[4:])


def test_every_key_with_a_typo_is_refused_and_told(loaded):
    for path in FORMAT_KEYS:
        error = loaded(renamed(TREE, path, f"{path[-1]}x"))
        assert isinstance(error, ScenarioError), path
        told = {(fault.key, fault.wanted): fault.values.get("nearest") for fault in error.faults}
        key = ".".join(map(str, as_told(path)))
        if path[-1] in ("kind", "law"):  # without it nobody knows what the table should hold
            assert (key, "missing") in told
        elif path == ("channels", "bureau", "like"):  # nor without this
            assert ("channels.bureau.kind", "missing") in told
        elif path[:-1] == ("teams", "hall", "curve"):  # days, of which there are others
            assert told[f"{key}x", "days"] == path[-1]
        else:
            assert told[f"{key}x", "no_such_key"] == path[-1], path


def test_the_json_schema_refuses_a_typo_in_every_table():
    first_keys = {path[:-1]: path for path in reversed(FORMAT_KEYS)}
    assert len(first_keys) > 30
    for path in first_keys.values():
        assert not schema_accepts(renamed(TREE, path, f"{path[-1]}x")), path


def test_every_measure_can_be_published_and_nothing_else(loaded):
    names = [*PUBLISHABLE, "service_level(20)", "abandoned_within(7.5)"]
    tree = changed(TREE, ("published",), dict.fromkeys(names, 1))
    assert schema_accepts(tree)
    assert loaded(tree).published == dict.fromkeys(names, 1)
    tree = changed(TREE, ("published",), {"connect_rat": 1})
    assert not schema_accepts(tree)
    assert isinstance(loaded(tree), ScenarioError)


def test_a_file_that_extends_another_may_leave_out_all_but_its_format():
    assert schema_accepts({"format": 1, "extends": "nanning-base"})
    assert not schema_accepts({"extends": "nanning-base"})


@pytest.mark.parametrize("odd", [[], {}], ids=["list", "table"])
def test_a_list_or_table_anywhere_never_breaks_the_telling_of_faults(loaded, odd):
    for path in ALL_PLACES:
        answer = loaded(changed(TREE, path, odd))
        assert not isinstance(answer, ScenarioError) or answer.faults, path


ODD = st.one_of(
    st.sampled_from([0, -1, 1, 2, 24.5, 1e300, 5e-324, 2**70, -(2**70), math.nan, math.inf]),
    st.sampled_from([True, False, "", "x", "phone", "district", "08:00", "24:00", "mon,sun"]),
    st.sampled_from([[], {}, [[]], [1, "x"], {"value": {}}, {"law": "fixed"}, {"kind": "chat"}]),
    st.sampled_from([dt.date(2024, 3, 4), dt.date(1, 1, 1), dt.date(9999, 12, 31)]),
    st.sampled_from([dt.datetime(2024, 3, 4, 8), dt.time(8, 30)]),
    st.sampled_from([{"value": 1, "range": [math.nan, 2**70]}, {"value": 2**70, "kind": []}]),
    st.text(max_size=3),
)


@given(st.lists(st.tuples(st.sampled_from(ALL_PLACES), ODD), min_size=1, max_size=3))
def test_whatever_is_written_the_loader_answers_with_a_scenario_or_with_faults(loaded, changes):
    tree = TREE
    for path, value in changes:
        try:
            tree = changed(tree, path, value)
        except (KeyError, TypeError, IndexError):  # an earlier change took the place away
            continue
    answer = loaded(tree)
    if not schema_accepts(tree):
        assert isinstance(answer, ScenarioError)
    if isinstance(answer, ScenarioError):
        assert answer.faults
        for lang in messages.LANGUAGES:
            lines = answer.text(lang).split("\n")
            assert len(lines) == len({fault.text(lang) for fault in answer.faults})
            assert all(line.isprintable() for line in lines)
