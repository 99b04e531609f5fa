"""How it was simulated: the items of the checklist STRESS-DES, filled from a result.

The checklist is that of Monks, Currie, Onggo, Robinson, Kunc and Taylor, "Strengthening the
reporting of empirical simulation studies: Introducing the STRESS guidelines", Journal of
Simulation 13 (2019) 55-67.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from hotline_sim.definitions import Scope
from hotline_sim.domain import Origin
from hotline_sim.measures import named
from hotline_sim.messages import text
from hotline_sim.money import staff_of
from hotline_sim.reports.definitions import definition_table
from hotline_sim.reports.numbers import plain
from hotline_sim.reports.report.repeating import LICENCE, named_sources
from hotline_sim.reports.tables import Table, channel_title, title_of
from hotline_sim.scenario import values_of
from hotline_sim.scenario.schema import Outbound, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hotline_sim.experiments import Result
    from hotline_sim.messages import Lang
    from hotline_sim.reports.parts import Block
    from hotline_sim.scenario import Scenario


class Asked(NamedTuple):
    """What an item is filled from."""

    result: Result
    kind: str
    lang: Lang

    def say(self, name: str, **values: object) -> str:
        """Return a sentence about the method."""
        return text(f"report.method_of.{name}", self.lang, **values)

    def join(self, words: Iterable[str]) -> str:
        """Return words with commas between them."""
        return text("report.comma", self.lang).join(words)

    def of_each(self, describe: Callable[[Asked, Scenario], str]) -> str:
        """Return what is to be said of the scenarios: once, if it is the same of all."""
        found: dict[str, list[str]] = {}
        for one in self.result.header.scenarios:
            found.setdefault(describe(self, one), []).append(one.name)
        if len(found) == 1:
            return next(iter(found))
        return " ".join(f"[{self.join(who)}] {said}" for said, who in found.items())


def method_blocks(result: Result, kind: str, lang: Lang) -> list[Block]:
    """Return the checklist of a result, and what its measures count."""
    asked = Asked(result, kind, lang)
    rows: list[tuple[str, ...]] = []
    for group, items in ITEMS.items():
        rows.append((text(f"report.group.{group}", lang),))
        for name, (number, fill) in items.items():
            rows.append((number, text(f"report.item_of.{name}", lang), fill(asked)))
    heads = tuple(text(f"report.{head}", lang) for head in ("item", "about", "here"))
    title, note = text("report.method_title", lang), text("report.method_note", lang)
    measures = [one for _, one in named(result.scenario, Scope.RUN) if one.in_headline]
    return [
        Table(title, heads, tuple(rows), note=note, solid=frozenset({0})),
        definition_table(lang, dict.fromkeys(measures)),
    ]


def _plain(name: str) -> Callable[[Asked], str]:
    """Return what fills an item that is the same for every result."""
    return lambda asked: asked.say(name)


def _purpose(asked: Asked) -> str:
    titles = (title_of(one, asked.lang) for one in asked.result.header.scenarios)
    return asked.say("purpose", titles=asked.join(dict.fromkeys(titles)))


def _aims(asked: Asked) -> str:
    header = asked.result.header
    arguments = asked.join(f"{key} = {_brief(one)}" for key, one in header.arguments.items())
    drawn = header.parameters
    played = ""
    if drawn is not None:
        values = {"draws": len(drawn), "count": len(drawn.keys), "origin": drawn.origin}
        played = asked.say("draws", **values)
    return asked.say(
        "aims",
        kind=asked.kind,
        scenarios=asked.join(one.stamped_name for one in header.scenarios),
        arguments=asked.say("arguments", arguments=arguments) if arguments else "",
        draws=played,
    )


def _brief(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else plain(value)


def _scenarios(asked: Asked) -> str:
    header = asked.result.header
    first, *others = header.scenarios
    if others:
        known = values_of(first)
        other = {k for one in others for k, v in values_of(one).items() if known.get(k) != v}
        return asked.say("differ", count=len(other))
    changes = asked.join(f"{key} = {plain(value)}" for key, value in header.changed[0].items())
    return asked.say("as_changed", changes=changes) if changes else asked.say("as_stated")


def _entities(asked: Asked, scenario: Scenario) -> str:
    return asked.say("entities", channels=_channels(asked, scenario, outbound=True))


def _entry_exit(asked: Asked, scenario: Scenario) -> str:
    return asked.say("entry_exit", channels=_channels(asked, scenario, outbound=False))


def _channels(asked: Asked, scenario: Scenario, *, outbound: bool) -> str:
    return asked.join(
        _of_kind(asked, channel_title(scenario, name, asked.lang), one.kind)
        for name, one in scenario.channels.items()
        if outbound or not isinstance(one, Outbound)
    )


def _of_kind(asked: Asked, channel: str, kind: str) -> str:
    """Return a channel's title and its kind, once if they are the same word."""
    word = text(f"report.channel.{kind}", asked.lang)
    return channel if channel == word else asked.say("of_kind", channel=channel, kind=word)


