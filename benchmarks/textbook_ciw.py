"""The same hotline in Ciw, without redials: one node, reneging, a schedule of servers.

Who is who is known by ``id_number``, which Ciw gives in the order of arrival, so every call
meets its own pre-drawn talk and patience. Redials could be said in Ciw 3 by sending people
through a second node where they are at home; but Ciw looks at everybody at a node to find
its next event, so they would only make it slower.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ciw
import numpy as np

from hotline_sim.domain import DAY_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.work import Calls
    from hotline_sim.domain import Duty


class _ByCall(ciw.dists.Distribution):  # type: ignore[misc]  # Ciw carries no types
    """Give each call its own time."""

    def __init__(self, times_s: list[float]) -> None:
        self._times_s = times_s

    def sample(self, t: float | None = None, ind: Any = None) -> float:
        """Return the time of one call."""
        time_s: float = self._times_s[ind.id_number - 1]
        return time_s


def simulate(days: list[tuple[Calls, Duty]]) -> list[Any]:
    """Play the days, and return Ciw's records of the calls that ended in them."""
    first = [(calls, slice(len(calls.arrival_s))) for calls, _ in days]
    arrival_s = np.concatenate([calls.arrival_s for calls, _ in days])
    handle_s = np.concatenate([calls.talk_s[i] + calls.wrap_up_s[i] for calls, i in first])
    patience_s = np.concatenate([calls.patience_s[i] for calls, i in first])
    gaps_s = [*np.diff(arrival_s, prepend=0.0).tolist(), float("inf")]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential(gaps_s)],
        service_distributions=[_ByCall(handle_s.tolist())],
        reneging_time_distributions=[_ByCall(patience_s.tolist())],
        number_of_servers=[_schedule([duty for _, duty in days])],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(len(days) * DAY_S)
    records: list[Any] = simulation.get_all_records()
    return records


def _schedule(duties: Sequence[Duty]) -> ciw.Schedule:
    """Return how many agents are on duty between the instants at which that changes."""
    on_s = np.sort(np.concatenate([duty.on_s for duty in duties]))
    off_s = np.sort(np.concatenate([duty.off_s for duty in duties]))
    ends_s = np.unique(np.concatenate([on_s, off_s]))
    ends_s = ends_s[ends_s > 0.0]
    starts_s = np.concatenate([[0.0], ends_s[:-1]])
    agents = np.searchsorted(on_s, starts_s, "right") - np.searchsorted(off_s, starts_s, "right")
    return ciw.Schedule(numbers_of_servers=agents.tolist(), shift_end_dates=ends_s.tolist())
