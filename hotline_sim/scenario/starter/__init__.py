"""A commented scenario to begin with, for a city of one's own; it runs as it is."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

from hotline_sim.domain import ArgumentError

if TYPE_CHECKING:
    from hotline_sim.messages import Lang

_CITY = '"@CITY@'


def starter(city: str, lang: Lang) -> str:
    """Return the text of a starter scenario with comments in a language.

    Raises
    ------
    ValueError
        If the city's name is empty or longer than a title may be.
    """
    if not city.strip() or len(city) > 100 or not city.isprintable():  # half the longest title
        raise ArgumentError(f"city = {city!r}: a name of 1 to 100 printable characters")
    page = resources.files("hotline_sim.scenario.starter").joinpath(f"{lang}.toml")
    quoted = json.dumps(city, ensure_ascii=False)  # TOML's basic strings escape as JSON's do
    return page.read_text(encoding="utf-8").replace(_CITY, quoted.removesuffix('"'))
