"""Result files: JSON and CSV, each of which appears whole or not at all."""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING

import numpy as np

from hotline_sim.definitions import Scope
from hotline_sim.domain import DAY_S, HALF_HOUR_S, HALF_HOURS
from hotline_sim.experiments import estimate_of
from hotline_sim.experiments.attribution.results import ENDS
from hotline_sim.experiments.bands import RANGE, span_of
from hotline_sim.experiments.parameters import set_text
from hotline_sim.measures import months_of, named, value_of
from hotline_sim.scenario.calendar import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.execution import Replication
    from hotline_sim.experiments import (
        AttributionResult,
        BudgetPoint,
        BudgetResult,
        CalibrationResult,
        Estimate,
        RunResult,
        StaffResult,
        SweepResult,
    )
    from hotline_sim.experiments.bands import Draws

_MINUTES = 24 * 60


def run_tables(results: Sequence[RunResult]) -> dict[str, bytes]:
    """Return the CSV files of runs, by name."""
    return {"measures.csv": measures_csv(results), "intervals.csv": intervals_csv(results)}


def sweep_tables(result: SweepResult) -> dict[str, bytes]:
    """Return the CSV file of a sweep, by name: keys, measure, mean, low, high."""
    rows = [
        (*point.at.values(), name, *_cells(one), *_span_cells(point.draws, name))
        for point in result.points
        for name, one in point.measures.items()
    ]
    heads = (*result.over, "measure", "mean", "low", "high", "replications")
    heads += RANGE if result.header.draws else ()
    return {"sweep.csv": _csv(heads, rows)}


def budget_tables(result: BudgetResult) -> dict[str, bytes]:
    """Return the CSV files of a frontier, by name: employment, budget, links, measure, bands.

    Asked for targets also their least budgets; one that is not in the range is "below" it or
    "above".
    """
    rows: list[tuple[object, ...]] = []
    for roster, employment, point in _points(result):
        links = [f"{value:.10g}" for value in point.links.to_dict().values()]
        for name, one in point.measures.items():
            spans = _numbers(point.span(name))
            rows.append((employment, roster, *links, name, *_cells(one), *spans))
    links_of = next(iter(result.frontier.values()))[0].links.to_dict()
    heads = ("employment", "roster", *links_of, "measure", "mean", "low", "high", "replications")
    files = {"frontier.csv": _csv((*heads, *RANGE), rows)}
    if result.least:
        files["least.csv"] = _csv(
            ("target", "employment", "roster", "budget_cny", "low", "high", *RANGE),
            list(_least_rows(result)),
        )
    if result.best:
        files["rosters.csv"] = _csv(
            ("employment", "budget_cny", "weekday", "from", "seats"), list(_roster_rows(result))
        )
    return files


def _points(result: BudgetResult) -> Iterator[tuple[str, str, BudgetPoint]]:
    """Yield the points of today's roster scaled, and of the best ones, by roster and employment."""
    for roster, frontier in (("scaled", result.frontier), ("best", result.best)):
        for employment, points in frontier.items():
            for point in points:
                yield roster, employment, point


def _roster_rows(result: BudgetResult) -> Iterator[tuple[object, ...]]:
    """Yield the seats of every roster that was laid out anew, by weekday and half-hour."""
    for roster, employment, point in _points(result):
        if roster == "scaled" or point.seats is None:
            continue
        for weekday, day in zip(WEEKDAYS, point.seats, strict=True):
            for number, seats in enumerate(day):
                begins = _clock(number, HALF_HOURS)
                yield employment, f"{point.budget_cny:.10g}", weekday, begins, f"{seats:.6g}"


def _least_rows(result: BudgetResult) -> Iterator[tuple[object, ...]]:
    for one in result.least:
        amounts = (one.amount, one.chance.low, one.chance.high, *one.band)
        cells = (x if isinstance(x, str) else "" if math.isnan(x) else f"{x:.10g}" for x in amounts)
        yield (str(one.target), one.employment, one.roster, *cells)


