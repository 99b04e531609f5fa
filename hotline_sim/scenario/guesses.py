"""Which file was probably meant by a name or a path that leads nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hotline_sim.scenario import faults

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_FILES = 10_000  # of a folder that are looked through
SCENARIO_SUFFIXES = (".toml", ".xlsx")


def file_meant(asked: str | Path, suffixes: Iterable[str], names: Iterable[str] = ()) -> str:
    """Return the file of the folder, or the one of *names*, most like what was asked; "" if none.

    Files are those beside the path asked for, with one of *suffixes*, which may have been left
    out; they are returned as a path like the one asked.
    """
    given = Path(asked)
    meant = {name: name for name in names}
    for name in _in_folder(given.parent, tuple(suffixes)):
        path = str(given.parent / name)
        meant |= {path: path, str(given.parent / Path(name).stem): path}
    return meant.get(faults.nearest(str(given), meant), "")


def _in_folder(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Return the names of a folder's files; none of one that cannot be read."""
    found = []
    try:
        for number, path in enumerate(folder.iterdir()):
            if number >= _MOST_FILES:
                break
            if path.suffix in suffixes and path.is_file():
                found.append(path.name)
    except (OSError, ValueError):  # no folder, not ours to read, no name at all
        return []
    return sorted(found)
