"""What a need shows: the agents of every half-hour of the week, and a day of it in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import HALF_HOURS
from hotline_sim.experiments.staff import MEASURES, clock_of
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import shown
from hotline_sim.reports.tables import Table
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from hotline_sim.experiments.staff import Need
    from hotline_sim.messages import Lang


def need_sentences(need: Need, lang: Lang) -> list[str]:
    """Return how many agents at most, when, for how many hours, and what the numbers suppose."""
    day, half_hour = divmod(int(need.agents.argmax()), HALF_HOURS)
    told = text(
        "need.most",
        lang,
        agents=f"{need.agents.max():,.0f}",
        when=f"{text(f'weekday.{WEEKDAYS[day]}', lang)} {clock_of(half_hour)}",
        hours=f"{need.agents.sum() / 2.0:,.0f}",
        goals=_goals(need, lang),
    )
    waits = float(need.can_wait_hours.sum())
    can_wait = [text("need.can_wait", lang, hours=f"{waits:,.1f}")] if waits > 0.0 else []
    return [told, *can_wait, text("need.supposed", lang)]


def _goals(need: Need, lang: Lang) -> str:
    names = [
        f"{text(f'erlang.{goal.measure}', lang, within=f'{need.within_s:g}')} "
        f"{shown(goal.measure, goal.value)}"
        for goal in need.goals
    ]
    return text("erlang.and", lang).join(names)


def need_table(need: Need, lang: Lang) -> Table:
    """Return the agents of each half-hour (各时段所需坐席) by weekday, and each day's hours."""
    rows = [
        (clock_of(half_hour), *(f"{agents:,.0f}" if agents else NOTHING for agents in by_day))
        for half_hour, by_day in enumerate(need.agents.T)
        if by_day.any()
    ]
    hours = (text("need.hours", lang), *(f"{day:,.1f}" for day in need.agents.sum(axis=1) / 2.0))
    days = [text(f"weekday.{day}", lang) for day in WEEKDAYS]
    return Table(
        title=text("need.title", lang),
        heads=(text("need.from", lang), *days),
        rows=(*rows, hours),
        numeric=frozenset(range(1, len(days) + 1)),
    )


def need_day_table(need: Need, lang: Lang, *, day: int | None = None) -> Table:
    """Return one weekday's calls, load, agents and what they reach; of all the busiest."""
    if day is None:
        day = int(np.nansum(need.agents, axis=1).argmax())
    rows = []
    for half_hour in np.flatnonzero(need.agents[day]).tolist():
        at = day, half_hour
        reached = (shown(name, float(getattr(need, name)[at])) for name in MEASURES)
        numbers = (f"{need.offered[at]:,.1f}", f"{need.load[at]:,.2f}", f"{need.agents[at]:,.0f}")
        rows.append((clock_of(half_hour), *numbers, *reached))
    names = [text(f"erlang.{name}", lang, within=f"{need.within_s:g}") for name in MEASURES]
    heads = [text(f"need.{name}", lang) for name in ("from", "offered", "load", "agents")]
    return Table(
        title=text("need.day", lang, day=text(f"weekday.{WEEKDAYS[day]}", lang)),
        heads=(*heads, *names),
        rows=tuple(rows),
        numeric=frozenset(range(1, len(heads) + len(names))),
        note=text("need.day_note", lang),
    )
