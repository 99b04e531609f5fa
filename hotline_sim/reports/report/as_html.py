"""A report as one HTML file: font, figures and style inside it, and nothing that runs."""

from __future__ import annotations

import base64
import itertools
import re
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING

import hotline_sim
from hotline_sim.reports.report.font import subset
from hotline_sim.reports.report.inline import inline
from hotline_sim.reports.report.laid_out import is_wide, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

    from hotline_sim.reports.report.contents import Edition

_HERE = "FONT"  # stands in the page until it is known which letters the font must draw
_ENGLISH = re.compile(r'<article class="edition" lang="en">.*?</article>', re.DOTALL)
_NARROW = str.maketrans(dict.fromkeys("“”", "&quot;") | dict.fromkeys("‘’", "&#39;") | {"…": "..."})
_WITHOUT_WORDS = re.compile(r"<(style|svg)\b.*?</\1>", re.DOTALL)
_SHOWN = frozenset({"data-head", "aria-label"})  # attributes whose words are shown, or read out
_PIECES = re.compile(r"[^._/]*[._/]|[^._/]+")  # of a key, between which a line may end
_SHORT, _LONG = 12, 30  # letters: of a cell that stays on a line, of a word that may be broken
_ALWAYS = "".join(map(chr, range(0x20, 0x7F)))  # the numbers of lists, and what is typed


def html(editions: Sequence[Edition]) -> bytes:
    """Return a report as an HTML file, whose figures are drawn for it."""
    from jinja2 import Environment
    from markupsafe import Markup

    from hotline_sim import plots  # loads matplotlib

    numbers = itertools.count(1)

    def render(figure: Figure) -> bytes:
        return inline(plots.rendered(figure, "svg"), next(numbers)).encode()

    environment = Environment(autoescape=True, keep_trailing_newline=True)
    environment.filters["svg"] = lambda drawing: Markup(drawing.content.decode())
    environment.filters["fit"] = fit
    environment.filters["breakable"] = lambda words: Markup("<wbr>").join(_PIECES.findall(words))
    template = environment.from_string(_file("page.html.jinja"))
    given = {
        "editions": [laid_out(one, render) for one in editions],
        "generator": f"hotline-sim {hotline_sim.__version__}",
        "css": Markup(_file("page.css")),
    }
    page = _narrowed(template.render(font=_HERE, **given))
    font = base64.b64encode(subset(sorted({*_ALWAYS, *words_of(page)}))).decode()
    return page.replace(_HERE, font, 1).encode()


def _narrowed(page: str) -> str:
    """Return a page with marks in its English part that are no wider than Latin letters.

    Those of the font are as wide as a hanzi, and would gape.
    """
    return _ENGLISH.sub(lambda part: part[0].translate(_NARROW), page)


def fit(cell: str) -> str:
    """Return how a cell takes to little room: it stays on a line, or its words may be broken."""
    if sum(1 + is_wide(one) for one in cell) <= _SHORT:
        return "short"
    return "long" if max(map(len, cell.split()), default=0) > _LONG and cell.isascii() else ""


def _file(name: str) -> str:
    return (resources.files("hotline_sim.reports.report") / name).read_text(encoding="utf-8")


class _Words(HTMLParser):
    """Collects the characters that a page shows, or has read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in _SHOWN and value:
                self.found.update(value)

    def handle_data(self, data: str) -> None:
        self.found.update(data)


def words_of(page: str) -> set[str]:
    """Return the characters that a page shows in its own font; figures have drawn theirs."""
    parser = _Words()
    parser.feed(_WITHOUT_WORDS.sub("", page))
    return {one for one in parser.found if one.isprintable()}
