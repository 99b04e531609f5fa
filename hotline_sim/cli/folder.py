"""The folder of ``--out``: what is in it that we wrote, and nothing else, may be replaced.

Its manifest lists the files that were written, with the SHA-256 of each, and the question they
answer.
"""

from __future__ import annotations

import hashlib
import json
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

import hotline_sim
from hotline_sim.atomic import write_atomically
from hotline_sim.messages import RefusalError, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hotline_sim.messages import Lang

MANIFEST = "hotline-sim-manifest.json"
# Options that change no number: how it is played, and where the result goes.
_WITHOUT_EFFECT = frozenset(
    {
        "lang",
        "as_json",
        "out",
        "report",
        "xlsx",
        "csv_heads",
        "jobs",
        "cluster",
        "resume",
        "contacts",
        "dry_run",
    }
)
_RUN = ("result.json", "measures.csv", "intervals.csv")
_PAIR = ("before_and_after", "day", "waits")
# What each command may write, so that what stands in the way is told before hours of work.
_FILES = {
    "attribute": ("result.json", "attribution.csv", "groups.csv"),
    "run": _RUN,
    "compare": _RUN,
    "reproduce": _RUN,
    "sweep": ("result.json", "sweep.csv"),
    "budget": ("result.json", "frontier.csv", "least.csv", "rosters.csv"),
    "staff": ("result.json", "roster.csv", "weeks.csv", "floor.csv", "staffed.toml"),
    "calibrate": (
        "result.json",
        "parameters.json",
        "figures.csv",
        "members.csv",
        "narrowing.csv",
    ),
    "erlang": ("result.json", "erlang.csv"),
    "sensitivity": ("result.json", "sensitivity.csv", "points.csv"),
}
_FIGURES = {
    "attribute": ("attribute",),
    "run": ("day", "waits", "days", "replications", "published"),
    "compare": _PAIR,
    "reproduce": (*_PAIR, "published_before", "published_after"),  # and one named after the pair
    "sweep": ("sweep",),
    "budget": ("budget",),
    "staff": ("staff",),
    "calibrate": ("narrowing", "pairs"),
    "erlang": ("erlang",),
    "sensitivity": ("indices", "tornado"),
}
_SUFFIXES = ("png", "svg")


@dataclass(frozen=True)
class Manifest:
    """What we wrote into a folder.

    ``sums`` gives each file its SHA-256: two while it is being replaced, of which either may
    be there if that was cut short. ``older`` names what stays of earlier results, with the
    question that each of these files answers.
    """

    question: str
    sums: dict[str, tuple[str, ...]]
    older: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """Return what is written down."""
        plain = {
            "hotline_sim": hotline_sim.__version__,
            "question": self.question,
            "files": {name: list(sums) for name, sums in sorted(self.sums.items())},
            **({"older": dict(sorted(self.older.items()))} if self.older else {}),
        }
        return (json.dumps(plain, indent=1, ensure_ascii=False) + "\n").encode()


def check(folder: Path, lang: Lang) -> None:
    """See that nothing of somebody else's stands in the way of what is going to be written.

    Who asks another question than the folder holds the result of is told that it will go.

    Raises
    ------
    RefusalError
        If a file of a name we need is not ours, or was changed since we wrote it.
    OSError
        If a file cannot be read.
    """
    before, names = _manifest(folder), expected()
    _refuse_others(folder, before, names)
    asked = question_of(click.get_current_context(silent=True))
    if before.question != asked and any(name in before.sums for name in names):
        told = text("say.will_replace", lang, path=folder, question=before.question)
        click.echo(told, err=True)


