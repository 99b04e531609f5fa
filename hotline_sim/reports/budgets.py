"""The table and the sentences of a budget's frontier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.experiments import left_out
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import shown, shown_span
from hotline_sim.reports.tables import Table, title_of

if TYPE_CHECKING:
    from hotline_sim.experiments import BudgetPoint, BudgetResult
    from hotline_sim.messages import Lang
    from hotline_sim.money import EmploymentName

_BESIDE = (
    "case_connect_rate",
    "satisfaction_rate",
    "satisfaction_of_answered",
    "satisfaction_of_cases",
    "on_time_rate",
    "kpi_deduction_cny",
)
_MOST_DRIVERS = 5


def shown_cny(amount_cny: float, lang: Lang) -> str:
    """Return an amount as people say it: 12.01 million yuan, 1201万元."""
    unit = {"en": 1e6, "zh": 1e4}[lang]
    number = f"{amount_cny / unit:,.2f}".rstrip("0").rstrip(".")
    return text("table.amount", lang, number=number)


def budget_table(result: BudgetResult, lang: Lang, *, measure: str) -> Table:
    """Return what each budget buys, employment by employment, with both bands of a measure."""
    beside = [name for name in _BESIDE if name != measure and _is_known(result, name)]
    names = ("budget", "persons", "peak_seats")
    heads = [text(f"table.{name}", lang) for name in names]
    heads += [measure_name(measure, lang, result.scenario), text("table.interval", lang)]
    heads += [text("table.assumed_range", lang)]
    heads += [measure_name(name, lang, result.scenario) for name in beside]
    rows: list[tuple[str, ...]] = []
    for name, points in result.frontier.items():
        rows.append((text(f"employment.{name}", lang),))
        rows += [_row(point, measure, beside, lang) for point in points]
    title = text("table.frontier", lang, title=title_of(result.scenario, lang))
    numeric = frozenset(range(len(heads)))
    note = text("table.frontier_note", lang, draws=len(result.drawn))
    return Table(title, tuple(heads), tuple(rows), numeric, note=note)


def _is_known(result: BudgetResult, measure: str) -> bool:
    found = [points[0].measures.get(measure) for points in result.frontier.values()]
    return any(one is not None and not math.isnan(one.mean) for one in found)


def _row(point: BudgetPoint, measure: str, beside: list[str], lang: Lang) -> tuple[str, ...]:
    found = point.measures
    one = found[measure]
    others = [shown(n, found[n].mean) if n in found else NOTHING for n in beside]
    return (
        shown_cny(point.budget_cny, lang),
        f"{point.links.persons:,.1f}",
        f"{point.links.peak_seats:,.1f}",
        shown(measure, one.mean),
        shown_span(measure, one.low, one.high),
        shown_span(measure, *point.span(measure)),
        *others,
    )


def budget_sentences(result: BudgetResult, lang: Lang, *, measure: str) -> list[str]:
    """Return what a frontier of both employments says and what it does not."""
    parity = result.parity
    if parity is None:
        return []
    values = {"ratio": f"{parity.hours_ratio:.2f}", "even": f"{parity.person_month_cny:,.0f}"}
    spans = {name: result.parity_span(name) for name in ("hours_ratio", "person_month_cny")}
    values["ratio_low"], values["ratio_high"] = (f"{x:.2f}" for x in spans["hours_ratio"])
    values["even_low"], values["even_high"] = (f"{x:,.0f}" for x in spans["person_month_cny"])
    values["own"] = f"{parity.person_month_cny * parity.hours_ratio:,.0f}"
    found = [text("finding.parity", lang, **values), text("finding.break_even", lang, **values)]
    found += _decided(result, measure, lang)
    found.append(_drivers(result, measure, lang))
    if not _is_known(result, "kpi_deduction_cny"):
        found.append(text("finding.no_clauses", lang))
    return found


def _decided(result: BudgetResult, measure: str, lang: Lang) -> list[str]:
    """Return at which budgets one employment does better whatever is assumed, and at which not."""
    groups: dict[EmploymentName | None, list[int]] = {}
    for number in range(len(result.budgets_cny)):
        groups.setdefault(result.decided(measure, number), []).append(number)
    sentences = []
    some = "not_asked" in left_out(result.header.parameters, result.reasons)
    decided = "finding.decided_moved" if some else "finding.decided"
    for better, numbers in groups.items():
        budgets = ", ".join(shown_cny(result.budgets_cny[i], lang) for i in numbers)
        if better is not None:
            who = text(f"employment.{better}", lang)
            sentences.append(
                text(
                    decided,
                    lang,
                    budgets=budgets,
                    who=who,
                    measure=measure_name(measure, lang, result.scenario),
                )
            )
            continue
        middle = numbers[len(numbers) // 2]
        low, high = result.difference_span(measure, middle)
        sentences.append(
            text(
                "finding.undecided",
                lang,
                budgets=budgets,
                measure=measure_name(measure, lang, result.scenario),
                at=shown_cny(result.budgets_cny[middle], lang),
                span=shown_span(measure, low, high, difference=True),
                wins=sum(one > 0 for one in result.differences(measure, middle)),
                draws=len(result.drawn),
            )
        )
    return sentences


def _drivers(result: BudgetResult, measure: str, lang: Lang) -> str:
    found = result.drivers(measure, len(result.budgets_cny) // 2)[:_MOST_DRIVERS]
    if not found:
        return text("finding.no_drivers", lang, draws=len(result.drawn))
    keys = ", ".join(f"{one.key} ({one.correlation:+.2f})" for one in found)
    return text("finding.drivers", lang, keys=keys)
