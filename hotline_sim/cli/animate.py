"""``hotline-sim animate``: one day of a scenario as a page that plays it, or as a figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hotline_sim import experiments, scenario
from hotline_sim.atomic import write_atomically
from hotline_sim.cli import screen
from hotline_sim.cli.options import engine_option, lang_option, said, seed_option, set_option
from hotline_sim.domain import DAY_S
from hotline_sim.messages import RefusalError, text

if TYPE_CHECKING:
    from hotline_sim.execution import EngineName
    from hotline_sim.experiments import DayReplay
    from hotline_sim.messages import Lang

_CLOCK = re.compile(r"(\d{1,2})(?:[:：](\d{2}))?")
_PAGE, _PICTURES = ".html", (".png", ".svg")


@click.command("animate", help=said("animate"))
@click.argument("name", metavar="SCENARIO")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=said("animate_out"),
)
@click.option("--day", type=click.IntRange(min=1), default=1, help=said("animate_day"))
@click.option("--from", "from_", metavar="TIME", help=said("animate_from"))
@click.option("--to", metavar="TIME", help=said("animate_to"))
@seed_option
@click.option("--replication", type=click.IntRange(min=1), default=1, help=said("animate_which"))
@engine_option("auto", "engine")
@set_option
@lang_option
def animate(
    name: str,
    out: Path,
    day: int,
    from_: str | None,
    to: str | None,
    seed: int,
    replication: int,
    engine: EngineName,
    overrides: tuple[str, ...],
    lang: Lang,
) -> None:
    """Write a day of a scenario as a page that plays it, or as a figure."""
    with screen.faults_shown(lang):
        _check(out)
        window = _time("--from", from_, lang), _time("--to", to, lang)
        loaded = scenario.load(name, overrides=overrides)
        if day > loaded.horizon.days:
            days = loaded.horizon.days
            raise screen.Failure(text("replay.no_day", lang, day=day, days=days))
        found = experiments.day_of(
            loaded, seed=seed, replication=replication - 1, day=day - 1, engine=engine
        )
        try:
            write_atomically(out, _content(_window(found, *window, lang), out, lang))
        except OSError as error:
            reason = error.strerror or str(error)
            raise screen.Failure(text("say.unwritable", lang, path=out, reason=reason)) from error
    click.echo(text("say.written", lang, path=out), err=True)


def _check(out: Path) -> None:
    """See that the file may be written, before anything is simulated."""
    if out.suffix.lower() not in _PICTURES:
        from hotline_sim.reports.replay import check_animation_file  # loads what writes the page

        return check_animation_file(out)
    if not out.parent.is_dir():
        raise RefusalError("report.no_folder", path=out.parent)
    if out.exists():
        raise RefusalError("replay.picture_exists", path=out)
    return None


def _content(day: DayReplay, out: Path, lang: Lang) -> bytes:
    suffix = out.suffix.lower()
    if suffix == _PAGE:
        from hotline_sim.reports.replay import animation

        return animation(day, lang=lang)
    from hotline_sim import plots  # loads matplotlib

    cases = len({one.case for one in day.contacts})
    if cases > plots.MOST_CASES:
        raise RefusalError("replay.too_many_drawn", count=f"{cases:,}", most=plots.MOST_CASES)
    return plots.rendered(
        plots.queue_day_figure(day, lang=lang), "png" if suffix == ".png" else "svg"
    )


def _window(day: DayReplay, from_s: float | None, to_s: float | None, lang: Lang) -> DayReplay:
    """Return the part of a day that is asked for; what is not said is where something happens."""
    whole = day.trimmed()
    from_s = whole.from_s if from_s is None else from_s
    to_s = whole.until_s if to_s is None else to_s
    if from_s >= to_s:
        raise screen.Failure(text("replay.no_time", lang))
    return day.between(from_s, to_s)


def _time(option: str, written: str | None, lang: Lang) -> float | None:
    """Return a time of day in seconds: 9, 9:00, 09:30, 24:00."""
    if written is None:
        return None
    match = _CLOCK.fullmatch(written.strip())
    if match:
        hours, minutes = int(match[1]), int(match[2] or 0)
        if minutes < 60 and hours * 3600 + minutes * 60 <= DAY_S:
            return float(hours * 3600 + minutes * 60)
    raise screen.Failure(text("replay.time_form", lang, option=option, found=written))
