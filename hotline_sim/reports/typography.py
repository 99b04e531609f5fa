"""How numbers and their units are set: 90.07 % and 5 s, in Chinese 90.07% and 5 秒."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from hotline_sim.reports.parts import Block, Points
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from hotline_sim.messages import Lang

_UNIT = re.compile(r"(?<=\d) (%|(?:pt|s)(?![A-Za-z0-9]))")
_SPAN = re.compile(r"^(\S+ … \S+) 个百分点$")
_CHINESE = {"%": "%", "pt": " 个百分点", "s": " 秒"}


def typeset(words: str, lang: Lang) -> str:
    """Return words with the units of their numbers as the language writes them."""
    return words if lang == "en" else _UNIT.sub(lambda found: _CHINESE[found[1]], words)


def typeset_block(block: Block, lang: Lang) -> Block:
    """Return what a page is made of with the units of its numbers as the language writes them."""
    if isinstance(block, str):
        return typeset(block, lang)
    if isinstance(block, Points):
        sentences = [typeset(one, lang) for one in block.sentences]
        return replace(block, heading=typeset(block.heading, lang), sentences=sentences)
    if isinstance(block, Table):
        rows = tuple(tuple(typeset(cell, lang) for cell in row) for row in block.rows)
        heads = tuple(typeset(head, lang) for head in block.heads)
        note, title = typeset(block.note, lang), typeset(block.title, lang)
        return replace(block, title=title, heads=heads, rows=rows, note=note)
    return block


def without_units_of_spans(table: Table) -> Table:
    """Return a table whose intervals go without 个百分点, which stands beside them and is wide."""
    rows = tuple(tuple(_SPAN.sub(r"\1", cell) for cell in row) for row in table.rows)
    return replace(table, rows=rows)
