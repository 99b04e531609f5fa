"""What the user chooses on the page: language, city, sliders, the measure and its target."""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from hotline_sim import money, scenario
from hotline_sim.app import levers
from hotline_sim.app.choices import Choice
from hotline_sim.app.levers import SIZES, Kind, Lever, Setting
from hotline_sim.app.words import USERS, faults_of, lever_label, plain
from hotline_sim.definitions import Unit, measure_of
from hotline_sim.experiments import Target, target_of
from hotline_sim.measures import measure_name
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.reports.numbers import plain as number_text
from hotline_sim.reports.typography import typeset
from hotline_sim.scenario import workbook
from hotline_sim.scenario.guesses import SCENARIO_SUFFIXES

if TYPE_CHECKING:
    from hotline_sim.app.playing import Kept
    from hotline_sim.experiments import RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.money import EmploymentName
    from hotline_sim.scenario import Scenario

_NAMES = {"en": "English", "zh": "中文"}
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OWN = ""  # in place of a shipped scenario's name: the user's own file
_PARTS = "-base"  # scenarios that others extend
_WAN = 10_000.0
_COLUMNS = 3  # of sliders
_MANY, _SCROLLED_PX = 12, 420  # sliders that are scrolled past
_PERCENT = 100.0
_USUAL_TARGET = 95.0  # percent of calls, as GB/T 33358 asks in any 24 h


def language(usual: Lang) -> Lang:
    """Return the language the user has chosen; until then the usual one."""
    chosen: Lang | None = st.segmented_control(
        text("app.language", usual),
        LANGUAGES,
        default=usual,
        format_func=_NAMES.__getitem__,
        key="language",
        label_visibility="collapsed",
    )
    return chosen or usual


@cache
def _titles(lang: Lang) -> dict[str, str]:
    """Return the shipped scenarios' titles, by name: the same for everybody."""
    names = [name for name in scenario.catalogue() if not name.endswith(_PARTS)]
    return {name: getattr(scenario.load(name).title, lang) for name in names}


def chosen_scenario(first: str, lang: Lang, kept: Kept) -> Scenario | None:
    """Return the scenario that is asked about; None as long as there is none, and why is told."""
    opened = kept.get(f"scenario {first}", lambda: scenario.load(first))
    titles = {first: getattr(opened.title, lang), **_titles(lang), _OWN: text("app.own", lang)}
    label, say = text("app.city", lang), titles.__getitem__
    name = Choice(label, list(titles), say, "city", first).by(st.selectbox, lang)
    if name:
        return kept.get(f"scenario {name}", lambda: scenario.load(name))
    file = st.file_uploader(
        text("app.upload", lang, forms=", ".join(SCENARIO_SUFFIXES)),
        type=[form.removeprefix(".") for form in SCENARIO_SUFFIXES],
        help=text("app.upload_help", lang),
        key="file",
    )
    if file is None:
        st.info(text("app.upload_wanted", lang))
        _offer_blank(lang, kept)
        return None
    return own_scenario(file.name, file.getvalue(), lang, kept)


def _offer_blank(lang: Lang, kept: Kept) -> None:
    """Offer a workbook to fill in, to who has no file yet."""
    city = text("app.my_city", lang)
    content = kept.get(f"blank {lang}", lambda: workbook.blank(city, lang))
    st.download_button(
        text("app.take_blank", lang), content, "mycity.xlsx", XLSX_TYPE, on_click="ignore"
    )


def own_scenario(name: str, content: bytes, lang: Lang, kept: Kept) -> Scenario | None:
    """Return the scenario of a file that was uploaded; None, and its faults told, if it is none."""
    key = f"file {name} {hashlib.sha256(content).hexdigest()}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        try:
            return kept.get(key, lambda: scenario.load(path))
        except USERS as error:
            show_faults(error, lang, folder + os.sep)
    return None


def show_faults(error: Exception, lang: Lang, folder: str = "") -> None:
    """Show what is wrong, a line each, as it is."""
    st.error(text("app.faults", lang))
    st.code("\n".join(faults_of(error, lang, folder)), language=None, wrap_lines=True)


def setting_of(base: Scenario, prefix: str, lang: Lang) -> Setting:
    """Show the sliders of a scenario; return what was moved."""
    every = levers.levers_of(base)
    head, button = st.columns([4, 1], vertical_alignment="bottom")
    head.subheader(text("app.levers", lang))
    resets = f"{prefix}/resets"
    button.button(text("app.reset", lang), key=f"{prefix}/reset", on_click=_again, args=[resets])
    prefix = f"{prefix}/{st.session_state.get(resets, 0)}"
    people, callers = st.tabs([text("app.people", lang), text("app.callers", lang)])
    with people:
        employment, budget_cny = _money(base, prefix, lang)
        sizes = [one for one in every if one.kind in SIZES]
        moved = _sliders(sizes, base, prefix, lang)
        bought = st.empty()
    with callers:
        moved |= _sliders([one for one in every if one.kind not in SIZES], base, prefix, lang)
        _left_for_main(base, every, moved, lang)
    setting = Setting(moved, employment, budget_cny)
    if budget_cny is not None:
        with bought:
            _bought(base, setting, lang)
    return setting


