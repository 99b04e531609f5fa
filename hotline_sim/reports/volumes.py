"""How cases were found behind a volume of answered or offered contacts, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.messages import NOTHING, text
from hotline_sim.reports.numbers import shown
from hotline_sim.reports.tables import Table, channel_title
from hotline_sim.scenario import volumes_found

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario


def volume_table(scenario: Scenario, lang: Lang) -> Table:
    """Return the way from answered to offered contacts to cases, a channel a row.

    Channels whose volume is given in cases have no row.
    """
    rows = tuple(
        (
            channel_title(scenario, name, lang),
            f"{found.answered:,.0f}" if found.answered == found.answered else NOTHING,
            shown("connect_rate", found.connect_rate),
            *(f"{n:,.0f}" for n in (found.offered, found.contacts, found.further, found.cases)),
        )
        for name, found in volumes_found(scenario).items()
    )
    names = ("answered", "connect_rate", "offered", "contacts", "further", "cases")
    heads = tuple(text(f"table.{name}", lang) for name in ("channel", *names))
    title, note = text("table.volumes", lang), text("table.volumes_note", lang)
    return Table(title, heads, rows, frozenset(range(1, len(heads))), note=note)
