"""Write contact logs out day by day, so that a run of any length can be kept and examined.

With pyarrow a replication is one Parquet file with a row group per day and page checksums
(a flipped byte is otherwise read in silence); without it, a folder of ``.npz`` files, one per
day. Columns are those of :class:`hotline_sim.domain.ContactLog`, with channel, team and
outcome by name in Parquet.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from abc import abstractmethod
from contextlib import AbstractContextManager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from hotline_sim.domain import NOBODY, ContactLog, Outcome

if TYPE_CHECKING:
    from types import TracebackType

    from hotline_sim.scenario import Scenario

FOLDER = "contacts"
_NAMED = ("channel", "team", "outcome", "next", "after", "department")


def contact_writer(folder: Path, scenario: Scenario, replication: int) -> ContactWriter:
    """Return the writer of one replication's contacts."""
    path = contact_path(folder, scenario, replication)
    return ParquetWriter(path, scenario) if path.suffix else NpzWriter(path)


def contact_path(folder: Path, scenario: Scenario, replication: int) -> Path:
    """Return where one replication's contacts are written: a file, or without pyarrow a folder."""
    name = f"{scenario.name}-{replication:05d}"
    has_parquet = importlib.util.find_spec("pyarrow") is not None
    return folder / FOLDER / (f"{name}.parquet" if has_parquet else name)


class ContactWriter(AbstractContextManager["ContactWriter"]):
    """Takes a replication's days in order; what it wrote appears when all of it is there.

    Until then it writes in a folder beside the place.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._beside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=self._path.parent))
        return self

    @abstractmethod
    def add(self, day: int, log: ContactLog) -> None:
        """Write the contacts settled on a day."""

    @abstractmethod
    def _close(self) -> Path:
        """Finish writing, and return what is to be moved to its place."""

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        try:
            whole = self._close()
            if kind is None:
                if self._path.is_dir():
                    shutil.rmtree(self._path)
                os.replace(whole, self._path)
        finally:
            shutil.rmtree(self._beside, ignore_errors=True)


class ParquetWriter(ContactWriter):
    """Writes a Parquet file, a row group per day."""

    def __init__(self, path: Path, scenario: Scenario) -> None:
        super().__init__(path)
        channels, teams = list(scenario.channels), list(scenario.teams)
        outcomes = [outcome.name.lower() for outcome in Outcome]
        self._words = {
            "channel": channels,
            "next": channels,
            "team": teams,
            "outcome": outcomes,
            "after": outcomes,
            "department": list(scenario.departments),
        }
        self._writer: Any = None

    def add(self, day: int, log: ContactLog) -> None:
        """Write a day as a row group; ``day`` becomes a column."""
        import pyarrow as pa
        from pyarrow import parquet

        columns: dict[str, Any] = {"day": pa.array(np.full(len(log), day, np.int32))}
        for field in fields(log):
            columns[field.name] = self._column(field.name, getattr(log, field.name))
        table = pa.table(columns)
        if self._writer is None:
            self._writer = parquet.ParquetWriter(
                self._beside / "log.parquet", table.schema, write_page_checksum=True
            )
        self._writer.write_table(table, row_group_size=max(len(log), 1))

    def _column(self, name: str, values: Any) -> Any:
        import pyarrow as pa

        if name in _NAMED:
            missing = values == NOBODY
            indices = pa.array(np.where(missing, 0, values).astype(np.int32), mask=missing)
            return pa.DictionaryArray.from_arrays(indices, pa.array(self._words[name]))
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
        columns = {field.name: getattr(log, field.name) for field in fields(log)}
        np.savez_compressed(self._beside / f"day-{day:05d}.npz", **columns)

    def _close(self) -> Path:
        return self._beside
