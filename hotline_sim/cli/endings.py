"""How the command ends, whatever happens in it: lines for the user, an exit code, no traceback."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from hotline_sim.cli import screen
from hotline_sim.cli.help import in_language
from hotline_sim.cli.language import polished, speaking, spoken
from hotline_sim.messages import language_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class CommandLine(click.Group):
    """A group whose commands end in order, even by an error outside ``faults_shown``.

    It speaks the language that the command line asks for anywhere, its help and click's own
    messages included.
    """

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Carry out a command line in its language."""
        lang = language_of(sys.argv[1:] if args is None else args)
        with speaking(lang):
            return click.Group.main(in_language(self, lang), args, *more, **extra)

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the options before the command; help is printed here."""
        with _in_order(), screen.printing():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read the command's own options, and carry it out."""
        with _in_order():
            return super().invoke(ctx)


@contextmanager
def _in_order() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        raise click.UsageError(polished(error.format_message(), spoken()), error.ctx) from error
    except (click.ClickException, click.Abort, Exit):
        raise
    except (Exception, *screen.STOPS) as error:
        raise screen.failure_of(error, spoken()) from error
