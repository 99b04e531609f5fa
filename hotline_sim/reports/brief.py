"""A result in a few lines of HTML, as a notebook shows it: the answer and the first table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from hotline_sim.experiments import ErlangResult, ValidationResult
from hotline_sim.messages import default_language
from hotline_sim.reports.calculator import erlang_table
from hotline_sim.reports.pages import SHOWN, blocks
from hotline_sim.reports.tables import Table
from hotline_sim.reports.typography import typeset
from hotline_sim.reports.validation import validation_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang

_MOST_ROWS = 20


def html_of(result: Result | ErlangResult | ValidationResult, *, lang: Lang | None = None) -> str:
    """Return a result as a short piece of HTML: its answer in a sentence, its first table.

    In the language that was set, or the locale's, if none is given. It needs neither pandas nor
    a style sheet, and all that is of a scenario stays text.
    """
    lang = lang or default_language()
    answer, table = _brief(result, lang)
    said = [f"<p>{escape(typeset(answer, lang))}</p>"] if answer else []
    return "\n".join([*said, *(() if table is None else _table(table))])


def _brief(
    result: Result | ErlangResult | ValidationResult, lang: Lang
) -> tuple[str, Table | None]:
    """Return the sentence and the table that a result is shown by."""
    if isinstance(result, ErlangResult):
        return "", erlang_table(result, lang)
    if isinstance(result, ValidationResult):
        return "", validation_table(result, lang)
    answer = SHOWN[result.kind].answer
    tables = (block for block in blocks(result, lang) if isinstance(block, Table) and block.rows)
    return "" if answer is None else answer(result, lang), next(tables, None)


def _table(table: Table) -> Iterator[str]:
    """Yield the lines of a table; of a long one the first rows."""
    yield f"<table><caption>{escape(table.title)}</caption>"
    yield f"<thead><tr>{''.join(_cells(table, table.heads, 'th'))}</tr></thead><tbody>"
    for row in table.rows[:_MOST_ROWS]:
        if len(row) == 1:
            yield f'<tr><th colspan="{len(table.heads)}">{escape(row[0])}</th></tr>'
        else:
            yield f"<tr>{''.join(_cells(table, row, 'td'))}</tr>"
    if len(table.rows) > _MOST_ROWS:
        yield f'<tr><td colspan="{len(table.heads)}">…</td></tr>'
    yield "</tbody></table>"


def _cells(table: Table, row: tuple[str, ...], tag: str) -> Iterator[str]:
    for number, cell in enumerate(row):
        side = "right" if number in table.numeric else "left"
        yield f'<{tag} style="text-align: {side}">{escape(cell)}</{tag}>'
