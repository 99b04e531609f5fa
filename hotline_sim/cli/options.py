"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

from hotline_sim import scenario as scenarios
from hotline_sim.cli import output, reporting
from hotline_sim.cli.language import said as said
from hotline_sim.cli.language import spoken
from hotline_sim.cli.screen import Failure, progress_bar
from hotline_sim.execution import ENGINES, EngineName, Execution
from hotline_sim.experiments import (
    DEFAULT_REPLICATIONS,
    DEFAULT_SEED,
    LARGEST_SEED,
    MOST_POINTS,
    ParameterSet,
    apart,
)
from hotline_sim.messages import LANGUAGES, Lang, text
from hotline_sim.scenario.written import number_for, parted

if TYPE_CHECKING:
    from hotline_sim.cli.quick import QuickLook
    from hotline_sim.scenario import Scenario

Command = TypeVar("Command", bound=Callable[..., Any])


def lang_option(command: Command) -> Command:
    """Add ``--lang``; what stands there has been read before all options."""
    return click.option(
        "--lang", type=click.Choice(LANGUAGES), default=spoken, is_eager=True, help=said("lang")
    )(command)


def json_option(command: Command) -> Command:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help=said("json"))(command)


def out_option(command: Command) -> Command:
    """Add ``--out``."""
    return click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help=said("out"))(
        command
    )


def csv_heads_option(command: Command) -> Command:
    """Add ``--csv-heads``."""
    return click.option("--csv-heads", type=click.Choice(LANGUAGES), help=said("csv_heads"))(
        command
    )


def report_option(command: Command) -> Command:
    """Add ``--report``."""
    return _file_option("--report", "report_to")(command)


def xlsx_option(command: Command) -> Command:
    """Add ``--xlsx``."""
    return _file_option("--xlsx", "xlsx_to")(command)


def _file_option(name: str, told: str) -> Callable[[Command], Command]:
    written = click.Path(path_type=Path, dir_okay=False)
    return click.option(name, type=written, metavar="FILE", help=said(told))


def seed_option(command: Command) -> Command:
    """Add ``--seed``."""
    return click.option(
        "--seed",
        type=click.IntRange(0, LARGEST_SEED),
        default=DEFAULT_SEED,
        show_default=True,
        help=said("seed"),
    )(command)


def jobs_option(command: Command) -> Command:
    """Add ``--jobs``."""
    return click.option("--jobs", type=click.IntRange(min=-1), default=-1, help=said("jobs"))(
        command
    )


def engine_option(default: EngineName | None, said_by: str) -> Callable[[Command], Command]:
    """Return what adds ``--engine``, with the sentence that explains it."""
    return click.option("--engine", type=click.Choice(ENGINES), default=default, help=said(said_by))


def set_option(command: Command) -> Command:
    """Add ``--set``."""
    return click.option("--set", "overrides", metavar="KEY=VALUE", multiple=True, help=said("set"))(
        command
    )


@dataclass(frozen=True)
class Options:
    """What is asked of a simulation, whatever the command."""

    overrides: tuple[str, ...]
    lang: Lang
    as_json: bool
    replications: int
    seed: int
    engine: EngineName
    days: int | None
    out: Path | None
    report: Path | None
    xlsx: Path | None
    csv_heads: Lang | None
    jobs: int
    cluster: str | None
    contacts: bool
    resume: bool
    draws: int | None
    parameters: Path | None
    dry_run: bool
    quick: QuickLook | None = None

    def load(self, name: str) -> Scenario:
        """Return a scenario with what is set in it; of a few days where a quick look is asked for.

        Raises
        ------
        ScenarioError
            If it cannot be read, or what is set does not fit.
        """
        loaded = scenarios.load(name, overrides=self.changes)
        return loaded if self.quick is None else self.quick.shortened(loaded)

    def over(self, *bases: Scenario) -> ParameterSet | None:
        """Return the set of ``--parameters`` over the scenarios that are asked about.

        Raises
        ------
        ScenarioError
            If the file holds none, or a scenario has no key of it.
        """
        if self.parameters is None:
            return None
        return ParameterSet.load(self.parameters, apart(bases))

    @property
    def changes(self) -> tuple[str, ...]:
        """What changes the scenario: ``--days`` goes after all that is set."""
        days = () if self.days is None else (f"horizon.days={self.days}",)
        return (*self.overrides, *days)

    @contextmanager
    def playing(self) -> Iterator[_How]:
        """Give how to play: the folder tried, the user told, a bar where one watches."""
        output.prepare(self.out, self.lang)
        reporting.prepare(self.report, "--report", self.lang)
        reporting.prepare(self.xlsx, reporting.XLSX, self.lang)
        with progress_bar(self.lang) as progress:
            execution = output.execution(
                self.out,
                self.lang,
                progress=progress,
                jobs=self.jobs,
                cluster=self.cluster,
                resume=self.resume,
                contacts=self.contacts,
            )
            yield {
                "replications": self.replications,
                "seed": self.seed,
                "engine": self.engine,
                "execution": execution,
                "draws": self.draws,
            }


