"""A city from its printed figures: the page's file, and every printed figure it has a key for."""

import re
from pathlib import Path
from typing import Any

import pytest

from hotline_sim import load, run
from hotline_sim.money import whole_staff_of
from hotline_sim.scenario import catalogue, roles_of, volumes_found
from verification import prediction

PAGE = Path(__file__).parents[1] / "docs" / "prediction.md"
WRITTEN = re.search(r"```toml\n(format = 1.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
assert WRITTEN
CITY = WRITTEN[1]
SHORT = ["horizon.days=7", "horizon.warm_up_days=1"]


@pytest.fixture
def city(tmp_path):
    def written(text=CITY):
        path = tmp_path / "lucheng.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_file_of_the_page_is_a_city_whose_connect_rate_is_predicted(city):
    found = run(load(city(), overrides=SHORT), settle=True, replications=2, jobs=1)
    row = found.published["connect_rate"]
    assert (row.role, row.value) == ("predicted", 0.93)
    phone: Any = found.scenario.channels["phone"]
    assert phone.connect_rate == pytest.approx(row.simulated, abs=0.006)
    assert found.scenario.provenance["channels.phone.offered_per_year"].source == "bulletin"


def test_the_persons_of_the_page_are_all_whom_it_prints(city):
    assert whole_staff_of(load(city())).persons == pytest.approx(62)


PERSONS = 'persons = "= printed.agents * 7 / 8"'
OFFERED = 'offered_per_year = { value = 260_000, kind = "published", source = "bulletin" }'
PRINTED = {  # what stands in the file, and what another city would print there
    "calls answered": (OFFERED, "answered_per_year = 234_000"),
    "calls a day": (OFFERED, "offered_per_day = 712"),
    "people": (OFFERED, "cases_per_year = 220_000"),
    "a menu": (OFFERED, f"{OFFERED}\nself_service_share = 0.2"),
    "length of a call": (
        OFFERED,
        f"{OFFERED}\ntalk = {{ law = 'lognormal', mean_s = 218, sigma_log = 0.9 }}",
    ),
    "seats": (PERSONS, "seats = 21"),
    "posts": (PERSONS, "posts = 27\npersons_per_post = 2.0"),
    "an award": (PERSONS, 'persons = 50\nemployment = "outsourced"'),
}


@pytest.mark.parametrize(("stands", "printed"), PRINTED.values(), ids=PRINTED)
def test_each_printed_figure_of_the_page_has_a_key_that_hotline_base_takes(city, stands, printed):
    assert stands in CITY
    loaded = load(city(CITY.replace(stands, printed)))
    assert ("phone" in volumes_found(loaded)) == ("cases_per_year" not in printed)
    assert (whole_staff_of(loaded).persons or 0.0) > 20


def test_chats_and_forms_that_are_printed_come_beside_the_calls(city):
    chats = ["channels.wechat.cases_per_year=20_000", "channels.wechat.connect_rate=0.9"]
    loaded = load(city(), overrides=[*chats, "channels.app.cases_per_year=10_000"])
    people: Any = [load(city()).channels["phone"], loaded.channels["phone"]]
    assert people[1].people_per_day < people[0].people_per_day  # some calls are of those who wrote


def test_what_the_page_says_of_shipped_figures_is_what_their_roles_say():
    for name in catalogue():
        if name.split("-")[0] in ("nanning", "qinhuangdao", "hefei", "liaocheng"):
            assert "predicted" not in roles_of(load(name)).values(), name
    assert roles_of(load("liaocheng-one-day")) == {"connect_rate": "assumed_from"}


def test_the_predictions_of_the_catalogue_know_nothing_of_the_figure():
    after = prediction.nanning_after()
    assert not after.published
    for name in ("channels.phone.connect_rate", "channels.wechat.connect_rate"):
        assert after.provenance[name].set_by_user  # a guess
    assert not [k for k, one in after.provenance.items() if one.kind == "fitted"]


def test_a_made_up_city_prints_its_volume_and_its_staff_and_nothing_of_its_truth(tmp_path):
    ((words, printed, truth),) = prediction.cities(1, tmp_path)
    assert 0.3 < truth < 1.0
    assert words.startswith("offered ")
    base = load("hotline-base")
    for key in ("channels.phone.patience.mean_s", "channels.phone.next.redial.probability"):
        assert printed.provenance[key] == base.provenance[key]
    phone: Any = printed.channels["phone"]
    assert phone.connect_rate == 0.9 != pytest.approx(truth, abs=0.01)
