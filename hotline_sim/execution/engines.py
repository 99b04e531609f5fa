"""The engines by name; both give the same log, contact by contact."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from hotline_sim.demand import Tables
    from hotline_sim.domain import Cases, ContactLog, Duty, Rules

EngineName = Literal["auto", "simpy", "compiled"]
ENGINES: tuple[EngineName, ...] = ("auto", "simpy", "compiled")


class Hotline(Protocol):
    """A hotline at work, whichever engine plays it."""

    def run_day(self, day: int, cases: Cases, duty: Duty) -> ContactLog:
        """Play a day; return the contacts settled in it."""
        ...

    def close(self) -> ContactLog:
        """Return the contacts that are still waiting after the last day."""
        ...


class Engine(Protocol):
    """Opens a hotline under a scenario's rules and tables."""

    def __call__(self, rules: Rules, tables: Tables) -> Hotline:
        """Return the hotline, before its first day."""
        ...


class EngineNotice(UserWarning):
    """The engine that was asked for is not here, and another is used."""


class NotInstalledError(ModuleNotFoundError):
    """What was asked for needs a library that is not installed."""


def engine_of(name: EngineName) -> tuple[str, Engine]:
    """Return the engine that *name* stands for, and its own name.

    ``auto`` is the compiled engine, or SimPy's where numba is missing (said once).

    Raises
    ------
    NotInstalledError
        If ``compiled`` is asked for and numba is missing.
    """
    if name == "compiled" and importlib.util.find_spec("numba") is None:
        raise NotInstalledError("--engine compiled needs numba")
    if name == "auto":
        name = "compiled" if _has_compiled() else "simpy"
    module = {"simpy": "hotline_sim.model", "compiled": "hotline_sim.kernel"}[name]
    engine: Engine = importlib.import_module(module).Hotline
    return name, engine


def must_compile(name: EngineName) -> bool:
    """Tell whether an engine has yet to be compiled, which takes some seconds, once."""
    if engine_of(name)[0] != "compiled":
        return False
    for module in ("hotline_sim.kernel", "hotline_sim.measures.counting"):
        importlib.import_module(module)  # so that all that is compiled is known
    kept: bool = importlib.import_module("hotline_sim.compiled").is_kept()
    return not kept


@cache
def _has_compiled() -> bool:
    wanted = ("numba", "hotline_sim.kernel")
    if all(importlib.util.find_spec(module) is not None for module in wanted):
        return True
    warnings.warn("numba is missing: the SimPy engine runs instead", EngineNotice, stacklevel=4)
    return False
