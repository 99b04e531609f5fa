"""Open a written result again, and play it again."""

from __future__ import annotations

import json
import math
import warnings
import zipfile
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

import hotline_sim
from hotline_sim.execution import Execution
from hotline_sim.experiments.header import Result
from hotline_sim.experiments.plain import to_json, without_nan
from hotline_sim.experiments.sums import arrays_of
from hotline_sim.messages import Lang, text
from hotline_sim.scenario import Fault, ScenarioError, guesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hotline_sim.execution import EngineName
    from hotline_sim.experiments.header import Header

_NO_NUMBERS = {  # played
    *("kind", "header", "version", "results_version", "engine", "checked"),
    *("title", "unknown", "assumptions"),
}
_EXACT = ("replications", "draws")  # what was played
_NEAR = 1e-9  # of what is worked out from replications, which are compared to the last bit
_ODD = (
    *(AttributeError, IndexError, TypeError, ValueError, OverflowError, RecursionError),
    *(EOFError, OSError, zipfile.BadZipFile, zlib.error),
)


class ResultError(ValueError):
    """A file that cannot be opened as a result.

    *why* names a sentence under ``result``; without it, *faults* are those of its scenario.
    """

    def __init__(
        self, path: str | Path, why: str = "", *, faults: Iterable[Fault] = (), **values: Any
    ) -> None:
        self.path, self.why, self.values = path, why, values
        self.faults = tuple(replace(fault, place=str(path)) for fault in faults)
        super().__init__(self.text())

    def text(self, lang: Lang = "en") -> str:
        """Return the line to show, in a language; of each fault of a scenario one."""
        if not self.why:
            return ScenarioError(self.faults).text(lang)
        values = dict(self.values)
        nearest = values.pop("nearest", "")
        line = f"{self.path}: {text(f'result.{self.why}', lang, **values)}"
        return f"{line}{text('fault.nearest', lang, nearest=nearest)}" if nearest else line


class OtherVersionNotice(UserWarning):
    """A result was made by a version of the package whose simulated numbers are others."""

    def __init__(self, path: str | Path, header: Header) -> None:
        self.path, self.header = path, header
        super().__init__(self.text())

    def text(self, lang: Lang = "en") -> str:
        """Return the sentence in a language."""
        return f"{self.path}: {versions(self.header, lang)}"


def versions(header: Header, lang: Lang) -> str:
    """Return a sentence that says which version made a result, and which this is."""
    return text(
        "result.versions",
        lang,
        version=header.version,
        results_version=header.results_version,
        this_version=hotline_sim.__version__,
        this_results_version=hotline_sim.RESULTS_VERSION,
    )


def open_result(path: str | Path) -> Result:
    """Return the result that was written to a file, equal to the one that was written.

    A result of another results version is opened too, with a warning.

    Raises
    ------
    ResultError
        If there is no such file, or it holds no result.
    """
    _tree, result = _read(path)
    if result.header.results_version != hotline_sim.RESULTS_VERSION:
        warnings.warn(OtherVersionNotice(path, result.header), stacklevel=2)
    return result


def _read(path: str | Path) -> tuple[Mapping[str, Any], Result]:
    """Return what a file says, and the result that it is."""
    try:
        tree = json.loads(Path(path).read_bytes())
    except OSError as error:
        reason = error.strerror or str(error)
        gone = isinstance(error, FileNotFoundError)
        meant = guesses.file_meant(path, (".json",)) if gone else ""
        raise ResultError(path, "unreadable", reason=reason, nearest=meant) from None
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise ResultError(path, "not_json", reason=reason) from None
    if not isinstance(tree, dict) or not {"kind", "header"} <= tree.keys():
        raise ResultError(path, "no_result")
    if tree["kind"] not in list(Result.kinds):
        raise ResultError(path, "kind", found=str(tree["kind"]), kinds=", ".join(Result.kinds))
    try:
        return tree, Result.kinds[tree["kind"]].from_dict(tree)
    except ScenarioError as error:
        raise ResultError(path, faults=error.faults) from None
    except KeyError as error:
        raise ResultError(path, "missing", key=str(error.args[0])) from None
    except _ODD as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ResultError(path, "damaged", reason=reason) from None


