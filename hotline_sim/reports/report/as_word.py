"""A report as a Word document: real styles, so that its headings can be listed and changed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import hotline_sim
from hotline_sim.reports.parts import Points
from hotline_sim.reports.report.laid_out import is_wide, laid_out
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document
    from docx.table import Table as WordTable
    from docx.text.paragraph import Paragraph
    from matplotlib.figure import Figure

    from hotline_sim.reports.report.contents import Edition
    from hotline_sim.reports.report.laid_out import LaidBlock, LaidChapter, LaidEdition, LaidSection

# Fonts that come with Windows, WPS and LibreOffice for Chinese; nothing is embedded.
_LATIN, _SONG, _HEI = "Times New Roman", "宋体", "黑体"
_LATIN_HEADING = "Arial"
_HEADINGS = ("Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption")
_INK, _QUIET, _BLUE, _PALE = "1F2328", "59636E", "0B4F8F", "F3F4F6"
_TEXT_PT, _TABLE_PT, _NARROW_PT = 10.5, 8.5, 6.5
_MANY = 7  # columns that still fit across a page in the tables' usual size
_ACROSS_MM, _MARGIN_MM = 210, 22
_WIDTH_MM = _ACROSS_MM - 2 * _MARGIN_MM
_DOWN_MM = 297
_HIGHEST_MM = 190  # of a figure, so that its caption stands below it
# Of a table's columns, in letters: what stays on a line, the longest word that does, the most
# that a cell asks for, and its edges; and about how wide a letter is.
_SHORT, _WORD, _MOST, _EDGES = 10, 22, 160, 3
_LETTER_MM_PER_PT = 0.18


def word(editions: Sequence[Edition]) -> bytes:
    """Return a report as a .docx file, whose figures are drawn for it."""
    import docx

    from hotline_sim import plots  # loads matplotlib

    def render(figure: Figure) -> bytes:
        return plots.rendered(figure, "png")

    document = docx.Document()
    _prepare(document)
    laid = [laid_out(one, render) for one in editions]
    document.core_properties.title = " / ".join(dict.fromkeys(one.title for one in laid))
    document.core_properties.language = ", ".join(one.code for one in laid)
    for number, edition in enumerate(laid):
        _edition(document, edition, on_new_page=number > 0)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


# What it says -----------------------------------------------------------------------------


def _edition(document: Document, edition: LaidEdition, *, on_new_page: bool) -> None:
    many = len(edition.chapters) > 1
    if many:
        title = document.add_paragraph(edition.title, style="Title")
        title.paragraph_format.page_break_before = on_new_page
    for number, chapter in enumerate(edition.chapters):
        title = _chapter(document, chapter, edition, "Heading 1" if many else "Title")
        title.paragraph_format.page_break_before = number > 0 or (on_new_page and not many)
    for one in edition.closing:
        _section(document, one, 1)


def _chapter(
    document: Document, chapter: LaidChapter, edition: LaidEdition, style: str
) -> Paragraph:
    """Write a chapter, and return the paragraph of its title."""
    title = document.add_paragraph(chapter.title, style=style)
    document.add_paragraph(chapter.about, style="Subtitle")
    answer = document.add_paragraph(style="Intense Quote")
    answer.add_run(f"{edition.answer}\n").bold = True
    answer.add_run(chapter.answer)
    for one in chapter.sections:
        _section(document, one, 1 if style == "Title" else 2)
    return title


def _section(document: Document, section: LaidSection, level: int) -> None:
    document.add_heading(section.heading, level)
    for one in section.blocks:
        _block(document, one, level)


def _block(document: Document, one: LaidBlock, level: int) -> None:
    block = one.block
    if isinstance(block, Table):
        _table(document, block, one.named)
    elif isinstance(block, Points):
        document.add_heading(block.heading, level + 1)
        for number, sentence in enumerate(block.sentences, start=1):
            document.add_paragraph(f"{number}. {sentence}", style="List Paragraph")
    elif one.drawing is not None:
        _picture(document, one)
    elif one.form == "quoted":
        document.add_paragraph(getattr(block, "words", ""), style="Quote")
    else:
        document.add_paragraph(str(block))


def _picture(document: Document, one: LaidBlock) -> None:
    from docx.shared import Emu, Mm

    assert one.drawing is not None, "a picture is drawn"
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    shape = paragraph.add_run().add_picture(io.BytesIO(one.drawing.content), width=Mm(_WIDTH_MM))
    if shape.height > Mm(_HIGHEST_MM):
        shape.width = Emu(int(shape.width * Mm(_HIGHEST_MM) / shape.height))
        shape.height = Mm(_HIGHEST_MM)
    shape._inline.docPr.set("descr", one.drawing.label)  # what a screen reader says of it
    document.add_paragraph(f"{one.named} {one.drawing.label}", style="Caption")


def _table(document: Document, table: Table, named: str) -> None:
    caption = document.add_paragraph(f"{named} {table.title}", style="Caption")
    caption.paragraph_format.keep_with_next = True
    if table.note:
        note = document.add_paragraph(table.note, style="Table Note")
        note.paragraph_format.keep_with_next = True
    rows = [table.heads, *table.rows]
    made = document.add_table(len(rows), len(table.heads), style="Table Grid")
    size_pt = _TABLE_PT if len(table.heads) <= _MANY else _NARROW_PT
    _lay(made, _widths(table, size_pt))
    for i, (row, cells) in enumerate(zip(made.rows, rows, strict=True)):
        _unbroken(row)
        if len(cells) == 1:
            whole = row.cells[0].merge(row.cells[-1])
            _write(whole, cells[0], size_pt)
            _shade(whole)
            continue
        for j, (cell, words) in enumerate(zip(row.cells, cells, strict=True)):
            _write(cell, words, size_pt, to_right=j in table.numeric)
            if i == 0:
                _shade(cell)
    _repeat(made.rows[0])
    document.add_paragraph().paragraph_format.space_after = 0


def _write(cell: Any, words: str, size_pt: float, *, to_right: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.line_spacing = 1.0
    paragraph.add_run(words).font.size = Pt(size_pt)
    if to_right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


# How it looks -----------------------------------------------------------------------------


def _prepare(document: Document) -> None:
    """Set paper, fonts, who made it, and the foot of every page."""
    from docx.shared import Mm

    (section,) = document.sections
    section.page_width, section.page_height = Mm(_ACROSS_MM), Mm(_DOWN_MM)
    section.left_margin = section.right_margin = Mm(_MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(_MARGIN_MM)
    _styles(document)
    about = document.core_properties
    about.author = about.last_modified_by = f"hotline-sim {hotline_sim.__version__}"
    about.comments = ""
    for dated in ("created", "modified"):  # those of the template; the same result has none
        for found in about._element.xpath(f"dcterms:{dated}"):
            about._element.remove(found)
    foot = section.footer.paragraphs[0]
    foot.text = f"hotline-sim {hotline_sim.__version__}    "
    _field(foot, "PAGE")


def _styles(document: Document) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Mm, Pt, RGBColor

    styles = document.styles
    note: Any = styles.add_style("Table Note", WD_STYLE_TYPE.PARAGRAPH)
    note.base_style = styles["Normal"]
    for style in styles:
        if style.type == WD_STYLE_TYPE.PARAGRAPH:
            heading = style.name in _HEADINGS
            _fonts(style, _LATIN_HEADING if heading else _LATIN, _HEI if heading else _SONG)
    sizes = {"Normal": _TEXT_PT, "Title": 20, "Subtitle": 11, "Heading 1": 15, "Heading 2": 12.5}
    sizes |= {"Heading 3": 11, "Caption": 9.5, "Table Note": 8.5, "Intense Quote": 12, "Quote": 9.5}
    colours = {"Title": _INK, "Subtitle": _QUIET, "Table Note": _QUIET, "Quote": _INK}
    colours |= {"Caption": _INK, "Intense Quote": _INK}
    colours |= dict.fromkeys(("Heading 1", "Heading 2", "Heading 3"), _BLUE)
    for name, size_pt in sizes.items():
        font = styles[name].font
        font.size, font.italic, font.bold = Pt(size_pt), False, False
        if name in colours:
            font.color.rgb = RGBColor.from_string(colours[name])
    normal: Any = styles["Normal"]
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(5), 1.25
    quote: Any = styles["Intense Quote"]
    quote.paragraph_format.left_indent = quote.paragraph_format.right_indent = Mm(4)


def _fonts(style: Any, latin: str, east_asian: str) -> None:
    """Set a style's fonts, of hanzi too, in place of the theme's."""
    from docx.oxml.ns import qn

    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), latin)
    fonts.set(qn("w:eastAsia"), east_asian)


def _lay(made: WordTable, widths: Sequence[float]) -> None:
    from docx.shared import Mm

    made.autofit = False
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)


def _widths(table: Table, size_pt: float) -> list[float]:
    """Return how wide each column is, in millimetres, together as wide as the page.

    Every column has room for its longest word; what is left goes to those with more to say.
    """
    least, wanted = [], []
    for j, head in enumerate(table.heads):
        cells = [row[j] for row in table.rows if len(row) > 1]
        longest = max(map(_letters, cells), default=0)
        words = [_letters(one) for cell in (head, *cells) for one in cell.split()]
        unbroken = min(max(words, default=0), _WORD)
        if j in table.numeric or longest <= _SHORT:
            unbroken = max(unbroken, longest)
        least.append(unbroken + _EDGES)
        wanted.append(min(max(longest, _letters(head)), _MOST) + _EDGES)
    room = _WIDTH_MM / (_LETTER_MM_PER_PT * size_pt)
    more = [max(most - few, 0) for few, most in zip(least, wanted, strict=True)]
    spare = max(room - sum(least), 0.0) / max(sum(more), 1)
    taken = [few + one * spare for few, one in zip(least, more, strict=True)]
    return [_WIDTH_MM * one / sum(taken) for one in taken]


def _letters(words: str) -> int:
    """Return how long words are; a hanzi is as wide as two letters."""
    return sum(1 + is_wide(one) for one in words)


def _shade(cell: Any) -> None:
    _append(cell._tc.get_or_add_tcPr(), "w:shd", val="clear", color="auto", fill=_PALE)


def _repeat(row: Any) -> None:
    """Let a row stand at the head of every page that its table goes on to."""
    _append(row._tr.get_or_add_trPr(), "w:tblHeader", val="true")


def _unbroken(row: Any) -> None:
    _append(row._tr.get_or_add_trPr(), "w:cantSplit", val="true")


def _field(paragraph: Any, name: str) -> None:
    """Append what Word fills in: the number of the page."""
    field = _append(paragraph._p, "w:fldSimple", instr=name)
    _append(_append(field, "w:r"), "w:t").text = "1"


def _append(parent: Any, tag: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    parent.append(made)
    return made
