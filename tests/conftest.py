"""What tests share: hypothesis profiles, the smallest scenario, and ways to write and load one."""

import os
import signal

import pytest
from duties import TEAMS
from hypothesis import settings

from hotline_sim import scenario

settings.register_profile("dev", max_examples=50, deadline=None)
settings.register_profile("ci", max_examples=500, deadline=None, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

# The store of who runs the tests is not theirs to fill, nor to be answered from.
os.environ["HOTLINE_SIM_STORE"] = "off"

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores it, and so would every program that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)

SMALLEST = """\
format = 1
title = { en = "smallest", zh = "最小" }

[horizon]
start = 2024-03-04
days = 1

[channels.phone]
kind = "voice"
cases_per_day = 200
talk = { law = "exponential", mean_s = 240 }
patience = { law = "exponential", mean_s = 180 }

[teams.desk]
employment = "in_house"
serves = ["phone"]
shifts = [{ seats = 3, from = "08:00", to = "20:00" }]
"""


@pytest.fixture(scope="session")
def smallest():
    """The text of a scenario that says only what it must; a Monday, to be varied."""
    return SMALLEST


@pytest.fixture
def write_scenario(tmp_path):
    """Write a scenario's text (by default the smallest) to a new file and return its path."""

    def write(text=SMALLEST, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture(scope="session")
def load_text(tmp_path_factory):
    """Return the scenario a text stands for, some of its keys overridden."""
    path = tmp_path_factory.mktemp("scenarios") / "mine.toml"

    def load(text=SMALLEST, *overrides):
        path.write_text(text, encoding="utf-8")
        return scenario.load(path, overrides=overrides)

    return load


@pytest.fixture(scope="session")
def staffed(load_text):
    """Return a scenario of some teams; the text of further tables and overrides may follow."""

    def load(*parts):
        texts = [part for part in parts if part.startswith("[")]
        return load_text(TEAMS + "\n".join(texts), *(p for p in parts if not p.startswith("[")))

    return load
