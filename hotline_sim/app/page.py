"""The page from top to bottom: what is chosen, the answer, what lies behind it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from hotline_sim.app import controls, levers, views
from hotline_sim.app.playing import Kept, Look, Subject, looks_at, picture, played
from hotline_sim.app.words import USERS, plain
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import Execution
from hotline_sim.experiments import CompareResult
from hotline_sim.measures import measure_name
from hotline_sim.messages import text
from hotline_sim.plots import answer_line, rendered
from hotline_sim.reports.answers import leading_measure
from hotline_sim.reports.numbers import (
    shown,
    shown_change,
    shown_printed,
    shown_span,
)
from hotline_sim.reports.tables import title_of
from hotline_sim.reports.typography import typeset

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from hotline_sim.execution.replication import Numbers
    from hotline_sim.experiments import RunResult, Target
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

# Measures in the answer, beside the one that is looked at.
_BESIDE = (
    "connect_rate",
    "case_connect_rate",
    "asa_s",
    "satisfaction_rate",
    "cost_per_answered_cny",
)
_TILE_PX = 168  # two beside each other on a phone


def show(usual: Lang, first: str) -> None:
    """Show the page: at first in the usual language, and a scenario by its name or path."""
    st.set_page_config(page_title="hotline-sim", layout="wide")
    top, side = st.columns([5, 1], vertical_alignment="center")
    with side:
        lang = controls.language(usual)
    top.header(text("app.title", lang))
    st.caption(text("app.about", lang))
    kept: Kept = st.session_state.setdefault("kept", Kept())
    try:
        base = controls.chosen_scenario(first, lang, kept)
        if base is not None:
            _Page(base, kept, lang).show()
    except USERS as error:
        controls.show_faults(error, lang)
    except Exception as error:  # told in a line; the page goes on
        st.error(text("app.fault", lang, reason=plain(f"{type(error).__name__}: {error}")))


class _Page:
    """One turn of the page for one scenario: from the sliders to the last look."""

    def __init__(self, base: Scenario, kept: Kept, lang: Lang) -> None:
        self.base, self.kept, self.lang = base, kept, lang
        self.unchanged = Subject(base)
        self.prefix = self.unchanged.content[:16]
        self.changed = self.unchanged
        self.measure = ""
        self.target: Target | None = None

    def show(self) -> None:
        """Show all of it: a first look at once, then better ones."""
        lang = self.lang
        if self.base.unknown is not None:
            told = plain(getattr(self.base.unknown, lang))
            st.info(text("say.unknown", lang, what=told))
        answer, working = st.empty(), st.empty()
        looks = looks_at(self.base)
        first = self._played(self.unchanged, looks[0], working)
        setting = controls.setting_of(self.base, self.prefix, lang)
        usual = leading_measure(first.measures, self.base)
        self.measure, self.target = controls.asked_measure(first, usual, self.prefix, lang)
        made = self._changed(setting)
        if made is None:
            return
        if made is not self.base:
            self.changed = Subject(made)
        changed = self.changed
        view = st.container()
        runs = self._looked(changed, looks[0], working)
        self._answer(answer, runs, looks[0], is_last=len(looks) == 1)
        with view:
            body = views.View(self.unchanged, changed, self.prefix, self.kept, lang)
            body.choose()
        for look in looks[1:]:
            runs = self._looked(changed, look, working)
            self._answer(answer, runs, look, is_last=look is looks[-1])
        working.empty()
        with view:
            body.show_results(runs, self.span(looks[-1]))

    def _changed(self, setting: levers.Setting) -> Scenario | None:
        """Return the changed scenario, the same one where nothing was; None: faults are shown."""
        lang = self.lang
        if levers.left_for_main(self.base, setting.moved) < 0:
            return None
        try:
            changed = levers.changed(self.base, setting)
        except (*USERS, ArgumentError) as error:
            controls.show_faults(error, lang)
            return None
        if changed is self.base:
            return changed
        words = {
            one: text("app.changed_name", one, title=getattr(self.base.title, one))[:200]
            for one in ("en", "zh")
        }
        title = self.base.title.model_copy(update=words)
        name = f"{self.base.name}-changed"
        return changed.model_copy(update={"name": name, "title": title})

    def _played(self, one: Subject, look: Look, working: DeltaGenerator) -> RunResult:
        """Return a run over a look; the user is told how far it is, and may move on."""
        lang = self.lang

        def move(done: int, of: int, _: Numbers | None = None) -> None:
            told = text("app.playing", lang, done=done, of=of)
            working.progress(done / of, told)

        move(0, look.replications)
        compiling = partial(working.info, text("app.compiling", lang))
        return played(one, look, self.kept, Execution(jobs=1, progress=move, compiling=compiling))

    def _looked(
        self, changed: Subject, look: Look, working: DeltaGenerator
    ) -> tuple[RunResult, ...]:
        """Return the runs over a look: of the unchanged, and of the changed if it is another."""
        runs = [self._played(self.unchanged, look, working)]
        if changed is not self.unchanged:
            runs.append(self._played(changed, look, working))
        return tuple(runs)

    def span(self, look: Look) -> str:
        """Return what a look takes in."""
        full, lang = self.base.horizon.days, self.lang
        if look.days < full:
            span = text("app.first_days", lang, days=look.days, all=full)
        elif full == 1:
            span = text("app.one_day", lang)
        else:
            span = text("app.all_days", lang, days=full)
        return span

    def _answer(
        self, place: DeltaGenerator, runs: tuple[RunResult, ...], look: Look, *, is_last: bool
    ) -> None:
        """Show the measures of the changed scenario beside the unchanged, and the line."""
        lang, last = self.lang, runs[-1]
        names = [self.measure, *self._beside(last)]
        told = {"replications": look.replications, "seed": last.seed, "span": self.span(look)}
        with place.container():
            st.markdown(f"**{plain(title_of(last.scenario, lang))}**")
            with st.container(horizontal=True):
                for name in names:
                    with st.container(width=_TILE_PX):
                        self._tile(name, runs)
            line = text("app.look", lang, **told)
            if not is_last:
                line += " " + text("app.refining", lang)
            elif len(runs) == 1:
                line += " " + text("app.nothing_moved", lang)
            st.caption(line)
            if is_last:
                self._line(runs)

    def _beside(self, last: RunResult) -> list[str]:
        """Return what else the answer has: what the scenario knows, and nothing twice."""
        twice = "connect_rate" if self.measure.startswith("connect_rate") else self.measure
        known = (name for name in _BESIDE if name in last.measures and name != twice)
        return [name for name in known if not math.isnan(last.measures[name].mean)]

    def _tile(self, name: str, runs: tuple[RunResult, ...]) -> None:
        """Show a measure: its value, how it changed, its interval, and what it is held against."""
        lang, last = self.lang, runs[-1]
        one = last.measures[name]
        change = None
        if len(runs) > 1:
            change = typeset(shown_change(name, CompareResult.of(*runs).difference[name]), lang)
        named = measure_name(name, lang, last.scenario)
        st.markdown(named)  # whole: a metric's own label is cut where it is long
        value = typeset(shown(name, one.mean), lang)
        st.metric(
            named,
            value,
            change,
            delta_color="off",
            delta_arrow="off",  # its sign is there; an arrow would rise at 0.00
            label_visibility="collapsed",
        )
        lines = [f"[{shown_span(name, one.low, one.high)}]"]
        if len(runs) > 1:
            before = shown(name, runs[0].measures[name].mean)
            lines.append(text("app.was", lang, value=before))
        printed = runs[0].published.get(name)
        if printed is not None:
            form = "app.published" if printed.is_comparable else "app.published_other"
            lines.append(text(form, lang, value=shown_printed(name, printed.value)))
        if self.target is not None and name == self.measure:
            verdict = text(f"verdict.{self.target.verdict(one)}", lang)
            value = shown_printed(name, self.target.value)
            lines.append(text("app.target_verdict", lang, value=value, verdict=verdict))
        st.caption("  \n".join(plain(typeset(line, lang)) for line in lines))

    def _line(self, runs: tuple[RunResult, ...]) -> None:
        """Draw the measure that is looked at, with the published or the target line."""
        lang, name = self.lang, self.measure
        names = ("unchanged", "changed") if len(runs) > 1 else ("unchanged",)
        named = [(text(f"app.{who}", lang), one) for who, one in zip(names, runs, strict=True)]
        printed = runs[0].published.get(name)
        published = printed.value if printed is not None and printed.is_comparable else None
        target = None if self.target is None else self.target.value

        def draw() -> bytes:
            figure = answer_line(named, name, lang=lang, target=target, published=published)
            return rendered(figure, "png")

        both = f"{self.unchanged.content} {self.changed.content}"
        st.image(picture(f"line {name} {target} {lang} {both}", self.kept, draw))
