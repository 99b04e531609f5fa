"""The table of a validation: simulated against exact, in standard errors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hotline_sim.messages import text
from hotline_sim.reports.tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.experiments import Check, ValidationResult
    from hotline_sim.messages import Lang

_TWINS = ("simpy", "compiled")
_LARGE = 5.0  # a measure as large as this is no share, and needs fewer decimals


def validation_table(result: ValidationResult, lang: Lang) -> Table:
    """Return the checks by formula; engines whose numbers are the same share a row."""
    rows: list[tuple[str, ...]] = []
    before = ""
    for check, engine in _together(result.checks, lang):
        if check.case != before:
            rows.append((text(f"validation.{check.case}", lang),))
            before = check.case
        verdict = text("validation.agrees" if check.agrees else "validation.misses", lang)
        numbers = (check.exact, check.simulated, check.difference)
        written = [_number(value, check) for value in numbers]
        rows.append((check.measure, engine, *written, _errors(check), verdict))
    names = ("measure", "engine", "exact", "simulated", "difference", "errors", "verdict")
    return Table(
        title=text("validation.title", lang),
        heads=tuple(text(f"validation.{name}", lang) for name in names),
        rows=tuple(rows),
        numeric=frozenset({2, 3, 4, 5}),
        solid=frozenset({0}),
        note=text("validation.note", lang),
    )


def validation_sentences(result: ValidationResult, lang: Lang) -> list[str]:
    """Return how it was played, and what came of it."""
    played = text(
        "validation.played",
        lang,
        replications=result.replications,
        days=result.days,
        seed=result.seed,
        version=result.version,
    )
    missed = sum(not check.agrees for check in result.checks)
    count = len(result.checks)
    if missed:
        return [text("validation.failed", lang, missed=missed, count=count), played]
    return [text("validation.passed", lang, count=count), played]


def _together(checks: tuple[Check, ...], lang: Lang) -> Iterator[tuple[Check, str]]:
    """Yield checks with who simulated; twins that agree to the last bit once."""
    found = {(one.case, one.measure, one.engine): one for one in checks}
    for check in checks:
        first, second = (found.get((check.case, check.measure, twin)) for twin in _TWINS)
        if first and second and first.simulated == second.simulated and check.engine in _TWINS:
            if check.engine == _TWINS[0]:
                yield check, text("validation.both", lang)
        else:
            yield check, check.engine


def _number(value: float, check: Check) -> str:
    return f"{value:z,.2f}" if abs(check.exact) >= _LARGE else f"{value:z.5f}"


def _errors(check: Check) -> str:
    return f"{check.errors_off:+.2f}" if math.isfinite(check.errors_off) else "∞"
