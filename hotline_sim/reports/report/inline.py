"""Figures as part of a page: an SVG file without what is for files, its names made its own."""

from __future__ import annotations

import re

_FOR_FILES = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<title>.*?</title>", re.DOTALL
)
_NAME = re.compile(r' id="([^"]*)"')
_CALL = re.compile(r'(?P<before>url\(#|href="#)(?P<name>[^")]*)')
_PATH = re.compile(r' d="[^"]*"')
_DIGITS = re.compile(r"(\d\.\d\d)\d+")
_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*" height="[^"]*"')


def inline(svg: bytes, number: int) -> str:
    """Return a figure as an element of a page on which it is the *number*-th.

    Elements are named across the whole page, so each figure's names get its number; names
    that nothing calls are left out, as are sizes (the page gives them) and digits of places
    below a hundredth of a point.
    """
    words = _FOR_FILES.sub("", svg.decode())
    called = dict.fromkeys(match["name"] for match in _CALL.finditer(words))
    short = {name: f"f{number}-{i}" for i, name in enumerate(called)}
    words = _NAME.sub(lambda match: f' id="{short[match[1]]}"' if match[1] in short else "", words)
    words = _CALL.sub(lambda match: f"{match['before']}{short[match['name']]}", words)
    words = _PATH.sub(lambda match: _DIGITS.sub(r"\1", " ".join(match[0].split("\n"))), words)
    words = _SIZE.sub(r"\1", words)
    return re.sub(r"\n\s*", "\n", words).strip()
