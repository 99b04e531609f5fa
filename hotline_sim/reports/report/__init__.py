"""A report on results, as one file for a reader who has nothing else: HTML, or Word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hotline_sim.atomic import write_atomically
from hotline_sim.domain import ArgumentError
from hotline_sim.messages import LANGUAGES, RefusalError
from hotline_sim.reports.report import seal
from hotline_sim.reports.report.as_html import html
from hotline_sim.reports.report.as_word import word
from hotline_sim.reports.report.contents import edition_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang
    from hotline_sim.reports.report.contents import Edition

__all__ = ["FORMS", "check_report_file", "report", "write_report"]

_MADE: dict[str, Callable[[Sequence[Edition]], bytes]] = {
    ".html": lambda editions: seal.sealed_page(html(editions)),
    ".docx": lambda editions: seal.sealed_archive(word(editions)),
}
FORMS = tuple(_MADE)  # how the name of a report's file may end


def report(results: Sequence[Result], form: str, languages: Sequence[Lang]) -> bytes:
    """Return a report on results as the content of a file.

    Parameters
    ----------
    results
        At least one; each has a chapter.
    form
        One of ``FORMS``.
    languages
        The report is written in each, one behind the other.
    """
    return _MADE[form]([edition_of(results, lang) for lang in languages])


def write_report(path: str | Path, *results: Result, lang: Lang | Literal["both"] = "en") -> Path:
    """Write a report on results to a file, ``.html`` or ``.docx``, and return its path.

    The file appears whole or not at all. A report that stands there and that nobody has
    changed is replaced.

    Raises
    ------
    ValueError
        If there is no result, the name ends otherwise, there is no such folder, or something
        else stands there.
    OSError
        If the file cannot be written.
    """
    return write_to(path, results, lang, forms=FORMS, content_of=report)


def write_to(
    path: str | Path,
    results: Sequence[Result],
    lang: Lang | Literal["both"],
    *,
    forms: Sequence[str],
    content_of: Callable[[Sequence[Result], str, Sequence[Lang]], bytes],
) -> Path:
    """Write what is made of results, a form and languages to a file, and return its path.

    Raises
    ------
    ValueError
        If there is no result, the name ends in none of *forms*, there is no such folder, or
        something else stands there.
    OSError
        If the file cannot be written.
    """
    if not results:
        raise ArgumentError("results: at least one is wanted")
    target = Path(path)
    form = check_report_file(target, "path", forms)
    write_atomically(target, content_of(results, form, LANGUAGES if lang == "both" else [lang]))
    return target


def check_report_file(path: Path, option: str, forms: Sequence[str] = FORMS) -> str:
    """Return the form that a file's name asks for, if a report may be written there.

    Raises
    ------
    RefusalError
        If the name ends in none of *forms*, there is no such folder, or what stands there is no
        report of ours or was changed since; *option* is what the user gave the name to.
    OSError
        If what stands there cannot be read.
    """
    form = path.suffix.lower()
    if form not in forms:
        wanted = " / ".join(forms)
        raise RefusalError("report.form", option=option, path=path, forms=wanted)
    if not path.parent.is_dir():
        raise RefusalError("report.no_folder", path=path.parent)
    stands = path.is_symlink() or path.exists()
    if stands and not (path.is_file() and seal.is_untouched(path.read_bytes())):
        raise RefusalError("report.not_ours", path=path)
    return form
