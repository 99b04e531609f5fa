"""The tables of a sweep: a row a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.experiments import Verdict
from hotline_sim.measures import measure_name
from hotline_sim.messages import text
from hotline_sim.reports.numbers import shown, shown_change, shown_span
from hotline_sim.reports.tables import Table, title_of

if TYPE_CHECKING:
    from hotline_sim.experiments import SweepResult, Target
    from hotline_sim.messages import Lang

_BESIDE = ("connect_rate", "case_connect_rate", "asa_s", "occupancy", "satisfaction_rate")


def sweep_table(
    result: SweepResult, lang: Lang, *, measure: str, target: Target | None = None
) -> Table:
    """Return a sweep's points: the keys, a measure with its interval and its change.

    The change is the paired difference from the line above, with its interval. Played over a
    set of parameters both have the range of the draws.
    """
    ranged = result.header.draws > 0
    said = measure_name(measure, lang, result.scenario)
    heads = [*result.over, said, text("table.interval", lang)]
    heads += [text("table.assumed_range", lang)] if ranged else []
    heads += [text("table.change", lang)]
    heads += [text("table.assumed_range", lang)] if ranged else []
    heads += [text("table.target", lang)] if target else []
    rows = []
    for i, point in enumerate(result.points):
        found, step = point.measures, result.step(measure, i)
        one = found[measure]
        row = [*point.at.values(), shown(measure, one.mean), shown_span(measure, one.low, one.high)]
        row += [shown_span(measure, *point.span(measure))] if ranged else []
        row += [shown_change(measure, step)]
        row += [_step_span(result, measure, i)] if ranged else []
        row += [text(f"verdict.{target.verdict(one)}", lang)] if target else []
        rows.append(tuple(row))
    title = text(
        "table.swept", lang, title=title_of(result.scenario, lang), keys=" × ".join(result.over)
    )
    numeric = frozenset(range(len(result.over), len(heads) - bool(target)))
    return Table(title, tuple(heads), tuple(rows), numeric)


def sweep_beside(result: SweepResult, lang: Lang, *, measure: str) -> Table:
    """Return what else is found at a sweep's points: the keys, and the means of other measures."""
    names = [n for n in _BESIDE if n != measure and n in result.replications[0]]
    heads = (*result.over, *(measure_name(name, lang, result.scenario) for name in names))
    rows = tuple(
        (*point.at.values(), *(shown(name, point.measures[name].mean) for name in names))
        for point in result.points
    )
    numeric = frozenset(range(len(result.over), len(heads)))
    return Table(text("table.swept_beside", lang), heads, rows, numeric)


def _step_span(result: SweepResult, measure: str, number: int) -> str:
    return shown_span(measure, *result.step_span(measure, number), difference=True)


def reached_sentence(result: SweepResult, target: Target, lang: Lang) -> str:
    """Return at which points a target is met, or that it is nowhere; and how many are open."""
    where: dict[Verdict, list[str]] = {}
    for point in result.points:
        verdict = target.verdict(point.measures[target.measure])
        place = ", ".join(f"{key} = {value}" for key, value in point.at.items())
        where.setdefault(verdict, []).append(place)
    met, undecided = (where.get(one, []) for one in (Verdict.MET, Verdict.NOT_DECIDED))
    if met:
        said = [text("say.reached", lang, target=target, where="; ".join(met))]
    else:
        said = [text("say.reached_nowhere", lang, target=target)]
    if undecided:
        counts = {"count": len(undecided), "of": len(result.points)}
        places = "; ".join(undecided)
        said.append(text("say.reached_open", lang, target=target, where=places, **counts))
    return {"en": " ", "zh": ""}[lang].join(said)
