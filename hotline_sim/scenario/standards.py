"""What standards demand: measures and the shares they must reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import SkipValidation

from hotline_sim.domain import Provenance
from hotline_sim.laws import Table
from hotline_sim.scenario import origins
from hotline_sim.scenario.quantities import Share
from hotline_sim.scenario.schema import Label

if TYPE_CHECKING:
    from typing import Any


class Standard(Table):
    """A standard's demands: the least share for each measure, and where each comes from."""

    name: str
    title: Label
    at_least: Mapping[str, Share]
    provenance: SkipValidation[Mapping[str, Provenance]]


def standard_of(name: str, table: Mapping[str, Any], sources: Mapping[str, Any]) -> Standard:
    """Return the standard that a file states under a name."""
    parted = origins.split(table, sources)
    found = {key.removeprefix("at_least."): o for key, o in parted.provenance.items()}
    return Standard(name=name, provenance=found, **parted.tree)
