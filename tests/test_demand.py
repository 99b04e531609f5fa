"""Demand: as many cases as expected at every hour, and the same people in every scenario."""

import datetime as dt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import uniforms
from scipy import stats

from hotline_sim import load
from hotline_sim.demand import Demand, tables_of
from hotline_sim.demand.intensity import Intensity, arrivals_s
from hotline_sim.demand.tables import patience_s_of, talk_s_of, time_of, wrap_up_s_of
from hotline_sim.demand.words import Word
from hotline_sim.domain import DAY_S, N_ENDINGS, NOBODY, TICKS_PER_S, Outcome
from hotline_sim.streams import Streams, contact_key

FLAT_PHONE = """\
format = 1
title = { en = "flat", zh = "平" }
[horizon]
start = 2020-07-01
days = 400
[demand]
max_contacts = 4
[channels.phone]
kind = "voice"
cases_per_day = 1000
talk = { law = "lognormal", mean_s = 200, sigma_log = 0.9 }
patience = { law = "exponential", mean_s = 300 }
[teams.desk]
employment = "in_house"
serves = ["phone"]
"""
CHAT = """
[channels.chat]
kind = "chat"
cases_per_day = 300
concurrency = 2
talk = { law = "exponential", mean_s = 300 }
patience = { law = "exponential", mean_s = 600 }
[teams.more]
employment = "in_house"
serves = ["chat"]
"""
REDIALS = """
[[channels.phone.next]]
after = "abandoned"
to = "phone"
by_try = [0.5, 0.3, 0.1]
delay = { law = "exponential", mean_s = 600 }
"""


def demand_of(scenario, seed=1, replication=0):
    return Demand(scenario, Streams(seed, replication))


def first_day(scenario, seed=1, replication=0):
    return demand_of(scenario, seed, replication).draw(0)


def expected(scenario, channel="phone", days=None, seed=1):
    """Return the expected cases per day and half-hour, ``(days, 48)``."""
    intensity = Intensity(scenario, Streams(seed, 0))
    days = range(scenario.total_days) if days is None else days
    return intensity.expected(days.start, len(days), channel, scenario.channels[channel])


def on_date(scenario, *date, channel="phone"):
    day = (dt.date(*date) - scenario.first_day).days
    return expected(scenario, channel, range(day, day + 1)).sum()


def people(scenario, channel="phone", seed=1, replication=0, day=0):
    """Return what a day's first contacts on a channel are and bring, in the order of arrival."""
    demand, tables = demand_of(scenario, seed, replication), tables_of(scenario, seed, replication)
    number = list(scenario.channels).index(channel)
    cases = demand.draw(day)
    here = cases.channel == number
    u = uniforms(tuple(tables.keys[number]), day, 1, 0, int(here.sum()))[cases.place[here]].T
    shares, every = tables.channels[number], np.zeros(u.shape[1])
    at_once = u[Word.LEAVES_AT_ONCE] < shares.leaves_at_once_share
    patience_s = every + patience_s_of(tables, number, u[Word.PATIENCE])
    columns = {
        "born_s": cases.arrival_s[here],
        "talk_s": every + talk_s_of(tables, number, u[Word.TALK]),
        "wrap_up_s": every + wrap_up_s_of(tables, number, u[Word.WRAP_UP]),
        "patience_s": np.where(at_once, 0.0, patience_s),
        "contained": u[Word.SELF_SERVICE] < shares.self_service_share,
        "silent": u[Word.SILENT] < shares.silent_share,
        "order_s": every + np.nan,
        "mood": u[Word.MOOD] if tables.asks_opinions else every + np.nan,
        "rating": u[Word.RATING] if tables.asks_opinions else every + np.nan,
    }
    for ending in (Outcome.ANSWERED, Outcome.ABANDONED, Outcome.BLOCKED):
        columns |= _followed(tables, number, ending, u, columns)
    return columns


