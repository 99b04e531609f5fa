"""What numba needs, so that compiled code lives beside what it compiles.

The only user of numba: whoever imports this package loads it.
"""

from hotline_sim.compiled.functions import (
    at,
    called,
    compiled_as,
    entered,
    inlined,
    is_kept,
    jitable,
    product,
)
from hotline_sim.compiled.records import (
    ABANDONED,
    ANSWERED,
    BLOCKED,
    CONTAINED,
    DUE_AFTER_END,
    LEFT,
    NOBODY,
    OPEN,
    UNREACHED,
    Record,
    Records,
    int64,
    plain,
    record,
)
from hotline_sim.compiled.references import by_reference

__all__ = [
    "ABANDONED",
    "ANSWERED",
    "BLOCKED",
    "CONTAINED",
    "DUE_AFTER_END",
    "LEFT",
    "NOBODY",
    "OPEN",
    "UNREACHED",
    "Record",
    "Records",
    "at",
    "by_reference",
    "called",
    "compiled_as",
    "entered",
    "inlined",
    "int64",
    "is_kept",
    "jitable",
    "plain",
    "product",
    "record",
]
