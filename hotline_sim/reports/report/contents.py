"""What a report says, whatever file it becomes: the answer first, then what it stands on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hotline_sim.domain import Origin, Role
from hotline_sim.messages import names, text
from hotline_sim.reports.assumptions import assumed_numbers
from hotline_sim.reports.pages import SHOWN, blocks
from hotline_sim.reports.parts import Block, Picture, Points
from hotline_sim.reports.report import method, repeating
from hotline_sim.reports.tables import Part, Table, number_table, title_of
from hotline_sim.reports.typography import typeset, typeset_block
from hotline_sim.scenario import values_of
from hotline_sim.scenario.roles import roles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_ASSUMPTIONS_SHOWN = 20
_ROLES = (Role.PREDICTED, Role.ASSUMED_FROM, Role.FITTED)  # what tests the model comes first


@dataclass(frozen=True)
class Quoted:
    """What is to be typed as it stands: a command."""

    words: str


@dataclass(frozen=True)
class Section:
    """Blocks under a heading."""

    heading: str
    blocks: Sequence[Block | Quoted]


@dataclass(frozen=True)
class Chapter:
    """One result: what it is about, its answer in a sentence, and the sections."""

    title: str
    about: str
    answer: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Edition:
    """The report in one language; ``closing`` are the sections behind all chapters."""

    lang: Lang
    title: str
    chapters: Sequence[Chapter]
    closing: Sequence[Section]


def edition_of(results: Sequence[Result], lang: Lang) -> Edition:
    """Return what a report on results says in a language."""
    chapters = [_chapter(one, lang) for one in results]
    title = chapters[0].title
    if len(chapters) > 1:
        title = text("report.many", lang, count=len(chapters))
    cited = Section(text("report.cite", lang), _cited(results, lang))
    return Edition(lang, title, chapters, [cited, *_appendices(results, lang)])


def _chapter(result: Result, lang: Lang) -> Chapter:
    page = blocks(result, lang)
    found = [one for one in page if _part(one) is Part.FOUND]
    published = [one for one in page if _part(one) is Part.PUBLISHED]
    assumed = [one for one in page if _part(one) is Part.ASSUMED]
    sections: dict[str, Sequence[Block | Quoted]] = {
        "found": [*_quick(result, lang), *found],
        "published": _published(published, result, lang) if published else [],
        "assumed": _assumed(assumed, result, lang),
        "method": method.method_blocks(result, kind_of(result, lang), lang),
        "repeat": _repeat(result, lang),
        "sources": repeating.source_blocks(result.header.scenarios, lang),
    }
    return Chapter(
        " → ".join(dict.fromkeys(title_of(one, lang) for one in result.header.scenarios)),
        kind_of(result, lang),
        typeset(_answer(result, page, lang), lang),
        [
            Section(text(f"report.{name}", lang), _set(said, lang))
            for name, said in sections.items()
            if said
        ],
    )


def _set(said: Sequence[Block | Quoted], lang: Lang) -> list[Block | Quoted]:
    return [one if isinstance(one, Quoted) else typeset_block(one, lang) for one in said]


def _quick(result: Result, lang: Lang) -> list[Block]:
    """Return that it was a first look, if it was: its bands are rougher than the answer's."""
    asked = (result.header.command or "").split()
    return [text("report.quick", lang)] if "--quick" in asked else []


def kind_of(result: Result, lang: Lang) -> str:
    """Return what kind of experiment a result is of, in words if there are some."""
    named = f"report.kind.{result.kind}"
    return text(f"report.kind.{result.kind}", lang) if named in names(lang) else result.kind


def _part(block: Block) -> Part:
    return block.part if isinstance(block, (Table, Picture)) else Part.FOUND


def _answer(result: Result, page: Iterable[Block], lang: Lang) -> str:
    """Return the answer in a sentence.

    Of an experiment that gives none it is the first of its points, or its first row.
    """
    answer = SHOWN[result.kind].answer
    if answer is not None:
        return answer(result, lang)
    for points in (block for block in page if isinstance(block, Points)):
        return points.sentences[0]
    for table in (block for block in page if isinstance(block, Table)):
        for name, *found in (row for row in table.rows if len(row) > 1):
            named = zip(table.heads[1:], found, strict=True)
            told = text("report.comma", lang).join(f"{head} {cell}" for head, cell in named)
            return text("report.answer_first", lang, first=name, found=told)
    return next((block for block in page if isinstance(block, str)), "")


# Published beside simulated ---------------------------------------------------------------


def _published(page: Iterable[Block], result: Result, lang: Lang) -> list[Block]:
    """Return the published figures, what was predicted apart from what was fitted."""
    roles = [role for one in result.header.scenarios for role in roles_of(one).values()]
    counts = {role.value: roles.count(role) for role in Role}
    told: list[Block] = [text("report.published_counts", lang, count=len(roles), **counts)]
    for block in page:
        told += taken_apart(block, lang) if isinstance(block, Table) else [block]
    return told