def _followed(tables, channel, ending, u, columns):
    """Return who goes on after an ending, and when; orders are entered among the columns."""
    goes_on, delay_s = np.zeros(u.shape[1], bool), np.full(u.shape[1], np.nan)
    begin_u, no_time_s = 0.0, np.zeros(u.shape[1])  # whose shape a time alike for all takes on
    for row in range(*tables.first_rows[channel * N_ENDINGS + ending :][:2]):
        end_u, table = tables.upto[row * tables.tries], tables.rows[row]
        along = (begin_u <= u[Word.NEXT]) & (u[Word.NEXT] < end_u)
        begin_u = end_u
        word = Word.DELAY if table.department == NOBODY else Word.ORDER
        delay_s[along] = (no_time_s + time_of(tables, table.delay, u[word]))[along]
        goes_on |= along & (table.to != NOBODY)
        if table.department != NOBODY:
            columns["order_s"][along] = delay_s[along]
        if table.entry != NOBODY:
            entry_s = no_time_s + time_of(tables, table.entry, u[Word.ENTRY])
            columns["wrap_up_s"][along] += entry_s[along]
    name = ending.name.lower()
    return {f"goes_on_{name}": goes_on, f"delay_{name}": delay_s}


def assert_same_people(before, after, but=()):
    for name in before:
        if name not in but:
            np.testing.assert_array_equal(before[name], after[name], err_msg=name)
    for name in but:
        assert not np.array_equal(before[name], after[name]), name


# ----------------------------------------------------------------------------- how many, when
JUMPS = [0] * 16 + [1] * 4 + [60] * 8 + [0] * 2 + [5] * 18  # per half-hour


def test_each_half_hour_gets_its_cases_also_just_after_the_rate_jumps(load_text):
    scenario = load_text(FLAT_PHONE, f"demand.hour_weights={JUMPS}")
    demand, days = demand_of(scenario), 200
    arrivals_s = [demand.draw(day).arrival_s - day * DAY_S for day in range(days)]
    counts = np.array([np.histogram(a, 48, (0, DAY_S))[0] for a in arrivals_s])
    exact = 1000 * np.array(JUMPS) / sum(JUMPS)
    assert np.all(np.abs(counts.sum(0) - exact * days) <= 4 * np.sqrt(exact * days))
    assert not counts[:, exact == 0].any()
    # and no more nor less scattered than a Poisson process: χ² of every cell of every day
    cells = counts[:, exact > 0]
    chi_square = np.sum((cells - exact[exact > 0]) ** 2 / exact[exact > 0])
    assert abs(chi_square - cells.size) < 4 * np.sqrt(2 * cells.size)


def test_cases_fall_evenly_within_a_half_hour(load_text):
    arrivals_s = first_day(load_text(FLAT_PHONE, "channels.phone.cases_per_day=50000")).arrival_s
    assert stats.kstest(arrivals_s % 1800.0 / 1800.0, "uniform").pvalue > 1e-4


def test_cases_arrive_in_order_within_their_day_and_on_the_grid(load_text):
    scenario = load_text(FLAT_PHONE + CHAT + REDIALS)
    demand, next_case = demand_of(scenario), 0
    for day in range(3):
        cases = demand.draw(day)
        at_s = cases.arrival_s
        assert np.all(np.diff(at_s) >= 0)
        assert day * DAY_S <= at_s[0]
        assert at_s[-1] < (day + 1) * DAY_S
        np.testing.assert_array_equal(at_s * TICKS_PER_S % 1.0, 0.0)
        assert cases.first == next_case  # numbered across channels and through the days
        assert set(cases.channel) == {0, 1}
        for channel in (0, 1):
            place = cases.place[cases.channel == channel]
            np.testing.assert_array_equal(place, np.arange(len(place)))
        next_case += len(at_s)


class Ones:
    """A generator whose points of rate 1 are 1, 2, 3 and so on."""

    def standard_exponential(self, n):
        return np.ones(n)


def test_a_case_at_a_boundary_falls_into_the_next_half_hour_with_demand():
    cases = np.zeros((3, 48))  # nothing is expected on the second day
    cases[0, [2, 5, 7, 47]] = [2, 0.5, 1, 1.5]
    cases[2, [0, 46]] = [0.5, 2.5]
    ones: Any = [Ones(), Ones(), Ones()]  # no generators, but all that is asked of them
    found = arrivals_s(cases, iter(ones)) / 1800
    by_hand = [2.5, 5, 7.5, 47 + 1 / 3, 96 + 46.2, 96 + 46.6]  # point 2 ends one and begins one
    np.testing.assert_allclose(found, by_hand, atol=1 / TICKS_PER_S / 1800)


