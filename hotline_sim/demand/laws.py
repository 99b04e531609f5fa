"""Draw times from the laws a scenario names."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from hotline_sim.domain import Floats, put_on_grid
from hotline_sim.scenario import laws

_EVEN = 0.5


Fill = Callable[[np.random.Generator, Floats], None]


@dataclass(frozen=True)
class Sampler:
    """Draws from one law in two steps: each day from its own stream, then all days at once.

    Scale and standard draw are apart wherever the law allows it, so another mean stretches
    every person's time instead of drawing other people. NumPy's samplers give the same bytes
    on every version; its ``exp`` and ``power`` may differ in the last place, which the grid
    swallows but for about one draw in 10**10.
    """

    fill: Fill  # with standard draws
    stretch: Callable[[Floats], Floats]  # standard draws to seconds; may change them in place

    def times(self, rng: np.random.Generator, n: int) -> Floats:
        """Return *n* times in seconds, ``(n,)``, on the grid."""
        drawn = np.empty(n)
        self.fill(rng, drawn)
        return self.on_grid(drawn)

    def on_grid(self, drawn: Floats) -> Floats:
        """Return the times of standard draws, which it takes over, on the grid, ``(n,)``."""
        return put_on_grid(self.stretch(drawn))


def draw_s(law: laws.Law | laws.Never, rng: np.random.Generator, n: int) -> Floats:
    """Return *n* times in seconds from a law, ``(n,)``, on the grid; inf for ``never``."""
    return np.full(n, np.inf) if isinstance(law, laws.Never) else sampler(law).times(rng, n)


def uniforms(rng: np.random.Generator, out: Floats) -> None:
    """Fill an array with numbers between 0 and 1."""
    rng.random(out=out)


def sampler(law: laws.Law) -> Sampler:
    """Return what draws from a law."""
    match law:
        case laws.Fixed():
            fixed_s = float(law.mean_s or law.median_s or 0.0)
            return Sampler(lambda _, out: out.fill(fixed_s), lambda drawn: drawn)
        case laws.Empirical():
            points = np.sort(np.array(law.points_s, float))
            shares = np.linspace(0.0, 1.0, len(points))
            return Sampler(uniforms, lambda drawn: np.interp(drawn, shares, points))
        case laws.Lognormal():
            return Sampler(_normals, partial(_lognormal, _log_median(law), law.sigma_log))
        case laws.Uniform():
            middle, half = law.mean_s or law.median_s or 0.0, law.half_width_s
            return Sampler(uniforms, lambda drawn: middle + half * (2.0 * drawn - 1.0))
    return _scaled_sampler(law)


def _scaled_sampler(law: laws.Scaled) -> Sampler:
    """Return what draws from a law at scale 1, and stretches that."""
    scale = _scale(law)
    match law:
        case laws.Weibull():
            return Sampler(_exponentials, partial(_weibull, law.shape, scale))
        case laws.Gamma():
            return Sampler(partial(_gammas, law.shape), partial(_times, scale))
        case laws.Hyperexponential():
            return Sampler(partial(_hyperexponentials, *_two_means(law)), partial(_times, scale))
    return Sampler(_exponentials, partial(_times, scale))


def _normals(rng: np.random.Generator, out: Floats) -> None:
    rng.standard_normal(out=out)


def _exponentials(rng: np.random.Generator, out: Floats) -> None:
    rng.standard_exponential(out=out)


def _gammas(shape: float, rng: np.random.Generator, out: Floats) -> None:
    rng.standard_gamma(shape, out=out)


def _hyperexponentials(
    share: float, slow: float, fast: float, rng: np.random.Generator, out: Floats
) -> None:
    pairs = rng.standard_exponential((len(out), 2))
    # the second exponential only chooses: it exceeds -log(share) with that share
    out[:] = pairs[:, 0] * np.where(pairs[:, 1] > -math.log(share), slow, fast)


def _times(scale: float, drawn: Floats) -> Floats:
    drawn *= scale
    return drawn


def _lognormal(log_median: float, sigma: float, drawn: Floats) -> Floats:
    drawn *= sigma
    drawn += log_median
    return np.exp(drawn, out=drawn)


def _weibull(shape: float, scale: float, drawn: Floats) -> Floats:
    np.power(drawn, 1.0 / shape, out=drawn)
    return _times(scale, drawn)


def mean_s(law: laws.Law) -> float:
    """Return the mean of a law in seconds."""
    match law:
        case laws.Empirical():
            points = np.sort(np.array(law.points_s, float))
            return float((points[1:] + points[:-1]).mean() / 2.0)
        case laws.Lognormal():
            return math.exp(_log_median(law) + law.sigma_log**2 / 2.0)
        case laws.Fixed() | laws.Uniform():
            return float(law.mean_s or law.median_s or 0.0)
    return _scale(law) * _unit_mean(law)


def _log_median(law: laws.Lognormal) -> float:
    if law.median_s is not None:
        return math.log(law.median_s)
    return math.log(law.mean_s or 1.0) - law.sigma_log**2 / 2.0


def _scale(law: laws.Scaled) -> float:
    """Return what a draw at scale 1 is multiplied by."""
    if law.mean_s is not None:
        return law.mean_s / _unit_mean(law)
    return (law.median_s or 0.0) / _unit_median(law)


def _unit_mean(law: laws.Scaled) -> float:
    match law:
        case laws.Weibull():
            return math.gamma(1.0 + 1.0 / law.shape)
        case laws.Gamma():
            return float(law.shape)
    return 1.0


def _unit_median(law: laws.Scaled) -> float:
    match law:
        case laws.Weibull():
            return float(math.log(2.0) ** (1.0 / law.shape))
        case laws.Gamma():
            from scipy.special import gammaincinv  # lazily: few scenarios name a gamma's median

            return float(gammaincinv(law.shape, _EVEN))
        case laws.Hyperexponential():
            return _hyperexponential_median(law)
    return math.log(2.0)


def _two_means(law: laws.Hyperexponential) -> tuple[float, float, float]:
    """Return the share of the slow branch and both branches' means, of mean 1 together.

    Balanced means (Whitt 1982): each branch carries half of the mean.
    """
    square = law.cv**2
    share = (1.0 - math.sqrt((square - 1.0) / (square + 1.0))) / 2.0
    return share, _EVEN / share, _EVEN / (1.0 - share)


def _hyperexponential_median(law: laws.Hyperexponential) -> float:
    share, slow, fast = _two_means(law)
    low, high = 0.0, slow
    for _ in range(100):  # halvings: past the precision of a double
        middle = (low + high) / 2.0
        left = share * math.exp(-middle / slow) + (1.0 - share) * math.exp(-middle / fast)
        low, high = (middle, high) if left > _EVEN else (low, middle)
    return low
