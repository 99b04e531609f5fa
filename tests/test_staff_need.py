"""The agents that half-hours need: by formulas in the limit, by conservation, by simulation."""

import csv
import io

import numpy as np
import pytest

import hotline_sim
from hotline_sim.domain import HALF_HOUR_S
from hotline_sim.erlang import Goal, Queue, agents_needed, queue_measures
from hotline_sim.experiments.staff import Need, needs_of
from hotline_sim.experiments.staff.capacity import Capacity
from hotline_sim.experiments.staff.flows import SLOTS, Flows, cases_of_week
from hotline_sim.experiments.staff.kernels import ends_in, held_in
from hotline_sim.experiments.staff.patience import mixed
from hotline_sim.experiments.staff.work import Work
from hotline_sim.laws import Exponential, Fixed, Lognormal, Never, Weibull
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.plots.needs import need_figures
from hotline_sim.reports.needs import need_day_table, need_sentences, need_table
from hotline_sim.scenario import volumes_found
from hotline_sim.streams import Streams

ANSWERED = Goal("connect_rate", 0.95)
SOON = Goal("service_level", 0.8, within_s=20.0)
LAWS = [
    Exponential(mean_s=300),
    Lognormal(median_s=900, sigma_log=2.09),
    Weibull(mean_s=7000, shape=0.75),
    Fixed(mean_s=100_000),
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.law)
def test_a_time_ends_where_drawn_ones_do(law):
    rng = Streams(1, 0).at(0, "ends")
    at_s = rng.random(200_000) * HALF_HOUR_S + law.quantile_s(rng.random(200_000))
    drawn = np.bincount((at_s // HALF_HOUR_S).astype(int) % SLOTS, minlength=SLOTS) / 200_000
    chances = ends_in(law, SLOTS)
    assert chances.sum() == pytest.approx(1.0, abs=1e-5)
    error = np.sqrt(chances * (1.0 - chances) / 200_000)
    few = 3.0 / 200_000  # so many may come where hardly one is expected
    assert (np.abs(drawn - chances) <= 5.0 * error + few).all()


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.law)
def test_the_parts_of_a_time_sum_to_its_mean(law):
    held = held_in(law, 1.5, SLOTS)
    assert held.min() > -1e-9
    assert held.sum() * HALF_HOUR_S == pytest.approx(1.5 * law.mean(), rel=2e-3)


def test_half_of_a_fixed_time_as_long_as_a_half_hour_lies_in_the_next():
    assert held_in(Fixed(mean_s=HALF_HOUR_S), 1.0, 4)[:2] == pytest.approx([0.5, 0.5])


def test_a_week_brings_the_contacts_that_the_published_volume_was_made_of():
    city = hotline_sim.load("nanning-after")
    found = volumes_found(city)["phone"]
    answered = np.ones((len(city.channels), SLOTS))
    names = list(city.channels)
    answered[names.index("phone")] = found.connect_rate
    answered[names.index("wechat")] = city.channels["wechat"].connect_rate
    answered[names.index("follow_up")] = city.channels["follow_up"].reach_probability
    contacts = Flows(city, cases_of_week(city)).contacts(answered)
    a_year = contacts[names.index("phone")].sum() / 7 * 365
    # not every weekday comes as often in the year
    assert a_year == pytest.approx(found.contacts, rel=2e-3)


def test_redials_land_when_their_delay_says():
    town = hotline_sim.load("first-day").with_values(
        {
            "channels.phone.next.redial.delay": {"law": "fixed", "mean_s": 7200},
            "channels.phone.next.redial.probability": 1.0,
            "demand.hour_weights": [0] * 8 + [1] + [0] * 15,
            "demand.max_contacts": 2,
        }
    )
    contacts = Flows(town, cases_of_week(town)).contacts(np.zeros((1, SLOTS)))[0]
    assert np.flatnonzero(contacts[:48] > 1e-6).tolist() == [16, 17, 20, 21]
    assert contacts[20:22] == pytest.approx(contacts[16:18])


FLAT = {
    "demand.hour_weights": [1.0] * 24,
    "horizon.days": 7,
    "channels.phone.cases_per_day": 2400,
    "channels.phone.talk": {"law": "exponential", "mean_s": 240},
    "channels.phone.patience": {"law": "weibull", "mean_s": 350, "shape": 0.75},
}


@pytest.mark.parametrize("redial", [0.0, 0.6])
@pytest.mark.parametrize("goals", [[ANSWERED], [SOON], [ANSWERED, Goal("occupancy", 0.7)]])
def test_calls_that_never_change_need_what_the_formulas_say(goals, redial):
    town = hotline_sim.load("first-day").with_values(FLAT)
    town = town.with_values({"channels.phone.next.redial.probability": redial})
    patience = town.channels["phone"].patience
    need = needs_of(town, goals=goals)
    told = agents_needed(
        calls_per_hour=100.0,
        handle_mean_s=240.0,
        goals=goals,
        patience=[patience],
        redial_probability=redial,
    )
    assert (need.agents == told).all()
    queue = Queue(
        calls_per_hour=100.0, handle_mean_s=240.0, patience=patience, redial_probability=redial
    )
    exact = queue_measures(queue=queue, agents=int(told[0]), within_s=need.within_s)
    assert need.connect_rate == pytest.approx(exact.connect_rate, abs=2e-3)
    assert need.occupancy == pytest.approx(exact.occupancy, abs=5e-3)
    assert need.offered * 2 == pytest.approx(exact.offered_per_hour, rel=2e-3)


def test_work_in_hand_is_carried_into_the_next_half_hours():
    weights = [0.001] * 8 + [1.0] + [0.001] * 15
    long = {"demand.hour_weights": weights, "channels.phone.talk.mean_s": 7200}
    need = needs_of(hotline_sim.load("first-day").with_values(long), goals=[ANSWERED])
    assert need.load[0, 18] > need.load[0, 19] > need.load[0, 20] > 1.0
    assert need.agents[0, 19] > 10
    assert need.load.sum() / 2 == pytest.approx(need.offered.sum() * 2.0, rel=1e-3)


def test_only_half_hours_in_which_cases_begin_need_anybody():
    need = needs_of(hotline_sim.load("first-day"), goals=[ANSWERED])
    assert (need.agents[:, 16:40] > 0).all()
    assert need.agents.sum() == need.agents[:, 16:40].sum()
    assert need.offered[0, 41] > 0.0  # of whom redialled too late


def test_agents_of_the_need_bring_the_connect_rate_in_simulation():
    """By a curve, of which nobody works past the end of duty; the calm rest of a whole week."""
    town = hotline_sim.load("first-day").with_values({"horizon.days": 210})
    need = needs_of(town, goals=[ANSWERED])
    curve = {"teams.desk.curve": need.agents[0].tolist(), "teams.desk.shifts": []}
    staffed = town.with_values(curve)
    found = hotline_sim.run(staffed, replications=2, seed=3, engine="compiled", jobs=1)
    by_formula = (need.connect_rate * need.offered)[0].sum() / need.offered[0].sum()
    assert found.measures["connect_rate"].mean == pytest.approx(by_formula, abs=0.01)
    assert found.measures["connect_rate"].mean > 0.95


def test_busier_half_hours_need_more():
    calm, busy = (
        needs_of(hotline_sim.load("nanning-after"), goals=[ANSWERED], busier_than=share).agents
        for share in (None, 0.95)
    )
    assert (busy >= calm).all()
    assert busy.sum() > 1.05 * calm.sum()


def test_what_can_wait_needs_the_time_that_it_takes():
    city = hotline_sim.load("nanning-after")
    need = needs_of(city, goals=[ANSWERED])
    work = Work.of(city, None)
    assert [name for name, can in zip(city.channels, work.can_wait) if can] == [
        "app",
        "follow_up",
        "urging",
    ]
    apps = city.channels["app"]
    assert need.can_wait_hours.sum() * 3600 > cases_of_week(city)["app"].sum() * apps.talk.mean()
    assert len(need.cuts) == 7
    for day, cut in enumerate(need.cuts):
        busy_h = (need.occupancy * need.agents)[day].sum() / 2
        assert cut.at_least == pytest.approx(busy_h + need.can_wait_hours[day])
        assert (cut.weights[day] == 0.5).all()
        assert cut.weights.sum() == 24.0


@pytest.mark.parametrize("goals", [[ANSWERED], [SOON], [Goal("occupancy", 0.6)]])
@pytest.mark.parametrize("patience", [Exponential(mean_s=350), Never()], ids=["patient", "never"])
def test_capacity_has_as_many_agents_as_are_needed(goals, patience):
    if isinstance(patience, Never) and goals == [ANSWERED]:
        goals = [ANSWERED, SOON]
    queue = Queue(calls_per_hour=1.0, handle_mean_s=240.0, patience=patience)
    rates = np.array([0.0, 0.4, 3.0, 17.0, 89.0, 91.0, 2000.0])
    told = agents_needed(
        calls_per_hour=rates, handle_mean_s=240.0, goals=goals, patience=[patience]
    )
    assert Capacity(queue, goals, 15.0).fewest(rates).tolist() == told.tolist()


def test_a_mixture_of_patience_lies_between_its_parts():
    short, long = Exponential(mean_s=60), Exponential(mean_s=600)
    both = mixed([(0.3, short), (0.5, long)])
    at_s = np.array([0.0, 50.0, 500.0])
    shares = both.survival(at_s)
    assert shares == pytest.approx(0.3 * short.survival(at_s) + 0.5 * long.survival(at_s))
    assert both.given_up(at_s) == pytest.approx(1.0 - shares)
    assert both.mean() == pytest.approx(318.0)
    assert mixed([(1.0, long), (0.0, short)]) is long


@pytest.fixture(scope="module")
def need():
    goals = [ANSWERED, SOON]
    return needs_of(hotline_sim.load("first-day"), goals=goals)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_show_the_need_and_leave_out_what_nobody_needs(need, lang):
    table = need_table(need, lang)
    *rows, hours = table.rows
    assert [row[0] for row in rows] == [f"{h:02d}:{m}" for h in range(8, 20) for m in ("00", "30")]
    assert [[int(cell) for cell in row[1:]] for row in rows] == need.agents[:, 16:40].T.tolist()
    assert [float(cell) for cell in hours[1:]] == (need.agents.sum(axis=1) / 2).tolist()
    day = need_day_table(need, lang)
    assert len(day.rows) == len(rows)
    assert all(len(row) == len(day.heads) == 8 for row in day.rows)
    assert day.rows[4][3] == f"{need.agents[0, 20]:.0f}"
    assert f"{need.agents.max():.0f}" in need_sentences(need, lang)[0]


def test_a_csv_line_is_a_half_hour_and_what_is_not_known_is_empty(need):
    lines = list(csv.DictReader(io.StringIO(need.to_csv().decode())))
    assert len(lines) == SLOTS
    assert (lines[48 + 21]["weekday"], lines[48 + 21]["from"]) == ("tue", "10:30")
    assert float(lines[48 + 21]["load"]) == pytest.approx(need.load[1, 21])
    known = Need.of_agents(need.agents)
    lines = list(csv.DictReader(io.StringIO(known.to_csv().decode())))
    assert (lines[69]["agents"], lines[69]["load"]) == (f"{need.agents[1, 21]:g}", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_figure_has_the_agents_of_each_half_hour_in_its_field(need, lang):
    (ax,) = need_figures(need, lang=lang)["need"].axes
    agents = np.zeros((7, 48))
    for one in ax.texts:
        hour, day = one.get_position()
        agents[int(day), int(2 * hour)] = float(one.get_text())
    assert (agents == need.agents).all()
    assert [one.get_text() for one in ax.get_yticklabels()][6] == text("weekday.sun", lang)
