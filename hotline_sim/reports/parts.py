"""What a page is made of, whoever renders it: sentences, numbered points, tables, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hotline_sim.reports.tables import Part, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Points:
    """Numbered sentences under a heading."""

    heading: str
    sentences: Sequence[str]


@dataclass(frozen=True)
class Picture:
    """A figure by the name of its file; it is drawn when asked for, which loads matplotlib."""

    name: str
    draw: Callable[[], Figure]
    part: Part = Part.FOUND


Block = str | Points | Table | Picture  # text is a sentence or a paragraph
