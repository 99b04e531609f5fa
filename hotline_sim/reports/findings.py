"""What the published figures say and do not say, as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim.messages import text
from hotline_sim.reports.numbers import shown, shown_printed

if TYPE_CHECKING:
    from hotline_sim.experiments import ReproduceResult
    from hotline_sim.experiments.findings import Finding
    from hotline_sim.messages import Lang

_PRINTED_RATE = "rate_"  # values so called are printed rates: with their own digits


class _Number(float):
    """A number whose percent sign stands off, as in the tables: 53.1 %."""

    def __format__(self, how: str) -> str:
        return super().__format__(how).replace("%", " %")


def finding_sentences(result: ReproduceResult, lang: Lang) -> list[str]:
    """Return what the published figures say and do not say, a few sentences each."""
    return [_told(finding, lang) for finding in result.findings]


def _told(finding: Finding, lang: Lang) -> str:
    values: dict[str, Any] = {}
    for name, value in finding.values.items():
        is_rate = name.startswith(_PRINTED_RATE)
        values[name] = shown_printed("connect_rate", value) if is_rate else _Number(value)
    for name, one in finding.simulated.items():
        measure = name.removesuffix("_before").removesuffix("_after")
        values[name] = shown(measure, one.mean)
    between = " " if lang == "en" else ""
    return between.join(text(f"finding.{name}", lang, **values) for name in finding.sentences)
