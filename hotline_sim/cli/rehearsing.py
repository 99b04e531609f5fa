"""``--dry-run``: what an experiment would play and how long it would take, from one replication."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from hotline_sim.cli import screen
from hotline_sim.execution import Rehearsal, RehearsedError
from hotline_sim.experiments.plain import to_json
from hotline_sim.messages import text

if TYPE_CHECKING:
    from typing import Any

    from hotline_sim.cli.asking import Question
    from hotline_sim.cli.options import Options
    from hotline_sim.messages import Lang

_NOTHING: dict[str, Any] = {"replications": 0, "total_s": 0.0, "is_all": True}


def rehearse(question: Question, options: Options) -> None:
    """Ask a question as far as its first replications, and say what all of them would take.

    No file is written; what was played is kept, as ever.
    """
    alone = replace(options, out=None, report=None, contacts=False, cluster=None)
    with alone.playing() as how:
        execution = replace(how["execution"], outlook=Rehearsal(), progress=None)
        try:
            question(**{**how, "execution": execution})
            told = _NOTHING
        except RehearsedError as found:
            told = _told(found)
    if options.as_json:
        screen.show_json(to_json(told))
    else:
        screen.show(_sentence(told, options.lang))


def _told(found: RehearsedError) -> dict[str, Any]:
    """Return what would be played, as plain values."""
    horizon = found.task.scenario.horizon
    return {
        **asdict(found.forecast),
        "total_s": found.forecast.total_s,
        "kept": found.kept,
        "is_all": found.planned and not _goes_on(),
        "timed": {"scenario": found.task.scenario.name, "days": horizon.days},
    }


def _goes_on() -> bool:
    """Tell whether it is asked to play on until an interval is narrow."""
    ctx = click.get_current_context(silent=True)
    return ctx is not None and ctx.params.get("precision") is not None


def _sentence(told: dict[str, Any], lang: Lang) -> str:
    if not told["replications"]:
        return text("dry_run.kept", lang)
    return text(
        "dry_run.would" if told["is_all"] else "dry_run.begins",
        lang,
        count=f"{told['replications']:,}",
        kept=f"{told['kept']:,}",
        taken=screen.duration(told["total_s"], lang),
        each=f"{told['each_s']:.2g}",
        cores=told["at_a_time"],
        **told["timed"],
    )
