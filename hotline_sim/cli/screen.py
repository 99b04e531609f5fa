"""What the terminal shows: tables, sentences, a bar while it runs, one line for a fault."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import math
import os
import sys
import traceback
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import click
from click.exceptions import Exit
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from hotline_sim import stopping
from hotline_sim.cli import layout
from hotline_sim.cli.language import spoken
from hotline_sim.domain import ArgumentError
from hotline_sim.execution import NotInstalledError, Outlook, WorkersDiedError
from hotline_sim.experiments import (
    OtherBaseNotice,
    OtherVersionNotice,
    ResultError,
    UncheckedNotice,
)
from hotline_sim.messages import Notice, RefusalError, text
from hotline_sim.reports import Picture, Points, Table
from hotline_sim.reports.numbers import shown
from hotline_sim.reports.typography import typeset, typeset_block, without_units_of_spans
from hotline_sim.scenario import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hotline_sim.execution import Forecast, Numbers
    from hotline_sim.execution.tasks import Progress as Progressed
    from hotline_sim.messages import Lang
    from hotline_sim.reports import Block

_PIPED_WIDTH = 120  # columns, where no terminal says how wide it is
BAD_USAGE, RUN_FAILED, INTERRUPTED = 2, 1, 130
STOPS = (KeyboardInterrupt, stopping.Stopped)
KEPT = "hotline_sim.kept"  # in click's notes: what is said of what had ended when it is cut short
INTERRUPTED_WORDS = "say.interrupted"
DEBUG = "HOTLINE_SIM_DEBUG"
LONG_S = 20.0  # a run that takes no longer is not announced
_MINUTE_S, _MINUTES = 60.0, 60
_BARS: list[Progress] = []  # that move on standard error now: one, or none
_SECONDS_UPTO_S, _MINUTES_UPTO = 100.0, 90  # from there on told in minutes, in hours


class Failure(click.ClickException):
    """An end that is the user's to mend, in lines ready to show."""

    exit_code = BAD_USAGE

    def show(self, file: object = None) -> None:
        """Print the lines on standard error."""
        click.echo(self.message, err=True)


class RunFailure(Failure):
    """The run's own failure, its interruption, or a fault of the program."""

    exit_code = RUN_FAILED


class Interruption(Failure):
    """The user, or whoever waits for the command, has ended it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc]  # click reads it of the object


class UnprintableError(Exception):
    """Standard output takes no more."""


@contextlib.contextmanager
def faults_shown(lang: Lang) -> Iterator[None]:
    """Turn what went wrong into lines for the user and an exit code; never a traceback."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = cast("Any", partial(_show_notice, lang))
            yield
    except (click.ClickException, click.Abort, Exit):
        raise
    except (Exception, *STOPS) as error:
        raise failure_of(error, lang) from error


def failure_of(error: BaseException, lang: Lang) -> Failure:
    """Return what is shown of an error, and with which exit code.

    Only what the package raises on purpose is the user's to mend. With ``HOTLINE_SIM_DEBUG=1``
    in the environment the traceback is printed first.
    """
    if isinstance(error, (ScenarioError, ResultError, RefusalError)):
        return Failure(error.text(lang))
    if isinstance(error, (ArgumentError, NotInstalledError)):
        return Failure(str(error))
    if isinstance(error, STOPS):
        stopping.hold()
        ctx = click.get_current_context(silent=True)
        told = INTERRUPTED_WORDS if ctx is None else ctx.meta.get(KEPT, INTERRUPTED_WORDS)
        return Interruption(text(told, lang), getattr(error, "exit_code", INTERRUPTED))
    if isinstance(error, UnprintableError):
        return RunFailure(text("say.unprintable", lang, reason=error))
    if os.environ.get(DEBUG, "0") not in ("", "0"):
        traceback.print_exception(error)
    name, told = type(error).__name__, " ".join(str(error).split())
    if isinstance(error, (OSError, MemoryError, WorkersDiedError)):
        return RunFailure(text("say.failed", lang, reason=told or name))
    reason = f"{name}: {told}" if told else name
    return RunFailure(text("say.fault", lang, reason=reason))


def show(*blocks: Block) -> None:
    """Print tables, points and sentences, an empty line between them; pictures are left out."""
    page = _page()
    told = [_set_for_terminal(block) for block in blocks]
    with printing():
        _print(page, [block for block in told if not isinstance(block, Picture)])


def _set_for_terminal(block: Block) -> Block:
    """Return a block as the language asked for sets it, its tables as narrow as may be."""
    found = typeset_block(block, spoken())
    return without_units_of_spans(found) if isinstance(found, Table) else found


