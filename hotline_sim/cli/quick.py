"""``--quick``: a first look in a fraction of the time, which says what it left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from hotline_sim import scenario as scenarios
from hotline_sim.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_DAYS = "horizon.days"


@dataclass(frozen=True)
class Cut:
    """What an option is in a quick look, and what it is otherwise."""

    quick: int
    full: int


@dataclass
class QuickLook:
    """What a quick look takes less of, and what of it was left out in the end.

    What the user gives on the command line stays as it is given.
    """

    cuts: Mapping[str, Cut]  # by the option's name
    days: int  # of the horizon, at most
    left_out: dict[str, tuple[int, int]] = field(default_factory=dict)  # played, of how many

    def lessened(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options of a command, with less where the user has not said how much."""
        ctx, found = click.get_current_context(), dict(given)
        for name, cut in self.cuts.items():
            if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
                found[name] = cut.quick
                self.left_out[name] = (cut.quick, cut.full)
        return found

    def shortened(self, loaded: Scenario) -> Scenario:
        """Return a scenario of a few days, unless the user has set how many."""
        full = loaded.horizon.days
        origin = loaded.provenance.get(_DAYS)
        if full <= self.days or (origin is not None and origin.set_by_user):
            return loaded
        self.left_out["days"] = (self.days, full)
        changes = scenarios.from_text([f"{_DAYS}={self.days}"])
        return scenarios.changed(loaded, changes, place="--quick")

    def sentence(self, lang: Lang) -> str:
        """Return what was left out; that nothing was, if so."""
        if not self.left_out:
            return text("quick.nothing", lang)
        parts = [
            text(f"quick.{name}", lang, quick=quick, full=full)
            for name, (quick, full) in self.left_out.items()
        ]
        return text("quick.left_out", lang, what=text("range.between", lang).join(parts))
