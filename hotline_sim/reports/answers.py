"""The answer to each kind of question, in one sentence: a report opens with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.domain import Role
from hotline_sim.experiments import Verdict, side_names
from hotline_sim.experiments.bands import middle
from hotline_sim.measures import measure_name
from hotline_sim.messages import text
from hotline_sim.reports.budgets import least_table, shown_cny
from hotline_sim.reports.numbers import shown, shown_difference, shown_printed, shown_span
from hotline_sim.reports.sweeps import reached_sentence
from hotline_sim.reports.tables import title_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.experiments import (
        BudgetResult,
        CompareResult,
        Estimate,
        ReproduceResult,
        RunResult,
        SweepResult,
    )
    from hotline_sim.experiments.bands import Draws
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

# What an answer is about: the first of these that is known, a published one before the others.
_LEADING = ("connect_rate", "connect_rate_monthly_mean", "within_deadline_rate", "answered")
_BEFORE_SPANS, _BEHIND_SPANS = 3, 2  # columns of the table of least budgets


def leading_measure(known: Mapping[str, Estimate], *scenarios: Scenario) -> str:
    """Return the measure that a report on scenarios opens with."""
    found = [name for name in _LEADING if name in known and not math.isnan(known[name].mean)]
    printed = [name for name in found if all(name in one.published for one in scenarios)]
    return next(iter((*printed, *found)), _LEADING[-1])


def of_run(result: RunResult, lang: Lang) -> str:
    """Return what a run's leading measure is, beside the published one and a standard."""
    name = leading_measure(result.measures, result.scenario)
    one = result.measures[name]
    more = _chance(name, one, lang) + _assumed(name, result.draws, lang)
    printed = result.published.get(name)
    if printed is not None:
        value, role = shown_printed(name, printed.value), text(f"role.{printed.role}", lang)
        more += text("report.more_published", lang, value=value, role=role)
    if result.standard is not None:
        verdicts = [row.verdict for row in result.against_standard.values()]
        more += text(
            "report.more_standard",
            lang,
            met=verdicts.count(Verdict.MET),
            count=len(verdicts),
            standard=getattr(result.standard.title, lang),
        )
    return text(
        "report.answer_run",
        lang,
        title=title_of(result.scenario, lang),
        measure=measure_name(name, lang, result.scenario),
        value=shown(name, one.mean),
        more=more,
    )


def of_comparison(result: CompareResult, lang: Lang) -> str:
    """Return whether the leading measure rises or falls from one scenario to the other."""
    a, b, difference = result.a, result.b, result.difference
    name = leading_measure(difference, *result.header.scenarios)
    change = difference[name]
    drawn = tuple({name: one[name]} for one in result.differences)
    told = shown_difference(name, change.mean)
    direction = _direction(change)
    names = side_names(result, lang, titled=True)
    return text(
        f"report.answer_{direction}",
        lang,
        a=names[0],
        b=names[1],
        measure=measure_name(name, lang, a.scenario),
        change=told if direction == "open" else told.lstrip("+-"),
        more=_chance(name, change, lang, is_difference=True)
        + _assumed(name, drawn, lang, is_difference=True),
        before=shown(name, a.measures[name].mean),
        after=shown(name, b.measures[name].mean),
    )


def _direction(change: Estimate) -> str:
    """Return whether an interval says that something rises, falls, or neither.

    Of one replication, which has no interval, its sign is taken.
    """
    low, high = (change.mean if math.isnan(x) else x for x in (change.low, change.high))
    if low > 0:
        return "rises"
    return "falls" if high < 0 else "open"


def of_reproduction(result: ReproduceResult, lang: Lang) -> str:
    """Return how many published figures came out, and how many of those could have failed."""
    compared = result.comparison
    rows = [row for year in (result.before, result.after) for row in year.published.values()]
    rows = [row for row in rows if row.verdict is not Verdict.NOTHING]
    if not rows:
        return of_comparison(compared, lang)
    predicted = [row for row in rows if row.role is Role.PREDICTED]
    hit = sum(row.covered is True for row in predicted)
    some = text("report.predicted_some", lang, hit=hit, count=len(predicted))
    name = leading_measure(compared.difference, *result.header.scenarios)
    return text(
        "report.answer_reproduced",
        lang,
        measure=measure_name(name, lang, result.before.scenario),
        before=shown(name, result.before.measures[name].mean),
        after=shown(name, result.after.measures[name].mean),
        covered=sum(row.covered is True for row in rows),
        count=len(rows),
        undecided=sum(row.verdict is Verdict.NOT_DECIDED for row in rows),
        predicted=some if predicted else text("report.predicted_none", lang),
    )


