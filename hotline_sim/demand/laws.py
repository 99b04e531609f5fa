"""Draw times from the laws a scenario names."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from hotline_sim.domain import Floats, on_grid
from hotline_sim.scenario import laws

_EVEN = 0.5


Draw = Callable[[np.random.Generator, int], Floats]


def draw_s(law: laws.Law | laws.Never, rng: np.random.Generator, n: int) -> Floats:
    """Return *n* times in seconds from a law, ``(n,)``, on the grid; inf for ``never``."""
    drawn = drawing(law)(rng, n)
    return drawn if law.law == "never" else on_grid(drawn)


def uniforms(rng: np.random.Generator, n: int) -> Floats:
    """Return *n* numbers between 0 and 1, ``(n,)``."""
    return rng.random(n)


def drawing(law: laws.Law | laws.Never) -> Draw:
    """Return what draws from a law as :func:`draw_s` does, but not on the grid yet.

    Scale and standard draw are apart wherever the law allows it, so another mean stretches
    every person's time instead of drawing other people. NumPy's own samplers are used, for
    they give the same bytes on every version.
    """
    match law:
        case laws.Never():
            return lambda _, n: np.full(n, np.inf)
        case laws.Fixed():
            fixed_s = float(law.mean_s or law.median_s or 0.0)
            return lambda _, n: np.full(n, fixed_s)
        case laws.Empirical():
            points = np.sort(np.array(law.points_s, float))
            shares = np.linspace(0.0, 1.0, len(points))
            return lambda rng, n: np.interp(rng.random(n), shares, points)
        case laws.Lognormal():
            log_median, sigma = _log_median(law), law.sigma_log
            return lambda rng, n: rng.lognormal(log_median, sigma, n)
        case laws.Uniform():
            middle, half = law.mean_s or law.median_s or 0.0, law.half_width_s
            return lambda rng, n: middle + half * (2.0 * rng.random(n) - 1.0)
    unit, scale = _unit_drawing(law), _scale(law)
    return lambda rng, n: unit(rng, n) * scale


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


def _unit_drawing(law: laws.Scaled) -> Draw:
    """Return what draws from a law at scale 1."""
    match law:
        case laws.Weibull():
            return lambda rng, n: rng.weibull(law.shape, n)
        case laws.Gamma():
            return lambda rng, n: rng.standard_gamma(law.shape, n)
        case laws.Hyperexponential():
            share, slow, fast = _two_means(law)
            least = -math.log(share)

            def drawn(rng: np.random.Generator, n: int) -> Floats:
                pairs = rng.standard_exponential((n, 2))
                # the second exponential only chooses: it exceeds -log(share) with that share
                return pairs[:, 0] * np.where(pairs[:, 1] > least, slow, fast)

            return drawn
    return lambda rng, n: rng.standard_exponential(n)


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
