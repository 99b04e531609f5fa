"""Tables and sentences of results, as text in the reader's language; nothing is drawn here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import DAY_S, Origin
from hotline_sim.experiments import CompareResult
from hotline_sim.measures import measure_name
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import (
    plain,
    shown,
    shown_printed,
    shown_range,
    shown_span,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hotline_sim.domain import Provenance
    from hotline_sim.experiments import (
        Differing,
        ReproduceResult,
        Result,
        RunResult,
    )
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import City, Scenario, Standard

_DIFFERING_SHOWN = 20
_LIST_SHOWN = 3  # numbers of a list that still fit beside a key


class Part(StrEnum):
    """Which part of a report a table or a picture belongs in."""

    FOUND = "found"
    PUBLISHED = "published"
    ASSUMED = "assumed"


@dataclass(frozen=True)
class Table:
    """A title, the columns' heads, and rows of text; a row of one cell is a heading.

    Columns by number: ``numeric`` ones are set to the right, ``solid`` ones broken last where
    space is short, ``spare`` ones left out. The ``note`` says how to read the table. A report
    takes rows apart by what stands in the column ``apart``, in a table for each.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    solid: frozenset[int] = frozenset()
    spare: frozenset[int] = frozenset()
    note: str = ""
    part: Part = Part.FOUND
    apart: int | None = None


def _head(lang: Lang, *names: str) -> tuple[str, ...]:
    return tuple(text(f"table.{name}", lang) for name in names)


def range_head(result: Result, lang: Lang) -> tuple[str, ...]:
    """Return the head of the column of what is assumed, if the result has one."""
    return _head(lang, "assumed_range") if result.header.draws else ()


def ranged(name: str, result: RunResult | CompareResult) -> tuple[str, ...]:
    """Return the cell of that column."""
    if not result.header.draws:
        return ()
    is_difference = isinstance(result, CompareResult)
    return (shown_span(name, *result.span(name), difference=is_difference),)


def channel_table(result: RunResult, lang: Lang) -> Table:
    """Return each channel's contacts, connect rate and waits."""
    names = ("offered", "answered", "connect_rate", "abandonment_rate", "asa_s", "wait_p90_s")
    rows = tuple(
        (
            channel_title(result.scenario, channel, lang),
            *(shown(name, found[name].mean) for name in names),
        )
        for channel, found in result.by_channel.items()
    )
    heads = _head(lang, "channel", *names)
    return Table(text("table.by_channel", lang), heads, rows, frozenset(range(1, len(names) + 1)))


def team_table(result: RunResult, lang: Lang) -> Table:
    """Return each team's employment, hours on duty and occupancy."""
    rows = []
    for name, found in result.by_team.items():
        team = result.scenario.teams[name]
        title = getattr(team.title, lang) if team.title else name
        rows.append(
            (
                title,
                text(f"employment.{team.employment}", lang) if team.employment else NOTHING,
                shown("duty_hours", found["duty_hours"].mean),
                shown("occupancy", found["occupancy"].mean),
                shown_span("occupancy", found["occupancy"].low, found["occupancy"].high),
            )
        )
    heads = _head(lang, "team", "employment", "duty_hours")
    heads += (measure_name("occupancy", lang, result.scenario), *_head(lang, "interval"))
    return Table(text("table.by_team", lang), heads, tuple(rows), frozenset({2, 3, 4}))


def department_table(result: RunResult, lang: Lang) -> Table:
    """Return each department's work orders, the share on time and the days they take."""
    rows = []
    for name, found in result.by_department.items():
        title = result.scenario.departments[name].title
        orders, on_time, taken_s = (
            found[key] for key in ("work_orders", "on_time_rate", "order_mean_s")
        )
        rows.append(
            (
                getattr(title, lang) if title else name,
                shown("work_orders", orders.mean),
                shown("on_time_rate", on_time.mean),
                shown_span("on_time_rate", on_time.low, on_time.high),
                f"{taken_s.mean / DAY_S:.1f}" if taken_s.mean == taken_s.mean else NOTHING,
            )
        )
    heads = (
        *_head(lang, "department"),
        *(measure_name(n, lang, result.scenario) for n in ("work_orders", "on_time_rate")),
        *_head(lang, "interval", "order_days"),
    )
    return Table(text("table.by_department", lang), heads, tuple(rows), frozenset({1, 2, 3, 4}))


def published_table(result: RunResult, lang: Lang) -> Table:
    """Return the published figures beside the simulated ones."""
    rows = tuple(_published_rows(result, lang))
    title = text("table.published", lang, title=title_of(result.scenario, lang))
    return _published(title, rows, result, lang)