def _activities(asked: Asked, scenario: Scenario) -> str:
    laws = (
        asked.say(
            "law",
            channel=channel_title(scenario, name, asked.lang),
            law=text(f"law.{one.talk.law}", asked.lang),
            mean=f"{one.talk.mean():,.4g}",
        )
        for name, one in scenario.channels.items()
    )
    return asked.say("activities", laws=asked.join(laws))


def _resources(asked: Asked, scenario: Scenario) -> str:
    staff, lang = staff_of(scenario), asked.lang
    teams = (
        asked.say(
            "team",
            team=getattr(one.title, lang) if one.title else name,
            seats=f"{staff[name].peak_seats:,.4g}",
        )
        for name, one in scenario.teams.items()
    )
    none = asked.say("no_lines")
    lines = (
        asked.say(
            "line",
            channel=channel_title(scenario, name, lang),
            lines=none if one.lines is None else f"{one.lines:,}",
        )
        for name, one in scenario.channels.items()
        if isinstance(one, Voice)
    )
    return asked.say("resources", teams=asked.join(teams), lines=asked.join(lines) or none)


def _sources(asked: Asked, scenario: Scenario) -> str:
    count = sum(bool(one.source) for one in scenario.provenance.values())
    if not count:
        return asked.say("no_sources")
    return asked.say("sources", count=count, sources=asked.join(named_sources(scenario)))


def _formulas(asked: Asked, scenario: Scenario) -> str:
    count = sum(bool(one.formula) for one in scenario.provenance.values())
    return asked.say("formulas", count=count) if count else asked.say("no_formulas")


def _inputs(asked: Asked, scenario: Scenario) -> str:
    return asked.say("inputs", count=len(scenario.provenance))


def _assumptions(asked: Asked, scenario: Scenario) -> str:
    origins = scenario.provenance.values()
    unknown = [one for one in origins if one.kind in (Origin.ASSUMED, Origin.FITTED)]
    return asked.say(
        "assumptions",
        assumed=sum(one.kind is Origin.ASSUMED for one in unknown),
        fitted=sum(one.kind is Origin.FITTED for one in unknown),
        ranged=sum(one.range is not None for one in unknown),
    )


def _initialisation(asked: Asked, scenario: Scenario) -> str:
    days = scenario.horizon.warm_up_days
    return asked.say("warm_up", warm_up=days) if days else asked.say("no_warm_up")


def _run_length(asked: Asked, scenario: Scenario) -> str:
    horizon = scenario.horizon
    return asked.say("run_length", days=horizon.days, start=horizon.start)


def _estimation(asked: Asked) -> str:
    count = asked.result.header.replications
    if count == 1:
        return asked.say("estimation_once")
    return asked.say("estimation", replications=count)


def _software(asked: Asked) -> str:
    return asked.say("software", version=asked.result.version, engine=asked.result.engine)


def _sampling(asked: Asked) -> str:
    return asked.say("sampling", seed=asked.result.seed)


def _code(asked: Asked) -> str:
    return asked.say("code", licence=LICENCE)


def _each(describe: Callable[[Asked, Scenario], str]) -> Callable[[Asked], str]:
    return lambda asked: asked.of_each(describe)


# The items of the checklist by group: each its number, and what fills it from a result.
ITEMS: dict[str, dict[str, tuple[str, Callable[[Asked], str]]]] = {
    "objectives": {
        "purpose": ("1.1", _purpose),
        "outputs": ("1.2", _plain("outputs")),
        "aims": ("1.3", _aims),
    },
    "logic": {
        "diagram": ("2.1", _plain("diagram")),
        "logic": ("2.2", _plain("logic")),
        "scenarios": ("2.3", _scenarios),
        "algorithms": ("2.4", _plain("algorithms")),
        "entities": ("2.5.1", _each(_entities)),
        "activities": ("2.5.2", _each(_activities)),
        "resources": ("2.5.3", _each(_resources)),
        "queues": ("2.5.4", _plain("queues")),
        "entry_exit": ("2.5.5", _each(_entry_exit)),
    },
    "data": {
        "sources": ("3.1", _each(_sources)),
        "preprocessing": ("3.2", _each(_formulas)),
        "inputs": ("3.3", _each(_inputs)),
        "assumptions": ("3.4", _each(_assumptions)),
    },
    "experimentation": {
        "initialisation": ("4.1", _each(_initialisation)),
        "run_length": ("4.2", _each(_run_length)),
        "estimation": ("4.3", _estimation),
    },
    "implementation": {
        "software": ("5.1", _software),
        "sampling": ("5.2", _sampling),
        "execution": ("5.3", _plain("execution")),
        "system": ("5.4", _plain("system")),
    },
    "access": {"code": ("6.1", _code)},
}
