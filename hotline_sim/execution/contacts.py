"""Write contact logs out day by day, so that a run of any length can be kept and examined.

With pyarrow a replication is one Parquet file with a row group per day and page checksums
(a flipped byte is otherwise read in silence); without it, a folder of ``.npz`` files, one per
day. Columns are those of :class:`hotline_sim.domain.ContactLog`, with channel, team and
outcome by name in Parquet; but of opinions what they are, ``satisfied`` and ``rated``, not the
numbers between 0 and 1 they follow from. Beside each stands a ``.sha256``, which
``sha256sum --check`` reads.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from abc import abstractmethod
from contextlib import AbstractContextManager, ExitStack
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim import RESULTS_VERSION
from hotline_sim.atomic import beside, write_atomically
from hotline_sim.domain import NOBODY, ContactLog, Outcome
from hotline_sim.execution.keys import key_of
from hotline_sim.measures import Opinions
from hotline_sim.messages import RefusalError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from hotline_sim.execution.task import Task
    from hotline_sim.scenario import Scenario

FOLDER = "contacts"
_DRAWN = ("mood", "rating")  # what opinions follow from
_OPINIONS = ("satisfied", "rated")
_KEY_LETTERS = 12  # of 64: enough to tell the files of one folder apart


def contact_writer(task: Task) -> ContactWriter:
    """Return the writer of a task's contacts; it has a folder for them."""
    path = contact_path(task)
    return ParquetWriter(path, task) if path.suffix else NpzWriter(path, task)


def contact_path(task: Task) -> Path:
    """Return where a task's contacts are written: a file, or without pyarrow a folder.

    The name tells apart what differs in any number of the scenario, seed or results version.
    """
    assert task.contacts is not None, "it has a folder for them"
    scenario = task.scenario
    key = key_of(scenario.simulated_digest(), task.seed, task.replication, kept="contacts")
    name = f"{scenario.name}-{key[:_KEY_LETTERS]}-{task.replication:05d}"
    has_parquet = importlib.util.find_spec("pyarrow") is not None
    return task.contacts / FOLDER / (f"{name}.parquet" if has_parquet else name)


def has_contacts(task: Task) -> bool:
    """Tell whether what a task is to write is there, every byte of it as it was written.

    Raises
    ------
    RefusalError
        If something else is in its place.
    """
    if task.contacts is None:
        return True
    path = contact_path(task.settled())
    sums = _sums_path(path)
    if not sums.exists():
        if path.exists():
            raise RefusalError("say.not_ours", path=path)
        return False
    try:
        return sums.read_text(encoding="utf-8") == _sums_of(path, path)
    except (OSError, UnicodeDecodeError):
        return False


def _sums_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _sums_of(found: Path, path: Path) -> str:
    """Return the checksums of what was found, as ``sha256sum --check`` reads them at *path*."""
    files = sorted(found.iterdir()) if found.is_dir() else [found]
    lines = []
    for file in files:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        name = f"{path.name}/{file.name}" if found.is_dir() else path.name
        lines.append(f"{digest}  {name}\n")
    return "".join(lines)


def words_of(scenario: Scenario) -> dict[str, list[str]]:
    """Return the columns of a log that hold numbers of named things, and the names in order."""
    channels, outcomes = list(scenario.channels), [outcome.name.lower() for outcome in Outcome]
    return {
        "channel": channels,
        "next": channels,
        "team": list(scenario.teams),
        "outcome": outcomes,
        "after": outcomes,
        "department": list(scenario.departments),
    }


class ContactWriter(AbstractContextManager["ContactWriter"]):
    """Takes a replication's days in order; what it wrote appears when all of it is there.

    Until then it writes in a folder beside the place. Its checksums appear before it: of a
    file that has some, whether it is whole or not, we know that it is ours.
    """

    def __init__(self, path: Path, task: Task) -> None:
        self._path = path
        self._files = ExitStack()
        self._beside = path
        self._opinions = Opinions(task.scenario)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._beside = self._files.enter_context(beside(self._path))
        self._beside.mkdir()
        return self

    @abstractmethod
    def add(self, day: int, log: ContactLog) -> None:
        """Write the contacts settled on a day."""

    def _columns(self, log: ContactLog) -> dict[str, Any]:
        """Return a log's columns as they are written; NOBODY where no opinion is asked for."""
        columns = {f.name: getattr(log, f.name) for f in fields(log) if f.name not in _DRAWN}
        asked = self._opinions.are_asked_of(log)
        for name, said in zip(_OPINIONS, self._opinions.of(log), strict=True):
            columns[name] = np.where(asked, said, NOBODY).astype(np.int8)
        return columns

    @abstractmethod
    def _close(self) -> Path:
        """Finish writing, and return what is to be moved to its place."""

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        with self._files:
            whole = self._close()
            if kind is None:
                sums = _sums_of(whole, self._path)
                write_atomically(_sums_path(self._path), sums.encode())
                if self._path.is_dir():
                    shutil.rmtree(self._path)
                os.replace(whole, self._path)


class ParquetWriter(ContactWriter):
    """Writes a Parquet file, a row group per day; its metadata say of what it is the log."""

    def __init__(self, path: Path, task: Task) -> None:
        super().__init__(path, task)
        told = {
            "scenario": task.scenario.to_dict(),
            "seed": task.seed,
            "replication": task.replication,
            "results_version": RESULTS_VERSION,
        }
        self._metadata = {"hotline_sim": json.dumps(told, ensure_ascii=False)}
        self._words = words_of(task.scenario)
        self._writer: Any = None

    def add(self, day: int, log: ContactLog) -> None:
        """Write a day as a row group; ``day`` becomes a column."""
        import pyarrow as pa
        from pyarrow import parquet

        columns: dict[str, Any] = {"day": pa.array(np.full(len(log), day, np.int32))}
        for name, values in self._columns(log).items():
            columns[name] = self._column(name, values)
        table = pa.table(columns, metadata=self._metadata)
        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                self._beside / "log.parquet", table.schema, write_page_checksum=True
            )
        self._writer.write_table(table, row_group_size=max(len(log), 1))

    def _column(self, name: str, values: Any) -> Any:
        import pyarrow as pa

        if name in self._words:
            missing = values == NOBODY
            indices = pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
            return pa.DictionaryArray.from_arrays(indices, pa.array(self._words[name]))
        if name in _OPINIONS:
            return pa.array(values == 1, mask=values == NOBODY)
        if name == "seat":
            return pa.array(values, mask=values == NOBODY)
        return pa.array(values, from_pandas=values.dtype.kind == "f")  # nan: missing

    def _close(self) -> Path:
        if self._writer is not None:
            self._writer.close()
        return self._beside / "log.parquet"


class NpzWriter(ContactWriter):
    """Writes a folder of ``.npz`` files, one per day."""

    def add(self, day: int, log: ContactLog) -> None:
        """Write a day as a file (zip keeps a checksum of each column)."""
        np.savez_compressed(self._beside / f"day-{day:05d}.npz", **self._columns(log))

    def _close(self) -> Path:
        return self._beside
