"""A shipped scenario whose numbers nobody has checked says so, wherever its results go."""

import json
import re
import shutil
import warnings

import pytest
from click.testing import CliRunner

from hotline_sim import experiments, messages, reports, scenario
from hotline_sim.cli import main
from hotline_sim.scenario import reading

BRIEF = ("--replications", "2", "--engine", "simpy", "--jobs", "1", "--days", "2")


def hotline(*arguments):
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """Return the folder of a catalogue that a test may change."""
    folder = tmp_path / "scenarios"
    shutil.copytree(reading._catalogue_folder(), folder)
    monkeypatch.setattr(reading, "_catalogue_folder", lambda: folder)
    reading.shipped.cache_clear()
    yield folder
    reading.shipped.cache_clear()


@pytest.fixture
def unchecked(shipped):
    """Return the name of a shipped scenario that is not on the list."""
    text = (shipped / "first-day.toml").read_text("utf-8")
    (shipped / "second-day.toml").write_text(text, "utf-8")
    return "second-day"


def test_a_new_scenario_is_unchecked_until_it_is_listed(unchecked):
    assert scenario.load(unchecked).checked is False
    assert scenario.load("first-day").checked is True


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("value = 136_034", "value = 136_035"),
        ('136_034, kind = "published"', '136_034, kind = "derived"'),
        ('365 / 366", kind = "fitted"', '365 / 366", kind = "derived"'),
        ('kind = "published", source = "dahe-2024"', 'kind = "published", source = "qhd-2024"'),
    ],
)
def test_a_number_changed_in_a_checked_file_makes_it_unchecked(shipped, written, changed):
    path = shipped / "nanning-before.toml"
    text = path.read_text("utf-8")
    assert written in text
    assert scenario.load("nanning-before").checked is True
    path.write_text(text.replace(written, changed), "utf-8")
    assert scenario.load("nanning-before").checked is False
    assert scenario.load("nanning-after").checked is True


def test_an_assumption_of_ours_or_a_key_set_by_the_user_leaves_it_checked(shipped):
    path = shipped / "nanning-before.toml"
    text = path.read_text("utf-8")
    more, found = re.subn(
        r"seats = \{ value = [\d.]+, kind = \"fitted\"",
        'seats = { value = 5, kind = "fitted"',
        text,
    )
    assert found == 1
    path.write_text(more, "utf-8")
    assert scenario.load("nanning-before").checked is True
    changed = scenario.load("nanning-before", overrides=["published.answered=1"])
    assert changed.checked is True


def test_a_users_file_is_not_shipped_whatever_it_extends_or_is_called(
    unchecked, shipped, write_scenario, tmp_path
):
    child = write_scenario(f'extends = "{unchecked}"\nformat = 1')
    namesake = tmp_path / f"{unchecked}.toml"
    shutil.copy(shipped / namesake.name, namesake)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in (child, namesake):
            assert scenario.load(path).checked is None
            result = experiments.run(path, replications=2, engine="simpy", jobs=1)
            assert json.loads(result.to_json())["checked"] is None


def test_running_it_warns_and_checked_ones_do_not(unchecked):
    with pytest.warns(experiments.UncheckedNotice, match="second-day: unchecked"):
        experiments.run(unchecked, replications=2, engine="simpy", jobs=1)
    with pytest.warns(experiments.UncheckedNotice):
        experiments.compare("first-day", unchecked, replications=2, engine="simpy", jobs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        experiments.run("first-day", replications=2, engine="simpy", jobs=1)


@pytest.mark.filterwarnings("always::hotline_sim.experiments.UncheckedNotice")
@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_the_page_and_standard_error_say_so_in_the_readers_language(unchecked, lang):
    told = messages.text("say.unchecked", lang, scenario=unchecked)
    for command in (["run", unchecked], ["compare", "first-day", unchecked]):
        result = hotline(*command, *BRIEF, "--lang", lang)
        assert told in result.stderr
        page = "".join(result.stdout.split())
        assert page.count("".join(told.split())) == 1
    assert "".join(told.split()) in "".join(
        hotline("show", unchecked, "--lang", lang).stdout.split()
    )
    assert "unchecked" not in hotline("run", "first-day", *BRIEF, "--lang", lang).output


@pytest.mark.filterwarnings("always::hotline_sim.experiments.UncheckedNotice")
def test_every_file_and_json_is_stamped(unchecked, tmp_path):
    folder = tmp_path / "out"
    result = hotline("run", unchecked, *BRIEF, "--json", "--out", folder)
    assert json.loads(result.stdout)["checked"] is False
    assert json.loads((folder / "result.json").read_text("utf-8"))["checked"] is False
    for name in ("measures.csv", "intervals.csv"):
        _, *rows = (folder / name).read_text("utf-8-sig").splitlines()
        assert rows
        assert all(row.startswith("second-day (unchecked),") for row in rows)
    figures = list(folder.glob("*.svg"))
    assert figures
    listed = json.loads(hotline("list", "--json").stdout)
    assert {row["name"] for row in listed if not row["checked"]} == {unchecked}
    assert "second-day (unchecked)" in hotline("list").stdout


@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_every_figure_is_stamped(unchecked, lang):
    def footers(name):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", experiments.UncheckedNotice)
            result = experiments.run(name, replications=2, engine="simpy", jobs=1)
        figures = reports.figures(result, lang).values()
        return [figure.get_supxlabel() for figure in figures]

    stamp = messages.text("plot.unchecked", lang)
    assert all(footer.startswith(stamp) for footer in footers(unchecked))
    assert not any(stamp in footer for footer in footers("first-day"))
