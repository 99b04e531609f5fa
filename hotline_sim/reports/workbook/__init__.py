"""Results as a workbook (.xlsx): an explanation, and every table with numbers that are numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from hotline_sim.reports.report import seal, write_to
from hotline_sim.reports.workbook.contents import sheets_of
from hotline_sim.reports.workbook.writing import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang

__all__ = ["FORMS", "workbook", "write_workbook"]

FORMS = (".xlsx",)  # how the name of a workbook's file may end


def workbook(results: Sequence[Result], *languages: Lang) -> bytes:
    """Return a workbook on results as the content of a file: its sheets in each language."""
    return seal.sealed_archive(written(sheets_of(results, languages)))


def write_workbook(path: str | Path, *results: Result, lang: Lang | Literal["both"] = "en") -> Path:
    """Write a workbook on results to a file, ``.xlsx``, and return its path.

    Rates are fractions shown in percent, money is yuan shown in 万元 (million yuan in English),
    times are seconds. The file appears whole or not at all. A workbook that stands there and
    that nobody has changed is replaced.

    Raises
    ------
    ValueError
        If there is no result, the name ends otherwise, there is no such folder, or something
        else stands there.
    OSError
        If the file cannot be written.
    """
    return write_to(
        path,
        results,
        lang,
        forms=FORMS,
        content_of=lambda found, _form, languages: workbook(found, *languages),
    )
