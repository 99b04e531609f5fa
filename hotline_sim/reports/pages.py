"""What each kind of result shows: sentences, tables and pictures, in order."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from hotline_sim.experiments import (
    AttributionResult,
    BudgetResult,
    CalibrationResult,
    CompareResult,
    ReproduceResult,
    RunResult,
    SensitivityResult,
    StaffResult,
    SweepResult,
    Verdict,
    other_people,
    versions,
)
from hotline_sim.messages import text
from hotline_sim.reports import (
    answers,
    assumptions,
    attribution,
    budgets,
    calibration,
    checking,
    decisive,
    files,
    findings,
    headline,
    money,
    ranges,
    sensitivities,
    staff,
    sweeps,
    tables,
    volumes,
)
from hotline_sim.reports.parts import Block, Picture, Points
from hotline_sim.reports.tables import Part
from hotline_sim.reports.typography import typeset_block
from hotline_sim.scenario import values_of
from hotline_sim.scenario.persons import persons_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from matplotlib.figure import Figure

    from hotline_sim.experiments import Rerun, Result
    from hotline_sim.messages import Lang
    from hotline_sim.reports.tables import Table
    from hotline_sim.scenario import Scenario

_CURVE_OR_MAP = 2  # keys of a sweep that can be drawn
_ASSUMPTIONS_SHOWN = 12


def scenario_blocks(shown: Scenario, lang: Lang) -> list[Block]:
    """Return what a scenario shows: every number with its origin."""
    more = (money.staff_table(shown, lang), volumes.volume_table(shown, lang))
    return [
        *_opening(shown, lang),
        tables.number_table(shown, values_of(shown), lang),
        *(table for table in more if table.rows),
        *money.overdrawn_sentences(shown, lang),
    ]


def run_blocks(result: RunResult, lang: Lang) -> list[Block]:
    """Return what a run shows."""
    many_days = result.scenario.horizon.days > 1
    page: list[Block] = [
        *_opening(result.scenario, lang),
        headline.people_and_calls(result, lang),
        headline.headline_table(result, lang),
    ]
    page += ranges.range_sentences(result, lang)
    page += _warnings([result], lang) or checking.gap_sentences(result.scenario, lang)
    page += _pictures(result, lang, "day", "waits", *(["days"] if many_days else []))
    has_two = sum(rate == rate for rate in result.measures["connect_rate"].replications) > 1
    page += _pictures(result, lang, *(["replications"] if has_two else []))
    if len(result.scenario.channels) > 1:
        page.append(tables.channel_table(result, lang))
    page.append(headline.waits_table(result, lang))
    page.append(tables.team_table(result, lang))
    if result.scenario.departments:
        page.append(tables.department_table(result, lang))
    if any(persons_of(team) for team in result.scenario.teams.values()):
        page.append(money.staff_table(result.scenario, lang))
    links = money.links_table(result.scenario, lang)
    page += [links] if links.rows else []
    page += money.overdrawn_sentences(result.scenario, lang)
    if result.scenario.published:
        page.append(tables.published_table(result, lang))
        page += _left_open([result], lang)
        page += _pictures(result, lang, "published", part=Part.PUBLISHED)
    if result.standard is not None:
        page.append(tables.standard_table(result, result.standard, lang))
    return [*page, *_assumptions(result, lang), _how(result, lang)]


def compare_blocks(result: CompareResult, lang: Lang) -> list[Block]:
    """Return what a comparison shows."""
    return [
        *_stamps(result.header.scenarios, lang),
        *_other_people(result, lang),
        headline.difference_table(result, lang),
        *ranges.range_sentences(result, lang),
        *_warnings([result.a, result.b], lang),
        *_pictures(result, lang, "before_and_after", "day", "waits"),
        _how(result, lang),
    ]


def reproduce_blocks(result: ReproduceResult, lang: Lang) -> list[Block]:
    """Return what a reproduction shows; the first picture bears the pair's name."""
    both = result.header.scenarios
    return [
        *_stamps(both, lang),
        *_unknown(both, lang),
        Picture(result.name, partial(_drawn, result, "whole", lang)),
        *([tables.reproduced_table(result, lang)] if _prints_figures(result) else []),
        *(ranges.range_sentences(result, lang) if _prints_figures(result) else []),
        *_left_open([result.before, result.after], lang),
        *_warnings([result.before, result.after], lang),
        *_pictures(result, lang, "before_and_after", "day", "waits"),
        *_pictures(result, lang, "published_before", "published_after", part=Part.PUBLISHED),
        *_findings(result, lang),
        *([tables.people_table(result, lang)] if result.people else []),
        *_assumptions(result.after, lang),
        _how(result, lang),
    ]


