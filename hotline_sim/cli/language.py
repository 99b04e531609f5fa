"""The language of a command line, known before its options are read, and spoken by click too.

Click takes its own words from gettext, which asks the environment for a language. Ours are put
where its modules have gettext's functions: while a command of ours is carried out they look
sentences up under ``click`` in the catalogue; otherwise they are gettext's.
"""

from __future__ import annotations

import gettext
import re
import sys
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from hotline_sim.messages import default_language, names, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.messages import Lang

_spoken: ContextVar[Lang | None] = ContextVar("spoken", default=None)


def said(name: str) -> str:
    """Return a help text in English; ``help.in_language`` finds it in the language asked for."""
    return text(f"cli.{name}", "en")


def spoken() -> Lang:
    """Return the language that the command line asks for, else the locale's."""
    return _spoken.get() or default_language()


@contextmanager
def speaking(lang: Lang) -> Iterator[None]:
    """Let everything, click included, be said in a language."""
    _teach_click()
    before = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(before)


def translated(english: str, group: str, lang: Lang) -> str:
    """Return a sentence of a group of the catalogue in a language; as it is if it is none."""
    return _by_english(group, lang).get(english, english)


def polished(message: str, lang: Lang) -> str:
    """Return a message of click's with the marks of its language, where click puts its own."""
    if lang == "en":
        return message
    found = re.sub(r"'([^'\n]*)'", r"“\1”", message).replace("”, “", "”、“")
    ended = re.sub(r"”\.(?=\s|$)", "”。", found)
    return re.sub(r"。 +", "。", ended)


@cache
def _by_english(group: str, lang: Lang) -> dict[str, str]:
    english, other = names("en"), names(lang)
    return {english[name]: other[name] for name in english if name.startswith(f"{group}.")}


def _gettext(message: str) -> str:
    lang = _spoken.get()
    return gettext.gettext(message) if lang is None else translated(message, "click", lang)


def _ngettext(singular: str, plural: str, count: int) -> str:
    lang = _spoken.get()
    if lang is None:
        return gettext.ngettext(singular, plural, count)
    return translated(singular if count == 1 else plural, "click", lang)


def _teach_click() -> None:
    ours = {"_": (gettext.gettext, _gettext), "ngettext": (gettext.ngettext, _ngettext)}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "click":
            for attribute, (its, instead) in ours.items():
                if getattr(module, attribute, None) is its:
                    setattr(module, attribute, instead)
