"""Which numbers a calibration moves: how people behave, and what was fitted to printed figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline_sim.domain import Origin
from hotline_sim.experiments.parameters import Over, parameters_of
from hotline_sim.scenario import values_of
from hotline_sim.scenario.schema import Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hotline_sim.experiments.parameters import Parameter
    from hotline_sim.scenario import Scenario

BEHAVIOUR = "behaviour"
_AGAIN = ("abandoned", "blocked")  # endings after which people ring again
_HOURS = "demand.hour_weights"
_PEAK = f"{_HOURS}:peak"


def chosen_parameters(
    bases: Sequence[Scenario], shared: Iterable[str], over: Iterable[Over]
) -> tuple[Parameter, ...]:
    """Return what moves: the keys shared, what was fitted to a figure, and what else is named.

    Parameters
    ----------
    shared
        ``behaviour`` (see :func:`behaviour_keys`) or patterns of keys; what the scenarios say
        alike of them is one parameter.
    over
        Further entries, as of :func:`parameters_of`.

    Raises
    ------
    ScenarioError
        If a key or a pattern finds nothing.
    """
    entries: list[Over] = []
    for one in shared:
        entries += [*behaviour_keys(bases), *_shapes(bases)] if one == BEHAVIOUR else [one]
    fitted = [*_fitted(bases)]
    own = [*over]
    if not fitted and not own:
        return parameters_of(bases)
    return parameters_of(bases, [*entries, *fitted, *own])


def behaviour_keys(bases: Sequence[Scenario]) -> list[str]:
    """Return the keys of how callers behave, of those that have a range in the scenarios.

    On every telephone channel: the law of patience, the probability of ringing again after
    hanging up and after finding the lines busy, and the mean length of talk.
    """
    found: dict[str, None] = {}
    for base in bases:
        values = values_of(base)
        for key in _behaviour_of(base):
            origin = base.provenance.get(key)
            if origin is not None and origin.is_movable and not isinstance(values[key], list):
                found[key] = None
    return list(found)


def _shapes(bases: Sequence[Scenario]) -> Iterator[Over]:
    """Yield how sharp the shape of the day is, if all scenarios have it alike.

    It may be as much flatter as the range of its entries lets it be sharper: a roster that
    was made for these hours would not have been kept for flat ones.
    """
    origins = [base.provenance.get(_HOURS) for base in bases]
    lists = [values_of(base).get(_HOURS) for base in bases]
    if any(one is None or not one.is_movable for one in origins) or lists[1:] != lists[:-1]:
        return
    (one,) = parameters_of(bases, [_PEAK])
    if one.high > 1.0:
        yield (_PEAK, max(2.0 - one.high, 0.0), one.high)


def _behaviour_of(base: Scenario) -> Iterator[str]:
    for name, channel in base.channels.items():
        if not isinstance(channel, Voice):
            continue
        yield f"channels.{name}.patience.mean_s"
        yield f"channels.{name}.patience.shape"
        yield f"channels.{name}.talk.mean_s"
        for row in channel.next:
            if row.after in _AGAIN and row.to is not None:
                yield f"channels.{name}.next.{row.name}.probability"


def _fitted(bases: Sequence[Scenario]) -> Iterator[str]:
    """Yield the numbers that were fitted to a figure and have a range, formulas among them."""
    for base in bases:
        values = values_of(base)
        for key, origin in base.provenance.items():
            fits = origin.kind is Origin.FITTED and origin.range is not None
            if fits and not isinstance(values[key], list):
                yield key if len(bases) == 1 else f"{base.name}:{key}"
