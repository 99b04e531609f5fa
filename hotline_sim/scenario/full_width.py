"""Full-width letters (全角) where a file or a command line wants the plain ones.

A Chinese keyboard writes ＝ for = and “ for the quotation mark; many fonts hardly show it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.messages import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hotline_sim.messages import Lang

_SPACE = "\u3000"
_FIRST, _LAST, _APART = 0xFF01, 0xFF5E, 0xFEE0  # ！ to ～, each so far from its plain letter
DASHES = "－—–―−﹣‐‑"
HALF = {
    **{chr(code): chr(code - _APART) for code in range(_FIRST, _LAST + 1)},
    **dict.fromkeys("“”„「」『』", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict(zip("【】〔〕、。《》", "[][],.<>", strict=True)),
    _SPACE: " ",
    **dict.fromkeys(DASHES, "-"),
}
_TABLE = str.maketrans(HALF)
_QUOTES = frozenset(letter for letter, plain in HALF.items() if plain in "\"'")
_OPENING = re.compile("\"\"\"|'''|\"|'|#")


class Stray(NamedTuple):
    """Full-width letters of one line, each once, and the line."""

    line: int  # from 1
    letters: tuple[str, ...]
    quoted: str


def in_half_width(words: str) -> str:
    """Return words with plain letters in place of full-width ones."""
    return words.translate(_TABLE)


def hint_of(words: str, lang: Lang) -> str:
    """Return that words which would be plain have full-width letters; nothing if they have none."""
    plain = in_half_width(words)
    if plain == words or not plain.isascii():  # with Chinese words around, they may be meant
        return ""
    return text("say.full_width", lang, **said_of(_letters(words)))


def said_of(letters: Iterable[str]) -> dict[str, str]:
    """Return how a sentence names full-width letters, and what is wanted in their places."""
    found = list(letters)
    plain = dict.fromkeys(HALF[letter] for letter in found)
    return {
        "found": " ".join("U+3000" if letter == _SPACE else letter for letter in found),
        "wanted": " ".join("U+0020" if letter == " " else letter for letter in plain),
    }


def strays_in(toml: str) -> Iterator[Stray]:
    """Yield the lines of a TOML text with full-width letters outside its strings and comments."""
    inside = ""  # the marks that end the string in which the line begins
    for number, line in enumerate(toml.splitlines(), start=1):
        outside, inside = _outside(line, inside)
        if letters := _letters(outside):
            yield Stray(number, letters, line.strip())


def _outside(line: str, inside: str) -> tuple[str, str]:
    """Return what of a line is no string and no comment, and what ends a string left open."""
    found, at = "", 0
    while at < len(line):
        if inside:
            end = _end_of_string(line, at, inside)
            if end < 0:
                if len(inside) == 1:  # ends with its line; was a full-width mark to close it?
                    return found + "".join(one for one in line[at:] if one in _QUOTES), ""
                return found, inside
            at, inside = end + len(inside), ""
        opening = _OPENING.search(line, at)
        stop = len(line) if opening is None else opening.start()
        comment = line.find("＃", at, stop)
        if comment >= 0:
            return found + line[at : comment + 1], ""
        found += line[at:stop]
        if opening is None or opening[0] == "#":
            return found, ""
        at, inside = opening.end(), opening[0]
    return found, inside if len(inside) > 1 else ""


def _end_of_string(line: str, at: int, mark: str) -> int:
    """Return where the marks that end a string begin, from *at*; -1 if it does not end here."""
    while at < len(line):
        if line[at] == "\\" and mark[0] == '"':
            at += 2
        elif line.startswith(mark, at):
            return at
        else:
            at += 1
    return -1


def _letters(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(letter for letter in words if letter in HALF))
