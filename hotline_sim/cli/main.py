"""The commands."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hotline_sim
from hotline_sim import experiments, money, reports, scenario
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import keeping, output, pages, screen
from hotline_sim.cli.endings import CommandLine
from hotline_sim.cli.options import (
    Options,
    amount_cny,
    grid_of,
    json_option,
    lang_option,
    running_options,
    said,
    set_option,
)
from hotline_sim.experiments.results import to_json, without_nan
from hotline_sim.messages import text
from hotline_sim.scenario.starter import starter

if TYPE_CHECKING:
    from hotline_sim.cli.pages import Block
    from hotline_sim.messages import Lang
    from hotline_sim.money import EmploymentName


@click.group(
    cls=CommandLine, help=said("main"), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(hotline_sim.__version__, prog_name="hotline-sim")
def main() -> None:
    """Simulate a 12345 hotline."""
    screen.never_fail_to_print()


main.add_command(keeping.store)


@main.command("list", help=said("list"))
@click.option("--cities", is_flag=True, help=said("cities"))
@json_option
@lang_option
def list_(cities: bool, as_json: bool, lang: Lang) -> None:
    """List the shipped scenarios, or the cities."""
    with screen.faults_shown(lang):
        if cities:
            every = scenario.cities()
            tree = [{"name": name, **city.model_dump()} for name, city in every.items()]
            table = reports.city_table(every.values(), lang)
        else:
            found = [scenario.load(name) for name in scenario.catalogue()]
            tree = [
                {"name": s.name, "title": s.title.model_dump(), "checked": s.checked} for s in found
            ]
            table = reports.catalogue_table(found, lang)
    if as_json:
        screen.show_json(to_json(tree))
    else:
        screen.show(table)


@main.command(help=said("show"))
@click.argument("name", metavar="SCENARIO")
@set_option
@json_option
@lang_option
def show(name: str, overrides: tuple[str, ...], as_json: bool, lang: Lang) -> None:
    """Show a scenario's numbers, each with its origin."""
    with screen.faults_shown(lang):
        loaded = scenario.load(name, overrides=overrides)
    if as_json:
        values = scenario.values_of(loaded)
        rows = {k: {"value": values[k], **o.to_dict()} for k, o in loaded.provenance.items()}
        tree = {
            "scenario": loaded.name,
            "title": loaded.title.model_dump(),
            "checked": loaded.checked,
            "numbers": rows,
            "staff": {name: one.to_dict() for name, one in money.staff_of(loaded).items()},
            "whole_staff": money.whole_staff_of(loaded).to_dict(),
            "volumes": {name: asdict(v) for name, v in scenario.volumes_found(loaded).items()},
        }
        screen.show_json(to_json(without_nan(tree)))
    else:
        screen.show(*pages.scenario_page(loaded, lang))