def of_sweep(result: SweepResult, lang: Lang) -> str:
    """Return where the target is met; without one between what the measure lies."""
    if result.target is not None:
        return reached_sentence(result, result.target, lang)
    name = result.measure
    found = [
        (point.measures[name].mean, ", ".join(f"{k} = {v}" for k, v in point.at.items()))
        for point in result.points
        if not math.isnan(point.measures[name].mean)
    ]
    low, high = min(found, default=(math.nan, "")), max(found, default=(math.nan, ""))
    return text(
        "report.answer_swept",
        lang,
        title=title_of(result.scenario, lang),
        measure=measure_name(name, lang, result.scenario),
        low=shown(name, low[0]),
        where_low=low[1],
        high=shown(name, high[0]),
        where_high=high[1],
    )


def of_budget(result: BudgetResult, lang: Lang) -> str:
    """Return the least budgets for the targets; without one what the middle budget buys.

    Of both employments it says which does better, if what is known decides it.
    """
    if result.least:
        return _least(result, lang)
    name = result.measure
    said = measure_name(name, lang, result.scenario)
    if len(result.frontier) == 1:
        return _one_employment(result, said, lang)
    number = len(result.budgets_cny) // 2
    found = {who: points[number].measures[name] for who, points in result.frontier.items()}
    if result.drawn:
        better = result.decided(name, number)
        form = "answer_budget" if better else "answer_budget_open"
    else:
        better = result.ahead(name, number)
        form = "answer_budget_chance" if better else "answer_budget_chance_open"
    drawn = tuple({name: value} for value in result.differences(name, number))
    return text(
        f"report.{form}",
        lang,
        budget=shown_cny(result.budgets_cny[number], lang),
        measure=said,
        who="" if better is None else text(f"employment.{better}", lang),
        in_house=shown(name, found["in_house"].mean),
        outsourced=shown(name, found["outsourced"].mean),
        more=_assumed(name, drawn, lang, is_difference=True),
    )


def _least(result: BudgetResult, lang: Lang) -> str:
    """Return the least budget for each target under each employment, with its spans."""
    table = least_table(result, lang)
    comma = text("report.comma", lang)
    spans = len(table.heads) - _BEHIND_SPANS
    found: dict[str, list[str]] = {}
    for target, who, amount, *cells in table.rows:
        named = zip(table.heads[_BEFORE_SPANS:spans], cells, strict=False)
        told = comma.join(f"{head} {cell}" for head, cell in named)
        one = {"who": who, "amount": amount, "spans": told}
        found.setdefault(target, []).append(text("report.least_of", lang, **one))
    return " ".join(
        text("report.answer_least", lang, target=target, found=comma.join(told))
        for target, told in found.items()
    )


def _one_employment(result: BudgetResult, said: str, lang: Lang) -> str:
    ((who, points),) = result.frontier.items()
    first, last = points[0], points[-1]
    return text(
        "report.answer_budget_alone",
        lang,
        who=text(f"employment.{who}", lang),
        measure=said,
        low=shown_cny(first.budget_cny, lang),
        high=shown_cny(last.budget_cny, lang),
        at_low=shown(result.measure, first.measures[result.measure].mean),
        at_high=shown(result.measure, last.measures[result.measure].mean),
        more=_assumed(result.measure, last.draws, lang),
    )


def _chance(name: str, one: Estimate, lang: Lang, *, is_difference: bool = False) -> str:
    """Return the interval of chance, in brackets."""
    if math.isnan(one.low):
        return text("report.more_once", lang)
    span = shown_span(name, one.low, one.high, difference=is_difference)
    return text("report.more_chance", lang, span=span)


def _assumed(name: str, draws: Draws, lang: Lang, *, is_difference: bool = False) -> str:
    """Return the band of what is assumed; nothing without draws."""
    low, high = middle(one[name] for one in draws)
    if math.isnan(low):
        return ""
    span = shown_span(name, low, high, difference=is_difference)
    return text("report.more_assumed", lang, span=span, draws=len(draws))
