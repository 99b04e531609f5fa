"""A command that asks the model a question: what all of them share, from playing to showing."""

from __future__ import annotations

from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Protocol

import click

from hotline_sim import reports
from hotline_sim.cli import folder, output, rehearsing, reporting, screen
from hotline_sim.cli.options import Options, running_options
from hotline_sim.cli.quick import Cut, QuickLook

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.experiments import Result

QUICK_DAYS = 28


class Question(Protocol):
    """An experiment that lacks only how it is to be played."""

    def __call__(self, **how: Any) -> Result:
        """Ask it: with ``replications``, ``seed``, ``engine``, ``execution`` and ``draws``."""
        ...


def asking(command: Callable[..., Question]) -> Callable[..., None]:
    """Make a command of a function from its options to a question.

    It gets every option of a simulation, as ``options``. What is wrong with what the user wrote
    is told before anything is played; then the question is asked, the result written to
    ``--out``, on request as a report and as a workbook, and shown.
    """
    return running_options(_asked(command))


def asking_or_looking(
    *, days: int = QUICK_DAYS, **cuts: tuple[int, int]
) -> Callable[[Callable[..., Question]], Callable[..., None]]:
    """Return what makes such a command, with ``--quick`` among its options.

    Parameters
    ----------
    days
        How many days of the horizon a quick look plays at most; for this the command takes
        its scenarios from ``options.load``.
    cuts
        Of each option that a quick look takes less of, by its name, how much it takes and how
        much is taken otherwise; ``quick.NAME`` is what is said of it.
    """
    found = {name: Cut(*amounts) for name, amounts in cuts.items()}

    def made(command: Callable[..., Question]) -> Callable[..., None]:
        return running_options(_asked(command), partial(QuickLook, found, days))

    return made


def _asked(command: Callable[..., Question]) -> Callable[..., None]:
    @wraps(command)
    def asked(options: Options, **given: Any) -> None:
        with screen.faults_shown(options.lang):
            question = command(options=options, **given)
            if options.dry_run:
                return rehearsing.rehearse(question, options)
            with options.playing() as how:
                asked_by = folder.question_of(click.get_current_context())
                result = question(**how).asked_by(f"hotline-sim {asked_by}")
            if options.out is not None:
                output.write(options.out, result, options.lang, heads=options.csv_heads)
            if options.report is not None:
                reporting.write(options.report, [result], [options.lang], options.lang)
            if options.xlsx is not None:
                reporting.write_xlsx(options.xlsx, [result], [options.lang], options.lang)
        looked = [] if options.quick is None else [options.quick.sentence(options.lang)]
        if options.as_json:
            screen.show_json(result.to_json())
            for line in looked:
                click.echo(line, err=True)
        else:
            screen.show(*reports.blocks(result, options.lang), *looked)
        return None

    return asked
