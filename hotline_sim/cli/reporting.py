"""``hotline-sim report``, and ``--report`` and ``--xlsx`` of every experiment: one file to read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import experiments
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import screen
from hotline_sim.cli.language import said, spoken
from hotline_sim.messages import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang

XLSX, _SUFFIX = "--xlsx", ".xlsx"
_BOTH = "both"
_RESULT = "result.json"  # of a folder that --out wrote


@click.command("report", help=said("report"))
@click.argument(
    "files", metavar="RESULT...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=said("report_out"),
)
@click.option(
    "--lang",
    "asked",
    type=click.Choice((*LANGUAGES, _BOTH)),
    default=spoken,
    is_eager=True,
    help=said("report_lang"),
)
def report(files: tuple[Path, ...], out: Path, asked: str) -> None:
    """Write a report on results that have been written."""
    own = spoken()
    languages = [lang for lang in LANGUAGES if asked in (lang, _BOTH)]
    languages.sort(key=lambda lang: lang != own)  # the reader's own comes first
    lang = languages[0]
    with screen.faults_shown(lang):
        prepare(out, "--out", lang)
        found = [experiments.open_result(_of_folder(file)) for file in files]
        put = write_xlsx if out.suffix.lower() == _SUFFIX else write
        put(out, found, languages, lang, option="--out")


def _of_folder(file: Path) -> Path:
    """Return the result in a folder, or the file itself."""
    return file / _RESULT if file.is_dir() else file


def prepare(path: Path | None, option: str, lang: Lang) -> None:
    """See that a report or a workbook may be written to a file, before hours of work.

    ``--out`` of ``report`` takes either, every other option its own.
    """
    if path is None:
        return
    from hotline_sim.reports.report import FORMS, check_report_file  # loads what writes such files

    forms = {XLSX: (_SUFFIX,), "--out": (*FORMS, _SUFFIX)}
    try:
        check_report_file(path, option, forms.get(option, FORMS))
    except OSError as error:
        raise _unwritable(path, error, lang) from error


def write(
    path: Path,
    results: Sequence[Result],
    languages: Sequence[Lang],
    lang: Lang,
    option: str = "--report",
) -> None:
    """Write a report, whole or not at all, and name it on standard error."""
    from hotline_sim.reports.report import report

    _write(path, option, lang, lambda: report(results, path.suffix.lower(), languages))


def write_xlsx(
    path: Path,
    results: Sequence[Result],
    languages: Sequence[Lang],
    lang: Lang,
    option: str = XLSX,
) -> None:
    """Write a workbook, whole or not at all, and name it on standard error."""
    from hotline_sim.reports.workbook import workbook

    _write(path, option, lang, lambda: workbook(results, *languages))


def _write(path: Path, option: str, lang: Lang, make: Callable[[], bytes]) -> None:
    prepare(path, option, lang)  # hours may have passed since the last time
    try:
        write_atomically(path, make())
    except OSError as error:
        raise _unwritable(path, error, lang) from error
    click.echo(text("report.written", lang, path=path), err=True)


def _unwritable(path: Path, error: OSError, lang: Lang) -> screen.Failure:
    reason = error.strerror or str(error)
    return screen.Failure(text("report.unwritable", lang, path=path, reason=reason))
