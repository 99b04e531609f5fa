"""A command that asks the model a question: what all of them share, from playing to showing."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol

import click

from hotline_sim import reports
from hotline_sim.cli import folder, output, screen
from hotline_sim.cli.options import Options, running_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.experiments import Result


class Question(Protocol):
    """An experiment that lacks only how it is to be played."""

    def __call__(self, **how: Any) -> Result:
        """Ask it: with ``replications``, ``seed``, ``engine``, ``execution`` and ``draws``."""
        ...


def asking(command: Callable[..., Question]) -> Callable[..., None]:
    """Make a command of a function from its options to a question.

    It gets every option of a simulation, as ``options``. What is wrong with what the user wrote
    is told before anything is played; then the question is asked, the result written to
    ``--out``, and shown.
    """

    @wraps(command)
    def asked(options: Options, **given: Any) -> None:
        with screen.faults_shown(options.lang):
            question = command(options=options, **given)
            with options.playing() as how:
                asked_by = folder.question_of(click.get_current_context())
                result = question(**how).asked_by(f"hotline-sim {asked_by}")
            if options.out is not None:
                output.write(options.out, result, options.lang)
        if options.as_json:
            screen.show_json(result.to_json())
        else:
            screen.show(*reports.blocks(result, options.lang))

    return running_options(asked)