def taken_apart(table: Table, lang: Lang) -> list[Table]:
    """Return a table for each word in the column by which rows are to be taken apart."""
    column = table.apart
    if column is None:
        return [table]
    order = [text(f"role.{role}", lang) for role in _ROLES]
    words = dict.fromkeys(row[column] for row in table.rows if len(row) > 1)
    tables: list[Table] = []
    for word in sorted(words, key=lambda one: order.index(one) if one in order else len(order)):
        kept = replace(
            table,
            title=text("report.of_role", lang, title=table.title, role=word),
            heads=_without(table.heads, column),
            rows=tuple(_without(row, column) for row in _rows_of(word, table.rows, column)),
            note="" if tables else table.note,
            apart=None,
            numeric=_shifted(table.numeric, column),
            solid=_shifted(table.solid, column),
            spare=_shifted(table.spare, column),
        )
        tables.append(kept)
    return tables


def _rows_of(word: str, rows: Iterable[tuple[str, ...]], column: int) -> Iterator[tuple[str, ...]]:
    """Yield the rows with a word in a column, each heading only if such a row follows it."""
    heading: tuple[str, ...] | None = None
    for row in rows:
        if len(row) == 1:
            heading = row
        elif row[column] == word:
            if heading is not None:
                yield heading
            heading = None
            yield row


def _without(row: tuple[str, ...], column: int) -> tuple[str, ...]:
    return row if len(row) == 1 else (*row[:column], *row[column + 1 :])


def _shifted(columns: frozenset[int], taken: int) -> frozenset[int]:
    """Return columns by their numbers after one of them was taken out."""
    return frozenset(one - (one > taken) for one in columns if one != taken)


# What is assumed --------------------------------------------------------------------------


def _assumed(tables: Sequence[Block], result: Result, lang: Lang) -> list[Block]:
    """Return how much is assumed, which of it moves the answer most, and the widest ranges."""
    scenarios = result.header.scenarios
    told: list[Block] = [_counts(one, lang) for one in _apart(scenarios)]
    told += [text("report.assumed_worth", lang), *_decisive(result, lang)]
    if not tables:
        tables = [assumed_numbers(scenarios[-1], {}, lang, most=_ASSUMPTIONS_SHOWN)]
    return [*told, *(one for one in tables if not isinstance(one, Table) or one.rows)]


def _decisive(result: Result, lang: Lang) -> list[Block]:
    """Return which assumption moves the answer most, or that this was not measured.

    Of an experiment that does not say whether it measures that, nothing.
    """
    decisive = SHOWN[result.kind].decisive
    if decisive is None:
        return []
    found = decisive(result, lang)
    if found:
        return found
    how = [] if result.header.draws else [text("report.measure_it", lang)]
    return [text("report.not_measured", lang), *how]


def _counts(scenario: Scenario, lang: Lang) -> str:
    kinds = [
        "set_by_user" if origin.set_by_user else origin.kind.value
        for origin in scenario.provenance.values()
    ]
    counts = {name: kinds.count(name) for name in (*Origin, "set_by_user")}
    return text(
        "report.assumed_counts", lang, count=len(kinds), scenarios=scenario.stamped_name, **counts
    )


# How to repeat and to cite it -------------------------------------------------------------


def _repeat(result: Result, lang: Lang) -> list[Block | Quoted]:
    command = result.header.command
    asked: list[Block | Quoted] = [text("report.repeat_python", lang)]
    if command is not None:
        asked = [text("report.repeat_command", lang), Quoted(command)]
    return [
        *asked,
        text("report.repeat_rerun", lang),
        Quoted("hotline-sim rerun result.json"),
        repeating.standing_table(result, lang),
    ]


def _cited(results: Iterable[Result], lang: Lang) -> list[Block]:
    versions = dict.fromkeys(one.version for one in results)
    cited = [repeating.citation(version, lang) for version in versions]
    return [*cited, text("report.cite_report", lang)]


def _appendices(results: Iterable[Result], lang: Lang) -> Iterator[Section]:
    """Yield the numbers of every scenario: of the first all, of the others what is not alike.

    A scenario that several results are about is listed once.
    """
    listed: dict[str, Mapping[str, Any]] = {}
    for scenario in _apart(one for result in results for one in result.header.scenarios):
        values = values_of(scenario)
        told = {key: (values[key], scenario.provenance[key]) for key in scenario.provenance}
        base = min(listed.values(), key=lambda one: len(differing(told, one)), default=None)
        shown = values if base is None else {key: values[key] for key in differing(told, base)}
        heading = "report.appendix" if base is None else "report.appendix_other"
        table = number_table(scenario, shown, lang)
        body: list[Block] = [table] if table.rows else [text("report.appendix_same", lang)]
        yield Section(text(heading, lang, scenario=scenario.stamped_name), body)
        listed[scenario.name] = told


def differing(told: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """Return the keys of which something other is told than in a base, or nothing there."""
    return [key for key, one in told.items() if base.get(key) != one]


def _apart(scenarios: Iterable[Scenario]) -> list[Scenario]:
    """Return scenarios, each once."""
    found: dict[tuple[str, str], Scenario] = {}
    for one in scenarios:
        found.setdefault((one.name, one.digest()), one)
    return list(found.values())
