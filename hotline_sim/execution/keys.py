"""Under which key what was played is kept."""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from hotline_sim import RESULTS_VERSION
from hotline_sim.definitions import MEASURES

Kept = Literal["whole", "numbers", "contacts"]  # a replication, its measures alone, its contacts


def key_of(digest: str, seed: int, replication: int, *, kept: Kept) -> str:
    """Return the key of a replication of the scenario whose simulated numbers have a digest.

    What was played is the same whenever all that the key is made of is the same. The measures
    are part of it: one that is new was not taken of what was kept before.
    """
    parts = [RESULTS_VERSION, digest, seed, replication, kept, *MEASURES]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
