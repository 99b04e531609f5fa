"""``hotline-sim staff``: the least staff that meets targets, and its roster."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from hotline_sim import scenario
from hotline_sim.cli import units
from hotline_sim.cli.asking import asking
from hotline_sim.cli.options import said
from hotline_sim.cli.screen import Failure
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
@click.argument("name", metavar="SCENARIO|VOLUMES.csv")
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
@click.option("--aht", metavar="TIME", help=said("staff_aht"))
@click.option("--patience", metavar="TIME", help=said("staff_patience"))
@click.option("--redial", metavar="SHARE", help=said("staff_redial"))
@click.option("--team", metavar="NAME", help=said("staff_team"))
@click.option(
    "--time-limit",
    "time_limit_s",
    type=units.SecondsRange(min=0.1),
    default=staffing.DEFAULT_TIME_LIMIT_S,
    show_default=True,
    help=said("time_limit"),
)
@click.option(
    "--gap",
    type=units.ShareRange(0.0, 1.0),
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
    aht: str | None,
    patience: str | None,
    redial: str | None,
    team: str | None,
    time_limit_s: float,
    gap: float,
    quick: bool,
    options: Options,
) -> Question:
    """Find the least staff that meets targets."""
    how: dict[str, Any] = {
        "objective": _OBJECTIVES[objective],
        "time_limit_s": time_limit_s,
        "gap": gap,
        "quick": quick,
        "tell": partial(_tell, lang=options.lang),
    }
    of_calls = {"--aht": aht, "--patience": patience, "--redial": redial}
    of_a_scenario = {"--team": team, "--parameters": options.parameters}
    if name.lower().endswith(".csv"):
        _refuse("staffing.of_a_scenario", of_a_scenario, options.lang)
        return partial(
            staffing.staff_of_volumes,
            name,
            targets,
            overrides=options.changes,
            **_calls(of_calls, options.lang),
            **how,
        )
    _refuse("staffing.of_a_table", of_calls, options.lang)
    loaded = scenario.load(name, overrides=options.changes)
    return partial(staffing.staff, loaded, targets, team=team, over=options.over(loaded), **how)


def _refuse(sentence: str, given: dict[str, Any], lang: Lang) -> None:
    """Refuse the first option that was given where it would do nothing."""
    for option, value in given.items():
        if value is not None:
            raise Failure(text(sentence, lang, option=option))


def _calls(given: dict[str, str | None], lang: Lang) -> dict[str, float]:
    """Return what is said of the calls of a table."""
    aht, patience, redial = given["--aht"], given["--patience"], given["--redial"]
    if aht is None:
        raise Failure(text("staffing.aht_wanted", lang))
    found = {"handle_mean_s": units.seconds("--aht", aht, lang)}
    if patience is not None and patience.lower() not in units.NEVER:
        found["patience_s"] = units.seconds("--patience", patience, lang)
    if redial is not None:
        found["redial_probability"] = units.share("--redial", redial, lang)
        if found["redial_probability"] >= 1.0:
            raise Failure(text("say.redial_for_ever", lang))
    return found


def _tell(seconds: float, lang: Lang) -> None:
    """Say about how long it will take, if that is long."""
    if seconds > _TOLD_FROM_S:
        click.echo(text("staffing.how_long", lang, minutes=f"{seconds / 60.0:.0f}"), err=True)
