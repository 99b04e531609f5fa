"""The two sides of a comparison: what each is called, and whether the same people call in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hotline_sim import scenario as scenarios
from hotline_sim.messages import text
from hotline_sim.scenario import values_of

if TYPE_CHECKING:
    from hotline_sim.experiments.results import CompareResult
    from hotline_sim.messages import Lang
    from hotline_sim.scenario import Scenario

_CHANGES_NAMED = 2
_ENTRIES_SHOWN = 3  # of a list


def side_names(result: CompareResult, lang: Lang, *, titled: bool = False) -> tuple[str, str]:
    """Return what the two scenarios are called, so that they can be told apart.

    By their names, or if *titled* by their titles where these differ; with what the user set in
    one of them alone, and where nothing else tells them apart with the numbers that differ.
    """
    a, b = result.header.scenarios
    titles = str(getattr(a.title, lang)), str(getattr(b.title, lang))
    names = titles if titled and titles[0] != titles[1] else (a.stamped_name, b.stamped_name)
    changes = _own_changes(a, b), _own_changes(b, a)
    if names[0] == names[1] and not any(changes):
        changes = _own_numbers(a, b), _own_numbers(b, a)
    first, second = (_named(*one, lang) for one in zip(names, changes, strict=True))
    return first, second


def other_people(result: CompareResult, lang: Lang) -> list[str]:
    """Return why it is not the same people who call in both scenarios; nothing if it is they.

    Other days, another city, or simply other numbers of cases.
    """
    a, b = result.header.scenarios
    reasons = []
    if a.horizon.days != b.horizon.days:
        lengths = {"a": a.horizon.days, "b": b.horizon.days}
        reasons.append(text("compare.days", lang, **lengths))
    if a.horizon.start != b.horizon.start:
        reasons.append(text("compare.start", lang, a=a.horizon.start, b=b.horizon.start))
    cities = _city_of(a, lang), _city_of(b, lang)
    if None not in cities and cities[0] != cities[1]:
        reasons.append(text("compare.city", lang, a=cities[0], b=cities[1]))
    if not reasons and any(result.difference["cases"].replications):
        means = {"a": result.a.measures["cases"].mean, "b": result.b.measures["cases"].mean}
        reasons.append(text("compare.cases", lang, **means))
    return reasons


def _city_of(scenario: Scenario, lang: Lang) -> str | None:
    """Return the city that a shipped scenario is of."""
    for city in scenarios.cities().values():
        if scenario.name in city.scenarios:
            return str(getattr(city.title, lang))
    return None


def _own_changes(one: Scenario, other: Scenario) -> dict[str, Any]:
    """Return the numbers that the user set in a scenario, and that the other has otherwise."""
    own, others = values_of(one), values_of(other)
    return {
        key: own[key]
        for key, origin in one.provenance.items()
        if origin.set_by_user and (key not in others or own[key] != others[key])
    }


def _own_numbers(one: Scenario, other: Scenario) -> dict[str, Any]:
    """Return the numbers of a scenario that the other has otherwise; no formula's."""
    own, others = values_of(one), values_of(other)
    return {
        key: own[key]
        for key, origin in one.provenance.items()
        if not origin.formula and (key not in others or own[key] != others[key])
    }


def _named(name: str, changes: dict[str, Any], lang: Lang) -> str:
    if not changes:
        return name
    first = list(changes.items())[:_CHANGES_NAMED]
    words = ", ".join(f"{key} = {_brief(value, lang)}" for key, value in first)
    more = len(changes) - len(first)
    if more:
        words = text("compare.and_more", lang, changes=words, more=more)
    return text("compare.changed", lang, scenario=name, changes=words)


def _brief(value: Any, lang: Lang) -> str:
    if isinstance(value, list):
        if len(value) > _ENTRIES_SHOWN:
            return text("table.list", lang, count=len(value))
        return "[" + ", ".join(_brief(one, lang) for one in value) + "]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
