"""How long callers are ready to wait: the laws that `mmn_g` takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from hotline_sim.erlang.quadrature import finer, primitive
from hotline_sim.erlang.records import check_positive

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = npt.NDArray[np.float64]

_RISE = 1e-9  # how far a survival function may stray from its rules by rounding


@runtime_checkable
class PatienceLaw(Protocol):
    """A law of patience; every method takes waits of any shape and returns that shape."""

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``, exact also where it is tiny."""

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""


@dataclass(frozen=True, slots=True)
class Exponential:
    """Patience without memory; `mmn_g` is then `erlang_a`."""

    mean_s: float

    def __post_init__(self) -> None:
        check_positive(mean_s=self.mean_s)

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        return np.exp(-wait_s / self.mean_s)

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``."""
        return -np.expm1(-wait_s / self.mean_s)

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        return -self.mean_s * np.expm1(-wait_s / self.mean_s)


@dataclass(frozen=True, slots=True)
class Weibull:
    """Patience that hardens with waiting (shape below 1) or wears out (above 1)."""

    mean_s: float
    shape: float

    def __post_init__(self) -> None:
        check_positive(mean_s=self.mean_s, shape=self.shape)
        # Beyond this the mean lies so many powers of ten above the median that the scale
        # leaves the range of floats.
        if self.shape < 1 / 64:
            raise ValueError(f"shape = {self.shape}: must be at least {1 / 64}")

    def _spent(self, wait_s: Floats) -> Floats:
        scale_s = self.mean_s * math.exp(-math.lgamma(1.0 + 1.0 / self.shape))
        with np.errstate(over="ignore"):  # inf is as good: nobody is left
            return (wait_s / scale_s) ** self.shape

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        return np.exp(-self._spent(wait_s))

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``."""
        return -np.expm1(-self._spent(wait_s))

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        from scipy.special import gammainc

        share = gammainc(1.0 / self.shape, self._spent(wait_s))
        return self.mean_s * np.asarray(share, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Lognormal:
    """Patience whose logarithm is normal with standard deviation `sigma_log`."""

    mean_s: float
    sigma_log: float

    def __post_init__(self) -> None:
        check_positive(mean_s=self.mean_s, sigma_log=self.sigma_log)

    def _deviations(self, wait_s: Floats) -> Floats:
        with np.errstate(divide="ignore"):  # at wait 0 nobody has given up: log 0 = -inf
            return np.log(wait_s / self.mean_s) / self.sigma_log + self.sigma_log / 2.0

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        from scipy.special import ndtr

        share: Floats = ndtr(-self._deviations(wait_s))
        return share

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``."""
        from scipy.special import ndtr

        share: Floats = ndtr(self._deviations(wait_s))
        return share

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        from scipy.special import ndtr

        deviations = self._deviations(wait_s)
        shorter_s: Floats = self.mean_s * ndtr(deviations - self.sigma_log)
        return wait_s * ndtr(-deviations) + shorter_s


@dataclass(frozen=True, slots=True)
class Uniform:
    """Patience evenly spread between two waits."""

    low_s: float
    high_s: float

    def __post_init__(self) -> None:
        check_positive(high_s=self.high_s)
        if not 0.0 <= self.low_s < self.high_s:
            raise ValueError(f"low_s = {self.low_s}: must be at least 0 and below high_s")

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        return np.clip((self.high_s - wait_s) / (self.high_s - self.low_s), 0.0, 1.0)

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``."""
        return np.clip((wait_s - self.low_s) / (self.high_s - self.low_s), 0.0, 1.0)

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        beyond_s = np.clip(wait_s, self.low_s, self.high_s) - self.low_s
        lost_s = beyond_s**2 / (2.0 * (self.high_s - self.low_s))
        return np.minimum(wait_s, self.high_s) - lost_s


@dataclass(frozen=True, slots=True)
class Fixed:
    """Everyone waits exactly this long, then leaves (M/M/n+D)."""

    mean_s: float

    def __post_init__(self) -> None:
        check_positive(mean_s=self.mean_s)

    def survival(self, wait_s: Floats) -> Floats:
        """Return the share of callers whose patience is longer than `wait_s`."""
        return np.where(wait_s < self.mean_s, 1.0, 0.0)

    def given_up(self, wait_s: Floats) -> Floats:
        """Return ``1 - survival``."""
        return np.where(wait_s < self.mean_s, 0.0, 1.0)

    def mean_up_to_s(self, wait_s: Floats) -> Floats:
        """Return the mean of patience or `wait_s`, whichever is shorter."""
        return np.minimum(wait_s, self.mean_s)


class Tabulated:
    """A law known by its survival function alone, integrated once up to `reach_s`."""

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
