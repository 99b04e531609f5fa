"""Counting contacts, compiled: what ``hotline_sim.measures.vectorised`` does, contact by contact.

Who changes one changes the other: the same sums, by the same operations in the same order.
Times lie on a grid, so sums of them are exact in whichever order they are added.

What a contact adds to most sums follows from its outcome and a few answers of yes or no: its
kind. Contacts are counted by kind, and in the end each kind is added to the sums it belongs
to; adding every contact to every sum took a third longer.
"""

from hotline_sim.measures.counting.contacts import counts, spreads, weighs
from hotline_sim.measures.counting.records import (
    KINDS,
    SEAT,
    Buffers,
    Columns,
    CountingRules,
    Notes,
    Sums,
    adds_of_kinds,
    columns_of,
)
from hotline_sim.measures.counting.times import adds_busy, adds_queued, finds_peaks

__all__ = [
    "KINDS",
    "SEAT",
    "Buffers",
    "Columns",
    "CountingRules",
    "Notes",
    "Sums",
    "adds_busy",
    "adds_of_kinds",
    "adds_queued",
    "columns_of",
    "counts",
    "finds_peaks",
    "spreads",
    "weighs",
]