def sweep_blocks(result: SweepResult, lang: Lang) -> list[Block]:
    """Return what a sweep shows; over more than two keys it has no picture."""
    measure, target = result.measure, result.target
    return [
        *_opening(result.scenario, lang),
        sweeps.sweep_table(result, lang, measure=measure, target=target),
        *ranges.range_sentences(result, lang),
        *([sweeps.reached_sentence(result, target, lang)] if target else []),
        sweeps.sweep_beside(result, lang, measure=measure),
        *(_pictures(result, lang, "sweep") if len(result.over) <= _CURVE_OR_MAP else []),
        _how(result, lang),
    ]


def budget_blocks(result: BudgetResult, lang: Lang) -> list[Block]:
    """Return what a frontier shows."""
    sentences = budgets.budget_sentences(result, lang, measure=result.measure)
    beside = budgets.beside_table(result, lang, measure=result.measure)
    return [
        *_opening(result.scenario, lang),
        budgets.budget_table(result, lang, measure=result.measure),
        *([beside] if beside.rows else []),
        *([budgets.least_table(result, lang)] if result.least else []),
        *ranges.range_sentences(result, lang),
        *_pictures(result, lang, "budget"),
        *([Points(text("say.findings_budget", lang), sentences)] if sentences else []),
        _how(result, lang),
    ]


def attribution_blocks(result: AttributionResult, lang: Lang) -> list[Block]:
    """Return what an attribution shows."""
    both = result.header.scenarios
    return [
        *_stamps(both, lang),
        *_unknown(both, lang),
        *attribution.attribution_tables(result, lang),
        *ranges.range_sentences(result, lang),
        *attribution.draw_sentences(result, lang),
        *_pictures(result, lang, "attribute"),
        *([attribution.keys_table(result, lang)] if result.groups else []),
        Points(text("attribute.findings", lang), attribution.attribution_sentences(result, lang)),
        _how(result, lang),
    ]


def sensitivity_blocks(result: SensitivityResult, lang: Lang) -> list[Block]:
    """Return what a sensitivity analysis shows."""
    sentences = sensitivities.first_sentences(result, lang)
    return [
        *_opening(result.scenario, lang),
        Points(text("sensitivity.first", lang), sentences),
        *(sensitivities.index_table(result, name, lang) for name in result.measures),
        *_pictures(result, lang, "indices", "tornado"),
        sensitivities.screening_table(result, lang),
        sensitivities.chance_table(result, lang),
        *sensitivities.emulator_sentences(result, lang),
        sensitivities.method_sentence(result, lang),
        *ranges.left_out_sentences(result, lang),
        _how(result, lang),
    ]


def staff_blocks(result: StaffResult, lang: Lang) -> list[Block]:
    """Return what a staffing shows."""
    answer, *more = staff.staff_sentences(result, lang)
    costs = staff.money_table(result, lang)
    return [
        *_opening(result.scenario, lang),
        answer,
        staff.target_table(result, lang),
        Points(text("staffing.how_sure", lang), more),
        *_pictures(result, lang, "staff"),
        staff.floor_table(result, lang),
        staff.shift_table(result, lang),
        staff.week_table(result, lang),
        *([costs] if costs.rows else []),
        staff.tried_table(result, lang),
        staff.again_sentence(result, lang),
        _how(result, lang),
    ]


def calibrate_blocks(result: CalibrationResult, lang: Lang) -> list[Block]:
    """Return what a calibration shows; without members no more than the figures."""
    scenarios = result.header.scenarios
    page: list[Block] = [*_stamps(scenarios, lang), *_unknown(scenarios, lang)]
    page += calibration.calibration_sentences(result, lang)
    page.append(calibration.figure_table(result, lang))
    if result.narrowing:
        page.append(calibration.narrowing_table(result, lang))
        page += _pictures(result, lang, "narrowing", "pairs")
    more = (calibration.trade_off_table(result, lang), calibration.further_table(result, lang))
    page += [table for table in more if table.rows]
    how = {"seed": result.seed, "engine": result.engine, "version": result.version}
    years = result.header.replications
    return [*page, text("calibration.how", lang, years=years, **how)]


def rerun_blocks(again: Rerun, lang: Lang) -> list[Block]:
    """Return whether a result that was played again has the same numbers, and which not."""
    was, now = again.original, again.result.header
    page: list[Block] = [] if again.is_same_version else [versions(was, lang)]
    if was.engine != now.engine:
        page.append(text("say.other_engine", lang, was=was.engine, now=now.engine))
    if again.is_same:
        page.append(text("say.same_again", lang))
    else:
        page.append(tables.differing_table(again.differing, lang))
    return [*page, _how(again.result, lang)]


def _pictures(result: Result, lang: Lang, *names: str, part: Part = Part.FOUND) -> list[Picture]:
    """Return pictures of a result, each under the name of its file."""
    return [Picture(name, partial(_drawn, result, name, lang), part) for name in names]


