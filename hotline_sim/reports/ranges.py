"""What is said of the band of what is assumed: what moves in it, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.experiments import BudgetResult, SweepResult, left_out
from hotline_sim.experiments.parameters.drawing import drawn_seed
from hotline_sim.messages import text

if TYPE_CHECKING:
    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang

_NAMED = 3  # keys


def range_sentences(result: Result, lang: Lang) -> list[str]:
    """Return over what a result's ranges are, and what they leave out; nothing without ranges."""
    drawn = result.header.parameters
    if drawn is None:
        return []
    values = {"draws": len(drawn), "count": len(drawn.keys)}
    seed = drawn_seed(drawn.origin)
    if seed == result.seed:
        found = [text("range.drawn", lang, **values)]
    else:
        origin = drawn.origin if seed is None else text("range.by_seed", lang, seed=seed)
        found = [text("range.given", lang, **values, origin=origin)]
    return found + left_out_sentences(result, lang)


def left_out_sentences(result: Result, lang: Lang) -> list[str]:
    """Return which numbers a result's parameters leave out, and why; nothing if none is."""
    drawn = result.header.parameters
    if drawn is None:
        return []
    reasons = result.reasons if isinstance(result, (BudgetResult, SweepResult)) else {}
    kept: dict[str, dict[str, None]] = {}
    for number in range(len(drawn.bases)):
        for reason, keys in left_out(drawn.of(number), reasons).items():
            kept.setdefault(reason, {}).update(dict.fromkeys(keys))
    if not kept:
        return []
    between = text("range.between", lang)
    parts = [_named(reason, list(keys), lang) for reason, keys in kept.items()]
    return [text("range.left_out", lang, what=between.join(parts))]


def _named(reason: str, keys: list[str], lang: Lang) -> str:
    """Return why some numbers do not move, with the first of them by name."""
    names = text("range.comma", lang).join(keys[:_NAMED])
    if len(keys) > _NAMED:
        names = text("range.and_more", lang, keys=names, more=len(keys) - _NAMED)
    return text(f"range.{reason}", lang, keys=names, count=len(keys))
