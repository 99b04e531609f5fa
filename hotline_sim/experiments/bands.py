"""The band of what is assumed: measures of one replication for each way the numbers could be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim.domain import KNOWN, ArgumentError
from hotline_sim.execution import play
from hotline_sim.experiments.parameters import (
    Over,
    ParameterSet,
    apart,
    draw,
    parameters_of,
)
from hotline_sim.experiments.parameters.numbers import HORIZON, parts_of
from hotline_sim.experiments.plain import number_of
from hotline_sim.messages import RefusalError
from hotline_sim.scenario import values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from hotline_sim.execution import EngineName, Execution
    from hotline_sim.experiments.estimates import Estimate
    from hotline_sim.scenario import Scenario

    Asked = ParameterSet | Over | Iterable[Over] | None  # what experiments take as ``over``
    Point = Scenario | tuple[Scenario, Mapping[str, Any]]
    Draws = tuple[Mapping[str, float], ...]  # measures of one replication, for each row of a set
    Test = Callable[[str], bool]  # of a key

DEFAULT_DRAWS = 16
FEWEST_DRAWS, MOST_DRAWS = 2, 1000
SHARE_OF_DRAWS = 0.9  # that lies in the band of what is assumed
RANGE = ("range_low", "range_high")  # columns of tables


def asked_set(
    scenarios: Sequence[Scenario],
    over: Asked,
    draws: int | None,
    seed: int,
    *,
    stays: Test = lambda _: False,
    within: Sequence[Scenario] = (),
) -> ParameterSet | None:
    """Return the values that the assumed numbers of scenarios shall take; None: not asked for.

    All rows have the same weight: of a set with others a row stands as often as its weight
    says.

    Parameters
    ----------
    scenarios
        One, or two; of the same name the second goes by another in the set.
    over, draws
        A set of parameters, and how many of its rows; or which numbers are drawn from their
        ranges, as in :func:`drawn_set`, and how often.
    stays
        Tells keys that are not moved.
    within
        Scenarios in each of which what is drawn must be possible; by default *scenarios*.

    Raises
    ------
    ScenarioError
        If a number that shall move is not there, or the ranges leave no possible values.
    ValueError
        If *draws* is out of its range, or no number moves.
    """
    if draws is not None and not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise ArgumentError(f"draws = {draws}: {FEWEST_DRAWS} to {MOST_DRAWS}")
    if over is None and draws is None:
        return None
    bases = apart(scenarios)
    names = [base.name for base in bases]
    if isinstance(over, ParameterSet):
        found = over.laid_over(bases).evened(draws)
        keep = [i for i, key in enumerate(found.keys) if not stays(parts_of(key, names).key)]
        return found.only(keep)
    moved = [one for one in parameters_of(bases, over) if not stays(parts_of(one.key, names).key)]
    if not moved:
        raise RefusalError("say.nothing_to_draw", scenario=", ".join(names))
    return draw(bases, moved, draws or DEFAULT_DRAWS, seed, within=within)


def members(
    parameters: ParameterSet | None, scenario: Scenario, base: int = 0
) -> list[tuple[Scenario, Mapping[str, Any]]]:
    """Return a scenario with each row of a set, to be set where it is played; none without one."""
    rows = range(0 if parameters is None else len(parameters))
    return [(scenario, parameters.changes(i, base)) for i in rows] if parameters else []


def rows_of(parameters: ParameterSet | None) -> list[dict[str, float | int]]:
    """Return the rows of a set by key, or none."""
    return [] if parameters is None else [parameters.row(i) for i in range(len(parameters))]


def played_draws(
    places: Sequence[Sequence[Point]],
    names: Sequence[Iterable[str]],
    *,
    seed: int,
    engine: EngineName,
    execution: Execution,
) -> list[Draws]:
    """Return the measures of the members at each place, those *names* that are known there.

    The i-th member plays the i-th replication, at every place the same people.
    """
    points = [point for place in places for point in place]
    if not points:
        return [() for _ in places]
    numbers = [range(i, i + 1) for place in places for i in range(len(place))]
    keep = tuple(dict.fromkeys(name for known in names for name in known))
    table = play(points, numbers, seed=seed, engine=engine, keep=keep, execution=execution)
    rows = iter(table.values[:, 0, :].tolist())
    found: list[Draws] = []
    for place, known in zip(places, names, strict=True):
        wanted = frozenset(known)
        each = (zip(table.measures, next(rows), strict=True) for _ in place)
        found.append(tuple({k: value for k, value in one if k in wanted} for one in each))
    return found


def middle(values: Iterable[float]) -> tuple[float, float]:
    """Return the quantiles between which the middle 90 % lie; nan are left out."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return math.nan, math.nan
    tail = (1.0 - SHARE_OF_DRAWS) / 2.0
    low, high = np.quantile(known, (tail, 1.0 - tail))
    return float(low), float(high)


def span_of(draws: Draws, measure: str) -> tuple[float, float]:
    """Return between which values the middle 90 % of the draws lie; nan without draws."""
    return middle([one[measure] for one in draws])


def with_range(found: Mapping[str, Estimate], draws: Draws) -> dict[str, Any]:
    """Return estimates as plain values, with their range over the draws if there are any."""
    if not draws:
        return {name: one.to_dict() for name, one in found.items()}
    return {
        name: {
            **one.to_dict(),
            "range": span_of(draws, name),
            "draws": [draw[name] for draw in draws],
        }
        for name, one in found.items()
    }


def draws_of(measures: Mapping[str, Any], count: int) -> Draws:
    """Return the draws, so many, of what :func:`with_range` returned."""
    return tuple(
        {name: number_of(one["draws"][i]) for name, one in measures.items()} for i in range(count)
    )


def about_draws(
    parameters: ParameterSet | None, reasons: Mapping[str, Test] | None = None
) -> dict[str, Any]:
    """Return what is written of a set over one scenario: its rows, and what does not move."""
    if parameters is None:
        return {}
    return {
        "draws": len(parameters),
        "share_of_draws": SHARE_OF_DRAWS,
        "drawn": rows_of(parameters),
        "left_out": left_out(parameters, reasons),
    }


def left_out(
    parameters: ParameterSet | None, reasons: Mapping[str, Test] | None = None
) -> dict[str, list[str]]:
    """Return the numbers of a set's only scenario that do not move, by the reason.

    Numbers that are formulas follow those that move; how long is simulated, and the published
    figures that the run is held against, are no assumptions about the hotline.

    Parameters
    ----------
    reasons
        Further ones, which come first, each with what tells its keys.
    """
    if parameters is None:
        return {}
    (base,) = parameters.bases
    values, found = values_of(base), dict[str, list[str]]()
    parts = [parts_of(key, [base.name]).key for key in parameters.keys]
    moved = {*parts, *(part.rpartition(".")[0] for part in parts)}
    for key, origin in base.provenance.items():
        if key in moved or origin.formula or key.startswith((HORIZON, "published.")):
            continue
        own = [reason for reason, holds in (reasons or {}).items() if holds(key)]
        if own:
            reason = own[0]
        elif origin.set_by_user:
            reason = "set_by_user"
        elif origin.kind in KNOWN:
            reason = "known"
        elif isinstance(values[key], list):
            reason = "lists"
        else:
            reason = "without_range" if origin.range is None else "not_asked"
        found.setdefault(reason, []).append(key)
    return found