def test_a_channel_without_a_volume_begins_no_case(load_text):
    assert len(first_day(load_text(FLAT_PHONE, "channels.phone.cases_per_day=0"))) == 0


YEAR = """
[demand]
calendar = "china"
weekday_factors = [1.2, 1.12, 1.08, 1.06, 1.04, 0.78, 0.72]
month_factors = [0.5, 1, 1, 1, 1, 1, 2, 1.5, 1, 1, 1, 1]
holiday_factor = 0.6
hour_weights = [1, 0, 0, 0, 0, 0, 0, 3, 8, 10, 10, 8, 5, 5, 8, 8, 8, 6, 4, 3, 3, 3, 2, 1]
"""


@pytest.fixture(scope="module")
def year(load_text):
    def load(*overrides):
        return load_text(FLAT_PHONE.replace("[demand]\nmax_contacts = 4\n", YEAR), *overrides)

    return load


@pytest.mark.parametrize("start", ["2019-07-01", "2020-07-01", "2025-09-01"])
@pytest.mark.parametrize("warm_up_days", [0, 14])
def test_a_year_from_the_start_expects_cases_per_year(load_text, year, start, warm_up_days):
    scenario = year(f"horizon.start={start}", f"horizon.warm_up_days={warm_up_days}")
    per_day = expected(scenario, days=range(warm_up_days, warm_up_days + 365)).sum()
    assert per_day == pytest.approx(365 * 1000, rel=1e-12)


@pytest.mark.parametrize(
    ("volume", "per_day"),
    [("cases_per_year = 73000", 200), ("cases_per_day = 73", 73), ("cases_per_hour = 2", 48)],
)
def test_a_volume_may_be_given_per_year_day_or_hour(load_text, volume, per_day):
    scenario = load_text(FLAT_PHONE.replace("cases_per_day = 1000", volume))
    assert expected(scenario, days=range(1)).sum() == pytest.approx(per_day, rel=1e-12)


def test_a_horizon_may_end_with_the_last_year_whose_holidays_are_known(year):
    scenario = year("horizon.start=2026-12-01", "horizon.days=31")  # spread over 2027 as well
    ordinary = year("horizon.start=2026-12-01", "horizon.days=31", "demand.calendar=none")
    np.testing.assert_allclose(expected(scenario), expected(ordinary), rtol=0.05)


def test_weekdays_and_months_weigh_as_they_are_said_to(year):
    scenario = year()
    monday = on_date(scenario, 2020, 11, 2)
    assert on_date(scenario, 2020, 11, 3) / monday == pytest.approx(1.12 / 1.2)
    assert on_date(scenario, 2020, 11, 8) / monday == pytest.approx(0.72 / 1.2)
    assert on_date(scenario, 2020, 7, 6) / monday == pytest.approx(2)
    assert on_date(scenario, 2020, 8, 3) / monday == pytest.approx(1.5)


# The State Council's plan for 2020: 1 to 8 October off, 27 September and 10 October worked.
def test_an_official_holiday_has_its_own_factor_and_a_make_up_workday_counts_as_a_workday(year):
    scenario = year()
    monday = on_date(scenario, 2020, 11, 2)
    workday = (1.2 + 1.12 + 1.08 + 1.06 + 1.04) / 5
    for day in range(1, 9):
        assert on_date(scenario, 2020, 10, day) / monday == pytest.approx(0.6 / 1.2), day
    for date in ((2020, 9, 27), (2020, 10, 10)):
        assert on_date(scenario, *date) / monday == pytest.approx(workday / 1.2), date
    assert on_date(scenario, 2020, 10, 9) / monday == pytest.approx(1.04 / 1.2)
    assert on_date(scenario, 2020, 9, 26) / monday == pytest.approx(0.78 / 1.2)


