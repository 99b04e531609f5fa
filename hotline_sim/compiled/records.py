"""Arrays, records and constants in the one form for which functions are compiled."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from hotline_sim import domain
from hotline_sim.domain import Outcome

Records = npt.NDArray[np.void]
Record = Any  # one of Records, by reference

_Kind = str | tuple[str, tuple[int, ...]]


def int64(number: int) -> int:
    """Return a constant in the form for which Numba compiles no version of its own."""
    return cast("int", np.int64(number))


NOBODY = int64(domain.NOBODY)
ANSWERED, ABANDONED = int64(Outcome.ANSWERED), int64(Outcome.ABANDONED)
BLOCKED, CONTAINED = int64(Outcome.BLOCKED), int64(Outcome.CONTAINED)
UNREACHED, LEFT = int64(Outcome.UNREACHED), int64(Outcome.LEFT)
OPEN, DUE_AFTER_END = int64(Outcome.OPEN), int64(Outcome.DUE_AFTER_END)


def record(**columns: _Kind) -> np.dtype[np.void]:
    """Return the dtype of records whose columns are read as attributes, by Python too."""
    kinds = [
        (name, kind) if isinstance(kind, str) else (name, *kind) for name, kind in columns.items()
    ]
    return np.dtype((np.record, np.dtype(kinds, align=True)))


def plain(column: npt.NDArray[Any], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    """Return a column in the one form for which functions are compiled, copied if need be."""
    flags = column.flags
    if column.dtype == dtype and flags.c_contiguous and flags.writeable and flags.aligned:
        return column
    return np.array(column, dtype, order="C")
