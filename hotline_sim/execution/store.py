"""Keep each replication under what it is, so that nothing is played twice and nothing mixed up.

A file is named by its key: the SHA-256 of the scenario's numbers, seed, replication, results
version and how much is kept. Any number of experiments and processes may share a folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hotline_sim.atomic import write_atomically
from hotline_sim.execution.kept import MAGIC, DamagedError, from_bytes, to_bytes
from hotline_sim.execution.keys import key_of
from hotline_sim.execution.replication import Replication
from hotline_sim.messages import Notice, RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hotline_sim.execution.replication import Numbers

FOLDER, LIMIT = "HOTLINE_SIM_STORE", "HOTLINE_SIM_STORE_LIMIT"  # in the environment
OFF = "off"
DEFAULT_LIMIT_BYTES = 2 * 2**30
_NAME = re.compile(r"[0-9a-f]{64}\.replication")
_PART = re.compile(r"\.[0-9a-f]{64}\.replication\.[0-9a-f]{8}\.part")
_ABANDONED_S = 3600.0  # nobody takes so long to write a file
# Full, a store is emptied to nine tenths, and nobody writes more than a tenth of the limit
# before looking again how full it is: others write as well.
_TENTH = 10
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE)
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True)
class Contents:
    """How much a store holds."""

    replications: int
    size_bytes: int


class Store:
    """Replications in a folder, a file each; of the longest unused, the store lets go when full.

    Parameters
    ----------
    folder
        Made when first written to. Files of others in it are never touched.
    limit_bytes
        How much the store's own files may take.
    """

    def __init__(self, folder: Path | str, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> None:
        self.folder = Path(folder)
        self.limit_bytes = limit_bytes
        self._unlooked_bytes = 0  # that may be written before looking how full it is
        self._takes = True

    def load(self, key: str) -> Numbers | None:
        """Return what is kept under a key, if it is there and whole; what is damaged is said."""
        path = self._path(key)
        try:
            found = from_bytes(key, path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, DamagedError):
            warnings.warn(Notice("say.damaged", path=self.folder), stacklevel=2)
            return None
        with contextlib.suppress(OSError):  # a folder that may only be read
            os.utime(path)
        return found

    def save(self, key: str, numbers: Numbers) -> None:
        """Keep a replication, or its measures alone; a folder that takes no more is said, once."""
        if not self._takes:
            return
        content = to_bytes(key, numbers)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path(key), content)
            self._unlooked_bytes -= len(content)
            if self._unlooked_bytes < 0:
                self._make_room()
        except OSError as error:
            self._takes = False
            reason = error.strerror or str(error)
            warnings.warn(Notice("say.unkept", path=self.folder, reason=reason), stacklevel=2)

    def contents(self) -> Contents:
        """Return how many files the store holds, and how large they are together."""
        sizes = [size for path, size, _ in self._files() if _is_ours(path)]
        return Contents(len(sizes), sum(sizes))

    def clear(self) -> Contents:
        """Remove what the store wrote, and nothing else; return what was removed."""
        count, size_bytes = 0, 0
        for path, size, _ in list(self._files()):
            if _is_ours(path):
                path.unlink(missing_ok=True)
                count, size_bytes = count + 1, size_bytes + size
        self._sweep()
        return Contents(count, size_bytes)

    def _make_room(self) -> None:
        """Let go of the longest unused until nine tenths of the limit are left."""
        files = list(self._files())
        total = sum(size for _, size, _ in files)
        if total > self.limit_bytes:
            self._sweep()
            files = [one for one in files if _is_ours(one[0])]
            total = sum(size for _, size, _ in files)
            wanted = self.limit_bytes - self.limit_bytes // _TENTH
            for path, size, _ in sorted(files, key=lambda one: one[2]):
                if total <= wanted:
                    break
                path.unlink(missing_ok=True)
                total -= size
        self._unlooked_bytes = min(self.limit_bytes - total, self.limit_bytes // _TENTH)

    def _files(self) -> Iterator[tuple[Path, int, float]]:
        """Yield path, size and last use of all that has the name of a replication."""
        for path, found in self._named(_NAME):
            yield path, found.st_size, found.st_mtime

    def _sweep(self) -> None:
        """Remove what writers that were killed left behind."""
        for path, found in list(self._named(_PART)):
            if found.st_mtime < time.time_ns() / 1e9 - _ABANDONED_S:
                path.unlink(missing_ok=True)

    def _named(self, pattern: re.Pattern[str]) -> Iterator[tuple[Path, os.stat_result]]:
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if pattern.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                        with contextlib.suppress(FileNotFoundError):  # another let go of it
                            yield Path(entry.path), entry.stat(follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.replication"


def load_kept(
    store: Store, digest: str, seed: int, replication: int, *, whole: bool
) -> Numbers | None:
    """Return a replication, or its measures; those a whole one has as well."""
    found = store.load(key_of(digest, seed, replication, kept="whole"))
    if whole or found is not None:
        return found if isinstance(found, Replication) else None
    return store.load(key_of(digest, seed, replication, kept="numbers"))


def shared_store() -> Store | None:
    """Return the store that the command uses; None: switched off, or no place takes it.

    ``HOTLINE_SIM_STORE`` names its folder (or says ``off``), else it is in the user's cache
    folder; ``HOTLINE_SIM_STORE_LIMIT`` says how much it may hold, such as ``500M``.

    Raises
    ------
    RefusalError
        If the folder that was named cannot be written to, or the limit is no size.
    """
    named, limit_bytes = os.environ.get(FOLDER, ""), _limit_bytes(os.environ.get(LIMIT, ""))
    if named.lower() == OFF:
        return None
    folder = Path(named).expanduser() if named else _users_folder()
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as error:
        if not named:
            return None
        reason = error.strerror or str(error)
        raise RefusalError(
            "say.store_unwritable", setting=FOLDER, path=folder, reason=reason
        ) from None
    return Store(folder, limit_bytes)


def _users_folder() -> Path | None:
    """Return the store's folder among the user's caches; None where the user has no home."""
    local = os.environ.get("LOCALAPPDATA") if os.name == "nt" else None
    place = os.environ.get("XDG_CACHE_HOME") or local or os.path.expanduser("~/.cache")
    folder = Path(place)
    return folder / "hotline-sim" / "store" if folder.is_absolute() else None


def _limit_bytes(written: str) -> int:
    if not written:
        return DEFAULT_LIMIT_BYTES
    match = _SIZE.fullmatch(written.strip())
    if match is None:
        raise RefusalError("say.store_limit", setting=LIMIT, found=written)
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _is_ours(path: Path) -> bool:
    """Tell whether a file begins as those do that the store writes."""
    try:
        with path.open("rb") as file:
            begin = file.read(len(MAGIC))
    except OSError:
        return False
    return begin == MAGIC