def test_without_a_calendar_only_listed_holidays_count(year):
    scenario = year(
        "demand.calendar=none",
        "demand.holidays=[2020-11-03]",
        "demand.make_up_workdays=[2020-11-07]",
    )
    monday = on_date(scenario, 2020, 11, 2)
    assert on_date(scenario, 2020, 11, 3) / monday == pytest.approx(0.6 / 1.2)
    assert on_date(scenario, 2020, 11, 7) / monday == pytest.approx(1.1 / 1.2)
    assert on_date(scenario, 2020, 10, 1) / monday == pytest.approx(1.06 / 1.2)  # a Thursday


def test_listed_days_go_before_the_official_calendar(year):
    scenario = year("demand.holidays=[2020-09-27]", "demand.make_up_workdays=[2020-10-01]")
    monday = on_date(scenario, 2020, 11, 2)
    assert on_date(scenario, 2020, 9, 27) / monday == pytest.approx(0.6 / 1.2)
    assert on_date(scenario, 2020, 10, 1) / monday == pytest.approx(1.1 / 1.2)


SURGES = """
[[demand.surges]]
from = 2020-07-05
to = 2020-07-09
factor = 1.55
[[demand.surges]]
from = 2020-07-07
to = 2020-07-07
factor = 1.2
channels = ["phone"]
"""


def test_surges_change_their_dates_and_channels_only_and_multiply(load_text):
    calm, surging = load_text(FLAT_PHONE + CHAT), load_text(FLAT_PHONE + CHAT + SURGES)
    days = range(20)
    for channel, peak in (("phone", 1.55 * 1.2), ("chat", 1.55)):
        ratio = expected(surging, channel, days) / expected(calm, channel, days)
        exact = np.ones((20, 1))
        exact[4:9] = 1.55  # from the 5th to the 9th; the horizon begins on the 1st
        exact[6] = peak
        np.testing.assert_allclose(ratio, np.broadcast_to(exact, ratio.shape))


def test_a_channel_may_have_a_shape_of_its_own(load_text):
    night = f"channels.chat.hour_weights={[1] * 6 + [0] * 18}"
    scenario = load_text(FLAT_PHONE + CHAT, night)
    assert expected(scenario, "chat", range(1))[0, :12] == pytest.approx(25)
    assert not expected(scenario, "chat", range(1))[0, 12:].any()
    assert expected(scenario, "phone", range(1))[0] == pytest.approx(1000 / 48)


@pytest.mark.parametrize("first", [2, 6, 12])  # before, amid and after the surges
@pytest.mark.parametrize("noise", ["day_cv = 0.2", "half_hour_cv = 0.1"])
def test_a_span_of_days_expects_what_its_days_expect_one_by_one(load_text, year, noise, first):
    scenarios = load_text(FLAT_PHONE + CHAT + SURGES), year(f"demand.busyness={{ {noise} }}")
    for scenario in scenarios:
        alone, together = (Intensity(scenario, Streams(1, 0)) for _ in range(2))
        days = range(first, first + 130)
        for name, channel in scenario.channels.items():
            by_day = [alone.expected(day, 1, name, channel)[0] for day in reversed(days)][::-1]
            span = together.expected(days.start, len(days), name, channel)
            np.testing.assert_array_equal(span, by_day)


# ------------------------------------------------------------------------------- busyness
def assert_lognormal_ar1(factors, cv, correlation):
    """Hold factors, a series a row, to mean 1, their CV and the correlation of their logs."""
    series, length = factors.shape
    n = factors.size / ((1 + correlation) / (1 - correlation))  # effective
    assert abs(factors.mean() - 1) < 4 * cv / np.sqrt(n)
    assert abs(factors.std() / cv - 1) < 4 * np.sqrt((0.5 + cv**2) / n)
    logs = np.log(factors) - np.log(factors).mean()
    lag_1 = np.sum(logs[:, 1:] * logs[:, :-1]) / np.sum(logs[:, 1:] ** 2)
    assert abs(lag_1 - correlation) < 4 / np.sqrt(series * (length - 1))


