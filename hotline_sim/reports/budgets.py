"""The table and the sentences of a budget's frontier."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.experiments import left_out
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.money import budget_links
from hotline_sim.reports.numbers import shown, shown_change, shown_span
from hotline_sim.reports.tables import Table, title_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hotline_sim.experiments import BudgetPoint, BudgetResult, LeastBudget
    from hotline_sim.experiments.budgeting import Amount, Parity, RosterName
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
    heads = [text(f"table.{name}", lang) for name in ("budget", "persons", "peak_seats")]
    heads += [measure_name(measure, lang, result.scenario), text("table.interval", lang)]
    heads += [text("table.assumed_range", lang)] if result.drawn else []
    title = text("table.frontier", lang, title=title_of(result.scenario, lang))
    if result.drawn:
        note = text("table.frontier_note", lang, draws=len(result.drawn))
    else:
        note = text("table.frontier_alone", lang)
    note = text("table.best_note", lang, note=note) if result.best else note
    rows = _grouped(result, lang, lambda point: _row(point, measure, lang))
    return Table(title, tuple(heads), rows, frozenset(range(len(heads))), note=note)


def beside_table(result: BudgetResult, lang: Lang, *, measure: str) -> Table:
    """Return the means of further measures at each budget."""
    beside = [name for name in _BESIDE if name != measure and _is_known(result, name)]
    heads = (text("table.budget", lang), *(measure_name(n, lang, result.scenario) for n in beside))
    rows = _grouped(result, lang, lambda point: _beside_row(point, beside, lang))
    title = text("table.frontier_beside", lang)
    return Table(title, heads, rows if beside else (), frozenset(range(len(heads))))


def _grouped(
    result: BudgetResult, lang: Lang, row: Callable[[BudgetPoint], tuple[str, ...]]
) -> tuple[tuple[str, ...], ...]:
    """Return a row for each point, under a head for each employment and roster."""
    rows: list[tuple[str, ...]] = []
    for name, points in result.frontier.items():
        rows += [(text(f"employment.{name}", lang),), *map(row, points)]
        if name in result.best:
            rows += [(_who(name, "best", lang),), *map(row, result.best[name])]
    return tuple(rows)


def _is_known(result: BudgetResult, measure: str) -> bool:
    found = [points[0].measures.get(measure) for points in result.frontier.values()]
    return any(one is not None and not math.isnan(one.mean) for one in found)


def _row(point: BudgetPoint, measure: str, lang: Lang) -> tuple[str, ...]:
    one = point.measures[measure]
    return (
        shown_cny(point.budget_cny, lang),
        f"{point.links.persons:,.1f}",
        f"{point.links.peak_seats:,.1f}",
        shown(measure, one.mean),
        shown_span(measure, one.low, one.high),
        *([shown_span(measure, *point.span(measure))] if point.draws else []),
    )


def _beside_row(point: BudgetPoint, beside: list[str], lang: Lang) -> tuple[str, ...]:
    found = point.measures
    others = (shown(n, found[n].mean) if n in found else NOTHING for n in beside)
    return (shown_cny(point.budget_cny, lang), *others)


def least_table(result: BudgetResult, lang: Lang) -> Table:
    """Return the least budget for each target and employment, and the staff it pays for."""
    ranged = ["assumed_range"] if result.drawn else []
    names = ["least_target", "employment", "least_budget", "interval", *ranged]
    names += ["persons", "peak_seats"]
    heads = [text(f"table.{name}", lang) for name in names]
    rows = tuple(_least_row(result, one, lang) for one in result.least)
    return Table(
        text("table.least", lang),
        tuple(heads),
        rows,
        numeric=frozenset(range(2, len(heads))),
        note=text("table.least_note", lang),
    )


def _least_row(result: BudgetResult, one: LeastBudget, lang: Lang) -> tuple[str, ...]:
    ends = (result.budgets_cny[0], result.budgets_cny[-1])
    row = [str(one.target), _who(one.employment, one.roster, lang)]
    row.append(_amount(one.amount, ends, lang))
    row.append(_span((one.chance.low, one.chance.high), ends, lang))
    if result.drawn:
        row.append(_span(one.band, ends, lang))
    if isinstance(one.amount, str):
        return (*row, NOTHING, NOTHING)
    links = budget_links(result.scenario, one.employment, one.amount)
    peak = f"{links.peak_seats:,.1f}" if one.roster == "scaled" else NOTHING
    return (*row, f"{links.persons:,.1f}", peak)


def _who(employment: EmploymentName, roster: RosterName, lang: Lang) -> str:
    who = text(f"employment.{employment}", lang)
    return who if roster == "scaled" else text("table.best_roster", lang, who=who)


def _amount(amount: Amount, ends: tuple[float, float], lang: Lang) -> str:
    """Return a least budget, or on which side of those asked about it lies."""
    if amount == "nothing" or (isinstance(amount, float) and math.isnan(amount)):
        return NOTHING
    if isinstance(amount, str):
        end = ends[0] if amount == "below" else ends[1]
        return text(f"table.least_{amount}", lang, amount=shown_cny(end, lang))
    return shown_cny(amount, lang)


def _span(span: tuple[Amount, Amount], ends: tuple[float, float], lang: Lang) -> str:
    low, high = (_amount(one, ends, lang) for one in span)
    return low if low == high else f"{low} … {high}"


def budget_sentences(result: BudgetResult, lang: Lang, *, measure: str) -> list[str]:
    """Return what a frontier of both employments says and what it does not."""
    found = [] if result.drawn else [text("finding.no_ranges", lang)]
    found += _overdrawn(result, lang)
    found += [_gain(result, name, measure, lang) for name in result.best]
    if result.parity is None:
        return found
    found += _parity(result, result.parity, lang)
    if result.drawn:
        found += _decided(result, measure, lang)
        found.append(_drivers(result, measure, lang))
    else:
        found += _ahead(result, measure, lang)
    if not _is_known(result, "kpi_deduction_cny"):
        found.append(text("finding.no_clauses", lang))
    return found


def _parity(result: BudgetResult, parity: Parity, lang: Lang) -> list[str]:
    """Return where both employments are equally dear."""
    values = {"ratio": f"{parity.hours_ratio:.2f}", "even": f"{parity.person_month_cny:,.0f}"}
    values["own"] = f"{parity.person_month_cny * parity.hours_ratio:,.0f}"
    if not result.drawn:
        alone = ("finding.parity_alone", "finding.break_even_alone")
        return [text(name, lang, **values) for name in alone]
    spans = {name: result.parity_span(name) for name in ("hours_ratio", "person_month_cny")}
    values["ratio_low"], values["ratio_high"] = (f"{x:.2f}" for x in spans["hours_ratio"])
    values["even_low"], values["even_high"] = (f"{x:,.0f}" for x in spans["person_month_cny"])
    return [text(name, lang, **values) for name in ("finding.parity", "finding.break_even")]


def _overdrawn(result: BudgetResult, lang: Lang) -> list[str]:
    """Return under which employment the staff that a budget buys costs more than is paid."""
    found = []
    for name, points in result.frontier.items():
        over = [one for one in points if one.links.is_overdrawn]
        if over:
            found.append(
                text(
                    "finding.overdrawn",
                    lang,
                    who=text(f"employment.{name}", lang),
                    budgets=text("range.comma", lang).join(
                        shown_cny(one.budget_cny, lang) for one in over
                    ),
                    at=shown_cny(over[-1].budget_cny, lang),
                    persons=f"{over[-1].links.persons:,.1f}",
                    staff=shown_cny(over[-1].links.staff_cny, lang),
                    award=shown_cny(over[-1].links.award_cny, lang),
                )
            )
    return found


def _gain(result: BudgetResult, name: EmploymentName, measure: str, lang: Lang) -> str:
    """Return what the best roster found brings at the middle budget, on the same people."""
    number = len(result.budgets_cny) // 2
    point, scaled = result.best[name][number], result.frontier[name][number]
    values = {
        "who": text(f"employment.{name}", lang),
        "at": shown_cny(point.budget_cny, lang),
        "measure": measure_name(measure, lang, result.scenario),
    }
    if point.seats is None:
        return text("finding.no_better_roster", lang, **values)
    return text(
        "finding.better_roster",
        lang,
        **values,
        best=shown(measure, point.measures[measure].mean),
        scaled=shown(measure, scaled.measures[measure].mean),
        gain=shown_change(measure, result.gain(name, measure, number)),
    )


def _ahead(result: BudgetResult, measure: str, lang: Lang) -> list[str]:
    """Return, without ranges, which employment does better at which budgets, chance apart."""
    groups: dict[EmploymentName | None, list[int]] = {}
    for number in range(len(result.budgets_cny)):
        groups.setdefault(result.ahead(measure, number), []).append(number)
    return [
        text(
            "finding.alike" if better is None else "finding.ahead",
            lang,
            budgets=text("range.comma", lang).join(
                shown_cny(result.budgets_cny[i], lang) for i in numbers
            ),
            measure=measure_name(measure, lang, result.scenario),
            **({} if better is None else {"who": text(f"employment.{better}", lang)}),
        )
        for better, numbers in groups.items()
    ]


def _decided(result: BudgetResult, measure: str, lang: Lang) -> list[str]:
    """Return at which budgets one employment does better whatever is assumed, and at which not."""
    groups: dict[EmploymentName | None, list[int]] = {}
    for number in range(len(result.budgets_cny)):
        groups.setdefault(result.decided(measure, number), []).append(number)
    sentences = []
    some = "not_asked" in left_out(result.header.parameters, result.reasons)
    decided = "finding.decided_moved" if some else "finding.decided"
    for better, numbers in groups.items():
        budgets = text("range.comma", lang).join(
            shown_cny(result.budgets_cny[i], lang) for i in numbers
        )
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


def _listed(amounts_cny: Iterable[float], lang: Lang) -> str:
    """Return amounts of money one after the other."""
    return text("range.comma", lang).join(shown_cny(one, lang) for one in amounts_cny)


def _drivers(result: BudgetResult, measure: str, lang: Lang) -> str:
    found = result.drivers(measure, len(result.budgets_cny) // 2)[:_MOST_DRIVERS]
    if not found:
        return text("finding.no_drivers", lang, draws=len(result.drawn))
    keys = ", ".join(f"{one.key} ({one.correlation:+.2f})" for one in found)
    return text("finding.drivers", lang, keys=keys)
