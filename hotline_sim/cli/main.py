"""The commands."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import hotline_sim
from hotline_sim import experiments, money, reports, scenario
from hotline_sim.cli import copying, keeping, output, reporting, screen, units
from hotline_sim.cli.animate import animate
from hotline_sim.cli.app import app
from hotline_sim.cli.asking import Question, asking, asking_or_looking
from hotline_sim.cli.attribute import attribute
from hotline_sim.cli.beginnings import beginnings
from hotline_sim.cli.calibrate import calibrate
from hotline_sim.cli.check import check
from hotline_sim.cli.completing import add_completion
from hotline_sim.cli.endings import CommandLine
from hotline_sim.cli.erlang import erlang
from hotline_sim.cli.examples import add_examples
from hotline_sim.cli.options import (
    Options,
    csv_heads_option,
    engine_option,
    grid_of,
    jobs_option,
    json_option,
    lang_option,
    out_option,
    report_option,
    said,
    set_option,
    xlsx_option,
)
from hotline_sim.cli.sensitivity import sensitivity
from hotline_sim.cli.staff import staff
from hotline_sim.cli.validate import validate
from hotline_sim.definitions import MEASURES
from hotline_sim.execution import Execution
from hotline_sim.experiments.plain import to_json, without_nan
from hotline_sim.messages import LANGUAGES, text
from hotline_sim.scenario.written import KINDS_OF_MEASURES, number_as

if TYPE_CHECKING:
    from hotline_sim.execution import EngineName
    from hotline_sim.experiments.budgeting import RosterName
    from hotline_sim.messages import Lang
    from hotline_sim.money import EmploymentName

NOT_SAME = 1  # exit code of a rerun whose numbers are others


@click.group(
    cls=CommandLine, help=said("main"), context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(
    hotline_sim.__version__, prog_name="hotline-sim", message="%(prog)s %(version)s"
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), expose_value=False, is_eager=True, help=said("lang")
)
def main() -> None:
    """Simulate a 12345 hotline."""
    screen.never_fail_to_print()


main.add_command(keeping.store)


@main.command("list", help=said("list"))
@click.option("--cities", is_flag=True, help=said("cities"))
@click.option("--measures", is_flag=True, help=said("measures"))
@json_option
@lang_option
def list_(cities: bool, measures: bool, as_json: bool, lang: Lang) -> None:
    """List the shipped scenarios, the cities, or the measures."""
    tree: Any
    with screen.faults_shown(lang):
        if measures:
            tree = {name: reports.definition_dict(one) for name, one in MEASURES.items()}
            table = reports.definition_table(lang)
        elif cities:
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
            "overdrawn": [asdict(one) for one in money.overdrawn_of(loaded)],
            "volumes": {name: asdict(v) for name, v in scenario.volumes_found(loaded).items()},
        }
        screen.show_json(to_json(without_nan(tree)))
    else:
        screen.show(*reports.scenario_blocks(loaded, lang))


@main.command(help=said("new"))
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--xlsx",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=said("new_xlsx"),
)
@click.option("--city", default="My city", show_default=True, help=said("city"))
@click.option("--force", is_flag=True, help=said("force"))
@lang_option
def new(file: Path | None, xlsx: Path | None, city: str, force: bool, lang: Lang) -> None:
    """Write a commented starter scenario, or a workbook to fill in."""
    with screen.faults_shown(lang):
        files = beginnings(file, xlsx, city, lang)
        for path, content in files.items():
            copying.write_new(path, content, force=force, lang=lang)
    for path in files:
        click.echo(text("say.new_written", lang, path=path), err=True)


@main.command(help=said("schema"))
@lang_option
def schema(lang: Lang) -> None:
    """Print the JSON Schema of scenario files."""
    with screen.faults_shown(lang):
        screen.show_json(to_json(scenario.json_schema()))


@main.command(help=said("run"))
@click.argument("name", metavar="SCENARIO")
@click.option("--precision", metavar="MEASURE=WIDTH", help=said("precision"))
@click.option("--standard", metavar="STANDARD", help=said("standard"))
@click.option("--settle", is_flag=True, help=said("settle"))
@asking
def run(
    name: str, precision: str | None, standard: str | None, settle: bool, options: Options
) -> Question:
    """Simulate a scenario."""
    wanted = _precision(precision, options.lang)
    loaded = scenario.load(name, overrides=options.changes)
    over = options.over(loaded)
    return partial(
        experiments.run, loaded, precision=wanted, standard=standard, over=over, settle=settle
    )


@main.command(help=said("compare"))
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--set-a", metavar="KEY=VALUE", multiple=True, help=said("set_a"))
@click.option("--set-b", metavar="KEY=VALUE", multiple=True, help=said("set_b"))
@asking
def compare(
    a: str, b: str, set_a: tuple[str, ...], set_b: tuple[str, ...], options: Options
) -> Question:
    """Simulate two scenarios on the same people."""
    sides = ((a, set_a), (b, set_b))
    pair = [scenario.load(name, overrides=(*options.changes, *own)) for name, own in sides]
    return partial(experiments.compare, *pair, over=options.over(*pair))


@main.command(help=said("reproduce"))
@click.argument("before", metavar="PAIR|BEFORE")
@click.argument("after", metavar="[AFTER]", required=False)
@asking
def reproduce(before: str, after: str | None, options: Options) -> Question:
    """Hold a published before and after against the simulation."""
    if after is None and before not in experiments.PAIRS:
        pairs = ", ".join(experiments.PAIRS)
        form = text("say.pair_form", options.lang, found=before, pairs=pairs)
        raise screen.Failure(form)
    over = None
    if options.parameters is not None:
        _, pair = experiments.pair_of(before, after)
        over = options.over(*(scenario.load(str(one), overrides=options.changes) for one in pair))
    return partial(experiments.reproduce, before, after, overrides=options.changes, over=over)


@main.command(help=said("sweep"))
@click.argument("name", metavar="SCENARIO")
@click.option(
    "--over", "over", metavar="KEY=VALUES", multiple=True, required=True, help=said("over")
)
@click.option("--measure", metavar="NAME", help=said("measure"))
@click.option("--target", metavar="MEASURE>=VALUE", help=said("target"))
@asking
def sweep(
    name: str,
    over: tuple[str, ...],
    measure: str | None,
    target: str | None,
    options: Options,
) -> Question:
    """Simulate a scenario over a grid of values."""
    grid = grid_of(over, options.lang)
    loaded = scenario.load(name, overrides=options.changes)
    return partial(
        experiments.sweep,
        loaded,
        grid,
        measure=measure,
        target=target,
        parameters=options.over(loaded),
    )


@main.command(help=said("budget"))
@click.argument("name", metavar="SCENARIO")
@click.option("--from", "from_", metavar="AMOUNT", required=True, help=said("from"))
@click.option("--to", metavar="AMOUNT", required=True, help=said("to"))
@click.option(
    "--points", default=experiments.DEFAULT_POINTS, show_default=True, help=said("points")
)
@click.option(
    "--employment",
    "employments",
    type=click.Choice(money.EMPLOYMENTS),
    multiple=True,
    default=money.EMPLOYMENTS,
    help=said("employment"),
)
@click.option("--measure", metavar="NAME", help=said("measure"))
@click.option("--target", "targets", metavar="TARGET", multiple=True, help=said("budget_target"))
@click.option(
    "--roster",
    type=click.Choice(experiments.ROSTERS),
    default="scaled",
    show_default=True,
    help=said("roster"),
)
@asking_or_looking(
    replications=(3, experiments.DEFAULT_REPLICATIONS),
    draws=(8, experiments.DEFAULT_DRAWS),
    points=(4, experiments.DEFAULT_POINTS),
)
def budget(
    name: str,
    from_: str,
    to: str,
    points: int,
    employments: tuple[EmploymentName, ...],
    measure: str | None,
    targets: tuple[str, ...],
    roster: RosterName,
    options: Options,
) -> Question:
    """Simulate what budgets buy under both employments."""
    from_cny, to_cny = units.amounts_cny(from_, to, options.lang)
    loaded = options.load(name)
    return partial(
        experiments.budget,
        loaded,
        from_cny=from_cny,
        to_cny=to_cny,
        points=points,
        over=options.over(loaded),
        employments=employments,
        measure=measure,
        targets=[experiments.target_of(one) for one in targets],
        roster=roster,
    )


@main.command(help=said("rerun"))
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@engine_option(None, "engine_again")
@jobs_option
@out_option
@csv_heads_option
@report_option
@xlsx_option
@json_option
@lang_option
def rerun(
    file: Path,
    engine: EngineName | None,
    jobs: int,
    out: Path | None,
    report: Path | None,
    xlsx: Path | None,
    csv_heads: Lang | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Play a result again, and say whether its numbers are the same."""
    with screen.faults_shown(lang):
        output.prepare(out, lang)
        reporting.prepare(report, "--report", lang)
        reporting.prepare(xlsx, reporting.XLSX, lang)
        with screen.progress_bar(lang) as progress:
            compiling = screen.compiling_notice(lang)
            how = Execution(
                jobs=jobs or -1,
                progress=progress,
                compiling=compiling,
                outlook=screen.outlook(lang),
            )
            again = experiments.rerun(file, engine=engine, execution=how)
        if out is not None:
            output.write(out, again.result, lang, heads=csv_heads)
        if report is not None:
            reporting.write(report, [again.result], [lang], lang)
        if xlsx is not None:
            reporting.write_xlsx(xlsx, [again.result], [lang], lang)
    if as_json:
        screen.show_json(again.to_json())
    else:
        screen.show(*reports.rerun_blocks(again, lang))
    if not again.is_same:
        raise click.exceptions.Exit(NOT_SAME)


def _precision(written: str | None, lang: Lang) -> tuple[str, float] | None:
    if written is None:
        return None
    name, _, width = written.partition("=")
    for kind in KINDS_OF_MEASURES:
        if (found := number_as(kind, width)) is not None:
            return name.strip(), found
    raise screen.Failure(text("say.precision_form", lang, found=written))


main.add_command(animate)
main.add_command(app)
main.add_command(attribute)
main.add_command(calibrate)
main.add_command(check)
main.add_command(copying.copy)
main.add_command(erlang)
main.add_command(reporting.report)
main.add_command(sensitivity)
main.add_command(staff)
main.add_command(validate)
add_examples(main)
add_completion(main)