def _published(title: str, rows: tuple[tuple[str, ...], ...], result: Result, lang: Lang) -> Table:
    """Return a table of published figures, the last column of which says what each is."""
    heads, note = _published_heads(result, lang), text("table.published_note", lang)
    return Table(
        title,
        heads,
        rows,
        _published_numeric(result),
        note=note,
        part=Part.PUBLISHED,
        apart=len(heads) - 1,
    )


def _published_heads(result: Result, lang: Lang) -> tuple[str, ...]:
    heads = _head(lang, "measure", "published_head", "simulated", "one_year")
    band = _head(lang, "in_band") if result.header.draws else ()
    return (
        *heads,
        *range_head(result, lang),
        *_head(lang, "fits"),
        *band,
        *_head(lang, "role"),
    )


def _published_numeric(result: Result) -> frozenset[int]:
    return frozenset(range(1, 5 if result.header.draws else 4))


def _published_rows(result: RunResult, lang: Lang) -> Iterable[tuple[str, ...]]:
    for name, one in result.published.items():
        value = shown_printed(name, one.value)
        span = shown_range(name, one.value, one.value_low, one.value_high)
        if span:
            value = text("table.rounded", lang, value=value, span=span)
        yield (
            measure_name(name, lang, result.scenario),
            value,
            shown(name, one.simulated),
            shown_span(name, one.low, one.high),
            *(ranged(name, result) if name in result.measures else _range_missing(result)),
            text(f"fits.{one.verdict}", lang),
            *([_yes_or_no(one.in_band, lang)] if result.header.draws else []),
            text(f"role.{one.role}", lang),
        )


def _range_missing(result: Result) -> tuple[str, ...]:
    return (NOTHING,) if result.header.draws else ()


def _yes_or_no(holds: bool | None, lang: Lang) -> str:
    """Return whether something holds, in words; None: it cannot be told."""
    if holds is None:
        return NOTHING
    return text("table.yes" if holds else "table.no", lang)


def standard_table(result: RunResult, standard: Standard, lang: Lang) -> Table:
    """Return what a standard demands beside what the run gives."""
    rows = tuple(
        (
            measure_name(name, lang, result.scenario),
            text("table.at_least", lang, value=shown_printed(name, one.at_least)),
            shown(name, one.simulated),
            shown_span(name, one.low, one.high),
            text(f"verdict.{one.verdict}", lang),
            _origin(one.origin, one.at_least, lang),
        )
        for name, one in result.against_standard.items()
    )
    heads = _head(lang, "measure", "demanded", "simulated", "one_year", "verdict", "origin")
    title = text("table.standard", lang, title=getattr(standard.title, lang))
    note = text("table.standard_note", lang)
    return Table(title, heads, rows, frozenset({1, 2, 3}), note=note)


def reproduced_table(result: ReproduceResult, lang: Lang) -> Table:
    """Return both years' published figures beside the simulated ones."""
    rows: list[tuple[str, ...]] = []
    for year in (result.before, result.after):
        rows += [(title_of(year.scenario, lang),), *_published_rows(year, lang)]
    return _published(text("table.reproduced", lang), tuple(rows), result, lang)


def people_table(result: ReproduceResult, lang: Lang) -> Table:
    """Return how many people stand behind the published calls, by redial probability."""
    rows = tuple(
        (
            f"{row.redial_probability:g}",
            f"{row.people_before:,.0f}",
            f"{row.people_after:,.0f}",
            f"{row.growth:.2f}",
            shown("connect_rate", row.served_before),
            shown("connect_rate", row.served_after),
        )
        for row in result.people
    )
    heads = _head(
        lang, "redial", "people_before", "people_after", "growth", "served_before", "served_after"
    )
    return Table(text("table.people", lang), heads, rows, frozenset(range(6)))


def number_table(scenario: Scenario, values: Mapping[str, Any], lang: Lang) -> Table:
    """Return numbers of a scenario with their origins; *values* by dotted key."""
    sections: dict[str, list[tuple[str, ...]]] = {}
    for key, origin in scenario.provenance.items():
        if key not in values:
            continue
        section = _section(key)
        sections.setdefault(section, []).append(
            (
                key.removeprefix(f"{section}."),
                brief(values[key], lang),
                "" if origin.range is None else bounds(origin.range),
                _origin(origin, values[key], lang),
            )
        )
    rows: list[tuple[str, ...]] = []
    for section, numbers in sections.items():
        rows += [(_section_title(scenario, section, lang),), *numbers]
    heads = _head(lang, "key", "value", "range", "origin")
    return Table(title_of(scenario, lang), heads, tuple(rows), frozenset({1, 2}))


