"""What follows a contact: the transition table, read by the contact's own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.demand.tables import row_after, time_of
from hotline_sim.demand.words import Word
from hotline_sim.domain import NOBODY
from hotline_sim.model.queues import NOTHING, Following, LateOrder

if TYPE_CHECKING:
    from hotline_sim.demand.tables import Row, Tables
    from hotline_sim.model.queues import Contact

NEXT, DELAY, ORDER, ENTRY = int(Word.NEXT), int(Word.DELAY), int(Word.ORDER), int(Word.ENTRY)


def following(tables: Tables, contact: Contact, outcome: int) -> Following:
    """Return what follows a contact that ends so."""
    if contact.chases is not None:
        row, rest_s = contact.chases
        leads_on = Following(to=tables.rows[row].to, delay_s=rest_s)
    else:
        u = contact.u
        row = row_after(tables, contact.channel, outcome, contact.k, u[NEXT])
        if row == NOBODY:
            return NOTHING
        if tables.rows[row].department == NOBODY:
            delay_s = time_of(tables, tables.rows[row].delay, u[DELAY])
            leads_on = Following(to=tables.rows[row].to, delay_s=delay_s)
        else:
            leads_on = _order(tables, row, u[ORDER], u[ENTRY])
    if contact.k == tables.max_contacts:
        return leads_on._replace(to=NOBODY)
    return leads_on


def _order(tables: Tables, number: int, order_u: float, entry_u: float) -> Following:
    """Return what follows where a row opens a work order: if it is late, first its urging."""
    row: Row = tables.rows[number]
    order_s = time_of(tables, row.delay, order_u)
    entry_s = 0.0 if row.entry == NOBODY else time_of(tables, row.entry, entry_u)
    if order_s > row.deadline_s and row.urging != NOBODY:
        late = LateOrder(number, order_s - row.deadline_s)
        return Following(row.urging, row.deadline_s, late, order_s, row.department, entry_s)
    return Following(row.to, order_s, None, order_s, row.department, entry_s)
