"""A set of parameters laid over scenarios, those it was made over or others."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hotline_sim.domain import KNOWN
from hotline_sim.experiments.parameters.numbers import Key, Parameter, parts_of
from hotline_sim.experiments.parameters.sets import ParameterSet, has
from hotline_sim.messages import text
from hotline_sim.scenario import ScenarioError, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hotline_sim.domain import Floats
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario


_NAMED = 3  # keys


class OtherBaseNotice(UserWarning):
    """A set of parameters is laid over a scenario that it was not made over.

    ``left_out`` are the keys of the set that are not used for it, by the reason: numbers that
    it lacks ("lacking"), prints itself ("printed"), or that are of another scenario ("alone").
    """

    def __init__(
        self,
        place: str,
        scenario: str,
        made_over: Sequence[str],
        left_out: Mapping[str, Sequence[str]],
    ) -> None:
        self.place, self.scenario, self.made_over = place, scenario, tuple(made_over)
        self.left_out = {reason: tuple(keys) for reason, keys in left_out.items() if keys}
        super().__init__(self.text())

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language."""
        values = {"path": self.place, "scenario": self.scenario}
        if self.scenario in self.made_over:
            said = text("say.base_has_changed", lang, **values)
        else:
            over = text("range.comma", lang).join(self.made_over)
            said = text("say.other_base", lang, over=over, **values)
        if not self.left_out:
            return said
        parts = [self._named(reason, keys, lang) for reason, keys in self.left_out.items()]
        what = text("range.between", lang).join(parts)
        return text("say.not_of_base", lang, said=said, what=what)

    def _named(self, reason: str, keys: Sequence[str], lang: Lang) -> str:
        names = text("range.comma", lang).join(keys[:_NAMED])
        if len(keys) > _NAMED:
            names = text("range.and_more", lang, keys=names, more=len(keys) - _NAMED)
        return text(f"base.{reason}", lang, keys=names)


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
    another digest, which is told with a warning, what the user has set stays as it is, and what
    the scenario does not have is left out; in one of another name also what it prints itself.

    Parameters
    ----------
    rows
        Values ``(n, p)`` and weights ``(n,)``.
    place
        Where the set comes from, for what is told.

    Raises
    ------
    ScenarioError
        If a scenario has none of the keys, or the one that the set was made over lacks one.
    """
    other = {one.name for one in bases if made_over.get(one.name) != one.digest()}
    values, weights = rows
    left_out: dict[str, dict[str, list[str]]] = {name: {} for name in other}
    columns = list(_columns(parameters, bases, tuple(made_over), left_out))
    if not columns and any("lacking" in one for one in left_out.values()):  # an error, then
        columns = list(enumerate(parameters))
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
            notice = OtherBaseNotice(place, base.name, list(made_over), left_out[base.name])
            warnings.warn(notice, stacklevel=4)
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
    left_out: Mapping[str, dict[str, list[str]]],
) -> Iterator[tuple[int, Parameter]]:
    """Yield which columns concern the scenarios, and the parameters that they are there.

    What is not used for the scenarios that the set was not made over, the keys of *left_out*,
    is noted there by the reason.
    """
    values = {base.name: values_of(base) for base in bases}
    for i, one in enumerate(parameters):
        part = parts_of(one.key, made_over)
        concerned = [base for base in bases if part.base in (None, base.name)]
        free = []
        for base in concerned:
            is_new = base.name not in made_over
            reason = ""
            if base.name in left_out:
                reason = _why_not(base, values[base.name], part, trial=one.low, is_new=is_new)
            if not reason:
                free.append(base)
            elif reason != "set":
                left_out[base.name].setdefault(reason, []).append(str(part._replace(base=None)))
        if not concerned:
            for name in left_out.keys() - set(made_over):
                left_out[name].setdefault("alone", []).append(one.key)
        if concerned and len(free) == len(concerned):
            yield i, one
            continue
        for base in free:
            yield i, replace(one, key=str(part._replace(base=base.name)))


def _why_not(
    base: Scenario, values: Mapping[str, Any], part: Key, *, trial: float, is_new: bool
) -> str:
    """Return why a number of a set is not used for a scenario; empty: it is.

    *is_new* tells a scenario that is none of those that the set was made over.
    """
    listed = part.key.rpartition(".")[0]
    found = [base.provenance.get(key) for key in (part.key, listed)]
    origins = [one for one in found if one is not None]
    if any(one.set_by_user and one.range is None for one in origins):
        return "set"
    if is_new and any(one.kind in KNOWN for one in origins):
        return "printed"
    return "" if has(base, values, part, trial) else "lacking"
