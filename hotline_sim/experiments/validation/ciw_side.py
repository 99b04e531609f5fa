"""Ciw as a second simulator, where it is installed and has what a case needs.

It is no dependency: it is looked for when asked for, and otherwise its column is left out.
"""

from __future__ import annotations

import math
from importlib import util
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import SERVICE_S
from hotline_sim.erlang import Exponential, Fixed, Gamma, Lognormal, Never, Weibull

if TYPE_CHECKING:
    from hotline_sim.experiments.validation.cases import Case
    from hotline_sim.laws import LawOfTime

_DAY_S = 86_400.0


def can_play(case: Case) -> bool:
    """Tell whether Ciw is there, and the case is a queue of calls without redials."""
    return case.queue is not None and util.find_spec("ciw") is not None


def played(case: Case, *, replications: int, days: int, seed: int) -> list[dict[str, float]]:
    """Return the case's measures in each replication, a day of warm-up before each."""
    return [_replication(case, days, seed + i) for i in range(replications)]


def _replication(case: Case, days: int, seed: int) -> dict[str, float]:
    import ciw

    queue = case.queue
    assert queue is not None, "can_play has told"
    options: dict[str, Any] = {}
    if not queue.may_wait:
        options["queue_capacities"] = [0]
    elif queue.lines is not None:
        options["queue_capacities"] = [queue.lines - case.agents]
    if not isinstance(queue.patience, Never):
        options["reneging_time_distributions"] = [_law(queue.patience)]
    arrivals, handling = _arrivals(case), [ciw.dists.Exponential(1.0 / queue.handle_mean_s)]
    if case.classes:
        options["priority_classes"] = {name: i for i, name in enumerate(case.classes)}
    network = ciw.create_network(
        arrival_distributions=dict.fromkeys(case.classes, arrivals) or arrivals,
        service_distributions=dict.fromkeys(case.classes, handling) or handling,
        number_of_servers=[case.agents],
        **options,
    )
    ciw.seed(seed)
    simulation = ciw.Simulation(network)
    begin_s, end_s = (0.0, _DAY_S) if case.one_day else (_DAY_S, (days + 1) * _DAY_S)
    simulation.simulate_until_max_time(end_s + _DAY_S)  # all who came by the end are through
    records = [one for one in simulation.get_all_records() if begin_s <= one.arrival_date < end_s]
    return _measures(case, records, end_s)


def _arrivals(case: Case) -> list[Any]:
    """Return the arrivals of each class, or of all where there are none."""
    import ciw

    assert case.queue is not None, "can_play has told"
    if not case.hourly:
        per_s = case.queue.calls_per_hour / 3600.0 / max(1, len(case.classes))
        return [ciw.dists.Exponential(per_s)]
    hours = range(1, len(case.hourly) + 1)
    return [
        ciw.dists.PoissonIntervals(
            rates=[calls / 3600.0 for calls in case.hourly],
            endpoints=[3600.0 * hour for hour in hours],
            max_sample_date=_DAY_S,
        )
    ]


def _law(law: LawOfTime) -> Any:
    import ciw

    match law:
        case Exponential():
            return ciw.dists.Exponential(1.0 / law.mean())
        case Fixed():
            return ciw.dists.Deterministic(law.mean())
        case Weibull():
            return ciw.dists.Weibull(law.scale_s(), law.shape)
        case Gamma():
            return ciw.dists.Gamma(law.shape, law.mean() / law.shape)
        case Lognormal():  # by the mean and deviation of the logarithm
            return ciw.dists.Lognormal(math.log(law.scale_s()), law.sigma_log)
    raise AssertionError(f"{law}: no case has such patience")


def _measures(case: Case, records: list[Any], end_s: float) -> dict[str, float]:
    """Return the case's measures of those who came in the days that count, ended by *end_s*."""
    served = [one for one in records if one.record_type == "service"]
    waits_s = [one.waiting_time for one in served]
    left = [one for one in records if one.record_type == "renege"]
    blocked = sum(one.record_type == "rejection" for one in records)
    offered = len(served) + len(left) + blocked
    found = {
        "answered": float(sum(one.service_start_date <= end_s for one in served)),
        "abandoned": float(sum(one.exit_date <= end_s for one in left)),
        "connect_rate": len(served) / offered,
        "abandonment_rate": len(left) / offered,
        "blocked_share": blocked / offered,
        "asa_s": sum(waits_s) / len(waits_s),
        "service_level": sum(wait_s <= SERVICE_S for wait_s in waits_s) / offered,
    }
    for name in case.classes:
        mine_s = [one.waiting_time for one in served if one.customer_class == name]
        found[f"{name}.asa_s"] = sum(mine_s) / len(mine_s)
    return {name: found[name] for name in case.exact if name in found}
