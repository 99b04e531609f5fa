"""The records of the measures: each has its words, and every number shown is one of them."""

import csv
import io
import math

import pytest
from contacts import CITY

from hotline_sim import experiments, load, messages, reports, scenario
from hotline_sim.definitions import (
    CLAUSES,
    MEASURES,
    PUBLISHABLE,
    Scope,
    Unit,
    is_one_of,
    measure_of,
    of_scope,
    spelled_for,
)
from hotline_sim.domain import ArgumentError
from hotline_sim.measures import measure_name
from hotline_sim.scenario import ScenarioError
from verification import measures as page

SERVICE = "[service]\nwithin_s = [20, 60]\n"


@pytest.fixture(scope="module")
def ran(load_text):
    """Return a run of the city with two thresholds of its own."""
    city = load_text(CITY.replace("[teams.day]", SERVICE + "[teams.day]", 1))
    return experiments.run(
        city, replications=2, seed=1, engine="simpy", jobs=1, standard="gbt-33358"
    )


@pytest.mark.parametrize("name", MEASURES)
def test_a_record_has_names_and_what_it_counts_over_what_in_both_languages(name):
    measure = MEASURES[name]
    for lang in messages.LANGUAGES:
        words = messages.names(lang)
        assert words[f"measure.{name}"]
        assert words[f"counted.{measure.numerator}"]
        assert not measure.denominator or words[f"counted.{measure.denominator}"]


@pytest.mark.parametrize("name", MEASURES)
def test_shares_and_means_have_a_denominator_and_counts_have_none(name):
    measure = MEASURES[name]
    if measure.unit in (Unit.SHARE, Unit.MEAN, Unit.SECONDS):
        assert measure.denominator
        assert not measure.adds_up
    if measure.adds_up:
        assert not measure.denominator


def test_every_number_of_a_result_is_one_of_the_measures(ran):
    shown = {*ran.measures, *ran.against_standard, *ran.published}
    for group in (ran.by_channel, ran.by_team, ran.by_department):
        shown |= {name for found in group.values() for name in found}
    for content in (reports.measures_csv([ran]), reports.intervals_csv([ran])):
        rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
        shown |= {row["measure"] for row in rows}
    assert all(measure_of(name).spelled == name for name in shown)
    assert {measure_of(name).name for name in shown} == set(MEASURES)


def test_measures_stand_where_their_records_say(ran):
    def bare(names):
        return {measure_of(name).name for name in names}

    assert bare(ran.measures) == {one.name for one in of_scope(Scope.RUN)}
    for scope, group in (
        (Scope.CHANNEL, ran.by_channel),
        (Scope.TEAM, ran.by_team),
        (Scope.DEPARTMENT, ran.by_department),
    ):
        for found in group.values():
            assert bare(found) == {one.name for one in of_scope(scope)}


def test_the_page_of_measures_is_made_from_the_records():
    assert page.PAGE.read_text(encoding="utf-8").endswith(f"\n\n{page.table()}")


# Names with a threshold -------------------------------------------------------------------


@pytest.mark.parametrize("written", ["service_level(20)", "service_level( 20.0 )"])
def test_a_name_with_a_threshold_is_spelled_in_one_way(written):
    assert measure_of(written).spelled == "service_level(20)"
    assert measure_of(written).within_s == 20.0


@pytest.mark.parametrize(
    "written",
    ["connect_rate(20)", "service_level()", "service_level(-1)", "service_level(1e3)", "asa", ""],
)
def test_what_is_no_measure_is_refused(written):
    with pytest.raises(ArgumentError, match="is no measure"):
        measure_of(written)
    assert not is_one_of(written, PUBLISHABLE)


