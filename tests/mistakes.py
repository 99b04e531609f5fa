"""How tests tell of a mistake in a scenario file; for the modules test_scenario_*."""

import pytest

from hotline_sim import scenario
from hotline_sim.scenario import ScenarioError

TALK = '{ law = "exponential", mean_s = 240 }'


def error_of(path, *overrides):
    """Return what is raised when a file is loaded."""
    with pytest.raises(ScenarioError) as caught:
        scenario.load(path, overrides=overrides)
    return caught.value


def lines_of(path, *overrides):
    """Return the faults of a file, a line each, without the path of the file."""
    return [line.removeprefix(f"{path}: ") for line in str(error_of(path, *overrides)).split("\n")]


def brief(fault):
    """Return a fault as its key, the name of its sentence, and the word that was meant."""
    meant = fault.values.get("nearest")
    return f"{fault.key} {fault.wanted}" + (f" → {meant}" if meant else "")


def varied(text, old, new):
    """Return a text with one place changed; without an old one the new is added at the end."""
    if old is None:
        return text + new
    assert text.count(old) == 1
    return text.replace(old, new)


def mistakes(*rows):
    """Parametrize over (old text, new text, a fault, a further fault, …)."""
    cases = [pytest.param(old, new, told, id="-".join(told[0].split())) for old, new, *told in rows]
    return pytest.mark.parametrize(("old", "new", "told"), cases)
