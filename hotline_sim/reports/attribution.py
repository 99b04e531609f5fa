"""The tables and sentences of an attribution: each group's part, and what a part is not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from hotline_sim.experiments.attribution.results import TOTAL
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import plain, shown, shown_difference, shown_span
from hotline_sim.reports.tables import Table, title_of
from hotline_sim.scenario import values_of
from hotline_sim.scenario.mixing import Pair

if TYPE_CHECKING:
    from hotline_sim.experiments import AttributionResult
    from hotline_sim.messages import Lang

_KEYS_SHOWN = 6  # of a group
_LONGEST = 24  # letters of a value
_LIST_SHOWN = 3  # numbers of a list


def attribution_tables(result: AttributionResult, lang: Lang) -> list[Table]:
    """Return for each measure the parts of its change, the whole change last."""
    return [_table(result, measure, lang) for measure in result.measures]


def draw_sentences(result: AttributionResult, lang: Lang) -> list[str]:
    """Return what a draw is here: the mean of some replications in every world."""
    if not result.header.draws:
        return []
    return [text("attribute.draws", lang, replications=result.header.replications)]


def _table(result: AttributionResult, measure: str, lang: Lang) -> Table:
    ranged = result.header.draws > 0
    heads = [text(f"attribute.{name}", lang) for name in ("head", "part")]
    heads += [text("table.interval", lang)]
    heads += [text("table.assumed_range", lang)] if ranged else []
    heads += [text("attribute.orders", lang)]
    rows = []
    for name, part in result.rows(measure).items():
        one = part.estimate
        if not any(one.replications) and not any(part.draws):  # it moves nothing, exactly
            rows.append((result.title_of(name, lang), "0", *[""] * (len(heads) - 2)))
            continue
        row = [result.title_of(name, lang), shown_difference(measure, one.mean)]
        row += [shown_span(measure, one.low, one.high, difference=True)]
        row += [shown_span(measure, *part.span, difference=True)] if ranged else []
        is_total = name == TOTAL
        row += ["" if is_total else shown_span(measure, part.least, part.most, difference=True)]
        rows.append(tuple(row))
    said = measure_name(measure, lang, result.scenario)
    sides = [result.side(measure, second=second).mean for second in (False, True)]
    values = {"a": shown(measure, sides[0]), "b": shown(measure, sides[1])}
    title = text("attribute.title", lang, measure=said[:1].upper() + said[1:], **values)
    return Table(title, tuple(heads), tuple(rows), frozenset(range(1, len(heads))))


def keys_table(result: AttributionResult, lang: Lang) -> Table:
    """Return what differs, by group: the keys, and what each scenario says."""
    pair = Pair(*result.header.scenarios)
    alike = values_of(result.header.scenarios[0])  # of what differs in some draws alone
    values = {one.shown: pair.values(one) for one in pair.differences}
    rows: list[tuple[str, ...]] = []
    for group in result.groups:
        rows.append((result.title_of(group.name, lang),))
        for key in group.keys[:_KEYS_SHOWN]:
            both = values.get(key) or (alike.get(key), alike.get(key))
            rows.append((key, *(_value(one, lang) for one in both)))
        more = len(group.keys) - _KEYS_SHOWN
        rows += [(text("attribute.more", lang, count=more), "", "")] if more > 0 else []
    heads = (text("table.key", lang), *(title_of(one, lang) for one in result.header.scenarios))
    note = text("attribute.keys_note", lang)
    numeric = frozenset({1, 2})
    return Table(text("attribute.keys", lang), heads, tuple(rows), numeric, note=note)


def _value(value: Any, lang: Lang) -> str:
    """Return a value in few letters; a table, or a long list, by what it is."""
    if value is None:
        return NOTHING
    entries = value if isinstance(value, (list, tuple)) else [value]
    if any(isinstance(one, dict) for one in entries):
        return text("attribute.table", lang)
    if len(entries) > _LIST_SHOWN and not isinstance(entries[0], str):
        return text("table.list", lang, count=len(entries))
    words = plain(value)
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…"


def attribution_sentences(result: AttributionResult, lang: Lang) -> list[str]:
    """Return what the parts say, and what they do not."""
    if not result.groups:
        return [text("attribute.same", lang)]
    several = result.measures if len(result.groups) > 1 else ()
    found = [said for measure in several if (said := _largest(result, measure, lang))]
    comma = text("range.comma", lang)
    for group in result.groups:
        if len(group.names) > 1:
            name = result.title_of(group.name, lang)
            found.append(text("attribute.together", lang, group=name, key=group.because[0]))
    if result.idle:
        names = comma.join(result.title_of(name, lang) for name in result.idle)
        found.append(text("attribute.idle", lang, groups=names))
    if result.ungrouped:
        keys = comma.join(result.ungrouped)
        found.append(text("attribute.ungrouped", lang, keys=keys))
    if result.unmoved:
        found.append(text("attribute.unmoved", lang, keys=comma.join(result.unmoved)))
    if fitted := _fitted(result, lang):
        found.append(text("attribute.fitted", lang, what=text("range.between", lang).join(fitted)))
    if any(key.endswith(".cases_per_day") for one in result.groups for key in one.keys):
        found.append(text("attribute.people", lang))
    return [*found, text("attribute.no_cause", lang)]


def _largest(result: AttributionResult, measure: str, lang: Lang) -> str:
    """Return which group has the largest part, and in how many draws it has; nothing if none."""
    parts = dict(list(result.rows(measure).items())[:-1])
    sizes = {name: abs(part.estimate.mean) for name, part in parts.items()}
    if not any(size > 0 for size in sizes.values()) or any(map(math.isnan, sizes.values())):
        return ""
    name = max(sizes, key=sizes.__getitem__)
    values = {
        "measure": measure_name(measure, lang, result.scenario),
        "change": shown_difference(measure, result.change(measure).estimate.mean),
        "group": result.title_of(name, lang),
        "part": shown_difference(measure, parts[name].estimate.mean),
    }
    draws = result.header.draws
    if not draws:
        return text("attribute.largest", lang, **values)
    each = [max(parts, key=lambda one: abs(parts[one].draws[i])) for i in range(draws)]
    values |= {"count": str(each.count(name)), "draws": str(draws)}
    return text("attribute.largest_of_draws", lang, **values)


def _fitted(result: AttributionResult, lang: Lang) -> list[str]:
    """Return which keys that differ were fitted, and to which printed figures, by group."""
    pair = Pair(*result.header.scenarios)
    names = {one.shown: one.spellings for one in pair.differences}
    comma = text("range.comma", lang)
    found = []
    for group in result.groups:
        told: dict[str, None] = {}
        for key in group.keys:
            for scenario in result.header.scenarios:
                origins = [scenario.provenance.get(one) for one in names.get(key, (key,))]
                to = {name for one in origins if one is not None for name in one.to}
                if to:
                    figures = comma.join(name.removeprefix("published.") for name in sorted(to))
                    told[text("attribute.fitted_key", lang, key=key, figures=figures)] = None
        if told:
            title = result.title_of(group.name, lang)
            keys = comma.join(told)
            found.append(text("attribute.fitted_group", lang, group=title, keys=keys))
    return found
