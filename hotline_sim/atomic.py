"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_unfinished: set[Path] = set()  # what this process writes beside its place


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody sees half of it.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    with beside(path) as unfinished:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)


@contextlib.contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Give a name beside a place, for what is moved there when whole; else it is removed."""
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    _unfinished.add(unfinished)
    try:
        yield unfinished
    finally:
        _remove(unfinished)
        _unfinished.discard(unfinished)


def remove_unfinished() -> None:
    """Remove what this process has begun to write, where it ends without coming back to it."""
    for path in tuple(_unfinished):
        with contextlib.suppress(OSError):
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
