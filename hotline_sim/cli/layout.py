"""Lay out sentences and tables for a page so many columns wide; nothing is ever cut off.

A Chinese letter takes two columns, and a line may end after any of them, but none begins with
a comma or a closing bracket, and a number keeps its unit.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from rich.cells import cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hotline_sim.reports import Table

NARROW = 100  # columns; a narrower page goes without a table's spare columns
_GUTTER = "  "
_INDENT = "  "  # of rows under headings
_SHORT_HEAD = 8  # columns of a head that is not worth a second line
_FEWEST = 16  # columns of a text before numbers, too, are broken

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = (
    "“‘（《「【(",
    "”’）》」】，。；：、？！…)%,.;:?!",
)  # stay with what they enclose
_PIECE = re.compile(
    rf"[{_OPENING}]*"
    rf"(?:[\d.,+-]+ (?:(?:%|pt|s)(?![A-Za-z])|秒)|个百分点|[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)?"
    rf"[{re.escape(_CLOSING)}]*"
)
_JOINTS = re.compile(r"(?<=[._])")  # where a key too long for a line is broken


def folded(words: str, width: int) -> list[str]:
    """Return the lines of a text, each at most *width* columns wide."""
    lines, line = [], ""
    for piece in _pieces(words):
        for part in [piece] if cell_len(piece.rstrip()) <= width else _broken(piece, width):
            if line and cell_len(line) + cell_len(part.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += part
    return [*lines, line.rstrip()]


@cache
def _pieces(words: str) -> tuple[str, ...]:
    """Return the parts between which a line may end, each with the space after it."""
    found, at = [], 0
    while at < len(words):
        match = _PIECE.match(words, at)
        end = max(match.end() if match else at, at + 1)
        after = end
        while after < len(words) and words[after].isspace():
            after += 1
        found.append(words[at:end] + " " * (after > end))
        at = after
    return tuple(found)


def _broken(piece: str, width: int) -> Iterator[str]:
    """Yield a piece in parts that fit, broken after a point or an underscore if there is one."""
    part = ""
    for joint in _JOINTS.split(piece):
        for letters in [joint] if cell_len(joint) <= width else joint:
            if part and cell_len(part + letters) > width:
                yield part
                part = ""
            part += letters
    yield part


def listed(sentences: Sequence[str], width: int) -> Iterator[str]:
    """Yield the lines of numbered sentences."""
    for number, sentence in enumerate(sentences, start=1):
        mark = f"{number}. "
        for i, line in enumerate(folded(sentence, width - len(mark))):
            yield f"{mark if i == 0 else ' ' * len(mark)}{line}"


def tabled(table: Table, width: int, *, rule: str) -> Iterator[tuple[str, bool]]:
    """Yield the lines of a table's heads and rows, and of each whether it is a heading."""
    indent = _INDENT if any(len(row) == 1 for row in table.rows) else ""
    spare = table.spare if width < NARROW else frozenset()
    columns = [i for i in range(len(table.heads)) if i not in spare]
    widths = _widths(table, columns, width - len(indent))
    heads = [folded(table.heads[i], w) for i, w in zip(columns, widths, strict=True)]
    tallest = max(map(len, heads))
    heads = [[""] * (tallest - len(head)) + head for head in heads]
    ruled = rule * (len(indent) + sum(widths) + len(_GUTTER) * (len(widths) - 1))
    right = [i in table.numeric for i in columns]
    for line in _beside(heads, widths, right):
        yield f"{indent}{line}", False
    yield ruled, False
    for row in table.rows:
        if len(row) == 1:
            yield from ((line, True) for line in folded(row[0], width))
            continue
        cells = [folded(row[i], w) for i, w in zip(columns, widths, strict=True)]
        for line in _beside(cells, widths, right):
            yield f"{indent}{line}", False


def _beside(
    cells: Sequence[Sequence[str]], widths: Sequence[int], right: Sequence[bool]
) -> Iterator[str]:
    """Yield the lines of cells set side by side."""
    for i in range(max(map(len, cells))):
        parts = []
        for lines, width, to_the_right in zip(cells, widths, right, strict=True):
            line = lines[i] if i < len(lines) else ""
            space = " " * (width - cell_len(line))
            parts.append(space + line if to_the_right else line + space)
        yield _GUTTER.join(parts).rstrip()


def _widths(table: Table, columns: Sequence[int], width: int) -> list[int]:
    """Return the columns' widths: heads are folded first, then texts, then keys and numbers."""
    rows = [row for row in table.rows if len(row) > 1]
    cells = [max((cell_len(row[i]) for row in rows), default=0) for i in columns]
    heads = [_least(table.heads[i]) for i in columns]
    whole = [max(pair) for pair in zip(cells, heads, strict=True)]
    solid = [i in table.numeric | table.solid for i in columns]
    found = [max(w, cell_len(table.heads[i])) for i, w in zip(columns, whole, strict=True)]
    room = width - len(_GUTTER) * (len(columns) - 1)
    texts = [w if s else min(w, _FEWEST) for w, s in zip(whole, solid, strict=True)]
    for least in (whole, texts, [2] * len(columns)):  # a Chinese letter takes 2
        while sum(found) > room:
            can_shrink = [i for i, w in enumerate(found) if w > least[i]]
            if not can_shrink:
                break
            found[max(can_shrink, key=found.__getitem__)] -= 1
    return found


def _least(head: str) -> int:
    """Return the width of a head's longest word, or part of a key, or of all of a short one."""
    whole = cell_len(head)
    if whole <= _SHORT_HEAD:
        return whole
    parts = (part for piece in _pieces(head) for part in _JOINTS.split(piece.rstrip()))
    return max(map(cell_len, parts))
