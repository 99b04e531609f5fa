"""The table of the exact formulas: a row a number of agents; what was asked, in a sentence."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from hotline_sim.laws import Never
from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.files import rows_csv
from hotline_sim.reports.numbers import shown
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from hotline_sim.experiments import ErlangResult
    from hotline_sim.messages import Lang

_SHOWN_AS = {"blocked_share": "abandonment_rate", "offered_per_hour": "offered"}


def erlang_sentences(result: ErlangResult, lang: Lang) -> list[str]:
    """Return what the targets take, and what the formulas suppose."""
    supposed = [_supposed(result, lang)]
    if result.queue.redial_probability > 0.0:
        supposed.append(text("erlang.redials", lang))
    if result.queue.concurrency > 1:
        supposed.append(text("erlang.chats", lang))
    if any(row.measures is None for row in result.rows):
        supposed.append(text("erlang.endless", lang))
    if result.agents_needed is None:
        return supposed
    targets = text("erlang.and", lang).join(map(str, result.targets))
    needed = text("erlang.needed", lang, agents=f"{result.agents_needed:,}", targets=targets)
    return [needed, *supposed]


def _supposed(result: ErlangResult, lang: Lang) -> str:
    queue = result.queue
    if not queue.may_wait:
        return text("erlang.formula_b", lang)
    if isinstance(queue.patience, Never):
        return text("erlang.formula_c", lang)
    law = str(queue.patience.model_dump()["law"])
    return text("erlang.formula_a", lang, law=text(f"law.{law}", lang))


def erlang_table(result: ErlangResult, lang: Lang) -> Table:
    """Return the measures by number of agents; the fewest that meet the targets are marked."""
    heads = [text("erlang.agents", lang), *(erlang_name(n, result, lang) for n in result.names)]
    rows = []
    for row in result.rows:
        mark = " *" if row.agents == result.agents_needed else ""
        cells = [
            NOTHING if row.measures is None else _shown(name, getattr(row.measures, name))
            for name in result.names
        ]
        rows.append((f"{row.agents:,}{mark}", *cells))
    queue = result.queue
    title = text(
        "erlang.title",
        lang,
        calls=f"{queue.calls_per_hour:,.6g}",
        handle=f"{queue.handle_mean_s:,.6g}",
        load=f"{queue.calls_per_hour / 3600.0 * queue.handle_mean_s:,.4g}",
    )
    note = "" if result.agents_needed is None else text("erlang.star", lang)
    return Table(
        title=title,
        heads=tuple(heads),
        rows=tuple(rows),
        numeric=frozenset(range(len(heads))),
        note=note,
    )


def erlang_name(name: str, result: ErlangResult, lang: Lang) -> str:
    """Return a measure's name in the table and the figure."""
    return text(f"erlang.{name}", lang, within=f"{result.within_s:g}")


def erlang_csv(result: ErlangResult, lang: Lang) -> bytes:
    """Return the CSV file of the measures under heads in words."""
    table = erlang_table(result, lang)
    _, *rows = csv.reader(io.StringIO(result.to_csv().decode()))
    return rows_csv(table.heads, rows)


def _shown(name: str, value: float) -> str:
    return shown(_SHOWN_AS.get(name, name), value)