def test_days_are_as_busy_and_as_alike_as_they_are_said_to_be(load_text):
    scenario = load_text(
        FLAT_PHONE,
        "horizon.days=20000",
        "demand.busyness={ day_cv = 0.2, day_correlation = 0.3 }",
    )
    factors = expected(scenario).sum(1) / 1000
    assert_lognormal_ar1(factors[None, :], 0.2, 0.3)


def test_half_hours_are_as_busy_and_as_alike_as_they_are_said_to_be(load_text):
    scenario = load_text(
        FLAT_PHONE,
        "demand.busyness={ half_hour_cv = 0.2, half_hour_correlation = 0.7 }",
    )
    factors = expected(scenario) * 48 / 1000
    assert_lognormal_ar1(factors, 0.2, 0.7)
    for half_hour in (0, 1, 47):  # from midnight on, not only once the day has settled
        error = 4 * np.sqrt((0.5 + 0.2**2) / len(factors))
        assert abs(factors[:, half_hour].std() / 0.2 - 1) < error
    tonight, tomorrow = np.log(factors[:-1, 47]), np.log(factors[1:, 0])
    assert abs(np.corrcoef(tonight, tomorrow)[0, 1]) < 4 / np.sqrt(len(factors))


def test_busyness_of_0_switches_it_off(load_text):
    off = load_text(FLAT_PHONE, "demand.busyness={ day_correlation = 0.3 }", "horizon.days=9")
    np.testing.assert_allclose(expected(off), 1000 / 48, rtol=1e-12)
    on = load_text(FLAT_PHONE, "demand.busyness={ day_cv = 0.1 }", "horizon.days=9")
    assert np.ptp(expected(on).sum(1)) > 10


def test_a_longer_horizon_begins_with_the_same_days(load_text):
    busy = "demand.busyness={ day_cv = 0.2, day_correlation = 0.3, half_hour_cv = 0.1 }"
    short = expected(load_text(FLAT_PHONE, busy, "horizon.days=5"))
    np.testing.assert_array_equal(expected(load_text(FLAT_PHONE, busy))[:5], short)


# ------------------------------------------------------------------- common random numbers
def assert_same_cases(one, other):
    for name in type(one).__dataclass_fields__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


RICH = FLAT_PHONE + CHAT + REDIALS


@pytest.mark.parametrize(
    "staffing",
    [
        ["teams.desk.shifts=[{ seats = 9, from = '00:00', to = '24:00' }]"],
        ["teams.desk.speed=1.5", "teams.desk.shrinkage=0.3"],
        ['teams.new={ employment = "outsourced", serves = ["chat", "phone"] }'],
        ["channels.phone.lines=3", "channels.phone.promote_after_s=60"],
    ],
)
def test_the_same_people_call_whatever_the_staffing(load_text, staffing):
    base, staffed = load_text(RICH), load_text(RICH, *staffing)
    assert_same_cases(first_day(base), first_day(staffed))
    for channel in ("phone", "chat"):
        assert_same_people(people(base, channel), people(staffed, channel))
    assert tables_of(base, 1, 0).rows == tables_of(staffed, 1, 0).rows


@given(st.integers(0, 2**40), st.floats(1.0, 4.0))
def test_more_demand_brings_the_same_people_earlier(load_text, seed, growth):
    small = load_text(RICH, "channels.phone.cases_per_day=100")
    large = load_text(RICH, f"channels.phone.cases_per_day={100 * growth}")
    before, after = (people(s, seed=seed) for s in (small, large))
    n = len(before["born_s"])
    after = {name: column[:n] for name, column in after.items()}
    assert np.all(after.pop("born_s") <= before.pop("born_s") + 1 / TICKS_PER_S)
    assert_same_people(before, after)


def test_another_seed_replication_or_day_brings_other_people(load_text):
    scenario = load_text(FLAT_PHONE)
    others = [{}, {"day": 1}, {"seed": 2}, {"replication": 1}, {"seed": 0, "replication": 1}]
    drawn = [people(scenario, **other) for other in others]
    talks_s = [tuple(one["talk_s"][:20]) for one in drawn]
    arrivals_s = [tuple(one["born_s"][:20] % DAY_S) for one in drawn]
    assert len(set(talks_s)) == len(set(arrivals_s)) == len(others)
    assert_same_people(drawn[0], people(scenario))


