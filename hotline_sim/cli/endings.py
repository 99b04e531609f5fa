"""How the command ends, whatever happens in it: lines for the user, an exit code, no traceback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from hotline_sim.cli import screen
from hotline_sim.messages import default_language

if TYPE_CHECKING:
    from collections.abc import Iterator

_LANG = "hotline_sim.lang"  # in click's notes of what was asked for


class CommandLine(click.Group):
    """A group whose commands end in order, even by an error outside ``faults_shown``."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before the command; help is printed here."""
        with _in_order({}), screen.printing():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the command's own options, and carry it out."""
        with _in_order(ctx.meta):
            return super().invoke(ctx)


def note_language(ctx: click.Context, _option: click.Parameter, lang: str) -> str:
    """Keep the language that was asked for, to speak it whatever goes wrong."""
    ctx.meta[_LANG] = lang
    return lang


@contextmanager
def _in_order(notes: dict[str, Any]) -> Iterator[None]:
    try:
        yield
    except (click.ClickException, click.Abort, Exit):
        raise
    except (Exception, *screen.STOPS) as error:
        raise screen.failure_of(error, notes.get(_LANG) or default_language()) from error
