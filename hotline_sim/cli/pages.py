"""What a command shows: the tables and sentences of a result, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim import reports
from hotline_sim.cli.screen import Points
from hotline_sim.messages import text
from hotline_sim.reports import Table
from hotline_sim.scenario import values_of
from hotline_sim.scenario.persons import persons_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.experiments import (
        BudgetResult,
        CompareResult,
        ReproduceResult,
        RunResult,
        SweepResult,
        Target,
    )
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

Block = Table | Points | str

_ASSUMPTIONS_SHOWN = 12


def scenario_page(shown: Scenario, lang: Lang) -> list[Block]:
    """Return what ``show`` prints."""
    tables = (reports.staff_table(shown, lang), reports.volume_table(shown, lang))
    return [
        *_opening(shown, lang),
        reports.number_table(shown, values_of(shown), lang),
        *(table for table in tables if table.rows),
    ]


def run_page(result: RunResult, lang: Lang) -> list[Block]:
    """Return what ``run`` prints."""
    page: list[Block] = [*_opening(result.scenario, lang), reports.headline_table(result, lang)]
    page += _warnings([result], lang)
    if len(result.scenario.channels) > 1:
        page.append(reports.channel_table(result, lang))
    page.append(reports.team_table(result, lang))
    if result.scenario.departments:
        page.append(reports.department_table(result, lang))
    if any(persons_of(team) for team in result.scenario.teams.values()):
        page.append(reports.staff_table(result.scenario, lang))
    links = reports.links_table(result.scenario, lang)
    page += [links] if links.rows else []
    if result.scenario.published:
        page.append(reports.published_table(result, lang))
        page += _other_days([result], lang)
    if result.standard is not None:
        page.append(reports.standard_table(result, result.standard, lang))
    return [*page, *_assumptions(result, lang), _how(result, lang)]


def comparison_page(result: CompareResult, lang: Lang) -> list[Block]:
    """Return what ``compare`` prints."""
    return [
        *_stamps([result.a.scenario, result.b.scenario], lang),
        reports.difference_table(result, lang),
        *_warnings([result.a, result.b], lang),
        _how(result.a, lang),
    ]


def reproduction_page(result: ReproduceResult, lang: Lang) -> list[Block]:
    """Return what ``reproduce`` prints."""
    return [
        *_stamps([result.before.scenario, result.after.scenario], lang),
        *_unknown([result.before.scenario, result.after.scenario], lang),
        *([reports.reproduced_table(result, lang)] if _prints_figures(result) else []),
        *_other_days([result.before, result.after], lang),
        *_warnings([result.before, result.after], lang),
        *_findings(result, lang),
        *([reports.people_table(result, lang)] if result.people else []),
        *_assumptions(result.after, lang),
        _how(result.after, lang),
    ]


def sweep_page(
    result: SweepResult, lang: Lang, *, measure: str, target: Target | None
) -> list[Block]:
    """Return what ``sweep`` prints."""
    return [
        *_opening(result.scenario, lang),
        reports.sweep_table(result, lang, measure=measure, target=target),
        *([reports.reached_sentence(result, target, lang)] if target else []),
        _how(result, lang),
    ]


def budget_page(result: BudgetResult, lang: Lang, *, measure: str) -> list[Block]:
    """Return what ``budget`` prints."""
    sentences = reports.budget_sentences(result, lang, measure=measure)
    return [
        *_opening(result.scenario, lang),
        reports.budget_table(result, lang, measure=measure),
        *([Points(text("say.findings_budget", lang), sentences)] if sentences else []),
        _how(result, lang),
    ]


def _opening(shown: Scenario, lang: Lang) -> Iterable[str]:
    """Yield what a reader must know before the numbers."""
    yield from _stamps([shown], lang)
    yield from _unknown([shown], lang)


def _unknown(shown: Iterable[Scenario], lang: Lang) -> list[str]:
    """Return what nobody knows of some scenarios, each sentence once."""
    labels = [one.unknown for one in shown if one.unknown is not None]
    said = [text("say.unknown", lang, what=getattr(label, lang)) for label in labels]
    return list(dict.fromkeys(said))


def _findings(result: ReproduceResult, lang: Lang) -> list[Block]:
    """Return what the published figures say; or that they say too little."""
    sentences = reports.finding_sentences(result, lang)
    if not sentences:
        return [text("say.no_findings", lang)]
    return [Points(text("say.findings", lang), sentences)]


def _prints_figures(result: ReproduceResult) -> bool:
    return any(year.scenario.published for year in (result.before, result.after))


def _stamps(shown: Iterable[Scenario], lang: Lang) -> Iterable[str]:
    """Yield a sentence for each scenario that is shipped and not checked."""
    for one in shown:
        if one.checked is False:
            yield text("say.unchecked", lang, scenario=one.name)


def _warnings(results: Iterable[RunResult], lang: Lang) -> list[str]:
    """Return what a reader could overlook in the numbers, each once."""
    sentences = []
    for result in results:
        if not any(result.measures["offered"].replications):
            sentences.append(text("say.no_calls", lang))
        elif not any(team["duty_hours"].mean for team in result.by_team.values()):
            sentences.append(text("say.nobody_answers", lang))
    return list(dict.fromkeys(sentences))


def _other_days(results: Iterable[RunResult], lang: Lang) -> list[str]:
    """Return why published figures cannot be held against a run, if there are such."""
    rows = [row for result in results for row in result.published.values()]
    return [] if all(row.is_comparable for row in rows) else [text("say.other_days", lang)]


def _assumptions(result: RunResult, lang: Lang) -> Iterable[Table]:
    table = reports.assumption_table(result, lang, most=_ASSUMPTIONS_SHOWN)
    if table.rows:
        yield table


def _how(result: RunResult | SweepResult | BudgetResult, lang: Lang) -> str:
    how = {"seed": result.seed, "engine": result.engine, "version": result.version}
    if len(result.replications) == 1:
        return text("say.run_once", lang, **how)
    return text("say.run", lang, replications=len(result.replications), **how)
