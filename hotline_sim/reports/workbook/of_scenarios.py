"""Sheets on what a result's scenarios say: the roster, what it costs, and what is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import DAY_S, HALF_HOUR_S, HALF_HOURS
from hotline_sim.messages import text
from hotline_sim.money import known_links, staff_of, whole_staff_of
from hotline_sim.reports.numbers import plain
from hotline_sim.reports.workbook.from_records import of_run, records_of
from hotline_sim.reports.workbook.sheets import Form, Number, Sheet, money, of_measure
from hotline_sim.scenario import values_of
from hotline_sim.scenario.calendar import WEEKDAYS
from hotline_sim.scenario.rosters import WEEK_DAYS, in_week, roster_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.messages import Lang
    from hotline_sim.money import Staff
    from hotline_sim.reports.workbook.sheets import Cell
    from hotline_sim.scenario import Scenario
    from hotline_sim.scenario.schema import Team

_COSTS = ("cost_cny", "cost_per_answered_cny", "kpi_deduction_cny", "answering_cost_share")
_STAFF = (
    *("peak_seats", "rostered_hours_per_week", "on_duty_hours_per_week"),
    *("persons", "staff_cny", "award_cny", "budget_cny"),
)
_LINKS = ("answering_hours", "productive_hours", "award_cny", "budget_cny")
_MINUTES = 30


def roster_sheet(scenarios: Sequence[Scenario], lang: Lang) -> Sheet:
    """Return the seats on every team's roster by half-hour and weekday, without holidays."""
    rows: list[list[Cell]] = []
    for scenario in scenarios:
        for name, team in scenario.teams.items():
            seats = seats_of_week(scenario, team)
            if not seats.any():
                continue
            who = _team(scenario, name, lang)
            for number in range(HALF_HOURS):
                begins = f"{number // 2:02d}:{number % 2 * _MINUTES:02d}"
                of_days = [Number(float(one), Form.HUNDREDTHS) for one in seats[:, number]]
                rows.append([scenario.stamped_name, who, begins, *of_days])
    heads = [text(f"workbook.head.{one}", lang) for one in ("scenario", "team", "from")]
    heads += [text(f"weekday.{day}", lang) for day in WEEKDAYS]
    return _sheet("seats", heads, rows, lang)


def seats_of_week(scenario: Scenario, team: Team) -> Floats:
    """Return a team's seats on the roster, ``(7, 48)``, on the average of each half-hour.

    Those of a week without holidays, Monday first; duty past midnight is the next day's.
    """
    seats = np.zeros(WEEK_DAYS * HALF_HOURS)
    edges_s = np.arange(len(seats) + 1) * HALF_HOUR_S
    week_s = WEEK_DAYS * DAY_S
    for one in roster_of(scenario, team):
        for day in in_week(one.days):
            spans = zip(one.edges_s[:-1], one.edges_s[1:], one.seats[day], strict=True)
            for on_s, off_s, filled in spans:
                for shift_s in (day * DAY_S, day * DAY_S - week_s):
                    begin_s = np.maximum(edges_s[:-1], on_s + shift_s)
                    end_s = np.minimum(edges_s[1:], off_s + shift_s)
                    seats += filled * np.maximum(end_s - begin_s, 0.0) / HALF_HOUR_S
    found: Floats = seats.reshape(WEEK_DAYS, HALF_HOURS)
    return found


def cost_sheet(scenarios: Sequence[Scenario], measured: bytes | None, lang: Lang) -> Sheet:
    """Return what the rosters cost as reckoned, link by link, and what the simulation cost.

    *measured* is the CSV file of measures, if the experiment has one.
    """
    rows: list[list[Cell]] = []
    for scenario in scenarios:
        rows += _reckoned(scenario, lang)
    if measured is not None:
        heads, records = records_of(measured)
        for one in of_run(records, heads):
            if one["measure"] in _COSTS and one["mean"]:
                said = text(f"measure.{one['measure']}", lang)
                ends = (one[end] for end in ("mean", "low", "high"))
                cells = [of_measure(one["measure"], float(end)) if end else "" for end in ends]
                simulated = text("workbook.simulated", lang)
                rows.append([one["scenario"], simulated, said, *cells])
    heads = [text(f"workbook.head.{one}", lang) for one in ("scenario", "group", "item")]
    heads += [text(f"workbook.head.{one}", lang) for one in ("value", "low", "high")]
    return _sheet("costs", heads, rows, lang)


def _reckoned(scenario: Scenario, lang: Lang) -> Iterator[list[Cell]]:
    """Yield what each team and the whole staff come to, and each employment's links to money."""

    def row(who: str, item: str, value: float | None) -> Iterator[list[Cell]]:
        if value is not None:
            shown = money(value) if item.endswith("_cny") else Number(value, Form.TENTHS)
            yield [scenario.stamped_name, who, text(f"workbook.cost.{item}", lang), shown, "", ""]

    staff: list[tuple[str, Staff]] = [
        *((_team(scenario, name, lang), one) for name, one in staff_of(scenario).items()),
        (text("table.whole_staff", lang), whole_staff_of(scenario)),
    ]
    for who, one in staff:
        for item in _STAFF:
            yield from row(who, item, one.to_dict()[item])
    for employment, links in known_links(scenario).items():
        for item in _LINKS:
            yield from row(text(f"employment.{employment}", lang), item, links.to_dict()[item])


def assumption_sheet(scenarios: Sequence[Scenario], lang: Lang) -> Sheet:
    """Return every number of the scenarios that is assumed, fitted or set by the user."""
    rows: list[list[Cell]] = []
    for scenario in scenarios:
        values = values_of(scenario)
        for key, origin in scenario.provenance.items():
            if origin.kind in ("published", "derived") and not origin.set_by_user:
                continue
            kind = "set_by_user" if origin.set_by_user else origin.kind
            told: list[Cell] = [scenario.stamped_name, key, _value(values[key])]
            told += [_value(end) for end in origin.range or ("", "")]
            told += [text(f"origin.{kind}", lang), ", ".join(origin.to or ())]
            rows.append([*told, origin.formula or "", origin.source or "", origin.note_in(lang)])
    names: tuple[str, ...] = ("scenario", "key", "value", "range_low", "range_high")
    names += ("origin", "figure", "formula", "source", "note")
    heads = [text(f"workbook.head.{one}", lang) for one in names]
    return _sheet("assumptions", heads, rows, lang, wide=frozenset({len(heads) - 1}))


def _value(value: Any) -> Cell:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return Number(float(value)) if is_number else plain(value)


def _team(scenario: Scenario, name: str, lang: Lang) -> str:
    title = scenario.teams[name].title
    return str(getattr(title, lang)) if title else name


def _sheet(
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    lang: Lang,
    wide: frozenset[int] = frozenset(),
) -> Sheet:
    """Return a sheet of that name in the messages."""
    title, note = text(f"workbook.title.{name}", lang), text(f"workbook.note.{name}", lang)
    return Sheet(
        text(f"workbook.sheet.{name}", lang), title, tuple(heads), rows, note=note, wide=wide
    )
