"""``hotline-sim sensitivity``: which assumed numbers move the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from hotline_sim.cli import screen
from hotline_sim.cli.asking import Question, asking_or_looking
from hotline_sim.cli.options import Options, said
from hotline_sim.experiments import sensitivities
from hotline_sim.messages import text
from hotline_sim.scenario.written import number_for

if TYPE_CHECKING:
    from hotline_sim.experiments import SensitivityResult
    from hotline_sim.experiments.parameters import Over
    from hotline_sim.messages import Lang

_QUICK_SAMPLE, _QUICK_TRAJECTORIES = 64, 8


@click.command("sensitivity", help=said("sensitivity"))
@click.argument("name", metavar="SCENARIO")
@click.option("--measure", "measures", metavar="NAME", multiple=True, help=said("looked_at"))
@click.option("--over", metavar="KEY[=LOW:HIGH]", multiple=True, help=said("over_ranges"))
@click.option(
    "--points",
    "sample",
    type=int,
    metavar="N",
    default=sensitivities.DEFAULT_SAMPLE,
    show_default=True,
    help=said("sample"),
)
@click.option(
    "--trajectories",
    type=int,
    metavar="N",
    default=sensitivities.DEFAULT_TRAJECTORIES,
    show_default=True,
    help=said("trajectories"),
)
@click.option(
    "--factors",
    type=int,
    default=sensitivities.DEFAULT_FACTORS,
    show_default=True,
    help=said("factors"),
)
@click.option("--emulate", is_flag=True, help=said("emulate"))
@asking_or_looking(
    sample=(_QUICK_SAMPLE, sensitivities.DEFAULT_SAMPLE),
    trajectories=(_QUICK_TRAJECTORIES, sensitivities.DEFAULT_TRAJECTORIES),
)
def sensitivity(
    name: str,
    measures: tuple[str, ...],
    over: tuple[str, ...],
    sample: int,
    trajectories: int,
    factors: int,
    emulate: bool,
    options: Options,
) -> Question:
    """Find which assumed numbers move the measures most."""
    if options.draws is not None:
        raise screen.Failure(text("say.sensitivity_draws", options.lang))
    if over and options.parameters is not None:
        raise screen.Failure(text("say.over_or_parameters", options.lang))
    loaded = options.load(name)
    named = [over_entry(one, options.lang) for one in over] or None
    question = partial(
        sensitivities.sensitivity,
        loaded,
        measures=measures or None,
        over=named or options.over(loaded),
        points=sample,
        trajectories=trajectories,
        factors=factors,
        emulate=emulate,
    )
    return partial(_without_draws, question)


def _without_draws(
    question: partial[SensitivityResult], *, draws: int | None, **how: Any
) -> SensitivityResult:
    """Ask a question that goes over the ranges itself."""
    del draws  # none was asked for
    return question(**how)


def over_entry(written: str, lang: Lang) -> Over:
    """Return a key or pattern, or a key with ends of its own: KEY=LOW:HIGH.

    Raises
    ------
    Failure
        If it is none of this.
    """
    key, equals, ends = (part.strip() for part in written.partition("="))
    if key and not equals:
        return key
    low, high = (number_for(key, end) for end in ends.partition(":")[::2])
    if not key or low is None or high is None:
        raise screen.Failure(text("say.over_range_form", lang, found=written))
    return key, float(low), float(high)
