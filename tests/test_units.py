"""Numbers with units, wherever one is typed: times, shares, counts, money."""

import json

import click
import pytest
from test_cli import hotline, refused, result_of

from hotline_sim import experiments, load, scenario
from hotline_sim.cli import main, units
from hotline_sim.cli.options import grid_of
from hotline_sim.cli.screen import Failure
from hotline_sim.cli.sensitivity import over_entry
from hotline_sim.experiments import target_of
from hotline_sim.scenario.written import number_for


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")


@pytest.mark.parametrize(
    ("written", "key", "value"),
    [
        ("4min", "channels.phone.talk.mean_s", 240),
        ("1.5h", "channels.phone.talk.mean_s", 5400),
        ("4 分钟", "channels.phone.patience.mean_s", 240),
        ("４分钟", "channels.phone.patience.mean_s", 240),
        ("90s", "channels.phone.wrap_up.mean_s.value", 90),
        ("1天", "channels.app.deadline_s", 86_400),
        ("2周", "employment.in_house.training_days", 14),
        ("30min", "teams.day.breaks.0.minutes", 30),
        ("30%", "channels.phone.next.redial.probability", 0.3),
        ("３０％", "channels.phone.next.redial.by_try.1", 0.3),
        ("4.35%", "teams.day.shrinkage", 0.0435),
        ("43万", "channels.phone.cases_per_year", 430_000),
        ("1.2千", "channels.phone.lines", 1200),
        ("12,000", "channels.phone.cases_per_year", 12_000),
        ("1200万元", "employment.outsourced.award_cny", 12_000_000),
        ("2M", "employment.outsourced.award_cny", 2_000_000),
        ("90.07%", "published.connect_rate", 0.9007),
        ("40.6174万", "published.answered", 406_174),
    ],
)
def test_set_reads_a_number_with_a_unit_that_fits_its_key(written, key, value):
    (change,) = scenario.from_text([f"{key}={written}"])
    assert change.value == value
    assert type(change.value) is type(value)


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("30%", "channels.phone.talk.mean_s"),
        ("30%", "teams.day.seats"),
        ("30%", "channels.phone.cases_per_year"),
        ("4min", "channels.phone.next.redial.probability"),
        ("4min", "channels.phone.cases_per_year"),
        ("43万", "channels.phone.talk.mean_s"),
        ("1,2", "channels.phone.cases_per_year"),
        ("4 moons", "channels.phone.talk.mean_s"),
        ("30%", "title.en"),
        ("4min", "channels.phone.title.zh"),
        ("mon-fri", "teams.day.shifts.0.days"),
    ],
)
def test_a_unit_that_does_not_fit_is_no_number(written, key):
    assert number_for(key, written) is None
    (change,) = scenario.from_text([f"{key}={written}"])
    assert change.value == written


def test_what_is_set_with_a_unit_is_what_is_set_without():
    units_ = ["channels.phone.patience.mean_s=3min", "channels.phone.cases_per_day=0.5千"]
    plain = ["channels.phone.patience.mean_s=180", "channels.phone.cases_per_day=500"]
    digests = {load("one-team", overrides=one).digest() for one in (units_, plain)}
    assert len(digests) == 1


def test_a_unit_that_does_not_fit_is_refused_in_one_line():
    (told,) = refused("show", "first-day", "--set", "channels.phone.talk.mean_s=30%")
    assert told == '--set: channels.phone.talk.mean_s = "30%": must be a number'


def test_grids_ranges_targets_and_precision_take_units():
    assert grid_of(("a.mean_s=4min,90s",), "en") == {"a.mean_s": ["240", "90"]}
    assert grid_of(("a.probability=10%:30%:10%",), "en") == {"a.probability": ["0.1", "0.2", "0.3"]}
    assert grid_of(("a.cases_per_year=40万,1.5万",), "en")["a.cases_per_year"] == [
        "400000",
        "15000",
    ]
    assert over_entry("a.mean_s=3min:0.2h", "en") == ("a.mean_s", 180.0, 720.0)
    assert over_entry("satisfaction.order_late=-1:2", "en") == ("satisfaction.order_late", -1, 2)
    assert target_of("asa_s<=0.5min") == target_of("asa_s<=30")
    assert target_of("cost_cny:1200万") == target_of("cost_cny<=12000000")
    with pytest.raises(experiments.TargetError):
        target_of("connect_rate:4min")
    narrow = ("run", "first-day", "--engine", "simpy", "--replications", "3")
    runs = [
        result_of(*narrow, "--precision", f"connect_rate={one}")["measures"]
        for one in ("50%", "0.5")
    ]
    assert runs[0] == runs[1]


@pytest.mark.parametrize(("given", "value"), [("1%", 0.01), ("0.01", 0.01), ("１％", 0.01)])
def test_options_with_a_range_take_units_and_keep_the_range(given, value):
    gap = units.ShareRange(0.0, 1.0)
    assert gap.convert(given, None, None) == value
    with pytest.raises(click.BadParameter):
        gap.convert("120%", None, None)
    assert units.SecondsRange(min=0.1).convert("2min", None, None) == 120.0
    kinds = {one.name: type(one.type) for one in main.commands["staff"].params}
    assert kinds["gap"] is units.ShareRange
    assert kinds["time_limit_s"] is units.SecondsRange


# ---- two amounts of which one has a unit


@pytest.mark.parametrize(
    ("from_", "to", "option", "meant"),
    [
        ("1200", "1200万", "--from", "1200万"),
        ("2", "20M", "--from", "2M"),
        ("800", "1,200万元", "--from", "800万元"),
        ("2M", "20", "--to", "20M"),
    ],
)
def test_of_amounts_with_and_without_a_unit_it_is_asked_which_was_meant(from_, to, option, meant):
    (told,) = refused("budget", "nanning-after", "--from", from_, "--to", to)
    assert told.startswith(f"{option} {from_ if option == '--from' else to} has no unit")
    assert f"write {option} {meant}, or" in told


@pytest.mark.parametrize(
    ("from_", "to", "ends"),
    [
        ("2000000", "20M", (2e6, 2e7)),
        ("200万", "20000000", (2e6, 2e7)),
        ("1200元", "1200万", (1200.0, 1.2e7)),
        ("1200", "5000", (1200.0, 5000.0)),
        ("０.2M", "2，000，000", (2e5, 2e6)),
    ],
)
def test_amounts_that_can_only_be_meant_in_one_way_are_taken(from_, to, ends):
    assert units.amounts_cny(from_, to, "en") == pytest.approx(ends)


@pytest.mark.parametrize("to", ["", "M", "two", "2M3"])
def test_what_is_no_amount_gets_one_line_whatever_the_other(to):
    with pytest.raises(Failure, match="must be an amount"):
        units.amounts_cny("2M", to, "en")


def test_show_says_what_was_set():
    printed = hotline("show", "nanning-after", "--set", "teams.day.shrinkage=25%", "--json").stdout
    assert json.loads(printed)["numbers"]["teams.day.shrinkage"]["value"] == 0.25
