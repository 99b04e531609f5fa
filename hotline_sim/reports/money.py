"""What a roster costs, link by link, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.messages import text
from hotline_sim.money import known_links
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_DECIMALS = {  # of each link, in the order from seats to money
    "peak_seats": 1,
    "rostered_hours": 0,
    "answering_hours": 0,
    "productive_hours": 0,
    "persons": 1,
    "staff_cny": 0,
    "award_cny": 0,
    "budget_cny": 0,
}


def links_table(scenario: Scenario, lang: Lang) -> Table:
    """Return what the roster needs a year, from seats to budget, a column an employment.

    No rows where the scenario does not state every link of an employment that has seats.
    """
    links = {name: one.to_dict() for name, one in known_links(scenario).items()}
    rows = tuple(
        (text(f"link.{link}", lang), *(f"{one[link]:,.{digits}f}" for one in links.values()))
        for link, digits in _DECIMALS.items()
        if links
    )
    heads = (text("table.link", lang), *(text(f"employment.{name}", lang) for name in links))
    return Table(
        text("table.links", lang),
        heads,
        rows,
        numeric=frozenset(range(1, len(heads))),
        note=text("table.links_note", lang),
    )
