"""The transition table of a channel, ready to be looked up with one uniform number a contact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.domain import N_ENDINGS, NOBODY, Outcome
from hotline_sim.scenario.schema import Inbound, Outbound, Voice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.domain import Floats, Ints
    from hotline_sim.scenario.laws import Law
    from hotline_sim.scenario.schema import AnyChannel, Department, Scenario


@dataclass(frozen=True)
class Row:
    """One row: followed when the contact ends so and its number lies within the bounds."""

    number: int  # in the table of all channels
    name: str  # of its random streams
    ending: Outcome
    to: int  # NOBODY: the order closes without a further contact
    bounds: tuple[tuple[float, float], ...]  # by try; the last holds from there on
    delay: Law
    entry: Law | None
    department: int  # whose work order the row opens; NOBODY: it opens none
    deadline_s: float | None  # of the order
    urging: int  # channel on which a late order is chased; NOBODY: it is not

    def chosen_by(self, uniform: Floats, k: int) -> Ints:
        """Return the places of the numbers within the bounds at the k-th contact of a case."""
        low, high = self.bounds[min(k, len(self.bounds)) - 1]
        within = uniform < high
        if low > 0.0:
            within &= uniform >= low
        return np.flatnonzero(within)


def table_of(scenario: Scenario) -> tuple[tuple[Row, ...], ...]:
    """Return each channel's rows, channels and rows in the order of the file.

    Those after an ending that no contact of the channel can have are left out.
    """
    numbers = {name: i for i, name in enumerate(scenario.channels)}
    table: list[tuple[Row, ...]] = []
    for name, channel in scenario.channels.items():
        first = sum(map(len, table))
        rows = _rows_of(name, channel, scenario.departments, numbers)
        possible = [row for row in rows if _can_end(channel, row.ending)]
        table.append(tuple(replace(row, number=first + i) for i, row in enumerate(possible)))
    return tuple(table)


def _can_end(channel: AnyChannel, ending: Outcome) -> bool:
    """Tell whether a contact of a channel can ever end so."""
    match ending:
        case Outcome.BLOCKED:
            return isinstance(channel, Voice) and channel.lines is not None
        case Outcome.CONTAINED:
            return isinstance(channel, Inbound) and channel.self_service_share > 0.0
        case Outcome.UNREACHED:
            return isinstance(channel, Outbound) and channel.reach_probability < 1.0
    return True


def endings_of(table: tuple[tuple[Row, ...], ...]) -> Ints:
    """Return the endings that may lead anywhere, ascending: all, if late orders are chased."""
    rows = [row for of_channel in table for row in of_channel]
    if any(row.urging != NOBODY for row in rows):
        return np.arange(N_ENDINGS)
    return np.array(sorted({int(row.ending) for row in rows}), np.int64)


def _rows_of(
    name: str,
    channel: AnyChannel,
    departments: Mapping[str, Department],
    numbers: Mapping[str, int],
) -> tuple[Row, ...]:
    """Return a channel's rows; *numbers* gives each channel's number.

    Rows after the same ending share the unit interval in the order of the file, try by try.
    A row's streams are named by what it leads to, so a new row moves no other's numbers.
    """
    orders = {name: i for i, name in enumerate(departments)}
    filled: dict[tuple[Outcome, int], float] = {}
    alike: Counter[str] = Counter()
    longest = max((len(row.by_try or ()) for row in channel.next), default=1) or 1
    rows: list[Row] = []
    for table in channel.next:
        ending = Outcome[table.after.upper()]
        by_try = table.by_try or (table.probability or 0.0,)
        bounds = []
        for k in range(longest):
            low = filled.get((ending, k), 0.0)
            high = low + by_try[min(k, len(by_try) - 1)]
            bounds.append((low, high))
            filled[ending, k] = high
        department = departments[table.department] if table.department else None
        delay = department.delay if department else table.delay
        assert delay is not None, "checked when the scenario was read"
        urged_on = department.urging if department else None
        leads = f"{table.after}/{table.department or ''}/{table.to or ''}"
        alike[leads] += 1
        rows.append(
            Row(
                number=NOBODY,  # until the table is whole
                name=f"{name}/next/{leads}/{alike[leads]}",
                ending=ending,
                to=NOBODY if table.to is None else numbers[table.to],
                bounds=tuple(bounds),
                delay=delay,
                entry=table.entry,
                department=orders[table.department] if table.department else NOBODY,
                deadline_s=department.deadline_s if department else None,
                urging=NOBODY if urged_on is None else numbers[urged_on],
            )
        )
    return tuple(rows)
