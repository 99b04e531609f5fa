"""Fit laws of time to times that were observed, cut short or not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from hotline_sim.laws.scaled import Exponential, Gamma, Lognormal, Weibull

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline_sim.laws.base import Floats

    Bools = npt.NDArray[np.bool_]

Fitted = Exponential | Lognormal | Weibull | Gamma
FittedName = Literal["exponential", "lognormal", "weibull", "gamma"]


class Fit(NamedTuple):
    """A law fitted to times, and the logarithm of their likelihood under it."""

    law: Fitted
    log_likelihood: float


def fit(name: FittedName, times_s: Floats, ended: Bools | None = None) -> Fit:
    """Return the law of a form that makes times most likely (maximum likelihood).

    Parameters
    ----------
    name
        ``"exponential"``, ``"lognormal"``, ``"weibull"`` or ``"gamma"``.
    times_s
        ``(n,)``, above 0.
    ended
        ``(n,)``: whether a time ended by itself; else it was cut short (right-censored), as
        patience is by an answer. Absent: all ended.

    Raises
    ------
    ValueError
        If there is no such form, fewer than two times ended, one is not above 0, or there are
        not as many endings as times.
    """
    if name not in _FORMS:
        raise ValueError(f"law = {name}: one of {', '.join(_FORMS)}")
    times, is_ended = _observed(times_s, ended)
    law = _FORMS[name](times, is_ended)
    with np.errstate(divide="ignore"):  # a time the law cannot give: -inf
        logs = np.log(np.where(is_ended, law.density(times), law.survival(times)))
    return Fit(law, float(logs.sum()))


def _observed(times_s: Floats, ended: Bools | None) -> tuple[Floats, Bools]:
    """Return times and which of them ended, checked."""
    times = np.asarray(times_s, float).ravel()
    is_ended = np.ones(len(times), bool) if ended is None else np.asarray(ended, bool).ravel()
    if len(times) != len(is_ended):
        raise ValueError(f"{len(times)} times, {len(is_ended)} endings: must be as many")
    if not (np.isfinite(times) & (times > 0.0)).all():
        raise ValueError("times_s: must be finite and more than 0")
    if is_ended.sum() < 2:
        raise ValueError(f"{int(is_ended.sum())} times that ended: two are needed")
    return times, is_ended


def _exponential(times_s: Floats, ended: Bools) -> Fitted:
    return Exponential(mean_s=float(times_s.sum() / ended.sum()))


def _lognormal(times_s: Floats, ended: Bools) -> Fitted:
    sigma_log, median_s = _by_scipy("lognorm", times_s, ended)
    return Lognormal(median_s=median_s, sigma_log=sigma_log)


def _weibull(times_s: Floats, ended: Bools) -> Fitted:
    shape, scale_s = _by_scipy("weibull_min", times_s, ended)
    return Weibull(mean_s=scale_s * math.gamma(1.0 + 1.0 / shape), shape=shape)


def _gamma(times_s: Floats, ended: Bools) -> Fitted:
    shape, scale_s = _by_scipy("gamma", times_s, ended)
    return Gamma(mean_s=shape * scale_s, shape=shape)


_FORMS: dict[str, Callable[[Floats, Bools], Fitted]] = {
    "exponential": _exponential,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "gamma": _gamma,
}


def _by_scipy(name: str, times_s: Floats, ended: Bools) -> tuple[float, float]:
    """Return shape and scale of one of SciPy's laws that begin at 0."""
    from scipy import stats

    data = stats.CensoredData(uncensored=times_s[ended], right=times_s[~ended])
    law: Any = getattr(stats, name)
    shape, _, scale_s = law.fit(data, floc=0.0)
    return float(shape), float(scale_s)
