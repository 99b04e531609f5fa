"""A simulated day, call by call: who waits, who is answered, who gives up and tries again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from hotline_sim.app.choices import Choice
from hotline_sim.domain import HOUR_S
from hotline_sim.experiments import DEFAULT_SEED, day_of
from hotline_sim.messages import text
from hotline_sim.reports.replay import animation

if TYPE_CHECKING:
    from hotline_sim.app.playing import Kept, Subject
    from hotline_sim.experiments import DayReplay
    from hotline_sim.messages import Lang

_HOURS = 24
_HEIGHT_PX = 900
_MOST_FIRST = 3000  # contacts in what is shown at first


def show_replay(sides: dict[str, Subject], prefix: str, kept: Kept, lang: Lang) -> None:
    """Show a day of one of the sides, by what the user calls it: which, which day, which hours."""
    first, second, third = st.columns(3)
    names = list(sides)
    side = Choice(
        text("app.replay_of", lang),
        names,
        lambda one: text(f"app.{one}", lang),
        f"{prefix}/replay/{'/'.join(names)}",
        names[-1],
    ).by(first.radio, lang, horizontal=True)
    subject = sides[side or names[-1]]
    days = subject.scenario.horizon.days
    number = 1
    if days > 1:
        number = second.number_input(
            text("app.replay_day", lang), 1, days, 1, key=f"{prefix}/replay/day"
        )
    key = f"{number} {subject.content}"
    with st.spinner(text("app.drawing", lang)):
        day = kept.get(
            f"day {key}",
            lambda: day_of(subject.scenario, seed=DEFAULT_SEED, replication=0, day=number - 1),
        )
    low, high = third.slider(
        text("app.replay_hours", lang), 0, _HOURS, hours_first(day), key=f"{prefix}/replay/hours"
    )
    st.caption(text("app.replay_note", lang, date=day.date.isoformat()))
    shown = day.between(low * HOUR_S, max(high, low + 1) * HOUR_S) if low < _HOURS else day

    played = f"replay {low} {high} {lang} {key}"
    page = kept.get(played, lambda: animation(shown, lang=lang))
    st.iframe(page.decode(), height=_HEIGHT_PX)
    name = f"{subject.scenario.name}-{day.date.isoformat()}.html"
    take = text("app.take_replay", lang)
    st.download_button(
        take, page, name, "text/html", on_click="ignore", key=f"{prefix}/replay/take"
    )


def hours_first(day: DayReplay) -> tuple[int, int]:
    """Return which hours are shown at first: those with callers, or of many the busiest one."""
    by_hour = [0] * _HOURS
    for one in day.contacts:
        if one.request_s is not None and 0 <= one.arrival_s < _HOURS * HOUR_S:
            by_hour[int(one.arrival_s // HOUR_S)] += 1
    busy = [hour for hour, count in enumerate(by_hour) if count]
    if not busy or sum(by_hour) <= _MOST_FIRST:
        return (min(busy, default=0), max(busy, default=_HOURS - 1) + 1)
    top = max(range(_HOURS), key=by_hour.__getitem__)
    return (top, top + 1)
