"""Help pages in the language asked for, laid out by columns: a Chinese letter takes two."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len

from hotline_sim.cli.language import spoken, translated
from hotline_sim.cli.layout import folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hotline_sim.messages import Lang

_FEWEST = 20  # columns that a text is given, however little room there is
_VERBATIM = "\b"  # begins a paragraph whose lines stay as they are, as click has it
_FIRST = re.compile(r"[。：]|(?<!\.)[.:](?=\s|$)")  # ends what a list of commands says of each


class Formatter(click.HelpFormatter):
    """Click's formatter, which counts letters where columns are meant."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that says how a command is called."""
        if prefix is None:
            prefix = f"{translated('Usage:', 'click', spoken())} "
        begin = f"{' ' * self.current_indent}{prefix}{prog} "
        self._write_beside(begin, folded(args, self._room(cell_len(begin))))

    def write_text(self, text: str) -> None:
        """Write paragraphs, folded."""
        indent = " " * self.current_indent
        lines = [f"{indent}{line}".rstrip() for line in self._paragraphs(text, self._room())]
        self.write("\n".join(lines) + "\n")

    def write_dl(
        self, rows: Iterable[Sequence[str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write terms, and beside them what they mean."""
        rows = list(rows)
        widest = max((cell_len(row[0]) for row in rows), default=0)
        column = min(widest, col_max) + col_spacing
        for term, meaning in rows:
            begin = f"{' ' * self.current_indent}{term}"
            lines = list(self._paragraphs(meaning, self._room(self.current_indent + column)))
            if cell_len(term) <= column - col_spacing:
                begin += " " * (column - cell_len(term))
            elif lines:
                self.write(f"{begin}\n")
                begin = " " * (self.current_indent + column)
            self._write_beside(begin, lines)

    def _write_beside(self, begin: str, lines: Sequence[str]) -> None:
        """Write lines, the first after what it begins with, the others below."""
        for i, line in enumerate(lines or [""]):
            self.write(f"{begin if i == 0 else ' ' * cell_len(begin)}{line}".rstrip() + "\n")

    def _room(self, taken: int | None = None) -> int:
        return max(self.width - (self.current_indent if taken is None else taken), _FEWEST)

    @staticmethod
    def _paragraphs(text: str, width: int) -> Iterator[str]:
        for i, paragraph in enumerate(text.split("\n\n")):
            if i > 0:
                yield ""
            first, *rest = paragraph.splitlines() or [""]
            if first.strip() == _VERBATIM:
                yield from rest
            else:
                yield from folded(" ".join(line.strip() for line in (first, *rest)), width)


class Context(click.Context):
    """Click's context, with our help."""

    formatter_class = Formatter


def in_language(command: click.Command, lang: Lang) -> click.Command:
    """Return a copy of a command whose help, and that of its options, is in a language."""
    found = copy.copy(command)
    found.context_class = Context
    found.help = _help_in(found.help, lang)
    found.epilog = _help_in(found.epilog, lang)
    found.short_help = found.short_help or _FIRST.split(found.help or "")[0]
    found.options_metavar = translated(found.options_metavar or "", "click", lang)
    found.params = [_param_in(param, lang) for param in found.params]
    if isinstance(found, click.Group):
        found.subcommand_metavar = translated(found.subcommand_metavar, "click", lang)
        found.commands = {name: in_language(one, lang) for name, one in found.commands.items()}
    return found


def _param_in(param: click.Parameter, lang: Lang) -> click.Parameter:
    found = copy.copy(param)
    if isinstance(found, click.Option):
        found.help = _help_in(found.help, lang)
    found.type = copy.copy(found.type)
    found.type.name = translated(found.type.name, "click", lang)
    return found


def _help_in(english: str | None, lang: Lang) -> str | None:
    if english is None:
        return None
    return translated(translated(english, "cli", lang), "click", lang)