def attribution_tables(result: AttributionResult) -> dict[str, bytes]:
    """Return the CSV files of an attribution, by name: the parts, and the keys of each group."""
    parts: list[tuple[object, ...]] = [
        (
            measure,
            name,
            *_cells(part.estimate),
            *(_numbers(part.span) if part.draws else ()),
            *_numbers(getattr(part, end) for end in ENDS),
        )
        for measure in result.measures
        for name, part in result.rows(measure).items()
    ]
    heads = ("measure", "group", "mean", "low", "high", "replications")
    heads += (*(RANGE if result.header.draws else ()), *ENDS)
    keys: list[tuple[object, ...]] = [(one.name, key) for one in result.groups for key in one.keys]
    return {
        "attribution.csv": _csv(heads, parts),
        "groups.csv": _csv(("group", "key"), keys),
    }


def staff_tables(result: StaffResult) -> dict[str, bytes]:
    """Return the files of a staffing: roster, persons' weeks, need and floor, the scenario.

    The scenario is a file that has the roster found and can be run.
    """
    tables = {
        "roster.csv": result.shifts(),
        "weeks.csv": result.weeks(),
        "floor.csv": result.floor(),
    }
    pages = {
        name: _csv(tuple(rows[0]), [tuple(row.values()) for row in rows])
        for name, rows in tables.items()
    }
    return {**pages, "staffed.toml": result.staffed.to_toml().encode()}


def calibration_tables(result: CalibrationResult) -> dict[str, bytes]:
    """Return the files of a calibration, by name: its set, the members, how far each is narrowed.

    Without members only how the figures lie.
    """
    asked, drawn = result.question, result.parameters
    limits = [
        (s.figure.scenario, s.figure.measure, *_numbers((s.figure.value, *s.limits, s.year_sd)))
        for s in result.surfaces
    ]
    heads = ("scenario", "measure", "published", "lowest", "highest", "year_sd")
    files = {"figures.csv": _csv(heads, list(limits))}
    if drawn is None:
        return files
    columns = [one.key for one in asked.parameters] + [one.name for one in asked.figures]
    rows = np.column_stack([drawn.values, result.expected]).tolist()
    members = [tuple(_numbers(row)) for row in rows]
    names = ("low", "median", "high", "left", "left_low", "left_high")
    told = [
        (one.key, *_numbers((p.low, p.high, *(getattr(one, name) for name in names))), one.is_free)
        for p, one in zip(asked.parameters, result.narrowing, strict=True)
    ]
    ends = ("key", "range_low", "range_high", *names, "is_free")
    return {
        **files,
        "parameters.json": set_text(drawn).encode(),
        "members.csv": _csv(tuple(columns), list(members)),
        "narrowing.csv": _csv(ends, list(told)),
    }


def measures_csv(results: Iterable[RunResult]) -> bytes:
    """Return all measures of runs as CSV: scenario, group, name, measure, mean, low, high.

    Runs over a set of parameters have the range of the draws behind, of the headline measures.
    """
    rows: list[tuple[object, ...]] = []
    ranged = False
    for result in results:
        ranged = ranged or result.header.draws > 0
        name = result.scenario.stamped_name
        groups = [("", "", result.measures)]
        groups += [("channel", key, found) for key, found in result.by_channel.items()]
        groups += [("team", key, found) for key, found in result.by_team.items()]
        groups += [("department", key, found) for key, found in result.by_department.items()]
        for group, key, found in groups:
            draws = () if group else result.draws
            rows += [
                (name, group, key, m, *_cells(one), *(_span_cells(draws, m) or _none(ranged)))
                for m, one in found.items()
            ]
    heads = ("scenario", "group", "name", "measure", "mean", "low", "high", "replications")
    return _csv((*heads, *(RANGE if ranged else ())), rows)


def intervals_csv(results: Iterable[RunResult]) -> bytes:
    """Return contacts by half-hour, hour, day and month of arrival, channel by channel, as CSV.

    Half-hours and hours are those of the day, their counts per day; days and months are
    dates. Each measure has its mean and 95 % interval over replications.
    """
    rows: list[tuple[object, ...]] = []
    for result in results:
        for by, labels, sums in _groupings(result):
            measures = list(_interval_measures(result, sums))
            for number, channel in enumerate(result.scenario.channels):
                for i, label in enumerate(labels):
                    for measure, values in measures:
                        one = estimate_of(measure, values[:, i, number].tolist())
                        names = (result.scenario.stamped_name, by, label, channel, measure)
                        rows.append((*names, *_cells(one)))
    heads = ("scenario", "by", "interval", "channel", "measure", "mean", "low", "high")
    return _csv((*heads, "replications"), rows)


