"""``hotline-sim validate``: the engines against exact answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hotline_sim import experiments, reports
from hotline_sim.cli import screen
from hotline_sim.cli.options import json_option, lang_option, said, seed_option
from hotline_sim.experiments import validation

if TYPE_CHECKING:
    from hotline_sim.execution.tasks import Progress
    from hotline_sim.messages import Lang


@click.command("validate", help=said("validate"))
@click.option("--quick", is_flag=True, help=said("quick"))
@seed_option
@click.option("--jobs", type=click.IntRange(min=-1), default=-1, help=said("jobs"))
@json_option
@lang_option
@click.pass_context
def validate(
    ctx: click.Context, quick: bool, seed: int, jobs: int, as_json: bool, lang: Lang
) -> None:
    """Hold both engines against every exact formula."""
    size = validation.QUICK if quick else (validation.REPLICATIONS, validation.DAYS)
    engines = validation.ENGINES if quick else (*validation.ENGINES, validation.CIW)
    with screen.faults_shown(lang), screen.progress_bar(lang) as progress:
        result = experiments.validate(
            replications=size[0],
            days=size[1],
            seed=seed,
            engines=engines,
            jobs=jobs or -1,
            progress=None if progress is None else _quietly(progress),
        )
    if as_json:
        screen.show_json(result.to_json())
    else:
        sentences = reports.validation_sentences(result, lang)
        screen.show(reports.validation_table(result, lang), *sentences)
    ctx.exit(0 if result.passed else screen.RUN_FAILED)


def _quietly(progress: Progress) -> Progress:
    """Move the bar, and say nothing of the first replication: it is no answer to anything."""
    return lambda done, of, one: progress(max(done, 2), of, one)
