"""Patience known by its survival function alone; laws by name are in ``hotline_sim.laws``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.quadrature import finer, primitive

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = npt.NDArray[np.float64]

_RISE = 1e-9  # how far a survival function may stray from its rules by rounding


class Tabulated:
    """A law known by its survival function alone, integrated once up to `reach_s`.

    It has the three methods of :class:`hotline_sim.laws.LawOfTime` that `mmn_g` needs.
    """

    def __init__(self, survival: Callable[[Floats], Floats], reach_s: float) -> None:
        def stacked(wait_s: Floats) -> Floats:
            return survival(wait_s)[None]

        octaves_s = reach_s * 2.0 ** np.arange(-40.0, 1.0)
        edges_s = finer(stacked, np.concatenate([[0.0], octaves_s]), relative=1e-14)
        if np.any(np.diff(survival(edges_s)) > _RISE):
            raise ValueError("patience rises with the wait: a survival function never does")
        self._survival = survival
        self._mean_up_to_s = primitive(stacked, edges_s)

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        return self._survival(wait_s)

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``, as exact as subtraction is."""
        return 1.0 - self._survival(wait_s)

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        return self._mean_up_to_s(wait_s)


def checked_survival(survival: Callable[[Floats], Floats]) -> Callable[[Floats], Floats]:
    """Return `survival` for waits of any shape, its values checked.

    Raises
    ------
    ValueError
        When called, if `survival` does not return one share from 0 to 1 for each wait.
    """

    def checked(wait_s: Floats) -> Floats:
        flat_s = wait_s.ravel()
        share = np.asarray(survival(flat_s), dtype=np.float64)
        if share.shape != flat_s.shape:
            raise ValueError(
                f"patience returned shape {share.shape} for {len(flat_s)} waits: "
                "one share for each is wanted"
            )
        if wrong := np.flatnonzero(~((share > -_RISE) & (share < 1.0 + _RISE))).tolist():
            raise ValueError(
                f"patience = {share[wrong[0]]} at {flat_s[wrong[0]]} s: "
                "a share from 0 to 1 is wanted"
            )
        return share.reshape(wait_s.shape)

    return checked
