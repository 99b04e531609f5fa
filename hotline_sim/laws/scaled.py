"""The laws whose size is a mean or a median, and whose form has at most one number of its own."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import override

from hotline_sim.laws.base import Floats, Positive, Scaled


class Exponential(Scaled):
    """Memoryless: the law of textbooks."""

    law: Literal["exponential"] = "exponential"

    @override
    def survival(self, time_s: Floats) -> Floats:
        return np.exp(-time_s / self.scale_s())

    @override
    def given_up(self, time_s: Floats) -> Floats:
        return -np.expm1(-time_s / self.scale_s())

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        return -self.scale_s() * np.expm1(-time_s / self.scale_s())

    @override
    def density(self, time_s: Floats) -> Floats:
        return self.survival(time_s) / self.scale_s()

    @override
    def quantile_s(self, share: Floats) -> Floats:
        return -self.scale_s() * np.log1p(-share)


class Lognormal(Scaled):
    """``exp(normal)``; what call centres measure for handle times."""

    law: Literal["lognormal"] = "lognormal"
    sigma_log: Annotated[float, Field(ge=0, le=5)]

    @override
    def unit_mean(self) -> float:
        return math.exp(self.sigma_log**2 / 2.0)

    @override
    def unit_median(self) -> float:
        return 1.0

    def _deviations(self, time_s: Floats) -> Floats:
        with np.errstate(divide="ignore"):  # at 0 nothing has ended: log 0 = -inf
            logs = np.log(np.asarray(time_s, float) / self.scale_s())
        if self.sigma_log == 0.0:
            return np.where(logs < 0.0, -np.inf, np.inf)
        deviations: Floats = logs / self.sigma_log
        return deviations

    @override
    def survival(self, time_s: Floats) -> Floats:
        return _normal_share(-self._deviations(time_s))

    @override
    def given_up(self, time_s: Floats) -> Floats:
        return _normal_share(self._deviations(time_s))

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        deviations = self._deviations(time_s)
        shorter_s = self.mean() * _normal_share(deviations - self.sigma_log)
        return time_s * _normal_share(-deviations) + shorter_s

    @override
    def density(self, time_s: Floats) -> Floats:
        if self.sigma_log == 0.0:
            return np.zeros_like(time_s)
        heights = np.exp(-0.5 * self._deviations(time_s) ** 2) / math.sqrt(2.0 * math.pi)
        with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 at time 0
            return np.where(time_s > 0.0, heights / (self.sigma_log * time_s), 0.0)

    @override
    def quantile_s(self, share: Floats) -> Floats:
        from scipy.special import ndtri

        times: Floats = self.scale_s() * np.exp(self.sigma_log * ndtri(share))
        return times


class Weibull(Scaled):
    """Hazard falling with time when shape < 1: the patient remain."""

    law: Literal["weibull"] = "weibull"
    shape: Annotated[float, Field(ge=0.1, le=50)]

    @override
    def unit_mean(self) -> float:
        return math.gamma(1.0 + 1.0 / self.shape)

    @override
    def unit_median(self) -> float:
        return math.exp(math.log(math.log(2.0)) / self.shape)

    def _spent(self, time_s: Floats) -> Floats:
        with np.errstate(over="ignore"):  # inf is as good: nobody is left
            spent: Floats = (time_s / self.scale_s()) ** self.shape
        return spent

    @override
    def survival(self, time_s: Floats) -> Floats:
        return np.exp(-self._spent(time_s))

    @override
    def given_up(self, time_s: Floats) -> Floats:
        return -np.expm1(-self._spent(time_s))

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        from scipy.special import gammainc

        return self.mean() * np.asarray(gammainc(1.0 / self.shape, self._spent(time_s)), float)

    @override
    def density(self, time_s: Floats) -> Floats:
        with np.errstate(divide="ignore"):  # at 0 it is endless if the shape is below 1
            rise = (np.asarray(time_s, float) / self.scale_s()) ** (self.shape - 1.0)
        density: Floats = self.shape / self.scale_s() * rise * self.survival(time_s)
        return density

    @override
    def quantile_s(self, share: Floats) -> Floats:
        times: Floats = self.scale_s() * (-np.log1p(-share)) ** (1.0 / self.shape)
        return times


class Gamma(Scaled):
    """Erlang's law when the shape is whole."""

    law: Literal["gamma"] = "gamma"
    shape: Annotated[float, Field(ge=0.05, le=1000)]

    @override
    def unit_mean(self) -> float:
        return float(self.shape)

    @override
    def unit_median(self) -> float:
        from scipy.special import gammaincinv

        return float(gammaincinv(self.shape, 0.5))

    @override
    def survival(self, time_s: Floats) -> Floats:
        from scipy.special import gammaincc

        return np.asarray(gammaincc(self.shape, time_s / self.scale_s()), float)

    @override
    def given_up(self, time_s: Floats) -> Floats:
        from scipy.special import gammainc

        return np.asarray(gammainc(self.shape, time_s / self.scale_s()), float)

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        from scipy.special import gammainc

        shorter_s = self.mean() * gammainc(self.shape + 1.0, time_s / self.scale_s())
        return np.asarray(time_s * self.survival(time_s) + shorter_s, float)

    @override
    def density(self, time_s: Floats) -> Floats:
        x = np.asarray(time_s, float) / self.scale_s()
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = (self.shape - 1.0) * np.log(x) - x - math.lgamma(self.shape)
        at_once = math.inf if self.shape < 1.0 else float(self.shape == 1.0)
        return np.where(x > 0.0, np.exp(logs), at_once) / self.scale_s()

    @override
    def quantile_s(self, share: Floats) -> Floats:
        from scipy.special import gammaincinv

        return np.asarray(self.scale_s() * gammaincinv(self.shape, share), float)


