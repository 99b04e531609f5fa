"""Which published figures cannot come from the same parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.experiments.calibration import sampling, waves
from hotline_sim.experiments.calibration.surfaces import CUT, WIDTH
from hotline_sim.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline_sim.experiments.calibration.figures import Figure
    from hotline_sim.experiments.calibration.surfaces import Surface
    from hotline_sim.experiments.calibration.waves import Question

_CHAINS = 300


def quarrelling(asked: Question, surfaces: Sequence[Surface]) -> tuple[Figure, ...]:
    """Return figures that cannot be met together, none of which can be left out.

    By a deletion filter (Chinneck and Dravnieks 1991): each figure in turn is left out if the
    rest still cannot be met. Figures by themselves out of reach are found alone. It is judged
    by the emulators, first with their error allowed for; empty: all can be met.
    """
    final = _can_be_met(asked, surfaces, final=False)
    if final and _can_be_met(asked, surfaces, final=True):
        return ()
    kept = list(surfaces)
    for one in surfaces:
        rest = [other for other in kept if other is not one]
        if rest and not _can_be_met(asked, rest, final=final):
            kept = rest
    return tuple(one.figure for one in kept)


def _can_be_met(asked: Question, surfaces: Sequence[Surface], *, final: bool) -> bool:
    stream = Streams(asked.seed, 0).at(0, "calibration/quarrels")
    shape, cut = (_CHAINS, len(asked.parameters)), WIDTH if final else CUT
    score = waves.score_of(asked, surfaces, final=final)
    return sampling.below(score, cut, shape, stream).level <= cut
