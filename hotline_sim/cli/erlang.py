"""``hotline-sim erlang``: the exact formulas as a calculator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hotline_sim import experiments, reports
from hotline_sim.cli import folder as written
from hotline_sim.cli import output, screen, units
from hotline_sim.cli.options import csv_heads_option, json_option, lang_option, said
from hotline_sim.erlang import Queue
from hotline_sim.laws import Exponential, Fixed, Gamma, LawOfTime, Lognormal, Never, Weibull
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.messages import Lang

_LAWS = ("exponential", "weibull", "gamma", "lognormal", "fixed")
_SHAPED = {"weibull": (0.1, 50.0), "gamma": (0.05, 1000.0), "lognormal": (0.0, 5.0)}
_RANGE = re.compile(r"(\d+)(?::(\d+)(?::(\d+))?)?")
_LONGEST_S = 1e9  # that a law of time takes


@click.command("erlang", help=said("erlang"))
@click.option("--calls-per-hour", "calls", metavar="N", required=True, help=said("calls_per_hour"))
@click.option("--aht", metavar="TIME", required=True, help=said("aht"))
@click.option("--patience", metavar="TIME", default="never", help=said("patience"))
@click.option("--patience-law", "law", type=click.Choice(_LAWS), help=said("patience_law"))
@click.option("--shape", type=float, help=said("shape"))
@click.option("--redial", metavar="SHARE", default="0", help=said("redial"))
@click.option("--lines", type=click.IntRange(min=1), help=said("lines"))
@click.option("--no-waiting", "lost", is_flag=True, help=said("no_waiting"))
@click.option("--concurrency", type=click.IntRange(min=1), default=1, help=said("concurrency"))
@click.option("--slowdown", metavar="SHARE", default="0", help=said("slowdown"))
@click.option("--agents", metavar="N|FROM:TO[:STEP]", help=said("agents"))
@click.option("--target", "targets", metavar="TARGET", multiple=True, help=said("erlang_target"))
@click.option("--within", metavar="TIME", help=said("within"))
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help=said("erlang_out"))
@csv_heads_option
@json_option
@lang_option
def erlang(
    calls: str,
    aht: str,
    patience: str,
    law: str | None,
    shape: float | None,
    redial: str,
    lines: int | None,
    lost: bool,
    concurrency: int,
    slowdown: str,
    agents: str | None,
    targets: tuple[str, ...],
    within: str | None,
    out: Path | None,
    csv_heads: Lang | None,
    as_json: bool,
    lang: Lang,
) -> None:
    """Answer by exact formulas: measures for agents, agents for targets."""
    with screen.faults_shown(lang):
        queue = _queue(
            lang,
            calls_per_hour=units.amount("--calls-per-hour", calls, lang),
            handle_mean_s=units.seconds("--aht", aht, lang),
            patience=_patience(patience, law, shape, lang),
            redial_probability=units.share("--redial", redial, lang),
            lines=lines,
            may_wait=not lost,
            concurrency=concurrency,
            slowdown=units.share("--slowdown", slowdown, lang),
        )
        asked = () if agents is None else _numbers(agents, lang)
        aims = [experiments.target_of(one) for one in targets]
        within_s = None if within is None else units.seconds("--within", within, lang)
        output.prepare(out, lang)
        try:
            result = experiments.calculate(queue, agents=asked, targets=aims, within_s=within_s)
        except experiments.TargetError:
            raise
        except ValueError as error:  # by the formulas' own words: too few lines, too long a queue
            raise screen.Failure(text("say.no_formula", lang, reason=error)) from error
        if out is not None:
            _write(result, out, lang, csv_heads)
    if as_json:
        screen.show_json(result.to_json())
    else:
        screen.show(reports.erlang_table(result, lang), *reports.erlang_sentences(result, lang))


def _queue(lang: Lang, **given: Any) -> Queue:
    """Return the queue; what does not go together is refused in the user's words."""
    if given["redial_probability"] >= 1.0:
        raise screen.Failure(text("say.redial_for_ever", lang))
    if given["lines"] is not None:
        if not isinstance(given["patience"], Exponential | Never):
            raise screen.Failure(text("say.lines_law", lang))
        if given["concurrency"] > 1 or not given["may_wait"]:
            raise screen.Failure(text("say.lines_alone", lang))
    return Queue(**given)


def _patience(written: str, law: str | None, shape: float | None, lang: Lang) -> LawOfTime:
    shaped = law in _SHAPED
    if shaped and shape is None:
        raise screen.Failure(text("say.shape_wanted", lang, law=law))
    if shape is not None:
        if law is None or not shaped:
            raise screen.Failure(text("say.shape_idle", lang))
        low, high = _SHAPED[law]
        if not low <= shape <= high:
            range_ = f"{low:g} … {high:g}"
            raise screen.Failure(text("say.shape_range", lang, shape=f"{shape:g}", range=range_))
    if written.strip().lower() in units.NEVER:
        if law is not None:
            raise screen.Failure(text("say.law_idle", lang))
        return Never()
    mean_s = units.seconds("--patience", written, lang)
    if mean_s > _LONGEST_S:
        raise screen.Failure(text("say.time_form", lang, option="--patience", found=written))
    if law is not None and shape is not None:
        return _shaped(law, mean_s, shape)
    return Fixed(mean_s=mean_s) if law == "fixed" else Exponential(mean_s=mean_s)


def _shaped(law: str, mean_s: float, shape: float) -> LawOfTime:
    if law == "lognormal":
        return Lognormal(mean_s=mean_s, sigma_log=shape)
    return (Weibull if law == "weibull" else Gamma)(mean_s=mean_s, shape=shape)


def _numbers(written: str, lang: Lang) -> tuple[int, ...]:
    """Return the numbers of agents of N or FROM:TO[:STEP], the last included."""
    match = _RANGE.fullmatch("".join(written.split()))
    if match:
        low = int(match[1])
        high, step = int(match[2] or low), int(match[3] or 1)
        if 1 <= low <= high and step >= 1:
            found = range(low, high + 1, step)
            if len(found) > experiments.MOST_ROWS:
                most = experiments.MOST_ROWS
                raise screen.Failure(text("say.too_many_rows", lang, count=len(found), most=most))
            return tuple(found)
    raise screen.Failure(text("say.agents_form", lang, found=written))


def _write(result: experiments.ErlangResult, folder: Path, lang: Lang, heads: Lang | None) -> None:
    from hotline_sim import plots  # loads matplotlib

    table = result.to_csv() if heads is None else reports.erlang_csv(result, heads)
    files = {"result.json": result.to_json().encode(), "erlang.csv": table}
    for name, figure in plots.erlang_figures(result, lang=lang).items():
        files |= plots.drawn(figure, name)
    written.write(folder, files, lang)
    click.echo(text("say.written", lang, path=folder), err=True)
