"""What ``--out`` writes: every file whole or not at all, the folder tried before the run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hotline_sim
from hotline_sim.atomic import write_atomically
from hotline_sim.cli.screen import Failure, compiling_notice
from hotline_sim.execution import Execution, Store
from hotline_sim.messages import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.execution.tasks import Progress
    from hotline_sim.messages import Lang


def prepare(folder: Path | None, lang: Lang) -> None:
    """Make the folder and see that it can be written to, before anything is simulated."""
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, probe = tempfile.mkstemp(dir=folder)
        os.close(handle)
        Path(probe).unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Failure(text("say.unwritable", lang, path=folder, reason=reason)) from error


def execution(
    folder: Path | None,
    lang: Lang,
    *,
    progress: Progress | None,
    jobs: int,
    cluster: str | None,
    resume: bool,
    contacts: bool,
) -> Execution:
    """Return how tasks are to be played, and where their replications are kept."""
    if folder is None and (resume or contacts):
        option = "--resume" if resume else "--contacts"
        raise Failure(text("say.needs_out", lang, option=option))
    return Execution(
        jobs=jobs or -1,
        cluster=cluster,
        store=None if folder is None else Store(folder, hotline_sim.__version__),
        resume=resume,
        progress=progress,
        compiling=compiling_notice(lang),
        contacts=folder if contacts else None,
    )


def write(
    folder: Path,
    json_text: str,
    tables: Mapping[str, bytes],
    figures: Mapping[str, Any],
    lang: Lang,
) -> None:
    """Write a result's files and name them on standard error."""
    from hotline_sim import plots  # loads matplotlib

    write_atomically(folder / "result.json", json_text.encode())
    for name, table in tables.items():
        write_atomically(folder / name, table)
    for name, figure in figures.items():
        plots.save(figure, folder / name)
    click.echo(text("say.written", lang, path=folder), err=True)
