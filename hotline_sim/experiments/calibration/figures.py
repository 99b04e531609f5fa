"""The published figures that a calibration must meet, and how coarsely they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hotline_sim.definitions import Unit, measure_of, spelled_for
from hotline_sim.experiments.findings import half_unit
from hotline_sim.experiments.people_from_figures import printed_of
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline_sim.scenario import Scenario


@dataclass(frozen=True)
class Figure:
    """A published figure: of which scenario, which measure, and between what it may lie.

    ``low`` to ``high`` is the range that the scenario states of it ("about", "under"), or what
    its last printed digit leaves open; ``measure`` is spelled with its threshold.
    """

    base: int
    scenario: str
    measure: str
    value: float
    low: float
    high: float

    @property
    def name(self) -> str:
        """Return the key of the figure, with its scenario."""
        return f"{self.scenario}:{self.measure}"

    @property
    def is_share(self) -> bool:
        """Whether it is a share of something."""
        return measure_of(self.measure).unit is Unit.SHARE

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain values."""
        return dict(self.__dict__)

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Figure:
        """Return the figure of what :meth:`to_dict` returns."""
        return cls(**{name: tree[name] for name in cls.__dataclass_fields__})


def figures_of(bases: Sequence[Scenario]) -> tuple[Figure, ...]:
    """Return the published figures that simulated years can be held against.

    What a period adds up to is left out where another number of days is simulated.

    Raises
    ------
    RefusalError
        If a scenario has none.
    """
    found: list[Figure] = []
    for number, base in enumerate(bases):
        own = [_figure(number, base, name) for name in base.published if _is_comparable(base, name)]
        if not own:
            raise RefusalError("say.nothing_published", scenario=base.name)
        found += own
    return tuple(found)


def _is_comparable(base: Scenario, name: str) -> bool:
    return base.has_its_days or not measure_of(name).adds_up


def _figure(number: int, base: Scenario, name: str) -> Figure:
    printed, measure = printed_of(base, name), measure_of(name)
    low, high = printed.low, printed.high
    if low == high:
        half = half_unit(100.0 * low) / 100.0 if measure.unit is Unit.SHARE else half_unit(low)
        low, high = low - half, high + half
    spelled = spelled_for(name, base.thresholds_s[0])
    return Figure(number, base.name, spelled, printed.value, low, high)
