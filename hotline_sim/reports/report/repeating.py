"""What it takes to repeat a result, to check its figures, and to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hotline_sim
from hotline_sim.messages import NOTHING, said, text
from hotline_sim.reports.numbers import plain
from hotline_sim.reports.tables import Table
from hotline_sim.scenario import sources

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang
    from hotline_sim.reports.parts import Block
    from hotline_sim.scenario import Scenario

# As CITATION.cff has them, which is in no wheel.
TITLE = "hotline-sim"
AUTHORS = "hotline-sim contributors"
LICENCE = "MIT"


def citation(version: str, lang: Lang) -> str:
    """Return how the program is cited, in the version that simulated."""
    cited = {"authors": AUTHORS, "title": TITLE, "licence": LICENCE}
    return text("report.cite_program", lang, version=version, **cited)


def standing_table(result: Result, lang: Lang) -> Table:
    """Return versions, seed, engine, fingerprints, and what the user has set."""
    header = result.header
    rows: list[tuple[str, ...]] = [
        (text("report.version", lang), header.version),
        (text("report.results_version", lang), str(header.results_version)),
        (text("report.seed", lang), str(header.seed)),
        (text("report.replications", lang), str(header.replications)),
        (text("report.engine", lang), header.engine),
    ]
    for scenario, changed in zip(header.scenarios, header.changed, strict=True):
        named = text("report.digest", lang, scenario=scenario.name)
        rows += [(scenario.stamped_name,), (named, scenario.digest())]
        rows.append((text("report.days", lang), str(scenario.horizon.days)))
        rows += [(text("report.changed", lang, key=k), plain(v)) for k, v in changed.items()]
    written = f"hotline-sim {hotline_sim.__version__}"
    rows.insert(5, (text("report.written_by", lang), written))
    heads = (text("report.entry", lang), text("table.value", lang))
    return Table(text("report.stands_on", lang), heads, tuple(rows))


def named_sources(scenario: Scenario) -> list[str]:
    """Return the names of the sources that a scenario's numbers name, in their order."""
    named = (origin.source for origin in scenario.provenance.values())
    return list(dict.fromkeys(one for one in named if one))


def source_blocks(scenarios: Iterable[Scenario], lang: Lang) -> list[Block]:
    """Return a table of the sources that numbers name; nothing if they name none."""
    found: dict[str, tuple[str, ...]] = {}
    for scenario in scenarios:
        known = {**sources(), **scenario.own_sources}
        for name in named_sources(scenario):
            told = known.get(name, {})
            entries = (told.get(key, NOTHING) for key in ("title", "publisher", "date", "where"))
            found.setdefault(name, (name, *(said(entry, lang) for entry in entries)))
    heads = ("report.source", "table.title", "report.publisher", "report.date", "report.where")
    table = Table(
        text("report.source_title", lang),
        tuple(text(head, lang) for head in heads),
        tuple(found.values()),
        solid=frozenset({0}),
    )
    return [table] if table.rows else []
