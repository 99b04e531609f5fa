"""The folder of --out: what we wrote there may be replaced, everything else stays as it is."""

import json

import pytest
from click.testing import CliRunner

from hotline_sim import experiments
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import folder as out
from hotline_sim.cli import main

RUN = ["run", "first-day", "--replications", "2", "--jobs", "1", "--lang", "en"]


def hotline(*arguments, code=0):
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def there(tmp_path):
    """Return a folder that holds the result of a run."""
    hotline(*RUN, "--out", tmp_path)
    return tmp_path


@pytest.fixture
def unplayed(monkeypatch):
    """Let nothing be simulated."""

    def simulate(*_arguments, **_options):
        raise AssertionError("simulated")

    monkeypatch.setattr(experiments, "run", simulate)


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_question_replaces_its_result_without_a_word(there):
    before = contents(there)
    told = hotline(*RUN, "--out", there, "--fresh").stderr
    assert told.splitlines() == [f"Wrote {there}"]
    assert contents(there) == before


def test_a_users_own_files_and_folders_are_left_alone(tmp_path):
    (tmp_path / "replications").mkdir()
    (tmp_path / "contacts").mkdir()
    mine = [tmp_path / name for name in ("run.json", "replications/1.npz", "notes.csv")]
    for path in mine:
        path.write_text("mine", encoding="utf-8")
    hotline(*RUN, "--out", tmp_path)
    hotline(*RUN, "--seed", 3, "--out", tmp_path)
    assert {path.read_text(encoding="utf-8") for path in mine} == {"mine"}


@pytest.mark.parametrize("name", ["result.json", "day.svg", out.MANIFEST])
def test_a_file_that_is_not_ours_is_refused_before_anything_is_simulated(tmp_path, unplayed, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    (line,) = hotline(*RUN, "--out", tmp_path, code=2).stderr.splitlines()
    assert line.startswith(f"{tmp_path / name}: was not written by hotline-sim")
    assert contents(tmp_path) == {tmp_path / name: b"mine"}


def test_a_file_of_ours_that_was_changed_since_is_refused(there, unplayed):
    with (there / "measures.csv").open("a", encoding="utf-8") as file:
        file.write("a remark")
    before = contents(there)
    (line,) = hotline(*RUN, "--out", there, code=2).stderr.splitlines()
    assert line.startswith(f"{there / 'measures.csv'}: ")
    assert contents(there) == before


def test_a_link_is_not_followed(there, tmp_path_factory):
    mine = tmp_path_factory.mktemp("elsewhere") / "mine.json"
    (there / "result.json").rename(mine)
    (there / "result.json").symlink_to(mine)
    hotline(*RUN, "--out", there, code=2)


def test_another_question_says_what_it_replaces_and_what_stays(there):
    grid = ["--over", "teams.desk.shifts.0.seats=2,3", "--replications", "2", "--jobs", "1"]
    told = hotline("sweep", "first-day", *grid, "--out", there, "--lang", "en").stderr
    warned, replaced, stays, wrote = told.splitlines()
    assert warned.startswith(f"{there} holds the result of: run first-day --replications 2. This")
    assert replaced == f"{there} held the result of: run first-day --replications 2. " + (
        "Replaced: result.json."
    )
    assert "measures.csv" in stays
    assert wrote == f"Wrote {there}"
    told = hotline(*RUN, "--out", there).stderr
    assert told.startswith(f"{there} holds the result of: sweep first-day --over")
    assert f"{there} held the result of: sweep first-day --over" in told


def test_what_stays_is_told_with_the_question_it_answers_however_often_others_are_asked(there):
    two = ["run", "first-day", "--replications", 2, "--jobs", 1, "--lang", "en", "--days", 2]
    grid = ["--over", "teams.desk.shifts.0.seats=2,3", "--replications", 2, "--jobs", 1]
    hotline(*two, "--out", there)
    for seed in (1, 2):
        told = hotline(*RUN, "--seed", seed, "--out", there).stderr
        (stays,) = (line for line in told.splitlines() if "still holds" in line)
        assert stays == (
            f"{there} still holds, of: run first-day --replications 2 --days 2: days.png, days.svg."
        )
    told = hotline("sweep", "first-day", *grid, "--out", there, "--lang", "en").stderr
    stay = [line for line in told.splitlines() if "still holds" in line]
    assert len(stay) == 2
    assert any("--days 2: days.png" in line for line in stay)
    assert any("--seed 2: " in line and "day.png" in line for line in stay)


def test_who_asks_another_question_is_warned_before_anything_is_simulated(there, unplayed):
    told = CliRunner().invoke(main, [*RUN, "--seed", "7", "--out", str(there)]).stderr
    assert told.startswith(f"{there} holds the result of: run first-day --replications 2. This")
    told = CliRunner().invoke(main, [*RUN, "--out", str(there)]).stderr
    assert "holds the result" not in told


def test_options_that_change_no_number_ask_the_same_question(there):
    assert "held" not in hotline(*RUN, "--out", there, "--jobs", 2, "--json").stderr
    assert "held" in hotline(*RUN, "--out", there, "--days", 1, "--seed", 4).stderr


def test_what_was_cut_short_while_it_was_written_is_still_ours(there, monkeypatch):
    def fail(path, content):
        if path.name == "intervals.csv":
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    monkeypatch.setattr(out, "write_atomically", fail)
    hotline(*RUN, "--seed", 5, "--out", there, code=1)
    monkeypatch.setattr(out, "write_atomically", write_atomically)
    hotline(*RUN, "--seed", 5, "--out", there)
    sums = json.loads((there / out.MANIFEST).read_text(encoding="utf-8"))["files"]
    assert {len(found) for found in sums.values()} == {1}


@pytest.mark.parametrize(
    "command",
    [
        ["run", "nanning-after"],
        ["compare", "first-day", "nanning-after"],
        ["reproduce", "nanning"],
        ["reproduce", "nanning-before", "nanning-after"],
        ["sweep", "first-day", "--over", "teams.desk.shifts.0.seats=2,3"],
        ["attribute", "missed-calls", "missed-calls-called-back", "--draws", "2"],
        [
            "sensitivity",
            "first-day",
            *("--points", "8", "--trajectories", "2", "--factors", "1"),
            *("--measure", "asa_s", "--over", "channels.phone.talk.*"),
        ],
        [
            "budget",
            "nanning-after",
            "--from",
            "10M",
            "--to",
            "12M",
            "--points",
            "2",
            "--draws",
            "2",
            "--target",
            "connect_rate:50%",
            "--roster",
            "best",
        ],
    ],
    ids=lambda command: command[0],
)
def test_what_a_command_writes_is_known_before_it_runs(tmp_path, monkeypatch, command):
    known, check = [], out.check

    def told(folder, lang):
        known.extend(out.expected())
        return check(folder, lang)

    monkeypatch.setattr(out, "check", told)
    brief = ["--days", "2", "--replications", "2", "--jobs", "1"]
    brief += [] if command[0] in ("sweep", "compare") else ["--set", "horizon.warm_up_days=0"]
    hotline(*command, *brief, "--out", tmp_path)
    written = {path.name for path in tmp_path.iterdir()} - {out.MANIFEST}
    assert written <= {*known}
    assert len(written) >= len(out._FILES[command[0]]) + 2