def _drawn(result: Result, name: str, lang: Lang) -> Figure:
    from hotline_sim import plots  # loads matplotlib

    return plots.figure_of(result, name, lang=lang)


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
    sentences = findings.finding_sentences(result, lang)
    if not sentences:
        return [text("say.no_findings", lang)]
    return [Points(text("say.findings", lang), sentences)]


def _prints_figures(result: ReproduceResult) -> bool:
    return any(year.published for year in result.header.scenarios)


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


def _other_people(result: CompareResult, lang: Lang) -> list[str]:
    """Return that it is not the same people who are compared, and why; nothing if it is."""
    reasons = other_people(result, lang)
    if not reasons:
        return []
    return [text("compare.other_people", lang, why=text("range.between", lang).join(reasons))]


def _left_open(results: Iterable[RunResult], lang: Lang) -> list[str]:
    """Return why published figures have no verdict, or none yet, if there are such."""
    rows = [row for result in results for row in result.published.values()]
    found = [] if all(row.is_comparable for row in rows) else [text("say.other_days", lang)]
    if any(row.verdict is Verdict.NOT_DECIDED for row in rows):
        found.append(text("say.not_decided", lang))
    return found


def _assumptions(result: RunResult, lang: Lang) -> Iterable[Table]:
    table = assumptions.assumption_table(result, lang, most=_ASSUMPTIONS_SHOWN)
    if table.rows:
        yield table


def _how(result: Result, lang: Lang) -> str:
    how = {"seed": result.seed, "engine": result.engine, "version": result.version}
    replications = result.header.replications
    if replications == 1:
        return text("say.run_once", lang, **how)
    return text("say.run", lang, replications=replications, **how)


class Shown(NamedTuple):
    """How a kind of result is shown.

    ``blocks`` describes its page in a language, pictures included; ``csv_files`` gives those
    that go with it, by name. A report opens with the ``answer``, one sentence (without it: the
    first of its points, or its first row), and says by ``decisive`` which assumption moves it
    most, in blocks (without blocks: that this was not measured; without it: nothing).
    """

    blocks: Callable[[Any, Lang], list[Block]]
    csv_files: Callable[[Any], dict[str, bytes]]
    answer: Callable[[Any, Lang], str] | None = None
    decisive: Callable[[Any, Lang], list[Block]] | None = None


# How each kind of result is shown, whatever the medium: one entry an experiment.
SHOWN: dict[str, Shown] = {
    RunResult.kind: Shown(
        run_blocks,
        lambda one: files.run_tables([one]),
        answers.of_run,
        decisive.for_run,
    ),
    CompareResult.kind: Shown(
        compare_blocks,
        lambda two: files.run_tables([two.a, two.b]),
        answers.of_comparison,
        decisive.for_comparison,
    ),
    ReproduceResult.kind: Shown(
        reproduce_blocks,
        lambda two: files.run_tables([two.before, two.after]),
        answers.of_reproduction,
        lambda two, lang: decisive.for_comparison(two.comparison, lang),
    ),
    SweepResult.kind: Shown(sweep_blocks, files.sweep_tables, answers.of_sweep, decisive.for_sweep),
    BudgetResult.kind: Shown(
        budget_blocks, files.budget_tables, answers.of_budget, decisive.for_budget
    ),
    AttributionResult.kind: Shown(
        attribution_blocks, files.attribution_tables, decisive=decisive.unmeasured
    ),
    SensitivityResult.kind: Shown(
        sensitivity_blocks,
        sensitivities.csv_tables,
        decisive=lambda result, lang: list(sensitivities.first_sentences(result, lang)),
    ),
    StaffResult.kind: Shown(
        staff_blocks,
        files.staff_tables,
        lambda result, lang: staff.staff_sentences(result, lang)[0],
        decisive.unmeasured,
    ),
    CalibrationResult.kind: Shown(
        calibrate_blocks, files.calibration_tables, calibration.calibration_answer
    ),
}


def blocks(result: Result, lang: Lang) -> list[Block]:
    """Return what a result shows, in order: sentences, points, tables and pictures."""
    return [typeset_block(block, lang) for block in SHOWN[result.kind].blocks(result, lang)]


def csv_files(result: Result, *, heads: Lang | None = None) -> dict[str, bytes]:
    """Return the CSV files of a result, by name; asked for *heads*, in words of that language."""
    found = SHOWN[result.kind].csv_files(result)
    if heads is None:
        return found
    from hotline_sim.reports.csv_words import in_words  # knows the workbook, which knows this page

    return {name: in_words(name, one, result.scenario, heads) for name, one in found.items()}


def figures(result: Result, lang: Lang) -> dict[str, Figure]:
    """Return the figures of a result, drawn, by the name of their file."""
    pictures = [block for block in blocks(result, lang) if isinstance(block, Picture)]
    return {picture.name: picture.draw() for picture in pictures}