def test_no_purpose_has_another_word_than_ever():
    purposes = "talk wrap_up patience next mood rating order delay entry self_service"
    purposes += " leaves_at_once silent reached greeting leaves_in_greeting leaves_when"
    found = [word.name.lower() for word in sorted(Word)]
    assert found[: len(purposes.split())] == purposes.split()
    assert sorted(Word) == list(range(len(Word)))


def test_no_two_channels_replications_or_seeds_share_a_key():
    names = [(s, r, c) for s in (0, 1, 11, 2**40) for r in (0, 1, 11) for c in ("phone", "1/phone")]
    keys = [contact_key(*name) for name in names]
    assert len(set(keys)) == len(names)
    assert all(0 <= word < 2**64 for key in keys for word in key)
    bits = np.unpackbits(np.array(keys, "<u8").view(np.uint8))
    assert abs(bits.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(bits))


def test_a_day_is_the_same_whichever_days_were_drawn_before(load_text):
    scenario = load_text(RICH)
    demand, later = demand_of(scenario), demand_of(scenario)
    for day in range(3):
        cases = demand.draw(day)
    alone = later.draw(2)
    for name in ("arrival_s", "channel", "place"):
        np.testing.assert_array_equal(getattr(cases, name), getattr(alone, name))


ORDER = """
[[channels.phone.next]]
after = "answered"
department = "district"
probability = 0.3
entry = { law = "exponential", mean_s = 90 }
[departments.district]
delay = { law = "fixed", mean_s = 60 }
deadline_s = 30
"""
SATISFACTION = """
[satisfaction]
per_minute_waited = 0
per_failed_contact = 0
settled_at_once = 0
order_late = 0
participation = 0.5
"""


@pytest.mark.parametrize(
    ("addition", "overrides", "moved"),
    [
        (CHAT, [], []),
        ("", ["channels.phone.self_service_share=0.2"], ["contained"]),
        ("", ["channels.phone.wrap_up={ law = 'exponential', mean_s = 30 }"], ["wrap_up_s"]),
        ("", ["channels.phone.leaves_at_once_share=0.2"], ["patience_s"]),
        ("", ["channels.phone.patience={ law = 'never' }"], ["patience_s"]),
        (SATISFACTION, ["teams.desk.base_satisfaction=0.9"], ["mood", "rating"]),
        (
            REDIALS.replace("abandoned", "blocked"),
            ["channels.phone.lines=500"],
            ["goes_on_blocked", "delay_blocked"],
        ),
        (ORDER, [], ["order_s", "wrap_up_s", "delay_answered"]),
        ("", ["demand.max_contacts=9"], []),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, list) else "",
)
def test_a_new_purpose_moves_none_of_the_other_numbers(load_text, addition, overrides, moved):
    base = load_text(FLAT_PHONE + REDIALS)
    richer = load_text(FLAT_PHONE + REDIALS + addition, *overrides)
    before, after = people(base), people(richer)
    assert_same_people(before, after, but=moved)


def test_a_new_purpose_of_a_chat_moves_none_of_the_other_numbers(load_text):
    base = load_text(FLAT_PHONE + CHAT)
    silent = load_text(FLAT_PHONE + CHAT, "channels.chat.silent_share=0.4")
    before, after = (people(s, "chat") for s in (base, silent))
    assert_same_people(before, after, but=["silent"])


@pytest.mark.parametrize(
    ("override", "column", "share"),
    [
        ("channels.phone.self_service_share", "contained", 0.2),
        ("channels.phone.leaves_at_once_share", "leaves", 0.15),
        ("channels.chat.silent_share", "silent", 0.4),
    ],
)
def test_shares_are_the_shares_they_are_said_to_be(load_text, override, column, share):
    scenario = load_text(
        FLAT_PHONE + CHAT,
        f"{override}={share}",
        "channels.phone.cases_per_day=40000",
        "channels.chat.cases_per_day=40000",
    )
    on_channel = override.split(".")[1]
    for channel in ("phone", "chat"):
        brought = people(scenario, channel)
        found = brought["patience_s"] == 0.0 if column == "leaves" else brought[column]
        if channel == on_channel:
            assert abs(found.mean() - share) < 4 * np.sqrt(share * (1 - share) / len(found))
        else:
            assert not found.any()