@main.command(help=said("new"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--city", default="My city", show_default=True, help=said("city"))
@click.option("--force", is_flag=True, help=said("force"))
@lang_option
def new(file: Path, city: str, force: bool, lang: Lang) -> None:
    """Write a commented starter scenario."""
    with screen.faults_shown(lang):
        content = starter(city, lang).encode()
        try:
            if file.exists() and not force:
                raise screen.Failure(text("say.exists", lang, path=file))
            write_atomically(file, content)
        except OSError as error:
            reason = error.strerror or str(error)
            message = text("say.unwritable", lang, path=file, reason=reason)
            raise screen.Failure(message) from error
    click.echo(text("say.new_written", lang, path=file), err=True)


@main.command(help=said("schema"))
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    screen.show_json(to_json(scenario.json_schema()))


@main.command(help=said("run"))
@click.argument("name", metavar="SCENARIO")
@click.option("--precision", metavar="MEASURE=WIDTH", help=said("precision"))
@click.option("--standard", metavar="STANDARD", help=said("standard"))
@running_options
def run(name: str, precision: str | None, standard: str | None, options: Options) -> None:
    """Simulate a scenario."""
    with screen.faults_shown(options.lang):
        wanted = _precision(precision, options.lang)
        loaded = scenario.load(name, overrides=options.changes)
        with options.playing() as how:
            result = experiments.run(loaded, precision=wanted, standard=standard, **how)
        if options.out is not None:
            from hotline_sim import plots  # loads matplotlib

            figures = plots.run_figures(result, lang=options.lang)
            output.write(
                options.out, result.to_json(), reports.run_tables([result]), figures, options.lang
            )
    _show(result, pages.run_page(result, options.lang), options)


@main.command(help=said("compare"))
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@running_options
def compare(a: str, b: str, options: Options) -> None:
    """Simulate two scenarios on the same people."""
    with screen.faults_shown(options.lang):
        pair = [scenario.load(name, overrides=options.changes) for name in (a, b)]
        with options.playing() as how:
            result = experiments.compare(*pair, **how)
        if options.out is not None:
            from hotline_sim import plots  # loads matplotlib

            figures = plots.compare_figures(result, lang=options.lang)
            tables = reports.run_tables([result.a, result.b])
            output.write(options.out, result.to_json(), tables, figures, options.lang)
    _show(result, pages.comparison_page(result, options.lang), options)


@main.command(help=said("reproduce"))
@click.argument("before", metavar="PAIR|BEFORE")
@click.argument("after", metavar="[AFTER]", required=False)
@running_options
def reproduce(before: str, after: str | None, options: Options) -> None:
    """Hold a published before and after against the simulation."""
    with screen.faults_shown(options.lang):
        if after is None and before not in experiments.PAIRS:
            pairs = ", ".join(experiments.PAIRS)
            form = text("say.pair_form", options.lang, found=before, pairs=pairs)
            raise screen.Failure(form)
        with options.playing() as how:
            result = experiments.reproduce(before, after, overrides=options.changes, **how)
        if options.out is not None:
            from hotline_sim import plots  # loads matplotlib

            figures = plots.reproduce_figures(result, lang=options.lang)
            tables = reports.run_tables([result.before, result.after])
            output.write(options.out, result.to_json(), tables, figures, options.lang)
    _show(result, pages.reproduction_page(result, options.lang), options)


@main.command(help=said("sweep"))
@click.argument("name", metavar="SCENARIO")
@click.option(
    "--over", "over", metavar="KEY=VALUES", multiple=True, required=True, help=said("over")
)
@click.option("--measure", metavar="NAME", help=said("measure"))
@click.option("--target", metavar="MEASURE>=VALUE", help=said("target"))
@running_options
def sweep(
    name: str,
    over: tuple[str, ...],
    measure: str | None,
    target: str | None,
    options: Options,
) -> None:
    """Simulate a scenario over a grid of values."""
    with screen.faults_shown(options.lang):
        grid = grid_of(over, options.lang)
        aim = None if target is None else experiments.target_of(target)
        drawn = measure or (aim.measure if aim else "connect_rate")
        experiments.check_measure(drawn)
        with options.playing() as how:
            result = experiments.sweep(name, grid, overrides=options.changes, **how)
        for each in (drawn, aim.measure if aim else drawn):
            experiments.check_measure(each, result)
        if options.out is not None:
            from hotline_sim import plots  # loads matplotlib

            figures = plots.sweep_figures(result, measure=drawn, target=aim, lang=options.lang)
            output.write(
                options.out, result.to_json(), reports.sweep_tables(result), figures, options.lang
            )
    _show(result, pages.sweep_page(result, options.lang, measure=drawn, target=aim), options)


@main.command(help=said("budget"))
@click.argument("name", metavar="SCENARIO")
@click.option("--from", "from_", metavar="AMOUNT", required=True, help=said("from"))
@click.option("--to", metavar="AMOUNT", required=True, help=said("to"))
@click.option(
    "--points", default=experiments.DEFAULT_POINTS, show_default=True, help=said("points")
)
@click.option("--draws", default=experiments.DEFAULT_DRAWS, show_default=True, help=said("draws"))
@click.option(
    "--employment",
    "employments",
    type=click.Choice(money.EMPLOYMENTS),
    multiple=True,
    default=money.EMPLOYMENTS,
    help=said("employment"),
)
@click.option("--measure", default="connect_rate", show_default=True, help=said("measure"))
@running_options
def budget(
    name: str,
    from_: str,
    to: str,
    points: int,
    draws: int,
    employments: tuple[EmploymentName, ...],
    measure: str,
    options: Options,
) -> None:
    """Simulate what budgets buy under both employments."""
    with screen.faults_shown(options.lang):
        ends_cny = amount_cny("--from", from_, options.lang), amount_cny("--to", to, options.lang)
        experiments.check_measure(measure)
        with options.playing() as how:
            result = experiments.budget(
                name,
                from_cny=ends_cny[0],
                to_cny=ends_cny[1],
                points=points,
                draws=draws,
                employments=employments,
                overrides=options.changes,
                **how,
            )
        experiments.check_measure(measure, result)
        if options.out is not None:
            from hotline_sim import plots  # loads matplotlib

            figures = plots.budget_figures(result, measure=measure, lang=options.lang)
            output.write(
                options.out, result.to_json(), reports.budget_tables(result), figures, options.lang
            )
    _show(result, pages.budget_page(result, options.lang, measure=measure), options)


def _precision(written: str | None, lang: Lang) -> tuple[str, float] | None:
    if written is None:
        return None
    name, _, width = written.partition("=")
    try:
        return name.strip(), float(width)
    except ValueError:
        raise screen.Failure(text("say.precision_form", lang, found=written)) from None


def _show(result: Any, page: list[Block], options: Options) -> None:
    if options.as_json:
        screen.show_json(result.to_json())
    else:
        screen.show(*page)
