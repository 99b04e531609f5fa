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
_SHAPE = "demand.hour_weights:peak"


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
        entries += behaviour_keys(bases) if one == BEHAVIOUR else [one]
    fitted = [*_fitted(bases)]
    own = [*over]
    if not fitted and not own:
        return parameters_of(bases)
    return parameters_of(bases, [*entries, *fitted, *own])


def behaviour_keys(bases: Sequence[Scenario]) -> list[str]:
    """Return the keys of how callers behave, of those that have a range in the scenarios.

    On every telephone channel: the law of patience, the probability of ringing again after
    hanging up and after finding the lines busy, and the mean length of talk; and how sharp the
    shape of the day is.
    """
    found: dict[str, None] = {}
    for base in bases:
        values = values_of(base)
        for key in _behaviour_of(base):
            origin = base.provenance.get(key.partition(":")[0])
            if origin is not None and origin.range is not None and not origin.formula:
                listed = isinstance(values[key.partition(":")[0]], list)
                if listed == (":" in key):
                    found[key] = None
    return list(found)


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
    yield _SHAPE


def _fitted(bases: Sequence[Scenario]) -> Iterator[str]:
    """Yield the numbers that were fitted to a figure and have a range, formulas among them."""
    for base in bases:
        values = values_of(base)
        for key, origin in base.provenance.items():
            fits = origin.kind is Origin.FITTED and origin.range is not None
            if fits and not isinstance(values[key], list):
                yield key if len(bases) == 1 else f"{base.name}:{key}"
