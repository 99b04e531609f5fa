"""What ``staff`` found: the need, the least staff that is proven, and what less brings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.domain import HALF_HOURS, Floats
from hotline_sim.erlang import Goal
from hotline_sim.experiments.bands import about_draws, draws_of, with_range
from hotline_sim.experiments.estimates import Estimate, estimate_of
from hotline_sim.experiments.header import Header, Result
from hotline_sim.experiments.periods import Holding, verdict_of
from hotline_sim.experiments.plain import number_of, without_nan
from hotline_sim.experiments.staff.assembly import coverage_of
from hotline_sim.experiments.staff.needs import Need
from hotline_sim.experiments.staff.records import Cut, Duty, Plan, Tour, clock_of, hours_of
from hotline_sim.experiments.sums import values_at
from hotline_sim.experiments.targets import Verdict, target_of
from hotline_sim.money import Links
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.bands import Draws
    from hotline_sim.experiments.targets import Target
    from hotline_sim.scenario import Scenario

TABLES = ("agents", "offered", "load", "connect_rate", "service_level", "asa_s", "occupancy")


@dataclass(frozen=True, eq=False)
class Proven:
    """What a roster brought on people whom the search had not met.

    ``replications`` are the measures of each, ``holdings`` how the targets hold over them.
    """

    replications: tuple[Mapping[str, float], ...]
    holdings: tuple[Holding, ...]

    @property
    def measures(self) -> dict[str, Estimate]:
        """Return the headline measures, by name."""
        names = self.replications[0]
        return {name: estimate_of(name, [one[name] for one in self.replications]) for name in names}

    @property
    def verdict(self) -> Verdict:
        """Return the verdict on all targets together: not met if one is not."""
        return verdict_of(self.holdings)


@dataclass(frozen=True, eq=False)
class Roster:
    """A roster, and what it brought."""

    plan: Plan
    proven: Proven


@dataclass(frozen=True)
class Tried:
    """A roster that was simulated in the search: what it takes, and how the targets held."""

    persons: int
    paid_hours: float
    found: tuple[float, ...]  # the mean of each target's measure, or its share of periods
    verdict: Verdict


@dataclass(frozen=True, eq=False)
class Employed:
    """The roster under one employment: what it costs a year, and what it brings.

    ``links`` is None where the scenario does not state all that leads from seats to money.
    """

    links: Links | None
    proven: Proven


@dataclass(frozen=True, eq=False)
class StaffResult(Result):
    """The least staff that was found to meet some targets, and proven on fresh seeds.

    Attributes
    ----------
    team, emptied
        Who has the roster; the teams whose work it does, which have none.
    targets
        What was to be met.
    need
        Agents on the floor by weekday and half-hour, by formula.
    best
        The least staff found.
    cheaper
        The best roster found that takes less; None: there is none under the rules.
    tried
        What was simulated on the way, in order.
    employed
        The roster under each employment whose terms the scenario states.
    draws, draws_met
        Of one replication for each row of the set of parameters: the measures, and which
        targets were met.
    """

    kind = "staff"

    team: str
    emptied: tuple[str, ...]
    targets: tuple[Target, ...]
    need: Need
    best: Roster
    cheaper: Roster | None
    tried: tuple[Tried, ...]
    employed: dict[str, Employed]
    draws: Draws = ()
    draws_met: tuple[tuple[bool, ...], ...] = ()

    @property
    def plan(self) -> Plan:
        """Return the least staff found."""
        return self.best.plan

    @property
    def replications(self) -> tuple[Mapping[str, float], ...]:
        """Return the measures of each replication with the least staff found."""
        return self.best.proven.replications

    @property
    def proof_seed(self) -> int:
        """Return the seed of the people whom the search had not met."""
        seed: int = self.header.arguments["proof_seed"]
        return seed

    @property
    def staffed(self) -> Scenario:
        """Return the scenario with the roster found."""
        base = self.scenario
        return base.with_values(self.plan.values(base, self.team, emptied=self.emptied))

    @property
    def share_met(self) -> float | None:
        """Return in which share of the draws all targets were met; None: without draws."""
        return float(np.mean([all(row) for row in self.draws_met])) if self.draws_met else None

    def to_frame(self) -> pandas.DataFrame:
        """Return one row a weekday and half-hour: the need, and the floor (needs pandas)."""
        import pandas as pd  # an extra: hotline-sim[frames]

        return pd.DataFrame(list(self.floor()))

    def floor(self) -> list[dict[str, Any]]:
        """Return one row a weekday and half-hour: what is asked, needed, on the floor, on shift."""
        return [
            {
                "weekday": WEEKDAYS[day],
                "from": clock_of(half_hour),
                **{name: float(getattr(self.need, name)[day, half_hour]) for name in TABLES},
                "on_floor": int(self.plan.coverage[day, half_hour]),
                "on_shift": int(self.plan.on_shift[day, half_hour]),
            }
            for day in range(len(WEEKDAYS))
            for half_hour in range(HALF_HOURS)
        ]

    def shifts(self) -> list[dict[str, Any]]:
        """Return one row a shift with the same breaks: its agents on each weekday."""
        return [
            {
                "shift": hours_of(one.start, one.length),
                **{name: one.agents * (day in one.days) for day, name in enumerate(WEEKDAYS)},
                "breaks": " ".join(one.break_hours),
            }
            for one in self.plan.duties
        ]

    def weeks(self) -> list[dict[str, Any]]:
        """Return one row for persons of the same week: the shift of each weekday."""
        return [
            {
                "persons": one.persons,
                **{
                    name: "" if start is None else hours_of(start, one.length)
                    for name, start in zip(WEEKDAYS, one.starts, strict=True)
                },
                "hours": one.paid_hours,
                "part_time": one.part_time,
            }
            for one in self.plan.tours
        ]

    def found(self) -> dict[str, Any]:
        """Return all but the header as plain values."""
        draws = self.draws
        plain: dict[str, Any] = without_nan(
            {
                **self.about(),
                "team": self.team,
                "emptied": list(self.emptied),
                "targets": [str(target) for target in self.targets],
                "need": _need(self.need),
                "best": _roster(self.best, draws),
                "cheaper": None if self.cheaper is None else _roster(self.cheaper, ()),
                "tried": [
                    {**asdict(one), "found": list(one.found), "verdict": str(one.verdict)}
                    for one in self.tried
                ],
                "employed": {
                    name: {
                        "links": None if one.links is None else one.links.to_dict(),
                        **_proven(one.proven, ()),
                    }
                    for name, one in self.employed.items()
                },
                "share_met": self.share_met,
                "draws_met": [list(row) for row in self.draws_met],
                **about_draws(self.header.parameters),
            }
        )
        return plain

    @classmethod
    def of_found(cls, tree: Mapping[str, Any], header: Header) -> Self:
        """Return the result of its header and what :meth:`found` returns."""
        targets = tuple(map(target_of, tree["targets"]))
        count, cheaper = header.replications, tree["cheaper"]
        return cls(
            header,
            team=tree["team"],
            emptied=tuple(tree["emptied"]),
            targets=targets,
            need=_need_of(tree["need"]),
            best=_roster_of(tree["best"], targets, count),
            cheaper=None if cheaper is None else _roster_of(cheaper, targets, count),
            tried=tuple(
                Tried(
                    one["persons"],
                    one["paid_hours"],
                    tuple(map(number_of, one["found"])),
                    Verdict(one["verdict"]),
                )
                for one in tree["tried"]
            ),
            employed={
                name: Employed(
                    None if one["links"] is None else Links(**one["links"]),
                    _proven_of(one, targets, count),
                )
                for name, one in tree["employed"].items()
            },
            draws=draws_of(tree["best"]["measures"], header.draws) if header.draws else (),
            draws_met=tuple(tuple(row) for row in tree["draws_met"]),
        )

    def again(self, *, engine: EngineName, execution: Execution) -> StaffResult:
        """Return the same with every replication of the proof played again.

        The search is not repeated: a solver's time limit makes its way depend on the machine.
        """
        from hotline_sim.experiments.staff.asking import proven_again  # which makes results

        return proven_again(self, engine=engine, execution=execution)


def _roster(one: Roster, draws: Draws) -> dict[str, Any]:
    plan = one.plan
    return {
        "persons": plan.persons,
        "paid_hours": plan.paid_hours,
        "objective": plan.objective,
        "cost": plan.cost,
        "bound": plan.bound,
        "gap": plan.gap,
        "seconds": plan.seconds,
        "status": plan.status,
        "coverage": plan.coverage.tolist(),
        "duties": [asdict(duty) for duty in plan.duties],
        "weeks": [asdict(tour) for tour in plan.tours],
        **_proven(one.proven, draws),
    }


def _proven(one: Proven, draws: Draws) -> dict[str, Any]:
    return {
        "verdict": str(one.verdict),
        "targets": [holding.to_dict() for holding in one.holdings],
        "measures": with_range(one.measures, draws),
    }


def _roster_of(tree: Mapping[str, Any], targets: tuple[Target, ...], count: int) -> Roster:
    duties = tuple(
        Duty(
            one["agents"],
            tuple(one["days"]),
            one["start"],
            one["length"],
            tuple((begin, length) for begin, length in one["breaks"]),
        )
        for one in tree["duties"]
    )
    plan = Plan(
        coverage=coverage_of(duties),
        on_shift=coverage_of(duties, with_breaks=False),
        duties=duties,
        tours=tuple(
            Tour(one["persons"], tuple(one["starts"]), one["length"], one["part_time"])
            for one in tree["weeks"]
        ),
        **{name: tree[name] for name in ("objective", "cost", "bound", "seconds", "status")},
    )
    return Roster(plan, _proven_of(tree, targets, count))


def _proven_of(tree: Mapping[str, Any], targets: tuple[Target, ...], count: int) -> Proven:
    pairs = zip(tree["targets"], targets, strict=True)
    return Proven(
        tuple(values_at(tree["measures"], number) for number in range(count)),
        tuple(Holding.of_dict(one, target) for one, target in pairs),
    )


def _need(need: Need) -> dict[str, Any]:
    """Return a need as plain values: its tables as lists, its goals and cuts as tables."""
    found = {one.name: getattr(need, one.name) for one in fields(need)}
    return {
        **{
            name: one.tolist() if isinstance(one, np.ndarray) else one
            for name, one in found.items()
        },
        "goals": [asdict(goal) for goal in need.goals],
        "cuts": [{"weights": c.weights.tolist(), "at_least": c.at_least} for c in need.cuts],
    }


def _need_of(tree: Mapping[str, Any]) -> Need:
    apart = ("goals", "cuts")
    values: dict[str, Any] = {
        name: _array(one) if isinstance(one, list) else one
        for name, one in tree.items()
        if name not in apart
    }
    goals = tuple(Goal(**goal) for goal in tree["goals"])
    cuts = tuple(Cut(_array(one["weights"]), one["at_least"]) for one in tree["cuts"])
    return Need(goals=goals, cuts=cuts, **values)


def _array(rows: list[Any]) -> Floats:
    """Return numbers of one or two dimensions; None, which stands for nothing, is nan."""
    return np.array(
        [list(map(number_of, one)) if isinstance(one, list) else number_of(one) for one in rows]
    )
