"""The mark of a report by which a later one may take its place: nobody has changed it since."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = "hotline-sim sha256:"
_PAGE_MARK = re.compile(rb"<!-- " + _MARK.encode() + rb"([0-9a-f]{64}) -->\n\Z")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP file can say


def sealed_page(page: bytes) -> bytes:
    """Return a page with the sum of its bytes in a comment behind it."""
    return page + f"<!-- {_MARK}{hashlib.sha256(page).hexdigest()} -->\n".encode()


def sealed_archive(archive: bytes) -> bytes:
    """Return a ZIP file with the sum of its contents as its comment, and no dates in it."""
    members = _members(archive)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            told = zipfile.ZipInfo(name, _EPOCH)
            told.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(told, content)
        target.comment = f"{_MARK}{_sum_of(members)}".encode()
    return made.getvalue()


def is_untouched(content: bytes) -> bool:
    """Tell whether a file is a report, and the same as when it was written."""
    found = _PAGE_MARK.search(content)
    if found is not None:
        return found[1].decode() == hashlib.sha256(content[: found.start()]).hexdigest()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            mark = archive.comment.decode("ascii", "replace")
        return mark == f"{_MARK}{_sum_of(_members(content))}"
    except (zipfile.BadZipFile, ValueError, OSError):
        return False


def _members(archive: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return [(name, opened.read(name)) for name in opened.namelist()]


def _sum_of(members: Iterable[tuple[str, bytes]]) -> str:
    found = hashlib.sha256()
    for name, content in members:
        found.update(f"{name}\0{len(content)}\0".encode())
        found.update(content)
    return found.hexdigest()
