"""The table of what is assumed: what the user set beside what the file says, the rest by weight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.experiments import assumptions_of
from hotline_sim.experiments.bands import middle
from hotline_sim.experiments.parameters.drawing import drawn_seed
from hotline_sim.messages import NOTHING, said, text
from hotline_sim.reports.tables import Part, Table, bounds, brief
from hotline_sim.scenario.quantities import VOLUMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline_sim.experiments import ParameterSet, RunResult
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_SIZES = ("seats", "curve", "persons", "posts", "persons_per_post")
_LEAST_ASSUMED = 3  # shown however many numbers were set


def assumption_table(result: RunResult, lang: Lang, *, most: int) -> Table:
    """Return the assumed numbers of a run that have a range, the *most* decisive first."""
    busy = {name: found["handled_hours"].mean for name, found in result.by_channel.items()}
    given = result.header.parameters
    return assumed_numbers(result.scenario, busy, lang, most=most, given=given)


def assumed_numbers(
    scenario: Scenario,
    busy_hours: Mapping[str, float],
    lang: Lang,
    *,
    most: int,
    given: ParameterSet | None = None,
) -> Table:
    """Return the assumed numbers of a scenario that have a range, the *most* decisive first.

    What the user set comes before all, beside what the file says. Then what sets the load and
    who stands it: seats and shrinkage, volumes, talk, patience and the transition table. Among
    those, and then among the others, by the width of the range relative to the value; on a
    channel, times its share of the agents' time, if that is known. Of a set of values that was
    *given*, not drawn from the ranges, the table says where most of them lie.
    """
    known = assumptions_of(scenario)
    was_set = [row for row in known if row["set_by_user"]]
    assumed = [row for row in known if row["range"] and not row["set_by_user"]]
    assumed.sort(key=lambda row: (not _sets_the_load(row["key"]), -_weight(row, busy_hours)))
    listed = [*was_set, *assumed[: max(most - len(was_set), _LEAST_ASSUMED)]]
    of_file = any(row["instead_of"] is not None for row in listed)
    spans = _spans(given)
    rows = tuple(_row(row, lang, of_file=of_file, spans=spans) for row in listed)
    heads = ("key", "value", *(["in_file"] if of_file else []), "range")
    heads += (*(["in_set"] if spans else []), "note")
    notes = ("assumptions_set" if was_set else "", "assumptions_note")
    return Table(
        text("table.assumptions", lang, shown=len(rows), all=len(known)),
        tuple(text(f"table.{name}", lang) for name in heads),
        rows,
        numeric=frozenset(range(1, len(heads) - 1)),
        solid=frozenset({0}),
        spare=frozenset({len(heads) - 1}),
        note=text("range.after", lang).join(text(f"table.{one}", lang) for one in notes if one),
        part=Part.ASSUMED,
    )


def _spans(given: ParameterSet | None) -> dict[str, tuple[float, float]]:
    """Return where the middle 90 % of a set's values lie, by key; nothing of what was drawn."""
    if given is None or drawn_seed(given.origin) is not None:
        return {}
    columns = zip(given.keys, given.values.T.tolist(), strict=True)
    return {key: middle(column) for key, column in columns}


def _row(
    row: Mapping[str, Any], lang: Lang, *, of_file: bool, spans: Mapping[str, tuple[float, float]]
) -> tuple[str, ...]:
    """Return a number's key, value, range and note, and what file and set say where asked for."""
    was, span, key = row["instead_of"], row["range"], row["key"]
    unset = "" if not row["set_by_user"] else NOTHING
    note = text("origin.set_by_user", lang) if row["set_by_user"] else said(row["note"], lang)
    in_set = " … ".join(f"{end:,.3g}" for end in spans[key]) if key in spans else NOTHING
    return (
        key,
        brief(row["value"], lang),
        *([unset if was is None else brief(was, lang)] if of_file else []),
        bounds(span) if span else NOTHING,
        *([in_set] if spans else []),
        note,
    )


def _sets_the_load(key: str) -> bool:
    parts = key.split(".")
    if parts[-1] in ("mean_s", "median_s"):
        return parts[-2] in ("talk", "patience")
    return parts[-1] in (*_SIZES, "shrinkage", "probability", "by_try", *VOLUMES)


def _weight(row: Mapping[str, Any], busy_hours: Mapping[str, float]) -> float:
    """Return the width of a range relative to the value, times the share of its channel."""
    value, (low, high) = row["value"], row["range"]
    size = sum(value) / len(value) if isinstance(value, list) else value
    width = (high - low) / abs(size) if size else float("inf")
    parts = row["key"].split(".")
    total = sum(busy_hours.values())
    if parts[0] != "channels" or not total > 0:
        return width
    return width * busy_hours[parts[1]] / total