def test_results_have_the_first_threshold_by_the_bare_name(ran):
    assert ran.scenario.thresholds_s == (20.0, 60.0, 15.0)
    found = ran.measures
    assert found["service_level(15)"].mean < found["service_level"].mean
    assert found["service_level"].mean < found["service_level(60)"].mean
    assert "service_level(20)" not in found
    assert spelled_for("service_level(20)", 20.0) == "service_level"
    said = [
        measure_name(name, "zh", ran.scenario) for name in ("service_level", "service_level(60)")
    ]
    assert said == ["20秒接通率（占转人工量）", "60秒接通率（占转人工量）"]


def test_a_standard_is_held_at_its_own_threshold_whatever_the_scenario_s(ran):
    held = ran.against_standard["service_level(15)"]
    assert (
        held.simulated
        == ran.measures["service_level(15)"].mean
        != ran.measures["service_level"].mean
    )


def test_a_published_figure_is_held_at_the_threshold_it_names(load_text):
    published = '[published]\n"service_level(20)" = 0.5\n"service_level(90)" = 0.6\n'
    city = load_text(CITY + published)
    assert city.thresholds_s == (15.0, 20.0, 90.0)
    found = experiments.run(city, replications=2, seed=1, engine="simpy", jobs=1)
    assert (
        found.published["service_level(90)"].simulated == found.measures["service_level(90)"].mean
    )
    own = load_text(CITY + SERVICE + published)
    found = experiments.run(own, replications=2, seed=1, engine="simpy", jobs=1)
    assert found.published["service_level(20)"].simulated == found.measures["service_level"].mean
    assert not math.isnan(found.published["service_level(20)"].simulated)


@pytest.mark.parametrize(
    ("within_s", "told"),
    [
        ("-1", "at_least"),
        ('"15 s"', "number"),
        ("[]", "at_least_entries"),
        ("[15, 20, 15]", "twice"),
        ("[15, -1]", "at_least"),
    ],
)
def test_a_threshold_that_cannot_be_is_refused(load_text, within_s, told):
    with pytest.raises(ScenarioError) as error:
        load_text(CITY + f"[service]\nwithin_s = {within_s}\n")
    assert [fault.wanted for fault in error.value.faults] == [told]
    assert all(fault.key.startswith("service.within_s") for fault in error.value.faults)


def test_thresholds_are_numbers_with_an_origin_that_a_command_can_set(load_text):
    city = load_text(
        CITY + '[service]\nwithin_s = { value = 20, kind = "assumed", range = [10, 30] }\n'
    )
    assert city.thresholds_s == (20.0, 15.0)
    assert city.provenance["service.within_s"].range == (10.0, 30.0)
    assert city.with_values({"service.within_s": [30, 45]}).thresholds_s == (30.0, 45.0, 15.0)
    assert scenario.values_of(city)["service.within_s"] == 20
    assert load("one-team").thresholds_s == (15.0,)


def test_service_levels_at_different_thresholds_are_not_subtracted(ran):
    other = ran.scenario.with_values({"service.within_s": [60, 20]})
    compared = experiments.compare(
        ran.scenario, other, replications=2, seed=1, engine="simpy", jobs=1
    )
    found = compared.difference
    assert "service_level" not in found
    assert (found["service_level(15)"].mean, found["connect_rate"].mean) == (0.0, 0.0)
    assert reports.difference_table(compared, "en").rows


# Clauses ----------------------------------------------------------------------------------


def test_a_clause_may_name_any_rate_of_the_table(load_text):
    clause = '\nmeasure = "connect_rate"\n'
    assert CITY.count(clause) == 1
    for name in (*CLAUSES, "service_level(20)"):
        city = load_text(CITY.replace(clause, f'\nmeasure = "{name}"\n'))
        assert city.employment.outsourced.kpi[0].measure == name
    assert {"service_level", "abandonment_rate", "case_connect_rate", "on_time_rate"} < set(CLAUSES)
    for name in ("asa_s", "occupancy", "connect_rate_monthly_mean", "answering_cost_share"):
        with pytest.raises(ScenarioError) as error:
            load_text(CITY.replace(clause, f'\nmeasure = "{name}"\n'))
        assert [fault.wanted for fault in error.value.faults] == ["no_such_rate"]
