"""Measures' names as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.definitions import measure_of
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario


def measure_name(written: str, lang: Lang, scenario: Scenario) -> str:
    """Return a measure's name in a language; one at a threshold says which, in seconds.

    Without a number of its own it is at the scenario's first threshold.
    """
    measure = measure_of(written)
    if not measure.parameter:
        return text(f"measure.{measure.name}", lang)
    within_s = scenario.thresholds_s[0] if measure.within_s is None else measure.within_s
    return text(f"measure.{measure.name}", lang, within_s=f"{within_s:,.15g}")
