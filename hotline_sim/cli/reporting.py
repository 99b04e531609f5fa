"""``hotline-sim report``, and ``--report`` of every experiment: results as one file to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import experiments
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import screen
from hotline_sim.cli.endings import note_language
from hotline_sim.messages import LANGUAGES, default_language, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang

_BOTH = "both"
_RESULT = "result.json"  # of a folder that --out wrote


def _noted(ctx: click.Context, option: click.Parameter, asked: str) -> str:
    note_language(ctx, option, default_language() if asked == _BOTH else asked)
    return asked


@click.command("report", help=text("cli.report", default_language()))
@click.argument(
    "files", metavar="RESULT...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=text("cli.report_out", default_language()),
)
@click.option(
    "--lang",
    "asked",
    type=click.Choice((*LANGUAGES, _BOTH)),
    default=default_language,
    is_eager=True,
    callback=_noted,
    help=text("cli.report_lang", default_language()),
)
def report(files: tuple[Path, ...], out: Path, asked: str) -> None:
    """Write a report on results that have been written."""
    own = default_language()
    languages = [lang for lang in LANGUAGES if asked in (lang, _BOTH)]
    languages.sort(key=lambda lang: lang != own)  # the reader's own comes first
    lang = languages[0]
    with screen.faults_shown(lang):
        prepare(out, "--out", lang)
        found = [experiments.open_result(_of_folder(file)) for file in files]
        write(out, found, languages, lang)


def _of_folder(file: Path) -> Path:
    """Return the result in a folder, or the file itself."""
    return file / _RESULT if file.is_dir() else file


def prepare(path: Path | None, option: str, lang: Lang) -> None:
    """See that a report may be written to a file, before hours of work."""
    if path is None:
        return
    from hotline_sim.reports.report import check_report_file  # loads what writes such files

    try:
        check_report_file(path, option)
    except OSError as error:
        raise _unwritable(path, error, lang) from error


def write(path: Path, results: Sequence[Result], languages: Sequence[Lang], lang: Lang) -> None:
    """Write a report, whole or not at all, and name it on standard error."""
    from hotline_sim.reports.report import check_report_file, report

    try:
        form = check_report_file(path, "--report")  # hours may have passed since the last time
        write_atomically(path, report(results, form, languages))
    except OSError as error:
        raise _unwritable(path, error, lang) from error
    click.echo(text("report.written", lang, path=path), err=True)


def _unwritable(path: Path, error: OSError, lang: Lang) -> screen.Failure:
    reason = error.strerror or str(error)
    return screen.Failure(text("report.unwritable", lang, path=path, reason=reason))