# Playing again ----------------------------------------------------------------------------


class Differing(NamedTuple):
    """A number that is not the same again: its dotted key, what it was, and what it is.

    Of an estimate it is the mean; None is nothing to measure, or no such number.
    """

    key: str
    was: object
    now: object


@dataclass(frozen=True, eq=False)
class Rerun:
    """A result that was played again: where it came from, what came out, what differs."""

    original: Header
    result: Result
    differing: tuple[Differing, ...]

    @property
    def is_same(self) -> bool:
        """Whether every number came out as it was."""
        return not self.differing

    @property
    def is_same_version(self) -> bool:
        """Whether the same version of the package made both."""
        now = self.result.header
        return (self.original.version, self.original.results_version) == (
            now.version,
            now.results_version,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as plain values."""
        names = ("version", "results_version", "engine", "seed", "replications")
        headers = {"was": self.original, "now": self.result.header}
        plain: dict[str, Any] = without_nan(
            {
                "same": self.is_same,
                "kind": self.result.kind,
                "scenarios": [one.name for one in self.original.scenarios],
                "command": self.original.command,
                **{k: {name: getattr(h, name) for name in names} for k, h in headers.items()},
                "differing": [one._asdict() for one in self.differing],
            }
        )
        return plain

    def to_json(self) -> str:
        """Return the outcome as JSON."""
        return to_json(self.to_dict())


def rerun(
    result: Result | str | Path,
    *,
    engine: EngineName | None = None,
    jobs: int = -1,
    execution: Execution | None = None,
) -> Rerun:
    """Play a result again, and see whether its numbers are the same.

    Every replication is played, none is taken from a store. The values of replications must be
    the same to the last bit; means and intervals, which are worked out from them, to 9 digits.

    Parameters
    ----------
    result
        A result, or the path of a file that holds one.
    engine
        By default the engine that made it.
    jobs, execution
        As in :func:`run`; a store in *execution* is not used.

    Raises
    ------
    ResultError
        If the file cannot be opened.
    NotInstalledError
        If the engine that made it is not installed, and no other is asked for.
    """
    if isinstance(result, (str, Path)):
        was, original = _read(result)
    else:
        was, original = result.to_dict(), result
    named = engine or cast("EngineName", original.engine)
    how = replace(execution or Execution(jobs=jobs), store=None, fresh=True)
    played = original.again(engine=named, execution=how)
    return Rerun(original.header, played, tuple(_differing(was, played.to_dict(), "")))


def _differing(was: Any, now: Any, key: str) -> Iterator[Differing]:
    """Yield the numbers of one tree that are not the same in another."""
    if isinstance(was, dict) and isinstance(now, dict):
        if "replications" in was and "mean" in was:
            if not _is_same_estimate(was, now):
                yield Differing(key, was["mean"], now.get("mean"))
            return
        for name in (name for name in was if name not in _NO_NUMBERS):
            below = f"{key}.{name}" if key else name
            compared = _differing_sums if name == "sums" else _differing
            yield from compared(was[name], now.get(name), below)
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for i, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from _differing(one, other, f"{key}.{i}")
    elif not _is_near(was, now):
        yield Differing(key, was, now)


def _differing_sums(was: str, now: Any, key: str) -> Iterator[Differing]:
    """Yield of the sums by day, half-hour and wait those that differ, added up."""
    kept, played = arrays_of(was), arrays_of(now)
    for name, sums in kept.items():
        again = played.get(name, np.zeros(0))
        if not np.array_equal(sums, again, equal_nan=True):
            yield Differing(f"{key}.{name}", float(sums.sum()), float(again.sum()))


def _is_same_estimate(was: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Tell whether values of replications are the same, and what is worked out of them near."""
    if any(was[name] != now.get(name) for name in _EXACT if name in was):
        return False
    return not any(
        any(_differing(was[name], now.get(name), name)) for name in was if name not in _EXACT
    )


def _is_near(was: Any, now: Any) -> bool:
    if not all(isinstance(one, (int, float)) for one in (was, now)):
        return bool(was == now)
    return math.isclose(was, now, rel_tol=_NEAR, abs_tol=_NEAR * _NEAR)
