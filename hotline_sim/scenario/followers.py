"""Numbers that follow others: their formulas worked out, and what such numbers may claim.

It is done last, when a scenario has been extended and overridden, and again whenever a key has
been changed; so a number follows all that its formula names.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import KNOWN, Origin, Provenance
from hotline_sim.scenario import formulas
from hotline_sim.scenario.faults import Fault, Path, at, dotted, nearest
from hotline_sim.scenario.formulas import Formula, FormulaError
from hotline_sim.scenario.origins import FIGURES, is_number

if TYPE_CHECKING:
    from hotline_sim.scenario.drafts import Draft

Found = list[tuple[Path, Fault]]


@dataclass
class _Follower:
    """A number with a formula: where it stands, and where the formula's keys do."""

    path: Path
    formula: Formula
    inputs: dict[str, Path] = field(default_factory=dict)  # by the key as written


def work_out(draft: Draft) -> tuple[Found, set[Path]]:
    """Put the values of a draft's formulas into its tree.

    Return the faults, and the paths of the formulas without a value: they stay as written.
    """
    told = list(_unknown_figures(draft))
    followers = {key: origin.formula for key, origin in draft.provenance.items() if origin.formula}
    if not followers:
        return told, set()
    read = {key: _read(draft, key, formula, told) for key, formula in followers.items()}
    known = {one.path: one for one in read.values() if one is not None}
    failed = {tuple(_path_of(draft.tree, key) or ()) for key, one in read.items() if one is None}
    for path in _in_order(draft, known, failed, told):
        follower = known[path]
        try:
            _put(draft, follower, failed)
        except FormulaError as error:
            failed.add(path)
            told.append(_fault(draft, path, error))
        told += _claims_too_much(draft, follower)
    return told, failed


def _fault(draft: Draft, path: Path, error: FormulaError) -> tuple[Path, Fault]:
    key = dotted(path)
    written = draft.provenance[key].formula
    return path, Fault("", key, error.wanted, written, error.values)


def _read(draft: Draft, key: str, written: str, told: Found) -> _Follower | None:
    """Return a formula with its keys found; None, with its faults told, if that fails."""
    path = _path_of(draft.tree, key)
    assert path is not None  # what has an origin stands in the tree
    try:
        follower = _Follower(path, formulas.read(written))
    except FormulaError as error:
        told.append(_fault(draft, path, error))
        return None
    lost = False
    for name in follower.formula.keys:
        there = (*path[:-1], name) if "." not in name else _path_of(draft.tree, name)
        value = None if there is None else at(draft.tree, there)
        if there is None or not (is_number(value) or formulas.is_formula(value)):
            wanted = "formula_minus" if "-" in name else "formula_key"
            beside = at(draft.tree, path[:-1])
            right = [*draft.provenance, *(map(str, beside) if isinstance(beside, dict) else ())]
            values = {"key": name, "nearest": nearest(name, right)}
            told.append(_fault(draft, path, FormulaError(wanted, **values)))
            lost = True
            continue
        follower.inputs[name] = there
    return None if lost else follower


def _path_of(tree: Any, key: str) -> Path | None:
    """Return the path of a dotted key in a tree; names with dots in them are found, too."""
    parts = key.split(".")
    for length in range(1, len(parts) + 1):
        head, rest = ".".join(parts[:length]), ".".join(parts[length:])
        step: str | int = head
        if isinstance(tree, tuple) and head.isdecimal() and int(head) < len(tree):
            step, below = int(head), tree[int(head)]
        elif isinstance(tree, Mapping) and head in tree:
            below = tree[head]
        elif isinstance(tree, Mapping) and head.isdecimal() and int(head) in tree:
            step, below = int(head), tree[int(head)]  # a row that has no name of its own
        else:
            continue
        further = _path_of(below, rest) if rest else ()
        if further is not None:
            return (step, *further)
    return None


