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
from hotline_sim.messages import language_of, text
from hotline_sim.scenario.full_width import DASHES, hint_of, in_half_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hotline_sim.messages import Lang

# What click raises to show help to somebody who has given no command; before 8.2 it just ends.
_ONLY_HELP: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())
_WORDS = "hotline_sim.words"  # in click's notes: the command line


class CommandLine(click.Group):
    """A group whose commands end in order, even by an error outside ``faults_shown``.

    It speaks the language that the command line asks for anywhere, its help and click's own
    messages included.
    """

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Carry out a command line in its language."""
        words = sys.argv[1:] if args is None else args
        lang = language_of(words)
        with speaking(lang):
            return click.Group.main(in_language(self, lang), args, *more, **extra)

    def make_context(
        self, info_name: str | None, args: list[str], *more: Any, **extra: Any
    ) -> click.Context:
        """Read the options before the command; help is printed here."""
        words = list(args)
        _refuse_long_dashes(words, _options_of(self))
        with _in_order(words), screen.printing():
            ctx = super().make_context(info_name, args, *more, **extra)
        ctx.meta[_WORDS] = words
        return ctx

    def invoke(self, ctx: click.Context) -> Any:
        """Read the command's own options, and carry it out."""
        with _in_order(ctx.meta.get(_WORDS, ())):
            return super().invoke(ctx)


@contextmanager
def _in_order(words: Iterable[str]) -> Iterator[None]:
    """End in order; of what was written in full-width letters it is said that it was."""
    lang = spoken()
    try:
        yield
    except _ONLY_HELP:
        raise
    except click.UsageError as error:
        message = polished(error.format_message(), lang)
        if hint := _hint(message, words, lang):
            message = message.rstrip(".。") + hint
        raise click.UsageError(message, error.ctx) from error
    except screen.Failure as failure:
        hint = _hint(failure.message, words, lang)
        if not hint or failure.exit_code != screen.BAD_USAGE:
            raise
        raise screen.Failure(failure.message + hint) from failure
    except (click.ClickException, click.Abort, Exit):
        raise
    except (Exception, *screen.STOPS) as error:
        raise screen.failure_of(error, lang) from error


def _hint(message: str, words: Iterable[str], lang: Lang) -> str:
    """Return that a word which a message speaks of has full-width letters, if one has."""
    for word in words:
        for written in (word, word.partition("=")[2]):
            hint = hint_of(written, lang)
            if hint and written in message and hint not in message:
                return hint
    return ""


def _options_of(command: click.Command) -> set[str]:
    """Return the options of a command, and of those below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return own.union({"--help", "-h"}, *map(_options_of, below))


def _refuse_long_dashes(words: Iterable[str], options: set[str]) -> None:
    """Refuse what was meant to be an option; to click it would be the name of a file."""
    for word in words:
        if word == "--":
            return
        name, equals, value = in_half_width(word).lstrip("-").partition("=")
        right = next((one for one in (f"--{name}", f"-{name}") if one in options), None)
        if right is not None and not set(DASHES).isdisjoint(word[:2]):
            values = {"found": word, "wanted": f"{right}{equals}{value}"}
            raise screen.Failure(text("say.full_width_dash", spoken(), **values))