def _print(page: Console, blocks: Sequence[Table | Points | str]) -> None:
    for i, block in enumerate(blocks):
        if i > 0:
            page.print()
        for line, style in _lines(block, page.width, "─" if _can_print("─") else "-"):
            page.print(Text(line, style=style), soft_wrap=True)


def _page() -> Console:
    """Return the terminal, or a wide page where the output is piped."""
    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    return Console(width=None if told else _PIPED_WIDTH, highlight=False)


def _lines(block: Table | Points | str, width: int, rule: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a block with its style."""
    if isinstance(block, str):
        yield from ((line, "") for line in layout.folded(block, width))
    elif isinstance(block, Points):
        yield from ((line, "bold") for line in layout.folded(block.heading, width))
        yield from ((line, "") for line in layout.listed(block.sentences, width))
    else:
        yield from ((line, "bold") for line in layout.folded(block.title, width))
        if block.note:
            yield from ((line, "dim") for line in layout.folded(block.note, width))
        for line, heading in layout.tabled(block, width, rule=rule):
            yield line, "bold" if heading else ""


def show_json(tree: str) -> None:
    """Print JSON, escaped where the output is not UTF-8, so that any reader takes it."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf8")
    with printing():
        click.echo(tree if utf8 else json.dumps(json.loads(tree), indent=1))


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Tell an output that takes no more; a reader who has seen enough ends the command quietly."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise Exit(RUN_FAILED) from None
    except OSError as error:
        raise UnprintableError(error.strerror or str(error)) from None


def _can_print(letters: str) -> bool:
    try:
        letters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def never_fail_to_print() -> None:
    """Let a letter that the output's encoding lacks be a question mark, not the end of the run."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def _show_notice(lang: Lang, message: Warning | str, *_where: object) -> None:
    """Print a warning as one line on standard error."""
    ours = (Notice, OtherBaseNotice, OtherVersionNotice, UncheckedNotice)
    line = message.text(lang) if isinstance(message, ours) else str(message)
    tell(typeset(line, lang))


def tell(line: str) -> None:
    """Print a line on standard error; where a bar moves there, above the bar."""
    if _BARS:
        _BARS[-1].console.print(Text(line), soft_wrap=True)
    else:
        click.echo(line, err=True)


def compiling_notice(lang: Lang) -> Callable[[], None]:
    """Return what tells the user, once, why the first run after installing takes longer."""
    return functools.cache(lambda: tell(text("say.compiling", lang)))


def outlook(lang: Lang) -> Outlook:
    """Return what tells the user, before most of a long run, how long it will take."""
    return Outlook(partial(_tell_forecast, lang))


def _tell_forecast(lang: Lang, forecast: Forecast) -> None:
    if forecast.total_s < LONG_S:
        return
    taken = duration(forecast.total_s, lang)
    values = {
        "count": f"{forecast.replications:,}",
        "each": f"{forecast.each_s:.2g}",
        "cores": forecast.at_a_time,
    }
    tell(text("say.forecast", lang, taken=taken, **values))


def duration(seconds: float, lang: Lang) -> str:
    """Return a time as roughly as it is known: 50 s, 12 min, 1 h 20 min."""
    if seconds < _SECONDS_UPTO_S:
        return text("say.about_seconds", lang, seconds=10 * math.ceil(seconds / 10))
    minutes = math.ceil(seconds / _MINUTE_S)
    if minutes < _MINUTES_UPTO:
        return text("say.about_minutes", lang, minutes=minutes)
    hours, minutes = divmod(10 * math.ceil(minutes / 10), _MINUTES)
    return text("say.about_hours", lang, hours=hours, minutes=minutes)


@contextlib.contextmanager
def progress_bar(lang: Lang) -> Iterator[Progressed | None]:
    """Give a callback that moves a bar on standard error; None where nobody watches.

    The first replication to end is shown at once, as what it is: one run.
    """
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        task = bar.add_task(text("say.progress", lang), total=None)
        told = False  # an experiment may play more than once

        def move(done: int, of: int, replication: Numbers) -> None:
            nonlocal told
            if done == 1 < of and not told:
                told = True
                names = ("answered", "connect_rate")
                values = {name: shown(name, replication.measures[name]) for name in names}
                found = {name: typeset(value, lang) for name, value in values.items()}
                tell(text("say.first", lang, **found))
            bar.update(task, completed=done, total=of)

        _BARS.append(bar)
        try:
            yield move
        finally:
            _BARS.remove(bar)
