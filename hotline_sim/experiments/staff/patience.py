"""The patience of all who wait together: of several channels, some of whom leave at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from typing_extensions import override

from hotline_sim.laws import LawOfTime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.domain import Floats


class Mixed(LawOfTime):
    """One law or another, by their shares; what the shares lack of 1 has no patience at all."""

    shares: tuple[float, ...]
    laws: tuple[LawOfTime, ...]

    def _sum(self, values: Sequence[Floats]) -> Floats:
        weighted = [s * v for s, v in zip(self.shares, values, strict=True)]
        total: Floats = np.sum(weighted, axis=0)
        return total

    @override
    def mean(self) -> float:
        return float(self._sum([np.array(law.mean()) for law in self.laws]))

    @override
    def survival(self, time_s: Floats) -> Floats:
        return self._sum([law.survival(time_s) for law in self.laws])

    @override
    def given_up(self, time_s: Floats) -> Floats:
        late = self._sum([law.given_up(time_s) for law in self.laws])
        return late + (1.0 - sum(self.shares))

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        return self._sum([law.mean_up_to_s(time_s) for law in self.laws])

    @override
    def density(self, time_s: Floats) -> Floats:
        return self._sum([law.density(time_s) for law in self.laws])

    @override
    def quantile_s(self, share: Floats) -> Floats:
        raise NotImplementedError("a mixture is integrated, never drawn")


def mixed(parts: Sequence[tuple[float, LawOfTime]]) -> LawOfTime:
    """Return the patience of several kinds of people by their weights; one alone is itself."""
    parts = [(weight, law) for weight, law in parts if weight > 0.0]
    (weight, law), *others = parts
    if not others and weight == 1.0:
        return law
    return Mixed(shares=tuple(w for w, _ in parts), laws=tuple(one for _, one in parts))
