"""``hotline-sim check``: all that is wrong with a scenario file, or that nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hotline_sim import reports, scenario
from hotline_sim.cli import screen
from hotline_sim.cli.options import json_option, lang_option, said, set_option
from hotline_sim.experiments.plain import to_json

if TYPE_CHECKING:
    from hotline_sim.messages import Lang


@click.command("check", help=said("check"))
@click.argument("file", metavar="FILE")
@set_option
@json_option
@lang_option
@click.pass_context
def check(
    ctx: click.Context, file: str, overrides: tuple[str, ...], as_json: bool, lang: Lang
) -> None:
    """Tell all faults of a scenario file, or what it holds."""
    with screen.faults_shown(lang):
        try:
            loaded = scenario.load(file, overrides=overrides)
        except scenario.ScenarioError as error:
            if not as_json:
                raise
            screen.show_json(to_json({"file": file, "faults": reports.fault_dicts(error, lang)}))
            ctx.exit(screen.BAD_USAGE)
        held = reports.held_dict(loaded)
        gaps = reports.gap_sentences(loaded, lang)
    if as_json:
        screen.show_json(to_json({"file": file, "faults": [], **held, "warnings": gaps}))
    else:
        screen.show(reports.held_sentence(file, held, lang), *gaps)
