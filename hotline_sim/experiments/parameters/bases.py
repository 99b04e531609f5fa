"""A set of parameters laid over scenarios, those it was made over or others."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from hotline_sim.experiments.parameters.numbers import Key, Parameter, parts_of
from hotline_sim.experiments.parameters.sets import ParameterSet
from hotline_sim.messages import text
from hotline_sim.scenario import ScenarioError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario


class OtherBaseNotice(UserWarning):
    """A set of parameters is laid over a scenario that it was not made over."""

    def __init__(self, place: str, scenario: str, made_over: Sequence[str]) -> None:
        self.place, self.scenario, self.made_over = place, scenario, tuple(made_over)
        super().__init__(self.text())

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language."""
        values = {"path": self.place, "scenario": self.scenario}
        if self.scenario in self.made_over:
            return text("say.base_has_changed", lang, **values)
        over = (", " if lang == "en" else "、").join(self.made_over)
        return text("say.other_base", lang, over=over, **values)


def laid_over(
    bases: Sequence[Scenario],
    parameters: Sequence[Parameter],
    rows: tuple[Floats, Floats],
    *,
    origin: str,
    made_over: Mapping[str, str],
    place: str,
) -> ParameterSet:
    """Return a set over scenarios, given that over which it was made: names with their digests.

    What is said of one scenario alone goes to the scenario of that name. In a scenario of
    another digest, which is told with a warning, what the user has set stays as it is.

    Parameters
    ----------
    rows
        Values ``(n, p)`` and weights ``(n,)``.
    place
        Where the set comes from, for what is told.

    Raises
    ------
    ScenarioError
        If a scenario lacks a key.
    """
    other = {one.name for one in bases if made_over.get(one.name) != one.digest()}
    values, weights = rows
    columns = list(_columns(parameters, bases, tuple(made_over), other))
    try:
        found = ParameterSet(
            tuple(bases),
            tuple(one for _, one in columns),
            values[:, [i for i, _ in columns]],
            weights,
            origin,
        )
    except ScenarioError as error:
        raise ScenarioError(replace(fault, place=place) for fault in error.faults) from None
    for base in bases:
        if base.name in other:
            warnings.warn(OtherBaseNotice(place, base.name, list(made_over)), stacklevel=4)
    return found


def apart(scenarios: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Return scenarios, those whose name another one before them has under a name of their own."""
    found: dict[str, Scenario] = {}
    for number, one in enumerate(scenarios, start=1):
        name = one.name if one.name not in found else f"{one.name}-{number}"
        found[name] = one if name == one.name else one.model_copy(update={"name": name})
    return tuple(found.values())


def _columns(
    parameters: Sequence[Parameter],
    bases: Sequence[Scenario],
    made_over: Sequence[str],
    other: set[str],
) -> Iterator[tuple[int, Parameter]]:
    """Yield which columns concern the scenarios, and the parameters that they are there."""
    for i, one in enumerate(parameters):
        part = parts_of(one.key, made_over)
        concerned = [base for base in bases if part.base in (None, base.name)]
        free = [base for base in concerned if base.name not in other or not _is_set(base, part)]
        if concerned and len(free) == len(concerned):
            yield i, one
            continue
        for base in free:
            yield i, replace(one, key=str(part._replace(base=base.name)))


def _is_set(base: Scenario, part: Key) -> bool:
    """Tell whether the user has set a number, or the list it stands in, and gave it no range."""
    listed = part.key.rpartition(".")[0]
    origins = (base.provenance.get(key) for key in (part.key, listed))
    return any(one is not None and one.set_by_user and one.range is None for one in origins)