def _section(key: str) -> str:
    """Return the table a key stands in: a channel, one row of its transitions, a shift."""
    parts = key.split(".")
    if parts[0] not in ("channels", "teams", "departments"):
        return parts[0]
    return ".".join(parts[: 4 if parts[2] in ("next", "shifts") else 2])


def _section_title(scenario: Scenario, section: str, lang: Lang) -> str:
    """Return a table's name, and of a row of transitions or a shift which it is."""
    match section.split("."):
        case ["channels", name, "next", row_name]:
            row = next(one for one in scenario.channels[name].next if one.name == row_name)
            steps = (row.after, row.department, row.to or text("table.no_contact", lang))
            return f"{section}: {' → '.join(step for step in steps if step)}"
        case ["teams", name, "shifts", number]:
            shift = scenario.teams[name].shifts[int(number)]
            return f"{section}: {shift.from_}–{shift.to} {shift.days}"
    return section


def bounds(ends: Sequence[float]) -> str:
    """Return a range of a number as a report prints it."""
    return f"{plain(ends[0])} … {plain(ends[1])}"


def brief(value: Any, lang: Lang) -> str:
    """Return a value, or of a long list how many numbers it has."""
    if isinstance(value, list) and len(value) > _LIST_SHOWN:
        return text("table.list", lang, count=len(value))
    return plain(value)


def _origin(origin: Provenance, value: Any, lang: Lang) -> str:
    """Return where a number comes from, the formula it follows, and a long list's numbers."""
    words = text(f"origin.{'set_by_user' if origin.set_by_user else origin.kind}", lang)
    if origin.instead_of is not None:
        was = brief(list(was) if isinstance(was := origin.instead_of, tuple) else was, lang)
        words = text("table.instead_of", lang, origin=words, value=was)
    if origin.to:
        chosen = "chosen_to" if origin.kind is Origin.FITTED else "chosen_from"
        words = text(f"table.{chosen}", lang, origin=words, figures=", ".join(origin.to))
    if origin.source:
        words = text("table.of_source", lang, origin=words, source=origin.source)
    listed = plain(value) if isinstance(value, list) and len(value) > _LIST_SHOWN else ""
    told = (words, origin.formula, origin.note_in(lang), listed)
    return text("table.colon", lang).join(part for part in told if part)


def differing_table(differing: Sequence[Differing], lang: Lang) -> Table:
    """Return the numbers of a result that are not the same again, the first of them."""
    shown_first = differing[:_DIFFERING_SHOWN]
    rows = tuple((one.key, _as_found(one.was), _as_found(one.now)) for one in shown_first)
    title = text("table.differing", lang, count=len(differing), shown=len(rows))
    heads = _head(lang, "key", "was", "now")
    return Table(title, heads, rows, frozenset({1, 2}), solid=frozenset({0}))


def _as_found(value: object) -> str:
    """Return a number of a result with all its digits."""
    return NOTHING if value is None else str(value)


def catalogue_table(scenarios: Iterable[Scenario], lang: Lang) -> Table:
    """Return the shipped scenarios with their titles, and how many numbers have which origin."""
    rows = [(one.stamped_name, title_of(one, lang), *_counts(one)) for one in scenarios]
    heads = (*_head(lang, "name", "title"), *(text(f"origin.{kind}", lang) for kind in Origin))
    return Table(
        text("table.catalogue", lang),
        heads,
        tuple(rows),
        numeric=frozenset(range(2, 2 + len(Origin))),
        solid=frozenset({0}),
        note=text("table.catalogue_note", lang),
    )


def city_table(cities: Iterable[City], lang: Lang) -> Table:
    """Return the cities: their scenarios, what is printed of each, and what is assumed."""
    rows = []
    for city in cities:
        assumed = getattr(city.assumed, lang) if city.assumed else text("table.no_figures", lang)
        names = ", ".join(city.scenarios) or text("table.none", lang)
        rows.append((str(getattr(city.title, lang)), names, getattr(city.printed, lang), assumed))
    heads = _head(lang, "city", "scenarios", "is_printed", "is_assumed")
    note = text("table.cities_note", lang)
    return Table(text("table.cities", lang), heads, tuple(rows), note=note)


def _counts(scenario: Scenario) -> list[str]:
    kinds = [origin.kind for origin in scenario.provenance.values()]
    return [str(kinds.count(kind)) for kind in Origin]


def title_of(scenario: Scenario, lang: Lang) -> str:
    """Return a scenario's title."""
    return str(getattr(scenario.title, lang))


def channel_title(scenario: Scenario, name: str, lang: Lang) -> str:
    """Return a channel's title, or its name."""
    label = scenario.channels[name].title
    return str(getattr(label, lang)) if label else name
