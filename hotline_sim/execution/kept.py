"""A replication as the bytes of a file that vouches for itself.

``MAGIC``, then 32 bytes each of the key the file was written under and of the SHA-256 of all the
rest, then a NumPy archive. Nothing in it is executed when it is read.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from typing import Any

import numpy as np

from hotline_sim.execution.replication import Numbers, Replication

MAGIC = b"hotline-sim replication 1\n"
_SHA_BYTES = 32
_TABLES = ("by_day", "by_half_hour")
_ARRAYS = ("waits", "worst_24h")
_NUMBERS = ("measures", "by_channel", "by_team", "by_department")
_BROKEN = (EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)


class DamagedError(ValueError):
    """The bytes are not those that were written under this key."""


def to_bytes(key: str, numbers: Numbers) -> bytes:
    """Return what a file holds of a replication, or of its measures alone."""
    page = io.BytesIO()
    np.savez_compressed(page, **_arrays(numbers))
    head, body = MAGIC + bytes.fromhex(key), page.getvalue()
    return head + hashlib.sha256(head + body).digest() + body


def from_bytes(key: str, content: bytes) -> Numbers:
    """Return the replication, or its measures, that was written under a key.

    Raises
    ------
    DamagedError
        If any byte differs from what was written, or it was written under another key.
    """
    head, body_at = MAGIC + bytes.fromhex(key), len(MAGIC) + 2 * _SHA_BYTES
    checksum, body = content[len(head) : body_at], content[body_at:]
    if content[: len(head)] != head or hashlib.sha256(head + body).digest() != checksum:
        raise DamagedError(key)
    try:
        with np.load(io.BytesIO(body), allow_pickle=False) as kept:
            return _numbers({name: kept[name] for name in kept.files})
    except _BROKEN:
        raise DamagedError(key) from None


def _arrays(numbers: Numbers) -> dict[str, Any]:
    text = json.dumps({name: getattr(numbers, name) for name in _NUMBERS}).encode()
    arrays: dict[str, Any] = {"numbers": np.frombuffer(text, np.uint8)}
    if isinstance(numbers, Replication):
        arrays |= {name: getattr(numbers, name) for name in _ARRAYS}
        for table in _TABLES:
            for name, values in getattr(numbers, table).items():
                arrays[f"{table}/{name}"] = values
    return arrays


def _numbers(arrays: dict[str, Any]) -> Numbers:
    numbers = json.loads(arrays["numbers"].tobytes().decode())
    if list(numbers) != list(_NUMBERS) or not all(isinstance(v, dict) for v in numbers.values()):
        raise ValueError(list(numbers))
    alone: dict[str, Any] = {name: arrays[name] for name in _ARRAYS if name in arrays}
    if not alone:
        return Numbers(**numbers)
    tables: dict[str, dict[str, Any]] = {table: {} for table in _TABLES}
    for key, values in arrays.items():
        table, _, name = key.partition("/")
        if table in tables:
            tables[table][name] = values
    return Replication(**{**numbers, **tables, **alone})
