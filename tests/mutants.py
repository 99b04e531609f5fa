"""The compiled modules as plain Python, with one place changed: for tests of tests."""

import sys
import types
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

from hotline_sim import kernel

HEAVY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
KERNEL = Path(kernel.__file__).parent


def mutant_of(monkeypatch, modules, changed=None, old="", new=""):
    """Return the last of some modules of the kernel, the others below it, one text changed."""
    package = types.ModuleType("mutant")
    monkeypatch.setitem(sys.modules, "mutant", package)
    plain = types.ModuleType("mutant.compiled")
    plain.entered = plain.inlined = lambda function: function
    plain.at = int
    monkeypatch.setitem(sys.modules, "mutant.compiled", plain)
    references = types.ModuleType("mutant.references")
    references.by_reference = lambda whole: whole
    monkeypatch.setitem(sys.modules, "mutant.references", references)
    for name in modules:
        path = KERNEL / f"{name}.py"
        text = path.read_text(encoding="utf-8")
        if name == changed:
            assert text.count(old) == 1, f"{path} has changed: {old!r}"
            text = text.replace(old, new)
        made = types.ModuleType(f"mutant.{name}")
        monkeypatch.setitem(sys.modules, made.__name__, made)
        setattr(package, name, made)
        exec(compile(text.replace("hotline_sim.kernel", "mutant"), path, "exec"), vars(made))
    return made


def assert_told_apart(strategy, differs, mistake, examples):
    """See that among so many examples, always the same, one tells a mutant from its twin."""
    quickly = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=HEAVY,
    )
    try:
        find(strategy, differs, settings=quickly)
    except NoSuchExample:
        pytest.fail(f"nothing tells the twins apart if {mistake}")
