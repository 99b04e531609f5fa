"""A report laid out for a file: figures and tables numbered, each figure drawn."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hotline_sim.messages import text
from hotline_sim.reports.parts import Picture, Points
from hotline_sim.reports.report.contents import Quoted
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure

    from hotline_sim.messages import Lang
    from hotline_sim.reports.parts import Block
    from hotline_sim.reports.report.contents import Edition, Section

Form = Literal["text", "quoted", "points", "picture", "table"]
_UNIT = re.compile(r"(?<=\d) (?=(%|s|pt)(?![A-Za-z]))")  # 90.07 %: no line ends before it
_CODES = {"en": "en", "zh": "zh-Hans"}  # of languages, as files name them


@dataclass(frozen=True)
class Drawing:
    """A figure as a file takes it, and what it shows, in words."""

    label: str
    content: bytes


@dataclass(frozen=True)
class LaidBlock:
    """A block, what form it has, and what it is called: Figure 3, Table 1."""

    form: Form
    block: Block | Quoted
    named: str = ""
    drawing: Drawing | None = None


@dataclass(frozen=True)
class LaidSection:
    """A section of such blocks."""

    heading: str
    blocks: Sequence[LaidBlock]


@dataclass(frozen=True)
class LaidChapter:
    """A chapter of such sections."""

    title: str
    about: str
    answer: str
    sections: Sequence[LaidSection]


@dataclass(frozen=True)
class LaidEdition:
    """The report in one language, ``code`` as files name it, and the words around it."""

    lang: Lang
    code: str
    title: str
    chapters: Sequence[LaidChapter]
    closing: Sequence[LaidSection]
    answer: str
    contents: str


def laid_out(edition: Edition, render: Callable[[Figure], bytes]) -> LaidEdition:
    """Return an edition with its blocks numbered and its figures drawn by *render*."""
    numbers = {"figure": 0, "table": 0}

    def section(one: Section) -> LaidSection:
        return LaidSection(clean(one.heading), [block(each) for each in one.blocks])

    def block(one: Block | Quoted) -> LaidBlock:
        match one:
            case Quoted():
                return LaidBlock("quoted", Quoted(clean(one.words)))
            case Points():
                sentences = list(map(kept, one.sentences))
                return LaidBlock("points", Points(kept(one.heading), sentences))
            case str():
                return LaidBlock("text", kept(one))
            case Table():
                return LaidBlock("table", _clean_table(one), named("table"))
            case Picture():
                figure = one.draw()
                drawing = Drawing(clean(str(figure.get_label())), render(figure))
                return LaidBlock("picture", one, named("figure"), drawing)

    def named(what: str) -> str:
        numbers[what] += 1
        return text(f"report.{what}", edition.lang, number=numbers[what])

    chapters = [
        LaidChapter(
            clean(one.title), clean(one.about), kept(one.answer), list(map(section, one.sections))
        )
        for one in edition.chapters
    ]
    return LaidEdition(
        edition.lang,
        _CODES[edition.lang],
        clean(edition.title),
        chapters,
        [section(one) for one in edition.closing],
        answer=text("report.answer", edition.lang),
        contents=text("report.contents", edition.lang),
    )


def kept(words: str) -> str:
    """Return a sentence in which no line ends between a number and its unit."""
    return _UNIT.sub("\N{NO-BREAK SPACE}", clean(words))


def clean(words: str) -> str:
    """Return words without what is no character: no file can hold it, and nobody sees it."""
    return "".join(one for one in words if one in "\n\t" or not _is_odd(one))


def _is_odd(character: str) -> bool:
    """Tell control characters, halves of characters, and numbers that stand for none."""
    return unicodedata.category(character) in ("Cc", "Cs") or ord(character) & 0xFFFE == 0xFFFE


def _clean_table(table: Table) -> Table:
    return replace(
        table,
        title=clean(table.title),
        heads=tuple(map(clean, table.heads)),
        rows=tuple(tuple(map(clean, row)) for row in table.rows),
        note=kept(table.note),
    )


def is_wide(character: str) -> bool:
    """Tell whether a character is as wide as two letters: a hanzi, a full-width mark."""
    return unicodedata.east_asian_width(character) in "WF"
