"""The measures of a run, and of two beside one another, as tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hotline_sim.definitions import Scope, Unit, measure_of
from hotline_sim.experiments import other_people, side_names
from hotline_sim.measures import (
    HeadlineChannels,
    inbound_channels,
    measure_name,
    months_of,
    named,
)
from hotline_sim.messages import text
from hotline_sim.reports.numbers import shown, shown_difference, shown_span
from hotline_sim.reports.tables import Table, range_head, ranged, title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hotline_sim.experiments import CompareResult, Estimate, RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

# Measures whose name says what they are a share of, which the table has a column for.
_SHORT = (
    "service_level",
    "service_level_answered",
    "service_level_dialled",
    "abandoned_within",
)


def _head(lang: Lang, *names: str) -> tuple[str, ...]:
    return tuple(text(f"table.{name}", lang) for name in names)


def people_and_calls(result: RunResult, lang: Lang) -> Table:
    """Return the cases of a run beside the contacts on the channels where they begin."""
    voice = _speaks_of_calls(result.scenario)
    one_channel = len(inbound_channels(result.scenario)) == 1
    contacts = text("plot.calls" if voice and one_channel else "plot.contacts", lang)
    found, together = result.measures, result.inbound
    pairs = (
        ("asked", ("cases", found["cases"]), ("offered", together["offered"])),
        ("got_through", ("cases", found["cases_answered"]), ("answered", together["answered"])),
        (
            "share_through",
            ("case_connect_rate", found["case_connect_rate"]),
            ("connect_rate", together["connect_rate"]),
        ),
    )
    rows = tuple(
        (text(f"table.{name}", lang), *(cell for one in pair for cell in _cells(*one)))
        for name, *pair in pairs
    )
    interval = text("table.interval", lang)
    heads = ("", text("table.cases_head", lang), interval, contacts, interval)
    title = text("table.measures", lang, title=title_of(result.scenario, lang))
    note = text("table.case_note" if one_channel else "table.cases_note", lang)
    return Table(title, heads, rows, frozenset(range(1, len(heads))), note=note)


def _cells(name: str, found: Estimate) -> tuple[str, str]:
    return shown(name, found.mean), shown_span(name, found.low, found.high)


def headline_table(result: RunResult, lang: Lang) -> Table:
    """Return the measures of a run, each with what it is a share or mean of, and its interval.

    What stands in :func:`people_and_calls` is left out, as is what a short run says twice.
    """
    names = list(_known(result.scenario, result.measures))
    if not result.header.draws:
        beside = ["cases", "cases_answered"]
        beside += ["offered", "answered"] if len(inbound_channels(result.scenario)) == 1 else []
        names = [name for name in names if name not in beside]
    return _measure_table(result, names, lang, title=text("table.more_measures", lang))


def waits_table(result: RunResult, lang: Lang) -> Table:
    """Return what else is measured of waits and of the queue, with 95 % intervals."""
    names = list(_known(result.scenario, result.measures, headline=False))
    table = _measure_table(result, names, lang, title=text("table.waits", lang))
    return replace(table, note=text("table.waits_note", lang))


def difference_table(compared: CompareResult, lang: Lang) -> Table:
    """Return two scenarios' measures and the paired differences with their intervals."""
    a, b, difference = compared.a.measures, compared.b.measures, compared.difference
    rows = tuple(
        (
            measure_name(name, lang, compared.a.scenario),
            shown(name, a[name].mean),
            shown(name, b[name].mean),
            shown_difference(name, difference[name].mean),
            shown_span(name, difference[name].low, difference[name].high, difference=True),
            *ranged(name, compared),
        )
        for name in _known(compared.a.scenario, difference)
    )
    letters = text("plot.first", lang), text("plot.second", lang)
    names = [
        text("plot.named", lang, what=letter, title=name)
        for letter, name in zip(letters, side_names(compared, lang), strict=True)
    ]
    heads = (
        *_head(lang, "measure"),
        *letters,
        *_head(lang, "difference", "interval"),
        *range_head(compared, lang),
    )
    same = not other_people(compared, lang)
    title = text("table.compared" if same else "table.compared_others", lang)
    note = text("compare.sides", lang, a=names[0], b=names[1])
    return Table(title, heads, rows, frozenset(range(1, len(heads))), note=note)


def _measure_table(result: RunResult, names: Sequence[str], lang: Lang, *, title: str) -> Table:
    found = result.measures
    rows = tuple(
        (
            _short_name(name, lang, result.scenario),
            _among(name, lang, result.scenario),
            *_cells(name, found[name]),
            *ranged(name, result),
        )
        for name in names
    )
    heads = (*_head(lang, "measure", "among", "mean", "interval"), *range_head(result, lang))
    return Table(title, heads, rows, frozenset(range(2, len(heads))))


def _short_name(name: str, lang: Lang, scenario: Scenario) -> str:
    """Return a measure's name without what it is a share of, which stands beside it."""
    measure = measure_of(name)
    if measure.name not in _SHORT:
        return measure_name(name, lang, scenario)
    within_s = scenario.thresholds_s[0] if measure.within_s is None else measure.within_s
    return text(f"short.{measure.name}", lang, within_s=f"{within_s:,.15g}")


def _among(name: str, lang: Lang, scenario: Scenario) -> str:
    """Return what a measure is a share or a mean of: its denominator in words."""
    below = measure_of(name).denominator
    if not below:
        return ""
    contacts = text("plot.calls" if _speaks_of_calls(scenario) else "plot.contacts", lang)
    return text(f"among.{below}", lang, calls=contacts)


def _speaks_of_calls(scenario: Scenario) -> bool:
    """Whether the headline is of telephone calls, not of all contacts."""
    return HeadlineChannels.of(scenario).voice


def _known(
    scenario: Scenario, estimates: Mapping[str, Estimate], *, headline: bool = True
) -> Iterable[str]:
    """Return the measures that say something: no counts that are always zero, nothing nan.

    Those of the headline, or the others. The worst 24 h of one day are that day, and the mean
    of one month's rates is the rate.
    """
    days = scenario.horizon.days
    same = {"connect_rate_24h_min"} if days == 1 else set()
    same |= {"connect_rate_monthly_mean"} if len(set(months_of(scenario).tolist())) == 1 else set()
    for name, measure in named(scenario, Scope.RUN):
        if name in same:
            continue
        one = estimates.get(name)
        if measure.in_headline is not headline or one is None or one.mean != one.mean:  # nan
            continue
        if measure.unit is Unit.COUNT and not any(one.replications):
            continue
        yield name