def test_what_a_person_brings_is_independent_from_purpose_to_purpose_and_channel_to_channel(
    load_text,
):
    scenario = load_text(
        FLAT_PHONE + CHAT + REDIALS + SATISFACTION,
        "channels.phone.cases_per_day=20000",
        "channels.phone.self_service_share=0.2",
        "channels.phone.wrap_up={ law = 'lognormal', mean_s = 30, sigma_log = 0.9 }",
        "channels.chat.cases_per_day=20000",
        "channels.chat.silent_share=0.4",
        "teams.desk.base_satisfaction=0.9",
        "teams.more.base_satisfaction=0.9",
    )
    n = 19_000
    phone, chat = (people(scenario, channel) for channel in ("phone", "chat"))
    both = ("talk_s", "patience_s", "mood", "rating")
    phones = ("born_s", "wrap_up_s", "contained", "goes_on_abandoned")
    columns = [phone[name][:n] for name in (*both, *phones)]
    columns += [chat[name][:n] for name in (*both, "silent")]
    correlations = np.corrcoef([stats.rankdata(column) for column in columns])
    assert np.abs(correlations - np.eye(len(columns))).max() < 4 / np.sqrt(n)


# -------------------------------------------------------------------------------- streams
def test_a_stream_is_the_same_in_whatever_order_streams_are_asked_for():
    names = [(day, purpose) for day in (0, 1, 400) for purpose in ("phone/talk", "phone/mood", "x")]
    forwards, backwards = Streams(7, 3), Streams(7, 3)
    first = {name: forwards.at(*name).random(5).tolist() for name in names}
    for name in reversed(names):
        backwards.at(*name).standard_normal(3)  # another use before, of another length
        assert backwards.at(*name).random(5).tolist() == first[name]
        assert Streams(7, 3).at(*name).random(5).tolist() == first[name]


def test_no_two_streams_are_alike():
    drawn = {
        tuple(Streams(seed, replication).at(day, purpose).random(3))
        for seed in (0, 1, 2**32, 2**40)
        for replication in (0, 1, 2)
        for day in (0, 1, 365)
        for purpose in ("phone/talk", "phone/patience", "talk/phone")
    }
    assert len(drawn) == 4 * 3 * 3 * 3


def test_the_first_number_of_a_day_tells_nothing_of_the_next_days():
    streams, days = Streams(1, 0), 4096
    words = np.array(
        [streams.at(day, "phone/talk").bit_generator.random_raw() for day in range(days)], "<u8"
    )
    differing = np.unpackbits((words[1:] ^ words[:-1])[:, None].view(np.uint8), axis=1)
    assert np.abs(differing.mean(axis=0) - 0.5).max() < 4 * 0.5 / np.sqrt(days)


def test_numbers_of_neighbouring_days_and_replications_are_uncorrelated():
    n = 20_000
    base = Streams(1, 0).at(0, "phone/talk").random(n)
    for other in (Streams(1, 0).at(1, "phone/talk"), Streams(1, 1).at(0, "phone/talk")):
        assert abs(np.corrcoef(base, other.random(n))[0, 1]) < 4 / np.sqrt(n)


@pytest.mark.parametrize("name", ["nanning-after", "first-day", "work-orders"])
def test_a_span_of_days_holds_what_its_days_hold_alone(name):
    scenario = load(name)
    alone, together = (Demand(scenario, Streams(5, 1)) for _ in range(2))
    days = [alone.draw(day) for day in range(min(4, scenario.total_days))]
    span = together.draw(0, len(days))
    assert span.first == 0
    assert [day.first for day in days] == np.cumsum([0, *map(len, days)])[:-1].tolist()
    for column in ("arrival_s", "channel", "place"):
        one = np.concatenate([getattr(day, column) for day in days])
        np.testing.assert_array_equal(getattr(span, column), one)
