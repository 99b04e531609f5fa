"""Contact files: each its own name, whole or written again, and nobody else's overwritten."""

import itertools
import json
import shutil
import subprocess

import pytest
from pyarrow import parquet

from hotline_sim import load, sweep
from hotline_sim.execution import Execution, Store, Task, play_all
from hotline_sim.execution.contacts import contact_path, has_contacts
from hotline_sim.messages import RefusalError
from hotline_sim.scenario import Scenario

DAY = load("first-day")
SEATS = "teams.desk.shifts.0.seats"


@pytest.fixture(params=["parquet", "npz"])
def task(tmp_path, monkeypatch, request):
    """Return a task that writes its contacts, with pyarrow and without."""
    if request.param == "npz":
        monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    return Task(DAY, 7, 0, "auto", tmp_path)


def play(task):
    store = Store(task.contacts / "store")
    return play_all([task], Execution(jobs=1, store=store))


def a_file_of(task):
    """Return the file of a task's contacts, or the largest of its folder."""
    path = contact_path(task)
    files = list(path.iterdir()) if path.is_dir() else [path]
    return max(files, key=lambda file: file.stat().st_size)


def test_contacts_that_are_there_are_not_written_again(task):
    play(task)
    inode = a_file_of(task).stat().st_ino
    play(task)
    assert a_file_of(task).stat().st_ino == inode


def emptied(content):
    return b""


def flipped(at):
    def flip(content):
        place = at % len(content)
        return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]

    return flip


@pytest.mark.parametrize(
    "damage", [emptied, flipped(200), flipped(-9)], ids=["emptied", "data", "footer"]
)
def test_contacts_that_are_damaged_are_written_again(task, damage):
    play(task)
    path = a_file_of(task)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert not has_contacts(task)
    play(task)
    assert has_contacts(task)
    if contact_path(task).suffix:
        assert path.read_bytes() == whole


def test_contacts_that_were_taken_away_are_written_again(task):
    play(task)
    path = contact_path(task)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    play(task)
    assert has_contacts(task)


def test_what_is_not_ours_is_not_overwritten(task):
    path = contact_path(task)
    path.parent.mkdir()
    path.write_bytes(b"mine")
    with pytest.raises(RefusalError, match="was not written by hotline-sim"):
        play(task)
    assert path.read_bytes() == b"mine"


def test_checksums_are_those_that_sha256sum_verifies(task):
    play(task)
    (sums,) = (task.contacts / "contacts").glob("*.sha256")
    command = ["sha256sum", "--check", "--strict", sums.name]
    subprocess.run(command, cwd=sums.parent, check=True, capture_output=True)


def test_points_of_a_sweep_seeds_and_replications_do_not_overwrite_each_other(tmp_path):
    how = Execution(jobs=1, contacts=tmp_path)
    for seed in (1, 2):
        sweep("first-day", {SEATS: [2, 3]}, replications=2, seed=seed, execution=how)
    files = [p for p in (tmp_path / "contacts").iterdir() if p.suffix == ".parquet"]
    assert len(files) == 2 * 2 * 2
    told = [json.loads(parquet.read_schema(file).metadata[b"hotline_sim"]) for file in files]
    found = {
        (Scenario.from_dict(one["scenario"]).simulated_digest(), one["seed"], one["replication"])
        for one in told
    }
    points = [DAY.with_values({SEATS: seats}).simulated_digest() for seats in (2, 3)]
    assert found == set(itertools.product(points, (1, 2), (0, 1)))
