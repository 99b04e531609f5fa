"""A real Dask scheduler and two workers on the loopback, one of them killed in the middle."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from hotline_sim import load
from hotline_sim.cli import main
from hotline_sim.execution import Execution, Task, play_all

pytest.importorskip("distributed")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def cluster(tmp_path):
    """Return a scheduler's address and its two worker processes."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    quiet = {"cwd": tmp_path, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    begun = [subprocess.Popen([*dask, *here, "--port", port], **quiet)]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--no-nanny"]
    worker += [*here, "--nthreads", "1", "--local-directory", str(tmp_path)]
    begun += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        wait_for_workers(address, 2)
        yield address, begun[1:]
    finally:
        for process in begun:
            process.kill()
            process.wait()


def wait_for_workers(address, count):
    import distributed

    for _ in range(300):
        try:
            with distributed.Client(address, timeout="1s") as client:
                client.wait_for_workers(count, timeout=30)
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("no cluster")


@pytest.mark.filterwarnings("ignore")  # Dask's own, when a worker is gone
def test_a_cluster_gives_the_same_though_a_worker_is_killed(cluster):
    address, workers = cluster
    scenario = load("nanning-before", overrides=["horizon.days=3"])
    tasks = [Task(scenario, 7, i, "simpy") for i in range(10)]
    killed: list[object] = []

    def kill_once(done, _of, _replication):
        if done >= 3 and not killed:
            os.kill(workers[0].pid, signal.SIGKILL)
            killed.append(done)

    found = play_all(tasks, Execution(cluster=address, progress=kill_once))
    assert killed
    alone = play_all(tasks, Execution(jobs=1))
    measures = [json.dumps(one.measures) for one in found]
    assert measures == [json.dumps(one.measures) for one in alone]
    assert len(set(measures)) == len(tasks)


@pytest.mark.filterwarnings("ignore")
def test_no_scheduler_is_one_line():
    address = f"tcp://127.0.0.1:{free_port()}"
    call = ["run", "first-day", "--cluster", address, "--lang", "en", "--replications", "2"]
    result = CliRunner().invoke(main, call)
    assert result.exit_code == 1
    assert re.search(rf"{address}: no Dask scheduler answers", result.output)
    assert "Traceback" not in result.output