def write(folder: Path, files: Mapping[str, bytes], lang: Lang) -> None:
    """Write files by name; say what is replaced of another question's result, and what stays.

    Raises
    ------
    RefusalError
        As of :func:`check`.
    OSError
        If the folder cannot be written to.
    """
    before = _manifest(folder)
    _refuse_others(folder, before, files)
    ours = {name: _sum(content) for name, content in files.items()}
    asked = question_of(click.get_current_context(silent=True))
    both = {name: tuple(dict.fromkeys((*before.sums.get(name, ()), s))) for name, s in ours.items()}
    stays = {name: before.question for name in before.sums if before.question != asked}
    older = {n: q for n, q in {**stays, **before.older}.items() if n not in files}
    underway = Manifest(asked, {**before.sums, **both}, older)
    write_atomically(folder / MANIFEST, underway.to_bytes())
    for name, content in files.items():
        write_atomically(folder / name, content)
    after = Manifest(asked, {**before.sums, **{name: (s,) for name, s in ours.items()}}, older)
    write_atomically(folder / MANIFEST, after.to_bytes())
    if before.sums and before.question != asked:
        _say_replaced(folder, before, after, files, lang)


def expected() -> list[str]:
    """Return the names of all files that the command being carried out may write."""
    ctx = click.get_current_context(silent=True)
    name = (ctx.command.name if ctx is not None else None) or ""
    commands = [name] if name in _FILES else list(_FILES)
    files = [file for command in commands for file in _FILES[command]]
    stems = [stem for command in commands for stem in _FIGURES[command]]
    if ctx is not None and name == "reproduce":
        stems.append(_of_pair(ctx))
    figures = [f"{stem}.{suffix}" for stem in stems for suffix in _SUFFIXES]
    return list(dict.fromkeys([*files, *figures]))


def _of_pair(ctx: click.Context) -> str:
    """Return what the figure of two scenarios, or of a pair that has a name, is called."""
    given = [ctx.params[one.name or ""] for one in ctx.command.params if _is_argument(one)]
    return "-to-".join(Path(str(one)).stem for one in given if one is not None)


def _is_argument(option: click.Parameter) -> bool:
    return isinstance(option, click.Argument)


def question_of(ctx: click.Context | None) -> str:
    """Return the command line that asks the same question, as a shell reads it."""
    return "" if ctx is None else shlex.join([ctx.command.name or "", *_words(ctx)])


def _words(ctx: click.Context) -> Iterator[str]:
    for option in ctx.command.params:
        name = option.name or ""
        if ctx.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = ctx.params.get(name)
        if name in _WITHOUT_EFFECT or value is None:
            continue
        if _is_argument(option):
            yield from map(str, value if isinstance(value, tuple) else (value,))
        else:
            for one in value if isinstance(value, tuple) else (value,):
                yield from (option.opts[0], *(() if isinstance(one, bool) else (str(one),)))


def _manifest(folder: Path) -> Manifest:
    """Return what a folder says of itself; a folder without a manifest holds nothing of ours."""
    path = folder / MANIFEST
    try:
        plain: Any = json.loads(path.read_text(encoding="utf-8"))
        sums = {str(name): tuple(map(str, found)) for name, found in plain["files"].items()}
        older = {str(name): str(asked) for name, asked in plain.get("older", {}).items()}
        return Manifest(str(plain["question"]), sums, older)
    except FileNotFoundError:
        return Manifest("", {})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise RefusalError("say.not_ours", path=path) from None


def _refuse_others(folder: Path, manifest: Manifest, names: Iterable[str]) -> None:
    for name in names:
        path = folder / name
        if path.is_symlink() or (path.exists() and not _is_ours(path, manifest.sums.get(name, ()))):
            raise RefusalError("say.not_ours", path=path)


def _is_ours(path: Path, sums: Iterable[str]) -> bool:
    return path.is_file() and _sum(path.read_bytes()) in sums


def _say_replaced(
    folder: Path, before: Manifest, after: Manifest, files: Mapping[str, bytes], lang: Lang
) -> None:
    """Name the files that were replaced, and those that stay, by the question they answer."""
    replaced = ", ".join(name for name in before.sums if name in files)
    if replaced:
        named = {"path": folder, "question": before.question}
        click.echo(text("say.replaced", lang, **named, files=replaced), err=True)
    left: dict[str, list[str]] = {}
    for name, question in after.older.items():
        if (folder / name).exists():
            left.setdefault(question, []).append(name)
    for question, names in left.items():
        told = text("say.left", lang, path=folder, question=question, files=", ".join(names))
        click.echo(told, err=True)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