class _How(TypedDict):
    """What every experiment takes."""

    replications: int
    seed: int
    engine: EngineName
    execution: Execution
    draws: int | None


def running_options(
    command: Callable[..., None], look: Callable[[], QuickLook] | None = None
) -> Callable[..., None]:
    """Add everything a simulation takes, and hand it to the command as ``options``.

    With *look*, which gives what a quick look takes less of, ``--quick`` is among it.
    """
    names = [field.name for field in fields(Options) if field.name != "quick"]

    @wraps(command)
    def gathered(**given: Any) -> None:
        quick = look() if look is not None and given.pop("quick") else None
        given = given if quick is None else quick.lessened(given)
        options = Options(**{name: given.pop(name) for name in names}, quick=quick)
        command(options=options, **given)

    if look is not None:
        gathered = click.option("--quick", is_flag=True, help=said("quick_look"))(gathered)
    return _with_running_options(gathered)


def _with_running_options(command: Command) -> Command:
    for option in (
        xlsx_option,
        report_option,
        csv_heads_option,
        out_option,
        click.option("--resume/--fresh", default=True, help=said("resume")),
        click.option("--dry-run", is_flag=True, help=said("dry_run")),
        click.option("--contacts", is_flag=True, help=said("contacts")),
        click.option("--cluster", metavar="ADDRESS", help=said("cluster")),
        click.option("--days", type=click.IntRange(min=1), help=said("days")),
        jobs_option,
        engine_option("auto", "engine"),
        click.option("--draws", type=int, metavar="N", help=said("draws")),
        _file_option("--parameters", "parameters"),
        seed_option,
        click.option(
            "--replications",
            type=click.IntRange(min=1),
            default=DEFAULT_REPLICATIONS,
            show_default=True,
            help=said("replications"),
        ),
    ):
        command = option(command)
    return json_option(lang_option(set_option(command)))


def grid_of(written: tuple[str, ...], lang: Lang) -> dict[str, list[str]]:
    """Return the values of each key of ``--over``.

    Raises
    ------
    Failure
        If one is neither KEY=FROM:TO:STEP nor KEY=A,B,C, or comes twice.
    """
    grid: dict[str, list[str]] = {}
    for one in written:
        key, equals, values = (part.strip() for part in one.partition("="))
        found = _stepped(key, values, lang) if ":" in values else values.split(",")
        if not key or not equals or not found or not all(value.strip() for value in found):
            raise Failure(text("say.over_form", lang, found=one))
        if key in grid:
            raise Failure(text("say.over_twice", lang, key=key))
        grid[key] = [_plain(key, value.strip()) for value in found]
    return grid


def _plain(key: str, value: str) -> str:
    """Return a value without its unit, in that of its key; one that has none as it is."""
    found = parted(value)
    number = number_for(key, value) if found is not None and found[1] else None
    return value if number is None else f"{number:.15g}"


def _stepped(key: str, values: str, lang: Lang) -> list[str]:
    """Return the numbers of FROM:TO:STEP, the last included; none if they are no such thing."""
    try:
        begin, end, step = (Decimal(_plain(key, part.strip())) for part in values.split(":"))
        count = int((end - begin) / step) + 1 if step and (end - begin) / step >= 0 else 0
    except (ValueError, InvalidOperation, OverflowError):  # two parts, or no number
        return []
    if count > MOST_POINTS:
        raise Failure(text("say.too_many_points", lang, count=count, most=MOST_POINTS))
    return [f"{begin + i * step:f}" for i in range(count)]
