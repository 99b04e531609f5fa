"""How the command ends when it is told to, or when nobody takes what it prints: real processes."""

import contextlib
import glob
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from hotline_sim import load, messages, run

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="signals, and files under /proc and /dev"
)

COMMAND = [sys.executable, "-m", "hotline_sim"]
LONG = ["run", "nanning-before", "--days", "10", "--replications", "1000", "--lang", "en"]
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@contextlib.contextmanager
def begun(folder, *arguments):
    """Start the command in a session of its own, as a terminal does; its store is in a folder."""
    running = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env={**os.environ, "HOTLINE_SIM_STORE": str(folder / "store")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=heeds_hangup,  # noqa: PLW1509  # these tests start no threads
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
        running.stderr.close()


def heeds_hangup():
    """Let SIGHUP end the command, though the tests be run under nohup, which it survives."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def wait_for(condition, running=None, seconds=120.0):
    """Wait until something is so; fail if the process ends before, or it takes too long."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        assert running is None or running.poll() is None
        time.sleep(0.02)
    return found


def kept(folder):
    return list((folder / "store").glob("*.replication"))


def workers_of(pid):
    """Return the worker processes that a process has started and that are still at work."""
    found = [entry for entry in os.listdir("/proc") if entry.isdigit()]
    return [one for one in found if (stat_of(one) or [0, 0])[1] == pid and is_worker(one)]


def is_worker(pid):
    with open(f"/proc/{pid}/cmdline", "rb") as file:
        return b"popen_loky_posix" in file.read()


def holders_of(pipe):
    """Return the other processes that hold a pipe open."""
    name = f"pipe:[{os.fstat(pipe.fileno()).st_ino}]"
    found = set()
    for path in glob.glob("/proc/[0-9]*/fd/*"):
        with contextlib.suppress(OSError):  # closed meanwhile
            if os.readlink(path) == name:
                found.add(path.split("/")[2])
    return sorted(found - {str(os.getpid())})


def stat_of(pid):
    """Return a process's state, parent and so on to its ticks (the 12th); None if it is over."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            state, *more = file.read().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state in "ZX" else (state, *map(int, more))


@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGINT, "1"), *((number, "2") for number in CODES)],
    ids=lambda given: getattr(given, "name", given),
)
def test_a_run_that_is_told_to_end_does_so_in_one_line_and_nothing_is_half_written(
    tmp_path, number, jobs
):
    arguments = [*LONG, "--jobs", jobs, "--out", "out", "--json"]
    with begun(tmp_path, *arguments) as running:
        wait_for(lambda: len(kept(tmp_path)) >= 4, running)
        workers = workers_of(running.pid)
        os.killpg(running.pid, number)  # as a terminal does: to all of its processes
        printed, told = running.communicate(timeout=30)
        assert running.returncode == CODES[number]
        assert printed == b""
        assert without_forecast(told) == [messages.text("say.interrupted_kept", "en")]
        assert list((tmp_path / "out").iterdir()) == []
        assert not [p for p in (tmp_path / "store").iterdir() if p.name.startswith(".")]
        assert (len(workers) >= 2) == (jobs == "2")
        wait_for(lambda: not any(map(stat_of, workers)), seconds=10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_workers_end_with_their_parent_and_do_not_hold_its_output_open(tmp_path, number):
    years = ["run", "nanning-after", "--engine", "simpy", "--replications", "2", "--jobs", "2"]
    with begun(tmp_path, *years) as running:  # which take a worker minutes
        workers = wait_for(lambda: at_work(running.pid), running)
        assert holders_of(running.stdout) == [str(running.pid)]
        assert not set(holders_of(running.stderr)) & set(workers)
        os.kill(running.pid, number)  # it alone
        running.wait(timeout=10)
        wait_for(lambda: not any(map(stat_of, workers)), seconds=10)
        wait_for(lambda: not holders_of(running.stderr), seconds=10)


def at_work(pid):
    """Return the two workers of a process once both have more behind them than their start."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = [one for one in workers_of(pid) if (stat_of(one) or [0] * 12)[11] > 4 * ticks]
    return found if len(found) == 2 else None


@pytest.mark.parametrize("delay_s", [0.1, 0.3, 0.6, 1.0, 1.5])
def test_ctrl_c_before_the_run_has_begun_is_one_line(tmp_path, delay_s):
    with begun(tmp_path, *LONG, "--jobs", "1") as running:
        answers = f"/proc/{running.pid}/status"
        wait_for(lambda: caught(answers) >> (signal.SIGTERM - 1) & 1, running)
        time.sleep(delay_s)
        running.send_signal(signal.SIGINT)
        printed, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert printed == b""
    (line,) = without_forecast(told)
    assert line in [
        messages.text(f"say.{name}", "en") for name in ("interrupted", "interrupted_kept")
    ]


def without_forecast(told):
    """Return the lines of standard error but for the one that says how long a run will take."""
    lines = told.decode().splitlines()
    return lines[1:] if lines[0].startswith("About ") else lines


def caught(status):
    """Return the set of signals that a process answers itself, a bit each."""
    with open(status, encoding="utf-8") as file:
        (line,) = (line for line in file if line.startswith("SigCgt:"))
    return int(line.split()[1], 16)


@pytest.mark.parametrize(
    ("options", "name"),
    [(["--engine", "simpy"], "interrupted"), (["--fresh"], "interrupted_fresh")],
)
def test_no_more_is_promised_than_the_same_command_will_do(tmp_path, options, name):
    with begun(tmp_path, *LONG, "--jobs", "1", *options) as running:
        wait_for(lambda: kept(tmp_path), running)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    assert without_forecast(told) == [messages.text(f"say.{name}", "en")]


def test_an_interrupted_run_goes_on_where_it_was(tmp_path):
    arguments = ["run", "nanning-before", "--days", "20", "--replications", "8", "--json"]
    arguments += ["--jobs", "1"]
    with begun(tmp_path, *arguments) as running:
        wait_for(lambda: len(kept(tmp_path)) >= 2, running)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    before = {path.name: path.read_bytes() for path in kept(tmp_path)}
    inodes = {path.name: path.stat().st_ino for path in kept(tmp_path)}
    with begun(tmp_path, *arguments) as running:
        printed, _ = running.communicate(timeout=120)
    after = {path.name: path.read_bytes() for path in kept(tmp_path)}
    assert 2 <= len(before) <= len(after) == 8
    assert before.items() <= after.items()
    assert inodes.items() <= {p.name: p.stat().st_ino for p in kept(tmp_path)}.items()
    whole = run(load("nanning-before", overrides=["horizon.days=20"]), replications=8)
    assert json.loads(printed)["measures"]["answered"]["mean"] == whole.measures["answered"].mean


def shell(command, folder):
    command = command.replace("hotline-sim", f"{sys.executable} -m hotline_sim")
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, check=False, text=True
    )


@pytest.mark.parametrize(
    "command", ["show nanning-after", "show nanning-after --json", "--help", "schema"]
)
def test_a_full_disk_behind_the_output_is_one_line(tmp_path, command):
    done = shell(f"LC_ALL=C hotline-sim {command} > /dev/full", tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        messages.text("say.unprintable", "en", reason="No space left on device")
    ]


def test_nothing_can_be_said_where_both_outputs_are_full(tmp_path):
    assert shell("hotline-sim show nanning-after > /dev/full 2>&1", tmp_path).returncode == 1
    assert shell("hotline-sim run nowhere 2> /dev/full", tmp_path).returncode in (1, 2)


@pytest.mark.parametrize("json_option", ["", "--json"])
def test_a_reader_that_leaves_early_is_no_error(tmp_path, json_option):
    for reader in ("head -n 1", "true", "sleep 0"):
        done = shell(f"hotline-sim show nanning-after {json_option} | {reader}", tmp_path)
        assert done.stderr == ""
        assert done.stdout.count("\n") == (reader == "head -n 1")
