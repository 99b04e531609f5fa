"""Keep each replication as it ends, so that an interruption loses nothing finished."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hotline_sim import RESULTS_VERSION
from hotline_sim.atomic import write_atomically
from hotline_sim.domain import ArgumentError
from hotline_sim.execution.replication import Replication, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MANIFEST = "run.json"
FOLDER = "replications"
_TABLES = ("by_day", "by_half_hour")
_BROKEN = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


class OtherRunError(ArgumentError):
    """The folder holds replications of another scenario, seed or version."""


@dataclass(frozen=True)
class Store:
    """Replications in a folder, a file each, and a note of what they are replications of."""

    folder: Path
    version: str

    def open(self, tasks: Sequence[Task], *, resume: bool) -> None:
        """Make the folder ready for tasks; without *resume* what was kept there goes.

        Raises
        ------
        OtherRunError
            If *resume* is asked for, and the folder was made from something else.
        OSError
            If the folder cannot be written to.
        """
        kept = self.folder / FOLDER
        if resume:
            self._check(tasks)
        elif kept.exists():
            shutil.rmtree(kept)
        kept.mkdir(parents=True, exist_ok=True)
        write_atomically(self.folder / MANIFEST, json.dumps(self._note(tasks), indent=1).encode())

    def load(self, task: Task) -> Replication | None:
        """Return a task's replication if it was kept, and whole."""
        try:
            with np.load(self._path(task), allow_pickle=False) as kept:
                arrays = {name: kept[name] for name in kept.files}
            if arrays.pop("results_version") != RESULTS_VERSION:
                return None
            return _unpacked(arrays)
        except _BROKEN:
            return None

    def save(self, task: Task, replication: Replication) -> None:
        """Keep a task's replication."""
        page = io.BytesIO()
        np.savez_compressed(page, **_packed(replication))
        write_atomically(self._path(task), page.getvalue())

    def _path(self, task: Task) -> Path:
        name = f"{task.scenario.name}-{task.scenario.digest()[:12]}-{task.replication:05d}.npz"
        return self.folder / FOLDER / name

    def _note(self, tasks: Sequence[Task]) -> dict[str, Any]:
        digests: dict[str, dict[str, None]] = {}  # by name; a sweep has many of one
        for task in tasks:
            digests.setdefault(task.scenario.name, {})[task.scenario.digest()] = None
        scenarios = {name: _one_digest(list(found)) for name, found in digests.items()}
        return {
            "version": self.version,
            "results_version": RESULTS_VERSION,
            "seeds": sorted({task.seed for task in tasks}),
            "scenarios": scenarios,
        }

    def _check(self, tasks: Sequence[Task]) -> None:
        path = self.folder / MANIFEST
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return  # nothing to resume: begin
        except ValueError:
            raise OtherRunError(f"{path}: is not the note of a run") from None
        wanted = self._note(tasks)
        for key, value in wanted.items():
            if not isinstance(found, dict) or found.get(key) != value:
                was = found.get(key) if isinstance(found, dict) else None
                raise OtherRunError(f"{path}: {key} = {was}: this run has {value}")


def _one_digest(digests: list[str]) -> str:
    """Return a fingerprint of several scenarios: for one alone, its own."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def _packed(replication: Replication) -> dict[str, Any]:
    numbers = {
        "measures": replication.measures,
        "by_channel": replication.by_channel,
        "by_team": replication.by_team,
        "by_department": replication.by_department,
    }
    tables = {
        f"{table}/{name}": values
        for table in _TABLES
        for name, values in getattr(replication, table).items()
    }
    text = np.frombuffer(json.dumps(numbers).encode(), np.uint8)
    version = np.array(RESULTS_VERSION)
    return {"results_version": version, "numbers": text, "waits": replication.waits, **tables}


def _unpacked(arrays: dict[str, Any]) -> Replication:
    numbers = json.loads(arrays["numbers"].tobytes().decode())
    tables: dict[str, dict[str, Any]] = {table: {} for table in _TABLES}
    for key, values in arrays.items():
        table, _, name = key.partition("/")
        if table in tables:
            tables[table][name] = values
    return Replication(waits=arrays["waits"], **numbers, **tables)
