"""A choice among words that stays the same when the words are of another language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline_sim.messages import Lang

Option = TypeVar("Option", bound=str)


@dataclass(frozen=True)
class Choice(Generic[Option]):
    """What is chosen among, how each is called, under which key, and which is chosen at first."""

    label: str
    options: Sequence[Option]
    say: Callable[[Option], str]
    key: str
    usual: Option | None

    def by(self, widget: Callable[..., Any], lang: Lang, **how: Any) -> Option | None:
        """Show the choice by a widget and return what is chosen; None: nothing is.

        Streamlit knows what is chosen by its words, so each language has a widget of its own,
        which starts where that of the other language was left.
        """
        state, options = st.session_state, list(self.options)
        if state.get(f"{self.key}/lang") != lang:
            state[f"{self.key}/lang"] = lang
            state[f"{self.key}/start"] = state.get(self.key, self.usual)
        start: Any = state[f"{self.key}/start"]
        start = start if start in options else None
        if widget.__name__ == "segmented_control":
            how["default"] = start
        else:
            how["index"] = None if start is None else options.index(start)
        found: Option | None = widget(
            self.label, options, format_func=self.say, key=f"{self.key}/{lang}", **how
        )
        state[self.key] = found
        return found
