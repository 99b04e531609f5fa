"""``hotline-sim copy``: a shipped scenario as a file of one's own; how such files are written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import scenario
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import screen
from hotline_sim.cli.options import lang_option, said
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang


@click.command("copy", help=said("copy"))
@click.argument("name", metavar="NAME")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help=said("force"))
@lang_option
def copy(name: str, file: Path, force: bool, lang: Lang) -> None:
    """Write a shipped scenario to a file, comments and all."""
    with screen.faults_shown(lang):
        write_new(file, scenario.text_of(name).encode(), force=force, lang=lang)
    click.echo(text("say.copied", lang, scenario=name, path=file), err=True)


def write_new(file: Path, content: bytes, *, force: bool, lang: Lang) -> None:
    """Write a file that must not be there yet, unless forced.

    Raises
    ------
    Failure
        If it is there, or cannot be written.
    """
    try:
        if file.exists() and not force:
            raise screen.Failure(text("say.exists", lang, path=file))
        write_atomically(file, content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise screen.Failure(text("say.unwritable", lang, path=file, reason=reason)) from error
