"""Which sheets a workbook on a result has, and what the first of them explains."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.definitions import definition_table
from hotline_sim.reports.pages import blocks, csv_files
from hotline_sim.reports.parts import Points
from hotline_sim.reports.report.contents import edition_of
from hotline_sim.reports.report.repeating import citation, standing_table
from hotline_sim.reports.tables import Part, Table
from hotline_sim.reports.workbook import from_records, from_tables, of_scenarios
from hotline_sim.reports.workbook.sheets import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang
    from hotline_sim.reports.parts import Block
    from hotline_sim.reports.workbook.sheets import Cell

_MEASURES = "measures.csv"
_LONGEST = 31  # letters of a sheet's name
_REFUSED = str.maketrans(dict.fromkeys("[]:*?/\\'：？", " "))


def sheets_of(results: Sequence[Result], languages: Sequence[Lang]) -> list[Sheet]:
    """Return the sheets of a workbook on results in each language, no two of one name."""
    taken: set[str] = set()
    found: list[Sheet] = []
    for lang in languages:
        for result in results:
            found += _of_result(result, lang, taken)
    return found


def _of_result(result: Result, lang: Lang, taken: set[str]) -> list[Sheet]:
    scenarios, files = result.header.scenarios, csv_files(result)
    (own,) = _named([Sheet(text("workbook.sheet.explanation", lang), "", (), ())], taken, lang)
    page = blocks(result, lang)
    tables = [one for one in page if isinstance(one, Table)]
    shown = [one for one in tables if one.part is not Part.ASSUMED and one.rows]
    sheets = [
        from_tables.sheet_of(
            one, text("workbook.table", lang, number=number, title=one.title), lang
        )
        for number, one in enumerate(shown, start=1)
    ]
    sheets += [
        from_records.sheet_of(PurePath(name).stem, content, result.scenario, lang)
        for name, content in files.items()
        if name.endswith(".csv")
    ]
    sheets += [
        of_scenarios.roster_sheet(scenarios, lang),
        of_scenarios.cost_sheet(scenarios, files.get(_MEASURES), lang),
        of_scenarios.assumption_sheet(scenarios, lang),
    ]
    named = _named((one for one in sheets if one.rows), taken, lang)
    return [_explanation(result, page, own.name, named), *named]


def _named(sheets: Iterable[Sheet], taken: set[str], lang: Lang) -> list[Sheet]:
    """Return sheets with names that a workbook takes, none of which is taken."""
    named = []
    for one in sheets:
        name = " ".join(one.name.translate(_REFUSED).split())
        short, number = name[:_LONGEST].strip(), 1
        while short.lower() in taken:
            number += 1
            behind = f" ({number})"
            short = f"{name[: _LONGEST - len(behind)].strip()}{behind}"
        taken.add(short.lower())
        named.append(replace(one, name=short, lang=lang))
    return named


def _explanation(
    result: Result, page: Sequence[Block], name: str, sheets: Sequence[Sheet]
) -> Sheet:
    """Return the first sheet: the answer, what each sheet holds, and how to repeat it."""
    lang = sheets[0].lang
    edition = edition_of([result], lang)
    (chapter,) = edition.chapters
    stands = standing_table(result, lang)
    rows: list[Sequence[Cell]] = [
        (text("report.answer", lang), chapter.answer),
        (text("workbook.sheets", lang),),
        *((one.name, one.title) for one in sheets),
        (text("workbook.said", lang),),
        *_sentences(page),
        (stands.title,),
        (
            text("workbook.command", lang),
            result.header.command or text("report.repeat_python", lang),
        ),
        *stands.rows,
        (text("report.cite", lang), citation(result.version, lang)),
        *_definitions(result, lang),
    ]
    return Sheet(
        name,
        f"{chapter.title}: {chapter.about}"
        if lang == "en"
        else f"{chapter.title}：{chapter.about}",
        (text("report.entry", lang), text("workbook.words", lang)),
        rows,
        note=text("workbook.note.explanation", lang),
        links=frozenset(one.name for one in sheets),
        wide=frozenset({1}),
        lang=lang,
    )


def _sentences(page: Iterable[Block]) -> Iterable[Sequence[Cell]]:
    """Yield what the page says in sentences."""
    for block in page:
        if isinstance(block, str):
            yield ("", block)
        elif isinstance(block, Points):
            yield from (("", f"{n}. {one}") for n, one in enumerate(block.sentences, start=1))


def _definitions(result: Result, lang: Lang) -> Iterable[Sequence[Cell]]:
    """Yield what each measure counts, over what."""
    table = definition_table(lang)
    yield (table.title,)
    for name, title, numerator, denominator, unit, *_ in table.rows:
        counted = numerator
        if denominator != NOTHING:
            over = {"numerator": numerator, "denominator": denominator}
            counted = text("workbook.defined", lang, **over)
        yield (
            f"{title} [{name}]",
            f"{counted} ({unit})" if lang == "en" else f"{counted}（{unit}）",
        )