Sums = dict[str, "Floats"]


def _groupings(result: RunResult) -> Iterator[tuple[str, list[str], list[Sums]]]:
    """Return each way of grouping: its name, the labels, the sums of each replication."""
    played, days = result.replications, result.scenario.horizon.days
    half_hours = [_over(_timed(p.by_half_hour, days * HALF_HOUR_S), 1.0 / days) for p in played]
    yield "half_hour", [_clock(i, HALF_HOURS) for i in range(HALF_HOURS)], half_hours
    hours = [{f: v.reshape(24, 2, -1).sum(axis=1) for f, v in s.items()} for s in half_hours]
    yield "hour", [_clock(i, 24) for i in range(24)], hours
    start = np.datetime64(result.scenario.horizon.start)
    yield "day", [str(start + i) for i in range(days)], [_timed(p.by_day, DAY_S) for p in played]
    months = months_of(result.scenario)
    first = np.unique(months, return_index=True)[1]
    labels = [f"{m // 12:04d}-{m % 12 + 1:02d}" for m in months[first].tolist()]
    yield "month", labels, [_grouped(p, first) for p in played]


def _timed(sums: Sums, length_s: float) -> Sums:
    """Return sums with the time they are of, so long for each interval."""
    return {**sums, "counted_s": np.full(sums["offered"].shape, length_s)}


def _over(sums: Sums, factor: float) -> Sums:
    return {field: values * factor for field, values in sums.items()}


def _grouped(played: Replication, first: np.ndarray) -> Sums:
    by_day = _timed(played.by_day, DAY_S)
    return {f: np.add.reduceat(values, first, axis=0) for f, values in by_day.items()}


def _clock(i: int, of: int) -> str:
    minute = i * _MINUTES // of
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _interval_measures(result: RunResult, sums: list[Sums]) -> Iterator[tuple[str, Floats]]:
    """Yield each measure of intervals, ``(replications, intervals, channels)``."""
    first_s = result.scenario.thresholds_s[0]
    for name, measure in named(result.scenario, Scope.INTERVAL):
        yield name, np.array([value_of(measure, one.__getitem__, first_s) for one in sums])


def _cells(one: Estimate) -> tuple[object, ...]:
    return (
        *_numbers((one.mean, one.low, one.high)),
        sum(value == value for value in one.replications),
    )


def _span_cells(draws: Draws, measure: str) -> tuple[str, ...]:
    """Return the range of draws as two cells; none without draws."""
    return tuple(_numbers(span_of(draws, measure))) if draws else ()


def _none(ranged: bool) -> tuple[str, ...]:
    return ("", "") if ranged else ()


def _numbers(values: Iterable[float]) -> list[str]:
    return ["" if value != value else f"{value:.10g}" for value in values]


def records_csv(records: Sequence[Mapping[str, object]]) -> bytes:
    """Return records, all with the same names, as CSV; numbers with ten digits, nan empty."""
    rows: list[tuple[object, ...]] = [
        tuple(_numbers([cell])[0] if isinstance(cell, float) else cell for cell in one.values())
        for one in records
    ]
    return _csv(tuple(records[0]), rows)


def rows_csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows under heads, which need not differ, as CSV."""
    return _csv(tuple(heads), [tuple(row) for row in rows])


def _csv(heads: tuple[str, ...], rows: list[tuple[object, ...]]) -> bytes:
    """Return rows as CSV that spreadsheets read as UTF-8 and in which no text is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> object:
    if not isinstance(cell, str) or cell[:1] not in tuple("=+-@\t\r"):
        return cell
    return cell if re.fullmatch(r"-\d+(\.\d+)?(e[+-]\d+)?", cell) else f"'{cell}"
