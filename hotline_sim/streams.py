"""Random numbers by name, so that adding a purpose never moves another's numbers.

What belongs to a day comes from streams; what belongs to a contact from Philox, whose key is
made here and whose counter says whose it is (:mod:`hotline_sim.demand`).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

_DAY = 2**40  # numbers of each day
_MIXING_STEPS = 24  # NumPy takes half as many to mix the seed of such a generator


class Streams:
    """The random streams of one replication, by day and purpose.

    The same (seed, replication, day, purpose) gives the same numbers on every machine, in
    any order of asking, whatever other streams exist. The first, second and last choose the
    state of an SFC64 generator through NumPy's SeedSequence; the day chooses where its
    counter begins, and some numbers are let go until that has changed all of the state. Each
    step counts and can be undone, so streams that begin differently never meet.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self._entropy = [seed, replication]
        self._let_go = np.empty(_MIXING_STEPS)
        self._generators: dict[str, tuple[np.random.Generator, Any, dict[str, Any]]] = {}

    def at(self, day: int, purpose: str) -> np.random.Generator:
        """Return the generator of *purpose* at the beginning of *day*'s numbers.

        One generator serves a purpose on all days (moving one takes a small part of the time
        of making one): draw from it before asking for the same purpose again.
        """
        if purpose not in self._generators:
            self._generators[purpose] = self._make(purpose)
        generator, bits, state = self._generators[purpose]
        state["state"]["state"][-1] = day * _DAY
        bits.state = state
        generator.random(out=self._let_go)
        return generator

    def _make(self, purpose: str) -> tuple[np.random.Generator, Any, dict[str, Any]]:
        digest = hashlib.blake2b(purpose.encode(), digest_size=16).digest()
        words = np.frombuffer(digest, dtype="<u4").tolist()
        seeds = np.random.SeedSequence([*self._entropy, *words])
        bits = np.random.SFC64()
        counter = 0
        state = [*seeds.generate_state(3, np.uint64).tolist(), counter]
        return np.random.Generator(bits), bits, {**bits.state, "state": {"state": state}}


def contact_key(seed: int, replication: int, channel: str) -> tuple[int, int]:
    """Return the key of Philox for the contacts of cases born on a channel: two 64-bit words."""
    text = f"{seed}/{replication}/{channel}".encode()
    digest = hashlib.blake2b(text, digest_size=16).digest()
    low, high = np.frombuffer(digest, dtype="<u8").tolist()
    return low, high
