"""The people behind a volume of answered or offered contacts, found without simulating."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from mistakes import brief, error_of

from hotline_sim import experiments, load, messages, reports
from hotline_sim.cli import main
from hotline_sim.demand import Demand
from hotline_sim.domain import Role
from hotline_sim.scenario import Scenario, roles_of, values_of, volumes_found
from hotline_sim.scenario.volumes import cases_per_day
from hotline_sim.streams import Streams

PHONE = "channels.phone"
REDIAL = """
[[channels.phone.next]]
after = "abandoned"
to = "phone"
probability = 0.5
delay = { law = "fixed", mean_s = 600 }
"""
RATE = "[published]\nconnect_rate = 0.8\n"
CHAT = """
[channels.wechat]
kind = "chat"
cases_per_day = 50
concurrency = 2
talk = { law = "fixed", mean_s = 60 }
patience = { law = "never" }
[[channels.wechat.next]]
after = "abandoned"
to = "phone"
probability = 0.4
delay = { law = "fixed", mean_s = 60 }
[teams.chat]
employment = "in_house"
serves = ["wechat"]
shifts = []
"""


def answered(text, number="answered_per_day = 200"):
    """Return a text whose phone says what was answered, not what began."""
    return text.replace("cases_per_day = 200", number)


def people(one, name="phone"):
    return one.channels[name].people_per_day


# ---------------------------------------------------------------------------------- by hand
def test_without_redials_people_are_answered_over_connect_rate(load_text, smallest):
    one = load_text(answered(smallest) + RATE)
    assert people(one) == cases_per_day(one) == 250
    assert people(load_text(answered(smallest, "offered_per_day = 200") + RATE)) == 200


@pytest.mark.parametrize("unit", ["year", "day", "hour"])
@pytest.mark.parametrize("what", ["answered", "offered"])
def test_every_unit_says_the_same(load_text, smallest, what, unit):
    number = 24.0 * {"year": 365, "day": 1, "hour": 1 / 24}[unit]
    one = load_text(answered(smallest, f"{what}_per_{unit} = {number}") + RATE)
    assert people(one) == pytest.approx(24.0 / (0.8 if what == "answered" else 1.0))


def test_redials_are_taken_off_until_the_last_try(load_text, smallest):
    one = load_text(answered(smallest) + REDIAL + RATE)  # a try leads to 0.2 × 0.5 of another
    assert people(one) == pytest.approx(250 * 0.9)
    two = load_text(answered(smallest) + REDIAL + RATE, "demand.max_contacts=2")
    assert people(two) == pytest.approx(250 / 1.1)


def test_each_try_has_its_own_probability(load_text, smallest):
    by_try = REDIAL.replace("probability = 0.5", "by_try = [0.5, 0.25]")
    one = load_text(answered(smallest) + by_try + RATE, "demand.max_contacts=4")
    tries = [1, 0.2 * 0.5, 0.2 * 0.5 * (0.2 * 0.25), 0.2 * 0.5 * (0.2 * 0.25) ** 2]
    assert people(one) == pytest.approx(250 / sum(tries))


def test_who_is_served_by_the_menu_did_not_ask(load_text, smallest):
    one = load_text(answered(smallest) + RATE, f"{PHONE}.self_service_share=0.5")
    assert people(one) == pytest.approx(500)
    found = volumes_found(one)["phone"]
    assert (found.offered, found.contacts) == pytest.approx((250 * 365, 500 * 365))


def test_who_hangs_up_in_the_greeting_did_not_ask(load_text, smallest):
    greeting = f'{PHONE}.greeting={{ law = "fixed", mean_s = 5 }}'
    leaves = f"{PHONE}.leaves_in_greeting_share=0.2"
    one = load_text(answered(smallest) + RATE, greeting, leaves, f"{PHONE}.self_service_share=0.5")
    assert people(one) == pytest.approx(250 / 0.8 / 0.5)
    found = volumes_found(one)["phone"]
    assert found.contacts == pytest.approx(625 * 365)


def test_what_other_channels_lead_here_is_taken_off(load_text, smallest):
    one = load_text(answered(smallest) + RATE + CHAT, "channels.wechat.connect_rate=0.75")
    assert people(one) == pytest.approx(250 - 50 * 0.25 * 0.4)
    assert people(one, "wechat") is None


def test_two_volumes_are_found_together(load_text, smallest):
    more = CHAT.replace("cases_per_day = 50", "answered_per_day = 60")
    back = REDIAL.replace('to = "phone"', 'to = "wechat"')
    one = load_text(answered(smallest) + back + RATE + more, "channels.wechat.connect_rate=0.75")
    phone, chat = people(one), people(one, "wechat")
    both = one.with_values({f"{PHONE}.cases_per_day": phone, "channels.wechat.cases_per_day": chat})
    assert people(both) is None
    for name, rate, wanted in (("phone", 0.8, 200), ("wechat", 0.75, 60)):
        only = both.with_values({f"channels.{name}.answered_per_day": wanted})
        assert people(only, name) == pytest.approx({"phone": phone, "wechat": chat}[name])
        assert volumes_found(only)[name].offered == pytest.approx(365 * wanted / rate)


# ----------------------------------------------------------------------------- by simulation
RICH = """\
format = 1
title = { en = "rich", zh = "多渠道" }
[horizon]
start = 2024-03-04
days = 200
warm_up_days = 2
[demand]
max_contacts = 4
[channels.phone]
kind = "voice"
cases_per_day = 900
self_service_share = 0.1
greeting = { law = "exponential", mean_s = 20 }
leaves_in_greeting_share = 0.12
talk = { law = "exponential", mean_s = 240 }
patience = { law = "exponential", mean_s = 120 }
[[channels.phone.next]]
after = "abandoned"
to = "phone"
by_try = [0.7, 0.5, 0.2]
delay = { law = "exponential", mean_s = 900 }
[[channels.phone.next]]
after = "answered"
to = "phone"
probability = 0.15
delay = { law = "uniform", mean_s = 9000, half_width_s = 9000 }
[[channels.phone.next]]
after = "left"
to = "phone"
probability = 0.4
delay = { law = "exponential", mean_s = 400 }
[[channels.phone.next]]
after = "contained"
to = "wechat"
probability = 0.5
delay = { law = "exponential", mean_s = 600 }
[[channels.phone.next]]
after = "answered"
department = "district"
to = "follow_up"
probability = 0.2
[channels.wechat]
kind = "chat"
cases_per_day = 200
concurrency = 2
talk = { law = "exponential", mean_s = 300 }
patience = { law = "exponential", mean_s = 100 }
[[channels.wechat.next]]
after = "abandoned"
to = "phone"
probability = 0.6
delay = { law = "exponential", mean_s = 300 }
[channels.follow_up]
kind = "outbound"
reach_probability = 0.7
unreached_handle_s = 30
talk = { law = "exponential", mean_s = 90 }
[[channels.follow_up.next]]
after = "answered"
to = "phone"
probability = 0.3
delay = { law = "exponential", mean_s = 3000 }
[departments.district]
delay = { law = "exponential", mean_s = 40000 }
deadline_s = 400000
[teams.desk]
serves = ["phone", "wechat", "follow_up"]
employment = "in_house"
shifts = [{ seats = 4, from = "00:00", to = "24:00" }]
"""


@pytest.fixture(scope="module")
def simulated(load_text):
    """Return a hotline that states its cases, and what became of them in a simulation."""
    one = load_text(RICH)
    result = experiments.run(one, replications=4, seed=5, engine="compiled", jobs=1)
    return one, result.by_channel


def test_what_a_simulation_answers_leads_back_to_the_people_who_were_simulated(simulated):
    one, by_channel = simulated
    rates = {f"channels.{n}.connect_rate": by_channel[n]["connect_rate"].mean for n in INBOUND}
    assert 0.5 < rates["channels.phone.connect_rate"] < 0.9
    for what in ("answered", "offered"):
        counts = {n: by_channel[n][what] for n in INBOUND}
        volumes = {f"channels.{n}.{what}_per_day": c.mean / 200 for n, c in counts.items()}
        found = one.with_values({**rates, **volumes})
        for name, cases in (("phone", 900), ("wechat", 200)):
            spread = 4 / (cases * 200 * 4) ** 0.5  # standard errors of a Poisson count
            assert people(found, name) == pytest.approx(cases, rel=spread + 0.005)


INBOUND = ("phone", "wechat")


def test_nannings_printed_calls_are_simulated_where_its_rate_is(load_text):
    brief = ["horizon.days=28", "demand.busyness.day_cv=0", "demand.busyness.half_hour_cv=0"]
    city = load("nanning-after", overrides=brief)
    told = {f"{PHONE}.answered_per_year": "= published.answered"}
    play: dict[str, Any] = {"replications": 2, "seed": 3, "engine": "compiled", "jobs": 1}
    rates = {f"channels.{n}.connect_rate": 0.9 for n in INBOUND}
    for _ in range(3):  # until the rate that is written is the one that comes out
        found = city.with_values({**told, **rates})
        by_channel = experiments.run(found, **play).by_channel
        rates = {f"channels.{n}.connect_rate": by_channel[n]["connect_rate"].mean for n in INBOUND}
    phone, printed = by_channel["phone"], volumes_found(found)["phone"]
    weeks = 28 / 365 * WITHOUT_HOLIDAYS  # of the year, for July has none
    assert phone["offered"].mean == pytest.approx(printed.offered * weeks, rel=0.02)
    assert phone["answered"].mean == pytest.approx(406_174 * weeks, rel=0.02)
    ratio = phone["answered"].mean / phone["offered"].mean
    assert ratio == pytest.approx(printed.answered / printed.offered, rel=0.005)


WITHOUT_HOLIDAYS = 1.013  # calls of such a week over those of the year's mean week


# --------------------------------------------------------------- what moves them and what not
def test_people_follow_the_rate_that_is_written_and_not_the_roster(load_text, smallest):
    one = load_text(answered(smallest) + REDIAL + RATE)
    more = one.with_values({"teams.desk.shifts.0.seats": 9, "teams.desk.shrinkage": 0.2})
    days = [Demand(s, Streams(1, 0)).draw(0).arrival_s.tolist() for s in (one, more)]
    assert len(days[0]) > 100
    assert people(more) == people(one)
    assert days[0] == days[1]
    assert people(one.with_values({"published.connect_rate": 0.5})) == pytest.approx(400 * 0.75)
    assert people(one.with_values({f"{PHONE}.connect_rate": 0.5})) == pytest.approx(400 * 0.75)
    half = one.with_values({f"{PHONE}.next.abandoned-phone.probability": 0.25})
    assert people(half) == pytest.approx(250 * 0.95)


def test_the_fingerprint_depends_on_the_people_and_the_origin_on_nothing(load_text, smallest):
    one = load_text(answered(smallest) + RATE)
    assert one.with_values({"published.connect_rate": 0.5}).digest() != one.digest()
    assert "channels.phone.people_per_day" not in values_of(one)
    assert Scenario.from_dict(json.loads(json.dumps(one.to_dict()))) == one
    assert "people_per_day" not in one.to_toml()


def test_a_volume_that_is_set_replaces_the_other_forms(load_text, smallest, write_scenario):
    one = load_text(answered(smallest) + RATE)
    set_ = one.with_values({f"{PHONE}.cases_per_hour": 10})
    assert (people(set_), cases_per_day(set_)) == (None, 240)
    assert f"{PHONE}.answered_per_day" not in set_.provenance
    assert people(set_.with_values({f"{PHONE}.offered_per_day": 200})) == 200
    write_scenario(answered(smallest) + RATE, "base.toml")
    child = write_scenario('extends = "base.toml"\n[channels.phone]\ncases_per_year = 36500')
    assert cases_per_day(load(child)) == 100
    told = error_of(child, f"{PHONE}.cases_per_day=1", f"{PHONE}.offered_per_day=2").faults
    assert list(map(brief, told)) == [f"{PHONE}.offered_per_day one_volume"]


def test_the_mean_of_months_will_do_and_is_then_assumed_from(load_text, smallest):
    monthly = RATE.replace("connect_rate", "connect_rate_monthly_mean")
    one = load_text(answered(smallest) + monthly)
    assert people(one) == 250
    assert roles_of(one) == {"connect_rate_monthly_mean": Role.ASSUMED_FROM}
    own = one.with_values({f"{PHONE}.connect_rate": 0.4})
    assert people(own) == 500
    assert roles_of(own) == {"connect_rate_monthly_mean": Role.PREDICTED}


# ----------------------------------------------------------------------------- what is refused
@pytest.mark.parametrize(
    ("more", "overrides", "told"),
    [
        ("", [], [f"{PHONE}.connect_rate rate_of_voice"]),
        ("[published]\nconnect_rate = 1.2", [], [f"{PHONE}.connect_rate rate_of_voice"]),
        (RATE + CHAT, [], ["channels.wechat.connect_rate rate_of_chat"]),
        (RATE, [f"{PHONE}.self_service_share=1"], [f"{PHONE}.answered_per_day no_people"]),
        (
            RATE + CHAT,
            ["channels.wechat.cases_per_day=9e4", "channels.wechat.connect_rate=0.1"],
            [f"{PHONE}.answered_per_day no_people"],
        ),
        (RATE, [f"{PHONE}.connect_rate=0"], [f"{PHONE}.connect_rate more_than"]),
        (
            RATE,
            [f"{PHONE}.people_per_day=9"],
            [f"{PHONE}.people_per_day no_such_key → cases_per_day"],
        ),
    ],
)
def test_people_who_cannot_be_found_are_told(write_scenario, smallest, more, overrides, told):
    faults = error_of(write_scenario(answered(smallest) + more), *overrides).faults
    assert list(map(brief, faults)) == told
    assert all(fault.text("zh") for fault in faults)


def test_a_rate_that_nothing_depends_on_is_not_asked_for(load_text, smallest):
    apart = CHAT.replace('to = "phone"', 'to = "wechat"')
    assert people(load_text(answered(smallest) + RATE + apart)) == 250
    offered = answered(smallest, "offered_per_day = 200")
    assert people(load_text(offered)) == 200


# --------------------------------------------------------------------------------- what is read
@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_show_prints_the_way_from_answered_to_people(write_scenario, smallest, lang):
    path = write_scenario(answered(smallest) + REDIAL + RATE)
    table = reports.volume_table(load(path), lang)
    assert table.rows == (("phone", "73,000", "80.00 %", "91,250", "91,250", "9,125", "82,125"),)
    env = {"LC_ALL": "C.UTF-8", "COLUMNS": "200"}
    shown = CliRunner().invoke(main, ["show", str(path), "--lang", lang], env=env).stdout
    assert messages.text("table.volumes", lang) in shown
    plain = CliRunner().invoke(main, ["show", str(path), "--json"], env=env).stdout
    assert json.loads(plain)["volumes"]["phone"]["cases"] == pytest.approx(82_125)
    bare = CliRunner().invoke(main, ["show", "first-day", "--lang", lang], env=env).stdout
    assert messages.text("table.volumes", lang) not in bare
