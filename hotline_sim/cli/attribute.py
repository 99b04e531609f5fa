"""``hotline-sim attribute``: which part of a change is due to what."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import experiments
from hotline_sim.cli import screen
from hotline_sim.cli.asking import Question, asking_or_looking
from hotline_sim.cli.options import said
from hotline_sim.experiments.attribution import DEFAULT_MEMBERS, DEFAULT_SEEDS
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.cli.options import Options

_QUICK_DRAWS = 8
_DEFAULTS = {"default_map": {"replications": DEFAULT_SEEDS, "draws": DEFAULT_MEMBERS}}


@click.command("attribute", help=said("attribute"), context_settings=_DEFAULTS)
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option(
    "--measure", "measures", metavar="NAME", multiple=True, help=said("attribute_measure")
)
@click.option(
    "--groups",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=said("attribute_groups"),
)
@click.option("--over", metavar="PATTERN", multiple=True, help=said("attribute_over"))
@asking_or_looking(draws=(_QUICK_DRAWS, DEFAULT_MEMBERS), replications=(2, DEFAULT_SEEDS))
def attribute(
    a: str,
    b: str,
    measures: tuple[str, ...],
    groups: Path | None,
    over: tuple[str, ...],
    options: Options,
) -> Question:
    """Split the change between two scenarios over groups of keys."""
    if over and options.parameters is not None:
        raise screen.Failure(text("attribute.over_twice", options.lang))
    if options.contacts:
        raise screen.Failure(text("attribute.contacts", options.lang))
    pair = [options.load(name) for name in (a, b)]
    given = None if groups is None else experiments.groups_from(groups)
    if given is not None:
        experiments.check_patterns(given, pair, str(groups))
    return partial(
        experiments.attribute,
        *pair,
        measures=measures,
        groups=given,
        over=options.over(*pair) or (over or None),
    )
