"""Words shown to people."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from hotline_sim.laws import Table


class Label(Table):
    """Words shown to people, in both languages."""

    en: Annotated[str, Field(min_length=1, max_length=200)]
    zh: Annotated[str, Field(min_length=1, max_length=200)]


def _in_both(words: Any) -> Any:
    return {"en": words, "zh": words} if isinstance(words, str) else words


Words = Annotated[Label, BeforeValidator(_in_both)]  # text alone is the same in both languages