def _in_order(
    draft: Draft, known: Mapping[Path, _Follower], failed: set[Path], told: Found
) -> Iterator[Path]:
    """Yield the followers, what each follows first; those that follow themselves are told."""
    graph = {
        path: [there for there in one.inputs.values() if there in known]
        for path, one in known.items()
    }
    while True:
        try:
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = error.args[1][::-1]
            chain = " → ".join(dotted(path) for path in circle)
            told.append(_fault(draft, circle[0], FormulaError("formula_cycle", chain=chain)))
            failed.update(circle)
            graph = {
                path: [there for there in inputs if there not in failed]
                for path, inputs in graph.items()
                if path not in failed
            }
            continue
        yield from order
        return


def _put(draft: Draft, follower: _Follower, failed: set[Path]) -> None:
    """Put a formula's value into the tree, unless a number it follows has none."""
    numbers = {name: at(draft.tree, path) for name, path in follower.inputs.items()}
    lacking = any(path in failed for path in follower.inputs.values())
    if lacking or not all(is_number(one) and math.isfinite(one) for one in numbers.values()):
        failed.add(follower.path)
        return
    value = follower.formula.value(numbers.__getitem__)
    *around, last = follower.path
    draft.tree = _with(draft.tree, tuple(around), last, value)


def _with(tree: Any, around: Path, last: str | int, value: Any) -> Any:
    """Return a tree with a value in one of its tables, which is changed; lists are made anew."""
    if not around:
        tree[last] = value
        return tree
    head, *rest = around
    below = _with(tree[head], tuple(rest), last, value)
    if isinstance(tree, tuple):
        return (*tree[: int(head)], below, *tree[int(head) + 1 :])
    tree[head] = below
    return tree


def _claims_too_much(draft: Draft, follower: _Follower) -> Found:
    """Tell of a published or derived number that follows one which is neither.

    If that one was changed since the file was read, the number takes it as it is: assumed.
    """
    key = dotted(follower.path)
    origin = draft.provenance[key]
    if origin.kind not in KNOWN:
        return []
    for there in follower.inputs.values():
        input_key, of = _with_origin(draft, there)
        if of is None or of.kind in KNOWN:
            continue
        if of.set_by_user or draft.is_changed(there):
            draft.provenance[key] = replace(origin, kind=Origin.ASSUMED)
            draft.changed.setdefault(follower.path, draft.place_of(there))
            return []
        values = {"key": input_key, "origin": of.kind.value}
        path = (*follower.path, "kind")
        found = origin.kind.value
        return [(path, Fault("", dotted(path), "formula_of_assumed", found, values))]
    return []


def _with_origin(draft: Draft, path: Path) -> tuple[str, Provenance | None]:
    """Return the key and the origin of a number, or of the list that it stands in.

    The days that published figures are of have none.
    """
    keys = [dotted(path), dotted(path[:-1])]
    key = next((key for key in keys if key in draft.provenance), "")
    return key, draft.provenance.get(key)


def _unknown_figures(draft: Draft) -> Iterator[tuple[Path, Fault]]:
    """Yield the faults of numbers chosen from figures that the scenario does not state.

    Where a change has taken the figure away, the number is no longer chosen from it.
    """
    figures = draft.tree.get(FIGURES)
    stated = {f"{FIGURES}.{name}" for name in figures} if isinstance(figures, Mapping) else set()
    for key, origin in list(draft.provenance.items()):
        if not origin.to:
            continue
        path = (*(_path_of(draft.tree, key) or (key,)), "to")
        for name in origin.to:
            if name in stated:
                continue
            if draft.is_changed(tuple(name.split("."))):
                left = tuple(one for one in origin.to if one in stated)
                kind = origin.kind if left or origin.kind is not Origin.FITTED else Origin.ASSUMED
                draft.provenance[key] = replace(origin, to=left, kind=kind)
                break
            values = {"nearest": nearest(name, stated)}
            yield path, Fault("", dotted(path), "figure", name, values)
