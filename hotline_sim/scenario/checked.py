"""Which shipped scenarios have had their numbers worked out anew from the sources."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from hotline_sim.domain import KNOWN
from hotline_sim.scenario.values import values_of

if TYPE_CHECKING:
    from hotline_sim.scenario.schema import Scenario

_LENGTH = 16  # hexadecimal digits: against forgetting, not against forgery


def digest_of_numbers(scenario: Scenario) -> str:
    """Return a fingerprint of a scenario's published and derived numbers, origins included.

    Assumed and fitted numbers claim nothing that could be checked, so they may change without it.
    """
    values = values_of(scenario)
    claims = [
        (key, values[key], origin.kind, origin.source)
        for key, origin in sorted(scenario.provenance.items())
        if origin.kind in KNOWN
    ]
    return hashlib.sha256(json.dumps(claims).encode()).hexdigest()[:_LENGTH]
