"""The compiled modules as plain Python, with one place changed: for tests of tests."""

import re
import sys
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

import hotline_sim
from hotline_sim import compiled

HEAVY = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
PACKAGE = Path(hotline_sim.__file__).parent


def mutant_of(monkeypatch, modules, changed=None, old="", new=""):
    """Return the last of some modules, those before it below it, one text changed.

    Modules are named as ``kernel.hotline``; the text *old* stands once in *changed*.
    """
    monkeypatch.setitem(sys.modules, "mutant", types.ModuleType("mutant"))
    plain = types.ModuleType("mutant.compiled")
    vars(plain).update({name: getattr(compiled, name) for name in compiled.__all__})
    vars(plain).update(
        entered=np.errstate(over="ignore"),  # words of 64 bits run over, and are meant to
        inlined=lambda function: function,
        called=lambda function: function,
        jitable=lambda function, **_: function,
        product=lambda one, other: tuple(map(np.uint64, divmod(int(one) * int(other), 2**64))),
        at=int,
        by_reference=lambda whole: whole,
    )
    monkeypatch.setitem(sys.modules, "mutant.compiled", plain)
    for name in modules:
        text = text_of(name)
        if name == changed:
            assert text.count(old) == 1, f"{name} has changed: {old!r}"
            text = text.replace(old, new)
        made = types.ModuleType(f"mutant.{name}")
        monkeypatch.setitem(sys.modules, made.__name__, made)
        folder, _, last = name.rpartition(".")
        above = sys.modules.get(f"mutant.{folder}") or types.ModuleType(f"mutant.{folder}")
        monkeypatch.setitem(sys.modules, above.__name__, above)
        setattr(above, last, made)
        exec(compile(_of_mutants(text, modules), _path_of(name), "exec"), vars(made))
    return made


def text_of(name):
    """Return the text of a module of the package."""
    return _path_of(name).read_text(encoding="utf-8")


def _path_of(name):
    return PACKAGE / f"{name.replace('.', '/')}.py"


def _of_mutants(text, modules):
    """Return a module's text, importing what is changed or plain from the mutant package."""
    for name in ("compiled", *modules):
        text = text.replace(f"from hotline_sim.{name} import", f"from mutant.{name} import")
    for name in modules:
        folder, _, last = name.rpartition(".")
        wanted = rf"from hotline_sim\.{folder} import {last}\b"
        text = re.sub(wanted, f"from mutant.{folder} import {last}", text)
    return text


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
