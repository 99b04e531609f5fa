"""What ``hotline-sim new`` writes: a scenario to edit, a workbook to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.cli import screen
from hotline_sim.messages import text
from hotline_sim.scenario import workbook
from hotline_sim.scenario.starter import starter

if TYPE_CHECKING:
    from pathlib import Path

    from hotline_sim.messages import Lang

_SUFFIX = ".xlsx"


def beginnings(file: Path | None, xlsx: Path | None, city: str, lang: Lang) -> dict[Path, bytes]:
    """Return the files to write, a scenario and a workbook, one of them or both.

    A file that is called as a workbook is one, with ``--xlsx`` or without.

    Raises
    ------
    Failure
        If neither is asked for, or the workbook is called otherwise.
    """
    if file is None and xlsx is None:
        raise screen.Failure(text("say.new_what", lang))
    if xlsx is not None and xlsx.suffix.lower() != _SUFFIX:
        raise screen.Failure(text("report.form", lang, option="--xlsx", path=xlsx, forms=_SUFFIX))
    files: dict[Path, bytes] = {}
    for path in (file, xlsx):
        if path is not None and path.suffix.lower() == _SUFFIX:
            files[path] = workbook.blank(city, lang)
        elif path is not None:
            files[path] = starter(city, lang).encode()
    return files