class Hyperexponential(Scaled):
    """Two exponentials of balanced means; *cv* is the coefficient of variation."""

    law: Literal["hyperexponential"] = "hyperexponential"
    cv: Annotated[float, Field(gt=1, le=20)]

    def _branches(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return share and rate at scale 1 of each: each carries half of the mean (Whitt 1982)."""
        square = self.cv**2
        share = (1.0 - math.sqrt((square - 1.0) / (square + 1.0))) / 2.0
        return (share, 2.0 * share), (1.0 - share, 2.0 * (1.0 - share))

    @override
    def unit_median(self) -> float:
        return self._unit_quantile(0.5)

    def _unit_quantile(self, share: float) -> float:
        from scipy.optimize import brentq

        branches = self._branches()

        def left(x: float) -> float:
            return sum(p * math.exp(-rate * x) for p, rate in branches) - (1.0 - share)

        most = -math.log1p(-share) / branches[0][1] if share < 1.0 else math.inf
        if share <= 0.0 or share >= 1.0:
            return 0.0 if share <= 0.0 else math.inf
        return float(brentq(left, 0.0, most + 1.0, xtol=1e-14, rtol=1e-14))

    @override
    def survival(self, time_s: Floats) -> Floats:
        x = np.asarray(time_s, float) / self.scale_s()
        left: Floats = np.sum([p * np.exp(-rate * x) for p, rate in self._branches()], axis=0)
        return left

    @override
    def given_up(self, time_s: Floats) -> Floats:
        x = np.asarray(time_s, float) / self.scale_s()
        gone: Floats = -np.sum([p * np.expm1(-rate * x) for p, rate in self._branches()], axis=0)
        return gone

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        x = np.asarray(time_s, float) / self.scale_s()
        parts = [-p / rate * np.expm1(-rate * x) for p, rate in self._branches()]
        shorter_s: Floats = self.scale_s() * np.sum(parts, axis=0)
        return shorter_s

    @override
    def density(self, time_s: Floats) -> Floats:
        x = np.asarray(time_s, float) / self.scale_s()
        parts = [p * rate * np.exp(-rate * x) for p, rate in self._branches()]
        density: Floats = np.sum(parts, axis=0) / self.scale_s()
        return density

    @override
    def quantile_s(self, share: Floats) -> Floats:
        times: Floats = np.vectorize(self._unit_quantile, otypes=[float])(share)
        return self.scale_s() * times


class Uniform(Scaled):
    """Even between middle − half_width_s and middle + half_width_s."""

    law: Literal["uniform"] = "uniform"
    half_width_s: Positive

    @model_validator(mode="after")
    def _no_negative_times(self) -> Self:
        if self.half_width_s > self.size_s():
            raise PydanticCustomError("half_width", "half_width_s no larger than the middle")
        return self

    @override
    def mean(self) -> float:
        return self.size_s()

    def _ends_s(self) -> tuple[float, float]:
        return self.size_s() - self.half_width_s, self.size_s() + self.half_width_s

    @override
    def survival(self, time_s: Floats) -> Floats:
        low_s, high_s = self._ends_s()
        return np.clip((high_s - time_s) / (high_s - low_s), 0.0, 1.0)

    @override
    def given_up(self, time_s: Floats) -> Floats:
        low_s, high_s = self._ends_s()
        return np.clip((time_s - low_s) / (high_s - low_s), 0.0, 1.0)

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        low_s, high_s = self._ends_s()
        beyond_s = np.clip(time_s, low_s, high_s) - low_s
        return np.minimum(time_s, high_s) - beyond_s**2 / (2.0 * (high_s - low_s))

    @override
    def density(self, time_s: Floats) -> Floats:
        low_s, high_s = self._ends_s()
        is_inside = (time_s >= low_s) & (time_s <= high_s)
        return np.where(is_inside, 1.0 / (high_s - low_s), 0.0)

    @override
    def quantile_s(self, share: Floats) -> Floats:
        low_s, high_s = self._ends_s()
        return low_s + (high_s - low_s) * np.asarray(share, float)


class Fixed(Scaled):
    """Always the same; as patience, M/M/n+D."""

    law: Literal["fixed"] = "fixed"

    @override
    def mean(self) -> float:
        return self.size_s()

    @override
    def survival(self, time_s: Floats) -> Floats:
        return np.where(time_s < self.size_s(), 1.0, 0.0)

    @override
    def given_up(self, time_s: Floats) -> Floats:
        return np.where(time_s < self.size_s(), 0.0, 1.0)

    @override
    def mean_up_to_s(self, time_s: Floats) -> Floats:
        return np.minimum(time_s, self.size_s())

    @override
    def density(self, time_s: Floats) -> Floats:
        return np.zeros_like(time_s)

    @override
    def quantile_s(self, share: Floats) -> Floats:
        return np.full_like(share, self.size_s())


def _normal_share(deviations: Floats) -> Floats:
    """Return the share of a normal law below so many standard deviations."""
    from scipy.special import ndtr

    share: Floats = ndtr(deviations)
    return share
