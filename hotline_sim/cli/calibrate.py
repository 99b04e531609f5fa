"""``hotline-sim calibrate``: the parameters that give the published figures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from hotline_sim import experiments, scenario
from hotline_sim.cli import screen
from hotline_sim.cli.asking import Question, asking
from hotline_sim.cli.options import Options, said
from hotline_sim.cli.sensitivity import over_entry
from hotline_sim.experiments.calibration import BEHAVIOUR, MOST_MEMBERS
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.execution import Execution, Numbers
    from hotline_sim.execution.tasks import Progress

_YEARS = {"replications": experiments.DEFAULT_YEARS}  # in place of every other command's


@click.command("calibrate", help=said("calibrate"), context_settings={"default_map": _YEARS})
@click.argument("names", metavar="SCENARIO...", nargs=-1, required=True)
@click.option(
    "--shared",
    metavar="KEYS",
    multiple=True,
    default=(BEHAVIOUR,),
    show_default=True,
    help=said("shared"),
)
@click.option("--over", "over", metavar="KEY[=LOW:HIGH]", multiple=True, help=said("moved"))
@click.option(
    "--members",
    type=click.IntRange(1, MOST_MEMBERS),
    default=experiments.DEFAULT_MEMBERS,
    show_default=True,
    help=said("members"),
)
@asking
def calibrate(
    names: tuple[str, ...],
    shared: tuple[str, ...],
    over: tuple[str, ...],
    members: int,
    options: Options,
) -> Question:
    """Find the parameters that give the published figures."""
    if options.draws is not None or options.parameters is not None:
        option = "--draws" if options.draws is not None else "--parameters"
        raise screen.Failure(text("say.no_set_here", options.lang, option=option))
    entries = [over_entry(one, options.lang) for one in over]
    listed = experiments.PAIRS.get(names[0], names) if len(names) == 1 else names
    asked_of = [scenario.load(name, overrides=options.changes) for name in listed]

    def question(**how: Any) -> experiments.Result:
        execution: Execution = how.pop("execution")
        del how["draws"]
        return experiments.calibrate(
            asked_of,
            shared=shared,
            over=entries,
            members=members,
            execution=replace(execution, progress=_quietly(execution.progress)),
            **how,
        )

    return question


def _quietly(progress: Progress | None) -> Progress | None:
    """Move the bar, and say nothing of the first year: it is one of many tried at random."""

    def move(done: int, of: int, one: Numbers) -> None:
        if progress is not None:
            progress(max(done, 2), of, one)

    return None if progress is None else move
