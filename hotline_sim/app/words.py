"""What the page says: labels of sliders, tables, and the user's own words as plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hotline_sim.app import levers
from hotline_sim.app.levers import Kind, Lever
from hotline_sim.domain import ArgumentError
from hotline_sim.messages import RefusalError, text
from hotline_sim.reports.typography import typeset
from hotline_sim.scenario import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.messages import Lang
    from hotline_sim.reports import Table
    from hotline_sim.scenario import Scenario

# Of these errors the user is told; any other is a fault of the program.
USERS = (ScenarioError, RefusalError, ArgumentError)
_TO = "\u00a0… "  # of an interval: not torn apart before its end
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|$~:&])")


def plain(words: str) -> str:
    """Return words of a file so that Markdown shows them as they are, on one line."""
    return _MARKS.sub(r"\\\1", " ".join(words.split()))


def faults_of(error: Exception, lang: Lang, folder: str = "") -> list[str]:
    """Return what is wrong, a line each; files of a *folder* are named without it."""
    told = error.text(lang) if isinstance(error, (ScenarioError, RefusalError)) else str(error)
    return told.replace(folder, "").splitlines() if folder else told.splitlines()


def lever_label(lever: Lever, scenario: Scenario, lang: Lang) -> str:
    """Return what a slider is called."""
    kind, key = lever.kind, lever.key
    if kind is Kind.DEMAND:
        return text("app.lever.demand", lang)
    if kind is Kind.MIX:
        return text("app.lever.mix", lang, channel=_channel(scenario, key, lang))
    if kind is Kind.REDIAL:
        channel, row = levers.channel_and_row(key)
        after = next(one.after for one in scenario.channels[channel].next if one.name == row)
        return text(f"app.lever.redial_{after}", lang, channel=_channel(scenario, channel, lang))
    name, number = (key, 0) if kind is Kind.ROSTER else levers.team_and_shift(key)
    team = scenario.teams[name]
    told = {"team": plain(name if team.title is None else getattr(team.title, lang))}
    if kind is Kind.SHIFT:
        shift = team.shifts[number]
        days = "" if shift.days == "mon-sun" else f" {shift.days}"
        told["hours"] = plain(f"{shift.from_}–{shift.to}{days}")
    return text(f"app.lever.{kind}", lang, **told)


def _channel(scenario: Scenario, name: str, lang: Lang) -> str:
    title = scenario.channels[name].title
    return plain(name if title is None else getattr(title, lang))


def table_text(table: Table, lang: Lang) -> str:
    """Return a table as Markdown; a row of one cell, a heading, is bold."""
    sides = ("---:" if n in table.numeric else ":---" for n in range(len(table.heads)))
    lines = [_line(map(plain, table.heads)), _line(sides)]
    for row in table.rows:
        cells = [plain(typeset(cell, lang)) for cell in row]
        if len(cells) == 1 and len(table.heads) > 1:
            cells = [f"**{cells[0]}**", *[""] * (len(table.heads) - 1)]
        lines.append(_line(cells))
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    """Return a row; numbers and their units are not torn apart."""
    whole = (cell.replace(" … ", _TO) for cell in cells)
    return f"| {' | '.join(whole)} |"
