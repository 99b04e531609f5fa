"""What a shell completes besides commands and options: scenarios, their keys, measures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem
from click.types import StringParamType

from hotline_sim import scenario
from hotline_sim.definitions import MEASURES
from hotline_sim.experiments import PAIRS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SCENARIOS = ("name", "names", "a", "b", "before", "after", "file")  # arguments, as declared
_KEYS = ("overrides", "set_a", "set_b", "over")
_MEASURES = ("measure", "measures", "target", "targets")
_BASE = "hotline-base"  # whose keys are offered before a scenario is named


def add_completion(group: click.Group) -> None:
    """Let every command complete scenarios, keys and measures, where it takes them as text."""
    for name, command in group.commands.items():
        for param in command.params:
            if param.type is not click.STRING:
                continue
            if isinstance(param, click.Argument) and param.name in _SCENARIOS:
                param.type = ScenarioName(_words_for(name, param))
            elif param.name in _KEYS:
                param.type = Key()
            elif param.name in _MEASURES:
                param.type = Measure()


def _words_for(command: str, param: click.Parameter) -> tuple[str, ...]:
    """Return the pairs where one may be named, the files of tables where one may be given."""
    if command == "staff":
        return (".toml", ".csv")
    if command == "copy":
        return ()
    of_pairs = param.name in ("before", "names")
    return (".toml", *(PAIRS if of_pairs else ()))


class _Text(StringParamType, ABC):
    def shell_complete(
        self, ctx: click.Context, _param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Return the words that begin like what has been typed."""
        return [
            CompletionItem(one) for one in self.words(ctx, incomplete) if one.startswith(incomplete)
        ]

    @abstractmethod
    def words(self, ctx: click.Context, incomplete: str) -> Iterable[str]:
        """Return the words there are."""


class ScenarioName(_Text):
    """A shipped scenario, or a file in the folder that has been typed."""

    def __init__(self, also: tuple[str, ...]) -> None:
        self.suffixes = tuple(one for one in also if one.startswith("."))
        self.more = tuple(one for one in also if not one.startswith("."))

    def words(self, ctx: click.Context, incomplete: str) -> Iterator[str]:
        """Yield scenarios, pairs, and the folder's files and folders."""
        yield from (*scenario.catalogue(), *self.more)
        if self.suffixes:
            folder = incomplete[: incomplete.rfind("/") + 1]
            yield from (f"{folder}{one}" for one in _listed(Path(folder), self.suffixes))


class Key(_Text):
    """A number of the scenario that has been named, by its dotted key."""

    def words(self, ctx: click.Context, incomplete: str) -> Iterator[str]:
        """Yield the keys of the scenarios named so far."""
        read = (str(ctx.params.get(name)) for name in _SCENARIOS)
        known = {*scenario.catalogue(), *PAIRS}
        typed = (*read, *ctx.args)  # what stands before an option that lacks its value is unread
        named = [one for one in typed if one in known or one.endswith(".toml")] or [_BASE]
        found: dict[str, None] = {}
        for name in (both for one in named for both in PAIRS.get(one, (one,))):
            try:
                found |= dict.fromkeys(scenario.load(name).provenance)
            except scenario.ScenarioError:
                continue
        yield from found


class Measure(_Text):
    """A measure by its name."""

    def words(self, ctx: click.Context, incomplete: str) -> Iterable[str]:
        """Return the measures there are."""
        return MEASURES


def _listed(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Return a folder's files of some kinds, and its folders, ended by a stroke."""
    try:
        found = sorted(folder.iterdir())
    except OSError:
        return []
    shown = [one for one in found if not one.name.startswith(".")]
    return [
        *(one.name for one in shown if one.suffix in suffixes),
        *(f"{one.name}/" for one in shown if one.is_dir()),
    ]
