"""``hotline-sim staff``: the least staff that meets targets, and its roster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from hotline_sim import scenario
from hotline_sim.cli.asking import asking
from hotline_sim.cli.options import said
from hotline_sim.experiments import staff as staffing
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.cli.asking import Question
    from hotline_sim.cli.options import Options
    from hotline_sim.experiments.staff import Objective
    from hotline_sim.messages import Lang

_TOLD_FROM_S = 30.0
# Of one employment what persons cost goes with the hours that they are on duty.
_OBJECTIVES: dict[str, Objective] = {
    "hours": "paid_hours",
    "persons": "persons",
    "cost": "paid_hours",
}


@click.command("staff", help=said("staff"))
@click.argument("name", metavar="SCENARIO")
@click.option(
    "--target",
    "targets",
    metavar="TARGET",
    multiple=True,
    default=(staffing.DEFAULT_TARGET,),
    show_default=True,
    help=said("staff_target"),
)
@click.option(
    "--objective",
    type=click.Choice(tuple(_OBJECTIVES)),
    default="hours",
    show_default=True,
    help=said("objective"),
)
@click.option("--team", metavar="NAME", help=said("staff_team"))
@click.option(
    "--time-limit",
    "time_limit_s",
    type=click.FloatRange(min=0.1),
    default=staffing.DEFAULT_TIME_LIMIT_S,
    show_default=True,
    help=said("time_limit"),
)
@click.option(
    "--gap",
    type=click.FloatRange(0.0, 1.0),
    default=staffing.DEFAULT_GAP,
    show_default=True,
    help=said("gap"),
)
@click.option("--quick", is_flag=True, help=said("staff_quick"))
@asking
def staff(
    name: str,
    targets: tuple[str, ...],
    objective: str,
    team: str | None,
    time_limit_s: float,
    gap: float,
    quick: bool,
    options: Options,
) -> Question:
    """Find the least staff that meets targets."""
    loaded = scenario.load(name, overrides=options.changes)
    return partial(
        staffing.staff,
        loaded,
        targets,
        objective=_OBJECTIVES[objective],
        team=team,
        time_limit_s=time_limit_s,
        gap=gap,
        quick=quick,
        over=options.over(loaded),
        tell=partial(_tell, lang=options.lang),
    )


def _tell(seconds: float, lang: Lang) -> None:
    """Say about how long it will take, if that is long."""
    if seconds > _TOLD_FROM_S:
        click.echo(text("staffing.how_long", lang, minutes=f"{seconds / 60.0:.0f}"), err=True)
