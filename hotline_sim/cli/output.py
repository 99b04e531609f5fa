"""What ``--out`` writes and what is kept: the folder tried, and its owner asked, before the run."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import reports
from hotline_sim.cli import folder as out
from hotline_sim.cli.screen import INTERRUPTED_WORDS, KEPT, Failure, compiling_notice, outlook
from hotline_sim.execution import Execution, shared_store
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.execution.tasks import Progress
    from hotline_sim.experiments import Result
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
        out.check(folder, lang)
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
    if folder is None and contacts:
        raise Failure(text("say.needs_out", lang, option="--contacts"))
    store = shared_store()
    ctx = click.get_current_context(silent=True)
    if ctx is not None:
        goes_on = store is not None and ctx.params.get("engine", "auto") == "auto"
        kept = "say.interrupted_kept" if resume else "say.interrupted_fresh"
        ctx.meta[KEPT] = kept if goes_on else INTERRUPTED_WORDS
    return Execution(
        jobs=jobs or -1,
        cluster=cluster,
        store=store,
        fresh=not resume,
        progress=progress,
        compiling=compiling_notice(lang),
        outlook=outlook(lang),
        contacts=folder if contacts else None,
    )


def write(folder: Path, result: Result, lang: Lang, *, heads: Lang | None) -> None:
    """Write a result's files and name them on standard error; *heads* is ``--csv-heads``."""
    from hotline_sim import plots  # loads matplotlib

    files = {"result.json": result.to_json().encode(), **reports.csv_files(result, heads=heads)}
    for name, figure in reports.figures(result, lang).items():
        files |= plots.drawn(figure, name)
    out.write(folder, files, lang)
    click.echo(text("say.written", lang, path=folder), err=True)
