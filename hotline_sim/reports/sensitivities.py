"""The tables and sentences of a sensitivity analysis."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.experiments.sensitivities import LEAST_R2
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports import files
from hotline_sim.reports.numbers import plain, shown, shown_change, shown_difference
from hotline_sim.reports.tables import Table, title_of

if TYPE_CHECKING:
    from hotline_sim.experiments import SensitivityResult
    from hotline_sim.experiments.parameters import Parameter
    from hotline_sim.experiments.sensitivities import Interval
    from hotline_sim.messages import Lang

_RIVALS_NAMED = 3
_SCREENED_SHOWN = 20


def first_sentences(result: SensitivityResult, lang: Lang) -> list[str]:
    """Return for each measure which assumption to measure first."""
    return [_first(result, name, lang) for name in result.measures]


def _first(result: SensitivityResult, measure: str, lang: Lang) -> str:
    said = measure_name(measure, lang, result.scenario)
    if any(math.isnan(one.first.value) for one in result.indices[measure]):
        return text("sensitivity.no_indices", lang, measure=said)
    places = result.first_to_measure(measure)
    if not places:
        return text("sensitivity.none_first", lang, measure=said)
    best = places[0]
    values = {
        "measure": said,
        "key": result.keys[best],
        "range": _range(result.parameters[result.chosen[best]]),
        "share": _percent(result.indices[measure][best].first),
    }
    if len(places) == 1:
        return text("sensitivity.one_first", lang, **values)
    comma = text("range.comma", lang)
    rivals = [result.keys[place] for place in places[1:]]
    others = comma.join(rivals[:_RIVALS_NAMED])
    if len(rivals) > _RIVALS_NAMED:
        others = text("range.and_more", lang, keys=others, more=len(rivals) - _RIVALS_NAMED)
    return text("sensitivity.some_first", lang, **values, others=others)


def index_table(result: SensitivityResult, measure: str, lang: Lang) -> Table:
    """Return the chosen numbers, by total index: their ends, what these change, their indices."""
    swings, indices = result.swings(measure), result.indices[measure]
    rows = tuple(
        (
            result.keys[i],
            f"{plain(swings[i].low)} … {plain(swings[i].high)}",
            shown_change(measure, swings[i].at_low),
            shown_change(measure, swings[i].at_high),
            _index(indices[i].first),
            _index(indices[i].total),
        )
        for i in result.order(measure)
    )
    said = measure_name(measure, lang, result.scenario)
    stated = shown(measure, result.stated(measure).mean)
    notes = [text("sensitivity.at_stated", lang, stated=stated)]
    if measure == result.measures[0]:  # how to read the table, once
        notes.append(text("sensitivity.table_note", lang))
    names = ("key", "ends", "at_lowest", "at_highest", "first_order", "total")
    return Table(
        text("sensitivity.table", lang, measure=said, title=title_of(result.scenario, lang)),
        tuple(text(f"sensitivity.{name}", lang) for name in names),
        rows,
        numeric=frozenset(range(1, len(names))),
        solid=frozenset({0}),
        note=(" " if lang == "en" else "").join(notes),
    )


def screening_table(result: SensitivityResult, lang: Lang) -> Table:
    """Return the numbers with the largest effects, the chosen first, and their mean changes."""
    others = [i for i in range(len(result.parameters)) if i not in result.chosen]
    first = result.effects[result.measures[0]]
    others.sort(key=lambda i: -first[i].size.value)
    listed = [*result.chosen, *others][: max(_SCREENED_SHOWN, len(result.chosen))]
    rows = []
    for i in listed:
        one = result.parameters[i]
        sizes = [
            shown_difference(name, result.effects[name][i].size.value).lstrip("+")
            for name in result.measures
        ]
        mark = " *" if i in result.chosen else ""
        rows.append((f"{one.key}{mark}", _range(one), *sizes))
    heads = [text("sensitivity.key", lang), text("sensitivity.range", lang)]
    heads += [measure_name(name, lang, result.scenario) for name in result.measures]
    return Table(
        text("sensitivity.screened", lang, shown=len(listed), all=len(result.parameters)),
        tuple(heads),
        tuple(rows),
        numeric=frozenset(range(1, len(heads))),
        solid=frozenset({0}),
        note=text("sensitivity.screened_note", lang),
    )


def chance_table(result: SensitivityResult, lang: Lang) -> Table:
    """Return how far chance and the ranges move each measure, and what the chosen explain."""
    rows = []
    for name in result.measures:
        chance = result.chance(name)
        rows.append(
            (
                measure_name(name, lang, result.scenario),
                shown(name, result.stated(name).mean),
                shown_difference(name, chance.by_chance).lstrip("+"),
                shown_difference(name, chance.by_ranges).lstrip("+"),
                NOTHING if math.isnan(chance.share) else f"{chance.share:.2g}",
                _percent(result.explained(name)),
            )
        )
    names = ("measure", "stated", "by_chance", "by_ranges", "chance_share", "explained")
    values = {"count": len(result.chosen), "all": len(result.parameters)}
    heads = tuple(text(f"sensitivity.{name}", lang, **values) for name in names)
    return Table(
        text("sensitivity.chance", lang, days=result.scenario.horizon.days),
        heads,
        tuple(rows),
        numeric=frozenset(range(1, len(heads))),
        note=text("sensitivity.chance_note", lang, replications=len(result.centre)),
    )


def emulator_sentences(result: SensitivityResult, lang: Lang) -> list[str]:
    """Return what each emulator is worth; nothing where the simulation itself was played."""
    found = []
    for name, one in result.emulators.items():
        sentence = "emulator" if one.r2 >= LEAST_R2 else "emulator_refused"
        values = {
            "measure": measure_name(name, lang, result.scenario),
            "points": one.points,
            "r2": f"{one.r2:.3f}",
            "error": shown_difference(name, one.rmse).lstrip("+"),
            "least": LEAST_R2,
        }
        found.append(text(f"sensitivity.{sentence}", lang, **values))
    return found


def method_sentence(result: SensitivityResult, lang: Lang) -> str:
    """Return how it was found: designs, plays, people, and what a share is."""
    asked = result.header.arguments
    values = {
        "plays": f"{result.plays:,}",
        "days": result.scenario.horizon.days,
        "trajectories": asked["trajectories"],
        "all": len(result.parameters),
        "count": len(result.chosen),
        "points": f"{len(result.varied.shares):,}",
    }
    method = text("sensitivity.method", lang, **values)
    shares = text("sensitivity.of_set" if asked["of_set"] else "sensitivity.of_ranges", lang)
    return method + (" " if lang == "en" else "") + shares


def csv_tables(result: SensitivityResult) -> dict[str, bytes]:
    """Return the CSV files: a row a measure and number, and a row a point of the indices."""
    return {"sensitivity.csv": files.records_csv(result.rows()), "points.csv": _points_csv(result)}


def _points_csv(result: SensitivityResult) -> bytes:
    """Return every point from which indices come: the chosen numbers' values, the measures."""
    space, (shares, values) = result.space, result.varied
    numbers = space.values(space.with_columns(result.chosen, shares))[:, list(result.chosen)]
    heads = (*result.keys, *result.measures)
    rows = zip(numbers.tolist(), values.tolist(), strict=True)
    records: list[dict[str, Any]] = [dict(zip(heads, (*a, *b), strict=True)) for a, b in rows]
    return files.records_csv(records)


def _range(one: Parameter) -> str:
    return f"{plain(one.low)} … {plain(one.high)}"


def _index(one: Interval) -> str:
    if math.isnan(one.value):
        return NOTHING
    return f"{one.value:z.2f} ({one.low:z.2f} … {one.high:z.2f})"


def _percent(one: Interval) -> str:
    if math.isnan(one.value):
        return NOTHING
    value, low, high = (f"{100.0 * number:z.0f}" for number in one)
    return f"{value} % ({low} … {high} %)"
