"""The font that a page carries: of the package's own only the characters that it shows."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Kerning, and the forms of marks beside hanzi; the rest of what a font can do is left out.
_FEATURES = ["kern", "locl", "mark"]


def subset(characters: Iterable[str]) -> bytes:
    """Return the font, cut to those of the characters that it draws, as WOFF.

    WOFF, not WOFF2, for which every user would need a compressor of its own; the same
    characters give the same bytes.
    """
    from fontTools import subset as cutting  # each takes half a second to load
    from fontTools.ttLib import TTFont

    options = cutting.Options(
        flavor="woff",
        layout_features=_FEATURES,
        hinting=False,
        desubroutinize=True,  # smaller once compressed
        notdef_outline=True,
        name_IDs=[0, 1, 2, 13, 14],  # whose it is, its name, its licence
        recalc_timestamp=False,
    )
    cutter = cutting.Subsetter(options)
    cutter.populate(unicodes=[ord(one) for one in characters])
    with TTFont(io.BytesIO(_whole()), recalcTimestamp=False) as font:
        cutter.subset(font)
        content = io.BytesIO()
        cutting.save_font(font, content, options)
    return content.getvalue()


@cache
def _whole() -> bytes:
    from hotline_sim import plots  # loads matplotlib

    return plots.shipped_font().read_bytes()
