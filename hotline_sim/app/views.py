"""What lies behind the answer: tables and figures, what is assumed, and what can be taken along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from hotline_sim import plots, reports
from hotline_sim.app.choices import Choice
from hotline_sim.app.controls import XLSX_TYPE
from hotline_sim.app.playing import picture
from hotline_sim.app.replay import show_replay
from hotline_sim.app.words import plain, table_text
from hotline_sim.experiments import CompareResult
from hotline_sim.messages import text
from hotline_sim.reports.report import report
from hotline_sim.reports.workbook import workbook

if TYPE_CHECKING:
    from hotline_sim.app.playing import Kept, Subject
    from hotline_sim.experiments import Result, RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.reports import Table

_VIEWS = ("compare", "replay", "assumed", "take")
_ASSUMPTIONS = 40
_MIME = {
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": XLSX_TYPE,
}
_SAID = {".html": "app.take_html", ".docx": "app.take_word", ".xlsx": "app.take_workbook"}


@dataclass
class View:
    """What the user has chosen to see below the answer."""

    base: Subject
    changed: Subject
    prefix: str
    kept: Kept
    lang: Lang
    name: str = "compare"

    def choose(self) -> None:
        """Show the choice."""
        found = Choice(
            text("app.view", self.lang),
            _VIEWS,
            lambda one: text(f"app.view_{one}", self.lang),
            "view",
            _VIEWS[0],
        ).by(st.segmented_control, self.lang, label_visibility="collapsed")
        self.name = found or _VIEWS[0]
        if self.name == "replay":
            sides = {"unchanged": self.base}
            if self.changed is not self.base:
                sides["changed"] = self.changed
            show_replay(sides, self.prefix, self.kept, self.lang)

    def show_results(self, runs: tuple[RunResult, ...], span: str) -> None:
        """Show what was chosen, of the last look."""
        if self.name == "compare":
            self._compare(runs)
        elif self.name == "assumed":
            most = _ASSUMPTIONS
            show_table(reports.assumption_table(runs[-1], self.lang, most=most), self.lang)
        elif self.name == "take":
            self._take(runs, span)

    def _compare(self, runs: tuple[RunResult, ...]) -> None:
        """Show the changed beside the unchanged, or what there is of the unchanged alone."""
        lang, last = self.lang, runs[-1]
        result: Result = last if len(runs) == 1 else CompareResult.of(*runs)
        names = ("day", "waits") if len(runs) == 1 else ("before_and_after", "day")
        for column, name in zip(st.columns(len(names)), names, strict=True):
            column.image(self.drawn(name, result))
        if isinstance(result, CompareResult):
            table = reports.difference_table(result, lang)
            sides = [text(f"app.{who}", lang) for who in ("unchanged", "changed")]
            heads = (table.heads[0], *sides, *table.heads[3:])
            show_table(replace(table, heads=heads, title=text("app.paired", lang), note=""), lang)
        else:
            show_table(reports.headline_table(last, lang), lang)
        if last.published:
            show_table(reports.published_table(last, lang), lang)

    def drawn(self, name: str, result: Result) -> bytes:
        """Return a figure of a result as PNG."""

        def draw() -> bytes:
            return plots.rendered(plots.figure_of(result, name, lang=self.lang), "png")

        header = result.header
        asked = f"{name} {self.lang} {header.replications} {result.kind}"
        days = header.scenarios[0].horizon.days
        key = f"{asked} {days} {self.base.content} {self.changed.content}"
        with st.spinner(text("app.drawing", self.lang)):
            return picture(key, self.kept, draw)

    def _take(self, runs: tuple[RunResult, ...], span: str) -> None:
        """Offer the scenario and, when they are asked for, the reports."""
        lang, changed = self.lang, self.changed.scenario
        st.caption(text("app.take_note", lang, look=span))
        st.download_button(
            text("app.take_scenario", lang),
            changed.to_toml().encode(),
            f"{changed.name}.toml",
            "application/toml",
            on_click="ignore",
        )
        result: Result = runs[0] if len(runs) == 1 else CompareResult.of(*runs)
        key = f"report {lang} {self.base.content} {self.changed.content}"
        if st.button(text("app.make_report", lang), key=f"{self.prefix}/report"):
            with st.spinner(text("app.drawing", lang)):
                for form in _SAID:
                    picture(f"{key} {form}", self.kept, partial(_written, result, form, lang))
        for form, said in _SAID.items():
            made = self.kept.found.get(f"picture {key} {form}")
            if made is not None:
                name = f"{changed.name}{form}"
                st.download_button(text(said, lang), made, name, _MIME[form], on_click="ignore")


def _written(result: Result, form: str, lang: Lang) -> bytes:
    """Return a report, or a workbook, on a result."""
    return workbook([result], lang) if form == ".xlsx" else report([result], form, [lang])


def show_table(table: Table, lang: Lang) -> None:
    """Show a table under its title, and how to read it."""
    st.markdown(f"**{plain(table.title)}**")
    if table.note:
        st.caption(plain(table.note))
    st.markdown(table_text(table, lang))
