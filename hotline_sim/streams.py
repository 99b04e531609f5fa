"""Random numbers by name, so that adding a purpose never moves another's numbers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping


class Streams:
    """The random streams of one replication, by day and purpose.

    The same (seed, replication, day, purpose) gives the same numbers on every machine, in
    any order of asking, whatever other streams exist. The first, second and last choose
    the key of a Philox generator through NumPy's SeedSequence; the day is the high word of
    its counter, which leaves 2**192 numbers for each.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self._entropy = [seed, replication]
        self._generators: dict[str, tuple[np.random.Generator, Any, dict[str, Any]]] = {}

    def at(self, day: int, purpose: str) -> np.random.Generator:
        """Return the generator of *purpose* at the beginning of *day*'s numbers.

        One generator serves a purpose on all days (moving one takes a small part of the time
        of making one): draw from it before asking for the same purpose again.
        """
        if purpose not in self._generators:
            self._generators[purpose] = self._make(purpose)
        generator, bits, state = self._generators[purpose]
        state["state"]["counter"][3] = day
        bits.state = state
        return generator

    def _make(self, purpose: str) -> tuple[np.random.Generator, Any, dict[str, Any]]:
        digest = hashlib.blake2b(purpose.encode(), digest_size=16).digest()
        words = np.frombuffer(digest, dtype="<u4").tolist()
        seeds = np.random.SeedSequence([*self._entropy, *words])
        bits = np.random.Philox(key=seeds.generate_state(2, np.uint64))
        return np.random.Generator(bits), bits, _plain(bits.state)


def _plain(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return a generator's state with lists for arrays, which is set in half the time."""
    inner = {name: array.tolist() for name, array in state["state"].items()}
    return {**state, "state": inner, "buffer": state["buffer"].tolist()}