def _again(resets: str) -> None:
    """Give the sliders new names, so that they stand where the file has them."""
    st.session_state[resets] = st.session_state.get(resets, 0) + 1


def _sliders(every: list[Lever], base: Scenario, prefix: str, lang: Lang) -> dict[str, float]:
    """Show sliders side by side; return those that were moved."""
    found: dict[str, float] = {}
    place = st.container(height=_SCROLLED_PX if len(every) > _MANY else "content", border=False)
    for first in range(0, len(every), _COLUMNS):
        row = every[first : first + _COLUMNS]
        for column, lever in zip(place.columns(_COLUMNS), row, strict=False):
            value = column.slider(
                lever_label(lever, base, lang),
                lever.low,
                lever.high,
                lever.value,
                lever.step,
                format="%g",
                key=f"{prefix}/{lever.name}",
            )
            if value != lever.value:
                found[lever.name] = value
    return found


def _money(base: Scenario, prefix: str, lang: Lang) -> tuple[EmploymentName | None, float | None]:
    """Show employment and budget, where the way from money to seats is known."""
    costs = levers.terms_known(base)
    if not costs:
        return None, None
    usual = levers.employment_of(base)
    first, second, third = st.columns(_COLUMNS)
    ways = ("seats", "budget")
    way = Choice(
        text("app.by", lang), ways, lambda one: text(f"app.by_{one}", lang), f"{prefix}/by", "seats"
    ).by(first.radio, lang)
    names = list(costs)
    employment = Choice(
        text("app.employment", lang),
        names,
        lambda one: text(f"employment.{one}", lang),
        f"{prefix}/employment",
        usual,
    ).by(second.radio, lang)
    if way == "seats" or employment is None:
        return employment, None
    low, high, step = (one / _WAN for one in levers.budget_lever(costs[employment]))
    budget = third.slider(
        text("app.budget", lang),
        low,
        high,
        costs[employment] / _WAN,
        step,
        format="%.0f" if step >= 1 else "%.2f",
        key=f"{prefix}/budget/{employment}",
    )
    return employment, budget * _WAN


def _bought(base: Scenario, setting: Setting, lang: Lang) -> None:
    """Say what a budget buys."""
    try:
        asked = levers.changed(base, Setting(setting.moved, setting.employment))
        links = money.budget_links(asked, *_paid(setting))
    except USERS:
        return  # told in place of the answer
    told = {
        "scale": f"{links.scale:.2f}",
        "persons": f"{links.persons:,.1f}",
        "seats": f"{links.peak_seats:,.1f}",
    }
    st.caption(text("app.budget_buys", lang, **told))


def _paid(setting: Setting) -> tuple[EmploymentName, float]:
    assert setting.employment is not None, "a budget is of an employment"
    assert setting.budget_cny is not None, "it is asked for where there is one"
    return setting.employment, setting.budget_cny


def _left_for_main(base: Scenario, every: list[Lever], moved: dict[str, float], lang: Lang) -> None:
    """Say what the sliders of channels leave to the main one."""
    if not any(one.kind is Kind.MIX for one in every):
        return
    left, name = levers.left_for_main(base, moved), levers.main_channel(base)
    if left < 0:
        st.error(text("app.main_none", lang))
        return
    title = base.channels[name].title
    told = plain(name if title is None else getattr(title, lang))
    st.caption(text("app.main_has", lang, channel=told, share=typeset(f"{left:.1f} %", lang)))


def asked_measure(
    known: RunResult, usual: str, prefix: str, lang: Lang
) -> tuple[str, Target | None]:
    """Show which measure is looked at and what it shall be; return both."""
    first, second = st.columns(2)
    chosen = Choice(
        text("app.measure", lang),
        measures_of(known, usual),
        lambda one: measure_name(one, lang, known.scenario),
        f"{prefix}/measure",
        usual,
    ).by(first.selectbox, lang)
    name = chosen or usual
    is_share = measure_of(name).unit is Unit.SHARE
    wants_one = name.startswith("connect_rate") and name not in known.published
    value = second.number_input(
        text("app.target", lang, unit=_unit(name, lang)),
        min_value=0.0,
        max_value=_PERCENT if is_share else None,
        value=_USUAL_TARGET if wants_one else None,
        help=text("app.target_help", lang),
        key=f"{prefix}/target/{name}",
    )
    if value is None:
        return name, None
    return name, target_of(f"{name}:{number_text(value).replace(',', '')}{'%' if is_share else ''}")


def _unit(name: str, lang: Lang) -> str:
    units = {Unit.SHARE: "percent", Unit.SECONDS: "seconds", Unit.YUAN: "yuan"}
    return text(f"app.unit_{units.get(measure_of(name).unit, 'number')}", lang)


def measures_of(known: RunResult, usual: str) -> list[str]:
    """Return the measures that the page offers, the usual one first."""
    offered = [
        "connect_rate",
        "case_connect_rate",
        "connect_rate_24h_min",
        *(name for name in known.measures if name.startswith("service_level")),
        "asa_s",
        "abandonment_rate",
        "satisfaction_rate",
        "satisfaction_of_cases",
        "occupancy",
        "cost_per_answered_cny",
    ]
    found = [usual]
    for name in offered:
        one = known.measures.get(name)
        if name not in found and one is not None and one.mean == one.mean:
            found.append(name)
    return found
