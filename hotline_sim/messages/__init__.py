"""Every sentence people read, in English and Chinese, by name: one catalogue for all layers.

``en.toml`` and ``zh.toml`` hold the same names with the same placeholders (a test checks
that they do). The Chinese terms of the field are those of GB/T 33358 and of the hotlines' own
reports.
"""

from __future__ import annotations

import locale
import os
import tomllib
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Lang = Literal["en", "zh"]
LANGUAGES: tuple[Lang, ...] = ("en", "zh")
NOTHING = "–"  # in place of a number or an answer: there is nothing to measure or to compare

__all__ = [
    "LANGUAGES",
    "NOTHING",
    "Lang",
    "Notice",
    "RefusalError",
    "default_language",
    "language_of",
    "names",
    "said",
    "set_language",
    "text",
]


class _ToldError(Exception):
    """What is said in either language: a sentence of the catalogue and its values."""

    def __init__(self, sentence: str, **values: Any) -> None:
        self.sentence, self.values = sentence, values
        super().__init__(self.text())

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), self.sentence, **self.values), ()

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language."""
        return text(self.sentence, lang, **self.values)


class Notice(_ToldError, UserWarning):  # noqa: N818  # a warning, not an error
    """A warning in either language."""


class RefusalError(_ToldError, ValueError):
    """An argument that is refused, in either language."""


@cache
def names(lang: Lang) -> dict[str, str]:
    """Return the catalogue of a language: dotted name to sentence."""
    raw = resources.files("hotline_sim.messages").joinpath(f"{lang}.toml").read_bytes()
    return dict(_flat(tomllib.loads(raw.decode()), ""))


def text(name: str, lang: Lang, **values: Any) -> str:
    """Return the sentence *name* in *lang* with its placeholders filled.

    Raises
    ------
    KeyError
        If the catalogue has no such name.
    """
    sentence = names(lang)[name]
    return sentence.format(**values) if values else sentence


def said(words: Any, lang: Lang) -> str:
    """Return what a file says, as text or as a table of languages; in the other if need be."""
    if not isinstance(words, Mapping):
        return str(words)
    return str(words.get(lang) or next(iter(words.values()), ""))


_set: list[Lang] = []  # what is to be spoken instead of the locale's language, if anything


def set_language(lang: Lang | None) -> None:
    """Let figures, tables in notebooks and commands speak a language; None: the locale's again.

    What is given with ``lang=`` goes before it. Errors raised in Python stay English.

    Raises
    ------
    RefusalError
        If it is no language that is spoken.
    """
    if lang is not None and lang not in LANGUAGES:
        raise RefusalError("say.no_language", found=lang, known=", ".join(LANGUAGES))
    _set[:] = [] if lang is None else [lang]


def default_language() -> Lang:
    """Return the language that was set; else ``zh`` where the locale speaks Chinese, or ``en``."""
    if _set:
        return _set[0]
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "zh" if os.environ[variable].lower().startswith(("zh", "chinese")) else "en"
    spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def language_of(words: Iterable[str]) -> Lang:
    """Return the language that a command line asks for, wherever ``--lang`` stands in it.

    The last one holds. Without one that is known it is the locale's.
    """
    found = default_language()
    before = ""
    for word in words:
        if word == "--":
            break
        asked = word if before == "--lang" else word.removeprefix("--lang=")
        if asked in LANGUAGES and (before == "--lang" or asked != word):
            found = asked
        before = word
    return found


def _flat(tree: dict[str, Any], before: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            pairs.extend(_flat(value, f"{before}{key}."))
        else:
            pairs.append((f"{before}{key}", value))
    return pairs
