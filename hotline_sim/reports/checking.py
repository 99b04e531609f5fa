"""What ``check`` says of a scenario: its faults, or what it holds and when nobody is on duty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.domain import Origin, Provenance
from hotline_sim.messages import text
from hotline_sim.reports.tables import channel_title
from hotline_sim.staffing.gaps import breaks_together, unstaffed

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario, ScenarioError

_NOTHING_SAID = Provenance(Origin.ASSUMED)
_HOUR_MINUTES = 60


def fault_dicts(error: ScenarioError, lang: Lang) -> list[dict[str, str]]:
    """Return the faults of a scenario as plain values: where, which key, the line that tells."""
    told = {one.text(lang): one for one in error.faults}
    return [{"place": one.place, "key": one.key, "told": line} for line, one in told.items()]


def held_dict(scenario: Scenario) -> dict[str, int]:
    """Return how many days, channels, teams and numbers a scenario has.

    ``with_origin`` is how many of its numbers say where they come from: a kind, source, note or
    range.
    """
    origins = scenario.provenance.values()
    return {
        "days": scenario.horizon.days,
        "channels": len(scenario.channels),
        "teams": len(scenario.teams),
        "numbers": len(origins),
        "with_origin": sum(one != _NOTHING_SAID for one in origins),
    }


def held_sentence(place: str, held: dict[str, int], lang: Lang) -> str:
    """Return the line that says that a file has no fault, and what it holds."""
    counts: dict[str, Any] = {name: f"{count:,}" for name, count in held.items()}
    return text("check.fine", lang, place=place, **counts)


def gap_sentences(scenario: Scenario, lang: Lang) -> list[str]:
    """Return when, by plan, nobody is on duty though people are expected, or nearly nobody."""
    found = [
        text(
            "check.unstaffed",
            lang,
            channel=channel_title(scenario, gap.channel, lang),
            begin=_clock(gap.begin),
            end=_clock(gap.end),
            days=gap.days,
            of=gap.of,
        )
        for gap in unstaffed(scenario)
    ]
    found += [
        text(
            "check.breaks",
            lang,
            team=one.team,
            clock=_clock(one.minute),
            left=one.left,
            seats=one.seats,
        )
        for one in breaks_together(scenario)
    ]
    return found


def _clock(minute: int) -> str:
    return f"{minute // _HOUR_MINUTES:02}:{minute % _HOUR_MINUTES:02}"
